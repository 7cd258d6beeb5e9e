// Short words at the foot of the page, in a live region. A view shows one by the response header
//   HX-Trigger: {"toast": {"text": "…", "tone": "good", "undo": "/undo/…"}}

const READING = 6000;
const UNDOING = 20000;
const region = document.getElementById("toasts");
const blank = document.getElementById("toast-blank");

/** Show a toast; `tone` is "good", "bad" or "", `undo` the address that a POST undoes it at. */
export function toast({ text, tone = "", undo = "" }) {
  if (!region || !blank || !text) return;
  const shown = blank.content.firstElementChild.cloneNode(true);
  shown.querySelector(".toast-text").textContent = text;
  for (const icon of shown.querySelectorAll("[data-for-tone]")) if (icon.dataset.forTone !== tone) icon.remove();
  if (tone) shown.dataset.tone = tone;
  const form = shown.querySelector("form");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
  } else {
    form.remove();
  }
  region.append(shown);
  window.htmx?.process(shown);
  watch(shown);
}

/** Say something to a screen reader alone. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

// The clock of a toast stands still while someone points at it or is in it.
function watch(shown) {
  const time = shown.querySelector("form") ? UNDOING : READING;
  let clock;
  const start = () => {
    clearTimeout(clock);
    clock = setTimeout(() => shown.remove(), time);
  };
  const stop = () => clearTimeout(clock);
  shown.addEventListener("pointerenter", stop);
  shown.addEventListener("pointerleave", start);
  shown.addEventListener("focusin", stop);
  shown.addEventListener("focusout", start);
  start();
}

document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("click", (event) => event.target.closest("[data-dismisses]")?.closest(".toast, .banner")?.remove());
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) event.target.closest?.(".toast")?.remove();
});
for (const shown of region?.querySelectorAll(".toast") ?? []) watch(shown);

// Lists of flags by keyboard. The keys are declared on the page ([data-key][data-list]) and pressed by shortcuts.js, so
// the sheet lists them and they can be turned off; here is what they do. Where one is, is where the focus is: on the
// box of the row, or on its first link where nothing can be chosen. Arrows do what J and K do, Enter opens.

import { announce } from "./toasts.js";

const rows = () => [...document.querySelectorAll(".flags > .flag")];
const boxOf = (row) => row.querySelector(".flag-pick input");
const placeOf = (row) => boxOf(row) ?? row.querySelector("a[href], button, summary");
const here = () => document.activeElement?.closest?.(".flags > .flag") ?? null;
const boxes = () => rows().map(boxOf).filter(Boolean);
const bar = () => document.getElementById("bulk");
const words = () => document.getElementById("list-words")?.dataset ?? {};
let anchor = null;
let told = "";

function go(step) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  placeOf(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function pick(box, on, { range = false } = {}) {
  const all = boxes();
  const [from, to] = range && anchor?.isConnected ? [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b) : [];
  if (from === undefined) box.checked = on;
  else for (const one of all.slice(from, to + 1)) one.checked = true;
  anchor = box;
  count({ aloud: true });
}

// `aloud` where somebody has chosen just now: what was chosen by a key is told by no box.
function count({ aloud = false } = {}) {
  const form = bar();
  if (!form) return;
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  const everything = form.elements.all?.checked ?? false;
  const master = form.querySelector("[data-pick-all]");
  master.checked = picked > 0 && picked === all.length;
  master.indeterminate = picked > 0 && picked < all.length;
  form.toggleAttribute("data-picked", picked > 0 || everything);
  const text = everything ? "" : (words().picked ?? "{n}").replace("{n}", picked);
  form.querySelector("[data-picked-count]").textContent = picked ? text : "";
  if (aloud && text && text !== told) announce(text);
  told = text;
}

// What was chosen is answered together; otherwise the row where one is, by its own button.
function act(name) {
  const form = bar();
  if (form?.hasAttribute("data-picked")) {
    const button = form.querySelector(`[data-bulk="${name}"]`);
    if (button) button.click();
    else announce(words().cannot);
    return;
  }
  const row = here();
  if (!row) {
    announce(words().none);
    return;
  }
  const offer = row.querySelector(`[data-act="${name}"]`);
  const menu = offer?.closest("details.menu");
  if (!offer) announce(words().cannot);
  else if (menu && name === "claim") {
    menu.open = true; // several departments: one of them is to be chosen
    menu.querySelector(".menu-items button")?.focus();
  } else (offer.matches("form") ? offer.querySelector("button") : offer).click();
}

const KEYS = {
  next: () => go(1),
  previous: () => go(-1),
  open: () => (here()?.querySelector(".flag-what a[href]") ?? null)?.click(),
  pick: () => withBox((box) => pick(box, !box.checked)),
  "pick-range": () => withBox((box) => pick(box, true, { range: true })),
};

function withBox(then) {
  const box = here() && boxOf(here());
  if (box) then(box);
  else announce(words().none);
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-list]");
  if (key) {
    (KEYS[key.dataset.list] ?? (() => act(key.dataset.list)))();
    return;
  }
  const box = event.target.closest?.(".flag-pick input");
  if (box) pick(box, box.checked, { range: event.shiftKey && box.checked });
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.form === bar()) count({ aloud: true });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.(".flag-pick input")) return;
  const key = { ArrowDown: "next", ArrowUp: "previous", Enter: "open" }[event.key];
  if (!key) return;
  event.preventDefault();
  KEYS[key]();
});

// When the list is fetched again, one stays at the same place of it.
let place = -1;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.shouldSwap) place = detail.target.contains(here()) ? rows().indexOf(here()) : -1;
});
document.addEventListener("htmx:afterSettle", () => {
  const all = rows();
  if (place >= 0 && all.length && !here()) placeOf(all[Math.min(place, all.length - 1)])?.focus({ preventScroll: true });
  place = -1;
  count();
});
count();

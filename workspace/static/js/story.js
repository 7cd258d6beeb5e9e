// A story on its page and beside the board: uploads show how far they are, @ offers names, and what is linked or taken
// off shows at once.

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const bar = target.closest?.("[data-uploads]")?.querySelector("progress");
  if (!bar || !detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * detail.loaded) / detail.total;
});
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  const bar = target.closest?.("[data-uploads]")?.querySelector("progress");
  if (bar) bar.hidden = true;
  if (detail.successful && target.matches?.("[data-then-changed]")) {
    const search = document.getElementById("touch-q");
    if (search) search.value = "";
    document.getElementById("touch-found")?.replaceChildren();
    document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true, detail: { live: true } }));
  }
});

// A long list of people or labels stays where it was scrolled to when its field comes back.
const LIST = "fieldset > div";
let scrolled = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches?.(".story-field")) return;
  scrolled = { id: detail.target.id, top: detail.target.querySelector(LIST)?.scrollTop ?? 0 };
});
document.addEventListener("htmx:afterSettle", () => {
  const list = scrolled && document.getElementById(scrolled.id)?.querySelector(LIST);
  if (list) list.scrollTop = scrolled.top;
  scrolled = null;
});

// --- Mentions --------------------------------------------------------------------------------------------------------

const PAUSE = 150;
const TYPED = /(?:^|[\s(])@([\p{L}\p{N} .'-]{1,40})$/u;
let clock;

const listOf = (field) => field.closest("form").querySelector(".mention-list");
const typedIn = (field) => TYPED.exec(field.value.slice(0, field.selectionStart))?.[1] ?? "";

async function offer(field) {
  const list = listOf(field);
  const typed = typedIn(field);
  if (typed) {
    const answer = await fetch(`${field.dataset.mentions}?${new URLSearchParams({ q: typed })}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || typed !== typedIn(field)) return;
    list.innerHTML = await answer.text();
  } else list.replaceChildren();
  list.hidden = !list.children.length;
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-mentions]")) return;
  clearTimeout(clock);
  clock = setTimeout(() => offer(target).catch(() => {}), PAUSE);
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-mention]");
  if (!button) return;
  const field = button.closest("form").querySelector("[data-mentions]");
  const at = field.selectionStart;
  const start = at - typedIn(field).length;
  field.setRangeText(`${button.dataset.mention} `, start, at, "end");
  field.focus();
  listOf(field).replaceChildren();
  listOf(field).hidden = true;
});

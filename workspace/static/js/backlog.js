// The backlog by keyboard, by hand, and many at once. The keys are declared on the page ([data-key][data-plan]) and
// pressed by shortcuts.js; here is what they do. Where one is, is where the focus is: on the box of the line, or on its
// link where nothing can be chosen.

import { announce } from "./toasts.js";
import { sorting } from "./sorting.js";

const rows = () => [...document.querySelectorAll(".plan-row")];
const here = () => document.activeElement?.closest?.(".plan-row") ?? null;
const boxOf = (row) => row.querySelector(":scope > .check");
const placeOf = (row) => boxOf(row) ?? row.querySelector("a[href]");
const boxes = () => rows().map(boxOf).filter(Boolean);
const bar = () => document.getElementById("plan-bulk");
const words = () => document.getElementById("plan-words")?.dataset ?? {};
let anchor = null;
let told = "";

const { carry } = sorting({
  lists: ".plan-rows",
  words,
  send: (item, list) => ({
    url: `${location.pathname}${item.dataset.number}/place/`,
    values: {
      sprint: list.dataset.sprint,
      after: item.previousElementSibling?.dataset.id ?? "",
      before: item.nextElementSibling?.dataset.id ?? "",
    },
  }),
});

function go(step) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  placeOf(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function withRow(then) {
  const row = here();
  if (row) then(row);
  else announce(words().none);
}

function pick(box, on, { range = false } = {}) {
  const all = boxes();
  const [from, to] = range && anchor?.isConnected ? [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b) : [];
  if (from === undefined) box.checked = on;
  else for (const one of all.slice(from, to + 1)) one.checked = true;
  anchor = box;
  count({ aloud: true });
}

function count({ aloud = false } = {}) {
  const form = bar();
  if (!form) return;
  const picked = boxes().filter((box) => box.checked).length;
  form.toggleAttribute("data-picked", picked > 0);
  const text = picked ? (words().picked ?? "{n}").replace("{n}", picked) : "";
  form.querySelector("[data-picked-count]").textContent = text;
  if (aloud && text && text !== told) announce(text);
  told = text;
}

const KEYS = {
  next: () => go(1),
  previous: () => go(-1),
  open: () => withRow((row) => row.querySelector(".plan-what > a")?.click()),
  pick: () => withRow((row) => boxOf(row) && pick(boxOf(row), !boxOf(row).checked)),
  "pick-range": () => withRow((row) => boxOf(row) && pick(boxOf(row), true, { range: true })),
  estimate: () => withRow((row) => row.querySelector(".plan-points [name=points]")?.select()),
  carry: () => withRow((row) => boxOf(row) && (boxOf(row).focus(), carry(row))),
  move: () => {
    if (bar()?.hasAttribute("data-picked")) bar().querySelector("[data-bulk]")?.focus();
    else withRow((row) => row.querySelector('[data-act="move"]')?.click());
  },
};

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-plan]");
  if (key) KEYS[key.dataset.plan]?.();
  const box = event.target.closest?.(".plan-row > .check");
  if (box) pick(box, box.checked, { range: event.shiftKey && box.checked });
  if (event.target.closest?.("[data-picks-none]")) {
    for (const one of boxes()) one.checked = false;
    count();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.(".plan-row > .check")) {
    const key = { ArrowDown: "next", ArrowUp: "previous", Enter: "open" }[event.key];
    if (!key) return;
    event.preventDefault();
    KEYS[key]();
  } else if (event.key === "Escape" && event.target.matches?.(".plan-points input, .plan-add input")) {
    event.target.value = event.target.defaultValue;
    const row = here();
    if (row) placeOf(row).focus();
    else event.target.blur();
  }
});

// What was added is written: the field is free for the next. What was moved together is not chosen any more.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (!detail.successful) return;
  if (target.matches?.("[data-quick-add]")) target.reset();
  if (target === bar()) for (const box of boxes()) box.checked = false;
  if (target.matches?.(".plan-points")) {
    const input = target.querySelector("input[name=points]");
    input.defaultValue = input.value;
  }
});

// The page is fetched anew after what one does. What is being typed or chosen elsewhere on it stays as it is.
let kept = [];
let place = -1;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "backlog" || !detail.shouldSwap) return;
  kept = [...detail.target.querySelectorAll("input[id], details[id]")]
    .map((field) =>
      field.matches("details")
        ? field.open && { id: field.id, open: true }
        : field.type === "checkbox"
          ? field.checked && { id: field.id, checked: true }
          : field.value !== field.defaultValue && { id: field.id, value: field.value },
    )
    .filter(Boolean);
  place = rows().indexOf(here());
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "backlog") return;
  for (const { id, ...state } of kept) Object.assign(document.getElementById(id) ?? {}, state);
  kept = [];
  const all = rows();
  const isLost = document.activeElement === document.body || document.activeElement?.id === "backlog";
  if (place >= 0 && all.length && isLost) placeOf(all[Math.min(place, all.length - 1)])?.focus({ preventScroll: true });
  place = -1;
  count();
});
count();

// A board: choosing cards, adding and renaming them, the story beside it, columns that are collapsed, and keeping up
// with what others do. Only what is new is fetched, and never while something is carried or typed.
import { addressOf, busy, cardOf, codeOf, linkOf, page, refuse, say, send, words, works } from "./board-parts.js";
import { ACTIONS } from "./board-keys.js";
import { recall, remember } from "./storage.js";
import { announce } from "./toasts.js";
import "./drag.js";
import "./story.js";

const MOST = 200; // cards that are fetched at once
const panel = () => document.getElementById("panel");
const { htmx } = window;
let address = location.pathname + location.search;

// --- Choosing --------------------------------------------------------------------------------------------------------

let anchor = null;
const boxOf = (card) => card?.querySelector(".story-pick");
const boxes = () => [...document.querySelectorAll("#board-scroll .story-pick")];

/** Choose a card, or not any more; with `range`, all from the one that was chosen last. */
function pick(card, { range = false, on = null } = {}) {
  const box = boxOf(card);
  if (!box) return;
  const all = boxes();
  if (range && anchor?.isConnected) {
    const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = true;
  } else box.checked = on ?? !box.checked;
  anchor = box;
  tell();
}

function tell({ aloud = true } = {}) {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const n = boxes().filter((box) => box.checked).length;
  bar.toggleAttribute("data-picked", n > 0);
  const text = n ? say("picked", { n }) : "";
  const shown = bar.querySelector("[data-picked-count]");
  if (aloud && text && shown.textContent !== text) announce(text);
  shown.textContent = text;
}

function pickNone() {
  for (const box of boxes()) box.checked = false;
  tell();
}

// --- A card's own actions --------------------------------------------------------------------------------------------

const ask = (url) => htmx.ajax("GET", url, { target: "#dialog-slot", swap: "innerHTML" });
const openMove = (card) => ask(`${addressOf(card)}move/`);
const openBlock = (card) => ask(`${addressOf(card)}block/`);

/** Write the title of a card where it stands. Enter keeps it, Escape does not. */
function editTitle(card) {
  if (!works() || busy.has(card)) return;
  const link = linkOf(card);
  const input = Object.assign(document.createElement("input"), { className: "input story-title-input", value: link.textContent, maxLength: 300 });
  input.setAttribute("aria-label", say("edit", { code: codeOf(card) }));
  busy.add(card);
  link.hidden = true;
  link.after(input);
  input.select();
  let isOver = false;
  const close = () => {
    isOver = true;
    busy.delete(card);
    input.remove();
    link.hidden = false;
    document.dispatchEvent(new CustomEvent("board-idle"));
  };
  const keep = async () => {
    const title = input.value.trim();
    if (isOver || input.readOnly) return;
    if (!title || title === link.textContent) {
      close();
      link.focus();
      return;
    }
    input.readOnly = true;
    const answer = await send(`${addressOf(card)}edit/`, { field: "title", title, base_version: card.dataset.version });
    input.readOnly = false;
    if (answer?.ok) {
      const had = input === document.activeElement;
      link.textContent = title;
      close();
      if (had) link.focus();
      stale();
    } else {
      refuse(answer);
      input.focus();
    }
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") keep();
    if (event.key === "Escape") {
      close();
      link.focus();
    }
  });
  input.addEventListener("blur", () => input.readOnly || keep());
}

async function add(form) {
  const field = form.elements.title;
  const title = field.value.trim();
  const error = form.querySelector(".quick-add-error");
  if (!title || field.readOnly) return;
  field.readOnly = true;
  const answer = await send(form.action, { ...Object.fromEntries(new FormData(form)), quick: "yes", title });
  field.readOnly = false;
  if (answer?.ok) {
    error.textContent = "";
    field.value = "";
    announce(say("add", { title }));
    stale();
  } else {
    const holder = new DOMParser().parseFromString(answer?.text ?? "", "text/html");
    error.textContent = [...holder.querySelectorAll("[data-reason], [data-next-step]")].map((one) => one.textContent).join(" ") || words.failed;
  }
  field.focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-quick-add]")) return;
  event.preventDefault();
  add(event.target);
});
document.addEventListener("toggle", (event) => event.target.matches?.(".quick-add[open]") && event.target.querySelector('input[name="title"]').focus(), true);

// --- The story beside the board --------------------------------------------------------------------------------------

let opener = "";
const title = document.title;

/** Show a story beside the board; its address is the story's own, and going back leads to the board. */
async function openPanel(url, card = null, { push = true } = {}) {
  if (card) opener = card.id;
  if (push) {
    if (panel().hidden) history.replaceState({ board: true }, "", location.href);
    history[panel().hidden ? "pushState" : "replaceState"]({ panel: url }, "", url);
  }
  await htmx.ajax("GET", url, { target: "#panel", swap: "innerHTML" });
  if (!panel().querySelector("#story")) {
    if (push) history.back();
    return;
  }
  panel().hidden = false;
  panel().scrollTop = 0;
  mark();
  const story = document.getElementById("story");
  story.focus({ preventScroll: true });
  document.title = `${story.dataset.code} · ${title}`;
  announce(say("opened", { code: story.dataset.code }));
}

function shut() {
  if (panel().hidden) return;
  panel().hidden = true;
  panel().replaceChildren();
  document.title = title;
  mark();
  const card = document.getElementById(opener);
  (linkOf(card) ?? document.getElementById("board-scroll"))?.focus({ preventScroll: true });
  stale();
}

const closePanel = () => !panel().hidden && history.back();

function mark() {
  const code = panel().hidden ? "" : document.getElementById("story")?.dataset.story;
  for (const card of document.querySelectorAll(".story-card[data-open]")) card.removeAttribute("data-open");
  if (code) document.getElementById(`card-${code}`)?.toggleAttribute("data-open", true);
}

addEventListener("popstate", ({ state }) => {
  if (state?.panel) openPanel(state.panel, null, { push: false });
  else if (location.pathname === page()?.dataset.url) shut();
});

// --- Columns that are collapsed --------------------------------------------------------------------------------------

const FOLDED = `board.${page()?.dataset.team}.folded`;
const folded = () => new Set((recall(FOLDED) ?? "").split(",").filter(Boolean));

function fold() {
  const all = folded();
  for (const part of document.querySelectorAll(":is(.column-head, .cell)[data-column]")) {
    const isFolded = all.has(part.dataset.column);
    part.toggleAttribute("data-collapsed", isFolded);
    part.querySelector("[data-folds]")?.setAttribute("aria-expanded", String(!isFolded));
  }
}

function toggleFold(column) {
  const all = folded();
  if (!all.delete(column)) all.add(column);
  remember(FOLDED, [...all].join(",") || null);
  fold();
}

// --- Keeping up ------------------------------------------------------------------------------------------------------

const PAUSE = 120;
let clock;
let running = false;
let again = false;

const typing = () => Boolean(document.querySelector("#board .quick-add[open] input:focus"));

/** Something is new: fetch it soon, or as soon as nothing is carried or typed any more. */
function stale() {
  again = true;
  clearTimeout(clock);
  clock = setTimeout(keepUp, PAUSE);
}

async function keepUp() {
  if (running || busy.size || !again || !document.getElementById("board-scroll")) return;
  again = false;
  running = true;
  try {
    const query = new URL(address, location.href).search;
    const answer = await fetch(`${page().dataset.url}state/${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) return;
    const state = await answer.json();
    const fresh = await fetchNew(state, query);
    if (busy.size || query !== new URL(address, location.href).search) again = true;
    else apply(state, fresh);
  } catch {
    // The server is away; the stream says when it is back, and then this is asked again.
  } finally {
    running = false;
    if (again && !busy.size && !typing()) stale();
  }
}

async function fetchNew(state, query) {
  const rows = state.lanes.flatMap((lane) => Object.values(lane.cells).flat());
  const ids = rows.filter(([id, token]) => document.getElementById(`card-${id}`)?.dataset.token !== token).map(([id]) => id);
  const fresh = new Map();
  const holder = document.createElement("template");
  for (let at = 0; at < ids.length; at += MOST) {
    const params = new URLSearchParams(query);
    params.set("ids", ids.slice(at, at + MOST).join(","));
    const answer = await fetch(`${page().dataset.url}cards/?${params}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.statusText);
    holder.innerHTML = await answer.text();
    for (const card of holder.content.querySelectorAll(".story-card")) fresh.set(card.id, card);
  }
  return fresh;
}

function apply(state, fresh) {
  const lanes = [...document.querySelectorAll(".lane")].map((lane) => lane.dataset.lane);
  const isFramed = document.getElementById("board-scroll").dataset.layout === state.layout;
  if (!isFramed || lanes.join() !== state.lanes.map((lane) => lane.key).join()) {
    if (typing()) again = true;
    else htmx.ajax("GET", address, { target: "#board", swap: "innerHTML" });
    return;
  }
  const focused = cardOf(document.activeElement);
  const place = document.activeElement?.className;
  const left = new Set([...document.querySelectorAll("#board-scroll .story-card")].map((card) => card.id));
  for (const lane of state.lanes) {
    let count = 0;
    for (const [column, rows] of Object.entries(lane.cells)) {
      const list = document.getElementById(`cards-${lane.key}-${column}`);
      count += rows.length;
      rows.forEach(([id], at) => {
        const name = `card-${id}`;
        left.delete(name);
        let card = document.getElementById(name);
        const made = fresh.get(name);
        if (made) {
          if (card) {
            const box = boxOf(made);
            if (box) box.checked = boxOf(card)?.checked ?? false;
            card.replaceWith(made);
          }
          card = made;
        }
        if (card && list.children[at] !== card) list.insertBefore(card, list.children[at] ?? null);
      });
    }
    const number = document.querySelector(`.lane[data-lane="${lane.key}"] [data-lane-count]`);
    if (number) number.textContent = count;
  }
  for (const name of left) document.getElementById(name)?.remove();
  for (const [column, html] of Object.entries(state.heads)) fill(document.getElementById(`numbers-${column}`), html);
  fill(document.getElementById("sprint-strip"), state.sprint);
  const card = focused && document.getElementById(focused.id);
  if (card && document.activeElement === document.body) {
    (card.querySelector(`.${place?.split(" ").at(-1)}`) ?? linkOf(card))?.focus({ preventScroll: true });
  }
  tell({ aloud: false });
  mark();
}

function fill(element, html) {
  if (!element || element.dataset.made === html) return;
  element.innerHTML = html;
  element.dataset.made = html;
}

Object.assign(ACTIONS, {
  open: (card) => openPanel(addressOf(card), card),
  edit: editTitle,
  "move-to": openMove,
  block: openBlock,
  pick: (card) => pick(card),
  "pick-range": (card) => pick(card, { range: true }),
});

document.addEventListener("board-stale", stale);
document.addEventListener("board-idle", () => again && stale());
document.addEventListener("focusout", () => again && setTimeout(() => again && stale()));
document.addEventListener("story-saved", stale);
document.addEventListener("changed", stale);

// --- What is pressed -------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const { target } = event;
  const foldButton = target.closest("[data-folds]");
  if (foldButton) toggleFold(foldButton.dataset.folds);
  if (target.closest("[data-picks-none]")) pickNone();
  if (target.closest("[data-closes-panel]")) closePanel();
  const view = target.closest("[data-saves-view]");
  if (view) {
    event.preventDefault();
    view.closest("details")?.removeAttribute("open");
    ask(view.href + new URL(address, location.href).search);
  }
  for (const open of document.querySelectorAll(".filter-fold[open]")) if (!open.contains(target)) open.open = false;
  const card = cardOf(target);
  if (!card?.closest("#board-scroll")) return;
  if (target.matches(".story-pick")) pick(card, { range: event.shiftKey && target.checked, on: target.checked });
  else if (target.closest(".story-move")) {
    event.preventDefault();
    openMove(card);
  } else if (target.closest(".story-link")) {
    if (works() && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      pick(card, { range: event.shiftKey });
    } else if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openPanel(addressOf(card), card);
    }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const open = document.querySelector(".filter-fold[open]") ?? event.target.closest?.(".quick-add[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (!panel().hidden) {
    // Whoever types leaves the field first: nothing that was typed goes with the panel.
    if (panel().contains(event.target) && event.target.matches("input:not([type=checkbox]), textarea, select")) document.getElementById("story").focus();
    else closePanel();
  }
  else if (boxes().some((box) => box.checked)) pickNone();
});

// The filters fetch the board anew, and push its address.
document.addEventListener("htmx:pushedIntoHistory", ({ detail }) => {
  if (new URL(detail.path, location.href).pathname === page()?.dataset.url) address = detail.path;
});
// What was asked for before they did would undo them.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, path } = detail.requestConfig;
  if (detail.target?.id === "board" && elt === document.body && path !== address) detail.shouldSwap = false;
});
function dress() {
  fold();
  tell({ aloud: false });
  mark();
}
document.addEventListener("htmx:afterSettle", ({ detail }) => detail.target?.id === "board" && dress());
document.addEventListener("htmx:historyRestore", () => {
  address = location.pathname + location.search;
  dress();
});
// After something was done with the chosen ones, none is chosen.
document.addEventListener("chosen-done", pickNone);

fold();
tell({ aloud: false });

// Parts of a page that fetch themselves when something has changed: hx-trigger="changed from:body". What others did
// comes as the same event with { live: true }. It waits while somebody types, chooses, selects text or has a menu or
// dialog open in the part; [data-live-hold] in or around the part makes it wait too. What is open stays open, and what
// is scrolled stays where it is; htmx and focus.js see to the focus.

const GATHER = 150; // messages that come together are one change
const LOOK_AGAIN = 400;
const every = 1000 * Number(document.body.dataset.liveEvery ?? 1);
const TYPED =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="reset"]), textarea, select, [contenteditable="true"]';
const OPEN = "dialog[open], details.menu[open], :popover-open, [data-live-hold]";

const asking = new Map(); // requests under way, with the element that made each: replaced, it would not hear the answer
const held = new Set(); // elements that have something to fetch, once nobody is busy in them
let firing;
let firedAt = -Infinity;
let looking;
let pressed = null;
let isMissed = false;

/** Let every part fetch itself soon; a burst of changes is fetched once per second, or what the page says. */
export function refetch() {
  if (firing) return;
  firing = setTimeout(
    () => {
      firing = undefined;
      firedAt = performance.now();
      fire();
    },
    Math.max(GATHER, firedAt + every - performance.now()),
  );
}

function fire(among = null) {
  document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true, detail: { live: true, among } }));
}

function hold(part) {
  held.add(part);
  looking ??= setInterval(look, LOOK_AGAIN);
}

function look() {
  for (const part of held) if (!part.isConnected) held.delete(part);
  const free = new Set([...held].filter((part) => !isBusy(part)));
  for (const part of free) held.delete(part);
  if (free.size) fire(free);
  if (held.size) return;
  clearInterval(looking);
  looking = undefined;
}

function isBusy(part) {
  const here = document.activeElement;
  if (part.classList.contains("htmx-request") || part.closest("[data-live-hold]") || part.querySelector(OPEN)) return true;
  if (part.contains(here) && here.matches(TYPED)) return true;
  if (pressed && part.contains(pressed)) return true;
  if ([...asking.values()].some((element) => element !== part && part.contains(element))) return true;
  if ([...part.querySelectorAll("input, textarea, select")].some(isChanged)) return true;
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && (part.contains(selection.anchorNode) || part.contains(selection.focusNode)));
}

function isChanged(field) {
  if (field.disabled || field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "select-one" && ![...field.options].some((option) => option.defaultSelected)) return field.selectedIndex > 0;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

const isLive = (event) => event?.type === "changed" && Boolean(event.detail?.live);
const cause = ({ detail }) => detail.requestConfig?.triggeringEvent;

document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (triggeringEvent?.type !== "changed") return;
  const among = triggeringEvent.detail?.among;
  if (among && !among.has(elt)) event.preventDefault();
  else if (isLive(triggeringEvent) && isBusy(elt)) {
    event.preventDefault();
    hold(elt);
  } else held.delete(elt);
});

document.addEventListener("htmx:beforeSend", ({ detail: { xhr, elt } }) => {
  asking.set(xhr, elt);
  xhr.addEventListener("loadend", () => asking.delete(xhr));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isLive(cause(event))) return;
  const { xhr, target, requestConfig } = event.detail;
  if (new URL(xhr.responseURL || location.href).pathname === document.body.dataset.signIn) {
    event.detail.shouldSwap = false; // a reload would lose what is being typed elsewhere on the page
    event.stopImmediatePropagation();
    document.dispatchEvent(new CustomEvent("signed-out"));
    return;
  }
  // Somebody may have begun to type while it was on its way.
  target.classList.remove("htmx-request");
  if (isBusy(target)) {
    event.detail.shouldSwap = false;
    hold(requestConfig.elt);
  } else requestConfig.kept = lookOf(target);
});

// Each is told of every element that came; once is enough. The first comes before anything is painted.
for (const moment of ["htmx:afterSwap", "htmx:afterSettle"]) {
  document.addEventListener(moment, (event) => {
    const { target, requestConfig } = event.detail;
    const kept = requestConfig?.kept;
    if (!kept || kept.isPutBack === moment) return;
    kept.isPutBack = moment;
    putBack((target.id && document.getElementById(target.id)) || target, kept);
  });
}

// What nobody asked for fails in silence: it is fetched again when the stream is back.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    if (!isLive(cause(event))) return;
    event.stopImmediatePropagation();
    isMissed = true;
  });
}

/** Fetch what could not be fetched while the server did not answer. */
export function refetchMissed() {
  if (isMissed) refetch();
  isMissed = false;
}

const foldsIn = (part) => [...part.querySelectorAll("details:not(.menu)")];
const nameOf = (fold) => fold.id || fold.querySelector("summary")?.textContent.trim();

function lookOf(part) {
  const seen = new Map();
  const scrolled = [];
  for (const element of part.querySelectorAll("*")) {
    if (!element.scrollTop && !element.scrollLeft) continue;
    scrolled.push({ key: keyOf(part, element), top: element.scrollTop, left: element.scrollLeft });
  }
  for (const fold of foldsIn(part)) seen.set(nameOf(fold), fold.open);
  // What one looks at stays where it is, whatever comes and goes above it.
  const anchors = [...part.querySelectorAll("[id]")]
    .map((element) => ({ id: element.id, top: element.getBoundingClientRect().top }))
    .filter(({ top }) => top > 0 && top < innerHeight);
  return { seen, scrolled, anchors, top: scrollY };
}

function putBack(part, { seen, scrolled, anchors, top: before }) {
  for (const fold of foldsIn(part)) if (seen.has(nameOf(fold))) fold.open = seen.get(nameOf(fold));
  for (const { key, top, left } of scrolled) elementOf(part, key)?.scrollTo({ top, left, behavior: "instant" });
  const anchor = anchors.find(({ id }) => document.getElementById(id)?.checkVisibility());
  const now = anchor && document.getElementById(anchor.id).getBoundingClientRect().top;
  scrollTo({ top: anchor ? scrollY + now - anchor.top : before, behavior: "instant" });
}

function keyOf(part, element) {
  if (element.id) return { id: element.id };
  const name = element.className;
  return { name, place: [...part.getElementsByClassName(name)].indexOf(element) };
}

function elementOf(part, { id, name, place }) {
  return id ? document.getElementById(id) : part.getElementsByClassName(name)[place];
}

document.addEventListener("pointerdown", ({ target }) => (pressed = target));
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => (pressed = null)));
}
for (const end of ["focusout", "close", "toggle", "htmx:afterRequest"]) {
  document.addEventListener(end, () => held.size && setTimeout(look, 50), true);
}

// The board by keyboard. Where one is, is where the focus is: on the link of a card. J, K and arrows walk, Space or M
// picks a card up, arrows carry it within its column and to the next, Enter or Space drops it, Escape brings it back.
// The keys stand on the page ([data-key][data-board]) and are pressed by shortcuts.js, so that the sheet lists them.
import { busy, cardOf, cardsIn, codeOf, drop, here, linkOf, listOf, nameOf, offers, placeOf, put, say, words, works } from "./board-parts.js";
import { recall } from "./storage.js";
import { announce } from "./toasts.js";

/** What is done with a card by a key: `board.js` says how. */
export const ACTIONS = {};

let lifted = null;

const lists = () => [...document.querySelectorAll("#board-scroll .cards")].filter((list) => list.checkVisibility());
const focus = (card) => {
  linkOf(card)?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
};

/** The card before or after this one: in its column, then in the same column of the next lane. */
function beside(card, step) {
  const list = listOf(card);
  const all = lists().filter((one) => one.dataset.column === list.dataset.column).flatMap(cardsIn);
  return all[all.indexOf(card) + step];
}

/** The card at the same height of the next column that has some. */
function across(card, step) {
  const list = listOf(card);
  const row = lists().filter((one) => one.dataset.lane === list.dataset.lane);
  const at = cardsIn(list).indexOf(card);
  for (let to = row.indexOf(list) + step; row[to]; to += step) {
    const there = cardsIn(row[to]);
    if (there.length) return there[Math.min(at, there.length - 1)];
  }
  return null;
}

function walk(step) {
  const card = here();
  const all = lists().flatMap(cardsIn);
  const next = card ? (beside(card, step) ?? all[all.indexOf(card) + step]) : all.at(step > 0 ? 0 : -1);
  if (next) focus(next);
}

const spot = (card) => {
  const all = cardsIn(listOf(card));
  return { code: codeOf(card), column: nameOf(listOf(card)), place: all.indexOf(card) + 1, all: all.length };
};

function lift(card) {
  if (!works() || lifted || busy.has(card)) return;
  lifted = { card, from: placeOf(card), offers: offers(card) };
  busy.add(lifted);
  card.toggleAttribute("data-lifted", true);
  focus(card);
  announce(say("up", spot(card)));
}

function carry(key) {
  const { card } = lifted;
  const list = listOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") {
    const all = cardsIn(list);
    const at = all.indexOf(card) + (key === "ArrowUp" ? -1 : 1);
    if (!all[at]) return;
    put(card, { list, next: key === "ArrowUp" ? all[at] : all[at].nextElementSibling });
  } else {
    const row = [...lifted.offers.keys()];
    const forward = (key === "ArrowRight") === (getComputedStyle(list).direction !== "rtl");
    const to = row[row.indexOf(list.closest(".cell")) + (forward ? 1 : -1)];
    if (!to) return;
    // One that takes nothing is passed over, and says why.
    const reason = lifted.offers.get(to);
    const beyond = reason ? row[row.indexOf(to) + (forward ? 1 : -1)] : to;
    if (!beyond || lifted.offers.get(beyond)) {
      announce(reason || lifted.offers.get(beyond));
      return;
    }
    const there = beyond.querySelector(".cards");
    const at = cardsIn(list).indexOf(card);
    put(card, { list: there, next: cardsIn(there)[at] ?? null });
    announce([reason, say("at", spot(card))].filter(Boolean).join(" "));
    focus(card);
    return;
  }
  focus(card);
  announce(say("at", spot(card)));
}

function settle({ back = false } = {}) {
  const { card, from } = lifted;
  busy.delete(lifted);
  lifted = null;
  card.removeAttribute("data-lifted");
  if (back) {
    put(card, from);
    focus(card);
    announce(say("back", { code: codeOf(card) }));
  } else {
    announce(say("dropped", spot(card)));
    drop(card, from).then((taken) => taken || focus(card));
  }
  document.dispatchEvent(new CustomEvent("board-idle"));
}

const KEYS = {
  next: () => walk(1),
  previous: () => walk(-1),
  move: lift,
};

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-board]")?.dataset.board;
  if (!key || lifted) return;
  const card = here();
  if (card || key === "next" || key === "previous") (KEYS[key] ?? ACTIONS[key])(card);
  else announce(words.none);
});

// Before the others: what is carried has the keys for itself.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const card = cardOf(event.target);
  if (lifted) {
    const key = event.key === "Spacebar" ? " " : event.key;
    if (key.startsWith("Arrow")) carry(key);
    else if (key === "Enter" || key === " ") settle();
    else if (key === "Escape" || key === "Tab") settle({ back: true });
    else if (key.length > 1) return;
    if (key === "Tab") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  // The search of the board comes before that of the house.
  const isTyping = event.target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select');
  if (event.key === "/" && !isTyping && recall("shortcuts") !== "off" && !document.querySelector("dialog[open]")) {
    const field = document.getElementById("board-search");
    field?.focus();
    field?.select();
    if (field) event.preventDefault();
    return;
  }
  if (!card || !event.target.matches(".story-link")) return;
  const next = {
    ArrowDown: () => beside(card, 1),
    ArrowUp: () => beside(card, -1),
    ArrowRight: () => across(card, 1),
    ArrowLeft: () => across(card, -1),
  }[event.key];
  if (next) {
    event.preventDefault();
    const to = next();
    if (to) focus(to);
  } else if (event.key === " " && works()) {
    event.preventDefault();
    lift(card);
  }
}, true);

document.addEventListener("pointerdown", () => lifted && settle({ back: true }));

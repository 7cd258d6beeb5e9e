// Touchpoints and stages put in their order on the map: by mouse at the grip of a card or a head, by a long press of a
// finger, and by keyboard (Space or M picks up, arrows move, Enter drops, Escape brings back). A card stays in its lane:
// what it is, its unit or channel, is changed in its form. Without script, a menu leads to a list of places.

import { sorting } from "./sorting.js";
import { announce } from "./toasts.js";

const wordsOf = (id) => () => document.getElementById(id).dataset;
const words = wordsOf("map-words");
const stageWords = wordsOf("map-stage-words");
const HEADS = "#map:not([data-zoom=stage]) .map-heads";
const cardOf = (element) => element?.closest?.(".map-card") ?? null;
const headOf = (element) => element?.closest?.(`${HEADS} .map-stage`) ?? null;

/** The place that a card has among the cards of its cell, as the server takes it. */
function placeOf(card, cell) {
  const [before, after] = [card.previousElementSibling, card.nextElementSibling];
  const { stage } = cell.dataset;
  if (before && after && before.dataset.step === after.dataset.step) return `${stage}:beside:${after.dataset.id}`;
  if (after) return `${stage}:before:${after.dataset.id}`;
  return before ? `${stage}:after:${before.dataset.id}` : `${stage}:end`;
}

const { carry } = sorting({
  lists: "#map .map-cell",
  scroller: "map-scroll",
  across: (card, cell) => (card.parentElement?.dataset.lane ?? "") === cell.dataset.lane,
  words,
  send: (card, cell) => ({
    url: words().url.replace("0", card.dataset.id),
    values: { place: placeOf(card, cell) },
  }),
});

/** What stands below the heads follows them. */
function follow() {
  const order = [...document.querySelectorAll(`${HEADS} .map-stage`)].map((head) => head.dataset.stage);
  for (const row of document.querySelectorAll("#map .map-cells")) {
    const cells = new Map([...row.children].map((cell) => [cell.dataset.stage, cell]));
    order.forEach((stage, place) => {
      const cell = cells.get(stage);
      if (cell && row.children[place] !== cell) row.insertBefore(cell, row.children[place] ?? null);
    });
  }
}

const { carry: carryStage } = sorting({
  lists: HEADS,
  scroller: "map-scroll",
  sideways: true,
  words: stageWords,
  moved: follow,
  send: (head) => ({
    url: stageWords().url.replace("0", head.dataset.stage),
    values: { place: head.nextElementSibling?.dataset.stage ?? "end" },
  }),
});

function pickUp(element) {
  if (cardOf(element)) carry(element);
  else if (headOf(element)) carryStage(element);
  else return false;
  return true;
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-carries], [data-edits]");
  if (!key) return;
  const here = document.activeElement;
  const menu = key.matches("[data-edits]") && (cardOf(here) ?? headOf(here))?.querySelector(".map-menu");
  if (menu) menu.click();
  else if (key.matches("[data-edits]") || !pickUp(here)) announce(words().none);
});

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.defaultPrevented || event.key !== " " || !target.matches?.(`.map-card .map-name, ${HEADS} .map-stage h2 a`)) return;
  event.preventDefault();
  pickUp(target);
});

// What the modules of a board share: its cards and cells, sending something about a card, and putting back what the
// server refused.
import { announce, toast } from "./toasts.js";

const SIGN_IN = document.body.dataset.signIn;

// Asked for each time: going back through the filters brings a new body.
export const page = () => document.getElementById("board-page");
export const words = document.getElementById("board-words")?.dataset ?? {};
export const works = () => page()?.hasAttribute("data-works") ?? false;
export const cardOf = (element) => element?.closest?.(".story-card") ?? null;
export const linkOf = (card) => card?.querySelector(".story-link") ?? null;
export const codeOf = (card) => card.querySelector(".story-code").textContent;
export const idOf = (card) => card.id.slice("card-".length);
export const addressOf = (card) => linkOf(card).getAttribute("href");
export const listOf = (card) => card.closest(".cards");
export const cardsIn = (list) => [...list.children].filter((child) => child.matches(".story-card"));
export const headOf = (column) => document.querySelector(`.column-head[data-column="${column}"]`);
export const nameOf = (list) => headOf(list.dataset.column)?.dataset.name ?? "";
export const here = () => cardOf(document.activeElement);

/** Words of the page with what stands in braces replaced. */
export const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name] ?? "");

/** What happens on the board, so that nothing is fetched anew in the middle of it. */
export const busy = new Set();

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

/** Send a form; what comes back, or null where the server could not be reached. */
export async function send(address, fields) {
  const data = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) data.append(name, value);
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
    if (new URL(answer.url).pathname === SIGN_IN) location.reload();
    const said = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast;
    return { ok: answer.ok, text: answer.status === 204 ? "" : await answer.text(), said };
  } catch {
    return null;
  }
}

/** The reason and the next step of a refusal, or what stands beside a field. */
export function reasonIn(answer) {
  if (!answer) return words.failed ?? "";
  const found = new DOMParser().parseFromString(answer.text, "text/html");
  const parts = [...found.querySelectorAll("[data-reason], [data-next-step], .errors")];
  return parts.map((part) => part.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join(" ") || (words.failed ?? "");
}

export function refuse(answer) {
  const text = reasonIn(answer);
  toast({ text, tone: "bad" });
  announce(text);
}

/** Of many moves, only the last one's toast stands: it offers the way back. */
function tell(said) {
  if (!said) return;
  for (const old of document.querySelectorAll(".toast[data-move]")) old.remove();
  toast(said);
  document.querySelector("#toasts > .toast:last-child")?.toggleAttribute("data-move", true);
}

/** Where a card is, to bring it back there. */
export const placeOf = (card) => ({ list: listOf(card), next: card.nextElementSibling });

export function put(card, { list, next }) {
  const before = next?.parentElement === list ? next : null;
  if (card.parentElement === list && card.nextElementSibling === before) return;
  const had = card.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(card, before);
  had?.focus({ preventScroll: true });
}

/** Why the cells of a lane do not take the card: by cell, the words, or "" where they do. */
export function offers(card) {
  const from = listOf(card);
  const found = new Map();
  for (const cell of document.querySelectorAll(".cell")) {
    const list = cell.querySelector(".cards");
    if (list.dataset.lane !== from.dataset.lane || cell.hasAttribute("data-collapsed")) continue;
    const head = headOf(cell.dataset.column);
    const limit = Number(head.dataset.limit ?? 0);
    const count = Number(head.querySelector("[data-column-count]").textContent);
    const isFull = list !== from && head.hasAttribute("data-blocks") && limit && count >= limit;
    found.set(cell, isFull ? say("full", { column: head.dataset.name, n: count, limit }) : "");
  }
  return found;
}

/** How many lie in a column, told at once and not only after the server's answer. */
function count(column, by) {
  const number = headOf(column)?.querySelector("[data-column-count]");
  if (number) number.textContent = Number(number.textContent) + by;
}

/** The card lies where it was dropped; tell the server, and bring it back if that says no. */
export async function drop(card, from) {
  const list = listOf(card);
  if (list === from.list && card.nextElementSibling === from.next) return true;
  const isElsewhere = list !== from.list;
  if (isElsewhere) {
    count(from.list.dataset.column, -1);
    count(list.dataset.column, 1);
  }
  busy.add(card);
  card.toggleAttribute("data-saving", true);
  const after = card.previousElementSibling;
  const next = card.nextElementSibling;
  const answer = await send(`${addressOf(card)}move/`, {
    ref: card.dataset.ref,
    column: list.dataset.column,
    after: after ? idOf(after) : null,
    before: !after && next ? idOf(next) : null,
  });
  card.removeAttribute("data-saving");
  busy.delete(card);
  if (!answer?.ok) {
    put(card, from);
    if (isElsewhere) {
      count(from.list.dataset.column, 1);
      count(list.dataset.column, -1);
    }
    refuse(answer);
  } else tell(answer.said);
  document.dispatchEvent(new CustomEvent("board-stale"));
  return Boolean(answer?.ok);
}

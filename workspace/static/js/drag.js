// Cards carried by mouse and by finger. A mouse carries as soon as it moves with the button down; a finger after a long
// press, so that it can scroll. What will be refused is not offered, and says why. Escape brings the card back.
import { busy, cardOf, cardsIn, drop, offers, placeOf, put, works } from "./board-parts.js";

const FAR = 5; // pixels that a mouse moves before it carries
const SHAKE = 10; // pixels that a finger may move while it presses
const PRESS = 380;
const EDGE = 56; // pixels from the rim of the board at which it scrolls
const FASTEST = 18;

let pending = null; // pressed, and not carried yet
let carried = null;

function down(event) {
  if (event.button !== 0 || !event.isPrimary || !works() || carried) return;
  if (event.target.closest("input, .story-move, button, summary, details")) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const card = cardOf(event.target);
  if (!card?.closest("#board-scroll") || busy.has(card)) return;
  pending = { card, id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType !== "mouse" };
  if (pending.touch) {
    pending.clock = setTimeout(() => {
      navigator.vibrate?.(12);
      lift(pending.x, pending.y);
    }, PRESS);
  }
}

function move(event) {
  if (pending && event.pointerId === pending.id) {
    const far = Math.hypot(event.clientX - pending.x, event.clientY - pending.y);
    if (pending.touch) {
      if (far > SHAKE) forget();
      return;
    }
    if (far < FAR) return;
    lift(pending.x, pending.y);
  }
  if (carried && event.pointerId === carried.id) {
    event.preventDefault();
    carried.x = event.clientX;
    carried.y = event.clientY;
    follow();
  }
}

function lift(x, y) {
  const { card, id } = pending;
  forget();
  const box = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.querySelectorAll("[id], [name], [form]").forEach((one) => ["id", "name", "form"].forEach((name) => one.removeAttribute(name)));
  ghost.classList.add("carried");
  ghost.setAttribute("aria-hidden", "true");
  ghost.inert = true;
  ghost.style.inlineSize = `${box.width}px`;
  document.body.append(ghost);
  carried = { card, id, ghost, x, y, dx: x - box.left, dy: y - box.top, from: placeOf(card), offers: offers(card), frame: 0 };
  card.toggleAttribute("data-carried", true);
  for (const [cell, reason] of carried.offers) if (reason) cell.dataset.refuses = reason;
  document.documentElement.classList.add("is-carrying");
  busy.add(carried);
  getSelection()?.removeAllRanges();
  carried.frame = requestAnimationFrame(scroll);
}

function follow() {
  const { card, ghost, x, y, dx, dy } = carried;
  ghost.style.translate = `${x - dx}px ${y - dy}px`;
  const cell = document.elementFromPoint(x, y)?.closest(".cell");
  for (const one of document.querySelectorAll(".cell[data-target]")) if (one !== cell) one.removeAttribute("data-target");
  if (!cell || !carried.offers.has(cell) || carried.offers.get(cell)) {
    put(card, carried.from);
    carried.isOver = false;
    return;
  }
  carried.isOver = true;
  cell.toggleAttribute("data-target", true);
  const list = cell.querySelector(".cards");
  const others = cardsIn(list).filter((one) => one !== card);
  const next = others.find((one) => {
    const box = one.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  put(card, { list, next: next ?? null });
}

// The board scrolls while the pointer is near its rim.
function scroll() {
  if (!carried) return;
  const board = document.getElementById("board-scroll");
  const box = board.getBoundingClientRect();
  const pull = (at, start, end) =>
    at < start + EDGE ? -Math.min(1, (start + EDGE - at) / EDGE) : at > end - EDGE ? Math.min(1, (at - end + EDGE) / EDGE) : 0;
  const left = pull(carried.x, box.left, box.right) * FASTEST;
  const top = pull(carried.y, box.top, box.bottom) * FASTEST;
  if (left || top) {
    const was = [board.scrollLeft, board.scrollTop];
    board.scrollBy({ left, top, behavior: "instant" });
    if (was[0] !== board.scrollLeft || was[1] !== board.scrollTop) follow();
  }
  carried.frame = requestAnimationFrame(scroll);
}

function up(event) {
  if (pending && event.pointerId === pending.id) forget();
  if (!carried || event.pointerId !== carried.id) return;
  carried.x = event.clientX;
  carried.y = event.clientY;
  follow();
  const { card, from, isOver } = carried;
  end();
  quietClick();
  if (isOver) drop(card, from);
  else put(card, from);
}

function cancel() {
  forget();
  if (!carried) return;
  const { card, from } = carried;
  end();
  put(card, from);
}

function end() {
  const { card, ghost, frame } = carried;
  cancelAnimationFrame(frame);
  ghost.remove();
  card.removeAttribute("data-carried");
  for (const cell of document.querySelectorAll(".cell:is([data-refuses], [data-target])")) {
    cell.removeAttribute("data-refuses");
    cell.removeAttribute("data-target");
  }
  document.documentElement.classList.remove("is-carrying");
  busy.delete(carried);
  carried = null;
  document.dispatchEvent(new CustomEvent("board-idle"));
}

function forget() {
  clearTimeout(pending?.clock);
  pending = null;
}

// The click that ends a drag opens nothing; one that a key makes is another.
function quietClick() {
  const swallow = (event) => {
    if (!event.isTrusted || !event.detail) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 60);
}

document.addEventListener("pointerdown", down);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", up);
document.addEventListener("pointercancel", cancel);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !carried) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  cancel();
}, true);
// Once a finger carries, it does not scroll, and a long press opens no menu.
document.addEventListener("touchmove", (event) => carried && event.cancelable && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => {
  if (carried || (pending?.touch && cardOf(event.target))) event.preventDefault();
});
document.addEventListener("dragstart", (event) => cardOf(event.target) && event.preventDefault());
addEventListener("blur", cancel);


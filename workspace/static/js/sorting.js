// Lines of lists that are put in order by hand: with mouse and finger at their grip ([data-grip]), by keyboard from
// wherever the focus is in the line, and with a long press of a finger where that is asked for. What is carried moves
// through the lists as it would lie; it is sent when dropped, and goes back where it was when that is cancelled or
// refused. Nothing is fetched anew meanwhile ([data-live-hold]).

import { announce } from "./toasts.js";

const FAR = 5; // pixels that make a press a drag
const EDGE = 72; // pixels at the edge of the window where it scrolls
const SPEED = 14; // pixels per frame
const PRESS = 380; // milliseconds after which a finger carries
const SHAKE = 10; // pixels that it may move until then

let isBusy = false; // one thing is carried at a time, of whatever kind

/**
 * Let the children of `lists` (a selector) be sorted. `send(item, list)` answers {url, values} to POST for the place
 * that it has; `words` the texts up, at, dropped and back with {code}, {list}, {place} and {all}. `across` is for lists
 * that stand side by side: it tells whether a list takes the item, left and right lead from one to the next, and a
 * finger carries after a long press. `sideways` is for one list from left to right, which a finger carries in alike.
 * `scroller` is the id of what scrolls around them; `moved` is told of each new place, before it is sent.
 */
export function sorting({ lists, send, words, across = null, sideways = false, scroller = "", moved = () => {} }) {
  let carried = null;
  const presses = Boolean(across) || sideways;
  const isBackwards = (list) => getComputedStyle(list).direction === "rtl";
  const all = () => [...document.querySelectorAll(lists)].filter((list) => !across || !carried || across(carried.item, list));
  const itemOf = (element) => {
    const list = element?.closest?.(lists);
    return list ? [...list.children].find((child) => child.contains(element)) : null;
  };

  function say(text) {
    if (!text || !carried) return;
    const { item } = carried;
    const list = item.parentElement;
    const seen = { code: item.dataset.code ?? item.dataset.name, list: list.dataset.name ?? list.getAttribute("aria-label"), place: [...list.children].indexOf(item) + 1, all: list.children.length };
    announce(text.replace(/\{(\w+)\}/g, (_whole, name) => seen[name] ?? ""));
  }

  function pickUp(item, { byKeys }) {
    carried = { item, from: item.parentElement, next: item.nextElementSibling, focus: byKeys ? document.activeElement : null };
    item.dataset.carried = byKeys ? "keys" : "pointer";
    item.closest("[hx-get]")?.setAttribute("data-live-hold", "");
    isBusy = true;
    if (sideways) item.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
    if (byKeys) say(words().up);
  }

  function lay(list, before) {
    const { item, focus } = carried;
    if (item.parentElement === list && (item.nextElementSibling === before || item === before)) return;
    list.insertBefore(item, before);
    moved(item);
    focus?.focus({ preventScroll: true });
  }

  function end() {
    const { item } = carried;
    delete item.dataset.carried;
    item.closest("[data-live-hold]")?.removeAttribute("data-live-hold");
    carried = null;
    isBusy = false;
  }

  function cancel() {
    lay(carried.from, carried.next);
    say(words().back);
    end();
  }

  function drop() {
    const { item, from, next } = carried;
    const isElsewhere = item.parentElement !== from || item.nextElementSibling !== next;
    say(words().dropped);
    end();
    if (!isElsewhere) return;
    const { url, values } = send(item, item.parentElement);
    item.addEventListener(
      "htmx:afterRequest",
      ({ detail }) => {
        if (detail.successful || !from.isConnected) return;
        from.insertBefore(item, next?.parentElement === from ? next : null);
        moved(item);
      },
      { once: true },
    );
    window.htmx.ajax("POST", url, { source: item, target: item, swap: "none", values });
  }

  // By keyboard: one place per arrow, through the end of a list into the next.
  function step(by) {
    const { item } = carried;
    const list = item.parentElement;
    if (by < 0 && item.previousElementSibling) lay(list, item.previousElementSibling);
    else if (by > 0 && item.nextElementSibling) lay(list, item.nextElementSibling.nextElementSibling);
    else if (across) return;
    else {
      const among = all();
      const other = among[among.indexOf(list) + by];
      if (!other) return;
      lay(other, by < 0 ? null : other.firstElementChild);
    }
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(words().at);
  }

  // To the list beside this one, at the same height.
  function stepAcross(by) {
    const { item } = carried;
    const list = item.parentElement;
    const among = all();
    const forward = isBackwards(list) ? -by : by;
    const other = across && among[among.indexOf(list) + forward];
    if (!other) return;
    lay(other, other.children[[...list.children].indexOf(item)] ?? null);
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(words().at);
  }

  const aside = (by) => (sideways ? step(isBackwards(carried.item) ? -by : by) : stepAcross(by));
  document.addEventListener(
    "keydown",
    (event) => {
      if (!carried) return;
      const keys = {
        ArrowUp: () => sideways || step(-1),
        ArrowDown: () => sideways || step(1),
        ArrowLeft: () => aside(-1),
        ArrowRight: () => aside(1),
        Enter: drop,
        " ": drop,
        Escape: cancel,
      };
      if (carried.item.dataset.carried === "pointer" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      keys[event.key]?.();
    },
    true,
  );
  document.addEventListener("focusin", ({ target }) => {
    if (carried?.focus && !carried.item.contains(target)) cancel();
  });

  // By mouse and finger.
  let press = null;
  let scrolling = 0;
  let at = { x: 0, y: 0 };

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    const byFinger = presses && event.pointerType === "touch" && !event.target.closest?.("button, summary, input");
    const item = (grip || byFinger) && itemOf(event.target);
    if (!item || event.button !== 0 || isBusy) return;
    press = { item, id: event.pointerId, y: event.clientY, x: event.clientX };
    at = { x: event.clientX, y: event.clientY };
    if (byFinger) press.clock = setTimeout(lift, PRESS);
    else {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
    }
  });

  function lift() {
    if (!press || isBusy || !press.item.isConnected) return;
    press.clock = 0;
    navigator.vibrate?.(12);
    pickUp(press.item, { byKeys: false });
    scroll();
  }

  document.addEventListener("pointermove", (event) => {
    if (!press || event.pointerId !== press.id) return;
    at = { x: event.clientX, y: event.clientY };
    if (press.clock) {
      if (Math.hypot(at.x - press.x, at.y - press.y) > SHAKE) forget();
      return;
    }
    if (!carried) {
      if (Math.hypot(at.x - press.x, at.y - press.y) < FAR) return;
      pickUp(press.item, { byKeys: false });
      scroll();
    }
    follow();
  });

  function followSideways() {
    const list = carried.item.parentElement;
    const by = isBackwards(list) ? -1 : 1;
    const others = [...list.children].filter((child) => child !== carried.item);
    const before = others.find((child) => {
      const box = child.getBoundingClientRect();
      return by * (box.left + box.width / 2 - at.x) > 0;
    });
    lay(list, before ?? null);
  }

  function follow() {
    if (!carried) return;
    if (sideways) {
      followSideways();
      return;
    }
    const list = all().find((one) => {
      const box = one.getBoundingClientRect();
      return at.y >= box.top - FAR && at.y <= box.bottom + FAR && at.x >= box.left && at.x <= box.right;
    });
    if (!list) return;
    const others = [...list.children].filter((child) => child !== carried.item);
    const before = others.find((child) => {
      const box = child.getBoundingClientRect();
      return at.y < box.top + box.height / 2;
    });
    lay(list, before ?? null);
  }

  function scroll() {
    cancelAnimationFrame(scrolling);
    if (!carried || !press) return;
    const pull = (place, start, end) => (place < start + EDGE ? -SPEED : place > end - EDGE ? SPEED : 0);
    const around = document.getElementById(scroller);
    const box = around?.getBoundingClientRect() ?? { left: -EDGE, right: innerWidth + EDGE, top: 0, bottom: innerHeight };
    const left = pull(at.x, box.left, box.right);
    const top = sideways ? 0 : pull(at.y, Math.max(0, box.top), Math.min(innerHeight, box.bottom));
    if (left || top) {
      (around ?? window).scrollBy({ left, top, behavior: "instant" });
      follow();
    }
    scrolling = requestAnimationFrame(scroll);
  }

  function forget() {
    clearTimeout(press?.clock);
    press = null;
  }

  function letGo(event, then) {
    if (!press || event.pointerId !== press.id) return;
    forget();
    if (carried) then();
  }
  document.addEventListener("pointerup", (event) => letGo(event, drop));
  document.addEventListener("pointercancel", (event) => letGo(event, cancel));

  if (presses) {
    // Once a finger carries, it does not scroll, a long press opens no menu, and what lifts it opens no link.
    const carries = () => carried?.item.dataset.carried === "pointer";
    document.addEventListener("touchmove", (event) => carries() && event.cancelable && event.preventDefault(), { passive: false });
    document.addEventListener("contextmenu", (event) => (carries() || press?.clock) && event.preventDefault());
    document.addEventListener("pointerup", () => carries() && quietClick(), true);
  }

  return { carry: (element) => !isBusy && itemOf(element) && pickUp(itemOf(element), { byKeys: true }) };
}

function quietClick() {
  const swallow = (event) => {
    if (!event.isTrusted || !event.detail) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 60);
}

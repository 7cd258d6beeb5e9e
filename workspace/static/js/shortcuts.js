// Keys are declared where they act: <a data-key="g h" data-key-label="Go home">. The sheet (?) lists what the page
// has, so it is never out of date. Single keys can be turned off there (WCAG 2.1.4).
import { recall, remember } from "./storage.js";

const PAUSE = 900;
const sheet = document.getElementById("shortcuts");
const list = sheet?.querySelector("dl");
const toggle = sheet?.querySelector('input[name="shortcuts"]');
let typed = "";
let clock;

const isOn = () => recall("shortcuts") !== "off";
const isTyping = (target) => target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]');
const isVisible = (element) => element.checkVisibility();

function focusSearch() {
  const field = [...document.querySelectorAll("[data-search]")].find(isVisible);
  field?.focus();
  field?.select();
  return Boolean(field);
}

function press(keys) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find(isVisible);
  if (!found) return false;
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
  return true;
}

function showSheet() {
  for (const stale of list.querySelectorAll("[data-found]")) stale.remove();
  const known = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    const keys = element.dataset.key;
    if (known.has(keys) || !isVisible(element)) continue;
    known.add(keys);
    const what = document.createElement("dt");
    const how = document.createElement("dd");
    what.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
    how.className = "keys";
    for (const key of keys.split(" ").flatMap((key) => (/^[A-Z]$/.test(key) ? ["Shift", key] : [key.toUpperCase()]))) {
      how.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    }
    what.dataset.found = how.dataset.found = "";
    list.append(what, how);
  }
  toggle.checked = isOn();
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    if (focusSearch()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!isOn() || document.querySelector("dialog[open]")) return;
  if (event.key === "/" && focusSearch()) {
    event.preventDefault();
    return;
  }
  if (event.key === "?" && sheet) {
    event.preventDefault();
    showSheet();
    return;
  }
  if (event.key.length !== 1 || event.key === " ") return;

  clearTimeout(clock);
  typed = typed ? `${typed} ${event.key}` : event.key;
  if (press(typed) || (typed !== event.key && press(event.key))) {
    event.preventDefault();
    typed = "";
  } else {
    clock = setTimeout(() => (typed = ""), PAUSE);
  }
});

toggle?.addEventListener("change", () => remember("shortcuts", toggle.checked ? null : "off"));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shows-shortcuts]")) {
    event.target.closest("details.menu")?.removeAttribute("open");
    showSheet();
  }
});

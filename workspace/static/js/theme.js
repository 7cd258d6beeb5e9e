import { recall, remember } from "./storage.js";

// Radios named "theme" with the values system, light and dark, wherever they stand on the page.
const switches = () => document.querySelectorAll('.theme-switch input[type="radio"]');

function show(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const radio of switches()) radio.checked = radio.value === theme;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches('.theme-switch input[type="radio"]')) return;
  remember("theme", event.target.value === "system" ? null : event.target.value);
  show(event.target.value);
});

// Another tab chose.
addEventListener("storage", (event) => {
  if (event.key === "theme") show(event.newValue ?? "system");
});

show(recall("theme") ?? "system");

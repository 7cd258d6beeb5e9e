// <details class="menu">: one open at a time; Escape, a click elsewhere or leaving with Tab closes; arrows walk.

const openMenus = () => document.querySelectorAll("details.menu[open]");
const items = (menu) => [
  ...menu.querySelectorAll(".menu-panel :is(a[href], button:not(:disabled), input:not(:disabled))"),
];

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;

  if (event.key === "Escape" && menu.open) {
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }

  // Arrows inside a group of radios belong to the group.
  if (event.target.matches('input[type="radio"]')) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" };
  const step = steps[event.key];
  if (step === undefined) return;
  if (!menu.open) {
    if (event.key !== "ArrowDown") return;
    menu.open = true;
  }
  event.preventDefault();
  const all = items(menu);
  const here = all.indexOf(document.activeElement);
  const next =
    step === "first" ? 0 : step === "last" ? all.length - 1 : here < 0 && step < 0 ? all.length - 1 : here + step;
  all.at(next % all.length)?.focus();
});

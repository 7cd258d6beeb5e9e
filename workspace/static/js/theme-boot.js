// Runs before the first paint, so that a chosen theme never flashes. The switch itself is in theme.js.
{
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage is blocked: the system's theme holds.
  }
}

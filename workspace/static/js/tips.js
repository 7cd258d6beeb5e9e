// A tooltip shows by CSS on hover and focus. Escape puts it away until the pointer or focus has left.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const tip of document.querySelectorAll(".tip:is(:hover, :focus-within)")) tip.dataset.dismissed = "";
});

function forgive(event) {
  const tip = event.target.closest?.(".tip[data-dismissed]");
  if (tip && !tip.contains(event.relatedTarget)) delete tip.dataset.dismissed;
}
document.addEventListener("pointerout", forgive);
document.addEventListener("focusout", forgive);

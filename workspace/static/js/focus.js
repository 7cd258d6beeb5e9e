// Where the keyboard is when a part of the page is replaced: on the same element if it is still there (htmx sees to
// that, by id), otherwise on the part itself, if it can hold the focus. A dialog that goes gives the focus back first.

let part = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap) return;
  for (const dialog of detail.target.querySelectorAll("dialog[open]")) dialog.close();
  part = detail.target.contains(document.activeElement) ? detail.target : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (part?.isConnected && document.activeElement === document.body) part.focus({ preventScroll: true });
  part = null;
});

// Ctrl-Z or ⌘-Z undoes what one did last here; in a field it stays the field's own.
const EDITABLE = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  const { undo } = document.body.dataset;
  if (!isUndo || !undo || event.defaultPrevented || event.target.closest?.(EDITABLE)) return;
  event.preventDefault();
  window.htmx?.ajax("POST", undo, { swap: "none" });
});

// [data-opens="id"] opens that dialog, [data-closes] closes the one it is in. An opener may be a link: without
// this script it leads to a page that does the same. A dialog with data-open-now opens as soon as it arrives.

function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      opener.closest("details.menu")?.removeAttribute("open");
      open(dialog);
    }
    return;
  }
  if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
  }
});

// A press that begins and ends on the backdrop closes; one that began inside, to select text, does not.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));
document.addEventListener("pointerup", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || pressed !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

function openArrived(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open-now]")) open(dialog);
}

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  if (arrived.matches?.("dialog[data-open-now]")) open(arrived);
  else openArrived(arrived);
});
openArrived(document);

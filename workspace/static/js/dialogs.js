// [data-opens="id"] opens that dialog, [data-closes] closes the one it is in. An opener may be a link: without
// this script it leads to a page that does the same. A dialog with data-open-now opens as soon as it arrives. One with
// a form begins in its first field, or where what is wrong is said; when it closes, the focus goes back.

const FIELDS = ':is(input:not([type="hidden"]), select, textarea):not(:disabled)';
let places = []; // selectors: of what opened the dialog, then of the parts of the page that it is in

function open(dialog) {
  if (dialog.open) return;
  const opener = document.activeElement;
  // A dialog that brings the next one has taken the place of what opened the first.
  if (opener && opener !== document.body && !opener.closest("dialog")) places = placesOf(opener);
  dialog.showModal();
  if (dialog.querySelector("[autofocus]")) return;
  dialog.querySelector("form.form")?.querySelector(FIELDS)?.focus();
}

function placesOf(element) {
  const found = [];
  const asks = element.getAttribute("hx-get");
  if (asks && !element.id) found.push(`[hx-get="${CSS.escape(asks)}"]`);
  for (let at = element; at; at = at.parentElement) {
    if (at.id && (at === element || at.hasAttribute("tabindex"))) found.push(`#${CSS.escape(at.id)}`);
  }
  return found;
}

const isLost = (element) => !element || element === document.body || Boolean(element.closest("dialog:not([open])"));

// The browser gives the focus back to what had it. The list behind may have been fetched anew meanwhile: then what had
// it is gone, and its successor has the same id or asks for the same, or the part that it was in takes the focus.
document.addEventListener(
  "close",
  () => {
    for (const place of places) {
      if (!isLost(document.activeElement) || document.querySelector("dialog[open]")) return;
      document.querySelector(place)?.focus({ preventScroll: true });
    }
  },
  true,
);

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

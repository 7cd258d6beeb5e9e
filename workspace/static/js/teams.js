// A new team: its key is suggested from its name, as long as nobody has chosen another. Settings: columns are put in
// order by hand; their buttons do the same by keyboard.

import { sorting } from "./sorting.js";

sorting({
  lists: ".team-columns[data-sorts]",
  words: () => ({}),
  send: (item) => {
    const next = item.nextElementSibling?.dataset.id;
    return { url: item.dataset.placeUrl, values: next ? { before: next } : { to: "last" } };
  },
});

const LONGEST = 10;

/** The initials of three words and more, else the first letters. */
function suggested(name) {
  const words = name.split(/\s+/).map((word) => word.replace(/[^A-Za-z0-9]/g, "").toUpperCase()).filter(Boolean);
  const joined = words.length > 2 ? words.map((word) => word[0]).join("") : words.join("").slice(0, 4);
  return joined.replace(/^[0-9]+/, "").slice(0, LONGEST);
}

document.addEventListener("input", (event) => {
  const { target } = event;
  if (target.matches?.("[data-key-of-name]")) {
    target.dataset.chosen = target.value ? "yes" : "";
    return;
  }
  if (!target.matches?.("[data-names]")) return;
  const key = target.form?.querySelector("[data-key-of-name]");
  if (key && !key.dataset.chosen) key.value = suggested(target.value);
});

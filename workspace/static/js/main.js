// The entry of every page. Each module listens on the document, so what htmx brings in later works at once.
import "./theme.js";
import "./live.js";
import "./dialogs.js";
import "./menus.js";
import "./tips.js";
import "./toasts.js";
import "./requests.js";
import "./focus.js";
import "./shortcuts.js";
import "./undo.js";

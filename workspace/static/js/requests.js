// What htmx's requests need from the house: refusals become toasts, invalid forms are shown, a lost session signs in.
import { toast } from "./toasts.js";

const texts = document.getElementById("toasts")?.dataset ?? {};
const STALE = 409;
const INVALID = 422;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (document.body.dataset.signIn && new URL(xhr.responseURL || location.href).pathname === document.body.dataset.signIn) {
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  // 409 and 422 are either a form that comes back with its errors, which is shown in place, or a refusal, which is said.
  if ((xhr.status === STALE || xhr.status === INVALID) && !refusal(xhr.responseText)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  toast({ text: refusal(event.detail.xhr.responseText) || texts.failed, tone: "bad" });
});
document.addEventListener("htmx:sendError", () => toast({ text: texts.offline, tone: "bad" }));
document.addEventListener("htmx:timeout", () => toast({ text: texts.offline, tone: "bad" }));

// The error pages mark the reason and the next step; a toast says the same words.
function refusal(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll("[data-reason], [data-next-step]")]
    .map((part) => part.textContent.trim())
    .filter(Boolean)
    .join(" ");
}

// What others do shows here: one stream of server-sent events per visible tab, for the topics in <body data-live>.
// Each message becomes a `live` event on the document, with { topic, kind, subject, ids, id } as its detail (guests: the
// topic alone), and lets the parts of the page that carry hx-trigger="changed from:body" fetch themselves (parts.js).
// kind "resync": something was missed, so that whatever is shown has to be fetched.
// kind "notified": the person was told of something. It becomes a `notified` event on the body, for the bell; of the
// parts only those of a page that says so, with data-live-only="notification", fetch themselves.
import { refetch, refetchMissed } from "./parts.js";
import { announce } from "./toasts.js";

const LEFT_FOR = 10_000; // a tab that is left for a moment keeps its stream
const SIGN_AFTER = 5_000;
const SILENT_FOR = 40_000; // beats come each 15 s: after so long the connection is dead, though nobody said so
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

const { body } = document;
const sign = document.getElementById("live-sign");
const only = body.dataset.liveOnly?.split(" ");
let seal = body.dataset.live ?? "";
let source = null;
let last = "";
let pause = FIRST_PAUSE;
let isRenewed = false;
let isAgain = false;
let heardAt = 0;
let retrying, leaving, watching, signing;

function address() {
  const url = new URL(body.dataset.liveAt, location.href);
  url.searchParams.set("for", seal);
  if (last) url.searchParams.set("last", last);
  return url.href;
}

function open() {
  clearTimeout(retrying);
  if (source || !seal || document.hidden) return;
  const opened = new EventSource(address());
  let isGreeted = false;
  source = opened;
  const on = (type, then) =>
    opened.addEventListener(type, (event) => {
      if (source !== opened) return;
      last = event.lastEventId || last;
      hear();
      then(event);
    });
  on("hello", () => {
    isGreeted = true;
    if (isAgain) body.dispatchEvent(new CustomEvent("notified"));
    isAgain = true;
    isRenewed = false;
    pause = FIRST_PAUSE;
    back();
    refetchMissed();
  });
  on("beat", () => {});
  on("change", ({ data }) => tell(JSON.parse(data)));
  on("resync", () => tell({ topic: null, kind: "resync" }));
  opened.addEventListener("error", () => {
    if (source !== opened) return;
    close();
    away();
    if (isGreeted) later(500 + 1000 * Math.random());
    else ask();
  });
}

function close() {
  source?.close();
  source = null;
  clearTimeout(watching);
}

function tell(detail) {
  if (detail.kind === "notified" || detail.kind === "resync") body.dispatchEvent(new CustomEvent("notified"));
  if (detail.kind === "notified") {
    if (only?.includes("notification")) refetch();
    return;
  }
  document.dispatchEvent(new CustomEvent("live", { detail }));
  if (!only || !detail.subject || only.includes(detail.subject)) refetch();
}

function hear() {
  heardAt = Date.now();
  clearTimeout(watching);
  watching = setTimeout(restart, SILENT_FOR);
}

function restart() {
  close();
  open();
}

function later(wait = pause * (0.5 + Math.random())) {
  clearTimeout(retrying);
  retrying = setTimeout(open, wait);
  pause = Math.min(2 * pause, LONGEST_PAUSE);
}

// A stream that was refused does not say why: HEAD does.
async function ask() {
  let answer;
  try {
    answer = await fetch(address(), { method: "HEAD", redirect: "manual", cache: "no-store" });
  } catch {
    later();
    return;
  }
  if (answer.type === "opaqueredirect") signedOut();
  else if (answer.status === 403) renew();
  else if (answer.status === 503) later(1000 * (Number(answer.headers.get("Retry-After")) || 30) * (1 + Math.random()));
  else later();
}

// What the page was given is too old, or for another session: the page knows what it may listen to now.
async function renew() {
  if (isRenewed) {
    stop();
    return;
  }
  isRenewed = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname === body.dataset.signIn) signedOut();
    else if (!answer.ok) stop();
    else {
      seal = new DOMParser().parseFromString(await answer.text(), "text/html").body.dataset.live ?? "";
      if (seal) open();
      else stop();
    }
  } catch {
    isRenewed = false;
    later();
  }
}

function stop() {
  seal = "";
  close();
  back();
}

function signedOut() {
  stop();
  show(sign?.dataset.signedOut);
}

// A quiet sign, and one word to a screen reader, when the stream has been away for a while; both go when it is back.
function away() {
  signing ??= setTimeout(() => show(sign?.dataset.offline), SIGN_AFTER);
}

function show(words) {
  if (!sign || !words) return;
  sign.querySelector("span").textContent = words;
  sign.hidden = false;
  announce(words);
}

function back() {
  clearTimeout(signing);
  signing = undefined;
  if (!sign || sign.hidden) return;
  sign.hidden = true;
  announce(sign.dataset.back);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(() => {
      close();
      clearTimeout(retrying);
      clearTimeout(signing);
      signing = undefined;
    }, LEFT_FOR);
  } else if (source && Date.now() - heardAt > SILENT_FOR) restart();
  else open();
});
addEventListener("online", restart);
addEventListener("offline", () => {
  close();
  if (seal) away();
});
addEventListener("pagehide", close);
addEventListener("pageshow", ({ persisted }) => persisted && open());
document.addEventListener("signed-out", signedOut);
open();

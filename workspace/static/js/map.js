// The journey map: lines where customers cross between business units, drawn behind the cards, each from the list that
// its card holds as text. Where one is, its lines stand out. Nothing needs them: every card says the same in words.
const SVG = "http://www.w3.org/2000/svg";
const SIGNS = { unowned: "?", broken: "×", none: "!", proposed: "…", agreed: "✓" };
const DENSE = 60; // lines beyond which only those of the card where one is are marked
const TOO_MANY = 600; // lines beyond which only those of the card where one is are drawn at all
const BULGE = 13;
const SHEET = 960; // what of a map goes on one sheet of A3 across, below its head
const PAPER = matchMedia("print");
const PHONE = matchMedia("(width < 40rem)");

let active = null;
let asked;

const map = () => document.getElementById("map");
const cardOf = (element) => element?.closest?.(".map-card") ?? null;

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** What is to be drawn: [source, target, state] for each crossing of which both ends are on the map. */
function crossings() {
  const found = [];
  for (const row of map().querySelectorAll(".map-fold [data-to]")) {
    const source = cardOf(row);
    for (const id of row.dataset.to.split(" ")) {
      const target = document.getElementById(`touch-${id}`);
      if (target) found.push([source, target, row.dataset.state]);
    }
  }
  return found;
}

/** Where each line leaves and reaches its cards: spread over their edges, in the order of the other ends. */
function ports(lines, boxes) {
  const edges = new Map();
  const put = (card, side, place, other) => {
    const key = `${card.id} ${side}`;
    if (!edges.has(key)) edges.set(key, []);
    edges.get(key).push({ place, y: other.y, box: boxes.get(card) });
  };
  lines.forEach(([source, target], place) => {
    put(source, "out", place, boxes.get(target));
    put(target, "in", place, boxes.get(source));
  });
  const heights = { out: [], in: [] };
  for (const [key, ends] of edges) {
    ends.sort((one, two) => one.y - two.y);
    ends.forEach(({ place, box }, at) => {
      heights[key.split(" ")[1]][place] = box.y + (box.height * (at + 1)) / (ends.length + 1);
    });
  }
  return heights;
}

function path(from, to, start, end) {
  if (to.x > from.right) {
    const reach = Math.max(18, Math.min(60, (to.x - from.right) * 0.6));
    return `M${from.right} ${start}C${from.right + reach} ${start} ${to.x - reach} ${end} ${to.x} ${end}`;
  }
  if (to.right < from.x) {
    return `M${from.x} ${start}C${from.x - 30} ${start} ${to.right + 30} ${end} ${to.right} ${end}`;
  }
  return `M${from.right} ${start}C${from.right + BULGE} ${start} ${to.right + BULGE} ${end} ${to.right} ${end}`;
}

function draw() {
  const svg = document.getElementById("map-lines");
  if (!svg) return;
  const canvas = svg.parentElement;
  const all = crossings();
  const lines = all.length > TOO_MANY ? all.filter(([source, target]) => [source.id, target.id].includes(active)) : all;
  const origin = canvas.getBoundingClientRect();
  const boxes = new Map();
  for (const card of new Set(lines.flatMap(([source, target]) => [source, target]))) {
    const { x, y, width, height } = card.getBoundingClientRect();
    boxes.set(card, { x: x - origin.x, y: y - origin.y, right: x - origin.x + width, height });
  }
  const heights = ports(lines, boxes);
  svg.replaceChildren(
    ...lines.map(([source, target, state], place) => {
      const line = make("g", { "data-state": state, "data-from": source.id, "data-to": target.id });
      const drawn = make("path", { d: path(boxes.get(source), boxes.get(target), heights.out[place], heights.in[place]) });
      const middle = drawn.getPointAtLength(drawn.getTotalLength() / 2);
      const mark = make("g", { class: "map-line-mark", transform: `translate(${middle.x} ${middle.y})` });
      const sign = make("text", { y: "3.5" });
      sign.textContent = SIGNS[state] ?? "";
      mark.append(make("circle", { r: "7" }), sign);
      line.append(drawn, mark);
      return line;
    }),
  );
  // On paper lines cannot follow from one sheet to the next: there they are left to the words on the cards.
  svg.toggleAttribute("data-apart", PAPER.matches && canvas.offsetHeight > SHEET);
  svg.toggleAttribute("data-dense", all.length > DENSE);
  svg.dataset.drawn = String(lines.length);
  light();
}

/** Let the lines of the card where one is stand out. */
function light() {
  const svg = document.getElementById("map-lines");
  if (!svg) return;
  svg.toggleAttribute("data-lit", Boolean(active));
  for (const line of svg.children) line.toggleAttribute("data-on", [line.dataset.from, line.dataset.to].includes(active));
}

function soon() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(draw);
}

function be(card) {
  const id = card?.id ?? null;
  if (id === active) return;
  active = id;
  if (map()?.querySelectorAll("[data-to]").length > TOO_MANY) soon();
  else light();
}

document.addEventListener("pointerover", ({ target }) => be(cardOf(target) ?? cardOf(document.activeElement)));
document.addEventListener("focusin", ({ target }) => {
  seek(target);
  be(cardOf(target));
});
addEventListener("hashchange", () => seek(document.querySelector("#map :target")));
document.addEventListener("toggle", ({ target }) => target.closest?.("#map") && soon(), true);

// "One stage" means the one where one is.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt } = event.detail;
  const stage = elt.dataset.zooms === "stage" && map()?.dataset.zoom !== "stage" && stageHere();
  if (!stage) return;
  const url = new URL(event.detail.path, location.href);
  url.searchParams.set("stage", stage);
  event.detail.path = url.pathname + url.search;
});

function stageHere() {
  const card = active && document.getElementById(active);
  if (card) return card.dataset.stage;
  const scroller = document.getElementById("map-scroll");
  const edge = scroller?.getBoundingClientRect().x ?? 0;
  const head = [...(scroller?.querySelectorAll(".map-stage") ?? [])].find((one) => one.getBoundingClientRect().right > edge + 40);
  return head?.dataset.stage;
}

// What stands below a stage that is out of sight takes no room where one stage fills the screen: see map.css. What one
// goes to there, by keyboard or by a link, is brought to light.
let sight;
let sought = null;

function lay(stage, isAside) {
  const cells = document.querySelectorAll(`#map .map-cells > td[data-stage="${stage}"]`);
  for (const cell of cells) cell.toggleAttribute("data-aside", isAside);
}

function seek(element) {
  const cell = element?.closest?.("td[data-aside]");
  sought = cell ? element : null;
  if (!cell) return;
  lay(cell.dataset.stage, false);
  show(element);
}

function show(element) {
  if (PHONE.matches && element?.isConnected) element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
}

function watchStages() {
  sight?.disconnect();
  sought = null;
  const root = document.getElementById("map-scroll");
  if (!root) return;
  sight = new IntersectionObserver(
    (heads) => {
      for (const { target, isIntersecting } of heads) lay(target.dataset.stage, !isIntersecting);
      show(sought);
    },
    { root, rootMargin: "0px -4px" },
  );
  for (const head of root.querySelectorAll(".map-stage")) sight.observe(head);
}
for (const kind of ["pointerdown", "wheel"]) addEventListener(kind, () => (sought = null), { passive: true });

const watcher = new ResizeObserver(soon);
function begin() {
  const canvas = document.querySelector(".map-canvas");
  watcher.disconnect();
  if (canvas) watcher.observe(canvas);
  watchStages();
  draw();
}

document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target?.id === "journey-map" && begin());
PAPER.addEventListener("change", draw);
addEventListener("beforeprint", draw);
addEventListener("afterprint", draw);
begin();
sought = document.querySelector("#map :target");

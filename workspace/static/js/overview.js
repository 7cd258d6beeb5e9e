// The trend of coverage as a line. Its numbers lie beside it as JSON, and as a table for whoever cannot see a line.
// Chart.js (chartkick/Chart.bundle.js) takes colours as rgb(); ours are tokens, so a pixel is painted and read.
const { Chart } = window;
const DARK = matchMedia("(prefers-color-scheme: dark)");
let chart = null;

function colour(element, token) {
  const probe = Object.assign(document.createElement("span"), { hidden: true });
  element.append(probe);
  probe.style.color = `var(${token})`;
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  brush.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}

function draw() {
  chart?.destroy();
  chart = null;
  const canvas = document.getElementById("trend");
  const source = document.getElementById("trend-data");
  if (!Chart || !canvas || !source) return;
  const { days, shares, counts, target, words } = JSON.parse(source.textContent);
  const [line, soft, ink, goal] = ["--accent", "--hairline", "--ink-faint", "--good-fill"].map((token) => colour(canvas.parentElement, token));
  const known = shares.filter((share) => share !== null);
  const floor = Math.max(0, Math.floor((Math.min(...known, target) - 5) / 10) * 10);
  const lonely = (place) => shares[place] !== null && (shares[place - 1] ?? null) === null && (shares[place + 1] ?? null) === null;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  chart = new Chart(canvas, {
    type: "line",
    data: {
      labels: days,
      datasets: [
        {
          label: words.share,
          data: shares,
          borderColor: line,
          backgroundColor: line,
          borderWidth: 2,
          // A day that stands alone between two that nobody noted would be no line at all.
          pointRadius: days.map((_, place) => (lonely(place) || place === days.length - 1 ? 3 : 0)),
          pointHoverRadius: 4,
          pointHoverBackgroundColor: line,
          pointHoverBorderColor: line,
          spanGaps: false,
        },
        {
          label: words.target,
          data: days.map(() => target),
          borderColor: goal,
          backgroundColor: goal,
          borderWidth: 1.5,
          borderDash: [4, 4],
          pointRadius: 0,
          pointHitRadius: 0,
          pointHoverRadius: 0,
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { grid: { display: false }, border: { color: soft }, ticks: { color: ink, maxTicksLimit: 7, maxRotation: 0, autoSkipPadding: 16 } },
        y: { min: floor, max: 100, grid: { color: soft }, border: { display: false }, ticks: { color: ink, maxTicksLimit: 5, callback: (value) => `${value} %` } },
      },
      plugins: {
        legend: { position: "bottom", align: "end", labels: { color: ink, boxWidth: 18, boxHeight: 1 } },
        tooltip: {
          filter: (item) => item.datasetIndex === 0,
          displayColors: false,
          callbacks: {
            label: ({ dataIndex }) => `${shares[dataIndex]} % (${counts[dataIndex][0]} ${words.of} ${counts[dataIndex][1]})`,
          },
        },
      },
    },
  });
}

draw();
// The part came anew, or the theme changed.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "overview") draw();
});
DARK.addEventListener("change", draw);
new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

// Charts: the server sends what is to be seen; colours, letters, the tooltip and the reading aid come from the tokens here.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const drawn = new Map();

// Colours of the palette are named in the data ("series-1", "q3", "late"), never written as numbers.
function coloured(value) {
  if (Array.isArray(value)) return value.map(coloured);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, /color/i.test(key) && typeof inner === "string" && /^[a-z]/.test(inner) && token(inner) ? token(inner) : coloured(inner)]));
  }
  return value;
}

function axis(given, kind) {
  if (!given) return given;
  if (Array.isArray(given)) return given.map((one) => axis(one, kind));
  const line = { lineStyle: { color: token("line-2") } };
  return {
    axisLine: { show: given.type === "category", ...line },
    axisTick: { show: false },
    splitLine: { show: given.type !== "category", lineStyle: { color: token("line") } },
    ...given,
    axisLabel: { color: token("ink-2"), fontSize: 12, ...given.axisLabel },
    nameTextStyle: { color: token("ink-3"), ...given.nameTextStyle },
  };
}

function dressed(option, said, width) {
  const many = (option.series ?? []).length > 1;
  const palette = [1, 2, 3, 4, 5, 6].map((n) => token(`series-${n}`));
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: token("ink-2") };
  const given = coloured(option);
  return {
    color: palette,
    grid: { left: 8, right: 24, top: many ? (width < 520 ? 60 : 36) : 12, bottom: 8, containLabel: true },
    ...given,
    animation: false,
    textStyle: font,
    aria: { enabled: true, label: { description: said } },
    legend: many ? { top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "rect", textStyle: font, ...given.legend } : { show: false },
    tooltip: { trigger: "item", ...given.tooltip, renderMode: "richText", confine: true, backgroundColor: token("card"), borderColor: token("line-2"), textStyle: { color: token("ink"), fontSize: 13 } },
    xAxis: axis(given.xAxis),
    yAxis: axis(given.yAxis),
  };
}

async function draw(place) {
  let option;
  try {
    const answer = await fetch(place.dataset.chartUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    option = await answer.json();
  } catch {
    place.querySelector(".chart-wait").textContent = place.dataset.chartFailed;
    return;
  }
  place.replaceChildren();
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  drawn.set(place, { chart, option });
  chart.setOption(dressed(option, place.getAttribute("aria-label"), place.clientWidth));
  // A bar or a point that carries an address leads to its list.
  chart.on("click", (event) => { if (event.data?.url) location.assign(event.data.url); });
}

function again() {
  for (const [place, { chart, option }] of drawn) chart.setOption(dressed(option, place.getAttribute("aria-label"), place.clientWidth), true);
}

for (const place of document.querySelectorAll("[data-chart-url]")) draw(place);
new ResizeObserver(() => { for (const { chart } of drawn.values()) chart.resize(); }).observe(document.body);
document.addEventListener("bihuan:theme", again);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

/** What was measured over the last day, week or month, and how fast sentences were answered. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { devicesOf, store } from "../store.js";
import { axes, bands, bars, cursor, level, line, scaleOf } from "./charts-line.js";

const RANGES = [24, 168, 720];
const RELOAD = 60_000;
/** Lines that are drawn at a time, as hub/web/history.py has it. */
const MOST_LINES = 8;
/** Rows of the table that says the same as the picture. */
const MOST_ROWS = 24;
/** Kinds of which nothing is the least, so that the axis begins there; the others are looked at more closely. */
const FROM_ZERO = new Set(["power", "energy", "pm25", "pm10", "pm1", "illuminance"]);
/**
 * Where the air stops being good, normal and bad, µg/m³ (hub/air.py): Ministry of Environment, since 27 March 2018,
 * https://www.airkorea.or.kr
 */
const GRADES = { pm25: [15, 35, 75], pm10: [30, 80, 150] };
const GRADE_NAMES = ["good", "normal", "bad", "very_bad"];
/** From when to when each part of a sentence's way lasts. */
const WAY = [["understanding", "understood"], ["doing", "replied"], ["answering", "answered"]];

const wanted = { kind: null, hours: 24, series: new Map() };
/** What the hub answered last, or why it did not. */
let chart = null;
let latency = null;
let fault = null;
let asked = 0;
let timer = 0;
/** Which step is looked at, of either picture. */
const looked = { chart: null, latency: null };
const widths = { chart: 340, latency: 340 };
const drawn = {};

export function opened() {
  load();
  timer = setInterval(load, RELOAD);
}

export function closed() {
  clearInterval(timer);
}

async function load() {
  const mine = ++asked;
  const { kind, hours } = wanted;
  try {
    const answers = await Promise.all([
      call("history", { kind, hours, series: [...(wanted.series.get(kind) ?? [])] }),
      call("history.latency"),
    ]);
    if (mine !== asked) return;
    [chart, latency] = answers;
    wanted.kind = chart.kind;
    fault = null;
  } catch (error) {
    if (mine !== asked) return;
    fault = error;
  }
  refresh();
}

function want(changes) {
  Object.assign(wanted, changes);
  looked.chart = null;
  load();
  refresh();
}

export function view(state) {
  if (chart === null) return state.connected && fault === null ? h("p", { class: "empty" }, t("web_charts.loading")) : failed(state);
  return h("div", { class: "charts stack" },
    fault !== null && failed(state),
    !chart.kept && h("p", { class: "charts-note", role: "status" }, icon("warning"), t("web_charts.not_kept")),
    chart.kinds.length === 0 ? nothing() : [choices(), measured(state)],
    answering(state),
    h("p", { class: "dim small" }, t("web_charts.kept")));
}

function failed(state) {
  if (state.connected && fault?.code === "offline") load();
  return h("div", { class: "empty stack" },
    h("p", { role: "alert" }, fault?.message ?? t("web.offline")),
    h("div", null, h("button", { class: "button", onclick: load }, icon("restart"), t("web_charts.again"))));
}

function nothing() {
  return h("section", { class: "card empty stack" }, h("h2", null, t("web_charts.nothing")), h("p", null, t("web_charts.nothing_why")));
}

function choices() {
  const chip = (pressed, text, onclick) => h("button", { class: "chip", "aria-pressed": pressed, onclick }, text);
  return [
    h("div", { class: "charts-kinds", role: "group", "aria-label": t("web_charts.kinds") },
      chart.kinds.map((kind) => chip(kind === wanted.kind, t(`web_charts.${kind}`), () => want({ kind })))),
    h("div", { class: "row", role: "group", "aria-label": t("web_charts.range") },
      RANGES.map((hours) => chip(hours === wanted.hours, t(`web_charts.hours_${hours}`), () => want({ hours })))),
  ];
}

// The picture of what was measured.

function measured(state) {
  const names = namesOf(state);
  const steps = Math.max(1, Math.ceil((chart.end - chart.begin) / chart.step));
  const at = looked.chart === null ? null : chart.begin + Math.min(looked.chart, steps - 1) * chart.step;
  const values = (index) => valueAt(chart.lines[index], at);
  const scale = once("chart", [chart, widths.chart, state.language], chartScale);
  const told = chart.lines.map(({ series }, index) => t("web_charts.value_at", { name: names.get(series), value: amount(values(index)) }));
  return h("section", { class: "card stack", key: "measured" },
    h("header", { class: "row between" },
      h("h2", null, t(`web_charts.${chart.kind}`), " ", h("span", { class: "dim small" }, chart.unit)),
      h("p", { class: "dim number" }, at === null ? total() : moment(at))),
    slider("chart", scale, steps, t("web_charts.reading", { what: t(`web_charts.${chart.kind}`) }),
      at === null ? total() || chart.unit : [moment(at), ...told].join(", "),
      once("still", [scale], () => still(scale)),
      at !== null && mark(at, values, scale)),
    keys(names, values),
    chart.kind in GRADES && h("p", { class: "dim small" }, t("web_charts.grades")),
    once("table", [chart, state.home, state.language], () => table(names)));
}

function chartScale() {
  const seen = chart.lines.flatMap(({ points }) => (chart.counts ? [] : points.flatMap(([, , low, high]) => [low, high])));
  const most = chart.counts ? Math.max(0.1, ...columns().map(({ parts }) => parts.reduce((sum, [, value]) => sum + value, 0))) : Math.max(...seen, -Infinity);
  const least = chart.counts ? 0 : Math.min(...seen);
  const known = Number.isFinite(least) && Number.isFinite(most);
  const end = chart.counts ? chart.begin + Math.ceil((chart.end - chart.begin) / chart.step) * chart.step : chart.end;
  const size = { width: widths.chart, height: Math.min(340, Math.max(220, widths.chart * 0.45)), begin: chart.begin, end };
  return scaleOf({ ...size, low: known ? least : 0, high: known ? most : 1, zero: FROM_ZERO.has(chart.kind) });
}

function still(scale) {
  const grades = GRADES[chart.kind];
  return h("g", null,
    grades && bands(grades, GRADE_NAMES.map((name) => t(`web_charts.${name}`)), scale),
    axes(scale),
    chart.counts ? bars(columns(), scale) : chart.lines.map(({ points }, index) => line(points, chart.step, scale, index)));
}

/** What counters counted, put on one another. */
function columns() {
  const known = new Map();
  chart.lines.forEach(({ points }, index) => {
    for (const [at, used] of points) known.set(at, [...(known.get(at) ?? []), [index, used]]);
  });
  return [...known].map(([at, parts]) => ({ at, until: at + chart.step, parts }));
}

function mark(at, values, scale) {
  const dots = chart.counts ? [] : chart.lines.map((_, index) => [index, values(index)]).filter(([, value]) => value !== undefined);
  return cursor(Math.min(at + chart.step / 2, scale.end), dots, scale);
}

/** What a line was at a time; a day of a counter may begin an hour beside it, where the clock was changed. */
function valueAt({ points }, at) {
  if (at === null) return points.at(-1)?.[1];
  return points.find(([time]) => Math.abs(time - at) < chart.step / 2)?.[1];
}

/** The names of lines, which say what they measure where a device measures several. */
function namesOf(state) {
  const devices = new Map(devicesOf(state).map((device) => [device.id, device]));
  const owners = chart.series.map((series) => series.split("/")[0]);
  return new Map(chart.series.map((series, n) => {
    const property = series.slice(owners[n].length + 1);
    const device = devices.get(owners[n]);
    const several = owners.filter((owner) => owner === owners[n]).length > 1;
    const what = several ? ` · ${device?.about?.properties[property]?.name ?? property}` : "";
    return [series, (device?.name ?? owners[n]) + what];
  }));
}

/** The lines with their colours and values; each is a button that draws it or leaves it out. */
function keys(names, values) {
  const shown = chart.lines.map(({ series }) => series);
  const choose = (series) => {
    const next = shown.includes(series) ? shown.filter((other) => other !== series) : [...shown, series];
    wanted.series.set(chart.kind, next);
    load();
  };
  return h("div", { class: "charts-keys", role: "group", "aria-label": t("web_charts.lines") },
    chart.series.map((series) => {
      const index = shown.indexOf(series);
      const fixed = index < 0 ? shown.length >= MOST_LINES : shown.length === 1;
      const colour = h("span", { class: index < 0 ? "swatch" : `swatch c${index}` });
      return h("button", { key: series, "aria-pressed": index >= 0, disabled: fixed && index < 0, onclick: () => !fixed && choose(series) },
        colour, h("span", { class: "name" }, names.get(series)), index >= 0 && h("span", { class: "number" }, amount(values(index))));
    }),
    chart.series.length > MOST_LINES && h("p", { class: "dim small" }, t("web_charts.most", { n: MOST_LINES })));
}

function amount(value) {
  return value === undefined ? t("web_charts.unknown") : `${number(value, chart.counts ? 2 : 1)} ${chart.unit}`;
}

function total() {
  if (!chart.counts) return "";
  return t("web_charts.total", { value: amount(chart.lines.reduce((sum, { points }) => sum + used(points), 0)) });
}

function used(points) {
  return points.reduce((sum, [, value]) => sum + value, 0);
}

function moment(at) {
  const days = wanted.hours > 24 ? { month: "short", day: "numeric", weekday: "short" } : {};
  const hours = chart.step < 24 * 3600 ? { hour: "numeric", minute: "2-digit" } : {};
  return new Intl.DateTimeFormat(store.state.language, { ...days, ...hours }).format(at * 1000);
}

/** The same for those who do not see it: each line in short, and its values over the time. */
function table(names) {
  const heads = chart.counts ? ["sum"] : ["low", "mean", "high", "last"];
  const short = ({ points }) => {
    if (chart.counts) return [used(points)];
    if (points.length === 0) return heads.map(() => undefined);
    const mean = points.reduce((sum, [, value]) => sum + value, 0) / points.length;
    return [Math.min(...points.map(([, , low]) => low)), mean, Math.max(...points.map(([, , , high]) => high)), points.at(-1)[1]];
  };
  const steps = Math.ceil((chart.end - chart.begin) / chart.step);
  const every = Math.ceil(steps / MOST_ROWS);
  const times = Array.from({ length: Math.ceil(steps / every) }, (_, row) => chart.begin + row * every * chart.step);
  const cells = (values) => values.map((value) => h("td", { class: "number" }, amount(value)));
  const head = (texts) => h("thead", null, h("tr", null, texts.map((text) => h("th", { scope: "col" }, text))));
  const row = (name, values) => h("tr", null, h("th", { scope: "row" }, name), cells(values));
  return h("details", null,
    h("summary", null, t("web_charts.table")),
    h("div", { class: "charts-table", tabindex: 0, role: "group", "aria-label": t("web_charts.table") },
      h("table", null, head([t("web_charts.name"), ...heads.map((name) => t(`web_charts.${name}`))]),
        h("tbody", null, chart.lines.map((one) => row(names.get(one.series), short(one))))),
      h("table", null, head([t("web_charts.when"), ...chart.lines.map(({ series }) => names.get(series))]),
        h("tbody", null, times.map((at) => row(moment(at), chart.lines.map((one) => valueAt(one, at))))))));
}

// The picture of how fast sentences were answered.

function answering(state) {
  const { sentences, median } = latency;
  const title = h("h2", null, t("web_charts.latency"));
  if (sentences.length === 0) return h("section", { class: "card stack", key: "latency" }, title, h("p", { class: "dim" }, t("web_charts.no_sentences")));
  const one = looked.latency === null ? null : sentences[Math.min(looked.latency, sentences.length - 1)];
  const scale = once("latency", [latency, widths.latency, state.language], latencyScale);
  const told = one && [...WAY.map(([name], n) => `${t(`web_charts.${name}`)} ${time(ways(one)[n])}`), `${t("web_charts.whole")} ${time(one.answered)}`].join(", ");
  const middle = t("web_charts.median", { value: time(median) });
  const words = one && state.sentences.find(({ id }) => id === one.id)?.text;
  return h("section", { class: "card stack", key: "latency" },
    h("header", { class: "row between" }, title, h("p", { class: "dim number" }, one ? dated(one.at) : middle)),
    slider("latency", scale, sentences.length, t("web_charts.reading", { what: t("web_charts.latency") }),
      one ? `${dated(one.at)}, ${told}` : middle,
      once("bars", [scale], () => h("g", null, axes(scale, []), bars(spans(), scale), level(median / 1000, middle, scale))),
      one && cursor(sentences.indexOf(one) + 0.5, [], scale)),
    h("ul", { class: "charts-way" }, WAY.map(([name], n) => h("li", null,
      h("span", { class: `swatch c${n}` }), t(`web_charts.${name}`), one && h("span", { class: "number" }, time(ways(one)[n]))))),
    words && h("p", { class: "dim" }, words));
}

function latencyScale() {
  const slowest = Math.max(...latency.sentences.map(({ answered }) => answered)) / 1000;
  const size = { width: widths.latency, height: 180, begin: 0, end: Math.max(12, latency.sentences.length) };
  return scaleOf({ ...size, low: 0, high: slowest, zero: true });
}

/** How long each part of a sentence's way lasted; milliseconds. */
function ways(sentence) {
  let before = 0;
  return WAY.map(([, until]) => {
    const at = Math.max(before, Math.min(sentence[until] ?? before, sentence.answered));
    const lasted = at - before;
    before = at;
    return lasted;
  });
}

function spans() {
  return latency.sentences.map((sentence, n) => ({ at: n, until: n + 1, parts: ways(sentence).map((ms, part) => [part, ms / 1000]) }));
}

function time(ms) {
  return ms < 1000 ? t("web_charts.milliseconds", { n: Math.round(ms) }) : t("web_charts.seconds", { n: number(ms / 1000, 1) });
}

function dated(at) {
  return new Intl.DateTimeFormat(store.state.language, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }).format(at * 1000);
}

// What both have in common.

/** A picture through which one goes with the pointer, a finger or the arrow keys, step by step. */
function slider(name, scale, steps, label, text, ...picture) {
  const look = (step) => {
    const next = step === null ? null : Math.max(0, Math.min(steps - 1, step));
    if (next === looked[name]) return;
    looked[name] = next;
    refresh();
  };
  const point = (event) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const size = name === "chart" ? chart.step : 1;
    look(Math.floor((scale.when(x) - scale.begin) / size));
  };
  const onkeydown = (event) => {
    const now = looked[name] ?? steps;
    const page = Math.ceil(steps / 12);
    const moves = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageDown: now - page, PageUp: now + page, Home: 0, End: steps - 1, Escape: null };
    if (!(event.key in moves)) return;
    event.preventDefault();
    look(moves[event.key]);
  };
  return h("div", {
    class: "chart", tabindex: 0, role: "slider", "aria-label": label, "aria-valuetext": text, "aria-valuemin": 0, "aria-valuemax": steps - 1,
    "aria-valuenow": looked[name] ?? steps - 1, onkeydown, onpointermove: point, onpointerdown: point, "data-name": name,
    onpointerleave: (event) => event.pointerType === "mouse" && look(null), onblur: () => look(null), ref: (element) => sizes.observe(element),
  }, h("svg", { width: scale.width, height: scale.height, "aria-hidden": true }, picture));
}

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (contentRect.width > 0) widths[target.dataset.name] = Math.floor(contentRect.width);
  }
  refresh();
});

/** What `make` makes, made anew only when what it is made of is another. */
function once(name, of, make) {
  const known = drawn[name];
  if (known && known.of.every((part, n) => part === of[n])) return known.made;
  drawn[name] = { of, made: make() };
  return drawn[name].made;
}

/** What was measured over the last day, week or month, and how fast sentences were answered. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { devicesOf, store } from "../store.js";
import { axes, bands, bars, cursor, line, scaleOf, timesOf } from "./charts-line.js";

const RANGES = [24, 168, 720];
const RELOAD = 60_000;
const DAY = 86400;
/** Lines that hub/web/history.py gives at a time. */
const MOST_LINES = 8;
/** Rows of the table that says the same as the picture. */
const MOST_ROWS = 24;
/** Kinds that are looked at more closely; the axis of the others begins at nothing. */
const CLOSELY = ["temperature", "humidity", "carbon_dioxide"];
/** Where air stops being good, normal and bad (as in hub/air.py), µg/m³: Ministry of Environment, https://www.airkorea.or.kr */
const GRADES = { pm25: [15, 35, 75], pm10: [30, 80, 150] };
const GRADE_NAMES = ["good", "normal", "bad", "very_bad"];
/** The parts of a sentence's way, and what each ends with. */
const WAY = [["understanding", "understood"], ["doing", "replied"], ["answering", "answered"]];
const CLOCK = { hour: "numeric", minute: "2-digit" };
const DATE = { month: "short", day: "numeric", weekday: "short" };

const say = (key, values) => t(`web_charts.${key}`, values);
/** What is asked for, and by kind which lines. */
let wanted = { kind: null, hours: 24 };
const chosen = {};
/** What the hub answered last, and why it did not. */
let chart = null;
let latency = null;
let fault = null;
let asked = 0;
let timer = 0;
/** By picture: its width, and which step of it is looked at. */
const widths = { chart: 340, latency: 340 };
const looked = { chart: null, latency: null };

export function opened() {
  load();
  timer = setInterval(load, RELOAD);
}

export function closed() {
  clearInterval(timer);
}

async function load() {
  const mine = ++asked;
  try {
    const answers = await Promise.all([call("history", { ...wanted, series: chosen[wanted.kind] ?? [] }), call("history.latency")]);
    if (mine !== asked) return;
    [chart, latency] = answers;
    wanted.kind = chart.kind;
    fault = null;
  } catch (error) {
    if (mine === asked) fault = error;
  }
  refresh();
}

function want(changes) {
  wanted = { ...wanted, ...changes };
  looked.chart = null;
  load();
}

export function view(state) {
  if (fault?.code === "offline" && state.connected) {
    fault = null;
    load();
  }
  return h("div", { class: "charts stack" },
    fault && h("div", { class: "charts-note", role: "alert" }, icon("warning"), fault.message, h("button", { class: "button", onclick: load }, say("again"))),
    chart?.kept === false && h("p", { class: "charts-note", role: "status" }, icon("warning"), say("not_kept")),
    chart === null ? !fault && h("p", { class: "empty" }, say("loading")) : [chart.kind === null ? nothing() : measured(state), answering(state)],
    h("p", { class: "dim small" }, say("kept")));
}

function nothing() {
  return h("section", { class: "card empty stack" }, h("h2", null, say("nothing")), h("p", null, say("nothing_why")));
}

function choices(label, className, values, name) {
  return h("div", { class: className, role: "group", "aria-label": say(label) }, values.map((value) =>
    h("button", { class: "chip", "aria-pressed": wanted[name] === value, onclick: () => want({ [name]: value }) }, say(name === "hours" ? `hours_${value}` : value))));
}

// What was measured.

function measured(state) {
  const at = looked.chart === null ? null : chart.begin + looked.chart * chart.step;
  const { names, scale, still, table } = kept("chart", [chart, widths.chart, state.home, state.language], () => drawn(state));
  const values = chart.lines.map((one) => (at === null ? one.points.at(-1)?.[1] : valueAt(one, at)));
  const head = at === null ? total() : moment(at);
  const text = at === null ? [] : chart.lines.map(({ series }, n) => `${names.get(series)} ${amount(values[n])}`);
  const dots = chart.counts ? [] : [...values.entries()].filter(([, value]) => value !== undefined);
  return [
    choices("kinds", "charts-kinds", chart.kinds, "kind"),
    choices("range", "row", RANGES, "hours"),
    h("section", { class: "card stack", key: "chart" },
      h("header", { class: "row between wrap" },
        h("h2", null, say(chart.kind), h("span", { class: "dim small" }, ` ${chart.unit}`)),
        h("p", { class: "dim number" }, head)),
      picture("chart", scale, chart.step, say(chart.kind), [head, ...text].join(", "),
        still, at !== null && cursor(Math.min(at + chart.step / 2, scale.end), dots, scale)),
      keys(names, values),
      chart.kind in GRADES && h("p", { class: "dim small" }, say("grades")),
      table),
  ];
}

/** All that stays as it is while one looks around in it. */
function drawn(state) {
  const names = namesOf(state);
  const columns = chart.counts ? columnsOf() : [];
  const values = chart.counts ? columns.map(({ parts }) => sumOf(parts)) : chart.lines.flatMap(({ points }) => points.flatMap((point) => [point[2], point[3]]));
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const size = { width: widths.chart, height: Math.min(340, Math.max(220, widths.chart * 0.45)) };
  const end = chart.counts ? chart.begin + Math.ceil((chart.end - chart.begin) / chart.step) * chart.step : chart.end;
  const scale = scaleOf({ ...size, begin: chart.begin, end, low, high, zero: !CLOSELY.includes(chart.kind) });
  const still = [
    chart.kind in GRADES && bands(GRADES[chart.kind], GRADE_NAMES.map((name) => say(name)), scale),
    axes(scale, timesOf(scale, chart.counts)),
    chart.counts ? bars(columns, scale) : chart.lines.map(({ points }, index) => line(points, chart.step, scale, index)),
  ];
  return { names, scale, still: h("g", null, still), table: tableOf(names) };
}

/** What counters counted, put on one another. */
function columnsOf() {
  const known = new Map();
  chart.lines.forEach(({ points }, index) => {
    for (const [at, used] of points) known.set(at, [...(known.get(at) ?? []), [index, used]]);
  });
  return [...known].map(([at, parts]) => ({ at, until: at + chart.step, parts }));
}

/** What a line was at a time; a day may begin an hour beside it, where the clock was changed. */
function valueAt({ points }, at) {
  return points.find(([time]) => Math.abs(time - at) < chart.step / 2)?.[1];
}

/** The names of all lines, which say what they measure where a device measures several. */
function namesOf(state) {
  const devices = new Map(devicesOf(state).map((device) => [device.id, device]));
  const owners = chart.series.map((series) => series.split("/"));
  return new Map(owners.map(([id, property], n) => {
    const device = devices.get(id);
    const several = owners.filter(([other]) => other === id).length > 1;
    return [chart.series[n], (device?.name ?? id) + (several ? ` · ${device?.about?.properties[property]?.name ?? property}` : "")];
  }));
}

/** The lines with their colours and values; each is a button that draws it or leaves it out. */
function keys(names, values) {
  const shown = chart.lines.map(({ series }) => series);
  const choose = (series) => {
    chosen[chart.kind] = shown.includes(series) ? shown.filter((other) => other !== series) : [...shown, series];
    load();
  };
  return h("div", { class: "charts-keys", role: "group", "aria-label": say("lines") },
    chart.series.map((series) => {
      const index = shown.indexOf(series);
      const fixed = index < 0 ? shown.length === MOST_LINES : shown.length === 1;
      return h("button", { key: series, "aria-pressed": index >= 0, "aria-disabled": fixed && index < 0, onclick: () => fixed || choose(series) },
        h("span", { class: `key c${index}` }), h("span", { class: "name" }, names.get(series)), index >= 0 && h("span", { class: "number" }, amount(values[index])));
    }),
    chart.series.length > MOST_LINES && h("p", { class: "dim small" }, say("most", { n: MOST_LINES })));
}

function amount(value) {
  return value === undefined ? say("unknown") : `${number(value, chart.counts ? 2 : 1)} ${chart.unit}`;
}

function total() {
  return chart.counts && say("total", { value: amount(sumOf(chart.lines.flatMap(({ points }) => points))) });
}

function sumOf(pairs) {
  return pairs.reduce((sum, [, value]) => sum + value, 0);
}

/** A step of the picture; a day by its noon, as the clock of the hub may be another. */
function moment(at) {
  if (chart.step === DAY) return dated(at + DAY / 2, DATE);
  return dated(at, wanted.hours > 24 ? { ...DATE, ...CLOCK } : CLOCK);
}

function dated(at, form) {
  return new Intl.DateTimeFormat(store.state.language, form).format(at * 1000);
}

/** The same in words. */
function tableOf(names) {
  const steps = Math.ceil((chart.end - chart.begin) / chart.step);
  const every = Math.ceil(steps / MOST_ROWS);
  const short = chart.counts ? { sum: sumOf } : {
    low: (points) => Math.min(...points.map((point) => point[2])),
    mean: (points) => sumOf(points) / points.length,
    high: (points) => Math.max(...points.map((point) => point[3])),
  };
  const row = (name, value) => h("tr", null, h("th", { scope: "row" }, name), chart.lines.map((one) => h("td", { class: "number" }, amount(value(one)))));
  return h("details", null,
    h("summary", null, say("table")),
    h("div", { class: "charts-table", tabindex: 0, role: "group", "aria-label": say("table") }, h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, say("when")), chart.lines.map(({ series }) => h("th", { scope: "col" }, names.get(series))))),
      h("tbody", null,
        Object.entries(short).map(([name, of]) => row(say(name), ({ points }) => (points.length > 0 ? of(points) : undefined))),
        Array.from({ length: Math.ceil(steps / every) }, (_, n) => chart.begin + n * every * chart.step).map((at) => row(moment(at), (one) => valueAt(one, at)))))));
}

// How fast sentences were answered.

function answering(state) {
  const { sentences, median } = latency;
  const title = h("h2", null, say("latency"), h("span", { class: "dim small" }, ` ${say("seconds", { n: "" })}`));
  if (sentences.length === 0) return h("section", { class: "card stack", key: "latency" }, title, h("p", { class: "dim" }, say("no_sentences")));
  const one = sentences[looked.latency];
  const scale = kept("latency", [latency, widths.latency, state.language], () => latencyScale(sentences));
  const still = kept("bars", [scale], () => h("g", null, axes(scale, []), bars(sentences.map(column), scale),
    h("path", { class: "level", d: `M${scale.left} ${scale.y(median / 1000)}H${scale.right}` })));
  const head = one ? `${dated(one.at, { month: "short", day: "numeric", ...CLOCK })}, ${time(one.answered)}` : say("median", { value: time(median) });
  const parts = WAY.map(([name], n) => [say(name), one && time(lasted(one)[n])]);
  return h("section", { class: "card stack", key: "latency" },
    h("header", { class: "row between wrap" }, title, h("p", { class: "dim number" }, head)),
    picture("latency", scale, 1, say("latency"), one ? [head, ...parts.map((part) => part.join(" "))].join(", ") : head,
      still, one && cursor(looked.latency + 0.5, [], scale)),
    h("ul", { class: "row wrap" }, parts.map(([name, value], n) => h("li", { class: "row" }, h("span", { class: `key c${n}` }), name, h("span", { class: "number" }, value)))),
    one && h("p", { class: "dim" }, state.sentences.find(({ id }) => id === one.id)?.text));
}

function latencyScale(sentences) {
  const high = Math.max(...sentences.map(({ answered }) => answered)) / 1000;
  return scaleOf({ width: widths.latency, height: 180, begin: 0, end: Math.max(12, sentences.length), low: 0, high, zero: true });
}

/** How many milliseconds each part of a sentence's way lasted. */
function lasted(sentence) {
  let before = 0;
  return WAY.map(([, end]) => {
    const at = Math.max(before, Math.min(sentence[end] ?? before, sentence.answered));
    [before, end] = [at, at - before];
    return end;
  });
}

function column(sentence, n) {
  return { at: n, until: n + 1, parts: lasted(sentence).map((ms, part) => [part, ms / 1000]) };
}

function time(ms) {
  return ms < 1000 ? say("milliseconds", { n: Math.round(ms) }) : say("seconds", { n: number(ms / 1000) });
}

// What both pictures have in common.

/** A picture in which one goes from step to step with the pointer, a finger, or the keys of the slider in it. */
function picture(name, scale, step, what, text, ...drawing) {
  const last = Math.ceil((name === "chart" ? chart.end - chart.begin : latency.sentences.length) / step) - 1;
  const look = (at) => {
    looked[name] = at === null ? null : Math.max(0, Math.min(last, at));
    refresh();
  };
  const point = (event) => look(Math.floor((scale.when(event.clientX - event.currentTarget.getBoundingClientRect().left) - scale.begin) / step));
  return h("div", {
    class: "chart", "data-name": name, ref: (element) => sizes.observe(element),
    onpointermove: point, onpointerdown: point, onpointerleave: (event) => event.pointerType === "mouse" && look(null),
  },
  h("input", {
    type: "range", class: "hidden", min: 0, max: last, value: looked[name] ?? last, "aria-label": say("reading", { what }), "aria-valuetext": text,
    oninput: (event) => look(Number(event.target.value)), onblur: () => look(null),
  }),
  h("svg", { width: scale.width, height: scale.height, "aria-hidden": true }, drawing));
}

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) widths[target.dataset.name] = Math.floor(contentRect.width) || 340;
  refresh();
});

const made = {};

/** What `make` makes, made anew only when what it is made of is another. */
function kept(name, of, make) {
  if (!made[name]?.of.every((part, n) => part === of[n])) made[name] = { of, value: make() };
  return made[name].value;
}

/** Lines, bars and their axes as SVG; times are seconds since 1970. What is drawn is as wide as it is shown. */

import { h } from "../dom.js";
import { number } from "../i18n.js";
import { store } from "../store.js";

const HOUR = 3600;
/** Pixels: of a digit of the axis, and what a label of the time needs. */
const DIGIT = 7;
const LABEL = 66;

/**
 * Where times and values are in a picture of `width` by `height`. The values are bounded by round numbers (`ticks`);
 * `zero`: they begin there.
 */
export function scaleOf({ width, height, begin, end, low, high, zero }) {
  const ticks = ticksOf(zero ? Math.min(low, 0) : low, high);
  const left = 10 + DIGIT * Math.max(...ticks.map((tick) => number(tick, 2).length));
  const right = width - 4;
  const top = 12;
  const bottom = height - 24;
  const [from, to] = [ticks[0], ticks.at(-1)];
  return {
    width, height, left, right, top, bottom, begin, end, ticks,
    x: (at) => left + ((at - begin) / (end - begin)) * (right - left),
    y: (value) => bottom - ((value - from) / (to - from)) * (bottom - top),
    when: (x) => begin + ((x - left) / (right - left)) * (end - begin),
  };
}

/** Four to six round numbers around these. */
function ticksOf(low, high) {
  const span = high - low || Math.max(Math.abs(high) / 10, 1);
  const rough = span / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * size).find((one) => one >= rough * 0.999);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(10)));
}

/** The grid with its numbers, and the times below it. */
export function axes(scale, times = timesOf(scale)) {
  return [
    scale.ticks.map((tick) => [
      h("line", { class: "grid", x1: scale.left, x2: scale.right, y1: px(scale.y(tick)), y2: px(scale.y(tick)) }),
      h("text", { x: scale.left - 6, y: px(scale.y(tick) + 4), "text-anchor": "end" }, number(tick, 2)),
    ]),
    times.map(({ at, text }) => h("text", { x: px(scale.x(at)), y: scale.height - 6, "text-anchor": "middle" }, text)),
  ];
}

/** Round times of the browser's clock: hours of a day, or days. */
function timesOf({ begin, end, left, right }) {
  const most = Math.max(2, Math.floor((right - left) / LABEL));
  const hours = (end - begin) / HOUR;
  const daily = hours > 48;
  const step = daily ? [1, 2, 5, 7, 10].find((days) => hours / 24 / days <= most) : [1, 2, 3, 6, 12].find((n) => hours / n <= most);
  const form = daily ? { month: "numeric", day: "numeric" } : { hour: "numeric" };
  const format = new Intl.DateTimeFormat(store.state.language, hours > 200 || !daily ? form : { weekday: "short", day: "numeric" });
  const times = [];
  const time = new Date(begin * 1000);
  time.setHours(0, 0, 0, 0);
  while (time / 1000 <= end) {
    if (time / 1000 >= begin) times.push({ at: time / 1000, text: format.format(time) });
    if (daily) time.setDate(time.getDate() + step);
    else time.setHours(time.getHours() + step);
  }
  const margin = (LABEL / 2 / (right - left)) * (end - begin);
  return times.filter(({ at }) => at - begin > margin / 2 && end - at > margin);
}

/** A line of points `[at, mean, low, high]`, each for `step` seconds, with the band between lowest and highest. */
export function line(points, step, scale, index) {
  const place = (at, value) => `${px(scale.x(Math.min(at + step / 2, scale.end)))} ${px(scale.y(value))}`;
  const runs = runsOf(points, step);
  const path = (run) => `M${run.map(([at, mean]) => place(at, mean)).join("L")}${run.length === 1 ? "h0" : ""}`;
  const around = (run) => [...run.map(([at, , , high]) => place(at, high)), ...run.toReversed().map(([at, , low]) => place(at, low))];
  return h("g", { class: `series c${index}`, key: index },
    h("path", { class: "band", d: runs.map((run) => `M${around(run).join("L")}Z`).join("") }),
    h("path", { class: "line", d: runs.map(path).join("") }));
}

/** Points without a gap between them. */
function runsOf(points, step) {
  const runs = [];
  let before = -Infinity;
  for (const point of points) {
    if (point[0] - before > step * 1.5) runs.push([]);
    runs.at(-1).push(point);
    before = point[0];
  }
  return runs;
}

/** Bars from `at` to `until`, of parts that stand on one another: `[index of the colour, value]`. */
export function bars(columns, scale) {
  return columns.map(({ at, until, parts }) => {
    const x = scale.x(at);
    const width = Math.max(scale.x(until) - x, 1);
    const gap = Math.min(width / 4, 6);
    let sum = 0;
    return parts.map(([index, value]) => {
      const y = scale.y(sum + value);
      const height = scale.y(sum) - y;
      sum += value;
      return h("rect", { class: `bar c${index}`, x: px(x + gap / 2), y: px(y), width: px(width - gap), height: px(height), rx: Math.min(2, height / 2) });
    });
  });
}

/** Faint bands up to each of `bounds`, and above the last, with their names. */
export function bands(bounds, names, scale) {
  const [from, to] = [scale.ticks[0], scale.ticks.at(-1)];
  const edges = [from, ...bounds, Infinity];
  return names.map((name, n) => {
    const [low, high] = [Math.max(edges[n], from), Math.min(edges[n + 1], to)];
    if (low >= high) return null;
    const [top, bottom] = [scale.y(high), scale.y(low)];
    return [
      h("rect", { class: `grade g${n}`, x: scale.left, width: scale.right - scale.left, y: px(top), height: px(bottom - top) }),
      bottom - top > 16 && h("text", { class: `grade g${n}`, x: scale.right - 4, y: px(top + 13), "text-anchor": "end" }, name),
    ];
  });
}

/** A level line with a word on it. */
export function level(value, text, scale) {
  const y = px(scale.y(value));
  return h("g", { class: "level" },
    h("line", { x1: scale.left, x2: scale.right, y1: y, y2: y }),
    h("text", { x: scale.right - 4, y: y - 5, "text-anchor": "end" }, text));
}

/** The line below the pointer, and a dot `[index, value]` on each series. */
export function cursor(at, dots, scale) {
  const x = px(scale.x(at));
  return h("g", { class: "cursor" },
    h("line", { x1: x, x2: x, y1: scale.top, y2: scale.bottom }),
    dots.map(([index, value]) => h("circle", { class: `dot c${index}`, cx: x, cy: px(scale.y(value)), r: 4 })));
}

function px(value) {
  return Math.round(value * 10) / 10;
}

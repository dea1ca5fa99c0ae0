/** Lines and bars with their axes, as SVG. Times are seconds since 1970, `scale` is what `scaleOf` gives. */

import { h } from "../dom.js";
import { number } from "../i18n.js";
import { store } from "../store.js";

const DAY = 86400;
/** Pixels that a word on the axis of time needs. */
const LABEL = 54;
const px = (value) => Math.round(value * 10) / 10;

/** Where times (x) and values (y) are in a picture. `ticks` are round values around low and high; `zero`: from 0 on. */
export function scaleOf({ width, height, begin, end, low, high, zero }) {
  const ticks = ticksOf(zero ? Math.min(low, 0) : low, high);
  const [least, most] = [ticks[0], ticks.at(-1)];
  const left = 10 + 7 * Math.max(...ticks.map((tick) => number(tick, 2).length));
  const [right, top, bottom] = [width - 4, 12, height - 24];
  return {
    width, height, left, right, top, bottom, begin, end, ticks,
    x: (at) => px(left + ((at - begin) / (end - begin)) * (right - left)),
    y: (value) => px(bottom - ((value - least) / (most - least)) * (bottom - top)),
    when: (x) => begin + ((x - left) / (right - left)) * (end - begin),
  };
}

function ticksOf(low, high) {
  const rough = (high - low || Math.max(Math.abs(high) / 10, 1)) / 6;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * size).find((one) => one >= rough * 0.999);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(10)));
}

/** The grid and its numbers, and below it times `{at, text}`. */
export function axes(scale, times) {
  const { left, right, height, x, y } = scale;
  return [
    scale.ticks.map((tick) => [
      h("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      h("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, number(tick, 2)),
    ]),
    times.map(({ at, text }) => h("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, text)),
  ];
}

/** Round times of the browser's clock: hours of one day or two, or days; with `middle` those of days are at noon. */
export function timesOf({ begin, end, left, right }, middle) {
  const days = (end - begin) / DAY;
  const most = Math.max(2, Math.floor((right - left) / LABEL));
  const [daily, steps] = days > 2 ? [true, [1, 2, 5, 7, 10, 15]] : [false, [1, 2, 3, 6, 12]];
  const step = steps.find((one) => (daily ? days : days * 24) / one <= most);
  const form = daily ? { [days > 8 ? "month" : "weekday"]: days > 8 ? "numeric" : "short", day: "numeric" } : { hour: "numeric" };
  const format = new Intl.DateTimeFormat(store.state.language, form);
  const time = new Date(begin * 1000);
  time.setHours(daily && middle ? 12 : 0, 0, 0, 0);
  if (daily && time / 1000 < begin) time.setDate(time.getDate() + 1);
  const times = [];
  for (; time / 1000 < end; daily ? time.setDate(time.getDate() + step) : time.setHours(time.getHours() + step)) {
    times.push({ at: time / 1000, text: format.format(time) });
  }
  const half = (LABEL / 2.4 / (right - left)) * (end - begin);
  return times.filter(({ at }) => at >= begin && at < end - half);
}

/** A line of points `[at, mean, low, high]`, each for `step` seconds, in its band from lowest to highest. */
export function line(points, step, scale, index) {
  const place = ([at], value) => `${scale.x(Math.min(at + step / 2, scale.end))} ${scale.y(value)}`;
  const runs = [];
  points.forEach((point, n) => {
    if (n === 0 || point[0] - points[n - 1][0] > step * 1.5) runs.push([]);
    runs.at(-1).push(point);
  });
  const line = (run) => `M${run.map((point) => place(point, point[1])).join("L")}${run.length === 1 ? "h0" : ""}`;
  const band = (run) => `M${[...run.map((point) => place(point, point[3])), ...run.toReversed().map((point) => place(point, point[2]))].join("L")}Z`;
  return h("g", { class: `c${index}` },
    h("path", { class: "band", d: runs.map(band).join("") }),
    h("path", { class: "line", d: runs.map(line).join("") }));
}

/** Bars from `at` to `until`, of parts `[index of the colour, value]` on one another. */
export function bars(columns, scale) {
  return columns.map(({ at, until, parts }) => {
    const [x, width] = [scale.x(at), Math.max(scale.x(until) - scale.x(at), 1)];
    const gap = Math.min(width / 4, 6);
    let sum = 0;
    return parts.map(([index, value]) => {
      const bottom = scale.y(sum);
      const y = scale.y((sum += value));
      return h("rect", { class: `bar c${index}`, x: x + gap / 2, y, width: width - gap, height: px(bottom - y) });
    });
  });
}

/** Faint bands up to each of `bounds` and above the last, with their names. */
export function bands(bounds, names, { ticks, left, right, y }) {
  return names.map((name, n) => {
    const low = Math.max(bounds[n - 1] ?? ticks[0], ticks[0]);
    const high = Math.min(bounds[n] ?? Infinity, ticks.at(-1));
    if (low >= high) return null;
    const height = y(low) - y(high);
    return h("g", { class: `grade g${n}` },
      h("rect", { x: left, width: right - left, y: y(high), height }),
      height > 16 && h("text", { x: right - 4, y: y(high) + 13, "text-anchor": "end" }, name));
  });
}

/** The line below the pointer, with a dot `[index of the colour, value]` on each line. */
export function cursor(at, dots, { x, y, top, bottom }) {
  return h("g", { class: "cursor" },
    h("line", { x1: x(at), x2: x(at), y1: top, y2: bottom }),
    dots.map(([index, value]) => h("circle", { class: `c${index}`, cx: x(at), cy: y(value), r: 4 })));
}

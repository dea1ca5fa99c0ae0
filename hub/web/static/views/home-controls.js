/** Controls for properties: each is made of a device (see `seen` of home-kinds.js) and the name of one of its properties. */

import { change } from "../devices.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { amount, nameOf } from "./home-words.js";

const DIAL_FROM = 135;
const DIAL_TURN = 270;
/** What a key on the dial does, in steps. */
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5, Home: -1e6, End: 1e6 };
/** Colours that a screen shows otherwise than a light of that name. */
const COLORS = { orange: "#ff8a1f", yellow: "#ffd23e", green: "#2fb457", turquoise: "#22c3b6", blue: "#2c6bff", purple: "#8b45f0", pink: "#ff6fae" };

/** Steps of what can be anything, by the unit. */
const STEPS = { "°C": 0.5 };
const WHOLE_STEPS = { K: 100, min: 10, s: 60 };

/** What a property of a device is called. */
export const titled = (d, name) => nameOf(name, d.props[name]);
/** How far a number goes with one step. */
export const stepOf = (shape) => shape.step ?? (shape.type === "number" ? STEPS[shape.unit] : WHOLE_STEPS[shape.unit]) ?? 1;
const share = (shape, value) => Math.min(1, Math.max(0, ((value ?? shape.min) - shape.min) / (shape.max - shape.min))) || 0;

/** A value within the bounds of a property and on one of its steps. */
function fitted(shape, value) {
  const [step, low] = [stepOf(shape), shape.min ?? 0];
  const stepped = low + Math.round((value - low) / step) * step;
  return Number(Math.min(shape.max ?? Infinity, Math.max(shape.min ?? -Infinity, stepped)).toFixed(3));
}

/** The colour of a light by its name. */
export const swatch = (name) => COLORS[name] ?? name;

/** A button that sets `values`, where there are any. */
export function press(d, values, props, ...children) {
  return h("button", { disabled: !d.able || !values, onclick: () => change(d.id, values), ...props }, ...children);
}

/** On or off; where only one can be set, a button for that. */
export function toggle(d, name) {
  const on = d.now[name] === true;
  const [only, other] = d.props[name].values ?? ["", ""];
  if (!only || other) return press(d, { [name]: !on }, { class: "switch", role: "switch", "aria-checked": on, "aria-label": titled(d, name) });
  const word = only === "true" ? "do_on" : name === "open" ? "do_close" : "do_off";
  return press(d, String(on) !== only && { [name]: only === "true" }, { class: "button" }, t(`web_home.${word}`));
}

/** One of few values: chips, or the colours that a light knows by name. */
export function chips(d, name, kind = "chip") {
  const one = (value) => {
    const said = amount(value, d.props[name], name);
    const look = kind === "chip" ? {} : { "aria-label": said, style: { "--color": swatch(value) } };
    return press(d, { [name]: value }, { class: kind, "aria-pressed": d.now[name] === value, ...look }, kind === "chip" && said);
  };
  return h("div", { class: kind === "chip" ? "chips" : "swatches", role: "group", "aria-label": titled(d, name) }, d.props[name].values.map(one));
}

/** One of many values. */
export function select(d, name) {
  const shape = d.props[name];
  const values = shape.values.includes(d.now[name]) ? shape.values : [null, ...shape.values];
  return h("select", { class: "field", "aria-label": titled(d, name), value: d.now[name] ?? "", disabled: !d.able, onchange: (event) => change(d.id, { [name]: event.target.value }) },
    values.map((value) => h("option", { value: value ?? "", disabled: value === null, key: value }, amount(value, shape, name))));
}

/** A number between two bounds, on a line. */
export function slider(d, name, kind = "") {
  const shape = d.props[name];
  const set = (held) => (event) => change(d.id, { [name]: fitted(shape, Number(event.target.value)) }, held);
  return h("input", {
    type: "range", class: `slider ${kind}`, min: shape.min, max: shape.max, step: stepOf(shape), value: d.now[name] ?? shape.min, disabled: !d.able,
    "aria-label": titled(d, name), "aria-valuetext": amount(d.now[name], shape, name), style: { "--at": share(shape, d.now[name]) }, oninput: set(true), onchange: set(false),
  });
}

/** A number with a button for less and one for more. */
export function stepper(d, name) {
  return h("div", { class: "stepper", role: "group", "aria-label": titled(d, name) },
    step(d, name, -1), h("output", { class: "number" }, amount(d.now[name], d.props[name], name)), step(d, name, 1));
}

function step(d, name, direction) {
  const shape = d.props[name];
  const next = fitted(shape, (d.now[name] ?? shape.min ?? 0) + direction * stepOf(shape));
  const more = direction > 0;
  return press(d, next !== d.now[name] && { [name]: next }, { class: "round", "aria-label": t(more ? "web_home.more_of" : "web_home.less_of", { name: titled(d, name) }) }, icon(more ? "plus" : "minus"));
}

const arc = (kind, handlers) => h("path", { class: kind, d: "M43.4 156.6A80 80 0 1 1 156.6 156.6", pathLength: 100, ...handlers });

/** What a finger on the dial has last turned it to. */
let turned = null;

/** A number on an arc that is dragged; `below` stands in its middle, too. */
export function dial(d, name, below) {
  const shape = d.props[name];
  const value = d.now[name];
  const set = (next, held) => change(d.id, { [name]: next }, held);
  const turn = (event) => {
    if (!d.able) return;
    const next = fitted(shape, shape.min + shareAt(event) * (shape.max - shape.min));
    // Past the gap below, the end stays the end.
    if (next === turned || (turned !== null && Math.abs(share(shape, next) - share(shape, turned)) > 0.5)) return;
    turned = next;
    set(next, true);
  };
  const grip = {
    onpointerdown(event) {
      if (!d.able) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.ownerSVGElement.focus({ preventScroll: true });
      turn(event);
    },
    onpointermove: (event) => event.currentTarget.hasPointerCapture(event.pointerId) && turn(event),
    onlostpointercapture() {
      if (turned !== null && d.able) set(turned);
      turned = null;
    },
  };
  const onkeydown = (event) => {
    if (!d.able || !(event.key in KEYS)) return;
    event.preventDefault();
    set(fitted(shape, (value ?? shape.min) + KEYS[event.key] * stepOf(shape)));
  };
  const said = amount(value, shape, name);
  return h("div", { class: "dial", style: { "--at": share(shape, value) } },
    h("svg", { viewBox: "0 0 200 186", role: "slider", tabindex: 0, "aria-disabled": !d.able, "aria-label": titled(d, name), "aria-valuemin": shape.min, "aria-valuemax": shape.max, "aria-valuenow": value ?? shape.min, "aria-valuetext": said, onkeydown },
      arc("track"), arc("value"), h("circle", { class: "thumb", cx: 180, cy: 100, r: 10 }), arc("grip", grip)),
    h("div", { class: "middle" }, h("strong", { class: "number" }, said), below && h("span", { class: "dim small" }, below)),
    h("div", { class: "ends" }, step(d, name, -1), step(d, name, 1)));
}

/** How far along the arc a finger is, 0 to 1. */
function shareAt(event) {
  const box = event.currentTarget.ownerSVGElement.getBoundingClientRect();
  const center = box.width / 2;
  const degrees = (Math.atan2(event.clientY - box.top - center, event.clientX - box.left - center) * 180) / Math.PI;
  const turn = (degrees - DIAL_FROM + 720) % 360;
  if (turn > DIAL_TURN) return turn > (DIAL_TURN + 360) / 2 ? 0 : 1;
  return turn / DIAL_TURN;
}

/** How much of the time is left, as a ring. */
export function ring(left, of, text) {
  const circle = (kind) => h("circle", { class: kind, cx: 50, cy: 50, r: 44, pathLength: 100 });
  return h("div", { class: "ring", style: { "--at": of ? Math.min(1, left / of) : 1 } },
    h("svg", { viewBox: "0 0 100 100", "aria-hidden": true }, circle("track"), circle("value")), h("strong", { class: "middle number" }, text));
}

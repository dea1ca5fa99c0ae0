/** The card of a device: which controls it has is a table of what its properties are. */

import { h } from "../dom.js";
import { clock, t } from "../i18n.js";
import { icon } from "../icons.js";
import { chips, dial, press, ring, select, slider, stepper, swatch, toggle } from "./home-controls.js";
import { burning, factsOf, isStarted, pictureOf, statusOf, touchOf } from "./home-kinds.js";
import { amount, duration, nameOf } from "./home-words.js";

/** operation → [its picture, the statuses in which it makes sense]; the others are in the sheet. */
const OPERATIONS = {
  preheat: ["flame", /^idle/], start: ["play", /^(?!running|returning|preheat)/], resume: ["play", /^paused/], pause: ["pause", /^running|^returning/],
  stop: ["stop", /^running|^paused|^preheated/], home: ["home", /^running|^paused|^idle|^error/], cancel_delay: ["close", /^reserved/],
};

const MOST_CHIPS = 6;
const MOST_FACTS = 4;

const isOff = (d) => d.now.power === false;
const bounded = (shape) => shape?.writable && shape.max > shape.min;
const listed = (shape) => shape?.writable && shape.values?.length > 1;
/** What the compartments of a refrigerator are set to. */
const compartments = (d) => Object.keys(d.props).filter((name) => /^[a-z]+_temperature$/.test(name) && !/^(target|water|wind)/.test(name) && bounded(d.props[name]));

const line = (d, name, control, kind = "") => h("div", { class: `line ${kind}`, key: name }, h("span", { class: "dim small" }, nameOf(name, d.props[name])), control);
const level = (name, kind, instead) => [(d) => bounded(d.props[name]) && !d.props[instead], (d) => !isOff(d) && line(d, name, slider(d, name, kind))];
const pick = (d, name) => d.props[name].values.length > MOST_CHIPS ? select(d, name) : chips(d, name);
const choice = (name) => [(d) => listed(d.props[name]), (d) => !isOff(d) && line(d, name, pick(d, name))];
const bound = (name) => [(d) => bounded(d.props[name]) && !d.props.target_temperature, (d) => !isOff(d) && line(d, name, stepper(d, name), "short")];

/** What a card may have, from top to bottom: [whether this device has it, what it is, whether a small card has room for it]. */
const PARTS = [
  [(d) => bounded(d.props.target_temperature), thermostat],
  bound("target_temperature_low"), bound("target_temperature_high"),
  [(d) => d.props.remaining_minutes, countdown],
  [(d) => factsOf(d).length > 1 && !d.props.target_temperature, (d) => !isSmall(d) && facts(d), true],
  choice("mode"), choice("fan_mode"), choice("swing"), level("fan_step", "", "fan_mode"), level("percentage", "", "fan_step"), level("target_humidity"),
  [(d) => bounded(d.props.brightness) && d.type === "light", (d) => !isOff(d) && slider(d, "brightness", "bright"), true],
  level("color_temperature", "kelvin"),
  [(d) => listed(d.props.color), (d) => !isOff(d) && chips(d, "color", "swatch")],
  [(d) => d.props.open?.writable, openings],
  [(d) => bounded(d.props.position), (d) => slider(d, "position")],
  [(d) => compartments(d).length > 0, (d) => compartments(d).map((name) => line(d, name, stepper(d, name), "short"))],
  [(d) => d.type === "cooktop", (d) => burning(d).map((name) => line(d, name, h("b", null, amount(d.now[name], d.props[name])), "short"))],
  [(d) => d.props.playback && d.props.operation, player],
  level("volume"), choice("source"),
  [(d) => listed(d.props.operation) && !d.props.playback && !d.props.open && !isStarted(d), operations],
  [(d) => bounded(d.props.value), (d) => slider(d, "value")],
  [(d) => listed(d.props.option), (d) => pick(d, "option")],
];

const small = new WeakMap();

/** Whether a small card is enough: by what the device can do, so that its card stays as wide as it is. */
export function isSmall(d) {
  if (!small.has(d.props)) small.set(d.props, PARTS.every(([has, , fits]) => fits || !has(d)));
  return small.get(d.props);
}

/** The card of a device. */
export function card(d) {
  const touch = touchOf(d);
  const [status, tone] = statusOf(d);
  const words = [h("b", null, d.name), status && h("span", { class: `status small ${tone}` }, status)];
  const state = isStarted(d) ? { "aria-label": t("web_home.start_of", { name: d.name }) } : { role: "switch", "aria-checked": d.on || d.now.locked === true };
  const details = (props, ...children) => h("button", { onclick: () => import("./home-sheet.js").then(({ openSheet }) => openSheet(d.id)), ...props }, ...children);
  const look = { on: d.on, ajar: d.open, offline: !d.available, wished: Object.keys(d.wishes).length > 0 };
  return h("article", { class: `card device ${Object.keys(look).filter((name) => look[name]).join(" ")}`, key: d.id, "data-type": d.type, "data-mode": d.on ? d.now.mode : null, style: d.on && d.now.color ? { "--glow": swatch(d.now.color) } : {} },
    h("header", null, h("span", { class: "picture" }, icon(pictureOf(d))),
      touch ? press(d, touch, { class: "name touch", ...state }, words) : details({ class: "name" }, words),
      !touch && d.props.power?.writable && toggle(d, "power"),
      (!touch || Object.keys(d.props).length > 1) && details({ class: "icon-button more", "aria-label": t("web_home.more", { name: d.name }) }, icon("more"))),
    PARTS.map(([has, part]) => has(d) && part(d)));
}

function facts(d, without = "") {
  const one = ({ name, title, text, grade = "" }) => h("div", { key: name }, h("dt", { class: "dim small" }, title), h("dd", { class: `number ${grade}` }, text));
  const worth = factsOf(d).filter(({ name }) => name !== without).slice(0, MOST_FACTS);
  return worth.length > 0 && h("dl", { class: "facts" }, worth.map(one));
}

function thermostat(d) {
  if (isOff(d)) return facts(d);
  const inside = d.now.current_temperature;
  const below = inside == null ? null : t("web_home.now", { value: amount(inside, d.props.current_temperature ?? {}) });
  const beside = facts(d, "current_temperature");
  return h("div", { class: beside ? "thermostat" : "thermostat alone" }, dial(d, "target_temperature", below), beside);
}

function countdown(d) {
  const { remaining_minutes: left, total_minutes: of, status, updated_at } = d.now;
  if (typeof left !== "number" || !/running|paused|preheated/.test(status)) return null;
  const ends = t("web_home.ends", { time: clock(new Date(updated_at).getTime() + left * 60000) });
  return h("div", { class: "countdown" }, ring(left, of, duration(left)), h("p", null, status === "paused" ? t("web_home.paused") : ends));
}

/** A button with a picture; `told` is written on it, or else only read aloud. */
function act(d, values, picture, name, told = "") {
  return press(d, values, { class: told ? "button" : "round", key: name, "aria-label": told ? null : name }, icon(picture), told);
}

function operations(d) {
  if (d.now.remote_control === false) return h("p", { class: "dim small" }, t("web_home.no_remote"));
  const { values } = d.props.operation;
  const fit = Object.keys(OPERATIONS).filter((name) => values.includes(name) && OPERATIONS[name][1].test(d.now.status ?? "idle") && !(name === "start" && d.now.status === "paused" && values.includes("resume")));
  const one = (name) => act(d, { operation: name }, OPERATIONS[name][0], name, amount(name, d.props.operation, "operation"));
  return h("div", { class: "acts" }, fit.map(one));
}

function openings(d) {
  if (d.props.open.values?.length === 1) return toggle(d, "open");
  const stops = d.props.operation?.values?.includes("stop");
  const one = (name, picture, values) => act(d, values, picture, t(`web_home.do_${name}`), t(`web_home.do_${name}`));
  return h("div", { class: "acts" }, one("open", "up", d.now.position !== 100 && { open: true }), stops && one("stop", "pause", { operation: "stop" }), one("close", "down", d.now.open !== false && { open: false }));
}

function player(d) {
  if (isOff(d)) return null;
  const pictures = { previous: "back", ...(d.now.playback === "playing" ? { pause: "pause" } : { play: "play" }), next: "forward" };
  const names = Object.keys(pictures).filter((name) => d.props.operation.values.includes(name));
  const { muted } = d.now;
  return h("div", { class: "acts" }, names.map((name) => act(d, { operation: name }, pictures[name], amount(name, d.props.operation, "operation"))),
    d.props.muted?.writable && press(d, { muted: !muted }, { class: "round", key: "muted", "aria-label": nameOf("muted", d.props.muted), "aria-pressed": muted === true }, icon(muted ? "silent" : "speaker")));
}

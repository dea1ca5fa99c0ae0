/** What kinds of devices there are, as data: their pictures, what a touch does, and what about them is worth telling. */

import { shown, wishesOf } from "../devices.js";
import { t } from "../i18n.js";
import { amount, label, nameOf } from "./home-words.js";

/** Pictures of device classes and types; a class goes before a type. */
const PICTURES = {
  temperature: "thermometer", humidity: "drop", moisture: "drop", battery: "battery", door: "door", garage: "door", window: "window",
  motion: "walk", smoke: "flame", gas: "flame", illuminance: "sun", energy: "plug",
  light: "light", switch: "plug", siren: "bell", lock: "lock", scene: "star", script: "play", button: "touch", valve: "valve", cover: "curtain",
  climate: "snow", fan: "fan", ceiling_fan: "fan", ventilator: "fan", hood: "fan", air_purifier: "air", humidifier: "drop", dehumidifier: "drop", water_purifier: "drop",
  boiler: "flame", system_boiler: "flame", water_heater: "flame", cooktop: "flame", oven: "oven", microwave_oven: "oven",
  washer: "washer", dryer: "washer", washtower: "washer", dish_washer: "dishes", styler: "shirt", refrigerator: "fridge", kimchi_refrigerator: "fridge", wine_cellar: "fridge",
  vacuum: "vacuum", stick_cleaner: "vacuum", lawn_mower: "vacuum", media_player: "speaker", television: "tv", plant_cultivator: "leaf", sensor: "gauge", binary_sensor: "eye",
};

/** Types of which a touch anywhere on the card switches, and those of which it starts what is then neither on nor off. */
const SWITCHED = new Set(["light", "switch", "siren", "lock"]);
const STARTED = new Set(["scene", "script", "button"]);

/** Sensors of these classes find what nobody wants. */
const DANGERS = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "heat", "problem", "safety", "tamper"]);

const BUSY = new Set(["running", "returning", "preheated", "brewing"]);

/**
 * From where on a number is normal, bad, very bad. Dust: the grades of AirKorea, https://www.airkorea.or.kr; carbon dioxide: 1000 ppm
 * are what Korea's law on the air in buildings allows.
 */
const GRADES = { pm25: [15, 35, 75], pm10: [30, 80, 150], carbon_dioxide: [1000, 1000, 2000] };
const NAMES = ["good", "normal", "bad", "very_bad"];
/** Percent at which something should be done. */
const LOW = { battery: 20, filter: 10 };

/** What is worth telling on a card, in this order. */
const FACTS = ["current_temperature", "temperature", "humidity", "moisture", "air_quality", "pm25", "carbon_dioxide", "illuminance", "distance", "water", "battery", "filter", "value"];

const views = new WeakMap();

/**
 * A device of `devicesOf` as cards want it: with `now`, its state as shown; `props`, what its about says of them; `able`, whether it can be
 * set; `on`, `open` and `problems`. The very same object as long as nothing of it has changed.
 */
export function seen(device, { connected, texts }) {
  const now = shown(device);
  const wishes = wishesOf(device.id);
  const known = views.get(device);
  if (known?.wishes === wishes && known.connected === connected && known.texts === texts) return known;
  const d = { ...device, now, wishes, connected, texts, props: device.about?.properties ?? {}, able: connected && device.available };
  Object.assign(d, { on: isOn(d), open: isOpen(d), problems: problemsOf(d) });
  views.set(device, d);
  return d;
}

export const pictureOf = (d) => PICTURES[d.device_class] ?? PICTURES[d.type] ?? "device";

/** Whether a touch starts it, and there is no more to know of it. */
export const isStarted = (d) => STARTED.has(d.type);

/** What a touch on the card sets; null where it sets nothing. */
export function touchOf(d) {
  const { power, locked, operation } = d.props;
  if (isStarted(d)) return power?.writable ? { power: true } : operation?.values?.includes("start") ? { operation: "start" } : null;
  const name = locked?.writable ? "locked" : power?.writable ? "power" : null;
  return name && SWITCHED.has(d.type) ? { [name]: !d.now[name] } : null;
}

function isOn(d) {
  if (!d.available || isStarted(d) || d.type === "binary_sensor") return false;
  if (typeof d.now.power === "boolean") return d.now.power;
  return d.now.playback === "playing" || BUSY.has(d.now.status) || d.now.running === true || burning(d).length > 0;
}

const isOpen = (d) => d.now.open === true || d.now.locked === false || d.now.door === true || d.now.door === "open";

/** The burners that are on, by the names of their power levels. */
export function burning(d) {
  return Object.keys(d.props).filter((name) => name.endsWith("_power_level") && d.now[name.replace("power_level", "status")] === "running");
}

/** The grade of a value: good, normal, bad, very_bad; undefined for what has none. */
export function gradeOf(name, value) {
  if (name === "air_quality") return value;
  if (typeof value !== "number") return undefined;
  if (name in LOW) return value <= LOW[name] ? "bad" : undefined;
  return name in GRADES ? NAMES[GRADES[name].filter((limit) => value > limit).length] : undefined;
}

/** What is worth telling: [{name, title, text, grade}]. */
export function factsOf(d) {
  const known = FACTS.filter((name) => d.props[name] && !d.props[name].writable && d.now[name] != null);
  return known.map((name) => ({ name, title: nameOf(name, d.props[name]), text: amount(d.now[name], d.props[name], name), grade: gradeOf(name, d.now[name]) }));
}

/** What is wrong with a device, in words. */
function problemsOf(d) {
  if (!d.available) return [t("web_home.offline")];
  const { error, status } = d.now;
  const low = Object.keys(LOW).filter((name) => gradeOf(name, d.now[name]) === "bad");
  return [
    error && error !== "none" ? amount(error, d.props.error ?? {}, "error") : status === "error" && amount(status, d.props.status),
    d.now.detected === true && DANGERS.has(d.device_class) && t("web_home.detected"),
    ...low.map((name) => t(`web_home.low_${name}`, { n: d.now[name] })),
  ].filter(Boolean);
}

/** One line on how it is, [words, tone]: what is wrong, or else the first of these that a device has, and what else there is to tell. */
export function statusOf(d) {
  const [problem] = d.problems;
  if (problem || isStarted(d)) return [problem ?? "", "bad"];
  const { locked, open, position, status, playback, running, motion, occupancy, detected, title, artist } = d.now;
  const said = (name) => (d.props[name] && d.now[name] != null ? amount(d.now[name], d.props[name], name) : null);
  const yes = (value, is, not, tone = value) => typeof value === "boolean" && [t(`web_home.${value ? is : not}`), tone];
  const power = d.now.power ?? running;
  const [fact, another] = factsOf(d);
  const alone = another ? null : fact?.text;
  const fires = burning(d).length;
  const part = position > 0 && position < 100;
  const [words, warm, more] = yes(locked, "locked", "unlocked", !locked)
    || (typeof open === "boolean" && [part ? t("web_home.open_at", { n: position }) : said("open"), open])
    || (status && [said("status"), BUSY.has(status), BUSY.has(status) && said("phase") !== said("status") ? said("phase") : alone])
    || (playback && power !== false && [title || said("playback"), false, artist])
    || yes(motion ?? occupancy, "moves", "quiet") || yes(detected, "detected", "not_detected")
    || (typeof power === "boolean" && [label("value", power ? "on" : "off"), false, power ? said(d.type === "light" ? "brightness" : "mode") : alone])
    || (fires > 0 && [t("web_home.burners", { n: fires }), true])
    || (d.now.door && [t("web_home.door", { value: said("door") }), d.open])
    || [fact?.text ?? label("type", d.type), false, another?.text];
  return [[words, more].filter(Boolean).join(" · "), warm ? "warm" : ""];
}

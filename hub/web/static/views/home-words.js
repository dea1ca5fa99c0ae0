/** What properties, values and amounts are called: in the words of the bridge where they are of the page's language. */

import { clock, has, number, t } from "../i18n.js";
import { store } from "../store.js";

const HANGUL = /[가-힣]/;

/** Units that stand right behind their number. */
const CLOSE = new Set(["%", "°C", "°F", "°"]);

const MINUTES = { s: 1 / 60, min: 1, h: 60 };

/** `value`, a word of the contract, as people say it; `kind`: property, value, type, unit or class; `told`: by the bridge. */
export function label(kind, value, told) {
  const korean = store.state.language === "ko";
  if (told && HANGUL.test(told) === korean) return told;
  const key = `web_words.${kind}-${value}`;
  if (has(key)) return t(key);
  return korean && told ? told : String(value).split("-").at(-1).replaceAll("_", " ");
}

/** What a property is called. */
export const nameOf = (name, shape) => label("property", name, shape.name);

/** A value of the property `name` as people say it, with its unit. */
export function amount(value, shape, name = "") {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return measured(value, shape.unit);
  const word = typeof value === "boolean" ? spoken(name, value) : value;
  if (shape.type === "time") return word.includes("T") ? clock(word) : word;
  const own = `${name}-${word}`;
  return label("value", has(`web_words.value-${own}`) ? own : word, shape.labels?.[value]);
}

const OPENING = new Set(["open", "door"]);

function spoken(name, value) {
  if (OPENING.has(name)) return value ? "open" : "closed";
  return value ? "on" : "off";
}

function measured(value, unit) {
  if (unit in MINUTES) return duration(value * MINUTES[unit]);
  if (!unit) return number(value);
  const name = label("unit", unit);
  return `${number(value)}${CLOSE.has(unit) || HANGUL.test(name) ? "" : " "}${name}`;
}

/** So many minutes: 1시간 5분. */
export function duration(minutes) {
  const whole = Math.round(minutes);
  if (minutes < 1 && minutes > 0) return t("web_home.seconds", { n: Math.round(minutes * 60) });
  const hours = Math.floor(whole / 60);
  const parts = [hours && t("web_home.hours", { n: hours }), (whole % 60 || !hours) && t("web_home.minutes", { n: whole % 60 })];
  return parts.filter(Boolean).join(" ");
}

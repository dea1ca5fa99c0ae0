/** Moments of the assistant: told by the hub's clock and in the hub's zone, whatever the clock of this browser shows. */

import { store } from "../store.js";
import { t } from "../i18n.js";

const DAY = 24 * 3600 * 1000;

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Milliseconds by which the hub's clock is ahead of this one, by the moment (ISO) that it has just told. */
export const skewOf = (now) => Date.parse(now) - Date.now();

/** Seconds until something of the agenda is due; what stands still keeps them. */
export function left(item, skew) {
  return item.due_at === undefined ? item.seconds_left : Math.max(0, (Date.parse(item.due_at) - Date.now() - skew) / 1000);
}

/** A countdown as a clock shows it: 4:05, 1:00:00. */
export function countdown(seconds) {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] ? parts : parts.slice(1);
  return [first, ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
}

/** A length as people say it: 1시간 30분. */
export function length(seconds) {
  const parts = { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 };
  return Object.entries(parts).filter(([, n]) => n).map(([unit, n]) => t(`web_assistant.${unit}`, { n })).join(" ");
}

const formats = {};

/** A formatter for what the clock on the hub's wall shows; made once, since that takes longer than to use it. */
function format(name, options) {
  const key = `${store.state.language} ${name}`;
  formats[key] ??= new Intl.DateTimeFormat(store.state.language, { ...options, timeZone: "UTC" });
  return formats[key];
}

/** What the hub's clock shows at a moment (ISO with its zone), as if it were UTC. */
const wall = (moment) => new Date(`${moment.slice(0, 19)}Z`);

/** A time of day: 오전 7:00. */
export const timeOf = (moment) => format("time", { hour: "numeric", minute: "2-digit" }).format(wall(moment));

/** When something is due: on its days again and again, or today, tomorrow or at its date; without the time of day. */
export function dayOf({ due_at: at, days = [] }, now) {
  if (days.length) return daysOf(days);
  const ahead = Math.round((Date.parse(at.slice(0, 10)) - Date.parse(now.slice(0, 10))) / DAY);
  if (ahead >= 0 && ahead < 3) return t(`web_assistant.ahead_${ahead}`);
  return format("day", { month: "long", day: "numeric", weekday: "short" }).format(wall(at));
}

function daysOf(days) {
  const known = { [DAYS.join()]: "daily", [DAYS.slice(0, 5).join()]: "weekdays", [DAYS.slice(5).join()]: "weekend" };
  const name = known[days.join()];
  return name ? t(`web_assistant.${name}`) : days.map((day) => t(`web_assistant.day_${day}`)).join(t("web_assistant.between_days"));
}

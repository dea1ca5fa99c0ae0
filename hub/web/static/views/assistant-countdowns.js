/** What comes due: what rings, timers, alarms, reminders, and sentences that were put off. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { agenda, order } from "./assistant-agenda.js";
import { alarmForm, dayChips, reminderForm, timerForm } from "./assistant-forms.js";
import { countdown, dayOf, left, length, timeOf } from "./assistant-time.js";

const QUICK_MINUTES = [1, 3, 5, 10, 30];
const SNOOZE_MINUTES = 5;

/** A part of the view with its heading, what stands beside that, and what is in it, or else a word that there is nothing. */
export function card(name, picture, nodes, { aside = null, empty = null, className = "" } = {}) {
  return h("section", { class: `card ${className}`, key: name, "aria-labelledby": `assistant-${name}` },
    h("header", { class: "row between" },
      h("h2", { class: "row", id: `assistant-${name}` }, icon(picture), t(`web_assistant.${name}`)), aside),
    nodes, empty && h("p", { class: "dim" }, empty));
}

/** A button with a picture only; `label` says what it does. */
export function iconButton(picture, label, onclick, more = {}) {
  return h("button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick, ...more }, icon(picture));
}

function add(name, onclick) {
  return iconButton("plus", t(`web_assistant.new_${name}`), onclick);
}

function cancel(intent, { id }, what) {
  return iconButton("close", t("web_assistant.cancel", { what }), () => order(intent, { id }));
}

/** What rings now, with large buttons. */
export function ringing({ ringing: bells }) {
  return bells.map(({ id, text }) =>
    h("section", { class: "card ringing", key: id, "aria-label": text },
      h("p", { class: "row" }, icon("bell", "icon shaking"), h("strong", null, text)),
      h("div", { class: "row" },
        h("button", { class: "button primary", onclick: () => order("JipsaStopAlarm", { id }) }, t("web_assistant.stop")),
        h("button", { class: "button", onclick: () => order("JipsaSnooze", { id, minutes: SNOOZE_MINUTES }) },
          t("web_assistant.snooze", { n: SNOOZE_MINUTES })))));
}

/** The timers, and lengths that start one at a touch. */
export function timers({ timers: items }) {
  const quick = QUICK_MINUTES.map((minutes) =>
    h("button", { class: "chip", onclick: () => order("HassStartTimer", { minutes }), "aria-label": t("web_assistant.start_minutes", { n: minutes }) },
      t("web_assistant.minutes", { n: minutes })));
  return card("timers", "assistant", [
    h("ul", { class: "entries" }, items.map(timer)),
    h("div", { class: "quick" }, quick),
  ], { aside: add("timer", timerForm) });
}

function timer(item) {
  const seconds = left(item, agenda.skew);
  const { id, paused, name = length(item.seconds) } = item;
  const named = t("web_assistant.timer_of", { what: name });
  return h("li", { key: id, class: paused ? "timer paused" : "timer" },
    dial(seconds / Math.max(item.seconds, seconds)),
    h("div", { class: "what" },
      h("span", { class: "left number", role: "timer", "aria-label": named }, countdown(seconds)),
      h("span", { class: "dim small" }, name, place(item))),
    iconButton(paused ? "play" : "pause", t(paused ? "web_assistant.go_on" : "web_assistant.pause", { what: named }),
      () => order(paused ? "HassUnpauseTimer" : "HassPauseTimer", { id })),
    h("button", { class: "chip", "aria-label": t("web_assistant.longer", { what: named }), onclick: () => order("HassIncreaseTimer", { id, minutes: 1 }) },
      t("web_assistant.plus_minute")),
    cancel("HassCancelTimer", item, named));
}

/** A circle of which so much (0 to 1) is left. */
function dial(share) {
  return h("svg", { class: "dial", viewBox: "0 0 44 44", "aria-hidden": true },
    h("circle", { cx: 22, cy: 22, r: 19 }),
    h("circle", { cx: 22, cy: 22, r: 19, pathLength: 1, style: { "--left": share.toFixed(3) } }));
}

const place = ({ room }) => room && ` · ${room}`;

/** The alarms, each with its days to be turned on and off. */
export function alarms({ alarms: items, now }) {
  const nodes = h("ul", { class: "entries" }, items.map((item) => alarm(item, now)));
  return card("alarms", "bell", nodes, { aside: add("alarm", () => alarmForm()), empty: !items.length && t("web_assistant.no_alarm") });
}

function alarm(item, now) {
  const time = timeOf(item.due_at);
  const label = item.name ?? t("web_assistant.alarm");
  const told = [dayOf(item, now), item.name, !item.time && t("web_assistant.again"), item.room].filter(Boolean).join(" · ");
  const what = [h("span", { class: "left number" }, time), h("span", { class: "dim small" }, told)];
  return h("li", { key: item.id, class: "alarm" },
    item.time
      ? h("button", { class: "what plain", "aria-label": `${t("web_assistant.change")}: ${time}, ${told}`, onclick: () => alarmForm(item) }, what)
      : h("div", { class: "what" }, what),
    cancel("JipsaCancelAlarm", item, `${time} ${label}`),
    item.time && dayChips(item.days, (days) => order("JipsaSetAlarm", alarmSlots({ ...item, days }))));
}

function alarmSlots({ id, time, days, name }) {
  return { id, time, ...(days.length && { days }), ...(name && { name }) };
}

/** The reminders. */
export function reminders({ reminders: items, now }) {
  const nodes = h("ul", { class: "entries" }, items.map((item) => entry(item, item.message, "JipsaCancelReminder", now)));
  return card("reminders", "talk", nodes, { aside: add("reminder", reminderForm), empty: !items.length && t("web_assistant.no_reminder") });
}

/** Sentences that wait for their moment; nothing where there is none. */
export function plans({ plans: items, now }) {
  if (!items.length) return null;
  return card("plans", "send", h("ul", { class: "entries" }, items.map((item) => entry(item, `“${item.command}”`, "JipsaCancelDelay", now))));
}

function entry(item, what, intent, now) {
  const at = item.due_at ? `${dayOf(item, now)} ${timeOf(item.due_at)}` : t("web_assistant.paused");
  const seconds = left(item, agenda.skew);
  return h("li", { key: item.id },
    h("div", { class: "what" },
      h("span", null, what),
      h("span", { class: "dim small number" }, at, place(item), seconds < 3600 && ` · ${t("web_assistant.in", { left: countdown(seconds) })}`)),
    cancel(intent, item, what));
}

/** The sheets in which a timer, an alarm or a reminder is described. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { sheet } from "../ui.js";
import { order } from "./assistant-agenda.js";
import { DAYS } from "./assistant-time.js";

const SOON = [10, 30, 60];

/** What the fields of a form hold that are not empty. */
function filled(form) {
  const values = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(values.filter(([, value]) => value));
}

/** A sheet with a form; `nodes()` are its fields, `send(values)` gives whether it was done, and the sheet closes then. */
function form(title, nodes, send) {
  const key = Symbol(title); // another form each time: what was typed into the last one is not in this one
  const submit = async (event) => {
    event.preventDefault();
    if (await send(filled(event.target))) close();
  };
  const close = sheet(() => h("form", { key, class: "stack assistant-form", onsubmit: submit },
    nodes(() => close()),
    h("div", { class: "row end" }, h("button", { class: "button primary" }, t("web.save")))), { title: t(title) });
}

function field(name, props) {
  return h("label", { class: "label" }, h("span", { class: "small dim" }, t(`web_assistant.label_${name}`)), h("input", { class: "field", name, autocomplete: "off", ...props }));
}

const count = (name, max) => field(name, { type: "number", inputmode: "numeric", min: 0, max, placeholder: "0" });

/** A new timer. */
export function timerForm() {
  form("web_assistant.new_timer", () => [
    h("div", { class: "row" }, count("hours", 168), count("minutes", 999), count("seconds", 999)),
    field("name", { maxlength: 40, placeholder: t("web_assistant.timer_example") }),
  ], ({ name, ...lengths }) => order("HassStartTimer", { ...numbers(lengths), ...(name && { name }) }));
}

const numbers = (texts) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Number(text)]));

/** The days of the week as buttons; `change` is given the days that are on after one is pressed. */
export function dayChips(on, change) {
  const pressed = (day) => DAYS.filter((other) => (other === day) !== on.includes(other));
  return h("div", { class: "days", role: "group", "aria-label": t("web_assistant.days") },
    DAYS.map((day) =>
      h("button", { class: "chip", type: "button", "aria-pressed": on.includes(day), onclick: () => change(pressed(day)) },
        t(`web_assistant.day_${day}`))));
}

/** Fields for a time of the clock, once or on days of the week, which are kept in `when.days`. */
function moment(when) {
  return [
    h("div", { class: "row wrap" },
      field("time", { type: "time", required: true, value: when.time }),
      !when.days.length && field("date", { type: "date", value: when.date })),
    dayChips(when.days, (days) => {
      when.days = days;
      refresh();
    }),
  ];
}

const described = ({ days }, values) => ({ ...values, ...(days.length && { days }) });

/** A new alarm, or `item` of the agenda to be changed. */
export function alarmForm(item = { days: [] }) {
  const when = { time: item.time, days: item.days, date: item.days.length ? undefined : item.due_at?.slice(0, 10) };
  form(item.id ? "web_assistant.change_alarm" : "web_assistant.new_alarm", () => [
    moment(when),
    field("name", { maxlength: 40, value: item.name, placeholder: t("web_assistant.alarm_example") }),
  ], (values) => order("JipsaSetAlarm", { ...described(when, values), ...(item.id && { id: item.id }) }));
}

/** A new reminder, for a time of the clock, or soon at a touch. */
export function reminderForm() {
  const when = { days: [] };
  const soon = async (event, minutes, close) => {
    const { message } = filled(event.target.form);
    if (await order("JipsaRemind", { minutes, ...(message && { message }) })) close();
  };
  form("web_assistant.new_reminder", (close) => [
    field("message", { maxlength: 200, required: true, autofocus: true, placeholder: t("web_assistant.reminder_example") }),
    h("div", { class: "quick" }, SOON.map((minutes) =>
      h("button", { class: "chip", type: "button", onclick: (event) => soon(event, minutes, close) }, t("web_assistant.in_minutes", { n: minutes })))),
    moment(when),
  ], (values) => order("JipsaRemind", described(when, values)));
}

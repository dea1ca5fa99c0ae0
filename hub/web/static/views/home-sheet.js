/** All that a device has: what can be set, and what can only be read. */

import { change } from "../devices.js";
import { h } from "../dom.js";
import { clock, t } from "../i18n.js";
import { devicesOf, store } from "../store.js";
import { sheet } from "../ui.js";
import { chips, press, select, slider, stepOf, stepper, titled, toggle } from "./home-controls.js";
import { gradeOf, seen } from "./home-kinds.js";
import { amount, label, nameOf } from "./home-words.js";

/** Open the sheet of a device. */
export function openSheet(id) {
  const find = () => devicesOf(store.state).find((device) => device.id === id);
  sheet(() => content(find()), { title: find()?.name ?? id });
}

function content(device) {
  if (!device?.about) return h("p", { class: "dim" }, t("web_home.gone"));
  const d = seen(device, store.state);
  const names = Object.keys(d.props);
  const read = names.filter((name) => !d.props[name].writable && d.now[name] != null);
  const room = store.state.home.rooms.find(({ id }) => id === d.room)?.name;
  const told = d.now.updated_at && t("web_home.updated", { time: clock(d.now.updated_at) });
  return h("div", { class: "all" },
    h("p", { class: "dim small" }, [label("type", d.type), room, ...d.aliases, told].filter(Boolean).join(" · ")),
    d.problems.map((problem) => h("p", { class: "badge bad", role: "status" }, problem)),
    names.filter((name) => d.props[name].writable).map((name) => setting(d, name)),
    read.length > 0 && h("table", { class: "values" }, h("caption", { class: "hidden" }, t("web_home.readings")), h("tbody", null, read.map((name) => reading(d, name)))));
}

function setting(d, name) {
  const [own, wide] = control(d, name);
  return h("div", { class: wide ? "setting wide" : "setting", key: name }, h("span", null, titled(d, name)), own);
}

function reading(d, name) {
  const shape = d.props[name];
  return h("tr", { key: name }, h("th", { scope: "row" }, nameOf(name, shape)), h("td", { class: `number ${gradeOf(name, d.now[name]) ?? ""}` }, amount(d.now[name], shape, name)));
}

/** A text or a time that is typed. */
function typed(d, name, type) {
  const value = d.now[name] ?? "";
  const given = (event) => event.target.value && change(d.id, { [name]: event.target.value });
  return [h("input", { class: "field", type, value: type === "time" ? value.slice(0, 5) : value, "aria-label": titled(d, name), disabled: !d.able, onchange: given }),
    type === "time" && value && press(d, { [name]: "none" }, { class: "button" }, t("web_home.no_time"))];
}

/** The control for a property by its type alone; [it, whether it wants a line of its own]. */
function control(d, name) {
  const shape = d.props[name];
  if (shape.type === "boolean") return [toggle(d, name), false];
  if (shape.values) return shape.type === "color" ? [chips(d, name, "swatch"), true] : shape.values.length > 8 ? [select(d, name), false] : [chips(d, name), true];
  if (shape.type === "time") return [typed(d, name, "time"), false];
  if (shape.type !== "number" && shape.type !== "integer") return [typed(d, name, "text"), true];
  return shape.max - shape.min > 24 * stepOf(shape) ? [[slider(d, name), stepper(d, name)], true] : [stepper(d, name), false];
}

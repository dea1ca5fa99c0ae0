/** Our home: a section for each room with the cards of its devices, what is on and open in it, and a search. */

import { change } from "../devices.js";
import { h } from "../dom.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { devicesOf, tell } from "../store.js";
import { card, isSmall } from "./home-cards.js";
import { holds, meanings, plain } from "./home-find.js";
import { gradeOf, seen } from "./home-kinds.js";
import { amount, label } from "./home-words.js";

/** What the chips above the rooms leave: name → whether a device stays. */
const FILTERS = { all: () => true, on: (d) => d.on, open: (d) => d.open, problem: (d) => d.problems.length > 0 };

/** Types whose temperature is that of the air in the room. */
const AIR = new Set(["climate", "sensor", "air_purifier", "humidifier", "dehumidifier", "ventilator", "boiler", "system_boiler"]);

/** The least width of a wide card and the gap beside it. */
const COLUMN = 342;

let filter = "all";
let typed = "";
const cards = new WeakMap();
const names = new WeakMap();
const sections = new Map();
/** How many wide cards are side by side. */
let columns = 1;

/** `/` finds a device while the view is there. */
export function opened() {
  addEventListener("keydown", slash);
  addEventListener("resize", measure);
  measure();
}

/** The keys are free again. */
export function closed() {
  removeEventListener("keydown", slash);
  removeEventListener("resize", measure);
}

function measure() {
  columns = Math.max(1, Math.floor((document.getElementById("view").clientWidth - 44) / COLUMN));
  tell();
}

function slash(event) {
  if (event.key !== "/" || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  document.getElementById("find")?.focus();
}

/** The view. */
export function view(state) {
  // What the assistant keeps (timers, lists, music) has a view of its own.
  const all = devicesOf(state).filter((device) => !device.hidden && device.about?.bridge !== "genie").map((device) => seen(device, state));
  const shown = byRoom(all.filter(FILTERS[filter]).filter(found(state)), state.home.rooms);
  const lit = byRoom(all.filter((d) => d.type === "light" && d.able && d.on), state.home.rooms);
  return h("div", { class: "home" },
    h("div", { class: "finder" }, search(), filters(all)), summary(state, all),
    all.length === 0 && h("p", { class: "empty" }, t(state.connected ? "web_home.nothing" : "web_home.waiting")),
    all.length > 0 && shown.size === 0 && h("p", { class: "empty", role: "status" }, t("web_home.none_found")),
    [...state.home.rooms, null].map((room) => section(room, shown.get(room?.id) ?? [], lit.get(room?.id) ?? [])));
}

/** Room id (undefined: none that the home knows) → the devices in it. */
function byRoom(devices, rooms) {
  const found = new Map();
  for (const d of devices) {
    const room = rooms.find(({ id }) => id === d.room)?.id;
    found.set(room, [...(found.get(room) ?? []), d]);
  }
  return found;
}

function found(state) {
  const words = typed.split(/\s+/).filter(Boolean).map(meanings);
  if (words.length === 0) return () => true;
  const rooms = new Map(state.home.rooms.map((room) => [room.id, [room.name, ...(room.aliases ?? [])]]));
  return (d) => {
    if (!names.has(d)) names.set(d, [d.name, ...d.aliases, label("type", d.type), ...(rooms.get(d.room) ?? [])].map(plain));
    return words.every((ways) => ways.some((way) => names.get(d).some((name) => holds(name, way))));
  };
}

function search() {
  const input = (event) => {
    typed = event.target.value;
    tell();
  };
  return h("label", { class: "find" }, icon("search"), h("span", { class: "hidden" }, t("web_home.search")),
    h("input", { id: "find", class: "field", type: "search", placeholder: t("web_home.search"), value: typed, autocomplete: "off", enterkeyhint: "search", oninput: input,
      onkeydown: (event) => event.key === "Escape" && input({ target: { value: "" } }) }));
}

function filters(all) {
  const chip = (name) => {
    const count = all.filter(FILTERS[name]).length;
    const choose = () => {
      filter = name;
      tell();
    };
    return (count > 0 || filter === name) && h("button", { class: `chip ${name}`, key: name, "aria-pressed": filter === name, onclick: choose }, t(`web_home.filter_${name}`, { n: count }));
  };
  return h("div", { class: "chips", role: "group", "aria-label": t("web_home.filters") }, Object.keys(FILTERS).map(chip));
}

/** How the air in the home is, the weather, and who cannot be reached. */
function summary(state, all) {
  const air = all.filter((d) => d.available && AIR.has(d.type));
  const values = (name) => air.map((d) => d.now[name]).filter((value) => typeof value === "number");
  const mean = (name, unit) => values(name).length > 0 && `${number(values(name).reduce((sum, value) => sum + value, 0) / values(name).length, unit === "%" ? 0 : 1)}${unit}`;
  const dust = values("pm25").length > 0 && Math.max(...values("pm25"));
  const grade = gradeOf("pm25", dust);
  const weather = Object.values(state.devices).find(({ about, available }) => about?.type === "weather" && available !== "offline");
  const of = (name) => amount(weather.state?.[name], weather.about.properties[name], name);
  const facts = [
    ["thermometer", t("web_home.temperature"), mean("current_temperature", "°C")], ["drop", t("web_home.humidity"), mean("humidity", "%")],
    ["air", t("web_home.dust"), grade && label("value", grade), grade],
    ["sun", weather?.about.name, weather?.state && `${of("condition")} ${of("temperature")}`],
  ].filter(([, , text]) => text);
  const gone = all.filter((d) => !d.available).map((d) => d.name);
  return [
    facts.length > 0 && h("dl", { class: "summary card" }, facts.map(([picture, title, text, tone]) => h("div", null, icon(picture), h("dt", { class: "dim small" }, title), h("dd", { class: `number ${tone ?? ""}` }, text)))),
    gone.length > 0 && h("p", { class: "gone small" }, icon("offline"), t(gone.length > 3 ? "web_home.gone_many" : "web_home.gone_few", { names: gone.slice(0, 3).join(", "), n: gone.length - 3 })),
  ];
}

/** The section of a room with these of its devices; `lit` are its lights that are on. The same node as long as they are the same. */
function section(room, own, lit) {
  if (own.length === 0) return null;
  const of = [room, columns, ...own, null, ...lit];
  const last = sections.get(room?.id);
  if (last?.of.length === of.length && last.of.every((one, at) => one === of[at])) return last.node;
  const name = room?.name ?? t("web_home.no_room");
  const wide = own.filter((d) => !isSmall(d));
  const small = own.filter(isSmall);
  const node = h("section", { class: "room", key: room?.id ?? "", "aria-label": name },
    h("header", { class: "row between" }, h("h2", null, name),
      lit.length > 0 && h("button", { class: "button lights", onclick: () => lit.forEach((d) => change(d.id, { power: false })) }, icon("light"), t("web_home.lights_off", { n: lit.length }))),
    small.length > 0 && h("div", { class: "tiles", key: "tiles" }, small.map(drawn)),
    wide.length > 0 && h("div", { class: "panels", key: "panels" }, Array.from({ length: columns }, (_, column) => h("div", { key: column }, wide.filter((_, at) => at % columns === column).map(drawn)))));
  sections.set(room?.id, { of, node });
  return node;
}

function drawn(d) {
  if (!cards.has(d)) cards.set(d, card(d));
  return cards.get(d);
}

/** What is for everybody at home: routines, lists, what plays, and announcements. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { devicesOf } from "../store.js";
import { GENIE, order } from "./assistant-agenda.js";
import { card, iconButton } from "./assistant-countdowns.js";
import { press, slider } from "./home-controls.js";
import { seen } from "./home-kinds.js";

/** Routines that go on, and items that are being taken off their lists. */
const busy = new Set();

/** Do something while `key` is busy. */
async function during(key, work) {
  busy.add(key);
  refresh();
  await work();
  busy.delete(key);
  refresh();
}

/** A large button for each routine. */
export function routines({ routines: items = [] }) {
  if (!items.length) return null;
  const buttons = items.map(({ id, name, say }) =>
    h("button", { key: id, class: "button routine", disabled: busy.has(id), onclick: () => during(id, () => order("JipsaRoutine", { id }, { tell: true })) },
      h("strong", null, name), say && h("span", { class: "small" }, `“${say}”`)));
  return card("routines", "star", h("div", { class: "routines" }, buttons));
}

/** A card for each list: add, tick off, remove. */
export function lists({ lists: all }) {
  return all.map(list);
}

function list({ id, name, title, items }) {
  const add = async (event) => {
    event.preventDefault();
    const field = event.target.elements.entry;
    const item = field.value.trim();
    if (item && (await order("HassListAddItem", { name, item }))) field.value = "";
  };
  return h("section", { class: "card", key: id, "aria-label": title },
    h("header", { class: "row between" }, h("h2", { class: "row" }, icon("list"), title), h("span", { class: "dim number" }, items.length || null)),
    h("ul", { class: "entries" }, items.map((item) => entry(id, name, item))),
    h("form", { class: "row", onsubmit: add },
      h("input", { class: "field", name: "entry", maxlength: 100, autocomplete: "off", enterkeyhint: "done", placeholder: t("web_assistant.add_item"), "aria-label": `${title}: ${t("web_assistant.add_item")}` }),
      h("button", { class: "icon-button", "aria-label": t("web_assistant.add") }, icon("plus"))));
}

function entry(id, name, item) {
  const key = `${id} ${item}`;
  const take = (intent) => () => during(key, () => order(intent, { name, item }));
  return h("li", { key: item, class: busy.has(key) ? "item done" : "item" },
    h("button", { class: "tick plain", role: "checkbox", "aria-checked": busy.has(key), onclick: take("HassListCompleteItem") },
      h("span", { class: "box" }, icon("check")), h("span", null, item)),
    iconButton("close", t("web_assistant.remove", { what: item }), take("HassListRemoveItem")));
}

/** Every player that plays, and the assistant's own. */
export function players(state) {
  return devicesOf(state)
    .filter(({ about, state: now }) => about?.properties.playback && (about.bridge === GENIE || ["playing", "paused"].includes(now.playback)))
    .map((device) => player(seen(device, state)));
}

function player(d) {
  const { now, props, name } = d;
  const playing = now.playback === "playing";
  const operation = (does, picture) => props.operation?.values.includes(does) &&
    press(d, { operation: does }, { class: "icon-button", "aria-label": t(`web_assistant.${does}`, { what: name }) }, icon(picture));
  const source = (value) => press(d, { source: value }, { class: "chip", key: value, "aria-pressed": playing && now.source === value }, value);
  const [title, ...rest] = [now.title, now.station, now.artist].filter(Boolean);
  const silent = !d.available ? "away" : now.playback === "stopped" || !title ? "silent" : null;
  return h("section", { class: "card", key: d.id, "aria-label": name },
    h("header", { class: "row" }, h("h2", { class: "row" }, icon("music"), name)),
    h("div", { class: "what" }, h("strong", null, silent ? t(`web_assistant.${silent}`) : title), !silent && h("span", { class: "dim small" }, rest.join(" · "))),
    h("div", { class: "row controls" },
      operation("previous", "back"), playing ? operation("pause", "pause") : operation("play", "play"), operation("next", "forward")),
    props.volume?.writable && now.volume != null && h("div", { class: "row" },
      press(d, { muted: !now.muted }, { class: "icon-button", "aria-label": t("web_assistant.mute", { what: name }), "aria-pressed": now.muted === true }, icon(now.muted ? "silent" : "speaker")),
      slider(d, "volume")),
    props.source && h("div", { class: "quick" }, props.source.values.map(source)));
}

/** An announcement to everybody, or to a room where something can speak. */
export function broadcast(state) {
  const there = Object.values(state.satellites).filter(({ state: now, room }) => room && now !== "offline");
  const rooms = [...new Set(there.map(({ room }) => room))].sort();
  const send = async (event) => {
    event.preventDefault();
    const { message, area } = event.target.elements;
    const slots = { message: message.value.trim(), ...(area.value && { area: area.value }) };
    if (slots.message && (await order("HassBroadcast", slots, { tell: true }))) message.value = "";
  };
  return card("broadcast", "megaphone", h("form", { class: "stack", onsubmit: send },
    h("input", { class: "field", name: "message", maxlength: 200, autocomplete: "off", enterkeyhint: "send", placeholder: t("web_assistant.message_example"), "aria-label": t("web_assistant.broadcast") }),
    h("div", { class: "row" },
      h("select", { class: "field", name: "area", "aria-label": t("web_assistant.to_room") },
        h("option", { value: "" }, t("web_assistant.everywhere")),
        rooms.map((room) => h("option", { value: room, key: room }, room))),
      h("button", { class: "button primary" }, t("web_assistant.send")))));
}

/** The rooms of the home file with their devices; what is touched opens in a sheet (setup-edit.js). */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { icon } from "../icons.js";
import { complain } from "../ui.js";
import { edit } from "./setup-edit.js";
import { button, flawed, iconButton, text } from "./setup-parts.js";

/** What the home file says: {path, digest, faults, rooms, devices}; null until it is known. */
let home = null;
/** The home of the butler for which the file was read: another one, and it is read again. */
let readFor = null;
/** What was found when all names were looked through; null before that. */
let flaws = null;

/** Read the file again when the view is drawn next. */
export function readAgain() {
  readFor = null;
}

/** This is what the home file says now. */
export function take(told) {
  home = told;
  flaws = null;
  refresh();
  return home;
}

/** Read the home file; the promise gives what it says. */
export async function read() {
  return take(await call("setup.home"));
}

async function lookThrough() {
  ({ flaws } = await call("setup.check", { changes: {} }));
  refresh();
}

const flawsOf = (place) => (flaws ?? []).filter((flaw) => flaw.place === place).map(flawed);

const others = (aliases) => aliases?.length > 0 && h("span", { class: "dim small" }, aliases.join(", "));

function deviceRow(device) {
  return h("li", { key: device.id },
    h("button", { class: "setup-row", "aria-label": text("edit_device", device), onclick: () => edit("devices", device, home) },
      h("span", { class: "setup-names" }, device.name, others(device.aliases), flawsOf(`devices.${device.id}`)),
      device.hidden && h("span", { class: "badge" }, text("hidden")),
      icon("next", "icon dim")));
}

function roomCard(room, devices) {
  return h("section", { class: "card setup-room", key: room.id, "aria-label": room.name },
    h("header", { class: "row between" },
      h("div", { class: "setup-names" }, h("h3", null, room.name), others(room.aliases)),
      room.id && iconButton(text("edit_room", room), "edit", () => edit("rooms", room, home))),
    flawsOf(`rooms.${room.id}`),
    devices.length > 0 ? h("ul", null, devices.map(deviceRow)) : h("p", { class: "dim small" }, text("no_devices")));
}

function cards() {
  const inRoom = (id) => home.devices.filter((device) => !device.fixed && (device.room ?? "") === id);
  const homeless = inRoom("");
  return [
    h("p", { class: "dim small" }, text("rooms_hint", home)),
    flaws && h("div", { role: "status" }, flaws.length > 0 ? text("flaws", { n: flaws.length }) : text("no_flaws"), flawsOf("")),
    h("div", { class: "setup-rooms" },
      home.rooms.map((room) => roomCard(room, inRoom(room.id))),
      homeless.length > 0 && roomCard({ id: "", name: text("no_room") }, homeless)),
  ];
}

function broken() {
  return h("div", { class: "card stack", role: "alert" },
    text("broken"),
    h("ul", { class: "setup-faults" }, home.faults.map((fault) => h("li", null, fault))),
    button(text("reload"), () => read().catch(complain), { name: "restart" }));
}

/** The rooms with their devices. */
export function rooms(state) {
  if (state.connected && readFor !== state.home) {
    readFor = state.home;
    read().catch(complain);
  }
  const known = home?.faults.length === 0;
  return h("section", { class: "stack" },
    h("div", { class: "row between wrap" },
      h("h2", null, text("rooms")),
      known && h("div", { class: "row wrap" },
        button(text("look_through"), () => lookThrough().catch(complain), { name: "search" }),
        button(text("add_room"), () => edit("rooms", { id: "+", name: "", aliases: [] }, home), { name: "plus" }))),
    home === null ? text("loading") : known ? cards() : broken());
}

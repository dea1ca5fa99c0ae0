/** The rooms of the home file with their devices; what is touched opens in a sheet (setup-edit.js). */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { complain } from "../ui.js";
import { editDevice, editRoom, sorry } from "./setup-edit.js";

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

/** Read the home file; the promise gives what it says. */
export async function read() {
  home = await call("setup.home");
  flaws = null;
  refresh();
  return home;
}

/** What the home file says after something was saved. */
export function take(saved) {
  home = saved;
  flaws = null;
  refresh();
}

async function lookThrough() {
  flaws = (await call("setup.check", { changes: {} })).flaws;
  refresh();
}

function flawsOf(place) {
  return (flaws ?? []).filter((flaw) => flaw.place === place);
}

function flawed(place) {
  const reasons = flawsOf(place).map((flaw) => flaw.reason);
  return reasons.length > 0 && h("span", { class: "setup-flaw small" }, icon("warning"), h("span", null, reasons.join(" ")));
}

function deviceRow(device) {
  return h("li", { key: device.id },
    h("button", { class: "setup-row", "aria-label": t("web_setup.edit_device", device), onclick: () => editDevice(device, home) },
      h("span", { class: "setup-names" },
        h("span", null, device.name),
        device.aliases.length > 0 && h("span", { class: "dim small" }, device.aliases.join(", ")),
        flawed(`devices.${device.id}`)),
      device.hidden && h("span", { class: "badge" }, t("web_setup.hidden")),
      icon("next", "icon dim")));
}

function roomCard(room, devices) {
  return h("section", { class: "card setup-room", key: room.id, "aria-label": room.name },
    h("header", { class: "row between" },
      h("div", null, h("h3", null, room.name), room.aliases?.length > 0 && h("p", { class: "dim small" }, room.aliases.join(", "))),
      room.id !== "" &&
        h("button", { class: "icon-button", "aria-label": t("web_setup.edit_room", room), onclick: () => editRoom(room, home) }, icon("edit"))),
    flawed(`rooms.${room.id}`),
    devices.length > 0 ? h("ul", null, devices.map(deviceRow)) : h("p", { class: "dim small setup-none" }, t("web_setup.no_devices")));
}

function cards() {
  const shown = home.devices.filter((device) => !device.fixed);
  const inRoom = (id) => shown.filter((device) => (device.room ?? "") === id);
  const homeless = inRoom("");
  return h("div", { class: "setup-rooms" },
    home.rooms.map((room) => roomCard(room, inRoom(room.id))),
    homeless.length > 0 && roomCard({ id: "", name: t("web_setup.no_room") }, homeless));
}

function broken() {
  return h("div", { class: "card stack", role: "alert" },
    h("p", null, t("web_setup.broken")),
    h("ul", { class: "setup-faults" }, home.faults.map((fault) => h("li", { key: fault }, fault))),
    h("div", { class: "row end" }, h("button", { class: "button", onclick: () => read().catch(complain) }, icon("restart"), t("web_setup.reload"))));
}

function tools() {
  return h("div", { class: "row wrap" },
    h("button", { class: "button", onclick: () => lookThrough().catch(complain) }, icon("search"), t("web_setup.look_through")),
    h("button", { class: "button", onclick: () => editRoom(null, home) }, icon("plus"), t("web_setup.add_room")));
}

function found() {
  if (flaws === null) return null;
  const others = flawsOf("").map((flaw) => h("p", { class: "small" }, flaw.reason));
  return h("div", { role: "status" }, h("p", null, flaws.length > 0 ? t("web_setup.flaws", { n: flaws.length }) : t("web_setup.no_flaws")), others);
}

/** The rooms with their devices. */
export function rooms(state) {
  if (state.connected && readFor !== state.home) {
    readFor = state.home;
    read().catch(sorry);
  }
  const known = home !== null && home.faults.length === 0;
  return h("section", { class: "stack setup-wide", "aria-label": t("web_setup.rooms") },
    h("div", { class: "row between wrap" }, h("h2", null, t("web_setup.rooms")), known && tools()),
    known && h("p", { class: "dim small" }, t("web_setup.rooms_hint", home)),
    known && found(),
    home === null ? h("p", { class: "dim" }, t("web_setup.loading")) : known ? cards() : broken());
}

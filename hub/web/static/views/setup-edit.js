/** The sheet in which a room or a device is edited: names are checked while they are typed, and saved all at once. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { complain, sheet, toast } from "../ui.js";
import { read, take } from "./setup-home.js";

/** Milliseconds without a key after which names are checked. */
const PAUSE = 300;
const FLOORS = [-2, -1, 1, 2, 3, 4, 5, 6];

/** What is being edited, as it is typed; null while nothing is. */
let draft = null;
let timer = 0;
let round = 0;
/** The flaws of the home as it is, by the digest of its file: those that an edit makes are the others. */
let known = { digest: "", flaws: [] };

/** Tell why something has failed, unless there is no connection, which the page tells anyway. */
export function sorry(error) {
  if (error.code !== "offline") complain(error);
}

/** Edit a device of the home. */
export function editDevice(device, home) {
  edit({ group: "devices", entry: device, id: device.id, room: device.room ?? "", hidden: device.hidden ?? false }, home, t("web_setup.edit_device", device));
}

/** Edit a room of the home; null is a new one. */
export function editRoom(room, home) {
  const entry = room ?? { name: "", aliases: [] };
  const title = room ? t("web_setup.edit_room", room) : t("web_setup.new_room");
  edit({ group: "rooms", entry, id: room?.id ?? "+", floor: room?.floor ?? null }, home, title);
}

function edit(parts, home, title) {
  const { name, aliases } = parts.entry;
  const begun = { name, aliases, alias: "", flaws: [], checking: false, message: "", home, ...parts };
  draft = begun;
  begun.close = sheet(() => (draft === begun ? editor() : null), { title, closed: () => draft === begun && (draft = null) });
  check();
}

function change(parts) {
  draft = Object.assign(draft, parts);
  check();
}

/** What is otherwise now than in the home file. */
function changes() {
  const { group, entry, id } = draft;
  const aliases = allAliases();
  const changed = {};
  if (draft.name.trim() !== entry.name) changed.name = draft.name;
  if (aliases.join("\n") !== entry.aliases.join("\n")) changed.aliases = aliases;
  if (group === "devices" && draft.room !== (entry.room ?? "")) changed.room = draft.room || null;
  if (group === "devices" && draft.hidden !== (entry.hidden ?? false)) changed.hidden = draft.hidden;
  if (group === "rooms" && draft.floor !== (entry.floor ?? null)) changed.floor = draft.floor;
  return Object.keys(changed).length > 0 ? { [group]: [{ id, ...changed }] } : {};
}

/** The aliases, with the one that is being typed. */
function allAliases() {
  return [...draft.aliases, draft.alias.trim()].filter(Boolean);
}

function check() {
  draft.checking = true;
  refresh();
  clearTimeout(timer);
  timer = setTimeout(checkNow, PAUSE);
}

async function checkNow() {
  const asked = draft;
  const mine = ++round;
  if (asked === null) return;
  try {
    const { digest } = asked.home;
    if (known.digest !== digest) known = { digest, flaws: (await call("setup.check", { changes: {} })).flaws };
    const { flaws } = draft === asked ? await call("setup.check", { changes: changes() }) : asked;
    if (mine === round) Object.assign(asked, { flaws, checking: false });
  } catch (error) {
    if (mine === round) Object.assign(asked, { checking: false, message: error.message });
  }
  refresh();
}

/** Whether a flaw is one of what is edited. */
function isOwn(flaw) {
  const { group, id, home } = draft;
  if (id !== "+") return flaw.place === `${group}.${id}`;
  return flaw.place.startsWith("rooms.") && !home.rooms.some((room) => `rooms.${room.id}` === flaw.place);
}

/** Flaws that the edit makes elsewhere, or of which nobody says where they are. */
function elsewhere() {
  const before = new Set(known.flaws.map((flaw) => flaw.place + flaw.reason));
  return draft.flaws.filter((flaw) => !isOwn(flaw) && !before.has(flaw.place + flaw.reason));
}

async function save(wanted) {
  const asked = draft;
  try {
    const { saved, made, flaws, home } = await call("setup.save", { changes: wanted, based_on: asked.home.digest });
    if (!saved) {
      Object.assign(asked, { flaws });
      refresh();
      return;
    }
    take(home);
    asked.close();
    toast(t(made ? "web_setup.made" : "web_setup.saved"), "good");
  } catch (error) {
    asked.message = error.message;
    if (error.code === "conflict") await rebase(asked);
    refresh();
  }
}

/** Have what was typed stay, on top of what the file says now. */
async function rebase(asked) {
  const home = await read();
  const entry = home[asked.group]?.find((other) => other.id === asked.id);
  Object.assign(asked, { home, entry: entry ?? asked.entry });
}

function addAlias(event) {
  if (event.isComposing || event.keyCode === 229 || event.key !== "Enter") return; // of a word that is still composed
  event.preventDefault();
  change({ aliases: allAliases(), alias: "" });
}

function sentences(flaws, id) {
  return h("div", { class: "setup-told small", id, "aria-live": "polite" },
    flaws.map((flaw) => h("p", { class: flaw.blocks ? "setup-bad" : "setup-fair", key: flaw.reason }, icon("warning"), h("span", null, flaw.reason))));
}

function nameField(flaws) {
  return h("div", null,
    h("label", { for: "setup-name" }, t("web_setup.name")),
    h("input", {
      id: "setup-name", class: "field", value: draft.name, autocomplete: "off", maxlength: 100, autofocus: draft.id === "+",
      "aria-invalid": flaws.length > 0, "aria-describedby": "setup-name-told", oninput: (event) => change({ name: event.target.value }),
    }),
    draft.entry.announced !== undefined && draft.entry.announced !== draft.name &&
      h("p", { class: "dim small" }, t("web_setup.announced", { name: draft.entry.announced })),
    sentences(flaws, "setup-name-told"));
}

function aliasFields(flaws) {
  const bad = new Set(flaws.map((flaw) => flaw.index));
  const chip = (alias, index) => h("li", { key: alias, class: bad.has(index) ? "setup-alias bad" : "setup-alias" }, alias,
    h("button", { class: "icon-button", "aria-label": t("web_setup.remove_alias", { name: alias }), onclick: () => change({ aliases: draft.aliases.filter((other) => other !== alias) }) },
      icon("close")));
  return h("div", null,
    h("label", { for: "setup-alias" }, t("web_setup.aliases")),
    draft.aliases.length > 0 && h("ul", { class: "row wrap setup-aliases" }, draft.aliases.map(chip)),
    h("div", { class: "row" },
      h("input", {
        id: "setup-alias", class: "field", value: draft.alias, placeholder: t("web_setup.aliases_hint"), autocomplete: "off", maxlength: 100, enterkeyhint: "done",
        "aria-invalid": bad.has(draft.aliases.length), "aria-describedby": "setup-alias-told",
        oninput: (event) => change({ alias: event.target.value }), onkeydown: addAlias,
      }),
      h("button", { class: "icon-button", "aria-label": t("web_setup.add"), disabled: !draft.alias.trim(), onclick: () => change({ aliases: allAliases(), alias: "" }) },
        icon("plus"))),
    sentences(flaws, "setup-alias-told"));
}

function choice(id, label, options, value, onchange) {
  return h("div", null,
    h("label", { for: id }, label),
    h("select", { id, class: "field", value, onchange: (event) => onchange(event.target.value) },
      options.map(([key, name]) => h("option", { value: key, key }, name))));
}

function roomChoice(id, label, rooms, value, onchange) {
  const options = [...rooms.map((room) => [room.id, room.name]), ["", t("web_setup.no_room")]];
  return choice(id, label, options, value, onchange);
}

function deviceFields() {
  return [
    roomChoice("setup-room", t("web_setup.room"), draft.home.rooms, draft.room, (room) => change({ room })),
    h("div", { class: "row between" },
      h("span", { id: "setup-hide" }, t("web_setup.hide"), h("span", { class: "dim small setup-line" }, t("web_setup.hide_hint"))),
      h("button", { class: "switch", role: "switch", "aria-checked": draft.hidden, "aria-labelledby": "setup-hide", onclick: () => change({ hidden: !draft.hidden }) })),
  ];
}

function floorName(floor) {
  return floor > 0 ? t("web_setup.on_floor", { n: floor }) : t("web_setup.basement", { n: -floor });
}

function roomFields() {
  const floors = [["", t("web_setup.no_floor")], ...FLOORS.map((floor) => [String(floor), floorName(floor)])];
  return [
    choice("setup-floor", t("web_setup.floor"), floors, String(draft.floor ?? ""), (floor) => change({ floor: floor === "" ? null : Number(floor) })),
    draft.id !== "+" && (draft.removing === undefined ? roomTools() : removal()),
  ];
}

function roomTools() {
  const ids = draft.home.rooms.map((room) => room.id);
  const at = ids.indexOf(draft.id);
  const move = (to) => () => save({ order: ids.with(at, ids[to]).with(to, ids[at]) });
  return h("div", { class: "row wrap" },
    h("button", { class: "button", disabled: at < 1, onclick: move(at - 1) }, t("web_setup.up")),
    h("button", { class: "button", disabled: at > ids.length - 2, onclick: move(at + 1) }, t("web_setup.down")),
    h("button", { class: "button setup-remove", onclick: () => change({ removing: "" }) }, icon("trash"), t("web_setup.remove_room")));
}

function removal() {
  const devices = draft.home.devices.filter((device) => device.room === draft.id);
  const others = draft.home.rooms.filter((room) => room.id !== draft.id);
  const moved = devices.map((device) => ({ id: device.id, room: draft.removing || null }));
  return h("div", { class: "stack setup-removal" },
    h("p", null, t("web_setup.remove_question", draft.entry)),
    devices.length > 0 &&
      roomChoice("setup-to", t("web_setup.move_devices", { n: devices.length }), others, draft.removing, (removing) => change({ removing })),
    h("div", { class: "row end" },
      h("button", { class: "button", onclick: () => change({ removing: undefined }) }, t("web.no")),
      h("button", { class: "button danger", onclick: () => save({ removed: [draft.id], devices: moved }) }, t("web_setup.remove_room"))));
}

function editor() {
  const own = draft.flaws.filter(isOwn);
  const names = own.filter((flaw) => flaw.key === "name");
  const aliases = own.filter((flaw) => flaw.key === "aliases");
  const others = [...own.filter((flaw) => flaw.key !== "name" && flaw.key !== "aliases"), ...elsewhere()];
  const wanted = changes();
  const unchanged = Object.keys(wanted).length === 0;
  const verdict = draft.checking ? t("web_setup.checking") : draft.flaws.length === 0 && draft.name ? t("web_setup.fine") : "";
  return h("div", { class: "stack setup-editor" },
    draft.message && h("p", { class: "setup-bad", role: "alert" }, icon("warning"), h("span", null, draft.message)),
    nameField(names),
    aliasFields(aliases),
    draft.group === "devices" ? deviceFields() : roomFields(),
    sentences(others, "setup-others"),
    h("div", { class: "row between" },
      h("span", { class: "dim small", role: "status" }, verdict),
      h("button", { class: "button primary", disabled: unchanged || draft.flaws.some((flaw) => flaw.blocks), onclick: () => save(wanted) }, t("web.save"))));
}

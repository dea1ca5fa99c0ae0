/** The sheet in which a room or a device is edited: names are checked while they are typed, and saved all at once. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { sheet, toast } from "../ui.js";
import { read, take } from "./setup-home.js";
import { button, flawed, iconButton, text } from "./setup-parts.js";

/** Milliseconds without a key after which names are checked. */
const PAUSE = 300;
const FLOORS = [-2, -1, 1, 2, 3, 4, 5, 6];

/** What is edited, as it is typed, with the entry and the home file that it began with; null while nothing is. */
let draft = null;
let timer = 0;
/** The flaws of the home as it is, and the digest of its file: those that an edit makes are the others. */
let known = {};

/** Edit one of the "rooms" or "devices" of a home; a room with the id "+" is new. */
export function edit(group, entry, home) {
  const begun = { group, entry, home, alias: "", flaws: [], asked: 0, answered: 0, message: "", ...wordsOf(entry) };
  const title = entry.id === "+" ? text("new_room") : text(group === "rooms" ? "edit_room" : "edit_device", entry);
  draft = begun;
  begun.close = sheet(() => draft === begun && editor(), { title, closed: () => draft === begun && (draft = null) });
  check();
}

/** What can be edited of an entry. */
function wordsOf({ name, aliases, room = null, hidden = false, floor = null }) {
  return { name, aliases: aliases ?? [], room, hidden, floor };
}

function change(parts) {
  Object.assign(draft, parts);
  check();
}

/** The aliases, with the one that is being typed. */
const aliasesOf = ({ aliases, alias }) => [...aliases, alias.trim()].filter(Boolean);

/** What is otherwise now than in the home file. */
function changes() {
  const now = wordsOf({ ...draft, aliases: aliasesOf(draft) });
  const before = wordsOf(draft.entry);
  const changed = Object.entries(now).filter(([key, value]) => String(value) !== String(before[key]));
  return changed.length > 0 ? { [draft.group]: [{ id: draft.entry.id, ...Object.fromEntries(changed) }] } : {};
}

function check() {
  draft.asked += 1;
  clearTimeout(timer);
  timer = setTimeout(checkNow, PAUSE, draft, draft.asked);
  refresh();
}

async function checkNow(own, asked) {
  const flawsAfter = async (wanted) => (await call("setup.check", { changes: wanted })).flaws;
  const news = { answered: asked, message: "" };
  try {
    const { digest } = own.home;
    if (known.digest !== digest) known = { digest, flaws: await flawsAfter({}) };
    if (own !== draft || own.asked !== asked) return;
    news.flaws = await flawsAfter(changes());
  } catch (error) {
    news.message = error.message;
  }
  if (own.asked === asked) Object.assign(own, news);
  refresh();
}

/** The flaws of what is edited, and those that the edit makes elsewhere, or of which nobody says where they are. */
function ownFlaws() {
  const { group, entry, home, flaws } = draft;
  const isNew = ({ place }) => place.startsWith("rooms.") && !home.rooms.some(({ id }) => place === `rooms.${id}`);
  const isOwn = (flaw) => (entry.id === "+" ? isNew(flaw) : flaw.place === `${group}.${entry.id}`);
  const before = new Set(known.flaws?.map(({ place, reason }) => place + reason));
  return flaws.filter((flaw) => isOwn(flaw) || !before.has(flaw.place + flaw.reason)).map((flaw) => (isOwn(flaw) ? flaw : { ...flaw, key: "" }));
}

async function save(wanted) {
  const own = draft;
  try {
    const { saved, made, flaws, home } = await call("setup.save", { changes: wanted, based_on: own.home.digest });
    if (!saved) return change({ flaws });
    take(home);
    own.close();
    toast(text(made ? "made" : "saved"), "good");
  } catch (error) {
    if (error.code === "conflict") await rebase(own);
    own.message = error.message;
    refresh();
  }
}

/** Have what was typed stay, on top of what the file says now. */
async function rebase(own) {
  own.home = await read();
  own.entry = own.home[own.group]?.find(({ id }) => id === own.entry.id) ?? own.entry;
}

function addAlias(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return; // of a syllable that is still composed
  event.preventDefault();
  change({ aliases: aliasesOf(draft), alias: "" });
}

const told = (id, flaws) => h("div", { class: "setup-told small", id, "aria-live": "polite" }, flaws.map(flawed));

function field(id, key, flaws, props) {
  return h("input", {
    id, class: "field", value: draft[key], autocomplete: "off", maxlength: 100, "aria-describedby": `${id}-told`,
    "aria-invalid": flaws.some(({ blocks }) => blocks), oninput: (event) => change({ [key]: event.target.value }), ...props,
  });
}

function nameField(flaws) {
  const { announced } = draft.entry;
  return h("div", null,
    h("label", { for: "setup-name" }, text("name")),
    field("setup-name", "name", flaws),
    announced && announced !== draft.name && h("p", { class: "dim small" }, text("announced", { name: announced })),
    told("setup-name-told", flaws));
}

function aliasField(flaws) {
  const without = (alias) => () => change({ aliases: draft.aliases.filter((other) => other !== alias) });
  const chip = (alias, at) => h("li", { key: alias, class: flaws.some(({ index }) => index === at) ? "setup-alias bad" : "setup-alias" },
    alias, iconButton(text("remove_alias", { name: alias }), "close", without(alias)));
  return h("div", null,
    h("label", { for: "setup-alias" }, text("aliases")),
    h("ul", { class: "row wrap setup-aliases" }, draft.aliases.map(chip)),
    h("div", { class: "row" },
      field("setup-alias", "alias", flaws, { placeholder: text("aliases_hint"), enterkeyhint: "done", onkeydown: addAlias }),
      iconButton(text("add"), "plus", () => change({ aliases: aliasesOf(draft), alias: "" }), { disabled: !draft.alias.trim() })),
    told("setup-alias-told", flaws));
}

/** A choice of [value, name] pairs and none. */
function choice(key, label, options, none) {
  const choose = ({ target }) => change({ [key]: options.find(([value]) => String(value) === target.value)?.[0] ?? null });
  return h("div", null,
    h("label", { for: `setup-${key}` }, label),
    h("select", { id: `setup-${key}`, class: "field", value: draft[key] ?? "", onchange: choose },
      [...options, ["", none]].map(([value, name]) => h("option", { value, key: value }, name))));
}

const roomsBut = (id) => draft.home.rooms.filter((room) => room.id !== id).map((room) => [room.id, room.name]);

function deviceFields() {
  return [
    choice("room", text("room"), roomsBut(null), text("no_room")),
    h("div", { class: "row between" },
      h("span", { id: "setup-hide" }, text("hide"), h("span", { class: "dim small setup-line" }, text("hide_hint"))),
      h("button", { class: "switch", role: "switch", "aria-checked": draft.hidden, "aria-labelledby": "setup-hide", onclick: () => change({ hidden: !draft.hidden }) })),
  ];
}

function roomFields() {
  const floors = FLOORS.map((floor) => [floor, text(floor > 0 ? "on_floor" : "basement", { n: Math.abs(floor) })]);
  return [choice("floor", text("floor"), floors, text("no_floor")), draft.entry.id !== "+" && (draft.removing ? removal() : roomTools())];
}

function roomTools() {
  const ids = draft.home.rooms.map(({ id }) => id);
  const at = ids.indexOf(draft.entry.id);
  const move = (key, to) => button(text(key), () => save({ order: ids.with(at, ids[to]).with(to, ids[at]) }), { disabled: ids[to] === undefined });
  return h("div", { class: "row wrap" },
    move("up", at - 1), move("down", at + 1),
    button(text("remove_room"), () => change({ removing: true, to: null }), { name: "trash", kind: "setup-remove" }));
}

function removal() {
  const { entry, to } = draft;
  const devices = draft.home.devices.filter(({ room }) => room === entry.id).map(({ id }) => ({ id, room: to }));
  return h("div", { class: "stack setup-removal" },
    h("p", null, text("remove_question", entry)),
    devices.length > 0 && choice("to", text("move_devices", { n: devices.length }), roomsBut(entry.id), text("no_room")),
    h("div", { class: "row end" },
      button(t("web.no"), () => change({ removing: false })),
      button(text("remove_room"), () => save({ removed: [entry.id], devices }), { kind: "danger" })));
}

function editor() {
  const flaws = ownFlaws();
  const about = (...keys) => flaws.filter(({ key }) => keys.includes(key));
  const wanted = changes();
  const checking = draft.answered < draft.asked;
  return h("div", { class: "stack setup-editor" },
    draft.message && h("p", { class: "setup-flaw bad", role: "alert" }, icon("warning"), h("span", null, draft.message)),
    nameField(about("name")),
    aliasField(about("aliases")),
    draft.group === "devices" ? deviceFields() : roomFields(),
    told("setup-others", flaws.filter(({ key }) => key !== "name" && key !== "aliases")),
    h("div", { class: "row between" },
      h("span", { class: "dim small", role: "status" }, checking ? text("checking") : flaws.length === 0 && draft.name && text("fine")),
      button(t("web.save"), () => save(wanted), { kind: "primary", disabled: Object.keys(wanted).length === 0 || flaws.some(({ blocks }) => blocks) })));
}

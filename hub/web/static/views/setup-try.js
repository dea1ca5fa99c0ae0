/** What the hub hears and understands: how far each satellite knows the names, a sentence explained, a microphone tried. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { has, number, t, word } from "../i18n.js";
import { icon } from "../icons.js";
import { complain } from "../ui.js";

const PAUSE = 250;
/** Decibels below the loudest sound at which the level is empty. */
const QUIETEST = 60;
const MOST_UNSAYABLE = 20;
/** Slots that have a colour of their own; all others are values. */
const COLOURS = new Set(["target", "area", "name", "verb", "unexplained"]);

let typed = "";
let meaning = null;
let failure = "";
let timer = 0;

/** The satellites of the home with a microphone: [[id, satellite]]. */
export function satellitesOf(state) {
  return Object.entries(state.satellites).filter(([id]) => !id.startsWith("web-"));
}

/** How a satellite is called: by its id, and the room where it stands. */
export function satelliteName(id, satellite) {
  return satellite.room ? `${satellite.room} (${id})` : id;
}

function graphOf(graph) {
  if (graph === undefined) return h("p", { class: "dim small" }, t("web_setup.graph_unknown"));
  if (graph.state === "building") {
    const progress = graph.of ? { value: graph.done ?? 0, max: graph.of } : {};
    return [h("p", { class: "small" }, t("web_setup.graph_building")), h("progress", { class: "setup-progress", "aria-label": t("web_setup.ears"), ...progress })];
  }
  if (graph.state === "failed") return h("p", { class: "setup-bad small" }, icon("warning"), h("span", null, t("web_setup.graph_failed", graph)));
  return [h("p", { class: "small" }, t("web_setup.graph_ready", { n: number(graph.phrases ?? 0) })), unsayable(graph.unsayable ?? [])];
}

function unsayable(phrases) {
  if (phrases.length === 0) return null;
  return h("details", null,
    h("summary", { class: "small" }, t("web_setup.unsayable", { n: phrases.length })),
    h("p", { class: "dim small" }, t("web_setup.unsayable_hint")),
    h("p", { class: "small" }, phrases.slice(0, MOST_UNSAYABLE).join(", "), phrases.length > MOST_UNSAYABLE && " …"));
}

/** How far each satellite is with the names of the home. */
export function ears(state) {
  const told = satellitesOf(state);
  if (told.length === 0) return null;
  return h("section", { class: "card stack", "aria-label": t("web_setup.ears") },
    h("h2", null, t("web_setup.ears")),
    told.map(([id, satellite]) => h("div", { key: id, class: "setup-graph" }, h("h3", null, satelliteName(id, satellite)), graphOf(satellite.graph))));
}

function type(event) {
  typed = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(explain, PAUSE);
}

async function explain() {
  const asked = typed;
  meaning = null;
  failure = "";
  try {
    const told = asked.trim() ? await call("explain", { text: asked }) : null;
    if (asked === typed) meaning = told;
  } catch (error) {
    if (asked === typed) failure = error.message;
  }
  refresh();
}

function slotName(slot) {
  return has(`web_setup.slot_${slot}`) ? t(`web_setup.slot_${slot}`) : word(slot);
}

function part({ text, slot }) {
  if (slot === undefined) return text;
  const colour = COLOURS.has(slot) ? slot : "value";
  return h("ruby", { class: `setup-part ${colour}` }, text, h("rt", null, slotName(slot)));
}

function intentOf(state, { intent, slots, targets }) {
  const names = targets.map((id) => state.home.devices.find((device) => device.id === id)?.name ?? id);
  const values = Object.entries(slots).filter(([slot]) => slot !== "name" && slot !== "area");
  return h("li", { class: "setup-intent" },
    h("span", null, names.length > 0 ? names.join(", ") : t("web_setup.to_assistant")),
    values.map(([slot, value]) => h("span", { class: "badge" }, `${slotName(slot)}: ${word(value)}`)),
    h("code", { class: "dim small" }, intent));
}

function explained(state) {
  if (failure) return h("p", { class: "setup-bad small" }, failure);
  if (meaning === null) return null;
  return h("div", { class: "stack" },
    h("p", { class: "setup-parts" }, (meaning.parts ?? []).map(part)),
    meaning.refused && h("p", { class: "setup-fair" }, icon("warning"), h("span", null, t(`web_setup.refused_${meaning.refused}`))),
    h("ul", { class: "stack" }, meaning.intents.map((intent) => intentOf(state, intent))));
}

/** A field whose sentence is explained while it is typed. */
export function understanding(state) {
  return h("section", { class: "card stack" },
    h("h2", null, h("label", { for: "setup-try" }, t("web_setup.try"))),
    h("p", { class: "dim small", id: "setup-try-hint" }, t("web_setup.try_hint")),
    h("input", {
      id: "setup-try", class: "field", value: typed, placeholder: t("web_setup.try_example"), "aria-describedby": "setup-try-hint", autocomplete: "off", oninput: type,
    }),
    h("div", { "aria-live": "polite" }, explained(state)));
}

function heard(sentence) {
  if (sentence === undefined) return h("p", { class: "dim small" }, t("web_setup.nothing_heard"));
  const { text, refused, confidence, loudness } = sentence;
  const level = Math.max(0, Math.min(1, 1 + (loudness ?? -QUIETEST) / QUIETEST));
  return [
    h("p", { class: refused ? "dim" : "" }, `“${text}”`),
    h("p", { class: "row wrap small" },
      confidence !== undefined && h("span", { class: "badge" }, t("web_setup.confidence", { n: Math.round(confidence * 100) })),
      refused && h("span", { class: "badge bad" }, has(`web_setup.refused_${refused}`) ? t(`web_setup.refused_${refused}`) : word(refused))),
    loudness !== undefined &&
      h("div", { class: "setup-level", role: "img", "aria-label": t("web_setup.loudness", { n: Math.round(loudness) }), style: { "--level": level } }),
  ];
}

function microphone(state, id, satellite) {
  const sentence = state.sentences.findLast((said) => said.satellite === id && said.source === "microphone");
  const partial = state.partials[id];
  const listening = satellite.state === "listening";
  return h("div", { key: id, class: "setup-microphone" },
    h("div", { class: "row between" },
      h("div", null, h("h3", null, satelliteName(id, satellite)), h("p", { class: "dim small" }, t(`web_setup.state_${satellite.state ?? "offline"}`))),
      h("button", {
        class: listening ? "button primary" : "button", disabled: satellite.state === "offline" || satellite.state === "muted",
        "aria-label": t("web_setup.listen_to", { name: satelliteName(id, satellite) }), onclick: () => call("listen", { satellite: id }).catch(complain),
      }, icon("mic"), t("web_setup.listen"))),
    h("div", { "aria-live": "polite" }, partial ? h("p", { class: "setup-partial" }, partial, "…") : heard(sentence)));
}

/** For each satellite: have it listen, and see what it has heard and how well. */
export function microphones(state) {
  const told = satellitesOf(state);
  return h("section", { class: "card stack" },
    h("h2", null, t("web_setup.microphone")),
    told.length === 0
      ? h("p", { class: "dim" }, t("web_setup.no_satellites"))
      : [h("p", { class: "dim small" }, t("web_setup.microphone_hint")), told.map(([id, satellite]) => microphone(state, id, satellite))]);
}

/** What the hub hears and understands: how far each satellite knows the names, a sentence explained, a microphone tried. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { number } from "../i18n.js";
import { complain } from "../ui.js";
import { way } from "./conversation-way.js";
import { button, flawed, satellitesOf, text } from "./setup-parts.js";

// How the way of a sentence looks.
document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "static/views/conversation.css" }));

const PAUSE = 250;
const MOST_UNSAYABLE = 20;

let typed = "";
/** What the sentence means, or why nobody says so. */
let meaning = null;
let timer = 0;

function graphOf(graph) {
  if (graph === undefined) return h("p", { class: "dim small" }, text("graph_unknown"));
  if (graph.state === "building") {
    const progress = graph.of ? { value: graph.done ?? 0, max: graph.of } : {};
    return [h("p", { class: "small" }, text("graph_building")), h("progress", { class: "setup-progress", "aria-label": text("ears"), ...progress })];
  }
  if (graph.state === "failed") return flawed({ reason: text("graph_failed", graph), blocks: true });
  return [h("p", { class: "small" }, text("graph_ready", { n: number(graph.phrases ?? 0) })), unsayable(graph.unsayable ?? [])];
}

function unsayable(phrases) {
  return phrases.length > 0 && h("details", { class: "small" },
    h("summary", null, text("unsayable", { n: phrases.length })),
    h("p", { class: "dim" }, text("unsayable_hint")),
    phrases.slice(0, MOST_UNSAYABLE).join(", "), phrases.length > MOST_UNSAYABLE && " …");
}

/** How far each satellite is with the names of the home. */
export function ears(state) {
  const told = satellitesOf(state);
  return told.length > 0 && h("section", { class: "card stack" },
    h("h2", null, text("ears")),
    told.map(([id, satellite, name]) => h("div", { key: id, class: "setup-part" }, h("h3", null, name), graphOf(satellite.graph))));
}

function type(event) {
  typed = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(explain, PAUSE, typed);
}

async function explain(asked) {
  const told = asked.trim() ? await call("explain", { text: asked }).catch((error) => ({ error })) : null;
  if (asked === typed) meaning = told;
  refresh();
}

function explained(state) {
  if (meaning?.error) return flawed({ reason: meaning.error.message, blocks: true });
  const intents = meaning?.intents.map((intent) => ({ ...intent, ok: true, say: text("would") }));
  return meaning && way(state, { ...meaning, intents, steps: [] });
}

/** A field whose sentence is explained while it is typed. */
export function understanding(state) {
  return h("section", { class: "card stack" },
    h("h2", null, h("label", { for: "setup-try" }, text("try"))),
    h("p", { class: "dim small", id: "setup-try-hint" }, text("try_hint")),
    h("input", { id: "setup-try", class: "field", value: typed, placeholder: text("try_example"), "aria-describedby": "setup-try-hint", autocomplete: "off", oninput: type }),
    h("div", { class: "stack", "aria-live": "polite" }, explained(state)));
}

function heard(state, id) {
  const partial = state.partials[id];
  if (partial) return h("p", { class: "setup-partial" }, partial, "…");
  const sentence = state.sentences.findLast(({ satellite, source }) => satellite === id && source === "microphone");
  if (sentence === undefined) return h("p", { class: "dim small" }, text("nothing_heard"));
  return [h("p", null, `“${sentence.text}”`), way(state, { ...sentence, steps: [] })];
}

function microphone(state, [id, satellite, name]) {
  const { state: doing = "offline" } = satellite;
  const listen = () => call("listen", { satellite: id }).catch(complain);
  return h("div", { key: id, class: "setup-part stack" },
    h("div", { class: "row between" },
      h("div", null, h("h3", null, name), h("p", { class: "dim small" }, text(`state_${doing}`))),
      button(text("listen"), listen, {
        name: "mic", kind: doing === "listening" ? "primary" : "", disabled: doing === "offline" || doing === "muted", "aria-label": text("listen_to", { name }),
      })),
    h("div", { class: "stack", "aria-live": "polite" }, heard(state, id)));
}

/** For each satellite: have it listen, and see what it has heard and how well. */
export function microphones(state) {
  const told = satellitesOf(state);
  return h("section", { class: "card stack" },
    h("h2", null, text("microphone")),
    h("p", { class: "dim small" }, text(told.length > 0 ? "microphone_hint" : "no_satellites")),
    told.map((satellite) => microphone(state, satellite)));
}

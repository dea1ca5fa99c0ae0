/** The conversation: every sentence of the home with its answer, what is heard right now, and the way of each. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { clock, has, t } from "../i18n.js";
import { icon } from "../icons.js";
import { lastOf, waits } from "../talkbar-bubbles.js";
import { way } from "./conversation-way.js";

/** Pixels from the bottom up to which the reader is taken to read what is newest. */
const NEAR = 80;

const FILTERS = {
  all: () => true,
  here: (sentence, state) => sentence.satellite === state.satellite,
  failed: (sentence) => Boolean(sentence.refused) || sentence.intents.some(({ ok }) => ok === false),
};

let filter = "all";
/** Ids of the sentences that are open. */
const open = new Set();
let justOpened = null;
/** Whether the newest is to be in sight; the reader who scrolls up says no. */
let follow = true;
let atEnd = true;
let entered = true;
/** Drawn sentences, by what they were drawn from. */
const drawn = new WeakMap();

const scroller = () => document.getElementById("view");
const watcher = new ResizeObserver(settle);

/** The view is shown. */
export function opened() {
  entered = true;
  scroller().addEventListener("scroll", scrolled, { passive: true });
  watcher.observe(scroller());
}

/** The view is left. */
export function closed() {
  scroller().removeEventListener("scroll", scrolled);
  watcher.disconnect();
}

function scrolled() {
  const { scrollHeight, scrollTop, clientHeight } = scroller();
  follow = scrollHeight - scrollTop - clientHeight < NEAR;
  if (follow === atEnd) return;
  atEnd = follow;
  refresh();
}

/** After drawing: the sentence that was opened is in sight, or the newest. */
function settle() {
  if (justOpened) document.getElementById(`way-${justOpened}`)?.parentNode.scrollIntoView({ block: "nearest" });
  else if (follow) scroller().scrollTop = scroller().scrollHeight;
  justOpened = null;
}

function toNewest() {
  follow = true;
  settle();
}

function choose(name) {
  filter = name;
  follow = true;
  refresh();
}

function toggle(sentence) {
  if (!open.delete(sentence.id)) {
    open.add(sentence.id);
    justOpened = sentence.id;
  }
  refresh();
}

/** Where somebody speaks, for people: this page, a room, or else the satellite; from outside, whose key it is. */
export function place(state, satellite, room) {
  if (satellite && satellite === state.satellite) return t("web_conversation.this_page");
  const named = state.home.rooms.find(({ id, name }) => room && (id === room || name === room))?.name ?? room;
  return named ?? (/^web-/.test(satellite ?? "") ? t("web_conversation.other_page") : satellite?.replace(/^remote-/, ""));
}

/** Where a sentence came from, and when: for the line below it. */
function origin(state, { satellite, room, source, at }) {
  const known = `web_conversation.source_${source}`;
  const where = place(state, satellite, room);
  const from = source === "web" && satellite === state.satellite ? null : has(known) ? t(known) : source;
  return [where, from, clock(at)].filter(Boolean).join(" · ");
}

function answer(sentence) {
  const { answered, later = [], asks, refused, intents } = sentence;
  const waiting = waits(sentence);
  const failed = !later.length && (refused || intents.some(({ ok }) => ok === false));
  if (answered) {
    return [
      h("p", { class: asks || waiting ? "reply asks" : failed ? "reply failed" : "reply" }, answered),
      waiting && h("p", { class: "dim small" }, h("span", { class: "dots", "aria-hidden": true }), " ", t("web_talk.inside")),
      later.map((text) => h("p", { class: "reply" }, text)),
    ];
  }
  if (refused) return h("p", { class: "reply failed dim" }, t(`web_talk.refused_${refused}`));
  return null;
}

function exchange(state, sentence) {
  const isOpen = open.has(sentence.id);
  const own = sentence.satellite === state.satellite;
  return h("li", { class: own ? "exchange own" : "exchange", key: sentence.id },
    h("button", { class: "said", "aria-expanded": isOpen, "aria-controls": isOpen ? `way-${sentence.id}` : undefined, title: t("web_conversation.open"), onclick: () => toggle(sentence) },
      h("span", { class: sentence.text ? "" : "dim" }, sentence.text || t("web_conversation.silent")), icon("down")),
    h("p", { class: "dim small number" }, origin(state, sentence)),
    isOpen && h("div", { class: "card way", id: `way-${sentence.id}` }, way(state, sentence)),
    answer(sentence));
}

/** A sentence that is closed is drawn once for each version of it. */
function drawnExchange(state, sentence) {
  if (open.has(sentence.id)) return exchange(state, sentence);
  const before = drawn.get(sentence);
  if (before?.texts === state.texts && before.home === state.home) return before.node;
  const node = exchange(state, sentence);
  drawn.set(sentence, { texts: state.texts, home: state.home, node });
  return node;
}

function heardNow(state, [satellite, text]) {
  const own = satellite === state.satellite;
  const where = place(state, satellite, state.satellites[satellite]?.room);
  return h("li", { class: own ? "exchange own" : "exchange", key: `now-${satellite}` },
    h("p", { class: "said now" }, text, h("span", { class: "dots", "aria-hidden": true })),
    h("p", { class: "dim small" }, t("web_conversation.hears", { place: where })));
}

/** The last answer to somebody else, to be read aloud; the bar reads those to this page. */
function aloud(state) {
  const last = state.sentences.findLast(({ answered }) => answered);
  return last && last.satellite !== state.satellite ? `${last.text}: ${lastOf(last)}` : "";
}

/** The view. */
export function view(state) {
  if (entered) follow = true;
  entered = false;
  queueMicrotask(settle);
  const shown = state.sentences.filter((sentence) => FILTERS[filter](sentence, state));
  const now = filter === "failed" ? [] : Object.entries(state.partials).filter(([satellite]) => filter === "all" || satellite === state.satellite);
  const chip = (name) => h("button", { class: "chip", "aria-pressed": name === filter, onclick: () => choose(name) }, t(`web_conversation.${name}`));
  return h("div", { class: "conversation" },
    h("div", { class: "row filters", role: "group", "aria-label": t("web_conversation.filter") }, Object.keys(FILTERS).map(chip)),
    shown.length + now.length === 0 && h("p", { class: "empty" }, t(`web_conversation.empty_${filter}`)),
    h("ol", { class: "chat" }, shown.map((sentence) => drawnExchange(state, sentence)), now.map((partial) => heardNow(state, partial))),
    h("p", { class: "hidden", "aria-live": "polite" }, aloud(state)),
    !atEnd && h("button", { class: "icon-button newest", title: t("web_conversation.newest"), "aria-label": t("web_conversation.newest"), onclick: toNewest }, icon("down")));
}

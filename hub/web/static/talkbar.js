/** The bar below every view: type a sentence, or hold the microphone and say it; where this page stands; what is answered. */

import { h } from "./dom.js";
import { call, CallError, offline } from "./hub.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { level, MicError } from "./mic.js";
import { store, tell } from "./store.js";
import { bubbles, forget, take, talked } from "./talkbar-bubbles.js";
import { Hold } from "./talkbar-hold.js";
import { allow, hush, setSpeaks, speaks } from "./talkbar-speaker.js";
import { complain, sheet } from "./ui.js";

/** Milliseconds up to which a press is a tap, which goes on without being held. */
const TAP = 250;
/** Milliseconds for which the words stay the same when somebody who does not hold the button has said it all. */
const SAID = 1800;

let hold = null;
let pressedAt = 0;
let button = null;
let words = { text: "", timer: 0 };
/** How far back the sentence in the field lies; -1: it is a new one. */
let back = -1;
let wasConnected = false;

/** Say a sentence to the hub, as if it had been typed. */
async function say(text) {
  hush();
  const told = talked(text);
  try {
    told.id = (await call("say", { text })).id;
  } catch (error) {
    forget(told);
    complain(error);
  }
  tell();
}

function submit(event) {
  event.preventDefault();
  allow();
  const field = event.target.elements.sentence;
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  back = -1;
  say(text);
}

/** What was said here before, the newest first, each once. */
function earlier() {
  const own = store.state.sentences.filter((sentence) => sentence.satellite === store.state.satellite && sentence.text);
  return [...new Set(own.map((sentence) => sentence.text).reverse())];
}

function recall(event) {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const texts = earlier();
  if (step === undefined || event.isComposing || back + step >= texts.length) return;
  event.preventDefault();
  back = Math.max(-1, back + step);
  event.target.value = texts[back] ?? "";
}

// The microphone.

function press() {
  if (hold?.locked) return release();
  if (hold) return;
  if (!store.state.connected) return complain(offline());
  pressedAt = performance.now();
  allow();
  hush();
  hold = new Hold(tell, (frame) => button?.style.setProperty("--level", level(frame).toFixed(2)));
  listen(hold);
}

/** The button, or the key, is let go. */
function release() {
  if (!hold) return;
  if (!hold.locked && performance.now() - pressedAt < TAP) hold.locked = true;
  else hold.release();
  tell();
}

/** A tap without a press before it: by a screen reader. */
function click(event) {
  if (event.detail !== 0) return;
  press();
  if (hold) hold.locked = true;
}

async function listen(own) {
  tell();
  try {
    const heard = await own.run();
    if (heard === null) talked("", { note: t("web_talk.ready") });
    else talked(heard.text, { id: heard.utterance_id, note: refusal(heard) });
  } catch (error) {
    if (error instanceof MicError) explain(error.reason);
    else talked(words.text, { note: error.message });
  }
  hold = null;
  words = { text: "", timer: 0 };
  button?.style.removeProperty("--level");
  tell();
}

function refusal({ refused, utterance_id: id, text }) {
  if (id) return "";
  return text ? t("web_talk.not_understood", { why: t(`web_talk.refused_${refused}`) }) : t("web_talk.nothing_heard");
}

/** Why there is no microphone, and what to do about it. */
function explain(reason) {
  sheet(() => h("p", { class: "question" }, t(`web_talk.mic_${reason}`)), { title: t("web_talk.no_mic") });
}

/** Whoever does not hold the button is done when no word is added any more. */
function follow(partial) {
  if (!hold || !partial || partial === words.text) return;
  clearTimeout(words.timer);
  const own = hold;
  const done = () => own.locked && own.release();
  words = { text: partial, timer: partial !== "…" ? setTimeout(done, SAID) : 0 };
}

function key(event) {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  if (event.type === "keyup") release();
  else if (!event.repeat) press();
}

function down(event) {
  if (event.button !== 0) return;
  event.target.setPointerCapture?.(event.pointerId);
  press();
}

function micButton() {
  const phase = hold?.phase ?? "";
  const label = t(hold ? "web_talk.stop" : "web_talk.talk");
  return h("button", {
    type: "button", class: `mic ${phase}`, "aria-label": label, title: label, "aria-pressed": phase === "opening" || phase === "hearing",
    ref: (element) => (button = element), onpointerdown: down, onpointerup: release, onpointercancel: release,
    onkeydown: key, onkeyup: key, onclick: click, oncontextmenu: (event) => event.preventDefault(),
  }, icon(hold?.locked ? "stop" : "mic"));
}

// Where this page stands, and whether it speaks.

function sendRoom(state) {
  const known = state.home.rooms.some((room) => room.id === state.room);
  call("room", { room: known ? state.room : null }).catch(complain);
}

function chooseRoom(event) {
  localStorage.setItem("room", event.target.value);
  store.set({ room: event.target.value });
  sendRoom(store.state);
}

function roomChooser({ home, room }) {
  const here = home.rooms.find(({ id }) => id === room);
  const option = (id, name) => h("option", { value: id, key: id }, name);
  return h("label", { class: "tile" }, icon("pin"), h("span", { "aria-hidden": true }, here?.name ?? t("web_talk.room")),
    h("select", { "aria-label": t("web_talk.where"), title: t("web_talk.where"), value: here ? room : "", onchange: chooseRoom },
      option("", t("web_talk.nowhere")), home.rooms.map(({ id, name }) => option(id, name))));
}

function speakButton() {
  const toggle = () => {
    setSpeaks(!speaks());
    tell();
  };
  return h("button", { type: "button", class: "tile", "aria-pressed": speaks(), "aria-label": t("web_talk.speak"), title: t("web_talk.speak"), onclick: toggle },
    icon(speaks() ? "speaker" : "silent"), h("span", null, t(`web_talk.speaks_${speaks() ? "yes" : "no"}`)));
}

store.on((state) => {
  if (state.connected && !wasConnected) sendRoom(state);
  if (!state.connected) hold?.fail(new CallError("offline", t("web_talk.lost")));
  wasConnected = state.connected;
  follow(state.partials[state.satellite] ?? "");
  take(state);
});
addEventListener("blur", () => hold && !hold.locked && hold.release());

/** The bar. */
export function talkBar(state) {
  return [
    h("div", { class: "answers", "aria-live": "polite" }, bubbles(state, hold, words.text, say)),
    h("form", { class: "talkbar", onsubmit: submit },
      !state.outside && roomChooser(state), speakButton(),
      h("div", { class: "say" },
        h("input", { class: "field", name: "sentence", placeholder: t("web.example"), "aria-label": t("web.say"), autocomplete: "off", maxlength: 1000, enterkeyhint: "send", onkeydown: recall }),
        h("button", { class: "icon-button", "aria-label": t("web.send") }, icon("send"))),
      micButton()),
  ];
}

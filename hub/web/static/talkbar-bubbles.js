/** What shows above the bar: the words as they are heard, what is answered to them, and what rings or is announced. */

import { h } from "./dom.js";
import { call } from "./hub.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { tell } from "./store.js";
import { speak } from "./talkbar-speaker.js";
import { complain } from "./ui.js";

/** Milliseconds for which an answer is shown, a question, a sentence that nobody answers, and what somebody in the home is asked about. */
const LASTS = { answer: 12000, question: 40000, waiting: 30000, inside: 60000 };
/** The device of the assistant that tells whether something rings. */
const ALARMS = "alarms";

/** The last thing that was said here: {text, id?, note?, until}. */
let turn = null;
/** What was said to this page that answers nothing here: {id, text, alarm, asks, rang, until}. */
let notices = [];
let taken = new Set();

/** Something was said here; `id` of its utterance, or a `note` why it is none. Returns it, so that the id may follow. */
export function talked(text, { id, note } = {}) {
  turn = { text, id, note, until: 0 };
  show(turn, note ? LASTS.answer : LASTS.waiting);
  return turn;
}

/** Show it no more. */
export function forget(told) {
  if (turn === told) turn = null;
  notices = notices.filter((notice) => notice !== told);
  tell();
}

function show(told, lasts) {
  told.until = performance.now() + lasts;
  setTimeout(tell, lasts + 50);
}

/** Take what was said to this page since the last time. */
export function take(state) {
  for (const said of state.says.filter(({ id }) => !taken.has(id))) {
    if (said.satellite !== state.satellite && said.satellite !== "all") continue;
    speak(said.id);
    if (said.utterance_id && !isLate(state, said)) continue;
    const notice = { id: said.id, text: said.text, alarm: said.priority === "alarm", asks: said.asks, rang: false };
    show(notice, notice.asks ? LASTS.inside : notice.alarm ? LASTS.question : LASTS.answer);
    notices = [...notices.filter(({ text }) => text !== said.text), notice].slice(-3);
  }
  taken = new Set(state.says.map(({ id }) => id));
  const rings = state.devices[ALARMS]?.state?.ringing === true;
  notices = notices.filter((notice) => rings || !notice.rang);
  for (const notice of notices) notice.rang ||= notice.alarm && rings;
  const answer = turn && answerOf(state);
  if (answer && turn.answer !== lastOf(answer)) {
    turn.answer = lastOf(answer);
    show(turn, waits(answer) ? LASTS.inside : answer.asks ? LASTS.question : LASTS.answer);
  }
}

/** Whether it tells what became of a sentence that is not the last one any more. */
function isLate(state, { utterance_id: id, text }) {
  return id !== turn?.id && state.sentences.some((sentence) => sentence.id === id && sentence.later?.includes(text));
}

function answerOf(state) {
  const sentence = turn.id && state.sentences.findLast(({ id }) => id === turn.id);
  return sentence?.answered ? sentence : null;
}

/** What a sentence was answered last. */
export const lastOf = ({ answered, later }) => later?.at(-1) ?? answered;

/** Whether somebody in the home was asked to allow it, and has not answered. */
export const waits = ({ refused, later }) => refused === "asks_inside" && !later;

/** Whether 네 and 아니요 answer it: it asks whether to do it, not which or where. */
function isYesOrNo({ asks, refused, intents }) {
  return asks && (refused === "unsure" || intents.some(({ error }) => error?.code === "confirm"));
}

/** Whether something was changed that 되돌려줘 may undo. */
function isDone({ asks, refused, intents }) {
  return !asks && !refused && intents.some(({ ok, changed }) => ok && Object.values(changed ?? {}).some((values) => Object.keys(values).length > 0));
}

/** The bubbles: what `hold` hears now (`words`), or the last turn; notices. `say` says a sentence. */
export function bubbles(state, hold, words, say) {
  const now = performance.now();
  const shown = notices.filter((notice) => now < notice.until || notice.rang).map((notice) => noticeBubble(notice, say));
  if (hold) shown.push(hearing(hold, words));
  else if (turn && now < turn.until) shown.push(turnBubble(state, say));
  return shown;
}

function hearing(hold, words) {
  const hint = { opening: "opening", hearing: "speak_now", ending: "thinking" }[hold.phase];
  return h("div", { class: "bubble now", key: "turn", "aria-hidden": hold.phase === "ending" || words !== "" },
    h("p", { class: words ? "heard" : "dim" }, words || t(`web_talk.${hint}`)),
    hold.locked && h("p", { class: "dim small" }, t("web_talk.tap_to_stop")));
}

/** A button that says a word for the person. */
function choice(key, say) {
  return h("button", { class: "button", key, onclick: () => say(t(`web_talk.say_${key}`)) }, t(`web_talk.${key}`));
}

function turnBubble(state, say) {
  const answer = answerOf(state);
  const choices = !answer ? [] : isYesOrNo(answer) ? ["yes", "no"] : isDone(answer) ? ["undo"] : [];
  // In the conversation itself the words stand there already; here they are for who listens.
  const there = location.hash === "#/conversation" && turn.id;
  return h("div", { class: there ? "bubble bare" : "bubble", key: "turn" },
    h("div", { class: there ? "hidden" : "told" },
      turn.text && h("p", { class: "dim small heard" }, `“${turn.text}”`),
      answer ? h("p", { class: "answer" }, lastOf(answer)) : turn.note ? h("p", null, turn.note) : h("p", { class: "dots", "aria-label": t("web_talk.thinking") }),
      answer && waits(answer) && h("p", { class: "dim small" }, h("span", { class: "dots", "aria-hidden": true }), " ", t("web_talk.inside"))),
    choices.map((key) => choice(key, say)),
    !there && close(turn));
}

function noticeBubble(notice, say) {
  const stop = () => call("intent", { bridge: "genie", intent: "JipsaStopAlarm" }).then(() => forget(notice)).catch(complain);
  const answer = (text) => {
    forget(notice);
    say(text);
  };
  return h("div", { class: notice.alarm ? "bubble alarm" : "bubble", key: notice.id, role: notice.alarm ? "alert" : undefined },
    icon(notice.alarm ? "bell" : "megaphone"),
    h("p", { class: "told answer" }, notice.text),
    notice.asks ? ["yes", "no"].map((key) => choice(key, answer))
      : notice.rang ? h("button", { class: "button primary", onclick: stop }, t("web_talk.stop_alarm")) : close(notice));
}

function close(told) {
  return h("button", { class: "icon-button", key: "close", "aria-label": t("web.close"), onclick: () => forget(told) }, icon("close"));
}

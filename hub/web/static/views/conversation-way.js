/** The way of one sentence: how it sounded, how it was read, what it led to, and how long each step took. */

import { h } from "../dom.js";
import { has, number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { devicesOf } from "../store.js";
import { amount, nameOf } from "./home-words.js";

/** Decibels that the scale of loudness begins with, and from where on up a voice is neither faint nor overdriven. */
const QUIETEST = -60;
const FAINT = -40;
const OVERDRIVEN = -1;
/** Below this the ears ask or refuse. */
const SURE = 0.7;
/** The colours of parts, by what they were taken for; all others are values. */
const KINDS = {
  target: "target", device: "target", name: "target", type: "target", domain: "target", area: "area", floor: "area", verb: "verb",
  all: "target", except: "except", filler: "none", phrase: "none", unknown: "unexplained", unexplained: "unexplained",
};

const text = (key, values) => t(`web_conversation.${key}`, values);

/** What a slot is called; most are called as the properties that they set. */
const slotName = (slot) => (has(`web_conversation.slot_${slot}`) ? text(`slot_${slot}`) : nameOf(slot, {}));

function shown(value, property = {}, name = "") {
  if (Array.isArray(value)) return value.map((each) => shown(each, property, name)).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : amount(value, property, name);
}

function section(key, ...content) {
  return h("section", { key }, h("h3", { class: "dim small" }, text(key)), content);
}

/** A bar filled to `at` (0 to 1), with what it says. */
function meter(label, at, said, kind) {
  return h("div", { class: "meter" },
    h("span", null, label), h("span", { class: `track ${kind}`, style: { "--at": Math.max(0, Math.min(1, at)).toFixed(3) } }), h("span", { class: "number" }, said));
}

function sound({ loudness, confidence, unsure }) {
  if (loudness == null && confidence == null) return null;
  const fits = loudness > FAINT && loudness < OVERDRIVEN;
  return section("sound",
    loudness != null && meter(text("loudness"), 1 - loudness / QUIETEST, text("decibels", { n: number(loudness) }), fits ? "good" : "fair"),
    confidence != null && meter(text("confidence"), confidence, text("percent", { n: number(confidence * 100, 0) }), confidence >= SURE ? "good" : "fair"),
    unsure && h("span", { class: "badge warm" }, text("unsure")));
}

function parts({ parts: all }) {
  if (!all?.length) return null;
  const part = ({ text: said, slot }) => {
    const kind = slot ? (KINDS[slot] ?? "value") : "none";
    return kind === "none" ? said : h("span", { class: `part ${kind}` }, h("span", null, said), h("small", null, slotName(slot)));
  };
  return section("words", h("p", { class: "parts" }, all.map(part)));
}

function changes(state, changed) {
  return Object.entries(changed ?? {}).flatMap(([device, values]) => {
    const { name, about } = devicesOf(state).find(({ id }) => id === device) ?? { name: device };
    return Object.entries(values).map(([key, value]) => {
      const property = about?.properties[key] ?? {};
      return h("li", null, `${name} · ${nameOf(key, property)}: `, h("b", null, shown(value, property, key)));
    });
  });
}

function outcome({ ok, error, say }) {
  if (ok === undefined) return h("p", { class: "dim" }, h("span", { class: "dots", "aria-hidden": true }), " ", text("on_the_way"));
  return h("p", { class: ok ? "outcome good" : "outcome bad" }, icon(ok ? "check" : "warning"), ok ? say || text("carried_out") : error?.message || text("not_carried_out"));
}

function act(state, intent) {
  const names = intent.targets.map((target) => devicesOf(state).find(({ id }) => id === target)?.name ?? target);
  return h("div", { class: "act", key: intent.id },
    h("p", { class: "row wrap between" }, h("code", null, intent.intent), h("span", { class: "badge" }, intent.bridge)),
    names.length > 0 && h("p", null, h("span", { class: "dim" }, text("targets"), " "), names.join(", ")),
    h("p", { class: "slots" }, Object.entries(intent.slots).map(([slot, value]) => h("span", { class: "badge" }, `${slotName(slot)}: ${shown(value, {}, slot)}`))),
    outcome(intent),
    h("ul", { class: "changes" }, changes(state, intent.changed)));
}

function meaning(state, { refused, intents }) {
  return [
    refused && section("not_done", h("p", { class: "outcome bad" }, icon("warning"), t(`web_talk.refused_${refused}`))),
    intents.length > 0 && section("meaning", intents.map((intent) => act(state, intent))),
  ];
}

/** The timeline: each step from the one that it followed (a reply: the sending) to when it was done. */
function timeline({ steps }) {
  if (steps.length < 2) return null;
  const total = Math.max(...steps.map(({ ms }) => ms), 1);
  const sent = steps.find(({ step }) => step === "sent");
  const row = ({ step, bridge, ms }, at) => {
    const begun = (step === "replied" && sent ? sent : steps[at]).ms;
    return h("div", { class: "meter" },
      h("span", null, text(`step_${step}`, { bridge })),
      h("span", { class: `track ${step}`, style: { "--from": (begun / total).toFixed(4), "--at": (ms / total).toFixed(4) } }),
      h("span", { class: "number" }, text("ms", { n: number(ms - begun, ms - begun < 10 ? 1 : 0) })));
  };
  return section("time", steps.slice(1).map(row),
    h("p", { class: "row between total" }, h("span", null, text("total")), h("b", { class: "number" }, text("ms", { n: number(total, 0) }))));
}

/** All that is known of a sentence. */
export function way(state, sentence) {
  return [sound(sentence), parts(sentence), meaning(state, sentence), timeline(sentence)];
}

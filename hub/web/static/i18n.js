/** What the page says, in Korean or English: sentences of the hub, with values and particles; numbers and times. */

import { store } from "./store.js";

const KOREAN_DIGITS = { 0: "영", 1: "일", 2: "이", 3: "삼", 4: "사", 5: "오", 6: "육", 7: "칠", 8: "팔", 9: "구" };

/** Of which parts of the page the sentences are loaded. */
const parts = new Set(["page"]);

async function sentences(language, part) {
  return (await fetch(`texts/${language}/${part}.json`)).json();
}

/** Speak a language: load its sentences. */
export async function speak(language) {
  const all = await Promise.all([...parts].map((part) => sentences(language, part)));
  document.documentElement.lang = language;
  store.set({ language, texts: Object.assign({}, ...all) });
}

/** Load the sentences of one more part. */
export async function learn(part) {
  if (parts.has(part)) return;
  const { language } = store.state;
  const texts = await sentences(language, part);
  parts.add(part);
  if (language === store.state.language) store.set({ texts: { ...store.state.texts, ...texts } });
  else await speak(store.state.language);
}

/** The language that was chosen here, or that of the hub. */
export function chosenLanguage() {
  return localStorage.getItem("language") ?? document.documentElement.lang;
}

/** Choose a language for this browser. */
export async function chooseLanguage(language) {
  localStorage.setItem("language", language);
  await speak(language);
}

/** Whether there is a sentence. */
export const has = (key) => key in store.state.texts;

/** The sentence `key`; `{name}` is the value of that name, `{name:을/를}` the value with the particle that fits. */
export function t(key, values = {}) {
  const sentence = store.state.texts[key] ?? key;
  return sentence.replace(/\{(\w+)(?::([^}]*)\/([^}]*))?\}/g, (_, name, closed, open) => {
    const value = String(values[name] ?? "");
    return closed === undefined ? value : value + (particle(value, closed, open));
  });
}

function particle(value, closed, open) {
  const last = value.replace(/[)\]"”'’\s]+$/, "").slice(-1);
  const code = (KOREAN_DIGITS[last] ?? last).charCodeAt(0) - 0xac00;
  if (!(code >= 0 && code < 11172)) return open;
  const final = code % 28;
  const flows = final === 8 && closed.startsWith("으로"); // 물로, not 물으로
  return final === 0 || flows ? open : closed;
}

const formats = new Map();

/** A number as the language writes it, with at most so many digits after the point. */
export function number(value, digits = 1) {
  const key = store.state.language + digits;
  // To make one costs far more than to use it.
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(store.state.language, { maximumFractionDigits: digits }));
  return formats.get(key).format(value);
}

/** A moment (anything that Date takes) as a time of day. */
export function clock(moment, seconds = false) {
  const second = seconds ? { second: "2-digit" } : {};
  const form = { hour: "numeric", minute: "2-digit", ...second };
  return new Intl.DateTimeFormat(store.state.language, form).format(new Date(moment));
}

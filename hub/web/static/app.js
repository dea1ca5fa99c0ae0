/** The page: which view is shown, the way between them, and drawing it anew whenever something has changed. */

import { h, render } from "./dom.js";
import { connect, leave, mayEnter, offline } from "./hub.js";
import { chooseLanguage, chosenLanguage, has, learn, speak, t } from "./i18n.js";
import { icon } from "./icons.js";
import { store, tell } from "./store.js";
import { talkBar } from "./talkbar.js";
import { closeSheet, complain, redrawSheet } from "./ui.js";

/** The views, in the order of the bar; each is a module of its own that is loaded when it is first wanted. */
const VIEWS = store.state.outside ? ["home", "conversation", "charts"] : ["home", "conversation", "assistant", "charts", "setup"];
/** The parts of the page's sentences that a view needs beside those of the page, where it is not one of its name. */
const SENTENCES = { home: [], setup: ["setup", "conversation"] };
const ICONS = { home: "home", conversation: "talk", assistant: "assistant", charts: "charts", setup: "setup" };
/** Milliseconds after which the words are asked for again where they did not come. */
const AGAIN = 1000;

const modules = {};
let shown = null;
/** Whether a view could not be loaded, and whether the hub was away since: the page comes back with it. */
let lacking = false;
let away = false;

/** Draw the page anew, because a view has changed something that only it knows. */
export const refresh = tell;

function wanted() {
  const name = location.hash.slice(2);
  return VIEWS.includes(name) ? name : VIEWS[0];
}

async function open() {
  const name = wanted();
  const before = modules[shown];
  try {
    modules[name] ??= await load(name);
  } catch {
    lacking = true;
    recover(store.state);
    complain(offline());
    return;
  }
  if (name !== wanted()) return; // somebody was faster
  if (shown !== name) {
    before?.closed?.();
    shown = name;
    modules[name].opened?.();
    document.getElementById("view").scrollTop = 0;
  }
  tell();
}

/** A view, with its style sheet and its sentences before it is drawn for the first time. */
async function load(name) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `static/views/${name}.css` });
  const styled = new Promise((loaded) => (sheet.onload = sheet.onerror = loaded));
  document.head.append(sheet);
  const [view] = await Promise.all([import(`./views/${name}.js`), styled, ...(SENTENCES[name] ?? [name]).map(learn)]);
  return view;
}

function tab(name) {
  const here = name === wanted();
  return h("a", { class: "tab", href: `#/${name}`, "aria-current": here ? "page" : undefined }, icon(ICONS[name]), h("span", null, t(`web.${name}`)));
}

function header(state) {
  const other = state.language === "ko" ? "en" : "ko";
  return [
    h("div", { class: "row" }, h("h1", null, t(`web.${shown ?? wanted()}`)), state.outside && h("span", { class: "badge" }, t("web.outside"))),
    h("div", { class: "row" },
      headButton("language", "other_language", reaching(() => chooseLanguage(other)), { lang: other }),
      state.asked && headButton("leave", "logout", reaching(leave))),
  ];
}

/** What is done where the hub can be reached. */
const reaching = (act) => () => act().catch(() => complain(offline()));

function headButton(picture, key, onclick, props = {}) {
  return h("button", { class: "icon-button", "aria-label": t(`web.${key}`), title: t(`web.${key}`), onclick, ...props }, icon(picture));
}

/** What keeps the page from the home: the hub is away, or from outside the home is. */
function hindrance({ connected, linked }) {
  const reason = !connected ? "away" : linked === false ? "home_away" : null;
  return reason && h("p", { class: "away", role: "status" }, icon("offline"), t(`web.${reason}`));
}

/** Not every browser tries again what it could not load, but a page that begins anew does. */
function recover({ connected, version }) {
  away = lacking && version !== "" && (away || !connected);
  if (away && connected) location.reload();
}

function draw(state) {
  if (!has("web.jipsa")) return; // it has no words yet
  const view = modules[shown];
  render(header(state), document.getElementById("head"));
  render(VIEWS.map(tab), document.getElementById("tabs"));
  render(hindrance(state), document.getElementById("away"));
  if (view) render(view.view(state), document.getElementById("view"));
  render(talkBar(state), document.getElementById("talk"));
  redrawSheet();
  document.title = `${t(`web.${shown ?? wanted()}`)} · ${t("web.jipsa")}`;
}

async function begin() {
  try {
    await speak(chosenLanguage());
  } catch {
    setTimeout(begin, AGAIN); // the hub has just gone
    return;
  }
  open();
}

store.on(recover);
store.on(draw);
addEventListener("hashchange", () => {
  closeSheet();
  open();
});
connect();
mayEnter();
// Not awaited here: a view that imports this module waits until it has been run.
begin();

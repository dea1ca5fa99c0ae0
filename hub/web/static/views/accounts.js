/** Accounts: LG ThinQ and Home Assistant are connected here, and bridges start again. What is typed is sent, not kept. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { call } from "../hub.js";
import { has, t } from "../i18n.js";
import { icon } from "../icons.js";
import { store } from "../store.js";
import { ask, complain, toast } from "../ui.js";

const TOKENS = "https://connect-pat.lgthinq.com";
const USUAL_ADDRESS = "http://homeassistant.local:8123";
/** Bridges that are asked about first: something is off meanwhile. */
const HELD = new Set(["gpio"]);

/** What the settings say of the accounts; null until the hub has told. */
let known = null;
let asked = false;
/** The account whose form is open, the one that is being tried, and what came of the last tries. */
let open = "";
let trying = "";
const outcomes = {};
/** Bridges that start again: name → its health before. */
const starting = new Map();

document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "static/views/accounts.css" }));

async function look() {
  asked = true;
  try {
    known = await call("account.state");
  } catch (error) {
    if (error.code !== "offline") complain(error);
  }
  refresh();
}

/** Have the hub do something for an account; its answer, or its fault, is shown in the account's card. */
async function attempt(account, name, values, bridges) {
  const before = bridges.map((bridge) => [bridge, store.state.bridges[bridge]?.health]);
  trying = account;
  delete outcomes[account];
  refresh();
  try {
    outcomes[account] = await call(name, values);
    open = "";
    if (outcomes[account].restarted) before.forEach(([bridge, health]) => starting.set(bridge, health));
  } catch (error) {
    outcomes[account] = { fault: error.message };
  }
  trying = "";
  await look();
}

function connecting(account, bridges) {
  return (event) => {
    event.preventDefault();
    const form = event.target;
    const values = Object.fromEntries(new FormData(form));
    if (values.country !== undefined) values.country = values.country.trim().toUpperCase();
    form.elements.token.value = "";
    attempt(account, `account.${account}`, values, bridges);
  };
}

async function restart(bridge) {
  const name = nameOf(bridge);
  if (HELD.has(bridge) && !(await ask(t("web_accounts.restart_question", { bridge: name }), { yes: t("web_accounts.restart") }))) return;
  const before = store.state.bridges[bridge]?.health;
  try {
    await call("account.restart", { bridge });
    starting.set(bridge, before);
    toast(t("web_accounts.restart_done", { bridge: name }), "good");
  } catch (error) {
    complain(error);
  }
  refresh();
}

/** Whether a bridge was asked to start again and is not there again yet. */
function isStarting(state, bridge) {
  if (!starting.has(bridge)) return false;
  const { state: now, health } = state.bridges[bridge] ?? {};
  if (now !== "online" || health === starting.get(bridge)) return true;
  starting.delete(bridge);
  return false;
}

function nameOf(bridge) {
  return has(`web_setup.bridge_${bridge}`) ? t(`web_setup.bridge_${bridge}`) : bridge;
}

function steps(account, first) {
  return h("ol", { class: "account-steps" },
    h("li", null, first, t(`web_accounts.${account}_step_1`)),
    h("li", null, t(`web_accounts.${account}_step_2`)),
    h("li", null, t(`web_accounts.${account}_step_3`)));
}

function field(label, props, hint) {
  return h("label", { class: "account-field" }, h("span", { class: "small dim" }, label),
    h("input", { class: "field", autocomplete: "off", autocapitalize: "off", spellcheck: "false", required: true, ...props }),
    hint && h("span", { class: "small dim" }, hint));
}

function form(account, bridges, guide, fields) {
  const busy = trying === account;
  return h("form", { class: "stack", onsubmit: connecting(account, bridges), autocomplete: "off", key: "form" },
    guide,
    fields,
    h("p", { class: "small dim account-safe" }, icon("lock"), t("web_accounts.token_hidden")),
    h("div", { class: "row end" },
      known[account].token && h("button", { type: "button", class: "button", onclick: () => show("") }, t("web_accounts.cancel")),
      h("button", { class: "button primary", disabled: trying !== "" }, t(busy ? "web_accounts.working" : "web_accounts.connect"))));
}

function show(account) {
  open = account;
  refresh();
}

function fault(account) {
  const said = outcomes[account]?.fault;
  return h("p", { class: "account-fault", role: "alert", key: "fault" }, said && icon("warning"), said);
}

function unstarted(outcome) {
  return outcome?.restarted === false && h("p", { class: "small" }, t("web_accounts.not_restarted"));
}

function card(name, badge, body) {
  return h("article", { class: "card stack account", key: name, "aria-label": t(`web_accounts.${name}`) },
    h("header", { class: "row between wrap" }, h("h3", null, t(`web_accounts.${name}`)), badge),
    h("p", { class: "dim small" }, t(`web_accounts.${name}_what`)),
    body);
}

function again(account) {
  return h("button", { class: "button", key: "again", onclick: () => show(account) }, t("web_accounts.replace"));
}

function badge(kind, said) {
  return h("span", { class: `badge ${kind}`, role: "status" }, said);
}

function thinqBadge(state) {
  const { enabled, simulated, token } = known.thinq;
  if (!enabled) return badge("", t("web_accounts.switched_off"));
  if (isStarting(state, "thinq")) return badge("warm", t("web_accounts.starting"));
  if (simulated) return badge("warm", t("web_accounts.thinq_simulated"));
  const n = state.bridges.thinq?.info?.devices.length ?? 0;
  return token || n > 0 ? badge("good", t("web_accounts.thinq_real", { n })) : badge("bad", t("web_accounts.thinq_none"));
}

function thinqFound(outcome) {
  if (outcome?.found === undefined) return null;
  return h("div", { class: "stack account-result", role: "status", key: "found" },
    h("p", null, icon("check"), t("web_accounts.thinq_found", { n: outcome.found.length })),
    h("ul", { class: "row wrap" }, outcome.found.map(({ name }) => h("li", { class: "badge" }, name))),
    outcome.new > 0 && h("p", { class: "small" }, t("web_accounts.thinq_new", { n: outcome.new })),
    outcome.unusable.length > 0 && h("p", { class: "small dim" }, t("web_accounts.thinq_unusable", { names: outcome.unusable.join(", ") })));
}

function thinq(state) {
  const { simulated, token, country } = known.thinq;
  const formed = open === "thinq" || !token;
  const link = h("a", { href: TOKENS, target: "_blank", rel: "noopener noreferrer" }, "connect-pat.lgthinq.com");
  return card("thinq", thinqBadge(state), [
    thinqFound(outcomes.thinq),
    unstarted(outcomes.thinq),
    fault("thinq"),
    formed
      ? form("thinq", ["thinq"], steps("thinq", link), [
          field(t("web_accounts.thinq_token"), { name: "token", type: "password", key: "token" }),
          field(t("web_accounts.country"), { name: "country", maxlength: 2, pattern: "[A-Za-z]{2}", size: 3, key: "country", ref: (input) => (input.value = country) },
            t("web_accounts.country_hint")),
        ])
      : again("thinq"),
    h("div", { class: "row between account-switch", key: "simulate" },
      h("span", null, t("web_accounts.simulate"), h("br"), h("span", { class: "small dim" }, t("web_accounts.simulate_hint"))),
      h("button", {
        class: "switch", role: "switch", "aria-checked": simulated, "aria-label": t("web_accounts.simulate"),
        disabled: trying !== "" || (simulated && !token),
        onclick: () => attempt("thinq", "account.thinq.simulate", { simulate: !simulated }, ["thinq"]),
      })),
  ]);
}

function homeassistantBadge(state) {
  const { enabled, url, token } = known.homeassistant;
  if (!enabled) return badge("", t("web_accounts.switched_off"));
  if (isStarting(state, "homeassistant")) return badge("warm", t("web_accounts.starting"));
  const n = state.bridges.homeassistant?.info?.devices.length ?? 0;
  return url && (token || n > 0) ? badge("good", t("web_accounts.thinq_real", { n })) : badge("", t("web_accounts.homeassistant_none"));
}

function homeassistantFound(outcome) {
  if (outcome?.version === undefined) return null;
  const { name, version, devices: n } = outcome;
  return h("div", { class: "stack account-result", role: "status", key: "found" },
    h("p", null, icon("check"), t("web_accounts.homeassistant_found", { name, version, n })),
    n === 0 && h("p", { class: "small" }, t("web_accounts.homeassistant_expose")));
}

function homeassistant(state) {
  const { url, token } = known.homeassistant;
  const formed = open === "homeassistant" || !url || !token;
  return card("homeassistant", homeassistantBadge(state), [
    url && h("p", { class: "small", key: "url" }, url),
    homeassistantFound(outcomes.homeassistant),
    unstarted(outcomes.homeassistant),
    fault("homeassistant"),
    formed
      ? form("homeassistant", ["homeassistant"], steps("homeassistant", null), [
          field(t("web_accounts.address"), { name: "url", type: "url", inputmode: "url", key: "url", ref: (input) => (input.value = url ?? USUAL_ADDRESS) }),
          field(t("web_accounts.homeassistant_token"), { name: "token", type: "password", key: "token" }),
        ])
      : again("homeassistant"),
  ]);
}

function restarts(state) {
  const bridges = Object.keys(state.bridges).filter((name) => state.bridges[name].state === "online" || isStarting(state, name)).sort();
  return h("article", { class: "card stack account", key: "restart", "aria-label": t("web_accounts.restart") },
    h("h3", null, t("web_accounts.restart")),
    h("p", { class: "dim small" }, t("web_accounts.restart_hint")),
    h("div", { class: "row wrap" }, bridges.map((name) => {
      const busy = isStarting(state, name);
      const label = busy ? t("web_accounts.starting") : t("web_accounts.restart_one", { bridge: nameOf(name) });
      return h("button", { class: "chip", key: name, "aria-label": label, disabled: busy, onclick: () => restart(name) },
        icon("restart", busy ? "icon account-turns" : "icon"), nameOf(name));
    })));
}

/** The accounts, within set-up. */
export function accounts(state) {
  if (!state.connected) asked = false;
  else if (!asked) look();
  return h("section", { class: "stack setup-wide", "aria-label": t("web_accounts.title") },
    h("h2", null, t("web_accounts.title")),
    h("div", { class: "accounts" }, known && [thinq(state), homeassistant(state)], restarts(state)));
}

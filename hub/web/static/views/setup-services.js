/** Bridges and satellites: whether they are there, and how they fare. */

import { h } from "../dom.js";
import { has, number } from "../i18n.js";
import { satellitesOf, text } from "./setup-parts.js";

const MOST_LINES = 5;
/** Seconds of a unit, for what took longer than two of it. */
const UNITS = [["days", 86400], ["hours", 3600], ["minutes", 60]];

function lasted(seconds) {
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? UNITS.at(-1);
  return text(unit, { n: Math.floor(seconds / length) });
}

/** What is told of a bridge: the key of its text, and what it is. */
const FACTS = [
  ["version", ({ info }) => info?.version],
  ["contract", ({ info }) => info?.contract],
  ["devices", ({ info }) => info && number(info.devices.length)],
  ["uptime", ({ health }) => health && lasted(health.uptime)],
  ["memory", ({ health }) => health && `${number(health.memory / 1e6, 0)} MB`],
  ["queue", ({ health }) => health && number(health.queue)],
  ["messages", ({ health }) => health && `${number(health.received)} / ${number(health.published)}`],
];

function badge(key, good) {
  return h("span", { class: good ? "badge good" : "badge bad" }, text(key));
}

function bridgeCard(state, name, bridge) {
  const facts = FACTS.map(([key, value]) => [key, value(bridge)]).filter(([, value]) => value !== undefined);
  const logs = state.logs.filter((line) => line.bridge === name).slice(-MOST_LINES);
  return h("details", { class: "card", key: name },
    h("summary", { class: "row between" }, has(`web_setup.bridge_${name}`) ? text(`bridge_${name}`) : name, badge(bridge.state, bridge.state === "online")),
    h("dl", { class: "setup-facts" }, facts.map(([key, value]) => h("div", null, h("dt", { class: "dim small" }, text(key)), h("dd", { class: "number" }, value)))),
    h("h3", { class: "small" }, text(logs.length > 0 ? "logs" : "no_logs")),
    h("ul", { class: "setup-logs small" }, logs.map(({ level, message }) => h("li", { class: level }, message))));
}

/** Bridges and satellites with their health. */
export function services(state) {
  const bridges = Object.entries(state.bridges).filter(([, { state: known }]) => known);
  return h("section", { class: "stack" },
    h("h2", null, text("services")),
    h("div", { class: "setup-services" },
      bridges.sort().map(([name, bridge]) => bridgeCard(state, name, bridge)),
      satellitesOf(state).map(([id, { state: doing = "offline" }, name]) =>
        h("div", { class: "card row between", key: `${id}/` }, name, badge(`state_${doing}`, doing !== "offline")))));
}

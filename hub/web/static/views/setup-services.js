/** Bridges and satellites: whether they are there, and how they fare. */

import { h } from "../dom.js";
import { has, number, t } from "../i18n.js";
import { satelliteName, satellitesOf } from "./setup-try.js";

const MOST_LINES = 5;

function lasted(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("web_setup.minutes", { n: minutes });
  if (minutes < 48 * 60) return t("web_setup.hours", { n: Math.floor(minutes / 60) });
  return t("web_setup.days", { n: Math.floor(minutes / 1440) });
}

/** What is told of a bridge, in this order: text key, value of it or undefined. */
const FACTS = [
  ["version", ({ info }) => info?.version],
  ["contract", ({ info }) => info?.contract],
  ["devices", ({ info }) => info && number(info.devices.length)],
  ["uptime", ({ health }) => health && lasted(health.uptime)],
  ["memory", ({ health }) => health && `${number(health.memory / 1e6, 0)} MB`],
  ["queue", ({ health }) => health && number(health.queue)],
  ["messages", ({ health }) => health && `${number(health.received)} / ${number(health.published)}`],
];

function nameOf(bridge) {
  return has(`web_setup.bridge_${bridge}`) ? t(`web_setup.bridge_${bridge}`) : bridge;
}

function badge(online) {
  return h("span", { class: online ? "badge good" : "badge bad" }, t(online ? "web_setup.online" : "web_setup.offline"));
}

function lines(logs) {
  if (logs.length === 0) return h("p", { class: "dim small" }, t("web_setup.no_logs"));
  return h("ul", { class: "setup-logs small" }, logs.map(({ level, message, at }, index) => h("li", { class: level, key: `${at}-${index}` }, message)));
}

function bridgeCard(state, name, bridge) {
  const facts = FACTS.map(([key, value]) => [key, value(bridge)]).filter(([, value]) => value !== undefined);
  const logs = state.logs.filter((line) => line.bridge === name).slice(-MOST_LINES);
  return h("details", { class: "card", key: name },
    h("summary", { class: "row between" }, h("span", null, nameOf(name)), badge(bridge.state === "online")),
    h("dl", { class: "setup-facts" }, facts.map(([key, value]) => h("div", { key }, h("dt", { class: "dim small" }, t(`web_setup.${key}`)), h("dd", { class: "number" }, value)))),
    h("h3", { class: "small" }, t("web_setup.logs")),
    lines(logs));
}

function satelliteCard(id, satellite) {
  return h("div", { class: "card row between", key: id },
    h("span", null, satelliteName(id, satellite)),
    h("span", { class: satellite.state === "offline" ? "badge bad" : "badge good" }, t(`web_setup.state_${satellite.state ?? "offline"}`)));
}

/** Bridges and satellites with their health. */
export function services(state) {
  const bridges = Object.entries(state.bridges).sort(([one], [other]) => one.localeCompare(other));
  return h("section", { class: "stack setup-wide", "aria-label": t("web_setup.services") },
    h("h2", null, t("web_setup.services")),
    bridges.length === 0 && h("p", { class: "dim" }, t("web_setup.no_bridges")),
    h("div", { class: "setup-services" },
      bridges.map(([name, bridge]) => bridgeCard(state, name, bridge)),
      satellitesOf(state).map(([id, satellite]) => satelliteCard(id, satellite))));
}

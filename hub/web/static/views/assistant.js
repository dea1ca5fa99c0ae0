/** The assistant: what counts down, what is on the lists, what plays; and what it can do for the whole home. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { agenda, follow, GENIE, load } from "./assistant-agenda.js";
import { alarms, plans, reminders, ringing, timers } from "./assistant-countdowns.js";
import { broadcast, lists, players, routines } from "./assistant-house.js";
import { left } from "./assistant-time.js";

/** Milliseconds after which a second has surely passed. */
const SHOWN = 10;

let ticking = null;

/** Draw again when the first to end shows another second, while somebody looks. */
function tick({ timers: counting, plans: later, reminders: others }) {
  clearTimeout(ticking);
  const first = [...counting, ...later, ...others].find((item) => !item.paused);
  if (first === undefined) return;
  const rest = left(first, agenda.skew) * 1000;
  ticking = setTimeout(() => document.visibilityState === "visible" && refresh(), rest > 0 ? (rest % 1000) + SHOWN : 1000);
}

function seen() {
  if (document.visibilityState === "visible") load();
}

/** Ask what there is. */
export function opened() {
  document.addEventListener("visibilitychange", seen);
  load();
}

/** Count no more. */
export function closed() {
  document.removeEventListener("visibilitychange", seen);
  clearTimeout(ticking);
}

/** The view. */
export function view(state) {
  follow(state);
  const { kept, fault } = agenda;
  if (state.bridges[GENIE]?.state !== "online" || kept === null) {
    return h("p", { class: "empty", role: "status" }, state.bridges[GENIE]?.state === "online" ? fault ?? t("web_assistant.asking") : t("web_assistant.absent"));
  }
  tick(kept);
  return h("div", { class: "assistant" },
    ringing(kept), routines(kept), timers(kept), alarms(kept), players(state), lists(kept), reminders(kept), plans(kept), broadcast(state));
}

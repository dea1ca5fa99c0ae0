/** The assistant: what counts down, what is on the lists, what plays; and what it can do for the whole home. */

import { refresh } from "../app.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { agenda, follow, GENIE, load } from "./assistant-agenda.js";
import { alarms, plans, reminders, ringing, timers } from "./assistant-countdowns.js";
import { broadcast, lists, players, routines } from "./assistant-house.js";
import { left } from "./assistant-time.js";

let ticking = null;

/** Draw again each second, when the first to end shows another one: while somebody looks, and something counts. */
function tick() {
  clearTimeout(ticking);
  const { timers: counting, plans: later, reminders: others } = agenda.kept ?? { timers: [], plans: [], reminders: [] };
  const first = [...counting, ...later, ...others].find((item) => !item.paused);
  const wait = first ? (left(first, agenda.skew) * 1000) % 1000 : 0;
  ticking = setTimeout(() => {
    if (first && document.visibilityState === "visible") refresh();
    tick();
  }, wait + 10 < 100 ? wait + 1010 : wait + 10);
}

function seen() {
  if (document.visibilityState === "visible") load();
}

/** Ask what there is, and count. */
export function opened() {
  document.addEventListener("visibilitychange", seen);
  load();
  tick();
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
  return h("div", { class: "assistant" },
    ringing(kept), routines(kept), timers(kept), alarms(kept), players(state), lists(kept), reminders(kept), plans(kept), broadcast(state));
}

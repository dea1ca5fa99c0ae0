/** What the assistant keeps: asked for when it is shown, and again when a state tells that something of it has changed. */

import { refresh } from "../app.js";
import { call } from "../hub.js";
import { complain, toast } from "../ui.js";
import { skewOf } from "./assistant-time.js";

/** The bridge. */
export const GENIE = "genie";

/** Types of its devices whose states tell that its agenda has changed. */
const TYPES = ["timer", "alarm", "reminder", "todo"];

/** `kept` is the answer to `request/agenda`, null before the first; `skew` see skewOf; `fault` why it could not be had. */
export const agenda = { kept: null, skew: 0, fault: null };

let seen = [];
let asking = false;
let stale = false;

/** Ask again; once more after that where something has changed meanwhile. */
export async function load() {
  stale = true;
  if (asking) return;
  asking = true;
  while (stale) {
    stale = false;
    try {
      const kept = await call("request", { bridge: GENIE, verb: "agenda" });
      Object.assign(agenda, { kept, skew: skewOf(kept.now), fault: null });
    } catch (error) {
      agenda.fault = error.message;
    }
  }
  asking = false;
  refresh();
}

/** Ask again where the states of the assistant's devices are others than the last time. */
export function follow(state) {
  const states = Object.values(state.devices)
    .filter(({ about }) => about?.bridge === GENIE && TYPES.includes(about.type))
    .map((device) => device.state);
  const same = states.length === seen.length && states.every((one, at) => one === seen[at]);
  seen = states;
  if (!same && state.connected) load();
}

/** Have the assistant do something; tells why not, and with `tell` what it says to it. Whether it was done. */
export async function order(intent, slots = {}, { tell = false } = {}) {
  try {
    const { say } = await call("intent", { bridge: GENIE, intent, slots });
    if (tell && say) toast(say, "good");
    return true;
  } catch (error) {
    complain(error);
    return false;
  } finally {
    load();
  }
}

/**
 * Devices as they are shown: how they are, and what is wished of them until they are so.
 *
 * A change is seen at once and sent to the hub, one call after the other for each device, so that of a dial that is
 * turned only the last value waits. A wish goes when the device tells of it, when it is refused, and when nothing is heard.
 */

import { call } from "./hub.js";
import { store, tell } from "./store.js";
import { ask, complain } from "./ui.js";

/** Milliseconds between two calls for one device. */
const PACE = 200;
/** How long a wish stands: without any sign, after the hub said yes, and while a finger holds it. */
const UNHEARD = 6000;
const SETTLING = 3000;
const HELD = 30000;
/** How long a refused wish is still seen, so that a control is seen to go back. */
const SEEN = 300;
const SWEEP = 250;

const NOTHING = Object.freeze({});

/** id → {wishes: {property: {value, until, held}}, unsent, flight, busy}; `wishes` is another object after each change. */
const wished = new Map();
let sweeping = false;

/** What is wished of a device, for whoever keeps what was drawn: the same object as long as it is the same. */
export function wishesOf(id) {
  return wished.get(id)?.wishes ?? NOTHING;
}

/** The state of a device (one of `devicesOf`) with what is wished of it. */
export function shown(device) {
  const entry = wished.get(device.id);
  if (entry === undefined) return device.state;
  settle(entry, device.state);
  const values = Object.entries(entry.wishes).map(([name, { value }]) => [name, value]);
  return { ...device.state, ...Object.fromEntries(values) };
}

/** Have a device be like `values`; `held` while a finger is still on the control. */
export function change(id, values, held = false) {
  if (!wished.has(id)) wished.set(id, { wishes: NOTHING, unsent: {}, flight: NOTHING, busy: false });
  const entry = wished.get(id);
  // What is wished already is on its way: a finger that lets go asks for nothing new.
  const news = Object.entries(values).filter(([name, value]) => entry.wishes[name]?.value !== value);
  wish(entry, values, held ? HELD : UNHEARD, held);
  Object.assign(entry.unsent, Object.fromEntries(news));
  if (!entry.busy) sendAll(id, entry);
}

async function sendAll(id, entry) {
  entry.busy = true;
  while (Object.keys(entry.unsent).length > 0) {
    entry.flight = entry.unsent;
    entry.unsent = {};
    await Promise.all([Promise.race([send(id, entry, entry.flight), pause(UNHEARD)]), pause(PACE)]);
    entry.flight = NOTHING;
    tell();
  }
  entry.busy = false;
}

async function send(id, entry, values, confirmed = false) {
  try {
    const { changed = {} } = await call("set", { device: id, values, ...(confirmed && { confirmed }) });
    carriedOut(id, entry, values, changed[id] ?? {});
  } catch (error) {
    if (error.code !== "confirm") complain(error);
    await pause(SEEN);
    drop(entry, (name, own) => name in values && own.value === values[name] && !own.held);
    if (error.code !== "confirm" || !(await ask(error.message))) return;
    wish(entry, values, UNHEARD);
    await send(id, entry, values, true);
  }
}

/** The hub said yes: what the bridge made of it counts, and what is never told of (an operation) is done. */
function carriedOut(id, entry, values, changed) {
  const state = store.state.devices[id]?.state ?? {};
  const other = (name, value) => changed[name] !== undefined && changed[name] !== value;
  const done = (name, value) => value === values[name] && (other(name, value) || state[name] == null);
  drop(entry, (name, own) => name in values && !own.held && done(name, own.value));
  const waiting = Object.entries(values).filter(([name, value]) => entry.wishes[name]?.value === value && !entry.wishes[name].held);
  if (waiting.length > 0) wish(entry, Object.fromEntries(waiting), SETTLING);
}

function wish(entry, values, lasts, held = false) {
  const until = performance.now() + lasts;
  const news = Object.entries(values).map(([name, value]) => [name, { value, until, held }]);
  entry.wishes = { ...entry.wishes, ...Object.fromEntries(news) };
  if (!sweeping) setTimeout(sweep, SWEEP);
  sweeping = true;
  tell();
}

/** Let go of the wishes that the device is like; of what is held or still on its way, older states may yet come. */
function settle(entry, state) {
  const isSo = (name, own) => state[name] === own.value && !own.held && !(name in entry.unsent) && !(name in entry.flight);
  drop(entry, isSo);
}

function drop(entry, which) {
  const all = Object.entries(entry.wishes);
  const left = all.filter(([name, own]) => !which(name, own));
  if (left.length === all.length) return;
  entry.wishes = left.length > 0 ? Object.fromEntries(left) : NOTHING;
  tell();
}

/** While the hub is away nothing is wished of it: what it told last is seen. */
function sweep() {
  const now = store.state.connected ? performance.now() : Infinity;
  for (const entry of wished.values()) drop(entry, (_, own) => own.until < now);
  sweeping = [...wished.values()].some((entry) => entry.wishes !== NOTHING);
  if (sweeping) setTimeout(sweep, SWEEP);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The connection to the hub: events in, calls out; it comes back by itself when it is lost. */

import { apply, store } from "./store.js";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;
/** Milliseconds after which nobody waits for an answer any more. */
const PATIENCE = 25000;

let socket = null;
let wait = FIRST_WAIT;
let number = 0;
const waiting = new Map();

/** Why a call was not done: `code` for the page, `message` for the person. */
export class CallError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Call the hub; the promise gives what it answers, or fails with a CallError. */
export function call(name, args = {}) {
  return new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) {
      reject(new CallError("offline", store.state.texts["web.offline"] ?? "offline"));
      return;
    }
    const n = ++number;
    const timer = setTimeout(() => {
      waiting.delete(n);
      reject(new CallError("no_answer", store.state.texts["web.no_answer"] ?? "no answer"));
    }, PATIENCE);
    waiting.set(n, { resolve, reject, timer });
    socket.send(JSON.stringify({ call: name, n, ...args }));
  });
}

/** Send sound: 16 kHz, one channel, signed 16 bit; dropped while there is no connection. */
export function sendSound(buffer) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(buffer);
}

/** Connect, and stay connected. */
export function connect() {
  const address = new URL("ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  address.search = `?satellite=${ownId()}`;
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onmessage = (message) => receive(JSON.parse(message.data));
  socket.onclose = lost;
}

function receive(message) {
  if (message.event !== undefined) {
    if (message.event === "hello") wait = FIRST_WAIT;
    apply(message);
    return;
  }
  const asked = waiting.get(message.n);
  if (asked === undefined) return;
  waiting.delete(message.n);
  clearTimeout(asked.timer);
  if (message.ok) asked.resolve(message.data);
  else asked.reject(new CallError(message.error.code, message.error.message));
}

async function lost() {
  for (const { reject, timer } of waiting.values()) {
    clearTimeout(timer);
    reject(new CallError("offline", store.state.texts["web.offline"] ?? "offline"));
  }
  waiting.clear();
  if (store.state.connected) store.set({ connected: false });
  await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
  wait = Math.min(wait * 2, LONGEST_WAIT);
  if (await mayEnter()) connect();
}

/** Whether this browser is let in; where it is not any more, the page that asks for the password comes. */
export async function mayEnter() {
  try {
    const response = await fetch("session");
    if (response.status === 401) location.assign("login");
    if (response.ok) store.set({ asked: (await response.json()).asked });
    return response.status !== 401;
  } catch {
    return true; // the hub is away: that is for the connection to find out
  }
}

/** Have this browser be asked for the password again. */
export async function leave() {
  await fetch("logout", { method: "POST" });
  location.assign("login");
}

/** The name of this browser as a satellite: answers to what is said here come back here. */
function ownId() {
  let id = localStorage.getItem("satellite");
  if (!/^web-[0-9a-f]{8}$/.test(id ?? "")) {
    const bytes = crypto.getRandomValues(new Uint8Array(4));
    id = `web-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    localStorage.setItem("satellite", id);
  }
  return id;
}

// A telephone that was asleep notices at once, not after the waits that grew meanwhile.
addEventListener("online", () => {
  wait = FIRST_WAIT;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") wait = FIRST_WAIT;
});

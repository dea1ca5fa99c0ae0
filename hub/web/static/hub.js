/** The connection to the hub: events in, calls out; it comes back by itself when it is lost. */

import { apply, store } from "./store.js";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5000;
/** Milliseconds after which nobody waits for an answer any more. */
const PATIENCE = 25000;
/** Milliseconds between two questions whether the hub is there, and those for the answer: one without power closes no connection. */
const BEAT = 15000;
const SIGN_OF_LIFE = 8000;

let socket = null;
let wait = FIRST_WAIT;
let number = 0;
let hurry = () => {};
const waiting = new Map();

/** Why a call was not done: `code` for the page, `message` for the person. */
export class CallError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Why nothing can be done while the hub is away. */
export const offline = () => new CallError("offline", store.state.texts["web.offline"] ?? "offline");

/** Call the hub; the promise gives what it answers, or fails with a CallError. */
export function call(name, args = {}, patience = PATIENCE) {
  return new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) {
      reject(offline());
      return;
    }
    const n = ++number;
    const timer = setTimeout(() => {
      waiting.delete(n);
      reject(new CallError("no_answer", store.state.texts["web.no_answer"] ?? "no answer"));
    }, patience);
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
    if (message.event === "hello") greeted(message);
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

function greeted({ version }) {
  wait = FIRST_WAIT;
  const { version: before } = store.state;
  if (before && before !== version) location.reload(); // page and hub are of one version
}

async function feel() {
  const felt = socket;
  try {
    await call("alive", {}, SIGN_OF_LIFE);
  } catch (error) {
    if (error.code !== "no_answer" || felt !== socket) return;
    felt.onclose = null; // which would wait for an answer, too
    felt.close();
    lost();
  }
}

async function lost() {
  for (const { reject, timer } of waiting.values()) {
    clearTimeout(timer);
    reject(offline());
  }
  waiting.clear();
  if (store.state.connected) store.set({ connected: false });
  await new Promise((resolve) => {
    hurry = resolve;
    setTimeout(resolve, wait * (0.75 + Math.random() / 2));
  });
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

/** A telephone that was asleep notices at once, not after the waits that grew meanwhile. */
function awake() {
  if (document.visibilityState === "hidden") return;
  wait = FIRST_WAIT;
  hurry();
  feel();
}

setInterval(feel, BEAT);
addEventListener("online", awake);
document.addEventListener("visibilitychange", awake);

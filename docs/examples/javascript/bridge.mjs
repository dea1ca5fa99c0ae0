// A lamp as a bridge of its own, in JavaScript: Node and the package mqtt. What it says and takes is docs/contract.md.
//
//     npm install && node bridge.mjs mqtt://user:password@hub:1883
import mqtt from "mqtt";

const NAME = "js-lamps";
const LAMP = "bedroom_light";

const about = {
  id: LAMP,
  bridge: NAME,
  type: "light",
  name: "안방등",
  room: "안방",
  properties: {
    power: { type: "boolean", writable: true },
    brightness: { type: "integer", writable: true, min: 1, max: 100, step: 1, unit: "%" },
  },
};
const lamp = { power: true, brightness: 100 };

// What an intent means for this lamp.
const intents = {
  HassTurnOn: () => ({ power: true }),
  HassTurnOff: () => ({ power: false }),
  HassLightSet: ({ name, area, ...wanted }) => ({ power: true, ...wanted }),
  JipsaSet: (slots) => slots,
};

const state = (which) => JSON.stringify({ state: which });
const retained = { qos: 1, retain: true };
const will = { topic: `jipsa/bridge/${NAME}/state`, payload: state("offline"), ...retained };
const client = mqtt.connect(process.argv[2] ?? "mqtt://127.0.0.1:18830", { clientId: `jipsa-${NAME}`, will });

let received = 0, published = 0;
client.on("packetreceive", () => (received += 1));
client.on("packetsend", () => (published += 1));

client.on("connect", () => {
  client.subscribe([`jipsa/intent/${NAME}`, `jipsa/device/${LAMP}/set`, `jipsa/device/${LAMP}/set/+`], { qos: 1 });
  client.subscribe(`jipsa/bridge/${NAME}/request/+`, { qos: 1 });
  client.publish(`jipsa/bridge/${NAME}/state`, state("online"), retained);
  const info = { version: "1.0", contract: "1.1", devices: [LAMP] };
  client.publish(`jipsa/bridge/${NAME}/info`, JSON.stringify(info), retained);
  client.publish(`jipsa/device/${LAMP}/about`, JSON.stringify(about), retained);
  client.publish(`jipsa/device/${LAMP}/available`, "online", retained);
  report();
  fare();
});

client.on("message", (topic, payload, packet) => {
  const [, kind, , what, last] = topic.split("/");
  if (packet.retain || payload.length > 64_000) return; // nobody wants yesterday's command, or a flood
  if (kind === "intent") answer(payload);
  else if (kind === "bridge") respond(last, payload);
  else if (what === "set") set(last, payload);
});

setInterval(fare, 60_000);

function fare() {
  const { rss: memory } = process.memoryUsage();
  const counts = { queue: client.queue?.length ?? 0, received, published };
  const told = { uptime: process.uptime(), memory, ...counts, checked_at: new Date().toISOString() };
  client.publish(`jipsa/bridge/${NAME}/health`, JSON.stringify(told), retained);
}

function report() {
  const told = { ...lamp, updated_at: new Date().toISOString() };
  client.publish(`jipsa/device/${LAMP}/state`, JSON.stringify(told), retained);
}

// Each id is carried out once, and answered each time that it comes.
const replies = new Map();

function answer(payload) {
  const intent = object(payload);
  if (typeof intent?.id !== "string" || !/^[A-Za-z0-9][\w-]{0,63}$/.test(intent.id)) return;
  if (!replies.has(intent.id)) {
    if (replies.size >= 1000) replies.delete(replies.keys().next().value);
    replies.set(intent.id, { id: intent.id, bridge: NAME, changed: {}, state: {}, ...carryOut(intent) });
  }
  client.publish(`jipsa/reply/${intent.id}`, JSON.stringify(replies.get(intent.id)), { qos: 1 });
}

function carryOut({ intent, slots = {}, targets = [], expires_at }) {
  const shapely = typeof intent === "string" && isObject(slots) && Array.isArray(targets);
  const timely = !expires_at || !Number.isNaN(Date.parse(expires_at));
  if (!shapely || !timely) return refused("bad_payload", "이 명령은 읽을 수 없어요.");
  if (Date.parse(expires_at) < Date.now()) return refused("expired", "너무 늦게 도착한 명령이라 실행하지 않았어요.");
  if (!targets.length || targets.some((target) => target !== LAMP)) {
    return refused("unknown_device", "그런 기기는 없어요.");
  }
  if (intent === "HassGetState") return { ok: true, state: { [LAMP]: lamp } };
  if (!Object.hasOwn(intents, intent)) return refused("unknown_intent", "안방등은 그렇게 할 수 없어요.");
  const changes = intents[intent](slots);
  const fault = faultOf(changes);
  return fault ? refused(...fault) : { ok: true, changed: { [LAMP]: change(changes) } };
}

const refused = (code, message) => ({ ok: false, error: { code, message } });

function faultOf(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(lamp, name)) return ["not_supported", `안방등에는 ${name} 기능이 없어요.`];
    if (typeof value !== typeof lamp[name]) return ["bad_payload", `${name} 값을 읽을 수 없어요.`];
    if (name === "brightness" && !(Number.isInteger(value) && value >= 1 && value <= 100)) {
      return ["out_of_range", "밝기는 1에서 100까지 돼요."];
    }
  }
  return null;
}

function change(changes) {
  const fresh = Object.fromEntries(Object.entries(changes).filter(([name, value]) => lamp[name] !== value));
  Object.assign(lamp, fresh); // here a real lamp would be switched
  report();
  return fresh;
}

const WORDS = { ON: true, on: true, OFF: false, off: false };

function set(property, payload) {
  const text = payload.toString();
  const value = Object.hasOwn(WORDS, text) ? WORDS[text] : json(text);
  const changes = property ? { [property]: value } : object(payload);
  const fault = changes ? faultOf(changes) : ["bad_payload", `no JSON object: ${text.slice(0, 80)}`];
  if (!fault) return change(changes);
  const line = { level: "warning", message: fault[1], logged_at: new Date().toISOString() };
  client.publish(`jipsa/bridge/${NAME}/log`, JSON.stringify(line), { qos: 1 });
}

function respond(verb, payload) {
  const { transaction } = object(payload) ?? {};
  const known = ["health_check", "restart"].includes(verb);
  const told = known ? { status: "ok", data: { healthy: true } } : { status: "error", error: `unknown: ${verb}` };
  if (typeof transaction === "string") told.transaction = transaction;
  client.publish(`jipsa/bridge/${NAME}/response/${verb}`, JSON.stringify(told), { qos: 1 });
  if (verb === "restart") client.end(false, {}, () => process.exit()); // systemd starts it again
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function object(payload) {
  const value = json(payload.toString());
  return isObject(value) ? value : undefined;
}

/** What the page knows: one state, replaced whenever something in it changes, and whoever wants to know that. */

const MOST_SENTENCES = 100;
const MOST_LOGS = 100;
const MOST_SAYS = 20;

const listeners = new Set();
let told = false;

export const store = {
  state: {
    connected: false,
    /** Whether this page is served outside, and then whether the home is there. */
    outside: "outside" in document.documentElement.dataset,
    linked: null,
    /** Whether this browser had to give the password. */
    asked: false,
    version: "",
    language: "ko",
    texts: {},
    satellite: "",
    room: localStorage.getItem("room") ?? "",
    home: { rooms: [], devices: [] },
    /** id → {about, state, available}; another object whenever one of them changes. */
    devices: {},
    bridges: {},
    satellites: {},
    /** What is heard right now: satellite → text. */
    partials: {},
    sentences: [],
    /** The last things that were said to satellites, the newest last. */
    says: [],
    logs: [],
  },

  /** Change parts of the state. */
  set(parts) {
    store.state = { ...store.state, ...parts };
    tell();
  },

  /** Call `listener` soon after each change, once for all changes of a moment; returns what ends that. */
  on(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Have everybody look at the state again, in the next animation frame. */
export function tell() {
  if (told) return;
  told = true;
  // A page that nobody sees gets no frames, and its state has to go on nevertheless.
  const soon = document.visibilityState === "visible" ? requestAnimationFrame : (run) => setTimeout(run, 200);
  soon(() => {
    told = false;
    for (const listener of listeners) listener(store.state);
  });
}

/** A record without the key, or with another value of it. */
function put(record, key, value) {
  if (value !== null) return { ...record, [key]: value };
  const { [key]: _, ...others } = record;
  return others;
}

function merged(record, { event, id, ...news }) {
  return put(record, id, { ...record[id], ...news });
}

const EVENTS = {
  hello: (state, { event, ...all }) => ({ ...all, language: state.language, connected: true, partials: {} }),
  link: (state, { linked }) => ({ linked }),
  home: (state, { home }) => ({ home }),
  device: (state, event) => {
    const next = merged(state.devices, event);
    const gone = next[event.id].about == null && next[event.id].state == null;
    return { devices: gone ? put(next, event.id, null) : next };
  },
  bridge: (state, event) => ({ bridges: merged(state.bridges, event) }),
  satellite: (state, event) => ({
    satellites: event.state === null ? put(state.satellites, event.id, null) : merged(state.satellites, event),
  }),
  partial: (state, { satellite, text }) => ({ partials: put(state.partials, satellite, text || null) }),
  sentence: (state, { sentence }) => {
    const at = state.sentences.findLastIndex((known) => known.id === sentence.id);
    const sentences = at < 0 ? [...state.sentences, sentence].slice(-MOST_SENTENCES) : state.sentences.with(at, sentence);
    return { sentences };
  },
  say: (state, { event, ...said }) => ({ says: [...state.says, said].slice(-MOST_SAYS) }),
  log: (state, { event, ...line }) => ({ logs: [...state.logs, { ...line, at: Date.now() }].slice(-MOST_LOGS) }),
};

/** Take an event of the hub. */
export function apply(event) {
  const changes = EVENTS[event.event]?.(store.state, event);
  if (changes) store.set(changes);
}

/** id → what `devicesOf` made of it, and of what. */
const people = new Map();

/**
 * Devices as people know them: home's names before those of bridges; [{id, name, aliases, type, device_class, room, hidden, about, state,
 * available}]. A device about which nothing has changed is the very same object as before.
 */
export function devicesOf(state) {
  const entries = new Map(state.home.devices.map((entry) => [entry.id, entry]));
  const ids = new Set([...entries.keys(), ...Object.keys(state.devices)]);
  return [...ids].map((id) => {
    const [entry, told] = [entries.get(id), state.devices[id]];
    const away = state.bridges[told?.about?.bridge]?.state === "offline";
    const known = people.get(id);
    if (known !== undefined && known.entry === entry && known.told === told && known.away === away) return known.device;
    const device = deviceOf(id, entry, told, away);
    people.set(id, { entry, told, away, device });
    return device;
  });
}

function deviceOf(id, entry, told, away) {
  const about = told?.about ?? null;
  return {
    id,
    name: entry?.name ?? about?.name ?? id,
    aliases: entry?.aliases ?? about?.aliases ?? [],
    type: entry?.type ?? about?.type ?? "",
    device_class: entry?.device_class ?? about?.device_class ?? null,
    room: entry?.room ?? null,
    hidden: entry?.hidden ?? false,
    about,
    state: told?.state ?? {},
    available: told?.available !== "offline" && about !== null && !away,
  };
}

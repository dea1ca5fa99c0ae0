/** What is said to this page, spoken aloud here, where that was chosen. */

/** Milliseconds that a window that nobody looks at leaves to the others. */
const OTHERS_FIRST = 300;
/** Ids that are remembered as spoken by some window. */
const MOST_SPOKEN = 20;

const player = new Audio();
const queue = [];
let on = localStorage.getItem("speak") === "yes";

player.onended = player.onerror = next;

/** Whether answers are spoken. */
export const speaks = () => on;

/** Speak from now on, or no more. */
export function setSpeaks(wanted) {
  on = wanted;
  localStorage.setItem("speak", on ? "yes" : "no");
  if (on) allow();
  else hush();
}

/** Browsers let a player be heard that has once played while something was touched: so play a moment of nothing. */
export function allow() {
  if (!on || player.src) return;
  player.src = URL.createObjectURL(silence());
  player.play().catch(() => {});
}

/** Speak what was said under this id, after what is spoken now; where several windows could, the one that is looked at. */
export function speak(id) {
  if (!on) return;
  setTimeout(() => {
    const spoken = (localStorage.getItem("spoken") ?? "").split(" ");
    if (spoken.includes(id)) return;
    localStorage.setItem("spoken", [...spoken.slice(-MOST_SPOKEN), id].join(" "));
    queue.push(id);
    if (player.paused || player.ended) next();
  }, document.visibilityState === "visible" ? 0 : OTHERS_FIRST);
}

/** Be silent. */
export function hush() {
  queue.length = 0;
  player.pause();
}

function next() {
  const id = queue.shift();
  if (id === undefined) return;
  player.src = `speech/${encodeURIComponent(id)}.wav`;
  player.play().catch(() => {}); // nobody has touched this page yet: it may not be heard
}

/** A WAV file of a few samples of nothing. */
function silence() {
  const samples = 80;
  const words = [0x46464952, 36 + samples, 0x45564157, 0x20746d66, 16, 0x00010001, 8000, 8000, 0x00080001, 0x61746164, samples];
  return new Blob([new Uint32Array(words), new Uint8Array(samples).fill(128)], { type: "audio/wav" });
}

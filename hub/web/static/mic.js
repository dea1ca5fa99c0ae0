/** The microphone of this browser. Nothing that it hears goes anywhere but to who has called `hear`, until `rest`. */

/** Milliseconds for which it stays open after use, so that the next word is heard from its beginning. */
const STAYS_OPEN = 20000;
/** As it is: what browsers do to a voice for the ears of people, the recognizer understands worse (Chromium: 8 instead of 12 of 14). */
const WANTED = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
/** Why it did not open, by the browser's name for it; anything else is `broken`. */
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" };
/** What is shown of a level: decibels below the loudest sound. */
const QUIET = -60;
const LOUD = -12;

let opened = null;
let closing = 0;
let taker = null;

/** There is no microphone for us; `reason`: insecure, denied, none, busy or broken. */
export class MicError extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Hear: `frame` is given each 40 ms of sound (an ArrayBuffer: 16 kHz, one channel, signed 16 bit); `ended` is called when
 * the microphone goes away. Call it where the person has touched something; it opens the microphone, or raises MicError.
 */
export async function hear(frame, ended) {
  clearTimeout(closing);
  taker = { frame, ended };
  opened ??= open();
  try {
    const { context } = await opened;
    context.resume(); // a telephone call may have stopped it
  } catch (error) {
    opened = taker = null;
    throw error instanceof MicError ? error : new MicError(REASONS[error.name] ?? "broken");
  }
}

/** Hear no more. */
export function rest() {
  taker = null;
  clearTimeout(closing);
  closing = setTimeout(close, STAYS_OPEN);
}

/** How loud a frame is, from 0 to 1. */
export function level(frame) {
  const samples = new Int16Array(frame);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power / 2 ** 30 + 1e-10);
  return Math.max(0, Math.min(1, (decibels - QUIET) / (LOUD - QUIET)));
}

async function open() {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicError(isSecureContext ? "none" : "insecure");
  // The context keeps the rate of the device: not every browser resamples a stream, and what it does is not ours to test.
  const context = new AudioContext();
  context.resume();
  const loading = context.audioWorklet.addModule(new URL("mic-worklet.js", import.meta.url));
  loading.catch(() => {}); // so it does where the context is closed, because there is no microphone
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
    await loading;
    const frames = new AudioWorkletNode(context, "frames", { channelCount: 1, channelCountMode: "explicit" });
    frames.port.onmessage = ({ data }) => taker?.frame(data);
    // It says nothing to the loudspeaker, but only what leads there is sure to be run.
    context.createMediaStreamSource(stream).connect(frames).connect(context.destination);
    stream.getAudioTracks()[0].onended = () => {
      taker?.ended();
      close();
    };
    return { context, stream };
  } catch (error) {
    context.close();
    throw error;
  }
}

async function close() {
  clearTimeout(closing);
  const closed = opened;
  opened = null;
  const { context, stream } = (await closed?.catch(() => null)) ?? {};
  stream?.getTracks().forEach((track) => track.stop());
  context?.close();
}

// Whoever leaves the page shall not see that its microphone is open.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && taker === null) close();
});

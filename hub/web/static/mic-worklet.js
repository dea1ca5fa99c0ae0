/** In the audio thread: sound of whatever rate the browser has, to 16 kHz and 16 bit, in frames of 40 ms. */

const RATE = 16000;
const FRAME = RATE / 25;
/** Of half the lower rate: up to here sound passes, and from half the rate on nothing does that could come back as another tone. */
const CUTOFF = 0.9;
/** Zero crossings of the filter on either side: so steep that it is done in the tenth that is left. */
const CROSSINGS = 24;

/** Samples that an output sample looks back and ahead. */
function reach(rate) {
  return Math.ceil((CROSSINGS * rate) / (CUTOFF * Math.min(rate, RATE)));
}

/** Windowed sincs, one for each of `count` places that an output sample may have between two input samples. */
function filters(rate, count) {
  const half = reach(rate);
  const cutoff = (CUTOFF * Math.min(rate, RATE)) / rate;
  return Array.from({ length: count }, (_, place) => {
    const taps = Float32Array.from({ length: 2 * half }, (_, tap) => {
      const x = tap - (half - 1) - place / count;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      const turn = (Math.PI * x) / half;
      return sinc * (0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
    });
    const sum = taps.reduce((all, tap) => all + tap, 0);
    return taps.map((tap) => tap / sum);
  });
}

function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

class Frames extends AudioWorkletProcessor {
  constructor() {
    super();
    const common = divisor(sampleRate, RATE);
    this.down = sampleRate / common;
    this.filters = filters(sampleRate, RATE / common);
    this.past = 2 * reach(sampleRate);
    this.sound = new Float32Array(this.past);
    /** Where the next output sample lies, in parts of an input sample after the past. */
    this.at = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process([input]) {
    if (input.length > 0) this.take(input[0]);
    return true;
  }

  take(samples) {
    const size = samples.length;
    if (this.sound.length !== this.past + size) this.sound = new Float32Array(this.past + size);
    this.sound.copyWithin(0, size);
    this.sound.set(samples, this.past);
    const parts = this.filters.length;
    for (; this.at < size * parts; this.at += this.down) {
      const place = this.at % parts;
      this.put(this.sum(this.filters[place], (this.at - place) / parts));
    }
    this.at -= size * parts;
  }

  sum(taps, start) {
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += taps[tap] * this.sound[start + tap];
    return sum;
  }

  put(value) {
    this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(value * 32768)));
    if (this.filled < FRAME) return;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }
}

registerProcessor("frames", Frames);

/** One time of talking: from the press of the button until the hub has told what it heard. */

import { call, sendSound } from "./hub.js";
import { hear, rest } from "./mic.js";

/** Frames (of 40 ms) that are still taken after the release: whoever lets go is often not quite done. */
const TAIL = 4;
/** Milliseconds that they get to come. */
const LAST_WAIT = 1000;
/** Milliseconds after which nobody is talking any more. */
const LONGEST = 15000;

export class Hold {
  /** opening → hearing → ending */
  phase = "opening";
  /** Whether it goes on without being held. */
  locked = false;
  #waiting = [];
  #begun = false;
  #left = TAIL;
  #over = new Promise((resolve, reject) => {
    this.end = resolve;
    /** Give up, with the reason. */
    this.fail = reject;
  });

  /** `changed` is called after each change of the phase, `heard` with every frame. */
  constructor(changed, heard) {
    this.changed = changed;
    this.heard = heard;
    this.#over.catch(() => {}); // it may fail before anybody waits for it
  }

  /**
   * Talk until the release; gives the hub's `{text, refused?, utterance_id?}`, or null where the button was let go before
   * the microphone was open. Raises MicError or CallError.
   */
  async run() {
    try {
      await hear((frame) => this.#take(frame), this.end);
      if (this.phase === "ending") return null;
      // What is said meanwhile waits: the hub may have to load its ears first.
      await call("hear.begin");
      this.#begun = true;
      this.#waiting.splice(0).forEach(sendSound);
      await this.#over;
    } finally {
      rest();
    }
    return call("hear.end");
  }

  /** The button was let go. */
  release() {
    if (this.phase === "ending") return;
    this.#become("ending");
    setTimeout(this.end, LAST_WAIT);
  }

  #take(frame) {
    if (this.phase === "opening") {
      this.#become("hearing");
      setTimeout(() => this.release(), LONGEST);
    }
    this.heard(frame);
    if (this.phase === "ending" && this.#left-- <= 0) this.end();
    else if (this.#begun) sendSound(frame);
    else this.#waiting.push(frame);
  }

  #become(phase) {
    this.phase = phase;
    this.changed();
  }
}

/** Set-up: rooms and names, what is understood and heard, bridges and satellites, accounts. */

import { h } from "../dom.js";
import { accounts } from "./accounts.js";
import { readAgain, rooms } from "./setup-home.js";
import { services } from "./setup-services.js";
import { ears, microphones, understanding } from "./setup-try.js";

export const opened = readAgain;

export function view(state) {
  return h("div", { class: "setup" },
    rooms(state),
    h("div", { class: "setup-aside" }, ears(state), understanding(state), microphones(state)),
    services(state),
    accounts(state));
}

/** What the parts of set-up have in common: its texts, buttons, and what is to be looked at. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";

/** A sentence of set-up. */
export const text = (key, values) => t(`web_setup.${key}`, values);

/** A button with a picture; `props` are those of `h`. */
export function button(label, onclick, { name, kind = "", ...props } = {}) {
  return h("button", { class: `button ${kind}`, onclick, ...props }, name && icon(name), label);
}

/** A button that is a picture alone. */
export function iconButton(label, name, onclick, props) {
  return h("button", { class: "icon-button", "aria-label": label, onclick, ...props }, icon(name));
}

/** Something to look at; what `blocks` cannot be saved so. */
export function flawed({ reason, blocks = false }) {
  return h("p", { class: blocks ? "setup-flaw bad" : "setup-flaw", key: reason }, icon("warning"), h("span", null, reason));
}

/** The satellites of the home with a microphone: [[id, satellite, name for people]]. */
export function satellitesOf(state) {
  const own = Object.entries(state.satellites).filter(([id]) => !id.startsWith("web-"));
  return own.map(([id, satellite]) => [id, satellite, satellite.room ? `${satellite.room} (${id})` : id]);
}

/** What all views use to tell and to ask: a line that goes away again, a question, a sheet. */

import { h, render } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

const TOAST_LASTS = 5000;

let toasts = [];

/** Tell something for a few seconds; `kind`: "", "good" or "bad". */
export function toast(message, kind = "") {
  const shown = { message, kind, key: Symbol("toast") };
  toasts = [...toasts.slice(-2), shown];
  drawToasts();
  setTimeout(() => {
    toasts = toasts.filter((other) => other !== shown);
    drawToasts();
  }, TOAST_LASTS);
}

/** Tell why a call has failed, for `.catch(complain)`. */
export function complain(error) {
  toast(error.message, "bad");
}

function drawToasts() {
  const nodes = toasts.map(({ message, kind, key }) => h("p", { class: `toast ${kind}`, key }, message));
  render(nodes, document.getElementById("toasts"));
}

/** What lies above all else while a sheet is open is in it. */
function putToasts(parent) {
  parent.append(document.getElementById("toasts"));
}

/** Ask a question that is answered with yes or no; `yes` is what the button says. */
export function ask(question, { yes = t("web.yes"), danger = false } = {}) {
  return new Promise((resolve) => {
    const answer = (value) => () => {
      resolve(value); // before it closes, which alone means no
      done();
    };
    const done = sheet(() => [
      h("p", { class: "question" }, question),
      h("div", { class: "row end" },
        h("button", { class: "button", onclick: answer(false) }, t("web.no")),
        h("button", { class: danger ? "button danger" : "button primary", onclick: answer(true), autofocus: true }, yes)),
    ], { closed: () => resolve(false) });
  });
}

let open = null;

/**
 * Show a sheet above the page: `content()` gives its nodes, and is called again by `refresh` of app.js. Returns what closes it.
 * Esc, the back gesture and a touch beside it close it, too; `closed` is called then.
 */
export function sheet(content, { title = "", closed = () => {} } = {}) {
  const dialog = document.getElementById("sheet");
  if (open) open.close();
  const own = {
    draw() {
      const head = title && h("header", { class: "row between" },
        h("h2", null, title),
        h("button", { class: "icon-button", "aria-label": t("web.close"), onclick: own.close }, icon("close")));
      render([head, content()], dialog);
    },
    close() {
      if (open !== own) return;
      open = null;
      putToasts(document.body);
      dialog.close();
      closed();
    },
  };
  open = own;
  own.draw();
  dialog.setAttribute("aria-label", title || t("web.question"));
  dialog.onclose = own.close;
  dialog.onclick = (event) => {
    if (event.target === dialog) own.close();
  };
  putToasts(dialog);
  if (!dialog.open) dialog.showModal();
  return own.close;
}

/** Close the open sheet, if there is one. */
export function closeSheet() {
  open?.close();
}

/** Draw the open sheet anew, if there is one. */
export function redrawSheet() {
  open?.draw();
}

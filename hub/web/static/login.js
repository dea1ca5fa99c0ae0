/** The page that asks for the password. */

import { h, render } from "./dom.js";
import { chosenLanguage, speak, t } from "./i18n.js";

const form = document.getElementById("login");
let fault = "";
let busy = false;

function draw() {
  render([
    h("p", { id: "asked" }, t("web.password_asked")),
    h("label", { class: "stack" },
      h("span", null, t("web.password")),
      h("input", { class: "field", type: "password", name: "password", autocomplete: "current-password", required: true, autofocus: true, "aria-describedby": "fault" })),
    h("p", { class: "fault", id: "fault", role: "alert" }, fault),
    h("button", { class: "button primary", disabled: busy }, t("web.login")),
  ], form);
}

form.onsubmit = async (event) => {
  event.preventDefault();
  busy = true;
  draw();
  try {
    const response = await fetch("login", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (response.ok) {
      location.replace("./");
      return;
    }
    fault = (await response.json()).error;
  } catch {
    fault = t("web.offline");
  }
  busy = false;
  draw();
  form.elements.password.select();
};

await speak(chosenLanguage());
draw();

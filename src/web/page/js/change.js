// Changes of the World from the page, and what is shown of a refusal.

import { byId, fill, h } from "./dom.js";
import * as predict from "./predict.js";
import { page, state } from "./state.js";
import { advice } from "./switches.js";
import { capital, t } from "./words.js";

/** Runs a change. Shows a refusal in AWS's words, with a hint. */
export async function change(what, run, context, asked = false) {
  if (!asked && predict.beforehand(what, context, page.clientName, () => change(what, run, context, true))) return;
  hush();
  state.hop = null;
  try {
    await run();
  } catch (error) {
    refuse(what, error, context);
  }
  await page.refresh(true);
}

/** Shows a refusal. */
export function refuse(what, error, context) {
  state.foretold = null;
  const box = byId("alert");
  fill(
    box,
    h("p", {}, h("b", {}, t("refused", what))),
    h("p", { id: "refusal", lang: "en" }, error.code ? h("code", { id: "refusal-code" }, error.code) : null, error.code ? " " : null, h("span", { id: "refusal-text" }, error.message)),
    error.means ? h("p", { id: "gloss" }, capital(error.means)) : null,
    h("p", { id: "advice" }, advice(error, context)),
    h("button", { type: "button", class: "tb", onclick: hush }, t("close")),
  );
  box.hidden = false;
}

/** Takes away what was said of the last change. */
export function hush() {
  byId("alert").hidden = true;
  byId("confirm").hidden = true;
  byId("foretell").hidden = true;
}

/** Asks whether the World is to be replaced. */
export function confirm(text, yes) {
  byId("confirm-text").textContent = text;
  byId("confirm-yes").onclick = yes;
  byId("confirm-no").onclick = () => { hush(); page.lessons(); };
  byId("confirm").hidden = false;
  byId("confirm-yes").focus();
}

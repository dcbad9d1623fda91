// Forms and their fields: labels, errors at the field, and what happens when a form is sent.

import { fill, h, soft } from "../dom.js";
import { page } from "../state.js";
import { capital, t } from "../words.js";

/** A control with its label, a note and room for an error. */
export function field(name, label, control, note) {
  const id = `f-${name}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-error${note ? ` ${id}-note` : ""}`);
  return h("div", { class: "field", data: { field: name } },
    h("label", { for: id }, label), control, note ? h("p", { class: "note", id: `${id}-note` }, note) : null, errorLine(id));
}

/** A check box with its label on the right. */
export function check(name, label, checked, note) {
  const id = `f-${name}`;
  const box = h("input", { type: "checkbox", id, name, checked, "aria-describedby": `${id}-error${note ? ` ${id}-note` : ""}` });
  return h("div", { class: "field", data: { field: name } },
    h("label", { class: "check", for: id }, box, h("span", {}, label)), note ? h("p", { class: "note", id: `${id}-note` }, note) : null, errorLine(id));
}

/** A group of check boxes. Each option has a value, a label, and perhaps a second control. */
export function group(name, legend, options, empty) {
  const id = `f-${name}`;
  return h("fieldset", { class: "field", data: { field: name }, "aria-describedby": `${id}-error` }, h("legend", {}, legend),
    options.length ? options.map((it) => h("div", { class: "option" },
      h("label", { class: "check" }, h("input", { type: "checkbox", name, value: it.value, checked: it.checked }), h("span", {}, soft(it.label), it.small ? [" ", h("span", { class: "nw" }, it.small)] : null)), it.more ?? null))
      : h("p", { class: "note" }, empty), errorLine(id));
}

function errorLine(id) {
  return h("p", { class: "field-error", id: `${id}-error`, lang: "en" });
}

/** The checked values of a group. */
export function checked(form, name) {
  return [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((it) => it.value);
}

/** Parameters of a list: `{ "SubnetId.1": ... }`. */
export function list(name, values) {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

/** The parameters that give what is made its tag `Name`; none for an empty one. */
export function nameTag(type, name) {
  const at = "TagSpecification.1";
  return name ? { [`${at}.ResourceType`]: type, [`${at}.Tag.1.Key`]: "Name", [`${at}.Tag.1.Value`]: name } : {};
}

/** A form. `send` is given the form; a refusal is shown at the field that `place` names. `close` ends the form. */
export function form({ key, title, body, action, send, place, close, danger }) {
  const submit = h("button", { type: "submit", class: danger ? "primary danger" : "primary", data: { key: "form/submit" } }, action);
  const general = h("p", { class: "field-error", id: "f-form-error", role: "alert", lang: "en" });
  const element = h("form", { class: "form card", id: `form-${key}`, "aria-labelledby": "f-title", autocomplete: "off", novalidate: true },
    h("h2", { id: "f-title", tabindex: "-1" }, title), body, general,
    h("div", { class: "choice" }, submit, h("button", { type: "button", class: "tb", data: { key: "form/cancel" }, onclick: close }, t("cancel"))));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    cleared(element);
    submit.disabled = true;
    try {
      await send(element);
      await page.refresh(true);
      close();
    } catch (error) {
      // A server that is gone is no refusal, and is told like one.
      refused(element, error, error instanceof Missing ? error.field : place?.(error));
    } finally {
      submit.disabled = false;
    }
  });
  return element;
}

/** A field that has to be filled in before anything is sent. */
export class Missing extends Error {
  constructor(name) {
    super(t("required"));
    this.field = name;
  }
}

function cleared(form) {
  for (const it of form.querySelectorAll(".field-error")) fill(it);
  for (const it of form.querySelectorAll("[aria-invalid]")) it.removeAttribute("aria-invalid");
}

/** Shows a refusal at its field, and goes there. */
function refused(form, error, name) {
  const at = name ? form.querySelector(`[data-field="${name}"]`) : null;
  const line = (at ?? form).querySelector(at ? ".field-error" : "#f-form-error");
  const lang = error.code ? "en" : document.documentElement.lang;
  fill(line, error.code ? [h("code", {}, error.code), " "] : null, h("span", { lang }, soft(error.message)), error.means ? h("span", { class: "gloss" }, capital(error.means)) : null);
  const control = at?.querySelector("input, select");
  if (control) {
    control.setAttribute("aria-invalid", "true");
    control.focus();
  }
}

// Predict, then reveal: what will dig print? It can be skipped, and turned off.

import { byId, fill, glyph, h, soft } from "./dom.js";
import { page, state } from "./state.js";
import { language, t } from "./words.js";

const CHOICES = ["private", "public", "none"];

/** The predictions of this visit, by what they are about. */
const made = JSON.parse(sessionStorage.getItem("predicted") ?? "{}");

export function on() {
  return localStorage.getItem("predict") !== "off";
}

export function prediction(about) {
  return made[about];
}

export function keep(about, choice) {
  made[about] = choice;
  sessionStorage.setItem("predicted", JSON.stringify(made));
}

/** What kind of answer dig prints. */
function kindOf(explanation) {
  if (!explanation.answer.records.length) return "none";
  return explanation.verdict === "PRIVATE" ? "private" : "public";
}

/** The button that turns predictions on and off. */
export function paint() {
  const button = byId("predict");
  button.setAttribute("aria-pressed", String(on()));
  button.onclick = () => {
    localStorage.setItem("predict", on() ? "off" : "on");
    page.paint();
  };
}

/** The question with its choices. `choose` is called with the choice, or `skip`. */
export function card(name, from, choose) {
  const button = (choice, words, shape) => h("button", { type: "button", class: "tb choose", data: { key: `predict/${choice}`, choice }, onclick: () => choose(choice) }, shape ? [glyph(shape), " "] : null, words);
  return [
    h("p", {}, h("b", {}, t("willPrint"))),
    h("p", { class: "m" }, soft(from), " $ dig +short ", soft(name)),
    h("div", { class: "choice" }, button("private", t("K_private"), "private"), button("public", t("K_public"), "public"), button("none", t("K_none"), "nowhere"), button("skip", t("skipIt"))),
  ];
}

/** What was predicted, what dig prints, and why. `point` is the sentence that explains it. */
export function reveal(choice, explanation, point) {
  const kind = kindOf(explanation);
  const data = explanation.answer.records.map((it) => it.data);
  const guessed = CHOICES.includes(choice);
  const right = choice === kind;
  return h("div", { class: "revealed", data: { kind, right: guessed ? String(right) : "" } },
    h("p", {}, h("b", {}, t("prints")), " ", h("span", { class: "m" }, data.length ? data.slice(0, 6).map((it) => [/^[\d.]+$/.test(it) ? h("span", { class: "nw" }, it) : soft(it), " "]) : t("nothing")), " ",
      h("b", { class: kind === "none" ? "nowhere" : kind }, glyph(kind === "none" ? "nowhere" : kind), " ", t(`K_${kind}`))),
    guessed ? h("p", { class: right ? "good" : "bad" }, glyph(right ? "done" : "todo"), " ", t(right ? "guessedRight" : "guessedWrong", t(`K_${choice}`))) : null,
    point ? h("p", { class: "point", lang: language() }, point) : null);
}

/** What the switch of a change is predicted about. */
function about(context) {
  const { from, name, type } = state;
  return [context.which, context.wanted, from, name, type, state.explanation?.verdict].join("/");
}

/** Whether a switch is a question to the student: in a lab, the first time. */
function asks(context) {
  return on() && state.lesson && !state.foreseen && state.explanation && ["support", "hostnames", "private-dns"].includes(context?.which) && !prediction(about(context));
}

/** Before a switch is thrown, asks what dig will print. `run` throws the switch. Whether it asked. */
export function beforehand(what, context, clientName, run) {
  if (!asks(context)) return false;
  const box = byId("foretell");
  const key = about(context);
  // If the switch is what the step asks for, the step tells what came of it.
  const step = state.foresees?.name === state.name && state.foresees.goals.includes(context.which) ? state.foresees : null;
  const choose = (choice) => {
    keep(step?.about ?? key, choice);
    state.foretold = step || choice === "skip" ? null : { choice, from: state.from, name: state.name };
    box.hidden = true;
    run();
  };
  fill(box, h("h2", {}, what), card(state.name, clientName(state.from), choose),
    h("button", { type: "button", class: "tb", data: { key: "predict/off" }, onclick: () => { localStorage.setItem("predict", "off"); choose("skip"); } }, t("neverAsk")));
  box.hidden = false;
  box.querySelector("button").focus();
  return true;
}

/** After the switch: what was predicted, and the answer. `sentence` tells the difference. */
export function afterwards(sentence) {
  const told = state.foretold;
  const box = byId("foretell");
  if (!told || !state.explanation || told.from !== state.from || told.name !== state.name) return;
  state.foretold = null;
  fill(box, reveal(told.choice, state.explanation, sentence), h("button", { type: "button", class: "tb", data: { key: "predict/close" }, onclick: () => { box.hidden = true; } }, t("close")));
  box.hidden = false;
}

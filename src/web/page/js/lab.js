// The labs: a step's text, its commands, and its digs with the chapter's answers and the current ones.

import { get } from "./api.js";
import { copyable, fill, h } from "./dom.js";

/** Fills the panel. `lab` and `step` are the current step. `same` is true while the World equals that step. */
export async function show(panel, { lab, step, same, language, go, ask, say }) {
  if (!lab) {
    fill(panel, h("h2", { class: "sr" }, "Lab"), h("p", { class: "note" }, "This World does not come from a lab. Choose a lab above to replace it."));
    return;
  }
  const index = lab.steps.findIndex((it) => it.name === step);
  const current = lab.steps[index];
  const inLanguage = (words) => words[language] ?? words.en;
  const given = current.digs.map(() => null);
  const paint = () => fill(
    panel,
    h("h2", { class: "sr" }, "Lab"),
    h("div", { lang: language, class: "lesson" },
      h("p", { class: "lab-title" }, inLanguage(lab.title)),
      h("ol", { class: "lab-steps" }, lab.steps.map((it, at) => h("li", {}, h(
        "button",
        { type: "button", class: "name", "aria-current": at === index ? "step" : null, data: { key: `step/${it.name}` }, onclick: () => go(lab.name, it.name) },
        inLanguage(it.title),
      )))),
      h("h3", { id: "lab-step" }, inLanguage(current.title)),
      h("p", { id: "lab-text" }, inLanguage(current.text)),
    ),
    same ? null : h("p", { class: "note", id: "lab-differs" }, "The World was changed since this step. Choose the step again to come back to it."),
    current.commands.length ? [h("h3", {}, "Commands"), current.commands.map((command, at) => copyable(command, `command ${at + 1}`))] : null,
    current.digs.length ? [h("h3", {}, "Answers"), h("ul", { class: "digs", id: "digs" }, current.digs.map((dig, at) => digItem(dig, given[at], ask)))] : null,
    current.ways.length ? [h("h3", {}, "Ways"), h("ul", { class: "digs" }, current.ways.map((way) => h("li", {}, h(
      "button",
      { type: "button", class: "name", data: { key: `way/${way.from}/${way.name}`, from: way.from, name: way.name }, onclick: () => ask(way.from, way.name) },
      `${way.from}: ${way.name}`,
    ))))] : null,
  );
  paint();
  // All digs are asked at once. If the panel has changed in the meantime, the answers are dropped.
  const mark = {};
  panel.asked = mark;
  await Promise.all(current.digs.map(async (dig, at) => {
    try {
      const explanation = await get("/api/explain", { name: dig.name, type: dig.type, from: dig.from });
      given[at] = explanation.answer.records.map((record) => record.data);
    } catch (error) {
      given[at] = error;
    }
  }));
  if (panel.asked === mark) {
    paint();
    const right = current.digs.filter((dig, at) => equal(dig.prints, given[at])).length;
    if (current.digs.length) say(`${right} of ${current.digs.length} answers as in the chapter`);
  }
}

function equal(prints, given) {
  return Array.isArray(given) && [...prints].sort().join(" ") === [...given].sort().join(" ");
}

function digItem(dig, given, ask) {
  const words = (list) => (list.length ? list.join(" ") : "(nothing)");
  const same = equal(dig.prints, given);
  const verdict = given === null ? "" : same ? "as in the chapter" : "not as in the chapter";
  return h(
    "li",
    { data: { row: dig.row ?? "", same: given === null ? "" : String(same) } },
    h("button", { type: "button", class: "name", data: { key: `dig/${dig.row}/${dig.from}/${dig.name}` }, onclick: () => ask(dig.from, dig.name, dig.type) }, `${dig.from} $ dig +short ${dig.name}`),
    h("div", { class: "given" },
      h("span", {}, "chapter: ", h("code", { class: "prints" }, words(dig.prints))),
      h("span", {}, "here: ", h("code", { class: "gave" }, given === null ? "…" : given instanceof Error ? given.message : words(given))),
      h("b", { class: same ? "good" : "bad" }, verdict)),
  );
}

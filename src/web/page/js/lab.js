// The labs: the steps with their marks, a step's text, its commands, and its digs with the chapter's answers and the
// current ones.

import { get } from "./api.js";
import { copyable, fill, glyph, h, soft } from "./dom.js";
import { language, t } from "./words.js";

const inLanguage = (words) => words[language()] ?? words.en;

/** The steps of the lab, with a mark for each. */
export function steps(list, lab, step, go) {
  const index = lab ? lab.steps.findIndex((it) => it.name === step) : -1;
  list.lang = language();
  fill(list, (lab?.steps ?? []).map((it, at) => h("li", { class: at === index ? "cur" : "" }, h("button", {
    type: "button", class: "stepname", "aria-current": at === index ? "step" : null, title: inLanguage(it.title), data: { key: `step/${it.name}` }, onclick: () => go(lab.name, it.name),
  }, glyph(at < index ? "done" : at === index ? "here" : "todo"), h("span", {}, inLanguage(it.title))))));
}

/** Fills the panel. `lab` and `step` are the current step. `same` is true while the World equals that step. */
export async function show(panel, { lab, step, same, ask, say }) {
  if (!lab) {
    fill(panel, h("h2", { class: "sr" }, t("lab")), h("p", { class: "note" }, t("labNone")));
    return;
  }
  const current = lab.steps.find((it) => it.name === step);
  const given = current.digs.map(() => null);
  const revealed = panel.revealed ??= new Set();
  const paint = () => fill(
    panel,
    h("div", { lang: language(), class: "lesson" }, h("h3", { class: "lab-title" }, inLanguage(lab.title)), h("h2", { id: "lab-step" }, inLanguage(current.title)), h("p", { id: "lab-text" }, inLanguage(current.text))),
    same ? null : h("p", { class: "note", id: "lab-differs" }, t("labDiffers")),
    current.commands.length ? [h("h3", {}, t("commands")), current.commands.map((command, at) => copyable(command, t("commandNumber", at + 1)))] : null,
    current.digs.length ? [h("h3", {}, t("predict")), h("ul", { class: "digs", id: "digs" }, current.digs.map((dig, at) => digItem(`${lab.name}/${step}`, dig, given[at], ask, revealed, paint)))] : null,
    current.ways.length ? [h("h3", {}, t("ways")), h("ul", { class: "digs" }, current.ways.map((way) => h("li", {}, h(
      "button",
      { type: "button", class: "name", data: { key: `way/${way.from}/${way.name}`, from: way.from, name: way.name }, onclick: () => ask(way.from, way.name) },
      soft(`${way.from}: ${way.name}`),
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
    if (current.digs.length) say(`${right}/${current.digs.length}`);
  }
}

function equal(prints, given) {
  return Array.isArray(given) && [...prints].sort().join(" ") === [...given].sort().join(" ");
}

/** A dig of the chapter: its answer is hidden until it is asked or revealed, so that it can be predicted first. */
function digItem(step, dig, given, ask, revealed, paint) {
  const key = `${step}/${dig.row}/${dig.from}/${dig.name}`;
  const words = (list) => (list.length ? list.map((it) => h("span", { class: "nw" }, it, " ")) : t("nothing"));
  const same = equal(dig.prints, given);
  const verdict = given === null ? "" : t(same ? "asChapter" : "notAsChapter");
  const open = revealed.has(key);
  return h(
    "li",
    { data: { row: dig.row ?? "", same: given === null ? "" : String(same) } },
    h("button", { type: "button", class: "name m", data: { key: `dig/${dig.row}/${dig.from}/${dig.name}` }, onclick: () => { revealed.add(key); paint(); ask(dig.from, dig.name, dig.type); } }, soft(dig.from), " $ dig +short ", soft(dig.name)),
    open ? h("div", { class: "given" },
      h("span", {}, `${t("chapterPrints")}: `, h("code", { class: "prints" }, words(dig.prints))),
      h("span", {}, `${t("here")}: `, h("code", { class: "gave" }, given === null ? "…" : given instanceof Error ? given.message : words(given))),
      h("b", { class: same ? "good" : "bad" }, glyph(same ? "done" : "todo"), " ", verdict))
      : h("button", { type: "button", class: "tb", data: { key: `reveal/${key}` }, onclick: () => { revealed.add(key); paint(); } }, t("reveal")),
  );
}

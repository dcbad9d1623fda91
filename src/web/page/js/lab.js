// The labs: the steps with their marks, a step's goal with what is done and missing, its commands, and its digs with the
// chapter's answers and the current ones.

import { get } from "./api.js";
import { awsCommand, shortDig } from "./commands.js";
import { byId, copyable, copyButton, fill, glyph, h, soft } from "./dom.js";
import * as predict from "./predict.js";
import { racks } from "./racks.js";
import { clientId } from "./state.js";
import { language, t } from "./words.js";

const inLanguage = (words) => words?.[language()] ?? words?.en;

/** The steps of the lab, with a mark for each. `done` tells whether the current one is done. */
export function steps(list, lab, index, done, go) {
  list.lang = language();
  fill(list, (lab?.steps ?? []).map((it, at) => h("li", { class: at === index ? "cur" : "" }, h("button", {
    type: "button", class: "stepname", "aria-current": at === index ? "step" : null, title: inLanguage(it.title), data: { key: `step/${it.name}` }, onclick: () => go(lab.name, it.name),
  }, glyph(at < index || (at === index && done && at > 0) ? "done" : at === index ? "here" : "todo"), h("span", {}, inLanguage(it.title))))));
}

const NAMED = new Set(["on", "off"]);

/** A goal in words; `on` and `off` are words of the page. */
function goalWords(what, of) {
  return t(`G_${what}`, ...of.map((it) => (NAMED.has(it) ? t(it) : it)));
}

function goalItem(goal) {
  return h("li", { data: { done: String(goal.done), what: goal.what, hint: goal.hint?.what ?? "" } },
    glyph(goal.done ? "done" : "todo"), h("span", {}, h("span", { class: "sr" }, t(goal.done ? "isDone" : "isOpen"), " "), soft(goalWords(goal.what, goal.of)),
      goal.hint ? h("small", {}, soft(t(`H_${goal.hint.what}`, ...goal.hint.of))) : null));
}

/** Fills the panel. */
export async function show(panel, { lab, step, goals, passed, own, question, token, groups, vpc, ask, say }) {
  if (!lab) {
    fill(byId("lab-now"));
    fill(panel, h("h2", { class: "sr" }, t("lab")), h("p", { class: "note" }, t("labNone")));
    return;
  }
  const done = goals.every((it) => it.done);
  const digs = done ? step.digs.map((it) => ({ ...it, name: own(it.name), prints: it.prints.map(own) })) : [];
  const given = digs.map(() => null);
  const revealed = panel.revealed ??= new Set();
  const about = (it) => `${lab.name}/${it.name}`;
  const asked = question(step);
  const doing = goals.length > 0 && !done;
  if (doing) delete panel.told?.[about(step)];
  const predicts = doing && predict.on() && asked && !predict.prediction(about(step));
  // What was told stays until it is told anew.
  const kept = panel.told ??= {};
  // What a step shows is told when it is done: of this one, or of the one that was just passed.
  const shown = [passed, done && goals.length ? step : null].filter(Boolean).map((it) => ({ it, asked: question(it), explanation: kept[about(it)] ?? null }));
  const where = { owner: vpc?.owner ?? "123456789012", region: vpc?.region ?? "ap-northeast-2", token };
  const arguments_ = { lab, step, goals, passed, own, question, token, groups, vpc, ask, say };
  const paint = () => {
    fill(
      byId("lab-now"),
      shown.filter((one) => one.explanation).map(({ it, explanation }) => h("div", { class: "reveal", role: "status", data: { step: it.name } },
        h("h3", {}, glyph("done"), " ", t("stepDone", inLanguage(it.title))), predict.reveal(predict.prediction(about(it)), explanation, inLanguage(it.point)))),
      step.goal ? h("p", { id: "lab-goal", lang: language() }, h("b", {}, t("goal")), " ", inLanguage(step.goal)) : null,
      goals.length ? h("ul", { class: "goals", id: "goals", lang: language() }, goals.map(goalItem)) : null,
      predicts ? h("div", { class: "predict", id: "predict-step" }, predict.card(asked.name, clientName(asked.from, step), (choice) => { predict.keep(about(step), choice); show(panel, arguments_); })) : null,
    );
    text();
  };
  const text = () => fill(
    panel,
    h("div", { lang: language(), class: "lesson" }, h("h3", { class: "lab-title" }, inLanguage(lab.title)), h("h2", { id: "lab-step" }, inLanguage(step.title))),
    groups.length ? [h("h3", {}, t("placement")), racks(groups)] : null,
    step.commands.length ? [h("h3", {}, t("commands")), token ? h("p", { class: "note" }, t("tokenFirst")) : null,
      step.commands.map(own).map((command, at) => copyable(command, t("commandNumber", at + 1), `command/${at + 1}`, awsCommand(command, where)))] : null,
    h("details", { class: "what", open: !doing, data: { key: "lab/text" } }, h("summary", { data: { key: "lab/text/fold" } }, t("whatHappens")), h("p", { id: "lab-text", lang: language() }, inLanguage(step.text))),
    digs.length ? [h("h3", {}, t("predict")), h("ul", { class: "digs", id: "digs" }, digs.map((dig, at) => digItem(about(step), dig, given[at], { ask, revealed, paint, chapter: lab.chapter })))] : null,
    done ? shownThere(about(step), t("metadata"), "curls", step.curls.map((it) => ({ ...it, command: own(it.command), shell: own(it.shell), prints: (it.prints ?? [t("replyStatus", it.status)]).map(own) })), revealed, paint) : null,
    done ? shownThere(about(step), t("pings"), "pings", step.pings.map((it) => ({ ...it, shell: own(it.shell), command: own(it.command), prints: [t(it.answers ? "answersPing" : "answersNoPing")] })), revealed, paint) : null,
    done && step.refusals.length ? [h("h3", {}, t("runInto")), h("p", { class: "note" }, t("runIntoNote")), h("ul", { class: "digs", id: "refusals" }, step.refusals.map((it, at) => h("li", {},
      copyable(own(it.command), t("commandOf", own(it.command)), `refused/${at + 1}`, awsCommand(own(it.command), where)), h("div", { class: "given" }, h("code", { class: "prints" }, soft(it.code))))))] : null,
    done && step.ways.length ? [h("h3", {}, t("ways")), h("ul", { class: "digs" }, step.ways.map((way) => h("li", {}, h(
      "button",
      { type: "button", class: "name", data: { key: `way/${way.from}/${way.name}`, from: way.from, name: own(way.name) }, onclick: () => ask(way.from, own(way.name)) },
      soft(`${way.from}: ${own(way.name)}`),
    ))))] : null,
  );
  paint();
  // All questions are asked at once. If the panel has changed in the meantime, the answers are dropped.
  const mark = {};
  panel.asked = mark;
  const explained = ({ name, type, from }) => get("api/explain", { name, type, from });
  await Promise.all([
    ...digs.map(async (dig, at) => {
      try {
        const explanation = await explained(dig);
        given[at] = { data: explanation.answer.records.map((record) => record.data), command: explanation.dig.command };
      } catch (error) {
        given[at] = { error, data: [] };
      }
    }),
    ...shown.map(async (one) => {
      if (one.asked?.from) one.explanation = kept[about(one.it)] = await explained(one.asked).catch(() => null);
    }),
  ]);
  if (panel.asked === mark) {
    paint();
    const right = digs.filter((dig, at) => equal(dig.prints, given[at])).length;
    say(digs.length ? `${right}/${digs.length}` : "");
  }
}

/** What a step calls the client of its question. */
function clientName(id, step) {
  const names = [step.question, ...step.digs, ...step.ways].filter(Boolean).map((it) => it.from);
  return names.find((it) => clientId(it) === id) ?? id;
}

function equal(prints, given) {
  return Boolean(given) && !given.error && [...prints].sort().join(" ") === [...given.data].sort().join(" ");
}

/** A dig of the chapter: its answer is hidden until it is asked or revealed, so that it can be predicted first. */
function digItem(step, dig, given, { ask, revealed, paint, chapter }) {
  const key = `${step}/${dig.row}/${dig.from}/${dig.name}`;
  const words = (list) => (list.length ? list.map((it) => h("span", { class: "nw" }, it, " ")) : t("nothing"));
  const same = equal(dig.prints, given);
  const verdict = given === null ? "" : t(chapter ? (same ? "asChapter" : "notAsChapter") : (same ? "asExpected" : "notAsExpected"));
  const open = revealed.has(key);
  const reveal = h("button", { type: "button", class: "tb", data: { key: `reveal/${key}` }, onclick: () => { revealed.add(key); paint(); } }, t("reveal"));
  return h(
    "li",
    { data: { row: dig.row ?? "", same: given === null ? "" : String(same) } },
    h("button", { type: "button", class: "name m", data: { key: `dig/${dig.row}/${dig.from}/${dig.name}` }, onclick: () => { revealed.add(key); paint(); ask(dig.from, dig.name, dig.type); } }, soft(dig.from), " $ dig +short ", soft(dig.name)),
    open ? h("div", { class: "given" },
      h("span", {}, `${t(chapter ? "chapterPrints" : "labPrints")}: `, h("code", { class: "prints" }, words(dig.prints))),
      h("span", {}, `${t("here")}: `, h("code", { class: "gave" }, given === null ? "…" : given.error ? given.error.message : words(given.data))),
      h("b", { class: same ? "good" : "bad" }, glyph(same ? "done" : "todo"), " ", verdict)) : null,
    h("div", { class: "choice" }, open ? null : reveal, given?.command ? copyButton(shortDig(given.command), t("digOf", dig.name), key) : null),
  );
}

/** What is typed in a shell on an instance, with what is printed there: hidden until it is revealed. The copied command
 *  opens such a shell. */
function shownThere(step, title, list, items, revealed, paint) {
  return items.length ? [h("h3", {}, title), h("p", { class: "note" }, t("inShell")), h("ul", { class: "digs", id: list }, items.map((it, at) => {
    const key = `${step}/${list}/${at}`;
    const command = `vpcdns shell --server ${location.origin} --as ${it.from} -- ${it.shell}`;
    const reveal = h("button", { type: "button", class: "tb", data: { key: `reveal/${key}` }, onclick: () => { revealed.add(key); paint(); } }, t("reveal"));
    return h(
      "li",
      {},
      h("div", { class: "name m" }, soft(it.from), " $ ", soft(it.command)),
      revealed.has(key) ? h("div", { class: "given" }, h("code", { class: "prints" }, it.prints.map((line) => h("div", {}, soft(line))))) : null,
      h("div", { class: "choice" }, revealed.has(key) ? null : reveal, copyButton(command, t("commandOf", it.command), key)),
    );
  }))] : null;
}

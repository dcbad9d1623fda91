// Where a student is in a lab: the step, what of it is done, and going on.
//
// A step begins in the World of the step before it. The page watches the World, whoever changes it. It goes on when a step
// is done that has no answers to look at, or when the next step was begun.

import { post, Refused } from "./api.js";
import { confirm, hush, refuse } from "./change.js";
import { byId, fill, h } from "./dom.js";
import * as lab from "./lab.js";
import { linked } from "./link.js";
import * as predict from "./predict.js";
import { vpcOf } from "./scene.js";
import { clientId, page, state } from "./state.js";
import { t } from "./words.js";

function currentLab() {
  return state.labs.find((it) => it.name === state.lesson?.lab);
}

export function currentStep() {
  return currentLab()?.steps.find((it) => it.name === state.lesson.step);
}

function currentIndex() {
  return currentLab()?.steps.findIndex((it) => it.name === state.lesson.step) ?? -1;
}

/** The goals of a step, as the World has them. */
function goals(progress, name, index) {
  return progress[name]?.steps[index] ?? [];
}

/** Whether everything that a step asks for is there. */
function isDone(progress, name, index) {
  return goals(progress, name, index).every((it) => it.done);
}

/** A text of a lab, with the ids and addresses of the student's own resources. */
export function own(text, name = state.lesson?.lab) {
  const pairs = new Map(state.progress[name]?.own ?? []);
  if (!pairs.size) return text;
  // The longest first, so that an ARN is not cut by a name in it.
  const words = [...pairs.keys()].sort((a, b) => b.length - a.length).map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.replace(new RegExp(`(?<![0-9A-Za-z])(?:${words.join("|")})(?![0-9A-Za-z])`, "g"), (found) => pairs.get(found));
}

/** The question that shows the point of a step, with the student's own names. */
export function questionOf(step) {
  const asked = step.question ?? step.digs.at(-1) ?? step.ways.at(-1);
  return asked ? { from: clientId(asked.from) ?? (asked.from === "internet" ? asked.from : null), name: own(asked.name), type: asked.type ?? "A" } : null;
}

/** Decides which step the page is at, after the World was read. `before` is how far it had come at the last reading. */
export function settle(before) {
  const { at, labs, progress } = state;
  // A link may name a step that there is not.
  if (!currentStep()) state.lesson = null;
  const current = currentLab();
  const index = currentIndex();
  if (at) {
    const reached = labs.find((it) => it.name === at.lab).steps.findIndex((it) => it.name === at.step);
    // At the end of a step the page may be at the next one already.
    if (current?.name !== at.lab || (index !== reached && index !== reached + 1)) return move(at);
  } else if (!current) {
    // A World of the student's own, with the VPCs of a lab: the first step that is not done.
    const known = labs.find((it) => progress[it.name]?.known);
    if (known) {
      const first = known.steps.findIndex((_, step) => !isDone(progress, known.name, step));
      move({ lab: known.name, step: known.steps.at(first).name });
    }
    return undefined;
  }
  if (!before || index < 0) return undefined;
  const { name, steps } = currentLab();
  let to = currentIndex();
  while (to + 1 < steps.length && isDone(progress, name, to)) {
    const looks = steps[to].digs.length + steps[to].ways.length > 0;
    const reached = !isDone(before, name, to) && !looks;
    const old = goals(before, name, to + 1);
    const begun = goals(progress, name, to + 1).some((it, which) => it.done && !old[which]?.done);
    if (!reached && !begun) break;
    to += 1;
  }
  if (to > index) {
    state.passed = { lab: name, step: steps[to - 1].name };
    move({ lab: name, step: steps[to].name }, state.passed);
  }
  return undefined;
}

/** Goes to a step, whose question is asked from now on. */
function move(lesson, passed = null) {
  const same = state.lesson?.lab === lesson.lab && state.lesson.step === lesson.step;
  Object.assign(state, { lesson: { lab: lesson.lab, step: lesson.step }, passed });
  if (!same && state.world && state.name) state.follows = true;
}

/** Asks the step's question if the student asked no other. */
export function follow() {
  const step = currentStep();
  const asked = step && state.follows ? questionOf(step) : null;
  if (!asked) return;
  const from = asked.from ?? state.from;
  if (from !== state.from || asked.name !== state.name || asked.type !== state.type) Object.assign(state, { from, name: asked.name, type: asked.type, way: null, hop: null, written: null });
}

/** Draws the lab. */
export function lessons() {
  const current = currentLab();
  const index = currentIndex();
  const select = byId("lab");
  fill(select, current ? null : h("option", { value: "" }, t("noLab")), state.labs.map((it) => h("option", { value: it.name }, it.name)));
  select.value = current?.name ?? "";
  byId("step").textContent = current ? t("stepOf", index + 1, current.steps.length, current.steps[index].name) : t("ownWorld");
  byId("back").disabled = index <= 0;
  byId("next").disabled = !current || index >= current.steps.length - 1;
  const wanted = current ? goals(state.progress, current.name, index) : [];
  const done = wanted.every((it) => it.done);
  byId("show-me").disabled = !current || done;
  byId("next").classList.toggle("ready", done);
  // A step that was predicted asks no second time when its switch is thrown.
  const about = `${current?.name}/${current?.steps[index].name}`;
  state.foreseen = !done && Boolean(predict.prediction(about)) && !predict.prediction(`${about}/told`);
  if (done && predict.prediction(about)) predict.keep(`${about}/told`, true);
  // The goals whose switch is predicted with the step itself.
  state.foresees = !done && !predict.prediction(about) ? { about, name: questionOf(current.steps[index])?.name, goals: wanted.filter((it) => !it.done).map((it) => it.what) } : null;
  predict.paint();
  lab.steps(byId("steps"), current, index, done, (name, step) => go(name, step));
  lab.show(byId("panel-lab"), {
    lab: current,
    step: current?.steps[index],
    goals: wanted,
    passed: state.passed?.lab === current?.name ? current?.steps.find((it) => it.name === state.passed?.step) : null,
    own: (text) => own(text, current?.name),
    question: questionOf,
    token: state.token,
    groups: state.racks,
    vpc: vpcOf(state.world, state.from) ?? state.world.vpcs[0],
    ask: (from, name, type = "A") => page.question({ from: clientId(from) ?? from, name, type }),
    say: (words) => { byId("panel-lab").dataset.score = words; },
  }).catch(page.trouble);
}

/** Replaces the World by the one in which a step begins. If that would delete resources that the lab did not make, asks
 *  the user first. `how` is `begin`, or empty for the World after the step. */
export async function go(name, step, { force = false, how = "begin" } = {}) {
  hush();
  const other = state.lesson?.lab !== name;
  const query = new URLSearchParams({ ...(how ? { [how]: 1 } : {}), ...(force ? { force: 1 } : {}) });
  try {
    await post(`api/labs/${encodeURIComponent(name)}/steps/${encodeURIComponent(step)}?${query}`);
    state.hop = null;
    if (other) Object.assign(state, { from: null, name: null, way: null, written: null, focus: null });
    move({ lab: name, step });
    state.follows = true;
    state.progress = {};
    await page.refresh(true);
  } catch (error) {
    if (error instanceof Refused && error.status === 409) confirm(t("replaceAsk", name, `${name}@${step}`), () => go(name, step, { force: true, how }));
    else refuse(`${name}@${step}`, error);
  }
}

/** Does the current step, as far as it is not done. Whether it is done then. */
export async function showMe() {
  hush();
  const { lab: name, step } = state.lesson;
  try {
    await post(`api/labs/${encodeURIComponent(name)}/steps/${encodeURIComponent(step)}?show=1`);
    await page.refresh(true);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) confirm(t("replaceAsk", name, `${name}@${step}`), () => go(name, step, { force: true, how: "" }));
    else refuse(`${name}@${step}`, error);
    return false;
  }
}

/** Goes a step on or back. A step that is not done is done first. */
export async function walk(by) {
  const current = currentLab();
  const index = currentIndex();
  const step = current?.steps[index + by];
  if (!step) return;
  if (by < 0) {
    await go(current.name, step.name);
    return;
  }
  hush();
  if (!isDone(state.progress, current.name, index) && !(await showMe())) return;
  move({ lab: current.name, step: step.name });
  state.follows = true;
  await page.refresh(true);
}

export async function reset() {
  hush();
  try {
    await post("api/reset");
    Object.assign(state, { from: null, name: null, way: null, written: null, lesson: null, passed: null, focus: null, progress: {}, hop: null });
  } catch (error) {
    refuse(t("reset"), error);
  }
  await page.refresh(true);
}

/** Goes to the lab's step of a link, if the World is another one. Asks first if that would delete something of the user's
 *  own: a World that is empty, or that a lab's step made, holds nothing of that kind. */
export async function offer(link) {
  const [name, step] = link.step?.split("@") ?? [];
  const isHere = state.at?.lab === name && state.at?.step === step;
  if (!step || isHere || !state.world || !state.labs.some((it) => it.name === name && it.steps.some((one) => one.name === step))) return;
  if (state.at || !state.world.vpcs.length) await load(name, step, link);
  else confirm(t("linkAsk", link.step), () => load(name, step, link));
}

/** Replaces the World by the one of a link, and shows what the link shows. */
async function load(name, step, link) {
  hush();
  try {
    await post(`api/labs/${encodeURIComponent(name)}/steps/${encodeURIComponent(step)}?force=1`);
  } catch (error) {
    refuse(`${name}@${step}`, error);
    return;
  }
  Object.assign(state, { from: null, name: null, way: null, written: null, focus: null, passed: null, lesson: { lab: name, step }, progress: {} });
  linked(link.url);
  // Without a replay, which would end at the last beat.
  await page.refresh();
  page.select(state.view);
}

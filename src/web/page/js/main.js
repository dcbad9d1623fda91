// The page: the question, the World it is asked in, and the picture. After every change the question is asked again.

import { get, post, Refused } from "./api.js";
import * as ask from "./ask.js";
import { byId, debounce, fill, h, s } from "./dom.js";
import * as finder from "./finder.js";
import * as lab from "./lab.js";
import { draw } from "./picture.js";
import { key, preferred, scene, vpcOf } from "./scene.js";
import * as stream from "./stream.js";
import { advice } from "./switches.js";
import * as table from "./table.js";
import { beats, replay, show, wire } from "./wires.js";
import { language, speak, t } from "./words.js";

/** The most resources that are read. The picture folds what it has no room for. */
const READ = 10_000;
/** The most endpoints that get a table. */
const TABLES = 40;

const state = {
  from: null,
  name: null,
  type: "A",
  world: null,
  labs: [],
  at: null,
  /** The lab and step that were last chosen, or that the World was last at. */
  lesson: JSON.parse(sessionStorage.getItem("lesson") ?? "null"),
  explanation: null,
  tables: [],
  total: 0,
  /** The World and the explanation before the last change, while they are shown. */
  past: null,
  /** The key of the way that is drawn. */
  way: null,
  /** The VPC that is shown while the client is in none. */
  focus: null,
  /** The beat of the journey that is shown; the whole without one. */
  hop: null,
  /** Why the last question has no answer, if the server refused it. */
  refusal: null,
  /** The last question that the page wrote into the question box. */
  written: null,
  view: "picture",
  big: false,
  present: false,
};

/** The picture as it is drawn: its scene and its lines. */
const drawn = { scene: null, lines: [], stop: null };

// ---- the World and the question -------------------------------------------------------------------------------

let loading = Promise.resolve();

/** Reads the World and asks the question again. Calls run one after the other. */
function refresh(play = false) {
  const { dataset } = document.documentElement;
  dataset.pending = String(Number(dataset.pending ?? 0) + 1);
  loading = loading.then(() => load(play)).catch(trouble).finally(() => { dataset.pending = String(Number(dataset.pending) - 1); });
  return loading;
}

async function load(play) {
  const from = state.from ? { from: state.from } : {};
  const [{ world, default_client: fallback }, { labs, at }] = await Promise.all([
    get("/api/world", { limit: READ, ...from }),
    get("/api/labs"),
  ]);
  Object.assign(state, { world, labs, at, past: null });
  if (at) state.lesson = at;
  sessionStorage.setItem("lesson", JSON.stringify(state.lesson));
  if (!state.name) firstQuestion(fallback);
  // A link may name the client.
  state.from = clientId(state.from) ?? state.from ?? fallback;
  let told;
  try {
    told = await tell();
  } catch (error) {
    // The client may no longer exist, because the World was replaced.
    if (!(error instanceof Refused) || !error.message.startsWith("from:")) throw error;
    Object.assign(state, { from: fallback, name: null, written: null });
    firstQuestion(fallback);
    told = await tell();
  }
  const [explanation, tables] = told;
  Object.assign(state, { tables: tables.slice(0, TABLES), total: tables.length, explanation, refusal: null });
  if (!explanation.paths.some((path) => key(path) === state.way)) state.way = preferred(explanation, world);
  paint();
  if (play) playAll();
}

/** Asks for the answer and the tables, both for the same client. */
function tell() {
  const { from, name, type } = state;
  return Promise.all([
    get("/api/explain", { name, type, from }),
    get("/api/table", { limit: TABLES + 1, from }),
  ]);
}

const fields = ["from", "name", "type"];

/** What stands in the question box. */
function boxes() {
  return Object.fromEntries(fields.map((field) => [field, byId(field).value]));
}

/** Shows the question in its box, unless the user is writing there. */
function form() {
  const now = boxes();
  const writing = state.written && fields.some((field) => now[field] !== state.written[field]);
  const shown = writing ? now : { from: state.from, name: state.name, type: state.type };
  ask.clients(byId("from"), state.world, shown.from);
  ask.names(byId("names"), state.world, state.labs);
  byId("name").value = shown.name;
  byId("type").value = shown.type;
  if (!writing) state.written = shown;
}

function firstQuestion(fallback) {
  state.from ??= fallback;
  const vpc = vpcOf(state.world, state.from) ?? state.world.vpcs[0];
  const endpoint = vpc?.endpoints.find((it) => it.kind === "interface");
  const step = currentStep();
  // The last dig of a step shows its point; without one, its last way does.
  const shown = step?.digs.at(-1) ?? step?.ways.at(-1);
  state.type = "A";
  if (shown) {
    state.name = shown.name;
    state.from = clientId(shown.from) ?? state.from;
  } else {
    state.name = endpoint?.private_names[0] ?? endpoint?.names[0] ?? `s3.${vpc?.region ?? "ap-northeast-2"}.amazonaws.com`;
  }
}

/** The id of a client, by its name or id. */
function clientId(text) {
  const all = state.world.vpcs.flatMap((vpc) => [vpc, ...vpc.subnets.flatMap((subnet) => subnet.instances)]);
  return all.find((it) => it.name === text || it.id === text)?.id;
}

/** What the client is called. */
function clientName(id) {
  if (id === "internet") return t("internetAsker");
  const all = state.world.vpcs.flatMap((vpc) => [vpc, ...vpc.subnets, ...vpc.subnets.flatMap((subnet) => subnet.instances)]);
  return all.find((it) => it.id === id)?.name ?? id;
}

/** Asks another question. */
function question(change) {
  const other = change.from !== undefined && change.from !== state.from;
  Object.assign(state, change);
  // What is written from now on, while the answer is on its way, stays.
  Object.assign(state, { way: null, hop: null, written: boxes() });
  hush();
  return refresh(true).then(() => {
    // In a large World the client may be out of sight.
    if (other) byId("stage").querySelector(".asker")?.scrollIntoView({ block: "nearest" });
  });
}

// ---- what is shown --------------------------------------------------------------------------------------------

/** Draws everything anew. */
function paint() {
  const { explanation, world } = state;
  arrange();
  form();
  ask.verdict(byId("verdict"), explanation);
  const wide = sized() === "xl";
  const told = ask.change(byId("change-card"), byId("change-line"), explanation, wide);
  byId("change-card").hidden = !wide;
  announce(told);
  ask.terminal(byId("terminal"), explanation, clientName(state.from), wide);
  table.show(byId("panel-table"), { tables: state.tables, total: state.total, world, asked: state.name, choose: (name) => question({ name }), change });
  table.strip(byId("strip"), state.tables, state.name);
  picture();
  lessons();
  address();
}

let said = "";

/** Tells a screen reader what changed, once for each change. */
function announce(text) {
  if (text && text !== said) byId("announce").textContent = text;
  said = text;
}

function picture() {
  const past = state.past;
  const world = past?.world ?? state.world;
  const explanation = past ? past.explanation : state.explanation;
  const way = explanation?.paths.some((path) => key(path) === state.way) ? state.way : preferred(explanation, world);
  drawn.stop?.();
  const it = scene(world, explanation, state.from, way, state.focus);
  if (it.primary) state.focus = it.primary.vpc.id;
  // Two VPCs side by side need more room than one.
  if (it.second && document.documentElement.classList.contains("t")) document.documentElement.className = document.documentElement.className.replace("md t", "s");
  const open = byId("stage").querySelector(".more")?.open;
  draw(byId("stage"), it, { change, ask: (from) => question({ from }), find: (text) => { finding(text); byId("find")?.focus(); } });
  if (open) byId("stage").querySelector(".more")?.setAttribute("open", "");
  drawn.scene = it;
  byId("picture").classList.toggle("past", Boolean(past));
  byId("picture").dataset.kind = it.kind ?? "";
  finding();
  const left = world.total - world.shown;
  byId("drawn").textContent = past ? t("beforeShown") : left > 0 ? t("partDrawn", world.shown, world.total) : "";
  lines();
}

function finding(text) {
  finder.show(byId("finder"), state.world, drawn.scene.others, {
    focus: (vpc) => question({ from: vpc.subnets.flatMap((subnet) => subnet.instances)[0]?.id ?? vpc.subnets[0]?.id ?? vpc.id }),
    ask: (from) => question({ from }),
    text,
  });
}

/** Draws the lines again, because the boxes may have moved. */
function lines() {
  if (!drawn.scene) return;
  drawn.stop?.();
  drawn.lines = byId("panel-picture").hidden ? [] : wire(byId("picture"), byId("lines"), drawn.scene);
  show(byId("picture"), drawn.lines, state.hop ?? undefined);
  const missing = byId("picture").dataset.missing || drawn.scene.missing;
  const explanation = state.past ? state.past.explanation : state.explanation;
  if (state.refusal) ask.failed(byId("why"), state.refusal);
  else ask.why(byId("why"), explanation, drawn.scene.path ? key(drawn.scene.path) : null, (chosen) => { state.way = chosen; state.hop = null; picture(); address(); }, missing, state.world, (name) => question({ name }));
  document.documentElement.dataset.lines = String(Number(document.documentElement.dataset.lines ?? 0) + 1);
  walkBar();
}

// ---- stepping, replaying, comparing ---------------------------------------------------------------------------

function walkBar() {
  const button = (name, label, run, properties = {}) => h("button", { type: "button", class: "tb", data: { key: `walk/${name}` }, onclick: run, ...properties }, label);
  fill(
    byId("walk"),
    button("back", "◀", () => hop(-1), { "aria-label": t("stepBack"), title: t("stepBack") }),
    button("step", `${t("step")} ▶`, () => hop(1)),
    button("replay", t("replay"), playAll),
    state.explanation?.before || state.past ? button("compare", state.past ? t("showNow") : t("compare"), compare, { "aria-pressed": String(Boolean(state.past)) }) : null,
  );
  const line = (kind, words) => h("span", {}, s("svg", { viewBox: "0 0 40 10", "aria-hidden": "true" }, s("path", { d: "M1 5h38", class: `w ${kind}` })), words);
  fill(byId("legend"), h("b", {}, t("lines")), line("w-q", t("L_question")), line("w-q w-back", t("L_answer")), line("w-private", t("private")), line("w-public", t("public")), line("w-nowhere", t("nowhere")));
}

/** Goes a beat of the journey on or back. */
function hop(by) {
  drawn.stop?.();
  const last = beats(drawn.lines, drawn.scene);
  const next = state.hop === null ? (by > 0 ? 1 : last - 1) : state.hop + by;
  state.hop = next > last || next < 1 ? null : next;
  show(byId("picture"), drawn.lines, state.hop ?? undefined);
  address();
}

function playAll() {
  if (!drawn.lines.length || document.hidden) return;
  drawn.stop?.();
  state.hop = null;
  drawn.stop = replay(byId("picture"), drawn.lines, beats(drawn.lines, drawn.scene), () => { drawn.stop = null; });
}

/** Shows the picture before the last change, or the current one again. */
async function compare() {
  if (state.past) state.past = null;
  else {
    try {
      const [{ world }, explanation] = await Promise.all([
        get("/api/world", { limit: READ, from: state.from, before: 1 }),
        get("/api/explain", { name: state.name, type: state.type, from: state.from, before: 1 }),
      ]);
      state.past = { world, explanation };
    } catch (error) {
      trouble(error);
      return;
    }
  }
  picture();
}

// ---- changes, refusals, labs ----------------------------------------------------------------------------------

/** Runs a change. Shows a refusal in AWS's words, with a hint. */
async function change(what, run, context) {
  hush();
  state.hop = null;
  try {
    await run();
  } catch (error) {
    refuse(what, error, context);
  }
  await refresh(true);
}

function refuse(what, error, context) {
  const box = byId("alert");
  fill(
    box,
    h("p", {}, h("b", {}, t("refused", what))),
    h("p", { id: "refusal", lang: "en" }, error.code ? h("code", { id: "refusal-code" }, error.code) : null, error.code ? " " : null, h("span", { id: "refusal-text" }, error.message)),
    h("p", { id: "advice" }, advice(error, context)),
    h("button", { type: "button", class: "tb", onclick: hush }, t("close")),
  );
  box.hidden = false;
}

function hush() {
  byId("alert").hidden = true;
  byId("confirm").hidden = true;
}

function trouble(error) {
  if (error instanceof Refused) {
    // The way on the picture belongs to another question.
    Object.assign(state, { explanation: null, way: null, past: null, refusal: error });
    if (state.world) {
      ask.verdict(byId("verdict"), null);
      ask.change(byId("change-card"), byId("change-line"), null, sized() === "xl");
      ask.terminal(byId("terminal"), null);
      picture();
    }
    ask.failed(byId("why"), error);
  } else {
    byId("step").textContent = t("unreachable");
    if (!(error instanceof TypeError)) throw error;
  }
}

function currentLab() {
  return state.labs.find((it) => it.name === state.lesson?.lab);
}

function currentStep() {
  return currentLab()?.steps.find((it) => it.name === state.lesson.step);
}

function lessons() {
  const current = currentLab();
  const same = Boolean(state.at);
  const select = byId("lab");
  fill(select, current ? null : h("option", { value: "" }, t("noLab")), state.labs.map((it) => h("option", { value: it.name }, it.name)));
  select.value = current?.name ?? "";
  const index = current ? current.steps.findIndex((it) => it.name === state.lesson.step) : -1;
  byId("step").textContent = current ? `${t("stepOf", index + 1, current.steps.length, current.steps[index].name)}${same ? "" : t("changed")}` : t("ownWorld");
  byId("back").disabled = index <= 0;
  byId("next").disabled = !current || index >= current.steps.length - 1;
  lab.steps(byId("steps"), current, state.lesson?.step, go);
  lab.show(byId("panel-lab"), {
    lab: current,
    step: state.lesson?.step,
    same,
    ask: (from, name, type = "A") => question({ from: clientId(from) ?? from, name, type }),
    say: (words) => { byId("panel-lab").dataset.score = words; },
  }).catch(trouble);
}

/** Replaces the World by a lab's step. If that would delete resources that the lab did not make, asks the user first. */
async function go(name, step, force = false) {
  hush();
  const other = state.lesson?.lab !== name;
  try {
    await post(`/api/labs/${encodeURIComponent(name)}/steps/${encodeURIComponent(step)}${force ? "?force=1" : ""}`);
    state.lesson = { lab: name, step };
    state.hop = null;
    if (other) Object.assign(state, { from: null, name: null, way: null, written: null, focus: null });
    await refresh(true);
  } catch (error) {
    if (error instanceof Refused && error.status === 409) confirm(t("replaceAsk", name, `${name}@${step}`), () => go(name, step, true));
    else refuse(`${name}@${step}`, error);
  }
}

/** Asks whether the World is to be replaced. */
function confirm(text, yes) {
  byId("confirm-text").textContent = text;
  byId("confirm-yes").onclick = yes;
  byId("confirm-no").onclick = () => { hush(); lessons(); };
  byId("confirm").hidden = false;
  byId("confirm-yes").focus();
}

function walk(by) {
  const current = currentLab();
  const index = current?.steps.findIndex((it) => it.name === state.lesson.step);
  const step = current?.steps[index + by];
  if (step) go(current.name, step.name);
}

async function reset() {
  await change(t("reset"), async () => {
    await post("/api/reset");
    Object.assign(state, { from: null, name: null, way: null, written: null, lesson: null, focus: null });
  });
}

// ---- the frame ------------------------------------------------------------------------------------------------

/** The class of the width: letters grow with A+, so the width counts as smaller then. */
function sized() {
  const width = innerWidth / (state.big ? 1.25 : 1);
  return width >= 1680 ? "xl" : width >= 1180 ? "l" : width >= 800 ? "md" : "s";
}

/** Sets the classes of the width, and puts the terminal where that width has it. */
function arrange() {
  const size = sized();
  const narrow = size === "md" && innerWidth / (state.big ? 1.25 : 1) < 960;
  const root = document.documentElement;
  root.className = [size, narrow ? "t" : "", state.big ? "big" : "", state.present ? "present" : ""].filter(Boolean).join(" ");
  const home = size === "l" ? byId("rail") : byId("side");
  if (byId("terminal").parentElement !== home) {
    if (size === "l") byId("lab-card").after(byId("terminal"));
    else byId("why").before(byId("terminal"));
  }
}

function select(view) {
  state.view = ["picture", "table", "stream"].includes(view) ? view : "picture";
  for (const tab of byId("tabs").querySelectorAll("[role=tab]")) {
    const on = tab.id === `tab-${state.view}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
  if (state.view === "stream") byId("badge").hidden = true;
  if (state.view === "picture") lines();
  address();
}

function tabs() {
  const all = [...byId("tabs").querySelectorAll("[role=tab]")];
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab.id.slice(4)));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = step ? all[(index + step + all.length) % all.length] : { Home: all[0], End: all.at(-1) }[event.key];
      if (!to) return;
      event.preventDefault();
      select(to.id.slice(4));
      to.focus();
    });
  });
}

let themed = "auto";

function theme(next) {
  const order = ["auto", "light", "dark"];
  themed = order.includes(next) ? next : "auto";
  document.documentElement.dataset.theme = themed;
  byId("theme").textContent = t(themed);
  byId("theme").setAttribute("aria-label", t("colours", t(themed)));
}

let streamFrame = () => {};

/** Puts the page's fixed texts in the chosen language. */
function translate(chosen) {
  speak(chosen);
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-title]")) element.title = t(element.dataset.title);
  byId("language").textContent = t("otherLanguage");
  byId("language").lang = language() === "ko" ? "en" : "ko";
  byId("back").setAttribute("aria-label", t("back"));
  byId("keys-text").textContent = t("keyList");
  theme(themed);
  streamFrame();
}

function larger(on) {
  state.big = on;
  byId("larger").setAttribute("aria-pressed", String(on));
}

function present(on) {
  state.present = on;
  byId("present").setAttribute("aria-pressed", String(on));
  larger(on);
}

/** Everything that a link reproduces, in the address. */
function address() {
  const { from, name, type, hop: at, view, big, present: presented, lesson } = state;
  if (!from) return;
  const parts = new URLSearchParams({ from, name, type });
  if (state.at && lesson) parts.set("step", `${lesson.lab}@${lesson.step}`);
  if (at !== null) parts.set("hop", at);
  if (view !== "picture") parts.set("view", view);
  parts.set("lang", language());
  if (big) parts.set("big", 1);
  if (presented) parts.set("present", 1);
  history.replaceState(null, "", `#${parts}`);
}

/** Reads what a link says. Returns the lab's step that it shows. */
function linked() {
  const given = new URLSearchParams(`${location.search.slice(1)}&${location.hash.slice(1)}`);
  for (const field of ["from", "name", "type"]) if (given.get(field)) state[field] = given.get(field);
  if (state.world) state.from = clientId(state.from) ?? state.from;
  if (!ask.TYPES.includes(state.type)) state.type = "A";
  const hopAt = Number(given.get("hop"));
  state.hop = hopAt >= 1 ? Math.floor(hopAt) : null;
  // What a link leaves out is as at first.
  const presented = given.get("present") === "1";
  if (presented !== state.present) present(presented);
  if (given.get("big") !== null) larger(given.get("big") === "1");
  state.view = given.get("view") ?? "picture";
  return { lang: given.get("lang"), step: given.get("step") };
}

function keyboard() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, [role=tab], dialog[open]");
    if (typing) return;
    const run = {
      "/": () => byId("name").focus(), ArrowRight: () => hop(1), ArrowLeft: () => hop(-1), r: playAll, c: () => { if (state.explanation?.before || state.past) compare(); },
      "[": () => walk(-1), "]": () => walk(1), t: () => select(state.view === "table" ? "picture" : "table"), "?": () => byId("keys").showModal(),
    }[event.key];
    if (!run) {
      drawn.stop?.();
      return;
    }
    event.preventDefault();
    run();
  });
  byId("keys-close").addEventListener("click", () => byId("keys").close());
  addEventListener("pointerdown", () => drawn.stop?.());
}

function settings() {
  byId("theme").addEventListener("click", () => {
    const order = ["auto", "light", "dark"];
    theme(order[(order.indexOf(themed) + 1) % order.length]);
    localStorage.setItem("theme", themed);
  });
  const again = () => { if (state.world) paint(); };
  byId("larger").addEventListener("click", () => { larger(!state.big); again(); });
  byId("present").addEventListener("click", () => { present(!state.present); again(); });
  byId("language").addEventListener("click", () => {
    translate(language() === "ko" ? "en" : "ko");
    localStorage.setItem("language", language());
    again();
  });
}

/** Offers to go to the lab's step of a link, if it is another one. */
function offer(told) {
  const [name, step] = told?.split("@") ?? [];
  if (step && (state.at?.lab !== name || state.at?.step !== step) && state.labs.some((it) => it.name === name && it.steps.some((one) => one.name === step))) {
    confirm(t("linkAsk", told), () => go(name, step, true));
  }
}

function begin() {
  const link = linked();
  themed = localStorage.getItem("theme") ?? "auto";
  translate(link.lang ?? localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en"));
  arrange();
  tabs();
  settings();
  keyboard();
  fill(byId("type"), ask.TYPES.map((type) => h("option", { value: type }, type)));
  const asked = () => question({ from: byId("from").value, name: byId("name").value.trim() || state.name, type: byId("type").value });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    asked();
  });
  byId("from").addEventListener("change", asked);
  byId("type").addEventListener("change", asked);
  byId("lab").addEventListener("change", (event) => {
    const chosen = state.labs.find((it) => it.name === event.target.value);
    if (chosen) go(chosen.name, chosen.steps[0].name);
  });
  byId("back").addEventListener("click", () => walk(-1));
  byId("next").addEventListener("click", () => walk(1));
  byId("reset").addEventListener("click", reset);
  addEventListener("hashchange", () => {
    document.documentElement.dataset.link = location.hash;
    const now = linked();
    if (now.lang && now.lang !== language()) translate(now.lang);
    select(state.view);
    refresh().then(() => offer(now.step));
  });
  // Boxes move when something is unfolded and when the window changes its size.
  byId("stage").addEventListener("toggle", lines, true);
  let width = innerWidth;
  new ResizeObserver(debounce(() => {
    if (innerWidth !== width && state.world) {
      width = innerWidth;
      paint();
    } else lines();
  }, 60)).observe(byId("picture"));
  document.fonts?.ready.then(lines);
  refresh().then(() => {
    select(state.view);
    offer(link.step);
    let first = true;
    const again = debounce(() => refresh(), 80);
    streamFrame = stream.start(byId("panel-stream"), {
      // The first event only says where the stream begins. After a lost connection, the World may be a new one.
      onWorld: () => {
        if (!first) again();
        first = false;
      },
      onCount: () => { if (byId("panel-stream").hidden) byId("badge").hidden = false; },
    });
    document.documentElement.dataset.ready = "true";
  });
}

begin();

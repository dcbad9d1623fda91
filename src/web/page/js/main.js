// The page: the question, the World it is asked in, and the picture. After every change the question is asked again.

import { get, Refused } from "./api.js";
import * as ask from "./ask.js";
import { change, hush } from "./change.js";
import { byId, debounce, fill, h } from "./dom.js";
import { arrange, keyboard, select, settings, sized, tabs, theme, translate } from "./frame.js";
import * as resources from "./forms/resources.js";
import { lines, picture, playAll } from "./journey.js";
import * as lesson from "./lesson.js";
import * as live from "./live.js";
import * as group from "./class.js";
import { address, linked } from "./link.js";
import * as predict from "./predict.js";
import { key, preferred, vpcOf } from "./scene.js";
import { clientId, LESSON, page, READ, state } from "./state.js";
import * as stream from "./stream.js";
import * as table from "./table.js";
import { language, t } from "./words.js";

/** The most endpoints that get a table. */
const TABLES = 40;

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
  const [{ generation, world, default_client: fallback }, { labs, at, progress, racks, token, class: klass }] = await Promise.all([
    get("api/world", { limit: READ, ...from }),
    get("api/labs"),
  ]);
  // After a step was chosen there is nothing to compare with.
  const before = Object.keys(state.progress).length ? state.progress : null;
  Object.assign(state, { world, labs, at, progress, racks, token, group: group.follows ? null : klass, past: null });
  lesson.settle(before);
  sessionStorage.setItem(LESSON, JSON.stringify(state.lesson));
  if (!state.name) firstQuestion(fallback);
  lesson.follow();
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
  document.documentElement.dataset.generation = String(generation);
  if (play) playAll();
}

/** Asks for the answer and the tables, both for the same client. */
function tell() {
  const { from, name, type } = state;
  return Promise.all([
    get("api/explain", { name, type, from }),
    get("api/table", { limit: TABLES + 1, from }),
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
  const step = lesson.currentStep();
  const asked = step ? lesson.questionOf(step) : null;
  state.type = "A";
  state.follows = Boolean(asked);
  if (asked) Object.assign(state, { ...asked, from: asked.from ?? state.from });
  else state.name = endpoint?.private_names[0] ?? endpoint?.names[0] ?? `s3.${vpc?.region ?? "ap-northeast-2"}.amazonaws.com`;
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
  Object.assign(state, change, { follows: false });
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
  predict.afterwards(ask.sentenceOf(explanation));
  ask.terminal(byId("terminal"), explanation, clientName(state.from), wide);
  table.show(byId("panel-table"), { tables: state.tables, total: state.total, world, asked: state.name, choose: (name) => question({ name }), change });
  table.strip(byId("strip"), state.tables, state.name);
  picture();
  lesson.lessons();
  if (state.view === "resources") resources.show();
  group.frame();
  live.paint();
  address();
}

let said = "";

/** Tells a screen reader what changed, once for each change. */
function announce(text) {
  if (text && text !== said) byId("announce").textContent = text;
  said = text;
}

function trouble(error) {
  if (group.over(error)) return;
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

Object.assign(page, { refresh, question, paint, trouble, clientName, lessons: lesson.lessons, resources: () => { if (state.world) resources.show(); }, class: group.open, moved: group.moved, select });

function begin() {
  const link = linked();
  theme(localStorage.getItem("theme") ?? "auto");
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
    if (chosen) lesson.go(chosen.name, chosen.steps[0].name);
  });
  byId("back").addEventListener("click", () => lesson.walk(-1));
  byId("next").addEventListener("click", () => lesson.walk(1));
  byId("reset").addEventListener("click", lesson.reset);
  byId("show-me").addEventListener("click", lesson.showMe);
  addEventListener("hashchange", (event) => {
    // The page may have written its own address meanwhile.
    const link = new URL(event.newURL);
    document.documentElement.dataset.link = link.hash;
    const now = linked(link);
    if (now.lang && now.lang !== language()) translate(now.lang);
    select(state.view);
    refresh().then(() => { if (!group.follows) lesson.offer(now).catch(trouble); });
  });
  // Boxes move when something is unfolded and when the window changes its size.
  byId("stage").addEventListener("toggle", lines, true);
  let width = innerWidth;
  const fit = debounce(() => {
    if (innerWidth !== width && state.world) {
      width = innerWidth;
      paint();
    } else lines();
  }, 60);
  new ResizeObserver(fit).observe(byId("picture"));
  // The picture has no size while another view is shown.
  addEventListener("resize", fit);
  document.fonts?.ready.then(lines);
  refresh().then(() => {
    select(state.view);
    if (!group.follows) lesson.offer(link).catch(trouble);
    let first = true;
    const again = debounce(() => refresh(), 80);
    page.streamFrame = stream.start(byId("panel-stream"), {
      // The first event only says where the stream begins. After a lost connection, the World may be a new one.
      onWorld: () => {
        if (!first) again();
        first = false;
      },
      onFollow: group.followed,
      onQueries: live.arrived,
      onCount: () => { if (byId("panel-stream").hidden) byId("badge").hidden = false; },
    });
    document.documentElement.dataset.ready = "true";
  });
}

begin();

// The page: the question, the World it is asked in, and the picture. After every change the question is asked again.

import { get, post, Refused } from "./api.js";
import * as ask from "./ask.js";
import { byId, debounce, fill, h } from "./dom.js";
import * as lab from "./lab.js";
import { draw } from "./picture.js";
import * as stream from "./stream.js";
import { advice } from "./switches.js";
import * as table from "./table.js";
import * as way from "./way.js";

/** The most resources in the picture. */
const DRAWN = 400;
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
  /** The key of the way that is drawn. */
  way: null,
  /** The last question that the page wrote into the question box. */
  written: null,
  language: localStorage.getItem("language") === "ko" ? "ko" : "en",
};

// ---- the World and the question -------------------------------------------------------------------------------

let loading = Promise.resolve();

/** Reads the World and asks the question again. Calls run one after the other. */
function refresh() {
  loading = loading.then(load).catch(trouble);
  return loading;
}

async function load() {
  const from = state.from ? { from: state.from } : {};
  const [{ world, default_client: fallback }, { labs, at }] = await Promise.all([
    get("/api/world", { limit: DRAWN, ...from }),
    get("/api/labs"),
  ]);
  Object.assign(state, { world, labs, at });
  if (at) state.lesson = at;
  sessionStorage.setItem("lesson", JSON.stringify(state.lesson));
  if (!state.name) firstQuestion(fallback);
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
  form();
  table.show(byId("panel-table"), tables.slice(0, TABLES), (name) => question({ name }), tables.length > TABLES);
  answered(explanation);
  lessons();
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

/** Shows the question in its box, unless the user is writing there. */
function form() {
  const now = Object.fromEntries(fields.map((field) => [field, byId(field).value]));
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
  const vpc = state.world.vpcs.find((it) => it.subnets.some((subnet) => subnet.instances.some((one) => one.id === state.from)) || it.id === state.from) ?? state.world.vpcs[0];
  const endpoint = vpc?.endpoints.find((it) => it.kind === "interface");
  const step = currentStep();
  const shown = step?.ways[0] ?? step?.digs[0];
  state.type = "A";
  if (shown) {
    state.name = shown.name;
    state.from = clientId(shown.from) ?? state.from;
  } else {
    state.name = endpoint?.private_names[0] ?? endpoint?.names[0] ?? `s3.${vpc?.region ?? "ap-northeast-2"}.amazonaws.com`;
  }
}

/** The id of a client in the picture, by its name or id. */
function clientId(text) {
  const all = state.world.vpcs.flatMap((vpc) => [vpc, ...vpc.subnets.flatMap((subnet) => subnet.instances)]);
  return all.find((it) => it.name === text || it.id === text)?.id;
}

/** Asks another question. */
function question(change) {
  Object.assign(state, change);
  state.way = null;
  // The new question replaces what the user was writing.
  state.written = null;
  hush();
  return refresh().then(() => {
    // In a large picture the client may be out of sight.
    byId("boxes").querySelector(".chip[aria-pressed=true]")?.scrollIntoView({ block: "nearest" });
  });
}

function answered(explanation) {
  state.explanation = explanation;
  if (!explanation.paths.some((path) => way.key(path) === state.way)) state.way = way.preferred(explanation, state.world);
  ask.show(byId("panel-answer"), explanation);
  picture();
}

// ---- the picture ----------------------------------------------------------------------------------------------

function picture() {
  const { world, explanation } = state;
  const { used, services } = way.usedBy(explanation);
  const ours = world.vpcs.flatMap((vpc) => vpc.endpoints).map((it) => it.short).filter((short) => !short.startsWith("vpce-svc-"));
  draw(byId("boxes"), world, {
    used,
    from: state.from,
    change,
    ask: (from) => question({ from }),
    services: [...new Set([...services, ...ours])].slice(0, 6),
  });
  const left = world.total - world.shown;
  byId("drawn").textContent = left > 0 ? `Only a part is drawn: ${world.shown} of ${world.total} resources. Answers come from all of them.` : "";
  lines();
}

/** Draws the way again, because the boxes may have moved. */
function lines() {
  const path = state.explanation?.paths.find((it) => way.key(it) === state.way);
  const missing = way.overlay(byId("picture"), byId("lines"), path);
  way.words(byId("way-body"), state.explanation, state.way, (key) => { state.way = key; picture(); }, missing);
}

// ---- changes, refusals, labs ----------------------------------------------------------------------------------

/** Runs a change. Shows a refusal in AWS's words, with a hint. */
async function change(what, run, context) {
  hush();
  try {
    await run();
  } catch (error) {
    refuse(what, error, context);
  }
  await refresh();
}

function refuse(what, error, context) {
  const box = byId("alert");
  fill(
    box,
    h("p", {}, h("b", {}, `${what}: refused.`)),
    h("p", { id: "refusal" }, error.code ? h("code", { id: "refusal-code" }, error.code) : null, error.code ? " " : null, h("span", { id: "refusal-text" }, error.message)),
    h("p", { id: "advice" }, advice(error, context)),
    h("button", { type: "button", class: "small", onclick: hush }, "Close"),
  );
  box.hidden = false;
}

function hush() {
  byId("alert").hidden = true;
  byId("confirm").hidden = true;
}

function trouble(error) {
  if (error instanceof Refused) {
    ask.failed(byId("panel-answer"), error);
    // The way on the picture belongs to another question.
    Object.assign(state, { explanation: null, way: null });
    if (state.world) picture();
  } else {
    byId("step").textContent = "The server cannot be reached; the page tries again when it can.";
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
  fill(select, current ? null : h("option", { value: "" }, "no lab"), state.labs.map((it) => h("option", { value: it.name }, it.name)));
  select.value = current?.name ?? "";
  const index = current ? current.steps.findIndex((it) => it.name === state.lesson.step) : -1;
  byId("step").textContent = current ? `${index + 1} of ${current.steps.length}: ${current.steps[index].name}${same ? "" : " (changed)"}` : "a World of your own";
  byId("back").disabled = index <= 0;
  byId("next").disabled = !current || index >= current.steps.length - 1;
  lab.show(byId("panel-lab"), {
    lab: current,
    step: state.lesson?.step,
    same,
    language: state.language,
    go,
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
    if (other) Object.assign(state, { from: null, name: null, way: null, written: null });
    await refresh();
  } catch (error) {
    if (error instanceof Refused && error.status === 409) {
      byId("confirm-text").textContent = `You have created resources that are not part of ${name}. Replace the World with ${name}@${step}?`;
      byId("confirm-yes").onclick = () => go(name, step, true);
      byId("confirm-no").onclick = () => { hush(); lessons(); };
      byId("confirm").hidden = false;
      byId("confirm-yes").focus();
    } else {
      refuse(`${name}@${step}`, error);
    }
  }
}

function walk(by) {
  const current = currentLab();
  const index = current?.steps.findIndex((it) => it.name === state.lesson.step);
  const step = current?.steps[index + by];
  if (step) go(current.name, step.name);
}

async function reset() {
  await change("Reset", async () => {
    await post("/api/reset");
    Object.assign(state, { from: null, name: null, way: null, written: null, lesson: null });
  });
}

// ---- the frame ------------------------------------------------------------------------------------------------

function tabs() {
  const all = [...byId("tabs").querySelectorAll("[role=tab]")];
  const select = (tab) => {
    for (const it of all) {
      const on = it === tab;
      it.setAttribute("aria-selected", String(on));
      it.tabIndex = on ? 0 : -1;
      byId(it.getAttribute("aria-controls")).hidden = !on;
    }
    if (tab.id === "tab-stream") byId("badge").hidden = true;
  };
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = step ? all[(index + step + all.length) % all.length] : { Home: all[0], End: all.at(-1) }[event.key];
      if (!to) return;
      event.preventDefault();
      select(to);
      to.focus();
    });
  });
}

function theme() {
  const order = ["auto", "light", "dark"];
  let chosen = order.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto";
  const set = () => {
    document.documentElement.dataset.theme = chosen;
    byId("theme").textContent = { auto: "Auto", light: "Light", dark: "Dark" }[chosen];
    byId("theme").setAttribute("aria-label", `Colours: ${chosen}`);
  };
  byId("theme").addEventListener("click", () => {
    chosen = order[(order.indexOf(chosen) + 1) % order.length];
    localStorage.setItem("theme", chosen);
    set();
  });
  set();
  const larger = byId("larger");
  larger.addEventListener("click", () => {
    const on = larger.getAttribute("aria-pressed") !== "true";
    larger.setAttribute("aria-pressed", String(on));
    document.documentElement.classList.toggle("larger", on);
    lines();
  });
  const language = byId("language");
  const speak = () => {
    const korean = state.language === "ko";
    language.textContent = korean ? "English" : "한국어";
    language.lang = korean ? "en" : "ko";
    language.setAttribute("aria-label", korean ? "English, English texts of the labs" : "한국어, Korean texts of the labs");
  };
  language.addEventListener("click", () => {
    state.language = state.language === "ko" ? "en" : "ko";
    localStorage.setItem("language", state.language);
    speak();
    lessons();
  });
  speak();
}

function begin() {
  tabs();
  theme();
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
  // Boxes move when a box is folded and when the window changes its size.
  byId("boxes").addEventListener("toggle", lines, true);
  new ResizeObserver(debounce(lines, 60)).observe(byId("picture"));
  refresh().then(() => {
    let first = true;
    const again = debounce(refresh, 80);
    stream.start(byId("panel-stream"), {
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

// The picture on the page, its lines, and the ways to look at a journey: hop by hop, again, and before the last change.

import { get } from "./api.js";
import * as ask from "./ask.js";
import { change } from "./change.js";
import { byId, fill, h, s } from "./dom.js";
import * as finder from "./finder.js";
import { address } from "./link.js";
import { draw } from "./picture.js";
import { key, preferred, scene } from "./scene.js";
import { page, READ, state } from "./state.js";
import { beats, replay, show, wire } from "./wires.js";
import { t } from "./words.js";

/** The picture as it is drawn: its scene and its lines. */
const drawn = { scene: null, lines: [], stop: null };

/** Ends a replay. */
export function halt() {
  drawn.stop?.();
}

/** Draws the picture. */
export function picture() {
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
  draw(byId("stage"), it, { change, ask: (from) => page.question({ from }), find: (text) => { finding(text); byId("find")?.focus(); } });
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
    focus: (vpc) => page.question({ from: vpc.subnets.flatMap((subnet) => subnet.instances)[0]?.id ?? vpc.subnets[0]?.id ?? vpc.id }),
    ask: (from) => page.question({ from }),
    text,
  });
}

/** Draws the lines again, because the boxes may have moved. */
export function lines() {
  if (!drawn.scene) return;
  drawn.stop?.();
  drawn.lines = byId("panel-picture").hidden ? [] : wire(byId("picture"), byId("lines"), drawn.scene);
  show(byId("picture"), drawn.lines, state.hop ?? undefined);
  const missing = byId("picture").dataset.missing || drawn.scene.missing;
  const explanation = state.past ? state.past.explanation : state.explanation;
  if (state.refusal) ask.failed(byId("why"), state.refusal);
  else ask.why(byId("why"), explanation, drawn.scene.path ? key(drawn.scene.path) : null, (chosen) => { state.way = chosen; state.hop = null; picture(); address(); }, missing, (name) => page.question({ name }));
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
export function hop(by) {
  drawn.stop?.();
  const last = beats(drawn.lines, drawn.scene);
  const next = state.hop === null ? (by > 0 ? 1 : last - 1) : state.hop + by;
  state.hop = next > last || next < 1 ? null : next;
  show(byId("picture"), drawn.lines, state.hop ?? undefined);
  address();
}

/** Replays both journeys. */
export function playAll() {
  if (!drawn.lines.length || document.hidden) return;
  drawn.stop?.();
  state.hop = null;
  drawn.stop = replay(byId("picture"), drawn.lines, beats(drawn.lines, drawn.scene), () => { drawn.stop = null; });
}

/** Shows the picture before the last change, or the current one again. */
export async function compare() {
  if (state.past) state.past = null;
  else {
    try {
      const [{ world }, explanation] = await Promise.all([
        get("api/world", { limit: READ, from: state.from, before: 1 }),
        get("api/explain", { name: state.name, type: state.type, from: state.from, before: 1 }),
      ]);
      state.past = { world, explanation };
    } catch (error) {
      page.trouble(error);
      return;
    }
  }
  picture();
}


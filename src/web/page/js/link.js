// The address of the page: a link reproduces the question, the step, the view, the language and the size.

import * as ask from "./ask.js";
import { byId } from "./dom.js";
import { clientId, page, state } from "./state.js";
import { language } from "./words.js";

export const VIEWS = ["picture", "table", "resources", "stream", "class"];

/** Larger letters, or not. */
export function larger(on) {
  state.big = on;
  byId("larger").setAttribute("aria-pressed", String(on));
}

/** The form for a projector: larger letters, and the lab folded away. */
export function present(on) {
  state.present = on;
  byId("present").setAttribute("aria-pressed", String(on));
  larger(on);
}

/** Everything that a link reproduces, in the address. */
export function address() {
  const { from, name, type, hop: at, view, big, present: presented } = state;
  if (!from) return;
  const parts = new URLSearchParams({ from, name, type });
  if (state.at) parts.set("step", `${state.at.lab}@${state.at.step}`);
  // At the end of a step the page may be at the next one already.
  if (state.lesson) parts.set("lesson", `${state.lesson.lab}@${state.lesson.step}`);
  if (at !== null) parts.set("hop", at);
  if (view !== "picture") parts.set("view", view);
  parts.set("lang", language());
  if (big) parts.set("big", 1);
  if (presented) parts.set("present", 1);
  history.replaceState(null, "", `#${parts}`);
  page.moved?.();
}

/** Reads what a link says. Returns its language, the lab's step whose World it shows, and what it says. */
export function linked(url = location) {
  const given = new URLSearchParams(`${url.search.slice(1)}&${url.hash.slice(1)}`);
  for (const field of ["from", "name", "type"]) if (given.get(field)) state[field] = given.get(field);
  if (given.get("name")) state.follows = false;
  if (state.world) state.from = clientId(state.from) ?? state.from;
  if (!ask.TYPES.includes(state.type)) state.type = "A";
  const hopAt = Number(given.get("hop"));
  state.hop = hopAt >= 1 ? Math.floor(hopAt) : null;
  // What a link leaves out is as at first.
  const presented = given.get("present") === "1";
  if (presented !== state.present) present(presented);
  if (given.get("big") !== null) larger(given.get("big") === "1");
  state.view = given.get("view") ?? "picture";
  const [lab, step] = given.get("lesson")?.split("@") ?? [];
  if (step) state.lesson = { lab, step };
  return { lang: given.get("lang"), step: given.get("step"), url: { search: url.search, hash: url.hash } };
}

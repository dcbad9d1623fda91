// Queries that arrive, on the picture: a dot goes from who asked to the resolver, to the rung that answers, and back. Below the
// picture the newest stand in a list, with time and place.

import { byId, fill, h, s, soft } from "./dom.js";
import { vpcOf } from "./scene.js";
import { page, state } from "./state.js";
import { course, part } from "./wires.js";
import { language, t } from "./words.js";

/** The most queries in the list. */
const ROWS = 5;
/** The most dots at once. Of a burst only some are shown. */
const DOTS = 3;
/** How long a dot is on its way, in milliseconds. */
const TRIP = 1_600;

const rows = [];
let seen = 0;
let moving = 0;

/** Queries have arrived: some of them, and the number of all. */
export function arrived({ seen: more, samples }) {
  seen += more;
  rows.unshift(...samples.toReversed());
  rows.length = Math.min(rows.length, ROWS);
  paint();
  for (const sample of samples) animate(sample);
}

/** Draws the list. */
export function paint() {
  byId("live").hidden = rows.length === 0;
  if (!rows.length) return;
  fill(
    byId("live"),
    h("h2", {}, t("liveDigs"), " ", h("span", { class: "note" }, t("liveCount", seen.toLocaleString(language())))),
    h("ol", { "aria-label": t("liveDigs") }, rows.map(line)),
  );
}

/** Who asked, in words: the instance and its VPC. */
function place({ asker, from, source }) {
  if (!asker || !state.world) return from ?? source;
  const vpc = vpcOf(state.world, asker)?.name;
  const name = page.clientName(asker);
  return vpc && vpc !== name ? `${name} (${vpc})` : name;
}

function line(it, index) {
  const answer = it.data.length ? it.data.join(" ") : it.status;
  const asks = () => page.question({ from: it.asker, name: it.name.replace(/\.$/, ""), type: it.type });
  const name = `${it.name.replace(/\.$/, "")} ${it.class === "IN" ? it.type : `${it.class} ${it.type}`}`;
  return h("li", { data: { verdict: it.verdict ?? "" } },
    h("time", { datetime: new Date(it.at).toISOString() }, new Date(it.at).toLocaleTimeString(language())), " ",
    h("b", {}, soft(place(it))), " ",
    it.asker && it.class === "IN" ? h("button", { type: "button", class: "name m", data: { key: `live/${index}` }, title: t("liveAsk"), onclick: asks }, soft(name)) : h("span", { class: "m" }, soft(name)),
    " → ", h("span", { class: "m verdict-cell", data: { verdict: it.verdict ?? "" } }, soft(answer)));
}

/** The boxes that a query passes. None if the picture does not have them. */
function stations({ asker, rung, status }) {
  if (!asker || !rung) return null;
  const drawn = (node) => byId("stage").querySelector(`.b[data-node="${CSS.escape(node)}"]`) !== null;
  const start = [asker, state.from === asker ? "host" : null, asker === "internet" ? "internet-host" : null].find((node) => node && drawn(node));
  if (!start) return null;
  const back = status === "SILENCE" ? [] : [start];
  if (asker === "internet") return [start, "public-dns", ...back];
  // The ladder that is drawn is the one of the asker's VPC.
  if (vpcOf(state.world, asker) !== vpcOf(state.world, state.from)) return null;
  return [start, "resolver", rung, ...(rung === "public" && drawn("public-dns") ? ["public-dns"] : []), ...back];
}

function animate(sample) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still || moving >= DOTS || document.hidden || byId("panel-picture").hidden || !state.world || state.past) return;
  const nodes = stations(sample);
  const points = nodes && course(byId("picture"), byId("lines"), nodes);
  if (!points) return;
  const dot = s("circle", { r: 6, class: `dot ${{ PRIVATE: "private", PUBLIC: "public" }[sample.verdict] ?? "nowhere"}`, data: { way: nodes.join(" ") } });
  byId("lines").append(dot);
  moving += 1;
  const begun = performance.now();
  const frame = (time) => {
    const share = Math.max(0, (time - begun) / TRIP);
    // The picture may have been drawn anew.
    if (share >= 1 || !dot.isConnected) {
      dot.remove();
      moving -= 1;
      return;
    }
    const [x, y] = part(points, share).at(-1);
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

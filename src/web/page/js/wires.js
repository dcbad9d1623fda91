// The two journeys as lines: the question through the resolver with its answer, and the traffic from hop to hop. Can be
// stepped and replayed.

import { s } from "./dom.js";
import { rungs } from "./picture.js";
import { Grid } from "./router.js";

const RADIUS = 7;
/** How long a line is drawn in a replay, in milliseconds: the question as a whole, the answer, each hop. */
const TIMES = { q: 500, a: 400, hop: 180 };

/** The lines of a scene, in the order of the journey: `beat` 1 is the question, 2 the answer, then a beat for each hop. */
function wanted(it) {
  const found = rungs(it.explanation);
  const asker = it.asker.node;
  const lines = [];
  const question = (from, to) => lines.push({ kind: "q", from, to, beat: 1 });
  const answer = (from) => lines.push({ kind: "q back", from, to: asker, beat: 2 });
  if (it.explanation) {
    const status = it.explanation.answer.status;
    if (it.from === "internet") {
      question(asker, "public-dns");
      if (status !== "SILENCE") answer("public-dns");
    } else {
      question(asker, "resolver");
      const hit = ["rules", "zones", "public"].find((one) => found[one].outcome === "hit");
      if (hit && status !== "SILENCE") {
        question("resolver", hit);
        if (hit === "public") question("public", "public-dns");
        answer(hit === "public" ? "public-dns" : hit);
      }
    }
  }
  const traffic = [];
  let before = null;
  for (const stop of it.stops) {
    const nodes = (stop.boxes ?? []).map((box) => box.dataset.node);
    if (!nodes.length) continue;
    if (before) {
      for (const from of before.slice(0, 1)) {
        for (const to of nodes.slice(0, 2)) if (to !== from) traffic.push({ kind: it.kind, from, to, beat: stop.number + 1 });
      }
    }
    before = nodes;
  }
  return { lines, traffic };
}

/** What a line has to go around: a grid, and the function that finds the way from one box to another. */
function ground(stage, svg) {
  const origin = svg.getBoundingClientRect();
  const grid = new Grid(origin.width, origin.height);
  const place = (element) => {
    const rect = element.getBoundingClientRect();
    return { left: rect.left - origin.left, right: rect.right - origin.left, top: rect.top - origin.top, bottom: rect.bottom - origin.top };
  };
  const boxes = new Map();
  for (const element of stage.querySelectorAll(".b")) {
    const rect = place(element);
    grid.wall(rect);
    if (!boxes.has(element.dataset.node)) boxes.set(element.dataset.node, { rect, name: element.dataset.node });
  }
  for (const element of stage.querySelectorAll(".lab, .sw")) if (!element.closest(".b")) grid.wall(place(element));
  const frames = [...stage.querySelectorAll(".f-vpc, .az, .sn")].map(place);
  for (const element of stage.querySelectorAll(".f-region, .f-vpc, .az, .sn")) grid.border(place(element));
  const holds = (frame, rect) => rect.left >= frame.left - 2 && rect.right <= frame.right + 2 && rect.top >= frame.top - 2 && rect.bottom <= frame.bottom + 2;
  const touches = (frame, rect) => rect.left < frame.right && rect.right > frame.left && rect.top < frame.bottom && rect.bottom > frame.top;
  return (start, end) => {
    const [from, to] = [boxes.get(start), boxes.get(end)];
    if (!from || !to) return undefined;
    const foreign = frames.filter((frame) => !holds(frame, from.rect) && !holds(frame, to.rect) && !touches(frame, from.rect) && !touches(frame, to.rect));
    return grid.route(from, to, foreign);
  };
}

/** The ways through these boxes, one after the other, as points. None if there is a box or a way missing. */
export function course(stage, svg, nodes) {
  const way = ground(stage, svg);
  const parts = nodes.slice(1).map((node, index) => way(nodes[index], node));
  return parts.every(Boolean) ? parts.flat() : null;
}

/** Draws the lines of a scene into the stage's `svg`. */
export function wire(stage, svg, it) {
  const { width, height } = svg.getBoundingClientRect();
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  stage.dataset.missing = "";
  if (!it) return [];
  const way = ground(stage, svg);
  const { lines, traffic } = wanted(it);
  const answers = lines.filter((line) => line.kind === "q back");
  const questions = lines.filter((line) => line.kind === "q");
  const missing = [];
  const drawn = [];
  for (const line of [...traffic, ...answers, ...questions]) {
    const points = way(line.from, line.to);
    if (points === undefined) continue;
    if (points) drawn.push({ ...line, points });
    else missing.push(`${line.from}>${line.to}`);
  }
  stage.dataset.missing = missing.join(" ");
  svg.append(s("defs", {}, ["q", "private", "public", "gateway", "nowhere"].map((kind) => s("marker", {
    id: `arrow-${kind}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: kind === "q" ? 9 : 13, markerHeight: kind === "q" ? 9 : 13, markerUnits: "userSpaceOnUse", orient: "auto",
  }, s("path", { d: "M0 .6 10 5 0 9.4z", class: `arrow-${kind}` })))));
  drawn.sort((one, other) => one.beat - other.beat);
  for (const line of drawn) {
    const kind = line.kind.split(" ")[0];
    line.element = s("path", {
      d: rounded(line.points), class: `w ${line.kind.split(" ").map((one) => `w-${one}`).join(" ")}`, "marker-end": `url(#arrow-${kind})`,
      data: { beat: line.beat, own: `${line.from},${line.to}`, points: line.points.map((point) => point.join(",")).join(" ") },
    });
    svg.append(line.element);
  }
  return drawn;
}

/** A path along points, with round corners. */
function rounded(points) {
  let text = `M${points[0]}`;
  for (let index = 1; index < points.length - 1; index += 1) {
    const [before, at, after] = [points[index - 1], points[index], points[index + 1]];
    text += `L${towards(at, before)}Q${at} ${towards(at, after)}`;
  }
  return `${text}L${points.at(-1)}`;
}

function towards(from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const by = Math.min(RADIUS, length / 2) / length;
  return [from[0] + (to[0] - from[0]) * by, from[1] + (to[1] - from[1]) * by];
}

/** The first part of a way. */
export function part(points, share) {
  const length = (one, other) => Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]);
  let sum = 0;
  for (let index = 1; index < points.length; index += 1) sum += length(points[index - 1], points[index]);
  let left = sum * share;
  const out = [points[0]];
  for (let index = 1; index < points.length; index += 1) {
    const piece = length(points[index - 1], points[index]);
    if (piece >= left) {
      const by = piece ? left / piece : 0;
      out.push([points[index - 1][0] + (points[index][0] - points[index - 1][0]) * by, points[index - 1][1] + (points[index][1] - points[index - 1][1]) * by]);
      break;
    }
    left -= piece;
    out.push(points[index]);
  }
  return out;
}

/** How many beats a scene has. */
export function beats(drawn, it) {
  return Math.max(2, ...drawn.map((line) => line.beat), ...(it?.stops ?? []).map((stop) => stop.number + 1));
}

/** Shows the journey up to a beat; all of it without one. */
export function show(stage, drawn, beat) {
  const upTo = beat ?? Infinity;
  for (const line of drawn) {
    line.element.classList.toggle("later", line.beat > upTo);
    line.element.classList.toggle("now", line.beat === upTo);
  }
  for (const mark of stage.querySelectorAll(".hop-number")) mark.classList.toggle("later", Number(mark.dataset.hop) + 1 > Math.max(upTo, 2));
  for (const box of stage.querySelectorAll(".hop")) {
    const own = [...box.querySelectorAll(".hop-number")];
    box.classList.toggle("later", own.length > 0 && own.every((mark) => mark.classList.contains("later")));
  }
  for (const given of stage.querySelectorAll(".asker .got")) given.classList.toggle("later", upTo < 2);
}

/** Draws the journey beat by beat. The function it returns ends it. */
export function replay(stage, drawn, last, done) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(stage, drawn);
    done();
    return () => {};
  }
  let beat = 1;
  let begun = performance.now();
  let running = true;
  show(stage, drawn, 0);
  const frame = (time) => {
    if (!running) return;
    const lines = drawn.filter((line) => line.beat === beat);
    const span = beat === 1 ? TIMES.q : beat === 2 ? TIMES.a : TIMES.hop;
    const share = Math.min(1, Math.max(0, (time - begun) / span));
    lines.forEach((line, index) => {
      // The lines of the question follow each other; those of one hop are drawn together.
      const own = beat === 1 ? Math.min(1, Math.max(0, share * lines.length - index)) : share;
      line.element.classList.toggle("later", own === 0);
      line.element.setAttribute("d", own < 1 ? rounded(part(line.points, Math.max(own, 0.01))) : rounded(line.points));
    });
    if (share >= 1) {
      show(stage, drawn, beat);
      beat += 1;
      begun = time;
      if (beat > last) {
        end();
        return;
      }
    }
    requestAnimationFrame(frame);
  };
  const end = () => {
    if (!running) return;
    running = false;
    for (const line of drawn) line.element.setAttribute("d", rounded(line.points));
    show(stage, drawn);
    done();
  };
  requestAnimationFrame(frame);
  return end;
}

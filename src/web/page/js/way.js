// The way of the traffic: numbered hops on the picture, lines between them, and the same in words.

import { fill, h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
/** Room for a line beside or below a box, in pixels. */
const GAP = 11;
const RADIUS = 8;

/** The key of a way among those of an answer: its address, and its subnets if the client is a whole VPC. */
export function key(path) {
  return path.from ? `${path.address} from ${path.from}` : path.address;
}

/** The way to draw: the one to a network interface in the client's subnet, else the first. */
export function preferred(explanation, world) {
  const paths = explanation?.paths ?? [];
  const asker = paths[0]?.places[0]?.ids[0];
  for (const vpc of world?.vpcs ?? []) {
    for (const subnet of vpc.subnets) {
      if (!subnet.instances.some((it) => it.id === asker)) continue;
      const own = vpc.endpoints.flatMap((it) => it.interfaces).filter((it) => it.subnet === subnet.id).map((it) => it.v4);
      const near = paths.find((path) => own.includes(path.address));
      if (near) return key(near);
    }
  }
  return paths[0] && key(paths[0]);
}

/** The VPCs and services of the ways. */
export function usedBy(explanation) {
  const places = (explanation?.paths ?? []).flatMap((path) => path.places);
  return {
    used: new Set(places.map((it) => it.vpc).filter(Boolean)),
    services: [...new Set(places.filter((it) => it.kind === "service").map((it) => it.ids[0]))],
  };
}

/** The names of a hop's boxes. Several if the traffic takes one of them. */
function nodes(place, before, find) {
  const [first, second] = place.ids;
  switch (place.kind) {
    case "interface": return [`${first}/${second}`];
    case "service": return [`service/${first}`];
    case "internet": case "internet-host": case "privatelink": return [place.kind];
    case "address": return [place.vpc ?? "elsewhere"];
    case "nowhere": return find(first) ? [first] : before;
    default: return place.ids;
  }
}

/** Marks the hops and draws the lines. Returns the number of hops that have no box. */
export function overlay(picture, svg, path) {
  for (const marked of picture.querySelectorAll(".hop")) marked.classList.remove("hop", "lost");
  for (const badge of picture.querySelectorAll(".hop-number")) badge.remove();
  for (const decided of picture.querySelectorAll(".decided")) decided.classList.remove("decided");
  picture.dataset.kind = path?.kind ?? "";
  svg.replaceChildren();
  const elsewhere = picture.querySelector('[data-node="elsewhere"]');
  if (elsewhere) elsewhere.hidden = true;
  if (!path) return 0;
  const all = new Map();
  for (const element of picture.querySelectorAll("[data-node]")) {
    if (!all.has(element.dataset.node)) all.set(element.dataset.node, element);
  }
  const find = (id) => {
    const element = all.get(id);
    // A folded VPC takes the place of the boxes inside it.
    return element?.closest("details:not([open])") ?? element;
  };
  let missing = 0;
  let before = [];
  const stops = [];
  path.places.forEach((place, index) => {
    const names = nodes(place, before, find);
    if (place.kind === "address" && !place.vpc && elsewhere) {
      elsewhere.hidden = false;
      elsewhere.firstChild.textContent = place.ids[0];
    }
    const boxes = [...new Set(names.map(find).filter(Boolean))];
    if (!boxes.length) missing += 1;
    for (const box of boxes) {
      box.classList.add("hop");
      const lost = place.kind === "nowhere";
      if (lost) box.classList.add("lost");
      const anchor = box.tagName === "DETAILS" ? box.querySelector("summary") : box;
      anchor.append(h("span", { class: "hop-number", "aria-hidden": "true" }, lost ? `${index + 1} ✕` : String(index + 1)));
      if (place.kind === "router") decide(box, path.hops[index]);
    }
    if (boxes.length && place.kind !== "nowhere") stops.push(boxes);
    // The line enters the network interface and leaves by its endpoint.
    const endpoint = place.kind === "interface" ? find(place.ids[0]) : null;
    if (endpoint && !boxes.includes(endpoint)) {
      endpoint.classList.add("hop");
      stops.push([endpoint]);
    }
    if (place.kind === "nowhere" && boxes.length && boxes[0] !== stops.at(-1)?.[0]) stops.push(boxes);
    before = names;
  });
  draw(picture, svg, stops);
  return missing;
}

/** Highlights the route that decided. The words of the hop name it. */
function decide(box, words) {
  const route = /^router \((\S+) in /.exec(words)?.[1];
  const rows = box.querySelectorAll?.("tr[data-route]") ?? [];
  for (const row of rows) {
    if (row.dataset.route === route) row.classList.add("decided");
  }
}

function draw(picture, svg, stops) {
  const origin = picture.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${picture.scrollWidth} ${picture.scrollHeight}`);
  svg.setAttribute("width", picture.scrollWidth);
  svg.setAttribute("height", picture.scrollHeight);
  const marker = document.createElementNS(SVG, "marker");
  for (const [key, value] of Object.entries({ id: "arrow", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 5, markerHeight: 5, orient: "auto-start-reverse" })) marker.setAttribute(key, value);
  const head = document.createElementNS(SVG, "path");
  head.setAttribute("d", "M0 0 10 5 0 10Z");
  marker.append(head);
  const defs = document.createElementNS(SVG, "defs");
  defs.append(marker);
  svg.append(defs);
  const box = (element) => {
    const shown = element.tagName === "DETAILS" ? element.querySelector("summary") : element;
    const it = shown.getBoundingClientRect();
    return { element, left: it.left - origin.left, right: it.right - origin.left, top: it.top - origin.top, bottom: it.bottom - origin.top, x: (it.left + it.right) / 2 - origin.left, y: (it.top + it.bottom) / 2 - origin.top };
  };
  const others = [...picture.querySelectorAll(".node")].filter((it) => it.offsetParent && it.dataset.node !== "privatelink").map(box);
  for (let index = 1; index < stops.length; index += 1) {
    for (const from of stops[index - 1]) {
      for (const to of stops[index]) {
        if (from === to) continue;
        const line = document.createElementNS(SVG, "path");
        line.setAttribute("d", segment(box(from), box(to), others));
        line.setAttribute("marker-end", "url(#arrow)");
        svg.append(line);
      }
    }
  }
}

/** A line from box to box: a curve if no box is between them, else a line around the boxes. */
function segment(a, b, others) {
  const between = (left, right, top, bottom) => others.some((it) =>
    it.element !== a.element && it.element !== b.element
    && it.left < right && it.right > left && it.top < bottom && it.bottom > top);
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  const shift = Math.min(7, (a.bottom - a.top) / 5, (b.bottom - b.top) / 5);
  if (b.left >= a.right - 2 || b.right <= a.left + 2) {
    const right = b.left >= a.right - 2;
    const [start, end] = right ? [a.right, b.left - 2] : [a.left, b.right + 2];
    if (!between(Math.min(start, end), Math.max(start, end), top - 2, bottom + 2)) {
      // Lines in opposite directions do not overlap.
      const away = right ? -shift : shift;
      return d3.linkHorizontal()({ source: [start, a.y + away], target: [end, b.y + away] });
    }
    const inner = a.element.closest(".subnet") ? a : b.element.closest(".subnet") ? b : null;
    if (inner && (inner === a) === right) return lane(inner, inner === a ? b : a, inner === a);
  }
  const down = b.top >= a.bottom - 2;
  const up = b.bottom <= a.top + 2;
  if ((down || up) && !between(Math.max(a.left, b.left), Math.min(a.right, b.right), Math.min(a.bottom, b.bottom), Math.max(a.top, b.top))) {
    const x = (Math.max(a.left, b.left) + Math.min(a.right, b.right)) / 2;
    return d3.linkVertical()({ source: [x, down ? a.bottom : a.top], target: [x, down ? b.top - 2 : b.bottom + 2] });
  }
  const side = Math.max(a.right, b.right) + GAP;
  return rounded([[a.right, a.y], [side, a.y], [side, b.y], [b.right + 2, b.y]]);
}

/** The line between a box in a subnet and a box to its right. It runs below the subnet and below any box between. */
function lane(inner, outer, outwards) {
  const subnet = inner.element.closest(".subnet").getBoundingClientRect();
  const frame = inner.element.getBoundingClientRect();
  const beside = inner.right + (subnet.right - frame.right) + GAP;
  const below = inner.bottom + (subnet.bottom - frame.bottom) + GAP - 2;
  const before = outer.left - GAP;
  const [start, end] = outwards ? [inner.right, outer.left - 2] : [inner.right + 2, outer.left];
  // Does not overlap the line that came from the router.
  const y = outwards ? inner.y - 7 : inner.y;
  const points = [[start, y], [beside, y], [beside, below], [before, below], [before, outer.y], [end, outer.y]];
  return rounded(outwards ? points : points.reverse());
}

function rounded(points) {
  const path = d3.path();
  path.moveTo(...points[0]);
  for (let index = 1; index < points.length - 1; index += 1) {
    const [[px, py], [x, y], [nx, ny]] = [points[index - 1], points[index], points[index + 1]];
    const radius = Math.min(RADIUS, Math.hypot(x - px, y - py) / 2, Math.hypot(nx - x, ny - y) / 2);
    path.arcTo(x, y, nx, ny, radius);
  }
  path.lineTo(...points.at(-1));
  return path.toString();
}

/** Shows the way in words, with a choice of the address if there are several. */
export function words(body, explanation, chosen, choose, missing) {
  const paths = explanation?.paths ?? [];
  const path = paths.find((it) => key(it) === chosen);
  if (!path) {
    const why = explanation ? "The answer holds no IPv4 address, so no traffic follows." : "";
    fill(body, h("p", { class: "none-way" }, why));
    return;
  }
  const choice = paths.length > 1
    ? h("div", { class: "choice", role: "group", "aria-label": "Address" }, paths.map((it) => h(
      "button",
      { type: "button", class: "small", "aria-pressed": String(it === path), data: { key: `way/${key(it)}` }, onclick: () => choose(key(it)) },
      key(it),
    )))
    : h("code", { class: "single" }, path.address);
  fill(
    body,
    h("p", { class: "way-kind", data: { kind: path.kind } }, h("span", { class: "swatch", "aria-hidden": "true" }), h("b", { id: "way-kind" }, path.phrase), choice),
    h("ol", { class: "hops", id: "hops", "aria-label": "Hops" }, path.hops.map((hop) => h("li", {}, h("span", {}, hop)))),
    missing ? h("p", { class: "omitted" }, `${missing} of the hops have no box in the picture.`) : null,
  );
}

// The stream of queries: some of them as rows, and the number of all. Changes of the World come in the same stream.

import { fill, h, row } from "./dom.js";

/** The most rows. */
const ROWS = 100;

export function start(panel, { onWorld, onCount }) {
  const rows = [];
  let [seen, shown, lost, paused, dirty] = [0, 0, 0, false, true];
  let state = "connecting";
  const body = h("tbody", { id: "stream" });
  const count = h("p", { class: "note", id: "stream-count" });
  const pause = h("button", { type: "button", class: "small", "aria-pressed": "false" }, "Pause");
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    dirty = true;
  });
  const clear = h("button", { type: "button", class: "small", onclick: () => { rows.length = 0; [seen, shown, lost] = [0, 0, 0]; dirty = true; } }, "Clear");
  fill(
    panel,
    h("h2", { class: "sr" }, "Stream"),
    h("div", { class: "choice" }, pause, clear),
    count,
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Queries as they arrive" }, h(
      "table",
      { class: "grid stream" },
      h("thead", {}, row("th", ["who", "name", "answer", ""].map((head) => h("th", { scope: "col" }, head || h("span", { class: "sr" }, "way"))))),
      body,
    )),
  );
  const paint = () => {
    requestAnimationFrame(paint);
    if (!dirty || panel.hidden) return;
    dirty = false;
    count.textContent = `${state}. ${seen.toLocaleString("en")} queries, ${shown.toLocaleString("en")} of them sampled${lost ? `, ${lost} messages lost` : ""}${paused ? ", paused" : ""}. The ${ROWS} newest are kept.`;
    if (!paused) body.replaceChildren(...rows.map(line));
  };
  requestAnimationFrame(paint);
  const source = new EventSource("/api/events");
  const as = (word) => { state = word; dirty = true; };
  source.addEventListener("open", () => as("Connected"));
  source.addEventListener("error", () => as("Connection lost, trying again"));
  source.addEventListener("world", (event) => onWorld(JSON.parse(event.data)));
  source.addEventListener("lost", (event) => { lost += JSON.parse(event.data).events; dirty = true; });
  source.addEventListener("queries", (event) => {
    const batch = JSON.parse(event.data);
    seen += batch.seen;
    shown += batch.samples.length;
    dirty = true;
    if (!paused) {
      rows.unshift(...batch.samples.reverse());
      rows.length = Math.min(rows.length, ROWS);
    }
    onCount(seen);
  });
}

function line(it) {
  const answer = it.data.length ? it.data.join(" ") : it.status.toLowerCase();
  const verdict = it.verdict ? it.verdict.toLowerCase() : "";
  const way = it.path && it.path !== verdict ? `${verdict}, ${it.path}` : verdict;
  const type = it.class === "IN" ? it.type : `${it.class} ${it.type}`;
  return row("td", [it.from ?? it.source, `${it.name} ${type}`, answer, h("td", { class: "verdict-cell", data: { verdict: it.verdict ?? "" } }, way)]);
}

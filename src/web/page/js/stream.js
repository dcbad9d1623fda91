// The stream of queries: some of them as rows, and the number of all. Changes of the World come in the same stream.

import { fill, h, row } from "./dom.js";
import { language, t } from "./words.js";

/** The most rows. */
const ROWS = 100;

export function start(panel, { onWorld, onFollow, onQueries, onCount }) {
  const rows = [];
  let [seen, shown, lost, paused, dirty] = [0, 0, 0, false, true];
  let state = "connecting";
  const body = h("tbody", { id: "stream" });
  const count = h("p", { class: "note", id: "stream-count" });
  const frame = () => {
    const pause = h("button", { type: "button", class: "tb", "aria-pressed": String(paused), data: { key: "pause" } }, t("pause"));
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      dirty = true;
    });
    const clear = h("button", { type: "button", class: "tb", data: { key: "clear" }, onclick: () => { rows.length = 0; [seen, shown, lost] = [0, 0, 0]; dirty = true; } }, t("clear"));
    fill(
      panel,
      h("h2", {}, t("stream")),
      h("div", { class: "choice" }, pause, clear),
      count,
      h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": t("arriving") }, h(
        "table",
        { class: "grid stream" },
        h("thead", {}, row("th", ["who", "name", "answer", "way"].map((head) => h("th", { scope: "col" }, t(head))))),
        body,
      )),
    );
    dirty = true;
  };
  frame();
  const number = (value) => value.toLocaleString(language());
  const paint = () => {
    requestAnimationFrame(paint);
    if (!dirty || panel.hidden) return;
    dirty = false;
    count.textContent = t("streamCount", t(state), number(seen), number(shown), lost ? t("lostMessages", lost) : "", paused ? t("paused") : "", ROWS);
    if (!paused) body.replaceChildren(...rows.map(line));
  };
  requestAnimationFrame(paint);
  const source = new EventSource("api/events");
  const as = (word) => { state = word; dirty = true; };
  source.addEventListener("open", () => as("connected"));
  source.addEventListener("error", () => as("lost"));
  source.addEventListener("world", (event) => onWorld(JSON.parse(event.data)));
  source.addEventListener("follow", (event) => onFollow(JSON.parse(event.data)));
  source.addEventListener("lost", (event) => { lost += JSON.parse(event.data).events; dirty = true; });
  source.addEventListener("queries", (event) => {
    const batch = JSON.parse(event.data);
    seen += batch.seen;
    shown += batch.samples.length;
    dirty = true;
    if (!paused) {
      rows.unshift(...batch.samples.toReversed());
      rows.length = Math.min(rows.length, ROWS);
    }
    onCount(seen);
    onQueries(batch);
  });
  return frame;
}

function line(it) {
  const answer = it.data.length ? it.data.join(" ") : it.status.toLowerCase();
  const verdict = it.verdict ? it.verdict.toLowerCase() : "";
  const way = it.path && it.path !== verdict ? `${verdict}, ${t(`W_${it.path}`)}` : verdict;
  const type = it.class === "IN" ? it.type : `${it.class} ${it.type}`;
  return row("td", [it.from ?? it.source, `${it.name} ${type}`, answer, h("td", { class: "verdict-cell", data: { verdict: it.verdict ?? "" } }, way)]);
}

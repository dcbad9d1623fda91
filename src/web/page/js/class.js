// The class: for the teacher the students with their steps, and `follow me`; for a student who it is, and the teacher's page.
//
// A student's page is at `students/NAME/`, and the teacher's page as that student sees it below it, at `teacher/`.

import { get, post, Refused } from "./api.js";
import { byId, copyable, debounce, fill, h } from "./dom.js";
import { page, state } from "./state.js";
import { language, t } from "./words.js";

/** Whether this page only shows the teacher's. */
export const follows = /\/students\/[^/]+\/teacher\/$/.test(location.pathname);

/** How long until the teacher's table is read again, in milliseconds. */
const AGAIN = 2_000;
/** What a link says of the reader, and not of what is shown. */
const OWN = ["lang", "big", "present"];

/** What the teacher shows: a link; null for nothing. */
let shown = null;
let told = null;
let timer = null;
let sure = false;

// ---- what the teacher shows -----------------------------------------------------------------------------------

/** The part of a link that says what is shown, with what is the reader's own. */
function ownLink(link) {
  const [parts, own] = [new URLSearchParams(link), new URLSearchParams(location.hash.slice(1))];
  for (const name of OWN) {
    parts.delete(name);
    if (own.has(name)) parts.set(name, own.get(name));
  }
  return `#${parts}`;
}

/** Something else is shown to the class, or nothing any more. */
export function followed({ link }) {
  const before = shown;
  shown = link;
  if (follows) {
    if (link === null) leave();
    else if (link !== before) location.hash = ownLink(link);
  } else if (state.group?.student) {
    if (link === null) sessionStorage.removeItem("left");
    else if (before === null && sessionStorage.getItem("left") !== "1") look();
  }
  banner();
  if (state.group?.teacher && state.view === "class") list();
}

/** Goes to the teacher's page. */
function look() {
  sessionStorage.removeItem("left");
  location.assign(`teacher/${ownLink(shown)}`);
}

/** Goes back to the student's own page. */
function leave() {
  location.replace("../");
}

/** Whether a refusal says that the teacher shows nothing any more. Then the page goes back. */
export function over(error) {
  const ended = follows && error instanceof Refused && error.status === 403 && !state.world;
  if (ended) leave();
  return ended;
}

const send = debounce(() => {
  const link = location.hash.slice(1);
  if (shown !== null && shown !== link) show(link).catch(page.trouble);
}, 150);

async function show(link) {
  await post("api/class/follow", { link });
}

/** The teacher's page shows something else. */
export function moved() {
  if (state.group?.teacher && shown !== null) send();
}

// ---- the line above the page ----------------------------------------------------------------------------------

function button(key, words, run, properties = {}) {
  return h("button", { type: "button", class: "tb", data: { key: `class/${key}` }, onclick: run, ...properties }, words);
}

/** Says who this is, and who follows whom. */
export function banner() {
  const box = byId("banner");
  const { teacher, student, secret } = state.group ?? {};
  box.hidden = !(follows || student || (teacher && shown !== null));
  box.classList.toggle("following", follows);
  if (box.hidden) return;
  if (follows) {
    fill(box, h("b", {}, t("following")), " ", button("leave", t("leave"), () => { sessionStorage.setItem("left", "1"); leave(); }));
  } else if (student) {
    fill(
      box,
      h("b", {}, t("youAre", student)), " ",
      shown !== null ? [h("span", {}, t("teacherShows")), " ", button("look", t("followTeacher"), look)] : null,
      h("details", { data: { key: "class/secret" } }, h("summary", { data: { key: "class/secret/fold" } }, t("secretNote")), copyable(`export VPCDNS_TOKEN=${secret}`, t("secretOf"), "secret")),
    );
  } else {
    fill(box, h("b", {}, t("shownToAll")), " ", button("end", t("followEnd"), () => toggle(false)));
  }
}

// ---- the teacher's table --------------------------------------------------------------------------------------

/** Shows or hides what only a teacher has, and says what is shown. */
export function frame() {
  byId("tab-class").hidden = !state.group?.teacher;
  document.body.classList.toggle("follows", follows);
  banner();
}

/** Reads the class, and again while it is looked at. */
export async function open() {
  clearTimeout(timer);
  if (!state.group?.teacher || state.view !== "class") return;
  try {
    told = await get("api/class");
    list();
  } catch (error) {
    if (error instanceof Refused) page.trouble(error);
  }
  clearTimeout(timer);
  timer = setTimeout(open, AGAIN);
}

async function act(run) {
  try {
    await run();
  } catch (error) {
    page.trouble(error);
  }
  await open();
}

async function toggle(on) {
  await act(() => show(on ? location.hash.slice(1) : null));
}

/** Draws the table. */
function list() {
  if (!told) return;
  const join = new URL(told.join.slice(1), location.origin + location.pathname).href;
  const all = button("reset", sure ? t("resetSure") : t("resetAll"), () => {
    if (sure) act(() => post("api/class/reset"));
    sure = !sure;
    list();
  }, { disabled: told.students.length === 0 });
  fill(
    byId("panel-class"),
    h("h2", {}, t("class")),
    copyable(join, t("joinLink"), "join"),
    h("div", { class: "choice" }, button("follow", t("followMe"), () => toggle(shown === null), { "aria-pressed": String(shown !== null) }), all),
    h("p", { class: "note", id: "class-count" }, t("students", told.students.length, told.most)),
    told.students.length === 0 ? h("p", {}, t("noStudents")) : h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": t("class") }, h(
      "table",
      { class: "grid", id: "class" },
      h("thead", {}, h("tr", {}, [...["student", "atStep", "goalsDone", "active", "dnsPort"].map(t), ""].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, told.students.map(line)),
    )),
  );
}

function line({ name, place, active, dns, open: link }) {
  const ports = dns.map((address) => address.slice(address.lastIndexOf(":") + 1)).join(" ");
  return h("tr", { data: { student: name } },
    h("th", { scope: "row" }, name),
    h("td", {}, place ? `${place.lab}@${place.step} (${place.number}/${place.steps})` : t("ownWorld")),
    h("td", {}, place ? t("ofGoals", place.done, place.goals) : ""),
    h("td", {}, new Date(active).toLocaleTimeString(language())),
    h("td", { class: "m" }, ports),
    h("td", {}, h("div", { class: "choice" },
      h("a", { class: "tb", href: link, target: "_blank", rel: "noopener", data: { key: `class/open/${name}` }, "aria-label": t("openOf", name) }, t("openStudent")),
      button(`reset/${name}`, t("reset"), () => act(() => post(`api/class/${encodeURIComponent(name)}/reset`)), { "aria-label": t("resetOf", name) }))));
}

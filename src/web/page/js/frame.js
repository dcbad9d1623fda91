// The frame of the page: the class of its width, the tabs, the settings, the keys.

import { byId } from "./dom.js";
import { compare, halt, hop, lines, playAll } from "./journey.js";
import { walk } from "./lesson.js";
import { address, larger, present, VIEWS } from "./link.js";
import { page, state } from "./state.js";
import { language, speak, t } from "./words.js";

/** The class of the width: letters grow with A+, so the width counts as smaller then. */
export function sized() {
  const width = innerWidth / (state.big ? 1.25 : 1);
  return width >= 1680 ? "xl" : width >= 1180 ? "l" : width >= 800 ? "md" : "s";
}

/** Sets the classes of the width, and puts the terminal where that width has it. */
export function arrange() {
  const size = sized();
  const narrow = size === "md" && innerWidth / (state.big ? 1.25 : 1) < 960;
  const root = document.documentElement;
  root.className = [size, narrow ? "t" : "", state.big ? "big" : "", state.present ? "present" : ""].filter(Boolean).join(" ");
  const home = size === "l" ? byId("rail") : byId("side");
  if (byId("terminal").parentElement !== home) {
    if (size === "l") byId("lab-card").after(byId("terminal"));
    else byId("why").before(byId("terminal"));
  }
}

/** Shows a view. */
export function select(view) {
  state.view = VIEWS.includes(view) && !(view === "class" && !state.group?.teacher) ? view : "picture";
  for (const tab of byId("tabs").querySelectorAll("[role=tab]")) {
    const on = tab.id === `tab-${state.view}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
  if (state.view === "stream") byId("badge").hidden = true;
  if (state.view === "picture") lines();
  if (state.view === "resources") page.resources();
  if (state.view === "class") page.class();
  address();
}

export function tabs() {
  const all = [...byId("tabs").querySelectorAll("[role=tab]")];
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab.id.slice(4)));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const there = all.filter((it) => !it.hidden);
      const to = step ? there[(index + step + there.length) % there.length] : { Home: there[0], End: there.at(-1) }[event.key];
      if (!to) return;
      event.preventDefault();
      select(to.id.slice(4));
      to.focus();
    });
  });
}

let themed = "auto";

export function theme(next) {
  const order = ["auto", "light", "dark"];
  themed = order.includes(next) ? next : "auto";
  document.documentElement.dataset.theme = themed;
  byId("theme").textContent = t(themed);
  byId("theme").setAttribute("aria-label", t("colours", t(themed)));
}

/** Puts the page's fixed texts in the chosen language. */
export function translate(chosen) {
  speak(chosen);
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-title]")) element.title = t(element.dataset.title);
  byId("language").textContent = t("otherLanguage");
  byId("language").lang = language() === "ko" ? "en" : "ko";
  byId("back").setAttribute("aria-label", t("back"));
  byId("keys-text").textContent = t("keyList");
  theme(themed);
  page.streamFrame?.();
}

export function keyboard() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, [role=tab], dialog[open], .form");
    if (typing) return;
    const run = {
      "/": () => byId("name").focus(), ArrowRight: () => hop(1), ArrowLeft: () => hop(-1), r: playAll, c: () => { if (state.explanation?.before || state.past) compare(); },
      "[": () => walk(-1), "]": () => walk(1), t: () => select(state.view === "table" ? "picture" : "table"), "?": () => byId("keys").showModal(),
    }[event.key];
    if (!run) {
      halt();
      return;
    }
    event.preventDefault();
    run();
  });
  byId("keys-close").addEventListener("click", () => byId("keys").close());
  addEventListener("pointerdown", halt);
}

export function settings() {
  byId("theme").addEventListener("click", () => {
    const order = ["auto", "light", "dark"];
    theme(order[(order.indexOf(themed) + 1) % order.length]);
    localStorage.setItem("theme", themed);
  });
  const again = () => { if (state.world) page.paint(); };
  byId("larger").addEventListener("click", () => { larger(!state.big); again(); });
  byId("present").addEventListener("click", () => { present(!state.present); again(); });
  byId("language").addEventListener("click", () => {
    translate(language() === "ko" ? "en" : "ko");
    localStorage.setItem("language", language());
    again();
    // The server's sentences are in a language too.
    if (state.world) page.refresh();
  });
}

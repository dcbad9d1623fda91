// Elements made of text: nothing here reads HTML from a string.

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

function shown(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}

function set(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
}

/** Makes an element. Properties beginning with `on` are listeners, `data` is a map, others are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...shown(children));
  return element;
}

/** Makes an SVG element. */
export function s(tag, properties = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, properties);
  element.append(...shown(children));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Replaces the children of an element. The focus stays on the element with the same `data-key`. */
export function fill(element, ...children) {
  const active = document.activeElement;
  const key = active && element.contains(active) ? active.dataset.key : undefined;
  element.replaceChildren(...shown(children));
  if (key) {
    const again = [...element.querySelectorAll("[data-key]")].find((it) => it.dataset.key === key);
    if (again) again.focus({ preventScroll: true });
  }
}

/** A text that may break after dots, hyphens and slashes. */
export function soft(text) {
  const parts = String(text).split(/(?<=[-./:_@])/);
  return parts.flatMap((part, index) => (index ? [h("wbr"), part] : [part]));
}

/** One of several things in a place that has room for each of them, so that nothing moves when another one is shown. */
export function swap(active, things, tag = "span") {
  return h(tag, { class: "swap" }, Object.entries(things).map(([key, thing]) => {
    const on = key === active;
    return h(tag, { class: on ? "is" : "is off", "aria-hidden": on ? null : "true" }, thing);
  }));
}

/** A button that copies a text. */
export function copyButton(text, what, key, code) {
  const button = h("button", { type: "button", class: "copy tb", data: { key: `copy/${key}` }, "aria-label": t("copyWhat", what) }, t("copy"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = t("copied");
    } catch {
      // There is no clipboard: select the text, so that the user can copy it with the keyboard.
      if (code) getSelection().selectAllChildren(code);
      button.textContent = t("selected");
    }
    setTimeout(() => { button.textContent = t("copy"); }, 1500);
  });
  return button;
}

/** Text with a button that copies it, or what stands for it in a shell. */
export function copyable(text, what, key, copied = text) {
  const code = h("code", {}, text);
  return h("div", { class: "copyable" }, code, copyButton(copied, what, key, copied === text ? code : undefined));
}

/** A row of a table. */
export function row(tag, cells, properties = {}) {
  return h("tr", properties, cells.map((cell) => (cell instanceof Element && (cell.tagName === "TD" || cell.tagName === "TH") ? cell : h(tag, {}, cell))));
}

/** Calls `run` once after the last of many calls. */
export function debounce(run, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}

const GLYPHS = {
  private: () => [s("path", { d: "M8 1l6 2.3v4.4c0 3.6-2.6 6.1-6 7.3-3.4-1.2-6-3.7-6-7.3V3.3z", fill: "currentColor" })],
  public: () => [
    s("circle", { cx: 8, cy: 8, r: 6.2, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    s("path", { d: "M2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12", fill: "none", stroke: "currentColor", "stroke-width": 1.4 }),
  ],
  nowhere: () => [
    s("path", { d: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5z", fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
    s("path", { d: "M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4", stroke: "currentColor", "stroke-width": 2.2 }),
  ],
  done: () => [
    s("rect", { x: 1, y: 1, width: 14, height: 14, rx: 2.5, class: "mark-done" }),
    s("path", { d: "M4 8.3l2.7 2.7L12 5.2", class: "mark-tick", fill: "none", "stroke-width": 2.2 }),
  ],
  here: () => [s("path", { d: "M8 1.5L14.5 8 8 14.5 1.5 8z", class: "mark-here", "stroke-width": 2 })],
  todo: () => [s("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.6 })],
};

/** A shape that tells the same as a colour. */
export function glyph(kind) {
  return s("svg", { class: "g", viewBox: "0 0 16 16", "aria-hidden": "true" }, GLYPHS[kind]());
}

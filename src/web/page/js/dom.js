// Elements made of text: nothing here reads HTML from a string.

/** Makes an element. Properties beginning with `on` are listeners, `data` is a map, others are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Replaces the children of an element. The focus stays on the element with the same `data-key`. */
export function fill(element, ...children) {
  const active = document.activeElement;
  const key = active && element.contains(active) ? active.dataset.key : undefined;
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  if (key) {
    const again = [...element.querySelectorAll("[data-key]")].find((it) => it.dataset.key === key);
    if (again) again.focus({ preventScroll: true });
  }
}

/** Text with a button that copies it. */
export function copyable(text, what) {
  const code = h("code", {}, text);
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy ${what}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // There is no clipboard: select the text, so that the user can copy it with the keyboard.
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return h("div", { class: "copyable" }, code, button);
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

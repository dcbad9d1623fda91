// The page on which a student joins a class: a name in, a World of the student's own out.

import { byId } from "./dom.js";
import { language, speak, t } from "./words.js";

/** The secrets of the students who joined in this browser, by name. */
function known() {
  try {
    return JSON.parse(localStorage.getItem("class") ?? "{}");
  } catch {
    return {};
  }
}

async function join(event) {
  event.preventDefault();
  const name = byId("name").value.trim().normalize("NFC");
  const code = new URLSearchParams(location.search).get("code");
  const secret = known()[name] ?? null;
  try {
    const response = await fetch(`api/class/join?lang=${language()}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name, code, secret }),
    });
    const told = await response.json();
    if (!response.ok) throw new Error(told.error);
    localStorage.setItem("class", JSON.stringify({ ...known(), [name]: told.secret }));
    localStorage.setItem("language", language());
    location.assign(`${told.path}?token=${told.secret}${location.hash}`);
  } catch (error) {
    byId("alert").textContent = error instanceof TypeError ? t("unreachable") : error.message;
    byId("alert").hidden = false;
  }
}

speak(localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en"));
document.documentElement.lang = language();
for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
byId("join").addEventListener("submit", join);
byId("name").focus();
document.documentElement.dataset.ready = "true";

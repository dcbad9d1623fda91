// The question, and what is told of its answer: the verdict, what the last change altered, dig's own lines, and why.

import { shortDig } from "./commands.js";
import { copyButton, fill, glyph, h, soft } from "./dom.js";
import { key } from "./scene.js";
import { capital, has, language, t } from "./words.js";

export const TYPES = ["A", "AAAA", "CNAME", "TXT", "MX", "NS", "SOA", "SRV", "PTR", "HTTPS", "ANY"];

/** Lists the clients, VPC by VPC: every instance, a new one in each subnet, and anywhere. */
export function clients(select, world, from) {
  // With thousands of clients the list takes a while to make.
  if (select.madeOf !== world || select.madeIn !== language()) list(select, world);
  if (![...select.options].some((it) => it.value === from)) {
    // The list does not have this client, but the server knows it.
    select.append(h("option", { value: from }, from));
  }
  select.value = from;
}

function list(select, world) {
  Object.assign(select, { madeOf: world, madeIn: language() });
  const groups = world.vpcs.map((vpc) => h(
    "optgroup",
    { label: vpc.name },
    vpc.subnets.flatMap((subnet) => subnet.instances).map((it) => h("option", { value: it.id }, it.name)),
    vpc.subnets.map((it) => h("option", { value: it.id }, t("newInstance", it.name))),
    h("option", { value: vpc.id }, t("anywhere", vpc.name)),
  ));
  fill(select, groups, h("option", { value: "internet" }, t("internetAsker")));
}

/** Lists names to ask. */
export function names(list, world, labs) {
  const all = new Set();
  for (const step of labs.flatMap((lab) => lab.steps)) for (const dig of step.digs) all.add(dig.name);
  for (const vpc of world.vpcs) {
    for (const endpoint of vpc.endpoints) {
      for (const name of [...endpoint.private_names, ...endpoint.names]) all.add(name);
    }
    for (const zone of vpc.zones) all.add(zone.name);
    all.add(`s3.${vpc.region}.amazonaws.com`);
    all.add(`cloudformation.${vpc.region}.amazonaws.com`);
    if (all.size > 300) break;
  }
  for (const balancer of world.load_balancers.slice(0, 20)) all.add(balancer.shown_name);
  fill(list, [...all].slice(0, 200).map((name) => h("option", { value: name })));
}

const WORST = ["nowhere", "blocked", "public", "gateway", "transit", "peering", "private"];

/** The worst kind of the ways; none without one. */
function worst(explanation) {
  return WORST.find((kind) => explanation?.paths.some((path) => path.kind === kind));
}

/** How an answer and its traffic look: private, public or nowhere. */
export function look(verdict, kind) {
  if (["NXDOMAIN", "NODATA", "SILENCE", "SERVFAIL"].includes(verdict)) return "nowhere";
  if (kind) return { blocked: "nowhere", gateway: "private", transit: "private", peering: "private" }[kind] ?? kind;
  return verdict === "PRIVATE" ? "private" : "public";
}

/** Both verdicts in words: of the answer, and of the traffic. */
function both(verdict, kind) {
  return [t(`V_${verdict}`), kind ? t(`W_${kind}`) : null].filter(Boolean).join(", ");
}

/** The answer's verdict. */
export function verdict(element, explanation) {
  if (!explanation) {
    element.className = "verdict";
    element.dataset.verdict = "";
    fill(element);
    return;
  }
  const kind = worst(explanation);
  const shape = look(explanation.verdict, kind);
  element.className = `verdict ${shape}`;
  element.dataset.verdict = explanation.verdict;
  element.dataset.told = `${explanation.verdict}${explanation.answer.records.length ? explanation.answer.records.map((it) => it.data).join("  ") : explanation.answer.status}`;
  fill(element, glyph(shape), h("span", {}, both(explanation.verdict, kind)));
}

/** An answer in the form that the server uses for the answer before the last change. */
function summary(explanation) {
  return {
    status: explanation.answer.status,
    verdict: explanation.verdict,
    data: explanation.answer.records.map((record) => record.data).sort(),
    ways: [...new Set(explanation.paths.map((path) => path.phrase))].sort(),
    path: worst(explanation),
  };
}

/** An answer in one line, in English, as the tests read it. */
function told(it) {
  const data = it.data.length ? it.data.join(" ") : it.status.toLowerCase();
  return `${data} (${it.verdict.toLowerCase()}${it.ways.length ? `; ${it.ways.join(", ")}` : ""})`;
}

/** What the last change was, in words. */
function changeWords(change) {
  const what = { dns_support: "support", dns_hostnames: "hostnames", private_dns: "pdns" }[change.what] ?? `C_${change.what}`;
  const value = (text) => ({ on: t("on"), off: t("off"), present: t("present_"), absent: t("absent_") }[text] ?? text);
  return `${has(what) ? t(what) : t("C_other")}: ${value(change.before)} → ${value(change.now)}`;
}

/** The difference in one sentence. */
function sentence(before, now) {
  if (now.verdict === "SILENCE") return t("S_silent");
  if (before.data.join() === now.data.join()) return t("S_sameAnswer");
  if (!now.data.length) return t("S_gone");
  if (!before.data.length) return t("S_came");
  if (before.verdict !== "PRIVATE" && now.verdict === "PRIVATE") return t("S_toPrivate");
  if (before.verdict === "PRIVATE" && now.verdict === "PUBLIC") return t("S_toPublic");
  return t("S_other");
}

/** The difference that the last change made, in one sentence. */
export function sentenceOf(explanation) {
  return explanation?.before ? sentence(explanation.before, summary(explanation)) : t("S_nothing");
}

/** What the last change altered: as a card, or as one line. Returns the line for a screen reader. */
export function change(card, line, explanation, wide) {
  const before = explanation?.before;
  if (!before) {
    fill(card, h("h2", {}, t("lastChange")), h("p", { class: "note" }, t("noChange")));
    fill(line, wide ? null : h("p", { class: "note" }, t("noChange")));
    return "";
  }
  const now = summary(explanation);
  const shape = (it) => look(it.verdict, it.path);
  const what = before.changes.length ? changeWords(before.changes[0]) : t("C_other");
  const words = (it) => (["NXDOMAIN", "NODATA", "SILENCE", "SERVFAIL"].includes(it.verdict) ? t(`V_${it.verdict}`) : t(shape(it)));
  const data = (it) => (it.data.length ? it.data : it.status === "SILENCE" ? [] : [it.status]);
  const cell = (title, name, it) => h("div", { class: `${name} ${shape(it)}`, data: { told: told(it) } },
    h("h3", {}, title), h("p", { class: "v" }, glyph(shape(it)), " ", words(it)), h("p", { class: "m" }, data(it).slice(0, 4).map((one) => h("span", { class: "d" }, soft(one)))));
  const chip = (name, it) => h("span", { class: `chip ${name} ${shape(it)}`, data: { told: told(it) } },
    glyph(shape(it)), " ", h("span", { class: "m" }, data(it).slice(0, 2).map((one) => [soft(one), " "])), " ", words(it));
  const text = sentence(before, now);
  const tail = before.changes.length > 1 ? ` (${t("more", before.changes.length - 1)})` : "";
  if (wide) {
    fill(line);
    fill(card, h("div", { id: "changed" }, h("h2", {}, `${t("lastChange")}: `, h("span", {}, what, tail)), h("p", {}, text),
      h("div", { class: "two" }, cell(t("before"), "was", before), h("span", { "aria-hidden": "true" }, "→"), cell(t("now"), "is", now))));
  } else {
    fill(card);
    fill(line, h("div", { id: "changed", class: "bal" }, h("b", {}, what, tail), " ", h("span", {}, t("before")), " ", chip("was", before), " ",
      h("span", { "aria-hidden": "true" }, "→"), " ", h("span", {}, t("now")), " ", chip("is", now), " ", h("span", { class: "sent" }, text)));
  }
  return `${what}. ${t("before")}: ${data(before).join(" ")}. ${t("now")}: ${data(now).join(" ")}. ${text}`;
}

/** dig's own lines. */
export function terminal(panel, explanation, client, wide) {
  if (!explanation) {
    fill(panel, h("h3", {}, t("terminal")));
    return;
  }
  const { question, answer, dig } = explanation;
  const name = question.name.replace(/\.$/, "");
  const typed = `dig +short ${name}${question.type === "A" ? "" : ` ${question.type}`}`;
  const open = panel.querySelector("details")?.open ?? wide;
  fill(
    panel,
    h("h3", {}, h("span", {}, `${t("terminal")}: `, soft(client)), dig.command ? copyButton(shortDig(dig.command), t("digCommand"), "dig") : null),
    h("pre", { class: "short" }, `$ ${typed}\n${answer.records.map((it) => it.data).join("\n")}`),
    h("details", { open, data: { key: "dig" } }, h("summary", { data: { key: "dig/fold" } }, t("whatDigPrints")),
      h("pre", { class: "full", id: "dig", tabindex: "0", "aria-label": t("whatDigPrints") }, `$ dig ${name} ${question.type}\n\n${dig.text}`)),
    dig.command ? h("p", { class: "run" }, t("runHere"), " ", h("code", { id: "dig-command" }, dig.command), " ", copyButton(dig.command, t("digWhole"), "dig/whole")) : h("p", { class: "run" }, t("noDig")),
  );
}

/** What is wrong with the name, and what a reader may wonder about. A name that several hints mean is told with the last. */
function hints(all, askName) {
  if (!all.length) return null;
  return h("ul", { class: "hints", id: "hints", "aria-label": t("hints") }, all.map((hint, index) => {
    const later = all.slice(index + 1).some((it) => it.name === hint.name);
    return h("li", { data: { code: hint.code } }, h("span", {}, hint.text), hint.name && !later
      ? [" ", h("button", { type: "button", class: "tb m", data: { key: `hint/${hint.name}` }, onclick: () => askName(hint.name) }, soft(t("didYouMean", hint.name)))]
      : null);
  }));
}

/** The reasons of the answer, and the way of the traffic. */
export function why(panel, explanation, way, choose, missing, askName) {
  if (!explanation) {
    fill(panel, h("h2", {}, t("why")), h("p", { class: "none-way" }));
    return;
  }
  const { question, steps, facts, assumptions, paths } = explanation;
  const path = paths.find((it) => key(it) === way);
  fill(
    panel,
    h("h2", {}, t("why")),
    hints(explanation.hints ?? [], askName),
    h("ol", { class: "trace", id: "trace" }, steps.map((step) => {
      return h("li", { data: { rule: step.rule } },
        h("span", {}, capital(step.text)), step.assumed ? " ◊" : "", " ",
        step.facts.map((id) => h("details", { class: "fact", data: { tag: facts[id]?.tag ?? "" } }, h("summary", { "aria-label": t("fact", id) }, id), h("span", { lang: "en" }, facts[id] ? `${facts[id].tag.toLowerCase()}: ${facts[id].line}` : ""), " ", h("a", { href: `facts/${id}?lang=${language()}`, target: "_blank", rel: "noopener" }, t("factPage")))));
    })),
    h("div", { class: "way", id: "way-body" },
      h("h3", {}, t("traffic")),
      path ? [
        h("p", { class: `way-kind ${look("", path.kind)}` }, glyph(look("", path.kind)), " ", h("b", { id: "way-kind", data: { told: path.phrase } }, path.phrase)),
        paths.length > 1
          ? h("div", { class: "choice", role: "group", "aria-label": t("address") }, paths.map((it) => h("button", { type: "button", class: "tb m", "aria-pressed": String(it === path), data: { key: `way/${key(it)}` }, onclick: () => choose(key(it)) }, key(it))))
          : null,
        h("ol", { class: "hops", id: "hops", "aria-label": t("hops") }, path.hops.map((hop, index) => h("li", {}, h("i", { class: `n ${path.kind}`, "aria-hidden": "true" }, String(index + 1)), h("span", {}, hop)))),
        missing ? h("p", { class: "note" }, t("wireMissing")) : null,
      ] : [h("p", { class: "none-way" }, t("noTraffic")), h("ol", { id: "hops", hidden: true })]),
    assumptions.length ? [h("h3", {}, t("assumed")), h("ul", { class: "assumed" }, assumptions.map((text) => h("li", {}, text)))] : null,
    h("p", { class: "note", id: "asked-from" }, t("askedFromWhere", question.from)),
  );
}

export function failed(panel, error) {
  fill(panel, h("h2", {}, t("why")), h("p", { class: "alert", role: "alert" }, error.message));
}

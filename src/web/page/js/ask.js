// The question box and the answer: what dig prints, the reason, and what the last change altered.

import { copyable, fill, h } from "./dom.js";

export const TYPES = ["A", "AAAA", "CNAME", "TXT", "MX", "NS", "SOA", "SRV", "PTR", "HTTPS", "ANY"];

/** Lists the clients, VPC by VPC. */
export function clients(select, world, from) {
  const groups = world.vpcs.map((vpc) => h(
    "optgroup",
    { label: vpc.name },
    vpc.subnets.flatMap((subnet) => subnet.instances).map((it) => h("option", { value: it.id }, it.name)),
    vpc.subnets.map((it) => h("option", { value: it.id }, `a new instance in ${it.name}`)),
    h("option", { value: vpc.id }, `anywhere in ${vpc.name}`),
  ));
  fill(select, groups, h("option", { value: "internet" }, "the internet"));
  if (![...select.options].some((it) => it.value === from)) {
    // The picture does not show this client, but the server knows it.
    select.append(h("option", { value: from }, from));
  }
  select.value = from;
}

/** Lists names to ask. */
export function names(list, world, labs) {
  const all = new Set();
  for (const vpc of world.vpcs) {
    for (const endpoint of vpc.endpoints) {
      for (const name of [...endpoint.private_names, ...endpoint.names]) all.add(name);
    }
    for (const zone of vpc.zones) all.add(zone.name);
    all.add(`s3.${vpc.region}.amazonaws.com`);
    all.add(`cloudformation.${vpc.region}.amazonaws.com`);
  }
  for (const balancer of world.load_balancers) all.add(balancer.shown_name);
  for (const step of labs.flatMap((lab) => lab.steps)) for (const dig of step.digs) all.add(dig.name);
  fill(list, [...all].slice(0, 200).map((name) => h("option", { value: name })));
}

/** An answer in the form that the server uses for the answer before the last change. */
function summary(explanation) {
  return {
    status: explanation.answer.status,
    verdict: explanation.verdict,
    data: explanation.answer.records.map((record) => record.data).sort(),
    ways: [...new Set(explanation.paths.map((path) => path.phrase))].sort(),
  };
}

function told(it) {
  const data = it.data.length ? it.data.join(" ") : it.status.toLowerCase();
  return `${data} (${it.verdict.toLowerCase()}${it.ways.length ? `; ${it.ways.join(", ")}` : ""})`;
}

/** Fills the answer panel. `before` is the answer to the same question before the last change, if it was different. */
export function show(panel, explanation) {
  const { question, answer, verdict, steps, facts, assumptions, dig, before } = explanation;
  const addresses = answer.records.map((record) => record.data);
  fill(
    panel,
    h("h2", { class: "sr" }, "Answer"),
    h("p", { class: "verdict", id: "verdict", data: { verdict } }, h("b", {}, verdict), h("span", {}, addresses.length ? addresses.join("  ") : answer.status)),
    before ? h(
      "div",
      { class: "changed", id: "changed", role: "status" },
      h("p", {}, h("b", {}, "Before: "), h("span", { class: "was" }, told(before))),
      h("p", {}, h("b", {}, "Now: "), h("span", { class: "is" }, told(summary(explanation)))),
    ) : null,
    h("h3", {}, "dig"),
    dig.command ? copyable(dig.command, "the dig command") : h("p", { class: "note" }, "dig cannot ask from there, because the address is in more than one VPC. Start the server with --dns ADDR=VPC for that."),
    h("pre", { class: "dig", id: "dig", tabindex: "0", "aria-label": "What dig prints" }, dig.text),
    h("h3", {}, "Why"),
    h("ol", { class: "trace", id: "trace" }, steps.map((step) => h(
      "li",
      { data: { rule: step.rule } },
      step.text,
      " ",
      step.facts.map((id) => h("details", { class: "fact", data: { tag: facts[id]?.tag ?? "" } }, h("summary", { "aria-label": `Fact ${id}` }, id), h("span", {}, facts[id] ? `${facts[id].tag.toLowerCase()}: ${facts[id].line}` : ""))),
    ))),
    assumptions.length ? [h("h3", {}, "Assumed"), h("ul", { class: "assumed" }, assumptions.map((text) => h("li", {}, text)))] : null,
    h("p", { class: "note" }, `Asked from ${question.from}.`),
  );
}

export function failed(panel, error) {
  fill(panel, h("p", { class: "alert", role: "alert" }, error.message));
}

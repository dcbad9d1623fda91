// The VPCs that are not drawn, as cards, and a search over VPCs and instances, however many there are.

import { fill, h, soft } from "./dom.js";
import { everyInstance } from "./scene.js";
import { t } from "./words.js";

/** More cards than this are put into groups by the beginning of their names. */
const CARDS = 12;
/** The most instances that a search lists. */
const MATCHES = 60;

const kept = { text: "", open: new Set() };

function card(vpc, focus) {
  return h("button", { type: "button", class: "vcard", data: { key: `vpc/${vpc.id}` }, onclick: () => focus(vpc) },
    h("b", {}, soft(vpc.name)), h("span", { class: "m" }, soft(vpc.cidrs.join(" "))),
    h("span", { class: "dim" }, t("counts", vpc.subnets.length, everyInstance(vpc).length, vpc.endpoints.length)),
    h("span", { class: "dim" }, `${t("support")} ${t(vpc.dns_support ? "on" : "off")} · ${t("hostnames")} ${t(vpc.dns_hostnames ? "on" : "off")}`));
}

/** Groups VPCs by their names without the number at the end. */
function groups(vpcs) {
  const all = new Map();
  for (const vpc of vpcs) {
    const prefix = vpc.name.replace(/[-_ ]?\d+$/, "") || vpc.name;
    all.set(prefix, [...(all.get(prefix) ?? []), vpc]);
  }
  return [...all].map(([prefix, members]) => ({
    name: members.length > 1 ? `${members[0].name} – ${members.at(-1).name}` : members[0].name, prefix, members,
  }));
}

/** Draws the cards. `focus` shows a VPC, `ask` asks from an instance. */
export function show(element, world, others, { focus, ask, text }) {
  if (text !== undefined) kept.text = text;
  const all = world.vpcs.reduce((sum, vpc) => sum + everyInstance(vpc).length, 0);
  element.hidden = !others.length && all <= 12;
  if (element.hidden) {
    fill(element);
    return;
  }
  const results = h("div", { class: "results" });
  const input = h("input", {
    type: "search", id: "find", "aria-label": t("find"), placeholder: t("find"), value: kept.text, data: { key: "find" },
    oninput: () => { kept.text = input.value; list(); },
  });
  const list = () => {
    const wanted = kept.text.trim().toLowerCase();
    if (!wanted) {
      fill(results, others.length <= CARDS
        ? h("div", { class: "cards" }, others.map((vpc) => card(vpc, focus)))
        : groups(others).map((group) => (group.members.length === 1 ? h("div", { class: "cards" }, card(group.members[0], focus)) : h("details", {
          open: kept.open.has(group.prefix), data: { key: `group/${group.prefix}` },
          ontoggle: (event) => { if (event.target.open) kept.open.add(group.prefix); else kept.open.delete(group.prefix); },
        }, h("summary", {}, `${group.name} (${group.members.length})`), h("div", { class: "cards" }, group.members.map((vpc) => card(vpc, focus)))))));
      return;
    }
    const vpcs = world.vpcs.filter((vpc) => [vpc.name, vpc.id, ...vpc.cidrs].some((it) => it.toLowerCase().includes(wanted)));
    const instances = world.vpcs.flatMap((vpc) => vpc.subnets.flatMap((subnet) => subnet.instances
      .filter((it) => [it.name, it.id, it.address ?? "", it.public_address ?? "", subnet.name].some((one) => one.toLowerCase().includes(wanted)))
      .map((it) => ({ it, vpc, subnet }))));
    fill(results,
      h("p", { class: "note", role: "status" }, t("matches", vpcs.length + instances.length)),
      h("div", { class: "cards" },
        vpcs.slice(0, CARDS).map((vpc) => card(vpc, focus)),
        instances.slice(0, MATCHES).map(({ it, vpc, subnet }) => h("button", { type: "button", class: "vcard", data: { key: `found/${it.id}` }, onclick: () => ask(it.id) },
          h("b", {}, soft(it.name)), h("span", { class: "m" }, it.address ?? it.ipv6 ?? ""), h("span", { class: "dim" }, soft(subnet.name), " · ", soft(vpc.name))))),
      instances.length > MATCHES ? h("p", { class: "note" }, t("more", instances.length - MATCHES)) : null);
  };
  fill(element, h("div", { class: "findbar" }, others.length ? h("h2", {}, `${t("otherVpcs")} (${others.length})`) : null, input), results);
  list();
}

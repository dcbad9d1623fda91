// The placement groups as racks: a cluster is one rack, each partition is one, and each instance of a spread group has one.

import { h, soft } from "./dom.js";
import { t } from "./words.js";

/** The drawing of all groups; nothing without a group. */
export function racks(groups) {
  return groups.length ? h("div", { class: "groups", id: "racks" }, groups.map(group)) : null;
}

function group({ name, strategy, zones }) {
  return h("section", { class: "group", data: { group: name, strategy } },
    h("h4", {}, soft(name), " ", h("small", {}, t(`R_${strategy}`))),
    zones.length ? zones.map(({ zone, racks: all }) => h("div", { class: "zone" },
      h("small", {}, zone),
      h("ol", { class: "racks" }, all.map((instances, at) => rack(instances, strategy, at + 1))))) : h("p", { class: "note" }, t("emptyGroup")));
}

function rack(instances, strategy, number) {
  const title = strategy === "partition" ? t("partitionNumber", number) : t("rackNumber", number);
  return h("li", { class: instances.length ? "rack" : "rack free", title }, h("span", { class: "sr" }, title),
    strategy === "cluster" ? null : h("b", { "aria-hidden": "true" }, String(number)),
    instances.map((it) => h("span", { class: "unit m", title: it }, strategy === "cluster" ? it : `.${it.split(".").at(-1)}`)));
}

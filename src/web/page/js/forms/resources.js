// The resources of the chapter as the console lists them, with what can be done to each: VPCs, endpoints, endpoint services.

import { change } from "../change.js";
import { byId, fill, h, soft } from "../dom.js";
import { vpcOf } from "../scene.js";
import { page, state } from "../state.js";
import { connectionButtons } from "../switches.js";
import { t } from "../words.js";
import * as endpoint from "./endpoint.js";
import * as edit from "./endpoint_edit.js";
import * as service from "./service.js";
import * as vpcs from "./vpc.js";

/** The VPC whose resources are listed, if one was chosen. */
let chosen = null;

/** Draws the lists. A form that is open stays as it is. */
export function show() {
  const { world } = state;
  const vpc = world.vpcs.find((it) => it.id === chosen) ?? vpcOf(world, state.from) ?? world.vpcs[0];
  const select = h("select", { "aria-label": t("F_vpc"), data: { key: "resources/vpc" }, onchange: (event) => { chosen = event.target.value; show(); } },
    world.vpcs.map((it) => h("option", { value: it.id, selected: it === vpc }, endpoint.named(it))));
  fill(
    byId("resource-list"),
    h("div", { class: "lens" }, h("h2", {}, t("resources")), world.vpcs.length > 1 ? select : null),
    vpc ? [vpcSection(vpc), endpointSection(vpc)] : h("p", { class: "note" }, t("noVpc")),
    vpc ? serviceSection(world, vpc) : null,
  );
}

/** Opens a form. Afterwards the focus is where it was. */
async function open(key, made) {
  const place = byId("resource-form");
  const close = () => {
    fill(place);
    byId("resource-list").querySelector(`[data-key="${key}"]`)?.focus();
  };
  try {
    fill(place, await made(close));
  } catch (error) {
    page.trouble(error);
    return;
  }
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("h2")?.focus({ preventScroll: true });
}

function button(key, label, owner, made) {
  return h("button", { type: "button", class: "tb", data: { key }, "aria-label": owner ? `${label}: ${owner}` : null, onclick: () => open(key, made) }, label);
}

function fact(label, ...value) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, value));
}

const onOff = (on) => t(on ? "on" : "off");

function vpcSection(vpc) {
  return h("section", { class: "things", "aria-labelledby": "res-vpc" },
    h("div", { class: "lens" }, h("h3", { id: "res-vpc" }, t("F_vpc"))),
    h("div", { class: "thing", data: { id: vpc.id } }, h("b", {}, soft(endpoint.named(vpc))),
      h("dl", {}, fact("CIDR", h("span", { class: "m" }, vpc.cidrs.join(" "))), fact(t("support"), onOff(vpc.dns_support)), fact(t("hostnames"), onOff(vpc.dns_hostnames))),
      h("div", { class: "choice" }, button(`${vpc.id}/edit`, t("editVpc"), vpc.name, (close) => vpcs.settings(vpc, close)))));
}

function endpointSection(vpc) {
  return h("section", { class: "things", "aria-labelledby": "res-endpoints" },
    h("div", { class: "lens" }, h("h3", { id: "res-endpoints" }, t("endpoints")), h("span", { class: "gap" }), button("create/endpoint", t("createEndpoint"), null, (close) => endpoint.create(vpc, close))),
    vpc.endpoints.length ? vpc.endpoints.map((it) => endpointThing(vpc, it)) : h("p", { class: "note" }, t("noEndpoints")));
}

function endpointThing(vpc, it) {
  const gateway = it.kind === "gateway";
  const label = (all, id) => all.find((one) => one.id === id)?.name ?? id;
  const actions = gateway ? [button(`${it.id}/tables`, t("manageTables"), it.name, (close) => edit.routeTables(vpc, it, close))] : [
    button(`${it.id}/subnets`, t("manageSubnets"), it.name, (close) => edit.subnets(vpc, it, close)),
    button(`${it.id}/groups`, t("manageGroups"), it.name, (close) => edit.securityGroups(vpc, it, close)),
    button(`${it.id}/private`, t("modifyPrivateName"), it.name, (close) => edit.privateName(vpc, it, close)),
  ];
  return h("div", { class: "thing", data: { id: it.id } }, h("b", {}, soft(endpoint.named(it))),
    h("dl", {}, fact(t("endpointType"), t(`T_${it.kind}`)), fact(t("F_service"), h("span", { class: "m" }, soft(it.service))), fact(t("status"), it.state),
      gateway ? fact(t("routeTables"), it.route_tables.map((id) => label(vpc.route_tables, id)).join(", ") || t("none")) : [
        fact(t("subnets"), it.interfaces.map((one) => `${label(vpc.subnets, one.subnet)} ${one.v4 ?? one.v6 ?? ""}`).join(", ")),
        fact(t("pdns"), onOff(it.private_dns)),
        it.names[0] ? fact(t("dnsName"), h("span", { class: "m" }, soft(it.names[0]))) : null,
      ]),
    h("div", { class: "choice" }, actions, button(`${it.id}/delete`, t("deleteEndpoint"), it.name, (close) => edit.remove(vpc, it, close))));
}

function serviceSection(world, vpc) {
  return h("section", { class: "things", "aria-labelledby": "res-services" },
    h("div", { class: "lens" }, h("h3", { id: "res-services" }, t("endpointServices")), h("span", { class: "gap" }), button("create/service", t("createService"), null, (close) => service.create(vpc, close))),
    world.services.length ? world.services.map((it) => serviceThing(world, { ...it, label: it.label || it.id })) : h("p", { class: "note" }, t("noServices")));
}

function serviceThing(world, it) {
  return h("div", { class: "thing", data: { id: it.id } }, h("b", {}, soft(endpoint.named({ id: it.id, name: it.label }))),
    h("dl", {}, fact(t("F_service"), h("span", { class: "m" }, soft(it.name))), fact(t("acceptanceRequired"), onOff(it.acceptance_required)),
      fact(t("balancer"), it.load_balancers.map((name) => world.load_balancers.find((one) => one.dns_name === name)?.label ?? name).join(", "))),
    it.connections.length ? h("div", {}, h("h4", {}, t("connections")), it.connections.map((one) => h("div", { class: "connects", data: { id: one.endpoint } },
      h("span", {}, h("span", { class: "m" }, soft(one.endpoint)), ` · ${one.vpc} · `, h("b", {}, one.state)),
      h("span", { class: "choice" }, connectionButtons(it, one, change, "resources/"))))) : null,
    h("div", { class: "choice" }, button(`${it.id}/acceptance`, t("modifyAcceptance"), it.label, (close) => service.acceptance(it, close)), button(`${it.id}/delete`, t("deleteService"), it.label, (close) => service.remove(it, close))));
}

// Changing a VPC endpoint: its subnets, security groups, route tables and private DNS, and deleting it.

import { ec2 } from "../api.js";
import { h } from "../dom.js";
import { t } from "../words.js";
import { groups, named, place, subnetGroup, subnetParameters, tableGroup } from "./endpoint.js";
import { check, checked, form, group, list } from "./fields.js";

/** What was added and what was removed. */
function difference(before, now) {
  return [now.filter((it) => !before.includes(it)), before.filter((it) => !now.includes(it))];
}

function modify(vpc, endpoint, parameters) {
  return Object.keys(parameters).length ? ec2("ModifyVpcEndpoint", { VpcEndpointId: endpoint.id, ...parameters }, vpc) : Promise.resolve();
}

export function subnets(vpc, endpoint, close) {
  const before = endpoint.interfaces.map((it) => it.subnet);
  return form({
    key: "subnets", title: `${t("manageSubnets")}: ${named(endpoint)}`, action: t("saveChanges"), close, place, body: [subnetGroup(vpc, before)],
    send: (element) => {
      const [added, removed] = difference(before, checked(element, "subnet"));
      return modify(vpc, endpoint, { ...subnetParameters(element, "AddSubnetId", added), ...list("RemoveSubnetId", removed) });
    },
  });
}

export async function securityGroups(vpc, endpoint, close) {
  const [all, xml] = await Promise.all([groups(vpc), ec2("DescribeVpcEndpoints", { "VpcEndpointId.1": endpoint.id }, vpc)]);
  const before = [...xml.querySelectorAll("groupSet > item > groupId")].map((it) => it.textContent);
  return form({
    key: "groups", title: `${t("manageGroups")}: ${named(endpoint)}`, action: t("saveChanges"), close, place,
    body: [group("group", t("securityGroups"), all.map((it) => ({ ...it, checked: before.includes(it.value) })), t("noGroups"))],
    send: (element) => {
      const [added, removed] = difference(before, checked(element, "group"));
      return modify(vpc, endpoint, { ...list("AddSecurityGroupId", added), ...list("RemoveSecurityGroupId", removed) });
    },
  });
}

export function routeTables(vpc, endpoint, close) {
  const before = endpoint.route_tables;
  return form({
    key: "tables", title: `${t("manageTables")}: ${named(endpoint)}`, action: t("saveChanges"), close, place, body: [tableGroup(vpc, before)],
    send: (element) => {
      const [added, removed] = difference(before, checked(element, "table"));
      return modify(vpc, endpoint, { ...list("AddRouteTableId", added), ...list("RemoveRouteTableId", removed) });
    },
  });
}

export function privateName(vpc, endpoint, close) {
  return form({
    key: "private", title: `${t("modifyPrivateName")}: ${named(endpoint)}`, action: t("saveChanges"), close, place: () => "private",
    body: [check("private", t("enablePrivateName"), endpoint.private_dns, endpoint.private_names.join(", ") || t("noPrivateName"))],
    send: (element) => ec2("ModifyVpcEndpoint", { VpcEndpointId: endpoint.id, PrivateDnsEnabled: String(element.querySelector("#f-private").checked) }, vpc),
  });
}

export function remove(vpc, endpoint, close) {
  return form({
    key: "delete", title: `${t("deleteEndpoint")}: ${named(endpoint)}`, action: t("delete"), close, danger: true,
    body: [h("p", {}, t("deleteAsk", named(endpoint)))],
    send: () => ec2("DeleteVpcEndpoints", { "VpcEndpointId.1": endpoint.id }, vpc),
  });
}

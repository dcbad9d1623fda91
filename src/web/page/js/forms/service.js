// Endpoint services: creating one for a Network Load Balancer, its acceptance setting, and deleting it.

import { ec2, elb } from "../api.js";
import { h } from "../dom.js";
import { t } from "../words.js";
import { named } from "./endpoint.js";
import { Missing, check, checked, field, form, group, list, nameTag } from "./fields.js";

/** The Network Load Balancers where a VPC is. */
async function balancers(vpc) {
  const xml = await elb("DescribeLoadBalancers", {}, vpc);
  return [...xml.querySelectorAll("LoadBalancers > member")].filter((it) => it.querySelector("Type")?.textContent === "network").map((it) => ({
    value: it.querySelector("LoadBalancerArn").textContent,
    label: `${it.querySelector("LoadBalancerName").textContent} (${it.querySelector("VpcId")?.textContent ?? ""})`,
  }));
}

export async function create(vpc, close) {
  const all = await balancers(vpc);
  const name = h("input", { name: "name", maxlength: 255 });
  const only = all.length === 1;
  return form({
    key: "service", title: t("createService"), action: t("createService"), close,
    place: (error) => (/load ?balancer/i.test(`${error.code} ${error.message}`) ? "balancer" : null),
    body: [field("name", t("nameTag"), name), group("balancer", t("availableBalancers"), all.map((it) => ({ ...it, checked: only })), t("noBalancers")), check("acceptance", t("acceptanceRequired"), true, t("acceptanceNote"))],
    send: (element) => {
      const chosen = checked(element, "balancer");
      if (!chosen.length) throw new Missing("balancer");
      const tag = nameTag("vpc-endpoint-service", name.value.trim());
      return ec2("CreateVpcEndpointServiceConfiguration", { ...list("NetworkLoadBalancerArn", chosen), AcceptanceRequired: String(element.querySelector("#f-acceptance").checked), ...tag }, vpc);
    },
  });
}

export function acceptance(service, close) {
  return form({
    key: "acceptance", title: `${t("modifyAcceptance")}: ${named({ id: service.id, name: service.label })}`, action: t("saveChanges"), close, place: () => "acceptance",
    body: [check("acceptance", t("acceptanceRequired"), service.acceptance_required, t("acceptanceNote"))],
    send: (element) => ec2("ModifyVpcEndpointServiceConfiguration", { ServiceId: service.id, AcceptanceRequired: String(element.querySelector("#f-acceptance").checked) }, service),
  });
}

export function remove(service, close) {
  const label = named({ id: service.id, name: service.label });
  return form({
    key: "delete", title: `${t("deleteService")}: ${label}`, action: t("delete"), close, danger: true, body: [h("p", {}, t("deleteAsk", label))],
    send: () => ec2("DeleteVpcEndpointServiceConfigurations", { "ServiceId.1": service.id }, service),
  });
}

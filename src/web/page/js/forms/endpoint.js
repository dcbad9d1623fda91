// Creating a VPC endpoint: an interface endpoint in subnets, or a gateway endpoint on route tables.

import { ec2 } from "../api.js";
import { fill, h } from "../dom.js";
import { state } from "../state.js";
import { t } from "../words.js";
import { Missing, check, checked, field, form, group, list, nameTag } from "./fields.js";

/** The services of a region, by region. */
const known = {};

async function services(vpc) {
  known[vpc.region] ??= await ec2("DescribeVpcEndpointServices", {}, vpc).then((xml) => [...xml.querySelectorAll("serviceNameSet > item")].map((it) => it.textContent)).catch(() => []);
  return known[vpc.region];
}

/** The security groups of a VPC. */
export async function groups(vpc) {
  const xml = await ec2("DescribeSecurityGroups", { "Filter.1.Name": "vpc-id", "Filter.1.Value.1": vpc.id }, vpc);
  return [...xml.querySelectorAll("securityGroupInfo > item")].map((it) => {
    const part = (name) => [...it.children].find((one) => one.tagName === name)?.textContent ?? "";
    return { value: part("groupId"), label: `${part("groupName")} (${part("groupId")})` };
  });
}

/** A name with its id, once if they are the same. */
export function named(it) {
  return it.name === it.id ? it.id : `${it.name} (${it.id})`;
}

/** The subnets to choose from, each with room for an address. */
export function subnetGroup(vpc, chosen) {
  return group("subnet", t("subnets"), vpc.subnets.map((it) => ({
    value: it.id,
    label: `${it.zone}: ${named(it)}`,
    small: it.cidr,
    checked: chosen.includes(it.id),
    more: chosen.includes(it.id) ? null : h("input", { name: `ipv4-${it.id}`, class: "m", inputmode: "decimal", spellcheck: "false", placeholder: t("addressAuto"), "aria-label": t("addressIn", it.name) }),
  })), t("noSubnets"));
}

/** The chosen subnets as parameters, with the addresses that were given. */
export function subnetParameters(element, names, chosen) {
  const given = chosen.map((id) => [id, element.querySelector(`[name="ipv4-${id}"]`)?.value.trim()]).filter(([, address]) => address);
  return {
    ...list(names, chosen),
    ...Object.assign({}, ...given.map(([id, address], index) => ({ [`SubnetConfiguration.${index + 1}.SubnetId`]: id, [`SubnetConfiguration.${index + 1}.Ipv4`]: address }))),
  };
}

export function tableGroup(vpc, chosen) {
  return group("table", t("routeTables"), vpc.route_tables.map((it) => ({ value: it.id, label: `${named(it)}${it.main ? ` · ${t("mainTable")}` : ""}`, checked: chosen.includes(it.id) })), t("noTables"));
}

/** Which field a refusal is about. */
export function place(error) {
  const text = `${error.code} ${error.message}`;
  if (/enableDns|private DNS|private-dns|PrivateDns/i.test(text)) return "private";
  if (/rtb-|route ?table/i.test(text)) return "table";
  if (/\bsg-|security ?group/i.test(text)) return "group";
  if (/service ?name|InvalidServiceName|service '?com\.|endpoint type/i.test(text)) return "service";
  if (/subnet|address|availability zone/i.test(text)) return "subnet";
  return null;
}

/** The form. `first` is the VPC that is chosen at first. */
export function create(first, close) {
  let vpc = first;
  const name = h("input", { name: "name", maxlength: 255 });
  const kind = h("select", { name: "kind" }, ["Interface", "Gateway"].map((it) => h("option", { value: it }, t(`T_${it.toLowerCase()}`))));
  const names = h("datalist", { id: "f-services" });
  const service = h("input", { name: "service", class: "m", list: "f-services", spellcheck: "false", autocapitalize: "off", required: true, placeholder: `com.amazonaws.${vpc.region}.…` });
  const where = h("select", { name: "vpc" }, state.world.vpcs.map((it) => h("option", { value: it.id, selected: it === vpc }, named(it))));
  const rest = h("div", { class: "rest" });
  const dependent = async () => {
    vpc = state.world.vpcs.find((it) => it.id === where.value) ?? vpc;
    if (kind.value === "Gateway") {
      fill(rest, tableGroup(vpc, []));
      return;
    }
    const security = h("div");
    fill(rest, check("private", t("enablePrivateName"), true, t("enablePrivateNote")), subnetGroup(vpc, []), security);
    fill(security, group("group", t("securityGroups"), await groups(vpc).catch(() => []), t("noGroups")));
  };
  const own = state.world.services.map((it) => it.name);
  services(vpc).then((all) => fill(names, [...own, ...all].map((it) => h("option", { value: it }))));
  kind.addEventListener("change", dependent);
  where.addEventListener("change", dependent);
  dependent();
  return form({
    key: "endpoint", title: t("createEndpoint"), action: t("createEndpoint"), close, place,
    body: [field("name", t("nameTag"), name), field("kind", t("endpointType"), kind), field("service", t("F_service"), service, t("serviceNote")), names, field("vpc", t("F_vpc"), where), rest],
    send: (element) => {
      if (!service.value.trim()) throw new Missing("service");
      const tag = nameTag("vpc-endpoint", name.value.trim());
      const inside = kind.value === "Gateway" ? list("RouteTableId", checked(element, "table")) : {
        ...subnetParameters(element, "SubnetId", checked(element, "subnet")),
        ...list("SecurityGroupId", checked(element, "group")),
        PrivateDnsEnabled: String(element.querySelector("#f-private").checked),
      };
      return ec2("CreateVpcEndpoint", { VpcId: vpc.id, VpcEndpointType: kind.value, ServiceName: service.value.trim(), ...inside, ...tag }, vpc);
    },
  });
}

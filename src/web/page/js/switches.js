// The switches in the picture: what each changes, and what to do if AWS refuses.

import { ec2 } from "./api.js";
import { h, swap } from "./dom.js";
import { t } from "./words.js";

/** A switch. `flip` is called with the new state. */
export function toggle(label, on, key, flip, owner) {
  return h(
    "button",
    {
      type: "button",
      class: "sw",
      role: "switch",
      "aria-checked": String(on),
      "aria-label": `${label}, ${owner}`,
      data: { key },
      onclick: () => flip(!on),
    },
    h("i", { "aria-hidden": "true" }),
    h("span", { class: "sw-text" }, label, " ", swap(on ? "on" : "off", { on: t("on"), off: t("off") })),
  );
}

export function vpcSwitch(vpc, which, change) {
  const on = which === "support" ? vpc.dns_support : vpc.dns_hostnames;
  const parameter = which === "support" ? "EnableDnsSupport.Value" : "EnableDnsHostnames.Value";
  const label = t(which);
  return toggle(label, on, `${vpc.id}/${which}`, (wanted) => change(
    t("inWhere", vpc.name, label, t(wanted ? "on" : "off")),
    () => ec2("ModifyVpcAttribute", { VpcId: vpc.id, [parameter]: String(wanted) }, vpc),
    { vpc, which, wanted },
  ), vpc.name);
}

export function privateDnsSwitch(vpc, endpoint, change, scope = "") {
  return toggle(t("pdns"), endpoint.private_dns, `${scope}${endpoint.id}/private-dns`, (wanted) => change(
    t("inWhere", endpoint.name, t("pdns"), t(wanted ? "on" : "off")),
    () => ec2("ModifyVpcEndpoint", { VpcEndpointId: endpoint.id, PrivateDnsEnabled: String(wanted) }, vpc),
    { vpc, endpoint, which: "private-dns", wanted },
  ), endpoint.name);
}

/** The buttons that accept and reject a connection to an endpoint service. */
export function connectionButtons(service, connection, change, scope = "") {
  const button = (word, label, action, possible) => h(
    "button",
    {
      type: "button",
      class: "tb",
      disabled: !possible,
      "aria-label": `${label} ${connection.endpoint}`,
      data: { key: `${scope}${service.id}/${connection.endpoint}/${word}` },
      onclick: () => change(
        `${label} ${connection.endpoint}`,
        () => ec2(action, { ServiceId: service.id, "VpcEndpointId.1": connection.endpoint }, service),
        { service, connection, which: word },
      ),
    },
    label,
  );
  const state = connection.state;
  return [
    button("Accept", t("accept"), "AcceptVpcEndpointConnections", state === "pendingAcceptance" || state === "rejected"),
    button("Reject", t("reject"), "RejectVpcEndpointConnections", state === "pendingAcceptance" || state === "available" || state === "pending"),
  ];
}

/** What to do about a refusal. */
export function advice(refusal, context) {
  const { vpc, endpoint, which, wanted } = context ?? {};
  if (refusal.status === 401) return t("A_token");
  if (refusal.status === 503) return t("A_unwritten");
  if (which === "private-dns" && wanted && vpc) {
    const off = [vpc.dns_support ? null : t("support"), vpc.dns_hostnames ? null : t("hostnames")].filter(Boolean);
    if (off.length) return t("A_bothOn", off.join(t("and")), vpc.name);
    if (!endpoint.private_names.length) return t("A_noName");
    if (/conflict/i.test(refusal.message)) return t("A_conflict", vpc.name);
    if (endpoint.state !== "available") return t("A_state", endpoint.state);
  }
  if (which === "hostnames" && wanted) return t("A_support", vpc.name);
  if (which === "Accept" || which === "Reject") return t("A_connection");
  return t("A_nothing");
}

// The switches in the picture: what each changes, and what to do if AWS refuses.

import { ec2 } from "./api.js";
import { h } from "./dom.js";

const attributes = {
  support: ["EnableDnsSupport.Value", "DNS support"],
  hostnames: ["EnableDnsHostnames.Value", "DNS hostnames"],
};

/** A switch. `flip` is called with the new state. */
export function toggle(label, on, key, flip, describe) {
  return h(
    "button",
    {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-checked": String(on),
      "aria-label": `${label}, ${describe}`,
      data: { key },
      onclick: () => flip(!on),
    },
    h("span", { class: "knob", "aria-hidden": "true" }),
    h("span", {}, label),
    h("span", { class: "state", "aria-hidden": "true" }, on ? "on" : "off"),
  );
}

export function vpcSwitches(vpc, change) {
  return Object.entries(attributes).map(([which, [parameter, label]]) => {
    const on = which === "support" ? vpc.dns_support : vpc.dns_hostnames;
    return toggle(label, on, `${vpc.id}/${which}`, (wanted) => change(
      `${label} ${wanted ? "on" : "off"} in ${vpc.name}`,
      () => ec2("ModifyVpcAttribute", { VpcId: vpc.id, [parameter]: String(wanted) }),
      { vpc, which, wanted },
    ), vpc.name);
  });
}

export function privateDnsSwitch(vpc, endpoint, change) {
  return toggle("private DNS", endpoint.private_dns, `${endpoint.id}/private-dns`, (wanted) => change(
    `Private DNS ${wanted ? "on" : "off"} for ${endpoint.name}`,
    () => ec2("ModifyVpcEndpoint", { VpcEndpointId: endpoint.id, PrivateDnsEnabled: String(wanted) }),
    { vpc, endpoint, which: "private-dns", wanted },
  ), endpoint.name);
}

/** The buttons that accept and reject a connection to an endpoint service. */
export function connectionButtons(service, connection, change) {
  const button = (word, action, possible) => h(
    "button",
    {
      type: "button",
      class: "small",
      disabled: !possible,
      "aria-label": `${word} ${connection.endpoint}`,
      data: { key: `${service.id}/${connection.endpoint}/${word}` },
      onclick: () => change(
        `${word} ${connection.endpoint}`,
        () => ec2(action, { ServiceId: service.id, "VpcEndpointId.1": connection.endpoint }),
        { service, connection, which: word },
      ),
    },
    word,
  );
  const state = connection.state;
  return [
    button("Accept", "AcceptVpcEndpointConnections", state === "pendingAcceptance" || state === "rejected"),
    button("Reject", "RejectVpcEndpointConnections", state === "pendingAcceptance" || state === "available" || state === "pending"),
  ];
}

/** What to do about a refusal. */
export function advice(refusal, context) {
  const { vpc, endpoint, which, wanted } = context ?? {};
  if (refusal.status === 401) return "Open the page again with /?token=TOKEN.";
  if (refusal.status === 503) return "The server could not write; nothing was changed. Try again.";
  if (which === "private-dns" && wanted && vpc) {
    const off = [vpc.dns_support ? null : "DNS support", vpc.dns_hostnames ? null : "DNS hostnames"].filter(Boolean);
    if (off.length) return `Switch ${off.join(" and ")} of ${vpc.name} on first, then private DNS.`;
    if (!endpoint.private_names.length) return "The service has no private name, so its endpoints have no private DNS. Use the endpoint's own name.";
    if (/conflict/i.test(refusal.message)) return `Another endpoint or hosted zone of ${vpc.name} has the name already. Switch that one off first.`;
    if (endpoint.state !== "available") return `The endpoint is ${endpoint.state}. Wait until it is available.`;
  }
  if (which === "hostnames" && wanted) return `Switch DNS support of ${vpc.name} on first; DNS hostnames need it.`;
  if (which === "Accept" || which === "Reject") return "The connection is no longer in a state that allows it; look at its state in the picture.";
  return "Nothing was changed.";
}

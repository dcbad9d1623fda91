// The picture: the World as nested boxes, laid out by the browser's grid. Every box that a way can pass carries
// `data-node`, by which way.js finds it.

import { fill, h } from "./dom.js";
import { connectionButtons, privateDnsSwitch, vpcSwitches } from "./switches.js";

/** With more VPCs than this, VPCs that the answer does not use are folded. */
const UNFOLDED = 4;

/** Draws the World. `used` has the nodes of the way, `change` applies a switch, `ask` sets the client. */
export function draw(boxes, world, { used, from, change, ask, services }) {
  const open = new Set([...boxes.querySelectorAll("details.vpc[open]")].map((it) => it.dataset.node));
  const shut = new Set([...boxes.querySelectorAll("details.vpc:not([open])")].map((it) => it.dataset.node));
  const many = world.vpcs.length > UNFOLDED;
  const regions = [...new Set(world.vpcs.map((vpc) => vpc.region))];
  const vpcs = world.vpcs.map((vpc) => {
    const needed = !many || used.has(vpc.id) || vpc.subnets.some((subnet) => subnet.instances.some((it) => it.id === from)) || vpc.id === from;
    const unfolded = needed || (open.has(vpc.id) && !shut.has(vpc.id));
    return vpcBox(vpc, world, { many, unfolded, from, change, ask });
  });
  const link = world.services.length
    ? h("div", { class: "node link", data: { node: "privatelink" } }, h("b", {}, "AWS PrivateLink"))
    : null;
  if (link) vpcs.splice(1, 0, link);
  fill(
    boxes,
    h(
      "section",
      { class: "cloud", "aria-label": "AWS" },
      h("h2", {}, "AWS Cloud", h("small", {}, regions.join(", "))),
      vpcs.length ? vpcs : h("p", { class: "empty" }, "There is no VPC. Choose a lab, or make one with the AWS CLI."),
    ),
    h(
      "section",
      { class: "outside", "aria-label": "Outside the VPCs" },
      h("div", { class: "node internet", data: { node: "internet" } }, cloudShape(), h("b", {}, "Internet")),
      h("button", {
        type: "button",
        class: "node chip home",
        data: { node: "internet-host", key: "ask/internet" },
        "aria-pressed": String(from === "internet"),
        onclick: () => ask("internet"),
      }, h("span", { class: "sr" }, "Ask from "), h("b", {}, "A PC"), h("small", {}, "on the internet")),
      services.map((short) => h("div", { class: "node service", data: { node: `service/${short}` } }, h("b", {}, short), h("small", {}, "AWS service"))),
      h("div", { class: "node address", hidden: true, data: { node: "elsewhere" } }, h("b", {}, ""), h("small", {}, "outside the World")),
    ),
  );
}

function cloudShape() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 64 36");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M16 32a11 11 0 0 1-1-21.9A15 15 0 0 1 43 8.5 12 12 0 1 1 48 32Z");
  svg.append(path);
  return svg;
}

function vpcBox(vpc, world, { many, unfolded, from, change, ask }) {
  const title = [h("b", {}, vpc.name), h("small", {}, [...vpc.cidrs, ...vpc.ipv6_cidrs].join(" "))];
  const switches = h("div", { class: "switches" }, vpcSwitches(vpc, change));
  const parts = [switches, body(vpc, world, { from, change, ask })];
  if (vpc.omitted) parts.push(h("p", { class: "omitted" }, `${vpc.omitted} more of its resources are not drawn`));
  if (!many) {
    return h("section", { class: "vpc", "aria-label": `VPC ${vpc.name}`, data: { node: vpc.id } }, h("h3", {}, h("span", { class: "kind" }, "VPC"), title), parts);
  }
  const counts = `${vpc.subnets.length} subnets, ${vpc.endpoints.length} endpoints`;
  return h(
    "details",
    { class: "vpc", open: unfolded, data: { node: vpc.id } },
    h("summary", { data: { key: `fold/${vpc.id}` } }, h("span", { class: "kind" }, "VPC"), title, h("small", {}, counts)),
    parts,
  );
}

function body(vpc, world, { from, change, ask }) {
  const placed = new Set();
  const rows = [];
  for (const subnet of vpc.subnets) {
    rows.push(subnetBox(vpc, subnet, { from, ask }));
    // A table is drawn beside the first subnet that uses it.
    const table = vpc.route_tables.find((it) => it.id === subnet.route_table);
    const fresh = table && !placed.has(table.id);
    if (fresh) placed.add(table.id);
    rows.push(fresh ? tableBox(table) : h("div", { class: "none" }));
  }
  const rest = vpc.route_tables.filter((table) => !placed.has(table.id));
  for (const table of rest) rows.push(h("div", { class: "none" }), tableBox(table));
  const count = Math.max(1, vpc.subnets.length + rest.length);
  const gates = h("div", { class: "gates" }, gateBoxes(vpc, world, change));
  gates.style.gridRow = `1 / span ${count}`;
  const grid = h("div", { class: "vpc-body" }, rows, gates);
  return grid;
}

function subnetBox(vpc, subnet, { from, ask }) {
  const interfaces = vpc.endpoints.flatMap((endpoint) =>
    endpoint.interfaces.filter((it) => it.subnet === subnet.id).map((it) => interfaceChip(endpoint, it)));
  return h(
    "section",
    { class: "subnet", "aria-label": `Subnet ${subnet.name}`, data: { node: subnet.id } },
    h("h4", {}, subnet.name, h("small", {}, `${subnet.cidr} · ${subnet.zone}`)),
    h(
      "div",
      { class: subnet.instances.length > 6 ? "chips many" : "chips" },
      subnet.instances.map((instance) => instanceChip(instance, from, ask)),
      interfaces,
      subnet.omitted ? h("span", { class: "omitted" }, `+${subnet.omitted} not drawn`) : null,
    ),
  );
}

function instanceChip(instance, from, ask) {
  const addresses = [instance.address ?? instance.ipv6, instance.public_address].filter(Boolean).join(" · ");
  return h(
    "button",
    {
      type: "button",
      class: "node chip instance",
      "aria-pressed": String(from === instance.id),
      data: { node: instance.id, key: `ask/${instance.id}` },
      onclick: () => ask(instance.id),
    },
    h("span", { class: "sr" }, "Ask from "),
    h("b", {}, instance.name),
    h("small", {}, addresses),
  );
}

function interfaceChip(endpoint, it) {
  const address = it.v4 ?? it.v6 ?? "no address";
  return h(
    "div",
    { class: "node chip eni", data: { node: `${endpoint.id}/${address}`, endpoint: endpoint.id } },
    h("b", {}, address),
    h("small", {}, `network interface · ${endpoint.name}`),
  );
}

function tableBox(table) {
  return h(
    "section",
    { class: "node router", "aria-label": `Virtual router, route table ${table.name}`, data: { node: table.id } },
    h("h4", {}, h("span", { class: "kind" }, "router"), table.name),
    h("table", {},
      h("thead", { class: "sr" }, h("tr", {}, h("th", { scope: "col" }, "Destination"), h("th", { scope: "col" }, "Target"))),
      h("tbody", {}, table.routes.map((route) => h(
        "tr",
        { data: { route: route.target === "local" ? "local" : route.destination } },
        h("td", {}, route.destination),
        h("td", { title: route.target }, shortId(route.target)),
      )))),
  );
}

/** An id that is short enough for a box. The title shows the whole id. */
function shortId(id) {
  return id.length > 12 ? `${id.slice(0, 9)}…${id.slice(-3)}` : id;
}

function gateBoxes(vpc, world, change) {
  const gates = [];
  if (vpc.internet_gateway) {
    gates.push(h("div", { class: "node gate igw", data: { node: vpc.internet_gateway.id } }, h("b", {}, "Internet gateway"), h("small", {}, vpc.internet_gateway.name)));
  }
  for (const endpoint of vpc.endpoints) {
    const named = endpoint.name === endpoint.id ? endpoint.short : endpoint.name;
    gates.push(h(
      "section",
      { class: `node gate endpoint ${endpoint.kind}`, "aria-label": `${endpoint.kind} endpoint ${named}`, data: { node: endpoint.id } },
      h("b", {}, endpoint.kind === "gateway" ? "Gateway endpoint" : "Interface endpoint"),
      h("small", {}, named),
      h("small", { title: endpoint.id }, shortId(endpoint.id), endpoint.state === "available" ? null : h("em", { class: "state-word" }, ` ${endpoint.state}`)),
      endpoint.kind === "interface" ? privateDnsSwitch(vpc, endpoint, change) : null,
    ));
  }
  for (const balancer of world.load_balancers.filter((it) => it.vpc === vpc.id)) {
    gates.push(h("div", { class: "node gate balancer", data: { node: balancer.dns_name } }, h("b", {}, "Load balancer"), h("small", {}, balancer.label), h("small", {}, balancer.addresses.join(" "))));
    for (const service of world.services.filter((it) => it.load_balancers.includes(balancer.dns_name))) {
      gates.push(serviceBox(service, change));
    }
  }
  for (const peering of world.peerings.filter((it) => it.vpcs.includes(vpc.id))) {
    gates.push(h("div", { class: "node gate peering", data: { node: peering.id } }, h("b", {}, "Peering"), h("small", {}, shortId(peering.id))));
  }
  return gates;
}

function serviceBox(service, change) {
  return h(
    "section",
    { class: "node gate eps", "aria-label": `Endpoint service ${service.label || service.id}`, data: { node: service.id } },
    h("b", {}, "Endpoint service"),
    h("small", { title: service.name }, service.label || shortId(service.id)),
    service.connections.map((connection) => h(
      "div",
      { class: "connection" },
      h("small", { title: connection.endpoint }, `${shortId(connection.endpoint)} `, h("em", { class: "state-word" }, connection.state)),
      h("div", {}, connectionButtons(service, connection, change)),
    )),
  );
}

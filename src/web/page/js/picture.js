// The picture: boxes at fixed places. Whatever a switch changes has its room, so that nothing moves. Every box that a
// journey can pass carries `data-node`, by which wires.js finds it.

import { fill, glyph, h, soft, swap } from "./dom.js";
import { resolverOf, serviceName, short } from "./scene.js";
import { connectionButtons, privateDnsSwitch, vpcSwitch } from "./switches.js";
import { t } from "./words.js";

/** A box, with a slot for the number of its hop. */
function box(node, properties, ...body) {
  const { tag = "div", slots = 1, ...rest } = properties;
  return h(tag, { ...rest, class: `b ${rest.class ?? ""}`, data: { node, ...rest.data } },
    h("span", { class: "body" }, body), slots ? h("span", { class: slots > 1 ? "slot pair" : "slot" }) : null);
}

const label = (text, small, properties = {}) => h("span", { class: "lab", ...properties }, text, small ? [" ", h("small", {}, small)] : null);

/** Draws the picture. */
export function draw(stage, it, actions) {
  const { primary, second } = it;
  stage.classList.toggle("both", Boolean(second));
  stage.classList.toggle("three", primary?.zones.length > 2);
  stage.classList.toggle("one", (primary?.zones.length ?? 0) <= 1);
  if (!primary) {
    fill(stage, h("p", { class: "lab empty" }, t("noVpc")), h("div", { class: "svc col" }, it.services.map((one) => serviceBox(one, actions))),
      h("div", { class: "net1" }, publicDns(it)), h("div", { class: "net2 col" }, outsideBoxes(it, actions)));
    number(stage, it);
    return;
  }
  fill(
    stage,
    h("div", { class: "frame f-region" }),
    h("div", { class: "frame f-vpc v1", data: { frame: primary.vpc.id } }),
    second ? h("div", { class: "frame f-vpc v2", data: { frame: second.vpc.id } }) : null,
    h("div", { class: "rh" }, label(t("region"), primary.vpc.region)),
    h("div", { class: "vh h1" },
      label(["VPC ", soft(primary.vpc.name)], [...primary.vpc.cidrs, ...primary.vpc.ipv6_cidrs].join(" ")),
      h("span", { class: "sws" }, vpcSwitch(primary.vpc, "support", actions.change), vpcSwitch(primary.vpc, "hostnames", actions.change))),
    h("div", { class: "dns" }, resolver(primary.vpc), ladder(it, actions)),
    zones(primary, it, actions, "azs"),
    h("div", { class: "edge" }, primary.edge.map((one) => edgeBox(one))),
    h("div", { class: "svc col" }, it.services.map((one) => serviceBox(one, actions))),
    second ? secondColumn(it, actions) : null,
    h("div", { class: "net1" }, publicDns(it)),
    h("div", { class: "net2 col" }, outsideBoxes(it, actions)),
  );
  number(stage, it);
}

/** Where the resolver looks, from the explanation. */
export function rungs(explanation) {
  const of = (rung) => explanation?.journey?.find((it) => it.rung === rung) ?? { rung, outcome: "not-asked", records: [] };
  return { rules: of("rules"), zones: of("zones"), public: of("public") };
}

function resolver(vpc) {
  return box("resolver", { slots: 0 }, h("b", {}, t("resolver")), h("span", { class: "m dim" }, soft(resolverOf(vpc)), " ", h("span", { class: "nw" }, `(${t("plusTwo")})`)));
}

const OUTCOMES = ["hit", "pass", "asleep", "not-asked"];

function ladder(it, actions) {
  const found = rungs(it.explanation);
  const rung = (which, index, title, words, body) => {
    const outcome = it.from === "internet" ? "not-asked" : found[which].outcome;
    return h("div", { class: `b rung ${outcome === "hit" ? "hit" : ""}`, data: { node: which, outcome } },
      h("span", { class: "no" }, index),
      h("span", { class: "rl" }, h("b", {}, title), " ", swap(outcome, Object.fromEntries(OUTCOMES.filter((one) => words[one]).map((one) => [one, h("span", { class: "st" }, t(words[one]))])))),
      body ?? null);
  };
  return h("div", { class: "ladder" },
    rung("rules", "1", t("rules"), { hit: "O_forward", pass: "O_rulepass", "not-asked": "O_not-asked" }),
    rung("zones", "2", t("zones"), { hit: "O_hit", pass: "O_pass", asleep: "O_asleep", "not-asked": "O_not-asked" }, sheets(it, found.zones, actions)),
    rung("public", "3", t("publicDns"), { hit: "O_leaves", pass: "O_pass", "not-asked": "O_not-asked" }));
}

/** The zones of the VPC as sheets: that of the endpoint the question is about, with its switch, and others folded. */
function sheets(it, rung, actions) {
  const { vpc } = it.primary;
  const asked = (it.explanation?.question.name ?? "").replace(/\.$/, "");
  const interfaces = vpc.endpoints.filter((one) => one.kind === "interface");
  const about = (one) => one.id === rung.zone_id || one.private_names.some((name) => asked === name || asked.endsWith(`.${name}`))
    || one.names.includes(asked) || one.short === it.explanation?.service;
  const first = interfaces.find(about) ?? interfaces[0];
  it.primary.about = first;
  const rest = interfaces.filter((one) => one !== first);
  const zone = vpc.zones.find((one) => one.id === rung.zone_id) ?? vpc.zones[0];
  const records = rung.outcome === "hit" ? rung.records : [];
  const parts = [];
  if (first) {
    parts.push(h("span", { class: "swslot" }, privateDnsSwitch(vpc, first, actions.change)));
    parts.push(h("div", { class: "z" }, endpointSheet(vpc, first)));
  }
  if (vpc.zones.length) {
    const hit = rung.zone_id === zone.id;
    parts.push(h("div", { class: "z" }, h("div", { class: `sheet ${vpc.dns_hostnames && vpc.dns_support ? "" : "asleep"}`, data: { zone: zone.id } },
      h("span", { class: "zt" }, t("hostedZone")), h("b", { class: "m" }, soft(zone.name)),
      swap(hit && records.length ? "on" : "off", { on: h("span", { class: "m" }, records.slice(0, 2).flatMap((one) => [soft(one), " "])), off: h("span", {}, "\u00a0") }))));
    if (vpc.zones.length > 1) parts.push(h("span", { class: "z zt" }, t("moreHosted", vpc.zones.length - 1)));
  }
  if (!first && !vpc.zones.length) {
    const own = rung.outcome === "hit" && !rung.zone_id;
    parts.push(h("div", { class: "z" }, h("div", { class: "sheet gone" }, swap(own ? "own" : "none", { own: t("autodefined"), none: t("noZones") }))));
  }
  if (rest.length) {
    parts.push(h("details", { class: "z more", data: { key: "sheets" } }, h("summary", { data: { key: "sheets/fold" } }, t("moreSheets", rest.length)),
      rest.map((one) => h("div", { class: "line" }, h("span", {}, soft(one.name)), privateDnsSwitch(vpc, one, actions.change)))));
  }
  return parts;
}

/** The hidden zone of an endpoint: in force, without effect, or not there. All three have the same room. */
function endpointSheet(vpc, endpoint) {
  const works = vpc.dns_support && vpc.dns_hostnames;
  const state = !endpoint.private_names.length ? "nameless" : !endpoint.private_dns ? "gone" : works && endpoint.state === "available" ? "force" : "asleep";
  const name = endpoint.private_names[0] ?? "";
  const more = endpoint.private_names.length - 1;
  const addresses = endpoint.interfaces.map((it) => it.v4 ?? it.v6).filter(Boolean);
  const title = h("b", { class: "m" }, soft(name), more > 0 ? h("span", { class: "nw" }, ` +${more}`) : null);
  const of = h("span", { class: "zt" }, t("hiddenZone", short(endpoint.id)));
  const sheet = (kind, ...body) => h("div", { class: `sheet ${kind}`, data: { zone: endpoint.id, state: kind || "force" } }, body);
  return swap(state, {
    force: sheet("", of, title, h("span", { class: "m recs" }, addresses.slice(0, 2).map((it) => h("span", { class: "nw" }, `A ${it}`)), addresses.length > 2 ? h("span", { class: "nw" }, `+${addresses.length - 2}`) : null)),
    asleep: sheet("asleep", of.cloneNode(true), title.cloneNode(true), h("span", {}, t("asleep"))),
    gone: sheet("gone", h("span", {}, t("absent"))),
    nameless: sheet("gone", h("span", {}, t("noPrivateName"))),
  }, "div");
}

function publicDns(it) {
  const { public: rung } = rungs(it.explanation);
  const hit = rung.outcome === "hit";
  const asked = (it.explanation?.question.name ?? "").replace(/\.$/, "");
  const data = rung.records.length ? rung.records.slice(0, 2) : [it.explanation?.answer.status ?? ""];
  return box("public-dns", { class: hit ? "answers" : "", slots: 0 },
    h("b", {}, t("publicDns")),
    h("span", { class: "m dim" }, soft(asked.length > 60 ? `${asked.slice(0, 24)}…${asked.slice(-30)}` : asked)),
    swap(hit ? "hit" : "no", { hit: h("span", { class: "m" }, data.flatMap((one) => [h("span", { class: "d" }, soft(one.length > 48 ? `${one.slice(0, 46)}…` : one)), " "])), no: h("span", { class: "dim" }, t("O_not-asked")) }));
}

// ---- zones ----------------------------------------------------------------------------------------------------

function zones(drawn, it, actions, name) {
  const body = drawn.zones.map((zone) => h("section", { class: "az", "aria-label": `${t("zone")} ${zone.zone}` },
    label(t("zone"), soft(zone.zone)),
    zone.subnets.map((one) => subnetBox(one, drawn, it, actions)),
    zone.left ? h("span", { class: "lab note" }, t("moreSubnets", zone.left)) : null));
  return h("div", { class: name },
    body,
    drawn.hostless ? h("section", { class: "az" }, host(it)) : null,
    drawn.zones.length || drawn.hostless ? null : h("p", { class: "lab note" }, t("noSubnet")),
    drawn.left ? h("span", { class: "lab note" }, t("moreZones", drawn.left)) : null);
}

function subnetBox(one, drawn, it, actions) {
  const { subnet } = one;
  const whole = drawn === it.primary;
  const more = (count, text) => h("button", { type: "button", class: "lab fold", data: { key: `more/${subnet.id}` }, onclick: () => actions.find(subnet.name) }, t(text, count));
  const balancers = one.balancers.map((balancer) => box(balancer.dns_name, { class: "balancer" }, h("b", {}, soft(balancer.label)), h("span", { class: "dim" }, t("balancer"), " ", h("span", { class: "m" }, soft(balancer.addresses.join(" "))))));
  return [
    h("section", { class: `sn ${one.open ? "pub" : "pri"}`, "aria-label": subnet.name, data: { subnet: subnet.id } },
      label(soft(subnet.name), [soft(subnet.cidr), " · ", t(one.open ? "publicSubnet" : "privateSubnet")], { class: "lab sub" }),
      one.host ? host(it) : null,
      whole ? null : balancers,
      one.instances.map((instance) => instanceBox(instance, it, actions)),
      one.left ? more(one.left, "more") : null,
      whole ? balancers : null,
      one.enis.map((eni) => box(eni.node, { class: `eni ${eni.endpoint.state === "available" ? "" : "pending"}` },
        h("b", { class: "m" }, soft(eni.address ?? t("noAddress"))),
        h("span", { class: "dim" }, eniWords(eni.endpoint),
          eni.endpoint.state === "available" ? null : h("em", { class: "state-word" }, ` ${eni.endpoint.state}`)))),
      one.leftEnis ? more(one.leftEnis, "more") : null),
    one.table ? h("div", { class: "rtw" }, tableBox(one.table, one, it)) : null,
    one.sameTable ? h("div", { class: "rtw" }, h("span", { class: "lab note" }, soft(t("sameTable", one.sameTable.name)))) : null,
  ];
}

function eniWords(endpoint) {
  const named = endpoint.name !== endpoint.id ? endpoint.name : endpoint.short.startsWith("vpce-svc-") ? short(endpoint.short) : serviceName(endpoint.short);
  return soft(t("eni", named.replace(/[- ]endpoint$/i, "")));
}

/** What the asker was given, with room for what it may be given after a switch. */
function got(it) {
  const records = it.explanation?.answer.records ?? [];
  const addresses = records.filter((one) => one.type === "A" || one.type === "AAAA").map((one) => one.data);
  const line = (list, more) => h("span", { class: "got m" }, list.flatMap((one) => [one.includes(":") ? h("span", {}, soft(one)) : h("span", { class: "ip" }, one), " "]), more > 0 ? h("span", { class: "nw" }, `+${more}`) : null);
  const own = [...(it.primary?.about?.interfaces ?? [])].map((one) => one.v4 ?? one.v6).filter(Boolean);
  const told = addresses.length ? line(addresses.slice(0, 2), addresses.length - 2)
    : h("span", { class: "got m" }, records[0] ? soft(records[0].data.slice(0, 40)) : it.explanation?.answer.status === "SILENCE" ? t("V_SILENCE") : it.explanation?.answer.status ?? "");
  return swap("is", { is: told, own: line(own.slice(0, 2), own.length - 2), room: line(["000.000.000.000"], 0) });
}

function instanceBox(instance, it, actions) {
  const asker = it.asker.node === instance.id;
  const addresses = [instance.address ?? instance.ipv6, instance.public_address].filter(Boolean);
  return box(instance.id, {
    tag: "button", type: "button", class: `instance ${asker ? "asker" : ""}`, "aria-pressed": String(asker), slots: asker ? 2 : 1,
    data: { key: `ask/${instance.id}` }, onclick: () => actions.ask(instance.id),
  },
  h("span", { class: "sr" }, `${t("askFrom")} `), h("b", {}, soft(instance.name)),
  h("span", { class: "dim m" }, addresses.flatMap((one, index) => [index ? " · " : "", one.includes(":") ? h("span", {}, soft(one)) : h("span", { class: "ip" }, one)])),
  asker ? got(it) : null);
}

/** A new instance, or any: the asker if it is a subnet or a VPC. */
function host(it) {
  return box("host", { class: "instance asker ghost single", slots: 2 }, h("b", {}, t(it.primary.vpc.id === it.from ? "anyHost" : "newHost")), got(it));
}

/** The most routes of a table that are drawn; the one that decides always is. */
const ROUTES = 6;

function tableBox(table, one, it) {
  const stop = it.stops.find((hop) => hop.place.kind === "router" && hop.nodes[0] === table.id);
  const lost = it.stops.find((hop) => hop.lost && hop.nodes[0] === table.id);
  const decides = (route) => stop && (route.target === "local" ? stop.place.route === "local" && localOf(route, it) : route.destination === stop.place.route);
  const routes = table.routes.length > ROUTES ? table.routes.filter((route, index) => index < ROUTES - 1 || decides(route)) : table.routes;
  const state = !one.asked ? null : swap(lost ? "lost" : "no", {
    lost: h("span", { class: "lost" }, glyph("nowhere"), " ", t("noRoute", it.path?.address ?? "")),
    no: h("span", {}, "\u00a0"),
    room: h("span", { class: "lost" }, glyph("nowhere"), " ", t("noRoute", "000.000.000.000")),
  });
  return h("section", { class: `b rt ${stop ? `on-${it.kind}` : ""} ${lost ? "on-nowhere" : ""}`, "aria-label": `${t("routeTable")} ${table.name}`, data: { node: table.id } },
    h("div", { class: "head" }, h("span", { class: "body" }, h("b", {}, soft(table.name))), h("span", { class: "slot" })),
    h("table", {}, h("tbody", {}, routes.map((route) => h("tr", { class: decides(route) ? "decided" : "", data: { route: route.destination } },
      h("td", { class: "m" }, soft(route.destination)),
      h("td", { class: "m", title: route.target }, route.target === "local" ? t("local") : brief(route.target)))))),
    table.routes.length > routes.length ? h("span", { class: "dim" }, t("more", table.routes.length - routes.length)) : null,
    state ? h("div", { class: "state" }, state) : null);
}

/** The beginning of an id, for a column of a table. The title shows the whole id. */
function brief(id) {
  return id.length > 10 ? `${id.slice(0, 9)}…` : id;
}

/** Whether a local route's range holds the address of the way. A VPC may have several ranges. */
function localOf(route, it) {
  const [base, length] = route.destination.split("/");
  const value = (text) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  if (!it.path || route.destination.includes(":")) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(value(base) / size) === Math.floor(value(it.path.address) / size);
}

// ---- edge, services, outside ----------------------------------------------------------------------------------

function edgeBox(one) {
  return box(one.node, { class: `gate ${one.kind}` }, h("b", {}, t(one.kind)), h("span", { class: "dim", title: one.node }, soft(one.name)));
}

const STATES = ["pendingAcceptance", "pending", "available", "rejected", "deleting", "failed", "expired", "deleted"];

function serviceBox(one, actions) {
  if (!one.service) {
    return box(one.node, { class: "service" }, h("b", {}, soft(one.name)), h("span", { class: "dim" }, t("awsService")));
  }
  const { service } = one;
  return box(one.node, { class: "service eps", tag: "section", "aria-label": `${t("endpointService")} ${one.name}` },
    h("b", {}, "PrivateLink"), h("span", { class: "dim", title: service.name }, t("endpointService"), " ", soft(one.name)),
    service.connections.slice(0, 3).map((connection) => {
      const known = STATES.includes(connection.state) ? connection.state : "pending";
      return h("span", { class: "connection" },
        h("span", { class: "dim m", title: connection.endpoint }, short(connection.endpoint)), " ",
        swap(known, Object.fromEntries(STATES.map((state) => [state, h("em", { class: state === known ? "state-word" : "" }, state.split(/(?=[A-Z])/).flatMap((part, index) => (index ? [h("wbr"), part] : [part])))]))),
        h("span", { class: "buttons" }, connectionButtons(service, connection, actions.change)));
    }),
    service.connections.length > 3 ? h("span", { class: "dim" }, t("more", service.connections.length - 3)) : null);
}

function secondColumn(it, actions) {
  const { second } = it;
  return h("div", { class: "azs2" },
    h("span", { class: "lab h2" }, "VPC ", soft(second.vpc.name), " ", h("small", {}, soft(second.vpc.cidrs.join(" "))), h("small", { class: "bl" }, t("secondResolver", resolverOf(second.vpc)))),
    second.gateway ? box(second.gateway.id, { class: "gate igw" }, h("b", {}, t("igw")), h("span", { class: "dim" }, soft(second.gateway.name))) : null,
    zones(second, it, actions, "inner"));
}

function outsideBoxes(it, actions) {
  return [
    box("internet", { class: "single" }, h("b", {}, t("internet"))),
    it.outside.map((one) => (one.node === "elsewhere"
      ? box("elsewhere", { class: "ghost" }, h("b", { class: "m" }, one.address), h("span", { class: "dim" }, t(one.inside ? "inVpcNobody" : "elsewhere")))
      : box("on-premises", { class: "single" }, h("b", {}, t("onPremises"))))),
    box("internet-host", {
      tag: "button", type: "button", class: `instance single pc ${it.from === "internet" ? "asker" : ""}`, "aria-pressed": String(it.from === "internet"), slots: it.from === "internet" ? 2 : 1,
      data: { key: "ask/internet" }, onclick: () => actions.ask("internet"),
    }, h("span", { class: "sr" }, `${t("askFrom")} `), h("span", { class: "dim" }, t("pc")), it.from === "internet" ? got(it) : null),
  ];
}

// ---- numbers --------------------------------------------------------------------------------------------------

/** Puts the number of each hop into its box, and marks the boxes. */
function number(stage, it) {
  const all = new Map();
  for (const element of stage.querySelectorAll("[data-node]")) if (!all.has(element.dataset.node)) all.set(element.dataset.node, element);
  let before = [];
  it.missing = 0;
  for (const stop of it.stops) {
    let boxes = stop.nodes.map((node) => all.get(node)).filter(Boolean);
    if (!boxes.length && stop.lost) boxes = before;
    if (!boxes.length) it.missing += 1;
    stop.boxes = boxes;
    for (const element of boxes) {
      element.classList.add("hop", `on-${stop.lost ? "nowhere" : it.kind}`);
      if (stop.lost) element.classList.add("lost");
      const slot = element.querySelector(".slot");
      slot?.append(h("span", { class: `n hop-number ${it.kind}`, "aria-hidden": "true", data: { hop: stop.number } }, stop.lost ? `${stop.number} ✕` : String(stop.number)));
    }
    if (boxes.length) before = boxes;
  }
  const asker = all.get(it.asker.node);
  asker?.querySelector(".slot")?.prepend(h("span", { class: "n q", "aria-hidden": "true" }, "Q"));
  it.askerBox = asker;
}

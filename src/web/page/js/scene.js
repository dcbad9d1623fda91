// What of the World is drawn, and where: the asker's VPC in full, one more VPC, cards for the others. Decides from the
// World and the asker, and never from a switch, so that a switch moves nothing.

/** More instances than this in a subnet, or interfaces, are folded; never one on the way. */
const INSTANCES = 3;
const INTERFACES = 2;
/** The most Availability Zones and subnets in a zone that are drawn. */
const ZONES = 3;
const SUBNETS = 3;
/** The most boxes of services. */
const SERVICES = 4;

const NAMES = {
  s3: "S3", cloudformation: "CloudFormation", dynamodb: "DynamoDB", sqs: "SQS", sns: "SNS", ec2: "EC2", ssm: "SSM",
  ssmmessages: "SSM Messages", ec2messages: "EC2 Messages", kms: "KMS", sts: "STS", logs: "CloudWatch Logs",
  monitoring: "CloudWatch", ecr: "ECR", secretsmanager: "Secrets Manager", lambda: "Lambda", "execute-api": "API Gateway",
  elasticloadbalancing: "ELB", autoscaling: "Auto Scaling", events: "EventBridge", rds: "RDS", sagemaker: "SageMaker",
};

/** What a service is called. */
export function serviceName(short) {
  return NAMES[short] ?? short;
}

export function everyInstance(vpc) {
  return vpc.subnets.flatMap((subnet) => subnet.instances);
}

/** The VPC of a client: by the VPC's, subnet's or instance's id. */
export function vpcOf(world, from) {
  return world.vpcs.find((vpc) => vpc.id === from
    || vpc.subnets.some((subnet) => subnet.id === from || subnet.instances.some((it) => it.id === from)));
}

function number(address) {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function within(cidr, address) {
  const [base, length] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

/** The resolver's address in a VPC. */
export function resolverOf(vpc) {
  const base = vpc.cidrs[0]?.split("/")[0];
  return base ? base.replace(/\d+$/, (last) => String(Number(last) + 2)) : "169.254.169.253";
}

/** The key of a way among those of an answer: its address, and its subnets if the client is a whole VPC. */
export function key(path) {
  return path.from ? `${path.address} from ${path.from}` : path.address;
}

/** The way to draw: the one to a network interface in the client's subnet, else the first. */
export function preferred(explanation, world) {
  const paths = explanation?.paths ?? [];
  const asker = paths[0]?.places[0]?.ids[0];
  for (const vpc of world?.vpcs ?? []) {
    for (const subnet of vpc.subnets) {
      if (subnet.id !== asker && !subnet.instances.some((it) => it.id === asker)) continue;
      const own = vpc.endpoints.flatMap((it) => it.interfaces).filter((it) => it.subnet === subnet.id).map((it) => it.v4);
      const near = paths.find((path) => own.includes(path.address));
      if (near) return key(near);
    }
  }
  return paths[0] && key(paths[0]);
}

/** The id of a hop's box, or ids if the traffic takes one of several. `places` are those before it too. */
function nodesOf(place, index, places, endpoints) {
  const [first, second] = place.ids;
  switch (place.kind) {
    case "interface": return [`${first}/${second}`];
    case "service": return [`service/${first}`];
    case "host": return ["host"];
    case "internet": case "internet-host": case "on-premises": return [place.kind];
    case "privatelink": {
      const endpoint = places.slice(0, index).findLast((it) => it.kind === "interface")?.ids[0];
      return [endpoints.get(endpoint)?.short ?? "privatelink"];
    }
    case "address": return ["elsewhere"];
    case "nowhere": case "blocked": return [first ?? ""];
    default: return place.ids;
  }
}

/**
 * What is drawn. `focus` is the VPC to show for a client that is in none.
 */
export function scene(world, explanation, from, way, focus) {
  const path = explanation?.paths.find((it) => key(it) === way);
  const places = path?.places ?? [];
  const endpoints = new Map(world.vpcs.flatMap((vpc) => vpc.endpoints).map((it) => [it.id, it]));
  const stops = places.map((place, index) => ({
    place, hop: path.hops[index], number: index + 1, nodes: nodesOf(place, index, places, endpoints), lost: place.kind === "nowhere" || place.kind === "blocked",
  }));
  const used = new Set(stops.flatMap((it) => it.nodes));
  const passed = places.map((it) => it.vpc).filter(Boolean);
  const find = (id) => world.vpcs.find((vpc) => vpc.id === id);
  const primary = vpcOf(world, from) ?? find(passed[0]) ?? find(focus) ?? world.vpcs[0];
  const second = primary && secondVpc(world, primary, passed, find);
  const asker = { id: from, node: from };
  if (primary && from !== "internet" && !everyInstance(primary).some((it) => it.id === from)) asker.node = "host";
  if (from === "internet") asker.node = "internet-host";
  const result = {
    world, explanation, from, path, stops, used, asker,
    kind: { blocked: "nowhere", transit: "private", peering: "private" }[path?.kind] ?? path?.kind,
    primary: primary && drawnVpc(primary, world, { from, used, asker, explanation, whole: true }),
    second: second && drawnVpc(second, world, { from, used, asker, explanation, whole: false }),
    others: world.vpcs.filter((vpc) => vpc !== primary && vpc !== second),
    services: services(world, primary, second, explanation, places),
    outside: outside(places, stops),
  };
  return result;
}

/** A VPC that belongs to the first one: on the way, else joined by an endpoint service or a peering, else the only other. */
function secondVpc(world, primary, passed, find) {
  const on = passed.map(find).find((vpc) => vpc && vpc !== primary);
  if (on) return on;
  if (world.vpcs.length === 2) return world.vpcs.find((vpc) => vpc !== primary);
  const shorts = new Set(primary.endpoints.map((it) => it.short));
  const service = world.services.find((it) => shorts.has(it.id));
  const balancer = world.load_balancers.find((it) => service?.load_balancers.includes(it.dns_name) && it.vpc !== primary.id);
  return balancer && find(balancer.vpc);
}

function drawnVpc(vpc, world, { from, used, asker, explanation, whole }) {
  const tables = new Map(vpc.route_tables.map((it) => [it.id, it]));
  const mine = (subnet) => subnet.id === from || subnet.instances.some((it) => it.id === from);
  const hosted = asker.node === "host" && whole ? hostSubnet(vpc, from, explanation) : null;
  const needed = (subnet) => mine(subnet) || subnet.id === hosted?.id
    || subnet.instances.some((it) => used.has(it.id))
    || vpc.endpoints.some((it) => it.interfaces.some((one) => one.subnet === subnet.id && used.has(`${it.id}/${one.v4 ?? one.v6}`)));
  const names = [...new Set(vpc.subnets.map((it) => it.zone))].sort();
  const zones = names.map((zone) => {
    const all = vpc.subnets.filter((it) => it.zone === zone);
    return { zone, all, needed: all.some(needed) };
  });
  const keep = new Set([...zones.filter((it) => it.needed), ...zones.filter((it) => !it.needed)].slice(0, ZONES));
  const drawn = zones.filter((it) => keep.has(it));
  const shownTables = new Set();
  // The table of the asker's subnet is drawn there; any other beside the first subnet that has it.
  const order = drawn.flatMap((it) => it.all);
  const own = order.find((it) => mine(it) || it.id === hosted?.id);
  const ownTable = whole ? own?.route_table : null;
  const balancers = world.load_balancers.filter((it) => it.vpc === vpc.id);
  const placed = new Set();
  const result = drawn.map(({ zone, all }) => {
    const first = new Set([...all.filter(needed), ...all.filter((it) => !needed(it))].slice(0, SUBNETS));
    return {
      zone,
      left: all.length - first.size,
      subnets: all.filter((it) => first.has(it)).map((subnet) => {
        const instances = fold(subnet.instances, INSTANCES, (it) => used.has(it.id) || it.id === from);
        const interfaces = vpc.endpoints.flatMap((endpoint) => endpoint.interfaces
          .filter((it) => it.subnet === subnet.id)
          .map((it) => ({ endpoint, address: it.v4 ?? it.v6, node: `${endpoint.id}/${it.v4 ?? it.v6}` })));
        const enis = fold(interfaces, INTERFACES, (it) => used.has(it.node));
        const table = whole ? tables.get(subnet.route_table) : null;
        const here = table && (table.id === ownTable ? subnet === own : !shownTables.has(table.id));
        if (here) shownTables.add(table.id);
        return {
          subnet,
          open: (tables.get(subnet.route_table)?.routes ?? []).some((it) => it.target.startsWith("igw-")),
          instances: instances.kept,
          left: instances.left + (subnet.omitted ?? 0),
          enis: enis.kept,
          leftEnis: enis.left,
          host: subnet.id === hosted?.id,
          balancers: balancers.filter((it) => {
            if (placed.has(it.dns_name) || !holds(it, subnet)) return false;
            placed.add(it.dns_name);
            return true;
          }),
          table: here ? table : null,
          sameTable: table && !here ? table : null,
          asked: subnet === own,
        };
      }),
    };
  });
  const loose = balancers.filter((it) => !placed.has(it.dns_name));
  const first = result[0]?.subnets[0];
  if (first) first.balancers.push(...loose);
  return { vpc, zones: result, left: zones.length - drawn.length, hostless: asker.node === "host" && whole && !hosted, edge: whole ? edge(vpc, world) : [], gateway: whole ? null : vpc.internet_gateway };
}

function holds(balancer, subnet) {
  return balancer.subnets?.includes(subnet.id) || balancer.addresses.some((it) => within(subnet.cidr, it)) || balancer.subnets?.includes(subnet.zone);
}

/** The subnet in which a new instance is drawn: the asked one, else the first that the way names, else the first. */
function hostSubnet(vpc, from, explanation) {
  const asked = vpc.subnets.find((it) => it.id === from);
  const named = explanation?.paths[0]?.places[0]?.ids[0];
  return asked ?? vpc.subnets.find((it) => it.id === named) ?? vpc.subnets[0];
}

function fold(all, most, needed) {
  const must = all.filter(needed);
  const rest = all.filter((it) => !needed(it)).slice(0, Math.max(0, most - must.length));
  const kept = all.filter((it) => must.includes(it) || rest.includes(it));
  return { kept, left: all.length - kept.length };
}

/** What stands in the VPC's border: its gateways, and the targets of its routes that have no other place. */
function edge(vpc, world) {
  const boxes = [];
  if (vpc.internet_gateway) boxes.push({ node: vpc.internet_gateway.id, kind: "igw", name: vpc.internet_gateway.name });
  for (const endpoint of vpc.endpoints) {
    if (endpoint.kind === "gateway") boxes.push({ node: endpoint.id, kind: "gatewayEndpoint", name: serviceName(endpoint.short), endpoint });
  }
  for (const peering of world.peerings) {
    if (peering.vpcs.includes(vpc.id)) boxes.push({ node: peering.id, kind: "peering", name: short(peering.id) });
  }
  const targets = new Set(vpc.route_tables.flatMap((it) => it.routes.map((route) => route.target)));
  for (const target of targets) {
    if (boxes.some((it) => it.node === target) || target === "local") continue;
    if (/^(nat|tgw|vgw|lgw|cagw|eigw|vpce|pcx)-/.test(target) && !vpc.endpoints.some((it) => it.id === target)) {
      boxes.push({ node: target, kind: target.startsWith("nat-") ? "natGateway" : target.startsWith("pcx-") ? "peering" : "onward", name: short(target) });
    }
  }
  return boxes;
}

/** An id that is short enough for a box. The title shows the whole id. */
export function short(id) {
  return id.length > 14 ? `${id.slice(0, 9)}…${id.slice(-3)}` : id;
}

/** The services of the region, in a fixed order: those of the VPC's endpoints, then the one that is asked for. */
function services(world, primary, second, explanation, places) {
  const boxes = new Map();
  const add = (name, must) => {
    if (!name) return;
    const before = boxes.get(name);
    if (before) before.must ||= must;
    else boxes.set(name, { node: `service/${name}`, name: serviceName(name), must });
  };
  for (const service of world.services) {
    const ours = primary?.endpoints.some((it) => it.short === service.id)
      || world.load_balancers.some((it) => service.load_balancers.includes(it.dns_name) && [primary?.id, second?.id].includes(it.vpc));
    if (ours) boxes.set(service.id, { node: service.id, name: service.label || short(service.id), service, must: true });
  }
  for (const endpoint of primary?.endpoints ?? []) if (!endpoint.short.startsWith("vpce-svc-")) add(endpoint.short, false);
  const asked = explanation?.service;
  add(asked, true);
  for (const place of places) if (place.kind === "service") add(place.ids[0], true);
  if (places.some((it) => it.kind === "privatelink") && !world.services.length) boxes.set("privatelink", { node: "privatelink", name: "PrivateLink", must: true });
  const all = [...boxes.values()];
  const must = all.filter((it) => it.must);
  const rest = all.filter((it) => !it.must).slice(0, Math.max(0, SERVICES - must.length));
  return all.filter((it) => must.includes(it) || rest.includes(it));
}

function outside(places, stops) {
  const extra = [];
  places.forEach((place, index) => {
    if (place.kind === "address") extra.push({ node: "elsewhere", address: place.ids[0], inside: Boolean(place.vpc), number: stops[index].number });
    if (place.kind === "on-premises") extra.push({ node: "on-premises" });
  });
  return extra;
}

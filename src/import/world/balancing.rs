//! The target groups of a world file, and what it says of a load balancer beside its names: listeners and attributes.
//!
//! What no answer depends on is in AWS's own words and kept as it stands. The inverse of `export/balancing.rs`.

use std::sync::Arc;

use super::{
    Reading, keys,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    catalog::Region,
    import::{
        names::Names,
        text::{
            node::{Kind, Node},
            reader::{self, MapReader, Report},
            scalar::Account,
        },
    },
    model::{
        document::{Attributes, Document},
        id::{ListenerId, ListenerRuleId, TargetGroupId, VpcId, seed_of},
        listener::{Listener, ListenerRule},
        load_balancer::{BalancerAddressType, LoadBalancerKind, LoadBalancerZone, Options},
        name::Name,
        target_group::{CreateTargetGroup, HealthCheck, Target, TargetGroup, TargetKind},
        world::Tags,
    },
};

/// `ip-address-type` of a target group.
const VERSIONS: &[(&str, bool)] = &[("ipv4", false), ("ipv6", true)];

impl Part for TargetGroupId {
    const KEYS: &'static [&'static str] = &[
        "id",
        "name",
        "region",
        "owner",
        "vpc",
        "type",
        "protocol",
        "protocol-version",
        "port",
        "ip-address-type",
        "control-port",
        "health-check",
        "attributes",
        "targets",
    ];
}

/// Plans the target groups.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.target_groups {
        if group(reading, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn group<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, TargetGroupId>,
) -> Option<()> {
    let names = &outline.names;
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, TargetGroupId::KEYS, report)?;
    let vpc = match fields.get("vpc") {
        Some(node) => Some(names.vpcs.find(node, None, report)?),
        None => None,
    };
    let home = vpc.and_then(|vpc| outline.regions.get(&vpc)).copied();
    let stated = fields.read::<&'static Region>("region", report);
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let kind = fields.choice("type", TargetKind::ALL, report).unwrap_or(TargetKind::Instance);
    let is_lambda = kind == TargetKind::Lambda;
    let protocol = fields.read("protocol", report);
    let protocol = protocol.or(Some("TCP".into()).filter(|_| !is_lambda));
    let port = fields.read("port", report).or(Some(80).filter(|_| !is_lambda));
    let protocol_version = fields.read::<Arc<str>>("protocol-version", report);
    let usual = |own: Option<&str>| {
        HealthCheck::usual(kind, protocol.as_deref(), protocol_version.as_deref(), own)
    };
    let health_check = health_check(&fields, usual, report)?;
    let mut targets = Vec::new();
    for node in fields.list("targets", report) {
        let target = target(node, (kind, vpc), names, report)?;
        targets.push(Target { port: target.port.or(port), ..target });
    }
    let group = TargetGroup {
        id: item.id,
        name: fields.read("name", report).unwrap_or_else(|| item.name.into()),
        tags: Tags::default(),
        region: stated.or(home).unwrap_or(reading.region).name,
        owner: owner.unwrap_or_else(|| Arc::clone(&reading.account)),
        vpc,
        kind,
        protocol,
        protocol_version,
        port,
        ipv6: fields.choice("ip-address-type", VERSIONS, report).unwrap_or_default(),
        control_port: fields.read("control-port", report),
        health_check,
        attributes: attributes(&fields, report),
        targets,
    };
    reading.plan(CreateTargetGroup { group }, item.pos, item.node);
    Some(())
}

fn target(
    node: &Node,
    (kind, vpc): (TargetKind, Option<VpcId>),
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Target> {
    // A target alone is its id.
    let fields = match node.kind {
        Kind::Map(_) => Some(MapReader::of(node, node.pos, keys::TARGET, report)?),
        _ => None,
    };
    let id = match &fields {
        Some(fields) => fields.required("id", report)?,
        None => node,
    };
    let id = match kind {
        TargetKind::Instance => names.instances.find(id, vpc, report)?.to_string().into(),
        _ => reader::read(id, report)?,
    };
    let read = |key: &str, report: &mut Report<'_>| {
        fields.as_ref().and_then(|fields| fields.read::<Arc<str>>(key, report))
    };
    Some(Target {
        id,
        zone: read("zone", report),
        quic: read("quic-server-id", report),
        port: fields.as_ref().and_then(|fields| fields.read("port", report)),
    })
}

/// A health check. What the file leaves out is as usual.
fn health_check(
    group: &MapReader<'_>,
    usual: impl Fn(Option<&str>) -> HealthCheck,
    report: &mut Report<'_>,
) -> Option<HealthCheck> {
    let Some(node) = group.get("health-check") else { return Some(usual(None)) };
    let fields = MapReader::of(node, node.pos, keys::TARGET_HEALTH_CHECK, report)?;
    let protocol = fields.read::<Arc<str>>("protocol", report);
    let usual = usual(protocol.as_deref());
    Some(HealthCheck {
        enabled: fields.read("enabled", report).unwrap_or(usual.enabled),
        protocol: protocol.or(usual.protocol),
        port: fields.read("port", report).or(usual.port),
        path: fields.read("path", report).or(usual.path),
        interval: fields.read("interval", report).unwrap_or(usual.interval),
        timeout: fields.read("timeout", report).unwrap_or(usual.timeout),
        healthy_after: fields.read("healthy-after", report).unwrap_or(usual.healthy_after),
        unhealthy_after: fields.read("unhealthy-after", report).unwrap_or(usual.unhealthy_after),
        matcher: fields.read("matcher", report).or(usual.matcher),
    })
}

/// The addresses of a load balancer in a zone: one, or a map of them. The zone's name and its health are not here.
pub(super) fn zone(
    node: &Node,
    vpc: VpcId,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<LoadBalancerZone> {
    let made = |address| LoadBalancerZone::new("".into(), address, true);
    if !matches!(node.kind, Kind::Map(_)) {
        return reader::read(node, report).map(made);
    }
    let fields = MapReader::of(node, node.pos, keys::LOAD_BALANCER_ZONE, report)?;
    let address = fields.require("address", report)?;
    let subnet = match fields.get("subnet") {
        Some(node) => Some(names.subnets.find(node, Some(vpc), report)?),
        None => None,
    };
    Some(LoadBalancerZone {
        subnet,
        private: fields.read("private-address", report),
        ipv6: fields.read("ipv6", report),
        chosen: fields.read("chosen", report).unwrap_or_default(),
        ..made(address)
    })
}

/// What the API keeps of a load balancer.
pub(super) fn options(
    fields: &MapReader<'_>,
    kind: LoadBalancerKind,
    report: &mut Report<'_>,
) -> Options {
    let is_classic = kind == LoadBalancerKind::Classic;
    let address_type = fields.choice("ip-address-type", BalancerAddressType::ALL, report);
    let listeners = if is_classic { documents(fields, "listeners", report) } else { vec![] };
    Options {
        address_type: address_type.unwrap_or_default(),
        source_nat_ipv6: fields.read("source-nat-ipv6", report).unwrap_or_default(),
        attributes: attributes(fields, report),
        classic_listeners: listeners,
        classic_health_check: fields.get("health-check").map(document),
        ..Options::default()
    }
}

/// The listeners of a load balancer that is no Classic Load Balancer.
pub(super) fn listeners(
    balancer: &MapReader<'_>,
    kind: LoadBalancerKind,
    item: &Item<'_, Name>,
    report: &mut Report<'_>,
) -> Option<Vec<Listener>> {
    let mut listeners = Vec::new();
    if kind == LoadBalancerKind::Classic {
        return Some(listeners);
    }
    for (index, node) in balancer.list("listeners", report).iter().enumerate() {
        let fields = MapReader::of(node, node.pos, keys::LISTENER, report)?;
        let made =
            || ListenerId::from_seed(seed_of("listener", format_args!("{}/{index}", item.id)));
        let id = fields.read("id", report).unwrap_or_else(made);
        listeners.push(Listener {
            id,
            tags: Tags::default(),
            protocol: fields.read("protocol", report),
            port: fields.read("port", report),
            actions: documents(&fields, "actions", report),
            certificates: fields.read_list("certificates", report),
            ssl_policy: fields.read("ssl-policy", report),
            alpn: fields.read_list("alpn", report),
            mutual: fields.get("mutual-authentication").map(document),
            attributes: attributes(&fields, report),
            rules: rules(&fields, id, report)?,
        });
    }
    Some(listeners)
}

fn rules(
    listener: &MapReader<'_>,
    of: ListenerId,
    report: &mut Report<'_>,
) -> Option<Vec<ListenerRule>> {
    let mut rules = Vec::new();
    for (index, node) in listener.list("rules", report).iter().enumerate() {
        let fields = MapReader::of(node, node.pos, keys::LISTENER_RULE, report)?;
        let made =
            || ListenerRuleId::from_seed(seed_of("listener-rule", format_args!("{of}/{index}")));
        rules.push(ListenerRule {
            id: fields.read("id", report).unwrap_or_else(made),
            tags: Tags::default(),
            priority: fields.require("priority", report)?,
            conditions: documents(&fields, "conditions", report),
            actions: documents(&fields, "actions", report),
            transforms: documents(&fields, "transforms", report),
        });
    }
    Some(rules)
}

fn attributes(fields: &MapReader<'_>, report: &mut Report<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    for (key, value) in fields.map("attributes", report) {
        if let Some(value) = reader::read(value, report) {
            attributes.insert(key.text.clone(), value);
        }
    }
    attributes
}

fn documents(fields: &MapReader<'_>, key: &str, report: &mut Report<'_>) -> Vec<Document> {
    fields.list(key, report).iter().map(document).collect()
}

/// A value in AWS's words. The reader of texts has bounded its depth.
fn document(node: &Node) -> Document {
    match &node.kind {
        Kind::Null => Document::Text(String::new()),
        Kind::Scalar(text) => Document::Text(text.to_string()),
        Kind::Seq(items) => Document::List(items.iter().map(document).collect()),
        Kind::Map(entries) => Document::Fields(
            entries.iter().map(|(key, value)| (key.text.clone(), document(value))).collect(),
        ),
    }
}

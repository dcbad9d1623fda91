//! The VPC endpoints of a world file. Brings each one to the state that the file gives.
//!
//! Reads and plans. The model decides whether AWS would allow it.

use std::{net::Ipv4Addr, sync::Arc};

use smol_str::SmolStr;

use super::{
    Reading, keys,
    outline::{Item, Outline, VpcOutline},
};
use crate::{
    hash::stable_hash,
    import::{
        names::Names,
        text::{
            node::{Kind, Node},
            reader::{self, MapReader, Report},
            scalar::Suffix,
        },
    },
    model::{
        endpoint::{AddressType, EndpointKind, RecordIpType},
        endpoint_change::{CreateVpcEndpoint, SetEndpointHealth, Settle, SubnetConfiguration},
        endpoint_service::{AcceptVpcEndpointConnections, RejectVpcEndpointConnections},
        id::{EndpointId, EndpointServiceId, NetworkInterfaceId, SecurityGroupId, SubnetId, VpcId},
        world::Tags,
    },
};

/// `ip-address-type`.
pub(in crate::import) const ADDRESS_TYPES: &[(&str, AddressType)] = &[
    ("ipv4", AddressType::Ipv4),
    ("ipv6", AddressType::Ipv6),
    ("dualstack", AddressType::Dualstack),
];
/// `dns-record-ip-type`.
pub(in crate::import) const RECORD_TYPES: &[(&str, RecordIpType)] = &[
    ("ipv4", RecordIpType::Ipv4),
    ("ipv6", RecordIpType::Ipv6),
    ("dualstack", RecordIpType::Dualstack),
    ("service-defined", RecordIpType::ServiceDefined),
];
const KINDS: &[(&str, EndpointKind)] =
    &[("interface", EndpointKind::Interface), ("gateway", EndpointKind::Gateway)];
const STATES: &[(&str, State)] = &[
    ("available", State::Available),
    ("pending", State::Pending),
    ("pendingAcceptance", State::PendingAcceptance),
    ("rejected", State::Rejected),
];

/// The states that a file can give to an endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Available,
    Pending,
    PendingAcceptance,
    Rejected,
}

/// The groups of an endpoint: by name or id, or by the id of one that the file does not describe.
fn security_groups(
    fields: &MapReader<'_>,
    names: &Names,
    vpc: VpcId,
    report: &mut Report<'_>,
) -> Vec<SecurityGroupId> {
    let mut groups = Vec::new();
    for node in fields.list("security-groups", report) {
        let told = node.text().and_then(|text| text.parse().ok());
        let other = told.filter(|id| !names.security_groups.has(id));
        groups.extend(match other {
            Some(id) => Some(id),
            None => names.security_groups.find(node, Some(vpc), report),
        });
    }
    groups
}

/// Makes the id of an endpoint's interface in a subnet.
pub(in crate::import) fn interface_id(
    endpoint: EndpointId,
    subnet: SubnetId,
) -> NetworkInterfaceId {
    NetworkInterfaceId::from_seed(stable_hash(&format!("interface/{endpoint}/{subnet}")))
}

/// Makes the random label in an endpoint's names from its id (N4).
pub(in crate::import) fn made_suffix(endpoint: EndpointId) -> SmolStr {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = stable_hash(&format!("suffix/{endpoint}"));
    let mut text = String::with_capacity(8);
    for _ in 0..8 {
        text.push(LETTERS[usize::try_from(rest % 36).unwrap_or_default()].into());
        rest /= 36;
    }
    text.into()
}

/// Plans the gateway endpoints, then the interface endpoints.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for kind in [EndpointKind::Gateway, EndpointKind::Interface] {
        for vpc in &outline.vpcs {
            for item in &vpc.endpoints {
                let stated = item.node.get("type").and_then(Node::text);
                if (stated == Some("gateway")) == (kind == EndpointKind::Gateway)
                    && endpoint(reading, &outline.names, vpc, item).is_none()
                {
                    reading.give_up(&item.id);
                }
            }
        }
    }
}

fn endpoint<'n>(
    reading: &mut Reading<'_, 'n>,
    names: &Names,
    vpc: &VpcOutline<'n>,
    item: &Item<'n, EndpointId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::ENDPOINT, report)?;
    let kind = match fields.get("type") {
        Some(node) => reader::choice(node, KINDS, report)?,
        None => EndpointKind::Interface,
    };
    let state = match fields.get("state") {
        Some(node) => reader::choice(node, STATES, report)?,
        None => State::Available,
    };
    let address_type = fields.choice("ip-address-type", ADDRESS_TYPES, report);
    let record_type = fields.choice("dns-record-ip-type", RECORD_TYPES, report);
    let private_dns = fields.read("private-dns", report);
    let inbound_only = fields.read("private-dns-only-for-inbound-resolver-endpoint", report);
    let suffix = fields.read("suffix", report).map(|suffix: Suffix| suffix.0);
    let service_region = fields.read("service-region", report);
    let security_groups = security_groups(&fields, names, vpc.item.id, report);
    let policy = fields.get("policy").and_then(|node| policy(node, report));
    let unhealthy: Vec<Arc<str>> = fields.read_list("unhealthy-zones", report);
    let mut route_tables = Vec::new();
    for node in fields.list("route-tables", report) {
        route_tables.push(names.route_tables.find(node, Some(vpc.item.id), report)?);
    }
    let asked = fields.require::<Arc<str>>("service", report);
    let v4 = address_type != Some(AddressType::Ipv6);
    let subnets = subnets(reading, names, vpc, item, v4)?;
    let asked = asked?;
    let customer = reading.customer_service(names, &asked);
    let service = customer.as_ref().map_or(asked, |customer| Arc::clone(&customer.name));
    let create = CreateVpcEndpoint {
        id: item.id,
        suffix: suffix.unwrap_or_else(|| made_suffix(item.id)),
        vpc: vpc.item.id,
        kind,
        service,
        service_region,
        subnets,
        route_tables,
        security_groups,
        private_dns,
        inbound_only,
        address_type,
        record_type,
        policy,
        tags: Tags::named(item.name),
        at: None,
    };
    reading.plan(create, item.pos, item.node);
    let acceptance = customer.map(|customer| (customer.id, customer.acceptance_required));
    settle(reading, item, &fields, kind, state, acceptance);
    for zone in unhealthy {
        let health = SetEndpointHealth { id: item.id, zone, healthy: false };
        reading.plan(health, fields.pos_of("unhealthy-zones"), item.node);
    }
    Some(())
}

/// Plans the Changes that bring a new endpoint to its state (L1, L4).
fn settle<'n>(
    reading: &mut Reading<'_, 'n>,
    item: &Item<'n, EndpointId>,
    fields: &MapReader<'n>,
    kind: EndpointKind,
    state: State,
    service: Option<(EndpointServiceId, bool)>,
) {
    let (id, pos) = (item.id, fields.pos_of("state"));
    let must_accept = service.filter(|(_, required)| *required).map(|(service, _)| service);
    if kind == EndpointKind::Gateway {
        if state != State::Available {
            reading.report.error(pos, "a gateway endpoint is always available");
        }
        return;
    }
    match (state, must_accept, service) {
        (State::Rejected, _, Some((service, _))) => {
            let reject = RejectVpcEndpointConnections { service, endpoint: id };
            reading.plan(reject, pos, item.node);
        }
        (State::Rejected | State::PendingAcceptance, _, None) => {
            let message =
                "only an endpoint to an endpoint service of this file can be in that state";
            reading.report.error(pos, message);
        }
        (State::PendingAcceptance, None, Some(_)) => {
            let hint = Some("its service has `acceptance-required: false`".to_owned());
            reading.report.error_hint(pos, "the endpoint would be accepted at once", hint);
        }
        (State::PendingAcceptance, Some(_), _) => {}
        (State::Available | State::Pending, _, _) => {
            if let Some(service) = must_accept {
                let accept = AcceptVpcEndpointConnections { service, endpoint: id };
                reading.plan(accept, pos, item.node);
            }
            if state == State::Available {
                reading.plan(Settle { id }, pos, item.node);
            }
        }
    }
}

/// `{NAME: ADDRESS}`, `{NAME: {ipv4: ADDRESS, ipv6: ADDRESS}}` or `[NAME, …]`.
fn subnets(
    reading: &mut Reading<'_, '_>,
    names: &Names,
    vpc: &VpcOutline<'_>,
    item: &Item<'_, EndpointId>,
    v4: bool,
) -> Option<Vec<SubnetConfiguration>> {
    let Some(node) = item.node.get("subnets") else { return Some(Vec::new()) };
    let mut found = Vec::new();
    let mut whole = true;
    let scope = Some(vpc.item.id);
    if let Kind::Map(entries) = &node.kind {
        for (key, value) in entries {
            let named = Node {
                kind: Kind::Scalar(key.text.clone()),
                tag: None,
                pos: key.pos,
                quoted: true,
            };
            let subnet = names.subnets.find(&named, scope, &mut reading.report);
            let addresses = addresses(value, &mut reading.report);
            match (subnet, addresses) {
                (Some(subnet), Some(addresses)) => found.push((subnet, addresses)),
                _ => whole = false,
            }
        }
    } else {
        for name in reader::list(node, &mut reading.report) {
            match names.subnets.find(name, scope, &mut reading.report) {
                Some(subnet) => found.push((subnet, (None, None))),
                None => whole = false,
            }
        }
    }
    let configuration =
        |(subnet, (stated, v6)): (SubnetId, (Option<Ipv4Addr>, _))| SubnetConfiguration {
            subnet,
            interface: interface_id(item.id, subnet),
            v4: stated.or_else(|| if v4 { reading.addresses.free(subnet) } else { None }),
            v6,
        };
    whole.then(|| found.into_iter().map(configuration).collect())
}

type Pair = (Option<Ipv4Addr>, Option<std::net::Ipv6Addr>);

fn addresses(node: &Node, report: &mut Report<'_>) -> Option<Pair> {
    match node.kind {
        Kind::Null => Some((None, None)),
        Kind::Scalar(_) => reader::read(node, report).map(|v4| (Some(v4), None)),
        _ => {
            let fields = MapReader::of(node, node.pos, keys::ENDPOINT_SUBNET, report)?;
            Some((fields.read("ipv4", report), fields.read("ipv6", report)))
        }
    }
}

/// A policy document: a text, or a map that is converted to JSON.
pub(in crate::import) fn policy(node: &Node, report: &mut Report<'_>) -> Option<Arc<str>> {
    match &node.kind {
        Kind::Map(_) => Some(node.to_json().to_string().into()),
        _ => reader::read(node, report),
    }
}

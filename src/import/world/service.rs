//! The load balancers and endpoint services of a world file.

use std::sync::Arc;

use super::{
    CustomerService, Reading, balancing, keys,
    keys::Part,
    outline::{Item, Outline},
    zone_of_key,
};
use crate::{
    catalog::Region,
    hash::stable_hash,
    import::text::{
        node::{Kind, Node},
        reader::{self, MapReader, Report},
        scalar::Account,
    },
    model::{
        endpoint::AddressType,
        endpoint_service::{
            CreateVpcEndpointServiceConfiguration, EndpointService, ServicePrivateName,
            VerificationState, base_name,
        },
        id::EndpointServiceId,
        load_balancer::{ClientRouting, LoadBalancer, LoadBalancerKind, LoadBalancerZone},
        load_balancer_change::CreateLoadBalancer,
        name::Name,
        record::Rdata,
        service::PrivateName,
        world::Tags,
    },
};

const SCHEMES: &[(&str, bool)] = &[("internet-facing", true), ("internal", false)];
const ROUTINGS: &[(&str, ClientRouting)] = &[
    ("any", ClientRouting::AnyAvailabilityZone),
    ("zone-affinity", ClientRouting::AvailabilityZoneAffinity),
    ("partial-zone-affinity", ClientRouting::PartialAvailabilityZoneAffinity),
];
const VERIFICATIONS: &[(&str, VerificationState)] = &[
    ("verified", VerificationState::Verified),
    ("pendingVerification", VerificationState::PendingVerification),
    ("failed", VerificationState::Failed),
];

impl Part for EndpointServiceId {
    const KEYS: &'static [&'static str] = &[
        "id",
        "region",
        "owner",
        "load-balancers",
        "acceptance-required",
        "permissions",
        "supported-regions",
        "private-dns-name",
    ];
}

/// Plans the load balancers, then the endpoint services over them.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.load_balancers {
        if balancer(reading, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
    balancing::plan(reading, outline);
    for item in &outline.parts.endpoint_services {
        if service(reading, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn balancer<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, Name>,
) -> Option<()> {
    let names = &outline.names;
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::LOAD_BALANCER, report)?;
    let kind =
        fields.choice("type", LoadBalancerKind::ALL, report).unwrap_or(LoadBalancerKind::Network);
    let internet_facing = fields.choice("scheme", SCHEMES, report).unwrap_or(true);
    let client_routing = fields.choice("client-routing", ROUTINGS, report).unwrap_or_default();
    let shown = fields.read::<Arc<str>>("dns-name", report);
    let vpc = fields.required("vpc", report)?;
    let vpc = names.vpcs.find(vpc, None, report)?;
    let region = *outline.regions.get(&vpc)?;
    let unhealthy: Vec<Arc<str>> = fields.read_list("unhealthy-zones", report);
    let mut zones = Vec::new();
    for (key, value) in fields.map("zones", report) {
        let Some(zone) = zone_of_key(key, region, report) else { continue };
        let healthy = !unhealthy.contains(&zone);
        if let Some(addresses) = balancing::zone(value, vpc, names, report) {
            zones.push(LoadBalancerZone { zone, healthy, ..addresses });
        }
    }
    for node in fields.list("unhealthy-zones", report) {
        if !zones.iter().any(|zone| node.text() == Some(&*zone.zone)) {
            report.error(node.pos, &format!("the load balancer has no zone {}", node.describe()));
        }
    }
    let mut targets = Vec::new();
    for node in fields.list("targets", report) {
        targets.push(names.instances.find(node, Some(vpc), report)?);
    }
    let load_balancer = LoadBalancer {
        label: item.name.into(),
        tags: Tags::default(),
        dns_name: item.id.clone(),
        shown_name: shown.unwrap_or_else(|| item.id.to_string().into()),
        vpc,
        kind,
        internet_facing,
        zones,
        targets,
        client_routing,
        listeners: balancing::listeners(&fields, kind, item, report)?,
        options: balancing::options(&fields, kind, report),
    };
    let mappings = Vec::new();
    reading.plan(CreateLoadBalancer { load_balancer, mappings }, item.pos, item.node);
    Some(())
}

fn service<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, EndpointServiceId>,
) -> Option<()> {
    let names = &outline.names;
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, EndpointServiceId::KEYS, report)?;
    let stated = fields.read::<&'static Region>("region", report);
    let owner = fields
        .read("owner", report)
        .map_or_else(|| Arc::clone(&reading.account), |account: Account| account.0);
    let acceptance_required = fields.read("acceptance-required", report).unwrap_or(true);
    let private_name =
        fields.get("private-dns-name").and_then(|node| private_name(node, item.id, report));
    let permissions = fields.read_list("permissions", report);
    let supported_regions = supported_regions(&fields, report);
    let mut load_balancers = Vec::new();
    fields.required("load-balancers", report)?;
    for node in fields.list("load-balancers", report) {
        load_balancers.push(names.load_balancers.find(node, None, report)?);
    }
    let region =
        stated.or_else(|| region_of(outline, load_balancers.first()?)).unwrap_or(reading.region);
    let customer = CustomerService::new(item.id, region, acceptance_required);
    let service = EndpointService {
        id: item.id,
        tags: Tags::named(item.name),
        region: region.name,
        owner,
        name: Arc::clone(&customer.name),
        base: base_name(item.id, region)?,
        load_balancers,
        zones: Vec::new(),
        acceptance_required,
        permissions,
        supported_regions,
        private_name,
        address_types: vec![AddressType::Ipv4],
    };
    reading.services.insert(item.id, customer);
    reading.plan(CreateVpcEndpointServiceConfiguration { service }, item.pos, item.node);
    Some(())
}

/// The region of a load balancer's VPC.
fn region_of(outline: &Outline<'_>, name: &Name) -> Option<&'static Region> {
    let item = outline.load_balancers.iter().find(|item| item.id == *name)?;
    outline.region_of_balancer(item.node)
}

fn supported_regions(fields: &MapReader<'_>, report: &mut Report<'_>) -> Vec<Arc<str>> {
    let regions: Vec<&'static Region> = fields.read_list("supported-regions", report);
    regions.into_iter().map(|region| region.name.into()).collect()
}

/// Reads a private name: a text, or a map with the proof of ownership.
pub(in crate::import) fn private_name(
    node: &Node,
    service: EndpointServiceId,
    report: &mut Report<'_>,
) -> Option<ServicePrivateName> {
    let (name, fields) = if let Kind::Map(_) = node.kind {
        let fields = MapReader::of(node, node.pos, keys::PRIVATE_DNS_NAME, report)?;
        (fields.required("name", report)?, Some(fields))
    } else {
        (node, None)
    };
    let text: String = reader::read(name, report)?;
    let Some(parsed) = PrivateName::parse(&text) else {
        let message = format!("expected a DNS name or `*.` and a DNS name, found \"{text}\"");
        report.error(name.pos, &message);
        return None;
    };
    let read = |key: &str, report: &mut Report<'_>| {
        fields.as_ref().and_then(|fields| fields.read::<Arc<str>>(key, report))
    };
    let (txt_name, txt_value) = proof(service, &text);
    let state = fields.and_then(|fields| fields.choice("state", VERIFICATIONS, report));
    let txt_name = read("txt-name", report).unwrap_or(txt_name);
    let txt_value = read("txt-value", report).unwrap_or(txt_value);
    let pos_of = |key: &str| fields.map_or(node.pos, |fields| fields.pos_of(key));
    let Ok(length) = u8::try_from(txt_value.len()) else {
        report.error(pos_of("txt-value"), "the value of a TXT record is at most 255 bytes long");
        return None;
    };
    let Some(txt_owner) = parsed.zone.prepend(txt_name.as_bytes()) else {
        report.error(pos_of("txt-name"), "the label does not fit in front of the name");
        return None;
    };
    let mut wire = vec![length];
    wire.extend_from_slice(txt_value.as_bytes());
    Some(ServicePrivateName {
        name: parsed,
        state: state.unwrap_or(VerificationState::PendingVerification),
        txt_name,
        txt_value,
        txt_owner,
        txt_data: Rdata::from_wire(&wire),
    })
}

/// Makes the TXT record that proves the ownership of a private name (L31), from the service and the name.
fn proof(service: EndpointServiceId, name: &str) -> (Arc<str>, Arc<str>) {
    let hash = |what: &str| stable_hash(&format!("{what}/{service}/{name}"));
    let letters = |mut rest: u128| {
        let mut text = String::with_capacity(20);
        for _ in 0..20 {
            let digit = u8::try_from(rest % 36).unwrap_or_default();
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
            rest /= 36;
        }
        text
    };
    let name = format!("_{}", letters(hash("txt-name")));
    let value = format!("vpce:{}", letters(hash("txt-value")));
    (name.into(), value.into())
}

//! VPC endpoints.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
};

use super::{
    Remark, Resource,
    compute::{Interface, Interfaces},
    endpoint_service::{Services, suppose_service},
    found::{Entries, Found, stand_in},
    layout::{Layout, region_of_service},
    value,
};
use crate::{
    catalog::{CatalogDate, Region},
    import::text::node::{Kind, Node},
    model::service::aws_service,
};

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCEndpointServicePermissions",
];

/// Adds the endpoints to their VPCs.
pub(super) fn endpoints<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    services: &mut Services,
) {
    let mut all = Vec::new();
    for resource in found.of("AWS::EC2::VPCEndpoint") {
        let Some(node) = resource.properties.get("VpcId") else {
            found.skip(resource, "it names no VPC");
            continue;
        };
        if let Some(vpc) = layout.vpc(found, node) {
            all.push((resource, vpc));
        }
    }
    // Gateway endpoints decide what AWS allows an interface endpoint of the same service (P54).
    let mut gateways = HashSet::new();
    for (resource, vpc) in &all {
        if kind_of(found, resource) == "gateway"
            && let Some(service) = found.text(resource, "ServiceName")
        {
            gateways.insert((*vpc, service));
        }
    }
    let mut private = HashMap::new();
    for (resource, vpc) in all {
        if let Some((fields, private_dns)) =
            endpoint(found, layout, interfaces, services, (resource, vpc))
        {
            let mut fields = fields;
            if let Some(service) = private_dns {
                let on = switch(found, resource, (vpc, service), &mut private)
                    && has_name(found, resource, service, services);
                let on = on
                    && inbound_only(
                        found,
                        resource,
                        gateways.contains(&(vpc, service)),
                        &mut fields,
                    );
                fields.text("private-dns", resource.pos, on.to_string());
            }
            if let Some(plan) = layout.vpcs.get_mut(vpc) {
                let node = fields.into_node(resource.pos);
                plan.endpoints.put_at(found.called(resource), resource.pos, node);
            }
        }
    }
}

/// Whether private DNS is on. If two endpoints have the same service, only the first can have it on (P81).
fn switch<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
    key: (usize, &'r str),
    private: &mut HashMap<(usize, &'r str), &'r str>,
) -> bool {
    match found.flag(resource, "PrivateDnsEnabled") {
        Some(true) => {}
        Some(false) => return false,
        None => {
            let message = format!(
                "{} does not give PrivateDnsEnabled; CloudFormation and Terraform use false",
                resource.label()
            );
            found.note(resource.pos, Remark::Inferred, message);
            return false;
        }
    }
    if let Some(first) = private.get(&key) {
        let why = format!(
            "AWS would refuse its private DNS, because {first} already has private DNS for this \
                           service; vpcdns switches it off"
        );
        found.skip(resource, &why);
        return false;
    }
    private.insert(key, &resource.name);
    true
}

/// Whether a service has a private name. The file says so for a customer's service, the catalogue for AWS's services.
fn has_name(
    found: &mut Found<'_>,
    resource: &Resource,
    service: &str,
    services: &Services,
) -> bool {
    let customer = service.split('.').find(|label| label.starts_with("vpce-svc-"));
    let named = customer.and_then(|id| services.named.get(id)).copied().unwrap_or(true);
    if !named {
        let why = "the file does not give the private name of its service; vpcdns switches its private DNS off";
        found.skip(resource, why);
    }
    named
}

/// Writes whether the private name counts only for queries through inbound endpoints (P51 to P54). False if vpcdns has
/// to switch private DNS off.
fn inbound_only<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
    has_gateway: bool,
    fields: &mut Entries,
) -> bool {
    let key = "private-dns-only-for-inbound-resolver-endpoint";
    let options = resource.properties.get("DnsOptions");
    let stated = options.and_then(|it| it.get("PrivateDnsOnlyForInboundResolverEndpoint"));
    let stated = stated.and_then(Node::text).and_then(|text| match text {
        "OnlyInboundResolver" => Some(true),
        "AllResolvers" => Some(false),
        _ => super::found::flag(text),
    });
    let service = found.text(resource, "ServiceName").unwrap_or_default();
    let region = region_of_service(service).unwrap_or(found.region);
    let gateway_too = aws_service(region.name, CatalogDate::default(), service)
        .is_some_and(|it| it.gateway_too());
    match stated {
        Some(true) if gateway_too && !has_gateway => {
            let why = "private DNS for inbound endpoints only needs a gateway endpoint, and the file has none; vpcdns \
                       switches it off";
            found.skip(resource, why);
            return false;
        }
        Some(on) if gateway_too => fields.text(key, resource.pos, on.to_string()),
        None if gateway_too && !has_gateway => {
            let message = format!(
                "{}: AWS would refuse private DNS for inbound endpoints only (the default) without a gateway \
                 endpoint; vpcdns uses it for every query",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
            fields.text(key, resource.pos, "false");
        }
        _ => {}
    }
    true
}

fn kind_of<'r>(found: &mut Found<'r>, resource: &'r Resource) -> String {
    // The API's default is a gateway endpoint (A12).
    found.text(resource, "VpcEndpointType").unwrap_or("Gateway").to_ascii_lowercase()
}

/// Reads an endpoint without its private DNS. Gives its service too, if the endpoint can have private DNS.
fn endpoint<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    services: &mut Services,
    (resource, vpc): (&'r Resource, usize),
) -> Option<(Entries, Option<&'r str>)> {
    let pos = resource.pos;
    let kind = kind_of(found, resource);
    if !matches!(kind.as_str(), "gateway" | "interface") {
        found.skip(
            resource,
            &format!(
                "vpcdns does not know endpoints of type {kind}, though traffic may go through it"
            ),
        );
        return None;
    }
    let state = found.text(resource, "State").unwrap_or("available");
    let state = match state.to_ascii_lowercase().as_str() {
        "available" | "modifying" => "available",
        "pending" => "pending",
        "pendingacceptance" => "pendingAcceptance",
        "rejected" => "rejected",
        _ => {
            found.leave(resource, &format!("its state is {state}"));
            return None;
        }
    };
    let service_node = found.get(resource, "ServiceName");
    let Some(service) = service_node.and_then(Node::text) else {
        found.skip(resource, "the file does not give its service");
        return None;
    };
    let mut fields = Entries::default();
    fields.text("id", pos, resource.id.clone());
    fields.text("type", pos, kind.clone());
    let customer = service.split('.').find(|label| label.starts_with("vpce-svc-"));
    fields.text("service", service_node.map_or(pos, |it| it.pos), customer.unwrap_or(service));
    let own = layout.vpcs.get(vpc)?.region;
    let stated = found.text(resource, "ServiceRegion");
    let region = stated.or_else(|| customer.and(region_of_service(service)).map(|it| it.name));
    if let Some(region) = region.filter(|name| *name != own.name) {
        fields.text("service-region", pos, region);
    }
    if let Some(policy) = found.get(resource, "PolicyDocument")
        && matches!(policy.kind, Kind::Scalar(_) | Kind::Map(_))
    {
        fields.put("policy", value::cleared(policy));
    }
    if kind == "gateway" {
        let mut tables = Vec::new();
        let listed = resource.properties.get("RouteTableIds");
        for node in listed.map_or(&[][..], super::found::items) {
            let id = layout.table(found, node, vpc);
            tables.extend(id.map(|id| value::text(node.pos, id)));
        }
        fields.list("route-tables", pos, tables);
        return Some((fields, None));
    }
    fields.text("state", pos, state);
    let (suffix, private) = dns_entries(found, resource);
    if let Some(suffix) = suffix {
        fields.text("suffix", pos, suffix);
    }
    let subnets = subnets(found, layout, interfaces, resource, vpc)?;
    address_types(found, layout, resource, &subnets, &mut fields);
    if let Some(id) = customer
        && !services.named.contains_key(id)
    {
        let zones: Vec<String> = subnets
            .iter()
            .filter_map(|(index, ..)| Some(layout.subnets.get(*index)?.zone.clone()))
            .collect();
        let about = (id, own, zones, private);
        suppose_service(found, layout, services, resource, about)?;
    }
    let mut entries = Entries::default();
    for (index, v4, v6) in subnets {
        let id = layout.subnets.get(index)?.id.clone();
        let mut addresses = Entries::default();
        if let Some(v4) = v4 {
            addresses.text("ipv4", pos, v4.to_string());
        }
        if let Some(v6) = v6 {
            addresses.text("ipv6", pos, v6);
        }
        entries.put(id, addresses.into_node(pos));
    }
    fields.map("subnets", pos, entries);
    Some((fields, Some(service)))
}

/// The random label in the endpoint's names, and the private name of its service, from its DNS entries (N1, N31).
fn dns_entries<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
) -> (Option<&'r str>, Option<&'r str>) {
    let names: Vec<&str> = found
        .list(resource, "DnsEntries")
        .into_iter()
        .filter_map(|entry| entry.get("DnsName")?.text())
        .collect();
    let (own, others): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| name.contains(".vpce."));
    let label = own.first().and_then(|name| name.trim_start_matches("*.").split('.').next());
    let rest =
        label.and_then(|label| label.strip_prefix("vpce-")).and_then(|it| it.split_once('-'));
    let suffix = rest.and_then(|(_, rest)| rest.split('-').next());
    let told = rest.map(|(id, _)| format!("vpce-{id}")).filter(|id| *id != resource.id);
    if let Some(told) = told {
        let message = format!(
            "{}: its DNS names contain {told}; vpcdns makes them from its id {}",
            resource.label(),
            resource.id
        );
        found.note(resource.pos, Remark::Assumed, message);
    }
    (suffix.filter(|it| !it.is_empty()), others.first().copied())
}

/// The address families. IPv4 only if a subnet has no IPv6 range.
fn address_types<'r>(
    found: &mut Found<'r>,
    layout: &Layout,
    resource: &'r Resource,
    subnets: &[InSubnet],
    fields: &mut Entries,
) {
    let pos = resource.pos;
    let options = resource.properties.get("DnsOptions").and_then(|it| it.get("DnsRecordIpType"));
    let text = |node: Option<&Node>| {
        node.filter(|it| value::is_unknown(it).is_none())
            .and_then(Node::text)
            .map(str::to_ascii_lowercase)
    };
    let family = text(resource.properties.get("IpAddressType"));
    let record = text(options).filter(|it| it != "not-specified");
    let lacks =
        |(index, ..): &InSubnet| layout.subnets.get(*index).is_none_or(|it| it.ipv6.is_none());
    if family.as_deref().is_some_and(|it| it != "ipv4") && subnets.iter().any(lacks) {
        found.skip(
            resource,
            "its IPv6 addresses, because one of its subnets has no IPv6 range in the file",
        );
        return;
    }
    if let Some(family) = family {
        fields.text("ip-address-type", pos, family);
    }
    if let Some(record) = record {
        fields.text("dns-record-ip-type", pos, record);
    }
}

type InSubnet = (usize, Option<Ipv4Addr>, Option<String>);

/// The subnets in which an endpoint has interfaces, and its addresses there.
fn subnets<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    resource: &'r Resource,
    vpc: usize,
) -> Option<Vec<InSubnet>> {
    let description = format!("VPC Endpoint Interface {}", resource.id);
    let mut held: Vec<Interface<'_>> = interfaces.described(&description).to_vec();
    if held.is_empty() {
        let ids = found.texts(resource, "NetworkInterfaceIds");
        held = ids.into_iter().filter_map(|id| interfaces.by_id(id)).collect();
    }
    let stated = resource.properties.get("SubnetConfigurations").map_or(&[][..], Node::items);
    let stated = |id: &str| {
        let is_it = |it: &&Node| it.get("SubnetId").and_then(Node::text) == Some(id);
        stated.iter().find(is_it)
    };
    let v4 = resource.properties.get("IpAddressType").and_then(Node::text) != Some("ipv6");
    // An endpoint can name its subnets only in its list of addresses.
    let configured: Vec<Node> = resource
        .properties
        .get("SubnetConfigurations")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|it| it.get("SubnetId").cloned())
        .collect();
    let configured = (!configured.is_empty()).then(|| value::list(resource.pos, configured));
    let listed = resource.properties.get("SubnetIds");
    let listed = listed.filter(|it| !matches!(&it.kind, Kind::Seq(items) if items.is_empty()));
    let Some(node) = listed.or(configured.as_ref()) else {
        let mut all = Vec::new();
        for interface in &held {
            let Some(index) = layout.subnet(found, interface.subnet, vpc) else { continue };
            let address = interface.address.and_then(|it| layout.claim(found, index, it, resource));
            all.push((index, address, None));
        }
        if all.is_empty() {
            found.skip(resource, "it names no subnet");
            return None;
        }
        return Some(all);
    };
    let mut all = Vec::new();
    let mut supposed = Vec::new();
    for index in layout.subnets(found, node, vpc) {
        let id = layout.subnets.get(index)?.id.clone();
        let interface = held.iter().find(|it| it.subnet.text() == Some(id.as_str()));
        let configuration = stated(&id);
        let text = |key: &str| configuration.and_then(|it| it.get(key)).and_then(Node::text);
        let told = interface
            .and_then(|it| it.address)
            .or_else(|| text("Ipv4").and_then(|text| text.parse().ok()));
        let told = told.and_then(|it| layout.claim(found, index, it, resource));
        let v6 = interface.and_then(|it| it.ipv6).or_else(|| text("Ipv6"));
        all.push((index, told, v6.filter(|it| !it.is_empty()).map(str::to_owned)));
    }
    for (index, address, _) in all.iter_mut().filter(|it| it.1.is_none() && v4) {
        *address = layout.free(*index);
        supposed.extend(address.map(|it| it.to_string()));
    }
    let wants_v6 = resource.properties.get("IpAddressType").and_then(Node::text);
    if wants_v6.is_some_and(|it| it != "ipv4") {
        for (index, v4, v6) in all.iter_mut().filter(|it| it.2.is_none()) {
            let beside = v4.or_else(|| layout.free(*index));
            let made = beside.and_then(|address| layout.ipv6_beside(*index, address));
            *v6 = made.map(|it| it.to_string());
            supposed.extend(v6.clone());
        }
    }
    if !supposed.is_empty() {
        let message = stand_in(&supposed, "addresses", resource);
        found.note(resource.pos, Remark::Assumed, message);
    }
    Some(all)
}

/// The region in the names of AWS's services in the files.
pub(super) fn region_of(resources: &[Resource]) -> Option<&'static Region> {
    let endpoints = resources.iter().filter(|it| it.kind == "AWS::EC2::VPCEndpoint");
    endpoints
        .filter_map(|endpoint| endpoint.properties.get("ServiceName"))
        .filter(|node| value::is_unknown(node).is_none())
        .find_map(|node| node.text().and_then(region_of_service))
}

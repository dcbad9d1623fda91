//! AWS's rules about endpoints, each with the code and text of its refusal.
//!
//! Shared by creating and modifying. Pure checks: nothing here changes a World.

use std::sync::Arc;

use super::{
    endpoint::{AddressType, Endpoint, EndpointKind, RecordIpType, ServiceRef},
    gateway_route_table,
    id::{EndpointServiceId, RouteTableId, SecurityGroupId},
    refusal::Refusal,
    security_group::{DEFAULT, default_group},
    service::{self, PrivateName},
    subnet::Subnet,
    vpc::Vpc,
    world::World,
};
use crate::catalog;

/// Whether a service of AWS's can be reached from another region (P100).
pub fn is_remote(short: &str) -> bool {
    catalog::service_rules(short).remote
}

/// The service in a request, its region, and whether it accepts connections without being asked.
pub(super) fn find_service(
    world: &World,
    vpc: &Vpc,
    region: &str,
    name: &str,
) -> Result<(ServiceRef, &'static str, bool), Refusal> {
    let missing = || {
        Refusal::new(
            "InvalidServiceName",
            format!("The Vpc Endpoint Service '{name}' does not exist"),
            "L24",
        )
    };
    let Some(known_region) = catalog::region(region) else {
        return Err(Refusal::parameter(
            format!("The service region '{region}' does not exist"),
            "P100",
        ));
    };
    // A customer's service is named after its id (L20).
    let customer = name
        .rsplit('.')
        .next()
        .and_then(|id| id.parse::<EndpointServiceId>().ok())
        .and_then(|id| world.endpoint_services.get(&id))
        .filter(|service| *service.name == *name);
    if let Some(customer) = customer {
        if !customer.allows(&vpc.owner)
            || customer.region != known_region.name
            || (customer.region != vpc.region && !customer.supports(vpc.region))
        {
            return Err(missing());
        }
        let service = ServiceRef::Customer {
            id: customer.id,
            name: Arc::clone(&customer.name),
            base: customer.base.clone(),
        };
        return Ok((service, customer.region, !customer.acceptance_required));
    }
    let aws =
        service::aws_service(region, world.switches.catalog_date, name).ok_or_else(missing)?;
    if known_region.name != vpc.region && !is_remote(aws.short()) {
        return Err(missing());
    }
    Ok((ServiceRef::Aws(aws), known_region.name, true))
}

/// Whether the service offers this kind of endpoint.
pub(super) fn check_kind(kind: EndpointKind, service: &ServiceRef) -> Result<(), Refusal> {
    let (interface, gateway) = match service {
        ServiceRef::Aws(aws) => (aws.service.interface, aws.service.gateway),
        ServiceRef::Customer { .. } => (true, false),
    };
    let (asked, offered) = match kind {
        EndpointKind::Interface => ("Interface", interface),
        EndpointKind::Gateway => ("Gateway", gateway),
    };
    if offered {
        return Ok(());
    }
    let types = match (interface, gateway) {
        (true, true) => "Interface, Gateway",
        (true, false) => "Interface",
        (false, true) => "Gateway",
        (false, false) => "",
    };
    Err(Refusal::parameter(
        format!("Endpoint type ({asked}) does not match available service types ([{types}])."),
        "A13",
    ))
}

/// The record type an endpoint gets, checked against its address type (P43, P45).
pub(super) fn record_type(
    endpoint: &Endpoint,
    asked: Option<RecordIpType>,
) -> Result<RecordIpType, Refusal> {
    use RecordIpType::{Dualstack, Ipv4, Ipv6, ServiceDefined};
    let gateway = endpoint.kind == EndpointKind::Gateway;
    let default = match (gateway, endpoint.address_type) {
        (true, _) => ServiceDefined,
        (false, AddressType::Ipv4) => Ipv4,
        (false, AddressType::Ipv6) => Ipv6,
        (false, AddressType::Dualstack) => Dualstack,
    };
    let Some(asked) = asked else { return Ok(default) };
    let allowed: &[RecordIpType] = match (gateway, endpoint.address_type) {
        (true, AddressType::Ipv4) => &[Ipv4, ServiceDefined],
        (true, AddressType::Ipv6) => &[Ipv6, ServiceDefined],
        (_, AddressType::Dualstack) => &[Dualstack, Ipv4, Ipv6, ServiceDefined],
        (false, AddressType::Ipv4) => &[Ipv4],
        (false, AddressType::Ipv6) => &[Ipv6],
    };
    let rules = endpoint.service.aws().map(|aws| catalog::service_rules(aws.short()));
    let only_defined = gateway && rules.is_some_and(|rules| rules.record_ip_service_defined);
    if !allowed.contains(&asked) || (only_defined && asked != ServiceDefined) {
        return Err(Refusal::parameter(
            format!(
                "DnsRecordIpType {} is not supported with IpAddressType {} for this endpoint.",
                asked.text(),
                endpoint.address_type.text()
            ),
            if gateway { "P45" } else { "P43" },
        ));
    }
    Ok(asked)
}

/// A gateway endpoint whose record type changes answers needs both VPC attributes (P46).
pub(super) fn check_gateway_record_type(world: &World, endpoint: &Endpoint) -> Result<(), Refusal> {
    let vpc = world.vpc(endpoint.vpc)?;
    if endpoint.record_type == RecordIpType::ServiceDefined || vpc.both_attributes() {
        return Ok(());
    }
    Err(Refusal::parameter(
        format!(
            "DnsRecordIpType {} requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {}",
            endpoint.record_type.text(),
            vpc.id
        ),
        "P46",
    ))
}

/// Whether a gateway endpoint may add its route to a table (G4).
pub(super) fn check_route_table(
    world: &World,
    endpoint: &Endpoint,
    table: RouteTableId,
) -> Result<(), Refusal> {
    let found = world.route_table(table)?;
    if found.vpc != endpoint.vpc {
        return Err(Refusal::parameter(
            format!("Route table {table} and VPC {} belong to different networks", endpoint.vpc),
            "G1",
        ));
    }
    if gateway_route_table::user(world, endpoint.vpc, table).is_some() {
        let list = prefix_list_id(world, endpoint).unwrap_or_default();
        return Err(gateway_route_table::no_list(table, &list));
    }
    let same_service = |other: &Endpoint| {
        other.kind == EndpointKind::Gateway && other.service.name() == endpoint.service.name()
    };
    let taken = endpoint.route_tables.contains(&table)
        || world.endpoints_of(endpoint.vpc).any(|other| {
            other.id != endpoint.id && same_service(other) && other.route_tables.contains(&table)
        });
    if taken {
        let prefix_list = prefix_list_id(world, endpoint).unwrap_or_default();
        return Err(Refusal::new(
            "RouteAlreadyExists",
            format!(
                "route table {table} already has a route with destination-prefix-list-id {prefix_list}"
            ),
            "G4",
        ));
    }
    Ok(())
}

/// The prefix list whose route a gateway endpoint adds (G1).
pub fn prefix_list_id(world: &World, endpoint: &Endpoint) -> Option<String> {
    let region = catalog::region(world.vpcs.get(&endpoint.vpc)?.region)?;
    Some(catalog::prefix_list(region, endpoint.service.aws()?.short())?.id.clone())
}

/// Whether an interface endpoint may have an interface in a subnet (N50, A43, P102).
pub(super) fn check_subnet(
    world: &World,
    endpoint: &Endpoint,
    subnet: &Subnet,
) -> Result<(), Refusal> {
    if subnet.vpc != endpoint.vpc {
        return Err(Refusal::parameter(
            format!("Subnet {} does not belong to VPC {}", subnet.id, endpoint.vpc),
            "N50",
        ));
    }
    if endpoint.interfaces.iter().any(|interface| interface.zone == subnet.zone) {
        return Err(Refusal::new(
            "DuplicateSubnetsInSameZone",
            format!(
                "Found another VPC endpoint subnet in the availability zone of {}. VPC endpoint subnets should be in \
                 different availability zones supported by the VPC endpoint service.",
                subnet.id
            ),
            "N50",
        ));
    }
    let vpc = world.vpc(endpoint.vpc)?;
    let region = catalog::region(vpc.region);
    let zones = region.map_or(&[][..], |region| &region.zones);
    let is_remote = zones.iter().all(|zone| zone.name != &*subnet.zone || zone.remote);
    if endpoint.is_cross_region(vpc.region) && !is_remote {
        let supported: Vec<_> =
            zones.iter().filter(|zone| zone.remote).map(|zone| zone.id).collect();
        return Err(Refusal::parameter(
            format!(
                "Only the following availability zones are supported for remote access: {}",
                supported.join(", ")
            ),
            "P102",
        ));
    }
    let offered = match &endpoint.service {
        ServiceRef::Customer { id, .. } => world
            .endpoint_services
            .get(id)
            .is_none_or(|service| service.zones.is_empty() || service.zones.contains(&subnet.zone)),
        ServiceRef::Aws(aws) => !aws.service.zones.lack(aws.region, &subnet.zone),
    };
    if !offered && !endpoint.is_cross_region(vpc.region) {
        return Err(Refusal::parameter(
            format!(
                "The VPC endpoint service {} does not support the availability zone of the subnet: {}.",
                endpoint.service.name(),
                subnet.id
            ),
            "T21",
        ));
    }
    Ok(())
}

/// The zones private DNS makes for an endpoint while it is on (N23, N35, L35, P44).
pub(super) fn private_names(world: &World, endpoint: &Endpoint) -> Vec<PrivateName> {
    match &endpoint.service {
        ServiceRef::Customer { id, .. } => world
            .endpoint_services
            .get(id)
            .and_then(|service| service.verified_private_name())
            .cloned()
            .into_iter()
            .collect(),
        ServiceRef::Aws(aws) => {
            let mut names = aws.private_names.clone();
            if endpoint.record_type != RecordIpType::Ipv4 {
                let more = &aws.service.dual_stack_names;
                names.extend(more.iter().filter_map(|name| PrivateName::parse(name)));
            }
            names
        }
    }
}

/// Whether leaving `PrivateDnsOnlyForInboundResolverEndpoint` out means true (P53).
pub(super) fn inbound_only_by_default(endpoint: &Endpoint) -> bool {
    endpoint.service.aws().is_some_and(service::AwsService::gateway_too)
}

/// Refuses the option, with any value, on an interface endpoint of a service without a gateway type (P50). Checked
/// first, so that a client learns first that the option itself is wrong.
pub(super) fn check_inbound_only(endpoint: &Endpoint, stated: Option<bool>) -> Result<(), Refusal> {
    if stated.is_none() || inbound_only_by_default(endpoint) {
        return Ok(());
    }
    Err(Refusal::parameter(
        "PrivateDnsOnlyForInboundResolverEndpoint not supported for this service.",
        "P50",
    ))
}

/// Refuses the option on a gateway endpoint (P55).
pub(super) fn inbound_only_on_gateway() -> Refusal {
    Refusal::parameter(
        "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
        "P55",
    )
}

/// Refuses the option while private DNS is off.
pub(super) fn inbound_only_without_private_dns() -> Refusal {
    Refusal::parameter(
        "PrivateDnsOnlyForInboundResolverEndpoint requires PrivateDnsEnabled to be true.",
        "P51",
    )
}

/// Whether private DNS may be on (P54, P80 to P82).
pub(super) fn check_private_dns(world: &World, endpoint: &Endpoint) -> Result<(), Refusal> {
    let vpc = world.vpc(endpoint.vpc)?;
    if endpoint.private_names.is_empty() {
        return Err(Refusal::parameter(
            format!(
                "Private DNS can't be enabled because the service {} does not provide a private DNS name.",
                endpoint.service.name()
            ),
            "P82",
        ));
    }
    if !vpc.both_attributes() {
        return Err(Refusal::parameter(
            format!(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to \
                 true for {}",
                vpc.id
            ),
            "P80",
        ));
    }
    if endpoint.inbound_only {
        let has_gateway = world.endpoints_of(vpc.id).any(|other| {
            other.kind == EndpointKind::Gateway && other.service.name() == endpoint.service.name()
        });
        if !has_gateway {
            return Err(Refusal::parameter(
                format!(
                    "To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {} must have a Gateway endpoint \
                     for the service.",
                    vpc.id
                ),
                "P54",
            ));
        }
    }
    for name in &endpoint.private_names {
        let taken_by_endpoint = world.endpoints_of(vpc.id).any(|other| {
            other.id != endpoint.id
                && other.private_dns
                && other.private_names.iter().any(|theirs| theirs.zone == name.zone)
        });
        if taken_by_endpoint || world.zones_of(vpc.id).any(|zone| zone.name == name.zone) {
            return Err(Refusal::parameter(
                format!(
                    "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {} in \
                     the VPC {}",
                    name.zone, vpc.id
                ),
                "P81",
            ));
        }
    }
    Ok(())
}

/// Whether an endpoint may be deleted (P56).
pub(super) fn check_delete(world: &World, endpoint: &Endpoint) -> Result<(), Refusal> {
    if endpoint.kind != EndpointKind::Gateway {
        return Ok(());
    }
    let same = |other: &Endpoint, kind| {
        other.kind == kind && other.service.name() == endpoint.service.name()
    };
    let another = world
        .endpoints_of(endpoint.vpc)
        .any(|other| other.id != endpoint.id && same(other, EndpointKind::Gateway));
    let needed = world.endpoints_of(endpoint.vpc).find(|other| {
        same(other, EndpointKind::Interface) && other.private_dns && other.inbound_only
    });
    match needed {
        Some(interface) if !another => Err(Refusal::parameter(
            format!(
                "The gateway endpoint {} cannot be deleted while {} has PrivateDnsOnlyForInboundResolverEndpoint set",
                endpoint.id, interface.id
            ),
            "P56",
        )),
        _ => Ok(()),
    }
}

/// The security groups of an endpoint with their names: its own, else its VPC's default one. A gateway endpoint has none.
pub fn security_groups(world: &World, endpoint: &Endpoint) -> Vec<(SecurityGroupId, String)> {
    if endpoint.kind == EndpointKind::Gateway || !world.vpcs.contains_key(&endpoint.vpc) {
        return Vec::new();
    }
    if endpoint.security_groups.is_empty() {
        return vec![(default_group(endpoint.vpc), DEFAULT.to_owned())];
    }
    // A world file may name groups that it does not describe.
    let name = |id: &SecurityGroupId| {
        world.security_groups.get(id).map_or_else(|| id.to_string(), |group| group.name.to_string())
    };
    endpoint.security_groups.iter().map(|id| (*id, name(id))).collect()
}

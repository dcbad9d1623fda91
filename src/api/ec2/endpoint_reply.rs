//! A VPC endpoint as replies show it (spec §1.3 and §9.2).

use crate::{
    api::shape::{Fields, Time},
    catalog,
    model::{
        endpoint::{Endpoint, EndpointKind},
        endpoint_rules,
        world::World,
    },
};

/// The policy of an endpoint that was given none (G7).
const OPEN_POLICY: &str = "{\"Statement\":[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Resource\":\"*\"}]}";
/// The same for a gateway endpoint (G7).
const OPEN_GATEWAY_POLICY: &str = "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

/// `VpcEndpointType`.
pub(super) fn kind_text(kind: EndpointKind) -> &'static str {
    match kind {
        EndpointKind::Interface => "Interface",
        EndpointKind::Gateway => "Gateway",
    }
}

/// Whether the zones of an endpoint's private names have their ids in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ZoneIds {
    /// Not yet: in the reply that tells of its making (N33).
    Pending,
    /// In any other reply.
    Known,
}

/// The members of `vpcEndpoint`.
pub(super) fn fields(world: &World, endpoint: &Endpoint, zone_ids: ZoneIds) -> Fields {
    let gateway = endpoint.kind == EndpointKind::Gateway;
    let default_policy = if gateway { OPEN_GATEWAY_POLICY } else { OPEN_POLICY };
    let groups: Vec<Fields> = endpoint_rules::security_groups(world, endpoint)
        .into_iter()
        .map(|(id, name)| Fields::new().set("groupId", id).set("groupName", name))
        .collect();
    let mut options = Fields::new().set("dnsRecordIpType", endpoint.record_type.text());
    // A10: only what can be set on the endpoint is shown.
    if !gateway && endpoint.service.aws().is_some_and(|aws| aws.gateway_too()) {
        options = options.set("privateDnsOnlyForInboundResolverEndpoint", endpoint.inbound_only);
    }
    Fields::new()
        .set("vpcEndpointId", endpoint.id)
        .set("vpcEndpointType", kind_text(endpoint.kind))
        .set("vpcId", endpoint.vpc)
        .set("serviceName", endpoint.service.name())
        .set("state", endpoint.state.text())
        .set("policyDocument", endpoint.policy.as_deref().unwrap_or(default_policy))
        .texts("routeTableIdSet", &endpoint.route_tables)
        .texts("subnetIdSet", endpoint.interfaces.iter().map(|interface| interface.subnet))
        .list("groupSet", groups)
        .set("ipAddressType", endpoint.address_type.text())
        .fields("dnsOptions", options)
        .set("privateDnsEnabled", endpoint.private_dns)
        .set("requesterManaged", false)
        .texts("networkInterfaceIdSet", endpoint.interfaces.iter().map(|interface| interface.id))
        .list("dnsEntrySet", dns_entries(world, endpoint, zone_ids))
        .maybe(
            "creationTimestamp",
            endpoint.created.map(|at| {
                // A5: an interface endpoint's has milliseconds.
                if gateway { Time::whole(at) } else { Time::exact(at) }
            }),
        )
        .tags(&endpoint.tags)
        .set("ownerId", &endpoint.owner)
        .set("serviceRegion", endpoint.service_region)
}

/// `dnsEntrySet`: regional, zonal, then private names (N30 to N37).
pub(super) fn dns_entries(world: &World, endpoint: &Endpoint, zone_ids: ZoneIds) -> Vec<Fields> {
    if endpoint.kind == EndpointKind::Gateway {
        return Vec::new();
    }
    let vpc_region =
        world.vpcs.get(&endpoint.vpc).map_or(endpoint.service_region, |vpc| vpc.region);
    let zone = catalog::region(vpc_region).and_then(|region| region.vpce_hosted_zone);
    let entry = |name: String, zone: Option<String>| {
        Fields::new().set("dnsName", name).maybe("hostedZoneId", zone)
    };
    let own = |name: String| entry(name, zone.map(str::to_owned));
    // S3 lists its names with a wildcard in front (N20).
    let wildcard = endpoint.service.aws().is_some_and(|aws| aws.any_label_in_front());
    let text = |name: String| if wildcard { format!("*.{name}") } else { name };
    let mut entries: Vec<Fields> =
        endpoint.regional_names().iter().map(|name| own(text(name.to_string()))).collect();
    if !endpoint.is_cross_region(vpc_region) {
        for interface in &endpoint.interfaces {
            let names = endpoint.zonal_names(&interface.zone);
            entries.extend(names.iter().map(|name| own(text(name.to_string()))));
        }
    }
    if endpoint.private_dns {
        for name in &endpoint.private_names {
            let id = match zone_ids {
                ZoneIds::Pending => "ZONEIDPENDING".to_owned(),
                ZoneIds::Known => endpoint.hidden_zone_id(&name.zone).to_string(),
            };
            entries.push(entry(name.zone.to_string(), Some(id.clone())));
            if name.wildcard {
                entries.push(entry(name.text.to_string(), Some(id)));
            }
        }
    }
    entries
}

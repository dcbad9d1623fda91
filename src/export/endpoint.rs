//! VPC endpoints, in a state that a world file can express.

use serde_json::{Map, Value};

use super::{
    entry::{put, put_flag, put_list, put_map, put_text},
    names::Names,
};
use crate::model::{
    endpoint::{Endpoint, EndpointKind, EndpointState, ServiceRef},
    vpc::Vpc,
    world::World,
};

/// Whether an endpoint still uses a private name that its service no longer has (L35).
pub(super) fn keeps_lost_name(world: &World, endpoint: &Endpoint) -> bool {
    let ServiceRef::Customer { id, .. } = &endpoint.service else { return false };
    let service = world.endpoint_services.get(id);
    endpoint.private_dns && service.and_then(|it| it.verified_private_name()).is_none()
}

/// An endpoint. `None` for one that is dead: it answers nothing, and a file cannot describe it.
pub(super) fn tree(world: &World, vpc: &Vpc, names: &Names, endpoint: &Endpoint) -> Option<Value> {
    let state = match endpoint.state {
        EndpointState::Available | EndpointState::Modifying => "available",
        EndpointState::Pending => "pending",
        EndpointState::PendingAcceptance => "pendingAcceptance",
        EndpointState::Rejected => "rejected",
        EndpointState::Expired | EndpointState::Failed | EndpointState::Deleting => return None,
    };
    let mut map = Map::new();
    put(&mut map, "id", endpoint.id.to_string());
    put(&mut map, "suffix", &*endpoint.suffix);
    put(
        &mut map,
        "service",
        match &endpoint.service {
            ServiceRef::Aws(_) => endpoint.service.name().to_owned(),
            ServiceRef::Customer { id, .. } => id.to_string(),
        },
    );
    if endpoint.is_cross_region(vpc.region) {
        put(&mut map, "service-region", endpoint.service_region);
    }
    put_text(&mut map, "policy", endpoint.policy.as_ref());
    put_list(&mut map, "security-groups", &endpoint.security_groups);
    put(&mut map, "ip-address-type", endpoint.address_type.text());
    put(&mut map, "dns-record-ip-type", endpoint.record_type.text());
    if endpoint.kind == EndpointKind::Gateway {
        put(&mut map, "type", "gateway");
        put_list(&mut map, "route-tables", endpoint.route_tables.iter().map(|id| names.of(id)));
        return Some(Value::Object(map));
    }
    let private_dns = endpoint.private_dns && !keeps_lost_name(world, endpoint);
    put(&mut map, "private-dns", private_dns);
    if private_dns {
        let usual = endpoint.service.aws().is_some_and(|aws| aws.gateway_too());
        let key = "private-dns-only-for-inbound-resolver-endpoint";
        put_flag(&mut map, key, endpoint.inbound_only, usual);
    }
    let subnets = endpoint.interfaces.iter().map(|interface| {
        let mut addresses = Map::new();
        put_text(&mut addresses, "ipv4", interface.v4);
        put_text(&mut addresses, "ipv6", interface.v6);
        (names.of(&interface.subnet), Value::Object(addresses))
    });
    put_map(&mut map, "subnets", subnets.collect());
    put(&mut map, "state", state);
    let unhealthy = endpoint.interfaces.iter().filter(|it| !it.healthy).map(|it| &it.zone);
    put_list(&mut map, "unhealthy-zones", unhealthy);
    Some(Value::Object(map))
}

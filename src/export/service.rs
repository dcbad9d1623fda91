//! Load balancers, and the endpoint services in front of them.

use serde_json::{Map, Value};

use super::{
    balancing,
    entry::{Part, put, put_flag, put_list, put_map, put_text, put_values},
    names::Names,
};
use crate::model::{
    id::EndpointServiceId,
    load_balancer::{BalancerAddressType, ClientRouting, LoadBalancer, LoadBalancerZone},
    world::World,
};

/// The key of a load balancer: its name if no other one has it, else its DNS name.
fn key(world: &World, balancer: &LoadBalancer) -> String {
    let shared = world.load_balancers.values().filter(|it| it.label == balancer.label).count() > 1;
    if shared { balancer.dns_name.to_string() } else { balancer.label.to_string() }
}

/// The load balancers.
pub(super) fn load_balancers(world: &World) -> Map<String, Value> {
    let mut balancers: Vec<_> = world.load_balancers.values().collect();
    balancers.sort_by(|one, other| one.dns_name.cmp(&other.dns_name));
    balancers.into_iter().map(|it| (key(world, it), load_balancer(world, it))).collect()
}

fn load_balancer(world: &World, balancer: &LoadBalancer) -> Value {
    let mut map = Map::new();
    put(&mut map, "dns-name", &*balancer.shown_name);
    put(&mut map, "type", balancer.kind.text());
    put(&mut map, "vpc", balancer.vpc.to_string());
    put(&mut map, "scheme", if balancer.internet_facing { "internet-facing" } else { "internal" });
    let zones = balancer.zones.iter();
    let zones = zones.map(|it| (it.zone.to_string(), zone(world, balancer, it)));
    put_map(&mut map, "zones", zones.collect());
    let unhealthy = balancer.zones.iter().filter(|it| !it.healthy).map(|it| &it.zone);
    put_list(&mut map, "unhealthy-zones", unhealthy);
    // A target may be terminated by now.
    let targets = balancer.targets.iter().filter(|it| world.instances.contains_key(*it));
    put_list(&mut map, "targets", targets);
    put(
        &mut map,
        "client-routing",
        match balancer.client_routing {
            ClientRouting::AnyAvailabilityZone => "any",
            ClientRouting::AvailabilityZoneAffinity => "zone-affinity",
            ClientRouting::PartialAvailabilityZoneAffinity => "partial-zone-affinity",
        },
    );
    let options = &balancer.options;
    let address_type = options.address_type;
    let is_usual = address_type == BalancerAddressType::Ipv4;
    put_text(&mut map, "ip-address-type", (!is_usual).then(|| address_type.text()));
    put_flag(&mut map, "source-nat-ipv6", options.source_nat_ipv6, false);
    put_map(&mut map, "attributes", balancing::attributes(&options.attributes));
    put_values(&mut map, "listeners", balancing::listeners(balancer));
    if let Some(check) = &options.classic_health_check {
        put(&mut map, "health-check", balancing::document(check));
    }
    Value::Object(map)
}

/// An address, or a map if more is known than that.
fn zone(world: &World, balancer: &LoadBalancer, zone: &LoadBalancerZone) -> Value {
    let mut map = Map::new();
    // An elastic address is no part of a world file; the address itself stays.
    put(&mut map, "address", zone.address.to_string());
    put_text(&mut map, "private-address", zone.private);
    put_text(&mut map, "ipv6", zone.ipv6);
    let own = zone.subnet_of(world, balancer).map(|it| it.id);
    let stated = LoadBalancerZone { subnet: None, ..zone.clone() };
    let guessed = stated.subnet_of(world, balancer).map(|it| it.id);
    put_text(&mut map, "subnet", own.filter(|_| zone.subnet.is_some() && own != guessed));
    put_flag(&mut map, "chosen", zone.chosen, false);
    if map.len() == 1 { zone.address.to_string().into() } else { Value::Object(map) }
}

/// The endpoint services.
impl Part for EndpointServiceId {
    fn things(world: &World, names: &Names) -> Map<String, Value> {
        let mut services: Vec<_> = world.endpoint_services.values().collect();
        services.sort_by_key(|service| service.id);
        let tree = |service: &std::sync::Arc<crate::model::endpoint_service::EndpointService>| {
            let mut map = Map::new();
            put(&mut map, "id", service.id.to_string());
            put(&mut map, "region", service.region);
            put(&mut map, "owner", &*service.owner);
            let balancers = service.load_balancers.iter();
            let balancers = balancers.map(|name| {
                let balancer = world.load_balancers.get(name);
                balancer.map_or_else(|| name.to_string(), |balancer| key(world, balancer))
            });
            put_list(&mut map, "load-balancers", balancers);
            put(&mut map, "acceptance-required", service.acceptance_required);
            put_list(&mut map, "permissions", &service.permissions);
            put_list(&mut map, "supported-regions", &service.supported_regions);
            if let Some(private) = &service.private_name {
                let mut name = Map::new();
                put(&mut name, "name", &*private.name.text);
                put(&mut name, "state", private.state.text());
                put(&mut name, "txt-name", &*private.txt_name);
                put(&mut name, "txt-value", &*private.txt_value);
                put_map(&mut map, "private-dns-name", name);
            }
            Value::Object(map)
        };
        services.into_iter().map(|service| (names.of(&service.id), tree(service))).collect()
    }
}

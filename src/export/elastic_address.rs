//! Elastic addresses. A NAT gateway writes its own, unless they have more to say.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_text},
    names::Names,
};
use crate::model::{
    elastic_address::ElasticAddress, id::AllocationId, network_interface::Interface, world::World,
};

impl Part for AllocationId {
    fn things(world: &World, names: &Names) -> Map<String, Value> {
        let of_nat: HashSet<AllocationId> = world
            .nat_gateways
            .values()
            .flat_map(|gateway| &gateway.addresses)
            .filter_map(|address| Some(address.elastic?.allocation))
            .collect();
        let mut all: Vec<_> = world.elastic_addresses.values().collect();
        all.sort_by_key(|it| it.id);
        all.into_iter()
            .filter(|it| {
                let says_more = it.reverse_name.is_some() || it.tags.name().is_some();
                !of_nat.contains(&it.id) || says_more
            })
            .map(|it| (names.of(&it.id), Value::Object(address(world, names, it))))
            .collect()
    }
}

fn address(world: &World, names: &Names, address: &ElasticAddress) -> Map<String, Value> {
    let mut map = Map::new();
    put(&mut map, "id", address.id.to_string());
    put(&mut map, "address", address.address.to_string());
    put(&mut map, "region", address.region);
    put(&mut map, "owner", &*address.owner);
    put_text(&mut map, "domain-name", address.reverse_name.as_ref());
    // Interfaces that no instance was launched with have no place in a world file.
    if let Some(association) = address.association
        && let Ok(Interface::Primary(instance)) = world.interface(association.interface)
    {
        put(&mut map, "instance", names.of(&instance.id));
        let is_primary = instance.address == Some(association.private);
        let private = Some(association.private).filter(|_| !is_primary);
        put_text(&mut map, "private-address", private);
        put(&mut map, "association", association.id.to_string());
    }
    map
}

//! NAT gateways. One that AWS is making is written as one that is there.

use serde_json::{Map, Value};

use super::{
    entry::{put, put_text},
    names::Names,
};
use crate::model::{
    nat_gateway::{NatAddress, NatGateway, NatGatewayState},
    subnet::Subnet,
    world::World,
};

/// The NAT gateways of a subnet.
pub(super) fn of_subnet(world: &World, names: &Names, subnet: &Subnet) -> Map<String, Value> {
    let mut gateways: Vec<&NatGateway> = world
        .nat_gateways_of(subnet.vpc)
        .filter(|it| it.subnet == subnet.id && it.state != NatGatewayState::Deleting)
        .map(|it| &**it)
        .collect();
    gateways.sort_by_key(|it| it.id);
    gateways.into_iter().map(|it| (names.of(&it.id), gateway(it))).collect()
}

fn gateway(gateway: &NatGateway) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", gateway.id.to_string());
    if !gateway.public {
        put(&mut map, "connectivity", "private");
    }
    let mut addresses = gateway.addresses.iter();
    if let Some(primary) = addresses.next() {
        put_address(&mut map, primary);
    }
    let more: Vec<Value> = addresses
        .map(|it| {
            let mut map = Map::new();
            put_address(&mut map, it);
            Value::Object(map)
        })
        .collect();
    if !more.is_empty() {
        put(&mut map, "secondary-addresses", more);
    }
    Value::Object(map)
}

fn put_address(map: &mut Map<String, Value>, address: &NatAddress) {
    put_text(map, "address", address.private);
    put_text(map, "public-address", address.elastic.and_then(|it| it.address));
    put_text(map, "allocation", address.elastic.map(|it| it.allocation));
}

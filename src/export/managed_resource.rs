//! EKS cluster endpoints, EFS file systems, RDS instances and ElastiCache clusters.

use serde_json::{Map, Value};

use super::entry::{put, put_list, put_map};
use crate::model::{managed_resource::ManagedResource, world::World};

/// The managed resources. The key is the name if no other resource has it, else the DNS name.
pub(super) fn list(world: &World) -> Map<String, Value> {
    let mut resources: Vec<_> = world.managed_resources.values().collect();
    resources.sort_by(|one, other| one.dns_name.cmp(&other.dns_name));
    let shared = |label: &str| resources.iter().filter(|it| *it.label == *label).count() > 1;
    let key = |it: &ManagedResource| {
        if shared(&it.label) { it.dns_name.to_string() } else { it.label.to_string() }
    };
    resources.iter().map(|it| (key(it), tree(it))).collect()
}

fn tree(resource: &ManagedResource) -> Value {
    let mut map = Map::new();
    put(&mut map, "dns-name", &*resource.shown_name);
    put(&mut map, "type", resource.kind.text());
    put(&mut map, "vpc", resource.vpc.to_string());
    put(&mut map, "endpoint-access", resource.access.text());
    let mut zones: Map<String, Value> = Map::new();
    for (zone, address) in &resource.addresses {
        let list = zones.entry(zone.to_string()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(address.to_string().into());
        }
    }
    put_map(&mut map, "addresses", zones);
    put_list(&mut map, "public-addresses", &resource.public_addresses);
    Value::Object(map)
}

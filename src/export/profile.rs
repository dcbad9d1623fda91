//! Route 53 Profiles, by id, because several may have the same name.

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_map},
    names::Names,
};
use crate::model::{
    id::ProfileId,
    profile::{Profile, ProfileResource, Shareable},
    world::World,
};

impl Part for ProfileId {
    fn things(world: &World, _: &Names) -> Map<String, Value> {
        let mut profiles: Vec<_> = world.profiles.values().collect();
        profiles.sort_by_key(|it| it.id);
        profiles.into_iter().map(|it| (it.id.to_string(), tree(it))).collect()
    }
}

fn tree(profile: &Profile) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", profile.id.to_string());
    put(&mut map, "name", &*profile.name);
    put(&mut map, "region", profile.region);
    put(&mut map, "owner", &*profile.owner);
    let vpcs = profile.vpcs.iter().map(|it| {
        let mut map = Map::new();
        put(&mut map, "name", &*it.name);
        put(&mut map, "priority", it.priority);
        (it.vpc.to_string(), Value::Object(map))
    });
    put_map(&mut map, "vpcs", vpcs.collect());
    let resources = profile.resources.iter().filter_map(resource);
    put_map(&mut map, "resources", resources.collect());
    Value::Object(map)
}

/// An entry, by the id of what it is about. A world file has no configurations of query logs.
fn resource(resource: &ProfileResource) -> Option<(String, Value)> {
    let key = match resource.of {
        Shareable::Zone(_) => "zone",
        Shareable::Rule(_) => "rule",
        Shareable::FirewallRuleGroup(_) => "firewall-rule-group",
        Shareable::Endpoint(_) => "endpoint",
        Shareable::QueryLogConfig(_) => return None,
    };
    let id = resource.of.id();
    let mut map = Map::new();
    put(&mut map, key, id.as_str());
    put(&mut map, "name", &*resource.name);
    if let Some(priority) = resource.priority {
        put(&mut map, "priority", priority);
    }
    Some((id, Value::Object(map)))
}

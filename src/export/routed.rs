//! Record sets with a routing policy, and health checks.

use serde_json::{Map, Value};

use super::entry::{put, put_list, put_map, put_text};
use crate::model::{
    record::rdata_text,
    record_value::type_text,
    routing::{Answers, Policy, RoutedSet},
    world::World,
};

/// A record set as a map.
pub(super) fn set(set: &RoutedSet) -> Value {
    let mut map = Map::new();
    put(&mut map, "type", type_text(set.rtype));
    put_text(&mut map, "set", set.identifier.as_ref());
    match &set.policy {
        Policy::Simple => {}
        Policy::Weighted(weight) => put(&mut map, "weight", *weight),
        Policy::Latency(region) => put(&mut map, "latency", &**region),
        Policy::Failover { primary } => {
            put(&mut map, "failover", if *primary { "primary" } else { "secondary" });
        }
        Policy::Geolocation { continent, country, subdivision } => {
            put_text(&mut map, "continent", continent.as_ref());
            put_text(&mut map, "country", country.as_ref());
            put_text(&mut map, "subdivision", subdivision.as_ref());
        }
        Policy::Multivalue => put(&mut map, "multivalue", true),
        Policy::Cidr { collection, location } => {
            put(&mut map, "cidr-collection", collection.to_string());
            put(&mut map, "cidr-location", &**location);
        }
        Policy::Geoproximity { region, local_zone_group, coordinates, bias } => {
            let point = coordinates.as_ref().map(|(one, other)| format!("{one},{other}"));
            let near = region.as_ref().or(local_zone_group.as_ref()).map(ToString::to_string);
            put_text(&mut map, "near", near.or(point));
            if *bias != 0 {
                put(&mut map, "bias", bias.to_string());
            }
        }
    }
    put_text(&mut map, "health-check", set.health_check);
    match &set.answers {
        Answers::Records(records) => {
            put(&mut map, "ttl", records.ttl);
            let texts = records.data.iter().map(|data| rdata_text(records.rtype, data.wire()));
            put_list(&mut map, "values", texts);
        }
        Answers::Alias(target) => {
            put(&mut map, "alias", format!("{}.", target.name));
            put(&mut map, "alias-zone", &*target.zone);
            if target.evaluate_health {
                put(&mut map, "evaluate-health", true);
            }
        }
    }
    Value::Object(map)
}

/// The health checks, by their ids; those that others depend on come first.
pub(super) fn health_checks(world: &World) -> Map<String, Value> {
    let mut checks: Vec<_> = world.health_checks.values().collect();
    checks.sort_by_key(|check| (!check.children.is_empty(), check.id));
    let tree = checks.into_iter().map(|check| {
        let mut map = Map::new();
        put(&mut map, "owner", &*check.owner);
        put(&mut map, "caller-reference", &*check.caller_reference);
        let settings = check.settings.iter();
        let settings = settings.map(|(name, value)| (name.to_string(), Value::from(&**value)));
        put_map(&mut map, "settings", settings.collect());
        put_list(&mut map, "regions", &check.regions);
        put_list(&mut map, "children", &check.children);
        (check.id.to_string(), Value::Object(map))
    });
    tree.collect()
}

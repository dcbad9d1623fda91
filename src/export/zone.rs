//! Hosted zones and their records.

use serde_json::{Map, Value};

use super::{
    entry::{put, put_flag, put_list, put_map, put_text},
    routed,
};
use crate::model::{
    record::{RecordType, rdata_text},
    world::World,
    zone_data::{ZoneData, ZoneNode},
};

/// The zones, as a list, because two of them may have the same name.
pub(super) fn list(world: &World) -> Vec<Value> {
    let mut zones: Vec<_> = world.hosted_zones.values().collect();
    zones.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    zones
        .into_iter()
        .map(|zone| {
            let mut map = Map::new();
            put(&mut map, "name", zone.name.to_string());
            put(&mut map, "id", zone.id.to_string());
            put_flag(&mut map, "public", zone.details.public, false);
            put_text(&mut map, "owner", zone.details.owner.as_ref());
            put_text(&mut map, "comment", zone.details.comment.as_ref());
            put_text(&mut map, "caller-reference", zone.details.caller_reference.as_ref());
            put_text(&mut map, "delegation-set", zone.details.delegation_set);
            put_list(&mut map, "vpcs", &zone.vpcs);
            put_map(&mut map, "records", records(&zone.data));
            Value::Object(map)
        })
        .collect()
}

fn records(data: &ZoneData) -> Map<String, Value> {
    let node = |name| data.node(name).map(node);
    data.names()
        .into_iter()
        .filter_map(|name| Some((format!("{name}."), Value::Array(node(name.as_ref())?))))
        .collect()
}

fn node(node: &ZoneNode) -> Vec<Value> {
    let mut records: Vec<Value> = Vec::new();
    for set in node.sets.iter().filter(|set| set.rtype != RecordType::SOA) {
        for data in &set.data {
            let text = rdata_text(set.rtype, data.wire());
            records.push(format!("{} {} {text}", set.ttl, set.rtype).into());
        }
    }
    if let Some(target) = &node.alias {
        let mut alias = Map::new();
        put(&mut alias, "alias", format!("{target}."));
        records.push(Value::Object(alias));
    }
    records.extend(node.routed.iter().map(routed::set));
    records
}

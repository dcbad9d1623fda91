//! Reusable delegation sets, by their ids.

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_list},
    names::Names,
};
use crate::model::{delegation_set::DelegationSet, id::DelegationSetId, world::World};

impl Part for DelegationSetId {
    fn things(world: &World, _: &Names) -> Map<String, Value> {
        let set = |it: &DelegationSet| {
            let mut map = Map::new();
            put(&mut map, "id", it.id.to_string());
            put(&mut map, "owner", &*it.owner);
            put(&mut map, "caller-reference", &*it.caller_reference);
            put_list(&mut map, "name-servers", &it.name_servers);
            Value::Object(map)
        };
        let mut sets: Vec<_> = world.delegation_sets.values().collect();
        sets.sort_by_key(|it| it.id);
        sets.into_iter().map(|it| (it.id.to_string(), set(it))).collect()
    }
}

//! CIDR collections of Route 53, by their ids.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_map},
    names::Names,
};
use crate::model::{cidr_collection::CidrCollection, id::CidrCollectionId, world::World};

impl Part for CidrCollectionId {
    fn things(world: &World, _: &Names) -> Map<String, Value> {
        let mut collections: Vec<_> = world.cidr_collections.values().collect();
        collections.sort_by_key(|it| it.id);
        collections.into_iter().map(|it| (it.id.to_string(), tree(it))).collect()
    }
}

fn tree(collection: &CidrCollection) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", collection.id.to_string());
    put(&mut map, "name", &*collection.name);
    put(&mut map, "owner", &*collection.owner);
    put(&mut map, "caller-reference", &*collection.caller_reference);
    put(&mut map, "version", collection.version);
    let mut locations = BTreeMap::<&str, Vec<Value>>::new();
    for (block, location) in &collection.blocks {
        locations.entry(location).or_default().push(block.to_string().into());
    }
    let locations = locations.into_iter().map(|(name, blocks)| (name.to_owned(), blocks.into()));
    put_map(&mut map, "locations", locations.collect());
    Value::Object(map)
}

//! Key pairs, by id, because pairs in two regions may have the same name.

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_text},
    names::Names,
};
use crate::model::{id::KeyPairId, key_pair::KeyPair, world::World};

impl Part for KeyPairId {
    fn things(world: &World, _: &Names) -> Map<String, Value> {
        let pair = |it: &KeyPair| {
            let mut map = Map::new();
            put(&mut map, "id", it.id.to_string());
            put(&mut map, "name", &*it.name);
            put(&mut map, "region", it.region);
            put(&mut map, "owner", &*it.owner);
            put(&mut map, "public-key", &*it.public_key);
            put_text(&mut map, "fingerprint", it.fingerprint.as_ref());
            Value::Object(map)
        };
        let mut pairs: Vec<_> = world.key_pairs.values().collect();
        pairs.sort_by_key(|it| it.id);
        pairs.into_iter().map(|it| (it.id.to_string(), pair(it))).collect()
    }
}

//! Writes an entry of a world file, unless it is the default.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::names::Names;
use crate::model::world::World;

/// Adds a value.
pub(super) fn put(map: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    map.insert(key.to_owned(), value.into());
}

/// Adds a value's text, if there is one.
pub(super) fn put_text(map: &mut Map<String, Value>, key: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        put(map, key, value.to_string());
    }
}

/// Adds a flag, unless it has its usual value.
pub(super) fn put_flag(map: &mut Map<String, Value>, key: &str, value: bool, usual: bool) {
    if value != usual {
        put(map, key, value);
    }
}

/// A part of a world file that comes from the table of resources.
pub(super) trait Part {
    /// The resources of this kind, by their keys in the file.
    fn things(world: &World, names: &Names) -> Map<String, Value>;
}

/// Adds a list of texts, unless it is empty.
pub(super) fn put_list<T: Display>(
    map: &mut Map<String, Value>,
    key: &str,
    values: impl IntoIterator<Item = T>,
) {
    let texts: Vec<Value> = values.into_iter().map(|it| it.to_string().into()).collect();
    if !texts.is_empty() {
        put(map, key, texts);
    }
}

/// Adds a list of values, unless it is empty.
pub(super) fn put_values(map: &mut Map<String, Value>, key: &str, values: Vec<Value>) {
    if !values.is_empty() {
        map.insert(key.to_owned(), Value::Array(values));
    }
}

/// Adds a map, unless it is empty.
pub(super) fn put_map(map: &mut Map<String, Value>, key: &str, value: Map<String, Value>) {
    if !value.is_empty() {
        map.insert(key.to_owned(), Value::Object(value));
    }
}

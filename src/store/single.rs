//! What belongs to the World as a whole, each thing in a row of its own, so that two Changes to two VPCs write no common
//! row.
//!
//! The generation is a sum: each writer of a store counts its own Changes in a row of its own.

use std::sync::Arc;

use serde::{Deserialize, de::DeserializeOwned};

use super::entry::{Row, from_json, json};
use crate::model::{fault::Fault, switches::Switches, world::World};

/// The table of rows that exist once for the whole World.
pub(super) const WORLD: &str = "world";
/// The table of counts, by writer.
pub(super) const GENERATION: &str = "generation";
/// The writer of a World that is written as a whole.
const NOBODY: &str = "";

const SWITCHES: &str = "switches";
const DEFAULT_CLIENT: &str = "default-client";
const FAULTS: &str = "faults";

/// The one row that format 1 had in place of these.
#[derive(Deserialize)]
struct Whole {
    generation: u64,
    switches: Switches,
    default_client: Option<Arc<str>>,
    #[serde(default)]
    faults: Arc<[Fault]>,
}

impl Whole {
    fn put(self, world: &mut World) {
        count(world, NOBODY, self.generation);
        world.switches = Arc::new(self.switches);
        world.default_client = self.default_client;
        world.faults = self.faults;
    }
}

/// Applies a row to a World.
pub(super) type Put = Box<dyn FnOnce(&mut World) + Send>;

/// Reads a row; without a value, one that was deleted.
pub(super) fn part(table: &str, key: &str, value: Option<&[u8]>) -> Result<Put, String> {
    match (table, key) {
        (GENERATION, writer) => {
            let (writer, changes) = (writer.to_owned(), read(value)?.unwrap_or_default());
            Ok(Box::new(move |world| count(world, &writer, changes)))
        }
        (WORLD, "") => {
            let whole: Option<Whole> = read(value)?;
            Ok(Box::new(move |world| {
                if let Some(whole) = whole {
                    whole.put(world);
                }
            }))
        }
        (WORLD, SWITCHES) => {
            let switches = Arc::new(read(value)?.unwrap_or_default());
            Ok(Box::new(move |world| world.switches = switches))
        }
        (WORLD, DEFAULT_CLIENT) => {
            let client = read(value)?;
            Ok(Box::new(move |world| world.default_client = client))
        }
        (WORLD, FAULTS) => {
            let faults = read(value)?.unwrap_or_default();
            Ok(Box::new(move |world| world.faults = faults))
        }
        _ => Err("this version knows no such row".to_owned()),
    }
}

fn read<V: DeserializeOwned>(value: Option<&[u8]>) -> Result<Option<V>, String> {
    value.map(from_json).transpose()
}

/// Sets a writer's count from its row.
fn count(world: &mut World, writer: &str, changes: u64) {
    let before = world.counted.insert(writer.to_owned(), changes).unwrap_or_default();
    world.generation = world.generation.wrapping_sub(before).wrapping_add(changes);
}

/// Sets the counts to those of [`everything`].
pub(super) fn count_anew(world: &mut World) {
    world.counted.clear();
    world.counted.insert(NOBODY.to_owned(), world.generation);
}

/// The sum of all counts. Rows on disk may hold any numbers, so it wraps.
fn counted(world: &World) -> u64 {
    world.counted.values().fold(0, |sum, count| sum.wrapping_add(*count))
}

/// Whether the counts add up to the generation: not in a World that was never in a store.
pub(super) fn is_counted(world: &World) -> bool {
    counted(world) == world.generation
}

/// Every row.
pub(super) fn everything(world: &World) -> Vec<Row> {
    let generation =
        Row { table: GENERATION, key: NOBODY.to_owned(), value: Some(json(&world.generation)) };
    let rows = [switches(world), default_client(world), faults(world), generation];
    rows.into_iter().filter(|row| row.value.is_some()).collect()
}

/// The rows that differ from those of an earlier World, from which `writer` came here.
pub(super) fn written(world: &mut World, before: &World, writer: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if world.switches != before.switches {
        rows.push(switches(world));
    }
    if world.default_client != before.default_client {
        rows.push(default_client(world));
    }
    if world.faults != before.faults {
        rows.push(faults(world));
    }
    let changes = world.generation.wrapping_sub(counted(world));
    if changes > 0 {
        let own = world.counted.get(writer).copied().unwrap_or_default().wrapping_add(changes);
        world.counted.insert(writer.to_owned(), own);
        rows.push(Row { table: GENERATION, key: writer.to_owned(), value: Some(json(&own)) });
    }
    rows
}

/// The rows that replace the single row of format 1, and the deletion of that row.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn split(value: &[u8]) -> Result<Vec<Row>, String> {
    let mut world = World::default();
    from_json::<Whole>(value)?.put(&mut world);
    let mut rows = everything(&world);
    rows.push(row("", None));
    Ok(rows)
}

fn row(key: &str, value: Option<String>) -> Row {
    Row { table: WORLD, key: key.to_owned(), value }
}

fn switches(world: &World) -> Row {
    row(SWITCHES, Some(json(&*world.switches)))
}

fn default_client(world: &World) -> Row {
    row(DEFAULT_CLIENT, world.default_client.as_ref().map(json))
}

fn faults(world: &World) -> Row {
    row(FAULTS, (!world.faults.is_empty()).then(|| json(&world.faults)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_are_too_large_together_wrap() {
        let mut world = World::default();
        world.counted.insert("one".to_owned(), u64::MAX);
        world.counted.insert("two".to_owned(), 3);
        world.generation = 2;
        assert!(is_counted(&world));
        let before = world.clone();
        assert_eq!(written(&mut world, &before, "one"), []);
    }
}

//! The World as rows: a table's name, a key and a JSON value, and the World read back from them.
//!
//! The format of every store (version [`FORMAT`]). A field that is added later must have a default, or the version
//! must rise. Where rows lie is not known here.

use std::{hash::Hash, str::FromStr, sync::Arc};

use serde::de::DeserializeOwned;

use super::{
    entry::{from_json, json},
    reach::Reach,
    single::{self, GENERATION, WORLD},
};
use crate::model::{change::Touched, map::Map, resources::resources, world::World};

pub use super::entry::Row;

/// The version of the rows; a store with a higher one is refused. Rows of every lower one can be read.
///
/// Version 1 had one row for everything in `single.rs`.
pub const FORMAT: u32 = 2;

/// Why rows do not make a World.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the row {table}/{key} cannot be read: {reason}")]
pub struct RowError {
    /// The table.
    pub table: String,
    /// The key.
    pub key: String,
    /// Why.
    pub reason: String,
}

macro_rules! tables {
    ($($table:ident)*) => {
        /// The rows that `writer` changed on the way from `before`, where the last call or [`forget_written`] was.
        pub fn written(world: &mut World, before: &World, writer: &str) -> Vec<Row> {
            let mut rows = Vec::new();
            $(
                for key in world.$table.take_written() {
                    let value = world.$table.get(&key).map(|value| json(&**value));
                    rows.push(Row { table: stringify!($table), key: key.to_string(), value });
                }
            )*
            rows.append(&mut single::written(world, before, writer));
            rows
        }

        /// Every row of a World.
        pub fn everything(world: &World) -> Vec<Row> {
            let mut rows = Vec::new();
            $(
                for (key, value) in &world.$table {
                    let value = Some(json(&**value));
                    rows.push(Row { table: stringify!($table), key: key.to_string(), value });
                }
            )*
            rows.append(&mut single::everything(world));
            rows
        }

        /// The table and key of every row of a resource.
        pub fn keys(world: &World) -> Vec<(&'static str, String)> {
            let mut keys = Vec::new();
            $(
                keys.extend(world.$table.keys().map(|key| (stringify!($table), key.to_string())));
            )*
            keys
        }

        fn part(table: &str, key: &str, value: &[u8]) -> Result<Part, String> {
            match table {
                $(
                    stringify!($table) => {
                        let (key, value) = (parsed(key)?, Arc::new(from_json(value)?));
                        Ok(Part(Box::new(move |world| world.$table.load(key, value))))
                    }
                )*
                WORLD | GENERATION => single::part(table, key, Some(value)).map(Part),
                _ => Err("this version knows no such table".to_owned()),
            }
        }

        fn effect(table: &str, key: &str, value: Option<&[u8]>) -> Result<Effect, String> {
            match table {
                $(
                    stringify!($table) => Effect::of(key, value, |world| &mut world.$table),
                )*
                WORLD | GENERATION => {
                    let put = single::part(table, key, value)?;
                    Ok(Effect {
                        take: Box::new(|_, _| {}),
                        put: Box::new(move |world, _| put(world)),
                    })
                }
                _ => Err("this version knows no such table".to_owned()),
            }
        }

        /// The name of a table as this version spells it; `None` if it knows no such table.
        pub fn table(name: &str) -> Option<&'static str> {
            match name {
                $(stringify!($table) => Some(stringify!($table)),)*
                WORLD => Some(WORLD),
                GENERATION => Some(GENERATION),
                _ => None,
            }
        }

        /// Lets the next call of [`written`] begin from here.
        pub fn forget_written(world: &mut World) {
            $(world.$table.take_written();)*
            if !single::is_counted(world) {
                single::count_anew(world);
            }
        }
    };
}

macro_rules! maps {
    ($(#[$doc:meta] $map:ident $id:ty => $type:ty;)*) => {
        tables! {
            $($map)*
            members guests terminated client_tokens derived_tags other_names
        }
    };
}

resources! { maps => maps }

/// Lets the World count its Changes as [`everything`] writes them.
pub fn count_anew(world: &mut World) {
    single::count_anew(world);
}

/// What a row says, to be put into a World.
pub struct Part(Box<dyn FnOnce(&mut World) + Send>);

/// Reads a row.
///
/// # Errors
///
/// If its table is unknown or its value cannot be read.
pub fn read(table: &str, key: &str, value: &[u8]) -> Result<Part, RowError> {
    part(table, key, value).map_err(|reason| RowError {
        table: table.to_owned(),
        key: key.to_owned(),
        reason,
    })
}

/// Alters a World, and adds the VPCs that have to be compiled again.
type Act = Box<dyn FnOnce(&mut World, &mut Touched)>;

/// What a row does to a World that has it already.
struct Effect {
    /// Takes what follows from the old value away.
    take: Act,
    /// Puts the new value in.
    put: Act,
}

impl Effect {
    fn of<K, V>(
        key: &str,
        value: Option<&[u8]>,
        table: fn(&mut World) -> &mut Map<K, Arc<V>>,
    ) -> Result<Self, String>
    where
        K: FromStr + Hash + Ord + Clone + 'static,
        K::Err: std::fmt::Display,
        V: DeserializeOwned + Reach<K> + 'static,
    {
        let key: K = parsed(key)?;
        let value: Option<Arc<V>> = value.map(from_json).transpose()?.map(Arc::new);
        let old = key.clone();
        Ok(Self {
            take: Box::new(move |world, touched| {
                if let Some(value) = table(world).get(&old).cloned() {
                    value.vpcs(&old, touched);
                    value.release(world);
                }
            }),
            put: Box::new(move |world, touched| match value {
                Some(value) => {
                    value.vpcs(&key, touched);
                    value.hold(world);
                    table(world).load(key, value);
                }
                None => table(world).unload(&key),
            }),
        })
    }
}

/// Puts rows that somebody else wrote into a World that its store holds, at the cost of what they touch; the VPCs that have to be compiled
/// again. They count as written already.
///
/// # Errors
///
/// If one of them cannot be read; the World is as it was then.
pub fn apply_rows(world: &mut World, rows: &[Row]) -> Result<Touched, RowError> {
    let mut effects = Vec::with_capacity(rows.len());
    for row in rows {
        let value = row.value.as_ref().map(String::as_bytes);
        effects.push(effect(row.table, &row.key, value).map_err(|reason| RowError {
            table: row.table.to_owned(),
            key: row.key.clone(),
            reason,
        })?);
    }
    let switches = Arc::clone(&world.switches);
    let mut touched = Touched::nothing();
    // An address may go from one row to another, so all are taken before any is put.
    let mut puts = Vec::with_capacity(effects.len());
    for Effect { take, put } in effects {
        take(world, &mut touched);
        puts.push(put);
    }
    for put in puts {
        put(world, &mut touched);
    }
    // A Profile may have what somebody else deleted before it was known that it has it.
    const SHARED: &[&str] = &["endpoints", "hosted_zones", "resolver_rules"];
    if rows.iter().any(|row| SHARED.contains(&row.table)) {
        world.reach_through_profiles(&mut touched);
    }
    if world.switches != switches {
        let mut all = Touched(world.vpcs.keys().copied().collect());
        all.join(touched);
        return Ok(all);
    }
    Ok(touched)
}

/// A World being put together from rows.
#[derive(Default)]
pub struct Loader(World);

impl Loader {
    /// Adds one row.
    ///
    /// # Errors
    ///
    /// As [`read`].
    pub fn add(&mut self, table: &str, key: &str, value: &[u8]) -> Result<(), RowError> {
        read(table, key, value).map(|part| self.put(part))
    }

    /// Adds a row that was read.
    pub fn put(&mut self, part: Part) {
        (part.0)(&mut self.0);
    }

    /// The World.
    pub fn finish(mut self) -> World {
        self.0.index();
        self.0
    }
}

/// The rows of this version in place of those of version 1, of which `value` is the row of the World as a whole.
///
/// # Errors
///
/// If it cannot be read.
pub fn from_version_1(value: &[u8]) -> Result<Vec<Row>, RowError> {
    single::split(value).map_err(|reason| RowError {
        table: WORLD.to_owned(),
        key: String::new(),
        reason,
    })
}

fn parsed<K: FromStr>(key: &str) -> Result<K, String>
where
    K::Err: std::fmt::Display,
{
    key.parse().map_err(|error: K::Err| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Defaults, change, text::diagnostic::Source, world};
    use crate::model::{
        change::Change,
        elastic_address::{AllocateAddress, AssociateAddress, ElasticAddress},
        guest::{Guest, SetGuest},
        id::{AllocationId, AssociationId, NetworkInterfaceId, SecurityGroupId},
        network_interface::{CreateNetworkInterface, NetworkInterface},
        security_group::{CreateSecurityGroup, SecurityGroup},
        world::Tags,
    };

    const TEXT: &str = "
region: us-east-1
vpcs:
  V:
    cidr: 10.0.0.0/16
    internet-gateway: igw
    subnets:
      A:
        cidr: 10.0.1.0/24
        zone: us-east-1a
        instances:
          one: {placement: {group: parts, partition: 2}}
          two: {public-address: 192.0.2.9}
placement-groups: {parts: {strategy: partition, partitions: 3}}
";

    /// A World with something in each table that instances and what belongs to them have.
    fn full() -> World {
        let source = Source { name: "t".to_owned(), text: TEXT.to_owned() };
        let mut world = world::load(&source, &Defaults::default()).unwrap().world;
        let subnet = Arc::clone(world.subnets.values().next().unwrap());
        let named = |name: &str| world.instances.values().find(|it| it.label() == name).unwrap();
        let (one, two) = (named("one").id, named("two").id);
        let group = SecurityGroupId::from_seed(1);
        let interface = NetworkInterface {
            id: NetworkInterfaceId::from_seed(1),
            tags: Tags::named("eni"),
            vpc: subnet.vpc,
            subnet: subnet.id,
            description: "by itself".into(),
            addresses: Vec::new(),
            ipv6: Vec::new(),
            groups: vec![group],
            source_dest_check: false,
            attachment: None,
        };
        let address = ElasticAddress {
            id: AllocationId::from_seed(1),
            tags: Tags::default(),
            address: "192.0.2.10".parse().unwrap(),
            region: "us-east-1",
            owner: "123456789012".into(),
            association: None,
            reverse_name: None,
        };
        let security_group = SecurityGroup {
            id: group,
            tags: Tags::default(),
            name: "web".into(),
            description: "web".into(),
            vpc: subnet.vpc,
            rules: Vec::new(),
            vpcs: Vec::new(),
        };
        let user_data = Some(Arc::from(&b"\0\xff"[..]));
        let mut changes: Vec<Change> = vec![
            CreateSecurityGroup { group: security_group }.into(),
            CreateNetworkInterface { interface, more_addresses: 2 }.into(),
            AllocateAddress { address }.into(),
            AssociateAddress {
                allocation: AllocationId::from_seed(1),
                association: AssociationId::from_seed(1),
                interface: named("one").interface_id(),
                private: None,
                reassociate: false,
            }
            .into(),
            SetGuest { instance: one, guest: Guest { user_data, ..Guest::default() } }.into(),
        ];
        let text = format!(
            "- StopInstances: {{InstanceIds: [{one}]}}\n- TerminateInstances: {{InstanceIds: [{two}]}}"
        );
        let source = Source { name: "t".to_owned(), text };
        changes.extend(change::parse_changes(&source, &world).unwrap());
        for change in changes {
            world = world.apply(&change).unwrap().0;
        }
        world
    }

    #[test]
    fn a_world_reads_back_as_written() {
        let world = full();
        let rows = everything(&world);
        for table in ["guests", "terminated", "network_interfaces", "elastic_addresses"] {
            assert!(rows.iter().any(|row| row.table == table), "{table}");
        }
        let mut loader = Loader::default();
        for row in &rows {
            loader.add(row.table, &row.key, row.value.as_ref().unwrap().as_bytes()).unwrap();
        }
        let again = loader.finish();
        let sorted = |world: &World| {
            let mut rows = everything(world);
            rows.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
            rows
        };
        assert_eq!(sorted(&again), sorted(&world));
        assert_eq!(again.private_addresses, world.private_addresses);
        assert_eq!(again.interface_addresses, world.interface_addresses);
        assert_eq!(again.public_addresses, world.public_addresses);
        assert_eq!(again.interface_addresses.len(), 3);
        assert_eq!(again.public_addresses.len(), 1);
    }
}

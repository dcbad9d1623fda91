//! CIDR collections of Route 53: named locations, each with the ranges of addresses that belong to it (R77).
//!
//! A record set with IP-based routing is for one location. Which set answers is decided in `resolve/routing.rs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Arc,
};

use ipnetwork::IpNetwork;

use super::{
    change::{Touched, duplicate},
    id::CidrCollectionId,
    refusal::Refusal,
    routing::{DEFAULT_LOCATION, Policy},
    world::World,
};

/// The longest prefixes of blocks.
const LONGEST: (u8, u8) = (24, 48);
/// The most collections of an account.
const MOST_COLLECTIONS: usize = 100;
/// The most blocks of a collection.
const MOST_BLOCKS: usize = 10_000;

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CidrCollection {
    /// Its id.
    pub id: CidrCollectionId,
    /// Its name, which no other collection of the account has.
    pub name: Arc<str>,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// `CallerReference`.
    pub caller_reference: Arc<str>,
    /// How often it was changed, from 1.
    pub version: u64,
    /// The location of each block.
    pub blocks: BTreeMap<IpNetwork, Arc<str>>,
}

/// What becomes of the blocks of a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationChange {
    /// The location.
    pub location: Arc<str>,
    /// Whether the blocks are put there; else they are taken away, if they are there.
    pub put: bool,
    /// The blocks.
    pub blocks: Vec<IpNetwork>,
}

/// `CreateCidrCollection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCidrCollection {
    /// The collection.
    pub collection: CidrCollection,
}

/// `ChangeCidrCollection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCidrCollection {
    /// The collection.
    pub collection: CidrCollectionId,
    /// The version that the collection must have.
    pub version: Option<u64>,
    /// The changes, in order.
    pub changes: Vec<LocationChange>,
}

/// `DeleteCidrCollection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteCidrCollection {
    /// The collection.
    pub collection: CidrCollectionId,
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(code, message, "R77")
}

/// The refusal of a collection that is not there.
pub fn no_such_collection() -> Refusal {
    refuse("NoSuchCidrCollectionException", "The CIDR collection you specified, doesn't exist.")
}

/// The refusal of a location that is not there.
pub fn no_such_location() -> Refusal {
    refuse(
        "NoSuchCidrLocationException",
        "The CIDR collection location doesn't match any locations in your account.",
    )
}

/// Reads a block with a prefix that a block may have, its host bits cleared.
pub fn read_block(text: &str) -> Option<IpNetwork> {
    let block: IpNetwork = text.contains('/').then(|| text.parse().ok()).flatten()?;
    let longest = if block.is_ipv4() { LONGEST.0 } else { LONGEST.1 };
    let fits = (1..=longest).contains(&block.prefix());
    IpNetwork::new(block.network(), block.prefix()).ok().filter(|_| fits)
}

impl CidrCollection {
    /// The names of its locations, sorted.
    pub fn locations(&self) -> BTreeSet<&Arc<str>> {
        self.blocks.values().collect()
    }

    /// Whether a location has blocks.
    pub fn has(&self, location: &str) -> bool {
        self.blocks.values().any(|it| **it == *location)
    }

    /// The location of the longest block that holds a client's network.
    pub fn location_of(&self, client: IpNetwork) -> Option<&str> {
        let longest = if client.is_ipv4() { LONGEST.0 } else { LONGEST.1 };
        (1..=longest.min(client.prefix())).rev().find_map(|prefix| {
            let block = IpNetwork::new(network(client.ip(), prefix), prefix).ok()?;
            self.blocks.get(&block).map(|location| &**location)
        })
    }
}

/// An address with the bits behind a prefix cleared.
fn network(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}

impl World {
    /// The locations of a collection that records are for.
    fn used_locations(&self, collection: CidrCollectionId) -> BTreeSet<&str> {
        let zones = self.hosted_zones.values().filter(|it| it.details.public);
        let nodes = zones.flat_map(|zone| zone.data.held().map(|(_, node)| node));
        let sets = nodes.flat_map(|node| &node.routed);
        let used = sets.filter_map(|set| match &set.policy {
            Policy::Cidr { collection: own, location } if *own == collection => Some(&**location),
            _ => None,
        });
        used.collect()
    }
}

fn check_size(collection: &CidrCollection) -> Result<(), Refusal> {
    if collection.blocks.len() > MOST_BLOCKS {
        let message = format!("A CIDR collection has at most {MOST_BLOCKS} blocks.");
        return Err(refuse("LimitsExceeded", message));
    }
    Ok(())
}

impl CreateCidrCollection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.cidr_collections, &self.collection.id)?;
        let mut count = 0;
        for other in world.cidr_collections.values().filter(|it| it.owner == self.collection.owner)
        {
            count += 1;
            if other.name == self.collection.name
                || other.caller_reference == self.collection.caller_reference
            {
                return Err(refuse(
                    "CidrCollectionAlreadyExistsException",
                    "A CIDR collection with this name or caller reference already exists.",
                ));
            }
        }
        if count >= MOST_COLLECTIONS {
            return Err(refuse(
                "LimitsExceeded",
                format!("An account has at most {MOST_COLLECTIONS} CIDR collections."),
            ));
        }
        check_size(&self.collection)?;
        world.cidr_collections.insert(self.collection.id, Arc::new(self.collection.clone()));
        Ok(Touched::nothing())
    }
}

impl ChangeCidrCollection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let held = world.cidr_collections.get(&self.collection).ok_or_else(no_such_collection)?;
        if self.version.is_some_and(|version| version != held.version) {
            return Err(refuse(
                "CidrCollectionVersionMismatchException",
                "The CIDR collection version you provided, doesn't match the one in the \
                 CidrCollection.",
            ));
        }
        let mut collection = CidrCollection::clone(held);
        for LocationChange { location, put, blocks } in &self.changes {
            for block in blocks {
                let there = collection.blocks.get(block).cloned();
                match there {
                    Some(other) if *put && other != *location => {
                        return Err(refuse(
                            "CidrBlockInUseException",
                            format!("The CIDR block {block} is in the location {other} already."),
                        ));
                    }
                    None if *put => {
                        collection.blocks.insert(*block, Arc::clone(location));
                    }
                    Some(own) if !*put && own == *location => {
                        collection.blocks.remove(block);
                    }
                    _ => {}
                }
            }
        }
        check_size(&collection)?;
        // Only what is taken away can be missed.
        let takes = self.changes.iter().any(|it| !it.put);
        let used = if takes { world.used_locations(self.collection) } else { BTreeSet::new() };
        let lost = used.into_iter().find(|it| held.has(it) && !collection.has(it));
        if let Some(location) = lost {
            return Err(refuse(
                "CidrBlockInUseException",
                format!("Records use the location {location}, which would have no CIDR block."),
            ));
        }
        collection.version += 1;
        world.cidr_collections.insert(self.collection, Arc::new(collection));
        Ok(Touched::nothing())
    }
}

impl DeleteCidrCollection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let held = world.cidr_collections.get(&self.collection).ok_or_else(no_such_collection)?;
        if !held.blocks.is_empty() || !world.used_locations(self.collection).is_empty() {
            return Err(refuse(
                "CidrCollectionInUseException",
                "This CIDR collection is in use, and isn't empty.",
            ));
        }
        world.cidr_collections.remove(&self.collection);
        Ok(Touched::nothing())
    }
}

/// Refuses a set with IP-based routing whose collection or location is not the zone owner's.
pub(super) fn check_policy(
    world: &World,
    owner: Option<&str>,
    policy: &Policy,
) -> Result<(), Refusal> {
    let Policy::Cidr { collection, location } = policy else { return Ok(()) };
    let held = world.cidr_collections.get(collection).filter(|it| owner == Some(&*it.owner));
    let held = held.ok_or_else(no_such_collection)?;
    if **location != *DEFAULT_LOCATION && !held.has(location) {
        return Err(no_such_location());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_block_decides() {
        let block = |text: &str| read_block(text).unwrap();
        let blocks = [
            ("10.0.0.0/8", "wide"),
            ("10.1.0.0/16", "near"),
            ("10.1.2.0/24", "nearest"),
            ("2001:db8::/32", "six"),
        ];
        let blocks = blocks.iter().map(|(text, at)| (block(text), Arc::from(*at))).collect();
        let (name, owner, caller_reference) = ("c".into(), "1".into(), "r".into());
        let id = CidrCollectionId::from_seed(1);
        let collection = CidrCollection { id, name, owner, caller_reference, version: 1, blocks };
        let at = |text: &str| collection.location_of(text.parse().unwrap());
        assert_eq!(at("10.1.2.3/32"), Some("nearest"));
        assert_eq!(at("10.1.3.3/32"), Some("near"));
        assert_eq!(at("10.1.2.0/20"), Some("near"));
        assert_eq!(at("10.2.0.0/32"), Some("wide"));
        assert_eq!(at("11.0.0.0/32"), None);
        assert_eq!(at("2001:db8:1::1/128"), Some("six"));
        assert_eq!(at("2001:db9::1/128"), None);
        for bad in ["10.0.0.0", "10.0.0.0/25", "10.0.0.0/0", "2001:db8::/49", "x/8"] {
            assert_eq!(read_block(bad), None, "{bad}");
        }
        assert_eq!(
            read_block("10.9.9.9/8").map(|it| it.to_string()).as_deref(),
            Some("10.0.0.0/8")
        );
    }
}

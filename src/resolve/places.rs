//! Where an address belongs, and what a client's name means.
//!
//! An index by address and range over all VPCs, kept up as Changes touch them. Which address counts (the source's or
//! the Client Subnet's) is decided in `dns`.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use ipnetwork::{IpNetwork, Ipv4Network};
use smallvec::SmallVec;

use super::question::Asker;
use crate::model::{
    id::{InboundEndpointId, InstanceId, SubnetId, VpcId},
    map::Shared,
    world::World,
};

/// Where an address belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Located {
    /// In one place.
    One(Asker),
    /// In no VPC.
    Nowhere,
    /// In more than one VPC.
    Several,
}

/// The index.
#[derive(Clone, Debug, Default)]
pub struct Places {
    holders: Shared<IpAddr, SmallVec<[VpcId; 1]>>,
    ranges: Shared<IpNetwork, SmallVec<[VpcId; 1]>>,
    placed: Shared<VpcId, Arc<Placed>>,
    widths: Widths,
}

/// How many ranges of each prefix length there are, for IPv4 and IPv6.
#[derive(Clone, Debug, Default)]
struct Widths(Vec<(bool, u8, usize)>);

impl Widths {
    fn add(&mut self, range: IpNetwork) {
        let (v4, prefix) = (range.is_ipv4(), range.prefix());
        match self.0.iter_mut().find(|(family, width, _)| (*family, *width) == (v4, prefix)) {
            Some((_, _, count)) => *count += 1,
            None => self.0.push((v4, prefix, 1)),
        }
    }

    fn take(&mut self, range: IpNetwork) {
        for (v4, prefix, count) in &mut self.0 {
            if (*v4, *prefix) == (range.is_ipv4(), range.prefix()) {
                *count -= 1;
            }
        }
        self.0.retain(|(_, _, count)| *count > 0);
    }

    fn of(&self, address: IpAddr) -> impl Iterator<Item = u8> {
        self.0.iter().filter(move |(v4, ..)| *v4 == address.is_ipv4()).map(|(_, prefix, _)| *prefix)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Placed {
    holders: Vec<IpAddr>,
    ranges: Vec<IpNetwork>,
}

impl Places {
    /// Brings the index up to date with a VPC.
    pub fn update(&mut self, world: &World, vpc: VpcId) {
        let placed = Placed::of(world, vpc);
        if self.placed.get(&vpc).is_some_and(|old| **old == placed) {
            return;
        }
        if let Some(old) = self.placed.remove(&vpc) {
            for address in &old.holders {
                forget(&mut self.holders, address, vpc);
            }
            for range in &old.ranges {
                forget(&mut self.ranges, range, vpc);
                self.widths.take(*range);
            }
        }
        if world.vpcs.contains_key(&vpc) {
            for address in &placed.holders {
                self.holders.entry(*address).or_default().push(vpc);
            }
            for range in &placed.ranges {
                self.ranges.entry(*range).or_default().push(vpc);
                self.widths.add(*range);
            }
            self.placed.insert(vpc, Arc::new(placed));
        }
    }

    /// Finds an address within one VPC, or among all: an exact holder beats a range.
    pub fn locate(&self, world: &World, vpc: Option<VpcId>, address: IpAddr) -> Located {
        if let Some(vpc) = vpc {
            return within(world, vpc, address).map_or(Located::Nowhere, Located::One);
        }
        if let Some(holders) = self.holders.get(&address) {
            return one(world, holders, address);
        }
        let mut found: SmallVec<[VpcId; 2]> = SmallVec::new();
        for prefix in self.widths.of(address) {
            let Ok(range) = IpNetwork::new(address, prefix) else { continue };
            let range = IpNetwork::new(range.network(), prefix).unwrap_or(range);
            for vpc in self.ranges.get(&range).into_iter().flatten() {
                if !found.contains(vpc) {
                    found.push(*vpc);
                }
            }
        }
        one(world, &found, address)
    }
}

impl Placed {
    fn of(world: &World, vpc: VpcId) -> Self {
        let mut placed = Self::default();
        let Some(found) = world.vpcs.get(&vpc) else { return placed };
        placed.ranges.extend(found.cidrs.iter().map(|range| IpNetwork::V4(*range)));
        placed.ranges.extend(found.ipv6_cidrs.iter().map(|range| IpNetwork::V6(*range)));
        for instance in world.instances_of(vpc) {
            placed.holders.extend(instance.address.map(IpAddr::V4));
            placed.holders.extend(instance.ipv6.map(IpAddr::V6));
        }
        placed
    }
}

fn forget<K: std::hash::Hash + Eq + Clone>(
    map: &mut Shared<K, SmallVec<[VpcId; 1]>>,
    key: &K,
    vpc: VpcId,
) {
    let mut rest = map.get(key).cloned().unwrap_or_default();
    rest.retain(|other| *other != vpc);
    if rest.is_empty() {
        map.remove(key);
    } else {
        map.insert(key.clone(), rest);
    }
}

fn one(world: &World, vpcs: &[VpcId], address: IpAddr) -> Located {
    match vpcs {
        [] => Located::Nowhere,
        [vpc] => within(world, *vpc, address).map_or(Located::Nowhere, Located::One),
        _ => Located::Several,
    }
}

fn within(world: &World, id: VpcId, address: IpAddr) -> Option<Asker> {
    let vpc = world.vpcs.get(&id)?;
    let inside = match address {
        IpAddr::V4(v4) => vpc.contains(v4),
        IpAddr::V6(v6) => vpc.ipv6_cidrs.iter().any(|range| range.contains(v6)),
    };
    if !inside {
        return None;
    }
    let instance = match address {
        IpAddr::V4(v4) => world
            .private_addresses
            .get(&(id, v4))
            .and_then(|instance| world.instances.get(instance)),
        IpAddr::V6(v6) => world.instances_of(id).find(|instance| instance.ipv6 == Some(v6)),
    };
    if let Some(instance) = instance {
        return Some(Asker::Instance(id, instance.subnet, instance.id));
    }
    let subnet = world.subnets_of(id).find(|subnet| match address {
        IpAddr::V4(v4) => subnet.cidr.contains(v4),
        IpAddr::V6(v6) => subnet.ipv6_cidr.is_some_and(|range| range.contains(v6)),
    });
    if let Some(subnet) = subnet {
        return Some(Asker::Subnet(id, subnet.id));
    }
    Some(Asker::Vpc(id))
}

/// Why a client's name means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nothing is called that.
    #[error(
        "no instance, subnet, VPC or inbound endpoint is called `{text}`, and it is not an address of one{}",
        known(.names)
    )]
    Unknown {
        /// What was asked for.
        text: String,
        /// What there is.
        names: Vec<String>,
    },
    /// More than one thing is called that.
    #[error("`{text}` means more than one thing: {}", .ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The things, by id.
        ids: Vec<String>,
    },
}

fn known(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; there are: {}", names.join(", ")) }
}

/// Reads CLIENT: an instance, subnet, VPC or inbound endpoint by name or id, an address, or `internet`.
///
/// # Errors
///
/// If it names nothing, or more than one thing.
pub fn client(snapshot: &super::snapshot::Snapshot, text: &str) -> Result<Asker, ClientError> {
    let world = &snapshot.world;
    if text == "internet" {
        return Ok(Asker::Internet);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return match snapshot.locate(None, address) {
            Located::One(asker) => Ok(asker),
            Located::Nowhere => Ok(Asker::Internet),
            Located::Several => Err(ClientError::Ambiguous {
                text: text.to_owned(),
                ids: vpcs_holding(world, address),
            }),
        };
    }
    let mut found: Vec<(String, Asker)> = Vec::new();
    let by_id = by_id(world, text);
    found.extend(by_id.map(|asker| (text.to_owned(), asker)));
    if found.is_empty() {
        found.extend(by_name(world, text));
    }
    match found.as_slice() {
        [(_, asker)] => Ok(*asker),
        [] => Err(ClientError::Unknown { text: text.to_owned(), names: names(world) }),
        several => {
            let mut ids: Vec<_> = several.iter().map(|(id, _)| id.clone()).collect();
            ids.sort();
            Err(ClientError::Ambiguous { text: text.to_owned(), ids })
        }
    }
}

fn by_id(world: &World, text: &str) -> Option<Asker> {
    if let Some(instance) = text.parse::<InstanceId>().ok().and_then(|id| world.instances.get(&id))
    {
        return Some(Asker::Instance(instance.vpc, instance.subnet, instance.id));
    }
    if let Some(subnet) = text.parse::<SubnetId>().ok().and_then(|id| world.subnets.get(&id)) {
        return Some(Asker::Subnet(subnet.vpc, subnet.id));
    }
    if let Some(vpc) = text.parse::<VpcId>().ok().filter(|id| world.vpcs.contains_key(id)) {
        return Some(Asker::Vpc(vpc));
    }
    let endpoint =
        text.parse::<InboundEndpointId>().ok().and_then(|id| world.inbound_endpoints.get(&id))?;
    Some(Asker::Inbound(endpoint.vpc, endpoint.id))
}

fn by_name(world: &World, text: &str) -> Vec<(String, Asker)> {
    let named = |name: Option<&str>| name == Some(text);
    let instances = world
        .instances
        .values()
        .filter(|it| named(it.tags.name()))
        .map(|it| (it.id.to_string(), Asker::Instance(it.vpc, it.subnet, it.id)));
    let vpcs = world
        .vpcs
        .values()
        .filter(|it| named(it.tags.name()))
        .map(|it| (it.id.to_string(), Asker::Vpc(it.id)));
    let subnets = world
        .subnets
        .values()
        .filter(|it| named(it.tags.name()))
        .map(|it| (it.id.to_string(), Asker::Subnet(it.vpc, it.id)));
    let inbound = world
        .inbound_endpoints
        .values()
        .filter(|it| named(it.tags.name()))
        .map(|it| (it.id.to_string(), Asker::Inbound(it.vpc, it.id)));
    instances.chain(vpcs).chain(subnets).chain(inbound).collect()
}

/// A few names to offer when a client's name means nothing.
fn names(world: &World) -> Vec<String> {
    let mut names: Vec<String> = world
        .instances
        .values()
        .map(|it| it.label())
        .chain(world.vpcs.values().map(|it| it.label()))
        .chain(["internet".to_owned()])
        .collect();
    names.sort();
    names.truncate(20);
    names
}

fn vpcs_holding(world: &World, address: IpAddr) -> Vec<String> {
    let contains = |range: &Ipv4Network| match address {
        IpAddr::V4(v4) => range.contains(v4),
        IpAddr::V6(_) => false,
    };
    let mut ids: Vec<_> = world
        .vpcs
        .values()
        .filter(|vpc| vpc.cidrs.iter().any(contains))
        .map(|vpc| vpc.id.to_string())
        .collect();
    ids.sort();
    ids
}

/// Who asks when nothing else tells: the world's default client, else its first VPC, else the internet.
pub fn default_asker(world: &World) -> Asker {
    let named = world.default_client.as_deref().and_then(|text| {
        if text == "internet" {
            return Some(Asker::Internet);
        }
        if let Ok(IpAddr::V4(address)) = text.parse::<IpAddr>() {
            return first_holding(world, address);
        }
        by_id(world, text).or_else(|| by_name(world, text).first().map(|(_, asker)| *asker))
    });
    let first = || world.vpcs.keys().min_by_key(|id| (world.members(**id).since, **id));
    named.or_else(|| first().map(|id| Asker::Vpc(*id))).unwrap_or(Asker::Internet)
}

fn first_holding(world: &World, address: Ipv4Addr) -> Option<Asker> {
    world.vpcs_in_order().into_iter().find_map(|vpc| within(world, vpc.id, IpAddr::V4(address)))
}

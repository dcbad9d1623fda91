//! Finds where an address belongs, and what a client's name means.
//!
//! An index by address and range over all VPCs, updated as Changes touch them. `dns` decides which address counts,
//! the source address or Client Subnet.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use ipnetwork::{IpNetwork, Ipv4Network};

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
    holders: Shared<IpAddr, Vpcs>,
    ranges: Shared<IpNetwork, Vpcs>,
    /// The same ranges by their first address, to find those that lie within a wider one.
    sorted: imbl::OrdSet<(IpAddr, u8)>,
    grounds: Shared<VpcId, Arc<Ground>>,
    widths: Widths,
}

/// The VPCs that have an address or a range, of which there is at least one.
#[derive(Clone, Debug)]
enum Vpcs {
    One(VpcId),
    Several(imbl::OrdSet<VpcId>),
}

impl Vpcs {
    /// The VPC, if it is the only one.
    fn only(&self) -> Option<VpcId> {
        match self {
            Self::One(vpc) => Some(*vpc),
            Self::Several(_) => None,
        }
    }

    fn iter(&self) -> impl Iterator<Item = VpcId> {
        let (one, several) = match self {
            Self::One(vpc) => (Some(*vpc), None),
            Self::Several(several) => (None, Some(several.iter().copied())),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    fn with(&self, vpc: VpcId) -> Self {
        match self {
            Self::One(one) if *one == vpc => Self::One(vpc),
            Self::One(one) => Self::Several([*one, vpc].into_iter().collect()),
            Self::Several(several) => Self::Several(several.update(vpc)),
        }
    }

    fn without(&self, vpc: VpcId) -> Option<Self> {
        match self {
            Self::One(one) => (*one != vpc).then_some(Self::One(*one)),
            Self::Several(several) => {
                let rest = several.without(&vpc);
                match rest.get_min().copied() {
                    Some(only) if rest.len() == 1 => Some(Self::One(only)),
                    _ => Some(Self::Several(rest)),
                }
            }
        }
    }
}

/// Which VPCs have ranges around an address.
#[derive(Clone, Copy)]
enum Holding {
    Nobody,
    One(VpcId),
    Several,
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

/// The addresses of one VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ground {
    ranges: Vec<IpNetwork>,
    /// By their first address; they do not overlap.
    subnets: Vec<(IpNetwork, SubnetId)>,
    /// The addresses of instances, sorted.
    holders: Vec<(IpAddr, InstanceId, SubnetId)>,
}

impl Ground {
    fn of(world: &World, id: VpcId) -> Option<Self> {
        let vpc = world.vpcs.get(&id)?;
        let mut ground = Self::default();
        ground.ranges.extend(vpc.cidrs.iter().map(|range| IpNetwork::V4(*range)));
        ground.ranges.extend(vpc.ipv6_cidrs.iter().map(|range| IpNetwork::V6(*range)));
        for subnet in world.subnets_of(id) {
            let v6 = subnet.ipv6_cidr.map(IpNetwork::V6);
            let ranges = [IpNetwork::V4(subnet.cidr)].into_iter().chain(v6);
            ground.subnets.extend(ranges.map(|range| (range, subnet.id)));
        }
        ground.subnets.sort_by_key(|(range, _)| range.network());
        for instance in world.instances_of(id) {
            let v6 = instance.ipv6.map(IpAddr::V6);
            let addresses = instance.addresses().map(IpAddr::V4).chain(v6);
            ground.holders.extend(addresses.map(|it| (it, instance.id, instance.subnet)));
        }
        ground.holders.sort_unstable();
        Some(ground)
    }

    /// The place of an address: an instance's, or in a subnet, or somewhere in the VPC.
    fn find(&self, vpc: VpcId, address: IpAddr) -> Option<Asker> {
        if !self.ranges.iter().any(|range| range.contains(address)) {
            return None;
        }
        let holder = self.holders.partition_point(|(held, ..)| *held < address);
        if let Some((held, instance, subnet)) = self.holders.get(holder)
            && *held == address
        {
            return Some(Asker::Instance(vpc, *subnet, *instance));
        }
        let after = self.subnets.partition_point(|(range, _)| range.network() <= address);
        let subnet = after.checked_sub(1).and_then(|before| self.subnets.get(before));
        Some(match subnet {
            Some((range, subnet)) if range.contains(address) => Asker::Subnet(vpc, *subnet),
            _ => Asker::Vpc(vpc),
        })
    }
}

impl Ground {
    /// The place of a network that lies within one of the ranges: in a subnet, or somewhere in the VPC.
    fn find_network(&self, vpc: VpcId, network: IpNetwork) -> Option<Asker> {
        let holds = |range: &IpNetwork| {
            range.prefix() <= network.prefix() && range.contains(network.network())
        };
        if !self.ranges.iter().any(holds) {
            return None;
        }
        let after = self.subnets.partition_point(|(range, _)| range.network() <= network.network());
        let subnet = after.checked_sub(1).and_then(|before| self.subnets.get(before));
        Some(match subnet {
            Some((range, subnet)) if holds(range) => Asker::Subnet(vpc, *subnet),
            _ => Asker::Vpc(vpc),
        })
    }
}

impl Places {
    /// Brings the index up to date with a VPC.
    pub fn update(&mut self, world: &World, vpc: VpcId) {
        let ground = Ground::of(world, vpc);
        let old = self.grounds.get(&vpc).cloned();
        if old.as_deref() == ground.as_ref() {
            return;
        }
        let (old, new) = (old.unwrap_or_default(), ground.clone().unwrap_or_default());
        for (address, ..) in old.holders.iter().filter(|it| !new.holds(it.0)) {
            forget(&mut self.holders, address, vpc);
        }
        for (address, ..) in new.holders.iter().filter(|it| !old.holds(it.0)) {
            note(&mut self.holders, *address, vpc);
        }
        for range in old.ranges.iter().filter(|range| !new.ranges.contains(range)) {
            forget(&mut self.ranges, range, vpc);
            if !self.ranges.contains_key(range) {
                self.sorted.remove(&(range.network(), range.prefix()));
            }
            self.widths.take(*range);
        }
        for range in new.ranges.iter().filter(|range| !old.ranges.contains(range)) {
            note(&mut self.ranges, *range, vpc);
            self.sorted.insert((range.network(), range.prefix()));
            self.widths.add(*range);
        }
        match ground {
            Some(ground) => self.grounds.insert(vpc, Arc::new(ground)),
            None => self.grounds.remove(&vpc),
        };
    }

    /// Finds an address within one VPC, or among all: an exact holder beats a range.
    pub fn locate(&self, vpc: Option<VpcId>, address: IpAddr) -> Located {
        if let Some(vpc) = vpc {
            return self.within(vpc, address).map_or(Located::Nowhere, Located::One);
        }
        if let Some(holders) = self.holders.get(&address) {
            return self.only(holders.only(), address);
        }
        match self.holding(address, u8::MAX) {
            Holding::Nobody => Located::Nowhere,
            Holding::One(vpc) => self.only(Some(vpc), address),
            Holding::Several => Located::Several,
        }
    }

    /// Finds a network within one VPC, or among all: it must lie within a range of exactly one VPC and overlap no other.
    ///
    /// A network of one address is that address.
    pub fn locate_network(&self, vpc: Option<VpcId>, network: IpNetwork) -> Located {
        let (first, prefix) = (network.network(), network.prefix());
        if prefix == if network.is_ipv4() { 32 } else { 128 } {
            return self.locate(vpc, first);
        }
        if let Some(vpc) = vpc {
            let ground =
                self.grounds.get(&vpc).and_then(|ground| ground.find_network(vpc, network));
            return ground.map_or(Located::Nowhere, Located::One);
        }
        let mut inside = self.sorted.range((first, prefix + 1)..=(network.broadcast(), u8::MAX));
        if inside.any(|(_, width)| *width > prefix) {
            return Located::Several;
        }
        match self.holding(first, prefix) {
            Holding::Nobody => Located::Nowhere,
            Holding::One(vpc) => self.locate_network(Some(vpc), network),
            Holding::Several => Located::Several,
        }
    }

    /// The VPC that has a range around an address, of this prefix length or a shorter one.
    fn holding(&self, address: IpAddr, longest: u8) -> Holding {
        let mut found = Holding::Nobody;
        for prefix in self.widths.of(address).filter(|prefix| *prefix <= longest) {
            let Ok(range) = IpNetwork::new(address, prefix) else { continue };
            let range = IpNetwork::new(range.network(), prefix).unwrap_or(range);
            match (self.ranges.get(&range).map(Vpcs::only), found) {
                (None, _) => {}
                (Some(Some(vpc)), Holding::Nobody) => found = Holding::One(vpc),
                (Some(Some(vpc)), Holding::One(before)) if vpc == before => {}
                (Some(_), _) => return Holding::Several,
            }
        }
        found
    }

    /// The VPCs in which an instance holds an address.
    pub fn holders(&self, address: IpAddr) -> impl Iterator<Item = VpcId> {
        self.holders.get(&address).into_iter().flat_map(Vpcs::iter)
    }

    fn only(&self, vpc: Option<VpcId>, address: IpAddr) -> Located {
        let Some(vpc) = vpc else { return Located::Several };
        self.within(vpc, address).map_or(Located::Nowhere, Located::One)
    }

    fn within(&self, vpc: VpcId, address: IpAddr) -> Option<Asker> {
        self.grounds.get(&vpc)?.find(vpc, address)
    }
}

impl Ground {
    fn holds(&self, address: IpAddr) -> bool {
        self.holders.binary_search_by_key(&address, |(held, ..)| *held).is_ok()
    }
}

fn note<K: std::hash::Hash + Eq + Clone>(map: &mut Shared<K, Vpcs>, key: K, vpc: VpcId) {
    let vpcs = map.get(&key).map_or(Vpcs::One(vpc), |vpcs| vpcs.with(vpc));
    map.insert(key, vpcs);
}

fn forget<K: std::hash::Hash + Eq + Clone>(map: &mut Shared<K, Vpcs>, key: &K, vpc: VpcId) {
    match map.get(key).and_then(|vpcs| vpcs.without(vpc)) {
        Some(rest) => map.insert(key.clone(), rest),
        None => map.remove(key),
    };
}

/// Why the name of a client cannot be resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nothing has this name.
    #[error(
        "no instance, subnet, VPC or inbound endpoint is called `{text}`, and it is not an address of one{}",
        known(.names)
    )]
    Unknown {
        /// What was asked for.
        text: String,
        /// Existing names.
        names: Vec<String>,
    },
    /// More than one thing has this name.
    #[error("`{text}` means more than one thing: {}", .ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The things, by id, with their names where those differ.
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
            let shown = |(id, asker): &(String, Asker)| candidate(world, text, id, *asker);
            let mut ids: Vec<_> = several.iter().map(shown).collect();
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
    let mut found: Vec<(String, Asker)> =
        instances.chain(vpcs).chain(subnets).chain(inbound).collect();
    for id in world.called(text) {
        if let Some(asker) = by_id(world, id)
            && !found.iter().any(|(known, _)| known == id)
        {
            found.push((id.to_owned(), asker));
        }
    }
    found
}

/// The name and id of a thing; only the id if its name is the text that was asked for.
fn candidate(world: &World, text: &str, id: &str, asker: Asker) -> String {
    let name = match asker {
        Asker::Instance(_, _, it) => world.instances.get(&it).map(|it| it.label()),
        Asker::Subnet(_, it) => world.subnets.get(&it).map(|it| it.label()),
        Asker::Vpc(it) => world.vpcs.get(&it).map(|it| it.label()),
        Asker::Inbound(_, it) => {
            world.inbound_endpoints.get(&it).and_then(|it| it.tags.name().map(str::to_owned))
        }
        Asker::Internet => None,
    };
    match name {
        Some(name) if name != text && name != id => format!("{name} ({id})"),
        _ => id.to_owned(),
    }
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

impl Places {
    /// The client that a query counts as, if nothing else says where it comes from: the world's default client, else
    /// its first VPC, else the internet.
    pub fn default_asker(&self, world: &World) -> Asker {
        let named = world.default_client.as_deref().and_then(|text| {
            if text == "internet" {
                return Some(Asker::Internet);
            }
            if let Ok(address) = text.parse::<Ipv4Addr>() {
                return self.first_holding(world, address.into());
            }
            by_id(world, text).or_else(|| by_name(world, text).first().map(|(_, asker)| *asker))
        });
        let first = || world.vpcs.keys().min_by_key(|id| (world.members(**id).since, **id));
        named.or_else(|| first().map(|id| Asker::Vpc(*id))).unwrap_or(Asker::Internet)
    }

    fn first_holding(&self, world: &World, address: IpAddr) -> Option<Asker> {
        world.vpcs_in_order().into_iter().find_map(|vpc| self.within(vpc.id, address))
    }
}

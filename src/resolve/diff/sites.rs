//! The client locations from which two Worlds are compared: matched between the Worlds, and merged where the
//! answers must be the same.
//!
//! Locations match by id, else by a name that is unique on each side.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    net::Ipv4Addr,
    sync::Arc,
};

use super::{
    guards::{Guards, Seen},
    sides::Sides,
};
use crate::{
    language::Language,
    model::{
        id::{InstanceId, NetworkAclId, RouteTableId, SecurityGroupId, SubnetId, VpcId},
        instance::Instance,
        map::Map,
        network_acl,
        network_acl_change::used_by,
        world::World,
    },
    resolve::question::Asker,
};

/// What decides the answers and ways of a place on each side.
pub(super) type Key = [Decides; 2];

/// What decides the answers and ways of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Decides {
    /// Nothing but where it is asked from.
    Place(Asker),
    /// Of an instance, or of a new one in a subnet.
    Host(Box<Host>),
}

/// What decides the answers and ways of an instance, or of a new one in a subnet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Host {
    vpc: VpcId,
    /// Load balancers may prefer a zone (B6).
    zone: Arc<str>,
    dns64: bool,
    /// The table in force.
    table: Option<RouteTableId>,
    /// Whether it is an instance that exists; reasons are worded so.
    exists: bool,
    public: bool,
    v4: bool,
    /// Its security groups, where they are known, and its subnet's network ACL.
    guards: (Option<Vec<SecurityGroupId>>, NetworkAclId),
    /// What else rules of groups and ACLs may look at.
    seen: Seen,
    /// Where the way may depend on the address itself: routes back over a peering connection, routes through instances.
    exactly: Option<(SubnetId, Option<InstanceId>, Option<Ipv4Addr>)>,
}

/// A place that exists on both sides.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Where side A is asked from.
    pub(super) before: Asker,
    /// Where side B is asked from.
    pub(super) after: Asker,
    /// What it is called.
    pub(super) label: String,
    /// Its VPC's name; none for the internet.
    pub(super) vpc: Option<String>,
}

impl Site {
    /// What decides its answers and ways: sites of equal keys answer alike.
    pub(super) fn key(&self, sides: [&World; 2], guards: &[Guards; 2]) -> Key {
        [key(sides[0], &guards[0], self.before), key(sides[1], &guards[1], self.after)]
    }

    /// What decides its answers and ways where no other place is like it.
    pub(super) fn alone(&self) -> Key {
        [Decides::Place(self.before), Decides::Place(self.after)]
    }

    /// What decides its answers alone.
    pub(super) fn answer_key(&self, sides: [&World; 2]) -> Key {
        [answer_key(sides[0], self.before), answer_key(sides[1], self.after)]
    }
}

/// Answers depend on less than ways do: not on tables and addresses.
fn answer_key(world: &World, asker: Asker) -> Decides {
    let Some(subnet) = asker.subnet().and_then(|subnet| world.subnets.get(&subnet)) else {
        return Decides::Place(asker);
    };
    if !world.faults.is_empty() {
        return Decides::Place(asker);
    }
    Decides::Host(Box::new(Host {
        vpc: subnet.vpc,
        zone: Arc::clone(&subnet.zone),
        dns64: subnet.dns64,
        table: None,
        exists: false,
        public: false,
        v4: false,
        guards: (None, network_acl::of(subnet.vpc)),
        seen: Seen::default(),
        exactly: None,
    }))
}

fn key(world: &World, guards: &Guards, asker: Asker) -> Decides {
    let Some(subnet) = asker.subnet().and_then(|subnet| world.subnets.get(&subnet)) else {
        return Decides::Place(asker);
    };
    let instance = match asker {
        Asker::Instance(_, _, id) => world.instances.get(&id),
        _ => None,
    };
    let table = world.route_table_of(subnet);
    // A fault of the World may be of one subnet; a way may come back only to some addresses.
    let particular = !world.faults.is_empty()
        || !world.members(subnet.vpc).peerings.is_empty()
        || table.is_some_and(|table| {
            let to_ranges = table.routes.iter().map(|route| &route.target);
            let to_lists = table.list_routes.iter().map(|route| &route.target);
            to_ranges.chain(to_lists).any(|target| {
                let target = target.to_string();
                target.starts_with("i-") || target.starts_with("eni-")
            })
        });
    let address = instance.and_then(|it| it.address);
    Decides::Host(Box::new(Host {
        vpc: subnet.vpc,
        zone: Arc::clone(&subnet.zone),
        dns64: subnet.dns64,
        table: table.map(|table| table.id),
        exists: instance.is_some(),
        public: instance.map_or(subnet.map_public_ip, |it| it.public_address.is_some()),
        v4: instance.map_or(!subnet.ipv6_native, |it| it.address.is_some()),
        guards: (instance.and_then(stated), used_by(subnet)),
        seen: guards.seen(subnet, instance.map(|it| &**it)),
        exactly: particular.then(|| (subnet.id, instance.map(|it| it.id), address)),
    }))
}

/// The groups of an instance, where they are known.
fn stated(instance: &Arc<Instance>) -> Option<Vec<SecurityGroupId>> {
    instance.interface.groups_stated.then(|| instance.interface.groups.clone())
}

/// The places of two Worlds.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// Those on both sides: each VPC with its inbound endpoints, subnets and instances, then the internet. A VPC as a
    /// whole is a place only where no subnet of it is on both sides.
    pub(super) both: Vec<Site>,
    /// Those of side A only.
    pub(super) only_before: Vec<String>,
    /// Those of side B only.
    pub(super) only_after: Vec<String>,
}

impl Sites {
    /// The VPCs, inbound endpoints, subnets and instances of two Worlds, and the internet.
    pub(super) fn of(compared: Sides<'_>) -> Self {
        let (before, after) = (&compared.before.world, &compared.after.world);
        let say = compared.language;
        let mut sites = Self::default();
        let label_of = |world: &World, asker: Asker| {
            asker.vpc().and_then(|id| world.vpcs.get(&id)).map(|vpc| vpc.label())
        };
        sites.join(
            [&before.vpcs, &after.vpcs],
            |vpc| (vpc.label(), Asker::Vpc(vpc.id)),
            |world_side, asker| label_of([before, after][world_side], asker),
            say,
        );
        sites.join(
            [&before.inbound_endpoints, &after.inbound_endpoints],
            |it| {
                let label = it.tags.name().map_or_else(|| it.id.to_string(), str::to_owned);
                (say.cause_inbound(label), Asker::Inbound(it.vpc, it.id))
            },
            |world_side, asker| label_of([before, after][world_side], asker),
            say,
        );
        sites.join(
            [&before.subnets, &after.subnets],
            |it| (say.subnet(it.label()), Asker::Subnet(it.vpc, it.id)),
            |world_side, asker| label_of([before, after][world_side], asker),
            say,
        );
        sites.join(
            [&before.instances, &after.instances],
            |it| (it.label(), Asker::Instance(it.vpc, it.subnet, it.id)),
            |world_side, asker| label_of([before, after][world_side], asker),
            say,
        );
        let rank = |site: &Site| match site.before {
            Asker::Vpc(_) => 0,
            Asker::Inbound(..) => 1,
            Asker::Subnet(..) => 2,
            _ => 3,
        };
        let split: HashSet<(Option<VpcId>, Option<VpcId>)> = sites
            .both
            .iter()
            .filter(|site| site.before.subnet().is_some())
            .map(|site| (site.before.vpc(), site.after.vpc()))
            .collect();
        sites.both.retain(|site| {
            !matches!(site.before, Asker::Vpc(_))
                || !split.contains(&(site.before.vpc(), site.after.vpc()))
        });
        sites.both.sort_by(|one, other| {
            (&one.vpc, rank(one), &one.label).cmp(&(&other.vpc, rank(other), &other.label))
        });
        sites.only_before.sort();
        sites.only_after.sort();
        sites.both.push(Site {
            before: Asker::Internet,
            after: Asker::Internet,
            label: say.internet(),
            vpc: None,
        });
        sites
    }

    /// Matches the resources of one kind.
    fn join<K: Hash + Eq + Copy, V>(
        &mut self,
        sides: [&Map<K, Arc<V>>; 2],
        place: impl Fn(&V) -> (String, Asker),
        vpc: impl Fn(usize, Asker) -> Option<String>,
        say: Language,
    ) {
        let [before, after] = sides;
        let mut taken: HashSet<K> = HashSet::new();
        // A name means one thing within a VPC.
        let called = |side: usize, found: &V| {
            let (label, asker) = place(found);
            (vpc(side, asker), label)
        };
        let mut meant: HashMap<(Option<String>, String), usize> = HashMap::new();
        for found in before.values() {
            *meant.entry(called(0, found)).or_default() += 1;
        }
        let mut new: HashMap<(Option<String>, String), Vec<K>> = HashMap::new();
        for (id, found) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
            new.entry(called(1, found)).or_default().push(*id);
        }
        let name = |side: usize, (label, asker): &(String, Asker)| match vpc(side, *asker) {
            Some(vpc) if vpc != *label => say.places_in(label, vpc),
            _ => label.clone(),
        };
        for (id, found) in before {
            let (label, asker) = place(found);
            let called = called(0, found);
            let by_name = || match new.get(&called).map(Vec::as_slice) {
                Some([other]) if meant.get(&called) == Some(&1) => Some(*other),
                _ => None,
            };
            let other = Some(*id).filter(|id| after.contains_key(id)).or_else(by_name);
            match other.and_then(|other| after.get_key_value(&other)) {
                Some((other, found)) => {
                    taken.insert(*other);
                    let vpc = vpc(0, asker);
                    self.both.push(Site { before: asker, after: place(found).1, label, vpc });
                }
                None => self.only_before.push(name(0, &(label, asker))),
            }
        }
        for (_, found) in after.iter().filter(|(id, _)| !taken.contains(*id)) {
            self.only_after.push(name(1, &place(found)));
        }
    }
}

//! The places two Worlds are asked from, matched with each other, and merged where they must answer alike.
//!
//! Places match by id, else by a name that means one thing on each side. Knows no names and no answers.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use crate::{
    model::{map::Map, world::World},
    resolve::question::Asker,
};

/// What decides the answers and ways of a place on each side.
pub(super) type Key = [(Asker, bool); 2];

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
    pub(super) fn key(&self, sides: [&World; 2]) -> Key {
        [key(sides[0], self.before), key(sides[1], self.after)]
    }
}

/// An instance answers as its subnet does; whether it has a public address decides its way.
fn key(world: &World, asker: Asker) -> (Asker, bool) {
    match asker {
        Asker::Instance(vpc, subnet, id) => (
            Asker::Subnet(vpc, subnet),
            world.instances.get(&id).is_some_and(|instance| instance.public_address.is_some()),
        ),
        other => (other, false),
    }
}

/// The places of two Worlds.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// Those on both sides: each VPC with its inbound endpoints and instances, then the internet.
    pub(super) both: Vec<Site>,
    /// Those of side A only.
    pub(super) only_before: Vec<String>,
    /// Those of side B only.
    pub(super) only_after: Vec<String>,
}

impl Sites {
    /// The VPCs, inbound endpoints and instances of two Worlds, and the internet.
    pub(super) fn of(before: &World, after: &World) -> Self {
        let mut sites = Self::default();
        let label_of = |world: &World, asker: Asker| {
            asker.vpc().and_then(|id| world.vpcs.get(&id)).map(|vpc| vpc.label())
        };
        sites.join(
            [&before.vpcs, &after.vpcs],
            |vpc| (vpc.label(), Asker::Vpc(vpc.id)),
            |world_side, asker| label_of([before, after][world_side], asker),
        );
        sites.join(
            [&before.inbound_endpoints, &after.inbound_endpoints],
            |it| {
                let label = it.tags.name().map_or_else(|| it.id.to_string(), str::to_owned);
                (format!("inbound endpoint {label}"), Asker::Inbound(it.vpc, it.id))
            },
            |world_side, asker| label_of([before, after][world_side], asker),
        );
        sites.join(
            [&before.instances, &after.instances],
            |it| (it.label(), Asker::Instance(it.vpc, it.subnet, it.id)),
            |world_side, asker| label_of([before, after][world_side], asker),
        );
        let rank = |site: &Site| match site.before {
            Asker::Vpc(_) => 0,
            Asker::Inbound(..) => 1,
            _ => 2,
        };
        sites.both.sort_by(|one, other| {
            (&one.vpc, rank(one), &one.label).cmp(&(&other.vpc, rank(other), &other.label))
        });
        sites.only_before.sort();
        sites.only_after.sort();
        sites.both.push(Site {
            before: Asker::Internet,
            after: Asker::Internet,
            label: "the internet".to_owned(),
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
    ) {
        let [before, after] = sides;
        let mut taken: HashSet<K> = HashSet::new();
        let mut meant: HashMap<String, usize> = HashMap::new();
        for found in before.values() {
            *meant.entry(place(found).0).or_default() += 1;
        }
        let mut new: HashMap<String, Vec<K>> = HashMap::new();
        for (id, found) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
            new.entry(place(found).0).or_default().push(*id);
        }
        let name = |side: usize, (label, asker): &(String, Asker)| match vpc(side, *asker) {
            Some(vpc) if vpc != *label => format!("{label} in {vpc}"),
            _ => label.clone(),
        };
        for (id, found) in before {
            let (label, asker) = place(found);
            let by_name = || match new.get(&label).map(Vec::as_slice) {
                Some([other]) if meant.get(&label) == Some(&1) => Some(*other),
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

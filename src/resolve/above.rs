//! Names that exist only because a name below them exists: they have no records, but they are not NXDOMAIN (RFC
//! 8020 section 2, RFC 4592 section 2.2.2).
//!
//! Looked up before NXDOMAIN is answered. Each VPC has such names of its own, and there are names for everybody.
//! Which SOA the negative answer carries is decided elsewhere.

use std::{
    borrow::Borrow,
    collections::HashSet,
    hash::{Hash, Hasher},
    net::Ipv4Addr,
    sync::Arc,
};

use super::{
    answer::{Outcome, Rcode},
    endpoint::vpce_space,
    trace::{Step, Tracer},
};
use crate::model::{
    endpoint::EndpointKind,
    id::VpcId,
    map::Shared,
    name::{MAX_NAME, Name, NameRef},
    world::World,
};

/// Turns NXDOMAIN into NODATA if `exists` finds names below the question's.
///
/// An answer that begins with a CNAME is left alone: its code is about the last name of the chain (RFC 6604).
pub fn amend<T: Tracer>(outcome: &mut Outcome<'_>, trace: &mut T, exists: impl FnOnce() -> bool) {
    if let Outcome::Answer(answer) = outcome
        && answer.rcode == Rcode::NxDomain
        && answer.records.is_empty()
        && exists()
    {
        trace.step(Step::NamesBelow);
        answer.rcode = Rcode::NoError;
    }
}

/// A suffix of a name. It shares the name's bytes.
#[derive(Clone, Debug)]
struct Ending {
    name: Name,
    start: u8,
}

impl Ending {
    fn wire(&self) -> &[u8] {
        self.name.wire().get(usize::from(self.start)..).unwrap_or_default()
    }

    /// The suffixes of a name, the longest first.
    fn all(name: &Name) -> impl Iterator<Item = Self> + use<'_> {
        let whole = name.wire().len();
        let start = move |suffix: NameRef<'_>| u8::try_from(whole - suffix.wire().len()).ok();
        let ending = move |start| Self { name: name.clone(), start };
        name.as_ref().suffixes().filter_map(start).map(ending)
    }
}

impl Borrow<[u8]> for Ending {
    fn borrow(&self) -> &[u8] {
        self.wire()
    }
}

impl Hash for Ending {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire().hash(state);
    }
}

impl PartialEq for Ending {
    fn eq(&self, other: &Self) -> bool {
        self.wire() == other.wire()
    }
}

impl Eq for Ending {}

/// Names that lie above others.
#[derive(Clone, Debug, Default)]
pub struct Above(HashSet<Ending, foldhash::fast::FixedState>);

impl Above {
    /// Adds every name above this one.
    pub fn add(&mut self, name: &Name) {
        self.insert(Ending::all(name).skip(1));
    }

    /// Adds this name and every name above it.
    pub fn add_with(&mut self, name: &Name) {
        self.insert(Ending::all(name));
    }

    /// If a name is in the set, all names above it are too.
    fn insert(&mut self, mut endings: impl Iterator<Item = Ending>) {
        while endings.next().is_some_and(|ending| self.0.insert(ending)) {}
    }

    /// Whether the name is one of them.
    pub fn holds(&self, name: NameRef<'_>) -> bool {
        self.0.contains(name.wire())
    }
}

/// The names above what the VPCs show to everybody: endpoint names, and reverse names of public addresses.
///
/// Kept up as Changes touch VPCs; it counts in how many of them something lies below a name.
#[derive(Clone, Debug, Default)]
pub struct Published {
    vpcs: Shared<VpcId, Arc<Visible>>,
    names: Shared<Ending, usize>,
    prefixes: Shared<Prefix, usize>,
}

/// The first octets of an address, and how many.
type Prefix = ([u8; 3], usize);

/// The names of one VPC, each once, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Visible {
    names: Vec<Ending>,
    prefixes: Vec<Prefix>,
}

impl Visible {
    fn of(world: &World, vpc: VpcId) -> Self {
        let mut shown = Self::default();
        let endpoints = world
            .endpoints_of(vpc)
            .filter(|it| it.kind == EndpointKind::Interface && it.state.answers());
        for base in endpoints.flat_map(|endpoint| endpoint.service.bases()) {
            let Some(space) = vpce_space(base.as_ref()) else { continue };
            let below = move |ending: &Ending| usize::from(ending.start) < space;
            shown.names.extend(Ending::all(base).take_while(below));
        }
        shown.names.sort_unstable_by(|one, other| one.wire().cmp(other.wire()));
        shown.names.dedup();
        for address in world.instances_of(vpc).filter_map(|instance| instance.public_address) {
            let [a, b, c, _] = address.octets();
            shown.prefixes.extend([([a, 0, 0], 1), ([a, b, 0], 2), ([a, b, c], 3)]);
        }
        shown.prefixes.sort_unstable();
        shown.prefixes.dedup();
        shown
    }
}

impl Published {
    /// Brings it up to date with a VPC.
    pub fn update(&mut self, world: &World, vpc: VpcId) {
        let new = Visible::of(world, vpc);
        let old = self.vpcs.get(&vpc).cloned().unwrap_or_default();
        if *old == new {
            return;
        }
        count(&mut self.names, &old.names, &new.names);
        count(&mut self.prefixes, &old.prefixes, &new.prefixes);
        if new == Visible::default() {
            self.vpcs.remove(&vpc);
        } else {
            self.vpcs.insert(vpc, Arc::new(new));
        }
    }

    /// Whether endpoint names lie below a name.
    pub fn endpoint_names_below(&self, name: NameRef<'_>) -> bool {
        self.names.contains_key(name.wire())
    }

    /// Whether an instance holds a public address that begins with these octets, of which there are 1 to 3.
    pub fn address_below(&self, octets: &[u8]) -> bool {
        let mut prefix = [0; 3];
        for (to, from) in prefix.iter_mut().zip(octets) {
            *to = *from;
        }
        self.prefixes.contains_key(&(prefix, octets.len()))
    }
}

fn count<K: Hash + Eq + Clone>(counts: &mut Shared<K, usize>, old: &[K], new: &[K]) {
    for key in new {
        *counts.entry(key.clone()).or_insert(0) += 1;
    }
    for key in old {
        match counts.get(key) {
            Some(many) if *many > 1 => {
                let fewer = *many - 1;
                counts.insert(key.clone(), fewer);
            }
            _ => {
                counts.remove(key);
            }
        }
    }
}

/// Whether a domain given as text lies below a name.
pub fn text_lies_below(domain: &str, name: NameRef<'_>) -> bool {
    let (labels, asked) = (domain.split('.').count(), name.label_count());
    asked < labels && domain.split('.').skip(labels - asked).map(str::as_bytes).eq(name.labels())
}

/// Whether addresses that begin with these octets overlap a range.
pub fn overlaps(octets: &[u8], network: Ipv4Addr, prefix: u8) -> bool {
    let bits = 8 * octets.len().min(4);
    let common = bits.min(usize::from(prefix));
    let octet = |at: usize| octets.get(at).copied().unwrap_or(0);
    let address = u32::from_be_bytes(std::array::from_fn(octet));
    let mask = u32::MAX.checked_shl(32 - u32::try_from(common).unwrap_or(32)).unwrap_or(0);
    address & mask == u32::from(network) & mask
}

const _: () = assert!(MAX_NAME <= u8::MAX as usize, "an ending's start fits into a byte");

#[cfg(test)]
mod tests;

//! How far the differences of two Worlds reach: the VPCs, and the names, whose answers or ways may differ.
//!
//! It may say too much, never too little: what it leaves out is not asked. A kind of resource that it does not know
//! reaches everywhere.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::sites::Site;
use crate::model::{
    id::{EndpointId, VpcId},
    name::Name,
};

/// Domains: names within them, and names above them.
pub(super) type Domains = Arc<BTreeSet<Name>>;

/// Which names are asked at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// None can differ.
    Nothing,
    /// Those within these domains and above them.
    Near(Domains),
    /// All.
    Everything,
}

/// How far the differences reach.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Everywhere.
    pub(super) everywhere: bool,
    /// VPCs in which any name may differ.
    pub(super) full: HashSet<VpcId>,
    /// Those of them in which any way may differ.
    pub(super) ways: HashSet<VpcId>,
    /// VPCs in which names near some domains may differ.
    pub(super) near: HashMap<VpcId, Domains>,
    /// Domains near which names may differ from every place.
    pub(super) public: Domains,
    /// The endpoints that differ.
    pub(super) endpoints: HashSet<EndpointId>,
}

impl Reach {
    /// Everywhere: every name is asked at every place.
    pub(super) fn everywhere() -> Self {
        Self { everywhere: true, ..Self::default() }
    }

    /// The VPCs that anything reaches; `None` for all.
    pub(super) fn vpcs(&self) -> Option<HashSet<VpcId>> {
        let all = self.full.iter().chain(&self.ways).chain(self.near.keys());
        (!self.everywhere).then(|| all.copied().collect())
    }

    /// All domains that anything reaches.
    pub(super) fn domains(&self) -> impl Iterator<Item = &Domains> {
        self.near.values().chain([&self.public])
    }

    /// Whether at a place the way of a name may differ whose answer does not. Near domains, all ways are looked at.
    pub(super) fn ways_differ(&self, site: &Site) -> bool {
        let of = |vpc| self.ways.contains(&vpc) || !self.full.contains(&vpc);
        self.everywhere || site.before != site.after || site.after.vpc().is_none_or(of)
    }

    /// Which names are asked at a place.
    pub(super) fn scope(&self, site: &Site) -> Scope {
        let vpc = site.after.vpc();
        if self.everywhere
            || site.before != site.after
            || vpc.is_some_and(|vpc| self.full.contains(&vpc))
        {
            return Scope::Everything;
        }
        let near = vpc.and_then(|vpc| self.near.get(&vpc)).unwrap_or(&self.public);
        if near.is_empty() { Scope::Nothing } else { Scope::Near(Arc::clone(near)) }
    }
}

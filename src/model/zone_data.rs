//! The contents of a zone: records by name, with wildcards and the names in between.
//!
//! One form for private hosted zones and for the public zone files. Which record answers is decided in
//! `resolve/zone.rs`.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use super::{
    name::{Name, NameRef},
    record::{Rdata, RecordSet, RecordType},
    routing::{AliasTarget, Answers, Policy, RoutedSet},
    suffix_map::SuffixMap,
};

/// Records by name, and the SOA that negative answers carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneData {
    /// The zone's own name.
    pub origin: Name,
    /// The SOA's data in wire form.
    pub soa: Rdata,
    /// The SOA's TTL, already no more than its MINIMUM (RFC 2308 section 3).
    pub soa_ttl: u32,
    /// Shared with the zone that a Change copied, so that a copy costs little.
    nodes: SuffixMap<Arc<ZoneNode>>,
    listed: Listed,
}

/// The names with records in Route 53's order. Sorted when a list is asked for, and kept until the zone changes, so that a
/// page costs what is on it.
#[derive(Clone, Debug, Default)]
struct Listed(Arc<OnceLock<Vec<Name>>>);

impl PartialEq for Listed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Listed {}

/// Labels from the last to the first, by which Route 53 sorts names.
pub fn listing_key(name: &Name) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.wire().len());
    let labels: Vec<&[u8]> = name.as_ref().labels().collect();
    for label in labels.into_iter().rev() {
        key.extend_from_slice(label);
        key.push(0);
    }
    key
}

/// The records at a name. An empty non-terminal has none (RFC 4592 section 2.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct ZoneNode {
    /// Record sets, at most one for each type.
    pub sets: Vec<RecordSet>,
    /// An alias: the answer is whatever this name answers (R57).
    pub alias: Option<Arc<Name>>,
    /// Record sets with a routing policy or a health check, and aliases of one type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routed: Vec<RoutedSet>,
}

impl ZoneNode {
    /// The set of a type.
    pub fn set(&self, rtype: RecordType) -> Option<&RecordSet> {
        self.sets.iter().find(|set| set.rtype == rtype)
    }
}

impl ZoneNode {
    /// Every record set of the name in one form. The alias of a world file is two sets, one for each family of addresses;
    /// `zone_of` gives the id of the hosted zone that its target lies in.
    pub fn all_sets(&self, zone_of: impl Fn(&Name) -> Arc<str>) -> Vec<RoutedSet> {
        let mut sets: Vec<_> = self.sets.iter().cloned().map(RoutedSet::simple).collect();
        if let Some(name) = &self.alias {
            let target = AliasTarget {
                name: Name::clone(name),
                zone: zone_of(name),
                evaluate_health: false,
            };
            let alias = |rtype| RoutedSet {
                rtype,
                identifier: None,
                policy: Policy::Simple,
                health_check: None,
                answers: Answers::Alias(target.clone()),
            };
            sets.extend([alias(RecordType::A), alias(RecordType::AAAA)]);
        }
        sets.extend(self.routed.iter().cloned());
        sets
    }

    /// A name with these record sets.
    pub fn of_sets(sets: Vec<RoutedSet>) -> Self {
        let mut node = Self::default();
        for set in sets {
            match set {
                RoutedSet { answers: Answers::Records(ref plain), .. } if set.is_plain() => {
                    node.sets.push(plain.clone());
                }
                routed => node.routed.push(routed),
            }
        }
        node
    }

    /// Whether there is nothing at the name.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.alias.is_none() && self.routed.is_empty()
    }
}

/// Why a record cannot be in a zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Its owner is outside the zone.
    #[error("{name} does not lie in the zone {origin}")]
    OutOfZone {
        /// The owner.
        name: Name,
        /// The zone.
        origin: Name,
    },
    /// A CNAME cannot be beside other records (RFC 1034 section 3.6.2).
    #[error("{0} has a CNAME and other data")]
    CnameAndOther(Name),
    /// The apex of a zone cannot be a CNAME.
    #[error("{0} is the zone's own name and cannot be a CNAME")]
    CnameAtApex(Name),
    /// Two CNAMEs at one name.
    #[error("{0} has more than one CNAME")]
    TwoCnames(Name),
}

impl ZoneData {
    /// An empty zone with this SOA.
    pub fn new(origin: Name, soa: Rdata, soa_ttl: u32) -> Self {
        let mut nodes = SuffixMap::default();
        nodes.insert(origin.clone(), Arc::default());
        Self { origin, soa, soa_ttl, nodes, listed: Listed::default() }
    }

    /// An empty private zone, whose SOA every such zone shares (P31).
    pub fn private(origin: Name) -> Self {
        Self::new(origin, private_soa(), 60)
    }

    /// Adds records; those of a type already there are joined.
    ///
    /// # Errors
    ///
    /// See [`ZoneError`]. The zone is then unchanged.
    pub fn add(
        &mut self,
        name: &Name,
        rtype: RecordType,
        ttl: u32,
        data: Rdata,
    ) -> Result<(), ZoneError> {
        let node = self.check(name, rtype)?;
        match node.sets.iter_mut().find(|set| set.rtype == rtype) {
            Some(set) => {
                set.ttl = ttl;
                if !set.data.contains(&data) {
                    set.data.push(data);
                }
            }
            None => node.sets.push(RecordSet::new(rtype, ttl, vec![data])),
        }
        Ok(())
    }

    /// Makes a name answer as another does.
    ///
    /// # Errors
    ///
    /// What [`ZoneError`] says.
    pub fn add_alias(&mut self, name: &Name, target: Name) -> Result<(), ZoneError> {
        let node = self.check(name, RecordType::A)?;
        node.alias = Some(Arc::new(target));
        Ok(())
    }

    /// Adds a record set with a routing policy, a health check, or an alias of one type.
    ///
    /// # Errors
    ///
    /// What [`ZoneError`] says.
    pub fn add_routed(&mut self, name: &Name, set: RoutedSet) -> Result<(), ZoneError> {
        // Several CNAMEs may share a name if a policy chooses among them.
        if name.as_ref().is_within(self.origin.as_ref())
            && self.nodes.get(name.as_ref()).is_some_and(|node| !node.routed.is_empty())
        {
            self.change(name).routed.push(set);
            return Ok(());
        }
        self.check(name, set.rtype)?.routed.push(set);
        Ok(())
    }

    fn check(&mut self, name: &Name, rtype: RecordType) -> Result<&mut ZoneNode, ZoneError> {
        if !name.as_ref().is_within(self.origin.as_ref()) {
            return Err(ZoneError::OutOfZone { name: name.clone(), origin: self.origin.clone() });
        }
        let is_cname = rtype == RecordType::CNAME;
        if is_cname && *name == self.origin {
            return Err(ZoneError::CnameAtApex(name.clone()));
        }
        if let Some(node) = self.nodes.get(name.as_ref()) {
            let has_cname = node.set(RecordType::CNAME).is_some();
            if is_cname && has_cname {
                return Err(ZoneError::TwoCnames(name.clone()));
            }
            if has_cname || (is_cname && !node.is_empty()) {
                return Err(ZoneError::CnameAndOther(name.clone()));
            }
        }
        self.reach(name);
        Ok(self.change(name))
    }

    /// Puts in the names between a name of the zone and the zone itself.
    fn reach(&mut self, name: &Name) {
        for suffix in name.as_ref().suffixes() {
            if suffix == self.origin.as_ref() || self.nodes.get(suffix).is_some() {
                break;
            }
            self.nodes.insert(suffix.to_name(), Arc::default());
        }
    }

    /// What is at a name, to be changed.
    fn change(&mut self, name: &Name) -> &mut ZoneNode {
        self.listed = Listed::default();
        Arc::make_mut(self.nodes.entry(name))
    }

    /// The records at a name; `None` if the name does not exist.
    pub fn node(&self, name: NameRef<'_>) -> Option<&ZoneNode> {
        self.nodes.get(name).map(|node| &**node)
    }

    /// The wildcard that covers a name that does not exist: `*` below its closest encloser (RFC 4592 section 3.3.1).
    pub fn wildcard_for(&self, name: NameRef<'_>) -> Option<&ZoneNode> {
        let (length, _) = self.nodes.holders(name.parent()?).next()?;
        let encloser = name.wire().get(name.wire().len().checked_sub(length)?..)?;
        let mut wire = [0_u8; super::name::MAX_NAME + 2];
        wire[..2].copy_from_slice(b"\x01*");
        let end = 2 + length;
        wire.get_mut(2..end)?.copy_from_slice(encloser);
        self.node(NameRef::from_lower_wire(&wire[..end]))
    }

    /// Replaces what is at a name of the zone. If it is nothing, [`Self::tidy`] then puts the names in between right.
    pub fn put(&mut self, name: &Name, node: ZoneNode) {
        if !node.is_empty() {
            self.reach(name);
        }
        *self.change(name) = node;
    }

    /// Takes away names without records that are in between no longer. Walks over the whole zone.
    pub fn tidy(&mut self) {
        let mut held: HashSet<Name> = HashSet::from([self.origin.clone()]);
        for name in self.names().into_iter().cloned().collect::<Vec<_>>() {
            for suffix in name.as_ref().suffixes() {
                if suffix == self.origin.as_ref() {
                    break;
                }
                held.insert(suffix.to_name());
            }
        }
        self.nodes.retain(|name| held.contains(name));
    }

    /// Whether it has no records but the NS and SOA records of the zone itself.
    pub fn is_bare(&self) -> bool {
        self.nodes.iter().all(|(name, node)| {
            let required = |set: &RecordSet| {
                *name == self.origin && matches!(set.rtype, RecordType::NS | RecordType::SOA)
            };
            node.alias.is_none() && node.routed.is_empty() && node.sets.iter().all(required)
        })
    }

    /// Every name with records, and those, in no order.
    pub fn held(&self) -> impl Iterator<Item = (&Name, &ZoneNode)> {
        self.nodes.iter().map(|(name, node)| (name, &**node)).filter(|(_, node)| !node.is_empty())
    }

    /// The names with records and the zone's own, in Route 53's order.
    pub fn listed(&self) -> &[Name] {
        self.listed.0.get_or_init(|| {
            let held = self.held().map(|(name, _)| name).filter(|name| **name != self.origin);
            let mut names: Vec<Name> = held.chain([&self.origin]).cloned().collect();
            names.sort_by_cached_key(listing_key);
            names
        })
    }

    /// Every name with records, sorted.
    pub fn names(&self) -> Vec<&Name> {
        let mut names: Vec<_> = self.held().map(|(name, _)| name).collect();
        names.sort();
        names
    }
}

/// The SOA data of a private zone (P31): one mname, one rname, and Route 53's numbers.
pub fn private_soa() -> Rdata {
    Rdata::from_wire(PRIVATE_SOA)
}

/// `ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` in wire form.
pub const PRIVATE_SOA: &[u8] =
    b"\x07ns-1536\x09awsdns-00\x02co\x02uk\x00\x11awsdns-hostmaster\x06amazon\x03com\x00\
\x00\x00\x00\x01\x00\x00\x1c\x20\x00\x00\x03\x84\x00\x12\x75\x00\x00\x01\x51\x80";

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn the_private_soa_reads_as_recorded() {
        let text = super::super::record::rdata_text(RecordType::SOA, PRIVATE_SOA);
        assert_eq!(
            text,
            "ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
        );
    }

    #[test]
    fn names_in_between_exist() {
        let mut zone = ZoneData::private(name("corp.internal"));
        let address = Rdata::parse(RecordType::A, "10.0.0.1").unwrap();
        zone.add(&name("a.b.corp.internal"), RecordType::A, 60, address.clone()).unwrap();
        assert!(
            zone.node(name("b.corp.internal").as_ref()).is_some_and(|node| node.sets.is_empty())
        );
        assert!(zone.node(name("c.corp.internal").as_ref()).is_none());
        assert!(zone.add(&name("corp.example"), RecordType::A, 60, address.clone()).is_err());
        let target = Rdata::parse(RecordType::CNAME, "x.y").unwrap();
        assert!(
            zone.add(&name("a.b.corp.internal"), RecordType::CNAME, 60, target.clone()).is_err()
        );
        assert!(zone.add(&name("corp.internal"), RecordType::CNAME, 60, target).is_err());
        zone.add(&name("*.w.corp.internal"), RecordType::A, 60, address).unwrap();
        assert!(zone.wildcard_for(name("deep.er.w.corp.internal").as_ref()).is_some());
        assert!(zone.wildcard_for(name("deep.er.corp.internal").as_ref()).is_none());
    }
}

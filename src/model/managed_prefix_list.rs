//! Prefix lists of customers: named lists of ranges, with versions. Routes and rules of security groups may name them.
//!
//! AWS's own lists are in the catalogue.

use std::sync::Arc;

use ipnetwork::IpNetwork;

use super::{
    change::{Touched, duplicate},
    id::{PrefixListId, RegionName, VpcId},
    id_words::IdWords,
    refusal::Refusal,
    route::canonical,
    security_group_rule::{Peer, SecurityGroupRule},
    world::{Tags, World},
};

/// The most entries that a list may be made for (PL1).
const MOST_ENTRIES: u32 = 1_000;
/// How many versions of a list are kept (PL2).
const KEPT_VERSIONS: usize = 1_000;
/// How many entries are kept in all versions; the oldest leave.
const KEPT_ENTRIES: usize = 20_000;
/// The longest name (PL1).
const MAX_NAME: usize = 255;

/// A prefix list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ManagedPrefixList {
    /// Its id.
    pub id: PrefixListId,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: Arc<str>,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Whether its ranges are of IPv6.
    pub v6: bool,
    /// How many entries it may have.
    pub max_entries: u32,
    /// Its versions, the newest last.
    pub versions: Vec<PrefixListVersion>,
    /// Whether it was modified after it was made.
    pub modified: bool,
    /// Whether it was not deleted, because something names it.
    #[serde(default)]
    pub deletion_failed: bool,
}

/// The entries of one version of a list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PrefixListVersion {
    /// Its number.
    pub number: u64,
    /// Its entries.
    pub entries: Vec<PrefixListEntry>,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PrefixListEntry {
    /// The range.
    pub cidr: IpNetwork,
    /// What its owner says of it.
    pub description: Option<Arc<str>>,
}

/// `CreateManagedPrefixList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateManagedPrefixList {
    /// The list.
    pub list: ManagedPrefixList,
}

/// `ModifyManagedPrefixList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyManagedPrefixList {
    /// The list.
    pub list: PrefixListId,
    /// The version that it must have.
    pub current: Option<u64>,
    /// Its new name.
    pub name: Option<Arc<str>>,
    /// How many entries it may have from now on.
    pub max_entries: Option<u32>,
    /// The entries to add; one whose range is there gets the new description.
    pub add: Vec<PrefixListEntry>,
    /// The ranges of the entries to remove.
    pub remove: Vec<IpNetwork>,
}

/// `RestoreManagedPrefixListVersion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreManagedPrefixListVersion {
    /// The list.
    pub list: PrefixListId,
    /// The version whose entries it gets.
    pub version: u64,
    /// The version that it must have.
    pub current: u64,
}

/// `DeleteManagedPrefixList`. It begins in any case, and fails if a route or a rule names the list (PL3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteManagedPrefixList {
    /// The list.
    pub list: PrefixListId,
}

impl ManagedPrefixList {
    /// Its version.
    pub fn version(&self) -> u64 {
        self.versions.last().map_or(1, |it| it.number)
    }

    /// Its entries.
    pub fn entries(&self) -> &[PrefixListEntry] {
        self.versions.last().map_or(&[], |it| &it.entries)
    }

    /// The entries of a version.
    ///
    /// # Errors
    ///
    /// AWS's refusal of a version that is not kept.
    pub fn entries_of(&self, version: u64) -> Result<&[PrefixListEntry], Refusal> {
        let found = self.versions.iter().find(|it| it.number == version);
        found.map(|it| &*it.entries).ok_or_else(|| {
            Refusal::new(
                "PrefixListVersionNotFound",
                format!("The prefix list '{}' has no version {version}.", self.id),
                "PL2",
            )
        })
    }

    /// AWS's word for its address family.
    pub fn family(&self) -> &'static str {
        if self.v6 { "IPv6" } else { "IPv4" }
    }

    fn check_version(&self, current: u64) -> Result<(), Refusal> {
        if current == self.version() {
            return Ok(());
        }
        Err(Refusal::new(
            "PrefixListVersionMismatch",
            "The prefix list has the incorrect version number",
            "PL2",
        ))
    }

    fn put_version(&mut self, entries: Vec<PrefixListEntry>) {
        let number = self.version() + 1;
        self.versions.push(PrefixListVersion { number, entries });
        let entries = |list: &Self| list.versions.iter().map(|it| it.entries.len()).sum::<usize>();
        while self.versions.len() > 1
            && (self.versions.len() > KEPT_VERSIONS || entries(self) > KEPT_ENTRIES)
        {
            self.versions.remove(0);
        }
    }

    /// Checks the name and the entries (PL1).
    fn check(&self) -> Result<(), Refusal> {
        if self.name.is_empty()
            || self.name.len() > MAX_NAME
            || self.name.starts_with("com.amazonaws")
        {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter PrefixListName is invalid. A name has 1 to {MAX_NAME} characters and does \
                     not start with com.amazonaws.",
                    self.name
                ),
                "PL1",
            ));
        }
        if !(1..=MOST_ENTRIES).contains(&self.max_entries) {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter MaxEntries is invalid. Expected a value from 1 to {MOST_ENTRIES}.",
                    self.max_entries
                ),
                "PL1",
            ));
        }
        let entries = self.entries();
        if let Some(other) = entries.iter().find(|it| it.cidr.is_ipv6() != self.v6) {
            return Err(Refusal::value(
                format!("The CIDR {} is not of the address family {}.", other.cidr, self.family()),
                "PL1",
            ));
        }
        let mut ranges: Vec<IpNetwork> = entries.iter().map(|it| it.cidr).collect();
        ranges.sort_unstable();
        if let Some([twice, _]) = ranges.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!("The CIDR {twice} is in the prefix list twice.");
            return Err(Refusal::value(message, "PL1"));
        }
        if entries.len() > usize::try_from(self.max_entries).unwrap_or(usize::MAX) {
            return Err(Refusal::new(
                "PrefixListMaxEntriesExceeded",
                "You've reached the maximum number of entries for the prefix list.",
                "PL1",
            ));
        }
        Ok(())
    }
}

/// Entries with the host bits of their ranges cleared.
fn cleared(entries: &[PrefixListEntry]) -> Vec<PrefixListEntry> {
    let cleared = |it: &PrefixListEntry| PrefixListEntry {
        cidr: canonical(it.cidr),
        description: it.description.clone(),
    };
    entries.iter().map(cleared).collect()
}

impl World {
    fn found_list(&self, id: PrefixListId) -> Result<ManagedPrefixList, Refusal> {
        let found = self.prefix_lists.get(&id).ok_or_else(|| id.missing("PL3"))?;
        Ok(ManagedPrefixList::clone(found))
    }

    /// Replaces a list; the VPCs whose route tables name it are altered.
    fn put_list(&mut self, list: ManagedPrefixList) -> Touched {
        let id = list.id;
        self.prefix_lists.insert(id, Arc::new(list));
        let mut touched = Touched::nothing();
        for vpc in self.vpcs_routing_by(id) {
            touched.join(Touched::vpc(vpc));
        }
        touched
    }

    fn vpcs_routing_by(&self, id: PrefixListId) -> Vec<VpcId> {
        let tables = self.route_tables.values();
        let naming = tables.filter(|table| table.list_routes.iter().any(|it| it.list == id));
        naming.map(|table| table.vpc).collect()
    }
}

impl CreateManagedPrefixList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = self.list.clone();
        duplicate(&world.prefix_lists, &list.id)?;
        let entries = cleared(list.entries());
        list.versions = vec![PrefixListVersion { number: 1, entries }];
        list.check()?;
        Ok(world.put_list(list))
    }
}

impl ModifyManagedPrefixList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = world.found_list(self.list)?;
        let edits = !self.add.is_empty() || !self.remove.is_empty();
        match self.current {
            Some(current) => list.check_version(current)?,
            None if edits => {
                return Err(Refusal::new(
                    "MissingParameter",
                    "The request must contain the parameter CurrentVersion",
                    "PL2",
                ));
            }
            None => {}
        }
        if edits && self.max_entries.is_some() {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                "The entries and the maximum number of entries of a prefix list cannot be modified together.",
                "PL2",
            ));
        }
        if edits {
            let mut entries = list.entries().to_vec();
            for range in self.remove.iter().map(|range| canonical(*range)) {
                let before = entries.len();
                entries.retain(|it| it.cidr != range);
                if entries.len() == before {
                    let message =
                        format!("The CIDR {range} is not in the prefix list '{}'.", list.id);
                    return Err(Refusal::value(message, "PL2"));
                }
            }
            for new in cleared(&self.add) {
                match entries.iter_mut().find(|it| it.cidr == new.cidr) {
                    Some(old) => *old = new,
                    None => entries.push(new),
                }
            }
            list.put_version(entries);
        }
        list.name = self.name.clone().unwrap_or(list.name);
        list.max_entries = self.max_entries.unwrap_or(list.max_entries);
        list.modified = true;
        list.deletion_failed = false;
        list.check()?;
        Ok(world.put_list(list))
    }
}

impl RestoreManagedPrefixListVersion {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = world.found_list(self.list)?;
        list.check_version(self.current)?;
        let entries = list.entries_of(self.version)?.to_vec();
        list.put_version(entries);
        list.modified = true;
        list.deletion_failed = false;
        list.check()?;
        Ok(world.put_list(list))
    }
}

impl DeleteManagedPrefixList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = world.found_list(self.list)?;
        let is_named = |rule: &SecurityGroupRule| rule.peer == Peer::PrefixList(list.id);
        let in_rules = world.security_groups.values().any(|it| it.rules.iter().any(is_named));
        if in_rules || !world.vpcs_routing_by(list.id).is_empty() {
            list.deletion_failed = true;
            return Ok(world.put_list(list));
        }
        world.prefix_lists.remove(&list.id);
        Ok(Touched::nothing())
    }
}

//! Makes, changes and deletes network ACLs and their entries (NA1 to NA4).

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{NetworkAclId, SubnetId, VpcId},
    id_words::IdWords,
    network_acl::{AclEntry, MAX_NUMBER, NetworkAcl, of},
    refusal::Refusal,
    subnet::Subnet,
    vpc::Vpc,
    world::{Tags, World},
};

/// The most ACLs of a VPC (NA4).
const MAX_ACLS: usize = 200;
/// The most entries of an ACL in one direction (NA4).
const MAX_ENTRIES: usize = 20;

/// The ACL that a subnet uses.
pub fn used_by(subnet: &Subnet) -> NetworkAclId {
    subnet.network_acl.unwrap_or_else(|| of(subnet.vpc))
}

/// `CreateNetworkAcl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateNetworkAcl {
    /// The ACL.
    pub acl: NetworkAcl,
}

/// `DeleteNetworkAcl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteNetworkAcl {
    /// The ACL.
    pub acl: NetworkAclId,
}

/// `CreateNetworkAclEntry` and `ReplaceNetworkAclEntry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutNetworkAclEntry {
    /// The ACL.
    pub acl: NetworkAclId,
    /// The entry.
    pub entry: AclEntry,
    /// Whether it takes the place of the one with its number.
    pub replace: bool,
}

/// `DeleteNetworkAclEntry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteNetworkAclEntry {
    /// The ACL.
    pub acl: NetworkAclId,
    /// The entry's number.
    pub number: u32,
    /// The entry's direction.
    pub egress: bool,
}

/// `ReplaceNetworkAclAssociation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceNetworkAclAssociation {
    /// The subnet.
    pub subnet: SubnetId,
    /// The ACL that it uses from now on.
    pub acl: NetworkAclId,
}

impl World {
    /// The ACL: as stored, or as it follows from its VPC.
    pub fn network_acl(&self, id: NetworkAclId) -> Option<Arc<NetworkAcl>> {
        if let Some(stored) = self.network_acls.get(&id) {
            return Some(Arc::clone(stored));
        }
        let vpc = self.vpcs.values().find(|vpc| of(vpc.id) == id)?;
        Some(self.default_network_acl(vpc))
    }

    /// The default ACL of a VPC.
    fn default_network_acl(&self, vpc: &Vpc) -> Arc<NetworkAcl> {
        let id = of(vpc.id);
        if let Some(stored) = self.network_acls.get(&id) {
            return Arc::clone(stored);
        }
        let tags = self.derived_tags.get(&id.to_string()).map(|tags| Tags::clone(tags));
        Arc::new(NetworkAcl::usual(vpc.id, !vpc.ipv6_cidrs.is_empty(), tags.unwrap_or_default()))
    }

    /// The ACLs of a VPC, the default one first.
    pub fn network_acls_of(&self, vpc: &Vpc) -> Vec<Arc<NetworkAcl>> {
        let others = self.network_acls.values().filter(|it| it.vpc == vpc.id && !it.is_default());
        std::iter::once(self.default_network_acl(vpc)).chain(others.cloned()).collect()
    }

    /// Whether a VPC has ACLs beside its default one.
    pub(super) fn has_own_network_acls(&self, vpc: VpcId) -> bool {
        self.network_acls.values().any(|it| it.vpc == vpc && !it.is_default())
    }

    fn found_acl(&self, id: NetworkAclId) -> Result<NetworkAcl, Refusal> {
        let found = self.network_acl(id).ok_or_else(|| id.missing("NA3"))?;
        Ok(NetworkAcl::clone(&found))
    }

    /// Stores an ACL. The tags of a default one are its own from now on.
    fn put_network_acl(&mut self, acl: NetworkAcl) {
        self.derived_tags.remove(&acl.id.to_string());
        self.network_acls.insert(acl.id, Arc::new(acl));
    }
}

impl CreateNetworkAcl {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = world.vpc(self.acl.vpc)?;
        duplicate(&world.network_acls, &self.acl.id)?;
        let own = world.network_acls.values().filter(|it| it.vpc == vpc.id && !it.is_default());
        if own.count() + 1 >= MAX_ACLS {
            return Err(Refusal::new(
                "NetworkAclLimitExceeded",
                format!(
                    "The maximum number of network ACLs of a VPC, {MAX_ACLS}, has been reached."
                ),
                "NA4",
            ));
        }
        world.network_acls.insert(self.acl.id, Arc::new(self.acl.clone()));
        Ok(Touched::nothing())
    }
}

impl DeleteNetworkAcl {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let acl = world.found_acl(self.acl)?;
        if acl.is_default() {
            let message = format!("cannot delete default network ACL {}", acl.id);
            return Err(Refusal::parameter(message, "NA3"));
        }
        if world.subnets_of(acl.vpc).any(|subnet| subnet.network_acl == Some(acl.id)) {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("The networkAcl '{}' has dependencies and cannot be deleted.", acl.id),
                "NA3",
            ));
        }
        world.network_acls.remove(&acl.id);
        Ok(Touched::nothing())
    }
}

fn no_entry(number: u32) -> Refusal {
    Refusal::new(
        "InvalidNetworkAclEntry.NotFound",
        format!("The network acl entry identified by {number} does not exist."),
        "NA3",
    )
}

impl PutNetworkAclEntry {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut acl = world.found_acl(self.acl)?;
        let entry = &self.entry;
        if !(1..=MAX_NUMBER).contains(&entry.number) {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter ruleNumber is invalid. Expected a value from 1 to {MAX_NUMBER}.",
                    entry.number
                ),
                "NA2",
            ));
        }
        let is_it = |it: &AclEntry| it.number == entry.number && it.egress == entry.egress;
        match (acl.entries.iter().position(is_it), self.replace) {
            (Some(_), false) => {
                return Err(Refusal::new(
                    "NetworkAclEntryAlreadyExists",
                    format!("The network acl entry identified by {} already exists.", entry.number),
                    "NA3",
                ));
            }
            (None, true) => return Err(no_entry(entry.number)),
            (Some(at), true) => acl.entries[at] = entry.clone(),
            (None, false) => acl.entries.push(entry.clone()),
        }
        acl.entries.sort_by_key(|it| (it.egress, it.number));
        if acl.entries.iter().filter(|it| it.egress == entry.egress).count() > MAX_ENTRIES {
            return Err(Refusal::new(
                "NetworkAclEntryLimitExceeded",
                format!(
                    "The maximum number of network acl entries in one direction, {MAX_ENTRIES}, has been reached."
                ),
                "NA4",
            ));
        }
        world.put_network_acl(acl);
        Ok(Touched::nothing())
    }
}

impl DeleteNetworkAclEntry {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut acl = world.found_acl(self.acl)?;
        let before = acl.entries.len();
        acl.entries.retain(|it| it.number != self.number || it.egress != self.egress);
        if acl.entries.len() == before {
            return Err(no_entry(self.number));
        }
        world.put_network_acl(acl);
        Ok(Touched::nothing())
    }
}

impl ReplaceNetworkAclAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let acl = world.found_acl(self.acl)?;
        let subnet = Subnet::clone(world.subnet(self.subnet)?);
        if subnet.vpc != acl.vpc {
            return Err(Refusal::parameter(
                format!(
                    "networkAcl {} and subnet {} belong to different networks",
                    acl.id, subnet.id
                ),
                "NA3",
            ));
        }
        let network_acl = (!acl.is_default()).then_some(acl.id);
        let vpc = subnet.vpc;
        world.subnets.insert(subnet.id, Arc::new(Subnet { network_acl, ..subnet }));
        Ok(Touched::vpc(vpc))
    }
}

//! Resources of other services that have a DNS name and addresses in a VPC: EKS cluster endpoints, EFS mount targets, RDS
//! instances, ElastiCache clusters.
//!
//! Knows the name and the addresses only. Names are looked up in `resolve/managed_resource.rs`.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    change::Touched,
    id::VpcId,
    name::Name,
    refusal::Refusal,
    world::{Tags, World},
};
use crate::catalog;

/// The kind of a managed resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ManagedKind {
    /// The API endpoint of an EKS cluster.
    EksCluster,
    /// An EFS file system with its mount targets.
    EfsFileSystem,
    /// An RDS instance or cluster.
    RdsInstance,
    /// An ElastiCache cluster or node.
    ElastiCacheCluster,
}

impl ManagedKind {
    /// Every kind, with the word of the world file.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("eks-cluster", Self::EksCluster),
        ("efs-file-system", Self::EfsFileSystem),
        ("rds-instance", Self::RdsInstance),
        ("elasticache-cluster", Self::ElastiCacheCluster),
    ];

    /// The word of the world file.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The kind as a sentence says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::EksCluster => "an EKS cluster",
            Self::EfsFileSystem => "an EFS file system",
            Self::RdsInstance => "an RDS instance",
            Self::ElastiCacheCluster => "an ElastiCache cluster",
        }
    }

    /// Whether public DNS holds the name; a file system's is known in its own VPC only.
    pub fn is_public_name(self) -> bool {
        self != Self::EfsFileSystem
    }

    /// Whether the kind may be reached from the internet with this access.
    fn allows(self, access: EndpointAccess) -> bool {
        match self {
            Self::EksCluster => true,
            // A public instance keeps its private address.
            Self::RdsInstance => access != EndpointAccess::Public,
            Self::EfsFileSystem | Self::ElastiCacheCluster => access == EndpointAccess::Private,
        }
    }

    /// The access a resource has when nothing is stated: AWS's own default.
    pub fn usual_access(self) -> EndpointAccess {
        match self {
            Self::EksCluster => EndpointAccess::Public,
            _ => EndpointAccess::Private,
        }
    }
}

/// Which clients reach a resource, and by which addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EndpointAccess {
    /// Public addresses everywhere.
    Public,
    /// Private addresses everywhere; the name itself is in public DNS.
    Private,
    /// Private addresses in the VPC, public ones elsewhere.
    PublicAndPrivate,
}

impl EndpointAccess {
    /// Every access, with the word of the world file.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("public", Self::Public),
        ("private", Self::Private),
        ("public-and-private", Self::PublicAndPrivate),
    ];

    /// The word of the world file.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, access)| *access == self).map_or("", |(word, _)| word)
    }
}

/// A managed resource.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ManagedResource {
    /// Its name.
    pub label: Arc<str>,
    /// Its tags.
    pub tags: Tags,
    /// Its DNS name, lower-case.
    pub dns_name: Name,
    /// Its DNS name as AWS shows it.
    pub shown_name: Arc<str>,
    /// Its VPC.
    pub vpc: VpcId,
    /// What it is.
    pub kind: ManagedKind,
    /// Which clients reach it, and by which addresses.
    pub access: EndpointAccess,
    /// Its private addresses, each with its zone.
    pub addresses: Vec<(Arc<str>, Ipv4Addr)>,
    /// Its public addresses.
    pub public_addresses: Vec<Ipv4Addr>,
}

/// Puts a resource of another service into a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateManagedResource {
    /// The resource. Without public addresses, a public one is given synthetic ones.
    pub resource: ManagedResource,
}

/// Changes the access of a resource: `UpdateClusterConfig` of EKS, `ModifyDBInstance` of RDS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetEndpointAccess {
    /// The resource's DNS name.
    pub resource: Name,
    /// The new access.
    pub access: EndpointAccess,
}

impl CreateManagedResource {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut resource = self.resource.clone();
        let vpc = Arc::clone(world.vpc(resource.vpc)?);
        if world.managed_resources.contains_key(&resource.dns_name) {
            let message =
                format!("A resource with the DNS name '{}' already exists", resource.shown_name);
            return Err(Refusal::value(message, "MR5"));
        }
        if let Some((_, address)) = resource.addresses.iter().find(|(_, it)| !vpc.contains(*it)) {
            let message =
                format!("Address {address} does not fall within the ranges of {}", vpc.id);
            return Err(Refusal::value(message, "MR6"));
        }
        fill_in(&mut resource, vpc.region)?;
        world.managed_resources.insert(resource.dns_name.clone(), Arc::new(resource));
        Ok(Touched::nothing())
    }
}

impl SetEndpointAccess {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(old) = world.managed_resources.get(&self.resource) else {
            let message = format!("No resource has the DNS name '{}'", self.resource);
            return Err(Refusal::value(message, "MR5"));
        };
        let mut resource = ManagedResource { access: self.access, ..ManagedResource::clone(old) };
        let region = world.vpc(resource.vpc)?.region;
        fill_in(&mut resource, region)?;
        world.managed_resources.insert(self.resource.clone(), Arc::new(resource));
        Ok(Touched::nothing())
    }
}

/// Refuses an access that the kind does not offer, and gives a public resource its addresses.
fn fill_in(resource: &mut ManagedResource, region: &str) -> Result<(), Refusal> {
    let (kind, access) = (resource.kind, resource.access);
    if !kind.allows(access) {
        let message =
            format!("The endpoint access of {} cannot be {}", kind.words(), access.text());
        return Err(Refusal::value(message, "MR7"));
    }
    if access != EndpointAccess::Public && resource.addresses.is_empty() {
        let message = format!("{} with private access needs an address", kind.words());
        return Err(Refusal::value(message, "MR6"));
    }
    if access != EndpointAccess::Private && resource.public_addresses.is_empty() {
        let count = if kind == ManagedKind::EksCluster { 2 } else { 1 };
        let text = resource.dns_name.to_string();
        resource.public_addresses =
            catalog::addresses_v4(catalog::region(region), "managed", &text, count);
    }
    Ok(())
}

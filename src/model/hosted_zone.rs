//! Hosted zones: private ones with the VPCs they are associated with, and public ones.
//!
//! Knows Route 53's refusals (P83, P87, R53). Changes of records are in `record_change.rs`. What a zone answers is decided
//! in `resolve/zone.rs`.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    cidr_collection,
    id::{DelegationSetId, VpcId, ZoneId},
    name::Name,
    profile::Shareable,
    refusal::Refusal,
    routing::Policy,
    tag_edit::TagEdit,
    world::{Tags, World},
    zone_data::ZoneData,
};

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HostedZone {
    /// Its id.
    pub id: ZoneId,
    /// Its name.
    pub name: Name,
    /// The VPCs it is associated with.
    pub vpcs: Vec<VpcId>,
    /// Its records.
    pub data: Arc<ZoneData>,
    /// What Route 53 shows of it besides.
    #[serde(default)]
    pub details: ZoneDetails,
}

/// What Route 53 shows of a hosted zone besides its records and VPCs.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ZoneDetails {
    /// Whether everybody can ask it. Such a zone has no VPCs.
    #[serde(default)]
    pub public: bool,
    /// Whether nobody is sent to it: another zone has its name, or the zone around it is of another account.
    #[serde(default)]
    pub undelegated: bool,
    /// The account that made it. A zone that names none is of the owner of its first VPC.
    #[serde(default)]
    pub owner: Option<Arc<str>>,
    /// `CallerReference`.
    #[serde(default)]
    pub caller_reference: Option<Arc<str>>,
    /// Its comment.
    #[serde(default)]
    pub comment: Option<Arc<str>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    /// The VPCs of other accounts that may be associated with it.
    #[serde(default)]
    pub authorized: Vec<VpcId>,
    /// The reusable delegation set of a public zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation_set: Option<DelegationSetId>,
    /// The ARN of the namespace of AWS Cloud Map that it belongs to. Route 53 changes neither it nor its records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Arc<str>>,
    /// Where the queries for it are logged, of a public zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_logging: Option<QueryLogging>,
}

/// A query logging configuration of a public zone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryLogging {
    /// Its id.
    pub id: Arc<str>,
    /// The ARN of the log group.
    pub group: Arc<str>,
}

impl HostedZone {
    /// A private zone, as a world file has it.
    pub fn private(id: ZoneId, name: Name, vpcs: Vec<VpcId>, data: Arc<ZoneData>) -> Self {
        Self { id, name, vpcs, data, details: ZoneDetails::default() }
    }

    /// The account that owns it.
    pub fn owner<'w>(&'w self, world: &'w World) -> Option<&'w str> {
        let of_vpc = || world.vpcs.get(self.vpcs.first()?).map(|vpc| &*vpc.owner);
        self.details.owner.as_deref().or_else(of_vpc)
    }

    /// The name with its final dot, as Route 53 writes it.
    pub fn dotted(&self) -> String {
        super::record::route53_text(self.name.as_ref())
    }
}

/// The refusal of a delegation set that is not there.
pub fn no_such_set() -> Refusal {
    Refusal::new("NoSuchDelegationSet", "The specified delegation set does not exist.", "R53")
}

/// `CreateHostedZone` with its VPCs and records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateHostedZone {
    /// The zone; each VPC is associated as by `AssociateVPCWithHostedZone`.
    pub zone: HostedZone,
}

/// `AssociateVPCWithHostedZone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateVpcWithHostedZone {
    /// The zone.
    pub zone: ZoneId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `DisassociateVPCFromHostedZone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateVpcFromHostedZone {
    /// The zone.
    pub zone: ZoneId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `UpdateHostedZoneComment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateHostedZoneComment {
    /// The zone.
    pub zone: ZoneId,
    /// Its comment from now on.
    pub comment: Option<Arc<str>>,
}

/// `CreateQueryLoggingConfig` and `DeleteQueryLoggingConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetQueryLogging {
    /// The zone.
    pub zone: ZoneId,
    /// Its configuration from now on.
    pub log: Option<QueryLogging>,
}

/// `DeleteHostedZone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteHostedZone {
    /// The zone.
    pub zone: ZoneId,
}

/// `CreateVPCAssociationAuthorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpcAssociationAuthorization {
    /// The zone.
    pub zone: ZoneId,
    /// The VPC that may be associated with it.
    pub vpc: VpcId,
}

/// `DeleteVPCAssociationAuthorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpcAssociationAuthorization {
    /// The zone.
    pub zone: ZoneId,
    /// The VPC that may no longer be associated with it.
    pub vpc: VpcId,
}

/// `ChangeTagsForResource` of a hosted zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagHostedZone {
    /// The zone.
    pub zone: ZoneId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

impl CreateHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.hosted_zones, &self.zone.id)?;
        if self.zone.name.is_wildcard() {
            return Err(Refusal::new(
                "InvalidInput",
                "Creation of hosted zone with a wildcard domain name is not supported.",
                "P87",
            ));
        }
        self.check_caller_reference(world)?;
        self.check_delegation_set(world)?;
        self.check_routing(world)?;
        let mut zone = HostedZone { vpcs: Vec::new(), ..self.zone.clone() };
        zone.details.undelegated = zone.details.public && self.is_taken(world);
        world.hosted_zones.insert(zone.id, Arc::new(zone));
        let mut touched = Touched::nothing();
        for vpc in &self.zone.vpcs {
            touched
                .join(AssociateVpcWithHostedZone { zone: self.zone.id, vpc: *vpc }.apply(world)?);
        }
        Ok(touched)
    }

    /// Refuses IP-based routing in a private zone, and by a collection or a location that is not the owner's (R77).
    fn check_routing(&self, world: &World) -> Result<(), Refusal> {
        let sets = self.zone.data.held().flat_map(|(_, node)| &node.routed);
        for set in sets.filter(|set| matches!(set.policy, Policy::Cidr { .. })) {
            if !self.zone.details.public {
                let message = "IP-based routing is for public hosted zones only.";
                return Err(Refusal::new("InvalidChangeBatch", message, "R77"));
            }
            cidr_collection::check_policy(world, self.zone.owner(world), &set.policy)?;
        }
        Ok(())
    }

    /// Whether a public zone has the name already, or one of another account lies around it.
    fn is_taken(&self, world: &World) -> bool {
        let (name, owner) = (self.zone.name.as_ref(), &self.zone.details.owner);
        world.hosted_zones.values().filter(|it| it.details.public && !it.details.undelegated).any(
            |it| {
                name.is_within(it.name.as_ref())
                    && (it.name == self.zone.name || it.details.owner != *owner)
            },
        )
    }

    /// Two zones of one name, or one below the other, cannot have a name server in common.
    fn check_delegation_set(&self, world: &World) -> Result<(), Refusal> {
        let Some(set) = self.zone.details.delegation_set else { return Ok(()) };
        let held = world.delegation_sets.get(&set).ok_or_else(no_such_set)?;
        if Some(&held.owner) != self.zone.details.owner.as_ref() {
            return Err(no_such_set());
        }
        if !self.zone.details.public {
            let message = "A private hosted zone has no delegation set.";
            return Err(Refusal::new("InvalidInput", message, "R53"));
        }
        let name = self.zone.name.as_ref();
        let is_related = |it: &Arc<HostedZone>| {
            name.is_within(it.name.as_ref()) || it.name.as_ref().is_within(name)
        };
        let mut others =
            world.hosted_zones.values().filter(|it| it.details.public && is_related(it));
        let shared = others.find(|it| {
            let servers = world.name_servers_of(it);
            servers.iter().any(|server| held.name_servers.iter().any(|it| **it == **server))
        });
        match shared {
            Some(other) => Err(Refusal::new(
                "ConflictingDomainExists",
                format!(
                    "The hosted zone {} ({}) has the same name, or lies above or below, and shares a name server of the \
                     delegation set {set}.",
                    other.id, other.name
                ),
                "R53",
            )),
            None => Ok(()),
        }
    }

    /// An account uses a caller reference once.
    fn check_caller_reference(&self, world: &World) -> Result<(), Refusal> {
        let ZoneDetails { owner, caller_reference, .. } = &self.zone.details;
        let is_same = |it: &Arc<HostedZone>| {
            it.details.owner == *owner && it.details.caller_reference == *caller_reference
        };
        if caller_reference.is_some() && world.hosted_zones.values().any(is_same) {
            return Err(Refusal::new(
                "HostedZoneAlreadyExists",
                "A hosted zone has already been created with the specified caller reference.",
                "R53",
            ));
        }
        Ok(())
    }
}

impl AssociateVpcWithHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut zone = HostedZone::clone(find(world, self.zone)?);
        if zone.details.public {
            return Err(Refusal::new(
                "PublicZoneVPCAssociation",
                "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support associating \
                 a VPC with a public hosted zone.",
                "R53",
            ));
        }
        let vpc = Arc::clone(world.vpc(self.vpc)?);
        let other_zone =
            world.zones_of(vpc.id).find(|other| other.name == zone.name).map(|other| other.id);
        let hidden = world
            .endpoints_of(vpc.id)
            .find(|endpoint| {
                endpoint.private_dns
                    && endpoint.private_names.iter().any(|name| name.zone == zone.name)
            })
            .map(|endpoint| endpoint.hidden_zone_id(&zone.name));
        if let Some(holder) = other_zone.or(hidden) {
            return Err(Refusal::new(
                "ConflictingDomainExists",
                format!(
                    "The VPC {} in region {} has already been associated with the hosted zone {holder} with the same \
                     domain name.",
                    vpc.id, vpc.region
                ),
                "P83",
            ));
        }
        zone.vpcs.push(vpc.id);
        let id = zone.id;
        world.edit_members(vpc.id, |members| members.zones.push(id));
        world.hosted_zones.insert(self.zone, Arc::new(zone));
        Ok(Touched::vpc(vpc.id))
    }
}

impl DisassociateVpcFromHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut zone = HostedZone::clone(find(world, self.zone)?);
        if !zone.vpcs.contains(&self.vpc) {
            return Err(Refusal::new(
                "VPCAssociationNotFound",
                format!(
                    "The VPC: {} and hosted zone: {} you specified are currently not associated.",
                    self.vpc, self.zone
                ),
                "R53",
            ));
        }
        if zone.vpcs.len() == 1 {
            return Err(Refusal::new(
                "LastVPCAssociation",
                "The VPC that you are trying to disassociate from the private hosted zone is the last VPC that is \
                 associated with the hosted zone. Amazon Route 53 doesn't support disassociating the last VPC from a \
                 hosted zone.",
                "R53",
            ));
        }
        // The owner stays the same when the first VPC goes.
        zone.details.owner = zone.owner(world).map(Arc::from);
        zone.vpcs.retain(|id| *id != self.vpc);
        world.edit_members(self.vpc, |members| members.zones.retain(|id| *id != self.zone));
        world.hosted_zones.insert(self.zone, Arc::new(zone));
        Ok(Touched::vpc(self.vpc))
    }
}

impl UpdateHostedZoneComment {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, self.zone, |details| {
            details.comment.clone_from(&self.comment);
            Ok(())
        })
    }
}

impl SetQueryLogging {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, self.zone, |details| {
            if self.log.is_some() && !details.public {
                let words = "Query logging is supported for public hosted zones only.";
                return Err(Refusal::new("InvalidInput", words, "R53"));
            }
            if self.log.is_some() && details.query_logging.is_some() {
                let words = "A query logging configuration already exists for this hosted zone.";
                return Err(Refusal::new("QueryLoggingConfigAlreadyExists", words, "R53"));
            }
            details.query_logging.clone_from(&self.log);
            Ok(())
        })
    }
}

impl DeleteHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let zone = Arc::clone(find(world, self.zone)?);
        if !zone.data.is_bare() {
            return Err(Refusal::new(
                "HostedZoneNotEmpty",
                "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
                "R53",
            ));
        }
        world.hosted_zones.remove(&self.zone);
        let mut touched = world.drop_from_profiles(Shareable::Zone(self.zone));
        for vpc in &zone.vpcs {
            world.edit_members(*vpc, |members| members.zones.retain(|id| *id != self.zone));
            touched.join(Touched::vpc(*vpc));
        }
        Ok(touched)
    }
}

impl CreateVpcAssociationAuthorization {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        if find(world, self.zone)?.details.public {
            return Err(Refusal::new(
                "InvalidInput",
                "A VPC can be authorized for private hosted zones only.",
                "R54",
            ));
        }
        edit(world, self.zone, |details| {
            if !details.authorized.contains(&self.vpc) {
                details.authorized.push(self.vpc);
            }
            Ok(())
        })
    }
}

impl DeleteVpcAssociationAuthorization {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, self.zone, |details| {
            let before = details.authorized.len();
            details.authorized.retain(|id| *id != self.vpc);
            if details.authorized.len() == before {
                return Err(Refusal::new(
                    "VPCAssociationAuthorizationNotFound",
                    format!(
                        "The VPC {} is not authorized to be associated with the hosted zone {}.",
                        self.vpc, self.zone
                    ),
                    "R54",
                ));
            }
            Ok(())
        })
    }
}

impl TagHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, self.zone, |details| self.edit.apply(&mut details.tags))
    }
}

/// Changes what is shown of a zone besides its records and VPCs.
fn edit(
    world: &mut World,
    id: ZoneId,
    edit: impl FnOnce(&mut ZoneDetails) -> Result<(), Refusal>,
) -> Result<Touched, Refusal> {
    let mut zone = HostedZone::clone(find(world, id)?);
    edit(&mut zone.details)?;
    world.hosted_zones.insert(id, Arc::new(zone));
    Ok(Touched::nothing())
}

/// The zone, or AWS's refusal.
///
/// # Errors
///
/// `NoSuchHostedZone`.
pub(super) fn find(world: &World, id: ZoneId) -> Result<&Arc<HostedZone>, Refusal> {
    world.hosted_zones.get(&id).ok_or_else(|| {
        Refusal::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}"), "P83")
    })
}

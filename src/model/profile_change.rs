//! The Changes of Route 53 Profiles and of their associations, and AWS's refusals of them.

use std::{ops::RangeInclusive, sync::Arc};

use super::{
    change::{Touched, duplicate},
    endpoint::EndpointKind,
    firewall::FirewallRuleGroup,
    id::{ProfileId, VpcId},
    name::Name,
    profile::{FIRST_PRIORITY, Profile, ProfileAssociation, ProfileResource, Shareable},
    refusal::Refusal,
    resolver_rule::ResolverRule,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// The most VPCs that a Profile is associated with.
const MOST_VPCS: usize = 1_000;
/// The most Profiles of a VPC (R76).
const MOST_PROFILES: usize = 2;
/// The most resources of a Profile.
const MOST_RESOURCES: usize = 1_000;
/// The priorities that a Profile or a rule group in it can have.
pub const PRIORITIES: RangeInclusive<u32> = 100..=9_900;

/// `CreateProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateProfile {
    /// The Profile, without associations.
    pub profile: Profile,
}

/// `DeleteProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteProfile {
    /// The Profile.
    pub profile: ProfileId,
}

/// `AssociateProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateProfile {
    /// The Profile.
    pub profile: ProfileId,
    /// The VPC.
    pub vpc: VpcId,
    /// The name of the association.
    pub name: Arc<str>,
    /// Its rank; a VPC's first association may leave it out.
    pub priority: Option<u32>,
    /// Its tags.
    pub tags: Tags,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `UpdateProfileAssociation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateProfileAssociation {
    /// The Profile.
    pub profile: ProfileId,
    /// The VPC.
    pub vpc: VpcId,
    /// The name from now on.
    pub name: Option<Arc<str>>,
    /// The rank from now on.
    pub priority: Option<u32>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DisassociateProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateProfile {
    /// The Profile.
    pub profile: ProfileId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `AssociateResourceToProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateResourceToProfile {
    /// The Profile.
    pub profile: ProfileId,
    /// The association.
    pub resource: ProfileResource,
}

/// `UpdateProfileResourceAssociation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateProfileResourceAssociation {
    /// The Profile.
    pub profile: ProfileId,
    /// The resource.
    pub of: Shareable,
    /// The name from now on.
    pub name: Option<Arc<str>>,
    /// The rank of a rule group from now on.
    pub priority: Option<u32>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DisassociateResourceFromProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateResourceFromProfile {
    /// The Profile.
    pub profile: ProfileId,
    /// The resource.
    pub of: Shareable,
}

/// `TagResource` and `UntagResource` of a Profile, or of its association with a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagProfile {
    /// The Profile.
    pub profile: ProfileId,
    /// The VPC, if the association is meant.
    pub vpc: Option<VpcId>,
    /// What becomes of the tags.
    pub edit: TagEdit,
}

/// The refusal of something that is not there.
pub fn not_found(id: impl std::fmt::Display) -> Refusal {
    let message = format!("Can't find the resource with ID \"{id}\".");
    Refusal::new("ResourceNotFoundException", message, "R68")
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message, "R76")
}

fn bad_parameter(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterException", message, "R68")
}

fn conflict(message: impl Into<String>) -> Refusal {
    Refusal::new("ConflictException", message, "R68")
}

fn limit(message: impl Into<String>) -> Refusal {
    Refusal::new("LimitExceededException", message, "R76")
}

fn find(world: &World, id: ProfileId) -> Result<Profile, Refusal> {
    world.profiles.get(&id).map(|it| Profile::clone(it)).ok_or_else(|| not_found(id))
}

/// Keeps a Profile that changed.
fn put(world: &mut World, profile: Profile) {
    world.profiles.insert(profile.id, Arc::new(profile));
}

impl CreateProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.profiles, &self.profile.id)?;
        let (resources, vpcs) = Default::default();
        put(world, Profile { resources, vpcs, ..self.profile.clone() });
        Ok(Touched::nothing())
    }
}

impl DeleteProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let profile = find(world, self.profile)?;
        if !profile.vpcs.is_empty() {
            return Err(conflict(format!(
                "The Profile '{}' is associated with {} VPCs. Disassociate it from them first.",
                profile.id,
                profile.vpcs.len()
            )));
        }
        for resource in &profile.resources {
            pin_home(world, resource.of);
        }
        world.profiles.remove(&self.profile);
        Ok(Touched::nothing())
    }
}

/// Refuses a priority that no Profile can have, or that another Profile of the VPC has.
fn check_priority(
    world: &World,
    vpc: VpcId,
    profile: ProfileId,
    priority: u32,
) -> Result<(), Refusal> {
    if !PRIORITIES.contains(&priority) {
        return Err(invalid(format!("The priority {priority} is not between 100 and 9900.")));
    }
    let mut others = world.members(vpc).profiles.iter().filter(|(_, id)| *id != profile);
    if let Some((_, other)) = others.find(|(taken, _)| *taken == priority) {
        return Err(invalid(format!(
            "The Profile '{other}' is associated with the VPC '{vpc}' with the priority {priority} already."
        )));
    }
    Ok(())
}

/// Enters a Profile among those of a VPC.
fn enter(world: &mut World, vpc: VpcId, profile: ProfileId, priority: u32) {
    world.edit_members(vpc, |members| {
        members.profiles.retain(|(_, id)| *id != profile);
        members.profiles.push((priority, profile));
        members.profiles.sort_unstable();
    });
}

impl AssociateProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        let Some(vpc) = world.vpcs.get(&self.vpc) else { return Err(not_found(self.vpc)) };
        if vpc.region != profile.region {
            return Err(not_found(self.vpc));
        }
        if let Some(old) = profile.association(self.vpc) {
            let same_priority = self.priority.is_none_or(|it| it == old.priority);
            return if old.name == self.name && same_priority {
                Ok(Touched::nothing())
            } else {
                Err(invalid(format!(
                    "The Profile '{}' is associated with the VPC '{}' already, with another name or priority.",
                    self.profile, self.vpc
                )))
            };
        }
        let own = world.members(self.vpc).profiles.len();
        if own >= MOST_PROFILES {
            return Err(limit(format!("The VPC '{}' has two Profiles already.", self.vpc)));
        }
        if profile.vpcs.len() >= MOST_VPCS {
            return Err(limit(format!(
                "The Profile '{}' is associated with {MOST_VPCS} VPCs already.",
                self.profile
            )));
        }
        let priority = match self.priority {
            Some(priority) => priority,
            None if own == 0 => FIRST_PRIORITY,
            None => {
                return Err(invalid(format!(
                    "The VPC '{}' has a Profile already, so the association needs a priority.",
                    self.vpc
                )));
            }
        };
        check_priority(world, self.vpc, self.profile, priority)?;
        profile.vpcs.push(ProfileAssociation {
            vpc: self.vpc,
            name: Arc::clone(&self.name),
            priority,
            tags: self.tags.clone(),
            created: self.at,
            modified: self.at,
        });
        put(world, profile);
        enter(world, self.vpc, self.profile, priority);
        Ok(Touched::vpc(self.vpc))
    }
}

impl UpdateProfileAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        if let Some(priority) = self.priority {
            check_priority(world, self.vpc, self.profile, priority)?;
        }
        let own = profile.vpcs.iter_mut().find(|it| it.vpc == self.vpc);
        let association = own.ok_or_else(|| not_found(self.vpc))?;
        association.name = self.name.as_ref().unwrap_or(&association.name).clone();
        association.priority = self.priority.unwrap_or(association.priority);
        association.modified = self.at;
        let priority = association.priority;
        put(world, profile);
        enter(world, self.vpc, self.profile, priority);
        Ok(Touched::vpc(self.vpc))
    }
}

impl DisassociateProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        if profile.association(self.vpc).is_none() {
            return Err(not_found(profile.association_id(self.vpc)));
        }
        profile.vpcs.retain(|it| it.vpc != self.vpc);
        put(world, profile);
        world.edit_members(self.vpc, |members| {
            members.profiles.retain(|(_, id)| *id != self.profile);
        });
        Ok(Touched::vpc(self.vpc))
    }
}

/// The names that the zones or the private names of a resource hold.
fn zones_of(world: &World, of: Shareable) -> Vec<Name> {
    match of {
        Shareable::Zone(id) => {
            world.hosted_zones.get(&id).map(|it| it.name.clone()).into_iter().collect()
        }
        Shareable::Endpoint(id) => {
            let names = world.endpoints.get(&id).map(|it| it.private_names.as_slice());
            names.unwrap_or_default().iter().map(|it| it.zone.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Keeps the account and the region of a rule or a group that has them from its Profile.
fn pin_home(world: &mut World, of: Shareable) {
    match of {
        Shareable::Rule(id) => {
            let Some(held) = world.resolver_rules.get(&id) else { return };
            let home = held.kept_home(world);
            if held.details.home != home {
                let mut rule = ResolverRule::clone(held);
                rule.details.home = home;
                world.resolver_rules.insert(id, Arc::new(rule));
            }
        }
        Shareable::FirewallRuleGroup(id) => {
            let Some(held) = world.firewall_rule_groups.get(&id) else { return };
            let home = held.kept_home(world);
            if held.details.home != home {
                let mut group = FirewallRuleGroup::clone(held);
                group.details.home = home;
                world.firewall_rule_groups.insert(id, Arc::new(group));
            }
        }
        _ => {}
    }
}

/// Refuses a resource that is not there, in the Profile's region if it has one, or cannot be in a Profile.
fn check_kind(world: &World, profile: &Profile, of: Shareable) -> Result<(), Refusal> {
    let is_here = |home: Option<(&str, &str)>| home.is_none_or(|(_, it)| it == profile.region);
    let is_there = match of {
        Shareable::Zone(id) => match world.hosted_zones.get(&id) {
            Some(zone) if zone.details.public => {
                return Err(bad_parameter(format!(
                    "The hosted zone '{id}' is public. Only private hosted zones can be associated with a Profile."
                )));
            }
            found => found.is_some(),
        },
        Shareable::Endpoint(id) => match world.endpoints.get(&id) {
            Some(endpoint) if endpoint.kind == EndpointKind::Gateway => {
                return Err(bad_parameter(format!(
                    "The endpoint '{id}' is a gateway endpoint. Only interface endpoints can be associated with a \
                     Profile."
                )));
            }
            found => {
                let vpc = found.and_then(|endpoint| world.vpcs.get(&endpoint.vpc));
                vpc.is_some_and(|vpc| vpc.region == profile.region)
            }
        },
        Shareable::Rule(id) => {
            world.resolver_rules.get(&id).is_some_and(|rule| is_here(rule.home(world)))
        }
        Shareable::FirewallRuleGroup(id) => {
            world.firewall_rule_groups.get(&id).is_some_and(|group| is_here(group.home(world)))
        }
        Shareable::QueryLogConfig(id) => world.query_log_configs.contains_key(&id),
    };
    if is_there { Ok(()) } else { Err(not_found(of.id())) }
}

/// Refuses a resource beside others of the Profile that hold the same name.
fn check_beside(world: &World, profile: &Profile, of: Shareable) -> Result<(), Refusal> {
    let domain = |of: Shareable| match of {
        Shareable::Rule(id) => world.resolver_rules.get(&id).and_then(|it| it.domain.clone()),
        _ => None,
    };
    let (zones, own_domain) = (zones_of(world, of), domain(of));
    for other in &profile.resources {
        let theirs = zones_of(world, other.of);
        let shared = zones.iter().find(|zone| theirs.contains(zone)).cloned();
        let shared = shared
            .or_else(|| own_domain.clone().filter(|it| domain(other.of).as_ref() == Some(it)));
        if let Some(name) = shared {
            return Err(conflict(format!(
                "The Profile '{}' has '{}' for the domain name {name} already.",
                profile.id,
                other.of.id()
            )));
        }
    }
    Ok(())
}

/// Refuses the priority of a resource that needs one, cannot have it, or shares it with another of the Profile.
fn check_rank(profile: &Profile, of: Shareable, priority: Option<u32>) -> Result<(), Refusal> {
    let is_group = matches!(of, Shareable::FirewallRuleGroup(_));
    match priority {
        None if is_group => {
            Err(bad_parameter("The priority of a DNS Firewall rule group is missing."))
        }
        Some(_) if !is_group => {
            Err(bad_parameter("Only a DNS Firewall rule group has a priority in a Profile."))
        }
        Some(priority) if !PRIORITIES.contains(&priority) => Err(bad_parameter(format!(
            "The priority {priority} of a DNS Firewall rule group is not between 100 and 9900."
        ))),
        Some(priority) => {
            let taken = |it: &&ProfileResource| it.of != of && it.priority == Some(priority);
            match profile.resources.iter().find(taken) {
                Some(other) => Err(conflict(format!(
                    "The DNS Firewall rule group '{}' has the priority {priority} in the Profile '{}' already.",
                    other.of.id(),
                    profile.id
                ))),
                None => Ok(()),
            }
        }
        None => Ok(()),
    }
}

impl AssociateResourceToProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        let of = self.resource.of;
        check_kind(world, &profile, of)?;
        if profile.resource(of).is_some() {
            return Err(conflict(format!(
                "The resource '{}' is associated with the Profile '{}' already.",
                of.id(),
                self.profile
            )));
        }
        if profile.resources.len() >= MOST_RESOURCES {
            return Err(limit(format!(
                "The Profile '{}' has {MOST_RESOURCES} resources already.",
                self.profile
            )));
        }
        check_rank(&profile, of, self.resource.priority)?;
        check_beside(world, &profile, of)?;
        profile.resources.push(self.resource.clone());
        let touched = profile.touched();
        put(world, profile);
        Ok(touched)
    }
}

impl UpdateProfileResourceAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        if self.priority.is_some() {
            check_rank(&profile, self.of, self.priority)?;
        }
        let own = profile.resources.iter_mut().find(|it| it.of == self.of);
        let resource = own.ok_or_else(|| not_found(self.of.id()))?;
        resource.name = self.name.as_ref().unwrap_or(&resource.name).clone();
        resource.priority = self.priority.or(resource.priority);
        resource.modified = self.at;
        let touched = profile.touched();
        put(world, profile);
        Ok(touched)
    }
}

impl DisassociateResourceFromProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        if profile.resource(self.of).is_none() {
            return Err(not_found(self.of.id()));
        }
        pin_home(world, self.of);
        profile.resources.retain(|it| it.of != self.of);
        let touched = profile.touched();
        put(world, profile);
        Ok(touched)
    }
}

impl TagProfile {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut profile = find(world, self.profile)?;
        match self.vpc {
            None => self.edit.apply(&mut profile.tags)?,
            Some(vpc) => {
                let own = profile.vpcs.iter_mut().find(|it| it.vpc == vpc);
                self.edit.apply(&mut own.ok_or_else(|| not_found(vpc))?.tags)?;
            }
        }
        put(world, profile);
        Ok(Touched::nothing())
    }
}

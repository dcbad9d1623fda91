//! Route 53 Profiles: what they bring to the VPCs that they are associated with (R68, R69, R76).
//!
//! A Profile names zones, rules, firewall rule groups and endpoints. Which of them wins at one name is decided in
//! `resolve/view.rs`. The Changes are in `profile_change.rs`.

use std::sync::Arc;

use super::{
    change::Touched,
    endpoint::Endpoint,
    id::{
        EndpointId, FirewallRuleGroupId, ProfileId, QueryLogConfigId, RegionName, ResolverRuleId,
        VpcId, ZoneId, derived,
    },
    world::{Tags, World},
};

/// The priority of a VPC's first Profile, if nothing else is said.
pub const FIRST_PRIORITY: u32 = 100;

/// A Profile.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// Its name. Several Profiles may have the same.
    pub name: Arc<str>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its region.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// `ClientToken`.
    #[serde(default)]
    pub client_token: Arc<str>,
    /// What it brings to its VPCs.
    #[serde(default)]
    pub resources: Vec<ProfileResource>,
    /// The VPCs that it is associated with.
    #[serde(default)]
    pub vpcs: Vec<ProfileAssociation>,
    /// When it was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created: u64,
    /// When it was changed last.
    #[serde(default)]
    pub modified: u64,
}

/// A resource that can be in a Profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Shareable {
    /// A private hosted zone.
    Zone(ZoneId),
    /// A Resolver rule.
    Rule(ResolverRuleId),
    /// A DNS Firewall rule group.
    FirewallRuleGroup(FirewallRuleGroupId),
    /// An interface endpoint.
    Endpoint(EndpointId),
    /// A configuration of query logs.
    QueryLogConfig(QueryLogConfigId),
}

/// The association of a resource with a Profile.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProfileResource {
    /// The resource.
    pub of: Shareable,
    /// The name of the association.
    pub name: Arc<str>,
    /// The rank of a firewall rule group; the lowest first. Other resources have none.
    #[serde(default)]
    pub priority: Option<u32>,
    /// When it was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created: u64,
    /// When it was changed last.
    #[serde(default)]
    pub modified: u64,
}

/// The association of a Profile with a VPC.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProfileAssociation {
    /// The VPC.
    pub vpc: VpcId,
    /// The name of the association.
    pub name: Arc<str>,
    /// The rank among the VPC's Profiles; the lowest first (R76).
    pub priority: u32,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    /// When it was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created: u64,
    /// When it was changed last.
    #[serde(default)]
    pub modified: u64,
}

impl Shareable {
    /// The id of the resource.
    pub fn id(self) -> String {
        match self {
            Self::Zone(id) => id.to_string(),
            Self::Rule(id) => id.to_string(),
            Self::FirewallRuleGroup(id) => id.to_string(),
            Self::Endpoint(id) => id.to_string(),
            Self::QueryLogConfig(id) => id.to_string(),
        }
    }
}

impl Profile {
    /// The association with a resource.
    pub fn resource(&self, of: Shareable) -> Option<&ProfileResource> {
        self.resources.iter().find(|it| it.of == of)
    }

    /// The association with a VPC.
    pub fn association(&self, vpc: VpcId) -> Option<&ProfileAssociation> {
        self.vpcs.iter().find(|it| it.vpc == vpc)
    }

    /// The id of the association with a resource.
    pub fn resource_association_id(&self, of: Shareable) -> String {
        derived("rpr", &format!("{}/{}", self.id, of.id()))
    }

    /// The id of the association with a VPC.
    pub fn association_id(&self, vpc: VpcId) -> String {
        derived("rpassoc", &format!("{}/{vpc}", self.id))
    }

    /// The VPCs whose Views depend on it.
    pub(super) fn touched(&self) -> Touched {
        Touched(self.vpcs.iter().map(|it| it.vpc).collect())
    }
}

impl World {
    /// The Profiles of a VPC, the one with the lowest priority first.
    pub fn profiles_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<Profile>> {
        self.members(vpc).profiles.iter().filter_map(|(_, id)| self.profiles.get(id))
    }

    /// The Profiles that have a resource.
    pub fn profiles_with(&self, of: Shareable) -> impl Iterator<Item = &Arc<Profile>> {
        self.profiles.values().filter(move |it| it.resource(of).is_some())
    }

    /// The VPCs in which a name of an endpoint may be answered: its own, and those of the Profiles that have it.
    pub fn reached_by(&self, endpoint: &Endpoint) -> Touched {
        let mut touched = Touched::vpc(endpoint.vpc);
        for profile in self.profiles_with(Shareable::Endpoint(endpoint.id)) {
            touched.join(profile.touched());
        }
        touched
    }

    /// Adds the VPCs to which Profiles bring endpoints of the VPCs that are touched, or what is not there any more.
    pub fn reach_through_profiles(&self, touched: &mut Touched) {
        for profile in self.profiles.values() {
            let brings = |it: &ProfileResource| match it.of {
                Shareable::Endpoint(id) => {
                    self.endpoints.get(&id).is_none_or(|it| touched.0.contains(&it.vpc))
                }
                Shareable::Zone(id) => !self.hosted_zones.contains_key(&id),
                Shareable::Rule(id) => !self.resolver_rules.contains_key(&id),
                _ => false,
            };
            if profile.resources.iter().any(brings) {
                touched.join(profile.touched());
            }
        }
    }

    /// Takes a resource that is no more out of every Profile; the VPCs that had it through them.
    pub(super) fn drop_from_profiles(&mut self, of: Shareable) -> Touched {
        let mut touched = Touched::nothing();
        let holders: Vec<Arc<Profile>> = self.profiles_with(of).cloned().collect();
        for holder in holders {
            let mut profile = Profile::clone(&holder);
            profile.resources.retain(|it| it.of != of);
            touched.join(profile.touched());
            self.profiles.insert(profile.id, Arc::new(profile));
        }
        touched
    }

    /// Takes a VPC that is no more out of its Profiles.
    pub(super) fn drop_profiles_of(&mut self, vpc: VpcId) {
        let own: Vec<Arc<Profile>> = self.profiles_of(vpc).cloned().collect();
        for profile in own {
            let mut profile = Profile::clone(&profile);
            profile.vpcs.retain(|it| it.vpc != vpc);
            self.profiles.insert(profile.id, Arc::new(profile));
        }
    }
}

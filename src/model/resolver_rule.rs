//! Resolver rules: domains that other servers answer, and domains that are excepted from such a rule (R40 to R47).
//!
//! Knows a rule and the VPCs it is associated with. `resolve` decides when it wins; `dns` contacts its targets, if
//! forwarding is allowed.

use std::{net::SocketAddr, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{OutboundEndpointId, ResolverRuleId, VpcId},
    name::Name,
    profile::Shareable,
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// A Resolver rule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ResolverRule {
    /// Its id.
    pub id: ResolverRuleId,
    /// Its tags.
    pub tags: Tags,
    /// The domain it matches, with all names below; `None` if only the id of another account's rule is known.
    pub domain: Option<Name>,
    /// What it does.
    pub kind: RuleKind,
    /// The targets of a FORWARD rule.
    pub targets: Vec<SocketAddr>,
    /// Whether its targets are known. Those of a rule that another account shares may be unknown.
    #[serde(default = "told")]
    pub targets_told: bool,
    /// The VPCs it is associated with.
    pub vpcs: Vec<VpcId>,
    /// What the API shows of it besides.
    #[serde(default)]
    pub details: RuleDetails,
}

/// What the API shows of a rule besides what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct RuleDetails {
    /// `Name`.
    pub name: Option<Arc<str>>,
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// The account and the region it was made in. A rule that has none is of its first VPC's, or of its Profile's.
    pub home: Option<(Arc<str>, Arc<str>)>,
    /// The outbound endpoint it forwards through.
    pub endpoint: Option<OutboundEndpointId>,
    /// `DelegationRecord`.
    pub delegation: Option<Arc<str>>,
    /// The protocols of its targets, in the same order; none are Do53.
    pub protocols: Vec<Arc<str>>,
    /// The names of its associations, where they have one.
    pub associations: Vec<(VpcId, Arc<str>)>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// When it was changed last.
    pub modified: u64,
}

impl ResolverRule {
    /// The account and the region it belongs to.
    pub fn home<'w>(&'w self, world: &'w World) -> Option<(&'w str, &'w str)> {
        let of_vpc = || world.vpcs.get(self.vpcs.first()?).map(|vpc| (&*vpc.owner, vpc.region));
        let own = self.details.home.as_ref().map(|(owner, region)| (&**owner, &**region));
        let of_profile = || {
            let profiles = world.profiles_with(Shareable::Rule(self.id));
            profiles.min_by_key(|it| it.id).map(|it| (&*it.owner, it.region))
        };
        own.or_else(of_vpc).or_else(of_profile)
    }

    /// The same, to be kept when the VPC or the Profile goes that it may follow from.
    pub(super) fn kept_home(&self, world: &World) -> Option<(Arc<str>, Arc<str>)> {
        self.home(world).map(|(owner, region)| (Arc::from(owner), Arc::from(region)))
    }
}

/// Older versions stored rules without `targets_told`; the targets of those rules are known.
const fn told() -> bool {
    true
}

/// What a rule does (R40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum RuleKind {
    /// Other servers answer.
    Forward,
    /// The resolver answers by itself, though a FORWARD rule holds a parent (R47).
    System,
    /// Delegated names are asked through an outbound endpoint; no answer here depends on it.
    Delegate,
}

/// `CreateResolverRule` with its associations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateResolverRule {
    /// The rule; each VPC is associated as by `AssociateResolverRule`.
    pub rule: ResolverRule,
}

/// `AssociateResolverRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateResolverRule {
    /// The rule.
    pub rule: ResolverRuleId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `UpdateResolverRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateResolverRule {
    /// The rule.
    pub rule: ResolverRuleId,
    /// Its name from now on.
    pub name: Option<Arc<str>>,
    /// Its targets from now on, each with its protocol.
    pub targets: Option<Vec<(SocketAddr, Arc<str>)>>,
    /// Its outbound endpoint from now on.
    pub endpoint: Option<OutboundEndpointId>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DeleteResolverRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteResolverRule {
    /// The rule.
    pub rule: ResolverRuleId,
}

/// `DisassociateResolverRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateResolverRule {
    /// The rule.
    pub rule: ResolverRuleId,
    /// The VPC.
    pub vpc: VpcId,
}

/// The name that `AssociateResolverRule` gives an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRuleAssociation {
    /// The rule.
    pub rule: ResolverRuleId,
    /// The VPC.
    pub vpc: VpcId,
    /// The name.
    pub name: Arc<str>,
}

/// `TagResource` and `UntagResource` of a Resolver rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagResolverRule {
    /// The rule.
    pub rule: ResolverRuleId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// The refusal of a rule that is not there.
pub fn no_such_rule(id: impl std::fmt::Display) -> Refusal {
    let message = format!("Resolver rule with ID '{id}' does not exist");
    Refusal::new("ResourceNotFoundException", message, "R40")
}

fn find(world: &World, id: ResolverRuleId) -> Result<ResolverRule, Refusal> {
    world.resolver_rules.get(&id).map(|it| (**it).clone()).ok_or_else(|| no_such_rule(id))
}

impl UpdateResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut rule = find(world, self.rule)?;
        if let Some(name) = &self.name {
            rule.details.name = Some(Arc::clone(name));
        }
        if let Some(targets) = &self.targets {
            if rule.kind != RuleKind::Forward {
                return Err(Refusal::new(
                    "InvalidRequestException",
                    "Only a FORWARD rule has target IP addresses.",
                    "R40",
                ));
            }
            rule.targets = targets.iter().map(|(target, _)| *target).collect();
            rule.details.protocols = targets.iter().map(|(_, it)| Arc::clone(it)).collect();
        }
        if let Some(endpoint) = self.endpoint {
            rule.details.endpoint = Some(endpoint);
        }
        rule.details.modified = self.at;
        let touched = Touched(rule.vpcs.iter().copied().collect());
        world.resolver_rules.insert(self.rule, Arc::new(rule));
        Ok(touched)
    }
}

impl DeleteResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let rule = find(world, self.rule)?;
        if !rule.vpcs.is_empty() {
            return Err(Refusal::new(
                "ResourceInUseException",
                format!(
                    "Resolver rule '{}' cannot be deleted: it is associated with {} VPCs. Disassociate them first.",
                    rule.id,
                    rule.vpcs.len()
                ),
                "R40",
            ));
        }
        if let Some(profile) = world.profiles_with(Shareable::Rule(self.rule)).next() {
            return Err(Refusal::new(
                "ResourceInUseException",
                format!(
                    "Resolver rule '{}' cannot be deleted: it is associated with the Profile '{}'. Disassociate it \
                     first.",
                    rule.id, profile.id
                ),
                "R68",
            ));
        }
        world.resolver_rules.remove(&self.rule);
        Ok(Touched::nothing())
    }
}

impl DisassociateResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut rule = find(world, self.rule)?;
        if !rule.vpcs.contains(&self.vpc) {
            return Err(Refusal::new(
                "ResourceNotFoundException",
                format!(
                    "Resolver rule '{}' is not associated with the VPC '{}'.",
                    self.rule, self.vpc
                ),
                "R40",
            ));
        }
        // The owner stays the same when the first VPC goes.
        rule.details.home = rule.kept_home(world);
        rule.vpcs.retain(|id| *id != self.vpc);
        rule.details.associations.retain(|(id, _)| *id != self.vpc);
        world.resolver_rules.insert(self.rule, Arc::new(rule));
        world.edit_members(self.vpc, |members| members.rules.retain(|id| *id != self.rule));
        Ok(Touched::vpc(self.vpc))
    }
}

impl NameRuleAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut rule = find(world, self.rule)?;
        rule.details.associations.retain(|(id, _)| *id != self.vpc);
        rule.details.associations.push((self.vpc, Arc::clone(&self.name)));
        world.resolver_rules.insert(self.rule, Arc::new(rule));
        Ok(Touched::nothing())
    }
}

impl TagResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut rule = find(world, self.rule)?;
        self.edit.apply(&mut rule.tags)?;
        world.resolver_rules.insert(self.rule, Arc::new(rule));
        Ok(Touched::nothing())
    }
}

impl CreateResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.resolver_rules, &self.rule.id)?;
        let forwards = self.rule.kind == RuleKind::Forward && self.rule.targets_told;
        if forwards && self.rule.targets.is_empty() {
            return Err(Refusal::new(
                "InvalidParameterException",
                "A FORWARD rule needs at least one target IP address",
                "R40",
            ));
        }
        let rule = ResolverRule { vpcs: Vec::new(), ..self.rule.clone() };
        world.resolver_rules.insert(rule.id, Arc::new(rule));
        let mut touched = Touched::nothing();
        for vpc in &self.rule.vpcs {
            touched.join(AssociateResolverRule { rule: self.rule.id, vpc: *vpc }.apply(world)?);
        }
        Ok(touched)
    }
}

impl AssociateResolverRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut rule = find(world, self.rule)?;
        world.vpc(self.vpc)?;
        let taken = world
            .members(self.vpc)
            .rules
            .iter()
            .filter_map(|id| world.resolver_rules.get(id))
            .any(|other| other.domain == rule.domain);
        if let Some(domain) = rule.domain.as_ref().filter(|_| taken) {
            return Err(Refusal::new(
                "ResourceExistsException",
                format!("The VPC {} already has a Resolver rule for {domain}", self.vpc),
                "R41",
            ));
        }
        rule.vpcs.push(self.vpc);
        let id = rule.id;
        world.resolver_rules.insert(id, Arc::new(rule));
        world.edit_members(self.vpc, |members| members.rules.push(id));
        Ok(Touched::vpc(self.vpc))
    }
}

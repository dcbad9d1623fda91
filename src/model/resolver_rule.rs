//! Resolver rules: domains that other servers answer, and domains that are excepted from such a rule (R40 to R47).
//!
//! Knows a rule and the VPCs it is associated with. `resolve` decides when it wins; `dns` contacts its targets, if
//! forwarding is allowed.

use std::{net::SocketAddr, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{ResolverRuleId, VpcId},
    name::Name,
    refusal::Refusal,
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
        let Some(found) = world.resolver_rules.get(&self.rule) else {
            return Err(Refusal::new(
                "ResourceNotFoundException",
                format!("Resolver rule with ID '{}' does not exist", self.rule),
                "R40",
            ));
        };
        let mut rule = ResolverRule::clone(found);
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

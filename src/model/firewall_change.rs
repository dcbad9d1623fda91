//! Changes of DNS Firewall rule groups, their rules and their associations, beside those that a world file needs.

use std::sync::Arc;

use super::{
    change::Touched,
    firewall::{FirewallAssociation, FirewallRule, FirewallRuleGroup, check_rules, no_such_group},
    id::{FirewallDomainListId, FirewallRuleGroupId, VpcId},
    profile::Shareable,
    record::RecordType,
    refusal::Refusal,
    tag_edit::TagEdit,
    world::World,
};

/// `CreateFirewallRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateFirewallRule {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// The rule.
    pub rule: FirewallRule,
}

/// `UpdateFirewallRule`: replaces the rule of the same list and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateFirewallRule {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// The rule from now on.
    pub rule: FirewallRule,
}

/// `DeleteFirewallRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteFirewallRule {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// The rule's list.
    pub list: FirewallDomainListId,
    /// The rule's type.
    pub qtype: Option<RecordType>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DeleteFirewallRuleGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteFirewallRuleGroup {
    /// The group.
    pub group: FirewallRuleGroupId,
}

/// `TagResource` and `UntagResource` of a rule group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFirewallRuleGroup {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// `UpdateFirewallRuleGroupAssociation`; also what `AssociateFirewallRuleGroup` says besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateFirewallRuleGroupAssociation {
    /// The VPC.
    pub vpc: VpcId,
    /// The group.
    pub group: FirewallRuleGroupId,
    /// Its rank from now on.
    pub priority: Option<u32>,
    /// Its name from now on.
    pub name: Option<Arc<str>>,
    /// Whether it is protected from now on.
    pub protection: Option<bool>,
    /// `CreatorRequestId` of a new one.
    pub creator_request: Option<Arc<str>>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DisassociateFirewallRuleGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateFirewallRuleGroup {
    /// The VPC.
    pub vpc: VpcId,
    /// The group.
    pub group: FirewallRuleGroupId,
}

/// `TagResource` and `UntagResource` of an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFirewallAssociation {
    /// The VPC.
    pub vpc: VpcId,
    /// The group.
    pub group: FirewallRuleGroupId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

fn find(world: &World, id: FirewallRuleGroupId) -> Result<FirewallRuleGroup, Refusal> {
    world.firewall_rule_groups.get(&id).map(|it| (**it).clone()).ok_or_else(|| no_such_group(id))
}

fn no_such_rule() -> Refusal {
    let message = "The rule group has no rule with this domain list and type";
    Refusal::new("ResourceNotFoundException", message, "R62")
}

/// Replaces a group after its rules changed.
fn put(world: &mut World, mut group: FirewallRuleGroup) -> Result<Touched, Refusal> {
    check_rules(&mut group)?;
    world.firewall_rule_groups.insert(group.id, Arc::new(group));
    Ok(Touched::nothing())
}

/// The position of the rule of a list and a type.
fn position(
    group: &FirewallRuleGroup,
    list: FirewallDomainListId,
    qtype: Option<RecordType>,
) -> Option<usize> {
    group.rules.iter().position(|rule| rule.list_of(group.id) == list && rule.qtype == qtype)
}

/// The most rules of a group.
const MOST_RULES: usize = 100;
/// The most domains in the lists of a group's rules.
const MOST_DOMAINS: usize = 200_000;

impl CreateFirewallRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = find(world, self.group)?;
        let list = self.rule.list_of(group.id);
        if position(&group, list, self.rule.qtype).is_some() {
            let message = "The rule group has a rule with this domain list and type already";
            return Err(Refusal::new("ConflictException", message, "R62"));
        }
        group.rules.push(self.rule.clone());
        group.details.modified = self.rule.details.modified;
        let domains: usize = group.rules.iter().map(|rule| rule.domains.len()).sum();
        if group.rules.len() > MOST_RULES || domains > MOST_DOMAINS {
            let message = format!(
                "A rule group has at most {MOST_RULES} rules, with {MOST_DOMAINS} domains in their lists"
            );
            return Err(Refusal::new("LimitExceededException", message, "R62"));
        }
        put(world, group)
    }
}

impl UpdateFirewallRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = find(world, self.group)?;
        let list = self.rule.list_of(group.id);
        let at = position(&group, list, self.rule.qtype).ok_or_else(no_such_rule)?;
        group.rules[at] = self.rule.clone();
        group.details.modified = self.rule.details.modified;
        put(world, group)
    }
}

impl DeleteFirewallRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = find(world, self.group)?;
        let at = position(&group, self.list, self.qtype).ok_or_else(no_such_rule)?;
        group.rules.remove(at);
        group.details.modified = self.at;
        put(world, group)
    }
}

impl DeleteFirewallRuleGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        find(world, self.group)?;
        let guards =
            |vpc: &VpcId| world.members(*vpc).firewall.iter().any(|(_, id)| *id == self.group);
        if let Some(vpc) = world.vpcs.keys().find(|vpc| guards(vpc)) {
            let message =
                format!("The rule group '{}' is associated with the VPC '{vpc}'", self.group);
            return Err(Refusal::new("ConflictException", message, "R62"));
        }
        let of = Shareable::FirewallRuleGroup(self.group);
        if let Some(profile) = world.profiles_with(of).next() {
            let message = format!(
                "The rule group '{}' is associated with the Profile '{}'",
                self.group, profile.id
            );
            return Err(Refusal::new("ConflictException", message, "R68"));
        }
        world.firewall_rule_groups.remove(&self.group);
        Ok(Touched::nothing())
    }
}

impl TagFirewallRuleGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = find(world, self.group)?;
        self.edit.apply(&mut group.tags)?;
        world.firewall_rule_groups.insert(self.group, Arc::new(group));
        Ok(Touched::nothing())
    }
}

/// Refuses an association that is not there.
fn check_associated(world: &World, vpc: VpcId, group: FirewallRuleGroupId) -> Result<(), Refusal> {
    if world.members(vpc).firewall.iter().any(|(_, id)| *id == group) {
        return Ok(());
    }
    let message = format!("The rule group '{group}' is not associated with the VPC '{vpc}'");
    Err(Refusal::new("ResourceNotFoundException", message, "R62"))
}

/// Changes what the API shows of an association.
fn edit(
    world: &mut World,
    vpc: VpcId,
    group: FirewallRuleGroupId,
    edit: impl FnOnce(&mut FirewallAssociation) -> Result<(), Refusal>,
) -> Result<Touched, Refusal> {
    check_associated(world, vpc, group)?;
    let known = world.members(vpc).firewall_details.iter().find(|it| it.group == group);
    let mut details = known.cloned().unwrap_or_else(|| FirewallAssociation::new(group));
    edit(&mut details)?;
    world.edit_members(vpc, |members| {
        members.firewall_details.retain(|it| it.group != group);
        members.firewall_details.push(details);
    });
    Ok(Touched::nothing())
}

impl UpdateFirewallRuleGroupAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        check_associated(world, self.vpc, self.group)?;
        if let Some(priority) = self.priority {
            let mut others = world.members(self.vpc).firewall.iter();
            if others.any(|(other, id)| *other == priority && *id != self.group) {
                let message = format!("The VPC {} has a group of this priority already", self.vpc);
                return Err(Refusal::new("ConflictException", message, "R64"));
            }
            world.edit_members(self.vpc, |members| {
                members.firewall.retain(|(_, id)| *id != self.group);
                members.firewall.push((priority, self.group));
                members.firewall.sort_unstable();
            });
        }
        edit(world, self.vpc, self.group, |details| {
            if let Some(name) = &self.name {
                details.name = Some(Arc::clone(name));
            }
            if let Some(request) = &self.creator_request {
                details.creator_request = Some(Arc::clone(request));
                details.created = self.at;
            }
            details.protection = self.protection.unwrap_or(details.protection);
            details.modified = self.at;
            Ok(())
        })
    }
}

impl DisassociateFirewallRuleGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        check_associated(world, self.vpc, self.group)?;
        let mut known = world.members(self.vpc).firewall_details.iter();
        if known.any(|it| it.group == self.group && it.protection) {
            let message = "The association is protected from changes (MutationProtection)";
            return Err(Refusal::new("ConflictException", message, "R62"));
        }
        world.edit_members(self.vpc, |members| {
            members.firewall.retain(|(_, id)| *id != self.group);
            members.firewall_details.retain(|it| it.group != self.group);
        });
        Ok(Touched::vpc(self.vpc))
    }
}

impl TagFirewallAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, self.vpc, self.group, |details| self.edit.apply(&mut details.tags))
    }
}

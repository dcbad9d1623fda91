//! DNS Firewall's domain lists. A rule keeps the domains of its list, so a change of a list changes its rules.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    firewall::{DomainPattern, FirewallRuleGroup},
    id::{FirewallDomainListId, RegionName},
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// The most domains of a list.
const MOST_DOMAINS: usize = 100_000;

/// A domain list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirewallDomainList {
    /// Its id.
    pub id: FirewallDomainListId,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: Arc<str>,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its region.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// `CreatorRequestId`.
    pub creator_request: Arc<str>,
    /// Its domains.
    pub domains: Vec<DomainPattern>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// When it was changed last.
    pub modified: u64,
}

/// How `UpdateFirewallDomains` changes a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainOperation {
    /// The domains are added.
    Add,
    /// The domains are taken away.
    Remove,
    /// The domains replace those there are.
    Replace,
}

/// `CreateFirewallDomainList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateFirewallDomainList {
    /// The list.
    pub list: FirewallDomainList,
}

/// `UpdateFirewallDomains`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateFirewallDomains {
    /// The list.
    pub list: FirewallDomainListId,
    /// How it is changed.
    pub operation: DomainOperation,
    /// The domains.
    pub domains: Vec<DomainPattern>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DeleteFirewallDomainList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteFirewallDomainList {
    /// The list.
    pub list: FirewallDomainListId,
}

/// `TagResource` and `UntagResource` of a domain list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFirewallDomainList {
    /// The list.
    pub list: FirewallDomainListId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// The refusal of a list that is not there.
pub fn no_such_list(id: impl std::fmt::Display) -> Refusal {
    let message = format!("Firewall domain list with ID '{id}' does not exist");
    Refusal::new("ResourceNotFoundException", message, "R62")
}

fn find(world: &World, id: FirewallDomainListId) -> Result<FirewallDomainList, Refusal> {
    world.firewall_domain_lists.get(&id).map(|it| (**it).clone()).ok_or_else(|| no_such_list(id))
}

impl CreateFirewallDomainList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.firewall_domain_lists, &self.list.id)?;
        world.firewall_domain_lists.insert(self.list.id, Arc::new(self.list.clone()));
        Ok(Touched::nothing())
    }
}

impl UpdateFirewallDomains {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = find(world, self.list)?;
        match self.operation {
            DomainOperation::Replace => list.domains.clone_from(&self.domains),
            DomainOperation::Remove => list.domains.retain(|it| !self.domains.contains(it)),
            DomainOperation::Add => {
                for domain in &self.domains {
                    if !list.domains.contains(domain) {
                        list.domains.push(domain.clone());
                    }
                }
            }
        }
        if list.domains.len() > MOST_DOMAINS {
            let message = "A domain list holds at most 100000 domains";
            return Err(Refusal::new("LimitExceededException", message, "R67"));
        }
        list.modified = self.at;
        let users: Vec<Arc<FirewallRuleGroup>> = world
            .firewall_rule_groups
            .values()
            .filter(|group| group.rules.iter().any(|rule| rule.list == Some(self.list)))
            .cloned()
            .collect();
        for user in users {
            let mut group = FirewallRuleGroup::clone(&user);
            for rule in group.rules.iter_mut().filter(|rule| rule.list == Some(self.list)) {
                rule.domains.clone_from(&list.domains);
            }
            world.firewall_rule_groups.insert(group.id, Arc::new(group));
        }
        world.firewall_domain_lists.insert(self.list, Arc::new(list));
        Ok(Touched::nothing())
    }
}

impl DeleteFirewallDomainList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        find(world, self.list)?;
        let mut groups = world.firewall_rule_groups.values();
        if let Some(group) =
            groups.find(|it| it.rules.iter().any(|rule| rule.list == Some(self.list)))
        {
            let message =
                format!("The domain list '{}' is used by the rule group '{}'", self.list, group.id);
            return Err(Refusal::new("ConflictException", message, "R62"));
        }
        world.firewall_domain_lists.remove(&self.list);
        Ok(Touched::nothing())
    }
}

impl TagFirewallDomainList {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut list = find(world, self.list)?;
        self.edit.apply(&mut list.tags)?;
        world.firewall_domain_lists.insert(self.list, Arc::new(list));
        Ok(Touched::nothing())
    }
}

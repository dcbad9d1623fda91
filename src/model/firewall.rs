//! DNS Firewall: rule groups, the actions of their rules, and the VPCs they are associated with (R62 to R67).
//!
//! Knows which names a pattern matches. `resolve/firewall.rs` decides when a name is checked. The Changes that only the API
//! makes are in `firewall_change.rs`, domain lists in `firewall_domain_list.rs`.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{FirewallDomainListId, FirewallRuleGroupId, VpcId, seed_of},
    name::{Name, NameRef},
    profile::Shareable,
    record::RecordType,
    refusal::Refusal,
    world::{Tags, World},
};

/// A rule group.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirewallRuleGroup {
    /// Its id.
    pub id: FirewallRuleGroupId,
    /// Its tags.
    pub tags: Tags,
    /// Its rules, the lowest priority number first.
    pub rules: Vec<FirewallRule>,
    /// What the API shows of it besides.
    #[serde(default)]
    pub details: GroupDetails,
}

/// What the API shows of a rule group besides its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct GroupDetails {
    /// `Name`.
    pub name: Option<Arc<str>>,
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// The account and the region it was made in. A group that has none is of the first VPC that it guards, or
    /// of its Profile's.
    pub home: Option<(Arc<str>, Arc<str>)>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// When it was changed last.
    pub modified: u64,
}

impl FirewallRuleGroup {
    /// The account and the region it belongs to.
    pub fn home<'w>(&'w self, world: &'w World) -> Option<(&'w str, &'w str)> {
        if let Some((owner, region)) = &self.details.home {
            return Some((owner, region));
        }
        let guards =
            |id: VpcId| world.members(id).firewall.iter().any(|(_, group)| *group == self.id);
        let guarded = world.vpcs.values().filter(|vpc| guards(vpc.id)).min_by_key(|vpc| vpc.id);
        let of_profile = || {
            let profiles = world.profiles_with(Shareable::FirewallRuleGroup(self.id));
            profiles.min_by_key(|it| it.id).map(|it| (&*it.owner, it.region))
        };
        guarded.map(|vpc| (&*vpc.owner, vpc.region)).or_else(of_profile)
    }

    /// The same, to be kept when the Profile goes that it may follow from.
    pub(super) fn kept_home(&self, world: &World) -> Option<(Arc<str>, Arc<str>)> {
        self.home(world).map(|(owner, region)| (Arc::from(owner), Arc::from(region)))
    }
}

/// What the API shows of an association of a group with a VPC besides its priority.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirewallAssociation {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    /// `Name`.
    #[serde(default)]
    pub name: Option<Arc<str>>,
    /// `CreatorRequestId`.
    #[serde(default)]
    pub creator_request: Option<Arc<str>>,
    /// `MutationProtection`.
    #[serde(default)]
    pub protection: bool,
    /// When it was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created: u64,
    /// When it was changed last.
    #[serde(default)]
    pub modified: u64,
}

impl FirewallAssociation {
    /// An association of which nothing else is known.
    pub fn new(group: FirewallRuleGroupId) -> Self {
        let (tags, name, creator_request) = Default::default();
        Self { group, tags, name, creator_request, protection: false, created: 0, modified: 0 }
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirewallRule {
    /// Its name.
    pub name: Arc<str>,
    /// Its rank among the rules of the group; the lowest first (R64).
    pub priority: u32,
    /// The names it matches.
    pub domains: Vec<DomainPattern>,
    /// The record type it matches; `None` matches every type.
    pub qtype: Option<RecordType>,
    /// What it does.
    pub action: FirewallAction,
    /// Whether only the first name of a chain counts (R65).
    pub trust_redirection: bool,
    /// The list its domains come from; `None` for those of a world file.
    #[serde(default)]
    pub list: Option<FirewallDomainListId>,
    /// What the API shows of it besides.
    #[serde(default)]
    pub details: FirewallRuleDetails,
}

/// What the API shows of a rule besides what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FirewallRuleDetails {
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// When it was changed last.
    pub modified: u64,
}

impl FirewallRule {
    /// The id of its domain list. The domains of a world file have one that is made from the names of group and rule.
    pub fn list_of(&self, group: FirewallRuleGroupId) -> FirewallDomainListId {
        self.list.unwrap_or_else(|| {
            let seed = seed_of("firewall-domains", format_args!("{group}/{}", self.name));
            FirewallDomainListId::from_seed(seed)
        })
    }
}

/// What a rule does (R62).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FirewallAction {
    /// Lets the question through.
    Allow,
    /// Lets the question through and logs it.
    Alert,
    /// Blocks the question with another answer.
    Block(BlockResponse),
}

/// What is answered in place of a blocked name (R63).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BlockResponse {
    /// NOERROR without records.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// A CNAME.
    Override {
        /// Where it points.
        target: Name,
        /// Its TTL, 0 to 604,800 seconds.
        ttl: u32,
    },
}

/// A name, a name with everything below, or every name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DomainPattern {
    /// `example.com`.
    Exactly(Name),
    /// `*.example.com`: the names below.
    Below(Name),
    /// `*`.
    Every,
}

impl DomainPattern {
    /// Reads a line of a domain list; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            _ if text == "*" => Some(Self::Every),
            Some(below) => Name::parse(below).ok().map(Self::Below),
            None => Name::parse(text).ok().map(Self::Exactly),
        }
    }

    /// Whether a name is meant.
    pub fn matches(&self, name: NameRef<'_>) -> bool {
        match self {
            Self::Exactly(own) => own.as_ref() == name,
            Self::Below(zone) => name.is_within(zone.as_ref()) && name != zone.as_ref(),
            Self::Every => true,
        }
    }
}

/// `CreateFirewallRuleGroup` with its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateFirewallRuleGroup {
    /// The group.
    pub group: FirewallRuleGroup,
}

/// `AssociateFirewallRuleGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateFirewallRuleGroup {
    /// The group.
    pub group: FirewallRuleGroupId,
    /// The VPC.
    pub vpc: VpcId,
    /// Its rank among the VPC's groups; the lowest first.
    pub priority: u32,
}

/// `UpdateFirewallConfig`, and whether the firewall itself is failing, which no API sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateFirewallConfig {
    /// The VPC.
    pub vpc: VpcId,
    /// `FirewallFailOpen` (R66).
    pub fail_open: bool,
    /// Whether it fails.
    pub failing: bool,
}

/// The refusal of a group that is not there.
pub fn no_such_group(id: impl std::fmt::Display) -> Refusal {
    let message = format!("Firewall rule group with ID '{id}' does not exist");
    Refusal::new("ResourceNotFoundException", message, "R62")
}

/// Sorts the rules of a group, and refuses those that cannot be together.
pub(super) fn check_rules(group: &mut FirewallRuleGroup) -> Result<(), Refusal> {
    group.rules.sort_by_key(|rule| rule.priority);
    if group.rules.len() > 100 {
        return Err(Refusal::new(
            "LimitExceededException",
            "A rule group holds at most 100 rules",
            "R67",
        ));
    }
    if group.rules.windows(2).any(|pair| pair[0].priority == pair[1].priority) {
        return Err(Refusal::new(
            "ConflictException",
            "Two rules of a group cannot have the same priority",
            "R64",
        ));
    }
    let too_long = group.rules.iter().any(|rule| {
        matches!(rule.action, FirewallAction::Block(BlockResponse::Override { ttl, .. }) if ttl > 604_800)
    });
    if too_long {
        return Err(Refusal::new(
            "ValidationException",
            "BlockOverrideTtl must be at most 604800",
            "R62",
        ));
    }
    Ok(())
}

impl CreateFirewallRuleGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.firewall_rule_groups, &self.group.id)?;
        let mut group = self.group.clone();
        check_rules(&mut group)?;
        world.firewall_rule_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

impl AssociateFirewallRuleGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        if !world.firewall_rule_groups.contains_key(&self.group) {
            return Err(no_such_group(self.group));
        }
        let taken = world
            .members(self.vpc)
            .firewall
            .iter()
            .any(|(priority, group)| *priority == self.priority || *group == self.group);
        if taken || world.members(self.vpc).firewall.len() == 5 {
            return Err(Refusal::new(
                "ConflictException",
                format!(
                    "The VPC {} has this group, this priority, or five groups already",
                    self.vpc
                ),
                "R67",
            ));
        }
        let entry = (self.priority, self.group);
        world.edit_members(self.vpc, |members| {
            members.firewall.push(entry);
            members.firewall.sort_unstable();
        });
        Ok(Touched::vpc(self.vpc))
    }
}

impl UpdateFirewallConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        let (fail_open, failing) = (self.fail_open, self.failing);
        world.edit_members(self.vpc, |members| {
            members.firewall_fail_open = fail_open;
            members.firewall_failing = failing;
        });
        Ok(Touched::vpc(self.vpc))
    }
}

//! Security groups: names, rules, and the default group that every VPC has.
//!
//! Knows AWS's rules for making and deleting one; its rules are changed in `security_group_rule.rs`. No group changes
//! a DNS answer: neither groups nor network ACLs filter traffic to the resolver (R3).

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{SecurityGroupId, SecurityGroupRuleId, VpcId, seed_of},
    id_words::IdWords,
    refusal::Refusal,
    security_group_rule::{Peer, SecurityGroupRule},
    vpc::Vpc,
    world::{Tags, World},
};

/// The name of the group that every VPC has.
pub const DEFAULT: &str = "default";

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: SecurityGroupId,
    /// Its tags.
    pub tags: Tags,
    /// Its name, unique in its VPC.
    pub name: Arc<str>,
    /// Its description.
    pub description: Arc<str>,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its rules, in the order they were made.
    #[serde(deserialize_with = "super::stored::exact")]
    pub rules: Vec<SecurityGroupRule>,
    /// The other VPCs that it is associated with (SG3).
    #[serde(default)]
    pub vpcs: Vec<VpcId>,
}

/// `CreateSecurityGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSecurityGroup {
    /// The group. The rule that allows all outbound traffic is added.
    pub group: SecurityGroup,
}

/// `DeleteSecurityGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteSecurityGroup {
    /// The group.
    pub group: SecurityGroupId,
}

/// The id of a VPC's default group.
pub fn default_group(vpc: VpcId) -> SecurityGroupId {
    SecurityGroupId::from_seed(seed_of("default-group", vpc))
}

impl SecurityGroup {
    /// What people call it: its Name tag, else its name.
    pub fn label(&self) -> String {
        self.tags.name().unwrap_or(&self.name).to_owned()
    }

    /// The default group of a new VPC: its members reach each other, and all outbound traffic is allowed.
    pub fn default_of(vpc: &Vpc) -> Self {
        let id = default_group(vpc.id);
        let inward = SecurityGroupRule {
            egress: false,
            peer: Peer::Group(id),
            ..everything(id, "default-rule", false)
        };
        let mut rules = vec![inward];
        rules.extend(outward(id, vpc));
        Self {
            id,
            tags: Tags::default(),
            name: DEFAULT.into(),
            description: "default VPC security group".into(),
            vpc: vpc.id,
            rules,
            vpcs: Vec::new(),
        }
    }
}

/// The ids of the rules that AWS gives a new group in one direction: a VPC's default group, or another.
pub fn usual_rules(
    vpc: VpcId,
    group: SecurityGroupId,
    egress: bool,
    with_ipv6: bool,
) -> Vec<SecurityGroupRuleId> {
    let of = |what| SecurityGroupRuleId::from_seed(seed_of(what, group));
    match (egress, with_ipv6) {
        (true, false) => vec![of("default-rule-out")],
        (true, true) => vec![of("default-rule-out"), of("default-rule-out-ipv6")],
        (false, _) if group == default_group(vpc) => vec![of("default-rule")],
        (false, _) => Vec::new(),
    }
}

/// The rules that allow all outbound traffic, also over IPv6 if the VPC has it.
fn outward(group: SecurityGroupId, vpc: &Vpc) -> Vec<SecurityGroupRule> {
    let mut rules = vec![everything(group, "default-rule-out", false)];
    if !vpc.ipv6_cidrs.is_empty() {
        rules.push(everything(group, "default-rule-out-ipv6", true));
    }
    rules
}

fn everything(group: SecurityGroupId, what: &str, ipv6: bool) -> SecurityGroupRule {
    SecurityGroupRule {
        id: SecurityGroupRuleId::from_seed(seed_of(what, group)),
        egress: true,
        protocol: "-1".into(),
        ports: None,
        peer: if ipv6 { Peer::any_v6() } else { Peer::any_v4() },
        description: None,
        tags: Tags::default(),
    }
}

impl World {
    /// The security group, or AWS's refusal.
    pub fn security_group(&self, id: SecurityGroupId) -> Result<&Arc<SecurityGroup>, Refusal> {
        self.security_groups.get(&id).ok_or_else(|| id.missing("SG2"))
    }

    /// Checks the groups of a network interface: they exist, and lie in its VPC or are associated with it. None given means the default group.
    ///
    /// # Errors
    ///
    /// AWS's refusal.
    pub fn interface_groups(
        &self,
        vpc: VpcId,
        groups: &[SecurityGroupId],
    ) -> Result<Vec<SecurityGroupId>, Refusal> {
        if groups.is_empty() {
            return Ok(vec![default_group(vpc)]);
        }
        let mut checked = Vec::with_capacity(groups.len());
        for id in groups {
            let group = self.security_group(*id)?;
            if group.vpc != vpc && !group.vpcs.contains(&vpc) {
                return Err(Refusal::parameter(
                    format!(
                        "Security group {id} and the network interface belong to different networks."
                    ),
                    "SG2",
                ));
            }
            if !checked.contains(id) {
                checked.push(*id);
            }
        }
        if checked.len() > 16 {
            return Err(Refusal::new(
                "SecurityGroupsPerInterfaceLimitExceeded",
                "The maximum number of security groups per interface has been reached.",
                "SG2",
            ));
        }
        Ok(checked)
    }

    /// The names of groups, in their order.
    pub fn group_names(&self, groups: &[SecurityGroupId]) -> Vec<String> {
        let group = |id| self.security_groups.get(id);
        groups.iter().filter_map(group).map(|group| group.name.to_string()).collect()
    }

    /// The VPC of each network interface, instance, endpoint and load balancer that is in a group.
    pub(super) fn vpcs_that_use(&self, id: SecurityGroupId) -> impl Iterator<Item = VpcId> {
        let in_group =
            move |(vpc, groups): (VpcId, &[SecurityGroupId])| groups.contains(&id).then_some(vpc);
        let instances = self.instances.values().map(|it| (it.vpc, &*it.interface.groups));
        let interfaces = self.network_interfaces.values().map(|it| (it.vpc, &*it.groups));
        let endpoints = self.endpoints.values().map(|it| (it.vpc, &*it.security_groups));
        let balancers = self.load_balancers.values().map(|it| (it.vpc, &*it.options.groups));
        instances.chain(interfaces).chain(endpoints).chain(balancers).filter_map(in_group)
    }

    /// Whether a network interface is in a group, a rule of another group names it, or it is associated with another VPC.
    fn group_in_use(&self, id: SecurityGroupId) -> bool {
        self.security_groups.get(&id).is_some_and(|it| !it.vpcs.is_empty())
            || self.vpcs_that_use(id).next().is_some()
            || self
                .security_groups
                .values()
                .filter(|it| it.id != id)
                .any(|it| it.rules.iter().any(|rule| rule.peer == Peer::Group(id)))
    }
}

/// Letters AWS allows in the names and descriptions of groups and rules.
pub(super) fn legal(text: &str) -> bool {
    text.chars().all(|it| it.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(it))
}

impl CreateSecurityGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = self.group.clone();
        let vpc = Arc::clone(world.vpc(group.vpc)?);
        duplicate(&world.security_groups, &group.id)?;
        for (what, text) in [("GroupName", &group.name), ("GroupDescription", &group.description)] {
            if text.is_empty() || text.chars().count() > 255 || !legal(text) {
                return Err(Refusal::value(
                    format!(
                        "Value ({text}) for parameter {what} is invalid. It has 1 to 255 of the characters a-z, A-Z, \
                         0-9, spaces, and ._-:/()#,@[]+=&;{{}}!$*"
                    ),
                    "SG2",
                ));
            }
        }
        if group.name.starts_with("sg-") {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
                    group.name
                ),
                "SG2",
            ));
        }
        if *group.name == *DEFAULT {
            return Err(Refusal::value("Cannot use reserved security group name: default", "SG1"));
        }
        let same = |it: &&Arc<SecurityGroup>| it.vpc == group.vpc && it.name == group.name;
        if world.security_groups.values().find(same).is_some() {
            return Err(Refusal::new(
                "InvalidGroup.Duplicate",
                format!("The security group '{}' already exists for VPC '{}'", group.name, vpc.id),
                "SG2",
            ));
        }
        group.rules = outward(group.id, &vpc);
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

impl DeleteSecurityGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let group = world.security_group(self.group)?;
        if *group.name == *DEFAULT {
            return Err(Refusal::new(
                "CannotDelete",
                format!(
                    "the specified group: \"{}\" name: \"default\" cannot be deleted by a user",
                    group.id
                ),
                "SG1",
            ));
        }
        if world.group_in_use(self.group) {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("resource {} has a dependent object", self.group),
                "SG2",
            ));
        }
        world.security_groups.remove(&self.group);
        Ok(Touched::nothing())
    }
}

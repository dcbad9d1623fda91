//! The rules of security groups: what passes, from and to whom.
//!
//! Knows AWS's rules about rules. Nothing is filtered by them here.

use std::{fmt, sync::Arc};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    change::Touched,
    id::{PrefixListId, SecurityGroupId, SecurityGroupRuleId},
    id_words::IdWords,
    refusal::Refusal,
    security_group::{SecurityGroup, legal},
    world::{Tags, World},
};

/// The most rules of a group in one direction; AWS's quota unless it is raised.
const MAX_RULES: usize = 60;

/// The first and last port, or ICMP's type and code; none where the protocol has neither.
pub type Ports = Option<(i32, i32)>;

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SecurityGroupRule {
    /// Its id.
    pub id: SecurityGroupRuleId,
    /// Whether it is an outbound rule.
    pub egress: bool,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for everything.
    pub protocol: Arc<str>,
    /// The first and last port, or ICMP's type and code; none where the protocol has neither.
    pub ports: Ports,
    /// The source of inbound traffic, or the destination of outbound traffic.
    pub peer: Peer,
    /// Its description.
    pub description: Option<Arc<str>>,
    /// Its tags.
    pub tags: Tags,
}

/// The source or destination of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Peer {
    /// An IPv4 range.
    V4(Ipv4Network),
    /// An IPv6 range.
    V6(Ipv6Network),
    /// A prefix list.
    PrefixList(PrefixListId),
    /// The members of a group.
    Group(SecurityGroupId),
}

/// `AuthorizeSecurityGroupIngress` and `AuthorizeSecurityGroupEgress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizeSecurityGroup {
    /// The group.
    pub group: SecurityGroupId,
    /// The new rules.
    pub rules: Vec<SecurityGroupRule>,
}

/// `RevokeSecurityGroupIngress` and `RevokeSecurityGroupEgress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokeSecurityGroup {
    /// The group.
    pub group: SecurityGroupId,
    /// Which direction.
    pub egress: bool,
    /// The rules to take away.
    pub rules: Vec<SecurityGroupRuleId>,
}

/// `ModifySecurityGroupRules`, and `UpdateSecurityGroupRuleDescriptions…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifySecurityGroupRules {
    /// The group.
    pub group: SecurityGroupId,
    /// The new contents of the rules. Ids, directions and tags stay.
    pub rules: Vec<SecurityGroupRule>,
}

impl Peer {
    /// Every IPv4 address.
    pub fn any_v4() -> Self {
        Self::V4(Ipv4Network::from(std::net::Ipv4Addr::UNSPECIFIED)).widest()
    }

    /// Every IPv6 address.
    pub fn any_v6() -> Self {
        Self::V6(Ipv6Network::from(std::net::Ipv6Addr::UNSPECIFIED)).widest()
    }

    fn widest(self) -> Self {
        match self {
            Self::V4(it) => Ipv4Network::new(it.ip(), 0).map_or(self, Self::V4),
            Self::V6(it) => Ipv6Network::new(it.ip(), 0).map_or(self, Self::V6),
            _ => self,
        }
    }

    /// The range with its host bits cleared.
    #[must_use]
    pub fn canonical(self) -> Self {
        match self {
            Self::V4(it) => Ipv4Network::new(it.network(), it.prefix()).map_or(self, Self::V4),
            Self::V6(it) => Ipv6Network::new(it.network(), it.prefix()).map_or(self, Self::V6),
            _ => self,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(it) => it.fmt(f),
            Self::V6(it) => it.fmt(f),
            Self::PrefixList(it) => it.fmt(f),
            Self::Group(it) => it.fmt(f),
        }
    }
}

impl SecurityGroupRule {
    /// Whether two rules allow the same traffic.
    pub fn same(&self, other: &Self) -> bool {
        self.egress == other.egress
            && self.protocol == other.protocol
            && self.ports == other.ports
            && self.peer == other.peer
    }
}

/// A protocol as AWS writes it back: `tcp` for 6, and so on.
///
/// # Errors
///
/// AWS's refusal of what is no protocol.
pub fn protocol(text: &str) -> Result<Arc<str>, Refusal> {
    let lower = text.to_ascii_lowercase();
    let name = match lower.as_str() {
        "tcp" | "6" => "tcp",
        "udp" | "17" => "udp",
        "icmp" | "1" => "icmp",
        "icmpv6" | "58" => "icmpv6",
        "-1" | "all" => "-1",
        number => match number.parse::<u8>() {
            Ok(number) => return Ok(number.to_string().into()),
            Err(_) => {
                return Err(Refusal::value(
                    format!("Invalid value '{text}' for IP protocol. Unknown protocol."),
                    "SG2",
                ));
            }
        },
    };
    Ok(name.into())
}

/// AWS's refusal of a new TCP or UDP rule without both ports.
pub const NO_PORTS: &str =
    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.";

/// The ports of a rule for its protocol.
///
/// # Errors
///
/// AWS's refusal of ports that are missing, out of range, or the wrong way round.
pub fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> Result<Ports, Refusal> {
    let refuse = |text: String| Err(Refusal::value(text, "SG2"));
    match protocol {
        "tcp" | "udp" => match (from, to) {
            (Some(-1), Some(-1)) => Ok(Some((0, 65_535))),
            (Some(from), Some(to))
                if !(0..=65_535).contains(&from) || !(0..=65_535).contains(&to) =>
            {
                refuse(format!("Invalid value '{from}-{to}' for portRange. Ports are 0 to 65535."))
            }
            (Some(from), Some(to)) if from > to => {
                refuse(format!("Invalid TCP/UDP port range ({from}:{to})"))
            }
            (Some(from), Some(to)) => Ok(Some((from, to))),
            _ => refuse(NO_PORTS.to_owned()),
        },
        "icmp" | "icmpv6" => {
            let (kind, code) = (from.unwrap_or(-1), to.unwrap_or(-1));
            if (-1..=255).contains(&kind) && (-1..=255).contains(&code) {
                Ok(Some((kind, code)))
            } else {
                refuse(format!("ICMP type and code are -1 to 255: ({kind}:{code})"))
            }
        }
        _ => Ok(None),
    }
}

fn check(world: &World, group: &SecurityGroup, rule: &SecurityGroupRule) -> Result<(), Refusal> {
    if let Peer::Group(id) = rule.peer {
        let vpc = world.security_group(id)?.vpc;
        let peered = || {
            let peering = |id| world.peerings.get(id).filter(|it| it.is_active());
            let members = world.members(group.vpc);
            members.peerings.iter().filter_map(peering).any(|it| it.other(group.vpc) == vpc)
        };
        if vpc != group.vpc && !peered() {
            return Err(Refusal::new(
                "InvalidGroup.NotFound",
                format!(
                    "You have specified two resources that belong to different networks: {} and {id}",
                    group.id
                ),
                "SG2",
            ));
        }
    }
    let description = rule.description.as_deref().unwrap_or_default();
    if description.chars().count() > 255 || !legal(description) {
        return Err(Refusal::value(
            format!(
                "Invalid rule description '{description}'. It has at most 255 of the characters a-z, A-Z, 0-9, \
                     spaces, and ._-:/()#,@[]+=&;{{}}!$*"
            ),
            "SG2",
        ));
    }
    Ok(())
}

fn exists(rule: &SecurityGroupRule) -> Refusal {
    let ports = match rule.ports {
        Some((from, to)) => {
            let protocol = rule.protocol.to_ascii_uppercase();
            format!("{protocol}, from port: {from}, to port: {to}")
        }
        None => "ALL".to_owned(),
    };
    Refusal::new(
        "InvalidPermission.Duplicate",
        format!("the specified rule \"peer: {}, {ports}, ALLOW\" already exists", rule.peer),
        "SG2",
    )
}

fn not_found(id: SecurityGroupRuleId) -> Refusal {
    id.missing("SG2")
}

impl AuthorizeSecurityGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = SecurityGroup::clone(world.security_group(self.group)?);
        if self.rules.is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
                "SG2",
            ));
        }
        for rule in &self.rules {
            check(world, &group, rule)?;
            if group.rules.iter().any(|other| other.same(rule)) {
                return Err(exists(rule));
            }
            if group.rules.iter().filter(|it| it.egress == rule.egress).count() >= MAX_RULES {
                return Err(Refusal::new(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.",
                    "SG2",
                ));
            }
            group.rules.push(rule.clone());
        }
        // Each direction keeps its order.
        group.rules.sort_by_key(|rule| rule.egress);
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

impl RevokeSecurityGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = SecurityGroup::clone(world.security_group(self.group)?);
        for id in &self.rules {
            let found = |rule: &SecurityGroupRule| rule.id == *id && rule.egress == self.egress;
            let at = group.rules.iter().position(found).ok_or_else(|| not_found(*id))?;
            group.rules.remove(at);
        }
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

impl ModifySecurityGroupRules {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = SecurityGroup::clone(world.security_group(self.group)?);
        for rule in &self.rules {
            check(world, &group, rule)?;
            let Some(old) = group.rules.iter().position(|it| it.id == rule.id) else {
                return Err(not_found(rule.id));
            };
            if group.rules.iter().any(|other| other.id != rule.id && other.same(rule)) {
                return Err(exists(rule));
            }
            let SecurityGroupRule { id, egress, ref tags, .. } = group.rules[old];
            group.rules[old] = SecurityGroupRule { id, egress, tags: tags.clone(), ..rule.clone() };
        }
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

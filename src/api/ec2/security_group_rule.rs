//! The rules of security groups (SG2), given as permissions, of which each makes one rule or several, or by id.

use std::sync::Arc;

use super::{
    Operation,
    security_group::{self, Chosen},
};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    catalog,
    model::{
        id::{PrefixListId, SecurityGroupId, SecurityGroupRuleId},
        id_words::IdWords,
        security_group::SecurityGroup,
        security_group_rule::{self as model, Peer, Ports, SecurityGroupRule},
        world::Tags,
    },
};

/// The other side of a rule, a group perhaps by its name.
enum PeerText {
    Known(Peer),
    GroupName(String),
}

/// What a permission says.
struct Given {
    protocol: Arc<str>,
    ports: Ports,
    peers: Vec<(PeerText, Option<String>)>,
}

fn range<T: std::str::FromStr>(
    parameters: &mut Parameters,
    name: &str,
    peer: impl Fn(T) -> Peer,
) -> Result<(PeerText, Option<String>), ApiError> {
    let text = parameters.required(name)?;
    let malformed = || ApiError::value(format!("CIDR block {text} is malformed"));
    let range = text.contains('/').then(|| text.parse().ok()).flatten().ok_or_else(malformed)?;
    Ok((PeerText::Known(peer(range).canonical()), parameters.text("Description")?))
}

fn group(parameters: &mut Parameters) -> Result<(PeerText, Option<String>), ApiError> {
    // The account and the VPC of a group follow from the group.
    for known in ["UserId", "VpcId", "PeeringStatus"] {
        parameters.text(known)?;
    }
    // A group of a peer's VPC may be named, whoever owns it (SG2).
    let peer = if parameters.holds("GroupId") {
        PeerText::Known(Peer::Group(parameters.anyones_id("GroupId")?))
    } else {
        PeerText::GroupName(
            parameters.required("GroupName").map_err(|_| ApiError::missing("GroupId"))?,
        )
    };
    parameters.text("GroupName")?;
    Ok((peer, parameters.text("Description")?))
}

impl Given {
    /// `IpPermissions.N`, and the older parameters of one rule.
    fn read(parameters: &mut Parameters) -> Result<Vec<Self>, ApiError> {
        let mut given = parameters.structures("IpPermissions", |permission| {
            let (protocol, ports) = Self::protocol(permission)?;
            let mut peers =
                permission.structures("IpRanges", |it| range(it, "CidrIp", Peer::V4))?;
            peers
                .extend(permission.structures("Ipv6Ranges", |it| range(it, "CidrIpv6", Peer::V6))?);
            peers.extend(permission.structures("PrefixListIds", |it| {
                let id = it.required_id::<PrefixListId>("PrefixListId")?;
                Ok((PeerText::Known(Peer::PrefixList(id)), it.text("Description")?))
            })?);
            peers.extend(permission.structures("Groups", group)?);
            Ok(Self { protocol, ports, peers })
        })?;
        let source = parameters.text("SourceSecurityGroupName")?;
        parameters.text("SourceSecurityGroupOwnerId")?;
        let cidr = parameters.text("CidrIp")?;
        let older = Self::protocol_and_ports(parameters)?;
        if let Some(name) = source {
            let (protocol, ports) = older.unwrap_or_else(|| ("-1".into(), None));
            given.push(Self { protocol, ports, peers: vec![(PeerText::GroupName(name), None)] });
        } else if let Some(text) = cidr {
            let range = text.contains('/').then(|| text.parse().ok()).flatten();
            let range =
                range.ok_or_else(|| ApiError::value(format!("CIDR block {text} is malformed")))?;
            let (protocol, ports) = older.ok_or_else(no_protocol)?;
            let peers = vec![(PeerText::Known(Peer::V4(range).canonical()), None)];
            given.push(Self { protocol, ports, peers });
        }
        Ok(given)
    }

    fn protocol_and_ports(
        parameters: &mut Parameters,
    ) -> Result<Option<(Arc<str>, Ports)>, ApiError> {
        let text = parameters.text("IpProtocol")?;
        let (from, to) = (parameters.parsed("FromPort")?, parameters.parsed("ToPort")?);
        let Some(text) = text else { return Ok(None) };
        let protocol = model::protocol(&text)?;
        let ports = model::ports(&protocol, from, to)?;
        Ok(Some((protocol, ports)))
    }

    fn protocol(parameters: &mut Parameters) -> Result<(Arc<str>, Ports), ApiError> {
        Self::protocol_and_ports(parameters)?.ok_or_else(no_protocol)
    }
}

fn no_protocol() -> ApiError {
    ApiError::value(
        "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
    )
}

/// The rules that permissions stand for.
fn rules(
    context: &Context<'_>,
    group: &SecurityGroup,
    egress: bool,
    given: Vec<Given>,
    tags: &Tags,
) -> Result<Vec<SecurityGroupRule>, ApiError> {
    let mut rules = Vec::new();
    for permission in given {
        if permission.peers.is_empty() {
            return Err(ApiError::value(
                "Invalid value 'null' for source. A permission needs one.",
            ));
        }
        for (peer, description) in permission.peers {
            let peer = match peer {
                PeerText::Known(peer) => peer,
                PeerText::GroupName(name) => {
                    Peer::Group(security_group::named(context, group.vpc, &name)?.id)
                }
            };
            rules.push(SecurityGroupRule {
                id: SecurityGroupRuleId::from_seed(seed()),
                egress,
                protocol: Arc::clone(&permission.protocol),
                ports: permission.ports,
                peer,
                description: description.map(Into::into),
                tags: tags.clone(),
            });
        }
    }
    Ok(rules)
}

/// Rules as `ipPermissions` shows them: those of one protocol and range of ports together.
pub(super) fn permissions<'r>(
    context: &Context<'_>,
    rules: impl Iterator<Item = &'r SecurityGroupRule>,
) -> Vec<Fields> {
    type Key<'r> = (&'r str, Ports);
    let mut sets: Vec<(Key<'r>, Vec<&SecurityGroupRule>)> = Vec::new();
    for rule in rules {
        let key = (&*rule.protocol, rule.ports);
        match sets.iter_mut().find(|(known, _)| *known == key) {
            Some((_, set)) => set.push(rule),
            None => sets.push((key, vec![rule])),
        }
    }
    let shown = |((protocol, ports), rules): (Key<'_>, Vec<&SecurityGroupRule>)| {
        let peers = |show: &dyn Fn(&Peer) -> Option<Fields>| -> Vec<Fields> {
            let one = |rule: &&SecurityGroupRule| {
                Some(show(&rule.peer)?.maybe("description", rule.description.as_ref()))
            };
            rules.iter().filter_map(one).collect()
        };
        Fields::new()
            .set("ipProtocol", protocol)
            .maybe("fromPort", ports.map(|(from, _)| from))
            .maybe("toPort", ports.map(|(_, to)| to))
            .list(
                "groups",
                peers(&|peer| match peer {
                    Peer::Group(id) => {
                        let owner = owner_of(context, *id);
                        Some(Fields::new().set("userId", owner).set("groupId", id))
                    }
                    _ => None,
                }),
            )
            .list(
                "ipRanges",
                peers(&|peer| match peer {
                    Peer::V4(it) => Some(Fields::new().set("cidrIp", it)),
                    _ => None,
                }),
            )
            .list(
                "ipv6Ranges",
                peers(&|peer| match peer {
                    Peer::V6(it) => Some(Fields::new().set("cidrIpv6", it)),
                    _ => None,
                }),
            )
            .list(
                "prefixListIds",
                peers(&|peer| match peer {
                    Peer::PrefixList(it) => Some(Fields::new().set("prefixListId", it)),
                    _ => None,
                }),
            )
    };
    sets.into_iter().map(shown).collect()
}

fn owner_of(context: &Context<'_>, group: SecurityGroupId) -> String {
    let world = context.world();
    let vpc = world.security_groups.get(&group).and_then(|group| world.vpcs.get(&group.vpc));
    vpc.map_or_else(|| context.account.clone(), |vpc| vpc.owner.to_string())
}

/// A rule as `securityGroupRuleSet` shows it.
fn fields(context: &Context<'_>, group: SecurityGroupId, rule: &SecurityGroupRule) -> Fields {
    let (from, to) = rule.ports.unwrap_or((-1, -1));
    let partition = catalog::partition_of(context.region);
    let shown = Fields::new()
        .set("securityGroupRuleId", rule.id)
        .set("groupId", group)
        .set("groupOwnerId", &context.account)
        .set("isEgress", rule.egress)
        .set("ipProtocol", &rule.protocol)
        .set("fromPort", from)
        .set("toPort", to)
        .maybe("description", rule.description.as_ref())
        .set(
            "securityGroupRuleArn",
            format!(
                "arn:{partition}:ec2:{}:{}:security-group-rule/{}",
                context.region, context.account, rule.id
            ),
        )
        .tags(&rule.tags);
    match rule.peer {
        Peer::V4(it) => shown.set("cidrIpv4", it),
        Peer::V6(it) => shown.set("cidrIpv6", it),
        Peer::PrefixList(it) => shown.set("prefixListId", it),
        Peer::Group(it) => shown.fields(
            "referencedGroupInfo",
            Fields::new().set("groupId", it).set("userId", owner_of(context, it)),
        ),
    }
}

/// `AuthorizeSecurityGroupIngress` and `…Egress`.
struct Authorize {
    group: Chosen,
    given: Vec<Given>,
    tags: Tags,
}

impl Authorize {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            group: Chosen::read(parameters)?,
            given: Given::read(parameters)?,
            tags: parameters.tag_specification("security-group-rule")?,
        })
    }

    fn run(self, context: &Context<'_>, egress: bool) -> Result<Fields, ApiError> {
        let group = self.group.find(context)?;
        let rules = rules(context, group, egress, self.given, &self.tags)?;
        let shown: Vec<_> = rules.iter().map(|rule| fields(context, group.id, rule)).collect();
        context.commit(&[model::AuthorizeSecurityGroup { group: group.id, rules }.into()])?;
        Ok(Fields::done().list("securityGroupRuleSet", shown))
    }
}

/// `RevokeSecurityGroupIngress` and `…Egress`.
struct Revoke {
    group: Chosen,
    given: Vec<Given>,
    ids: Vec<SecurityGroupRuleId>,
}

impl Revoke {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            group: Chosen::read(parameters)?,
            given: Given::read(parameters)?,
            ids: parameters.ids("SecurityGroupRuleId")?,
        })
    }

    fn run(self, context: &Context<'_>, egress: bool) -> Result<Fields, ApiError> {
        let group = self.group.find(context)?;
        let mut ids = self.ids;
        for wanted in rules(context, group, egress, self.given, &Tags::default())? {
            let found = group.rules.iter().find(|rule| rule.same(&wanted)).ok_or_else(|| {
                ApiError::new(
                    "InvalidPermission.NotFound",
                    "The specified rule does not exist in this security group.",
                )
            })?;
            ids.push(found.id);
        }
        if ids.is_empty() {
            return Err(ApiError::new(
                "MissingParameter",
                "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
            ));
        }
        let revoked = group.rules.iter().filter(|rule| ids.contains(&rule.id)).map(|rule| {
            let (from, to) = rule.ports.unwrap_or((-1, -1));
            let shown = Fields::new()
                .set("securityGroupRuleId", rule.id)
                .set("groupId", group.id)
                .set("isEgress", rule.egress)
                .set("ipProtocol", &rule.protocol)
                .set("fromPort", from)
                .set("toPort", to)
                .maybe("description", rule.description.as_ref());
            match rule.peer {
                Peer::V4(it) => shown.set("cidrIpv4", it),
                Peer::V6(it) => shown.set("cidrIpv6", it),
                Peer::PrefixList(it) => shown.set("prefixListId", it),
                Peer::Group(it) => shown.set("referencedGroupId", it),
            }
        });
        let revoked: Vec<_> = revoked.collect();
        let change = model::RevokeSecurityGroup { group: group.id, egress, rules: ids };
        context.commit(&[change.into()])?;
        Ok(Fields::done().list("revokedSecurityGroupRuleSet", revoked))
    }
}

/// `UpdateSecurityGroupRuleDescriptionsIngress` and `…Egress`.
struct NewDescriptions {
    group: Chosen,
    given: Vec<Given>,
    by_id: Vec<(SecurityGroupRuleId, Option<String>)>,
}

impl NewDescriptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            group: Chosen::read(parameters)?,
            given: Given::read(parameters)?,
            by_id: parameters.structures("SecurityGroupRuleDescription", |rule| {
                Ok((rule.required_id("SecurityGroupRuleId")?, rule.text("Description")?))
            })?,
        })
    }

    fn run(self, context: &Context<'_>, egress: bool) -> Result<Fields, ApiError> {
        let group = self.group.find(context)?;
        let not_found = || {
            ApiError::new(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            )
        };
        let mut changed = Vec::new();
        for wanted in rules(context, group, egress, self.given, &Tags::default())? {
            let found = group.rules.iter().find(|rule| rule.same(&wanted));
            let found = found.ok_or_else(not_found)?;
            let description = wanted.description;
            changed.push(SecurityGroupRule { description, ..found.clone() });
        }
        for (id, description) in self.by_id {
            let found = group.rules.iter().find(|rule| rule.id == id && rule.egress == egress);
            let description = description.map(Into::into);
            let found = found.ok_or_else(|| id.not_found())?;
            changed.push(SecurityGroupRule { description, ..found.clone() });
        }
        if changed.is_empty() {
            return Err(ApiError::missing("IpPermissions"));
        }
        let change = model::ModifySecurityGroupRules { group: group.id, rules: changed };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

macro_rules! directions {
    ($($action:ident = $work:ident $egress:literal;)*) => {$(
        #[doc = concat!("`", stringify!($action), "`.")]
        pub(super) struct $action($work);

        impl Operation for $action {
            fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
                $work::read(parameters).map(Self)
            }

            fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
                self.0.run(context, $egress)
            }
        }
    )*};
}

directions! {
    AuthorizeSecurityGroupIngress = Authorize false;
    AuthorizeSecurityGroupEgress = Authorize true;
    RevokeSecurityGroupIngress = Revoke false;
    RevokeSecurityGroupEgress = Revoke true;
    UpdateSecurityGroupRuleDescriptionsIngress = NewDescriptions false;
    UpdateSecurityGroupRuleDescriptionsEgress = NewDescriptions true;
}

/// A rule as `ModifySecurityGroupRules` writes it.
struct Rewritten {
    id: SecurityGroupRuleId,
    protocol: Arc<str>,
    ports: Ports,
    peer: Peer,
    description: Option<String>,
}

impl Rewritten {
    fn read(update: &mut Parameters) -> Result<Self, ApiError> {
        let id = update.required_id("SecurityGroupRuleId")?;
        let rule = update.structure("SecurityGroupRule", |rule| {
            let description = rule.text("Description")?;
            let mut peers = Vec::new();
            if rule.holds("CidrIpv4") {
                peers.push(range(rule, "CidrIpv4", Peer::V4)?.0);
            }
            if rule.holds("CidrIpv6") {
                peers.push(range(rule, "CidrIpv6", Peer::V6)?.0);
            }
            if let Some(id) = rule.id("PrefixListId")? {
                peers.push(PeerText::Known(Peer::PrefixList(id)));
            }
            if rule.holds("ReferencedGroupId") {
                let id = rule.anyones_id("ReferencedGroupId")?;
                peers.push(PeerText::Known(Peer::Group(id)));
            }
            let peer = match (peers.pop(), peers.is_empty()) {
                (Some(PeerText::Known(peer)), true) => peer,
                (None, _) => {
                    return Err(ApiError::new(
                        "MissingParameter",
                        "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId",
                    ));
                }
                _ => {
                    return Err(ApiError::new(
                        "InvalidParameterCombination",
                        "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified",
                    ));
                }
            };
            let (protocol, ports) = Given::protocol(rule).map_err(in_a_change)?;
            Ok(Self { id, protocol, ports, peer, description })
        })?;
        rule.ok_or_else(|| ApiError::missing("SecurityGroupRule"))
    }
}

/// AWS words one refusal in another way where a rule is changed.
fn in_a_change(error: ApiError) -> ApiError {
    if error.message == model::NO_PORTS {
        return ApiError::value(
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        );
    }
    error
}

/// `ModifySecurityGroupRules`.
pub(super) struct ModifySecurityGroupRules {
    group: SecurityGroupId,
    rules: Vec<Rewritten>,
}

impl Operation for ModifySecurityGroupRules {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let group = parameters.required_id("GroupId")?;
        let rules = parameters.structures("SecurityGroupRule", Rewritten::read)?;
        if rules.is_empty() {
            return Err(ApiError::missing("SecurityGroupRules"));
        }
        Ok(Self { group, rules })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let rules = self.rules.into_iter().map(|rule| SecurityGroupRule {
            id: rule.id,
            egress: false,
            protocol: rule.protocol,
            ports: rule.ports,
            peer: rule.peer,
            description: rule.description.map(Into::into),
            tags: Tags::default(),
        });
        let change = model::ModifySecurityGroupRules { group: self.group, rules: rules.collect() };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeSecurityGroupRules`.
pub(super) type DescribeSecurityGroupRules = Listing<SecurityGroupRules>;

/// The rules with these ids, each with its group.
pub(super) struct SecurityGroupRules(Vec<SecurityGroupRuleId>);

impl Describe for SecurityGroupRules {
    type Item<'c> = (SecurityGroupId, &'c SecurityGroupRule);

    const LIST: &'static str = "securityGroupRuleSet";

    const FILTERS: Filters<Self> = &[
        ("group-id", |(group, _), _| texts([group])),
        ("security-group-rule-id", |(_, rule), _| texts([rule.id])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("SecurityGroupRuleId").map(Self)
    }

    fn check(page: &Page) -> Result<(), ApiError> {
        let malformed = |text: &&str| text.parse::<SecurityGroupId>().is_err();
        match page.values("group-id").find(malformed) {
            Some(text) => Err(ApiError::new(
                SecurityGroupId::MALFORMED,
                format!("The security group ID '{text}' is malformed"),
            )),
            None => Ok(()),
        }
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let groups = context.all_own(&[], context.world().security_groups.keys());
        Ok(groups
            .into_iter()
            .flat_map(|group| group.rules.iter().map(move |rule| (group.id, rule)))
            .filter(|(_, rule)| is_wanted(&self.0, &rule.id))
            .collect())
    }

    fn key((_, rule): &Self::Item<'_>) -> String {
        rule.id.to_string()
    }

    fn tags<'i>((_, rule): &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&rule.tags)
    }

    fn fields(context: &Context<'_>, (group, rule): Self::Item<'_>) -> Fields {
        fields(context, group, rule)
    }
}

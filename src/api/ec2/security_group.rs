//! Security groups (SG1). Their rules are in `security_group_rule.rs`.

use std::sync::Arc;

use super::{Operation, security_group_rule::permissions};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog,
    model::{
        id::{SecurityGroupId, VpcId},
        id_words::IdWords,
        security_group::{self, SecurityGroup},
        security_group_rule::{Peer, SecurityGroupRule},
        world::{Tags, World},
    },
};

/// The error of names that no group has.
fn not_found(names: &[&str]) -> ApiError {
    let all = names.join(", ");
    let message = match names {
        [_] => format!("The security group '{all}' does not exist"),
        _ => format!("The security groups '{all}' do not exist"),
    };
    ApiError::new(SecurityGroupId::NOT_FOUND, message)
}

/// The caller's group of that name in a VPC.
pub(super) fn named<'c>(
    context: &'c Context<'_>,
    vpc: VpcId,
    name: &str,
) -> Result<&'c Arc<SecurityGroup>, ApiError> {
    let found = context.world().security_groups.values();
    found
        .filter(|it| context.owns_vpc(it.vpc))
        .find(|it| it.vpc == vpc && *it.name == *name)
        .ok_or_else(|| not_found(&[name]))
}

/// The caller's default VPC.
pub(super) fn default_vpc(context: &Context<'_>) -> Result<VpcId, ApiError> {
    let vpcs = context.world().vpcs.values();
    let found = vpcs.filter(|it| context.is_home(it.region, &it.owner)).find(|vpc| vpc.is_default);
    found
        .map(|vpc| vpc.id)
        .ok_or_else(|| ApiError::new("VPCIdNotSpecified", "No default VPC for this user"))
}

/// `GroupId` or, for a group of the default VPC, `GroupName`.
pub(super) struct Chosen {
    id: Option<SecurityGroupId>,
    name: Option<String>,
}

impl Chosen {
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { id: parameters.id("GroupId")?, name: parameters.text("GroupName")? })
    }

    pub(super) fn find<'c>(
        &self,
        context: &'c Context<'_>,
    ) -> Result<&'c Arc<SecurityGroup>, ApiError> {
        match (self.id, &self.name) {
            (Some(id), _) => context.own(id),
            (None, Some(name)) => named(context, default_vpc(context)?, name),
            (None, None) => Err(ApiError::new(
                "MissingParameter",
                "The request must contain the parameter groupName or groupId",
            )),
        }
    }
}

/// Groups as `groupSet` shows them.
pub(super) fn references(
    world: &World,
    groups: &[SecurityGroupId],
) -> impl Iterator<Item = Fields> {
    groups.iter().map(|id| {
        let name = world.security_groups.get(id).map(|group| Arc::clone(&group.name));
        Fields::new().set("groupId", id).set("groupName", name.as_deref().unwrap_or_default())
    })
}

fn arn(context: &Context<'_>, id: SecurityGroupId) -> String {
    let partition = catalog::partition_of(context.region);
    format!("arn:{partition}:ec2:{}:{}:security-group/{id}", context.region, context.account)
}

/// `CreateSecurityGroup`.
pub(super) struct CreateSecurityGroup {
    name: String,
    description: String,
    vpc: Option<VpcId>,
    tags: Tags,
}

impl Operation for CreateSecurityGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: parameters.required("GroupName")?,
            description: parameters.required("GroupDescription")?,
            vpc: parameters.id("VpcId")?,
            tags: parameters.tag_specification("security-group")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = match self.vpc {
            Some(vpc) => context.own(vpc)?.id,
            None => default_vpc(context)?,
        };
        let id = SecurityGroupId::from_seed(seed());
        let reply = Fields::done()
            .set("groupId", id)
            .tags(&self.tags)
            .set("securityGroupArn", arn(context, id));
        let group = SecurityGroup {
            id,
            tags: self.tags,
            name: self.name.into(),
            description: self.description.into(),
            vpc,
            rules: Vec::new(),
            vpcs: Vec::new(),
        };
        context.commit(&[security_group::CreateSecurityGroup { group }.into()])?;
        Ok(reply)
    }
}

/// `DeleteSecurityGroup`.
pub(super) struct DeleteSecurityGroup {
    group: Chosen,
}

impl Operation for DeleteSecurityGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { group: Chosen::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = self.group.find(context)?.id;
        context.commit(&[security_group::DeleteSecurityGroup { group }.into()])?;
        Ok(Fields::done().set("groupId", group))
    }
}

/// `DescribeSecurityGroups`.
pub(super) type DescribeSecurityGroups = Listing<SecurityGroups>;

/// The security groups with these ids, and with these names in the default VPC.
pub(super) struct SecurityGroups {
    ids: Vec<SecurityGroupId>,
    names: Vec<String>,
}

impl Describe for SecurityGroups {
    type Item<'c> = &'c Arc<SecurityGroup>;

    const LIST: &'static str = "securityGroupInfo";

    const FILTERS: Filters<Self> = &[
        ("description", |group, _| texts([&group.description])),
        ("egress.ip-permission.cidr", |group, _| {
            of_rules(group, true, |rule| match rule.peer {
                Peer::V4(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("egress.ip-permission.from-port", |group, _| {
            of_rules(group, true, |rule| rule.ports.map(|ports| ports.0.to_string()))
        }),
        ("egress.ip-permission.group-id", |group, _| {
            of_rules(group, true, |rule| match rule.peer {
                Peer::Group(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("egress.ip-permission.ipv6-cidr", |group, _| {
            of_rules(group, true, |rule| match rule.peer {
                Peer::V6(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("egress.ip-permission.prefix-list-id", |group, _| {
            of_rules(group, true, |rule| match rule.peer {
                Peer::PrefixList(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("egress.ip-permission.protocol", |group, _| {
            of_rules(group, true, |rule| Some(rule.protocol.to_string()))
        }),
        ("egress.ip-permission.to-port", |group, _| {
            of_rules(group, true, |rule| rule.ports.map(|ports| ports.1.to_string()))
        }),
        ("group-id", |group, _| texts([group.id])),
        ("group-name", |group, _| texts([&group.name])),
        ("ip-permission.cidr", |group, _| {
            of_rules(group, false, |rule| match rule.peer {
                Peer::V4(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("ip-permission.from-port", |group, _| {
            of_rules(group, false, |rule| rule.ports.map(|ports| ports.0.to_string()))
        }),
        ("ip-permission.group-id", |group, _| {
            of_rules(group, false, |rule| match rule.peer {
                Peer::Group(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("ip-permission.ipv6-cidr", |group, _| {
            of_rules(group, false, |rule| match rule.peer {
                Peer::V6(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("ip-permission.prefix-list-id", |group, _| {
            of_rules(group, false, |rule| match rule.peer {
                Peer::PrefixList(it) => Some(it.to_string()),
                _ => None,
            })
        }),
        ("ip-permission.protocol", |group, _| {
            of_rules(group, false, |rule| Some(rule.protocol.to_string()))
        }),
        ("ip-permission.to-port", |group, _| {
            of_rules(group, false, |rule| rule.ports.map(|ports| ports.1.to_string()))
        }),
        ("owner-id", |_, context| texts([&context.account])),
        ("vpc-id", |group, _| texts([group.vpc])),
        ("egress.ip-permission.group-name", |group, context| {
            context.world().group_names(&peers(group, true))
        }),
        ("egress.ip-permission.user-id", |group, context| {
            fields(context, group).at("ipPermissionsEgress.groups.userId")
        }),
        ("ip-permission.group-name", |group, context| {
            context.world().group_names(&peers(group, false))
        }),
        ("ip-permission.user-id", |group, context| {
            fields(context, group).at("ipPermissions.groups.userId")
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("GroupId")?, names: parameters.list("GroupName")? })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let mut wanted = self.ids.clone();
        if !self.names.is_empty() {
            let vpc = default_vpc(context)?;
            let mut unknown = Vec::new();
            for name in &self.names {
                match named(context, vpc, name) {
                    Ok(group) => wanted.push(group.id),
                    Err(_) => unknown.push(name.as_str()),
                }
            }
            if !unknown.is_empty() {
                return Err(not_found(&unknown));
            }
        }
        Ok(context.all_own(&wanted, context.world().security_groups.keys()))
    }

    fn key(group: &Self::Item<'_>) -> String {
        group.id.to_string()
    }

    fn tags<'i>(group: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&group.tags)
    }

    fn fields(context: &Context<'_>, group: Self::Item<'_>) -> Fields {
        fields(context, group)
    }
}

/// The groups that the rules of one direction name.
fn peers(group: &SecurityGroup, egress: bool) -> Vec<SecurityGroupId> {
    let rules = group.rules.iter().filter(|it| it.egress == egress);
    let peers = rules.filter_map(|rule| match rule.peer {
        Peer::Group(peer) => Some(peer),
        _ => None,
    });
    peers.collect()
}

/// What the rules of one direction have.
fn of_rules(
    group: &SecurityGroup,
    egress: bool,
    value: impl Fn(&SecurityGroupRule) -> Option<String>,
) -> Vec<String> {
    group.rules.iter().filter(|it| it.egress == egress).filter_map(value).collect()
}

fn fields(context: &Context<'_>, group: &SecurityGroup) -> Fields {
    Fields::new()
        .set("groupId", group.id)
        .set("groupName", &group.name)
        .set("groupDescription", &group.description)
        .set("ownerId", &context.account)
        .set("vpcId", group.vpc)
        .set("securityGroupArn", arn(context, group.id))
        .list("ipPermissions", permissions(context, group.rules.iter().filter(|it| !it.egress)))
        .list(
            "ipPermissionsEgress",
            permissions(context, group.rules.iter().filter(|it| it.egress)),
        )
        .tags(&group.tags)
}

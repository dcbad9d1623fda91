//! Security groups and their rules.

use serde_json::{Map, Value};

use super::{
    Created, Fresh, Kind, as_parameter, at, attribute, own, physical, same, text_of, unchanged,
};
use crate::{
    api::{
        cloudformation::work::{Work, input},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::SecurityGroup",
        made_by: (
            "ec2",
            &["CreateSecurityGroup", "DeleteSecurityGroup", "AuthorizeSecurityGroupIngress"],
        ),
        tag: Some("security-group"),
        properties: &[
            own("GroupName"),
            as_parameter("GroupDescription", "GroupDescription").needed(),
            same("VpcId"),
            own("SecurityGroupIngress").mutable(),
            own("SecurityGroupEgress").mutable(),
        ],
        create,
        update,
        delete: |work, held| {
            let id = attribute(held, "GroupId");
            work.ec2("DeleteSecurityGroup", input(&[("GroupId", &id)])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::SecurityGroupIngress",
        made_by: ("ec2", &["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]),
        tag: None,
        properties: &[
            own("GroupId"),
            own("GroupName"),
            own("IpProtocol").needed(),
            own("FromPort"),
            own("ToPort"),
            own("CidrIp"),
            own("CidrIpv6"),
            own("Description").mutable(),
            own("SourceSecurityGroupId"),
            own("SourceSecurityGroupName"),
            own("SourceSecurityGroupOwnerId"),
            own("SourcePrefixListId"),
        ],
        create: |work, fresh| create_rule(work, fresh, "Ingress"),
        update: |work, held, fresh| describe_rule(work, held, fresh, "Ingress"),
        delete: |work, held| delete_rule(work, held, "Ingress"),
    },
    Kind {
        name: "AWS::EC2::SecurityGroupEgress",
        made_by: ("ec2", &["AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"]),
        tag: None,
        properties: &[
            own("GroupId").needed(),
            own("IpProtocol").needed(),
            own("FromPort"),
            own("ToPort"),
            own("CidrIp"),
            own("CidrIpv6"),
            own("Description").mutable(),
            own("DestinationSecurityGroupId"),
            own("DestinationPrefixListId"),
        ],
        create: |work, fresh| create_rule(work, fresh, "Egress"),
        update: |work, held, fresh| describe_rule(work, held, fresh, "Egress"),
        delete: |work, held| delete_rule(work, held, "Egress"),
    },
    // The custom resource by which the AWS CDK empties the default group of a VPC. Its function is not run.
    Kind {
        name: "Custom::VpcRestrictDefaultSG",
        made_by: ("ec2", &["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"]),
        tag: None,
        properties: &[
            own("ServiceToken"),
            own("DefaultSecurityGroupId").needed(),
            own("Account").mutable(),
        ],
        create: |work, fresh| {
            let group = fresh.text("DefaultSecurityGroupId").unwrap_or_default();
            revoke_all(work, &group, false)?;
            revoke_all(work, &group, true)?;
            Ok(Created::untagged(fresh.made_name()))
        },
        update: unchanged,
        delete: |work, held| {
            let group = text_of(&held.properties, "DefaultSecurityGroupId").unwrap_or_default();
            let rule = |name: &str, value: &str| {
                let all = [("IpProtocol", "-1"), (name, value)].into_iter();
                Value::Object(all.map(|(name, value)| (name.to_owned(), value.into())).collect())
            };
            authorize(work, &group, "Ingress", &[rule("SourceSecurityGroupId", &group)])?;
            authorize(work, &group, "Egress", &[rule("CidrIp", "0.0.0.0/0")])
        },
    },
    Kind {
        name: "AWS::EC2::SecurityGroupVpcAssociation",
        made_by: ("ec2", &["AssociateSecurityGroupVpc", "DisassociateSecurityGroupVpc"]),
        tag: None,
        properties: &[same("GroupId").needed(), same("VpcId").needed()],
        create: |work, fresh| {
            work.ec2("AssociateSecurityGroupVpc", fresh.input())?;
            let told = |name: &str| fresh.text(name).unwrap_or_default();
            let id = format!("{}|{}", told("GroupId"), told("VpcId"));
            Ok(Created::untagged(id).with("State", "associated"))
        },
        update: unchanged,
        delete: |work, held| {
            let (group, vpc) = physical(held).split_once('|').unwrap_or_default();
            let ids = input(&[("GroupId", group), ("VpcId", vpc)]);
            work.ec2("DisassociateSecurityGroupVpc", ids).map(drop)
        },
    },
];

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = fresh.input();
    let name = fresh.text("GroupName").unwrap_or_else(|| fresh.made_name());
    request.put("GroupName", Scalar::Text(name.clone()));
    let id = at(&work.ec2("CreateSecurityGroup", request)?, "groupId");
    authorize(work, &id, "Ingress", fresh.items("SecurityGroupIngress"))?;
    if fresh.properties.contains_key("SecurityGroupEgress") {
        revoke_all(work, &id, true)?;
        authorize(work, &id, "Egress", fresh.items("SecurityGroupEgress"))?;
    }
    let vpc = vpc_of(work, &id)?;
    // Without a VPC the physical id is the name, as it was before there were VPCs.
    let physical = if fresh.properties.contains_key("VpcId") { id.clone() } else { name };
    Ok(Created { physical, ..Created::default() }
        .with("GroupId", id.clone())
        .with("Id", id.clone())
        .with("VpcId", vpc)
        .tagged(&id))
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = attribute(held, "GroupId");
    for (direction, is_egress) in [("Ingress", false), ("Egress", true)] {
        let property = format!("SecurityGroup{direction}");
        let old = held.properties.get(&property);
        if old == fresh.properties.get(&property) {
            continue;
        }
        revoke_all(work, &id, is_egress)?;
        if is_egress && !fresh.properties.contains_key(&property) {
            // What a new group allows.
            let all: Map<String, Value> = [("IpProtocol", "-1"), ("CidrIp", "0.0.0.0/0")]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            authorize(work, &id, direction, &[Value::Object(all)])?;
        }
        authorize(work, &id, direction, fresh.items(&property))?;
    }
    Ok(())
}

/// The rules of a group, in one direction.
fn rules_of(
    work: &mut Work<'_, '_>,
    group: &str,
    is_egress: bool,
) -> Result<Vec<String>, ApiError> {
    let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", group)];
    let rules = work.ec2("DescribeSecurityGroupRules", input(&filter))?;
    let ids = rules.at("securityGroupRuleSet.securityGroupRuleId");
    let directions = rules.at("securityGroupRuleSet.isEgress");
    let wanted = is_egress.to_string();
    Ok(ids.into_iter().zip(directions).filter(|it| it.1 == wanted).map(|it| it.0).collect())
}

fn revoke_all(work: &mut Work<'_, '_>, group: &str, is_egress: bool) -> Result<(), ApiError> {
    let ids = rules_of(work, group, is_egress)?;
    if ids.is_empty() {
        return Ok(());
    }
    let mut request = input(&[("GroupId", group)]);
    for (index, id) in ids.into_iter().enumerate() {
        request.put(&format!("SecurityGroupRuleId.{}", index + 1), Scalar::Text(id));
    }
    let direction = if is_egress { "Egress" } else { "Ingress" };
    work.ec2(&format!("RevokeSecurityGroup{direction}"), request).map(drop)
}

fn authorize(
    work: &mut Work<'_, '_>,
    group: &str,
    direction: &str,
    rules: &[Value],
) -> Result<(), ApiError> {
    let mut request = input(&[("GroupId", group)]);
    let rules = rules.iter().filter_map(Value::as_object);
    let mut count = 0;
    for rule in rules {
        count += 1;
        permission(&mut request, &format!("IpPermissions.{count}"), rule);
    }
    if count == 0 {
        return Ok(());
    }
    work.ec2(&format!("AuthorizeSecurityGroup{direction}"), request).map(drop)
}

/// Puts a rule, as one of the permissions of a request.
fn permission(request: &mut Input, path: &str, rule: &Map<String, Value>) {
    for name in ["IpProtocol", "FromPort", "ToPort"] {
        if let Some(text) = text_of(rule, name) {
            request.put(&format!("{path}.{name}"), Scalar::Text(text));
        }
    }
    for (property, list, member) in [
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
        ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
        ("SourceSecurityGroupId", "Groups", "GroupId"),
        ("DestinationSecurityGroupId", "Groups", "GroupId"),
        ("SourceSecurityGroupName", "Groups", "GroupName"),
    ] {
        if let Some(text) = text_of(rule, property) {
            let path = format!("{path}.{list}.1");
            request.put(&format!("{path}.{member}"), Scalar::Text(text));
            if let Some(text) = text_of(rule, "Description") {
                request.put(&format!("{path}.Description"), Scalar::Text(text));
            }
            let owner = text_of(rule, "SourceSecurityGroupOwnerId").filter(|_| list == "Groups");
            if let Some(text) = owner {
                request.put(&format!("{path}.UserId"), Scalar::Text(text));
            }
        }
    }
}

fn vpc_of(work: &mut Work<'_, '_>, group: &str) -> Result<String, ApiError> {
    let groups = work.ec2("DescribeSecurityGroups", input(&[("GroupId.1", group)]))?;
    Ok(at(&groups, "securityGroupInfo.vpcId"))
}

/// Names a rule's group in a request.
fn name_group(request: &mut Input, properties: &Map<String, Value>) {
    for name in ["GroupId", "GroupName"] {
        if let Some(text) = text_of(properties, name) {
            request.put(name, Scalar::Text(text));
        }
    }
}

fn create_rule(
    work: &mut Work<'_, '_>,
    fresh: &Fresh<'_>,
    direction: &str,
) -> Result<Created, ApiError> {
    let mut request = Input::default();
    name_group(&mut request, fresh.properties);
    permission(&mut request, "IpPermissions.1", fresh.properties);
    let reply = work.ec2(&format!("AuthorizeSecurityGroup{direction}"), request)?;
    let id = at(&reply, "securityGroupRuleSet.securityGroupRuleId");
    Ok(Created::untagged(id.clone()).with("Id", id))
}

fn describe_rule(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
    direction: &str,
) -> Result<(), ApiError> {
    let mut request =
        input(&[("SecurityGroupRuleDescription.1.SecurityGroupRuleId", physical(held))]);
    name_group(&mut request, &held.properties);
    let text = fresh.text("Description").unwrap_or_default();
    request.put("SecurityGroupRuleDescription.1.Description", Scalar::Text(text));
    let action = format!("UpdateSecurityGroupRuleDescriptions{direction}");
    work.ec2(&action, request).map(drop)
}

fn delete_rule(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    direction: &str,
) -> Result<(), ApiError> {
    let mut request = input(&[("SecurityGroupRuleId.1", physical(held))]);
    name_group(&mut request, &held.properties);
    work.ec2(&format!("RevokeSecurityGroup{direction}"), request).map(drop)
}

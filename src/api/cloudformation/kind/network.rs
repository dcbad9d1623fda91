//! VPCs, their ranges, subnets.

use serde_json::{Map, Value, json};

use super::{Created, Fresh, Kind, as_parameter, at, own, physical, same, text_of, unchanged};
use crate::{
    api::{
        cloudformation::work::{Work, input},
        error::ApiError,
    },
    model::{id::VpcId, network_acl, security_group, stack::StackResource},
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::VPC",
        made_by: ("ec2", &["CreateVpc", "DeleteVpc", "ModifyVpcAttribute"]),
        tag: Some("vpc"),
        properties: &[
            same("CidrBlock"),
            same("InstanceTenancy"),
            as_parameter("Ipv4IpamPoolId", "Ipv4IpamPoolId"),
            as_parameter("Ipv4NetmaskLength", "Ipv4NetmaskLength"),
            own("EnableDnsSupport").mutable(),
            own("EnableDnsHostnames").mutable(),
        ],
        create: create_vpc,
        update: |work, held, fresh| set_dns(work, physical(held), Some(held), fresh),
        delete: |work, held| work.ec2("DeleteVpc", input(&[("VpcId", physical(held))])).map(drop),
    },
    Kind {
        name: "AWS::EC2::VPCCidrBlock",
        made_by: ("ec2", &["AssociateVpcCidrBlock", "DisassociateVpcCidrBlock"]),
        tag: None,
        properties: &[
            same("VpcId").needed(),
            same("CidrBlock"),
            same("AmazonProvidedIpv6CidrBlock"),
            same("Ipv6CidrBlock"),
            same("Ipv6Pool"),
            same("Ipv6CidrBlockNetworkBorderGroup"),
            same("Ipv4IpamPoolId"),
            same("Ipv4NetmaskLength"),
            same("Ipv6IpamPoolId"),
            same("Ipv6NetmaskLength"),
        ],
        create: |work, fresh| {
            let reply = work.ec2("AssociateVpcCidrBlock", fresh.input())?;
            let four = at(&reply, "cidrBlockAssociation.associationId");
            let six = at(&reply, "ipv6CidrBlockAssociation.associationId");
            let id = if four.is_empty() { six } else { four };
            Ok(Created::untagged(id.clone()).with("Id", id).with("VpcId", at(&reply, "vpcId")))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("AssociationId", physical(held))]);
            work.ec2("DisassociateVpcCidrBlock", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::Subnet",
        made_by: ("ec2", &["CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute"]),
        tag: Some("subnet"),
        properties: &[
            same("VpcId").needed(),
            same("CidrBlock"),
            same("AvailabilityZone"),
            same("AvailabilityZoneId"),
            same("Ipv6CidrBlock"),
            same("Ipv6Native"),
            same("OutpostArn"),
            same("Ipv4IpamPoolId"),
            same("Ipv4NetmaskLength"),
            same("Ipv6IpamPoolId"),
            same("Ipv6NetmaskLength"),
            own("MapPublicIpOnLaunch").mutable(),
            own("AssignIpv6AddressOnCreation").mutable(),
            own("EnableDns64").mutable(),
            own("EnableLniAtDeviceIndex").mutable(),
            own("PrivateDnsNameOptionsOnLaunch").mutable(),
        ],
        create: create_subnet,
        update: |work, held, fresh| set_subnet(work, physical(held), Some(held), fresh),
        delete: |work, held| {
            work.ec2("DeleteSubnet", input(&[("SubnetId", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::SubnetCidrBlock",
        made_by: ("ec2", &["AssociateSubnetCidrBlock", "DisassociateSubnetCidrBlock"]),
        tag: None,
        properties: &[
            same("SubnetId").needed(),
            same("Ipv6CidrBlock"),
            same("Ipv6IpamPoolId"),
            same("Ipv6NetmaskLength"),
        ],
        create: |work, fresh| {
            let reply = work.ec2("AssociateSubnetCidrBlock", fresh.input())?;
            let id = at(&reply, "ipv6CidrBlockAssociation.associationId");
            Ok(Created::untagged(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("AssociationId", physical(held))]);
            work.ec2("DisassociateSubnetCidrBlock", id).map(drop)
        },
    },
];

fn create_vpc(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.ec2("CreateVpc", fresh.input())?;
    let id = at(&reply, "vpc.vpcId");
    set_dns(work, &id, None, fresh)?;
    let mut created = Created::new(id.clone())
        .with("VpcId", id.clone())
        .with("CidrBlock", at(&reply, "vpc.cidrBlock"))
        .with("CidrBlockAssociations", json!(reply.at("vpc.cidrBlockAssociationSet.associationId")))
        .with("Ipv6CidrBlocks", json!([]));
    if let Ok(vpc) = id.parse::<VpcId>() {
        created = created
            .with("DefaultSecurityGroup", security_group::default_group(vpc).to_string())
            .with("DefaultNetworkAcl", network_acl::of(vpc).to_string());
    }
    Ok(created)
}

/// Both DNS attributes, each by a request of its own, as the API wants it.
fn set_dns(
    work: &mut Work<'_, '_>,
    vpc: &str,
    before: Option<&StackResource>,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    for (property, usual) in [("EnableDnsSupport", "true"), ("EnableDnsHostnames", "false")] {
        let old = before.and_then(|held| text_of(&held.properties, property));
        let old = old.unwrap_or_else(|| usual.to_owned());
        let value = fresh.text(property).unwrap_or_else(|| usual.to_owned());
        if !value.eq_ignore_ascii_case(&old) {
            let name = format!("{property}.Value");
            work.ec2("ModifyVpcAttribute", input(&[("VpcId", vpc), (&name, &value)]))?;
        }
    }
    Ok(())
}

fn create_subnet(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.ec2("CreateSubnet", fresh.input())?;
    let id = at(&reply, "subnet.subnetId");
    set_subnet(work, &id, None, fresh)?;
    let six = reply.at("subnet.ipv6CidrBlockAssociationSet.ipv6CidrBlock");
    let mut created = Created::new(id.clone()).with("SubnetId", id);
    for (attribute, path) in [
        ("VpcId", "subnet.vpcId"),
        ("CidrBlock", "subnet.cidrBlock"),
        ("AvailabilityZone", "subnet.availabilityZone"),
        ("AvailabilityZoneId", "subnet.availabilityZoneId"),
    ] {
        created = created.with(attribute, at(&reply, path));
    }
    let acl = created.attributes.get("VpcId").and_then(|it| it.as_str()?.parse::<VpcId>().ok());
    let acl = acl.map(|vpc| network_acl::of(vpc).to_string());
    Ok(created.with("Ipv6CidrBlocks", json!(six)).with("NetworkAclAssociationId", acl))
}

/// The attributes of a subnet, each by a request of its own, as the API wants it.
fn set_subnet(
    work: &mut Work<'_, '_>,
    subnet: &str,
    before: Option<&StackResource>,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let mut set = |parameter: &str, old: Option<String>, new: Option<String>, usual: &str| {
        let (old, new) = (old.as_deref().unwrap_or(usual), new.as_deref().unwrap_or(usual));
        if new.eq_ignore_ascii_case(old) {
            return Ok(());
        }
        let values = [("SubnetId", subnet), (parameter, new)];
        work.ec2("ModifySubnetAttribute", input(&values)).map(drop)
    };
    for property in ["MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"] {
        let old = before.and_then(|held| text_of(&held.properties, property));
        set(&format!("{property}.Value"), old, fresh.text(property), "false")?;
    }
    let option = |properties: &Map<String, Value>, name: &str| {
        let options = properties.get("PrivateDnsNameOptionsOnLaunch")?.as_object()?;
        text_of(options, name)
    };
    for (property, parameter, usual) in [
        ("HostnameType", "PrivateDnsHostnameTypeOnLaunch", "ip-name"),
        ("EnableResourceNameDnsARecord", "EnableResourceNameDnsARecordOnLaunch.Value", "false"),
        (
            "EnableResourceNameDnsAAAARecord",
            "EnableResourceNameDnsAAAARecordOnLaunch.Value",
            "false",
        ),
    ] {
        let old = before.and_then(|held| option(&held.properties, property));
        set(parameter, old, option(fresh.properties, property), usual)?;
    }
    Ok(())
}

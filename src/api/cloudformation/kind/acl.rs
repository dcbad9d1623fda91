//! Network ACLs, their entries and their subnets.

use super::{Created, Fresh, Kind, as_parameter, at, own, physical, same, text_of, unchanged};
use crate::{
    api::{
        cloudformation::work::{Work, input},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::{id::VpcId, network_acl},
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::NetworkAcl",
        made_by: ("ec2", &["CreateNetworkAcl", "DeleteNetworkAcl"]),
        tag: Some("network-acl"),
        properties: &[same("VpcId").needed()],
        create: |work, fresh| {
            let id = at(&work.ec2("CreateNetworkAcl", fresh.input())?, "networkAcl.networkAclId");
            Ok(Created::new(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            work.ec2("DeleteNetworkAcl", input(&[("NetworkAclId", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::NetworkAclEntry",
        made_by: (
            "ec2",
            &["CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry"],
        ),
        tag: None,
        properties: &[
            same("NetworkAclId").needed(),
            same("RuleNumber").needed(),
            own("Egress"),
            same("Protocol").needed().mutable(),
            same("RuleAction").needed().mutable(),
            same("CidrBlock").mutable(),
            same("Ipv6CidrBlock").mutable(),
            same("PortRange").mutable(),
            as_parameter("Icmp", "Icmp").mutable(),
        ],
        create: |work, fresh| {
            work.ec2("CreateNetworkAclEntry", entry(fresh))?;
            let name = fresh.made_name();
            Ok(Created::untagged(name.clone()).with("Id", name))
        },
        update: |work, _, fresh| work.ec2("ReplaceNetworkAclEntry", entry(fresh)).map(drop),
        delete: |work, held| {
            let [acl, number] = ["NetworkAclId", "RuleNumber"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let egress = text_of(&held.properties, "Egress").unwrap_or_else(|| "false".to_owned());
            let ids = [
                ("NetworkAclId", acl.as_str()),
                ("RuleNumber", number.as_str()),
                ("Egress", egress.as_str()),
            ];
            work.ec2("DeleteNetworkAclEntry", input(&ids)).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::SubnetNetworkAclAssociation",
        made_by: ("ec2", &["ReplaceNetworkAclAssociation", "DescribeNetworkAcls"]),
        tag: None,
        properties: &[same("SubnetId").needed(), same("NetworkAclId").needed()],
        create: |work, fresh| {
            let [subnet, acl] =
                ["SubnetId", "NetworkAclId"].map(|name| fresh.text(name).unwrap_or_default());
            let id = associate(work, &subnet, Some(&acl))?;
            Ok(Created::untagged(id.clone()).with("AssociationId", id))
        },
        update: unchanged,
        // A subnet has always one: what is left is the default ACL of its VPC.
        delete: |work, held| {
            let [subnet, acl] = ["SubnetId", "NetworkAclId"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let found = find(work, &subnet)?;
            if found.is_some_and(|found| found.acl == acl) {
                associate(work, &subnet, None)?;
            }
            Ok(())
        },
    },
];

fn entry(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    let egress = fresh.text("Egress").unwrap_or_else(|| "false".to_owned());
    request.put("Egress", Scalar::Text(egress));
    request
}

/// The network ACL of a subnet.
struct Found {
    association: String,
    acl: String,
    vpc: String,
}

fn find(work: &mut Work<'_, '_>, subnet: &str) -> Result<Option<Found>, ApiError> {
    let filter = [("Filter.1.Name", "association.subnet-id"), ("Filter.1.Value.1", subnet)];
    let reply = work.ec2("DescribeNetworkAcls", input(&filter))?;
    let subnets = reply.at("networkAclSet.associationSet.subnetId");
    let ids = reply.at("networkAclSet.associationSet.networkAclAssociationId");
    let association = subnets.iter().zip(ids).find(|(it, _)| *it == subnet).map(|(_, id)| id);
    Ok(association.map(|association| Found {
        association,
        acl: at(&reply, "networkAclSet.networkAclId"),
        vpc: at(&reply, "networkAclSet.vpcId"),
    }))
}

/// Gives a subnet a network ACL, or that of its VPC. Gives the association.
fn associate(work: &mut Work<'_, '_>, subnet: &str, acl: Option<&str>) -> Result<String, ApiError> {
    let Some(found) = find(work, subnet)? else {
        return Err(ApiError::new(
            "InvalidSubnetID.NotFound",
            format!("The subnet ID '{subnet}' does not exist"),
        ));
    };
    let usual = found.vpc.parse::<VpcId>().map(|vpc| network_acl::of(vpc).to_string());
    let usual = usual.unwrap_or_default();
    let ids =
        [("AssociationId", found.association.as_str()), ("NetworkAclId", acl.unwrap_or(&usual))];
    Ok(at(&work.ec2("ReplaceNetworkAclAssociation", input(&ids))?, "newAssociationId"))
}

//! Network interfaces and their attachments.

use serde_json::json;

use super::{Created, Fresh, Kind, as_parameter, at, own, physical, same, unchanged};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::NetworkInterface",
        made_by: ("ec2", &["CreateNetworkInterface", "DeleteNetworkInterface"]),
        tag: Some("network-interface"),
        properties: &[
            same("SubnetId").needed(),
            same("Description").mutable(),
            as_parameter("GroupSet", "SecurityGroupId").mutable(),
            same("PrivateIpAddress"),
            own("PrivateIpAddresses"),
            same("SecondaryPrivateIpAddressCount"),
            same("Ipv6AddressCount"),
            same("Ipv6Addresses"),
            same("InterfaceType"),
            own("SourceDestCheck").mutable(),
            as_parameter("Ipv4Prefixes", "Ipv4Prefix"),
            same("Ipv4PrefixCount"),
            as_parameter("Ipv6Prefixes", "Ipv6Prefix"),
            same("Ipv6PrefixCount"),
            same("EnablePrimaryIpv6"),
            same("ConnectionTrackingSpecification"),
        ],
        create,
        update,
        delete: |work, held| {
            let id = input(&[("NetworkInterfaceId", physical(held))]);
            work.ec2("DeleteNetworkInterface", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::NetworkInterfaceAttachment",
        made_by: ("ec2", &["AttachNetworkInterface", "DetachNetworkInterface"]),
        tag: None,
        properties: &[
            same("DeviceIndex").needed(),
            same("InstanceId").needed(),
            same("NetworkInterfaceId").needed(),
            own("DeleteOnTermination"),
            own("EnaSrdSpecification"),
            own("EnaQueueCount"),
        ],
        create: |work, fresh| {
            let id = at(&work.ec2("AttachNetworkInterface", fresh.input())?, "attachmentId");
            Ok(Created::untagged(id.clone()).with("AttachmentId", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("AttachmentId", physical(held))]);
            work.ec2("DetachNetworkInterface", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::NetworkInterfacePermission",
        made_by: ("ec2", &["CreateNetworkInterfacePermission", "DeleteNetworkInterfacePermission"]),
        tag: None,
        properties: &[
            same("NetworkInterfaceId").needed(),
            same("AwsAccountId").needed(),
            same("Permission").needed(),
        ],
        create: |work, fresh| {
            let reply = work.ec2("CreateNetworkInterfacePermission", fresh.input())?;
            let id = at(&reply, "interfacePermission.networkInterfacePermissionId");
            Ok(Created::untagged(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("NetworkInterfacePermissionId", physical(held))]);
            work.ec2("DeleteNetworkInterfacePermission", id).map(drop)
        },
    },
];

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = fresh.input();
    for (index, address) in fresh.items("PrivateIpAddresses").iter().enumerate() {
        put(&mut request, &format!("PrivateIpAddresses.{}", index + 1), address);
    }
    let reply = work.ec2("CreateNetworkInterface", request)?;
    let id = at(&reply, "networkInterface.networkInterfaceId");
    if fresh.text("SourceDestCheck").is_some_and(|it| it.eq_ignore_ascii_case("false")) {
        modify(work, &id, "SourceDestCheck.Value", "false")?;
    }
    let first = at(&reply, "networkInterface.privateIpAddress");
    let all = reply.at("networkInterface.privateIpAddressesSet.privateIpAddress");
    let others: Vec<String> = all.into_iter().filter(|address| *address != first).collect();
    Ok(Created::new(id.clone())
        .with("Id", id)
        .with("PrimaryPrivateIpAddress", first)
        .with("SecondaryPrivateIpAddresses", json!(others))
        .with("VpcId", at(&reply, "networkInterface.vpcId")))
}

fn modify(work: &mut Work<'_, '_>, id: &str, parameter: &str, value: &str) -> Result<(), ApiError> {
    let values = [("NetworkInterfaceId", id), (parameter, value)];
    work.ec2("ModifyNetworkInterfaceAttribute", input(&values)).map(drop)
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = physical(held);
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    for (name, usual) in [("Description", ""), ("SourceDestCheck", "true")] {
        if differs(name) {
            let value = fresh.text(name).unwrap_or_else(|| usual.to_owned());
            modify(work, id, &format!("{name}.Value"), &value)?;
        }
    }
    if differs("GroupSet") && !fresh.items("GroupSet").is_empty() {
        let mut request = input(&[("NetworkInterfaceId", id)]);
        for (index, group) in fresh.items("GroupSet").iter().enumerate() {
            put(&mut request, &format!("SecurityGroupId.{}", index + 1), group);
        }
        work.ec2("ModifyNetworkInterfaceAttribute", request)?;
    }
    Ok(())
}

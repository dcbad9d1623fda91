//! Elastic addresses.

use super::{Created, Fresh, Kind, as_parameter, at, attribute, own, physical, same, unchanged};
use crate::api::{
    cloudformation::work::{Work, input},
    error::ApiError,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::EIP",
        made_by: ("ec2", &["AllocateAddress", "AssociateAddress", "ReleaseAddress"]),
        tag: Some("elastic-ip"),
        properties: &[
            same("Domain"),
            own("InstanceId").mutable(),
            same("PublicIpv4Pool"),
            same("NetworkBorderGroup"),
            same("Address"),
            as_parameter("IpamPoolId", "IpamPoolId"),
            own("TransferAddress"),
        ],
        create: |work, fresh| {
            let reply = work.ec2("AllocateAddress", fresh.input())?;
            let (public, id) = (at(&reply, "publicIp"), at(&reply, "allocationId"));
            place(work, &id, fresh)?;
            Ok(Created::untagged(public.clone())
                .with("PublicIp", public)
                .with("AllocationId", id.clone())
                .tagged(&id))
        },
        update: |work, held, fresh| {
            let id = attribute(held, "AllocationId");
            if held.properties.get("InstanceId") != fresh.properties.get("InstanceId") {
                leave(work, &id)?;
                place(work, &id, fresh)?;
            }
            Ok(())
        },
        delete: |work, held| {
            let id = attribute(held, "AllocationId");
            leave(work, &id)?;
            work.ec2("ReleaseAddress", input(&[("AllocationId", &id)])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::EIPAssociation",
        made_by: ("ec2", &["AssociateAddress", "DisassociateAddress"]),
        tag: None,
        properties: &[
            same("AllocationId"),
            as_parameter("EIP", "PublicIp"),
            same("InstanceId"),
            same("NetworkInterfaceId"),
            same("PrivateIpAddress"),
        ],
        create: |work, fresh| {
            let id = at(&work.ec2("AssociateAddress", fresh.input())?, "associationId");
            Ok(Created::untagged(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("AssociationId", physical(held))]);
            work.ec2("DisassociateAddress", id).map(drop)
        },
    },
];

/// Associates an address with the instance that the properties name.
fn place(work: &mut Work<'_, '_>, id: &str, fresh: &Fresh<'_>) -> Result<(), ApiError> {
    let Some(instance) = fresh.text("InstanceId") else { return Ok(()) };
    let ids = input(&[("AllocationId", id), ("InstanceId", &instance)]);
    work.ec2("AssociateAddress", ids).map(drop)
}

/// Ends the association of an address, if it has one.
fn leave(work: &mut Work<'_, '_>, id: &str) -> Result<(), ApiError> {
    let addresses = work.ec2("DescribeAddresses", input(&[("AllocationId.1", id)]))?;
    match at(&addresses, "addressesSet.associationId").as_str() {
        "" => Ok(()),
        held => work.ec2("DisassociateAddress", input(&[("AssociationId", held)])).map(drop),
    }
}

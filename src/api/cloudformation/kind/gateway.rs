//! Internet gateways, egress-only ones, and NAT gateways.

use super::{Created, Kind, as_parameter, at, attribute, own, physical, same, unchanged};
use crate::api::{cloudformation::work::input, error::ApiError};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::InternetGateway",
        made_by: ("ec2", &["CreateInternetGateway", "DeleteInternetGateway"]),
        tag: Some("internet-gateway"),
        properties: &[],
        create: |work, fresh| {
            let reply = work.ec2("CreateInternetGateway", fresh.input())?;
            let id = at(&reply, "internetGateway.internetGatewayId");
            Ok(Created::new(id.clone()).with("InternetGatewayId", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("InternetGatewayId", physical(held))]);
            work.ec2("DeleteInternetGateway", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::VPCGatewayAttachment",
        made_by: ("ec2", &["AttachInternetGateway", "DetachInternetGateway"]),
        tag: None,
        properties: &[same("VpcId").needed(), same("InternetGatewayId"), own("VpnGatewayId")],
        create: |work, fresh| {
            if let Some(id) = fresh.text("VpnGatewayId") {
                return Err(ApiError::new(
                    "InvalidVpnGatewayID.NotFound",
                    format!("The vpnGateway ID '{id}' does not exist"),
                ));
            }
            work.ec2("AttachInternetGateway", fresh.input())?;
            let vpc = fresh.text("VpcId").unwrap_or_default();
            Ok(Created::untagged(format!("IGW|{vpc}")).with("AttachmentType", "IGW"))
        },
        update: unchanged,
        delete: |work, held| {
            let [gateway, vpc] = ["InternetGatewayId", "VpcId"]
                .map(|name| super::text_of(&held.properties, name).unwrap_or_default());
            let ids = input(&[("InternetGatewayId", &gateway), ("VpcId", &vpc)]);
            work.ec2("DetachInternetGateway", ids).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::EgressOnlyInternetGateway",
        made_by: ("ec2", &["CreateEgressOnlyInternetGateway", "DeleteEgressOnlyInternetGateway"]),
        tag: Some("egress-only-internet-gateway"),
        properties: &[same("VpcId").needed()],
        create: |work, fresh| {
            let reply = work.ec2("CreateEgressOnlyInternetGateway", fresh.input())?;
            let id = at(&reply, "egressOnlyInternetGateway.egressOnlyInternetGatewayId");
            Ok(Created::new(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("EgressOnlyInternetGatewayId", physical(held))]);
            work.ec2("DeleteEgressOnlyInternetGateway", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::NatGateway",
        made_by: ("ec2", &["CreateNatGateway", "DeleteNatGateway"]),
        tag: Some("natgateway"),
        properties: &[
            same("SubnetId"),
            same("AllocationId"),
            same("ConnectivityType"),
            same("PrivateIpAddress"),
            as_parameter("SecondaryAllocationIds", "SecondaryAllocationId"),
            as_parameter("SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddress"),
            same("SecondaryPrivateIpAddressCount"),
            own("MaxDrainDurationSeconds").mutable(),
        ],
        create: |work, fresh| {
            let reply = work.ec2("CreateNatGateway", fresh.input())?;
            let id = at(&reply, "natGateway.natGatewayId");
            // Its state has ended by now.
            let settled = work.ec2("DescribeNatGateways", input(&[("NatGatewayId.1", &id)]))?;
            if at(&settled, "natGatewaySet.state") == "failed" {
                let [code, words] = ["failureCode", "failureMessage"]
                    .map(|name| at(&settled, &format!("natGatewaySet.{name}")));
                return Err(ApiError::new(&code, words));
            }
            Ok(Created::new(id.clone()).with("NatGatewayId", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = attribute(held, "NatGatewayId");
            work.ec2("DeleteNatGateway", input(&[("NatGatewayId", &id)])).map(drop)
        },
    },
];

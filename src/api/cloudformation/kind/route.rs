//! Route tables, routes, and associations of subnets and gateways with tables.

use super::{Created, Fresh, Kind, at, attribute, physical, same, text_of, unchanged};
use crate::{
    api::{
        cloudformation::work::{Work, input},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The properties that say where a route leads from.
const DESTINATIONS: [&str; 3] =
    ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::RouteTable",
        made_by: ("ec2", &["CreateRouteTable", "DeleteRouteTable"]),
        tag: Some("route-table"),
        properties: &[same("VpcId").needed()],
        create: |work, fresh| {
            let reply = work.ec2("CreateRouteTable", fresh.input())?;
            let id = at(&reply, "routeTable.routeTableId");
            Ok(Created::new(id.clone()).with("RouteTableId", id))
        },
        update: unchanged,
        delete: |work, held| {
            work.ec2("DeleteRouteTable", input(&[("RouteTableId", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::Route",
        made_by: ("ec2", &["CreateRoute", "ReplaceRoute", "DeleteRoute"]),
        tag: None,
        properties: &[
            same("RouteTableId").needed(),
            same("DestinationCidrBlock"),
            same("DestinationIpv6CidrBlock"),
            same("DestinationPrefixListId"),
            same("GatewayId").mutable(),
            same("InstanceId").mutable(),
            same("NatGatewayId").mutable(),
            same("NetworkInterfaceId").mutable(),
            same("TransitGatewayId").mutable(),
            same("VpcEndpointId").mutable(),
            same("VpcPeeringConnectionId").mutable(),
            same("EgressOnlyInternetGatewayId").mutable(),
            same("LocalGatewayId").mutable(),
            same("CarrierGatewayId").mutable(),
            same("CoreNetworkArn").mutable(),
        ],
        create: |work, fresh| {
            work.ec2("CreateRoute", fresh.input())?;
            let destination = DESTINATIONS.iter().find_map(|name| fresh.text(name));
            let destination = destination.unwrap_or_default();
            let table = fresh.text("RouteTableId").unwrap_or_default();
            Ok(Created::untagged(format!("{table}|{destination}")).with("CidrBlock", destination))
        },
        update: |work, _, fresh| work.ec2("ReplaceRoute", fresh.input()).map(drop),
        delete: delete_route,
    },
    Kind {
        name: "AWS::EC2::SubnetRouteTableAssociation",
        made_by: ("ec2", &["AssociateRouteTable", "DisassociateRouteTable"]),
        tag: None,
        properties: &[same("RouteTableId").needed(), same("SubnetId").needed()],
        create: associate,
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("AssociationId", physical(held))]);
            work.ec2("DisassociateRouteTable", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::GatewayRouteTableAssociation",
        made_by: (
            "ec2",
            &["AssociateRouteTable", "ReplaceRouteTableAssociation", "DisassociateRouteTable"],
        ),
        tag: None,
        properties: &[same("RouteTableId").needed().mutable(), same("GatewayId").needed()],
        create: |work, fresh| {
            let reply = work.ec2("AssociateRouteTable", fresh.input())?;
            let gateway = fresh.text("GatewayId").unwrap_or_default();
            Ok(Created::untagged(gateway).with("AssociationId", at(&reply, "associationId")))
        },
        update: |work, held, fresh| {
            let table = fresh.text("RouteTableId").unwrap_or_default();
            if text_of(&held.properties, "RouteTableId").as_ref() == Some(&table) {
                return Ok(());
            }
            let id = attribute(held, "AssociationId");
            let change = input(&[("AssociationId", &id), ("RouteTableId", &table)]);
            let reply = work.ec2("ReplaceRouteTableAssociation", change)?;
            work.set_attribute("AssociationId", at(&reply, "newAssociationId"));
            Ok(())
        },
        delete: |work, held| {
            let id = attribute(held, "AssociationId");
            work.ec2("DisassociateRouteTable", input(&[("AssociationId", &id)])).map(drop)
        },
    },
];

fn delete_route(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    let mut ids = Input::default();
    for name in DESTINATIONS.iter().chain(&["RouteTableId"]) {
        if let Some(text) = text_of(&held.properties, name) {
            ids.put(name, Scalar::Text(text));
        }
    }
    work.ec2("DeleteRoute", ids).map(drop)
}

/// Associates a subnet with a table. A subnet that an association of before still holds, as in an update that replaces
/// it, goes over to the new table.
fn associate(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let id = match work.ec2("AssociateRouteTable", fresh.input()) {
        Ok(reply) => at(&reply, "associationId"),
        Err(error) if error.code == "Resource.AlreadyAssociated" => {
            let subnet = fresh.text("SubnetId").unwrap_or_default();
            let table = fresh.text("RouteTableId").unwrap_or_default();
            let held = held_by(work, &subnet)?.ok_or(error)?;
            let change = [("AssociationId", held.as_str()), ("RouteTableId", table.as_str())];
            at(&work.ec2("ReplaceRouteTableAssociation", input(&change))?, "newAssociationId")
        }
        Err(error) => return Err(error),
    };
    Ok(Created::untagged(id.clone()).with("Id", id))
}

/// The association of a subnet.
fn held_by(work: &mut Work<'_, '_>, subnet: &str) -> Result<Option<String>, ApiError> {
    let filter = [("Filter.1.Name", "association.subnet-id"), ("Filter.1.Value.1", subnet)];
    let tables = work.ec2("DescribeRouteTables", input(&filter))?;
    let ids = tables.at("routeTableSet.associationSet.routeTableAssociationId");
    // The main association has no subnet, so subnets are looked up beside the ids.
    let subnets = tables.at("routeTableSet.associationSet.subnetId");
    let skipped = ids.len().saturating_sub(subnets.len());
    let place = subnets.iter().position(|it| it == subnet);
    Ok(place.and_then(|place| ids.into_iter().nth(place + skipped)))
}

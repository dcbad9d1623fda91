//! Route tables, their routes, and the subnets and gateways that use them.

use std::collections::{HashMap, HashSet};

use super::{
    Remark,
    found::{Entries, Found},
    layout::Layout,
    network::attach,
    value,
};
use crate::import::text::node::{Node, Pos};

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::RouteTable",
    "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::GatewayRouteTableAssociation",
];

/// Adds the route tables.
pub(super) fn route_tables(found: &mut Found<'_>, layout: &mut Layout) {
    let mut routes = HashMap::<String, Vec<(Pos, &Node)>>::new();
    for route in found.of("AWS::EC2::Route") {
        if let Some(table) = found.text(route, "RouteTableId") {
            routes.entry(table.to_owned()).or_default().push((route.pos, &route.properties));
        }
    }
    for table in found.of("AWS::EC2::RouteTable") {
        let Some(vpc_node) = table.properties.get("VpcId") else {
            found.skip(table, "it names no VPC");
            continue;
        };
        let Some(vpc) = layout.vpc(found, vpc_node) else { continue };
        let mut fields = Entries::default();
        fields.text("id", table.pos, table.id.clone());
        if found.flag(table, "Main") == Some(true) {
            fields.text("main", table.pos, "true");
        }
        let inline = table.properties.get("Routes").map_or(&[][..], Node::items);
        let mut all: Vec<(Pos, &Node)> = inline.iter().map(|node| (node.pos, node)).collect();
        all.extend(routes.remove(&table.id).unwrap_or_default());
        let mut entries = Entries::default();
        let mut destinations = HashSet::new();
        for (pos, node) in all {
            if let Some((destination, target)) = route(found, pos, node)
                && destinations.insert(destination.clone())
            {
                if target.starts_with("igw-")
                    && let Some(plan) = layout.vpcs.get_mut(vpc)
                    && plan.gateway.is_none()
                {
                    let message =
                        format!("{target} is attached to {}: a route leads to it", plan.name);
                    found.note(pos, Remark::Inferred, message);
                    attach(found, plan, &target, pos);
                }
                entries.put_at(destination, pos, value::text(pos, target));
            }
        }
        fields.map("routes", table.pos, entries);
        if let Some(plan) = layout.vpcs.get_mut(vpc) {
            plan.tables.put_at(found.called(table), table.pos, fields.into_node(table.pos));
            layout.add_table(&table.id, vpc);
        }
    }
    for (table, lost) in routes {
        for (pos, _) in lost {
            let message = format!("a route of {table}: the file has no such route table");
            found.note(pos, Remark::Skipped, message);
        }
    }
    subnets(found, layout);
    gateways(found, layout);
}

/// Gives each subnet its table.
fn subnets(found: &mut Found<'_>, layout: &mut Layout) {
    for association in found.of("AWS::EC2::SubnetRouteTableAssociation") {
        let Some(table) = association.properties.get("RouteTableId") else { continue };
        let named = association.properties.get("SubnetId");
        let subnet = named.and_then(|node| layout.named_subnet(node));
        let vpc = subnet.and_then(|subnet| Some(layout.subnets.get(subnet)?.vpc));
        let Some(table) = vpc.and_then(|vpc| layout.table(found, table, vpc)) else {
            found.skip(association, "its subnet is not in the file");
            continue;
        };
        if let Some(plan) = subnet.and_then(|subnet| layout.subnets.get_mut(subnet)) {
            plan.fields.text_if_absent("route-table", association.pos, table);
        }
    }
}

/// Gives each internet gateway its table. An association shows that the gateway is attached to the table's VPC.
fn gateways(found: &mut Found<'_>, layout: &mut Layout) {
    for association in found.of("AWS::EC2::GatewayRouteTableAssociation") {
        let Some(node) = association.properties.get("RouteTableId") else { continue };
        let Some(gateway) = found.text(association, "GatewayId") else {
            found.skip(association, "the file does not give its gateway");
            continue;
        };
        if gateway.starts_with("vgw-") {
            found.skip(association, "vpcdns has no virtual private gateways");
            continue;
        }
        let pos = association.pos;
        let known = node.text().and_then(|table| layout.vpc_of_table(table));
        let held = layout.vpcs.iter().position(|plan| plan.gateway.as_deref() == Some(gateway));
        let Some(vpc) = known.or(held) else {
            found.skip(association, "the VPC of its route table is not in the file");
            continue;
        };
        let Some(table) = layout.table(found, node, vpc) else { continue };
        let Some(plan) = layout.vpcs.get_mut(vpc) else { continue };
        if plan.gateway.is_none() {
            let message =
                format!("{gateway} is attached to {}: it has a route table there", plan.name);
            found.note(pos, Remark::Inferred, message);
            attach(found, plan, gateway, pos);
        }
        if plan.gateway.as_deref() == Some(gateway) {
            plan.fields.put_within("internet-gateway", "route-table", &value::text(pos, table));
        } else {
            found.skip(association, "its VPC has another internet gateway");
        }
    }
}

/// The destination and the target of a route. `None` if the route is implied by other parts of the world file.
fn route(found: &mut Found<'_>, pos: Pos, node: &Node) -> Option<(String, String)> {
    /// The properties that name a route's target. Endpoints are missing because their routes are implied.
    const TARGETS: &[&str] = &[
        "GatewayId",
        "NatGatewayId",
        "VpcPeeringConnectionId",
        "TransitGatewayId",
        "InstanceId",
        "NetworkInterfaceId",
        "EgressOnlyInternetGatewayId",
        "LocalGatewayId",
        "CarrierGatewayId",
    ];
    let given = |key: &str| node.get(key).filter(|it| it.text() != Some(""));
    let [ipv4, ipv6, list] =
        ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"].map(given);
    let target = TARGETS.iter().find_map(|key| given(key));
    let Some(destination) = ipv4 else {
        let follows = target.and_then(Node::text).is_some_and(follows_from_itself);
        let other = ipv6.or(list).and_then(|it| found.known(it, "the destination of a route"));
        if let Some(other) = other.and_then(Node::text).filter(|_| !follows) {
            let message = format!("the route to {other}: vpcdns reads only routes to IPv4 ranges");
            found.note(pos, Remark::Skipped, message);
        }
        return None;
    };
    let destination = found.known(destination, "the destination of a route")?.text()?.to_owned();
    let Some(target) = target.and_then(|target| found.known(target, "the target of a route"))
    else {
        let message = format!("the route to {destination}: it has no target that vpcdns knows");
        found.note(pos, Remark::Skipped, message);
        return None;
    };
    let target = target.text()?;
    (!follows_from_itself(target)).then(|| (destination, target.to_owned()))
}

/// Whether a route with this target is implied by the VPC's range or by an endpoint.
fn follows_from_itself(target: &str) -> bool {
    target == "local" || target.starts_with("vpce-")
}

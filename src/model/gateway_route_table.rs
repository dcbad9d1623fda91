//! The route table of an internet gateway: it routes what enters the VPC by the gateway, to the interface of an appliance.
//!
//! Ways of the traffic begin inside the World, so no way depends on such a table.

use std::{fmt::Display, sync::Arc};

use ipnetwork::IpNetwork;

use super::{
    change::Touched,
    id::{InternetGatewayId, RouteTableId, VpcId},
    internet_gateway::{self, InternetGateway},
    refusal::Refusal,
    route::RouteTarget,
    route_table::RouteTable,
    vpc_cidr,
    world::World,
};

/// `AssociateRouteTable` with a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateGatewayRouteTable {
    /// The table.
    pub table: RouteTableId,
    /// The gateway.
    pub gateway: InternetGatewayId,
}

impl AssociateGatewayRouteTable {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let table = Arc::clone(world.route_table(self.table)?);
        let gateway = Arc::clone(internet_gateway::find(world, self.gateway)?);
        if gateway.vpc != Some(table.vpc) {
            return Err(Refusal::parameter(
                format!(
                    "route table {} and network gateway {} belong to different networks",
                    table.id, gateway.id
                ),
                "GR1",
            ));
        }
        if gateway.route_table.is_some_and(|old| old != table.id) {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified association for route table {} conflicts with an existing association",
                    table.id
                ),
                "GR1",
            ));
        }
        put(world, &gateway, &table)
    }
}

/// Gives a gateway this table, whatever it had.
pub(super) fn put(
    world: &mut World,
    gateway: &InternetGateway,
    table: &RouteTable,
) -> Result<Touched, Refusal> {
    check_table(world, table)?;
    let gateway = InternetGateway { route_table: Some(table.id), ..gateway.clone() };
    world.internet_gateways.insert(gateway.id, Arc::new(gateway));
    Ok(Touched::nothing())
}

/// The gateway that uses a table of a VPC.
pub(super) fn user(world: &World, vpc: VpcId, table: RouteTableId) -> Option<InternetGatewayId> {
    let gateway = world.internet_gateways.get(&world.members(vpc).internet_gateway?)?;
    (gateway.route_table == Some(table)).then_some(gateway.id)
}

/// Refuses the table of a gateway as a main one (GR3).
pub(super) fn check_main(world: &World, table: &RouteTable) -> Result<(), Refusal> {
    match user(world, table.vpc, table.id) {
        Some(gateway) => Err(Refusal::value(
            format!(
                "The route table {} is associated with the gateway {gateway} and cannot be the main route table.",
                table.id
            ),
            "GR3",
        )),
        None => Ok(()),
    }
}

/// Refuses a table that a gateway cannot use: the main one, or one with other routes than a gateway follows (GR2, GR3).
fn check_table(world: &World, table: &RouteTable) -> Result<(), Refusal> {
    if world.vpc(table.vpc)?.main_route_table == table.id {
        return Err(Refusal::value(
            format!(
                "The main route table {} cannot be associated with an internet gateway.",
                table.id
            ),
            "GR3",
        ));
    }
    for route in &table.routes {
        check_route(world, table, &route.destination, &route.target)?;
    }
    if let Some(route) = table.list_routes.first() {
        return Err(no_list(table.id, &route.list));
    }
    let of_endpoint = |it: &&Arc<super::endpoint::Endpoint>| it.route_tables.contains(&table.id);
    match world.endpoints_of(table.vpc).find(of_endpoint) {
        Some(endpoint) => Err(unsupported(table.id, &endpoint.id)),
        None => Ok(()),
    }
}

/// Refuses a route that the table of a gateway must not have (GR2).
pub(super) fn check_route(
    world: &World,
    table: &RouteTable,
    destination: &IpNetwork,
    target: &RouteTarget,
) -> Result<(), Refusal> {
    let to_appliance = |id: &str| ["eni-", "i-", "vpce-"].iter().any(|it| id.starts_with(it));
    if !matches!(target, RouteTarget::Other(id) if to_appliance(id)) {
        return Err(unsupported(table.id, target));
    }
    let is_subnet = world.subnets_of(table.vpc).any(|subnet| {
        *destination == IpNetwork::V4(subnet.cidr)
            || subnet.ipv6_cidr.is_some_and(|range| *destination == IpNetwork::V6(range))
    });
    if is_subnet || vpc_cidr::ranges(world.vpc(table.vpc)?).any(|range| range == *destination) {
        return Ok(());
    }
    Err(Refusal::value(
        format!(
            "The destination CIDR block {destination} of route table {} is neither a CIDR block of the VPC nor that of \
             one of its subnets, as the route table of a gateway needs.",
            table.id
        ),
        "GR2",
    ))
}

fn unsupported(table: RouteTableId, target: &dyn Display) -> Refusal {
    Refusal::new(
        "RouteNotSupported",
        format!(
            "Route table {table} contains unsupported route target: {target}. The route table of a gateway can route to \
             network interfaces and Gateway Load Balancer endpoints only."
        ),
        "GR2",
    )
}

/// AWS's refusal of a prefix list as the destination in the table of a gateway.
pub(super) fn no_list(table: RouteTableId, list: &dyn Display) -> Refusal {
    Refusal::new(
        "RouteNotSupported",
        format!(
            "Route table {table} is the route table of a gateway, and cannot have the prefix list {list} as a destination."
        ),
        "GR2",
    )
}

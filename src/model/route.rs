//! Routes: what each matches, where it leads, and whether that is still there.
//!
//! Only the routes that users make. Which route a packet takes is decided in `resolve/path.rs`.

use std::{fmt, sync::Arc};

use ipnetwork::IpNetwork;

use super::{
    change::Touched,
    gateway_route_table,
    id::{
        EgressOnlyGatewayId, InstanceId, InternetGatewayId, NatGatewayId, NetworkInterfaceId,
        PeeringId, PrefixListId, RouteTableId, VpcId,
    },
    refusal::Refusal,
    route_table::RouteTable,
    vpc_cidr,
    world::World,
};

/// One route.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Route {
    /// What it matches.
    pub destination: IpNetwork,
    /// Its target.
    pub target: RouteTarget,
}

/// A route whose destination is a customer's prefix list: it matches what the entries of the list match.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListRoute {
    /// The list.
    pub list: PrefixListId,
    /// Its target.
    pub target: RouteTarget,
}

impl ListRoute {
    /// The ranges that it matches.
    pub fn ranges<'w>(&self, world: &'w World) -> impl Iterator<Item = IpNetwork> + use<'w> {
        let list = world.prefix_lists.get(&self.list);
        list.into_iter().flat_map(|list| list.entries()).map(|entry| entry.cidr)
    }
}

/// The target of a route.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum RouteTarget {
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// A peering connection.
    Peering(PeeringId),
    /// A NAT gateway, by id.
    NatGateway(Arc<str>),
    /// Any other target, by id. The path ends there.
    Other(Arc<str>),
}

impl fmt::Display for RouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InternetGateway(id) => id.fmt(f),
            Self::Peering(id) => id.fmt(f),
            Self::NatGateway(id) | Self::Other(id) => f.write_str(id),
        }
    }
}

impl RouteTarget {
    /// True while it exists and could carry traffic: it is not detached, deleted or rejected.
    pub fn may_serve(&self, world: &World, vpc: VpcId) -> bool {
        match self {
            RouteTarget::Peering(id) => {
                world.peerings.get(id).is_some_and(|peering| peering.state.is_living())
            }
            _ => self.is_active(world, vpc),
        }
    }

    /// Whether the target exists. If not, AWS calls the route a `blackhole`.
    pub fn is_active(&self, world: &World, vpc: VpcId) -> bool {
        match self {
            RouteTarget::InternetGateway(id) => world.members(vpc).internet_gateway == Some(*id),
            RouteTarget::Peering(id) => {
                world.peerings.get(id).is_some_and(|peering| peering.is_active())
            }
            // One that a world file only names is assumed to be there.
            RouteTarget::NatGateway(id) => id
                .parse::<NatGatewayId>()
                .ok()
                .and_then(|id| world.nat_gateways.get(&id))
                .is_none_or(|gateway| gateway.is_living()),
            RouteTarget::Other(id) => {
                let instance = id.parse::<InstanceId>().ok();
                let gateway = id.parse::<EgressOnlyGatewayId>().ok();
                instance.is_none_or(|id| world.instances.contains_key(&id))
                    && gateway.is_none_or(|id| world.egress_only_gateways.contains_key(&id))
            }
        }
    }
}

/// `CreateRoute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRoute {
    /// The table.
    pub table: RouteTableId,
    /// The route.
    pub route: Route,
}

/// `ReplaceRoute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceRoute {
    /// The table.
    pub table: RouteTableId,
    /// The route, in place of the one with its destination.
    pub route: Route,
}

/// `DeleteRoute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRoute {
    /// The table.
    pub table: RouteTableId,
    /// `DestinationCidrBlock` or `DestinationIpv6CidrBlock`.
    pub destination: IpNetwork,
}

/// A destination with its host bits cleared, as AWS does.
pub fn canonical(destination: IpNetwork) -> IpNetwork {
    IpNetwork::new(destination.network(), destination.prefix()).unwrap_or(destination)
}

/// Whether one range holds the other.
fn covers(whole: IpNetwork, part: IpNetwork) -> bool {
    whole.prefix() <= part.prefix() && whole.contains(part.network())
}

impl CreateRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let route = checked(world, &table, &self.route)?;
        if table.routes.iter().any(|other| other.destination == route.destination) {
            return Err(Refusal::new(
                "RouteAlreadyExists",
                format!("The route identified by {} already exists.", route.destination),
                "G4",
            ));
        }
        let vpc = table.vpc;
        table.routes.push(route);
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

impl ReplaceRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let route = checked(world, &table, &self.route)?;
        let old = table.routes.iter_mut().find(|old| old.destination == route.destination);
        let Some(old) = old else {
            return Err(Refusal::value(
                format!(
                    "There is no route defined for '{}' in the route table. Use CreateRoute instead.",
                    route.destination
                ),
                "A21",
            ));
        };
        *old = route;
        let vpc = table.vpc;
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

impl DeleteRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let destination = canonical(self.destination);
        if vpc_cidr::ranges(world.vpc(table.vpc)?).any(|local| local == destination) {
            return Err(Refusal::value(
                format!("cannot remove local route {destination} in route table {}", table.id),
                "A21",
            ));
        }
        let before = table.routes.len();
        table.routes.retain(|route| route.destination != destination);
        if table.routes.len() == before {
            let kind = if destination.is_ipv6() {
                "destination-ipv6-cidr-block"
            } else {
                "destination-cidr-block"
            };
            return Err(Refusal::new(
                "InvalidRoute.NotFound",
                format!("no route with {kind} {destination} in route table {}", self.table),
                "A21",
            ));
        }
        let vpc = table.vpc;
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

/// Checks the destination and the target, and gives the route as the table keeps it.
fn checked(world: &World, table: &RouteTable, route: &Route) -> Result<Route, Refusal> {
    let route = Route { destination: canonical(route.destination), target: route.target.clone() };
    let inside = vpc_cidr::ranges(world.vpc(table.vpc)?).any(|it| covers(it, route.destination));
    let steers = matches!(&route.target, RouteTarget::Other(id) if id.starts_with("i-") || id.starts_with("eni-"));
    if inside && !steers {
        return Err(Refusal::value(
            format!(
                "The destination CIDR block {} is equal to or more specific than one of this VPC's CIDR blocks. This \
                 route can target only an interface or an instance.",
                route.destination
            ),
            "A21",
        ));
    }
    if gateway_route_table::user(world, table.vpc, table.id).is_some() {
        gateway_route_table::check_route(world, table, &route.destination, &route.target)?;
    }
    let is_ipv4 = route.destination.is_ipv4();
    check_target(world, table, &route.target, &route.destination, is_ipv4)?;
    Ok(route)
}

/// Checks that a target is there and lies in the VPC of a table, for a route to this destination.
pub(super) fn check_target(
    world: &World,
    table: &RouteTable,
    target: &RouteTarget,
    destination: &dyn fmt::Display,
    is_ipv4: bool,
) -> Result<(), Refusal> {
    let elsewhere = |what: &str| {
        let table = table.id;
        let message = format!("route table {table} and {what} belong to different networks");
        Refusal::parameter(message, "A21")
    };
    match *target {
        RouteTarget::InternetGateway(gateway) => {
            super::internet_gateway::find(world, gateway)?;
            if world.members(table.vpc).internet_gateway != Some(gateway) {
                return Err(elsewhere(&format!("network gateway {gateway}")));
            }
        }
        RouteTarget::Peering(id) => {
            let peering = super::peering::find(world, id)?;
            if !peering.state.is_living() {
                return Err(super::peering::not_found(id));
            }
            if ![peering.requester, peering.accepter].contains(&table.vpc) {
                return Err(elsewhere(&format!("peering connection {id}")));
            }
        }
        RouteTarget::Other(ref text) => {
            let instance = text.parse::<InstanceId>().ok().and_then(|id| world.instances.get(&id));
            if instance.is_some_and(|it| it.vpc != table.vpc) {
                return Err(elsewhere(&format!("instance {text}")));
            }
            let gateway = text.parse::<EgressOnlyGatewayId>().ok();
            if let Some(gateway) = gateway.and_then(|id| world.egress_only_gateways.get(&id)) {
                gateway.check_route(table, destination, is_ipv4)?;
            }
            let interface = text.parse::<NetworkInterfaceId>().ok();
            let interface = interface.and_then(|id| world.interface(id).ok());
            if interface.is_some_and(|it| it.vpc() != table.vpc) {
                return Err(elsewhere(&format!("network interface {text}")));
            }
        }
        RouteTarget::NatGateway(ref text) => {
            let gateway = text.parse::<NatGatewayId>().ok();
            let gateway = gateway.and_then(|id| world.nat_gateways.get(&id));
            if gateway.is_some_and(|it| it.vpc != table.vpc) {
                return Err(elsewhere(&format!("NAT gateway {text}")));
            }
        }
    }
    Ok(())
}

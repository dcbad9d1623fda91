//! Route tables: where packets of a subnet go.
//!
//! Holds the routes a user makes. Local routes follow from the VPC's ranges and prefix-list routes from the gateway
//! endpoints associated with the table, so neither is stored.

use std::sync::Arc;

use ipnetwork::Ipv4Network;

use super::{
    change::{Touched, duplicate},
    id::{InternetGatewayId, PeeringId, RouteTableId, SubnetId, VpcId},
    refusal::Refusal,
    subnet::Subnet,
    world::{Tags, World},
};

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// The routes made by `CreateRoute`.
    pub routes: Vec<Route>,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Route {
    /// What it matches.
    pub destination: Ipv4Network,
    /// Where it leads.
    pub target: RouteTarget,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum RouteTarget {
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// A peering connection.
    Peering(PeeringId),
    /// A NAT gateway, by id.
    NatGateway(Arc<str>),
    /// Anything else, by id; traffic is followed no further.
    Other(Arc<str>),
}

impl RouteTable {
    /// A table without routes of its own.
    pub fn new(id: RouteTableId, vpc: VpcId) -> Self {
        Self { id, tags: Tags::default(), vpc, routes: Vec::new() }
    }

    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

/// `CreateRouteTable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRouteTable {
    /// The table.
    pub table: RouteTable,
}

/// `CreateRoute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRoute {
    /// The table.
    pub table: RouteTableId,
    /// The route.
    pub route: Route,
}

/// `DeleteRoute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRoute {
    /// The table.
    pub table: RouteTableId,
    /// `DestinationCidrBlock`.
    pub destination: Ipv4Network,
}

/// `AssociateRouteTable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateRouteTable {
    /// The table.
    pub table: RouteTableId,
    /// The subnet.
    pub subnet: SubnetId,
}

impl CreateRouteTable {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = self.table.clone();
        // The main table exists since its VPC does; naming it again only adds tags.
        let is_main = world.vpc(table.vpc)?.main_route_table == table.id;
        if !is_main {
            duplicate(&world.route_tables, &table.id)?;
        }
        let (id, vpc, routes) = (table.id, table.vpc, std::mem::take(&mut table.routes));
        world.route_tables.insert(id, Arc::new(table));
        if !is_main {
            world.edit_members(vpc, |members| members.route_tables.push(id));
        }
        for route in routes {
            CreateRoute { table: id, route }.apply(world)?;
        }
        Ok(Touched::vpc(vpc))
    }
}

impl CreateRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        if table.routes.iter().any(|route| route.destination == self.route.destination) {
            return Err(Refusal::new(
                "RouteAlreadyExists",
                format!("The route identified by {} already exists.", self.route.destination),
                "G4",
            ));
        }
        if let RouteTarget::InternetGateway(gateway) = self.route.target {
            if !world.internet_gateways.contains_key(&gateway) {
                return Err(Refusal::new(
                    "InvalidInternetGatewayID.NotFound",
                    format!("The internetGateway ID '{gateway}' does not exist"),
                    "A21",
                ));
            }
            if world.members(table.vpc).internet_gateway != Some(gateway) {
                return Err(Refusal::parameter(
                    format!(
                        "route table {} and network gateway {gateway} belong to different networks",
                        table.id
                    ),
                    "A21",
                ));
            }
        }
        if let RouteTarget::Peering(peering) = self.route.target {
            super::peering::find(world, peering)?;
        }
        let vpc = table.vpc;
        table.routes.push(self.route.clone());
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

impl DeleteRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let before = table.routes.len();
        table.routes.retain(|route| route.destination != self.destination);
        if table.routes.len() == before {
            return Err(Refusal::new(
                "InvalidRoute.NotFound",
                format!(
                    "no route with destination-cidr-block {} in route table {}",
                    self.destination, self.table
                ),
                "A21",
            ));
        }
        let vpc = table.vpc;
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

impl AssociateRouteTable {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let table = Arc::clone(world.route_table(self.table)?);
        let mut subnet = Subnet::clone(world.subnet(self.subnet)?);
        if subnet.vpc != table.vpc {
            return Err(Refusal::parameter(
                format!(
                    "Route table {} and subnet {} belong to different networks",
                    table.id, subnet.id
                ),
                "A21",
            ));
        }
        subnet.route_table = Some(table.id);
        world.subnets.insert(subnet.id, Arc::new(subnet));
        Ok(Touched::vpc(table.vpc))
    }
}

//! Route tables, and who uses each: subnets, an internet gateway, or the VPC as its main one.
//!
//! Holds the routes a user makes. Local routes follow from the VPC's ranges and prefix-list routes from the gateway
//! endpoints associated with the table, so neither is stored.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    endpoint::Endpoint,
    gateway_route_table,
    id::{InternetGatewayId, RouteTableId, SubnetId, VpcId, derived},
    internet_gateway::{self, InternetGateway},
    refusal::Refusal,
    route::{CreateRoute, ListRoute, Route},
    subnet::Subnet,
    vpc::Vpc,
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
    /// Those of them to prefix lists.
    #[serde(default)]
    pub list_routes: Vec<ListRoute>,
}

impl RouteTable {
    /// A table without routes of its own.
    pub fn new(id: RouteTableId, vpc: VpcId) -> Self {
        Self { id, tags: Tags::default(), vpc, routes: Vec::new(), list_routes: Vec::new() }
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

/// `DeleteRouteTable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRouteTable {
    /// The table.
    pub table: RouteTableId,
}

/// `AssociateRouteTable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateRouteTable {
    /// The table.
    pub table: RouteTableId,
    /// The subnet.
    pub subnet: SubnetId,
}

/// `DisassociateRouteTable`: a subnet uses its VPC's main table again, a gateway none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateRouteTable {
    /// The association.
    pub association: Association,
}

/// `ReplaceRouteTableAssociation`: another table for a subnet or a gateway, or another main table for a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceRouteTableAssociation {
    /// The association.
    pub association: Association,
    /// The other table.
    pub table: RouteTableId,
}

/// The use of a table: by a subnet or a gateway, or as a VPC's main one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Association {
    /// The table.
    pub table: RouteTableId,
    /// Who uses it.
    pub user: TableUser,
}

/// Who uses a route table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableUser {
    /// A subnet, with a table of its own.
    Subnet(SubnetId),
    /// An internet gateway, for what enters its VPC.
    Gateway(InternetGatewayId),
    /// Every subnet of the VPC that has none.
    Vpc(VpcId),
}

impl Association {
    /// Its id: the same for the same table and user.
    pub fn id(&self) -> String {
        let of = match self.user {
            TableUser::Subnet(subnet) => format!("{}/{subnet}", self.table),
            TableUser::Gateway(gateway) => format!("{}/{gateway}", self.table),
            TableUser::Vpc(vpc) => format!("{}/{vpc}", self.table),
        };
        derived("rtbassoc", &of)
    }

    /// Whether it is there.
    fn exists(&self, world: &World) -> bool {
        match self.user {
            TableUser::Subnet(id) => {
                world.subnets.get(&id).is_some_and(|subnet| subnet.route_table == Some(self.table))
            }
            TableUser::Gateway(id) => {
                let gateway = world.internet_gateways.get(&id);
                gateway.is_some_and(|gateway| gateway.route_table == Some(self.table))
            }
            TableUser::Vpc(id) => {
                world.vpcs.get(&id).is_some_and(|vpc| vpc.main_route_table == self.table)
            }
        }
    }
}

/// The associations of a table: as the main one first, then the subnets in the order they were made, then the gateway.
pub fn associations<'w>(
    world: &'w World,
    table: &'w RouteTable,
) -> impl Iterator<Item = Association> + 'w {
    let main = world.vpcs.get(&table.vpc).filter(|vpc| vpc.main_route_table == table.id);
    let subnets = world.subnets_of(table.vpc);
    let subnets = subnets.filter(|subnet| subnet.route_table == Some(table.id));
    main.map(|vpc| TableUser::Vpc(vpc.id))
        .into_iter()
        .chain(subnets.map(|subnet| TableUser::Subnet(subnet.id)))
        .chain(gateway_route_table::user(world, table.vpc, table.id).map(TableUser::Gateway))
        .map(|user| Association { table: table.id, user })
}

/// The association with an id.
pub fn find_association(world: &World, id: &str) -> Option<Association> {
    let subnets = world.subnets.values().filter_map(|subnet| {
        Some(Association { table: subnet.route_table?, user: TableUser::Subnet(subnet.id) })
    });
    let main = world
        .vpcs
        .values()
        .map(|vpc| Association { table: vpc.main_route_table, user: TableUser::Vpc(vpc.id) });
    let gateways = world.internet_gateways.values().filter_map(|gateway| {
        Some(Association { table: gateway.route_table?, user: TableUser::Gateway(gateway.id) })
    });
    main.chain(subnets).chain(gateways).find(|association| association.id() == id)
}

/// AWS's refusal of an association that does not exist.
pub fn association_not_found(id: &str) -> Refusal {
    let message = format!("The association ID '{id}' does not exist");
    Refusal::new("InvalidAssociationID.NotFound", message, "A21")
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

impl DeleteRouteTable {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let table = Arc::clone(world.route_table(self.table)?);
        if associations(world, &table).next().is_some() {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("The routeTable '{}' has dependencies and cannot be deleted.", table.id),
                "A21",
            ));
        }
        let gateways: Vec<Endpoint> = world
            .endpoints_of(table.vpc)
            .filter(|endpoint| endpoint.route_tables.contains(&table.id))
            .map(|endpoint| Endpoint::clone(endpoint))
            .collect();
        for mut endpoint in gateways {
            endpoint.route_tables.retain(|id| *id != table.id);
            world.put_endpoint(endpoint);
        }
        world.route_tables.remove(&table.id);
        world.edit_members(table.vpc, |members| {
            members.route_tables.retain(|id| *id != table.id);
        });
        Ok(Touched::vpc(table.vpc))
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
        if subnet.route_table.is_some_and(|old| old != table.id) {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified association for route table {} conflicts with an existing association",
                    table.id
                ),
                "A21",
            ));
        }
        subnet.route_table = Some(table.id);
        world.subnets.insert(subnet.id, Arc::new(subnet));
        Ok(Touched::vpc(table.vpc))
    }
}

impl DisassociateRouteTable {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let id = self.association.id();
        if !self.association.exists(world) {
            return Err(association_not_found(&id));
        }
        match self.association.user {
            TableUser::Subnet(subnet) => {
                let subnet = Subnet { route_table: None, ..Subnet::clone(world.subnet(subnet)?) };
                let vpc = subnet.vpc;
                world.subnets.insert(subnet.id, Arc::new(subnet));
                Ok(Touched::vpc(vpc))
            }
            TableUser::Gateway(id) => {
                let gateway = InternetGateway::clone(internet_gateway::find(world, id)?);
                let gateway = InternetGateway { route_table: None, ..gateway };
                world.internet_gateways.insert(id, Arc::new(gateway));
                Ok(Touched::nothing())
            }
            TableUser::Vpc(_) => Err(Refusal::value(
                format!("cannot disassociate the main route table association {id}"),
                "A21",
            )),
        }
    }
}

impl ReplaceRouteTableAssociation {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if !self.association.exists(world) {
            return Err(association_not_found(&self.association.id()));
        }
        let table = Arc::clone(world.route_table(self.table)?);
        let vpc = match self.association.user {
            TableUser::Subnet(id) => Some(world.subnet(id)?.vpc),
            TableUser::Gateway(id) => internet_gateway::find(world, id)?.vpc,
            TableUser::Vpc(id) => Some(id),
        };
        if vpc != Some(table.vpc) {
            return Err(Refusal::parameter(
                format!(
                    "Route table {} and association {} belong to different networks",
                    table.id,
                    self.association.id()
                ),
                "A21",
            ));
        }
        match self.association.user {
            TableUser::Subnet(id) => {
                let subnet = Subnet::clone(world.subnet(id)?);
                let subnet = Subnet { route_table: Some(table.id), ..subnet };
                world.subnets.insert(id, Arc::new(subnet));
            }
            TableUser::Gateway(id) => {
                let gateway = Arc::clone(internet_gateway::find(world, id)?);
                return gateway_route_table::put(world, &gateway, &table);
            }
            TableUser::Vpc(id) => {
                gateway_route_table::check_main(world, &table)?;
                let main = Vpc { main_route_table: table.id, ..Vpc::clone(world.vpc(id)?) };
                world.vpcs.insert(id, Arc::new(main));
            }
        }
        Ok(Touched::vpc(table.vpc))
    }
}

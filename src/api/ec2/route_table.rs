//! Route tables and who uses them.

use super::{
    Operation,
    route::{self, Shown},
};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        id::{RouteTableId, SubnetId, VpcId},
        route_table::{
            self, Association, RouteTable, TableUser, association_not_found, associations,
        },
        vpc::Vpc,
        world::{Tags, World},
    },
};

/// The association, unless it lives in another region or account.
fn own_association(context: &Context<'_>, id: &str) -> Result<Association, ApiError> {
    let found = route_table::find_association(context.world(), id);
    match found.filter(|found| context.own(found.table).is_ok()) {
        Some(found) => Ok(found),
        None => Err(association_not_found(id).into()),
    }
}

fn state() -> Fields {
    Fields::new().set("state", "associated")
}

/// A table as replies show it.
fn fields(world: &World, vpc: &Vpc, table: &RouteTable, routes: &[Shown]) -> Fields {
    let used = associations(world, table).map(|association| {
        let shown = Fields::new()
            .set("routeTableAssociationId", association.id())
            .set("routeTableId", table.id);
        let shown = match association.user {
            TableUser::Subnet(subnet) => shown.set("main", false).set("subnetId", subnet),
            TableUser::Vpc(_) => shown.set("main", true),
        };
        shown.fields("associationState", state())
    });
    Fields::new()
        .set("routeTableId", table.id)
        .set("vpcId", table.vpc)
        .set("ownerId", &vpc.owner)
        .list("associationSet", used)
        .list("propagatingVgwSet", [])
        .list("routeSet", route::fields(routes, &vpc.owner))
        .tags(&table.tags)
}

/// `CreateRouteTable`.
pub(super) struct CreateRouteTable {
    vpc: VpcId,
    tags: Tags,
}

impl Operation for CreateRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            vpc: parameters.required_id("VpcId")?,
            tags: parameters.tag_specification("route-table")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = RouteTableId::from_seed(seed());
        let table = RouteTable { tags: self.tags, ..RouteTable::new(id, self.vpc) };
        let change = route_table::CreateRouteTable { table };
        let (id, after) =
            context.create("CreateRouteTable", &id.to_string(), vec![change.into()])?;
        let world = &after.world;
        let table = world.route_table(RouteTableId::read(&id)?)?;
        let vpc = world.vpc(table.vpc)?;
        let shown = fields(world, vpc, table, &route::shown(world, table));
        Ok(Fields::new()
            .fields("routeTable", shown)
            .maybe("clientToken", context.client_token.as_ref()))
    }
}

/// `DeleteRouteTable`.
pub(super) struct DeleteRouteTable {
    table: RouteTableId,
}

impl Operation for DeleteRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { table: parameters.required_id("RouteTableId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[route_table::DeleteRouteTable { table: self.table }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeRouteTables`.
pub(super) struct DescribeRouteTables {
    ids: Vec<RouteTableId>,
    page: Page,
}

impl Operation for DescribeRouteTables {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("RouteTableId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "association.gateway-id",
            "association.main",
            "association.route-table-association-id",
            "association.route-table-id",
            "association.subnet-id",
            "owner-id",
            "route-table-id",
            "route.destination-cidr-block",
            "route.destination-ipv6-cidr-block",
            "route.destination-prefix-list-id",
            "route.egress-only-internet-gateway-id",
            "route.gateway-id",
            "route.instance-id",
            "route.nat-gateway-id",
            "route.origin",
            "route.state",
            "route.transit-gateway-id",
            "route.vpc-peering-connection-id",
            "vpc-id",
        ])?;
        let world = context.world();
        let shown = world
            .vpcs
            .values()
            .filter(|it| context.is_home(it.region, &it.owner))
            .flat_map(|vpc| world.members(vpc.id).route_tables.iter().map(move |id| (vpc, id)))
            .filter(|(_, id)| self.ids.is_empty() || self.ids.contains(id))
            .filter_map(|(vpc, id)| Some((vpc, world.route_tables.get(id)?)))
            .map(|(vpc, table)| (vpc, table, route::shown(world, table)))
            .filter(|(vpc, table, routes)| {
                self.page.passes(&table.tags, |name| filter_values(world, vpc, table, routes, name))
            })
            .map(|(vpc, table, routes)| (table.id.to_string(), fields(world, vpc, table, &routes)))
            .collect();
        Ok(self.page.reply("routeTableSet", shown))
    }
}

fn filter_values(
    world: &World,
    vpc: &Vpc,
    table: &RouteTable,
    routes: &[Shown],
    name: &str,
) -> Vec<String> {
    let used = || associations(world, table);
    let of_routes =
        |show: &dyn Fn(&Shown) -> Option<String>| routes.iter().filter_map(show).collect();
    let member = |wanted: &'static str| {
        of_routes(&move |route: &Shown| {
            let (destination, target) = (&route.destination, &route.target);
            [destination, target].into_iter().find(|it| it.0 == wanted).map(|it| it.1.clone())
        })
    };
    match name {
        "association.main" => {
            used().map(|it| matches!(it.user, TableUser::Vpc(_)).to_string()).collect()
        }
        "association.route-table-association-id" => used().map(|it| it.id()).collect(),
        "association.route-table-id" => used().map(|it| it.table.to_string()).collect(),
        "association.subnet-id" => used()
            .filter_map(|it| match it.user {
                TableUser::Subnet(subnet) => Some(subnet.to_string()),
                TableUser::Vpc(_) => None,
            })
            .collect(),
        "owner-id" => vec![vpc.owner.to_string()],
        "route-table-id" => vec![table.id.to_string()],
        "route.destination-cidr-block" => member("destinationCidrBlock"),
        "route.destination-ipv6-cidr-block" => member("destinationIpv6CidrBlock"),
        "route.destination-prefix-list-id" => member("destinationPrefixListId"),
        "route.egress-only-internet-gateway-id" => member("egressOnlyInternetGatewayId"),
        "route.gateway-id" => member("gatewayId"),
        "route.instance-id" => member("instanceId"),
        "route.nat-gateway-id" => member("natGatewayId"),
        "route.origin" => of_routes(&|route| Some(route.origin.to_owned())),
        "route.state" => of_routes(&|route| Some(route.state().to_owned())),
        "route.transit-gateway-id" => member("transitGatewayId"),
        "route.vpc-peering-connection-id" => member("vpcPeeringConnectionId"),
        "vpc-id" => vec![table.vpc.to_string()],
        _ => Vec::new(),
    }
}

/// `AssociateRouteTable`, with a subnet.
pub(super) struct AssociateRouteTable {
    table: RouteTableId,
    subnet: SubnetId,
}

impl Operation for AssociateRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            table: parameters.required_id("RouteTableId")?,
            subnet: parameters.required_id("SubnetId")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (table, subnet) = (self.table, self.subnet);
        context.commit(&[route_table::AssociateRouteTable { table, subnet }.into()])?;
        let association = Association { table, user: TableUser::Subnet(subnet) };
        Ok(Fields::new().set("associationId", association.id()).fields("associationState", state()))
    }
}

/// `DisassociateRouteTable`.
pub(super) struct DisassociateRouteTable {
    association: String,
}

impl Operation for DisassociateRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { association: parameters.required("AssociationId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let association = own_association(context, &self.association)?;
        context.commit(&[route_table::DisassociateRouteTable { association }.into()])?;
        Ok(Fields::done())
    }
}

/// `ReplaceRouteTableAssociation`.
pub(super) struct ReplaceRouteTableAssociation {
    association: String,
    table: RouteTableId,
}

impl Operation for ReplaceRouteTableAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            association: parameters.required("AssociationId")?,
            table: parameters.required_id("RouteTableId")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let association = own_association(context, &self.association)?;
        let change = route_table::ReplaceRouteTableAssociation { association, table: self.table };
        context.commit(&[change.into()])?;
        let association = Association { table: self.table, ..association };
        Ok(Fields::new()
            .set("newAssociationId", association.id())
            .fields("associationState", state()))
    }
}

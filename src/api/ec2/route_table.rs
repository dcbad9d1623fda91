//! Route tables and who uses them.

use super::{
    Operation,
    route::{self, RouteView},
};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
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
fn fields(world: &World, vpc: &Vpc, table: &RouteTable, routes: &[RouteView]) -> Fields {
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
        let shown = fields(world, vpc, table, &route::views(world, table));
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
pub(super) type DescribeRouteTables = Listing<RouteTables>;

/// The route tables with these ids.
pub(super) struct RouteTables(Vec<RouteTableId>);

impl Describe for RouteTables {
    type Item<'c> = Described<'c>;

    const LIST: &'static str = "routeTableSet";

    const FILTERS: Filters<Self> = &[
        ("association.gateway-id", |_, _| Vec::new()),
        ("association.main", |it, context| {
            let used = associations(context.world(), it.table);
            texts(used.map(|it| matches!(it.user, TableUser::Vpc(_))))
        }),
        ("association.route-table-association-id", |it, context| {
            texts(associations(context.world(), it.table).map(|it| it.id()))
        }),
        ("association.route-table-id", |it, context| {
            texts(associations(context.world(), it.table).map(|it| it.table))
        }),
        ("association.subnet-id", |it, context| {
            let used = associations(context.world(), it.table);
            texts(used.filter_map(|it| match it.user {
                TableUser::Subnet(subnet) => Some(subnet),
                TableUser::Vpc(_) => None,
            }))
        }),
        ("owner-id", |it, _| texts([&it.vpc.owner])),
        ("route-table-id", |it, _| texts([it.table.id])),
        ("route.destination-cidr-block", |it, _| it.members("destinationCidrBlock")),
        ("route.destination-ipv6-cidr-block", |it, _| it.members("destinationIpv6CidrBlock")),
        ("route.destination-prefix-list-id", |it, _| it.members("destinationPrefixListId")),
        ("route.egress-only-internet-gateway-id", |it, _| {
            it.members("egressOnlyInternetGatewayId")
        }),
        ("route.gateway-id", |it, _| it.members("gatewayId")),
        ("route.instance-id", |it, _| it.members("instanceId")),
        ("route.nat-gateway-id", |it, _| it.members("natGatewayId")),
        ("route.origin", |it, _| texts(it.routes.iter().map(|route| route.origin))),
        ("route.state", |it, _| texts(it.routes.iter().map(RouteView::state))),
        ("route.transit-gateway-id", |it, _| it.members("transitGatewayId")),
        ("route.vpc-peering-connection-id", |it, _| it.members("vpcPeeringConnectionId")),
        ("vpc-id", |it, _| texts([it.vpc.id])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("RouteTableId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        let tables = context.all_own(&self.0, world.route_tables.keys()).into_iter();
        Ok(tables
            .filter_map(|table| {
                let vpc = world.vpcs.get(&table.vpc)?;
                Some(Described { vpc, table, routes: route::views(world, table) })
            })
            .collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.table.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.table.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(context.world(), it.vpc, it.table, &it.routes)
    }
}

/// A route table with what replies show of its routes.
pub(super) struct Described<'w> {
    vpc: &'w Vpc,
    table: &'w RouteTable,
    routes: Vec<RouteView>,
}

impl Described<'_> {
    /// What the routes have under a name of the reply's, as a destination or a target.
    fn members(&self, name: &str) -> Vec<String> {
        texts(self.routes.iter().filter_map(|route| {
            let pairs = [&route.destination, &route.target];
            pairs.into_iter().find(|it| it.0 == name).map(|it| &it.1)
        }))
    }
}

/// `AssociateRouteTable`, with a subnet.
pub(super) struct AssociateRouteTable {
    table: RouteTableId,
    subnet: SubnetId,
}

impl Operation for AssociateRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        for name in ["GatewayId", "PublicIpv4Pool"] {
            parameters.never_held(name, "UnsupportedOperation", |_| {
                "Associations of a route table with a gateway or a pool are not emulated."
                    .to_owned()
            })?;
        }
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

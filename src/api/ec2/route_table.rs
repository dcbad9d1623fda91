//! Route tables and who uses them.

use super::{
    Operation, absent,
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
        change::Change,
        gateway_route_table,
        id::{InternetGatewayId, RouteTableId, SubnetId, VpcId},
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
            TableUser::Gateway(gateway) => shown.set("main", false).set("gatewayId", gateway),
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
        ("association.gateway-id", |it, context| {
            let used = associations(context.world(), it.table);
            texts(used.filter_map(|it| match it.user {
                TableUser::Gateway(gateway) => Some(gateway),
                TableUser::Subnet(_) | TableUser::Vpc(_) => None,
            }))
        }),
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
                TableUser::Gateway(_) | TableUser::Vpc(_) => None,
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

/// `AssociateRouteTable`, with a subnet or an internet gateway.
pub(super) struct AssociateRouteTable {
    association: Association,
    change: Change,
}

impl Operation for AssociateRouteTable {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        absent::address_pool(parameters, "PublicIpv4Pool")?;
        let table = parameters.required_id("RouteTableId")?;
        let gateway = parameters.text("GatewayId")?;
        let (user, change) = match (parameters.id::<SubnetId>("SubnetId")?, gateway) {
            (Some(_), Some(_)) => {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "A route table is associated with a subnet or with a gateway, not with both in one request",
                ));
            }
            (Some(subnet), None) => {
                let change = route_table::AssociateRouteTable { table, subnet };
                (TableUser::Subnet(subnet), change.into())
            }
            (None, Some(id)) => {
                let gateway = read_gateway(parameters, &id)?;
                let change = gateway_route_table::AssociateGatewayRouteTable { table, gateway };
                (TableUser::Gateway(gateway), change.into())
            }
            (None, None) => return Err(ApiError::missing("SubnetId")),
        };
        Ok(Self { association: Association { table, user }, change })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[self.change])?;
        let id = self.association.id();
        Ok(Fields::new().set("associationId", id).fields("associationState", state()))
    }
}

/// An internet gateway. The World has no virtual private gateways, and gateways of other kinds use no table.
fn read_gateway(parameters: &mut Parameters, id: &str) -> Result<InternetGatewayId, ApiError> {
    if let Ok(gateway) = id.parse::<InternetGatewayId>() {
        return Ok(parameters.note(gateway));
    }
    Err(if id.starts_with("vgw-") {
        ApiError::new(
            "InvalidVpnGatewayID.NotFound",
            format!("The vpnGateway ID '{id}' does not exist"),
        )
    } else {
        ApiError::new("InvalidGatewayID.NotFound", format!("The gateway ID '{id}' does not exist"))
    })
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

//! Routes: read from a request, and shown in a table.
//!
//! Targets are internet, egress-only and NAT gateways, peering connections, instances and interfaces. Transit and virtual private
//! gateways are accepted by id alone, since the World does not hold them.

use std::str::FromStr;

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::Operation;
use crate::{
    api::{
        context::Context, error::ApiError, own::FoundList, parameter::Parameters,
        resource_id::ResourceId, shape::Fields,
    },
    model::{
        change::Change,
        endpoint::{EndpointKind, EndpointState},
        endpoint_rules::prefix_list_id,
        id::{
            EgressOnlyGatewayId, EndpointId, InstanceId, InternetGatewayId, NatGatewayId,
            NetworkInterfaceId, PeeringId, PrefixListId, RouteTableId,
        },
        list_route::{DeleteListRoute, PutListRoute},
        route::{self, ListRoute, Route, RouteTarget},
        route_table::RouteTable,
        vpc_cidr,
        world::World,
    },
};

/// A route as a table shows it.
#[derive(Default)]
pub(super) struct RouteView {
    /// The destination, by its member's name.
    pub(super) destination: (&'static str, String),
    /// The target, by its member's name.
    pub(super) target: (&'static str, String),
    /// `CreateRouteTable` or `CreateRoute`.
    pub(super) origin: &'static str,
    /// Whether its target is there.
    pub(super) active: bool,
}

impl RouteView {
    /// `active` or `blackhole`.
    pub(super) fn state(&self) -> &'static str {
        if self.active { "active" } else { "blackhole" }
    }

    fn fields(&self, owner: &str) -> Fields {
        let (destination, target) = (&self.destination, &self.target);
        let shown = Fields::new().set(destination.0, &destination.1).set(target.0, &target.1);
        let shown =
            if target.0 == "instanceId" { shown.set("instanceOwnerId", owner) } else { shown };
        shown.set("origin", self.origin).set("state", self.state())
    }
}

fn destination(range: IpNetwork) -> (&'static str, String) {
    let name = if range.is_ipv6() { "destinationIpv6CidrBlock" } else { "destinationCidrBlock" };
    (name, range.to_string())
}

fn target(target: &RouteTarget) -> (&'static str, String) {
    let id = target.to_string();
    let name = match id.split('-').next().unwrap_or_default() {
        "pcx" => "vpcPeeringConnectionId",
        "nat" => "natGatewayId",
        "tgw" => "transitGatewayId",
        "i" => "instanceId",
        "eni" => "networkInterfaceId",
        "eigw" => "egressOnlyInternetGatewayId",
        "cagw" => "carrierGatewayId",
        "lgw" => "localGatewayId",
        _ => "gatewayId",
    };
    (name, id)
}

/// Every route of a table: the local ones, those of users, and those of gateway endpoints (G1).
pub(super) fn views(world: &World, table: &RouteTable) -> Vec<RouteView> {
    let locals = world.vpcs.get(&table.vpc).into_iter().flat_map(|vpc| vpc_cidr::ranges(vpc));
    let locals = locals.map(|range| RouteView {
        destination: destination(range),
        target: ("gatewayId", "local".to_owned()),
        origin: "CreateRouteTable",
        active: true,
    });
    let own = table.routes.iter().map(|route| RouteView {
        destination: destination(route.destination),
        target: target(&route.target),
        origin: "CreateRoute",
        active: route.target.is_active(world, table.vpc),
    });
    let to_lists = table.list_routes.iter().map(|route| RouteView {
        destination: ("destinationPrefixListId", route.list.to_string()),
        target: target(&route.target),
        origin: "CreateRoute",
        active: route.target.is_active(world, table.vpc),
    });
    let gateways = world.endpoints_of(table.vpc).filter(|endpoint| {
        endpoint.kind == EndpointKind::Gateway
            && endpoint.state != EndpointState::Deleting
            && endpoint.route_tables.contains(&table.id)
    });
    let gateways = gateways.filter_map(|endpoint| {
        Some(RouteView {
            destination: ("destinationPrefixListId", prefix_list_id(world, endpoint)?),
            target: ("gatewayId", endpoint.id.to_string()),
            origin: "CreateRoute",
            active: true,
        })
    });
    locals.chain(own).chain(to_lists).chain(gateways).collect()
}

/// The routes of a table as replies show them.
pub(super) fn fields(routes: &[RouteView], owner: &str) -> impl Iterator<Item = Fields> {
    routes.iter().map(move |route| route.fields(owner))
}

/// What a route matches.
#[derive(Clone, Copy)]
enum Destination {
    /// A range.
    Range(IpNetwork),
    /// A prefix list.
    List(PrefixListId),
}

/// `DestinationCidrBlock`, `DestinationIpv6CidrBlock` or `DestinationPrefixListId`.
fn read_destination(parameters: &mut Parameters) -> Result<Destination, ApiError> {
    fn range<T: FromStr>(text: Option<String>, name: &str) -> Result<Option<T>, ApiError> {
        text.map(|text| {
            text.parse().ok().filter(|_| text.contains('/')).ok_or_else(|| {
                ApiError::value(format!(
                    "Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
                ))
            })
        })
        .transpose()
    }
    let v4 =
        range::<Ipv4Network>(parameters.text("DestinationCidrBlock")?, "destinationCidrBlock")?;
    let v6 = range::<Ipv6Network>(
        parameters.text("DestinationIpv6CidrBlock")?,
        "destinationIpv6CidrBlock",
    )?;
    let list = parameters.id::<PrefixListId>("DestinationPrefixListId")?;
    match (v4, v6, list) {
        (Some(range), None, None) => Ok(Destination::Range(IpNetwork::V4(range))),
        (None, Some(range), None) => Ok(Destination::Range(IpNetwork::V6(range))),
        (None, None, Some(list)) => Ok(Destination::List(list)),
        (None, None, None) => Err(ApiError::missing("destinationCidrBlock")),
        (Some(_), Some(_), _) => Err(ApiError::new(
            "InvalidParameterCombination",
            "The parameters destinationCidrBlock and destinationIpv6CidrBlock cannot be used together",
        )),
        (_, _, Some(_)) => Err(ApiError::new(
            "InvalidParameterCombination",
            "A range and a prefix list cannot be used together as the destination of a route",
        )),
    }
}

/// Exactly one target.
fn read_target(parameters: &mut Parameters) -> Result<RouteTarget, ApiError> {
    let mut targets = Vec::new();
    if let Some(id) = parameters.text("GatewayId")? {
        targets.push(match id.parse::<InternetGatewayId>() {
            Ok(gateway) => RouteTarget::InternetGateway(parameters.note(gateway)),
            Err(_) if has_shape(&id, "vgw") => RouteTarget::Other(id.into()),
            Err(_) if has_shape(&id, "vpce") => {
                RouteTarget::Other(parameters.note(EndpointId::read(&id)?).to_string().into())
            }
            Err(_) => return Err(no_gateway("InvalidGatewayID.NotFound", "gateway", &id)),
        });
    }
    // None of these can be made here yet, so none exists.
    for (name, code, word) in [
        ("CarrierGatewayId", "InvalidCarrierGatewayID.NotFound", "CarrierGateway"),
        ("LocalGatewayId", "InvalidLocalGatewayID.NotFound", "LocalGateway"),
        ("CoreNetworkArn", "InvalidCoreNetworkArn.NotFound", "CoreNetwork"),
        ("OdbNetworkArn", "InvalidOdbNetworkArn.NotFound", "OdbNetwork"),
    ] {
        if let Some(id) = parameters.text(name)? {
            return Err(no_gateway(code, word, &id));
        }
    }
    if let Some(id) = parameters.id::<EgressOnlyGatewayId>("EgressOnlyInternetGatewayId")? {
        targets.push(RouteTarget::Other(id.to_string().into()));
    }
    if let Some(id) = parameters.id::<EndpointId>("VpcEndpointId")? {
        targets.push(RouteTarget::Other(id.to_string().into()));
    }
    if let Some(id) = parameters.id::<NatGatewayId>("NatGatewayId")? {
        targets.push(RouteTarget::NatGateway(id.to_string().into()));
    }
    if let Some(id) = parameters.text("TransitGatewayId")? {
        if !has_shape(&id, "tgw") {
            return Err(no_gateway("InvalidTransitGatewayID.NotFound", "gateway", &id));
        }
        targets.push(RouteTarget::Other(id.into()));
    }
    if let Some(id) = parameters.id::<PeeringId>("VpcPeeringConnectionId")? {
        targets.push(RouteTarget::Peering(id));
    }
    if let Some(id) = parameters.id::<InstanceId>("InstanceId")? {
        targets.push(RouteTarget::Other(id.to_string().into()));
    }
    if let Some(id) = parameters.id::<NetworkInterfaceId>("NetworkInterfaceId")? {
        targets.push(RouteTarget::Other(id.to_string().into()));
    }
    match (targets.pop(), targets.is_empty()) {
        (Some(target), true) => Ok(target),
        (None, _) => Err(ApiError::missing("gatewayId")),
        (Some(_), false) => Err(ApiError::new(
            "InvalidParameterCombination",
            "The request can have only one route target",
        )),
    }
}

fn no_gateway(code: &str, word: &str, id: &str) -> ApiError {
    ApiError::new(code, format!("The {word} ID '{id}' does not exist"))
}

/// Whether a text is an id with this prefix.
fn has_shape(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(|digits| {
        matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The target must be there and of a kind that takes routes; whether it lies in the table's VPC is the model's rule.
fn check_target(context: &Context<'_>, target: &RouteTarget) -> Result<(), ApiError> {
    if let RouteTarget::NatGateway(text) = target
        && let Ok(id) = text.parse::<NatGatewayId>()
        && !context.own(id)?.is_living()
    {
        return Err(id.not_found());
    }
    let RouteTarget::Other(text) = target else { return Ok(()) };
    if text.parse::<EndpointId>().is_ok() {
        // Only endpoints of Gateway Load Balancers take routes, which are not emulated.
        return Err(ApiError::new(
            "RouteNotSupported",
            format!(
                "Route table contains unsupported route target: {text}. VPC Endpoints of this type cannot be used as \
                 route targets."
            ),
        ));
    }
    match text.parse::<InstanceId>() {
        // One that was terminated may be described still.
        Ok(instance) => context.own(instance).map(|_| ()),
        Err(_) => Ok(()),
    }
}

/// A route of a request.
struct Given {
    table: RouteTableId,
    destination: Destination,
    target: RouteTarget,
}

impl Given {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let table = parameters.required_id("RouteTableId")?;
        let destination = read_destination(parameters)?;
        Ok(Self { table, destination, target: read_target(parameters)? })
    }

    /// Makes the route, or puts it in the place of the one with its destination.
    fn put(self, context: &Context<'_>, replace: bool) -> Result<Fields, ApiError> {
        check_target(context, &self.target)?;
        let Self { table, destination, target } = self;
        let change: Change = match destination {
            Destination::Range(destination) => {
                let route = Route { destination, target };
                if replace {
                    route::ReplaceRoute { table, route }.into()
                } else {
                    route::CreateRoute { table, route }.into()
                }
            }
            Destination::List(list) => {
                if let FoundList::Aws(_) = context.own(list)? {
                    return Err(ApiError::value(format!(
                        "The prefix list '{list}' is managed by AWS and cannot be the destination of this route."
                    )));
                }
                PutListRoute { table, route: ListRoute { list, target }, replace }.into()
            }
        };
        context.commit(&[change])?;
        Ok(Fields::done())
    }
}

/// `CreateRoute`.
pub(super) struct CreateRoute(Given);

impl Operation for CreateRoute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Given::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.put(context, false)
    }
}

/// `ReplaceRoute`.
pub(super) struct ReplaceRoute(Given);

impl Operation for ReplaceRoute {
    const WITHOUT_EFFECT: &'static [&'static str] = &["LocalTarget"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Given::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.put(context, true)
    }
}

/// `DeleteRoute`.
pub(super) struct DeleteRoute {
    table: RouteTableId,
    destination: Destination,
}

impl Operation for DeleteRoute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let table = parameters.required_id("RouteTableId")?;
        Ok(Self { table, destination: read_destination(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let table = self.table;
        let change: Change = match self.destination {
            Destination::Range(destination) => route::DeleteRoute { table, destination }.into(),
            Destination::List(list) => {
                // The route of a gateway endpoint goes with its association (G1).
                if let FoundList::Aws(_) = context.own(list)? {
                    return Err(ApiError::value(format!(
                        "cannot remove VPC endpoint route {list} in route table {table}"
                    )));
                }
                DeleteListRoute { table, list }.into()
            }
        };
        context.commit(&[change])?;
        Ok(Fields::done())
    }
}

//! Reads the route tables of a world file and their routes.
//!
//! Local routes and the routes of gateway endpoints are implied by other parts of the file, so the file does not list
//! them.

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    Reading, keys,
    outline::{Outline, VpcOutline},
};
use crate::{
    import::text::{
        near,
        node::{self, Key, Node},
        reader::MapReader,
    },
    model::{
        id::InternetGatewayId,
        route::{CreateRoute, Route, RouteTarget},
        route_table::{CreateRouteTable, RouteTable},
        world::Tags,
    },
};

/// Plans the route tables, and all routes except those to peering connections.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        let mut main = None;
        for item in &vpc.tables {
            let report = &mut reading.report;
            let Some(fields) = MapReader::of(item.node, item.pos, keys::ROUTE_TABLE, report) else {
                reading.give_up(&item.id);
                continue;
            };
            if fields.read("main", report) == Some(true)
                && let Some(first) = main.replace(item.name)
            {
                let message = format!("`{first}` is the main route table already");
                report.error(fields.pos_of("main"), &message);
            }
            let tags = Tags::named(item.name);
            let table = RouteTable { tags, ..RouteTable::new(item.id, vpc.item.id) };
            reading.plan(CreateRouteTable { table }, item.pos, item.node);
        }
    }
    each_route(reading, outline, |target| !matches!(target, RouteTarget::Peering(_)));
}

/// Plans the routes to peering connections, after the connections themselves.
pub(super) fn plan_peering_routes<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    // The first pass has reported every problem of the routes.
    reading.quietly(|reading| {
        each_route(reading, outline, |target| matches!(target, RouteTarget::Peering(_)));
    });
}

fn each_route<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    wanted: impl Fn(&RouteTarget) -> bool,
) {
    for vpc in &outline.vpcs {
        for item in &vpc.tables {
            let fields = MapReader::quiet(item.node, item.pos);
            for (key, node) in fields.map("routes", &mut reading.report) {
                if let Some(route) = route(reading, vpc, key, node, outline)
                    && wanted(&route.target)
                {
                    reading.plan(CreateRoute { table: item.id, route }, key.pos, node);
                }
            }
        }
    }
}

fn route(
    reading: &mut Reading<'_, '_>,
    vpc: &VpcOutline<'_>,
    key: &Key,
    node: &Node,
    outline: &Outline<'_>,
) -> Option<Route> {
    let report = &mut reading.report;
    if key.text.parse::<Ipv6Network>().is_ok() {
        report.warning(key.pos, "routes of IPv6 ranges are left out: they change no answer", None);
        return None;
    }
    let Ok(destination) = key
        .text
        .parse::<Ipv4Network>()
        .map_err(|_| ())
        .and_then(|range| if key.text.contains('/') { Ok(range) } else { Err(()) })
    else {
        let hint = key.text.starts_with("pl-").then(|| {
            "the route of a gateway endpoint is made from `route-tables` of the endpoint".to_owned()
        });
        let message = format!(
            "expected an IPv4 range such as 0.0.0.0/0, found \"{}\"",
            node::shorten(&key.text)
        );
        report.error_hint(key.pos, &message, hint);
        return None;
    };
    let target = target(reading, vpc, node, outline)?;
    Some(Route { destination: destination.into(), target })
}

fn target(
    reading: &mut Reading<'_, '_>,
    vpc: &VpcOutline<'_>,
    node: &Node,
    outline: &Outline<'_>,
) -> Option<RouteTarget> {
    let text = node.text().unwrap_or_default();
    let own = vpc.gateway.as_ref();
    if text == "internet-gateway" || own.is_some_and(|gateway| gateway.name == text) {
        let Some(gateway) = own else {
            let message = format!("`{}` has no internet gateway", vpc.item.name);
            let hint = Some("write `internet-gateway: NAME` in the VPC".to_owned());
            reading.report.error_hint(node.pos, &message, hint);
            return None;
        };
        return Some(RouteTarget::InternetGateway(gateway.id));
    }
    if let Ok(gateway) = text.parse::<InternetGatewayId>() {
        return Some(RouteTarget::InternetGateway(gateway));
    }
    if let Some(id) = outline.names.peerings.lookup(text).or_else(|| text.parse().ok()) {
        return Some(RouteTarget::Peering(id));
    }
    let is_id = text.rsplit_once('-').is_some_and(|(_, digits)| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let mut gateways = vpc.subnets.iter().flat_map(|subnet| &subnet.nat_gateways);
    if let Some(gateway) = gateways.find(|it| it.name == text) {
        return Some(RouteTarget::NatGateway(gateway.id.to_string().into()));
    }
    if is_id && text.starts_with("nat-") {
        return Some(RouteTarget::NatGateway(text.into()));
    }
    if is_id {
        return Some(RouteTarget::Other(text.into()));
    }
    let known = ["internet-gateway"]
        .into_iter()
        .chain(own.map(|gateway| gateway.name))
        .chain(vpc.subnets.iter().flat_map(|subnet| &subnet.nat_gateways).map(|it| it.name))
        .chain(outline.names.peerings.names());
    let hint = if reading.report.is_full() { None } else { near::did_you_mean(text, known) };
    let message = format!(
        "expected `internet-gateway`, a NAT gateway, a peering connection or an id as the target of a route, found {}",
        node.describe()
    );
    reading.report.error_hint(node.pos, &message, hint);
    None
}

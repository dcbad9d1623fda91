//! T26: a VPC with a way out over IPv6 has endpoints over IPv4, and the services have public dual-stack names. Clients that
//! are told to use those leave the VPC.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::{
    model::{
        id::EgressOnlyGatewayId,
        name::Name,
        record::RecordType,
        route::{Route, RouteTarget},
        subnet::Subnet,
    },
    resolve::explain::Verdict,
};

/// How many names a finding shows.
const SHOWN: usize = 3;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let out: Vec<_> = scene
        .world
        .subnets_of(scene.vpc.id)
        .filter(|subnet| subnet.ipv6_cidr.is_some())
        .filter(|subnet| leads_out(scene, subnet))
        .map(|subnet| subnet.id)
        .collect();
    if out.is_empty() {
        return;
    }
    let hosts = scene
        .capturing()
        .filter(|it| !it.record_type.private_has_aaaa())
        .filter_map(|it| it.service.aws())
        .filter_map(|aws| aws.service.public_hosts.iter().find(|host| is_dual_stack(scene, host)));
    let names: Vec<String> = hosts
        .filter(|host| {
            Name::parse(host)
                .is_ok_and(|name| scene.answer(&name, RecordType::AAAA).0 == Verdict::Public)
        })
        .take(SHOWN)
        .cloned()
        .collect();
    if names.is_empty() {
        return;
    }
    let what = scene.say.over_ipv6(&scene.here().label);
    let cure = scene.say.over_ipv6_cure();
    found.push(
        Finding::new("T26", Severity::Note, what, cure)
            .by([scene.here()])
            .at(scene.places(&out))
            .of(names)
            .with_facts(&["P42"]),
    );
}

fn is_dual_stack(scene: &Scene<'_>, host: &str) -> bool {
    let suffix = scene.view.region.dual_stack_dns_suffix;
    (host.ends_with(suffix) || host.contains(".dualstack.")) && !host.contains("fips")
}

/// Whether a subnet's hosts have a way out over IPv6: a route to a gateway of the internet. World files have no routes of
/// IPv6; then the way of IPv4, or an egress-only gateway of the VPC, tells.
fn leads_out(scene: &Scene<'_>, subnet: &Subnet) -> bool {
    let Some(table) = scene.world.route_table_of(subnet) else { return false };
    let out = |route: &&Route| {
        route.destination.prefix() == 0
            && match &route.target {
                RouteTarget::InternetGateway(_) => true,
                RouteTarget::Other(id) => id.parse::<EgressOnlyGatewayId>().is_ok(),
                _ => false,
            }
    };
    let tables = scene.world.members(scene.vpc.id).route_tables.iter();
    let told = tables
        .filter_map(|id| scene.world.route_tables.get(id))
        .any(|table| table.routes.iter().any(|route| route.destination.is_ipv6()));
    let mut ways = table.routes.iter().filter(out);
    if told {
        ways.any(|route| route.destination.is_ipv6())
    } else {
        ways.next().is_some() || scene.known.egress_only.contains(&scene.vpc.id)
    }
}

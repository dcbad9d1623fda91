//! T20: gateway endpoints that carry no traffic, that two owners made side by side, or whose routes a change took away.

use std::collections::BTreeMap;

use super::{
    finding::{Finding, Severity},
    scene::{ANY_LABEL, Scene, text},
};
use crate::{
    model::{
        endpoint::{Endpoint, EndpointKind},
        id::SubnetId,
        name::Name,
        vpc::Vpc,
        world::World,
    },
    resolve::explain::Verdict,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (service, gateways) in gateways(scene.world, scene.vpc) {
        found.extend(gateways.iter().filter_map(|it| idle(scene, it, service)));
        found.extend(side_by_side(scene, &gateways, service));
    }
    found.extend(routes_gone(scene));
}

/// The gateway endpoints of a VPC, by service.
fn gateways<'w>(world: &'w World, vpc: &Vpc) -> BTreeMap<&'w str, Vec<&'w Endpoint>> {
    let mut found: BTreeMap<&str, Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in world.endpoints_of(vpc.id) {
        if endpoint.kind == EndpointKind::Gateway && endpoint.state.answers() {
            let service = endpoint.service.short_name().unwrap_or_default();
            found.entry(service).or_default().push(endpoint);
        }
    }
    found
}

fn idle(scene: &Scene<'_>, endpoint: &Endpoint, service: &str) -> Option<Finding> {
    let by = scene.endpoint(endpoint);
    endpoint.route_tables.is_empty().then(|| {
        let what = scene.say.gateway_idle(&by.label, service);
        let cure = scene.say.gateway_idle_cure(&by.label);
        Finding::new("T20", Severity::Dangerous, what, cure).by([by]).at([scene.here()])
    })
}

fn side_by_side(scene: &Scene<'_>, gateways: &[&Endpoint], service: &str) -> Option<Finding> {
    let used: Vec<_> = gateways.iter().filter(|it| !it.route_tables.is_empty()).collect();
    (used.len() > 1).then(|| {
        let by: Vec<_> = used.iter().map(|it| scene.endpoint(it)).collect();
        let labels: Vec<&str> = by.iter().map(|it| it.label.as_str()).collect();
        let what = scene.say.gateways_side_by_side(&scene.here().label, service, labels.join(", "));
        let cure = scene.say.gateways_side_by_side_cure();
        Finding::new("T20", Severity::Note, what, cure)
            .by(by)
            .at([scene.here()])
            .with_facts(&["G4"])
    })
}

/// Subnets that a gateway endpoint served before the change, and that now lack a private way to its service.
fn routes_gone(scene: &Scene<'_>) -> Vec<Finding> {
    let Some(before) = scene.before else { return Vec::new() };
    let Some(vpc) = before.world.vpcs.get(&scene.vpc.id) else { return Vec::new() };
    let now = gateways(scene.world, scene.vpc);
    let mut found = Vec::new();
    for (service, old) in gateways(&before.world, vpc) {
        let kept = now.get(service).map_or(&[][..], Vec::as_slice);
        let served = |world: &World, all: &[&Endpoint], id: SubnetId| {
            let table = world.subnets.get(&id).and_then(|it| world.route_table_of(it));
            table.is_some_and(|table| all.iter().any(|it| it.route_tables.contains(&table.id)))
        };
        let gone: Vec<SubnetId> = scene
            .subnets()
            .map(|subnet| subnet.id)
            .filter(|id| served(&before.world, &old, *id) && !served(scene.world, kept, *id))
            .collect();
        if !gone.is_empty() {
            found.extend(told(scene, service, &old, gone));
        }
    }
    found
}

fn told(
    scene: &Scene<'_>,
    service: &str,
    old: &[&Endpoint],
    gone: Vec<SubnetId>,
) -> Option<Finding> {
    let region = scene.view.region;
    let host = format!("{service}.{}.{}", region.name, region.dns_suffix);
    let host = Name::parse(&host).ok()?;
    let asked = if service == "s3" { host.prepend(ANY_LABEL)? } else { host.clone() };
    let reach = scene.reach(&asked);
    if reach.verdict == Verdict::Private && reach.lost.is_empty() {
        return None;
    }
    let lost: Vec<SubnetId> = gone.iter().copied().filter(|id| reach.lost.contains(id)).collect();
    let by: Vec<_> = old.iter().map(|it| scene.endpoint(it)).collect();
    let label = by.first().map_or("", |it| &it.label).to_owned();
    let cure = scene.say.gateway_gone_cure(service);
    let (severity, what, places) = if lost.is_empty() {
        (Severity::Dangerous, scene.say.gateway_gone_public(&label, service), gone)
    } else {
        (Severity::Broken, scene.say.gateway_routes_gone(&label, service), lost)
    };
    Some(
        Finding::new("T20", severity, what, cure)
            .by(by)
            .at(scene.places(&places))
            .of([text(&host)]),
    )
}

//! T8: a hosted zone has the name of a service, and leads to no endpoint. It answers in place of private DNS, which AWS
//! refuses to switch on beside it.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, covered},
};
use crate::{
    model::{
        endpoint::{Endpoint, EndpointKind},
        hosted_zone::HostedZone,
        service::PrivateName,
    },
    resolve::explain::Verdict,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if !scene.vpc.both_attributes() {
        return;
    }
    for zone in scene.zones() {
        let names = scene.known.names(scene.view.region);
        let Some(services) = names.services.get(&zone.name) else { continue };
        let held: Vec<&PrivateName> = services
            .iter()
            .flat_map(|service| &service.private_names)
            .filter(|name| name.zone == zone.name)
            .collect();
        if let Some(finding) = dead(scene, zone, &held).or_else(|| astray(scene, zone, &held)) {
            found.push(finding.with_facts(&["P81"]));
        }
    }
}

/// A zone none of whose names has an address.
fn dead(scene: &Scene<'_>, zone: &HostedZone, held: &[&PrivateName]) -> Option<Finding> {
    let dead =
        held.iter().filter_map(|name| covered(name)).chain([zone.name.clone()]).all(|name| {
            let reach = scene.reach(&name);
            reach.addresses.is_empty() && reach.verdict != Verdict::Forwarded
        });
    let by = Scene::zone(zone);
    dead.then(|| {
        let what = scene.say.dead_zone(&by.label);
        let cure = scene.say.dead_zone_cure();
        Finding::new("T8", Severity::Broken, what, cure)
            .by([by])
            .at([scene.here()])
            .of(held.iter().map(|name| name.text.to_string()))
    })
}

/// A zone beside an endpoint whose private DNS is off, that leads somewhere else.
fn astray(scene: &Scene<'_>, zone: &HostedZone, held: &[&PrivateName]) -> Option<Finding> {
    let waits = |it: &&Endpoint| {
        it.kind == EndpointKind::Interface
            && !it.private_dns
            && it
                .service
                .aws()
                .is_some_and(|aws| aws.private_names.iter().any(|name| name.zone == zone.name))
    };
    let endpoint =
        scene.world.endpoints_of(scene.vpc.id).map(|endpoint| &**endpoint).find(waits)?;
    let reach = scene.reach(&covered(held.first()?)?);
    let reach = if reach.addresses.is_empty() { scene.reach(&zone.name) } else { reach };
    let stray = |address| !scene.known.is_interface(scene.world, address);
    if !reach.addresses.iter().copied().any(stray) {
        return None;
    }
    let (by, own) = (Scene::zone(zone), scene.endpoint(endpoint));
    let told: Vec<String> = reach.addresses.iter().map(ToString::to_string).collect();
    let what = scene.say.leftover_zone(&by.label, told.join(" "), &own.label);
    let cure = scene.say.leftover_zone_cure(&own.label);
    Some(
        Finding::new("T8", Severity::Dangerous, what, cure)
            .by([by, own])
            .at([scene.here()])
            .of(held.iter().map(|name| name.text.to_string())),
    )
}

//! T10: a hosted zone leads a service's name to an endpoint, and other names of the same service are forgotten.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, covered, text},
};
use crate::{
    model::{hosted_zone::HostedZone, id::SubnetId, service::AwsService},
    resolve::explain::Verdict,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if !scene.vpc.both_attributes() {
        return;
    }
    for zone in scene.zones() {
        let names = scene.known.names(scene.view.region);
        // A name that several services share is complete with the fewest names.
        let services = names.services.get(&zone.name);
        let Some(service) =
            services.and_then(|all| all.iter().min_by_key(|it| it.private_names.len()))
        else {
            continue;
        };
        found.extend(of(scene, zone, service));
    }
}

fn of(scene: &Scene<'_>, zone: &HostedZone, service: &AwsService) -> Option<Finding> {
    let mut severity = Severity::Note;
    let (mut missing, mut lost): (Vec<String>, Vec<SubnetId>) = (Vec::new(), Vec::new());
    let mut serves = false;
    for name in &service.private_names {
        let reach = scene.reach(&covered(name)?);
        let worse = match reach.verdict {
            Verdict::NxDomain | Verdict::NoData => Severity::Broken,
            Verdict::Public if !reach.lost.is_empty() => Severity::Dangerous,
            Verdict::Public if name.zone != zone.name => Severity::Note,
            _ => {
                serves = true;
                continue;
            }
        };
        severity = severity.min(worse);
        missing.push(name.text.to_string());
        lost.extend(reach.lost.into_iter().filter(|id| !lost.contains(id)).collect::<Vec<_>>());
    }
    // A wildcard's bare name may be what the zone serves.
    serves = serves || scene.reach(&zone.name).verdict == Verdict::Private;
    if missing.is_empty() || !serves {
        return None;
    }
    let by = Scene::zone(zone);
    let what = scene.say.incomplete_zone(text(&zone.name), service.short(), missing.join(", "));
    let cure = scene.say.incomplete_zone_cure(missing.join(", "));
    let places = if lost.is_empty() { vec![scene.here()] } else { scene.places(&lost) };
    Some(
        Finding::new("T10", severity, what, cure)
            .by([by])
            .at(places)
            .of(missing)
            .with_facts(&["R51"]),
    )
}

//! Endpoints that work only together: which of them a subnet has no way to. Each family has a file of its own.

use std::sync::Arc;

use super::{
    finding::{Finding, Severity},
    scene::{ANY_LABEL, Scene, covered, text},
};
use crate::{
    catalog::CatalogDate,
    model::{
        endpoint::{Endpoint, EndpointKind},
        id::SubnetId,
        name::Name,
        service::aws_service,
    },
};

/// Services that clients need together.
pub(super) struct Family {
    /// The rule.
    pub(super) rule: &'static str,
    /// What people call it.
    pub(super) title: &'static str,
    /// The services whose endpoints tell that somebody uses it.
    pub(super) signs: &'static [&'static str],
    /// Those of them that have other uses too.
    pub(super) weak_signs: &'static [&'static str],
    /// The services without which it fails.
    pub(super) needs: &'static [&'static str],
    /// The services that it uses in most set-ups.
    pub(super) wants: &'static [&'static str],
}

/// What subnets have no way to.
#[derive(Default)]
struct Missing {
    subnets: Vec<SubnetId>,
    names: Vec<String>,
    services: Vec<&'static str>,
}

/// Tells what a VPC lacks of a family that is used there. `evident` is whether something besides endpoints tells that it
/// is used.
pub(super) fn look(scene: &Scene<'_>, family: &Family, evident: bool, found: &mut Vec<Finding>) {
    let signs: Vec<_> = scene
        .endpoints()
        .filter(|it| it.kind == EndpointKind::Interface)
        .filter(|it| it.service.short_name().is_some_and(|name| family.signs.contains(&name)))
        .collect();
    if signs.is_empty() && !evident {
        return;
    }
    let needed = missing(scene, family.needs);
    if needed.subnets.is_empty() {
        let wanted = missing(scene, family.wants);
        if !wanted.subnets.is_empty() {
            let services = wanted.services.join(", ");
            let what = scene.say.family_lacks(family.title, &services);
            found.push(told(scene, family, Severity::Note, (what, &signs), wanted));
        }
        return;
    }
    let lost = &needed.subnets;
    let strong = evident
        || signs.iter().any(|it| {
            it.service.short_name().is_some_and(|name| !family.weak_signs.contains(&name))
        });
    let used = scene.subnets().all(|subnet| lost.contains(&subnet.id))
        || signs.iter().any(|it| it.interfaces.iter().any(|it| lost.contains(&it.subnet)));
    let severity = match (strong, used) {
        (true, true) => Severity::Broken,
        (true, false) => Severity::Dangerous,
        (false, _) if scene.has_instances_in(lost) => Severity::Dangerous,
        (false, _) => Severity::Note,
    };
    let what = scene.say.family_incomplete(family.title, needed.services.join(", "));
    found.push(told(scene, family, severity, (what, &signs), needed));
}

fn told(
    scene: &Scene<'_>,
    family: &Family,
    severity: Severity,
    (what, signs): (String, &[&Arc<Endpoint>]),
    missing: Missing,
) -> Finding {
    let others: Vec<&str> = missing.services.iter().copied().filter(|it| *it != "s3").collect();
    let cure = match (others.as_slice(), others.len() < missing.services.len()) {
        ([], _) => scene.say.family_s3_cure(),
        (others, true) => scene.say.family_both_cure(others.join(", ")),
        (others, false) => scene.say.family_incomplete_cure(others.join(", ")),
    };
    let by: Vec<_> = signs.iter().map(|it| scene.endpoint(it)).chain([scene.here()]).collect();
    Finding::new(family.rule, severity, what, cure)
        .by(by)
        .at(scene.places(&missing.subnets))
        .of(missing.names)
}

/// The services that some subnet has no way to.
fn missing(scene: &Scene<'_>, services: &[&'static str]) -> Missing {
    let mut missing = Missing::default();
    for service in services {
        let Some((name, shown)) = asked(scene, service) else { continue };
        let mut here = scene.reach(&name).lost;
        if here.is_empty() {
            continue;
        }
        missing.names.push(shown);
        missing.services.push(*service);
        here.retain(|id| !missing.subnets.contains(id));
        missing.subnets.append(&mut here);
    }
    missing
}

/// A name of a service that clients ask for, and how it is shown.
fn asked(scene: &Scene<'_>, service: &str) -> Option<(Name, String)> {
    let region = scene.view.region;
    let aws = aws_service(region.name, CatalogDate::Newest, service)?;
    let name = aws.private_names.first()?;
    if service == "s3" {
        // Images and patches lie in buckets.
        return Some((name.zone.prepend(ANY_LABEL)?, format!("*.{}", text(&name.zone))));
    }
    Some((covered(name)?, name.text.to_string()))
}

//! T17: with an attribute of the VPC off, hosted zones and private DNS have no effect, and nodes of EKS find no names.

use super::{
    finding::{Finding, Item, Severity},
    scene::{Scene, captures, covered},
};
use crate::model::dhcp_options;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if !scene.vpc.dns_support {
        found.extend(support_off(scene));
    } else if !scene.vpc.dns_hostnames {
        found.extend(zones_dead(scene));
        found.extend(private_dns_dead(scene));
        found.extend(nodes_nameless(scene));
    }
}

/// Instances are told of a resolver that does not reply.
fn support_off(scene: &Scene<'_>) -> Option<Finding> {
    let told = dhcp_options::set_of(scene.world, scene.vpc).domain_name_servers;
    let amazon = told.iter().any(|server| &**server == dhcp_options::AMAZON_PROVIDED);
    let used = amazon && scene.world.instances_of(scene.vpc.id).next().is_some();
    used.then(|| {
        let here = scene.here();
        let what = scene.say.support_off(&here.label);
        let cure = scene.say.support_off_cure(&here.label);
        finding(scene, Severity::Broken, (what, cure), Vec::new()).with_facts(&["V10"])
    })
}

fn zones_dead(scene: &Scene<'_>) -> Option<Finding> {
    let zones: Vec<Item> = scene.zones().map(|zone| Scene::zone(zone)).collect();
    (!zones.is_empty()).then(|| {
        let here = scene.here();
        let names: Vec<String> = zones.iter().map(|zone| zone.label.clone()).collect();
        let what = scene.say.zones_dead(&here.label);
        let cure = scene.say.hostnames_cure(&here.label);
        finding(scene, Severity::Broken, (what, cure), zones).of(names).with_facts(&["V13"])
    })
}

fn private_dns_dead(scene: &Scene<'_>) -> Option<Finding> {
    let dead: Vec<_> = scene.endpoints().filter(|it| captures(it)).collect();
    if dead.is_empty() {
        return None;
    }
    let lost = dead
        .iter()
        .flat_map(|it| it.private_names.iter().take(1))
        .any(|name| covered(name).is_some_and(|name| !scene.reach(&name).lost.is_empty()));
    let severity = if lost { Severity::Broken } else { Severity::Dangerous };
    let here = scene.here();
    let names = dead.iter().flat_map(|it| it.private_names.iter().take(1));
    let names: Vec<String> = names.map(|name| name.text.to_string()).collect();
    let what = scene.say.private_dns_dead(&here.label);
    let cure = scene.say.hostnames_cure(&here.label);
    let by = dead.iter().map(|it| scene.endpoint(it)).collect();
    Some(finding(scene, severity, (what, cure), by).of(names).with_facts(&["P80"]))
}

fn nodes_nameless(scene: &Scene<'_>) -> Option<Finding> {
    scene.known.clusters.contains(&scene.vpc.id).then(|| {
        let here = scene.here();
        let what = scene.say.nodes_nameless(&here.label);
        let cure = scene.say.hostnames_cure(&here.label);
        let names = [format!("*.{}", scene.view.region.internal_domain)];
        finding(scene, Severity::Broken, (what, cure), Vec::new()).of(names).with_facts(&["V12"])
    })
}

fn finding(
    scene: &Scene<'_>,
    severity: Severity,
    (what, cure): (String, String),
    by: Vec<Item>,
) -> Finding {
    Finding::new("T17", severity, what, cure).by([scene.here()]).by(by).at([scene.here()])
}

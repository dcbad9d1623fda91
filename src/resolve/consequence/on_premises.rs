//! T28: hosts on premises get the private names only as far as their servers forward each of the suffixes.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, text},
};
use crate::model::name::Name;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let Some(inbound) = scene.known.inbound.get(&scene.vpc.id) else { return };
    let hidden = scene.capturing().flat_map(|it| it.private_names.iter().map(|name| &name.zone));
    let mut suffixes: Vec<&Name> = hidden.collect();
    suffixes.sort_by_key(|name| text(name));
    suffixes.dedup();
    if suffixes.is_empty() {
        return;
    }
    let forwarded: Vec<&Name> = inbound
        .iter()
        .flat_map(|endpoint| &endpoint.addresses)
        .filter_map(|address| scene.known.forwarded_to.get(address))
        .flatten()
        .filter_map(|id| scene.world.resolver_rules.get(id)?.domain.as_ref())
        .collect();
    // Nothing of AWS's is forwarded: the rules are about other names, and servers on premises are not in the World.
    let about_aws = |domain: &&&Name| {
        suffixes.iter().any(|name| {
            domain.as_ref().is_within(name.as_ref()) || name.as_ref().is_within(domain.as_ref())
        })
    };
    let told = forwarded.iter().find(about_aws).is_some();
    let missing: Vec<String> = suffixes
        .iter()
        .filter(|name| !forwarded.iter().any(|it| name.as_ref().is_within(it.as_ref())))
        .map(|name| text(name))
        .collect();
    if missing.is_empty() {
        return;
    }
    let by: Vec<_> = inbound.iter().map(|it| scene.inbound(it)).collect();
    let labels: Vec<&str> = by.iter().map(|it| it.label.as_str()).collect();
    let labels = labels.join(", ");
    let (severity, what) = if told {
        (Severity::Dangerous, scene.say.not_all_forwarded(&labels))
    } else {
        (Severity::Note, scene.say.forwarders_needed(&labels))
    };
    let cure = scene.say.on_premises_cure(missing.join(", "), &labels);
    found.push(
        Finding::new("T28", severity, what, cure)
            .by(by)
            .at([scene.here()])
            .of(missing)
            .with_facts(&["P51"]),
    );
}

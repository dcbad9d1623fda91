//! T6: a zone that private DNS makes has one name, and public names below it do not exist in the VPC any more.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::{catalog, model::record::RecordType, resolve::explain::Verdict};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for endpoint in scene.capturing() {
        let Some(region) = catalog::region(endpoint.service_region) else { continue };
        let zones = endpoint.private_names.iter().filter(|name| !name.wildcard);
        let mut names = Vec::new();
        for zone in zones {
            let below = scene.known.hosts_below(region, &zone.zone);
            let gone = below
                .iter()
                .filter(|(name, _)| scene.answer(name, RecordType::A).0 == Verdict::NxDomain);
            names.extend(gone.map(|(_, shown)| (*shown).to_owned()));
        }
        if names.is_empty() {
            continue;
        }
        let by = scene.endpoint(endpoint);
        let what = scene.say.below_missing(&by.label, names.join(", "));
        let cure = scene.say.below_missing_cure();
        found.push(
            Finding::new("T6", Severity::Dangerous, what, cure)
                .by([by])
                .at([scene.here()])
                .of(names)
                .with_facts(&["P20"]),
        );
    }
}

//! T12: private DNS of S3 for inbound Resolver endpoints leaves the VPC's own hosts with public addresses.

use super::{
    finding::{Finding, Severity},
    scene::{ANY_LABEL, Scene},
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for endpoint in scene.capturing_of("s3").filter(|it| it.inbound_only) {
        let Some(zone) = endpoint.private_names.first() else { continue };
        let Some(bucket) = zone.zone.prepend(ANY_LABEL) else { continue };
        let by = scene.endpoint(endpoint);
        let shown = [zone.text.to_string()];
        let lost = scene.reach(&bucket).lost;
        let cure = scene.say.s3_inbound_only_cure(&by.label);
        let finding = if !lost.is_empty() {
            let what = scene.say.s3_inbound_only_lost(&by.label);
            // Subnets of databases may have no need of S3.
            let all = scene.subnets().count() == lost.len();
            let severity = if all { Severity::Broken } else { Severity::Dangerous };
            Finding::new("T12", severity, what, cure).at(scene.places(&lost))
        } else if !scene.known.inbound.contains_key(&scene.vpc.id) {
            let what = scene.say.s3_inbound_only_unused(&by.label);
            Finding::new("T12", Severity::Dangerous, what, cure).at([scene.here()])
        } else {
            let what = scene.say.s3_inbound_only(&by.label);
            Finding::new("T12", Severity::Note, what, cure).at([scene.here()])
        };
        found.push(finding.by([by]).of(shown).with_facts(&["P51"]));
    }
}

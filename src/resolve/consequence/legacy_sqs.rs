//! T3: an endpoint of SQS does not answer for the names that old SDKs ask for.

use super::{finding::Finding, scene::Scene};
use crate::model::name::Name;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for endpoint in scene.capturing_of("sqs") {
        let region = scene.view.region;
        let legacy = format!("{}.queue.{}", region.name, region.dns_suffix);
        let Ok(name) = Name::parse(&legacy) else { continue };
        let cure = scene.say.legacy_sqs_cure(region.name, region.dns_suffix);
        found.extend(
            scene
                .stays_public_beside("T3", endpoint, (&name, vec![legacy]), cure)
                .map(|it| it.with_facts(&["P26"])),
        );
    }
}

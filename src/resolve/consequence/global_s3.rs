//! T14: private DNS of S3 does not cover the names of S3 without a region.

use super::{finding::Finding, scene::Scene};
use crate::model::name::Name;

const GLOBAL: &str = "s3.amazonaws.com";

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let Ok(name) = Name::parse(GLOBAL) else { return };
    // Only the partition `aws` has the global name.
    for endpoint in scene.capturing_of("s3").filter(|_| scene.view.region.partition == "aws") {
        let shown = vec![GLOBAL.to_owned(), format!("*.{GLOBAL}")];
        let cure = scene.say.global_s3_cure(scene.view.region.name);
        found.extend(
            scene
                .stays_public_beside("T14", endpoint, (&name, shown), cure)
                .map(|it| it.with_facts(&["N24"])),
        );
    }
}

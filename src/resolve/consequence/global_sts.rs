//! T2: an endpoint of STS answers for the regional name; old SDKs ask for the global one.

use super::{finding::Finding, scene::Scene};
use crate::model::name::Name;

const GLOBAL: &str = "sts.amazonaws.com";

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    // Only the partition `aws` has the global name.
    let Ok(name) = Name::parse(GLOBAL) else { return };
    for endpoint in scene.capturing_of("sts").filter(|_| scene.view.region.partition == "aws") {
        let shown = vec![GLOBAL.to_owned()];
        let cure = scene.say.global_sts_cure();
        found.extend(
            scene
                .stays_public_beside("T2", endpoint, (&name, shown), cure)
                .map(|it| it.with_facts(&["P22"])),
        );
    }
}

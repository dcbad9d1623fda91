//! T1: private DNS of execute-api takes every API of the region, and the endpoint knows the private ones only.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, captures},
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for endpoint in scene.capturing_of("execute-api") {
        let by = scene.endpoint(endpoint);
        let names = endpoint.private_names.iter().filter(|name| name.wildcard);
        // Whether anybody calls a public API is not known; but whoever did before a change fails after it.
        let was = scene.before.is_some_and(|before| {
            let old = before.world.endpoints.get(&endpoint.id);
            !old.is_some_and(|old| captures(old))
        });
        let severity = if was { Severity::Broken } else { Severity::Dangerous };
        let what = scene.say.public_apis(&by.label);
        let cure = scene.say.public_apis_cure(&by.label);
        found.push(
            Finding::new("T1", severity, what, cure)
                .by([by])
                .at([scene.here()])
                .of(names.map(|name| name.text.to_string()))
                .with_facts(&["P23"]),
        );
    }
}

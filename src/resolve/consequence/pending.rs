//! T25: an endpoint that is still being made does not answer for its names yet.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::model::endpoint::{EndpointKind, EndpointState};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let own = scene.world.endpoints_of(scene.vpc.id);
    let made = own.filter(|it| it.kind == EndpointKind::Interface && it.private_dns);
    for endpoint in made.filter(|it| it.state == EndpointState::Pending) {
        let by = scene.endpoint(endpoint);
        let what = scene.say.pending_names(&by.label);
        let cure = scene.say.pending_names_cure();
        let names = endpoint.private_names.iter().map(|name| name.text.to_string());
        found.push(
            Finding::new("T25", Severity::Note, what, cure)
                .by([by])
                .at([scene.here()])
                .of(names)
                .with_facts(&["P92"]),
        );
    }
}

//! T13: private DNS of S3 for all resolvers takes the VPC's traffic from the gateway endpoint, which costs nothing.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::model::endpoint::EndpointKind;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let gateway = scene.world.endpoints_of(scene.vpc.id).find(|it| {
        it.kind == EndpointKind::Gateway
            && it.service.short_name() == Some("s3")
            && it.state.answers()
            && !it.route_tables.is_empty()
    });
    let Some(gateway) = gateway else { return };
    for endpoint in scene.capturing_of("s3").filter(|it| !it.inbound_only) {
        let (by, gateway) = (scene.endpoint(endpoint), scene.endpoint(gateway));
        let what = scene.say.s3_all_resolvers(&by.label, &gateway.label);
        let cure = scene.say.s3_all_resolvers_cure(&by.label);
        let names = endpoint.private_names.first().map(|name| name.text.to_string());
        found.push(
            Finding::new("T13", Severity::Note, what, cure)
                .by([by, gateway])
                .at([scene.here()])
                .of(names)
                .with_facts(&["P52"]),
        );
    }
}

//! T15: an endpoint of a service without private DNS, such as DynamoDB, is not used until clients are given its own name.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, text},
};
use crate::{
    model::{endpoint::EndpointKind, name::Name},
    resolve::explain::Verdict,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let own = scene.world.endpoints_of(scene.vpc.id);
    for endpoint in own.filter(|it| it.kind == EndpointKind::Interface && it.state.answers()) {
        let Some(aws) = endpoint.service.aws() else { continue };
        // A service that public DNS does not know has nothing that could move.
        if !aws.private_names.is_empty() || aws.service.public_hosts.is_empty() {
            continue;
        }
        let hosts = aws.service.public_hosts.iter().filter_map(|host| Name::parse(host).ok());
        // A hosted zone may lead a public name to it.
        let led = hosts.take(1).any(|name| scene.reach(&name).verdict == Verdict::Private);
        let Some(name) = endpoint.regional_name().filter(|_| !led) else { continue };
        let by = scene.endpoint(endpoint);
        let what = scene.say.not_in_dns(&by.label, aws.short());
        let cure = scene.say.not_in_dns_cure(text(&name));
        found.push(
            Finding::new("T15", Severity::Note, what, cure)
                .by([by])
                .at([scene.here()])
                .of([text(&name)])
                .with_facts(&["P70"]),
        );
    }
}

//! T27: the private name of an endpoint service is not verified, so none of its consumers can switch private DNS on.

use super::{
    finding::{Finding, Severity},
    known::Known,
    scene::item,
};
use crate::{
    language::Language,
    model::{endpoint_service::VerificationState, world::World},
};

pub(super) fn look(world: &World, known: &Known, say: Language, found: &mut Vec<Finding>) {
    for service in world.endpoint_services.values() {
        let Some(name) = &service.private_name else { continue };
        if name.state == VerificationState::Verified {
            continue;
        }
        let by = item(world, &service.id.to_string(), service.tags.name());
        let consumers = known.consumers.get(&service.id).map_or(&[][..], Vec::as_slice);
        let severity = if consumers.is_empty() { Severity::Note } else { Severity::Dangerous };
        let what = say.unverified(&name.name.text, &by.label, name.state.text());
        let cure = say.unverified_cure(&name.txt_owner, &name.txt_value);
        let mut vpcs: Vec<_> =
            consumers.iter().filter_map(|endpoint| world.vpcs.get(&endpoint.vpc)).collect();
        vpcs.sort_by_key(|vpc| vpc.id);
        vpcs.dedup_by_key(|vpc| vpc.id);
        let places = vpcs.iter().map(|vpc| item(world, &vpc.id.to_string(), vpc.tags.name()));
        found.push(
            Finding::new("T27", severity, what, cure)
                .by([by])
                .at(places)
                .of([name.name.text.to_string()])
                .with_facts(&["P82"]),
        );
    }
}

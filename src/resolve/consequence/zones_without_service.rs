//! T21: a VPC has subnets in zones that a service is not in. Its endpoint has no interface there, and gets none.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::model::{
    endpoint::{Endpoint, EndpointKind, ServiceRef},
    id::SubnetId,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let own = scene.world.endpoints_of(scene.vpc.id);
    for endpoint in own.filter(|it| it.kind == EndpointKind::Interface && it.state.answers()) {
        let subnets: Vec<_> =
            scene.subnets().filter(|subnet| lacks(scene, endpoint, &subnet.zone)).collect();
        if subnets.is_empty() {
            continue;
        }
        let mut zones: Vec<&str> = subnets.iter().map(|subnet| &*subnet.zone).collect();
        zones.sort_unstable();
        zones.dedup();
        let ids: Vec<SubnetId> = subnets.iter().map(|subnet| subnet.id).collect();
        let by = scene.endpoint(endpoint);
        let what = scene.say.zones_without_service(zones.join(", "), &by.label);
        let cure = scene.say.zones_without_service_cure();
        found.push(Finding::new("T21", Severity::Note, what, cure).by([by]).at(scene.places(&ids)));
    }
}

/// Whether the endpoint's service is sure not to be in a zone.
fn lacks(scene: &Scene<'_>, endpoint: &Endpoint, zone: &str) -> bool {
    match &endpoint.service {
        ServiceRef::Aws(aws) => {
            aws.region.name == scene.vpc.region && aws.service.zones.lack(aws.region, zone)
        }
        ServiceRef::Customer { id, .. } => {
            let service = scene.world.endpoint_services.get(id);
            service.is_some_and(|it| {
                it.region == scene.vpc.region
                    && !it.zones.is_empty()
                    && !it.zones.iter().any(|known| &**known == zone)
            })
        }
    }
}

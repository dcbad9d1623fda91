//! T7: private DNS leads clients to an endpoint whose security groups or network ACLs keep them out.

use std::net::Ipv4Addr;

use super::{
    finding::{Finding, Item, Severity},
    scene::Scene,
};
use crate::{
    model::endpoint::Endpoint,
    resolve::{
        path::{self, Aim, Goal, PathKind},
        question::Asker,
    },
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let senders = senders(scene);
    for endpoint in scene.capturing() {
        let (mut places, mut why) = (Vec::new(), None);
        for (asker, place) in &senders {
            if let Some(reason) = blocked(scene, endpoint, *asker) {
                why.get_or_insert(reason);
                places.push(place.clone());
            }
        }
        let Some(why) = why else { continue };
        let by = scene.endpoint(endpoint);
        let names: Vec<String> =
            endpoint.private_names.iter().map(|name| name.text.to_string()).collect();
        let first = names.first().cloned().unwrap_or_default();
        let what = scene.say.guarded(&by.label, first, why);
        let cure = scene.say.guarded_cure(&by.label);
        found.push(
            Finding::new("T7", Severity::Broken, what, cure)
                .by([by])
                .at(places)
                .of(names)
                .with_facts(&["N52"]),
        );
    }
}

/// Who may send: a new instance of each subnet, and every instance.
fn senders(scene: &Scene<'_>) -> Vec<(Asker, Item)> {
    let vpc = scene.vpc.id;
    let mut senders = Vec::new();
    for subnet in scene.subnets() {
        let place = scene.places(&[subnet.id]);
        senders.extend(place.into_iter().map(|place| (Asker::Subnet(vpc, subnet.id), place)));
    }
    senders.extend(scene.world.instances_of(vpc).map(|instance| {
        (Asker::Instance(vpc, instance.subnet, instance.id), scene.instance(instance))
    }));
    senders
}

/// Why the way to one of the endpoint's interfaces is blocked; `None` if none is.
fn blocked(scene: &Scene<'_>, endpoint: &Endpoint, asker: Asker) -> Option<String> {
    let addresses = endpoint.interfaces.iter().filter_map(|interface| interface.v4);
    let goal = |address: Ipv4Addr| Goal { address, stands: None, aim: Aim::Usual };
    addresses
        .flat_map(|address| path::ways(scene.world, asker, goal(address)))
        .filter(|(_, way)| way.kind == PathKind::Blocked)
        .find_map(|(_, way)| Some(way.lost()?.words(scene.world, scene.say)))
}

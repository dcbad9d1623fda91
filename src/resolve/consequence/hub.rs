//! T9: private DNS works in the endpoint's own VPC. VPCs that reach the endpoint over peering or a transit gateway do not
//! get its names.

use std::collections::BTreeMap;

use super::{
    finding::{Finding, Severity},
    known::{regional_names, transit_gateways},
    scene::{Scene, item},
};
use crate::model::{
    id::{SubnetId, VpcId},
    name::Name,
};

/// How many names a finding shows.
const MOST: usize = 50;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.cut_off().is_empty() {
        return;
    }
    for (hub, names) in hubs(scene) {
        let mut lost: Vec<SubnetId> = Vec::new();
        let mut shown = Vec::new();
        for (text, name) in names.into_iter().take(MOST) {
            let Some(here) = scene.stays_public(&name).filter(|here| !here.is_empty()) else {
                continue;
            };
            shown.push(text);
            lost.extend(here.into_iter().filter(|id| !lost.contains(id)).collect::<Vec<_>>());
        }
        let Some(other) = scene.world.vpcs.get(&hub).filter(|_| !shown.is_empty()) else {
            continue;
        };
        let hub = item(scene.world, &other.id.to_string(), other.tags.name());
        let what = scene.say.hub(&hub.label, &scene.here().label);
        let cure = scene.say.hub_cure(&hub.label);
        found.push(
            Finding::new("T9", Severity::Dangerous, what, cure)
                .by([hub, scene.here()])
                .at(scene.places(&lost))
                .of(shown)
                .with_facts(&["H43", "R68"]),
        );
    }
}

/// The VPCs with endpoints that this one may reach, and the names of the endpoints.
fn hubs(scene: &Scene<'_>) -> BTreeMap<VpcId, Vec<(String, Name)>> {
    let (world, vpc) = (scene.world, scene.vpc.id);
    let mut hubs: BTreeMap<VpcId, Vec<(String, Name)>> = BTreeMap::new();
    let peerings = world.members(vpc).peerings.iter().filter_map(|id| world.peerings.get(id));
    for peering in peerings.filter(|peering| peering.is_active()) {
        let other = peering.other(vpc);
        if world.vpcs.get(&other).is_some_and(|it| it.both_attributes()) {
            hubs.entry(other).or_insert_with(|| regional_names(world, other).collect());
        }
    }
    for gateway in transit_gateways(world, vpc) {
        for (text, (name, hub)) in scene.known.behind(world, &gateway).into_iter().flatten() {
            if *hub != vpc {
                let names = hubs.entry(*hub).or_default();
                if !names.iter().any(|(other, _)| other == text) {
                    names.push((text.clone(), name.clone()));
                }
            }
        }
    }
    hubs
}

//! The placement groups of a World as the page draws them: zones, and in them the racks with their instances.
//!
//! A cluster is drawn as one rack in its zone, a partition as a rack of its own, and each instance of a spread group on a
//! rack of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{
    instance::Instance,
    placement_group::{MAX_SPREAD, PlacementGroup, Strategy},
    world::World,
};

/// The most groups that are drawn, and the most instances of each.
const MOST: (usize, usize) = (12, 64);

/// The groups, each with its racks in each zone.
pub(super) fn racks(world: &World) -> Vec<Value> {
    let mut groups: Vec<_> = world.placement_groups.values().collect();
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    groups.into_iter().take(MOST.0).map(|group| of_group(world, group)).collect()
}

fn of_group(world: &World, group: &PlacementGroup) -> Value {
    let mut inside: Vec<&Instance> = world
        .instances
        .values()
        .filter(|it| it.placement.group == Some(group.id))
        .map(AsRef::as_ref)
        .take(MOST.1)
        .collect();
    inside.sort_by_key(|it| (it.address, it.id));
    let mut zones: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in inside {
        if let Some(subnet) = world.subnets.get(&instance.subnet) {
            zones.entry(&subnet.zone).or_default().push(instance);
        }
    }
    let zones: Vec<Value> = zones
        .into_iter()
        .map(|(zone, instances)| json!({ "zone": zone, "racks": racks_of(group, &instances) }))
        .collect();
    json!({ "name": *group.name, "strategy": group.strategy.text(), "zones": zones })
}

/// The racks of a group in one zone. Each is a list of instances; those without any are free.
fn racks_of(group: &PlacementGroup, instances: &[&Instance]) -> Vec<Vec<String>> {
    let shown = |it: &&Instance| it.address.map_or_else(|| it.label(), |it| it.to_string());
    match group.strategy {
        Strategy::Cluster => vec![instances.iter().map(shown).collect()],
        Strategy::Partition(count) => (1..=count)
            .map(|number| {
                let own = instances.iter().filter(|it| it.placement.partition == Some(number));
                own.map(shown).collect()
            })
            .collect(),
        Strategy::SpreadRack | Strategy::SpreadHost => {
            let mut racks: Vec<Vec<String>> = instances.iter().map(|it| vec![shown(it)]).collect();
            racks.resize(racks.len().max(MAX_SPREAD), Vec::new());
            racks
        }
    }
}

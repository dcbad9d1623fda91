//! T22: who asks from outside gets other answers than the VPC, and both mislead.

use super::{
    finding::{Finding, Severity},
    known::regional_names,
    scene::item,
};
use crate::{
    language::Language,
    model::vpc::Vpc,
    resolve::{question::Asker, snapshot::Snapshot},
};

/// How many names a finding shows.
const SHOWN: usize = 3;

pub(super) fn look(snapshot: &Snapshot, say: Language, found: &mut Vec<Finding>) {
    let world = &snapshot.world;
    // Without a default client nothing tells where somebody asks from.
    if world.default_client.is_none() || snapshot.default_asker() != Asker::Internet {
        return;
    }
    let with_names =
        |vpc: &&Vpc| vpc.both_attributes() && regional_names(world, vpc.id).next().is_some();
    let vpcs = world.vpcs_in_order();
    let vpcs: Vec<&Vpc> = vpcs.iter().map(|vpc| &***vpc).filter(with_names).collect();
    if vpcs.is_empty() {
        return;
    }
    let names = vpcs.iter().flat_map(|vpc| regional_names(world, vpc.id));
    let names: Vec<String> = names.map(|(text, _)| text).take(SHOWN).collect();
    let items: Vec<_> =
        vpcs.iter().map(|vpc| item(world, &vpc.id.to_string(), vpc.tags.name())).collect();
    found.push(
        Finding::new("T22", Severity::Note, say.asked_outside(), say.asked_outside_cure())
            .at(items)
            .of(names)
            .with_facts(&["N40", "N41"]),
    );
}

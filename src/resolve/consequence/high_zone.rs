//! T11: a hosted zone above the names of AWS's services answers for all of them, and has none of them.

use super::{
    finding::{Finding, Severity},
    scene::{ANY_LABEL, Scene, text},
};
use crate::{
    model::{name::Name, record::RecordType},
    resolve::explain::Verdict,
};

/// How many names are tried, and how many of those that do not exist are shown.
const TRIED: usize = 60;
const SHOWN: usize = 3;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if !scene.vpc.both_attributes() {
        return;
    }
    for zone in scene.zones() {
        let names = scene.known.names(scene.view.region);
        // A zone with a service's own name has a rule of its own.
        let Some(below) =
            names.below.get(&zone.name).filter(|_| !names.services.contains_key(&zone.name))
        else {
            continue;
        };
        let gone = |name: &&Name| {
            scene.answer(name, RecordType::A).0 == Verdict::NxDomain
                && zone_holds(scene, &zone.name, name)
        };
        let gone: Vec<String> =
            below.iter().take(TRIED).filter(gone).take(SHOWN).map(shown).collect();
        if gone.is_empty() {
            continue;
        }
        let by = Scene::zone(zone);
        let what = scene.say.high_zone(&by.label, gone.join(", "));
        let cure = scene.say.high_zone_cure(&by.label);
        found.push(
            Finding::new("T11", Severity::Broken, what, cure)
                .by([by])
                .at([scene.here()])
                .of(gone)
                .with_facts(&["R51"]),
        );
    }
}

/// Whether no zone nearer to a name answers for it.
fn zone_holds(scene: &Scene<'_>, zone: &Name, name: &Name) -> bool {
    !scene.zones().any(|it| {
        it.name != *zone
            && it.name.as_ref().is_within(zone.as_ref())
            && name.as_ref().is_within(it.name.as_ref())
    })
}

fn shown(name: &Name) -> String {
    match name.as_ref().first_label() {
        Some(ANY_LABEL) => name.parent().map_or_else(String::new, |it| format!("*.{}", text(&it))),
        _ => text(name),
    }
}

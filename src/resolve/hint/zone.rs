//! Mistakes in a name of a private hosted zone that the asker's VPC uses.

use super::{
    nearest,
    told::{Hint, Mistake},
};
use crate::{
    language::Language,
    resolve::{snapshot::Snapshot, trace::Step},
};

/// The most names of a zone that are compared.
const COMPARED: usize = 5_000;

/// The zone's name nearest to a name that it does not have, if the zone decided.
pub(super) fn mistakes(
    snapshot: &Snapshot,
    text: &str,
    steps: &[Step],
    say: Language,
) -> Vec<Hint> {
    let decided = steps.iter().rev().find_map(|step| match step {
        Step::ZoneNoName(id) => Some(*id),
        _ => None,
    });
    let Some(zone) = decided.and_then(|id| snapshot.world.hosted_zones.get(&id)) else {
        return Vec::new();
    };
    let origin = zone.name.to_string();
    let Some(written) = text.strip_suffix(&origin).and_then(|it| it.strip_suffix('.')) else {
        return Vec::new();
    };
    let below: Vec<String> = zone
        .data
        .names()
        .into_iter()
        .take(COMPARED)
        .filter_map(|name| {
            let name = name.to_string();
            name.strip_suffix(&origin)?.strip_suffix('.').map(str::to_owned)
        })
        .filter(|name| !name.contains('*'))
        .collect();
    let Some(near) = nearest::nearest(written, below.iter().map(String::as_str)) else {
        return Vec::new();
    };
    let told = say.hint_zone_name(&origin, written, near);
    vec![Mistake::new("ZONE_NAME", written, told).meaning(&format!("{near}.{origin}"))]
}

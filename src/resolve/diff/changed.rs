//! Which resources of two Worlds differ.
//!
//! A World shares what a Change leaves alone, so most resources are compared by address.

use std::{hash::Hash, sync::Arc};

use crate::model::{
    map::Map,
    resources::resources,
    world::{Members, World},
};

/// A resource on either side. One of them is `None` if only the other World has it.
pub(super) type Pair<'w, V> = (Option<&'w Arc<V>>, Option<&'w Arc<V>>);

/// The resources of a kind that differ.
pub(super) fn pairs<'w, K: Hash + Eq, V: PartialEq>(
    before: &'w Map<K, Arc<V>>,
    after: &'w Map<K, Arc<V>>,
) -> Vec<Pair<'w, V>> {
    if before.ptr_eq(after) {
        return Vec::new();
    }
    let mut found: Vec<Pair<'w, V>> = Vec::new();
    for (key, one) in before {
        match after.get(key) {
            Some(other) if Arc::ptr_eq(one, other) || one == other => {}
            other => found.push((Some(one), other)),
        }
    }
    let new = after.iter().filter(|(key, _)| !before.contains_key(*key));
    found.extend(new.map(|(_, new)| (None, Some(new))));
    found
}

/// Both sides of a pair, as far as they exist.
pub(super) fn sides<'w, V>(pair: Pair<'w, V>) -> impl Iterator<Item = &'w V> {
    [pair.0, pair.1].into_iter().flatten().map(|it| &**it)
}

macro_rules! maps {
    ($(#[$doc:meta] $map:ident $id:ty => $type:ty;)*) => {
        /// The maps of the World in which a resource differs, by name.
        pub(super) fn maps(before: &World, after: &World) -> Vec<&'static str> {
            let mut differing = Vec::new();
            $(
                if !pairs(&before.$map, &after.$map).is_empty() {
                    differing.push(stringify!($map));
                }
            )*
            differing
        }
    };
}

resources! { maps => maps }

/// Whether two lists of members say the same about answers and ways, but for zones and endpoints that were added or
/// removed: those differ themselves.
pub(super) fn members_alike(before: &Members, after: &Members) -> bool {
    let order = |one: &Members, other: &Members| {
        let kept: Vec<_> = one.endpoints.iter().filter(|it| other.endpoints.contains(it)).collect();
        let zones: Vec<_> = one.zones.iter().filter(|it| other.zones.contains(it)).collect();
        (
            kept.into_iter().copied().collect::<Vec<_>>(),
            zones.into_iter().copied().collect::<Vec<_>>(),
        )
    };
    let rest = |members: &Members| Members {
        endpoints: Vec::new(),
        zones: Vec::new(),
        since: 0,
        ..members.clone()
    };
    rest(before) == rest(after) && order(before, after) == order(after, before)
}

//! Which record set of a routing policy answers (R56).
//!
//! A client in a VPC is where its region is; a client on the internet counts as one near us-east-1, and has its address for
//! IP-based routing. The seed of the question
//! chooses among sets that share the answers. Whether a health check is healthy is decided in `model/health_check.rs`.

use smallvec::SmallVec;

use super::{question::Question, snapshot::Snapshot};
use crate::{
    catalog::{self, Place},
    model::{
        health_check::MOST_STEPS,
        id::ZoneId,
        record::RecordType,
        routing::{AliasTarget, Answers, DEFAULT_LOCATION, Policy, RoutedSet},
        world::World,
        zone_data::ZoneNode,
    },
};

/// The most sets of the multivalue policy in one answer.
const MOST_TOGETHER: usize = 8;
/// The sets of a name and type that fit without allocating; a name has at most 100.
const FITTING: usize = 128;
/// Where a client counts as being of whom nothing is known.
const ELSEWHERE: &str = "us-east-1";

/// The sets that answer; several only for the multivalue policy.
pub(super) type Chosen<'s> = SmallVec<[&'s RoutedSet; FITTING]>;

/// Chooses among the sets of a type at a name.
pub(super) fn choose<'s>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    node: &'s ZoneNode,
    rtype: RecordType,
) -> Chosen<'s> {
    let world = &snapshot.world;
    let all: Chosen<'s> = node.routed.iter().filter(|set| set.rtype == rtype).collect();
    let mut steps = MOST_STEPS;
    let healthy: Chosen<'s> =
        all.iter().copied().filter(|set| is_healthy(world, set, &mut steps)).collect();
    let usable = if healthy.is_empty() { &all } else { &healthy };
    let seed = question.seed as usize;
    let one = |set: Option<&'s RoutedSet>| set.into_iter().collect();
    match all.first().map(|set| &set.policy) {
        None => Chosen::new(),
        Some(Policy::Simple) => one(usable.first().copied()),
        Some(Policy::Weighted(_)) => one(weighted(usable, seed)),
        Some(Policy::Failover { .. }) => {
            let is_primary = |set: &&&RoutedSet| set.policy == Policy::Failover { primary: true };
            one(usable.iter().find(is_primary).or(usable.first()).copied())
        }
        Some(Policy::Multivalue) => {
            let mut together = usable.clone();
            let by = seed % together.len().max(1);
            together.rotate_left(by);
            together.truncate(MOST_TOGETHER);
            together
        }
        Some(Policy::Latency(_) | Policy::Geoproximity { .. }) => {
            let place = place(world, question);
            let nearest = usable.iter().copied().min_by(|one, other| {
                let distances = (distance(place, one), distance(place, other));
                distances.0.total_cmp(&distances.1)
            });
            one(nearest)
        }
        Some(Policy::Cidr { collection, .. }) => {
            let held = world.cidr_collections.get(collection);
            // Of a client in a VPC the Resolver tells no address.
            let client = question.address.filter(|_| question.asker.vpc().is_none());
            let location = held.zip(client).and_then(|(held, client)| held.location_of(client));
            one(at_location(location, &healthy).or_else(|| at_location(location, &all)))
        }
        Some(Policy::Geolocation { .. }) => {
            let place = place(world, question);
            let found = located(place, &healthy).or_else(|| located(place, &all));
            one(found)
        }
    }
}

/// The set for a location, else the one for every other address (R77).
fn at_location<'s>(location: Option<&str>, sets: &[&'s RoutedSet]) -> Option<&'s RoutedSet> {
    let at = |wanted: &str| {
        let is_at = |set: &RoutedSet| match &set.policy {
            Policy::Cidr { location, .. } => **location == *wanted,
            _ => false,
        };
        sets.iter().copied().find(|set| is_at(set))
    };
    location.and_then(at).or_else(|| at(DEFAULT_LOCATION))
}

/// Whether a set may answer: its health check is healthy, and its target too if it asks for that. Without steps it may.
fn is_healthy(world: &World, set: &RoutedSet, steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else { return true };
    *steps = left;
    let check = set.health_check.and_then(|id| world.health_checks.get(&id));
    check.is_none_or(|check| check.is_healthy(world, steps))
        && match &set.answers {
            Answers::Alias(target) if target.evaluate_health => {
                is_target_healthy(world, target, set.rtype, steps)
            }
            _ => true,
        }
}

/// Whether one of the record sets behind an alias is healthy. Endpoints and load balancers are.
fn is_target_healthy(
    world: &World,
    target: &AliasTarget,
    rtype: RecordType,
    steps: &mut u32,
) -> bool {
    let zone = target.zone.parse::<ZoneId>().ok().and_then(|id| world.hosted_zones.get(&id));
    let Some(zone) = zone else { return true };
    let Some(node) = zone.data.node(target.name.as_ref()) else { return true };
    // Sets without a policy have no health check, and an alias of a world file asks for no health.
    let mut of_type = node.routed.iter().filter(|set| set.rtype == rtype).peekable();
    of_type.peek().is_none() || of_type.any(|set| is_healthy(world, set, steps))
}

/// The set at the seed's place among the weights. Where all weigh nothing, each has the same share.
fn weighted<'s>(usable: &[&'s RoutedSet], seed: usize) -> Option<&'s RoutedSet> {
    let weight = |set: &RoutedSet| match set.policy {
        Policy::Weighted(weight) => usize::from(weight),
        _ => 0,
    };
    let total: usize = usable.iter().map(|set| weight(set)).sum();
    if total == 0 {
        return usable.get(seed % usable.len().max(1)).copied();
    }
    let mut left = seed % total;
    usable.iter().copied().find(|set| match left.checked_sub(weight(set)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })
}

fn place(world: &World, question: &Question<'_>) -> Option<&'static Place> {
    let vpc = question.asker.vpc().and_then(|vpc| world.vpcs.get(&vpc));
    catalog::place(vpc.map_or(ELSEWHERE, |vpc| vpc.region)).or_else(|| catalog::place(ELSEWHERE))
}

/// How far a set's region or point is from the client; what has none is farthest.
fn distance(place: Option<&Place>, set: &RoutedSet) -> f64 {
    let point = match &set.policy {
        Policy::Latency(region) | Policy::Geoproximity { region: Some(region), .. } => {
            catalog::place(region).map(|it| (it.latitude, it.longitude))
        }
        Policy::Geoproximity { coordinates: Some((latitude, longitude)), .. } => {
            latitude.parse().ok().zip(longitude.parse().ok())
        }
        Policy::Geoproximity { local_zone_group: Some(group), .. } => {
            // `us-west-2-lax-1` is a group of the region us-west-2.
            let region: Vec<&str> = group.split('-').take(3).collect();
            catalog::place(&region.join("-")).map(|it| (it.latitude, it.longitude))
        }
        _ => None,
    };
    place
        .zip(point)
        .map_or(f64::MAX, |(place, (latitude, longitude))| place.distance(latitude, longitude))
}

/// The set for the smallest area around the client, else the one for everywhere else.
fn located<'s>(place: Option<&Place>, sets: &[&'s RoutedSet]) -> Option<&'s RoutedSet> {
    let rank = |set: &RoutedSet| {
        let Policy::Geolocation { continent, country, subdivision } = &set.policy else {
            return None;
        };
        let (continent, country, subdivision) =
            (continent.as_deref(), country.as_deref(), subdivision.as_deref());
        if country == Some("*") {
            return Some(3);
        }
        let place = place?;
        match (continent, country, subdivision) {
            (_, Some(country), Some(part)) => {
                (country == place.country && part == place.subdivision).then_some(0)
            }
            (_, Some(country), None) => (country == place.country).then_some(1),
            (Some(continent), None, _) => (continent == place.continent).then_some(2),
            (None, None, _) => None,
        }
    };
    let ranked = sets.iter().filter_map(|set| Some((rank(set)?, *set)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, set)| set)
}

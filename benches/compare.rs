//! What a comparison of two large Worlds costs: one endpoint's private DNS is switched off, in one VPC or in all.
//!
//! `cargo bench --bench compare`; with words behind `--`, only the rows that have one of them in their name.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and panics when it fails"
)]

#[allow(dead_code, unreachable_pub, reason = "other benches use the rest")]
#[path = "../tests/common/large.rs"]
mod large;

use std::{env, sync::Arc, time::Instant};

use vpcdns::{
    language::Language,
    model::{endpoint::Endpoint, id::EndpointId, world::World},
    resolve::{
        diff::{Comparison, Sides},
        public::PublicNames,
        snapshot::Snapshot,
    },
};

fn compile(world: World) -> Snapshot {
    Snapshot::new(world, Arc::new(PublicNames::default()))
}

/// Switches private DNS of some endpoints off.
fn switched_off(world: &mut World, chosen: impl Fn(&Endpoint) -> bool) {
    let on = world.endpoints.values().filter(|it| it.private_dns && chosen(it)).cloned();
    for endpoint in on.collect::<Vec<_>>() {
        let off = Endpoint { private_dns: false, ..Endpoint::clone(&endpoint) };
        world.endpoints.insert(off.id, Arc::new(off));
    }
}

/// The most memory that the process had so far, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn row(name: &str, before: &Snapshot, after: &Snapshot) {
    let begun = Instant::now();
    let sides = Sides { before, after, now: 0, language: Language::English };
    let comparison = Comparison::new(sides);
    let reached = begun.elapsed();
    let diff = comparison.diff(&mut |_, _| {});
    let compared = begun.elapsed();
    let breaks = comparison.breaks(&mut |_, _| {});
    let all = begun.elapsed();
    let names: usize =
        diff.places.iter().flat_map(|it| &it.groups).map(|group| group.names.len()).sum();
    println!(
        "{name:32} reach {:7.3} s, answers {:7.3} s, ways {:7.3} s, together {:7.3} s; {} places, {names} differences, {} \
         break, {} MiB",
        reached.as_secs_f64(),
        (compared - reached).as_secs_f64(),
        (all - compared).as_secs_f64(),
        all.as_secs_f64(),
        diff.places.len(),
        breaks.len(),
        peak(),
    );
}

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted =
        |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let first = EndpointId::from_seed(1);
    for (vpcs, endpoints) in [(300, 10), (10_000, 20)] {
        let rows = ["flip", "one", "all"].map(|kind| format!("{vpcs} x {endpoints}, {kind}"));
        if !rows.iter().any(|name| wanted(name)) {
            continue;
        }
        let before = compile(large::world(vpcs, endpoints));
        for name in rows.iter().filter(|name| wanted(name)) {
            // Of a flip, what stays is shared; the other worlds are read on their own.
            let shares = name.ends_with("flip");
            let mut world =
                if shares { before.world.clone() } else { large::world(vpcs, endpoints) };
            switched_off(&mut world, |it| name.ends_with("all") || it.id == first);
            row(name, &before, &compile(world));
        }
    }
}

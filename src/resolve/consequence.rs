//! What follows from a World that one answer alone does not show: names that stay public, endpoints that need each other,
//! zones and rules that swallow names.
//!
//! Each rule is a file of its own, named by the fact that it is about. It reads a Snapshot and changes no answer.

mod asked_outside;
mod attributes;
mod custom_dns;
mod family;
mod finding;
mod gateways;
mod global_s3;
mod global_sts;
mod guarded;
mod high_zone;
mod hub;
mod image_pulls;
mod incomplete_zone;
mod known;
mod leftover_zone;
mod legacy_sqs;
mod names;
mod names_below;
mod not_in_dns;
mod on_premises;
mod other_names;
mod over_ipv6;
mod pending;
mod public_apis;
mod root_rule;
mod rule_wins;
mod s3_all_resolvers;
mod s3_inbound_only;
mod scene;
mod session_manager;
mod unverified;
mod zones_without_service;

use std::collections::{HashMap, HashSet};

pub use finding::{Finding, Item, Report, Severity};

use self::{known::Known, scene::Scene};
use super::{snapshot::Snapshot, survey::Progress};
use crate::{
    language::Language,
    model::{id::VpcId, world::World},
};

/// A rule about one VPC.
type Look = fn(&Scene<'_>, &mut Vec<Finding>);

/// A rule: its id, its file, and how it looks at a VPC; a rule without that looks at the World.
type Rule = (&'static str, &'static str, Option<Look>);

/// The rules, in the order of a report.
const RULES: &[Rule] = &[
    ("T17", "attributes", Some(attributes::look)),
    ("T7", "guarded", Some(guarded::look)),
    ("T11", "high_zone", Some(high_zone::look)),
    ("T8", "leftover_zone", Some(leftover_zone::look)),
    ("T10", "incomplete_zone", Some(incomplete_zone::look)),
    ("T20", "gateways", Some(gateways::look)),
    ("T4", "session_manager", Some(session_manager::look)),
    ("T5", "image_pulls", Some(image_pulls::look)),
    ("T1", "public_apis", Some(public_apis::look)),
    ("T6", "names_below", Some(names_below::look)),
    ("T19", "rule_wins", Some(rule_wins::look)),
    ("T9", "hub", Some(hub::look)),
    ("T2", "global_sts", Some(global_sts::look)),
    ("T3", "legacy_sqs", Some(legacy_sqs::look)),
    ("T14", "global_s3", Some(global_s3::look)),
    ("T12", "s3_inbound_only", Some(s3_inbound_only::look)),
    ("T28", "on_premises", Some(on_premises::look)),
    ("T27", "unverified", None),
    ("H55", "custom_dns", Some(custom_dns::look)),
    ("T13", "s3_all_resolvers", Some(s3_all_resolvers::look)),
    ("T15", "not_in_dns", Some(not_in_dns::look)),
    ("T16", "other_names", Some(other_names::look)),
    ("T18", "root_rule", Some(root_rule::look)),
    ("T21", "zones_without_service", Some(zones_without_service::look)),
    ("T22", "asked_outside", None),
    ("T25", "pending", Some(pending::look)),
    ("T26", "over_ipv6", Some(over_ipv6::look)),
];

/// The rules: the id of each, and its file in `src/resolve/consequence/` without `.rs`.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|(id, file, _)| (*id, *file))
}

/// What is broken, dangerous or worth a note in a World as it stands, the worst first.
pub fn of_world(snapshot: &Snapshot, say: Language, progress: Progress<'_>) -> Report {
    Report::of(ranked(look(snapshot, (None, None), say, progress)))
}

/// What a change brings: the findings of the World after it that the World before it does not have, or has only as
/// something less bad.
pub fn brought(before: &Snapshot, after: &Snapshot, say: Language) -> Vec<Finding> {
    brought_in(before, after, None, say)
}

/// The same, of these VPCs and those that they are peered with only.
pub fn brought_in(
    before: &Snapshot,
    after: &Snapshot,
    vpcs: Option<&HashSet<VpcId>>,
    say: Language,
) -> Vec<Finding> {
    let vpcs = vpcs.map(|vpcs| with_peers([&before.world, &after.world], vpcs));
    let old = look(before, (None, vpcs.as_ref()), say, &mut |_, _| ());
    let mut had: HashMap<_, Severity> = HashMap::new();
    for finding in &old {
        let worst = had.entry(finding.identity()).or_insert(finding.severity);
        *worst = finding.severity.min(*worst);
    }
    let mut new = look(after, (Some(before), vpcs.as_ref()), say, &mut |_, _| ());
    new.retain(|it| had.get(&it.identity()).is_none_or(|severity| it.severity < *severity));
    ranked(new)
}

fn with_peers(worlds: [&World; 2], vpcs: &HashSet<VpcId>) -> HashSet<VpcId> {
    let mut all = vpcs.clone();
    for world in worlds {
        for vpc in vpcs {
            let peerings = world.members(*vpc).peerings.iter();
            let peerings = peerings.filter_map(|id| world.peerings.get(id));
            all.extend(peerings.map(|it| it.other(*vpc)));
        }
    }
    all
}

fn look(
    snapshot: &Snapshot,
    (before, only): (Option<&Snapshot>, Option<&HashSet<VpcId>>),
    say: Language,
    progress: Progress<'_>,
) -> Vec<Finding> {
    let world = &snapshot.world;
    let known = Known::of(world);
    let mut found = Vec::new();
    let mut vpcs = world.vpcs_in_order();
    vpcs.retain(|vpc| only.is_none_or(|only| only.contains(&vpc.id)));
    for (done, vpc) in vpcs.iter().enumerate() {
        progress(done, vpcs.len());
        let Some(scene) = Scene::new(snapshot, before, vpc.id, &known, say) else { continue };
        for (_, _, rule) in RULES {
            if let Some(rule) = rule {
                rule(&scene, &mut found);
            }
        }
    }
    unverified::look(world, &known, say, &mut found);
    asked_outside::look(snapshot, say, &mut found);
    finding::together(found)
}

/// The worst first; of equally bad ones in the order of the rules, then of VPCs.
fn ranked(mut found: Vec<Finding>) -> Vec<Finding> {
    let place = |rule: &str| RULES.iter().position(|(id, ..)| *id == rule);
    found.sort_by_key(|it| (it.severity, place(it.rule)));
    found
}

//! T19: a FORWARD rule with the name of a private name or a hosted zone wins over it without a word.

use super::{
    finding::{Finding, Item, Severity},
    scene::{Scene, text},
};
use crate::{
    model::{name::Name, record::RecordType, resolver_rule::RuleKind},
    resolve::question::{Asker, Question},
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (rule, domain) in scene.forward_rules() {
        if !wins(scene, domain) {
            continue;
        }
        let beaten = beaten(scene, domain);
        if beaten.is_empty() {
            continue;
        }
        let by = scene.rule(rule);
        let labels: Vec<&str> = beaten.iter().map(|it| it.label.as_str()).collect();
        let what = scene.say.rule_wins(&by.label, text(domain), labels.join(", "));
        let cure = scene.say.rule_wins_cure();
        found.push(
            Finding::new("T19", Severity::Dangerous, what, cure)
                .by([by])
                .by(beaten)
                .at([scene.here()])
                .of([text(domain)])
                .with_facts(&["R45"]),
        );
    }
}

/// Whether the rule for a domain decides there: what the VPC has itself stands before what a Profile brings (R73).
fn wins(scene: &Scene<'_>, domain: &Name) -> bool {
    let Some((length, rule)) = scene.view.longest_rule(domain.as_ref()) else { return false };
    let asked = Question::asked(domain.as_ref(), RecordType::A, Asker::Vpc(scene.vpc.id), 0);
    let zone = scene.view.longest_zone(&asked);
    let nearer = zone.is_some_and(|(other, _, via)| other == length && via < rule.via);
    rule.kind == RuleKind::Forward && length == domain.wire().len() && !nearer
}

/// The hosted zones of the domain, and the endpoints with a private name at it or above.
fn beaten(scene: &Scene<'_>, domain: &Name) -> Vec<Item> {
    if !scene.vpc.both_attributes() {
        return Vec::new();
    }
    let zones = scene.zones().filter(|zone| zone.name == *domain).map(|zone| Scene::zone(zone));
    let holds = |zone: &Name| domain.as_ref().is_within(zone.as_ref());
    let endpoints = scene
        .capturing()
        .filter(|it| it.private_names.iter().any(|name| holds(&name.zone)))
        .map(|it| scene.endpoint(it));
    let mut beaten: Vec<Item> = zones.chain(endpoints).collect();
    beaten.dedup();
    beaten
}

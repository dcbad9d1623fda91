//! T18: a FORWARD rule for every name does not get reverse names and names of instances while DNS hostnames is on.

use super::{
    finding::{Finding, Severity},
    scene::Scene,
};
use crate::{
    model::{name::Name, record::RecordType},
    resolve::explain::Verdict,
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if !scene.vpc.both_attributes() {
        return;
    }
    let Some((rule, _)) = scene.forward_rules().find(|(_, domain)| domain.as_ref().is_root())
    else {
        return;
    };
    let Some(reverse) = reverse_name(scene) else { return };
    let kept = |text: &str, rtype| {
        let name = Name::parse(text).ok();
        name.is_some_and(|name| !is_handed_on(scene, &name, rtype))
    };
    let internal = format!("ip-10-0-0-10.{}", scene.view.region.internal_domain);
    let mut names = Vec::new();
    if kept(&reverse, RecordType::PTR) {
        names.push(reverse.split_once('.').map_or(String::new(), |(_, zone)| format!("*.{zone}")));
    }
    if kept(&internal, RecordType::A) {
        names.push(format!("*.{}", scene.view.region.internal_domain));
    }
    if names.is_empty() {
        return;
    }
    let by = scene.rule(rule);
    let what = scene.say.root_rule(&by.label, names.join(", "));
    let cure = scene.say.root_rule_cure();
    found.push(
        Finding::new("T18", Severity::Note, what, cure)
            .by([by])
            .at([scene.here()])
            .of(names)
            .with_facts(&["V23"]),
    );
}

/// Whether a rule takes a name: its targets are asked, or another VPC answers in their place.
fn is_handed_on(scene: &Scene<'_>, name: &Name, rtype: RecordType) -> bool {
    let ruled = scene.view.longest_rule(name.as_ref());
    let own = ruled.is_some_and(|(length, _)| length > 1);
    own || scene.answer(name, rtype).0 == Verdict::Forwarded
}

/// The reverse name of an address of the VPC.
fn reverse_name(scene: &Scene<'_>) -> Option<String> {
    let [a, b, c, _] = scene.vpc.resolver()?.octets();
    Some(format!("10.{c}.{b}.{a}.in-addr.arpa"))
}

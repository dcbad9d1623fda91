//! The decision: what a question asked from a place is answered, and why.
//!
//! Pure. It reads a [`Snapshot`] and a [`Question`] and nothing else: no I/O, no clock, no randomness, no errors. The
//! order of precedence is the function `resolve` below; each kind of name has a file of its own.

pub mod above;
pub mod answer;
pub mod autodefined;
pub mod autodefined_kind;
pub mod chase;
pub mod consequence;
pub mod diff;
pub mod dig;
pub mod dns64;
pub mod elastic_address;
pub mod endpoint;
pub mod explain;
pub mod fact;
pub mod fault;
pub mod firewall;
pub mod hint;
pub mod hop;
pub mod index;
pub mod instance;
pub mod journey;
pub mod load_balancer;
mod managed_resource;
pub mod negative;
pub mod path;
pub mod places;
pub mod public;
pub mod public_host;
mod public_zone;
pub mod question;
pub mod reach;
mod routing;
pub mod rule;
mod size;
pub mod snapshot;
pub mod survey;
pub mod table;
pub mod together;
pub mod trace;
pub mod ttl;
pub mod via;
pub mod view;
pub mod why_not;
pub mod words;
pub mod zone;

use answer::{Answer, Outcome, Rcode};
use question::Question;
use snapshot::Snapshot;
use trace::{Step, Tracer, trace_via};
use via::Via;
use view::{Rule, View, Zone};

use crate::model::{record::RecordType, resolver_rule::RuleKind};

/// Answers a question: the order of precedence (R70).
///
/// 0. A fault of the world file.
/// 1. DNS support off: silence (V10).
/// 2. DNS Firewall.
/// 3. The longest name that holds the question's among Resolver rules, private zones (hosted ones and those of
///    endpoints) and names the region defines by itself; at equal length in this order (R45, H36), but what the VPC has
///    itself stands before what its Profiles bring (R73). A SYSTEM rule gives the question back to the others. With DNS
///    hostnames off only rules are left.
/// 4. Otherwise the public answer.
pub fn resolve<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Outcome<'s> {
    if question.chain.followed == 0 {
        trace.step(Step::AskedFrom(question.asker));
        if let Some(outcome) = fault::check(snapshot, question, trace) {
            return outcome;
        }
    }
    let Some(vpc) = question.asker.vpc() else {
        return public::answer(snapshot, question, None, trace);
    };
    let Some(view) = snapshot.view(vpc) else {
        return Outcome::Answer(Answer::code(Rcode::Refused));
    };
    if !view.dns_support {
        trace.step(Step::SupportOff(vpc));
        return Outcome::Silence;
    }
    if question.chain.followed == 0 {
        trace.step(Step::Attributes { vpc, hostnames: view.dns_hostnames });
    }
    let mut question = *question;
    if !view.firewall.is_empty() {
        match firewall::check(snapshot, &question, view, trace) {
            firewall::Ruling::Pass => {}
            firewall::Ruling::Trust => question.chain.trusted = true,
            firewall::Ruling::Block(answer) => return Outcome::Blocked(answer),
        }
    }
    // An outcome is large: where nothing is done to it, it is not moved either.
    if question.rtype != RecordType::AAAA && !snapshot.world.switches.quirks {
        return longest(snapshot, view, &question, trace);
    }
    let outcome = longest(snapshot, view, &question, trace);
    negative::repeat_quirk(
        snapshot,
        &question,
        dns64::synthesise(snapshot, &question, outcome, trace),
    )
}

/// Steps 3 and 4, and NODATA in place of NXDOMAIN for a name above others that the VPC can ask.
fn longest<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: &'s View,
    question: &Question<'_>,
    trace: &mut T,
) -> Outcome<'s> {
    let mut outcome = of_the_longest(snapshot, view, question, trace);
    above::amend(&mut outcome, trace, || {
        // The switch reads a name without records as one that does not exist.
        let read_so = snapshot.world.switches.missing_type_nxdomain;
        !(read_so && view.longest_zone(question).is_some())
            && (view.is_above(question) || autodefined::lies_above(snapshot, view, question.name))
    });
    outcome
}

/// Steps 3 and 4: who holds the longest name.
fn of_the_longest<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: &'s View,
    question: &Question<'_>,
    trace: &mut T,
) -> Outcome<'s> {
    let zone = view.longest_zone(question);
    let autodefined = autodefined::longest(snapshot, view, question.name);
    if let Some(id) = view.nameless_rule {
        trace.step(Step::RuleNameless(id));
    }
    let zone_length = zone.map_or(0, |(length, ..)| length);
    let autodefined_length = autodefined.map_or(0, |(length, _)| length);
    if let Some((length, Rule { id, kind, via })) = view.longest_rule(question.name) {
        let nearer = zone.is_some_and(|(other, _, it)| other == length && it < via);
        match kind {
            RuleKind::Forward if length >= zone_length.max(autodefined_length) && !nearer => {
                return rule::forward(snapshot, question, (id, via), trace);
            }
            RuleKind::Forward => trace.step(Step::RuleBeaten(id)),
            RuleKind::System => trace.step(Step::SystemRule(id)),
            RuleKind::Delegate => {}
        }
    }
    match (zone, autodefined) {
        (Some((length, zone, via)), _) if zone_length >= autodefined_length => {
            let zone_start = question.name.wire().len() - length;
            match zone {
                Zone::Hidden { endpoint, index } => {
                    trace.step(Step::HiddenZone { endpoint, index });
                    if let Via::Profile(_, profile) = via {
                        trace.step(Step::ProfileEndpoint(profile));
                    }
                    endpoint::private_name(snapshot, question, endpoint, index, zone_start, trace)
                }
                Zone::Hosted(id) => {
                    trace.step(Step::HostedZone(id));
                    trace_via(via, trace);
                    zone::hosted(snapshot, question, id, zone_start, trace)
                }
            }
        }
        (_, Some((_, kind))) => {
            trace.step(Step::Autodefined(kind));
            autodefined::answer(snapshot, view, question, kind, trace)
        }
        _ => {
            trace.step(Step::NoPrivateName);
            public::answer(snapshot, question, Some(view), trace)
        }
    }
}

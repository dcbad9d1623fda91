//! The decision: what a question asked from a place is answered, and why.
//!
//! Pure. It reads a [`Snapshot`] and a [`Question`] and nothing else: no I/O, no clock, no randomness, no errors. The
//! order of precedence is the function `resolve` below; each kind of name has a file of its own.

pub mod answer;
pub mod autodefined;
pub mod chase;
pub mod dns64;
pub mod endpoint;
pub mod explain;
pub mod fact;
pub mod instance;
pub mod load_balancer;
pub mod negative;
pub mod path;
pub mod places;
pub mod public;
pub mod question;
pub mod snapshot;
pub mod table;
pub mod trace;
pub mod view;
pub mod why_not;
pub mod words;
pub mod zone;

use answer::{Answer, Outcome, Rcode};
use question::Question;
use snapshot::Snapshot;
use trace::{Step, Tracer};
use view::Zone;

/// Answers a question: the order of precedence (R70).
///
/// 1. DNS support off: silence (V10).
/// 2. The longest zone that holds the name: a private hosted zone or an endpoint's hidden zone, or a name the region
///    defines by itself; at equal length the zone wins over the autodefined name (R45, H36). With DNS hostnames off
///    neither exists.
/// 3. Otherwise the public answer.
pub fn resolve<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Outcome<'s> {
    if question.followed == 0 {
        trace.step(Step::AskedFrom(question.asker));
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
    if question.followed == 0 {
        trace.step(Step::Attributes { vpc, hostnames: view.dns_hostnames });
    }
    let autodefined = autodefined::longest(snapshot, view, question.name);
    let outcome = match view.longest_zone(question) {
        Some((length, zone)) if autodefined.is_none_or(|(other, _)| length >= other) => {
            let zone_start = question.name.wire().len() - length;
            match zone {
                Zone::Hidden { endpoint, index } => {
                    trace.step(Step::HiddenZone { endpoint, index });
                    endpoint::private_name(snapshot, question, endpoint, index, zone_start, trace)
                }
                Zone::Hosted(id) => {
                    trace.step(Step::HostedZone(id));
                    zone::hosted(snapshot, question, id, zone_start, trace)
                }
            }
        }
        _ => match autodefined {
            Some((_, kind)) => {
                trace.step(Step::Autodefined(kind));
                autodefined::answer(snapshot, view, question, kind, trace)
            }
            None => {
                trace.step(Step::NoPrivateName);
                public::answer(snapshot, question, Some(view), trace)
            }
        },
    };
    negative::repeat_quirk(
        snapshot,
        question,
        dns64::synthesise(snapshot, question, outcome, trace),
    )
}

//! Applies the World's faults to a question: the first one that matches its name and its asker counts.
//!
//! A delay is only reported, since nothing in this folder waits.

use std::time::Duration;

use super::{
    answer::{Answer, Outcome, Rcode},
    negative::{self, SoaOf},
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::fault::{Fault, FaultAnswer, Place};

/// The answer of a fault, instead of everything else; `None` if no fault matches the question, or it only delays.
pub fn check<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Option<Outcome<'s>> {
    let (fault, index) = find(snapshot, question)?;
    trace.step(Step::Fault(index));
    Some(match fault.answer? {
        FaultAnswer::ServFail => Outcome::Answer(Answer::code(Rcode::ServFail)),
        FaultAnswer::NxDomain => {
            let root = question.name.wire().len() - 1;
            Outcome::Answer(negative::no_name(SoaOf::Root, root, &snapshot.world.switches))
        }
        FaultAnswer::Timeout => Outcome::Silence,
    })
}

/// The delay that a fault gives to a question.
pub fn delay(snapshot: &Snapshot, question: &Question<'_>) -> Option<Duration> {
    find(snapshot, question)?.0.delay()
}

fn find<'s>(snapshot: &'s Snapshot, question: &Question<'_>) -> Option<(&'s Fault, u16)> {
    let faults = &snapshot.world.faults;
    if faults.is_empty() {
        return None;
    }
    faults.iter().zip(0_u16..).find(|(fault, _)| {
        fault.names.matches(question.name)
            && fault.from.is_none_or(|place| is_in(question.asker, place))
    })
}

fn is_in(asker: Asker, place: Place) -> bool {
    match place {
        Place::Vpc(vpc) => asker.vpc() == Some(vpc),
        Place::Subnet(subnet) => asker.subnet() == Some(subnet),
        Place::Instance(id) => matches!(asker, Asker::Instance(_, _, own) if own == id),
    }
}

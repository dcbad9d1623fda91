//! CNAMEs and aliases: their targets are resolved in the View that found them (R57, R58). After a Resolver rule handed the
//! question to another VPC, that is not the client's View.

use std::borrow::Cow;

use super::{
    answer::{Alias, Answer, Data, Outcome, Owner, Rcode, Record, Records},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::{
    name::{Name, NameRef},
    record::RecordType,
};

/// A chain longer than this is a mistake in somebody's zone.
pub const LONGEST_CHAIN: u8 = 16;

/// Answers a CNAME at the question's name and what its target answers, in one answer.
pub fn cname<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    ttl: u32,
    target: Cow<'s, Name>,
    trace: &mut T,
) -> Outcome<'s> {
    let mut records = Records::new();
    let next = target.clone().into_owned();
    records.push(Record {
        owner: Owner::Question,
        ttl,
        data: Data::Name(RecordType::CNAME, target),
    });
    if question.rtype == RecordType::CNAME {
        return Outcome::Answer(Answer::found(records));
    }
    trace.step(Step::Cname);
    follow(snapshot, question, records, &next, trace)
}

/// The addresses `target` answers, under the question's name: an alias (R57). `None` if it has none of the type.
/// `nothing` is the answer of its zone in that case; it is needed later if another server answers for the target.
pub fn alias<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    target: &Name,
    nothing: impl FnOnce() -> Answer<'s>,
    trace: &mut T,
) -> Option<Outcome<'s>> {
    trace.step(Step::Alias);
    if question.chain.followed == LONGEST_CHAIN {
        trace.step(Step::ChainTooLong);
        return Some(Outcome::Answer(Answer::code(Rcode::ServFail)));
    }
    let inner = Question { name: target.as_ref(), chain: question.chain.handed_on(), ..*question };
    match super::resolve(snapshot, &inner, trace) {
        Outcome::Answer(answer) if answer.rcode == Rcode::ServFail => Some(Outcome::Answer(answer)),
        Outcome::Answer(mut answer) => {
            answer.records.retain(|record| record.data.rtype() == question.rtype);
            for record in &mut answer.records {
                record.owner = Owner::Question;
            }
            (!answer.records.is_empty()).then(|| Outcome::Answer(Answer::found(answer.records)))
        }
        // CNAMEs on the way, and aliases further on, are not shown.
        Outcome::Forward { target, name, known: _, chain, asker, alias: _ } => {
            let Answer { rcode, soa, .. } = nothing();
            let (known, alias) = (Records::new(), Alias { owner: Owner::Question, rcode, soa });
            Some(Outcome::Forward { target, name, known, chain, asker, alias: Some(alias) })
        }
        other @ (Outcome::Blocked(_) | Outcome::Silence) => Some(other),
    }
}

fn follow<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    mut records: Records<'s>,
    target: &Name,
    trace: &mut T,
) -> Outcome<'s> {
    if question.chain.followed == LONGEST_CHAIN {
        trace.step(Step::ChainTooLong);
        return Outcome::Answer(Answer::code(Rcode::ServFail));
    }
    let inner = Question { name: target.as_ref(), chain: question.chain.handed_on(), ..*question };
    match super::resolve(snapshot, &inner, trace) {
        // A chain that does not end says nothing.
        Outcome::Answer(answer) if answer.rcode == Rcode::ServFail => {
            Outcome::Answer(Answer::code(Rcode::ServFail))
        }
        Outcome::Answer(mut answer) => {
            for mut record in answer.records {
                own(&mut record, target.as_ref());
                records.push(record);
            }
            if let Some(soa) = &mut answer.soa {
                own(soa, target.as_ref());
            }
            Outcome::Answer(Answer { rcode: answer.rcode, records, soa: answer.soa })
        }
        Outcome::Forward { target: to, name, known, chain, asker, mut alias } => {
            for mut record in known {
                own(&mut record, target.as_ref());
                records.push(record);
            }
            if let Some(alias) = &mut alias {
                name_owner(&mut alias.owner, target.as_ref());
                if let Some(soa) = &mut alias.soa {
                    own(soa, target.as_ref());
                }
            }
            Outcome::Forward { target: to, name, known: records, chain, asker, alias }
        }
        other @ (Outcome::Blocked(_) | Outcome::Silence) => other,
    }
}

/// Gives a record its owner as a name of its own, now that the question is another.
pub fn own(record: &mut Record<'_>, question: NameRef<'_>) {
    name_owner(&mut record.owner, question);
}

fn name_owner(owner: &mut Owner<'_>, question: NameRef<'_>) {
    let name = match *owner {
        Owner::Question => question.to_name(),
        Owner::QuestionSuffix(start) => question
            .suffixes()
            .find(|suffix| question.wire().len() - suffix.wire().len() == start)
            .unwrap_or(question)
            .to_name(),
        Owner::Name(_) => return,
    };
    *owner = Owner::Name(Cow::Owned(name));
}

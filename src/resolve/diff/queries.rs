//! The questions that somebody really asked, in place of every name: a query log.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{names::Names, sides::Sides, sites::Site};
use crate::{
    model::{name::Name, record::RecordType},
    resolve::{
        explain,
        question::{Asker, Question},
        survey::Pattern,
    },
};

/// A question that was asked, with how often.
#[derive(Clone, Debug)]
pub struct Query {
    /// The name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// Where it was asked from, in the first World or the second; `None` if nobody knows, which means everywhere.
    pub from: Option<Asker>,
    /// How often.
    pub count: u64,
    /// Whether the log says that there was an answer; true where it does not say.
    pub answered: bool,
}

/// A name that was asked and that the first World cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    /// The name.
    pub name: String,
    /// How often it was asked.
    pub count: u64,
    /// What the World answers.
    pub status: String,
}

/// The questions that may come from a place.
pub(super) fn names(queries: &[Query], site: &Site) -> Names {
    let here = queries.iter().filter(|query| comes_from(query, site));
    Names::asked(here.map(|query| (Pattern::exactly(&query.name), query.rtype)))
}

/// Whether a question may come from a place. Somewhere in a VPC, or in a subnet, means each place of it.
fn comes_from(query: &Query, site: &Site) -> bool {
    let Some(from) = query.from else { return true };
    let holds = |place: Asker| match from {
        Asker::Vpc(vpc) => place.vpc() == Some(vpc),
        from => from == place,
    };
    holds(site.before) || holds(site.after)
}

/// How often each name was asked.
pub(super) fn counts(queries: &[Query]) -> BTreeMap<String, u64> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for query in queries {
        *counts.entry(query.name.to_string()).or_default() += query.count;
    }
    counts
}

/// The names that had an answer and have none in the first World.
pub(super) fn unanswered(sides: Sides<'_>, queries: &[Query]) -> Vec<Unanswered> {
    let mut found: BTreeMap<(String, String), u64> = BTreeMap::new();
    for query in queries.iter().filter(|query| query.answered) {
        let asker = query.from.unwrap_or_else(|| sides.before.default_asker());
        let question = Question::asked(query.name.as_ref(), query.rtype, asker, sides.now);
        let outcome = sides.before.answer(&question, &mut ());
        let status = explain::answered(&outcome, question.name).status;
        if status != "NOERROR" {
            *found.entry((query.name.to_string(), status.into_owned())).or_default() += query.count;
        }
    }
    found.into_iter().map(|((name, status), count)| Unanswered { name, count, status }).collect()
}

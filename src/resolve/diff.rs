//! The difference between two Worlds: every name whose answer differs, for each place asked from, grouped by cause.
//!
//! Compares what is answered: response codes and records without their TTLs. It decides no answer, and only
//! `breaks.rs` looks at ways.

mod breaks;
mod cause;
mod changed;
mod found;
mod group;
mod guards;
mod judged;
mod names;
mod queries;
mod reach;
mod report;
mod sides;
mod sites;
mod told;
mod wanted;

use std::{collections::HashSet, rc::Rc};

pub use self::{
    breaks::Breaks,
    judged::BrokenGroup,
    names::Names,
    queries::{Query, Unanswered},
    report::{Report, Summary},
    sides::Sides,
    told::{Diff, Difference, Group, Heading, Said, SaidRecord},
};

use super::{
    answer::{Outcome, Target},
    explain,
    question::{Question, Reader},
    snapshot::Snapshot,
    survey::{ANY_LABEL, Pattern, Progress},
    trace::Trace,
};
use crate::{
    language::Language,
    model::{record::RecordType, world::World},
};

/// Compares two Worlds, place by place. Asks only what their differences reach.
pub fn diff(sides: Sides<'_>, progress: Progress<'_>) -> Diff {
    Comparison::new(sides).diff(progress)
}

/// What breaks from one World to another, for each place that stays.
pub fn breaks(sides: Sides<'_>, progress: Progress<'_>) -> Vec<Breaks> {
    Comparison::new(sides).breaks(progress)
}

/// A comparison of two Worlds.
pub struct Comparison<'s>(group::Asked<'s>);

impl std::fmt::Debug for Comparison<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Comparison").field(&self.0.sides).finish()
    }
}

impl<'s> Comparison<'s> {
    /// Finds out how far the differences of two Worlds reach. Nothing else will be asked.
    pub fn new(sides: Sides<'s>) -> Self {
        Self(group::Asked::new(sides, found::reach(sides), None))
    }

    /// Asks only what was really asked, at the places where it was.
    pub fn of_queries(sides: Sides<'s>, queries: Vec<Query>) -> Self {
        Self(group::Asked::new(sides, found::reach(sides), Some(queries)))
    }

    /// Asks every name at every place. It tells the same as `new`, and is far slower: tests compare both.
    pub fn exhaustive(sides: Sides<'s>) -> Self {
        Self(group::Asked::new(sides, reach::Reach::everywhere(), None))
    }

    /// Whether every name is asked at every place.
    pub fn asks_everything(&self) -> bool {
        self.0.reach.everywhere
    }

    /// What is answered differently.
    pub fn diff(&self, progress: Progress<'_>) -> Diff {
        let Self(asked) = self;
        let at = |site: &sites::Site, names: &Names| {
            let mut different = HashSet::new();
            let groups = compare(asked.sides, site, names, &mut different);
            let key = asked.answer_key(site);
            asked.different.borrow_mut().insert(key, Rc::new(different));
            groups
        };
        let places: Vec<Heading> = asked
            .each_place(|site| asked.answer_key(site), progress, at)
            .into_iter()
            .map(|it| Heading {
                from: it.from,
                places: it.places,
                groups: it.groups,
                sites: it.sites,
            })
            .collect();
        let (only_in_a, only_in_b) = (&asked.sites.only_before, &asked.sites.only_after);
        Diff {
            same: places.is_empty() && only_in_a.is_empty() && only_in_b.is_empty(),
            only_in_a: only_in_a.clone(),
            only_in_b: only_in_b.clone(),
            places,
        }
    }

    /// What breaks.
    pub fn breaks(&self, progress: Progress<'_>) -> Vec<Breaks> {
        breaks::broken(&self.0, progress)
    }

    /// What mends: names that did not work before, and do now.
    pub fn mends(&self, progress: Progress<'_>) -> Vec<Breaks> {
        breaks::mended(&self.0, progress)
    }

    /// All of it, for readers: what breaks first.
    pub fn report(&self, diff: Diff, progress: Progress<'_>) -> Report {
        report::report(&self.0, diff, progress)
    }
}

/// What differs at one place, the causes in the order of their first names.
fn compare(
    sides: Sides<'_>,
    site: &sites::Site,
    names: &Names,
    different: &mut HashSet<Pattern>,
) -> Vec<Group> {
    let Sides { before, after, now, language } = sides;
    let reader = |asker| Reader { asker, now, language };
    let mut groups: Vec<Group> = Vec::new();
    for (name, rtype) in names.iter() {
        let one = said(before, reader(site.before), name, rtype, &mut ());
        let other = said(after, reader(site.after), name, rtype, &mut ());
        if one == other {
            continue;
        }
        if !different.contains(name) {
            different.insert(name.clone());
        }
        let (mut one_trace, mut other_trace) = (Trace::default(), Trace::default());
        said(before, reader(site.before), name, rtype, &mut one_trace);
        said(after, reader(site.after), name, rtype, &mut other_trace);
        let causes = (
            cause::cause(&before.world, &one_trace, language),
            cause::cause(&after.world, &other_trace, language),
        );
        let difference = Difference {
            name: name.text.clone(),
            rtype: rtype.to_string(),
            before: one,
            after: other,
        };
        match groups.iter_mut().find(|it| it.before == causes.0 && it.after == causes.1) {
            Some(group) => group.names.push(difference),
            None => {
                groups.push(Group { before: causes.0, after: causes.1, names: vec![difference] });
            }
        }
    }
    groups
}

fn said<T: super::trace::Tracer>(
    snapshot: &Snapshot,
    reader: Reader,
    name: &Pattern,
    rtype: RecordType,
    trace: &mut T,
) -> Said {
    let question = Question::asked(name.asked.as_ref(), rtype, reader.asker, reader.now);
    let outcome = snapshot.answer(&question, trace);
    let answered = explain::answered(&outcome, question.name);
    let mut status = answered.status.into_owned();
    if let Outcome::Forward { target, .. } = &outcome {
        let say = reader.language;
        status = say.forwarded_to(status, whom(&snapshot.world, *target, say));
    }
    let plain = |text: String| {
        if name.text.starts_with("*.") {
            text.replace(&format!("{ANY_LABEL}."), "*.")
        } else {
            text
        }
    };
    let (mut addresses, mut records): (Vec<_>, Vec<_>) = answered
        .records
        .into_iter()
        .map(|record| SaidRecord {
            name: plain(record.name),
            rtype: record.rtype,
            data: plain(record.data),
        })
        .partition(|record| record.rtype != "CNAME");
    addresses.sort();
    records.append(&mut addresses);
    Said { status, records }
}

fn whom(world: &World, target: Target, say: Language) -> String {
    match target {
        Target::Upstream => say.upstream_resolver(),
        Target::Rule(id) => world.resolver_rules.get(&id).map_or_else(
            || id.to_string(),
            |rule| rule.targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ),
    }
}

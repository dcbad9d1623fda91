//! The difference between two Worlds: every name whose answer differs, for each place asked from, grouped by cause.
//!
//! Compares what is answered: response codes and records without their TTLs. It decides no answer, and only
//! `breaks.rs` looks at ways.

mod breaks;
mod cause;
mod group;
mod names;
mod sides;
mod sites;

use serde::Serialize;

pub use self::{
    breaks::{Breaks, BrokenGroup, breaks},
    names::Names,
    sides::Sides,
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

/// What differs between two Worlds.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// Whether every place exists on both sides and every name answers alike.
    pub same: bool,
    /// Clients of the first World that the second does not have.
    pub only_in_a: Vec<String>,
    /// Clients of the second World that the first does not have.
    pub only_in_b: Vec<String>,
    /// The differences. Clients with equal differences are one entry.
    pub places: Vec<Heading>,
}

/// Places and what differs there.
#[derive(Clone, Debug, Serialize)]
pub struct Heading {
    /// The places, as one phrase.
    pub from: String,
    /// The places, one by one.
    pub places: Vec<String>,
    /// The differences.
    pub groups: Vec<Group>,
}

/// Names whose answers differ for the same cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What answers in the first World.
    pub before: String,
    /// What answers in the second.
    pub after: String,
    /// The names.
    pub names: Vec<Difference>,
}

/// One name that answers differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The name, or a pattern `*.name`.
    pub name: String,
    /// The type asked.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What the first World answers.
    pub before: Said,
    /// What the second answers.
    pub after: Said,
}

/// An answer as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The response code, `SILENCE`, or `FORWARDED` and to whom.
    pub status: String,
    /// The records, addresses sorted behind the rest.
    pub records: Vec<SaidRecord>,
}

/// A record as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SaidRecord {
    /// Its owner.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Its data.
    pub data: String,
}

impl Said {
    /// In one line: the data of the records, else why there are none.
    pub fn text(&self) -> String {
        if self.records.is_empty() {
            return if self.status == "NOERROR" {
                "NODATA".to_owned()
            } else {
                self.status.clone()
            };
        }
        let data: Vec<&str> = self.records.iter().map(|record| record.data.as_str()).collect();
        let status = if self.status == "NOERROR" { "" } else { &self.status };
        format!("{} {status}", data.join(" ")).trim_end().to_owned()
    }
}

impl Difference {
    /// Whether neither side answers a record.
    pub fn is_empty(&self) -> bool {
        self.before.records.is_empty() && self.after.records.is_empty()
    }
}

impl Group {
    /// How many names it has; a name counts once for all its types.
    pub fn count(&self) -> usize {
        let mut names: Vec<&str> = self.names.iter().map(|it| it.name.as_str()).collect();
        names.dedup();
        names.len()
    }
}

/// Compares two Worlds, place by place.
pub fn diff(sides: Sides<'_>, progress: Progress<'_>) -> Diff {
    let sites = sites::Sites::of(sides);
    let names = Names::of([sides.before, sides.after]);
    let at = |site: &sites::Site| compare(sides, site, &names);
    let places: Vec<Heading> = group::each_place(sides, &sites, progress, at)
        .into_iter()
        .map(|it| Heading { from: it.from, places: it.places, groups: it.groups })
        .collect();
    Diff {
        same: places.is_empty() && sites.only_before.is_empty() && sites.only_after.is_empty(),
        only_in_a: sites.only_before,
        only_in_b: sites.only_after,
        places,
    }
}

/// What differs at one place, the causes in the order of their first names.
fn compare(sides: Sides<'_>, site: &sites::Site, names: &Names) -> Vec<Group> {
    let Sides { before, after, now, language } = sides;
    let reader = |asker| Reader { asker, now, language };
    let mut groups: Vec<Group> = Vec::new();
    for (name, rtype) in names.iter() {
        let one = said(before, reader(site.before), name, rtype, &mut ());
        let other = said(after, reader(site.after), name, rtype, &mut ());
        if one == other {
            continue;
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

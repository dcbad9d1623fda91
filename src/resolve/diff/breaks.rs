//! What breaks between two Worlds: names that had an address and lost it, and ways that now lead nowhere.
//!
//! Looks at names and ways together, unlike the rest of the comparison. It decides neither.

use serde::Serialize;

use super::{
    cause,
    group::each_place,
    names::Names,
    sites::{Site, Sites},
};
use crate::{
    language::Language,
    model::record::RecordType,
    resolve::{
        explain,
        path::{self, PathKind},
        question::Question,
        snapshot::Snapshot,
        survey::{Code, Pattern, Progress},
        trace::Trace,
    },
};

/// Places and what breaks there.
#[derive(Clone, Debug, Serialize)]
pub struct Breaks {
    /// The places, as one phrase.
    pub from: String,
    /// The places, one by one.
    pub places: Vec<String>,
    /// What breaks, by why.
    pub groups: Vec<BrokenGroup>,
}

/// Names that break for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenGroup {
    /// Why.
    pub why: String,
    /// The names, or patterns `*.name`.
    pub names: Vec<String>,
}

/// What breaks from one World to another, for each place that stays.
pub fn breaks(
    before: &Snapshot,
    after: &Snapshot,
    now: u64,
    progress: Progress<'_>,
) -> Vec<Breaks> {
    let sites = Sites::of(&before.world, &after.world);
    let names = Names::of([before, after]);
    each_place([before, after], &sites, progress, |site| at(before, after, site, &names, now))
        .into_iter()
        .map(|(from, places, groups)| Breaks { from, places, groups })
        .collect()
}

fn at(
    before: &Snapshot,
    after: &Snapshot,
    site: &Site,
    names: &Names,
    now: u64,
) -> Vec<BrokenGroup> {
    let mut groups: Vec<BrokenGroup> = Vec::new();
    for (name, _) in names.iter().filter(|(_, rtype)| *rtype == RecordType::A) {
        let Some(why) = why(before, after, site, name, now) else { continue };
        match groups.iter_mut().find(|group| group.why == why) {
            Some(group) => group.names.push(name.text.clone()),
            None => groups.push(BrokenGroup { why, names: vec![name.text.clone()] }),
        }
    }
    groups
}

/// Why a name breaks at a place; `None` if it does not.
fn why(
    before: &Snapshot,
    after: &Snapshot,
    site: &Site,
    name: &Pattern,
    now: u64,
) -> Option<String> {
    let question = |asker, rtype| Question::asked(name.asked.as_ref(), rtype, asker, now);
    // Whether there is no address that the place can use, and the way to the IPv4 ones. Ways over IPv6 are not followed.
    let state = |snapshot: &Snapshot, asker| {
        let lacks = |verdict| Code::from(verdict) == Code::Failed;
        let v6 = || lacks(explain::summary(snapshot, &question(asker, RecordType::AAAA)).0);
        if !path::has_ipv4(&snapshot.world, asker) {
            return (v6(), None);
        }
        let (verdict, way) = explain::summary(snapshot, &question(asker, RecordType::A));
        (lacks(verdict) && v6(), way)
    };
    let (failed_before, way_before) = state(before, site.before);
    if failed_before {
        return None;
    }
    let (failed, way) = state(after, site.after);
    let rtype = match path::has_ipv4(&after.world, site.after) {
        true => RecordType::A,
        false => RecordType::AAAA,
    };
    let asked = question(site.after, rtype);
    if failed {
        let mut trace = Trace::default();
        let outcome = after.answer(&asked, &mut trace);
        let status = explain::answered(&outcome, asked.name).status;
        let status = if status == "NOERROR" { "NODATA" } else { &status };
        return Some(format!(
            "no {} any more, {status}: {}",
            if rtype == RecordType::A { "address" } else { "IPv6 address" },
            cause::cause(&after.world, &trace)
        ));
    }
    if way == Some(PathKind::Nowhere) && way_before != way {
        let explanation = explain::explain(after, &asked, Language::default());
        let lost = explanation.paths.iter().find(|path| path.kind == PathKind::Nowhere.text());
        let end = lost.map_or("nowhere", |path| &path.phrase);
        let before = way_before.map_or("no way", PathKind::text);
        return Some(format!("the way was {before} and now leads {end}"));
    }
    None
}

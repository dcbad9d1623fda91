//! What breaks between two Worlds: names that had an address and lost it, and ways that now lead nowhere.
//!
//! Looks at names and ways together, unlike the rest of the comparison. It decides neither.

use serde::Serialize;

use super::{
    cause,
    group::each_place,
    names::Names,
    sides::Sides,
    sites::{Site, Sites},
};
use crate::{
    model::record::RecordType,
    resolve::{
        explain,
        path::{self, Aim, PathKind},
        question::Question,
        snapshot::Snapshot,
        survey::{Code, Pattern, Progress},
        together::is_lost,
        trace::Trace,
        words,
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
    /// Whether a subnet is among the places, which stands for a new instance in it.
    #[serde(skip)]
    pub new_instances: bool,
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
pub fn breaks(sides: Sides<'_>, progress: Progress<'_>) -> Vec<Breaks> {
    let sites = Sites::of(sides);
    let names = Names::of([sides.before, sides.after]);
    each_place(sides, &sites, progress, |site| at(sides, site, &names))
        .into_iter()
        .map(|it| Breaks {
            from: it.from,
            places: it.places,
            groups: it.groups,
            new_instances: it.new_instances,
        })
        .collect()
}

fn at(sides: Sides<'_>, site: &Site, names: &Names) -> Vec<BrokenGroup> {
    let mut groups: Vec<BrokenGroup> = Vec::new();
    for (name, _) in names.iter().filter(|(_, rtype)| *rtype == RecordType::A) {
        let Some(why) = why(sides, site, name) else { continue };
        match groups.iter_mut().find(|group| group.why == why) {
            Some(group) => group.names.push(name.text.clone()),
            None => groups.push(BrokenGroup { why, names: vec![name.text.clone()] }),
        }
    }
    groups
}

/// Why a name breaks at a place; `None` if it does not.
fn why(sides: Sides<'_>, site: &Site, name: &Pattern) -> Option<String> {
    let Sides { before, after, now, language: say } = sides;
    let question = |asker, rtype| Question::asked(name.asked.as_ref(), rtype, asker, now);
    // Whether there is no address that the place can use, and the way to the IPv4 ones. Ways over IPv6 are not followed.
    let state = |snapshot: &Snapshot, asker| {
        let lacks = |verdict| Code::from(verdict) == Code::Failed;
        let v6 =
            || lacks(explain::summary(snapshot, &question(asker, RecordType::AAAA), Aim::Usual).0);
        if !path::has_ipv4(&snapshot.world, asker) {
            return (v6(), None);
        }
        let (verdict, way) =
            explain::summary(snapshot, &question(asker, RecordType::A), Aim::Usual);
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
        let cause = cause::cause(&after.world, &trace, say);
        return Some(match rtype {
            RecordType::A => say.no_address_any_more(status, cause),
            _ => say.no_ipv6_address_any_more(status, cause),
        });
    }
    if way.is_some_and(PathKind::is_lost) && !way_before.is_some_and(PathKind::is_lost) {
        let explanation = explain::explain(after, &asked, say);
        let lost = explanation.paths.iter().find(|path| is_lost(&path.kind));
        let end = lost.map_or_else(|| say.way_nowhere(), |path| path.phrase.clone());
        let before =
            way_before.map_or_else(|| say.no_way(), |kind| words::way_kind(kind.text(), say));
        return Some(say.way_lost(before, end));
    }
    None
}

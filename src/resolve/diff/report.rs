//! What a comparison tells a reader: a line that sums it up, what breaks, what mends, and what else is answered differently.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::{
    breaks::{Breaks, broken, mended},
    group::Asked,
    queries::{Unanswered, counts, unanswered},
    sides::Sides,
    told::{Diff, Group, Heading},
};
use crate::{
    language::Language,
    resolve::{consequence, survey::Progress},
};

/// A comparison in the order in which it is read.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The numbers.
    pub summary: Summary,
    /// Every answer that differs.
    pub diff: Diff,
    /// What breaks, and why.
    pub breaks: Vec<Breaks>,
    /// What follows from the change that no answer shows.
    pub consequences: consequence::Report,
    /// What mends.
    pub mends: Vec<Breaks>,
    /// What differs, and neither breaks nor mends at these places.
    pub moves: Vec<Heading>,
    /// What the ways assume.
    pub assumed: Vec<String>,
    /// What was not looked at.
    pub not_looked_at: Vec<String>,
    /// How often each name was asked, if only those of a query log are compared.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<String, u64>,
    /// The names that were asked, and that the first World cannot answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Unanswered>,
}

/// How many names break, mend and move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All of it in one line.
    pub text: String,
    /// The names that break somewhere.
    pub breaks: usize,
    /// The subnets in which one breaks.
    pub subnets: usize,
    /// The names that are answered differently somewhere, and neither break nor mend there.
    pub moves: usize,
    /// The names that mend somewhere.
    pub mends: usize,
}

/// Puts a comparison together.
pub(super) fn report(asked: &Asked<'_>, diff: Diff, progress: Progress<'_>) -> Report {
    let say = asked.sides.language;
    let breaks = broken(asked, &mut *progress);
    let mends = mended(asked, progress);
    let moves = moves(asked, &diff, [&breaks, &mends]);
    let mut summary = Summary {
        text: String::new(),
        breaks: names_of(&breaks).len(),
        subnets: subnets(asked, &breaks),
        moves: moved(&moves).len(),
        mends: names_of(&mends).len(),
    };
    let consequences = consequences(asked);
    summary.text = sum(&summary, &consequences, say);
    let new_instances = breaks.iter().chain(&mends).any(|it| it.new_instances);
    Report {
        summary,
        diff,
        breaks,
        consequences,
        mends,
        moves,
        assumed: new_instances.then(|| say.new_instances()).into_iter().collect(),
        not_looked_at: vec![say.unseen_ipv6(), say.unseen_policies()],
        asked: asked.queries.as_deref().map(counts).unwrap_or_default(),
        unanswered: asked
            .queries
            .as_deref()
            .map(|queries| unanswered(asked.sides, queries))
            .unwrap_or_default(),
    }
}

/// The consequences in the VPCs that the differences reach. What a security group keeps out is among what breaks, by its names.
fn consequences(asked: &Asked<'_>) -> consequence::Report {
    let Sides { before, after, language, .. } = asked.sides;
    let vpcs = asked.reach.vpcs();
    let mut found = consequence::brought_in(before, after, vpcs.as_ref(), language);
    found.retain(|finding| finding.rule != "T7");
    consequence::Report::of(found)
}

/// The first line: names, and what follows beside them. Something that is broken stands first where no name is.
fn sum(summary: &Summary, consequences: &consequence::Report, say: Language) -> String {
    let parts = consequences.parts(say).join(", ");
    let (moves, mends) = (sum_moves(summary, say), sum_mends(summary, say));
    if summary.breaks == 0 && consequences.broken > 0 {
        return say.sum(parts, moves, mends);
    }
    let names = match (summary.breaks, summary.moves, summary.mends) {
        (0, 0, 0) => say.sum_nothing(),
        _ => say.sum(sum_breaks(summary, say), moves, mends),
    };
    if parts.is_empty() { names } else { format!("{names}; {parts}") }
}

fn sum_breaks(summary: &Summary, say: Language) -> String {
    match (summary.breaks, summary.subnets) {
        (0, _) => say.nothing_breaks(),
        (1, 0) => say.sum_break_1(),
        (names, 0) => say.sum_break(names),
        (1, 1) => say.sum_break_1_in_1(),
        (1, subnets) => say.sum_break_1_in(subnets),
        (names, 1) => say.sum_break_in_1(names),
        (names, subnets) => say.sum_break_in(names, subnets),
    }
}

fn sum_moves(summary: &Summary, say: Language) -> String {
    match summary.moves {
        1 => say.sum_move_1(),
        names => say.sum_move(names),
    }
}

fn sum_mends(summary: &Summary, say: Language) -> String {
    match summary.mends {
        1 => say.sum_mend_1(),
        names => say.sum_mend(names),
    }
}

fn names_of(list: &[Breaks]) -> BTreeSet<&str> {
    list.iter().flat_map(|it| &it.groups).flat_map(|it| &it.names).map(String::as_str).collect()
}

fn moved(moves: &[Heading]) -> BTreeSet<&str> {
    let groups = moves.iter().flat_map(|it| &it.groups);
    groups.flat_map(|it| &it.names).map(|it| it.name.as_str()).collect()
}

/// The subnets of places, those of instances among them.
fn subnets(asked: &Asked<'_>, list: &[Breaks]) -> usize {
    let sites = list.iter().flat_map(|it| asked.sites_at(&it.sites));
    sites.filter_map(|site| site.after.subnet()).collect::<HashSet<_>>().len()
}

/// What differs without what breaks or mends. Places of one heading may differ in that.
fn moves(asked: &Asked<'_>, diff: &Diff, told: [&[Breaks]; 2]) -> Vec<Heading> {
    let mut gone: HashMap<usize, HashSet<&str>> = HashMap::new();
    for place in told.into_iter().flatten() {
        for site in &place.sites {
            let names = place.groups.iter().flat_map(|it| &it.names).map(String::as_str);
            gone.entry(*site).or_default().extend(names);
        }
    }
    let mut moves = Vec::new();
    for heading in &diff.places {
        let names: BTreeSet<&str> =
            heading.groups.iter().flat_map(|it| &it.names).map(|it| it.name.as_str()).collect();
        let mut parts: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for site in &heading.sites {
            let here = gone.get(site);
            let left_out =
                names.iter().filter(|name| here.is_some_and(|gone| gone.contains(**name)));
            parts.entry(left_out.copied().collect()).or_default().push(*site);
        }
        let mut parts: Vec<_> = parts.into_iter().collect();
        parts.sort_by_key(|(_, sites)| sites.first().copied());
        moves.extend(parts.into_iter().filter_map(|(left_out, sites)| {
            part(asked, heading, &left_out.into_iter().collect(), sites)
        }));
    }
    moves
}

/// A heading for some of its places, without some of its names; `None` if no name is left.
fn part(
    asked: &Asked<'_>,
    heading: &Heading,
    left_out: &HashSet<&str>,
    sites: Vec<usize>,
) -> Option<Heading> {
    let groups = heading.groups.iter().filter_map(|group| {
        let names = group.names.iter().filter(|it| !left_out.contains(it.name.as_str()));
        let names: Vec<_> = names.cloned().collect();
        (!names.is_empty()).then(|| Group { names, ..group.clone() })
    });
    let groups: Vec<Group> = groups.collect();
    if groups.is_empty() {
        return None;
    }
    let places = asked.sites_at(&sites);
    Some(Heading {
        from: asked.phrase(&sites),
        places: places.iter().map(|site| site.label.clone()).collect(),
        groups,
        sites,
    })
}

//! What breaks and what mends between two Worlds: names that had an address that worked and lost it, or the other way round.
//!
//! Looks at names and ways together, unlike the rest of the comparison. It decides neither.

use std::{collections::HashSet, rc::Rc};

use serde::Serialize;

use super::{
    cause,
    group::Asked,
    judged::{BrokenGroup, Judged},
    names::Names,
    sides::Sides,
    sites::Site,
};
use crate::{
    language::Language,
    model::record::RecordType,
    resolve::{
        explain,
        path::{self, Aim, PathKind},
        question::{Asker, Question},
        snapshot::Snapshot,
        survey::{Code, Pattern, Progress},
        together::is_lost,
        trace::Trace,
        words,
    },
};

/// Places and what breaks there, or what mends.
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
    /// The places, by their numbers.
    #[serde(skip)]
    pub(super) sites: Vec<usize>,
}

/// What breaks in a comparison.
pub(super) fn broken(asked: &Asked<'_>, progress: Progress<'_>) -> Vec<Breaks> {
    found(asked, progress, |judged| judged.breaks.clone())
}

/// What mends in a comparison.
pub(super) fn mended(asked: &Asked<'_>, progress: Progress<'_>) -> Vec<Breaks> {
    found(asked, progress, |judged| judged.mends.clone())
}

fn found(
    asked: &Asked<'_>,
    progress: Progress<'_>,
    wanted: impl Fn(&Judged) -> Vec<BrokenGroup>,
) -> Vec<Breaks> {
    let at = |site: &Site, names: &Names| {
        let key = asked.way_key(site);
        let mut judged = asked.judged.borrow_mut();
        wanted(judged.entry(key).or_insert_with(|| {
            let different = asked.different.borrow();
            let known = different.get(&asked.answer_key(site));
            judge(
                asked.sides,
                site,
                names,
                known.filter(|_| !asked.reach.ways_differ(site)).map(Rc::as_ref),
            )
        }))
    };
    asked
        .each_place(|site| asked.way_key(site), progress, at)
        .into_iter()
        .map(|it| Breaks {
            from: it.from,
            places: it.places,
            groups: it.groups,
            new_instances: it.new_instances,
            sites: it.sites,
        })
        .collect()
}

/// What breaks and mends at a place. `different` are the names with different answers, where no other name can.
fn judge(
    sides: Sides<'_>,
    site: &Site,
    names: &Names,
    different: Option<&HashSet<Pattern>>,
) -> Judged {
    let mut judged = Judged::default();
    for name in names.of_hosts() {
        if different.is_some_and(|different| !different.contains(name)) {
            continue;
        }
        match verdict(sides, site, name) {
            None => {}
            Some(Told { mends: false, why, cure }) => put(&mut judged.breaks, why, cure, name),
            Some(Told { mends: true, why, cure }) => put(&mut judged.mends, why, cure, name),
        }
    }
    judged
}

fn put(groups: &mut Vec<BrokenGroup>, why: String, cure: String, name: &Pattern) {
    match groups.iter_mut().find(|group| group.why == why && group.cure == cure) {
        Some(group) => group.names.push(name.text.clone()),
        None => groups.push(BrokenGroup { why, cure, names: vec![name.text.clone()] }),
    }
}

/// What is told of a name that breaks or mends.
struct Told {
    mends: bool,
    why: String,
    cure: String,
}

/// Whether a name works at a place, on one side.
struct State {
    /// There is no address that the place can use.
    failed: bool,
    /// The way to the IPv4 addresses. Ways over IPv6 are not followed.
    way: Option<PathKind>,
}

/// A name asked at a place, on one side.
#[derive(Clone, Copy)]
struct Side<'s> {
    snapshot: &'s Snapshot,
    asker: Asker,
    name: &'s Pattern,
    now: u64,
    say: Language,
}

impl<'s> Side<'s> {
    fn question(&self, rtype: RecordType) -> Question<'s> {
        Question::asked(self.name.asked.as_ref(), rtype, self.asker, self.now)
    }

    fn has_ipv4(&self) -> bool {
        path::has_ipv4(&self.snapshot.world, self.asker)
    }

    fn state(&self) -> State {
        let lacks = |verdict| Code::from(verdict) == Code::Failed;
        let ask = |rtype| explain::summary(self.snapshot, &self.question(rtype), Aim::Usual);
        let v6 = || lacks(ask(RecordType::AAAA).0);
        if !self.has_ipv4() {
            return State { failed: v6(), way: None };
        }
        let (verdict, way) = ask(RecordType::A);
        State { failed: lacks(verdict) && v6(), way }
    }

    /// Why there is no address: the type that a client asks for, the status and the cause.
    fn failure(&self) -> (RecordType, String, String) {
        let rtype = if self.has_ipv4() { RecordType::A } else { RecordType::AAAA };
        let asked = self.question(rtype);
        let mut trace = Trace::default();
        let outcome = self.snapshot.answer(&asked, &mut trace);
        let status = explain::answered(&outcome, asked.name).status;
        let status = if status == "NOERROR" { "NODATA".to_owned() } else { status.into_owned() };
        (rtype, status, cause::cause(&self.snapshot.world, &trace, self.say))
    }

    fn cause(&self) -> String {
        let mut trace = Trace::default();
        self.snapshot.answer(&self.question(RecordType::A), &mut trace);
        cause::cause(&self.snapshot.world, &trace, self.say)
    }

    /// Where the way ends, and the code of the reason.
    fn end(&self) -> (String, String) {
        let explanation = explain::explain(self.snapshot, &self.question(RecordType::A), self.say);
        let lost = explanation.paths.iter().find(|path| is_lost(&path.kind));
        lost.map_or_else(
            || (self.say.way_nowhere(), String::new()),
            |path| (path.phrase.clone(), path.reason.clone().unwrap_or_default().into_owned()),
        )
    }
}

/// Whether a name breaks or mends at a place, and why.
fn verdict(sides: Sides<'_>, site: &Site, name: &Pattern) -> Option<Told> {
    let Sides { before, after, now, language: say } = sides;
    let before = Side { snapshot: before, asker: site.before, name, now, say };
    let after = Side { snapshot: after, asker: site.after, name, now, say };
    let (was, is) = (before.state(), after.state());
    let lost = |state: &State| state.way.is_some_and(PathKind::is_lost);
    let kind = |way: Option<PathKind>| {
        way.map_or_else(|| say.no_way(), |kind| words::way_kind(kind.text(), say))
    };
    match (was.failed, is.failed) {
        (true, true) => None,
        (false, true) => {
            let (rtype, status, cause) = after.failure();
            let why = match rtype {
                RecordType::A => say.no_address_any_more(status, cause),
                _ => say.no_ipv6_address_any_more(status, cause),
            };
            // A name that led nowhere before is no worse off; it is told all the same.
            Some(Told { mends: false, why, cure: say.cure_answer(before.cause()) })
        }
        (false, false) if lost(&is) && !lost(&was) => {
            let (end, code) = after.end();
            let why = say.way_lost(kind(was.way), end);
            Some(Told { mends: false, why, cure: cure(&code, say) })
        }
        (false, false) if lost(&was) && !lost(&is) => {
            let why = say.way_found(kind(is.way), before.end().0);
            Some(Told { mends: true, why, cure: String::new() })
        }
        (true, false) if !lost(&is) => {
            let (_, status, cause) = before.failure();
            let why = say.address_found(after.cause(), status, cause);
            Some(Told { mends: true, why, cure: String::new() })
        }
        _ => None,
    }
}

/// What to do about a way that leads nowhere, by the code of its reason.
fn cure(code: &str, say: Language) -> String {
    match code {
        "no-route" | "no-table" => say.cure_no_route(),
        "no-public-address" | "private-nat" => say.cure_no_public_address(),
        "gateway-detached" | "blackhole" => say.cure_blackhole(),
        "nat-without-internet" => say.cure_nat(),
        "security-group-egress" | "security-group-ingress" => say.cure_security_group(),
        "network-acl-egress" | "network-acl-ingress" | "network-acl-reply" => {
            say.cure_network_acl()
        }
        "peering-not-active" | "peering-out-of-range" | "no-route-back" => say.cure_peering(),
        _ => say.cure_way(),
    }
}

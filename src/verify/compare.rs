//! Sets what a real resolver said beside what the World answers.
//!
//! TTLs and the order of records do not count. Where the World does not decide the address, as for the public names of
//! AWS's services, only public or private counts.

use std::{collections::BTreeSet, net::IpAddr};

use serde::Serialize;

use super::item::{Item, Said};
use crate::{
    language::Language,
    model::record::{RecordType, dotted},
    resolve::{
        explain::{self, Explanation, Verdict as Answered},
        path::Aim,
        question::{Asker, Question},
        snapshot::Snapshot,
        survey::ANY_LABEL,
    },
};

/// A question, answered by both.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The name.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Whether both answer alike.
    pub verdict: Verdict,
    /// What the World answers.
    pub world: String,
    /// What the resolver says.
    pub resolver: String,
    /// What the World's answer rests on, where they differ: one of these does not hold there.
    pub reasons: Vec<Reason>,
}

/// Whether two answers are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They are.
    Same,
    /// They are not.
    Different,
    /// The World does not know what the answer is.
    Unknown,
}

/// A step of the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The step in words.
    pub text: String,
    /// The facts it rests on.
    pub facts: Vec<String>,
}

/// Compares one answer. `now` is the time in seconds.
pub fn compare(
    snapshot: &Snapshot,
    asker: Asker,
    (item, said): (&Item, &Said),
    now: u64,
    say: Language,
) -> Compared {
    let question = Question::asked(item.name.as_ref(), item.rtype, asker, now);
    let ours = explain::explain(snapshot, &question, say);
    let verdict = verdict(snapshot, asker, item, &ours, said);
    let reasons = match verdict {
        Verdict::Different => reasons(&ours),
        Verdict::Same | Verdict::Unknown => Vec::new(),
    };
    Compared {
        name: dotted(item.name.as_ref()),
        rtype: item.rtype.to_string(),
        verdict,
        world: our_text(&ours, item.rtype),
        resolver: their_text(snapshot, asker, item, said),
        reasons,
    }
}

/// What answers are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Silence,
    /// A response code other than NOERROR.
    Code(String),
    NoData,
    Records(BTreeSet<String>),
}

fn verdict(
    snapshot: &Snapshot,
    asker: Asker,
    item: &Item,
    ours: &Explanation,
    said: &Said,
) -> Verdict {
    let theirs = their_kind(item.rtype, said);
    let our_kind = match ours.verdict {
        Answered::Forwarded => return Verdict::Unknown,
        // The targets of a Resolver rule are not asked here.
        Answered::ServFail if has(ours, "RESOLVER_RULE") => return Verdict::Unknown,
        Answered::Silence => Kind::Silence,
        Answered::NoData => Kind::NoData,
        Answered::NxDomain | Answered::ServFail => Kind::Code(ours.answer.status.to_string()),
        Answered::Private | Answered::Public | Answered::Records => {
            let rtype = item.rtype.to_string();
            let records = ours.answer.records.iter().filter(|record| record.rtype == rtype);
            Kind::Records(records.map(|record| plain(&record.data)).collect())
        }
    };
    if our_kind == theirs {
        return Verdict::Same;
    }
    let theirs_private = private(snapshot, asker, item, said);
    match (&our_kind, &theirs) {
        // Names of the rest of the internet are not in the World.
        (Kind::Code(_) | Kind::NoData, Kind::Code(_) | Kind::NoData | Kind::Records(_))
            if is_outside(ours) && theirs_private != Some(true) =>
        {
            Verdict::Unknown
        }
        // A wildcard of public names is asked with a label that perhaps nobody has.
        (Kind::Records(_), Kind::Code(_) | Kind::NoData)
            if !decides(ours) && item.name.to_string().starts_with(ANY_LABEL) =>
        {
            Verdict::Unknown
        }
        (Kind::Records(_), Kind::Records(_)) if !decides(ours) => {
            match theirs_private == Some(ours.verdict == Answered::Private) {
                true => Verdict::Same,
                false => Verdict::Different,
            }
        }
        _ => Verdict::Different,
    }
}

fn their_kind(rtype: RecordType, said: &Said) -> Kind {
    match said {
        Said::Silence => Kind::Silence,
        Said::Reply { status, .. } if status != "NOERROR" => Kind::Code(status.clone()),
        Said::Reply { records, .. } => {
            let data: BTreeSet<String> = records
                .iter()
                .filter(|(other, _)| *other == rtype)
                .map(|(_, data)| plain(data))
                .collect();
            if data.is_empty() { Kind::NoData } else { Kind::Records(data) }
        }
    }
}

/// Data as it is compared: names have no case and may leave out their final dot.
fn plain(data: &str) -> String {
    match data.starts_with('"') {
        true => data.to_owned(),
        false => data.trim_end_matches('.').to_ascii_lowercase(),
    }
}

/// Whether every address of a reply is private; `None` without one.
fn private(snapshot: &Snapshot, asker: Asker, item: &Item, said: &Said) -> Option<bool> {
    let Said::Reply { records, .. } = said else { return None };
    let addresses: Vec<IpAddr> = records
        .iter()
        .filter(|(rtype, _)| matches!(*rtype, RecordType::A | RecordType::AAAA))
        .filter_map(|(_, data)| data.parse().ok())
        .collect();
    explain::judge(snapshot, asker, item.name.as_ref(), &addresses, Aim::Anything)
        .map(|(private, _)| private)
}

/// Whether the World decides the addresses of an answer. The catalogue's are synthetic or were observed once, and those
/// of a load balancer on the internet change.
fn decides(ours: &Explanation) -> bool {
    let public = ours.verdict == Answered::Public;
    !ours.steps.iter().any(|step| match &*step.rule {
        "PUBLIC_NAME" | "PUBLIC_ZONE" | "UPSTREAM" => true,
        "LOAD_BALANCER" => public,
        _ => false,
    })
}

/// Whether the World has no answer because the name belongs to the rest of public DNS.
fn is_outside(ours: &Explanation) -> bool {
    let ends = ours.steps.last().is_some_and(|step| {
        step.rule == "NO_SUCH_NAME" && step.facts.iter().any(|fact| fact == "R51")
    });
    ends && !has(ours, "HOSTED_ZONE") && !has(ours, "PUBLIC_HOSTED_ZONE")
}

fn has(ours: &Explanation, rule: &str) -> bool {
    ours.steps.iter().any(|step| step.rule == rule)
}

/// The steps of the decision, but for where it was asked from.
fn reasons(ours: &Explanation) -> Vec<Reason> {
    let steps = ours.steps.iter().filter(|step| step.rule != "ASKED_FROM");
    steps
        .map(|step| Reason {
            text: step.text.clone(),
            facts: step.facts.iter().map(ToString::to_string).collect(),
        })
        .collect()
}

fn our_text(ours: &Explanation, rtype: RecordType) -> String {
    let rtype = rtype.to_string();
    let records = ours.answer.records.iter().filter(|record| record.rtype == rtype);
    let data: Vec<&str> = records.map(|record| record.data.as_str()).collect();
    text(ours.verdict.text(), &data)
}

fn their_text(snapshot: &Snapshot, asker: Asker, item: &Item, said: &Said) -> String {
    let Said::Reply { status, records } = said else {
        return Answered::Silence.text().to_owned();
    };
    let records = records.iter().filter(|(rtype, _)| *rtype == item.rtype);
    let data: Vec<&str> = records.map(|(_, data)| data.as_str()).collect();
    let word = match private(snapshot, asker, item, said) {
        _ if status != "NOERROR" => status,
        _ if data.is_empty() => Answered::NoData.text(),
        Some(true) => Answered::Private.text(),
        Some(false) => Answered::Public.text(),
        None => Answered::Records.text(),
    };
    text(word, &data)
}

/// A verdict in a word, and the data.
fn text(word: &str, data: &[&str]) -> String {
    if data.is_empty() { word.to_owned() } else { format!("{word} {}", data.join(" ")) }
}

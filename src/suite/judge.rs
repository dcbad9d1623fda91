//! Compares an expectation with the explanation of its question.

use std::collections::BTreeSet;

use super::checked::Checked;
use crate::{
    import::suite::{Expectation, Expected},
    language::Language,
    model::{id::EndpointId, name::Name, record::RecordType},
    resolve::{
        explain::{self, Explanation, PathWords, Verdict},
        path::{Aim, PathKind, Port},
        places,
        question::Question,
        snapshot::Snapshot,
    },
};

/// Asks the question of an expectation, and says whether the answer is as expected.
pub fn judge(snapshot: &Snapshot, expectation: &Expectation, now: u64, say: Language) -> Checked {
    let asked = &expectation.asked;
    let explained = explained(snapshot, expectation, now, say);
    let (met, given, why) = match &explained {
        Ok(explanation) => {
            let met = is_met(snapshot, expectation, explanation);
            let why = if met { Vec::new() } else { reasons(explanation) };
            (met, given(explanation), why)
        }
        Err(error) => (false, error.clone(), Vec::new()),
    };
    Checked {
        step: 0,
        step_name: String::new(),
        from: asked.from.clone(),
        name: asked.name.clone(),
        rtype: asked.rtype.to_string(),
        expected: wanted(expectation),
        given,
        met,
        because: expectation.because.clone(),
        why,
        line: expectation.line,
    }
}

fn explained(
    snapshot: &Snapshot,
    expectation: &Expectation,
    now: u64,
    say: Language,
) -> Result<Explanation, String> {
    let asked = &expectation.asked;
    let name = Name::parse(&asked.name).map_err(|error| error.to_string())?;
    let asker = places::client(snapshot, &asked.from).map_err(|error| error.to_string())?;
    let address = asked.from.parse().ok();
    let aim = expectation.port.map_or(Aim::Usual, |port| Aim::To(Port::tcp(port)));
    let question = Question { address, ..Question::asked(name.as_ref(), asked.rtype, asker, now) };
    Ok(explain::explain_to(snapshot, &question, aim, say))
}

/// What is expected, as a reader writes it.
fn wanted(expectation: &Expectation) -> String {
    let expected = expectation.expected.as_ref().map(Expected::text);
    let via = expectation.via.as_ref().map(|(_, text)| format!("via {text}"));
    [expected, via].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn is_met(snapshot: &Snapshot, expectation: &Expectation, explanation: &Explanation) -> bool {
    let as_expected = match &expectation.expected {
        None => true,
        Some(Expected::Way(word)) => goes(word, explanation),
        Some(Expected::Failure(word)) => fails(word, explanation),
        Some(Expected::Data(data)) => has_data(data, expectation.asked.rtype, explanation),
    };
    let endpoint = expectation.via.as_ref();
    as_expected && endpoint.is_none_or(|(id, _)| leads_through(snapshot, *id, explanation))
}

/// Whether every way to every address is of a kind. The ways to IPv6 addresses are not followed: only their answer is
/// known to be private or public.
fn goes(word: &str, explanation: &Explanation) -> bool {
    if !explanation.paths.is_empty() {
        return explanation.paths.iter().all(|path| path.kind == word);
    }
    match explanation.verdict {
        Verdict::Private => word == PathKind::Private.text(),
        Verdict::Public => word == PathKind::Public.text(),
        _ => false,
    }
}

fn fails(word: &str, explanation: &Explanation) -> bool {
    match word {
        "nodata" => explanation.verdict == Verdict::NoData,
        _ => explanation.answer.status.eq_ignore_ascii_case(word),
    }
}

fn has_data(data: &[String], rtype: RecordType, explanation: &Explanation) -> bool {
    let set = |all: &mut dyn Iterator<Item = &str>| -> BTreeSet<String> {
        all.map(|data| data.trim_end_matches('.').to_ascii_lowercase()).collect()
    };
    let given = data_of(rtype, explanation);
    explanation.verdict.has_records()
        && set(&mut given.iter().copied()) == set(&mut data.iter().map(String::as_str))
}

fn data_of(rtype: RecordType, explanation: &Explanation) -> Vec<&str> {
    let rtype = rtype.to_string();
    let records = explanation.answer.records.iter();
    records.filter(|record| record.rtype == rtype).map(|record| record.data.as_str()).collect()
}

/// Whether an endpoint is on every way. An IPv6 address must be one of the endpoint's own.
fn leads_through(snapshot: &Snapshot, id: EndpointId, explanation: &Explanation) -> bool {
    let text = id.to_string();
    let passes = |path: &PathWords| {
        path.details.iter().any(|hop| {
            matches!(&*hop.kind, "interface" | "gateway-endpoint") && hop.ids.contains(&text)
        })
    };
    if !explanation.paths.is_empty() {
        return explanation.paths.iter().all(passes);
    }
    let own: BTreeSet<String> = snapshot
        .world
        .endpoints
        .get(&id)
        .into_iter()
        .flat_map(|endpoint| &endpoint.interfaces)
        .filter_map(|interface| Some(interface.v6?.to_string()))
        .collect();
    let given = data_of(RecordType::AAAA, explanation);
    !given.is_empty() && given.iter().all(|data| own.contains(*data))
}

/// What is the case, in one line: the kinds of the ways with their addresses, or why there is none.
fn given(explanation: &Explanation) -> String {
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for path in &explanation.paths {
        let address = match &path.from {
            Some(from) => format!("{} ({from})", path.address),
            None => path.address.to_string(),
        };
        match kinds.iter_mut().find(|(kind, _)| *kind == path.kind) {
            Some((_, addresses)) => addresses.push(address),
            None => kinds.push((&path.kind, vec![address])),
        }
    }
    if !kinds.is_empty() {
        let told = kinds.iter().map(|(kind, addresses)| format!("{kind} {}", addresses.join(" ")));
        return told.collect::<Vec<_>>().join("; ");
    }
    match explanation.verdict {
        Verdict::NoData => "nodata".to_owned(),
        verdict if verdict.has_records() => {
            let data = explanation.answer.records.iter().map(|record| record.data.as_str());
            let data = data.collect::<Vec<_>>().join(" ");
            match verdict {
                Verdict::Records => data,
                _ => format!("{} {data}", verdict.text().to_ascii_lowercase()),
            }
        }
        _ => explanation.answer.status.to_ascii_lowercase(),
    }
}

/// The steps of the decision with their facts, then the ways.
fn reasons(explanation: &Explanation) -> Vec<String> {
    let steps = explanation.steps.iter().filter(|step| step.rule != "ASKED_FROM");
    let steps = steps.map(|step| match step.facts.as_slice() {
        [] => step.text.clone(),
        facts => format!("{} [{}]", step.text, facts.join(" ")),
    });
    let ways = explanation.paths.iter().map(|path| {
        let hops = path.hops.join(" → ");
        format!("{}: {hops}", path.address)
    });
    steps.chain(ways).collect()
}

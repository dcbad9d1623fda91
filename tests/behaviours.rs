//! docs/behaviours.md: every fact, how sure it is, where it is said, and the cases that pin it; and zones/fact_cases.csv, from
//! which `vpcdns fact` knows the cases. Both are generated, and checked for staleness.
//!
//! `VPCDNS_BLESS=1 cargo test --test behaviours` writes them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{collections::BTreeMap, fmt::Write as _, fs};

use vpcdns::resolve::fact::{Fact, Tag, facts};

/// The facts named by the first line of each case file, with the files.
fn cases_by_fact() -> BTreeMap<String, Vec<String>> {
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in common::case_files() {
        let text = fs::read_to_string(&path).unwrap();
        let name =
            path.strip_prefix(common::root().join("tests/cases")).unwrap().with_extension("");
        let first = text.lines().next().unwrap_or_default();
        let sources = first
            .strip_prefix("# ")
            .and_then(|line| line.split_once(": "))
            .map(|(sources, _)| sources);
        for source in sources.unwrap_or_default().split(' ') {
            map.entry(source.to_owned()).or_default().push(name.display().to_string());
        }
    }
    map
}

fn status(fact: &Fact, cases: Option<&Vec<String>>) -> String {
    match (cases, fact.built.as_str()) {
        (Some(cases), _) => cases
            .iter()
            .map(|case| format!("[{case}](../tests/cases/{case}.case)"))
            .collect::<Vec<_>>()
            .join(", "),
        (None, "yes") => {
            format!("built; {}", if fact.reason.is_empty() { "no case" } else { &fact.reason })
        }
        (None, _) => {
            format!("not built: {}", if fact.reason.is_empty() { "not yet" } else { &fact.reason })
        }
    }
}

fn sources(fact: &Fact) -> String {
    let links = fact.sources.iter().enumerate();
    links.map(|(index, url)| format!("[{}]({url})", index + 1)).collect::<Vec<_>>().join(" ")
}

/// zones/fact_cases.csv: a line for each fact and case, in the order of the facts.
fn cases_file() -> String {
    let cases = cases_by_fact();
    let mut text = "fact,case\n".to_owned();
    for fact in facts() {
        for case in cases.get(&fact.id).into_iter().flatten() {
            writeln!(text, "{},{case}", fact.id).unwrap();
        }
    }
    text
}

fn document() -> String {
    let cases = cases_by_fact();
    let with_case = facts().iter().filter(|fact| cases.contains_key(&fact.id)).count();
    let dns: Vec<_> = facts()
        .iter()
        .filter(|fact| matches!(fact.area.as_str(), "dns" | "wire") && fact.tag != Tag::Assumed)
        .collect();
    let dns_with_case = dns.iter().filter(|fact| cases.contains_key(&fact.id)).count();
    let mut text = String::from(
        "# Behaviours\n\n\
         Generated from `zones/facts.csv`, `zones/fact_sources.csv` and the first lines of the case files; `tests/run` fails if \
         it is stale.\n\
         `VPCDNS_BLESS=1 cargo test --test behaviours` writes it.\n\n\
         DOCUMENTED: AWS's documentation or API model says so. OBSERVED: somebody posted output that shows it. ASSUMED: \
         nothing was found; a judgement that is easy to change. \
         `vpcdns fact ID` prints one.\n\n",
    );
    writeln!(
        text,
        "{} facts, {with_case} with a case. Of the {} documented or observed facts about DNS answers and messages, \
         {dns_with_case} have a case.\n",
        facts().len(),
        dns.len()
    )
    .unwrap();
    text.push_str(
        "Where two sources disagree, the recording is followed and the other reading is a switch of the world file \
         (`switches:`):\n\n\
         | switch | default, as recorded | other |\n|---|---|---|\n\
         | `missing-type` | `nodata` (P30) | `nxdomain`, as the Route 53 guide has it |\n\
         | `wildcard` | `as-recorded`: a CNAME for execute-api, addresses elsewhere (P23) | `cname`, `plain` |\n\
         | `pending` | `public`: a pending endpoint leaves its name alone (P93) | `nxdomain` (P92) |\n\
         | `quirks` | `false`: every NXDOMAIN carries its SOA (R22) | `true`: a repeated one does not (R23) |\n\
         | `public-ttl-cap` | 300, as seen since 2021 | 60, as seen before |\n\
         | `negative-ttl-cap` | 60 (R22) | 300 (R24) |\n\
         | `ip-names` | `by-form`: any private address has its name (H20) | `held`: only addresses of instances |\n\n\
         | fact | tag | what | sources | cases |\n|---|---|---|---|---|\n",
    );
    for fact in facts() {
        let line = fact.line.replace('|', "\\|");
        writeln!(
            text,
            "| {} | {} | {line} | {} | {} |",
            fact.id,
            fact.tag.word(),
            sources(fact),
            status(fact, cases.get(&fact.id))
        )
        .unwrap();
    }
    text
}

/// Compares a generated file with what it should hold, or writes it.
fn fresh(path: &str, text: &str) {
    let file = common::root().join(path);
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(&file, text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "{path} is stale; run VPCDNS_BLESS=1 cargo test --test behaviours");
}

#[test]
fn the_document_is_fresh() {
    fresh("docs/behaviours.md", &document());
}

#[test]
fn the_cases_that_the_program_tells_are_fresh() {
    fresh("zones/fact_cases.csv", &cases_file());
}

#[test]
fn every_case_names_facts_that_exist() {
    for source in cases_by_fact().keys() {
        let known = facts().iter().any(|fact| fact.id == *source)
            || common::is_recorded(source)
            || source == "RFC"
            || source == "OURS";
        assert!(known, "{source} is neither a fact nor a recorded answer");
    }
}

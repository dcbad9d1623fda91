//! docs/behaviours.md: every fact, how sure it is, and the cases that pin it; generated, and checked for staleness.
//!
//! `VPCDNS_BLESS=1 cargo test --test behaviours` writes it.

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

fn tag(tag: Tag) -> &'static str {
    match tag {
        Tag::Documented => "DOCUMENTED",
        Tag::Observed => "OBSERVED",
        Tag::Assumed => "ASSUMED",
    }
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
         Generated from `zones/facts.csv` and the first lines of the case files; `tests/run` fails if it is stale.\n\
         `VPCDNS_BLESS=1 cargo test --test behaviours` writes it.\n\n\
         DOCUMENTED: AWS's documentation or API model says so. OBSERVED: somebody posted output that shows it. ASSUMED: \
         nothing was found; a judgement that is easy to change.\n\n",
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
         | fact | tag | what | cases |\n|---|---|---|---|\n",
    );
    for fact in facts() {
        let line = fact.line.replace('|', "\\|");
        writeln!(
            text,
            "| {} | {} | {line} | {} |",
            fact.id,
            tag(fact.tag),
            status(fact, cases.get(&fact.id))
        )
        .unwrap();
    }
    text
}

#[test]
fn the_document_is_fresh() {
    let path = common::root().join("docs/behaviours.md");
    let fresh = document();
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "docs/behaviours.md is stale; run VPCDNS_BLESS=1 cargo test --test behaviours"
    );
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

//! The findings of `doctor` in forms for other programs: Markdown, and SARIF 2.1.0 (OASIS) for code scanning.

use std::{fmt::Write as _, path::Path};

use serde_json::{Value, json};

use super::form;
use crate::{
    language::Language,
    resolve::{
        consequence::{self, Finding, Item, Report, Severity},
        fact,
    },
};

/// The report as Markdown: a heading for each severity, an item for each finding.
pub(super) fn markdown(report: &Report, say: Language) -> String {
    format!("**{}**\n{}", report.sum(say), findings(report, say))
}

/// The findings in Markdown.
pub(super) fn findings(report: &Report, say: Language) -> String {
    let mut text = String::new();
    let labels =
        |items: &[Item]| items.iter().map(|it| code(&it.label)).collect::<Vec<_>>().join(", ");
    for group in report.findings.chunk_by(|one, other| one.severity == other.severity) {
        let heading = group.first().map_or_else(String::new, |it| it.severity.words(say));
        let _ = write!(text, "\n### {heading}\n\n");
        for finding in group {
            let _ = writeln!(text, "- **{}** {}", finding.rule, plain(&finding.what));
            let names = finding.names.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ");
            let lines = [
                (say.finding_resources(), labels(&finding.resources)),
                (say.finding_where(), labels(&finding.places)),
                (say.finding_names(), names),
                (say.finding_cure(), plain(&finding.cure)),
                (say.finding_facts(), finding.facts.join(", ")),
            ];
            for (heading, line) in lines.iter().filter(|(_, line)| !line.is_empty()) {
                let _ = writeln!(text, "  - {heading}: {line}");
            }
        }
    }
    text
}

/// A word that Markdown leaves as it is.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A sentence whose signs Markdown does not read.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '_' | '`' | '<' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// The report as a SARIF log. `worlds` are the WORLD arguments; of them the files are told as its artifacts.
pub(super) fn sarif(report: &Report, worlds: &[String]) -> Value {
    let ids: Vec<&str> = consequence::rules().map(|(id, _)| id).collect();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id)).collect();
    let file = worlds.iter().find(|world| Path::new(world.as_str()).exists());
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(finding, &ids, file)).collect();
    form::log(&rules, &results)
}

fn rule(id: &str) -> Value {
    let known = fact::fact(id);
    let line = known.map_or("", |fact| fact.line.as_str());
    let mut rule = json!({"id": id, "shortDescription": {"text": line}});
    if let (Some(source), Some(rule)) =
        (known.and_then(|fact| fact.sources.first()), rule.as_object_mut())
    {
        rule.insert("helpUri".to_owned(), json!(source));
    }
    rule
}

/// SARIF's word for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Broken => "error",
        Severity::Dangerous => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Finding, ids: &[&str], file: Option<&String>) -> Value {
    let items = |items: &[Item], kind: &str| -> Vec<Value> {
        let one = |it: &Item| json!({"name": it.label, "fullyQualifiedName": it.id, "kind": kind});
        items.iter().map(one).collect()
    };
    let mut logical = items(&finding.resources, "resource");
    logical.extend(items(&finding.places, "place"));
    let mut location = json!({"logicalLocations": logical});
    if let (Some(file), Some(location)) = (file, location.as_object_mut()) {
        let artifact = json!({"artifactLocation": {"uri": uri(file)}, "region": {"startLine": 1}});
        location.insert("physicalLocation".to_owned(), artifact);
    }
    // The same finding has the same print in the next run, so that it is not told as a new one.
    let mut print: Vec<&str> = finding.resources.iter().map(|it| it.id.as_str()).collect();
    print.sort_unstable();
    json!({
        "ruleId": finding.rule,
        "ruleIndex": ids.iter().position(|id| *id == finding.rule),
        "level": level(finding.severity),
        "message": {"text": format!("{}. {}.", finding.what, finding.cure)},
        "locations": [location],
        "partialFingerprints": {"resources/v1": format!("{}:{}", finding.rule, print.join(","))},
        "properties": {"names": finding.names, "facts": finding.facts},
    })
}

/// A path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

//! `vpcdns fact`: what a fact says, how sure it is, where it is said and the cases that pin it, as text or JSON.

use serde_json::json;

use super::Output;
use crate::{
    language::Language,
    resolve::fact::{self, Fact, Tag},
};

/// Arguments of `fact`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The ids of facts, as explanations print them, such as P90; upper or lower case.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for id in &arguments.ids {
        // An id may be pasted with the brackets or commas around it.
        let id = id.trim_matches(|letter: char| !letter.is_alphanumeric());
        match fact::fact(id) {
            Some(fact) => known.push(fact),
            None => unknown.push(id),
        }
    }
    if arguments.json {
        let told: Vec<_> = known.iter().map(|fact| as_json(fact)).collect();
        output.line(&serde_json::to_string_pretty(&told).unwrap_or_default());
    } else {
        for (index, fact) in known.iter().enumerate() {
            if index > 0 {
                output.line("");
            }
            print(fact, output);
        }
    }
    let language = output.language();
    for id in &unknown {
        let near = fact::near(id);
        output.error(&if near.is_empty() {
            language.fact_unknown(format!("`{id}`"))
        } else {
            language.fact_near(format!("`{id}`"), near.join(", "))
        });
    }
    u8::from(!unknown.is_empty())
}

fn as_json(fact: &Fact) -> serde_json::Value {
    json!({
        "id": fact.id,
        "tag": fact.tag,
        "line": fact.line,
        "sources": fact.sources,
        "cases": fact.cases.iter().map(|case| case_path(case)).collect::<Vec<_>>(),
        "built": is_built(fact),
        "reason": fact.reason,
    })
}

/// A fact with a case is built, whatever its row says.
fn is_built(fact: &Fact) -> bool {
    fact.built == "yes" || !fact.cases.is_empty()
}

fn case_path(case: &str) -> String {
    format!("tests/cases/{case}.case")
}

fn print(fact: &Fact, output: &mut Output) {
    let language = output.language();
    let id = output.bold(&fact.id);
    output.line(&format!("{id}  {}: {}", fact.tag.word(), meaning(fact.tag, language)));
    output.line(&format!("  {}", fact.line));
    let or = |lines: Vec<String>, none: String| if lines.is_empty() { vec![none] } else { lines };
    let sources = or(fact.sources.clone(), language.fact_sourceless());
    list(&language.fact_source(), &sources, output);
    let cases: Vec<_> = fact.cases.iter().map(|case| case_path(case)).collect();
    if is_built(fact) {
        list(&language.fact_cases(), &or(cases, language.fact_caseless()), output);
        if !fact.reason.is_empty() {
            list(&language.fact_check(), std::slice::from_ref(&fact.reason), output);
        }
    } else {
        let why = or(
            Some(fact.reason.clone()).filter(|it| !it.is_empty()).into_iter().collect(),
            language.fact_not_yet(),
        );
        list(&language.fact_not_built(), &why, output);
    }
}

/// A heading with one line after it, or with several below it.
fn list(heading: &str, lines: &[String], output: &mut Output) {
    match lines {
        [only] => output.line(&format!("  {heading}: {only}")),
        several => {
            output.line(&format!("  {heading}:"));
            for line in several {
                output.line(&format!("    {line}"));
            }
        }
    }
}

fn meaning(tag: Tag, language: Language) -> String {
    match tag {
        Tag::Documented => language.fact_documented(),
        Tag::Observed => language.fact_observed(),
        Tag::Assumed => language.fact_assumed(),
    }
}

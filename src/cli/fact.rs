//! `vpcdns fact`: what a fact says, how sure it is, where it is said and the cases that pin it, as text or JSON.

use serde_json::json;

use super::Output;
use crate::resolve::fact::{self, Fact};

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
        "cases": fact.case_files(),
        "built": fact.is_built(),
        "reason": fact.reason,
    })
}

fn print(fact: &Fact, output: &mut Output) {
    let language = output.language();
    let id = output.bold(&fact.id);
    output.line(&format!("{id}  {}: {}", fact.tag.word(), fact.meaning(language)));
    output.line(&format!("  {}", fact.line));
    for (heading, lines) in fact.told(language) {
        list(&heading, &lines, output);
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

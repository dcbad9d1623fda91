//! The forms in which a comparison or a survey is printed: text, Markdown, JSON and SARIF.

use serde_json::{Value, json};

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For a terminal.
    Text,
    /// For the comment of a pull request.
    Markdown,
    /// For programs; docs/json.md describes it.
    Json,
    /// For tools that show the findings of code analysis (SARIF 2.1.0).
    Sarif,
}

/// Arguments of commands that print in several forms.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Form {
    /// The form of what is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Print JSON.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Print long groups in full.
    #[arg(long)]
    pub(super) all: bool,
}

impl Form {
    /// The chosen form.
    pub(super) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// So many names of a group are printed.
    pub(super) fn most(&self) -> usize {
        if self.all { usize::MAX } else { SHORT }
    }
}

/// The names of a long group that are printed without `--all`.
const SHORT: usize = 10;

/// The longest comment that GitHub takes has 65,536 characters.
const COMMENT: usize = 60_000;

/// Cuts a Markdown text at the end of a line, so that it fits a comment. `rest` says that there was more.
pub(super) fn fit(text: String, rest: &str) -> String {
    if text.chars().count() <= COMMENT {
        return text;
    }
    let mut kept = String::new();
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.chars().count();
        if length > COMMENT {
            break;
        }
        kept.push_str(line);
    }
    // A part that GitHub folds must end.
    if kept.matches("<details>").count() > kept.matches("</details>").count() {
        kept.push_str("\n</details>\n");
    }
    format!("{kept}\n{rest}\n")
}

/// A text as it stands in a cell of a Markdown table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A finding for SARIF.
#[derive(Debug)]
pub(super) struct Finding {
    /// What kind it is of: `breaks`, `mends`, `moves` and so on.
    pub(super) rule: &'static str,
    /// `error`, `warning` or `note`.
    pub(super) level: &'static str,
    /// One or more sentences.
    pub(super) text: String,
    /// Where: a place of the World.
    pub(super) place: String,
}

/// A log of SARIF 2.1.0. `file` is where the findings are shown: the World, as it was given.
pub(super) fn sarif(findings: Vec<Finding>, file: &str) -> Value {
    let mut rules: Vec<&str> = findings.iter().map(|it| it.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let result = |it: Finding| {
        json!({
            "ruleId": it.rule,
            "level": it.level,
            "message": { "text": it.text },
            "locations": [{
                "physicalLocation": { "artifactLocation": { "uri": file } },
                "logicalLocations": [{ "fullyQualifiedName": it.place }],
            }],
        })
    };
    let results: Vec<Value> = findings.into_iter().map(result).collect();
    log(&rules, &results)
}

/// A log of SARIF 2.1.0 (OASIS) with these rules and results.
pub(super) fn log(rules: &[Value], results: &[Value]) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "vpcdns", "version": env!("CARGO_PKG_VERSION"), "rules": rules,
            } },
            "results": results,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_line_and_closed() {
        assert_eq!(fit("short\n".to_owned(), "more"), "short\n");
        let long = format!("<details>\n{}", "a line\n".repeat(20_000));
        let cut = fit(long, "more");
        assert!(cut.chars().count() < 65_536, "{}", cut.len());
        assert!(cut.ends_with("a line\n\n</details>\n\nmore\n"), "{}", &cut[cut.len() - 60..]);
    }

    #[test]
    fn a_cell_is_one_line_without_bars() {
        assert_eq!(cell("a | b\nc"), "a \\| b c");
    }

    #[test]
    fn a_log_names_each_rule_once() {
        let finding = |rule| Finding { rule, level: "error", text: "t".into(), place: "p".into() };
        let log = sarif(vec![finding("breaks"), finding("moves"), finding("breaks")], "w.yaml");
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 3);
    }
}

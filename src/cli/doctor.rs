//! `vpcdns doctor`: what is broken, dangerous or surprising in a world as it stands, in one of four forms.

use super::{Output, doctor_forms as forms, form::Format, progress, worlds};
use crate::resolve::consequence::{self, Finding, Item, Report, Severity};

/// How many findings of one rule are printed, and how many names and places of one, unless all are wanted.
const MOST_FINDINGS: usize = 10;
const MOST_WORDS: usize = 8;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Print JSON; the same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The form of the output.
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
    /// Print every finding, name and place. Other forms than text always do.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let snapshot = match arguments.worlds.snapshot(output) {
        Ok(snapshot) => snapshot,
        Err(code) => return code,
    };
    let say = output.language();
    let report = progress::shown(say.looking_for_findings(), |told| {
        consequence::of_world(&snapshot, say, told)
    });
    let format = if arguments.json { Format::Json } else { arguments.format };
    match format {
        Format::Text => print(&report, arguments.all, output),
        Format::Markdown => output.line(forms::markdown(&report, say).trim_end()),
        Format::Json => output.line(&serde_json::to_string_pretty(&report).unwrap_or_default()),
        Format::Sarif => {
            let log = forms::sarif(&report, &arguments.worlds.worlds);
            output.line(&serde_json::to_string_pretty(&log).unwrap_or_default());
        }
    }
    u8::from(report.broken > 0)
}

fn print(report: &Report, all: bool, output: &mut Output) {
    let say = output.language();
    output.line(&report.sum(say));
    let same =
        |one: &Finding, other: &Finding| one.rule == other.rule && one.severity == other.severity;
    for group in report.findings.chunk_by(same) {
        let most = if all { usize::MAX } else { MOST_FINDINGS };
        for finding in group.iter().take(most) {
            output.line("");
            print_one(finding, all, output);
        }
        if group.len() > most {
            output.line("");
            output.line(&say.findings_of_rule(group.len() - most, group[0].rule));
        }
    }
}

/// Prints a finding in a few lines.
pub(super) fn print_one(finding: &Finding, all: bool, output: &mut Output) {
    let say = output.language();
    let word = finding.severity.words(say);
    let word = match finding.severity {
        Severity::Broken => output.bad(&word),
        Severity::Dangerous => output.caution(&word),
        Severity::Note => output.bold(&word),
    };
    output.line(&format!("{word}  {}", finding.what));
    let labels = |items: &[Item]| items.iter().map(|it| it.label.clone()).collect::<Vec<_>>();
    let facts: Vec<String> = finding.facts.iter().map(|it| (*it).to_owned()).collect();
    let lines = [
        (say.finding_resources(), labels(&finding.resources), ", "),
        (say.finding_where(), labels(&finding.places), ", "),
        (say.finding_names(), finding.names.clone(), " "),
        (say.finding_cure(), vec![finding.cure.clone()], ""),
        (say.finding_facts(), facts, ", "),
    ];
    for (heading, words, between) in lines {
        if words.is_empty() {
            continue;
        }
        let most = if all { usize::MAX } else { MOST_WORDS };
        let shown: Vec<&str> = words.iter().take(most).map(String::as_str).collect();
        let mut text = shown.join(between);
        if words.len() > most {
            text = say.and_more(text, words.len() - most);
        }
        output.line(&format!("  {heading}: {text}"));
    }
}

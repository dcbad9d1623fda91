//! `vpcdns check`: every problem of world files, as text or JSON.

use serde_json::json;

use super::{Output, worlds};
use crate::{
    import::{open, text::diagnostic::Severity},
    language::Language,
};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    #[command(flatten)]
    notes: worlds::NotesArguments,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    if arguments.worlds.worlds.is_empty() {
        output.error(&output.language().check_what());
        return 1;
    }
    let defaults = match arguments.worlds.defaults(output) {
        Ok(defaults) => defaults,
        Err(code) => return code,
    };
    let mut loaded = Vec::new();
    let mut failures = Vec::new();
    let mut warnings = Vec::new();
    for opened in open::open_all(&arguments.worlds.worlds, &defaults) {
        match opened {
            Ok(world) => {
                warnings.push(world.warnings.clone());
                loaded.push(world);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty()
        && let Err(failure) = open::merge(loaded)
    {
        failures.push(failure);
    }
    // An importer can read a file although the file's own tool would refuse it as a whole.
    let count = |severity| -> usize {
        warnings.iter().chain(&failures).map(|failure| failure.count(severity)).sum()
    };
    let errors = count(Severity::Error);
    let warned = count(Severity::Warning);
    let notes =
        [Severity::Skipped, Severity::Inferred, Severity::Assumed].map(count).into_iter().sum();
    let failed = errors > 0 || !failures.is_empty();
    if arguments.json {
        let problems: Vec<_> = warnings
            .iter()
            .flat_map(|failure| failure.problems())
            .chain(failures.iter().flat_map(|failure| failure.problems()))
            .collect();
        output.line(
            &serde_json::to_string_pretty(&json!({ "problems": problems })).unwrap_or_default(),
        );
    } else {
        let mut told = open::Failure::default();
        for failure in warnings.into_iter().chain(failures) {
            told.append(failure);
        }
        let (told, others) = arguments.notes.of(&told, output.language());
        let text = told.render(output.colour_errors());
        if !text.is_empty() {
            output.error(text.trim_end());
        }
        if let Some(others) = others {
            output.error(&others);
        }
        let found = found(errors, warned, notes, output.language());
        output.line(&format!("{}: {found}", arguments.worlds.worlds.join(", ")));
    }
    u8::from(failed)
}

/// How many problems there are of each kind, such as `1 problem, 2 warnings`.
fn found(errors: usize, warnings: usize, notes: usize, say: Language) -> String {
    let mut parts = Vec::new();
    match errors {
        0 if warnings > 0 => {}
        0 => parts.push(say.no_problems()),
        1 => parts.push(say.one_problem()),
        _ => parts.push(say.problems(errors)),
    }
    match warnings {
        0 => {}
        1 => parts.push(say.one_warning()),
        _ => parts.push(say.warnings(warnings)),
    }
    match notes {
        0 => {}
        1 => parts.push(say.one_note()),
        _ => parts.push(say.notes(notes)),
    }
    parts.join(", ")
}

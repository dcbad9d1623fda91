//! `vpcdns what-if`: what Changes would alter, break and mend.

use super::{Output, clock::now, form::Form, progress, queries::QueriesArguments, report, worlds};
use crate::{
    import::{
        change,
        text::diagnostic::{self, Source},
    },
    model::endpoint_change::Settle,
    resolve::{
        diff::{Comparison, Sides},
        snapshot::Snapshot,
    },
};

/// Arguments of `what-if`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// A change, as in a lab's step: `ModifyVpcAttribute: {VpcId: NAME, EnableDnsHostnames: false}`; may be repeated.
    #[arg(long = "set", value_name = "CHANGE", required = true)]
    changes: Vec<String>,
    #[command(flatten)]
    queries: QueriesArguments,
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let before = match arguments.worlds.snapshot(output) {
        Ok(snapshot) => snapshot,
        Err(code) => return code,
    };
    let after = arguments
        .changes
        .iter()
        .try_fold(before.clone(), |snapshot, text| apply(snapshot, text, output));
    let after = match after.map(|after| settle(&before, after)) {
        Ok(Ok(after)) => after,
        Ok(Err(problem)) | Err(problem) => {
            output.error(problem.trim_end());
            return 1;
        }
    };
    let say = output.language();
    let sides = Sides { before: &before, after: &after, now: now(), language: say };
    let comparison = match arguments.queries.read(&before, output) {
        Ok(None) => Comparison::new(sides),
        Ok(Some(queries)) => Comparison::of_queries(sides, queries),
        Err(code) => return code,
    };
    let diff = progress::shown(say.comparing_places(), |told| comparison.diff(told));
    let report = progress::shown(say.looking_for_breaks(), |told| comparison.report(diff, told));
    let (a, b) = (say.world_before(), say.world_after());
    let file = arguments.worlds.worlds.first().map_or("", String::as_str);
    let called = report::Sides { a: &a, b: &b, file };
    report::print(&report, called, &arguments.form, serde_json::json!({}), output);
    u8::from(!report.breaks.is_empty() || report.consequences.broken > 0)
}

/// Reads one Change against the World after the earlier ones, and applies it.
fn apply(snapshot: Snapshot, text: &str, output: &Output) -> Result<Snapshot, String> {
    let source = Source { name: "--set".to_owned(), text: text.to_owned() };
    let changes = change::parse_changes(&source, &snapshot.world).map_err(|problems| {
        problems
            .iter()
            .map(|problem| diagnostic::render(problem, &source, output.colour_errors()))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    changes.iter().try_fold(snapshot, |snapshot, change| {
        snapshot.apply(change).map_err(|refusal| {
            let meaning = output.language().gloss(refusal.code);
            let meaning = meaning.map_or_else(String::new, |meaning| format!("\n  {meaning}"));
            format!("--set: {}: {refusal}{meaning}", change.action())
        })
    })
}

/// The World after the endpoints that the Changes left pending have become available.
fn settle(before: &Snapshot, after: Snapshot) -> Result<Snapshot, String> {
    let changed = Settle::of_changed(&before.world, &after.world);
    changed.into_iter().try_fold(after, |snapshot, change| {
        snapshot.apply(&change.into()).map_err(|refusal| refusal.to_string())
    })
}

//! `vpcdns what-if`: what Changes would alter and break, as text or JSON.

use super::{Output, clock::now, diff, progress, worlds};
use crate::{
    import::{
        change,
        text::diagnostic::{self, Source},
    },
    model::endpoint_change::Settle,
    resolve::{
        diff as compare,
        diff::{Breaks, Sides},
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
    /// Print JSON.
    #[arg(long)]
    json: bool,
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
    let diff = progress::shown(say.comparing_places(), |told| compare::diff(sides, told));
    let breaks = progress::shown(say.looking_for_breaks(), |told| compare::breaks(sides, told));
    if arguments.json {
        let value =
            serde_json::json!({ "diff": diff, "breaks": breaks, "assumed": [say.new_instances()] });
        output.line(&serde_json::to_string_pretty(&value).unwrap_or_default());
    } else {
        diff::print(&diff, &say.world_before(), &say.world_after(), output);
        output.line("");
        print(&breaks, output);
    }
    u8::from(!breaks.is_empty())
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

fn print(breaks: &[Breaks], output: &mut Output) {
    let say = output.language();
    if breaks.is_empty() {
        output.line(&say.nothing_breaks());
    }
    for (index, heading) in breaks.iter().enumerate() {
        if index > 0 {
            output.line("");
        }
        output.line(&output.bold(&say.breaks_for(&heading.from)));
        for group in &heading.groups {
            output.line("");
            let counted = diff::counted(group.names.len(), &group.why, say);
            output.line(&format!("  {counted}"));
            for name in &group.names {
                output.line(&format!("    {name}"));
            }
        }
    }
    if breaks.iter().any(|heading| heading.new_instances) {
        output.line("");
        output.line(&say.assumed_line(say.new_instances()));
    }
}

//! `vpcdns diff`: the differences between two worlds, as text or JSON.

use unicode_width::UnicodeWidthStr;

use super::{Output, clock::now, grid, progress, worlds};
use crate::{
    language::Language,
    resolve::{
        diff::{self, Diff, Difference, Group, Sides},
        snapshot::Snapshot,
    },
};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(override_usage = "vpcdns diff [OPTIONS] <A> <B>", mut_arg("worlds", |worlds| {
    worlds
        .num_args(2)
        .required(true)
        .value_names(["A", "B"])
        .help("Two worlds to compare: built-in ones, LAB@STEP, or files")
}))]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let [a, b] = arguments.worlds.worlds.as_slice() else {
        output.error("diff takes two worlds, A and B");
        return 1;
    };
    let mut snapshot = |world: &str| -> Result<Snapshot, u8> {
        let mut one = arguments.worlds.clone();
        one.worlds = vec![world.to_owned()];
        one.snapshot(output)
    };
    let (before, after) = match (snapshot(a), snapshot(b)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(code), _) | (_, Err(code)) => return code,
    };
    let language = output.language();
    let sides = Sides { before: &before, after: &after, now: now(), language };
    let diff = progress::shown(language.comparing_places(), |told| diff::diff(sides, told));
    if arguments.json {
        let value = serde_json::json!({ "a": a, "b": b, "diff": diff });
        output.line(&serde_json::to_string_pretty(&value).unwrap_or_default());
    } else {
        print(&diff, a, b, output);
    }
    u8::from(!diff.same)
}

/// Prints the differences between two worlds called `a` and `b`.
pub(super) fn print(diff: &Diff, a: &str, b: &str, output: &mut Output) {
    let say = output.language();
    if diff.same {
        output.line(&say.no_answer_differs(a, b));
        return;
    }
    for (side, places) in [(a, &diff.only_in_a), (b, &diff.only_in_b)] {
        if !places.is_empty() {
            output.line(&say.only_in(side, places.join(", ")));
        }
    }
    for (index, heading) in diff.places.iter().enumerate() {
        if index > 0 || !(diff.only_in_a.is_empty() && diff.only_in_b.is_empty()) {
            output.line("");
        }
        output.line(&output.bold(&say.asked_from(&heading.from)));
        for group in &heading.groups {
            output.line("");
            print_group(group, output);
        }
    }
}

/// Prints a group. Leaves out a line without records if the same name has another line: NXDOMAIN and silence are the
/// same for every type.
fn print_group(group: &Group, output: &mut Output) {
    let say = output.language();
    let causes = if group.before == group.after {
        group.before.clone()
    } else {
        format!("{} → {}", group.before, group.after)
    };
    output.line(&format!("  {}", counted(group.count(), &causes, say)));
    let mut shown: Vec<&Difference> = Vec::new();
    for names in group.names.chunk_by(|one, other| one.name == other.name) {
        let before = shown.len();
        shown.extend(names.iter().filter(|it| !it.is_empty()));
        if shown.len() == before {
            shown.extend(names.first());
        }
    }
    let name = shown.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let rtype = shown.iter().map(|it| it.rtype.len()).max().unwrap_or(0);
    let answers: Vec<String> = shown
        .iter()
        .map(|it| {
            let (before, after) = (it.before.text(), it.after.text());
            format!("{:rtype$}  {before} → {after}", it.rtype)
        })
        .collect();
    // Long names stand on a line of their own, so that what differs stays in sight.
    let width = answers.iter().map(|it| it.width()).max().unwrap_or(0);
    let apart = 4 + name + 2 + width > grid::WIDTH;
    for (it, answer) in shown.iter().zip(&answers) {
        if apart {
            output.line(&format!("    {}", it.name));
            output.line(&format!("      {answer}"));
        } else {
            output.line(&format!("    {:name$}  {answer}", it.name));
        }
    }
}

/// A number of names, and what they have in common.
pub(super) fn counted(count: usize, what: &str, say: Language) -> String {
    match count {
        1 => say.one_name(what),
        _ => say.names(count, what),
    }
}

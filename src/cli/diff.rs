//! `vpcdns diff`: the differences between two worlds, as text or JSON.

use super::{Output, clock::now, progress, worlds};
use crate::resolve::{
    diff::{self, Diff, Difference, Group},
    snapshot::Snapshot,
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
    let diff = progress::shown("comparing places", |told| diff::diff(&before, &after, now(), told));
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
    if diff.same {
        output.line(&format!("{a} and {b}: no answer differs"));
        return;
    }
    for (side, places) in [(a, &diff.only_in_a), (b, &diff.only_in_b)] {
        if !places.is_empty() {
            output.line(&format!("only in {side}: {}", places.join(", ")));
        }
    }
    for (index, heading) in diff.places.iter().enumerate() {
        if index > 0 || !(diff.only_in_a.is_empty() && diff.only_in_b.is_empty()) {
            output.line("");
        }
        output.line(&output.bold(&format!("asked from {}", heading.from)));
        for group in &heading.groups {
            output.line("");
            print_group(group, output);
        }
    }
}

/// Prints a group. Leaves out a line without records if the same name has another line: NXDOMAIN and silence are the
/// same for every type.
fn print_group(group: &Group, output: &mut Output) {
    let count = group.count();
    let causes = if group.before == group.after {
        group.before.clone()
    } else {
        format!("{} → {}", group.before, group.after)
    };
    output.line(&format!("  {count} name{}: {causes}", if count == 1 { "" } else { "s" }));
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
    for it in shown {
        output.line(&format!(
            "    {:name$}  {:rtype$}  {} → {}",
            it.name,
            it.rtype,
            it.before.text(),
            it.after.text()
        ));
    }
}

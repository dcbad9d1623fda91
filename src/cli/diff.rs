//! `vpcdns diff`: the differences between two worlds.

use super::{Output, clock::now, form::Form, progress, queries::QueriesArguments, report, worlds};
use crate::resolve::{
    diff::{Comparison, Sides},
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
    #[command(flatten)]
    queries: QueriesArguments,
    #[command(flatten)]
    form: Form,
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
    let comparison = match arguments.queries.read(&before, output) {
        Ok(None) => Comparison::new(sides),
        Ok(Some(queries)) => Comparison::of_queries(sides, queries),
        Err(code) => return code,
    };
    let diff = progress::shown(language.comparing_places(), |told| comparison.diff(told));
    let report =
        progress::shown(language.looking_for_breaks(), |told| comparison.report(diff, told));
    let called = report::Sides { a, b, file: b };
    report::print(&report, called, &arguments.form, serde_json::json!({ "a": a, "b": b }), output);
    u8::from(!report.diff.same)
}

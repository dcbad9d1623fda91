//! `vpcdns test`: expectations beside a world, as a table, TAP or JUnit's XML.

use std::{path::Path, sync::Arc};

use super::{Output, clock::now, grid, worlds};
use crate::{
    import::{Defaults, open, suite as file},
    resolve::public::PublicNames,
    suite::{self, Checked, Tested},
};

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
#[command(override_usage = "vpcdns test [OPTIONS] <FILE>...", mut_arg("worlds", |worlds| {
    worlds
        .required(true)
        .value_name("FILE")
        .help("Test files: a world, changes, and what names are expected to give (docs/testing-a-vpc.md)")
}))]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// The form of the report.
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table for people.
    Text,
    /// TAP, version 14.
    Tap,
    /// JUnit's XML.
    Junit,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let (defaults, public) =
        match (arguments.worlds.defaults(output), arguments.worlds.public(output)) {
            (Ok(defaults), Ok(public)) => (defaults, Arc::new(public)),
            (Err(code), _) | (_, Err(code)) => return code,
        };
    let mut files = Vec::new();
    for file in &arguments.worlds.worlds {
        let outcome = test(file, arguments, &defaults, &public, output);
        if let Err(problems) = &outcome {
            output.error(problems.trim_end());
        }
        files.push(Tested { file: file.clone(), outcome });
    }
    match arguments.format {
        Format::Text => print(&files, output),
        Format::Tap => output.raw(suite::tap(&files).as_bytes()),
        Format::Junit => output.raw(&suite::junit(&files)),
    }
    u8::from(!files.iter().all(Tested::passed))
}

/// Reads and runs a file. Gives problems as text.
fn test(
    path: &str,
    arguments: &Arguments,
    defaults: &Defaults,
    public: &Arc<PublicNames>,
    output: &Output,
) -> Result<Vec<Checked>, String> {
    let source = worlds::read_text(Path::new(path), &defaults.input)?;
    let rendered = |problems: Vec<_>| worlds::rendered(&problems, &source);
    let names = file::worlds(&source).map_err(rendered)?;
    let given = if names.is_empty() {
        None
    } else {
        let mut beside = arguments.worlds.clone();
        beside.worlds = names.iter().map(|name| located(name, path)).collect();
        Some(beside.read(defaults)?)
    };
    let suite = file::load(&source, given, defaults).map_err(rendered)?;
    Ok(suite::run(&suite, public, now(), output.language()))
}

/// A WORLD of a test file: a built-in world, or a path from the folder of the file.
fn located(world: &str, file: &str) -> String {
    if open::builtin::is_builtin(world) {
        return world.to_owned();
    }
    match Path::new(file).parent() {
        Some(folder) if folder != Path::new("") => folder.join(world).display().to_string(),
        _ => world.to_owned(),
    }
}

fn print(files: &[Tested], output: &mut Output) {
    let (mut met, mut all) = (0, 0);
    for file in files {
        let Ok(checked) = &file.outcome else { continue };
        output.line(&output.bold(&file.file));
        for step in checked.chunk_by(|one, other| one.step == other.step) {
            print_step(step, output);
        }
        output.line("");
        all += checked.len();
        met += checked.iter().filter(|it| it.met).count();
    }
    let unread = files.iter().filter(|it| it.outcome.is_err()).count();
    let say = output.language();
    let mut sum = say.expectations_met(met, all);
    if unread > 0 {
        sum = format!("{sum}; {}", say.test_files_unread(unread));
    }
    output.line(&if met == all && unread == 0 { output.good(&sum) } else { output.bad(&sum) });
}

fn print_step(step: &[Checked], output: &mut Output) {
    let say = output.language();
    if let Some(first) = step.first() {
        let heading = say.test_step(first.step, &first.step_name);
        output.line(&format!("  {}", heading.trim_end_matches([' ', ':'])));
    }
    let width = |text: fn(&Checked) -> &str, most: usize| {
        step.iter().map(|it| text(it).chars().count()).filter(|it| *it <= most).max().unwrap_or(0)
    };
    let (from, name) = (width(|it| &it.from, 24), width(|it| &it.name, 44));
    for it in step {
        let verdict = format!("{:4}", if it.met { "ok" } else { "FAIL" });
        let verdict = if it.met { output.good(&verdict) } else { output.bad(&verdict) };
        let question =
            format!("{}  {}", grid::padded(&it.from, from), grid::padded(&it.name, name));
        output.line(&format!("    {verdict}  {question}  {:4}  {}", it.rtype, it.expected));
        if it.met {
            continue;
        }
        output.line(&format!("          {}", say.test_given(&it.given)));
        if let Some(because) = &it.because {
            output.line(&format!("          {}", say.test_because(because)));
        }
        for why in &it.why {
            output.line(&format!("            {why}"));
        }
    }
}

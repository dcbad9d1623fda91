//! `vpcdns lab`: runs a lab inside this process and compares each answer with the one that the lab shows.

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use unicode_width::UnicodeWidthStr;

use super::{
    Output, grid,
    lab_checks::{self, Checked},
    worlds,
};
use crate::{
    import::{lab::Lab, open::builtin},
    language::Language,
    model::world::World,
    resolve::{public::PublicNames, snapshot::Snapshot},
};

/// Arguments of `lab`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A built-in lab, a lab file, `all` for the chapter's two DNS labs, `every` for all labs, or `new` to begin a lab file.
    name: Option<String>,
    /// The file that `new` writes; without it, `new` prints the lab.
    file: Option<PathBuf>,
    #[command(flatten)]
    input: worlds::InputArguments,
    /// Print each step's explanation too.
    #[arg(long)]
    text: bool,
}

/// The number of answers, and how many of them were as expected.
#[derive(Default)]
struct Score {
    asked: usize,
    equal: usize,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let Some(name) = &arguments.name else {
        list(output);
        return 0;
    };
    if name == "new" {
        return begin(arguments.file.as_deref(), output);
    }
    if let Some(file) = &arguments.file {
        output.error(&output.language().only_new_takes_a_file(file.display()));
        return 1;
    }
    let labs = match find(name, arguments.input, output) {
        Ok(labs) => labs,
        Err(code) => return code,
    };
    let mut score = Score::default();
    for lab in &labs {
        if let Err(message) = walk(lab, arguments, &mut score, output) {
            output.error(&message);
            return 1;
        }
    }
    let say = output.language();
    let sum = match labs.iter().all(|lab| lab.chapter) {
        true => say.answers_as_in_chapter(score.equal, score.asked),
        false => say.answers_as_expected(score.equal, score.asked),
    };
    let all_equal = score.equal == score.asked;
    output.line(&if all_equal { output.good(&sum) } else { output.bad(&sum) });
    u8::from(!all_equal)
}

/// Writes a lab to begin with: to a new file, or to standard output.
fn begin(file: Option<&Path>, output: &mut Output) -> u8 {
    let Some(file) = file else {
        output.line(builtin::NEW.trim_end());
        return 0;
    };
    let written = File::create_new(file).and_then(|mut it| it.write_all(builtin::NEW.as_bytes()));
    let name = file.display();
    match written {
        Ok(()) => {
            output.line(&output.language().lab_written(name));
            0
        }
        Err(error) => {
            output.error(&match error.kind() {
                ErrorKind::AlreadyExists => output.language().file_exists(name),
                _ => format!("{name}: {error}"),
            });
            1
        }
    }
}

fn list(output: &mut Output) {
    for lab in builtin::labs().iter().filter_map(|name| builtin::lab(name)) {
        output.line(&format!(
            "{}  {}",
            output.bold(&lab.name),
            lab.title.in_language(output.language().code())
        ));
        for step in &lab.steps {
            output.line(&format!(
                "  {}@{:<20} {}",
                lab.name,
                step.name,
                step.title.in_language(output.language().code())
            ));
        }
    }
    output.line(&output.language().labs_how());
}

fn find(name: &str, input: worlds::InputArguments, output: &mut Output) -> Result<Vec<Lab>, u8> {
    let chosen = match name {
        "all" => Some(builtin::CHAPTER.to_vec()),
        "every" => Some(builtin::labs()),
        _ => None,
    };
    if let Some(names) = chosen {
        return Ok(names.into_iter().filter_map(builtin::lab).collect());
    }
    if let Some(lab) = builtin::lab(name) {
        return Ok(vec![lab]);
    }
    if Path::new(name).exists() {
        return worlds::read_lab(name, &input.input(), output).map(|lab| vec![lab]);
    }
    output.error(&output.language().no_lab(name, builtin::labs().join(", ")));
    Err(1)
}

fn walk(
    lab: &Lab,
    arguments: &Arguments,
    score: &mut Score,
    output: &mut Output,
) -> Result<(), String> {
    let mut snapshot = Snapshot::new(World::default(), Arc::new(PublicNames::default()));
    let apply = |snapshot: &mut Snapshot, changes: &[crate::model::change::Change]| {
        for change in changes {
            *snapshot = snapshot
                .apply(change)
                .map_err(|refusal| format!("{}: {}: {refusal}", lab.name, change.action()))?;
        }
        Ok::<(), String>(())
    };
    apply(&mut snapshot, &lab.base)?;
    output.line(&output.bold(&format!(
        "{}: {}",
        lab.name,
        lab.title.in_language(output.language().code())
    )));
    for step in &lab.steps {
        apply(&mut snapshot, &step.changes)?;
        output.line("");
        output.line(&format!(
            "  {}: {}",
            output.bold(&step.name),
            step.title.in_language(output.language().code())
        ));
        if arguments.text {
            output.line(&format!("    {}", step.text.in_language(output.language().code())));
        }
        for checked in lab_checks::of_step(&snapshot, step) {
            say(&checked?, lab.chapter, score, output);
        }
    }
    output.line("");
    Ok(())
}

fn say(checked: &Checked, chapter: bool, score: &mut Score, output: &mut Output) {
    let say = output.language();
    score.asked += 1;
    score.equal += usize::from(checked.equal);
    output.line(&format!("    {}", checked.command));
    let verdict = match (checked.equal, chapter) {
        (true, true) => output.good(&say.as_in_chapter()),
        (true, false) => output.good(&say.as_expected()),
        (false, true) => output.bad(&say.not_as_in_chapter()),
        (false, false) => output.bad(&say.not_as_expected()),
    };
    let expected = shown(&checked.expected, say);
    let expected = if chapter { say.chapter_prints(expected) } else { say.lab_prints(expected) };
    output.line(&format!("        {expected}"));
    output.line(&format!("        {}  {verdict}", say.ours_prints(shown(&checked.given, say))));
}

/// Lines of an answer beside each other, or below each other where they are many.
fn shown(lines: &[String], say: Language) -> String {
    if lines.iter().all(String::is_empty) {
        return say.prints_nothing();
    }
    let beside = lines.join(" ");
    match beside.width() + AT.len() > grid::WIDTH {
        true => lines.join(&format!("\n{AT}")),
        false => beside,
    }
}

/// What stands before an answer.
const AT: &str = "                 ";

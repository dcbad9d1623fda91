//! `vpcdns lab`: runs a lab inside this process and compares each answer with the chapter's.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use super::{Output, clock::now, worlds};
use crate::{
    import::{
        lab::{Dig, Lab},
        open::builtin,
    },
    language::Language,
    model::{name::Name, record::RecordType, world::World},
    resolve::{explain, places, public::PublicNames, question::Question, snapshot::Snapshot},
};

/// Arguments of `lab`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A built-in lab, a lab file, or `all` for both built-in labs.
    name: Option<String>,
    #[command(flatten)]
    input: worlds::InputArguments,
    /// Print each step's explanation too.
    #[arg(long)]
    text: bool,
}

/// The number of answers, and how many of them were the chapter's.
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
    let sum = output.language().answers_as_in_chapter(score.equal, score.asked);
    let all_equal = score.equal == score.asked;
    output.line(&if all_equal { output.good(&sum) } else { output.bad(&sum) });
    u8::from(!all_equal)
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
    if name == "all" {
        return Ok(builtin::labs().iter().filter_map(|name| builtin::lab(name)).collect());
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
        for dig in &step.digs {
            ask(&snapshot, dig, score, output)?;
        }
    }
    output.line("");
    Ok(())
}

fn ask(
    snapshot: &Snapshot,
    dig: &Dig,
    score: &mut Score,
    output: &mut Output,
) -> Result<(), String> {
    let name =
        Name::parse(&dig.name).map_err(|error| format!("`{}` is not a name: {error}", dig.name))?;
    let asker = places::client(snapshot, &dig.from).map_err(|error| error.to_string())?;
    let rtype: RecordType = dig.rtype;
    let question = Question::asked(name.as_ref(), rtype, asker, now());
    let outcome = snapshot.answer(&question, &mut ());
    let answered = explain::answered(&outcome, name.as_ref());
    let ours: Vec<String> = answered.records.into_iter().map(|record| record.data).collect();
    let equal = set(&ours) == set(&dig.prints);
    score.asked += 1;
    score.equal += usize::from(equal);
    let row = dig.row.map_or_else(String::new, |row| format!("{row:>2}  "));
    output.line(&format!("    {row}{} $ dig +short {}", dig.from, dig.name));
    let say = output.language();
    let verdict = if equal {
        output.good(&say.as_in_chapter())
    } else {
        output.bad(&say.not_as_in_chapter())
    };
    output.line(&format!("        {}", say.chapter_prints(shown(&dig.prints, say))));
    output.line(&format!("        {}  {verdict}", say.ours_prints(shown(&ours, say))));
    Ok(())
}

fn set(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(String::as_str).collect()
}

fn shown(lines: &[String], say: Language) -> String {
    if lines.is_empty() { say.prints_nothing() } else { lines.join(" ") }
}

//! `vpcdns survey`: every service of the region as one client sees it, as text or JSON.

use unicode_width::UnicodeWidthStr;

use super::{Output, clock::now, diff::counted, grid, progress, worlds};
use crate::{
    catalog,
    language::Language,
    resolve::{
        places,
        question::Reader,
        survey::{self, Code, Count, Line},
        together::{Together, is_lost},
        words,
    },
};

/// Arguments of `survey`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Who asks: an instance, subnet or VPC by name or id, an address, an inbound endpoint's id, or `internet`.
    #[arg(long, value_name = "CLIENT")]
    from: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let snapshot = match arguments.worlds.snapshot(output) {
        Ok(snapshot) => snapshot,
        Err(code) => return code,
    };
    let asker = match places::client(&snapshot, &arguments.from) {
        Ok(asker) => asker,
        Err(error) => {
            output.error(&format!("--from: {error}"));
            return 1;
        }
    };
    let region = match survey::region_of(&snapshot, asker) {
        Some(region) => region,
        // The world has no VPC, so the region is the one for files that name none.
        None => match arguments.worlds.defaults(output) {
            Ok(defaults) => match catalog::region(defaults.region) {
                Some(region) => region,
                None => return 1,
            },
            Err(code) => return code,
        },
    };
    let reader = Reader { asker, now: now(), language: output.language() };
    let lines = progress::shown(output.language().asking_services(), |told| {
        survey::survey(&snapshot, region, reader, told)
    });
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&lines).unwrap_or_default());
    } else {
        print(&lines, output);
    }
    0
}

/// How wide an answer's column may be; longer answers push what follows aside.
const ANSWER: usize = 15;

/// How wide a way's column may be.
const WAY: usize = 11;

fn print(lines: &[Line], output: &mut Output) {
    let say = output.language();
    let rows: Vec<(Code, String, Option<String>, &str)> = lines
        .iter()
        .filter_map(|line| {
            let code = line.verdict?;
            Some((code, answer(line, say), way(line, say), line.name.as_deref()?))
        })
        .collect();
    let answers = rows.iter().map(|(_, answer, ..)| answer.width()).filter(|it| *it <= ANSWER);
    let answers = answers.max().unwrap_or(0);
    let ways = rows.iter().filter_map(|(.., way, _)| Some(way.as_ref()?.width()));
    let ways = ways.filter(|it| *it <= WAY).max();
    for (code, answer, way, name) in &rows {
        let word = grid::paint(*code)(output, &format!("{:7}", code.text()));
        let told = match way {
            Some(way) => format!("{}  {way}", grid::padded(answer, answers)),
            None => answer.clone(),
        };
        let told = grid::padded(&told, answers + ways.map_or(0, |width| 2 + width));
        output.line(&format!("{word}  {told}  {name}"));
    }
    let nameless: Vec<&str> =
        lines.iter().filter(|line| line.name.is_none()).map(|line| line.service.as_str()).collect();
    let counts = [Code::Private, Code::Public, Code::Failed]
        .map(|code| Count::of(lines, code).text(code, say))
        .join(", ");
    output.line("");
    output.line(&say.survey_sum(rows.len(), counts));
    let mut nowhere: Vec<(&str, usize)> = Vec::new();
    for why in
        lines.iter().filter(|it| it.together.all_nowhere()).flat_map(|it| it.together.nowhere())
    {
        match nowhere.iter_mut().find(|(other, _)| *other == why) {
            Some((_, count)) => *count += 1,
            None => nowhere.push((why, 1)),
        }
    }
    for (why, count) in nowhere {
        output.line(&counted(count, why, say));
    }
    for text in Together::assumptions(lines.iter().map(|line| &line.together)) {
        output.line(&say.assumed_line(text));
    }
    if !nameless.is_empty() {
        output.line(&say.services_nameless(nameless.len(), nameless.join(", ")));
    }
}

/// The way, where the verdict does not say it already. Why all ways lead nowhere stands below the names.
fn way(line: &Line, say: Language) -> Option<String> {
    let usual = match line.verdict? {
        Code::Private => Some("private"),
        Code::Public => Some("public"),
        Code::Failed => None,
    };
    let together = &line.together;
    match together.path {
        None => (!line.addresses.is_empty()).then(|| say.not_followed()),
        kind if kind == usual && together.ways.is_empty() => None,
        Some(kind) if is_lost(kind) && together.all_nowhere() => Some(words::way_kind(kind, say)),
        _ => together.short(say),
    }
}

/// The text for an answer: its addresses, or why it has none. `--json` has all of many.
fn answer(line: &Line, say: Language) -> String {
    match line.addresses.as_slice() {
        [] => line.answer.map_or("", |verdict| verdict.text()).to_lowercase(),
        few @ ([_] | [_, _]) => few.join(" "),
        [first, rest @ ..] => say.and_more(first, rest.len()),
    }
}

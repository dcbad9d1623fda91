//! `vpcdns survey`: every service of the region as one client sees it.

use std::{collections::BTreeMap, fmt::Write as _};

use unicode_width::UnicodeWidthStr;

use super::{
    Output,
    clock::now,
    form::{Finding, Form, Format, cell, fit, sarif},
    grid, progress,
    queries::QueriesArguments,
    report::counted,
    worlds,
};
use crate::{
    catalog,
    language::Language,
    model::name::Name,
    resolve::{
        diff::Query,
        places,
        question::{Asker, Reader},
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
    #[command(flatten)]
    queries: QueriesArguments,
    #[command(flatten)]
    form: Form,
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
    let asked = match arguments.queries.read(&snapshot, output) {
        Ok(queries) => queries.map(|queries| names_from(&queries, asker)),
        Err(code) => return code,
    };
    let lines = progress::shown(output.language().asking_services(), |told| match &asked {
        Some(names) => survey::survey_asked(&snapshot, names, reader, told),
        None => survey::survey(&snapshot, region, reader, told),
    });
    match arguments.form.format() {
        Format::Text => print(&lines, output),
        Format::Markdown => {
            let cut = output.language().comment_cut();
            output.raw(fit(markdown(&lines, output.language()), &cut).as_bytes());
        }
        Format::Json => output.line(&serde_json::to_string_pretty(&lines).unwrap_or_default()),
        Format::Sarif => {
            let file = arguments.worlds.worlds.first().map_or("", String::as_str);
            let log = sarif(findings(&lines, &arguments.from, output.language()), file);
            output.line(&serde_json::to_string_pretty(&log).unwrap_or_default());
        }
    }
    0
}

/// The names that a client asked, and those of which nobody knows who did, each once.
fn names_from(queries: &[Query], client: Asker) -> Vec<(Name, u64)> {
    let mut names: BTreeMap<Name, u64> = BTreeMap::new();
    let here = |query: &&Query| match (query.from, client) {
        (None, _) => true,
        (Some(from), Asker::Vpc(vpc)) => from.vpc() == Some(vpc),
        (Some(from), Asker::Subnet(_, subnet)) => from.subnet() == Some(subnet),
        (Some(from), client) => from == client,
    };
    for query in queries.iter().filter(here) {
        *names.entry(query.name.clone()).or_default() += query.count;
    }
    names.into_iter().collect()
}

fn markdown(lines: &[Line], say: Language) -> String {
    let counts = [Code::Private, Code::Public, Code::Failed]
        .map(|code| Count::of(lines, code).text(code, say))
        .join(", ");
    let named = lines.iter().filter(|line| line.name.is_some()).count();
    let mut text =
        format!("### {}\n\n| | | | |\n|---|---|---|---|\n", say.survey_sum(named, counts));
    for line in lines {
        let (Some(name), Some(code)) = (&line.name, line.verdict) else { continue };
        let told = [answer(line, say), way(line, say).unwrap_or_default()].map(|it| cell(&it));
        let _ =
            writeln!(text, "| `{}` | {} | {} | {} |", cell(name), code.text(), told[0], told[1]);
    }
    text
}

/// A finding for each name without an address, or whose traffic never arrives.
fn findings(lines: &[Line], from: &str, say: Language) -> Vec<Finding> {
    let finding = |line: &Line| {
        let (name, code) = (line.name.as_deref()?, line.verdict?);
        let rule = match code {
            Code::Failed => "failed",
            _ if line.together.path == Some("nowhere") => "nowhere",
            _ => return None,
        };
        let why = line.together.way.clone().unwrap_or_else(|| answer(line, say));
        let (text, place) = (format!("{name}: {why}"), from.to_owned());
        Some(Finding { rule, level: "warning", text, place })
    };
    lines.iter().filter_map(finding).collect()
}

/// How wide an answer's column may be; longer answers push what follows aside.
const ANSWER: usize = 15;

/// How wide a way's column may be.
const WAY: usize = 11;

fn print(lines: &[Line], output: &mut Output) {
    let say = output.language();
    let rows: Vec<(Code, String, Option<String>, String)> = lines
        .iter()
        .filter_map(|line| {
            let code = line.verdict?;
            let name = line.name.as_deref()?;
            let name = match line.asked {
                Some(count) => say.asked_times(name, count),
                None => name.to_owned(),
            };
            Some((code, answer(line, say), way(line, say), name))
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

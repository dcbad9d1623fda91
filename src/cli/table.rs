//! `vpcdns table`: the private-DNS table as text or JSON.

use std::collections::BTreeSet;

use super::{
    Output,
    clock::now,
    grid::{self, Cell as GridCell},
    progress, worlds,
};
use crate::{
    language::Language,
    resolve::{
        places,
        question::Reader,
        survey::Code,
        table::{self, Cell, Table, TableRow},
        together::{Together, is_lost},
        words,
    },
};

/// Arguments of `table`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Who asks: an instance, subnet or VPC by name or id, an address, an inbound endpoint's id, or `internet`
    /// [default: the world's default client, else its first VPC].
    #[arg(long, value_name = "CLIENT")]
    from: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let snapshot = match arguments.worlds.snapshot(output) {
        Ok(snapshot) => snapshot,
        Err(code) => return code,
    };
    let asker = match arguments.from.as_deref().map(|from| places::client(&snapshot, from)) {
        None => snapshot.default_asker(),
        Some(Ok(asker)) => asker,
        Some(Err(error)) => {
            output.error(&format!("--from: {error}"));
            return 1;
        }
    };
    let reader = Reader { asker, now: now(), language: output.language() };
    let tables = progress::shown(output.language().computing_tables(), |told| {
        table::tables(&snapshot, reader, usize::MAX, told)
    });
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&tables).unwrap_or_default());
        return 0;
    }
    if tables.is_empty() {
        output.line(&output.language().no_interface_endpoint());
    }
    for (index, table) in tables.iter().enumerate() {
        if index > 0 {
            output.line("");
        }
        print(table, output);
    }
    0
}

/// How wide the flags may be: their headings are wrapped.
const FLAG: usize = 9;

/// How wide an answer may be: two addresses beside each other.
const ANSWER: usize = 31;

fn print(table: &Table, output: &mut Output) {
    let say = output.language();
    let title = say.table_title(&table.endpoint, &table.service, &table.vpc);
    output.line(&output.bold(&title));
    output.line(&output.bold(&say.asked_from(&table.from)));
    output.line("");
    let mut rows = vec![[
        GridCell::plain(String::new()),
        GridCell::plain(say.private_dns()),
        GridCell::plain(say.name_asked()),
        GridCell::plain(say.answer()),
        GridCell::plain(say.traffic_takes()),
    ]];
    for row in &table.rows {
        let [answer, way] = cells(row, |it, _| it.way.clone(), say);
        let flag = GridCell::plain(on(row.private_dns, say));
        rows.push([mark(row), flag, name(row, say), answer, way]);
    }
    grid::print(&rows, [1, FLAG, FLAG, ANSWER, 0], output);
    output.line("");
    let mut rows = vec![[
        GridCell::plain(String::new()),
        GridCell::plain(say.dns_support()),
        GridCell::plain(say.dns_hostnames()),
        GridCell::plain(say.private_dns()),
        GridCell::plain(say.name_asked()),
        GridCell::plain(say.answer()),
        GridCell::plain(say.traffic_takes()),
    ]];
    for row in &table.flags {
        let [answer, way] = cells(row, in_a_word, say);
        rows.push([
            mark(row),
            GridCell::plain(on(row.dns_support, say)),
            GridCell::plain(on(row.dns_hostnames, say)),
            GridCell::plain(on(row.private_dns, say)),
            name(row, say),
            answer,
            way,
        ]);
    }
    grid::print(&rows, [1, FLAG, FLAG, FLAG, FLAG, ANSWER, 0], output);
    output.line("");
    output.line(&format!("  {}", say.table_marks()));
    let ways = table.rows.iter().chain(&table.flags).filter_map(|row| match &row.cell {
        Cell::Answer { together, .. } => Some(together),
        Cell::Refused { .. } => None,
    });
    for text in Together::assumptions(ways) {
        output.line(&format!("  {}", say.assumed_line(text)));
    }
    let lost = table.flags.iter().filter_map(|row| match &row.cell {
        Cell::Answer { together, .. } => Some(together.nowhere()),
        Cell::Refused { .. } => None,
    });
    for why in lost.flatten().collect::<BTreeSet<_>>() {
        output.line(&format!("  {why}"));
    }
    let refused = table.rows.iter().chain(&table.flags).filter_map(|row| match &row.cell {
        Cell::Answer { .. } => None,
        Cell::Refused { code, .. } => Some(*code),
    });
    for code in refused.collect::<BTreeSet<_>>() {
        if let Some(meaning) = say.gloss(code) {
            output.line(&format!("  {}", say.refusal_means(code, meaning)));
        }
    }
    let mut names: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let (short, words) = (row.name_of.short(say), row.name_of.words(say));
            format!("  {short}: {words}\n    {}", row.name)
        })
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        output.line(&name);
    }
}

/// The way in a word, where all are alike. Why one leads nowhere stands below the table.
fn in_a_word(together: &Together, say: Language) -> Option<String> {
    if together.ways.is_empty() || together.all_nowhere() {
        return Some(words::way_kind(together.path?, say));
    }
    together.short(say)
}

fn mark(row: &TableRow) -> GridCell {
    GridCell::plain(if row.in_force { ">" } else { "" })
}

fn name(row: &TableRow, say: Language) -> GridCell {
    GridCell::plain(row.name_of.short(say))
}

fn on(flag: bool, say: Language) -> String {
    if flag { say.on() } else { say.off() }
}

/// The answer of a row, and the way that its traffic takes.
fn cells(
    row: &TableRow,
    told: fn(&Together, Language) -> Option<String>,
    say: Language,
) -> [GridCell; 2] {
    match &row.cell {
        Cell::Answer { verdict, addresses, together } => {
            let paint = grid::paint(Code::from(*verdict));
            let answer = if addresses.is_empty() {
                verdict.text().to_lowercase()
            } else {
                addresses.join(" ")
            };
            let paint_way = match together.path {
                Some(kind) if is_lost(kind) => Output::bad,
                Some("public") => Output::caution,
                Some(_) => Output::good,
                None => |_: &Output, text: &str| text.to_owned(),
            };
            let way = told(together, say).unwrap_or_else(|| say.none());
            [GridCell::painted(answer, paint), GridCell::painted(way, paint_way)]
        }
        Cell::Refused { code, .. } => {
            [GridCell::painted(say.refused(code), Output::bad), GridCell::plain(say.none())]
        }
    }
}

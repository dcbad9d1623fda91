//! `vpcdns table`: the private-DNS table as text or JSON.

use unicode_width::UnicodeWidthStr;

use super::{Output, clock::now, progress, worlds};
use crate::{
    language::Language,
    resolve::{
        explain::Together,
        places,
        question::Reader,
        table::{self, Cell, Table, TableRow},
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
    let tables = progress::shown("computing the table of each endpoint", |told| {
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

fn print(table: &Table, output: &mut Output) {
    let say = output.language();
    let title = say.table_title(&table.endpoint, &table.service, &table.vpc, &table.from);
    output.line(&output.bold(&title));
    output.line("");
    let mut grid = vec![[
        String::new(),
        say.private_dns(),
        say.name_asked(),
        say.answer(),
        say.traffic_takes(),
    ]];
    for row in &table.rows {
        let (answer, way) = cell(row, say);
        grid.push([mark(row), on(row.private_dns, say), row.name_of.words(say), answer, way]);
    }
    lines(&grid, output);
    output.line("");
    let mut grid = vec![[
        String::new(),
        say.dns_support(),
        say.dns_hostnames(),
        say.private_dns(),
        say.name_asked(),
        say.answer(),
        say.traffic_takes(),
    ]];
    for row in &table.flags {
        let (answer, way) = cell(row, say);
        grid.push([
            mark(row),
            on(row.dns_support, say),
            on(row.dns_hostnames, say),
            on(row.private_dns, say),
            row.name_of.words(say),
            answer,
            way,
        ]);
    }
    lines(&grid, output);
    output.line("");
    output.line(&format!("  {}", say.table_marks()));
    let ways = table.rows.iter().chain(&table.flags).filter_map(|row| match &row.cell {
        Cell::Answer { together, .. } => Some(together),
        Cell::Refused { .. } => None,
    });
    for text in Together::assumptions(ways) {
        output.line(&format!("  {}", say.assumed_line(text)));
    }
    let mut names: Vec<String> = table
        .rows
        .iter()
        .map(|row| format!("  {}: {}", row.name_of.words(say), row.name))
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        output.line(&name);
    }
}

fn mark(row: &TableRow) -> String {
    if row.in_force { ">" } else { "" }.to_owned()
}

fn on(flag: bool, say: Language) -> String {
    if flag { say.on() } else { say.off() }
}

fn cell(row: &TableRow, say: Language) -> (String, String) {
    match &row.cell {
        Cell::Answer { verdict, addresses, together } => {
            let answer = if addresses.is_empty() {
                verdict.text().to_lowercase()
            } else {
                addresses.join(" ")
            };
            (answer, together.way.clone().unwrap_or_else(|| say.none()))
        }
        Cell::Refused { code, .. } => (say.refused(code), say.none()),
    }
}

/// Prints a grid with its columns aligned.
fn lines<const N: usize>(grid: &[[String; N]], output: &mut Output) {
    let widths: Vec<usize> = (0..N)
        .map(|column| grid.iter().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    for (index, row) in grid.iter().enumerate() {
        let text: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        let text = format!("  {}", text.join("  "));
        let text = text.trim_end();
        output.line(&if index == 0 { output.bold(text) } else { text.to_owned() });
    }
}

fn padded(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
}

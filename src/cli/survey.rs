//! `vpcdns survey`: every service of the region as one client sees it, as text or JSON.

use unicode_width::UnicodeWidthStr;

use super::{Output, clock::now, progress, worlds};
use crate::{
    catalog,
    resolve::{
        explain::Together,
        places,
        question::Reader,
        survey::{self, Code, Count, Line},
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
    let lines =
        progress::shown("asking services", |told| survey::survey(&snapshot, region, reader, told));
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&lines).unwrap_or_default());
    } else {
        print(&lines, output);
    }
    0
}

fn print(lines: &[Line], output: &mut Output) {
    let rows: Vec<(Code, String, String, &str)> = lines
        .iter()
        .filter_map(|line| Some((line.verdict?, answer(line), way(line), line.name.as_deref()?)))
        .collect();
    let width = rows.iter().map(|(_, answer, ..)| answer.width()).max().unwrap_or(0);
    let ways = rows.iter().map(|(_, _, way, _)| way.width()).max().unwrap_or(0);
    for (code, answer, way, name) in &rows {
        let word = format!("{:7}", code.text());
        let word = match code {
            Code::Private => output.good(&word),
            Code::Public => word,
            Code::Failed => output.bad(&word),
        };
        output.line(&format!("{word}  {}  {}  {name}", padded(answer, width), padded(way, ways)));
    }
    let nameless: Vec<&str> =
        lines.iter().filter(|line| line.name.is_none()).map(|line| line.service.as_str()).collect();
    let count = |code: Code| Count::of(lines, code).text(&code.text().to_lowercase());
    output.line("");
    output.line(&format!(
        "{} names: {}, {}, {}",
        rows.len(),
        count(Code::Private),
        count(Code::Public),
        count(Code::Failed)
    ));
    for text in Together::assumptions(lines.iter().map(|line| &line.together)) {
        output.line(&format!("assumed: {text}"));
    }
    if !nameless.is_empty() {
        output.line(&format!(
            "services without a known DNS name ({}): {}",
            nameless.len(),
            nameless.join(", ")
        ));
    }
}

/// The text for a way in its column: its kind, and the reason if it leads nowhere.
fn way(line: &Line) -> String {
    let together = &line.together;
    let short = |kind: &str, phrase: &str| {
        if kind == "nowhere" { phrase.to_owned() } else { kind.to_owned() }
    };
    match together.ways.as_slice() {
        [] => match (together.path, &together.way) {
            (Some(kind), Some(phrase)) => short(kind, phrase),
            _ if line.addresses.is_empty() => "none".to_owned(),
            _ => "not followed (IPv6)".to_owned(),
        },
        several => {
            let told = several.iter().map(|way| {
                let to = || way.to.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                let at = way
                    .from
                    .as_ref()
                    .map_or_else(|| format!("to {}", to()), |from| format!("from {from}"));
                format!("{} ({at})", short(&way.path, &way.way))
            });
            told.collect::<Vec<_>>().join("; ")
        }
    }
}

fn padded(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
}

/// The most addresses of a name in the text. `--json` has all of them.
const SHOWN: usize = 3;

/// The text for an answer: its addresses, or why it has none.
fn answer(line: &Line) -> String {
    if line.addresses.is_empty() {
        line.answer.map_or("", |verdict| verdict.text()).to_lowercase()
    } else {
        let (shown, more) = line.addresses.split_at(line.addresses.len().min(SHOWN));
        let more =
            if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        format!("{}{more}", shown.join(" "))
    }
}

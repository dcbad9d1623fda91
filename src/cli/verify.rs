//! `vpcdns verify` and `vpcdns questions`: a world's answers beside those of a real resolver, name by name.

use std::{
    fs::File,
    io::Read,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Output, clock::now, worlds};
use crate::{
    resolve::{places, question::Asker, snapshot::Snapshot, words},
    verify::{self, Compared, Item, MOST_BYTES, Mask, Said, Verdict},
};

/// Arguments of `questions`.
#[derive(Debug, clap::Args)]
pub(super) struct QuestionsArguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Who asks: an instance, subnet or VPC by name or id, an address, an inbound endpoint's id, or `internet`.
    #[arg(long, value_name = "CLIENT")]
    from: String,
}

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Who asks: an instance, subnet or VPC by name or id, an address, an inbound endpoint's id, or `internet`.
    #[arg(long, value_name = "CLIENT")]
    from: String,
    /// The resolver to ask from here, as ADDRESS or ADDRESS:PORT.
    #[arg(long, value_name = "ADDR", value_parser = address, required_unless_present = "answers", conflicts_with = "answers")]
    resolver: Option<SocketAddr>,
    /// What the script of `vpcdns questions` printed where it ran.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// How long a reply over UDP may take, in milliseconds. A question is sent three times.
    #[arg(long, value_name = "MS", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    wait: u64,
    /// Replace ids, account numbers and addresses, each by the same word everywhere. Names of zones and resources stay.
    #[arg(long)]
    mask: bool,
    /// List the names with the same answer too.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let plain =
        |text: &str| text.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, 53));
    plain(text)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| "expected an address such as 10.0.0.2 or 127.0.0.1:1053".to_owned())
}

pub(super) fn run_questions(arguments: &QuestionsArguments, output: &mut Output) -> u8 {
    match placed(&arguments.worlds, &arguments.from, output) {
        Ok((snapshot, asker)) => {
            let items = verify::items(&snapshot, asker);
            output.raw(verify::script(&items).as_bytes());
            0
        }
        Err(code) => code,
    }
}

fn placed(
    worlds: &worlds::WorldArguments,
    from: &str,
    output: &mut Output,
) -> Result<(Snapshot, Asker), u8> {
    let snapshot = worlds.snapshot(output)?;
    match places::client(&snapshot, from) {
        Ok(asker) => Ok((snapshot, asker)),
        Err(error) => {
            output.error(&format!("--from: {error}"));
            Err(1)
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let (snapshot, asker) = match placed(&arguments.worlds, &arguments.from, output) {
        Ok(placed) => placed,
        Err(code) => return code,
    };
    let said = match (&arguments.resolver, &arguments.answers) {
        (Some(resolver), _) => asked(*resolver, &snapshot, asker, arguments),
        (None, Some(file)) => read(file),
        (None, None) => Ok(Heard::default()),
    };
    let said = match said {
        Ok(said) => said,
        Err(error) => {
            output.error(&error);
            return 1;
        }
    };
    let say = output.language();
    let mut report = Report {
        from: words::asker(&snapshot.world, asker, say),
        resolver: arguments.resolver.map(|it| it.to_string()),
        unasked: said.unasked,
        answers: said
            .answers
            .iter()
            .map(|(item, said)| verify::compare(&snapshot, asker, (item, said), now(), say))
            .collect(),
    };
    if arguments.mask
        && let Some(mut mask) = Mask::new()
    {
        report.from = mask.text(&report.from);
        report.resolver = report.resolver.map(|it| mask.text(&it));
        report.answers = report.answers.iter().map(|it| mask.compared(it)).collect();
    }
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&report).unwrap_or_default());
    } else {
        print(&report, arguments.all, output);
    }
    u8::from(report.count(Verdict::Different) > 0)
}

/// What a resolver said.
#[derive(Default)]
struct Heard {
    answers: Vec<(Item, Said)>,
    /// The number of questions that were not asked, because nobody had answered until then.
    unasked: usize,
}

fn asked(
    resolver: SocketAddr,
    snapshot: &Snapshot,
    asker: Asker,
    arguments: &Arguments,
) -> Result<Heard, String> {
    let items = verify::items(snapshot, asker);
    let wait = Duration::from_millis(arguments.wait);
    let answers = verify::ask(resolver, &items, wait);
    let answers = answers.map_err(|error| format!("--resolver {resolver}: {error}"))?;
    let all = items.len();
    let answers: Vec<(Item, Said)> =
        items.into_iter().zip(answers).filter_map(|(item, said)| Some((item, said?))).collect();
    Ok(Heard { unasked: all - answers.len(), answers })
}

fn read(file: &Path) -> Result<Heard, String> {
    let name = file.display();
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that a file that is too large is noticed.
    let most = u64::try_from(MOST_BYTES + 1).unwrap_or(u64::MAX);
    File::open(file)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| format!("{name}: {error}"))?;
    let answers = verify::read(&bytes)
        .map_err(|problem| format!("{name}:{}: {}", problem.line, problem.message))?;
    Ok(Heard { answers, unasked: 0 })
}

/// The report, as JSON has it.
#[derive(serde::Serialize)]
struct Report {
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolver: Option<String>,
    unasked: usize,
    answers: Vec<Compared>,
}

impl Report {
    fn count(&self, verdict: Verdict) -> usize {
        self.answers.iter().filter(|it| it.verdict == verdict).count()
    }
}

fn print(report: &Report, all: bool, output: &mut Output) {
    let say = output.language();
    output.line(&output.bold(&say.verify_from(&report.from)));
    let mut last: Option<&Compared> = None;
    for it in &report.answers {
        match it.verdict {
            Verdict::Different => {
                output.line("");
                let word = output.bad(&say.verify_different());
                output.line(&format!("{word}  {} {}", it.name, it.rtype));
                output.line(&format!("  {}", say.verify_world(&it.world)));
                output.line(&format!("  {}", say.verify_resolver(&it.resolver)));
                print_reasons(it, last, output);
                last = Some(it);
            }
            Verdict::Same if all => {
                let word = output.good(&say.verify_same());
                output.line(&format!("{word}  {} {}  {}", it.name, it.rtype, it.resolver));
            }
            Verdict::Unknown if all => {
                let word = output.caution(&say.verify_unknown());
                output.line(&format!("{word}  {} {}  {}", it.name, it.rtype, it.resolver));
            }
            Verdict::Same | Verdict::Unknown => {}
        }
    }
    output.line("");
    let different = report.count(Verdict::Different);
    let sum =
        say.verify_sum(report.count(Verdict::Same), different, report.count(Verdict::Unknown));
    output.line(&if different == 0 { output.good(&sum) } else { output.bad(&sum) });
    if report.unasked > 0 {
        output.line(&say.verify_unasked(report.unasked));
    }
}

/// What the World's answer rests on. The reasons of the name before are not told again.
fn print_reasons(it: &Compared, last: Option<&Compared>, output: &mut Output) {
    let say = output.language();
    if last.is_some_and(|last| last.reasons == it.reasons) {
        output.line(&format!("  {}", say.verify_as_before()));
        return;
    }
    output.line(&format!("  {}", say.verify_reasons()));
    for reason in &it.reasons {
        let facts = match reason.facts.as_slice() {
            [] => String::new(),
            facts => format!(" [{}]", facts.join(" ")),
        };
        output.line(&format!("    {}{facts}", reason.text));
    }
}

//! Mutation testing: puts faults into a copy of the code and counts how many the tests notice.
//!
//! All faults are compiled at once, each behind a switch that the environment variable `MUTANT` turns on (tests hide variables that begin with `VPCDNS_` from their servers). So the code is
//! built once, and a fault costs only the tests that run until one of them fails. Faults that do not compile are left out.

mod build;
mod candidates;
mod run;
mod tree;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use candidates::Candidate;

/// What to do, from the command line.
struct Arguments {
    count: usize,
    seed: u64,
    minutes: u64,
    list: bool,
    /// Only faults whose place begins so, such as `src/dns/` or `src/dns/edns.rs:40`.
    only: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut all = Arguments { count: 300, seed: 1, minutes: 120, list: false, only: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
        match word.as_str() {
            "--count" => all.count = number(value()?)? as usize,
            "--seed" => all.seed = number(value()?)?,
            "--minutes" => all.minutes = number(value()?)?,
            "--only" => all.only = Some(value()?),
            "--list" => all.list = true,
            _ => return Err(format!("unknown argument {word}; see the head of tests/mutants/run")),
        }
    }
    Ok(all)
}

fn main() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> Result<(), String> {
    let arguments = arguments()?;
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let mut all = candidates::of_tree(&root)?;
    if let Some(only) = &arguments.only {
        all.retain(|candidate| candidate.place().starts_with(only.as_str()));
    }
    println!(
        "{} faults can be put into src/{{resolve,dns,api}} and src/model/*_rules.rs",
        all.len()
    );
    if arguments.list {
        for candidate in &all {
            println!("{}: {}", candidate.place(), candidate.what);
        }
        return Ok(());
    }
    let chosen = sample(all, arguments.count, arguments.seed);
    let copy = root.join("target/mutants/tree");
    let built = build::build(&root, &copy, chosen)?;
    run::run(&copy, &built, Duration::from_secs(arguments.minutes * 60))
}

/// `count` candidates, the same for the same seed, none of them inside another, in the order of the sources.
fn sample(mut all: Vec<Candidate>, count: usize, seed: u64) -> Vec<Candidate> {
    // SplitMix64 (Steele, Lea, Flood 2014): enough to shuffle a list the same way on every machine.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    for last in (1..all.len()).rev() {
        all.swap(last, (next() % (last as u64 + 1)) as usize);
    }
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in all {
        if chosen.len() == count {
            break;
        }
        if !chosen.iter().any(|other| other.overlaps(&candidate)) {
            chosen.push(candidate);
        }
    }
    chosen
        .sort_by(|one, other| (&one.file, one.range.start).cmp(&(&other.file, other.range.start)));
    chosen
}

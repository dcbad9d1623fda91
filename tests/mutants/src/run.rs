//! Runs the tests nearest to each fault until one fails.

use std::{
    collections::BTreeMap,
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    build::{Built, Program},
    candidates::Candidate,
};

/// Which test programs look at a folder, quick ones first.
const NEAREST: &[(&str, &[&str])] = &[
    (
        "src/resolve/",
        &[
            "vpcdns",
            "cases",
            "laws",
            "survey",
            "cli",
            "explain_txt",
            "consistent",
            "http",
            "dig",
            "forward",
            "differential",
        ],
    ),
    (
        "src/dns/",
        &[
            "vpcdns",
            "cases",
            "dig",
            "faults",
            "explain_txt",
            "differential",
            "forward",
            "http",
            "watch",
            "consistent",
        ],
    ),
    ("src/api/", &["vpcdns", "cases", "laws", "export", "http", "aws"]),
    ("src/model/", &["vpcdns", "cases", "laws", "export", "import", "aws"]),
];

/// A fault that has not failed a test after this many times the quiet duration, and half a minute, hangs the test: it is noticed.
const PATIENCE: u32 = 5;

/// How many faults are tried at once.
const AT_ONCE: usize = 2;

/// Tries every fault, tells what became of it, and counts.
pub fn run(copy: &Path, built: &Built, limit: Duration) -> Result<(), String> {
    let quiet = quiet(copy, built)?;
    let start = Instant::now();
    let faults: Vec<(&u32, &Candidate)> = built.faults.iter().collect();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while start.elapsed() < limit
                    && let Some((number, fault)) = faults.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let by = noticed_by(copy, built, &quiet, **number, fault);
                    let word =
                        by.as_deref().map_or("SURVIVED".to_owned(), |by| format!("caught by {by}"));
                    println!("{number} {}: {}: {word}", fault.place(), fault.what);
                    if let Ok(mut results) = results.lock() {
                        results.insert(**number, by.is_some());
                    }
                }
            });
        }
    });
    let results = results.into_inner().map_err(|error| error.to_string())?;
    let caught = results.values().filter(|caught| **caught).count();
    println!("\nSurvivors:");
    for (number, _) in results.iter().filter(|(_, caught)| !**caught) {
        let fault = &built.faults[number];
        println!("  {}: {}", fault.place(), fault.what);
    }
    println!(
        "\n{caught} of {} caught, {:.1} %, in {} minutes; {} were not reached in time",
        results.len(),
        100.0 * caught as f64 / results.len().max(1) as f64,
        start.elapsed().as_secs() / 60,
        faults.len() - results.len()
    );
    Ok(())
}

/// How long each program takes with no fault on. One that fails then could prove nothing.
fn quiet<'b>(copy: &Path, built: &'b Built) -> Result<BTreeMap<&'b str, Duration>, String> {
    let mut times = BTreeMap::new();
    for program in &built.programs {
        if !NEAREST.iter().any(|(_, names)| names.contains(&program.name.as_str())) {
            continue;
        }
        let start = Instant::now();
        if fails(copy, program, None, Duration::from_secs(900)) {
            return Err(format!("{} fails with no fault on", program.name));
        }
        println!("{}: {} s", program.name, start.elapsed().as_secs());
        times.insert(program.name.as_str(), start.elapsed());
    }
    Ok(times)
}

fn noticed_by(
    copy: &Path,
    built: &Built,
    quiet: &BTreeMap<&str, Duration>,
    number: u32,
    fault: &Candidate,
) -> Option<String> {
    let names =
        NEAREST.iter().find(|(folder, _)| fault.file.starts_with(folder.trim_end_matches('/')))?.1;
    for name in names {
        for program in built.programs.iter().filter(|program| program.name == *name) {
            let Some(quiet) = quiet.get(name) else { continue };
            let patience = *quiet * PATIENCE + Duration::from_secs(30);
            if fails(copy, program, Some(number), patience) {
                return Some((*name).to_owned());
            }
        }
    }
    None
}

/// Whether a program fails, or does not end in time.
fn fails(copy: &Path, program: &Program, fault: Option<u32>, patience: Duration) -> bool {
    let mut command = Command::new(&program.path);
    command
        .current_dir(copy)
        .env("CARGO_MANIFEST_DIR", copy)
        .env("MUTANT", fault.map_or("none".to_owned(), |number| number.to_string()))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log(copy, fault))
        .stderr(log(copy, fault));
    let Ok(mut child) = command.spawn() else { return true };
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return !status.success(),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(20)),
            _ => {
                end(&mut child);
                return true;
            }
        }
    }
}

/// Where a program's output goes: into a file that is kept for the last run of each fault.
fn log(copy: &Path, fault: Option<u32>) -> Stdio {
    let name = fault.map_or("quiet".to_owned(), |number| number.to_string());
    let folder = copy.join("target/mutant-logs");
    let file = std::fs::create_dir_all(&folder).and_then(|()| {
        File::options().create(true).append(true).open(folder.join(format!("{name}.txt")))
    });
    file.map_or(Stdio::null(), Stdio::from)
}

/// Ends a program that hangs, and the servers it started, which are in its process group.
fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.wait();
}

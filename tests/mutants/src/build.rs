//! Puts the chosen faults into the copy, leaves out those that do not compile, and builds the tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    candidates::{self, Candidate},
    tree,
};

/// A test program, by the name of its target.
pub struct Program {
    /// `vpcdns` for the library's own tests, else the name of the file in tests/.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What there is to run.
pub struct Built {
    /// The faults that compile; the number of each is what `MUTANT` takes.
    pub faults: BTreeMap<u32, Candidate>,
    /// The test programs.
    pub programs: Vec<Program>,
}

/// Copies the tree, puts the faults in and builds.
pub fn build(root: &Path, copy: &Path, chosen: Vec<Candidate>) -> Result<Built, String> {
    let files: BTreeSet<PathBuf> =
        candidates::of_tree(root)?.into_iter().map(|candidate| candidate.file).collect();
    tree::copy(root, copy, &files)?;
    let mut faults: BTreeMap<u32, Candidate> = (0..).zip(chosen).collect();
    loop {
        let places = put(root, copy, &files, &faults)?;
        let broken = check(copy, &places)?;
        if broken.is_empty() {
            break;
        }
        println!("{} faults do not compile and are left out", broken.len());
        for number in broken {
            faults.remove(&number);
        }
    }
    Ok(Built { faults, programs: programs(copy)? })
}

/// Where a fault stands in the copy.
type Places = BTreeMap<PathBuf, Vec<(Range<usize>, u32)>>;

fn put(
    root: &Path,
    copy: &Path,
    files: &BTreeSet<PathBuf>,
    faults: &BTreeMap<u32, Candidate>,
) -> Result<Places, String> {
    let mut by_file: BTreeMap<&Path, Vec<(u32, &Candidate)>> = BTreeMap::new();
    for (number, candidate) in faults {
        by_file.entry(&candidate.file).or_default().push((*number, candidate));
    }
    // A file without a fault, or whose last one was left out, is as it was.
    for path in files {
        if !by_file.contains_key(path.as_path()) {
            let text = fs::read_to_string(root.join(path)).map_err(|error| error.to_string())?;
            tree::write(&copy.join(path), &text)?;
        }
    }
    let mut places = Places::new();
    for (file, mut list) in by_file {
        list.sort_by_key(|(_, candidate)| candidate.range.start);
        let text = fs::read_to_string(root.join(file)).map_err(|error| error.to_string())?;
        let (mut out, mut done) = (String::new(), 0);
        for (number, candidate) in list {
            out.push_str(text.get(done..candidate.range.start).unwrap_or_default());
            let start = out.len();
            out.push_str(
                &candidate.replacement.replace("{on}", &format!("crate::mutant_is_on({number})")),
            );
            places.entry(file.to_owned()).or_default().push((start..out.len(), number));
            done = candidate.range.end;
        }
        out.push_str(text.get(done..).unwrap_or_default());
        tree::write(&copy.join(file), &out)?;
    }
    Ok(places)
}

fn cargo(copy: &Path, arguments: &[&str]) -> Result<Vec<Value>, String> {
    let output = Command::new("cargo")
        .args(arguments)
        .args(["--message-format=json", "--locked"])
        .env("CARGO_TARGET_DIR", copy.join("target"))
        // The tests run hundreds of times: a build that takes longer and runs faster is the cheaper one.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .current_dir(copy)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The faults that errors of the compiler are about.
fn check(copy: &Path, places: &Places) -> Result<BTreeSet<u32>, String> {
    let mut broken = BTreeSet::new();
    let mut elsewhere = Vec::new();
    for message in cargo(copy, &["check", "--lib", "--quiet"])? {
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        let mut found = false;
        for span in message["spans"].as_array().into_iter().flatten() {
            let file = Path::new(span["file_name"].as_str().unwrap_or_default());
            let start = span["byte_start"].as_u64().unwrap_or_default() as usize;
            let end = span["byte_end"].as_u64().unwrap_or_default() as usize;
            for (range, number) in places.get(file).into_iter().flatten() {
                if start < range.end && range.start < end.max(start + 1) {
                    broken.insert(*number);
                    found = true;
                }
            }
        }
        if !found && message["spans"].as_array().is_some_and(|spans| !spans.is_empty()) {
            elsewhere.push(message["rendered"].as_str().unwrap_or_default().to_owned());
        }
    }
    if broken.is_empty() && !elsewhere.is_empty() {
        return Err(format!("an error that is about no fault:\n{}", elsewhere.join("\n")));
    }
    Ok(broken)
}

fn programs(copy: &Path) -> Result<Vec<Program>, String> {
    let found: Vec<Program> = cargo(copy, &["test", "--no-run", "--quiet"])?
        .iter()
        .filter(|message| message["profile"]["test"] == true)
        .filter_map(|message| {
            Some(Program {
                name: message["target"]["name"].as_str()?.to_owned(),
                path: message["executable"].as_str()?.into(),
            })
        })
        .collect();
    if found.is_empty() {
        Err("the tests were not built; the reason is above".to_owned())
    } else {
        Ok(found)
    }
}

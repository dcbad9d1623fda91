//! Holds the sources to ARCHITECTURE.md.
//!
//! `reader` reads every file of `src/` into a `tree`. `resolve` follows each path to the file that defines what it names.
//! `graph` says who uses whom, and `check` and `rules` compare. `breakages` shows that it notices.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod breakages;
mod check;
mod document;
mod graph;
mod reader;
mod resolve;
mod rules;
mod test_only;
mod tokens;
mod tree;

use std::{fs, path::Path};

use tree::Sources;

/// Every Rust file of `src/`.
fn sources() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Sources::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn document() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap()
}

#[test]
fn the_sources_are_as_the_document_says() {
    let found = check::check(&sources(), &document());
    assert!(found.is_empty(), "{} disagreements:\n{}", found.len(), found.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let found = rules::broken(&graph::Graph::of(&reader::read(&sources())), rules::RULES);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_know() {
    let mut lengths = Vec::new();
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{path} does not begin with //!");
        let length = text.lines().count();
        assert!(length <= 600, "{path} has {length} lines");
        lengths.push(length);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 200, "the median file has {median} lines");
}

#[test]
fn paths_named_in_the_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path = ["src/", "tests/", "zones/", "docs/", "benches/", "fuzz/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            if looks_like_a_path && !word.contains(['<', '*', ' ']) {
                assert!(root.join(word).exists(), "{document} names {word}, which does not exist");
            }
        }
    }
}

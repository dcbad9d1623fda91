//! The rules of ARCHITECTURE.md, read from the sources: who uses whom, file sizes, file heads, paths that exist.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file: comments, and the tests at its end, left out.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first names of what `use crate::{…}` groups hold, as `name::`.
fn grouped(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for group in code.split("use crate::{").skip(1) {
        let (mut depth, mut name) = (1, String::new());
        for letter in group.chars() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => {}
                _ if depth == 1 => name.push(letter),
                _ => {}
            }
            if depth == 0 || (depth == 1 && letter == ',') {
                names.push(name.trim().to_owned());
                name.clear();
            }
            if depth == 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn folders_use_only_what_they_may() {
    let forbidden: &[(&str, &[&str])] = &[
        (
            "src/catalog",
            &[
                "model::",
                "resolve::",
                "dns::",
                "import::",
                "store::",
                "api::",
                "web::",
                "cli::",
                "server::",
            ],
        ),
        (
            "src/model",
            &["resolve::", "dns::", "import::", "store::", "api::", "web::", "cli::", "server::"],
        ),
        ("src/resolve", &["dns::", "import::", "store::", "api::", "web::", "cli::", "server::"]),
        ("src/dns", &["import::", "store::", "api::", "web::", "cli::", "server::"]),
        ("src/import", &["dns::", "store::", "api::", "web::", "cli::", "server::"]),
        (
            "src/export",
            &["resolve::", "dns::", "import::", "store::", "api::", "web::", "cli::", "server::"],
        ),
        ("src/store", &["dns::", "import::", "api::", "web::", "cli::", "server::"]),
        ("src/api", &["dns::", "import::", "web::", "cli::", "server::"]),
        ("src/web", &["dns::", "cli::", "server::"]),
        ("src/imds", &["dns::", "import::", "store::", "api::", "web::", "cli::", "server::"]),
    ];
    for (folder, names) in forbidden {
        for path in sources(folder) {
            let code = code(&path);
            // Nobody but the wiring uses these two.
            for name in names.iter().chain(&["imds::", "emulator::"]) {
                let used = format!("crate::{name}");
                let used_in_group = grouped(&code).iter().any(|it| it.starts_with(name));
                assert!(!code.contains(&used) && !used_in_group, "{} uses {used}", path.display());
            }
        }
    }
}

/// Who can send a request must not choose a file.
#[test]
fn http_does_not_touch_the_disk() {
    let words =
        ["std::fs", "fs::", "File::", "OpenOptions", "open::open", "open_all", "import::file"];
    for path in ["src/web", "src/api", "src/imds", "src/export"].into_iter().flat_map(sources) {
        let code = code(&path);
        for word in words {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_decision_is_pure() {
    let words = [
        "std::fs",
        "std::net::Udp",
        "std::net::Tcp",
        "UdpSocket",
        "TcpListener",
        "TcpStream",
        "tokio",
        "async fn",
        "SystemTime",
        "Instant::now",
        "hickory_server",
        "hickory_resolver",
        "hickory_net",
        "axum",
        "rand::",
    ];
    for folder in ["src/catalog", "src/model", "src/resolve"] {
        for path in sources(folder) {
            let code = code(&path);
            for word in words {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn fronts_keep_their_libraries_to_themselves() {
    let homes = [
        ("hickory_resolver", &["src/dns"][..]),
        ("axum", &["src/web", "src/imds"]),
        ("hyper::", &["src/web"]),
        ("rusqlite", &["src/store"]),
    ];
    for path in sources("src") {
        let code = code(&path);
        for (library, homes) in homes {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let at_home = homes.iter().any(|home| path.starts_with(root.join(home)));
            assert!(
                at_home || !code.contains(library),
                "{} uses {library}, which belongs to {homes:?}",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_know() {
    let mut lengths = Vec::new();
    for path in sources("src") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", path.display());
        let length = text.lines().count();
        assert!(length <= 600, "{} has {length} lines", path.display());
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

//! Which libraries, and which parts of this one, only some files may use.

use crate::graph::Graph;

/// What the files of some folders may not use.
pub(crate) struct Rule {
    /// The folders it holds in.
    pub(crate) inside: &'static [&'static str],
    /// Where it does not hold.
    pub(crate) but: &'static [&'static str],
    /// Paths that may not be used, nor what is in them.
    pub(crate) never: &'static [&'static str],
}

pub(crate) const RULES: &[Rule] = &[
    // Who can send a request must not choose a file.
    Rule {
        inside: &["src/web/", "src/api/", "src/imds/", "src/export/"],
        but: &[],
        never: &[
            "std::fs",
            "tokio::fs",
            "rustix",
            "rusqlite",
            "crate::import::open::open",
            "crate::import::open::open_all",
            "crate::import::file",
        ],
    },
    // The decision is pure.
    Rule {
        inside: &["src/catalog/", "src/model/", "src/resolve/"],
        but: &[],
        never: &[
            "async",
            "std::fs",
            "std::net::UdpSocket",
            "std::net::TcpListener",
            "std::net::TcpStream",
            "std::net::ToSocketAddrs",
            "std::thread",
            "std::process",
            "std::env",
            "std::time::SystemTime",
            "std::time::Instant",
            "tokio",
            "socket2",
            "rustix",
            "nix",
            "rusqlite",
            "hickory_server",
            "hickory_resolver",
            "hickory_net",
            "axum",
            "hyper",
            "ureq",
            "rand",
            "getrandom",
        ],
    },
    Rule {
        inside: &["src/"],
        but: &["src/dns/"],
        never: &["hickory_resolver", "hickory_server", "tokio_rustls", "rcgen"],
    },
    Rule { inside: &["src/"], but: &["src/web/", "src/imds/"], never: &["axum"] },
    Rule { inside: &["src/"], but: &["src/web/", "src/dns/"], never: &["hyper"] },
    Rule { inside: &["src/"], but: &["src/store/"], never: &["rusqlite"] },
];

/// Every use that a rule forbids.
pub(crate) fn broken(graph: &Graph, rules: &[Rule]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, used) in &graph.used {
        let lies_in = |folders: &[&str]| folders.iter().any(|folder| file.starts_with(folder));
        for rule in rules.iter().filter(|rule| lies_in(rule.inside) && !lies_in(rule.but)) {
            for (path, line) in used {
                if rule.never.iter().any(|never| is_in(path, never)) {
                    found.push(format!("{file}:{line} uses {path}"));
                }
            }
        }
    }
    found
}

/// Whether a path is `other` or something in it. A glob may bring `other`.
fn is_in(path: &str, other: &str) -> bool {
    match path.strip_suffix('*') {
        Some(all) => other.starts_with(all) || path.starts_with(&format!("{other}::")),
        None => {
            path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{reader, tree::Sources};

    fn of_model(text: &str) -> Vec<String> {
        let sources: Sources = [("src/lib.rs", "mod model;"), ("src/model/mod.rs", text)]
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .into();
        broken(&Graph::of(&reader::read(&sources)), RULES)
    }

    #[test]
    fn a_library_is_known_under_every_name() {
        for text in [
            "use std::{fs};",
            "use std::fs as files;",
            "use std as s; fn read() { s::fs::read(\"x\") }",
            "fn read() { ::std::fs::read(\"x\") }",
            "fn read() { println!(\"{:?}\", ::std::fs::read(\"x\")) }",
            "fn read() { println!(\"{:?}\", 1..std::fs::read(\"x\")) }",
            "use std::time::*;",
            "use std::time; fn now() { time::Instant::now() }",
            "fn f() {} #[cfg(test)] mod tests {} use tokio::sync::watch;",
            "async fn now() {}",
            "fn now() { let later = async { 1 }; }",
            "extern crate rand as dice; fn roll() { dice::random() }",
            "#[tokio::main] fn main() {}",
        ] {
            assert!(!of_model(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_a_library_is_free() {
        let text = "use std::{fmt, net::IpAddr, time::Duration}; mod fs {} use fs as tokio; fn f() { tokio::sync(self::fs::x) }";
        assert_eq!(of_model(text), [""; 0]);
        assert_eq!(of_model("#[cfg(test)] use std::fs;"), [""; 0]);
    }
}

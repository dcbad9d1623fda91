//! What docs/operations.md says of a running server, held against one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::collections::BTreeSet;

use common::Server;

fn get(server: &Server, path: &str) -> String {
    let url = format!("http://{}{path}", server.http);
    ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap()
}

/// The names of metrics in a text, without the endings of a histogram.
fn names(text: &str) -> BTreeSet<String> {
    let letter = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let words = text.split(|it: char| !letter(it));
    words
        .filter(|word| word.starts_with("vpcdns_") || word.starts_with("process_"))
        .map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned())
        .collect()
}

#[test]
fn every_metric_is_in_the_documentation_and_nothing_else_is() {
    let server = Server::start(&["lab09-1"]);
    let told: BTreeSet<String> = get(&server, "/metrics")
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next().map(str::to_owned))
        .collect();
    assert!(told.len() > 35, "{told:?}");
    let documented = include_str!("../docs/operations.md");
    let table: BTreeSet<String> = documented
        .lines()
        .filter(|line| line.starts_with("| `vpcdns_") || line.starts_with("| `process_"))
        .flat_map(|line| names(line.split('|').nth(1).unwrap()))
        .collect();
    assert_eq!(told.difference(&table).collect::<Vec<_>>(), Vec::<&String>::new(), "undocumented");
    assert_eq!(table.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "not there");
    let shown = names(include_str!("../docs/grafana.json"));
    assert_eq!(shown.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "dashboard");
    assert!(shown.len() > 20, "{shown:?}");
}

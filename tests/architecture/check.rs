//! Holds the sources to the tables of ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    document::Document,
    graph::{Graph, circles},
    reader,
    tree::Sources,
};

/// Every way in which the sources and the document disagree; none if all is well.
pub(crate) fn check(sources: &Sources, document: &str) -> Vec<String> {
    let tree = reader::read(sources);
    let graph = Graph::of(&tree);
    let document = Document::read(document);
    let mut found: Vec<_> = tree.problems.iter().chain(&document.problems).cloned().collect();
    let files = tree.files.difference(&tree.test_files).cloned().collect();
    check_rooms(&files, &graph, &document, &mut found);
    check_circles(&graph, &document, &mut found);
    found
}

/// The room a file belongs to: the nearest folder with a `mod.rs`, else the file or folder that stands in `src/` itself.
fn room<'a>(files: &BTreeSet<String>, file: &'a str) -> &'a str {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    let folders = inside.match_indices('/').map(|(at, _)| &inside[..at]);
    let first = inside.split('/').next().unwrap_or_default();
    folders
        .rev()
        .find(|folder| files.contains(&format!("src/{folder}/mod.rs")))
        .unwrap_or(first.strip_suffix(".rs").unwrap_or(first))
}

fn check_rooms(
    files: &BTreeSet<String>,
    graph: &Graph,
    document: &Document,
    found: &mut Vec<String>,
) {
    let mut used: BTreeMap<_, BTreeSet<_>> =
        files.iter().map(|file| (room(files, file), BTreeSet::new())).collect();
    for ((from, to), edge) in &graph.edges {
        let (own, other) = (room(files, from), room(files, to));
        if own == other {
            continue;
        }
        used.entry(own).or_default().insert(other);
        if document.may_use.get(own).is_some_and(|may| !may.contains(other)) {
            let (line, path) = (edge.line, &edge.path);
            found.push(format!("{from}:{line}: `{own}` may not use `{other}`, but uses {path}"));
        }
    }
    for (room, others) in used.iter().filter(|(room, _)| !document.may_use.contains_key(**room)) {
        let others: Vec<_> = others.iter().map(|name| format!("`{name}`")).collect();
        let line = format!("| `{room}` | {} |", others.join(", "));
        found.push(format!("ARCHITECTURE.md: `{room}` has no line; today it would be {line}"));
    }
    for (room, may) in &document.may_use {
        let Some(used) = used.get(room.as_str()) else {
            found.push(format!("ARCHITECTURE.md: there is no room `{room}`"));
            continue;
        };
        for other in may.iter().filter(|other| !used.contains(other.as_str())) {
            found.push(format!("ARCHITECTURE.md: `{room}` does not use `{other}`"));
        }
    }
    // A room and the rooms inside it may use each other.
    let top = |room: &'_ str| room.split('/').next().unwrap_or_default().to_owned();
    let pairs: BTreeSet<_> = used
        .iter()
        .flat_map(|(room, others)| others.iter().map(move |other| (top(room), top(other))))
        .filter(|(room, other)| room != other)
        .collect();
    for circle in circles(pairs.iter().map(|(from, to)| (from.as_str(), to.as_str()))) {
        found.push(format!("these rooms use each other in a circle: {circle:?}"));
    }
}

fn check_circles(graph: &Graph, document: &Document, found: &mut Vec<String>) {
    let edges = || {
        let edges = graph.edges.iter().filter(|(_, edge)| edge.is_of_items);
        edges.map(|((from, to), _)| (from.as_str(), to.as_str()))
    };
    let line_of =
        |(from, to): (&str, &str)| document.back.iter().position(|back| back.allows(from, to));
    for circle in circles(edges().filter(|edge| line_of(*edge).is_none())) {
        let mut text = String::from("these files use each other in a circle:");
        for ((from, to), edge) in &graph.edges {
            if edge.is_of_items && circle.contains(from) && circle.contains(to) {
                text += &format!("\n    {from}:{} uses {}", edge.line, edge.path);
            }
        }
        found.push(text);
    }
    for (at, back) in document.back.iter().enumerate() {
        let with = edges().filter(|edge| line_of(*edge).is_none_or(|line| line == at));
        if circles(with).is_empty() {
            found.push(format!("ARCHITECTURE.md: no circle needs the line {back}"));
        }
    }
}

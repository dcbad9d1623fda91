//! Who uses whom, file by file, and the circles in that.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use crate::{
    resolve::Target,
    tree::{Kind, Tree},
};

/// The first use of one file by another.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) line: usize,
    pub(crate) path: String,
    /// Whether an item is used, and not only the module imported in order to write paths with it.
    pub(crate) is_of_items: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) edges: BTreeMap<(String, String), Edge>,
    /// What each file uses of other crates, and of this one by its full path: `std::fs::read`, `crate::model::vpc::Vpc`.
    pub(crate) used: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Graph {
    pub(crate) fn of(tree: &Tree) -> Self {
        let mut graph = Self::default();
        for mention in &tree.mentions {
            let from = &tree.scopes[mention.scope].file;
            for target in tree.targets(mention) {
                let (scope, name) = match target {
                    Target::Outside(path) => {
                        // `std::time::*` may use everything in `std::time`.
                        let all = if mention.kind == Kind::Glob { "::*" } else { "" };
                        graph.note(from, format!("{path}{all}"), mention.line);
                        continue;
                    }
                    Target::Module(scope) => (scope, None),
                    Target::Item(scope, name) => (scope, Some(name)),
                };
                let to = &tree.scopes[scope].file;
                let path = tree.scopes[scope].path.iter().chain(&name);
                let path = path.fold(String::from("crate"), |path, name| format!("{path}::{name}"));
                let is_of_items = name.is_some() || mention.kind == Kind::Glob;
                if to != from {
                    let edge = Edge { line: mention.line, path: path.clone(), is_of_items };
                    let known = graph.edges.entry((from.clone(), to.clone()));
                    match known {
                        Entry::Vacant(free) => {
                            free.insert(edge);
                        }
                        Entry::Occupied(mut known) if is_of_items && !known.get().is_of_items => {
                            known.insert(edge);
                        }
                        Entry::Occupied(_) => {}
                    }
                }
                graph.note(from, path, mention.line);
            }
        }
        graph
    }

    fn note(&mut self, file: &str, path: String, line: usize) {
        self.used.entry(file.to_owned()).or_default().entry(path).or_insert(line);
    }
}

/// The sets of two or more names that reach each other.
pub(crate) fn circles<'a>(
    edges: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeSet<BTreeSet<String>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in edges {
        next.entry(from).or_default().push(to);
    }
    let reached = |start: &&'a str| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = next.get(start).cloned().unwrap_or_default();
        while let Some(name) = open.pop() {
            if reached.insert(name) {
                open.extend(next.get(name).into_iter().flatten());
            }
        }
        reached
    };
    let reach: BTreeMap<_, _> = next.keys().map(|name| (*name, reached(name))).collect();
    let mut found = BTreeSet::new();
    for (name, names) in &reach {
        if names.contains(name) {
            let back = |other: &&&str| reach.get(**other).is_some_and(|it| it.contains(name));
            found.insert(names.iter().filter(back).map(|it| (*it).to_owned()).collect());
        }
    }
    found
}

//! The two tables of ARCHITECTURE.md that the sources are held to.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Which rooms a room may use.
    pub(crate) may_use: BTreeMap<String, BTreeSet<String>>,
    /// The uses that close a circle and are allowed to.
    pub(crate) back: Vec<Back>,
    pub(crate) problems: Vec<String>,
}

/// Files that may use other files though that closes a circle. A path that ends with `/` is every file in the folder.
#[derive(Debug)]
pub(crate) struct Back {
    from: Vec<String>,
    to: Vec<String>,
}

impl Back {
    pub(crate) fn allows(&self, from: &str, to: &str) -> bool {
        is_named(&self.from, from) && is_named(&self.to, to)
    }
}

fn is_named(names: &[String], file: &str) -> bool {
    names.iter().any(|name| file == name || (name.ends_with('/') && file.starts_with(name)))
}

impl std::fmt::Display for Back {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} back to {}", self.from.join(", "), self.to.join(", "))
    }
}

impl Document {
    pub(crate) fn read(text: &str) -> Self {
        let mut document = Self::default();
        for row in rows(text, "| room | may use |") {
            let mut problem = |text: &str| {
                document.problems.push(format!("ARCHITECTURE.md: {text}: {row:?}"));
            };
            let [rooms, used] = row.as_slice() else {
                problem("the line of a room has two cells");
                continue;
            };
            for room in ticked(rooms) {
                if document.may_use.insert(room, ticked(used).collect()).is_some() {
                    problem("this room has another line");
                }
            }
        }
        for row in rows(text, "| file | uses | why the circle stands |") {
            match row.as_slice() {
                [from, to, why] if !why.is_empty() => {
                    let (from, to) = (ticked(from).collect(), ticked(to).collect());
                    document.back.push(Back { from, to });
                }
                _ => {
                    let text = "ARCHITECTURE.md: the line of a circle has two files and a reason";
                    document.problems.push(format!("{text}: {row:?}"));
                }
            }
        }
        document
    }
}

/// The cells of each line of the table that has this head.
fn rows(text: &str, head: &str) -> Vec<Vec<String>> {
    text.lines()
        .skip_while(|line| *line != head)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
            line.unwrap_or_default().split('|').map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
}

/// What stands between backticks.
fn ticked(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}

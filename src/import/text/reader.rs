//! Typed access to Nodes. Reports each problem and goes on, so one run finds all of them.
//!
//! Knows shapes (maps with known keys, lists, scalars). Does not know what a key means.

use super::{
    diagnostic::{Problem, Severity, Source},
    near,
    node::{self, Key, Kind, Node, Pos},
    scalar::Scalar,
};
use crate::model::refusal::Refusal;

/// The most problems of one file that are listed. Further ones are only counted.
const LISTED: usize = 200;

/// The problems of one text.
pub struct Report<'s> {
    source: &'s Source,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    more: usize,
    /// Whether problems that follow from another problem are reported too.
    consequences: bool,
}

impl<'s> Report<'s> {
    /// An empty report.
    pub fn new(source: &'s Source) -> Self {
        Self { source, problems: Vec::new(), warnings: Vec::new(), more: 0, consequences: false }
    }

    /// An empty report that includes problems that follow from others, for files that the user will not fix.
    pub(in crate::import) fn of_everything(source: &'s Source) -> Self {
        Self { consequences: true, ..Self::new(source) }
    }

    /// Whether problems that follow from another problem are reported too.
    pub(in crate::import) fn tells_consequences(&self) -> bool {
        self.consequences
    }

    /// The text the problems are about.
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// Adds an error.
    pub fn error(&mut self, pos: Pos, message: &str) {
        self.note(pos, message, None, None);
    }

    /// Adds an error and a hint.
    pub fn error_hint(&mut self, pos: Pos, message: &str, hint: Option<String>) {
        self.note(pos, message, hint, None);
    }

    /// Adds a refusal of AWS's.
    pub fn refusal(&mut self, pos: Pos, refusal: &Refusal, hint: Option<String>) {
        self.note(pos, &refusal.message, hint, Some(refusal.code));
    }

    /// Adds a warning.
    pub fn warning(&mut self, pos: Pos, message: &str, hint: Option<String>) {
        if self.warnings.len() < LISTED {
            let problem =
                node::at(&self.source.name, &self.source.text, pos, Severity::Warning, message);
            self.warnings.push(Problem { hint, ..problem });
        }
    }

    fn note(&mut self, pos: Pos, message: &str, hint: Option<String>, code: Option<&'static str>) {
        if self.problems.len() >= LISTED {
            self.more += 1;
            return;
        }
        let problem = node::at(&self.source.name, &self.source.text, pos, Severity::Error, message);
        self.problems.push(Problem { hint, code, ..problem });
    }

    /// Whether the list is full. Further errors are only counted, so they need no hints.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= LISTED
    }

    /// Whether there is any error.
    pub fn failed(&self) -> bool {
        !self.problems.is_empty()
    }

    /// The warnings.
    ///
    /// # Errors
    ///
    /// The errors in the order of the text, then the warnings, if there is any error.
    pub fn finish(mut self) -> Result<Vec<Problem>, Vec<Problem>> {
        self.warnings.sort_by_key(|problem| (problem.line, problem.column));
        if self.problems.is_empty() {
            return Ok(self.warnings);
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        if self.more > 0 {
            let message = format!("{} more problems are not listed", self.more);
            self.problems.push(Problem::whole(&self.source.name, message));
        }
        self.problems.append(&mut self.warnings);
        Err(self.problems)
    }
}

/// A map with known keys.
#[derive(Clone, Copy)]
pub struct MapReader<'n> {
    entries: &'n [(Key, Node)],
    /// The position for a problem about the map as a whole: that of its key.
    pub pos: Pos,
}

impl<'n> MapReader<'n> {
    /// Takes a map. A missing map counts as empty. Reports unknown keys.
    pub fn of(node: &'n Node, pos: Pos, known: &[&str], report: &mut Report<'_>) -> Option<Self> {
        if !is_map(node, report) {
            return None;
        }
        for (key, _) in node.entries() {
            if !known.contains(&key.text.as_str()) {
                let hint = near::did_you_mean(&key.text, known.iter().copied())
                    .unwrap_or_else(|| format!("the keys here are {}", known.join(", ")));
                let message = format!("unknown key `{}`", node::shorten(&key.text));
                report.error_hint(key.pos, &message, Some(hint));
            }
        }
        Some(Self { entries: node.entries(), pos })
    }

    /// Takes a map whose keys were checked before.
    pub fn quiet(node: &'n Node, pos: Pos) -> Self {
        Self { entries: node.entries(), pos }
    }

    /// The value of a key; null counts as absent.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value; null counts as absent.
    pub fn entry(&self, key: &str) -> Option<(&'n Key, &'n Node)> {
        self.entries
            .iter()
            .find(|(name, value)| name.text == key && value.kind != Kind::Null)
            .map(|(key, value)| (key, value))
    }

    /// The value of a required key.
    pub fn required(&self, key: &str, report: &mut Report<'_>) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            report.error(self.pos, &format!("`{key}` is missing"));
        }
        found
    }

    /// The position of a key's value, or of the map if the key is absent.
    pub fn pos_of(&self, key: &str) -> Pos {
        self.get(key).map_or(self.pos, |value| value.pos)
    }

    /// The value of a key as a scalar. `None` if it is absent, or if it is malformed, which is reported.
    pub fn read<T: Scalar>(&self, key: &str, report: &mut Report<'_>) -> Option<T> {
        self.get(key).and_then(|value| read(value, report))
    }

    /// The value of a required key as a scalar.
    pub fn require<T: Scalar>(&self, key: &str, report: &mut Report<'_>) -> Option<T> {
        self.required(key, report).and_then(|value| read(value, report))
    }

    /// The value of a key, which must be one of some words.
    pub fn choice<T: Clone>(
        &self,
        key: &str,
        words: &[(&str, T)],
        report: &mut Report<'_>,
    ) -> Option<T> {
        self.get(key).and_then(|value| choice(value, words, report))
    }

    /// The items of a key's list. A single scalar counts as a list of one.
    pub fn list(&self, key: &str, report: &mut Report<'_>) -> &'n [Node] {
        self.get(key).map_or(&[], |value| list(value, report))
    }

    /// The items of a key's list, each as a scalar.
    pub fn read_list<T: Scalar>(&self, key: &str, report: &mut Report<'_>) -> Vec<T> {
        let items = self.list(key, report);
        items.iter().filter_map(|item| read(item, report)).collect()
    }

    /// The entries of a key's map, whose keys are names.
    pub fn map(&self, key: &str, report: &mut Report<'_>) -> &'n [(Key, Node)] {
        match self.get(key) {
            Some(node) if is_map(node, report) => node.entries(),
            _ => &[],
        }
    }
}

/// The items of a list. A single scalar counts as a list of one.
pub fn list<'n>(node: &'n Node, report: &mut Report<'_>) -> &'n [Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        Kind::Scalar(_) => std::slice::from_ref(node),
        Kind::Null => &[],
        Kind::Map(_) => {
            report.error(node.pos, "expected a list, found a map");
            &[]
        }
    }
}

/// A scalar of the wanted type. Reports anything else.
pub fn read<T: Scalar>(node: &Node, report: &mut Report<'_>) -> Option<T> {
    let Some(text) = node.text() else {
        report.error(node.pos, &format!("expected {}, found {}", T::EXPECTED, node.describe()));
        return None;
    };
    match T::read(text) {
        Ok(value) => Some(value),
        Err(hint) => {
            let message = format!("expected {}, found {}", T::EXPECTED, node.describe());
            report.error_hint(node.pos, &message, hint);
            None
        }
    }
}

/// A scalar that must be one of some words.
pub fn choice<T: Clone>(node: &Node, words: &[(&str, T)], report: &mut Report<'_>) -> Option<T> {
    let found = node.text().and_then(|text| words.iter().find(|(word, _)| *word == text));
    if found.is_none() {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("expected {}, found {}", near::either(&known), node.describe());
        let hint = near::did_you_mean(node.text().unwrap_or_default(), known.into_iter());
        report.error_hint(node.pos, &message, hint);
    }
    found.map(|(_, value)| value.clone())
}

/// Whether a Node is a map or empty. Reports anything else.
pub fn is_map(node: &Node, report: &mut Report<'_>) -> bool {
    let good = matches!(node.kind, Kind::Map(_) | Kind::Null);
    if !good {
        report.error(node.pos, &format!("expected a map, found {}", node.describe()));
    }
    good
}

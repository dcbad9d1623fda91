//! A value of YAML or JSON text with its position.
//!
//! A scalar keeps its source text, and the field that reads it decides its type: `010` is not 10, and `0001e309` is
//! not a number. Tags are kept, since CloudFormation writes `!Ref`. `builder.rs` makes Nodes.

pub use super::builder::{MAX_BYTES, parse, parse_last};
use super::diagnostic::{Problem, Severity};

/// A position in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The offset in bytes.
    pub offset: u32,
    /// The length in bytes.
    pub length: u32,
}

/// A value with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The kind and content.
    pub kind: Kind,
    /// Its tag as written, such as `!Ref`.
    pub tag: Option<Box<str>>,
    /// The position.
    pub pos: Pos,
    /// Whether it is a scalar in quotes or a block. Such a scalar is always text, never `null` or a number.
    pub quoted: bool,
}

/// The kind and content of a Node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An empty value, `~` or `null`.
    Null,
    /// Text. For a plain scalar, the text in the source.
    Scalar(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order of the text. No key stands twice.
    Map(Vec<(Key, Node)>),
}

/// The key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// The position.
    pub pos: Pos,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map; empty for other kinds.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; empty for other kinds.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Seq(items) => items,
            _ => &[],
        }
    }

    /// The value of a key of a map; null counts as absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        #[cfg(test)]
        asked::note(self, key);
        self.entries()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, value)| value)
            .filter(|value| value.kind != Kind::Null)
    }

    /// The Node as JSON. Scalars are texts, because a Node does not store their types.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Scalar(text) => Value::String(text.clone()),
            Kind::Seq(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect(),
            ),
        }
    }

    /// The kind of the Node, for a message.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Scalar(text) => format!("\"{}\"", shorten(text)),
            Kind::Seq(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
        }
    }
}

/// Long text cut short for a message.
pub fn shorten(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A problem at a position of a text.
pub fn at(file: &str, text: &str, pos: Pos, severity: Severity, message: &str) -> Problem {
    // Only the part on the first line can be marked.
    let length = slice(text, pos).lines().next().map_or(0, |line| line.trim_end().chars().count());
    Problem {
        line: pos.line as usize,
        column: pos.column as usize,
        length: length.max(1),
        severity,
        rank: severity.into(),
        ..Problem::whole(file, message)
    }
}

/// The text at a position.
pub(super) fn slice(text: &str, pos: Pos) -> &str {
    let from = pos.offset as usize;
    text.get(from..from.saturating_add(pos.length as usize)).unwrap_or_default()
}

/// For tests: records which keys of which maps were read.
#[cfg(test)]
pub mod asked {
    use std::{cell::RefCell, collections::HashSet};

    use super::Node;

    thread_local! {
        static ASKED: RefCell<Option<HashSet<(usize, String)>>> = const { RefCell::new(None) };
    }

    pub(super) fn note(node: &Node, key: &str) {
        ASKED.with_borrow_mut(|asked| {
            if let Some(asked) = asked {
                asked.insert((std::ptr::from_ref(node).addr(), key.to_owned()));
            }
        });
    }

    /// Runs a function. Gives its result and the keys it read, each with the address of its map.
    pub fn during<T>(run: impl FnOnce() -> T) -> (T, HashSet<(usize, String)>) {
        ASKED.set(Some(HashSet::new()));
        let made = run();
        (made, ASKED.take().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;

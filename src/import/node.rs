//! The one reader that keeps positions: YAML, and JSON as part of it, becomes Nodes.
//!
//! A scalar is its source text: the field that takes it decides what it is, so that `010` is not 10 and `0001e309`
//! no number. Tags are kept (CloudFormation writes `!Ref`). What the keys mean is not known here. Size, depth and
//! what aliases multiply are bounded, so hostile text ends in a Problem.

use std::collections::{HashMap, HashSet};

use serde_saphyr::granit_parser::{
    Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag, options,
};

use super::diagnostic::{Problem, Severity, Source};

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 256 << 20;
/// The most nodes a text may have.
pub const MAX_NODES: usize = 8_000_000;
/// The most nodes that aliases may add; a long scalar counts as several.
pub const MAX_ALIASED: usize = 1_000_000;
/// The deepest nesting.
pub const MAX_DEPTH: usize = 100;
/// The most structural problems of one text that are reported.
const MAX_PROBLEMS: usize = 100;

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The byte offset.
    pub offset: u32,
    /// How many bytes long it is.
    pub length: u32,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its tag as written, such as `!Ref`.
    pub tag: Option<Box<str>>,
    /// Where it stands.
    pub pos: Pos,
    /// Whether it is a scalar in quotes or a block, so that its text stands for nothing else.
    pub quoted: bool,
}

/// What a Node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// Text: of a plain scalar as it stands in the source.
    Scalar(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order of the text; no key twice.
    Map(Vec<(Key, Node)>),
}

/// The key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it stands.
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

    /// The entries of a map; of anything else none.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; of anything else none.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Seq(items) => items,
            _ => &[],
        }
    }

    /// The value of a key of a map; null counts as absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, value)| value)
            .filter(|value| value.kind != Kind::Null)
    }

    /// The same as JSON: scalars as text, since their source says no more.
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

    /// What it is, in a message.
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

/// Reads a text of one document; an empty one is `Null`.
///
/// # Errors
///
/// Every structural problem found: the syntax error that ended reading, keys that stand twice, keys that are no text.
pub fn parse(source: &Source) -> Result<Node, Vec<Problem>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
        return Err(vec![Problem::whole(&source.name, message)]);
    }
    let mut builder = Builder::new(source);
    let options = options! { emit_comments: false, simple_key_max_lookahead: 4096 };
    for next in Parser::new_from_str_with_options(&source.text, options) {
        let step = match next {
            Ok((event, span)) => builder.take(event, &span),
            Err(error) => Err(builder.syntax(&error)),
        };
        if let Err(problem) = step {
            builder.problems.push(*problem);
            break;
        }
    }
    if builder.problems.is_empty() {
        Ok(builder
            .root
            .unwrap_or_else(|| scalar(Kind::Null, Pos { line: 1, column: 1, ..Pos::default() })))
    } else {
        Err(builder.problems)
    }
}

type Step = Result<(), Box<Problem>>;

/// A list or map whose end has not come yet.
struct Open {
    node: Node,
    anchor: usize,
    weight: usize,
    /// The key whose value comes next.
    key: Option<Key>,
    /// The keys so far, once there are many.
    seen: HashSet<String>,
}

struct Builder<'s> {
    source: &'s Source,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    aliased: usize,
    anchors: HashMap<usize, (Node, usize)>,
    problems: Vec<Problem>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source) -> Self {
        Self {
            source,
            open: Vec::new(),
            root: None,
            documents: 0,
            nodes: 0,
            aliased: 0,
            anchors: HashMap::new(),
            problems: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Step {
        let pos = position(span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.problem(pos, "the file holds more than one document"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain;
                let null = !quoted && tag.is_none() && matches!(&*text, "" | "~" | "null");
                let kind = if null { Kind::Null } else { Kind::Scalar(text.into_owned()) };
                let node = Node { kind, tag: tag_text(tag.as_deref()), pos, quoted };
                let weight = weight_of(&node);
                // A key is its text, so that `null` may be a name.
                let source: &'s Source = self.source;
                self.add(node, anchor, weight, slice(&source.text, pos))?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(Kind::Seq(Vec::new()), pos, anchor, tag.as_deref())?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Kind::Map(Vec::new()), pos, anchor, tag.as_deref())?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.nodes = self.nodes.saturating_sub(1);
                    self.add(open.node, open.anchor, open.weight, "")?;
                }
            }
            Event::Alias(id) => self.alias(id, pos)?,
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, kind: Kind, pos: Pos, anchor: usize, tag: Option<&Tag>) -> Step {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("lists and maps are nested deeper than {MAX_DEPTH}");
            return Err(self.problem(pos, &message));
        }
        self.count(pos)?;
        let node = Node { kind, tag: tag_text(tag), pos, quoted: false };
        self.open.push(Open { node, anchor, weight: 1, key: None, seen: HashSet::new() });
        Ok(())
    }

    fn alias(&mut self, id: usize, pos: Pos) -> Step {
        let Some((node, weight)) = self.anchors.get(&id) else {
            return Err(self.problem(pos, "an alias stands inside what it stands for"));
        };
        let (node, weight) = (node.clone(), *weight);
        self.aliased += weight;
        if self.aliased > MAX_ALIASED {
            return Err(self.problem(pos, "aliases multiply the file beyond what is read"));
        }
        self.add(node, 0, weight, "")
    }

    fn count(&mut self, pos: Pos) -> Step {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file holds more than {MAX_NODES} values");
            return Err(self.problem(pos, &message));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize, weight: usize, written: &str) -> Step {
        self.count(node.pos)?;
        if anchor != 0 {
            self.aliased += weight;
            if self.aliased > MAX_ALIASED {
                return Err(self.problem(node.pos, "anchors mark more than is read"));
            }
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.weight += weight;
        match &mut open.node.kind {
            Kind::Seq(items) => items.push(node),
            Kind::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, node)),
                None => return self.key(node, written),
            },
            Kind::Null | Kind::Scalar(_) => {}
        }
        Ok(())
    }

    fn key(&mut self, node: Node, written: &str) -> Step {
        let pos = node.pos;
        let text = match node.kind {
            Kind::Scalar(text) => text,
            Kind::Null => written.to_owned(),
            Kind::Seq(_) | Kind::Map(_) => {
                return Err(self.problem(pos, "a key must be text, not a list or map"));
            }
        };
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let entries = open.node.entries();
        let twice = if entries.len() < 16 {
            entries.iter().any(|(key, _)| key.text == text)
        } else {
            if open.seen.is_empty() {
                open.seen = entries.iter().map(|(key, _)| key.text.clone()).collect();
            }
            !open.seen.insert(text.clone())
        };
        if twice {
            let first =
                entries.iter().find(|(key, _)| key.text == text).map(|(key, _)| key.pos.line);
            let mut problem = *self
                .problem(pos, &format!("the key `{}` stands twice in one map", shorten(&text)));
            problem.hint = first.map(|line| format!("it stands first on line {line}"));
            if self.problems.len() >= MAX_PROBLEMS {
                return Err(Box::new(problem));
            }
            self.problems.push(problem);
        }
        if let Some(open) = self.open.last_mut() {
            open.key = Some(Key { text, pos });
        }
        Ok(())
    }

    fn problem(&self, pos: Pos, message: &str) -> Box<Problem> {
        Box::new(at(&self.source.name, &self.source.text, pos, Severity::Error, message))
    }

    fn syntax(&self, error: &ScanError) -> Box<Problem> {
        let mark = error.marker();
        let pos = Pos { length: 1, ..mark_position(*mark) };
        self.problem(pos, &error.info())
    }
}

/// A problem at a place of a text.
pub fn at(file: &str, text: &str, pos: Pos, severity: Severity, message: &str) -> Problem {
    // Only the part on the first line is marked.
    let length = slice(text, pos).lines().next().map_or(0, |line| line.trim_end().chars().count());
    Problem {
        line: pos.line as usize,
        column: pos.column as usize,
        length: length.max(1),
        severity,
        ..Problem::whole(file, message)
    }
}

fn slice(text: &str, pos: Pos) -> &str {
    let from = pos.offset as usize;
    text.get(from..from.saturating_add(pos.length as usize)).unwrap_or_default()
}

fn scalar(kind: Kind, pos: Pos) -> Node {
    Node { kind, tag: None, pos, quoted: false }
}

/// How much an alias to a value costs.
fn weight_of(node: &Node) -> usize {
    1 + node.text().map_or(0, |text| text.len() / 64)
}

fn tag_text(tag: Option<&Tag>) -> Option<Box<str>> {
    tag.map(|tag| tag.original().into())
}

fn position(span: &Span) -> Pos {
    let start = mark_position(span.start);
    let end =
        span.end.byte_offset().and_then(|end| u32::try_from(end).ok()).unwrap_or(start.offset);
    Pos { length: end.saturating_sub(start.offset), ..start }
}

fn mark_position(mark: Marker) -> Pos {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Pos {
        line: number(mark.line()),
        column: number(mark.col()).saturating_add(1),
        offset: number(mark.byte_offset().unwrap_or_default()),
        length: 0,
    }
}

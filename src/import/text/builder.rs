//! Parses YAML into Nodes. `json.rs` parses plain JSON and leaves other text to this file.
//!
//! Uses the parser's events under serde-saphyr, because typed values keep neither tags nor source text. Size, depth and
//! the growth by aliases are limited. So hostile text gives a Problem and does not use up memory or the stack.

use std::collections::{HashMap, HashSet};

use serde_saphyr::granit_parser::{
    ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag, options,
};

use super::{
    diagnostic::{Problem, Severity, Source},
    json,
    node::{Key, Kind, Node, Pos, at, shorten, slice},
};

/// The longest text that can be parsed, in bytes: positions are numbers of 32 bits. `file.rs` has the limit on reading
/// a file.
pub const MAX_BYTES: usize = u32::MAX as usize;
/// The most nodes a text may have.
const MAX_NODES: usize = 8_000_000;
/// The most nodes that aliases may add; a long scalar counts as several.
const MAX_ALIASED: usize = 1_000_000;
/// The deepest nesting.
const MAX_DEPTH: usize = 100;
/// The most structural problems of one text that are reported.
const MAX_PROBLEMS: usize = 100;

/// Reads a text of one document; an empty one is `Null`.
///
/// # Errors
///
/// Every structural problem found: the syntax error that stopped the parser, duplicate keys, keys that are not text.
pub fn parse(source: &Source) -> Result<Node, Vec<Problem>> {
    let (root, twice) = parse_last(source)?;
    if twice.is_empty() { Ok(root) } else { Err(twice) }
}

/// Parses a text in which a map may repeat a key. The last value counts, and each such position gives a Problem.
///
/// # Errors
///
/// Every other structural problem, and the duplicate keys before it.
pub fn parse_last(source: &Source) -> Result<(Node, Vec<Problem>), Vec<Problem>> {
    let small = source.text.len() <= MAX_BYTES;
    match small.then(|| json::read(&source.text)).flatten() {
        Some(node) => Ok((node, Vec::new())),
        None => parse_events(source),
    }
}

/// Does the same without the fast parser for JSON.
pub(super) fn parse_events(source: &Source) -> Result<(Node, Vec<Problem>), Vec<Problem>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
        return Err(vec![Problem::whole(&source.name, message)]);
    }
    if let Some(offset) = lone_return(&source.text) {
        // YAML ends a line here, but editors do not. All later line numbers would be wrong.
        let before = &source.text[..offset];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        return Err(vec![Problem {
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
            length: 1,
            hint: Some("end lines with a line feed".to_owned()),
            ..Problem::whole(&source.name, "a carriage return without a line feed")
        }]);
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
            builder.broken = true;
            break;
        }
    }
    if !builder.broken {
        let start = Pos { line: 1, column: 1, ..Pos::default() };
        let nothing = Node { kind: Kind::Null, tag: None, pos: start, quoted: false };
        Ok((builder.root.unwrap_or(nothing), builder.problems))
    } else {
        Err(builder.problems)
    }
}

fn lone_return(text: &str) -> Option<usize> {
    text.match_indices('\r')
        .map(|(offset, _)| offset)
        .find(|offset| text.as_bytes().get(offset + 1) != Some(&b'\n'))
}

type Done = Result<(), Box<Problem>>;

/// A list or map that is not finished.
struct Open {
    node: Node,
    anchor: usize,
    weight: usize,
    /// The key whose value is next.
    key: Option<Key>,
    /// The keys so far. Used only when there are many.
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
    /// The duplicate keys, then the problem that stopped the parser.
    problems: Vec<Problem>,
    /// Whether a problem stopped the parser.
    broken: bool,
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
            broken: false,
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Done {
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
                // A key is always text, so `null` can be a name.
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

    fn begin(&mut self, kind: Kind, pos: Pos, anchor: usize, tag: Option<&Tag>) -> Done {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.problem(pos, &too_deep()));
        }
        self.count(pos)?;
        let node = Node { kind, tag: tag_text(tag), pos, quoted: false };
        self.open.push(Open { node, anchor, weight: 1, key: None, seen: HashSet::new() });
        Ok(())
    }

    fn alias(&mut self, id: usize, pos: Pos) -> Done {
        let Some((node, weight)) = self.anchors.get(&id) else {
            return Err(self.problem(pos, "a YAML alias refers to a value that contains the alias"));
        };
        let (node, weight) = (node.clone(), *weight);
        self.aliased += weight;
        if self.aliased > MAX_ALIASED {
            return Err(self.problem(pos, "YAML aliases make the file larger than the limit"));
        }
        self.add(node, 0, weight, "")
    }

    fn count(&mut self, pos: Pos) -> Done {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file holds more than {MAX_NODES} values");
            return Err(self.problem(pos, &message));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize, weight: usize, written: &str) -> Done {
        self.count(node.pos)?;
        if anchor != 0 {
            self.aliased += weight;
            if self.aliased > MAX_ALIASED {
                return Err(self.problem(node.pos, "YAML anchors mark more values than the limit"));
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

    fn key(&mut self, node: Node, written: &str) -> Done {
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
                .problem(pos, &format!("the key `{}` appears twice in one map", shorten(&text)));
            problem.hint = first.map(|line| format!("it first appears on line {line}"));
            if self.problems.len() >= MAX_PROBLEMS {
                return Err(Box::new(problem));
            }
            self.problems.push(problem);
            if let Some(Open { node: Node { kind: Kind::Map(entries), .. }, .. }) =
                self.open.last_mut()
            {
                entries.retain(|(key, _)| key.text != text);
            }
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
        match error.kind() {
            // The parser looks ahead, so it may reach the limit before this builder does.
            ErrorKind::RecursionLimitExceeded => self.problem(pos, &too_deep()),
            _ => self.problem(pos, &error.info()),
        }
    }
}

fn too_deep() -> String {
    format!("lists and maps are nested deeper than {MAX_DEPTH}")
}

/// How much an alias to a value counts towards the limit.
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

//! Parses JSON into the Nodes that `builder` would make, faster and with less memory.
//!
//! Gives up on anything that is not plain JSON (YAML, a syntax error, a key that stands twice, a text over the limits),
//! so that `builder` reports what is wrong. In lists that `describe` reads, only the keys that it reads are kept. That
//! drops three quarters of an instance's description.

use std::collections::{BTreeSet, HashSet};

use super::node::{Key, Kind, Node, Pos};
use crate::import::foreign::describe;

/// The deepest nesting; a text that goes deeper is left to `builder`.
const MAX_DEPTH: usize = 90;
/// The most values and keys.
const MAX_NODES: usize = 8_000_000;
/// A map with more keys than this uses a set to find duplicates.
const UNREAD: usize = 1_000;
/// How many keys of a map are compared one by one.
const FEW: usize = 16;

/// Parses a text, if it is plain JSON.
pub(super) fn read(text: &str) -> Option<Node> {
    if !matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'[')) {
        return None;
    }
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
        line_start: 0,
        wide: 0,
        depth: 0,
        nodes: 0,
        narrow: false,
        unread: BTreeSet::new(),
    };
    reader.space();
    let mut node = reader.value(true)?;
    reader.space();
    if reader.at < text.len() {
        return None;
    }
    if let Kind::Map(entries) = &mut node.kind
        && !reader.unread.is_empty()
    {
        entries.push(unread(reader.unread, node.pos));
    }
    Some(node)
}

/// An entry that lists the names of the keys that were left out, so that a note can name them.
fn unread(keys: BTreeSet<String>, pos: Pos) -> (Key, Node) {
    let node = |kind| Node { kind, tag: None, pos, quoted: true };
    let keys = keys.into_iter().map(|key| node(Kind::Scalar(key))).collect();
    (Key { text: describe::UNREAD.to_owned(), pos }, node(Kind::Seq(keys)))
}

struct Reader<'t> {
    text: &'t str,
    /// The index of the next byte.
    at: usize,
    line: u32,
    /// The index of the first byte of the line.
    line_start: usize,
    /// The number of bytes in the line so far that continue a character. The column counts characters.
    wide: usize,
    depth: usize,
    nodes: usize,
    /// Whether to keep only the keys that `describe` reads.
    narrow: bool,
    /// The keys that were left out, up to [`UNREAD`] of them.
    unread: BTreeSet<String>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Skips white space.
    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_start = self.at;
                    self.wide = 0;
                }
                b'\r' if self.text.as_bytes().get(self.at + 1) != Some(&b'\n') => return,
                b' ' | b'\t' | b'\r' => self.at += 1,
                _ => return,
            }
        }
    }

    /// The position of the next byte.
    fn pos(&self) -> Pos {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Pos {
            line: self.line,
            column: number(self.at - self.line_start - self.wide).saturating_add(1),
            offset: number(self.at),
            length: 0,
        }
    }

    /// The position of a value from its start to the current byte.
    fn until(&self, start: Pos) -> Pos {
        let end = u32::try_from(self.at).unwrap_or(u32::MAX);
        Pos { length: end.saturating_sub(start.offset), ..start }
    }

    /// Parses a value. Without `keep` it is only skipped, and the Node is empty.
    fn value(&mut self, keep: bool) -> Option<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return None;
        }
        let start = self.pos();
        let (kind, quoted) = match self.peek()? {
            b'{' => return self.map(start, keep),
            b'[' => return self.list(start, keep),
            b'"' => (self.string(keep).map(Kind::Scalar)?, true),
            _ => (self.plain()?, false),
        };
        Some(Node { kind, tag: None, pos: self.until(start), quoted })
    }

    fn list(&mut self, start: Pos, keep: bool) -> Option<Node> {
        self.take(b'[')?;
        let pos = self.until(start);
        self.depth += 1;
        let mut items = Vec::new();
        self.space();
        while self.depth <= MAX_DEPTH && self.peek()? != b']' {
            let item = self.value(keep)?;
            if keep {
                items.push(item);
            }
            self.space();
            if self.peek()? != b']' {
                self.take(b',')?;
                self.space();
                // Only YAML allows a comma at the end.
                (self.peek()? != b']').then_some(())?;
            }
        }
        self.take(b']')?;
        self.depth -= 1;
        items.shrink_to_fit();
        Some(Node { kind: Kind::Seq(items), tag: None, pos, quoted: false })
    }

    fn map(&mut self, start: Pos, keep: bool) -> Option<Node> {
        self.take(b'{')?;
        let pos = self.until(start);
        self.depth += 1;
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen = HashSet::new();
        self.space();
        while self.depth <= MAX_DEPTH && self.peek()? != b'}' {
            self.nodes += 1;
            let start = self.pos();
            let text = self.string(keep)?;
            let pos = self.until(start);
            self.space();
            self.take(b':')?;
            self.space();
            let kept = keep && (!self.narrow || describe::reads(&text));
            let widest = self.narrow;
            self.narrow |= keep && self.depth == 1 && describe::is_narrow(&text);
            let value = self.value(kept)?;
            self.narrow = widest;
            if keep && !kept && self.unread.len() < UNREAD && !self.unread.contains(&text) {
                self.unread.insert(text.clone());
            }
            if kept {
                let twice = if entries.len() < FEW {
                    entries.iter().any(|(key, _)| key.text == text)
                } else {
                    if seen.is_empty() {
                        seen = entries.iter().map(|(key, _)| key.text.clone()).collect();
                    }
                    !seen.insert(text.clone())
                };
                (!twice).then_some(())?;
                entries.push((Key { text, pos }, value));
            }
            self.space();
            if self.peek()? != b'}' {
                self.take(b',')?;
                self.space();
                (self.peek()? != b'}').then_some(())?;
            }
        }
        self.take(b'}')?;
        self.depth -= 1;
        entries.shrink_to_fit();
        Some(Node { kind: Kind::Map(entries), tag: None, pos, quoted: false })
    }

    /// A text in quotes; empty without `keep`.
    fn string(&mut self, keep: bool) -> Option<String> {
        self.take(b'"')?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        loop {
            match *bytes.get(self.at)? {
                b'"' => break,
                b'\\' => return self.escaped(start, keep),
                0..0x20 => return None,
                byte => {
                    self.wide += usize::from(byte & 0xc0 == 0x80);
                    self.at += 1;
                }
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(if keep { text.to_owned() } else { String::new() })
    }

    /// The rest of a text that has an escape.
    fn escaped(&mut self, start: usize, keep: bool) -> Option<String> {
        let bytes = self.text.as_bytes();
        let mut text = self.text.get(start..self.at)?.to_owned();
        loop {
            let from = self.at;
            match *bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    self.at += 2;
                    text.push(match *bytes.get(from + 1)? {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        byte @ (b'"' | b'\\' | b'/') => byte.into(),
                        b'u' => self.unicode()?,
                        _ => return None,
                    });
                }
                0..0x20 => return None,
                _ => {
                    let letter = self.text.get(self.at..)?.chars().next()?;
                    self.at += letter.len_utf8();
                    self.wide += letter.len_utf8() - 1;
                    text.push(letter);
                }
            }
        }
        self.at += 1;
        Some(if keep { text } else { String::new() })
    }

    /// The character of four hexadecimal digits, or of two such escapes.
    fn unicode(&mut self) -> Option<char> {
        let first = self.digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.take(b'\\')?;
        self.take(b'u')?;
        let second = self.digits()?.checked_sub(0xdc00).filter(|it| *it < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| all)
    }

    /// A number, `true`, `false` or `null`.
    fn plain(&mut self) -> Option<Kind> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.') = self.peek() {
            self.at += 1;
        }
        match self.text.get(start..self.at)? {
            "null" => Some(Kind::Null),
            text @ ("true" | "false") => Some(Kind::Scalar(text.to_owned())),
            text => {
                let starts =
                    text.bytes().next().is_some_and(|it| it == b'-' || it.is_ascii_digit());
                (starts && text.parse::<f64>().is_ok()).then(|| Kind::Scalar(text.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests;

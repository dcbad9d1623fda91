//! Replies as short text in which what is made up anew in every run has a name.
//!
//! Ids, public and IPv6 addresses, MAC addresses, labels and zone ids are named by kind and order of appearance (`$vpc-1`),
//! today's times are `TIME`. What the script or the World writes out itself stays as it is.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use quick_xml::{Reader, events::Event};

/// An element of a reply.
#[derive(Clone, Debug, Default)]
pub struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    /// The root element of a document.
    pub fn parse(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => open.push(Self::named(start.name().as_ref())),
                Event::Empty(start) => {
                    let node = Self::named(start.name().as_ref());
                    open.last_mut()?.children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop()?;
                    open.last_mut()?.children.push(node);
                }
                Event::Text(text) => {
                    open.last_mut()?.text.push_str(text.as_ref());
                }
                Event::GeneralRef(name) => {
                    let name: &str = name.as_ref();
                    open.last_mut()?.text.push_str(&format!("&{name};"));
                }
                Event::Eof => return open.pop()?.children.pop(),
                _ => {}
            }
        }
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The texts of all elements of a name, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let own = (self.name == name).then_some(self.text.as_str());
        own.into_iter().chain(self.children.iter().flat_map(|it| it.all(name))).collect()
    }

    /// Puts the items of lists in an order that made-up ids do not decide.
    fn sort(&mut self, names: &Names) {
        for child in &mut self.children {
            child.sort(names);
        }
        let is_list = self.children.len() > 1 && self.children.iter().all(|it| it.name == "item");
        if is_list && self.children.iter().any(|it| names.masked(&it.line()).1) {
            self.children.sort_by_cached_key(|it| names.masked(&it.line()).0);
        }
    }

    /// The element in one line: `name=text`, or `name{…}` with what is in it.
    fn line(&self) -> String {
        let name = if self.name == "item" { "" } else { &self.name };
        if self.children.is_empty() {
            return if name.is_empty() {
                self.text.clone()
            } else {
                format!("{name}={}", self.text)
            };
        }
        let inner: Vec<String> = self.children.iter().map(Self::line).collect();
        format!("{name}{{{}}}", inner.join(" "))
    }

    /// The document's elements, a line each; the items of their lists also.
    pub fn lines(mut self, names: &mut Names) -> Vec<String> {
        self.sort(names);
        let mut lines = Vec::new();
        let is_id = |it: &&Self| it.name.eq_ignore_ascii_case("requestId");
        for child in self.children.iter().filter(|it| !is_id(it)) {
            let is_list = child.children.iter().any(|it| it.name == "item");
            if is_list {
                lines.push(format!("{}:", child.name));
                lines.extend(child.children.iter().map(|it| format!("- {}", it.line())));
            } else {
                lines.push(child.line());
            }
        }
        lines.iter().map(|line| names.name(line)).collect()
    }
}

/// The names of what was made up so far.
#[derive(Debug, Default)]
pub struct Names {
    by_value: BTreeMap<String, String>,
    by_name: BTreeMap<String, String>,
    counts: BTreeMap<String, usize>,
    /// What is written out: the script and the World.
    known: String,
    today: String,
}

/// What a part of a reply stands for: public names write addresses with dashes.
fn value(part: &str, kind: &str) -> String {
    if kind == "ip" { part.replace('-', ".") } else { part.to_owned() }
}

/// What a made-up token is.
struct Token {
    kind: String,
    length: usize,
}

impl Names {
    /// None yet; `known` stays as it is.
    pub fn new(known: String) -> Self {
        let now = time::OffsetDateTime::from(std::time::SystemTime::now());
        Self { known, today: now.year().to_string(), ..Self::default() }
    }

    /// Gives a value a name of the script's own.
    pub fn bind(&mut self, name: &str, value: &str) {
        self.by_value.insert(value.to_owned(), format!("${name}"));
        self.by_name.insert(name.to_owned(), value.to_owned());
    }

    /// A request with the values of its names.
    pub fn values(&self, request: &str) -> String {
        let mut parts = request.split('$');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part
                .find(|it: char| !(it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-'))
                .unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            let value = self.by_name.get(name);
            out.push_str(value.unwrap_or_else(|| panic!("nothing is named ${name}: {request}")));
            out.push_str(rest);
        }
        out
    }

    /// A text with names in place of what is made up; what is new gets a name.
    pub fn name(&mut self, text: &str) -> String {
        for (value, kind) in self.tokens(text) {
            if !self.by_value.contains_key(&value) {
                let count = self.counts.entry(kind.clone()).or_default();
                *count += 1;
                let name = format!("{kind}-{count}");
                self.bind(&name, &value);
            }
        }
        self.masked(text).0
    }

    /// A text with names, and `?` for what has none yet; whether anything was made up.
    fn masked(&self, text: &str) -> (String, bool) {
        let mut out = String::new();
        let mut any = false;
        self.walk(text, |part, kind| match kind {
            None => out.push_str(part),
            Some("TIME") => out.push_str("TIME"),
            Some(kind) => {
                any = true;
                out.push_str(self.by_value.get(&value(part, kind)).map_or("?", String::as_str));
            }
        });
        (out, any)
    }

    fn tokens(&self, text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.walk(text, |part, kind| {
            if let Some(kind) = kind.filter(|kind| *kind != "TIME") {
                found.push((value(part, kind), kind.to_owned()));
            }
        });
        found
    }

    fn walk(&self, text: &str, mut each: impl FnMut(&str, Option<&str>)) {
        let (mut at, mut plain) = (0, 0);
        while at < text.len() {
            let before = text[..at].chars().next_back();
            let starts = before.is_none_or(|it| !it.is_ascii_alphanumeric());
            let token = if starts { self.token(text, at) } else { None };
            match token.filter(|it| {
                let value = &text[at..at + it.length];
                self.by_value.contains_key(value) || !self.known.contains(value)
            }) {
                Some(token) => {
                    each(&text[plain..at], None);
                    each(&text[at..at + token.length], Some(&token.kind));
                    at += token.length;
                    plain = at;
                }
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        each(&text[plain..], None);
    }

    /// The made-up token that begins here.
    fn token(&self, text: &str, at: usize) -> Option<Token> {
        let rest = &text[at..];
        let run = |legal: &dyn Fn(char) -> bool| rest.find(|it| !legal(it)).unwrap_or(rest.len());
        let hex = |it: char| it.is_ascii_digit() || ('a'..='f').contains(&it);
        let of = |kind: &str, length| Some(Token { kind: kind.to_owned(), length });
        // The label of an endpoint's names follows its id.
        if text[..at].ends_with('-') && at > 22 {
            let id = text[..at - 1].rsplit(['=', ' ', '{', '.']).next().unwrap_or_default();
            let length = run(&|it| it.is_ascii_lowercase() || it.is_ascii_digit());
            if id.starts_with("vpce-") && id.len() == 22 && length == 8 {
                return of("label", 8);
            }
        }
        if rest.starts_with(&self.today) && rest.as_bytes().get(10) == Some(&b'T') {
            return of("TIME", rest.find('Z')? + 1);
        }
        // So it stands in the reason of an instance's state: `2026-11-29 10:00:00 GMT`.
        if rest.starts_with(&self.today) && rest.get(19..23) == Some(" GMT") {
            return of("TIME", 23);
        }
        // An id: words, and 17 digits.
        let words = run(&|it| it.is_ascii_lowercase() || it == '-' || it.is_ascii_digit());
        let candidate = &rest[..words];
        let mut end = 0;
        for part in candidate.split('-') {
            if end > 0 && part.len() == 17 && part.chars().all(hex) {
                return of(candidate[..end - 1].trim_end_matches('-'), end + 17);
            }
            if !part.bytes().all(|it| it.is_ascii_lowercase()) {
                break;
            }
            end += part.len() + 1;
        }
        let colons = run(&|it| hex(it) || it == ':');
        let candidate = rest[..colons].trim_end_matches(':');
        if candidate.len() == 17 && candidate.split(':').all(|it| it.len() == 2) {
            return of("mac", 17);
        }
        let parsed = rest[..colons].parse::<Ipv6Addr>();
        if parsed.is_ok_and(|it| it.segments()[0] != 0) {
            return of("v6", colons);
        }
        let public = |length: usize, text: &str| {
            let address: Ipv4Addr = text.parse().ok()?;
            let plain = address.is_private()
                || address.is_loopback()
                || address.octets()[0] == 0
                || address.octets()[0] == 100;
            if plain { None } else { of("ip", length) }
        };
        let dots = run(&|it| it.is_ascii_digit() || it == '.');
        if let Some(found) = public(dots, &rest[..dots]) {
            return Some(found);
        }
        if text[..at].ends_with("ec2-") {
            let dashes = run(&|it| it.is_ascii_digit() || it == '-');
            return public(dashes, &rest[..dashes].replace('-', "."));
        }
        let zone = run(&|it| it.is_ascii_uppercase() || it.is_ascii_digit());
        if rest.starts_with('Z') && zone > 10 && !rest.starts_with("ZONEID") {
            return of("zone", zone);
        }
        let label = run(&|it| it.is_ascii_lowercase() || it.is_ascii_digit());
        if label == 20 && (text[..at].ends_with("vpce:") || text[..at].ends_with('_')) {
            return of("proof", 20);
        }
        None
    }
}

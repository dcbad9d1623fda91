//! Writes and reads XML: the only place of the API that knows it.

use quick_xml::{
    Reader, Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::api::{
    input::{Input, Scalar},
    shape::{Fields, Value},
};

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 16;

/// A document that is being written.
pub(super) struct Document {
    writer: Writer<Vec<u8>>,
    /// The element of a list's items, by the list's name.
    item: Items,
}

/// What an element of a list is called, by the list's name.
#[derive(Clone, Copy)]
enum Items {
    /// The same in every list.
    Alike(&'static str),
    /// Another in each list.
    Named(fn(&str) -> &'static str),
}

impl Document {
    /// An empty document.
    pub(super) fn new(item: &'static str) -> Self {
        Self::begun(Items::Alike(item))
    }

    /// An empty document in which each list has a word of its own for its elements.
    pub(super) fn with_items(items: fn(&str) -> &'static str) -> Self {
        Self::begun(Items::Named(items))
    }

    fn begun(item: Items) -> Self {
        let mut document = Self { writer: Writer::new(Vec::new()), item };
        document.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document
    }

    /// Writing into memory does not fail.
    fn write(&mut self, event: Event<'_>) {
        let _ = self.writer.write_event(event);
    }

    /// Begins an element, in a namespace if one is given.
    pub(super) fn begin(&mut self, name: &str, namespace: Option<&str>) {
        let namespace = namespace.map(|namespace| ("xmlns", namespace));
        self.write(Event::Start(BytesStart::new(name).with_attributes(namespace)));
    }

    /// Ends an element.
    pub(super) fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.begin(name, None);
        self.characters(text);
        self.end(name);
    }

    /// Text within an element.
    pub(super) fn characters(&mut self, text: &str) {
        let legal: String =
            text.chars().map(|it| if legal(it) { it } else { '\u{fffd}' }).collect();
        self.write(Event::Text(BytesText::new(&legal)));
    }

    /// The members of a structure.
    pub(super) fn fields(&mut self, fields: &Fields) {
        for (name, value) in &fields.0 {
            self.element(name, value);
        }
    }

    fn element(&mut self, name: &str, value: &Value) {
        match value {
            Value::Text(text) => self.text(name, text),
            Value::Number(number) => self.text(name, &number.to_string()),
            Value::Boolean(flag) => self.text(name, &flag.to_string()),
            Value::Time(time) => self.text(name, &time.to_string()),
            Value::Fields(fields) => {
                self.begin(name, None);
                self.fields(fields);
                self.end(name);
            }
            Value::Map(entries) => {
                self.begin(name, None);
                for (key, value) in entries {
                    self.begin("entry", None);
                    self.text("key", key);
                    self.element("value", value);
                    self.end("entry");
                }
                self.end(name);
            }
            Value::List(items) if items.is_empty() => {
                self.write(Event::Empty(BytesStart::new(name)));
            }
            Value::List(items) => {
                let element = match self.item {
                    Items::Alike(word) => word,
                    Items::Named(word_of) => word_of(name),
                };
                self.begin(name, None);
                for item in items {
                    self.element(element, item);
                }
                self.end(name);
            }
        }
    }

    /// The whole document.
    pub(super) fn finish(self) -> String {
        String::from_utf8(self.writer.into_inner()).unwrap_or_default()
    }
}

/// Whether XML 1.0 can hold a character.
pub(super) fn legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// An element that is being read.
struct Element {
    name: String,
    text: String,
    members: Vec<(String, Input)>,
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), members: Vec::new() }
    }

    /// The element as a value, or as a structure or a list if it has elements of its own.
    fn finish(self, items: fn(&str) -> &'static str) -> Result<(String, Input), String> {
        if self.members.is_empty() {
            return Ok((self.name, Input::value(Scalar::Text(self.text))));
        }
        if !self.text.trim().is_empty() {
            return Err(format!("The element {} holds text beside elements", self.name));
        }
        let item = items(&self.name);
        // Lists of one name have items of another in some requests, which are then called `member`.
        let is_item = |name: &str| name == item || name == "member";
        let is_list = item != "member" && self.members.iter().all(|(name, _)| is_item(name));
        let mut members = Vec::with_capacity(self.members.len());
        for (index, (name, member)) in self.members.into_iter().enumerate() {
            let name = if is_list { (index + 1).to_string() } else { name };
            members.push((name, member));
        }
        let mut names: Vec<&String> = members.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("The element {} is there twice", twice[0]));
        }
        Ok((self.name, Input::members(members)))
    }
}

/// Reads a document: the elements of its root as members. `items` tells what the elements of a list are called. An empty
/// text has no members.
///
/// # Errors
///
/// Why it cannot be read.
pub(super) fn read(text: &str, items: fn(&str) -> &'static str) -> Result<Input, String> {
    if text.trim().is_empty() {
        return Ok(Input::default());
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| format!("The body is not XML: {error}"))?;
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                if open.len() == MAX_DEPTH || root.is_some() {
                    return Err("The body has elements too deep, or more than one root".to_owned());
                }
                open.push(Element::new(start.local_name().as_ref()));
            }
            Event::Empty(start) => {
                if root.is_some() {
                    return Err("The body has more than one root".to_owned());
                }
                let done = Element::new(start.local_name().as_ref()).finish(items)?;
                close(&mut open, &mut root, done);
            }
            Event::End(_) => {
                let element = open.pop().ok_or("The body ends an element that did not begin")?;
                let done = element.finish(items)?;
                close(&mut open, &mut root, done);
            }
            Event::Text(more) => add(&mut open, &more.xml10_content())?,
            Event::CData(more) => add(&mut open, &more.xml10_content())?,
            Event::GeneralRef(reference) => {
                let known = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let letter =
                    known.filter(|it| legal(*it)).ok_or("The body names an unknown entity")?;
                add(&mut open, letter.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err("The body has a document type".to_owned()),
            _ => {}
        }
    }
    match root {
        Some(input) if open.is_empty() => Ok(input),
        _ => Err("The body is not XML: it ends too early".to_owned()),
    }
}

fn close(open: &mut [Element], root: &mut Option<Input>, done: (String, Input)) {
    match open.last_mut() {
        Some(outer) => outer.members.push(done),
        None => *root = Some(done.1),
    }
}

fn add(open: &mut [Element], text: &str) -> Result<(), String> {
    if !text.chars().all(legal) {
        return Err("The body holds a control character".to_owned());
    }
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("The body is not XML: it has text outside its root".to_owned()),
    }
    Ok(())
}

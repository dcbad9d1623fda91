//! Writes XML: the only place of the API that knows it.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::api::shape::{Fields, Value};

/// A document that is being written.
pub(super) struct Document {
    writer: Writer<Vec<u8>>,
    /// The element of a list's items.
    item: &'static str,
}

impl Document {
    /// An empty document.
    pub(super) fn new(item: &'static str) -> Self {
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
        let legal: String =
            text.chars().map(|it| if legal(it) { it } else { '\u{fffd}' }).collect();
        self.write(Event::Text(BytesText::new(&legal)));
        self.end(name);
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
            Value::List(items) if items.is_empty() => {
                self.write(Event::Empty(BytesStart::new(name)));
            }
            Value::List(items) => {
                self.begin(name, None);
                for item in items {
                    self.element(self.item, item);
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

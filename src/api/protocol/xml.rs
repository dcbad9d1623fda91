//! Writes replies and errors as EC2's XML (A2, A3). The only place of the API that knows XML.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::api::{
    ec2,
    error::ApiError,
    shape::{Fields, Value},
};

/// The document of a reply.
pub(in crate::api) fn reply(action: &str, fields: &Fields, request_id: &str) -> String {
    let mut document = Document::new();
    let root = format!("{action}Response");
    let namespace = format!("http://ec2.amazonaws.com/doc/{}/", ec2::VERSION);
    document.write(Event::Start(BytesStart::new(&root).with_attributes([("xmlns", &*namespace)])));
    document.text("requestId", request_id);
    document.fields(fields);
    document.write(Event::End(BytesEnd::new(&root)));
    document.finish()
}

/// The document of an error.
pub(in crate::api) fn error(error: &ApiError, request_id: &str) -> String {
    let fields =
        |code: &str, message: &str| Fields::new().set("Code", code).set("Message", message);
    let mut document = Document::new();
    document.start("Response");
    document.start("Errors");
    document.element("Error", &Value::Fields(fields(&error.code, &error.message)));
    document.end("Errors");
    document.text("RequestID", request_id);
    document.end("Response");
    document.finish()
}

struct Document(Writer<Vec<u8>>);

impl Document {
    fn new() -> Self {
        let mut document = Self(Writer::new(Vec::new()));
        document.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document
    }

    /// Writing into memory does not fail.
    fn write(&mut self, event: Event<'_>) {
        let _ = self.0.write_event(event);
    }

    fn start(&mut self, name: &str) {
        self.write(Event::Start(BytesStart::new(name)));
    }

    fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.start(name);
        let legal: String =
            text.chars().map(|it| if legal(it) { it } else { '\u{fffd}' }).collect();
        self.write(Event::Text(BytesText::new(&legal)));
        self.end(name);
    }

    fn fields(&mut self, fields: &Fields) {
        for (name, value) in &fields.0 {
            self.element(name, value);
        }
    }

    fn element(&mut self, name: &str, value: &Value) {
        match value {
            Value::Text(text) => self.text(name, text),
            Value::Fields(fields) => {
                self.start(name);
                self.fields(fields);
                self.end(name);
            }
            Value::List(items) if items.is_empty() => {
                self.write(Event::Empty(BytesStart::new(name)));
            }
            Value::List(items) => {
                self.start(name);
                for item in items {
                    self.element("item", item);
                }
                self.end(name);
            }
        }
    }

    fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).unwrap_or_default()
    }
}

/// Whether XML 1.0 can hold a character.
pub(in crate::api) fn legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_values_is_text() {
        let fields = Fields::new()
            .set("key", "</key><a b='\"'>&\u{1}")
            .list("empty", [])
            .texts("list", ["1", "2"]);
        assert_eq!(
            reply("DoIt", &fields, "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <DoItResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id</requestId>\
             <key>&lt;/key&gt;&lt;a b=&apos;&quot;&apos;&gt;&amp;\u{fffd}</key><empty/>\
             <list><item>1</item><item>2</item></list></DoItResponse>"
        );
    }

    #[test]
    fn an_error_has_its_own_document() {
        assert_eq!(
            error(&ApiError::new("Code", "a < b"), "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>Code</Code>\
             <Message>a &lt; b</Message></Error></Errors><RequestID>id</RequestID></Response>"
        );
    }
}

//! EC2 Query: a form in, XML out that is unlike that of any other service (A1 to A3).

use super::{Call, Protocol, Words, form, xml::Document};
use crate::api::{Request, error::ApiError, input::Scalar, shape::Fields};

/// The protocol of EC2.
#[derive(Debug)]
pub(in crate::api) struct Ec2Query;

impl Protocol for Ec2Query {
    fn read(&self, request: &Request) -> Result<Call, ApiError> {
        let mut input = form::read(request)?;
        let action = input.take("Action").ok_or_else(|| self.missing("Action"))?.text();
        let version = input.take("Version").as_ref().map(Scalar::text);
        Ok(Call { action, version, input })
    }

    fn reply(&self, namespace: &str, action: &str, fields: &Fields, request_id: &str) -> String {
        let mut document = Document::new("item");
        let root = format!("{action}Response");
        document.begin(&root, Some(namespace));
        document.text("requestId", request_id);
        document.fields(fields);
        document.end(&root);
        document.finish()
    }

    fn unknown(&self, action: &str, version: &str, is_ours: bool) -> ApiError {
        let version = if is_ours { String::new() } else { format!(": version {version}") };
        ApiError::new(
            "InvalidAction",
            format!("The action {action} is not valid for this web service{version}."),
        )
    }

    fn missing(&self, name: &str) -> ApiError {
        ApiError::missing(name)
    }

    fn invalid(&self, message: String) -> ApiError {
        ApiError::value(message)
    }

    fn unrecognized(&self, name: &str) -> ApiError {
        ApiError::new("UnknownParameter", format!("The parameter {name} is not recognized"))
    }
}

impl Words for Ec2Query {
    fn content_type(&self) -> &'static str {
        "text/xml;charset=UTF-8"
    }

    fn error(&self, _namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        let mut document = Document::new("item");
        document.begin("Response", None);
        document.begin("Errors", None);
        document.begin("Error", None);
        document.text("Code", &error.code);
        document.text("Message", &error.message);
        document.end("Error");
        document.end("Errors");
        document.text("RequestID", request_id);
        document.end("Response");
        document.finish()
    }

    fn not_built(&self, message: String) -> ApiError {
        ApiError::new("InvalidAction", message)
    }
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
            Ec2Query.reply("http://ec2.amazonaws.com/doc/2016-11-15/", "DoIt", &fields, "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <DoItResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id</requestId>\
             <key>&lt;/key&gt;&lt;a b=&apos;&quot;&apos;&gt;&amp;\u{fffd}</key><empty/>\
             <list><item>1</item><item>2</item></list></DoItResponse>"
        );
    }

    #[test]
    fn an_error_has_its_own_document() {
        assert_eq!(
            Ec2Query.error(None, &ApiError::new("Code", "a < b"), "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>Code</Code>\
             <Message>a &lt; b</Message></Error></Errors><RequestID>id</RequestID></Response>"
        );
    }
}

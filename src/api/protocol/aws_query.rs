//! AWS Query: a form in whose lists have `member` before each number; XML out with a result and a request id.

use super::{Call, Protocol, Words, form, xml::Document};
use crate::api::{
    Request,
    error::ApiError,
    input::{Input, Scalar},
    shape::Fields,
    violation,
};

/// The protocol of STS, CloudFormation, IAM and Elastic Load Balancing.
#[derive(Debug)]
pub(in crate::api) struct AwsQuery;

impl Protocol for AwsQuery {
    fn read(&self, request: &Request) -> Result<Call, ApiError> {
        let mut form = form::read(request)?;
        let missing =
            || ApiError::new("MissingAction", "The request must contain the parameter Action");
        let action = form.take("Action").ok_or_else(missing)?.text();
        let version = form.take("Version").as_ref().map(Scalar::text);
        let mut input = Input::default();
        for (name, value) in form.values() {
            if !input.put(&without_member(&name), value.clone()) {
                let message = format!("The parameter {name} is there twice");
                return Err(ApiError::new("MalformedQueryString", message));
            }
        }
        Ok(Call { action, version, input })
    }

    fn reply(&self, namespace: &str, action: &str, fields: &Fields, request_id: &str) -> String {
        let (root, result) = (format!("{action}Response"), format!("{action}Result"));
        let mut document = Document::new("member");
        document.begin(&root, Some(namespace));
        document.begin(&result, None);
        document.fields(fields);
        document.end(&result);
        document.begin("ResponseMetadata", None);
        document.text("RequestId", request_id);
        document.end("ResponseMetadata");
        document.end(&root);
        document.finish()
    }

    fn unknown(&self, action: &str, version: &str, _is_ours: bool) -> ApiError {
        ApiError::new(
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }

    fn missing(&self, name: &str) -> ApiError {
        self.invalid(violation::missing(name))
    }

    fn invalid(&self, message: String) -> ApiError {
        ApiError::new("ValidationError", message)
    }

    /// An empty list is sent as a parameter without a number and without a value.
    fn is_absent(&self, value: &Scalar) -> bool {
        value.text().is_empty()
    }

    fn unrecognized(&self, name: &str) -> ApiError {
        self.invalid(format!("The parameter {name} is not recognized"))
    }
}

impl Words for AwsQuery {
    fn content_type(&self) -> &'static str {
        "text/xml"
    }

    fn error(&self, namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        super::rest_xml::error_response(namespace, error, request_id)
    }

    fn not_built(&self, message: String) -> ApiError {
        ApiError::new("InvalidAction", message)
    }
}

/// `Tags.member.1.Key` as `Tags.1.Key`.
fn without_member(name: &str) -> String {
    let numbers = |part: &&str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let mut parts = name.split('.').peekable();
    let mut kept = Vec::new();
    while let Some(part) = parts.next() {
        if part != "member" || kept.is_empty() || !parts.peek().is_some_and(numbers) {
            kept.push(part);
        }
    }
    kept.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_without_member_before_its_numbers() {
        for (name, read) in [
            ("Tags.member.1.Key", "Tags.1.Key"),
            ("A.member.2.B.member.10", "A.2.B.10"),
            ("member.1", "member.1"),
            ("A.member", "A.member"),
            ("A.member.x", "A.member.x"),
        ] {
            assert_eq!(without_member(name), read);
        }
        let body = b"Action=A&T.member.1=x&T.1=y".to_vec();
        let request = Request { method: "POST".to_owned(), body, ..Request::default() };
        assert_eq!(AwsQuery.read(&request).unwrap_err().code, "MalformedQueryString");
    }

    #[test]
    fn a_reply_has_a_result_and_the_requests_id() {
        let fields = Fields::new().set("Count", 2).texts("Names", ["a", "b"]);
        assert_eq!(
            AwsQuery.reply("https://x.example/", "DoIt", &fields, "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><DoItResponse xmlns=\"https://x.example/\"><DoItResult>\
             <Count>2</Count><Names><member>a</member><member>b</member></Names></DoItResult><ResponseMetadata>\
             <RequestId>id</RequestId></ResponseMetadata></DoItResponse>"
        );
    }
}

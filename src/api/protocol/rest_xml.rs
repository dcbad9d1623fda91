//! REST-XML: only errors, for Route 53, CloudFront and S3, which are not implemented.

use super::{Words, xml::Document};
use crate::api::error::ApiError;

/// The protocol of Route 53 and CloudFront.
#[derive(Debug)]
pub(in crate::api) struct RestXml;

/// The same with S3's errors.
#[derive(Debug)]
pub(in crate::api) struct S3;

/// `<ErrorResponse>`, as AWS Query has it, too.
pub(super) fn error_response(
    namespace: Option<&str>,
    error: &ApiError,
    request_id: &str,
) -> String {
    let mut document = Document::new("member");
    document.begin("ErrorResponse", namespace);
    document.begin("Error", None);
    document.text("Type", if error.status < 500 { "Sender" } else { "Receiver" });
    document.text("Code", &error.code);
    document.text("Message", &error.message);
    document.end("Error");
    document.text("RequestId", request_id);
    document.end("ErrorResponse");
    document.finish()
}

fn not_implemented(message: String) -> ApiError {
    ApiError { status: 501, ..ApiError::new("NotImplemented", message) }
}

impl Words for RestXml {
    fn content_type(&self) -> &'static str {
        "text/xml"
    }

    fn error(&self, namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        error_response(namespace, error, request_id)
    }

    fn not_built(&self, message: String) -> ApiError {
        not_implemented(message)
    }
}

impl Words for S3 {
    fn content_type(&self) -> &'static str {
        "application/xml"
    }

    fn error(&self, _namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        let mut document = Document::new("member");
        document.begin("Error", None);
        document.text("Code", &error.code);
        document.text("Message", &error.message);
        document.text("RequestId", request_id);
        document.end("Error");
        document.finish()
    }

    fn not_built(&self, message: String) -> ApiError {
        not_implemented(message)
    }
}

//! AWS's protocols: how a request is read into an action and its input, and how replies and errors are written.
//!
//! An operation knows none of them. Each has its own words for what every service refuses alike: an action that is not
//! there, a parameter that is missing or not known.

mod aws_query;
mod ec2_query;
pub(super) mod form;
pub(super) mod json;
mod rest_json;
mod rest_xml;
mod xml;

pub(super) use aws_query::AwsQuery;
pub(super) use ec2_query::Ec2Query;
pub(super) use json::Json;
pub(super) use rest_json::RestJson;
pub(super) use rest_xml::{RestXml, Route, S3, decoded};

use std::fmt;

use super::{
    Request,
    error::ApiError,
    input::{Input, Scalar},
    shape::Fields,
};

/// A request as its protocol reads it.
#[derive(Debug)]
pub(super) struct Call {
    /// The action.
    pub(super) action: String,
    /// The version of the API, where the request names one.
    pub(super) version: Option<String>,
    /// The action's parameters.
    pub(super) input: Input,
}

/// Reads requests; for services that are built.
pub(super) trait Protocol: Words {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// The protocol's own error for a request of another form.
    fn read(&self, request: &Request) -> Result<Call, ApiError>;

    /// The document of a reply; `namespace` is the service's.
    fn reply(&self, namespace: &str, action: &str, fields: &Fields, request_id: &str) -> String;

    /// The HTTP status of a reply.
    fn status(&self, _fields: &Fields) -> u16 {
        200
    }

    /// The header `Location` of a reply.
    fn location(&self, _fields: &Fields) -> Option<String> {
        None
    }

    /// The error of an action that the service does not have in a version; `is_ours` if that is the version the service has.
    fn unknown(&self, action: &str, version: &str, is_ours: bool) -> ApiError;

    /// The error of a parameter that must be there.
    fn missing(&self, name: &str) -> ApiError;

    /// The error of a value that a parameter may not have.
    fn invalid(&self, message: String) -> ApiError;

    /// Whether a value that no action reads is as good as absent.
    fn is_absent(&self, _value: &Scalar) -> bool {
        false
    }

    /// The error of a parameter that the action does not have.
    fn unrecognized(&self, name: &str) -> ApiError;
}

/// Writes errors; for services that are not built, too.
pub(super) trait Words: fmt::Debug + Sync {
    /// The media type of what is written.
    fn content_type(&self) -> &'static str;

    /// The document of an error; `namespace` is the service's, if it is known.
    fn error(&self, namespace: Option<&str>, error: &ApiError, request_id: &str) -> String;

    /// The HTTP status of an error.
    fn error_status(&self, error: &ApiError) -> u16 {
        error.status
    }

    /// The headers of an error, by their names in small letters.
    fn error_headers(&self, _error: &ApiError) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The error of a service that is not built; `message` says which are.
    fn not_built(&self, message: String) -> ApiError;
}

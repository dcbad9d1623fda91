//! The errors of AWS's APIs: a code, a message and an HTTP status (A3, A4).
//!
//! A refusal of the model keeps its code and words. How an error is written belongs to `protocol`.

use crate::{model::refusal::Refusal, store::CommitError};

/// An error a client sees.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's code.
    pub code: String,
    /// AWS's words.
    pub message: String,
    /// 400 for a client's mistake, 412 for `DryRunOperation`, 503 if the World cannot be kept.
    pub status: u16,
}

impl ApiError {
    /// A client's mistake.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: 400 }
    }

    /// `InvalidParameterValue`.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", message)
    }

    /// A parameter that must be there and is not.
    pub fn missing(name: &str) -> Self {
        Self::new("MissingParameter", format!("The request must contain the parameter {name}"))
    }

    /// The end of a rehearsal (A4).
    pub fn dry_run() -> Self {
        Self {
            status: 412,
            ..Self::new("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code, refusal.message)
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => refusal.into(),
            CommitError::Unavailable(_) => {
                Self { status: 503, ..Self::new("Unavailable", error.to_string()) }
            }
        }
    }
}

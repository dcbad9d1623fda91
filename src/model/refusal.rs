//! AWS's refusals: the error code and the message that a client sees.
//!
//! A refusal also names the resource it is about and the fact it rests on. The command line and HTTP decide how it
//! is shown.

/// AWS's error for a Change that it would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// AWS's error code.
    pub code: &'static str,
    /// AWS's text.
    pub message: String,
    /// The fact it rests on (an id of docs/behaviours.md).
    pub fact: &'static str,
}

impl Refusal {
    /// A refusal with this code, text and fact.
    pub fn new(code: &'static str, message: impl Into<String>, fact: &'static str) -> Self {
        Self { code, message: message.into(), fact }
    }

    /// `InvalidParameter`.
    pub fn parameter(message: impl Into<String>, fact: &'static str) -> Self {
        Self::new("InvalidParameter", message, fact)
    }

    /// `InvalidParameterValue`.
    pub fn value(message: impl Into<String>, fact: &'static str) -> Self {
        Self::new("InvalidParameterValue", message, fact)
    }
}

//! What breaks and mends at one place, by why.

use serde::Serialize;

/// Names that break, or mend, for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BrokenGroup {
    /// Why.
    pub why: String,
    /// The names, or patterns `*.name`.
    pub names: Vec<String>,
    /// What to do about it; empty for what mends.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cure: String,
}

/// What breaks at a place, and what mends.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) breaks: Vec<BrokenGroup>,
    pub(super) mends: Vec<BrokenGroup>,
}

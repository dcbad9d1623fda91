//! One row, and its value as JSON.

use serde::{Deserialize, Serialize};

/// One row to write; without a value, to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The table.
    pub table: &'static str,
    /// The key within the table.
    pub key: String,
    /// The value as JSON.
    pub value: Option<String>,
}

pub(super) fn from_json<'v, V: Deserialize<'v>>(value: &'v [u8]) -> Result<V, String> {
    serde_json::from_slice(value).map_err(|error| error.to_string())
}

/// The World's values have text keys and finite numbers only, so writing them cannot fail.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

//! Ids as the API reads them: each resource has codes of its own for an id that is malformed or not found.

use std::{fmt::Display, str::FromStr};

use super::{error::ApiError, shape::ToValue};
use crate::model::{id, resources::resources};

/// An id with AWS's words about it.
pub(super) trait ResourceId: FromStr + Display + ToValue + Copy + Ord {
    /// What stands before the dash.
    const PREFIX: &'static str;
    /// The code of an id that has another shape.
    const MALFORMED: &'static str;
    /// The code of an id that nothing has.
    const NOT_FOUND: &'static str;
    /// What the messages call it.
    const WORD: &'static str;
    /// What stands between that word and the id, in messages about ids that nothing has.
    const ID: &'static str;

    /// Reads an id.
    ///
    /// # Errors
    ///
    /// The resource's `…Malformed` code. A well-shaped id is a prefix and hexadecimal digits.
    fn read(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(|_| {
            ApiError::new(
                Self::MALFORMED,
                format!(
                    "Invalid {} Id: '{text}' (expecting '{}-...; the Id may only contain lowercase alphanumeric \
                     characters and a single dash')",
                    Self::WORD,
                    Self::PREFIX
                ),
            )
        })
    }

    /// The error of an id that nothing has.
    fn not_found(self) -> ApiError {
        Self::all_not_found(&[self])
    }

    /// The error of ids that nothing has: one message names them all (A21).
    fn all_not_found(ids: &[Self]) -> ApiError {
        let (word, id) = (Self::WORD, Self::ID);
        let all: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let all = all.join(", ");
        let message = match (ids.len(), Self::NOT_FOUND.ends_with(".Unknown")) {
            (1, false) => format!("The {word}{id} '{all}' does not exist"),
            (1, true) => format!("The {word}{id} '{all}' is unknown."),
            (_, false) => format!("The {word}{id}s '{all}' do not exist"),
            (_, true) => format!("The {word}{id}s '{all}' are unknown."),
        };
        ApiError::new(Self::NOT_FOUND, message)
    }
}

macro_rules! resource_ids {
    ($($name:ident $malformed:literal $not_found:literal $word:literal $id:literal;)*) => {
        /// The error of ids of any kind that nothing has: those of the first one's kind, together.
        pub(super) fn unknown(texts: &[&str]) -> ApiError {
            let first = texts.first().copied().unwrap_or_default();
            $(
                if first.parse::<id::$name>().is_ok() {
                    let alike: Vec<id::$name> = texts.iter().filter_map(|it| it.parse().ok()).collect();
                    return id::$name::all_not_found(&alike);
                }
            )*
            ApiError::new("InvalidID", format!("The ID '{first}' is not valid"))
        }
        $(
        super::shape::texts! { id::$name }
        impl ResourceId for id::$name {
            const PREFIX: &'static str = id::$name::PREFIX;
            const MALFORMED: &'static str = $malformed;
            const NOT_FOUND: &'static str = $not_found;
            const WORD: &'static str = $word;
            const ID: &'static str = $id;
        }
        )*
    };
}

resources! { errors => resource_ids }

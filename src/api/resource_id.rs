//! Ids as the API reads them: each resource has codes of its own for an id that is malformed or not found.

use std::str::FromStr;

use super::{error::ApiError, shape::ToValue};
use crate::model::{id, id_words::IdWords, resources::resources};

/// An id with AWS's words about it.
pub(super) trait ResourceId: IdWords + FromStr + ToValue + Ord {
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
        ApiError::new(Self::NOT_FOUND, Self::not_found_message(ids))
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
        impl ResourceId for id::$name {}
        )*
    };
}

resources! { errors => resource_ids }

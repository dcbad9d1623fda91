//! The pages of IAM's lists: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out; and `PathPrefix`.
//!
//! A marker is the name of the last thing shown, so paging stays right while instances come and go.

use super::PATH;
use crate::api::{error::ApiError, page, parameter::Parameters, shape::Fields};

/// The things on a page, if the request does not say how many.
const PAGE: u64 = 100;

/// The page a request asks for.
pub(super) struct Paging {
    max: usize,
    after: Option<String>,
    /// Whether the path of everything here begins with the prefix that is asked for.
    holds_path: bool,
}

impl Paging {
    /// Reads `MaxItems` and `Marker`.
    ///
    /// # Errors
    ///
    /// `ValidationError` for a marker that no reply held.
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let max = parameters.number("MaxItems", 1..=1_000)?.unwrap_or(PAGE);
        let after = match parameters.text("Marker")? {
            Some(marker) => match page::key_of(&marker) {
                Some(key) => Some(key),
                None => return Err(parameters.invalid("Invalid Marker.".to_owned())),
            },
            None => None,
        };
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        Ok(Self { max, after, holds_path: true })
    }

    /// Reads `PathPrefix`, too.
    ///
    /// # Errors
    ///
    /// As [`Paging::read`].
    pub(super) fn read_with_prefix(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let prefix = parameters.limited("PathPrefix", 1..=512)?;
        let holds_path = prefix.is_none_or(|prefix| PATH.starts_with(&prefix));
        Ok(Self { holds_path, ..Self::read(parameters)? })
    }

    /// The reply: the structures of this page as `list`. `named` is sorted by name.
    pub(super) fn reply(
        &self,
        list: &'static str,
        named: impl IntoIterator<Item = (String, Fields)>,
    ) -> Fields {
        let named = named.into_iter().filter(|_| self.holds_path);
        let (shown, marker) = page::cut(named, self.after.as_deref(), self.max);
        Fields::new().list(list, shown).set("IsTruncated", marker.is_some()).maybe("Marker", marker)
    }

    /// The reply of a list that is always empty.
    pub(super) fn empty(list: &'static str) -> Fields {
        Fields::new().list(list, []).set("IsTruncated", false)
    }
}

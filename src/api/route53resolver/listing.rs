//! What the lists of this service share: pages and filters.

use super::bad_parameter;
use crate::api::{error::ApiError, page, parameter::Parameters, shape::Fields};

/// The things on a page, if the request does not say how many.
const PAGE: u64 = 100;

/// The page and the filters that a request asks for.
pub(super) struct Listing {
    max: usize,
    after: Option<String>,
    filters: Vec<(String, Vec<String>)>,
}

/// A filter's name without case and underscores: `HostVPCId` and `HOST_VPC_ID` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|it| *it != '_').map(|it| it.to_ascii_lowercase()).collect()
}

impl Listing {
    /// Reads `MaxResults`, `NextToken` and `Filters`, whose names must be among `known`.
    ///
    /// # Errors
    ///
    /// `InvalidNextTokenException` for a token that no reply held, `InvalidParameterException` for an unknown filter.
    pub(super) fn read(parameters: &mut Parameters, known: &[&str]) -> Result<Self, ApiError> {
        let max = parameters.number("MaxResults", 1..=100)?.unwrap_or(PAGE);
        let after = match parameters.text("NextToken")?.filter(|it| !it.is_empty()) {
            Some(token) => Some(page::key_of(&token).ok_or_else(|| {
                ApiError::new("InvalidNextTokenException", "The NextToken is not valid.")
            })?),
            None => None,
        };
        let filters = parameters.structures("Filters", |filter| {
            let name = filter.required_limited("Name", 1..=64)?;
            if !known.iter().any(|it| plain(it) == plain(&name)) {
                return Err(bad_parameter(format!("The filter '{name}' is invalid")));
            }
            Ok((plain(&name), filter.list("Values")?))
        })?;
        Ok(Self { max: usize::try_from(max).unwrap_or(usize::MAX), after, filters })
    }

    /// Whether a thing passes every filter. `has` gives what it has for a filter's name.
    pub(super) fn passes(&self, has: &[(&str, String)]) -> bool {
        self.filters.iter().all(|(name, values)| {
            let mut own = has.iter().filter(|(known, _)| plain(known) == *name);
            own.any(|(_, value)| values.contains(value))
        })
    }

    /// The reply: the things of this page, by their keys.
    pub(super) fn reply(&self, list: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, token) = page::cut(page::by_key(things), self.after.as_deref(), self.max);
        Fields::new().list(list, shown).maybe("NextToken", token)
    }

    /// The same with `MaxResults`.
    pub(super) fn reply_with_max(
        &self,
        list: &'static str,
        things: Vec<(String, Fields)>,
    ) -> Fields {
        self.reply(list, things).set("MaxResults", u64::try_from(self.max).unwrap_or(u64::MAX))
    }
}

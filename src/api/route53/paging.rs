//! The pages of Route 53: a page names the first thing of the next one.

use crate::api::{error::ApiError, page, parameter::Parameters};

/// Reads `MaxItems`, which Route 53 writes as a text; a page has `usual` things at most.
pub(super) fn max_items(
    parameters: &mut Parameters,
    name: &str,
    usual: usize,
) -> Result<usize, ApiError> {
    match parameters.text(name)? {
        None => Ok(usual),
        Some(text) => match text.parse::<usize>() {
            Ok(max) if max > 0 => Ok(max.min(usual)),
            _ => {
                let words = "The maxitems query parameter must be a positive number";
                Err(parameters.invalid(format!("{words}, not '{text}'.")))
            }
        },
    }
}

/// Reads `NextToken`: the key of the last thing shown.
///
/// # Errors
///
/// `InvalidPaginationToken` for a token that no reply held.
pub(super) fn next_token(parameters: &mut Parameters) -> Result<Option<String>, ApiError> {
    match parameters.text("NextToken")?.filter(|it| !it.is_empty()) {
        None => Ok(None),
        Some(token) => page::key_of(&token).map(Some).ok_or_else(|| {
            ApiError::new(
                "InvalidPaginationToken",
                "The value of the pagination token is not valid.",
            )
        }),
    }
}

//! Filters, `MaxResults` and `NextToken`, which every action that lists things shares.
//!
//! A token is the key of the last item shown, so paging stays right while items are created and deleted.

use super::{error::ApiError, parameter::Parameters, shape::Fields};
use crate::model::world::Tags;

/// The filters and the page a request asks for.
#[derive(Debug)]
pub(super) struct Page {
    filters: Vec<Filter>,
    max: Option<usize>,
    after: Option<String>,
}

#[derive(Debug)]
struct Filter {
    name: String,
    values: Vec<String>,
}

impl Page {
    /// Reads `Filter.N`, `MaxResults` and `NextToken`.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` or `InvalidMaxResults`, `InvalidNextToken`.
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filters = parameters.structures("Filter", |filter| {
            Ok(Filter { name: filter.required("Name")?, values: filter.list("Value")? })
        })?;
        let max = match parameters.parsed::<usize>("MaxResults")? {
            Some(max) if !(1..=1_000).contains(&max) => {
                return Err(ApiError::value(format!(
                    "Value ( {max} ) for parameter maxResults is invalid. Expecting a value from 1 to 1000."
                )));
            }
            max => max,
        };
        let after = match parameters.text("NextToken")? {
            Some(token) if !token.is_empty() => Some(key_of(&token).ok_or_else(|| {
                ApiError::new(
                    "InvalidNextToken",
                    "The token '".to_owned()
                        + &token.chars().take(100).collect::<String>()
                        + "' is invalid",
                )
            })?),
            _ => None,
        };
        Ok(Self { filters, max, after })
    }

    /// Refuses filters of other names than `known`; `tag:KEY` and `tag-key` are always known (A30).
    ///
    /// # Errors
    ///
    /// `InvalidFilter`.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), ApiError> {
        let odd = self.filters.iter().find(|filter| {
            !known.contains(&filter.name.as_str())
                && filter.name != "tag-key"
                && !filter.name.starts_with("tag:")
        });
        match odd {
            Some(filter) => Err(ApiError::new(
                "InvalidFilter",
                format!("The filter '{}' is invalid", filter.name),
            )),
            None => Ok(()),
        }
    }

    /// The values of the filters with a name.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.filters.iter().filter(move |filter| filter.name == name);
        named.flat_map(|filter| &filter.values).map(String::as_str)
    }

    /// Whether a thing passes every filter. `has` gives the values a thing has for a filter's name.
    pub(super) fn passes(&self, tags: &Tags, has: impl Fn(&str) -> Vec<String>) -> bool {
        self.filters.iter().all(|filter| {
            let values = if let Some(key) = filter.name.strip_prefix("tag:") {
                tags.get(key).map(str::to_owned).into_iter().collect()
            } else if filter.name == "tag-key" {
                tags.0.iter().map(|(key, _)| key.clone()).collect()
            } else {
                has(&filter.name)
            };
            values.iter().any(|value| filter.values.iter().any(|pattern| matches(pattern, value)))
        })
    }

    /// The part of things this page shows, sorted by their keys, and `nextToken` if there are more.
    pub(super) fn cut<T>(&self, things: Vec<(String, T)>) -> (Vec<T>, Option<String>) {
        cut(by_key(things), self.after.as_deref(), self.max.unwrap_or(usize::MAX))
    }

    /// The reply of a describe action: the sorted things of this page as `name`, and `nextToken`.
    pub(super) fn reply(&self, name: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, token) = self.cut(things);
        Fields::new().list(name, shown).maybe("nextToken", token)
    }
}

/// Things in the order of their keys; those with the same key stay in theirs.
///
/// The keys are sorted alone, with numbers for the things: so the program holds one sort and not one for each kind of thing.
pub(super) fn by_key<T>(things: Vec<(String, T)>) -> impl Iterator<Item = (String, T)> {
    let mut keys = Vec::with_capacity(things.len());
    let mut left = Vec::with_capacity(things.len());
    for (key, thing) in things {
        keys.push((key, left.len()));
        left.push(Some(thing));
    }
    keys.sort_unstable();
    keys.into_iter().filter_map(move |(key, at)| Some((key, left.get_mut(at)?.take()?)))
}

/// At most `max` of the things behind the key `after`, and the token of the last one if there are more. The things are sorted
/// by their keys.
pub(super) fn cut<T>(
    things: impl IntoIterator<Item = (String, T)>,
    after: Option<&str>,
    max: usize,
) -> (Vec<T>, Option<String>) {
    let shown_before = |key: &str| after.is_some_and(|after| key <= after);
    let mut left = things.into_iter().skip_while(|(key, _)| shown_before(key));
    let (mut shown, mut last) = (Vec::new(), None);
    for (key, thing) in left.by_ref().take(max) {
        last = Some(key);
        shown.push(thing);
    }
    let token = left.next().and(last).map(|key| token_of(&key));
    (shown, token)
}

/// Whether a filter's value covers a text: `*` is any text, `?` any character, a backslash takes the next literally.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        let escaped = pattern.get(p) == Some(&'\\') && p + 1 < pattern.len();
        let wanted = if escaped { pattern.get(p + 1) } else { pattern.get(p) };
        match wanted {
            Some('*') if !escaped => {
                star = Some((p, at));
                p += 1;
            }
            Some(one) if *one == text[at] || (*one == '?' && !escaped) => {
                at += 1;
                p += 1 + usize::from(escaped);
            }
            _ => match star {
                Some((star_at, from)) => {
                    star = Some((star_at, from + 1));
                    p = star_at + 1;
                    at = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|it| *it == '*')
}

/// A key as a token: hexadecimal, with a check digit pair against tokens made by hand.
pub(super) fn token_of(key: &str) -> String {
    let digits: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}{:02x}", check(key.as_bytes()))
}

/// The key that a token stands for; `None` for a token that no reply gave.
pub(super) fn key_of(token: &str) -> Option<String> {
    if token.len() > 1_024 || !token.len().is_multiple_of(2) || !token.is_ascii() {
        return None;
    }
    let mut bytes: Vec<u8> = (0..token.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(token.get(at..at + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let given = bytes.pop()?;
    if check(&bytes) != given { None } else { String::from_utf8(bytes).ok() }
}

fn check(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0x5a, |sum: u8, byte| sum.rotate_left(1) ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_filters_do() {
        for (pattern, text, expected) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abd", false),
            ("?", "x", true),
            ("?", "", false),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("*", "", true),
            ("*a*a*", "banana", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn tokens_read_back_or_are_refused() {
        assert_eq!(key_of(&token_of("vpce-1")).as_deref(), Some("vpce-1"));
        for bad in ["", "zz", "0", "00ff", "7670"] {
            assert_eq!(key_of(bad), None, "{bad}");
        }
    }
}

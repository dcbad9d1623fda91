//! Which attributes keep code for the tests only.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta};

/// Whether an item with these attributes exists only for tests: `#[cfg(test)]`, `#[test]`, `#[cfg(all(test, unix))]`.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => needs_test(&list.tokens),
        _ => false,
    })
}

/// Whether a condition of `cfg` can hold only while tests are built.
pub(crate) fn needs_test(condition: &TokenStream) -> bool {
    let tokens: Vec<_> = condition.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(group)] => {
            let parts = between_commas(&group.stream());
            match word.to_string().as_str() {
                "all" => parts.iter().any(needs_test),
                "any" => !parts.is_empty() && parts.iter().all(needs_test),
                _ => false,
            }
        }
        _ => false,
    }
}

/// The parts of a list.
pub(crate) fn between_commas(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    tokens
        .split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','))
        .filter(|part| !part.is_empty())
        .map(|part| part.iter().cloned().collect())
        .collect()
}

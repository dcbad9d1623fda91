//! Finds paths in token streams: the arguments of a macro, and attributes.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::test_only::between_commas;

/// A path, and its line.
pub(crate) type Found = (Vec<String>, usize);

/// Every path of two or more names. A group gives several: `crate::{a, b::c}` is `crate::a` and `crate::b::c`. `$crate` is
/// `crate`.
pub(crate) fn paths(stream: TokenStream) -> Vec<Found> {
    let tokens: Vec<_> = stream.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            // `pub(in path)` grants access; it uses nothing.
            TokenTree::Group(_) if at > 0 && is_word(&tokens[at - 1], "pub") => at += 1,
            TokenTree::Group(group) => {
                found.extend(paths(group.stream()));
                at += 1;
            }
            TokenTree::Ident(word) => match start(&tokens[..at], word) {
                Some(before) => at = path_at(&tokens, at, before, &mut found),
                None => at += 1,
            },
            _ => at += 1,
        }
    }
    found
}

/// Every string literal.
pub(crate) fn texts(stream: TokenStream) -> Vec<(String, usize)> {
    stream
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => texts(group.stream()),
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                text.map(|text| (text.value(), line)).into_iter().collect()
            }
            _ => Vec::new(),
        })
        .collect()
}

/// Reads the path that begins at `at`, puts it behind `before`, and returns where it ends.
fn path_at(tokens: &[TokenTree], at: usize, before: &[String], found: &mut Vec<Found>) -> usize {
    let line = tokens[at].span().start().line;
    let mut path = before.to_vec();
    let mut at = at;
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        path.push(word.to_string());
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(_)) => at += 2,
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                for part in between_commas(&group.stream()) {
                    let part: Vec<_> = part.into_iter().collect();
                    path_at(&part, 0, &path, found);
                }
                return at + 3;
            }
            _ => break,
        }
    }
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    if path.len() > 1 || (path.len() == before.len() && !path.is_empty()) {
        found.push((path, line));
    }
    at
}

/// What stands before a path that begins with this word: nothing, or the empty name if it begins with `::`. `None` if no
/// path begins here: after a dot, inside another path, or after the `$` of a macro's own name.
fn start(before: &[TokenTree], word: &proc_macro2::Ident) -> Option<&'static [String]> {
    const ABSOLUTE: &[String] = &[String::new()];
    let Some(TokenTree::Punct(mark)) = before.last() else { return Some(&[]) };
    match mark.as_char() {
        '.' => is_range(before).then_some(&[]),
        ':' if before.len() > 1 && is_colons(before, before.len() - 2) => {
            match before.len().checked_sub(3).map(|at| &before[at]) {
                Some(TokenTree::Ident(_)) => None,
                Some(TokenTree::Punct(mark)) if mark.as_char() == '>' => None,
                _ => Some(ABSOLUTE),
            }
        }
        '$' => (word == "crate").then_some(&[]),
        _ => Some(&[]),
    }
}

/// Whether the last two tokens are the two dots of a range, after which a path may begin.
fn is_range(before: &[TokenTree]) -> bool {
    let dots = before.iter().rev();
    dots.take_while(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '.'))
        .count()
        > 1
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1))
}

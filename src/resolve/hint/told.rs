//! A hint, and how hints are told in lines.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What a reader of an explanation should know besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// What it is about, one of the codes in docs/json.md.
    pub code: Cow<'static, str>,
    /// One sentence or two.
    pub text: String,
    /// The part of the name that is wrong, or the id that the sentence is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The name that was probably meant. A name without its final dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Hint {
    /// The reason of an answer.
    pub(super) fn why(code: &'static str, part: Option<String>, text: String) -> Self {
        Self { code: code.into(), text, part, name: None }
    }
}

/// Hints in lines: each its sentences. A name that several of them mean is told with the last.
pub fn lines(hints: &[Hint], say: Language) -> Vec<String> {
    let told_later = |at: usize| hints[at + 1..].iter().any(|later| later.name == hints[at].name);
    let line = |(at, hint): (usize, &Hint)| match &hint.name {
        Some(name) if !told_later(at) => say.hint_did_you_mean(&hint.text, name),
        _ => hint.text.clone(),
    };
    hints.iter().enumerate().map(line).collect()
}

/// What is wrong with one part of a name.
pub(super) struct Mistake {
    /// The hint's code.
    pub(super) code: &'static str,
    /// The part.
    pub(super) part: String,
    /// The sentence.
    pub(super) text: String,
}

impl Mistake {
    /// A mistake.
    pub(super) fn new(code: &'static str, part: &str, text: String) -> Self {
        Self { code, part: part.to_owned(), text }
    }

    /// The hint that the name was meant.
    pub(super) fn meaning(self, name: &str) -> Hint {
        let Self { code, part, text } = self;
        Hint { code: code.into(), text, part: Some(part), name: Some(name.to_owned()) }
    }
}

/// Mistakes that all lead to the same name.
pub(super) fn all_meaning(mistakes: Vec<Mistake>, name: &str) -> Vec<Hint> {
    mistakes.into_iter().map(|mistake| mistake.meaning(name)).collect()
}

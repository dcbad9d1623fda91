//! Hints: what is wrong with a name that has no answer, and why an answer is as it is, in the words of a tutor.
//!
//! Made after the answer, for explanations only: they never change an answer, and answering does not pay for them. A hint
//! names only what the asker may see: names of its own VPC, and what AWS's names are.

mod endpoint;
mod nearest;
mod parts;
mod pasted;
mod service;
pub mod told;
mod why;
mod zone;

use std::fmt;

pub use told::{Hint, lines};

use super::{
    explain::{self, Explanation, Verdict},
    path::Aim,
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Trace},
};
use crate::{
    language::Language,
    model::name::{Name, NameError, NameRef},
};

/// A text that is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NotAName {
    /// Why.
    pub error: NameError,
    /// What was probably meant.
    pub hint: Option<Hint>,
}

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        match self.hint.as_ref().and_then(|hint| hint.name.as_ref()) {
            Some(name) => write!(f, ". Did you mean {name}?"),
            None => Ok(()),
        }
    }
}

/// Answers a question, explains the answer, and adds the hints.
pub fn explain(
    snapshot: &Snapshot,
    question: &Question<'_>,
    aim: Aim,
    say: Language,
) -> Explanation {
    let (mut explanation, trace) = explain::traced(snapshot, question, aim, say);
    explanation.hints = hints(snapshot, question, (&explanation, &trace), say);
    explanation
}

/// Explains the name in a text that somebody typed: the name, and its explanation.
///
/// # Errors
///
/// Why the text is not a name.
pub fn explain_typed(
    snapshot: &Snapshot,
    text: &str,
    ask: impl for<'n> Fn(NameRef<'n>) -> Question<'n>,
    aim: Aim,
    say: Language,
) -> Result<(Name, Explanation), NotAName> {
    let has_records =
        |name: NameRef<'_>| explain::summary(snapshot, &ask(name), aim).0.has_records();
    let (name, pasted) = read(text, has_records, say)?;
    let mut explanation = explain(snapshot, &ask(name.as_ref()), aim, say);
    explanation.hints.splice(..0, pasted);
    Ok((name, explanation))
}

/// The name to explain for a text that somebody typed. If nobody has the name because more than a name was pasted, it is
/// the name in the text, and a hint says what the rest is.
///
/// # Errors
///
/// Why the text is not a name.
fn read(
    text: &str,
    has_records: impl FnOnce(NameRef<'_>) -> bool,
    say: Language,
) -> Result<(Name, Option<Hint>), NotAName> {
    let pasted = pasted::pasted(text, say);
    let within = || {
        let pasted = pasted.clone().filter(|pasted| pasted.code != pasted::EMPTY_LABEL)?;
        let name = Name::parse(pasted.name.as_deref()?).ok()?;
        let text = say.hint_explained_here(&pasted.text);
        Some((name, Some(Hint { text, name: None, ..pasted })))
    };
    match Name::parse(text) {
        Ok(name) => Ok(match within() {
            Some(corrected) if !has_records(name.as_ref()) => corrected,
            _ => (name, None),
        }),
        Err(error) => within().ok_or(NotAName { error, hint: pasted }),
    }
}

fn hints(
    snapshot: &Snapshot,
    question: &Question<'_>,
    (explanation, trace): (&Explanation, &Trace),
    say: Language,
) -> Vec<Hint> {
    // What another VPC decides is not the asker's to know.
    let own = |step: &&Step| !matches!(step, Step::RuleInside(_));
    let steps: Vec<Step> = trace.0.iter().take_while(own).copied().collect();
    let mut hints = mistakes(snapshot, question, explanation.verdict, (&steps, say));
    if hints.is_empty() {
        hints = why::whys(snapshot, question, explanation, (&steps, say));
    }
    hints
}

/// What is wrong with the name. Nothing is, if it has the record that was asked for.
fn mistakes(
    snapshot: &Snapshot,
    question: &Question<'_>,
    verdict: Verdict,
    (steps, say): (&[Step], Language),
) -> Vec<Hint> {
    let Some(text) = plain(question.name) else { return Vec::new() };
    // Every bucket's name resolves, and an endpoint's name without the label `vpce` reads as one.
    let bucket = steps.contains(&Step::BucketName) && text.starts_with("vpce-");
    if verdict.has_records() && !bucket {
        return Vec::new();
    }
    if let Some(pasted) = pasted::pasted(&text, say) {
        return vec![pasted];
    }
    if !bucket && !matches!(verdict, Verdict::NxDomain | Verdict::NoData) {
        return Vec::new();
    }
    let labels: Vec<&str> = text.split('.').collect();
    let found = endpoint::mistakes(snapshot, question.asker, (&text, &labels), say);
    if !found.is_empty() || bucket {
        return found;
    }
    let found = service::mistakes(snapshot, question.asker, (&text, &labels), say);
    if !found.is_empty() {
        return found;
    }
    zone::mistakes(snapshot, &text, steps, say)
}

/// A name as text without its final dot, if it can be compared with what people type: printable, no dot in a label.
fn plain(name: NameRef<'_>) -> Option<String> {
    let mut text = String::with_capacity(name.wire().len());
    for label in name.labels().filter(|label| !label.is_empty()) {
        if !label.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'.') {
            return None;
        }
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(std::str::from_utf8(label).ok()?);
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;

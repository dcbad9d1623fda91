//! AWS's error codes and messages for ids that are malformed or not found. The codes and nouns are in the table of
//! resources.

use std::fmt::Display;

use super::{id, refusal::Refusal, resources::resources};

/// EC2's error codes and words for one kind of id.
pub trait IdWords: Display + Copy {
    /// What stands before the dash.
    const PREFIX: &'static str;
    /// The error code for a malformed id.
    const MALFORMED: &'static str;
    /// The error code for an id that does not exist.
    const NOT_FOUND: &'static str;
    /// What the messages call it.
    const WORD: &'static str;
    /// The text between that word and the id, in messages about ids that do not exist.
    const ID: &'static str;

    /// The message about ids that do not exist. One message names all of them (A21).
    fn not_found_message(ids: &[Self]) -> String {
        let (word, id) = (Self::WORD, Self::ID);
        let all: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let all = all.join(", ");
        match (ids.len(), Self::NOT_FOUND.ends_with(".Unknown")) {
            (1, _) if !Self::NOT_FOUND.contains('.') => format!("{word} {all} was not found"),
            (_, _) if !Self::NOT_FOUND.contains('.') => format!("{word}s {all} were not found"),
            (1, false) => format!("The {word}{id} '{all}' does not exist"),
            (1, true) => format!("The {word}{id} '{all}' is unknown."),
            (_, false) => format!("The {word}{id}s '{all}' do not exist"),
            (_, true) => format!("The {word}{id}s '{all}' are unknown."),
        }
    }

    /// The refusal of a Change with an id that does not exist, and its fact.
    fn missing(self, fact: &'static str) -> Refusal {
        Refusal::new(Self::NOT_FOUND, Self::not_found_message(&[self]), fact)
    }
}

macro_rules! id_words {
    ($($name:ident $malformed:literal $not_found:literal $word:literal $id:literal;)*) => {$(
        impl IdWords for id::$name {
            const PREFIX: &'static str = id::$name::PREFIX;
            const MALFORMED: &'static str = $malformed;
            const NOT_FOUND: &'static str = $not_found;
            const WORD: &'static str = $word;
            const ID: &'static str = $id;
        }
    )*};
}

resources! { errors => id_words }

//! AWS's error codes and messages for ids that are malformed or not found. The codes and nouns are in the table of
//! resources.

use std::fmt::Display;

use super::{id, refusal::Refusal, resources::resources};

/// An id about which EC2 has errors.
pub trait IdWords: Display + Copy {
    /// What stands before the dash.
    const PREFIX: &'static str;
    /// The code of an id that has another shape.
    const MALFORMED: &'static str;
    /// The code of an id that nothing has.
    const NOT_FOUND: &'static str;
    /// What the messages call it.
    const WORD: &'static str;
    /// What stands between that word and the id, in messages about ids that nothing has.
    const ID: &'static str;

    /// The message about ids that nothing has: one message names them all (A21).
    fn not_found_message(ids: &[Self]) -> String {
        let (word, id) = (Self::WORD, Self::ID);
        let all: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let all = all.join(", ");
        match (ids.len(), Self::NOT_FOUND.ends_with(".Unknown")) {
            (1, false) => format!("The {word}{id} '{all}' does not exist"),
            (1, true) => format!("The {word}{id} '{all}' is unknown."),
            (_, false) => format!("The {word}{id}s '{all}' do not exist"),
            (_, true) => format!("The {word}{id}s '{all}' are unknown."),
        }
    }

    /// The refusal of a Change that names an id that nothing has, and the fact it rests on.
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

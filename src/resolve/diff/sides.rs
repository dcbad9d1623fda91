//! What a comparison takes: two Worlds, when they are asked, and the language that the differences are told in.

use crate::{language::Language, resolve::snapshot::Snapshot};

/// Two Worlds, and how their differences are told.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'s> {
    /// The first World.
    pub before: &'s Snapshot,
    /// The second.
    pub after: &'s Snapshot,
    /// The time in seconds, as in a [`Question`](crate::resolve::question::Question).
    pub now: u64,
    /// The language.
    pub language: Language,
}

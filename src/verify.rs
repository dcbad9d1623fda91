//! Compares a World with a real resolver: which names to ask, how to ask them, and what a different answer means.
//!
//! Decides no answer. `compare.rs` sets the explanation of each question beside what the resolver said. What the resolver
//! said comes over the wire (`ask.rs`), or from the output of a script (`script.rs` writes it, `answers.rs` reads its output).

mod answers;
mod ask;
mod compare;
mod item;
mod mask;
mod script;

pub use self::{
    answers::{MOST_BYTES, Problem, read},
    ask::ask,
    compare::{Compared, Reason, Verdict, compare},
    item::{Item, Said},
    mask::Mask,
    script::script,
};
use crate::resolve::{diff::Names, question::Asker, snapshot::Snapshot};

/// The questions that matter to a client: the names that the World holds, and the services of its region.
pub fn items(snapshot: &Snapshot, asker: Asker) -> Vec<Item> {
    let names = Names::of_place(snapshot, asker);
    names.iter().map(|(name, rtype)| Item { name: name.asked.clone(), rtype }).collect()
}

#[cfg(test)]
mod tests;

//! Test files, run: each expectation is asked of the World of its step, and compared with what is answered.
//!
//! Decides no answer: a question goes to `resolve`, and its explanation says what came of it. `import/suite` reads the
//! files; this folder judges, and writes reports that other programs read.

mod checked;
mod judge;
mod junit;
mod tap;

use std::sync::Arc;

pub use self::{
    checked::{Checked, Tested},
    judge::judge,
    junit::junit,
    tap::tap,
};
use crate::{
    import::suite::Suite,
    language::Language,
    resolve::{public::PublicNames, snapshot::Snapshot},
};

/// Asks everything that a test file expects.
pub fn run(suite: &Suite, public: &Arc<PublicNames>, now: u64, say: Language) -> Vec<Checked> {
    let mut all = Vec::new();
    for (index, step) in suite.steps.iter().enumerate() {
        if step.expectations.is_empty() {
            continue;
        }
        let snapshot = Snapshot::new(step.world.clone(), Arc::clone(public));
        let step_name = step.name.clone().unwrap_or_else(|| step.actions.join(", "));
        for expectation in &step.expectations {
            let judged = judge(&snapshot, expectation, now, say);
            all.push(Checked { step: index + 1, step_name: step_name.clone(), ..judged });
        }
    }
    all
}

#[cfg(test)]
mod tests;

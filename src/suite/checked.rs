//! What came of an expectation, and of a test file.

use serde::Serialize;

/// An expectation, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Its step, from 1.
    pub step: usize,
    /// The step's name, or its actions.
    pub step_name: String,
    /// Who asks.
    pub from: String,
    /// The name asked.
    pub name: String,
    /// The type asked.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What is expected.
    pub expected: String,
    /// What is the case.
    pub given: String,
    /// Whether the expectation is met.
    pub met: bool,
    /// Why it is expected, as the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Why it is not met: the steps of the decision and the ways of the traffic. Empty if it is met.
    pub why: Vec<String>,
    /// The line of the expectation in the file.
    pub line: u32,
}

impl Checked {
    /// What is asked and expected, in one line.
    pub fn title(&self) -> String {
        let Self { from, name, rtype, expected, .. } = self;
        format!("{from} {name} {rtype}: {expected}")
    }
}

/// A test file that was run, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The file.
    pub file: String,
    /// Its expectations, or its problems as text.
    pub outcome: Result<Vec<Checked>, String>,
}

impl Tested {
    /// Whether the file could be read and all expectations are met.
    pub fn passed(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|all| all.iter().all(|it| it.met))
    }
}

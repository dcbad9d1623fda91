//! The notes of an import: what was skipped, inferred or assumed.

use std::collections::HashSet;

use crate::import::text::{
    diagnostic::{Problem, Rank, Severity, Source},
    node::{self, Pos},
};

/// The kind of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Remark {
    /// The file's own tool would refuse the file as a whole.
    Refused,
    /// A part of the file is not in the World, so an answer or a way of the traffic may be different.
    Skipped,
    /// A part of the file is not in the World, but no answer and no way of the traffic depends on it.
    Idle,
    /// A value follows from other parts of the file.
    Inferred,
    /// A value was chosen because the file does not give it.
    Assumed,
}

impl From<Remark> for Severity {
    fn from(remark: Remark) -> Self {
        match remark {
            Remark::Refused => Self::Error,
            Remark::Skipped | Remark::Idle => Self::Skipped,
            Remark::Inferred => Self::Inferred,
            Remark::Assumed => Self::Assumed,
        }
    }
}

impl From<Remark> for Rank {
    fn from(remark: Remark) -> Self {
        match remark {
            Remark::Idle => Self::Other,
            other => Severity::from(other).into(),
        }
    }
}

/// The most notes of one import that are listed. Further notes are only counted.
const LISTED: usize = 20_000;

/// The notes of one import.
#[derive(Debug, Default)]
pub(in super::super) struct Notes {
    listed: HashSet<(Pos, Remark, String)>,
    more: usize,
}

impl Notes {
    /// Adds a note about a position. An equal note is added only once.
    pub(in super::super) fn add(&mut self, pos: Pos, remark: Remark, message: impl Into<String>) {
        if self.listed.len() < LISTED {
            self.listed.insert((pos, remark, message.into()));
        } else {
            self.more += 1;
        }
    }

    /// The first note, in the order of the text, that says that a part of the file cannot be used.
    pub(in super::super) fn first_fault(&self) -> Option<&str> {
        let faults =
            self.listed.iter().filter(|it| matches!(it.1, Remark::Refused | Remark::Skipped));
        faults.min().map(|(_, _, message)| message.as_str())
    }

    /// The notes as problems, in the order of the text.
    pub(in super::super) fn into_problems(self, source: &Source) -> Vec<Problem> {
        let mut listed: Vec<_> = self.listed.into_iter().collect();
        listed.sort();
        let problem = |(pos, remark, message): (Pos, Remark, String)| {
            let rank = remark.into();
            Problem { rank, ..node::at(&source.name, &source.text, pos, remark.into(), &message) }
        };
        let mut problems: Vec<Problem> = listed.into_iter().map(problem).collect();
        if self.more > 0 {
            let message = format!("{} more notes are not listed", self.more);
            let severity = Severity::Skipped;
            problems.push(Problem { severity, ..Problem::whole(&source.name, message) });
        }
        problems
    }
}

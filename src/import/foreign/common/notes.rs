//! The notes of an import: what was skipped, inferred or assumed.

use std::collections::HashSet;

use crate::import::text::{
    diagnostic::{Problem, Rank, Severity, Source},
    node::{self, Pos},
};

/// Why there is a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Remark {
    /// The tool whose file it is would refuse the file as a whole.
    Refused,
    /// Something of the file is not in the World, so that an answer or a way may be another one.
    Skipped,
    /// Something of the file is not in the World, and no answer and no way depends on it.
    Idle,
    /// Something follows from other parts of the file.
    Inferred,
    /// Something that the file does not tell was chosen.
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

/// The most notes of one reading that are listed; the rest are counted.
const LISTED: usize = 20_000;

/// The notes of one reading.
#[derive(Debug, Default)]
pub(in super::super) struct Notes {
    listed: HashSet<(Pos, Remark, String)>,
    more: usize,
}

impl Notes {
    /// Notes something about a position; the same is noted once.
    pub(in super::super) fn add(&mut self, pos: Pos, remark: Remark, message: impl Into<String>) {
        if self.listed.len() < LISTED {
            self.listed.insert((pos, remark, message.into()));
        } else {
            self.more += 1;
        }
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

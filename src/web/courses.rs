//! The labs that the page shows, with the World at each of their steps, read once.

use std::{collections::HashSet, sync::OnceLock};

use crate::import::{Defaults, course::Course, open::builtin::BuiltInLab};

/// The labs of the files that are served, then the built-in ones. Those are read at the first use.
#[derive(Debug, Default)]
pub(super) struct Courses {
    files: Vec<Course>,
    all: OnceLock<Vec<Course>>,
}

impl Courses {
    /// The built-in labs and these.
    pub(super) fn with(files: Vec<Course>) -> Self {
        Self { files, all: OnceLock::new() }
    }

    /// All of them. The lab of a file takes the place of another lab of its name.
    pub(super) fn all(&self, defaults: &Defaults) -> &[Course] {
        self.all.get_or_init(|| {
            let read = |lab: BuiltInLab| lab.course(defaults).ok();
            let mut names = HashSet::new();
            let files = self.files.iter().cloned();
            let every = files.chain(BuiltInLab::all().filter_map(read));
            every.filter(|it| names.insert(it.lab.name.clone())).collect()
        })
    }
}

//! The built-in labs with the World at each of their steps, read once.

use std::sync::OnceLock;

use crate::import::{Defaults, course::Course, open::builtin::BuiltInLab};

/// The built-in labs. They are read at the first use.
#[derive(Debug, Default)]
pub(super) struct Courses(OnceLock<Vec<Course>>);

impl Courses {
    /// All of them.
    pub(super) fn all(&self, defaults: &Defaults) -> &[Course] {
        let read = |lab: BuiltInLab| lab.course(defaults).ok();
        self.0.get_or_init(|| BuiltInLab::all().filter_map(read).collect())
    }
}

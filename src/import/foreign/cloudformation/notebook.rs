//! The notes of one template, limited in number.

use crate::import::{
    foreign::common::{Notes, Remark},
    text::{near, node::Pos},
};

/// The most notes about one template. AWS allows 500 resources, so more notes mean a broken or hostile file.
const LISTED: usize = 2_000;

/// Takes notes up to the limit.
pub(super) struct Notebook<'a> {
    notes: &'a mut Notes,
    left: usize,
}

impl<'a> Notebook<'a> {
    /// A notebook that writes to `notes`.
    pub(super) fn new(notes: &'a mut Notes) -> Self {
        Self { notes, left: LISTED }
    }

    /// A notebook for a template nested in this one.
    pub(super) fn lend(&mut self) -> Notebook<'_> {
        Notebook::new(self.notes)
    }

    /// Notes that CloudFormation would refuse the template as a whole.
    pub(super) fn refused(&mut self, pos: Pos, message: impl Into<String>) {
        self.add(pos, Remark::Refused, message.into());
    }

    /// Notes that a part of the template is left out.
    pub(super) fn skipped(&mut self, pos: Pos, message: impl Into<String>) {
        self.add(pos, Remark::Skipped, message.into());
    }

    /// Notes that a part of the template is left out on which no answer depends.
    pub(super) fn idle(&mut self, pos: Pos, message: impl Into<String>) {
        self.add(pos, Remark::Idle, message.into());
    }

    /// Notes that a value follows from other parts of the files.
    pub(super) fn inferred(&mut self, pos: Pos, message: impl Into<String>) {
        self.add(pos, Remark::Inferred, message.into());
    }

    /// Notes that a value was chosen because the template does not give it.
    pub(super) fn assumed(&mut self, pos: Pos, message: impl Into<String>) {
        self.add(pos, Remark::Assumed, message.into());
    }

    /// Notes that a part is left out because nothing is called `name`, and suggests similar names.
    pub(super) fn missing<'c>(
        &mut self,
        pos: Pos,
        message: &str,
        name: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) {
        if self.left == 0 {
            return;
        }
        let hint = near::did_you_mean(name, candidates);
        self.skipped(pos, hint.map_or_else(|| message.to_owned(), |it| format!("{message}; {it}")));
    }

    /// The first note that says that a part of the template cannot be used.
    pub(super) fn first_fault(&self) -> Option<&str> {
        self.notes.first_fault()
    }

    /// Whether the notebook is full.
    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    fn add(&mut self, pos: Pos, remark: Remark, message: String) {
        match self.left {
            0 => {}
            1 => {
                self.notes.add(pos, Remark::Skipped, "more notes about this file are not shown");
                self.left = 0;
            }
            _ => {
                self.notes.add(pos, remark, message);
                self.left -= 1;
            }
        }
    }
}

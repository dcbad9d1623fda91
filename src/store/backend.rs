//! The interface of a store, its errors, and the store that keeps nothing.

use std::fmt;

use super::{
    entry::Row,
    revision::Revision,
    watch::{Watch, Watchers},
};
use crate::model::world::World;

/// Keeps the rows of a World between runs. Several servers may write to one store, each through a value of its own.
pub trait Store: Send + fmt::Debug {
    /// The World kept; `None` if nothing was kept yet.
    ///
    /// # Errors
    ///
    /// If the store is damaged, newer than this version, or cannot be read. It is left unchanged.
    fn load(&mut self) -> Result<Option<World>, StoreError>;

    /// The last revision that this value loaded or wrote.
    fn revision(&self) -> Revision;

    /// Writes rows, which were made from the state at `based_on`: all of them or none. They are durable when this
    /// returns the new revision.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if somebody wrote one of the rows after `based_on`, or replaced all; a store may say so
    /// too if anything else was written. Another error if the rows could not be made durable. None of them is kept then.
    fn commit(&mut self, rows: &[Row], based_on: Revision) -> Result<Revision, StoreError>;

    /// Writes rows in place of everything kept before, whoever wrote it; all or nothing.
    ///
    /// # Errors
    ///
    /// If the rows could not be made durable.
    fn replace(&mut self, rows: &[Row]) -> Result<Revision, StoreError>;

    /// Reports everything written after a revision, by any writer and in order. When [`Store::commit`] of this value
    /// returns, its rows and everything before them have reached the watch.
    ///
    /// # Errors
    ///
    /// If what was written since cannot be read.
    fn watch(&mut self, from: Revision) -> Result<Watch, StoreError>;

    /// Says why Changes cannot be saved now, or soon may not be; `None` while all is well. May read the disk.
    fn degraded(&mut self) -> Option<String> {
        None
    }

    /// Whether the store keeps rows. If not, the caller need not make them.
    fn keeps(&self) -> bool {
        true
    }

    /// The writer's name among all writers of the store: the key of its row of counts.
    fn writer(&self) -> &str {
        ""
    }

    /// Whether other writers may write to it.
    fn is_shared(&self) -> bool {
        false
    }
}

/// Why a store cannot be used, or did not save rows. The text names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another writer committed first; the store is now at this revision.
    #[error("another writer committed first (revision {})", .0.0)]
    Conflict(Revision),
    /// It cannot be read or written now.
    #[error("{0}")]
    Unavailable(String),
    /// The stored data is damaged.
    #[error("{0}")]
    Damaged(String),
    /// A newer version wrote it.
    #[error("{0}")]
    Newer(String),
}

/// Keeps nothing: the World ends with the process.
#[derive(Debug, Default)]
pub struct Memory(Revision);

impl Memory {
    fn next(&mut self) -> Revision {
        self.0.0 += 1;
        self.0
    }
}

impl Store for Memory {
    fn load(&mut self) -> Result<Option<World>, StoreError> {
        Ok(None)
    }

    fn revision(&self) -> Revision {
        self.0
    }

    fn commit(&mut self, _rows: &[Row], _based_on: Revision) -> Result<Revision, StoreError> {
        Ok(self.next())
    }

    fn replace(&mut self, _rows: &[Row]) -> Result<Revision, StoreError> {
        Ok(self.next())
    }

    /// The watch never reports anything, because nothing is saved.
    fn watch(&mut self, _from: Revision) -> Result<Watch, StoreError> {
        Ok(Watchers::default().open())
    }

    fn keeps(&self) -> bool {
        false
    }
}

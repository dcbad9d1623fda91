//! Where the World lives while the server runs, and between runs.
//!
//! [`Live`] has one writer and lock-free readers: every reader loads one Snapshot and never sees half a Change. A
//! [`Store`] keeps the World's rows; a Change is kept before anybody sees it. Knows no AWS protocol.

pub mod embedded;
pub mod live;
pub mod pace;
pub mod row;

use std::fmt;

pub use embedded::Embedded;
pub use live::{CommitError, Live};

use crate::model::world::World;
use row::Row;

/// Keeps the rows of a World between runs.
pub trait Store: Send + fmt::Debug {
    /// The World kept; `None` if nothing was kept yet.
    ///
    /// # Errors
    ///
    /// If what is kept is damaged, newer than this version, or cannot be read. It is left as it is.
    fn load(&mut self) -> Result<Option<World>, StoreError>;

    /// Writes rows: all of them or none. They are durable when this returns.
    ///
    /// # Errors
    ///
    /// If they could not be made durable; none of them is kept.
    fn commit(&mut self, rows: &[Row]) -> Result<(), StoreError>;

    /// Writes rows in place of everything kept before, all or nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::commit`].
    fn replace(&mut self, rows: &[Row]) -> Result<(), StoreError>;

    /// Says why Changes cannot be kept now, or soon may not be; `None` while all is well. May touch the disk.
    fn degraded(&mut self) -> Option<String> {
        None
    }

    /// Whether rows are worth making for it.
    fn keeps(&self) -> bool {
        true
    }
}

/// Why a store cannot be used; the words name the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// Keeps nothing: the World ends with the process.
#[derive(Debug, Default)]
pub struct Memory;

impl Store for Memory {
    fn load(&mut self) -> Result<Option<World>, StoreError> {
        Ok(None)
    }

    fn commit(&mut self, _rows: &[Row]) -> Result<(), StoreError> {
        Ok(())
    }

    fn replace(&mut self, _rows: &[Row]) -> Result<(), StoreError> {
        Ok(())
    }

    fn keeps(&self) -> bool {
        false
    }
}

//! What a store must do, why it cannot, and the one that keeps nothing.

use std::fmt;

use super::row::Row;
use crate::model::world::World;

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

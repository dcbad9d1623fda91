//! Tells watchers what was written to a store.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use super::{entry::Row, revision::Revision};

/// What one commit wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The revision it made.
    pub revision: Revision,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether they replace all earlier rows.
    pub all: bool,
}

/// Receives what is written, in order.
#[derive(Debug)]
pub struct Watch(mpsc::Receiver<Arc<Written>>);

impl Watch {
    /// What has arrived; `None` if nothing more has yet.
    pub fn next(&self) -> Option<Arc<Written>> {
        self.0.try_recv().ok()
    }

    /// Waits for what is written next; `None` after `time`.
    ///
    /// # Errors
    ///
    /// [`Closed`] if the store is gone.
    pub fn wait(&self, time: Duration) -> Result<Option<Arc<Written>>, Closed> {
        match self.0.recv_timeout(time) {
            Ok(written) => Ok(Some(written)),
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Closed),
        }
    }
}

/// The store that was watched is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store is gone")]
pub struct Closed;

/// The watches of a store. A dropped watch is removed at the next [`Watchers::tell`].
#[derive(Debug, Default)]
pub struct Watchers(Vec<mpsc::Sender<Arc<Written>>>);

impl Watchers {
    /// A watch that begins now.
    pub fn open(&mut self) -> Watch {
        let (sender, receiver) = mpsc::channel();
        self.0.push(sender);
        Watch(receiver)
    }

    /// A watch that begins with `first`.
    pub fn open_with(&mut self, first: Vec<Arc<Written>>) -> Watch {
        let watch = self.open();
        if let Some(sender) = self.0.last() {
            for written in first {
                // The receiver is right here.
                let _ = sender.send(written);
            }
        }
        watch
    }

    /// Tells everybody.
    pub fn tell(&mut self, revision: Revision, rows: &[Row], all: bool) {
        if self.0.is_empty() {
            return;
        }
        let written = Arc::new(Written { revision, rows: rows.to_vec(), all });
        self.0.retain(|sender| sender.send(Arc::clone(&written)).is_ok());
    }
}

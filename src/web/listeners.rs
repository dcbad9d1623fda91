//! The clients of `GET /api/events`.

use std::sync::{Arc, Mutex};

use tokio::sync::broadcast::{self, Sender};

/// How many events wait for a listener before it loses the oldest.
const WAITING: usize = 64;

/// An event's name and its data.
pub(super) type NamedEvent = (&'static str, Arc<str>);

/// Everybody who listens.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) sender: Sender<NamedEvent>,
    /// Whether the task runs.
    pub(super) running: Mutex<bool>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(WAITING).0, running: Mutex::new(false) }
    }
}

impl Events {
    /// How many listen.
    pub(super) fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }
}

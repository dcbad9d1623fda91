//! The clients of `GET /api/events`.

use std::sync::{Arc, Mutex};

use tokio::sync::broadcast::{self, Sender};

/// The most events that wait for a listener. After that it loses the oldest.
const WAITING: usize = 64;

/// An event's name and its data.
pub(super) type NamedEvent = (&'static str, Arc<str>);

/// The listeners.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) sender: Sender<NamedEvent>,
    /// Whether the task that sends events is running.
    pub(super) running: Mutex<bool>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(WAITING).0, running: Mutex::new(false) }
    }
}

impl Events {
    /// The number of listeners.
    pub(super) fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }
}

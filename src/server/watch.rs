//! `--watch`: looks at the files of WORLD, and asks for a reload when they have changed.
//!
//! It looks twice a second, and waits until nothing changes from one look to the next, so that a file that is being written
//! is left alone.

use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    time::Duration,
};

use tokio::sync::mpsc as async_mpsc;

use crate::import::open::noted::Noted;

/// The time from one look to the next.
const LOOK: Duration = Duration::from_millis(500);

/// The changes of files. Ends the thread when it is dropped.
pub(super) struct Changes {
    receiver: async_mpsc::Receiver<()>,
    _stop: Option<Sender<()>>,
}

impl Changes {
    /// Begins to look at the files that were read. Without them, nothing ever changes.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn of(noted: Option<&'static Noted>) -> io::Result<Self> {
        let (sender, receiver) = async_mpsc::channel(1);
        let Some(noted) = noted else { return Ok(Self { receiver, _stop: None }) };
        let (stop, stopped) = mpsc::channel::<()>();
        std::thread::Builder::new().name("watch".to_owned()).spawn(move || {
            let mut last = None;
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let now = noted.changed();
                if now.is_some() && now == last {
                    noted.accept(now.unwrap_or_default());
                    // A message that waits already counts for this change too.
                    let _ = sender.try_send(());
                    last = None;
                } else {
                    last = now;
                }
            }
        })?;
        Ok(Self { receiver, _stop: Some(stop) })
    }

    /// Resolves at the next change, or never.
    pub(super) async fn next(&mut self) {
        if self.receiver.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

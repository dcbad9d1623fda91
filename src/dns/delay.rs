//! Delayed replies, limited in number, so that faults that delay cost bounded memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most replies that wait at once, over all listeners. Further replies are dropped.
const WAITING: usize = 10_000;

/// The slots there are to wait in.
#[derive(Debug)]
pub(super) struct Delays {
    slots: Arc<Semaphore>,
    since: Instant,
    /// The second in which a missing slot was last logged.
    said: AtomicU64,
}

impl Delays {
    /// Nothing waits.
    pub(super) fn new() -> Self {
        let slots = Arc::new(Semaphore::new(WAITING));
        Self { slots, since: Instant::now(), said: AtomicU64::new(0) }
    }

    /// A slot to wait in; `None` if too many replies wait, which is logged once a second.
    pub(super) fn slot(&self) -> Option<OwnedSemaphorePermit> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().ok();
        if slot.is_none() {
            let second = self.since.elapsed().as_secs() + 1;
            if self.said.swap(second, Ordering::Relaxed) != second {
                tracing::warn!(
                    "a delayed reply is dropped, because {WAITING} delayed replies wait already"
                );
            }
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_places() {
        let delays = Delays::new();
        let mut taken: Vec<_> = (0..WAITING).filter_map(|_| delays.slot()).collect();
        assert_eq!(taken.len(), WAITING);
        assert!(delays.slot().is_none());
        taken.pop();
        assert!(delays.slot().is_some());
    }
}

//! Replies that wait: how many at once, so that faults that delay cost bounded memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most replies that wait at once, over all listeners; further ones are not sent.
const WAITING: usize = 10_000;

/// The places there are to wait in.
#[derive(Debug)]
pub(super) struct Delays {
    places: Arc<Semaphore>,
    since: Instant,
    /// In which second of its time it was last said that none is left.
    said: AtomicU64,
}

impl Delays {
    /// Nothing waits.
    pub(super) fn new() -> Self {
        let places = Arc::new(Semaphore::new(WAITING));
        Self { places, since: Instant::now(), said: AtomicU64::new(0) }
    }

    /// A place to wait in; none if too many others wait, which is said once in a second.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        if place.is_none() {
            let second = self.since.elapsed().as_secs() + 1;
            if self.said.swap(second, Ordering::Relaxed) != second {
                tracing::warn!("delayed replies are dropped: {WAITING} others wait");
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_places() {
        let delays = Delays::new();
        let mut taken: Vec<_> = (0..WAITING).filter_map(|_| delays.place()).collect();
        assert_eq!(taken.len(), WAITING);
        assert!(delays.place().is_none());
        taken.pop();
        assert!(delays.place().is_some());
    }
}

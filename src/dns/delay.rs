//! Replies that wait: how many at once, so that faults that delay cost bounded memory.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

/// The most replies that wait at once, over all listeners; further ones are not sent.
const WAITING: usize = 10_000;

/// The places there are to wait in.
#[derive(Clone, Debug)]
pub(super) struct Delays(Arc<Semaphore>);

impl Delays {
    /// Nothing waits.
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(WAITING)))
    }

    /// Waits; false at once if too many others do.
    pub(super) async fn wait(&self, time: Duration) -> bool {
        let Ok(_place) = self.0.try_acquire() else {
            tracing::warn!("a delayed reply is dropped: {WAITING} others wait");
            return false;
        };
        tokio::time::sleep(time).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_places() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let delays = Delays::new();
            let all = u32::try_from(WAITING).unwrap();
            let taken = delays.0.acquire_many(all).await.unwrap();
            assert!(!delays.wait(Duration::from_secs(100)).await);
            drop(taken);
            assert!(delays.wait(Duration::from_millis(1)).await);
            assert_eq!(delays.0.available_permits(), WAITING);
        });
    }
}

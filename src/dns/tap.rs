//! Keeps samples of replies while somebody watches.
//!
//! Without a watcher a reply costs one relaxed load. With one, a few replies of each batch are kept whole and the rest
//! are only counted, so a burst costs neither time nor memory.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
};

use super::arrival::Arrival;

/// How many replies are kept between two drains.
const ROOM: i64 = 20;
/// A kept packet is cut here; longer ones are rare, and what is cut off is not shown.
const LONGEST: usize = 4096;

/// Keeps some replies for watchers.
#[derive(Debug, Default)]
pub(super) struct Tap {
    watchers: AtomicUsize,
    seen: AtomicU64,
    room: AtomicI64,
    kept: Mutex<Vec<Kept>>,
}

/// A reply that was kept, with the query.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) packet: Vec<u8>,
    /// Empty for silence.
    pub(super) reply: Vec<u8>,
    pub(super) arrival: Arrival,
    /// A place in the list of codes.
    pub(super) code: usize,
}

impl Tap {
    /// Whether somebody watches.
    pub(super) fn is_watched(&self) -> bool {
        self.watchers.load(Ordering::Relaxed) > 0
    }

    /// Keeps a reply, or silence, if there is room.
    #[cold]
    pub(super) fn keep(&self, arrival: &Arrival, packet: &[u8], reply: Option<&[u8]>, code: usize) {
        self.seen.fetch_add(1, Ordering::Relaxed);
        if self.room.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return;
        }
        let cut = |bytes: &[u8]| bytes.get(..LONGEST).unwrap_or(bytes).to_vec();
        let kept = Kept {
            packet: cut(packet),
            reply: reply.map(cut).unwrap_or_default(),
            arrival: *arrival,
            code,
        };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
    }

    /// Begins to keep replies for one more watcher.
    pub(super) fn watch(&self) {
        self.room.store(ROOM, Ordering::Relaxed);
        self.watchers.fetch_add(1, Ordering::Relaxed);
    }

    /// Stops keeping replies for one watcher.
    pub(super) fn unwatch(&self) {
        if self.watchers.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// How many replies there were since the last drain, and those that were kept.
    pub(super) fn drain(&self) -> (u64, Vec<Kept>) {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        let seen = self.seen.swap(0, Ordering::Relaxed);
        self.room.store(ROOM, Ordering::Relaxed);
        (seen, kept)
    }
}

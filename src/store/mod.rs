//! Where the World lives while the server runs: one writer, lock-free readers.
//!
//! Every reader loads one Snapshot and never sees half a Change. Knows no AWS protocol. The World is kept in memory;
//! it does not survive the process.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::ArcSwap;

use crate::{
    model::{change::Change, refusal::Refusal, world::World},
    resolve::snapshot::Snapshot,
};

/// The current Snapshot and the right to replace it.
#[derive(Debug)]
pub struct Live {
    current: Arc<ArcSwap<Snapshot>>,
    writer: Mutex<()>,
    start: Mutex<World>,
    changes: AtomicU64,
}

impl Live {
    /// Begins with a World; `reset` comes back to it.
    pub fn new(snapshot: Snapshot) -> Self {
        let start = Mutex::new(snapshot.world.clone());
        Self {
            current: Arc::new(ArcSwap::from_pointee(snapshot)),
            writer: Mutex::new(()),
            start,
            changes: AtomicU64::new(0),
        }
    }

    /// The cell readers load from.
    pub fn cell(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.current)
    }

    /// The current Snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// How many times the World was changed since the start or the last reload.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Applies Changes as one: all of them or none.
    ///
    /// # Errors
    ///
    /// The refusal of the first Change that is refused.
    pub fn apply(&self, changes: &[Change]) -> Result<(), Refusal> {
        let _turn = self.turn();
        let first = Snapshot::clone(&self.current.load());
        let next = changes.iter().try_fold(first, |snapshot, change| snapshot.apply(change))?;
        self.current.store(Arc::new(next));
        self.changes.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Puts another World in place of this one.
    pub fn replace(&self, world: World) {
        let _turn = self.turn();
        self.swap(world);
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Puts a World that was read again in place, unless a Change was made since the start.
    ///
    /// Returns whether it did.
    pub fn reload(&self, world: World) -> bool {
        let _turn = self.turn();
        if self.changes() > 0 {
            return false;
        }
        *self.start.lock().unwrap_or_else(PoisonError::into_inner) = world.clone();
        self.swap(world);
        true
    }

    /// Starts over with the World the server began with.
    pub fn reset(&self) {
        let _turn = self.turn();
        let world = self.start.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.swap(world);
        self.changes.store(0, Ordering::Release);
    }

    fn swap(&self, world: World) {
        let public = Arc::clone(&self.current.load().public);
        self.current.store(Arc::new(Snapshot::new(world, public)));
    }

    /// A panic in another writer leaves no half-made Snapshot behind, so a poisoned lock is as good as any.
    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

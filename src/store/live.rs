//! The current World and the right to change it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::{
    Memory, Revision, Store, StoreError, follow,
    pace::{self, Pace, Paced},
    reloads::Reloads,
    row,
    watch::{Watch, Written},
};
use crate::{
    model::{change::Change, refusal::Refusal, world::World},
    resolve::{public::PublicNames, snapshot::Snapshot},
};

/// How long to wait for the changes of other writers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The current Snapshot, its store, and the World to start over with.
#[derive(Debug)]
pub struct Live {
    current: Arc<ArcSwap<Snapshot>>,
    before: ArcSwapOption<Before>,
    writer: Mutex<Writer>,
    changes: AtomicU64,
    /// What [`Live::degraded`] found last.
    degraded: Mutex<Option<String>>,
    reloads: Mutex<Reloads>,
}

/// The World right before the last change that somebody made.
#[derive(Debug)]
pub struct Before {
    /// That World.
    pub snapshot: Arc<Snapshot>,
    /// Whether another World was put in its place; else Changes were made to it.
    pub replaced: bool,
}

/// The state that only the writer of the World may use.
#[derive(Debug)]
struct Writer {
    store: Box<dyn Store>,
    /// The revision of the store that the current Snapshot shows.
    seen: Revision,
    /// The watch on other writers, if the store allows them. Opened at first use.
    watch: Option<Watch>,
    /// Why the rows of other writers cannot be read any more.
    lost: Option<StoreError>,
    /// The World that `reset` restores; `None` if it could not be read.
    start: Option<World>,
    /// The thread that ends states after their time; `None` ends them at once.
    begun: Option<mpsc::Sender<Paced>>,
}

/// Why Changes were not made; none of them was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// AWS would refuse one of them.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store cannot keep them.
    #[error("the change cannot be saved: {0}")]
    Unavailable(#[from] StoreError),
}

impl Writer {
    /// The next rows of other writers; `None` if nothing more has arrived and `until` is reached.
    fn next(&mut self, until: Revision) -> Result<Option<Arc<Written>>, StoreError> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let watch = match &mut self.watch {
            Some(watch) => watch,
            none => none.insert(self.store.watch(self.seen)?),
        };
        loop {
            let next = if self.seen < until {
                let late = || {
                    StoreError::Unavailable(
                        "the store did not deliver the changes of other writers in time".to_owned(),
                    )
                };
                Some(watch.wait(PATIENCE).ok().flatten().ok_or_else(late)?)
            } else {
                watch.next()
            };
            match next {
                Some(written) if written.revision <= self.seen => {}
                next => return Ok(next),
            }
        }
    }
}

impl Live {
    /// A World that is lost when the process ends. `reset` restores it.
    pub fn new(snapshot: Snapshot) -> Self {
        let start = snapshot.world.clone();
        Self::with_store(snapshot, Some(start), Box::new(Memory::default()))
    }

    /// A World that `store` holds already. `reset` restores `start`.
    pub fn with_store(mut snapshot: Snapshot, start: Option<World>, store: Box<dyn Store>) -> Self {
        row::forget_written(&mut snapshot.world);
        let seen = store.revision();
        Self {
            current: Arc::new(ArcSwap::from_pointee(snapshot)),
            before: ArcSwapOption::empty(),
            writer: Mutex::new(Writer { store, seen, watch: None, lost: None, start, begun: None }),
            changes: AtomicU64::new(0),
            degraded: Mutex::new(None),
            reloads: Mutex::default(),
        }
    }

    /// Lets the steps of the lives of endpoints and NAT gateways take their time: a thread ends them. Those under way are
    /// begun anew.
    pub fn set_pace(self: &Arc<Self>, pace: Pace) {
        let mut writer = self.turn();
        let unsettled = || Paced::all(&self.current.load().world);
        match pace {
            Pace::AtOnce => {
                writer.begun = None;
                drop(writer);
                let changes: Vec<Change> = unsettled().into_iter().map(Paced::step).collect();
                // Settling is never refused; what a store cannot keep now is tried at the next start.
                if !changes.is_empty() && self.commit(&changes).is_err() {
                    tracing::warn!(
                        "the final states of {} resources could not be saved; the next start tries again",
                        changes.len()
                    );
                }
            }
            Pace::Real => {
                let (begun, received) = mpsc::channel();
                for paced in unsettled() {
                    // The receiver lives as long as the sender.
                    let _ = begun.send(paced);
                }
                writer.begun = Some(begun);
                let live = Arc::downgrade(self);
                std::thread::spawn(move || pace::run(&live, &received));
            }
        }
    }

    /// How fast the steps of lives end.
    pub fn pace(&self) -> Pace {
        if self.turn().begun.is_some() { Pace::Real } else { Pace::AtOnce }
    }

    /// The cell readers load from.
    pub fn cell(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.current)
    }

    /// The current Snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// The World right before the last change; `None` after the start, a reload and a reset. A step that ends by itself
    /// (`Settle`) belongs to the change that began it.
    ///
    /// Load the current Snapshot first: a change between the two loads then shows a World as its own predecessor, never
    /// one that is older.
    pub fn before(&self) -> Option<Arc<Before>> {
        self.before.load_full()
    }

    /// How many times the World was changed since the start or the last reload.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Applies Changes as one: all of them or none. They are kept before anybody sees them. Where another writer of the
    /// store was first, they are applied again to the World it made.
    ///
    /// Returns the Snapshot right after them. Where lives are not paced, the steps the Changes began are ended in the
    /// same commit, so the current Snapshot may be one further.
    ///
    /// # Errors
    ///
    /// The refusal of the first Change that is refused, or why the store cannot keep them.
    pub fn commit(&self, changes: &[Change]) -> Result<Arc<Snapshot>, CommitError> {
        let mut writer = self.turn();
        self.catch_up(&mut writer, Revision::default())?;
        loop {
            if writer.store.is_shared() && self.is_settled(changes) {
                // Another writer ended these states.
                return Ok(self.snapshot());
            }
            let seen = writer.seen;
            match self.attempt(&mut writer, changes) {
                Err(CommitError::Unavailable(StoreError::Conflict(now))) => {
                    self.catch_up(&mut writer, now)?;
                    if writer.seen == seen {
                        return Err(StoreError::Conflict(now).into());
                    }
                }
                other => return other,
            }
        }
    }

    /// Applies Changes to the current World and keeps the next one, unless somebody else wrote first.
    fn attempt(
        &self,
        writer: &mut Writer,
        changes: &[Change],
    ) -> Result<Arc<Snapshot>, CommitError> {
        let current = self.snapshot();
        let first = Snapshot::clone(&current);
        let made = changes.iter().try_fold(first, |snapshot, change| snapshot.apply(change))?;
        let begun = Paced::written(&made.world);
        let mut settled = made.clone();
        if writer.begun.is_none() {
            for paced in &begun {
                settled = settled.apply(&paced.step())?;
            }
        }
        let rows = if writer.store.keeps() {
            row::written(&mut settled.world, &current.world, writer.store.writer())
        } else {
            row::forget_written(&mut settled.world);
            Vec::new()
        };
        let revision = writer.store.commit(&rows, writer.seen)?;
        if !changes.iter().all(|change| Paced::ended_by(change).is_some()) {
            let before = Before { snapshot: current, replaced: false };
            self.before.store(Some(Arc::new(before)));
        }
        self.show(settled);
        if let Some(sender) = &writer.begun {
            for paced in begun {
                // Without its thread nothing ends the state before the next start.
                let _ = sender.send(paced);
            }
        }
        if !writer.store.is_shared() {
            writer.seen = revision;
        } else if let Err(error) = self.pass(writer, revision) {
            // The Changes are kept; only what others wrote before them is missing.
            tracing::warn!("{error}");
        }
        Ok(Arc::new(made))
    }

    /// Replaces the current Snapshot.
    fn show(&self, next: Snapshot) {
        self.current.store(Arc::new(next));
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether Changes only end states that are ended already.
    fn is_settled(&self, changes: &[Change]) -> bool {
        let world = &self.current.load().world;
        !changes.is_empty()
            && changes.iter().all(|change| {
                Paced::ended_by(change).is_some_and(|paced| paced.lasts(world).is_none())
            })
    }

    /// Shows what others wrote until now to the readers. [`Live::commit`] begins with this.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn refresh(&self) -> Result<(), StoreError> {
        self.catch_up(&mut self.turn(), Revision::default())
    }

    /// Lets what others write reach the readers as soon as the store tells it: a thread waits for it, for as long as
    /// this value lives. Does nothing where nobody else may write.
    ///
    /// # Errors
    ///
    /// If the store cannot be watched.
    pub fn follow(self: &Arc<Self>) -> Result<(), StoreError> {
        let mut writer = self.turn();
        if writer.store.is_shared() {
            let seen = writer.seen;
            let bell = writer.store.watch(seen)?;
            let live = Arc::downgrade(self);
            std::thread::spawn(move || follow::run(&live, &bell));
        }
        Ok(())
    }

    /// Takes in what others wrote: all that has arrived, and what has to arrive until a revision.
    fn catch_up(&self, writer: &mut Writer, until: Revision) -> Result<(), StoreError> {
        if !writer.store.is_shared() {
            return Ok(());
        }
        while let Some(written) = writer.next(until)? {
            self.take_in(writer, &written)?;
        }
        Ok(())
    }

    /// Takes in what others wrote before a commit of this writer, whose rows are there already.
    fn pass(&self, writer: &mut Writer, own: Revision) -> Result<(), StoreError> {
        while writer.seen < own {
            let Some(written) = writer.next(own)? else { continue };
            if written.revision == own {
                writer.seen = own;
            } else {
                self.take_in(writer, &written)?;
            }
        }
        Ok(())
    }

    /// Makes the Snapshot that follows by rows of another writer the current one.
    fn take_in(&self, writer: &mut Writer, written: &Written) -> Result<(), StoreError> {
        let old = self.snapshot();
        let next = match follow::after(&old, written) {
            Ok(next) => next,
            Err(error) => {
                let error = StoreError::Damaged(format!(
                    "a change of another server cannot be read: {error}"
                ));
                writer.lost = Some(error.clone());
                // Nobody reads it until the World is replaced; it would keep every commit of every writer.
                writer.watch = None;
                return Err(error);
            }
        };
        if let Some(sender) = &writer.begun {
            // Whoever comes first ends the states that another began.
            for paced in follow::begun(&next.world, written) {
                // As above.
                let _ = sender.send(paced);
            }
        }
        self.before.store(Some(Arc::new(Before { snapshot: old, replaced: written.all })));
        self.show(next);
        writer.seen = written.revision;
        Ok(())
    }

    /// Says why the store cannot keep Changes, or soon may not; `None` while all is well. Looks at the disk, so it may
    /// block; while a Change is being kept it says what it found last.
    pub fn degraded(&self) -> Option<String> {
        let mut writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return self.found().clone(),
        };
        let found = match &writer.lost {
            Some(error) => Some(error.to_string()),
            None => writer.store.degraded(),
        };
        self.found().clone_from(&found);
        found
    }

    fn found(&self) -> MutexGuard<'_, Option<String>> {
        self.degraded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another World in place of this one.
    ///
    /// # Errors
    ///
    /// If the store cannot keep it; this one stays.
    pub fn replace(&self, world: World) -> Result<(), StoreError> {
        let mut writer = self.turn();
        let old = self.snapshot();
        self.swap(&mut writer, world, None)?;
        self.before.store(Some(Arc::new(Before { snapshot: old, replaced: true })));
        self.changes.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Puts a World that was read again in place, unless a Change was made since the start. The public names change with
    /// it, in one step.
    ///
    /// Returns whether it did.
    ///
    /// # Errors
    ///
    /// If the store cannot keep it; this one stays.
    pub fn reload(&self, world: World, public: Option<PublicNames>) -> Result<bool, StoreError> {
        let mut writer = self.turn();
        // What another server wrote counts as well.
        self.catch_up(&mut writer, Revision::default())?;
        if self.changes() > 0 {
            return Ok(false);
        }
        self.swap(&mut writer, world.clone(), public)?;
        writer.start = Some(world);
        Ok(true)
    }

    /// Puts public names that were read again in place. The World stays.
    pub fn republish(&self, public: PublicNames) {
        let _writer = self.turn();
        let next = Snapshot::new(self.snapshot().world.clone(), Arc::new(public));
        self.current.store(Arc::new(next));
    }

    /// How often the files were read again.
    pub fn reloads(&self) -> Reloads {
        self.reloads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a reload.
    pub fn count_reload(&self, outcome: Result<(), String>) {
        self.reloads.lock().unwrap_or_else(PoisonError::into_inner).count(outcome);
    }

    /// Starts over with the World the server began with.
    ///
    /// # Errors
    ///
    /// If that World could not be read at the start, or the store cannot keep it; this one stays.
    pub fn reset(&self) -> Result<(), StoreError> {
        let mut writer = self.turn();
        let world = writer.start.clone().ok_or_else(|| {
            let why = "cannot reset: the files of WORLD could not be read when the server started";
            StoreError::Unavailable(why.to_owned())
        })?;
        self.swap(&mut writer, world, None)?;
        self.changes.store(0, Ordering::Release);
        Ok(())
    }

    fn swap(
        &self,
        writer: &mut Writer,
        mut world: World,
        public: Option<PublicNames>,
    ) -> Result<(), StoreError> {
        row::forget_written(&mut world);
        row::count_anew(&mut world);
        let old = || Arc::clone(&self.current.load().public);
        let next = Snapshot::new(world, public.map_or_else(old, Arc::new));
        if writer.store.keeps() {
            writer.seen = writer.store.replace(&row::everything(&next.world))?;
            writer.lost = None;
        }
        self.before.store(None);
        self.current.store(Arc::new(next));
        Ok(())
    }

    /// A panic in another writer leaves no half-made Snapshot behind, so a poisoned lock is as good as any.
    fn turn(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        import::{Defaults, open},
        model::endpoint::{Endpoint, EndpointState},
        resolve::public::PublicNames,
        store::row::Row,
    };

    #[test]
    fn a_state_that_another_writer_began_is_ended_here_too() {
        let world = open::open("lab09-2", &Defaults::default()).ok().unwrap().world;
        let endpoint = Endpoint::clone(world.endpoints.values().next().unwrap());
        let id = endpoint.id;
        let live = Live::new(Snapshot::new(world, Arc::new(PublicNames::default())));
        let (begun, received) = mpsc::channel();
        let mut writer = live.turn();
        writer.begun = Some(begun);
        let mut take_in = |revision, state| {
            let endpoint = Endpoint { state, ..endpoint.clone() };
            let value = Some(serde_json::to_string(&endpoint).unwrap());
            let rows = vec![Row { table: "endpoints", key: id.to_string(), value }];
            let written = Written { revision: Revision(revision), rows, all: false };
            live.take_in(&mut writer, &written).unwrap();
            received.try_recv().ok()
        };
        assert_eq!(take_in(1, EndpointState::Available), None);
        assert_eq!(take_in(2, EndpointState::Deleting), Some(Paced::Endpoint(id)));
        assert_eq!(live.snapshot().world.endpoints[&id].state, EndpointState::Deleting);
    }
}

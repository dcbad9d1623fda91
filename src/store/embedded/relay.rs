//! Reads rows on several threads and puts them into a World in their order.
//!
//! Parsing JSON is most of the work, so several threads parse bundles of rows, and one thread fills the World. The
//! number of bundles in memory is limited. All threads have ended when [`world`] returns.

use std::{
    borrow::Cow,
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, ScopedJoinHandle},
};

use super::super::row::{Loader, Part, RowError, read};
use crate::model::world::World;

/// How many bytes make a bundle.
const BUNDLE: usize = 128 * 1024;
/// The most threads that read JSON.
const READERS: usize = 4;

/// A row could not be read, so no more rows are needed.
pub(super) struct Stopped;

/// Takes the rows.
pub(super) struct Relay {
    bundle: Bundle,
    work: SyncSender<(Bundle, SyncSender<Parts>)>,
    order: SyncSender<Receiver<Parts>>,
}

/// The parsed rows of a bundle, or the row that cannot be parsed.
type Parts = Result<Vec<Part>, RowError>;

/// Rows one after the other: how long the table's name, the key and the value are, and all of their bytes.
#[derive(Default)]
struct Bundle {
    lengths: Vec<[usize; 3]>,
    bytes: Vec<u8>,
}

impl Relay {
    /// Hands on a row.
    pub(super) fn add(&mut self, table: &str, key: &str, value: &[u8]) -> Result<(), Stopped> {
        self.bundle.lengths.push([table.len(), key.len(), value.len()]);
        for bytes in [table.as_bytes(), key.as_bytes(), value] {
            self.bundle.bytes.extend_from_slice(bytes);
        }
        if self.bundle.bytes.len() < BUNDLE { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let (done, parts) = sync_channel(1);
        let bundle = std::mem::take(&mut self.bundle);
        self.work.send((bundle, done)).map_err(|_| Stopped)?;
        self.order.send(parts).map_err(|_| Stopped)
    }
}

impl Bundle {
    fn read(&self) -> Parts {
        let mut rest = self.bytes.as_slice();
        let mut take = |length| rest.split_off(..length).unwrap_or_default();
        self.lengths
            .iter()
            .map(|[table, key, value]| {
                let (table, key) = (text(take(*table)), text(take(*key)));
                read(&table, &key, take(*value))
            })
            .collect()
    }
}

/// Reads bytes that were written as text.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// What `rows` returns, and the World of the rows it added.
pub(super) fn world<T>(rows: impl FnOnce(&mut Relay) -> T) -> (T, Result<World, RowError>) {
    let readers = thread::available_parallelism().map_or(1, |it| it.get().min(READERS));
    let (work, waiting) = sync_channel::<(Bundle, SyncSender<Parts>)>(readers);
    let (order, ordered) = sync_channel(2 * readers);
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                while let Ok((bundle, done)) = next() {
                    // Nobody waits for it once an earlier one could not be read.
                    let _ = done.send(bundle.read());
                }
            });
        }
        let world = scope.spawn(move || put_together(&ordered));
        let mut relay = Relay { bundle: Bundle::default(), work, order };
        let read = rows(&mut relay);
        // Where nobody takes it any more, the other thread says why.
        let _ = relay.send();
        drop(relay);
        (read, joined(world))
    })
}

fn put_together(ordered: &Receiver<Receiver<Parts>>) -> Result<World, RowError> {
    let mut loader = Loader::default();
    for parts in ordered {
        // A reader that panics ends the scope with its panic; there is nothing to wait for then.
        let Ok(parts) = parts.recv() else { break };
        parts?.into_iter().for_each(|part| loader.put(part));
    }
    Ok(loader.finish())
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

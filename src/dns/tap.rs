//! Counts replies, and keeps samples of them while somebody watches.
//!
//! Without a watcher a reply costs one relaxed load and one count on a cache line that no other thread writes. With
//! one, a few replies of each batch are kept whole and the rest are only counted, so a burst costs neither time nor
//! memory.

use std::{
    cell::Cell,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use super::reply_action::ReplyAction;
use crate::{ask::Transport, resolve::question::Asker, seen::Count};

/// How many replies are kept between two drains.
const ROOM: i64 = 20;
/// A kept packet is cut here; longer ones are rare, and what is cut off is not shown.
const LONGEST: usize = 4096;
const SHARDS: usize = 8;
/// The sixteen response codes of a header, then silence, questions handed on, and BADVERS.
const KINDS: usize = 19;
const SILENT: usize = 16;
const FORWARDED: usize = 17;
const BADVERS: usize = 18;

/// A reply that is about to leave.
#[derive(Clone, Copy)]
pub(super) struct Replied<'h> {
    pub(super) packet: &'h [u8],
    pub(super) source: IpAddr,
    pub(super) view: Option<Asker>,
    pub(super) transport: Transport,
    pub(super) action: &'h ReplyAction,
}

/// Counts of one thread, on cache lines of their own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard([AtomicU64; KINDS]);

/// Counts every reply, and keeps some of them for watchers.
#[derive(Debug, Default)]
pub(super) struct Tap {
    shards: [Shard; SHARDS],
    watchers: AtomicUsize,
    seen: AtomicU64,
    room: AtomicI64,
    kept: Mutex<Vec<Kept>>,
}

/// A reply that was kept, with the query.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) packet: Vec<u8>,
    pub(super) reply: Vec<u8>,
    pub(super) source: IpAddr,
    pub(super) view: Option<Asker>,
    pub(super) transport: Transport,
    /// What [`status`] names.
    pub(super) kind: usize,
    /// Milliseconds since the epoch.
    pub(super) at: u64,
}

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
}

fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    SHARD.with(|cell| {
        if cell.get() == usize::MAX {
            cell.set(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
        }
        cell.get()
    })
}

impl Tap {
    /// Counts a reply, and keeps it if somebody watches and there is room.
    pub(super) fn see(&self, replied: &Replied<'_>, reply: &[u8]) {
        let last = match replied.action {
            ReplyAction::Later(_, last) => last,
            action => action,
        };
        let kind = match last {
            ReplyAction::Silence | ReplyAction::Later(..) => SILENT,
            ReplyAction::Forward(_) => FORWARDED,
            ReplyAction::Send => sent(reply),
        };
        if let Some(count) = self.shards.get(shard()).and_then(|shard| shard.0.get(kind)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if self.watchers.load(Ordering::Relaxed) > 0 {
            self.keep(replied, reply, kind);
        }
    }

    #[cold]
    fn keep(&self, replied: &Replied<'_>, reply: &[u8], kind: usize) {
        self.seen.fetch_add(1, Ordering::Relaxed);
        if self.room.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return;
        }
        let cut = |bytes: &[u8]| bytes.get(..LONGEST).unwrap_or(bytes).to_vec();
        let kept = Kept {
            packet: cut(replied.packet),
            reply: if kind == SILENT || kind == FORWARDED { Vec::new() } else { cut(reply) },
            source: replied.source,
            view: replied.view,
            transport: replied.transport,
            kind,
            at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)),
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

    /// How many replies of each kind there were since the start.
    pub(super) fn counts(&self) -> Vec<Count> {
        (0..KINDS)
            .map(|kind| {
                let count = self
                    .shards
                    .iter()
                    .filter_map(|shard| shard.0.get(kind))
                    .map(|count| count.load(Ordering::Relaxed))
                    .sum();
                Count { status: status(kind), count }
            })
            .collect()
    }
}

/// The kind of a reply. The only code that an OPT record adds to is BADVERS, and then it is the last record.
fn sent(reply: &[u8]) -> usize {
    match (reply.get(3).map_or(0, |flags| flags & 0x0f), reply) {
        (0, [_, _, _, _, _, _, 0, 0, 0, 0, 0, 1, .., 0, 0, 41, _, _, 1, _, _, _, 0, 0]) => BADVERS,
        (code, _) => usize::from(code),
    }
}

/// What a kind is called.
pub(super) fn status(kind: usize) -> &'static str {
    const NAMES: [&str; KINDS] = [
        "NOERROR",
        "FORMERR",
        "SERVFAIL",
        "NXDOMAIN",
        "NOTIMP",
        "REFUSED",
        "YXDOMAIN",
        "YXRRSET",
        "NXRRSET",
        "NOTAUTH",
        "NOTZONE",
        "DSOTYPENI",
        "RESERVED12",
        "RESERVED13",
        "RESERVED14",
        "RESERVED15",
        "SILENCE",
        "FORWARDED",
        "BADVERS",
    ];
    NAMES.get(kind).copied().unwrap_or("NOERROR")
}

#[cfg(test)]
mod tests {
    use super::{BADVERS, sent, status};

    #[test]
    fn a_code_of_more_bits_is_counted_as_it_is() {
        let header = [0, 1, 0x80, 0x80, 0, 1, 0, 0, 0, 0, 0, 1];
        let question = [1, b'a', 0, 0, 1, 0, 1];
        let opt = |extended| [0, 0, 41, 16, 0, extended, 0, 0, 0, 0, 0];
        let reply = |extended| [&header[..], &question, &opt(extended)].concat();
        assert_eq!(sent(&reply(1)), BADVERS);
        assert_eq!(status(sent(&reply(1))), "BADVERS");
        assert_eq!(status(sent(&reply(0))), "NOERROR");
        assert_eq!(status(sent(&header)), "NOERROR");
        assert_eq!(status(sent(&[0, 1, 0x80, 0x83])), "NXDOMAIN");
        assert_eq!(status(sent(&[0, 1, 0x80])), "NOERROR");
    }
}

//! Counts of queries: by view, protocol, family and type, and by what became of them.
//!
//! Each thread counts in a table of its own. What a thread answered in one go is added in one go, with one look at the
//! clock, so a query costs a few additions. Knows no packets and no sockets.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use smallvec::SmallVec;

use crate::{
    ask::Protocol,
    model::record::RecordType,
    resolve::question::Asker,
    seen::{CODES, Counted, Group, Viewed},
};

/// Threads count, and keep what they log, in as many places.
pub(super) const SHARDS: usize = 8;
/// The most groups of a thread's table. Further views count together.
const GROUPS: usize = 2_048;

/// Counts queries.
#[derive(Debug, Default)]
pub(super) struct Tally {
    shards: [Shard; SHARDS],
    /// Queries that made the server panic.
    pub(super) panics: AtomicU64,
    /// Packets beyond `--pps-limit`.
    pub(super) over_allowance: AtomicU64,
    /// Delayed replies for which there was no place.
    pub(super) delays_dropped: AtomicU64,
}

/// The table of one thread, or of a few, on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<Table>);

type Table = HashMap<Group, Counted, foldhash::fast::FixedState>;

/// A query whose reply leaves, or that gets none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    pub(super) group: Group,
    /// A place in [`CODES`].
    pub(super) code: usize,
    pub(super) request: usize,
    pub(super) response: usize,
}

/// What a thread answered in one go.
pub(super) type Notes = SmallVec<[Note; 64]>;

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The place of this thread.
pub(super) fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    SHARD.with(|cell| {
        if cell.get() == usize::MAX {
            cell.set(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
        }
        cell.get()
    })
}

impl Tally {
    /// Adds queries that took so long.
    pub(super) fn add(&self, notes: &[Note], took: Duration) {
        let Some(shard) = self.shards.get(shard()) else { return };
        let mut table = shard.lock();
        for note in notes {
            let mut group = note.group;
            if table.len() >= GROUPS && !table.contains_key(&group) {
                group = Group { view: Viewed::Others, ..group };
            }
            table.entry(group).or_default().add(note.code, took, note.request, note.response);
        }
    }

    /// All counts, each group once.
    pub(super) fn counts(&self) -> Vec<(Group, Counted)> {
        let mut all = Table::default();
        for shard in &self.shards {
            for (group, counted) in &*shard.lock() {
                all.entry(*group).or_default().merge(counted);
            }
        }
        all.into_iter().collect()
    }
}

impl Shard {
    /// If a thread panicked while it held the lock, some counts miss one query.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The group of a query; the type of one that cannot be read is not known.
pub(super) fn group(
    asker: Option<Asker>,
    protocol: Protocol,
    v6: bool,
    rtype: Option<RecordType>,
) -> Group {
    let view = match asker {
        None => Viewed::Nowhere,
        Some(asker) => asker.vpc().map_or(Viewed::Internet, Viewed::Vpc),
    };
    Group { view, protocol, v6, rtype: rtype.map_or("none", named) }
}

/// The name of a type that is asked often.
fn named(rtype: RecordType) -> &'static str {
    match rtype {
        RecordType::A => "A",
        RecordType::AAAA => "AAAA",
        RecordType::CNAME => "CNAME",
        RecordType::PTR => "PTR",
        RecordType::TXT => "TXT",
        RecordType::SOA => "SOA",
        RecordType::NS => "NS",
        RecordType::MX => "MX",
        RecordType::SRV => "SRV",
        RecordType::ANY => "ANY",
        RecordType(35) => "NAPTR",
        RecordType(43) => "DS",
        RecordType(48) => "DNSKEY",
        RecordType(64) => "SVCB",
        RecordType(65) => "HTTPS",
        RecordType(257) => "CAA",
        _ => "other",
    }
}

/// The place of a reply in [`CODES`]. The only code that an OPT record adds to is BADVERS, and then it is the last
/// record.
pub(super) fn code(reply: &[u8]) -> usize {
    match (reply.get(3).map_or(0, |flags| flags & 0x0f), reply) {
        (0, [_, _, _, _, _, _, 0, 0, 0, 0, 0, 1, .., 0, 0, 41, _, _, 1, _, _, _, 0, 0]) => {
            CODES.len() - 1
        }
        (code, _) => usize::from(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::SILENCE;

    fn note(view: Viewed, code: usize) -> Note {
        let group = Group { view, protocol: Protocol::Udp, v6: false, rtype: "A" };
        Note { group, code, request: 40, response: 90 }
    }

    #[test]
    fn a_code_of_more_bits_is_counted_as_it_is() {
        let header = [0, 1, 0x80, 0x80, 0, 1, 0, 0, 0, 0, 0, 1];
        let question = [1, b'a', 0, 0, 1, 0, 1];
        let opt = |extended| [0, 0, 41, 16, 0, extended, 0, 0, 0, 0, 0];
        let reply = |extended| [&header[..], &question, &opt(extended)].concat();
        assert_eq!(CODES[code(&reply(1))], "BADVERS");
        assert_eq!(CODES[code(&reply(0))], "NOERROR");
        assert_eq!(CODES[code(&header)], "NOERROR");
        assert_eq!(CODES[code(&[0, 1, 0x80, 0x83])], "NXDOMAIN");
        assert_eq!(CODES[code(&[0, 1, 0x80])], "NOERROR");
    }

    #[test]
    fn threads_count_apart_and_are_read_as_one() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let notes = [note(Viewed::Internet, 0), note(Viewed::Internet, 3)];
                    tally.add(&notes, Duration::from_micros(30));
                    tally.add(&[note(Viewed::Nowhere, SILENCE)], Duration::ZERO);
                });
            }
        });
        let counts: HashMap<_, _> = tally.counts().into_iter().collect();
        assert_eq!(counts.len(), 2);
        let internet = &counts[&note(Viewed::Internet, 0).group];
        assert_eq!((internet.codes[0], internet.codes[3], internet.all()), (20, 20, 40));
        assert_eq!(internet.took.count(), 40);
        assert!((internet.took.sum - 40.0 * 30e-6).abs() < 1e-9);
        assert_eq!((internet.request.sum, internet.response.sum), (1600.0, 3600.0));
        assert_eq!(counts[&note(Viewed::Nowhere, 0).group].codes[SILENCE], 20);
    }

    #[test]
    fn many_views_take_no_more_memory() {
        let tally = Tally::default();
        for number in 0..2 * GROUPS {
            let vpc = format!("vpc-{number:08x}").parse().unwrap();
            tally.add(&[note(Viewed::Vpc(vpc), 0)], Duration::ZERO);
        }
        let counts = tally.counts();
        assert!(counts.len() <= GROUPS + 1);
        let sum: u64 = counts.iter().map(|(_, counted)| counted.all()).sum();
        assert_eq!(sum, 2 * GROUPS as u64);
        assert!(counts.iter().any(|(group, _)| group.view == Viewed::Others));
    }
}

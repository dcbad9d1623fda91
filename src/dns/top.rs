//! The names and sources that ask most, while somebody wants to know.
//!
//! Counted in bounded memory (Misra and Gries, 1982): when there are too many different ones, one is taken from each and
//! those at nothing are forgotten. So a count is the least that there were, and what asks often is never lost.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{arrival::Arrival, reader};
use crate::{
    model::{name::Name, record::RecordType},
    seen::{Ranked, Tops},
};

/// How many different ones are counted.
const ENTRIES: usize = 4_096;
/// How many may count at once.
const COUNTS: usize = 4;

/// Those who count.
#[derive(Debug, Default)]
pub(super) struct Counting {
    running: AtomicUsize,
    counts: Mutex<Vec<Arc<Mutex<Count>>>>,
}

/// What was counted since somebody began.
#[derive(Debug, Default)]
struct Count {
    seen: u64,
    names: Most<(Vec<u8>, RecordType)>,
    sources: Most<IpAddr>,
}

#[derive(Debug)]
struct Most<K>(HashMap<K, u64, foldhash::fast::RandomState>);

impl<K> Default for Most<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash + Ord + Clone> Most<K> {
    fn add(&mut self, key: K) {
        if let Some(count) = self.0.get_mut(&key) {
            *count += 1;
        } else if self.0.len() < ENTRIES {
            self.0.insert(key, 1);
        } else {
            self.0.retain(|_, count| {
                *count -= 1;
                *count > 0
            });
        }
    }

    fn first(&self, most: usize) -> Vec<(K, u64)> {
        let mut all: Vec<_> = self.0.iter().map(|(key, count)| (key.clone(), *count)).collect();
        all.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
        all.truncate(most);
        all
    }
}

impl Counting {
    /// Whether somebody counts.
    pub(super) fn runs(&self) -> bool {
        self.running.load(Ordering::Relaxed) > 0
    }

    /// Counts a query.
    #[cold]
    pub(super) fn add(&self, arrival: &Arrival, packet: &[u8]) {
        let question = reader::question(packet);
        let (name, rtype) = match question.split_last_chunk::<4>() {
            Some((name, [high, low, ..])) => {
                (name.to_ascii_lowercase(), RecordType(u16::from_be_bytes([*high, *low])))
            }
            None => return,
        };
        let source = arrival.about.subnet.unwrap_or_else(|| arrival.source.ip()).to_canonical();
        for count in &*self.counts.lock().unwrap_or_else(PoisonError::into_inner) {
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            count.seen += 1;
            count.names.add((name.clone(), rtype));
            count.sources.add(source);
        }
    }

    /// Begins to count. `None` if too many count already.
    pub(super) fn begin(self: &Arc<Self>) -> Option<Window> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTS {
            return None;
        }
        let count = Arc::default();
        counts.push(Arc::clone(&count));
        self.running.store(counts.len(), Ordering::Relaxed);
        Some(Window { counting: Arc::clone(self), count })
    }
}

/// Counts until it is dropped.
#[derive(Debug)]
pub(super) struct Window {
    counting: Arc<Counting>,
    count: Arc<Mutex<Count>>,
}

impl Window {
    /// What was counted so far.
    pub(super) fn tops(&self, most: usize) -> Tops {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let names = count.names.first(most).into_iter().filter_map(|((wire, rtype), count)| {
            Some(Ranked { what: (Name::from_wire(&wire)?, rtype), count })
        });
        let sources = count.sources.first(most).into_iter();
        Tops {
            seen: count.seen,
            names: names.collect(),
            sources: sources.map(|(what, count)| Ranked { what, count }).collect(),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let mut counts = self.counting.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.retain(|count| !Arc::ptr_eq(count, &self.count));
        self.counting.running.store(counts.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        ask::Transport,
        dns::{arrival::About, fixture::query},
    };

    #[test]
    fn what_asks_often_is_found_among_many_names_in_bounded_memory() {
        let counting = Arc::new(Counting::default());
        let window = counting.begin().unwrap();
        for number in 0..100_000_u32 {
            let [_, a, b, c] = number.to_be_bytes();
            let arrival = Arrival {
                source: ([10, a, b, c], 5353).into(),
                transport: Transport::DATAGRAM,
                at: Duration::ZERO,
                about: About::default(),
            };
            counting.add(&arrival, &query(&format!("n{number}.test"), RecordType::A, &[]));
            if number % 10 == 0 {
                let often = Arrival { source: ([192, 0, 2, 1], 1).into(), ..arrival };
                counting.add(&often, &query("Often.test", RecordType::AAAA, &[]));
            }
        }
        let tops = window.tops(3);
        assert_eq!(tops.seen, 110_000);
        let often = (Name::parse("often.test").unwrap(), RecordType::AAAA);
        assert_eq!(tops.names[0].what, often);
        assert!((9_900..=10_000).contains(&tops.names[0].count), "{}", tops.names[0].count);
        assert_eq!(tops.sources[0].what, IpAddr::from([192, 0, 2, 1]));
        assert!(window.count.lock().unwrap().names.0.len() <= ENTRIES);
        let others: Vec<_> = (0..COUNTS).map_while(|_| counting.begin()).collect();
        assert_eq!(others.len(), COUNTS - 1);
        assert!(counting.begin().is_none());
        drop((window, others));
        assert!(!counting.runs());
    }
}

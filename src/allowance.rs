//! How many packets of one source are answered in a second (R6, R7, M10).
//!
//! A network interface of EC2 may send 1024 packets a second to the resolver and the other link-local services
//! together; what is more is dropped in silence. Counted by source address, for DNS and instance metadata together.
//! Knows no packets and no clock.

use std::{
    net::IpAddr,
    num::NonZero,
    sync::{Mutex, PoisonError},
};

use lru::LruCache;

/// The most sources whose packets are counted; of more, the one heard least recently starts again.
const SOURCES: NonZero<usize> = NonZero::new(65_536).unwrap();

/// The counters.
#[derive(Debug)]
pub struct Allowance {
    per_second: u32,
    seen: Mutex<LruCache<IpAddr, Seen>>,
}

/// What a source sent in one second.
#[derive(Clone, Copy, Debug)]
struct Seen {
    second: u64,
    packets: u32,
}

impl Allowance {
    /// So many packets a second for each source.
    pub fn new(per_second: u32) -> Self {
        Self { per_second, seen: Mutex::new(LruCache::new(SOURCES)) }
    }

    /// Counts a packet of a source at second `now`; false if it is one too many.
    pub fn take(&self, source: IpAddr, now: u64) -> bool {
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = all.get_or_insert_mut(source, || Seen { second: now, packets: 0 });
        if seen.second != now {
            *seen = Seen { second: now, packets: 0 };
        }
        seen.packets = seen.packets.saturating_add(1);
        seen.packets <= self.per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_its_own_second() {
        let allowance = Allowance::new(3);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let of = |source, now| (0..5).filter(|_| allowance.take(source, now)).count();
        assert_eq!((of(one, 1), of(one, 1), of(other, 1), of(one, 2)), (3, 0, 3, 3));
    }

    #[test]
    fn many_sources_take_no_more_memory() {
        let allowance = Allowance::new(1);
        for number in 0..200_000_u32 {
            assert!(allowance.take(IpAddr::from(number.to_be_bytes()), 1));
        }
        assert_eq!(allowance.seen.lock().unwrap().len(), SOURCES.get());
    }
}

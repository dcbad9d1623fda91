//! Sources outside every VPC that were seen to be real: they asked over a stream, so they got what was sent to them.
//!
//! Until then a UDP reply to such a source may go to a victim whose address was forged, so it has at most 512 bytes; a
//! longer one is truncated, and the client asks again over TCP. Clients with a place in a VPC, and loopback, get what AWS
//! sends.

use std::{
    net::IpAddr,
    num::NonZero,
    sync::{Mutex, PoisonError},
};

use lru::LruCache;

/// The most bytes of a UDP reply to a source that may be forged (RFC 1035 section 4.2.1).
const FORGED: u16 = 512;
/// The most bytes for a source that is real: what passes any network whole (DNS flag day 2020).
const REAL: u16 = 1_232;
/// How many sources are remembered.
const SOURCES: NonZero<usize> = NonZero::new(16_384).unwrap();
/// For how many seconds.
const LONG: u64 = 3_600;

/// The sources, each with the second in which it was last seen.
#[derive(Debug)]
pub(super) struct Real(Mutex<LruCache<IpAddr, u64>>);

impl Default for Real {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(SOURCES)))
    }
}

impl Real {
    /// A source asked over a stream.
    pub(super) fn seen(&self, source: IpAddr, now: u64) {
        self.lock().put(source.to_canonical(), now);
    }

    /// The most bytes of a UDP reply to a source outside every VPC.
    pub(super) fn most(&self, source: IpAddr, now: u64) -> u16 {
        let seen = self.lock().get(&source.to_canonical()).copied();
        if seen.is_some_and(|seen| now.abs_diff(seen) < LONG) { REAL } else { FORGED }
    }

    /// If a thread panicked while it held the lock, the entries are still complete.
    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<IpAddr, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_real_for_an_hour_after_it_asked_over_a_stream() {
        let real = Real::default();
        let (one, mapped) = ("192.0.2.1".parse().unwrap(), "::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(real.most(one, 10_000), FORGED);
        real.seen(mapped, 10_000);
        assert_eq!((real.most(one, 10_000), real.most(mapped, 13_599)), (REAL, REAL));
        assert_eq!(real.most(one, 13_600), FORGED);
        // A clock that was set back.
        assert_eq!(real.most(one, 1), FORGED);
        for number in 0..20_000_u32 {
            real.seen(IpAddr::from(number.to_be_bytes()), 10_000);
        }
        assert_eq!(real.lock().len(), SOURCES.get());
    }
}

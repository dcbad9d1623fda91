//! Remaining TTLs, as a cache would show them that was filled at fixed moments.

use super::{question::Question, snapshot::Snapshot};
use crate::hash::quick_hash;

/// The TTL to show: what is left of it, or all of it where TTLs are shown whole.
pub fn count_down(ttl: u32, question: &Question<'_>, snapshot: &Snapshot) -> u32 {
    if snapshot.whole_ttls() { ttl } else { left(ttl, question) }
}

/// The TTL left of an answer that was cached at a moment fixed by the View and the name, so that no cache holds state
/// (architecture, decision 4). Never 0 unless the record's TTL is.
pub fn left(ttl: u32, question: &Question<'_>) -> u32 {
    if ttl == 0 {
        return 0;
    }
    let (words, rest) = question.name.wire().as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    let vpc = question.asker.vpc().map(|vpc| u64::from_le_bytes(vpc.low_bytes()));
    let hash = quick_hash(words.chain(rest).chain(vpc));
    let passed = question.now.wrapping_add(hash >> 16) % u64::from(ttl);
    ttl - u32::try_from(passed).unwrap_or(0)
}

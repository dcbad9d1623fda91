//! Remaining TTLs, as a cache would show them that was filled at fixed moments.

use super::{question::Question, snapshot::Snapshot};

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
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |word: u64| {
        hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    let (words, rest) = question.name.wire().as_chunks::<8>();
    words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
    rest.iter().for_each(|byte| mix(u64::from(*byte)));
    if let Some(vpc) = question.asker.vpc() {
        mix(u64::from_le_bytes(vpc.low_bytes()));
    }
    let passed = question.now.wrapping_add(hash >> 16) % u64::from(ttl);
    ttl - u32::try_from(passed).unwrap_or(0)
}

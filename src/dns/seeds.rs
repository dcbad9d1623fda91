//! Seeds for the order of records in answers, one after the other.

use std::sync::atomic::{AtomicU32, Ordering};

/// A counter, mixed so that every remainder of it changes irregularly.
///
/// A bare counter would show a client that always asks the same two names each in one order for ever.
pub(super) struct Seeds(u32);

impl Seeds {
    /// A sequence of its own for each number.
    pub(super) fn new(number: u32) -> Self {
        Self(mix(number))
    }

    /// The next seed.
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0)
    }
}

/// [`Seeds`] that several threads may take from.
#[derive(Debug)]
pub(super) struct SharedSeeds(AtomicU32);

impl SharedSeeds {
    /// A sequence of its own for each number, the same as that of [`Seeds`].
    pub(super) fn new(number: u32) -> Self {
        Self(AtomicU32::new(mix(number)))
    }

    /// The next seed.
    pub(super) fn next(&self) -> u32 {
        mix(self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }
}

/// The finalizer of MurmurHash3: each bit of the input changes half the bits of the output.
fn mix(value: u32) -> u32 {
    let value = (value ^ value >> 16).wrapping_mul(0x85eb_ca6b);
    let value = (value ^ value >> 13).wrapping_mul(0xc2b2_ae35);
    value ^ value >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_seeds_are_the_same_sequence() {
        let (mut seeds, shared) = (Seeds::new(7), SharedSeeds::new(7));
        for _ in 0..10 {
            assert_eq!(shared.next(), seeds.next());
        }
    }

    #[test]
    fn twenty_seeds_turn_two_records_both_ways() {
        for number in 0..4 {
            for step in [1, 2, 3] {
                let mut seeds = Seeds::new(number);
                let every = (0..20).map(|_| (0..step).fold(0, |_, _| seeds.next()) % 2);
                let turns: Vec<u32> = every.collect();
                assert!(
                    turns.contains(&0) && turns.contains(&1),
                    "worker {number}, every {step}: {turns:?}"
                );
            }
        }
    }
}

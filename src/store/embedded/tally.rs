//! Checksums: of a row, and of all rows together.
//!
//! A row's own tells when it was altered. The tally tells when a whole row went missing, which the row cannot.

use serde::{Deserialize, Serialize};

/// The part the tally is kept under, beside the tables of the World.
pub(super) const TALLY: &str = "tally";

/// How many commits made the rows, how many rows there are, and what their checksums add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// The number of the last commit.
    pub(super) commit: u64,
    /// The number of rows.
    pub(super) rows: u64,
    /// The sum of their checksums, modulo 2⁶⁴.
    pub(super) sum: u64,
}

impl Tally {
    /// Counts a row.
    pub(super) fn add(&mut self, crc: u32) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(u64::from(crc));
    }

    /// Counts a row no longer.
    pub(super) fn take(&mut self, crc: u32) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(u64::from(crc));
    }

    /// Three numbers, so writing them cannot fail.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The checksum of a row (CRC-32).
pub(super) fn crc(part: &str, key: &str, value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for text in [part, key] {
        hasher.update(text.as_bytes());
        hasher.update(&[0xff]); // in no UTF-8 text
    }
    hasher.update(value);
    hasher.finalize()
}

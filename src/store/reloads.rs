//! How often the files were read again, and how that ended.

use std::time::{SystemTime, UNIX_EPOCH};

/// Counts of reloads since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloads {
    /// How many put what was read in place.
    pub ok: u64,
    /// How many left everything as it was.
    pub failed: u64,
    /// When the last one ended, in seconds since the epoch. `None` if there was none.
    pub last: Option<u64>,
    /// Why the last one failed. `None` if it did not.
    pub error: Option<String>,
}

impl Reloads {
    /// Counts one.
    pub(super) fn count(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.ok += 1,
            Err(_) => self.failed += 1,
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        self.last = Some(now.map_or(0, |passed| passed.as_secs()));
        self.error = outcome.err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_decides_what_is_told() {
        let mut reloads = Reloads::default();
        assert_eq!(reloads.last, None);
        reloads.count(Err("no".to_owned()));
        assert_eq!((reloads.failed, reloads.error.as_deref()), (1, Some("no")));
        reloads.count(Ok(()));
        assert_eq!((reloads.ok, reloads.failed, &reloads.error), (1, 1, &None));
        assert!(reloads.last.is_some());
    }
}

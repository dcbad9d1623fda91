//! Whether the loops that answer still turn.
//!
//! A UDP worker counts each time it took what came, and each time a wait ended. A worker that hangs or has ended counts no
//! more. TCP is a task of the runtime for each listener, which only a panic ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::AbortHandle;

/// The time between two looks at the counts.
const LOOK: Duration = Duration::from_millis(20);

/// How often a worker's loop turned. Only the worker writes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<AtomicU64>);

impl Turns {
    /// Counts one turn.
    pub(super) fn count(&self) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tells whether the workers and servers of a front are alive. Needs [`Config::pulse`](super::Config::pulse).
#[derive(Debug)]
pub struct Pulse {
    workers: Vec<Turns>,
    servers: Vec<AbortHandle>,
}

impl Pulse {
    pub(super) fn new(workers: Vec<Turns>, servers: Vec<AbortHandle>) -> Self {
        Self { workers, servers }
    }

    /// Waits until every worker's loop turned once more. False if one did not in time, or if a TCP server has ended.
    pub fn beats(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let before: Vec<u64> = self.workers.iter().map(Turns::get).collect();
        loop {
            if self.servers.iter().any(AbortHandle::is_finished) {
                return false;
            }
            if self.workers.iter().zip(&before).all(|(turns, before)| turns.get() != *before) {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            std::thread::sleep(LOOK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_that_stands_still_is_no_pulse() {
        let workers = vec![Turns::default(), Turns::default()];
        let pulse = Pulse::new(workers.clone(), Vec::new());
        let stop = Arc::new(AtomicU64::new(0));
        let turning = |turns: Turns, stop: Arc<AtomicU64>| {
            std::thread::spawn(move || {
                while stop.load(Ordering::Relaxed) == 0 {
                    turns.count();
                    std::thread::yield_now();
                }
            })
        };
        let first = turning(workers[0].clone(), Arc::clone(&stop));
        assert!(!pulse.beats(Duration::from_millis(60)));
        let second = turning(workers[1].clone(), Arc::clone(&stop));
        assert!(pulse.beats(Duration::from_secs(20)));
        stop.store(1, Ordering::Relaxed);
        first.join().unwrap();
        second.join().unwrap();
    }
}

//! What becomes of a query once its packet was read.

use std::time::Duration;

use super::forwarded::Job;

/// What to do with the reply buffer.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// Send it.
    Send,
    /// Send nothing.
    Silence,
    /// Ask somebody else first.
    Forward(Box<Job>),
    /// Do this after a while.
    Later(Duration, Box<Verdict>),
}

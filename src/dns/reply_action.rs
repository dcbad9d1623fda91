//! The decision about a query: reply, forward, delay, or stay silent.

use std::time::Duration;

use super::forwarded::Job;

/// What to do with the reply buffer.
#[derive(Clone, Debug)]
pub(super) enum ReplyAction {
    /// Send it.
    Send,
    /// Send nothing.
    Silence,
    /// Ask somebody else first.
    Forward(Box<Job>),
    /// Wait, then do as the inner one says.
    Later(Duration, Box<ReplyAction>),
}

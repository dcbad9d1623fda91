//! A query as it arrived, with what was read of it.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{ask::Transport, model::record::RecordType, resolve::question::Asker};

/// A query as it arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// Where it came from.
    pub(super) source: SocketAddr,
    /// How it came.
    pub(super) transport: Transport,
    /// When it was read, from the epoch on.
    pub(super) at: Duration,
    /// What was read of it.
    pub(super) about: About,
}

/// What was read of a query while it was answered.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct About {
    /// Where it is asked from; `None` if that was not looked at, or nowhere.
    pub(super) asker: Option<Asker>,
    /// The address of its Client Subnet, if that decided where it is asked from.
    pub(super) subnet: Option<IpAddr>,
    /// The type; `None` if it cannot be read.
    pub(super) rtype: Option<RecordType>,
    /// Whether it comes from outside every VPC, and not from loopback.
    pub(super) is_outside: bool,
}

impl Arrival {
    /// How long ago it was read. A clock that was set back makes it nothing.
    pub(super) fn age(&self) -> Duration {
        now().saturating_sub(self.at)
    }
}

/// The time since the epoch.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

//! What all listeners share, and what each has of its own.

use std::{net::SocketAddr, sync::Arc};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::{delay::Delays, forward::Forwarder, identity::Identity, placement::Access, tap::Tap};
use crate::{
    allowance::Allowance,
    resolve::{question::Asker, snapshot::Snapshot},
};

/// The World as the front sees it: one Snapshot at a time, replaced as the World changes.
pub type SharedSnapshot = Arc<ArcSwap<Snapshot>>;

/// What every listener knows.
#[derive(Debug)]
pub(super) struct Shared {
    /// The World, replaced as it changes.
    pub(super) live: SharedSnapshot,
    /// Who may ask.
    pub(super) access: Access,
    /// What class CHAOS answers.
    pub(super) identity: Identity,
    /// The forwarder for names outside the World.
    pub(super) upstream: Vec<SocketAddr>,
    /// How many packets a source may send.
    pub(super) allowance: Option<Arc<Allowance>>,
    /// Where replies that a fault delays wait.
    pub(super) delays: Delays,
    /// Asks them.
    pub(super) forwarder: Arc<Forwarder>,
    /// Counts replies and passes some to watchers.
    pub(super) tap: Tap,
    /// Turns true when the server stops. A task that waits with a socket then drops the socket first.
    pub(super) stopped: watch::Sender<bool>,
    /// Where forwarded questions wait.
    pub(super) runtime: tokio::runtime::Handle,
}

/// One listener, as its UDP workers and its TCP server see it.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// What it has in common with the others.
    pub(super) shared: Arc<Shared>,
    /// Its view.
    pub(super) view: Option<Asker>,
}

//! What all listeners share, and what each has of its own.

use std::{net::SocketAddr, sync::Arc};

use arc_swap::ArcSwap;
use tokio::sync::watch;

#[cfg(feature = "server")]
use super::query_log::QueryLog;
use super::{
    arrival::{About, Arrival},
    connections::Connections,
    delay::Delays,
    forward::Forwarder,
    identity::Identity,
    placement::Access,
    real::Real,
    tally::{self, Note, Tally},
    tap::Tap,
    top::Counting,
};
use crate::{
    allowance::Allowance,
    resolve::{question::Asker, snapshot::Snapshot},
    seen::SILENCE,
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
    /// Whether nothing is sent that AWS would not send.
    pub(super) exact: bool,
    /// The sources outside every VPC that are not forged.
    pub(super) real: Real,
    /// Where replies that a fault delays wait.
    pub(super) delays: Delays,
    /// Asks them.
    pub(super) forwarder: Arc<Forwarder>,
    /// Passes some replies to watchers.
    pub(super) tap: Tap,
    /// Counts names and sources while somebody wants to know.
    pub(super) counting: Arc<Counting>,
    /// Keeps what is logged of queries until it is written.
    #[cfg(feature = "server")]
    pub(super) query_log: Option<Arc<QueryLog>>,
    /// Counts queries.
    pub(super) tally: Tally,
    /// The TCP connections.
    pub(super) connections: Arc<Connections>,
    /// Turns true when the server stops. A task that waits with a socket then drops the socket first.
    pub(super) stopped: watch::Sender<bool>,
    /// Where forwarded questions wait.
    pub(super) runtime: tokio::runtime::Handle,
}

impl Shared {
    /// Tells watchers of a reply, or of silence, and gives what is to be counted.
    pub(super) fn told(&self, arrival: &Arrival, packet: &[u8], reply: Option<&[u8]>) -> Note {
        let code = reply.map_or(SILENCE, tally::code);
        if self.tap.is_watched() {
            self.tap.keep(arrival, packet, reply, code);
        }
        if self.counting.runs() {
            self.counting.add(arrival, packet);
        }
        #[cfg(feature = "server")]
        if let (Some(log), Some(reply)) = (&self.query_log, reply) {
            log.add(arrival, packet, reply);
        }
        let About { asker, rtype, .. } = arrival.about;
        let v6 = arrival.source.is_ipv6() && arrival.source.ip().to_canonical().is_ipv6();
        Note {
            group: tally::group(asker, arrival.transport.protocol, v6, rtype),
            code,
            request: packet.len(),
            response: reply.map_or(0, <[u8]>::len),
        }
    }
}

/// One listener, as its UDP workers and its TCP server see it.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// What it has in common with the others.
    pub(super) shared: Arc<Shared>,
    /// Its view.
    pub(super) view: Option<Asker>,
}

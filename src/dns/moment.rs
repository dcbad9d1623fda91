//! A listener with one Snapshot: answers packets from it and counts every reply.

use std::{
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use arc_swap::Guard;

use super::{
    front::Front,
    reader::Head,
    reply_action::ReplyAction,
    respond::{self, Inputs},
    tap::Replied,
    writer::code,
};
use crate::{ask::Transport, resolve::snapshot::Snapshot};

/// A listener at one moment: with the World as it is, by the system's clock.
pub(super) struct Moment<'f> {
    front: &'f Front,
    snapshot: Guard<Arc<Snapshot>>,
    /// How long ago the epoch began.
    pub(super) since: Duration,
}

impl<'f> Moment<'f> {
    /// The listener with the current Snapshot. A packet that arrived earlier is answered from it or from a later one.
    pub(super) fn of(front: &'f Front) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { front, snapshot: front.shared.live.load(), since }
    }

    /// Answers a packet.
    ///
    /// A panic is logged and gives the client SERVFAIL. It does not reach the caller.
    pub(super) fn reply(
        &self,
        packet: &[u8],
        source: SocketAddr,
        transport: Transport,
        seed: u32,
        out: &mut Vec<u8>,
    ) -> ReplyAction {
        let Front { shared, view } = self.front;
        let now = self.since.as_secs();
        let allowance = shared.allowance.as_ref();
        if allowance.is_some_and(|allowance| !allowance.take(source.ip().to_canonical(), now)) {
            return ReplyAction::Silence;
        }
        let inputs = Inputs {
            snapshot: &self.snapshot,
            access: &shared.access,
            view: *view,
            identity: &shared.identity,
            upstream: &shared.upstream,
            source: source.ip(),
            transport,
            now,
            seed,
        };
        // `out` is overwritten before it is read again, so a half-written reply is no harm.
        let action = catch_unwind(AssertUnwindSafe(|| respond::respond(&inputs, packet, out)))
            .unwrap_or_else(|_| {
                tracing::error!(%source, "a query made the server panic; it is answered with SERVFAIL");
                match Head::read(packet) {
                    Some(head) => respond::bare(head, code::SERVFAIL, out),
                    None => ReplyAction::Silence,
                }
            });
        let replied =
            Replied { packet, source: source.ip(), view: *view, transport, action: &action };
        shared.tap.see(&replied, out);
        action
    }
}

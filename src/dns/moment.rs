//! A listener with one Snapshot: answers packets from it and notes every reply.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arc_swap::Guard;

use super::{
    arrival::{About, Arrival, now},
    front::Front,
    pending::{Pending, When},
    reader::Head,
    reply_action::ReplyAction,
    respond::{self, Inputs},
    tally::Notes,
    writer::code,
};
use crate::{ask::Transport, resolve::snapshot::Snapshot};

/// A listener at one moment: with the World as it is, by the system's clock. What it answered is counted when it ends.
pub(super) struct Moment<'f> {
    front: &'f Front,
    snapshot: Guard<Arc<Snapshot>>,
    /// How long ago the epoch began.
    pub(super) since: Duration,
    notes: RefCell<Notes>,
}

impl<'f> Moment<'f> {
    /// The listener with the current Snapshot. A packet that arrived earlier is answered from it or from a later one.
    pub(super) fn of(front: &'f Front) -> Self {
        let snapshot = front.shared.live.load();
        Self { front, snapshot, since: now(), notes: RefCell::default() }
    }

    /// Answers a packet. A reply that is there at once is in `out`.
    ///
    /// A panic is logged and gives the client SERVFAIL. It does not reach the caller.
    pub(super) fn reply(
        &self,
        packet: &[u8],
        source: SocketAddr,
        transport: Transport,
        seed: u32,
        out: &mut Vec<u8>,
    ) -> When {
        let Front { shared, view } = self.front;
        let seconds = self.since.as_secs();
        let allowance = shared.allowance.as_ref();
        if allowance.is_some_and(|allowance| !allowance.take(source.ip().to_canonical(), seconds)) {
            shared.tally.over_allowance.fetch_add(1, Ordering::Relaxed);
            return When::Never;
        }
        let about = Cell::new(About::default());
        let inputs = Inputs {
            snapshot: &self.snapshot,
            access: &shared.access,
            view: *view,
            identity: &shared.identity,
            upstream: &shared.upstream,
            source: source.ip(),
            transport,
            now: seconds,
            seed,
            exact: shared.exact,
            real: &shared.real,
            about: &about,
        };
        // `out` is overwritten before it is read again, so a half-written reply is no harm.
        let action = catch_unwind(AssertUnwindSafe(|| respond::respond(&inputs, packet, out)))
            .unwrap_or_else(|_| {
                shared.tally.panics.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%source, "a query made the server panic; it is answered with SERVFAIL");
                match Head::read(packet) {
                    Some(head) => respond::bare(head, code::SERVFAIL, out),
                    None => ReplyAction::Silence,
                }
            });
        let arrival = Arrival { source, transport, at: self.since, about: about.get() };
        let when = Pending::begin(shared, action, (&arrival, packet), out);
        let reply = match when {
            When::Now => Some(out.as_slice()),
            When::Never => None,
            // It is told of once it is there.
            When::Later(_) => return when,
        };
        self.notes.borrow_mut().push(shared.told(&arrival, packet, reply));
        when
    }
}

impl Drop for Moment<'_> {
    fn drop(&mut self) {
        let notes = self.notes.borrow();
        if !notes.is_empty() {
            self.front.shared.tally.add(&notes, now().saturating_sub(self.since));
        }
    }
}

//! Replies that wait for a delay or for another server: limited by slots.
//!
//! A slot is taken before a task is spawned. `respond` and `forwarded` decide the reply.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::sync::OwnedSemaphorePermit;

use super::{
    arrival::Arrival,
    forward::{Slot, Unheard},
    forwarded::Job,
    front::Shared,
    reply_action::ReplyAction,
};

/// When a reply is sent.
pub(super) enum When {
    /// At once.
    Now,
    /// Never.
    Never,
    /// After a wait.
    Later(Box<Pending>),
}

/// A reply that waits.
pub(super) struct Pending {
    delay: Option<(Duration, OwnedSemaphorePermit)>,
    job: Option<Box<Job>>,
    /// The slot among clients that wait for another server; taken after a delay.
    slot: Option<Slot>,
    reply: Vec<u8>,
    arrival: Arrival,
    packet: Vec<u8>,
}

impl Pending {
    /// Takes a slot for a reply that has to wait. If no slot is free, a forwarded question gets SERVFAIL in `reply`,
    /// and a delayed reply is dropped.
    pub(super) fn begin(
        shared: &Shared,
        action: ReplyAction,
        (arrival, packet): (&Arrival, &[u8]),
        reply: &mut Vec<u8>,
    ) -> When {
        let later = |delay, job, slot, reply| {
            let (arrival, packet) = (*arrival, packet.to_vec());
            When::Later(Box::new(Self { delay, job, slot, reply, arrival, packet }))
        };
        match action {
            ReplyAction::Send => When::Now,
            ReplyAction::Silence => When::Never,
            ReplyAction::Forward(job) => {
                if shared.forwarder.came_round(&job.key.name) {
                    job.fail(Unheard::Loop, reply);
                    return When::Now;
                }
                let Some(slot) = shared.forwarder.slot(&job.key) else {
                    job.fail(Unheard::Busy, reply);
                    return When::Now;
                };
                later(None, Some(job), Some(slot), Vec::new())
            }
            ReplyAction::Later(time, then) => {
                let job = match *then {
                    ReplyAction::Send => None,
                    ReplyAction::Forward(job) => Some(job),
                    ReplyAction::Silence | ReplyAction::Later(..) => return When::Never,
                };
                let Some(slot) = shared.delays.slot() else {
                    shared.tally.delays_dropped.fetch_add(1, Ordering::Relaxed);
                    return When::Never;
                };
                later(Some((time, slot)), job, None, reply.clone())
            }
        }
    }

    /// Waits, and gives the reply; `None` if there is none to send.
    pub(super) async fn reply(self, shared: &Shared) -> Option<Vec<u8>> {
        let mut reply = self.reply;
        if let Some((time, _slot)) = self.delay {
            tokio::time::sleep(time).await;
        }
        if let Some(job) = self.job {
            match self.slot.or_else(|| shared.forwarder.slot(&job.key)) {
                Some(_slot) => job.answer(&shared.forwarder, &shared.upstream, &mut reply).await,
                None => job.fail(Unheard::Busy, &mut reply),
            }
        }
        let reply = (!reply.is_empty()).then_some(reply);
        let note = shared.told(&self.arrival, &self.packet, reply.as_deref());
        shared.tally.add(&[note], self.arrival.age());
        reply
    }
}

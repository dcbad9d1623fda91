//! Replies that wait for a delay or for another server: limited by slots.
//!
//! A slot is taken before a task is spawned. `respond` and `forwarded` decide the reply.

use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::{forward::Slot, forwarded::Job, front::Shared, reply_action::ReplyAction};

/// When a reply is sent.
pub(super) enum When {
    /// At once.
    Now,
    /// Never.
    Never,
    /// After a wait.
    Later(Pending),
}

/// A reply that waits.
pub(super) struct Pending {
    delay: Option<(Duration, OwnedSemaphorePermit)>,
    job: Option<Box<Job>>,
    /// The slot among clients that wait for another server; taken after a delay.
    slot: Option<Slot>,
    reply: Vec<u8>,
}

impl Pending {
    /// Takes a slot for a reply that has to wait. If no slot is free, a forwarded question gets SERVFAIL in `reply`,
    /// and a delayed reply is dropped.
    pub(super) fn begin(shared: &Shared, action: ReplyAction, reply: &mut Vec<u8>) -> When {
        match action {
            ReplyAction::Send => When::Now,
            ReplyAction::Silence => When::Never,
            ReplyAction::Forward(job) => {
                if shared.forwarder.came_round(&job.key.name) {
                    job.fail(reply);
                    return When::Now;
                }
                let Some(slot) = shared.forwarder.slot(&job.key) else {
                    job.fail(reply);
                    return When::Now;
                };
                let (job, slot) = (Some(job), Some(slot));
                When::Later(Self { delay: None, job, slot, reply: Vec::new() })
            }
            ReplyAction::Later(time, then) => {
                let job = match *then {
                    ReplyAction::Send => None,
                    ReplyAction::Forward(job) => Some(job),
                    ReplyAction::Silence | ReplyAction::Later(..) => return When::Never,
                };
                let Some(slot) = shared.delays.slot() else { return When::Never };
                let delay = Some((time, slot));
                When::Later(Self { delay, job, slot: None, reply: reply.clone() })
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
                None => job.fail(&mut reply),
            }
        }
        (!reply.is_empty()).then_some(reply)
    }
}

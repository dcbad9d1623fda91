//! Replies that wait, for a delay or for another server: never more than there are places for.
//!
//! A place is taken before there is a task to wait in. What is said in the end is decided in `respond` and `forwarded`.

use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::{forward::Place, forwarded::Job, front::Shared, verdict::Verdict};

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
    /// The place among those who wait for another server; taken after a delay.
    place: Option<Place>,
    reply: Vec<u8>,
}

impl Pending {
    /// Takes a place for a reply that has to wait. Where there is none, a forwarded question is answered SERVFAIL in
    /// `reply`, and a delayed reply is dropped.
    pub(super) fn begin(shared: &Shared, verdict: Verdict, reply: &mut Vec<u8>) -> When {
        match verdict {
            Verdict::Send => When::Now,
            Verdict::Silence => When::Never,
            Verdict::Forward(job) => {
                if shared.forwarder.came_round(&job.key.name) {
                    job.fail(reply);
                    return When::Now;
                }
                let Some(place) = shared.forwarder.place(&job.key) else {
                    job.fail(reply);
                    return When::Now;
                };
                let (job, place) = (Some(job), Some(place));
                When::Later(Self { delay: None, job, place, reply: Vec::new() })
            }
            Verdict::Later(time, then) => {
                let job = match *then {
                    Verdict::Send => None,
                    Verdict::Forward(job) => Some(job),
                    Verdict::Silence | Verdict::Later(..) => return When::Never,
                };
                let Some(place) = shared.delays.place() else { return When::Never };
                let delay = Some((time, place));
                When::Later(Self { delay, job, place: None, reply: reply.clone() })
            }
        }
    }

    /// Waits, and gives the reply; `None` if there is none to send.
    pub(super) async fn reply(self, shared: &Shared) -> Option<Vec<u8>> {
        let mut reply = self.reply;
        if let Some((time, place)) = self.delay {
            tokio::time::sleep(time).await;
            drop(place);
        }
        if let Some(job) = self.job {
            match self.place.or_else(|| shared.forwarder.place(&job.key)) {
                Some(_place) => job.answer(&shared.forwarder, &shared.upstream, &mut reply).await,
                None => job.fail(&mut reply),
            }
        }
        (!reply.is_empty()).then_some(reply)
    }
}

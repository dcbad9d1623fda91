//! Answers messages that arrive without a socket of this folder: from a stream, or over HTTP.
//!
//! `moment.rs` answers; `pending.rs` limits how many replies may wait.

use std::{net::SocketAddr, sync::Arc};

use futures_util::FutureExt;
use tokio::task::JoinSet;

use super::{front::Front, moment::Moment, pending::When, seeds::SharedSeeds};
use crate::ask::{Ask, Asked, Transport};

/// Answers messages as a listener does.
#[derive(Debug)]
pub(super) struct Asking {
    front: Arc<Front>,
    seeds: SharedSeeds,
}

impl Asking {
    /// Answers as `front` does. The number chooses the sequence of seeds that rotate answers.
    pub(super) fn new(front: Arc<Front>, number: u32) -> Self {
        Self { front, seeds: SharedSeeds::new(number) }
    }

    /// Turns true when the server stops, which then waits for this to be dropped.
    #[cfg(feature = "encrypted")]
    pub(super) fn stopped(&self) -> tokio::sync::watch::Receiver<bool> {
        self.front.shared.stopped.subscribe()
    }
}

impl Ask for Asking {
    fn begin(
        &self,
        message: &[u8],
        peer: SocketAddr,
        transport: Transport,
        reply: &mut Vec<u8>,
    ) -> Asked {
        let seed = self.seeds.next();
        match Moment::of(&self.front).reply(message, peer, transport, seed, reply) {
            When::Now => Asked::Now,
            When::Never => Asked::Silence,
            When::Later(pending) => {
                // Other clients may wait for the same answer, so the work is done on the runtime of DNS, whoever asks. The
                // task ends with the set.
                let front = Arc::clone(&self.front);
                let mut task = JoinSet::new();
                task.spawn_on(
                    async move { pending.reply(&front.shared).await },
                    &self.front.shared.runtime,
                );
                Asked::Later(async move { task.join_next().await?.ok()? }.boxed())
            }
        }
    }
}

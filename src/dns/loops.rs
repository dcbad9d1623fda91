//! Loops: a server that asks this one for what this one asks it.
//!
//! The same question that comes back is a hint only: another client may ask it as well. So the server is then asked for a
//! name that nobody can know, below the name in question. If that name comes back as a client's question, it went round.
//! It also finds loops through several servers, and no server on the way can remove it, as most remove EDNS options they
//! do not know. It costs one question, and only while a name that several asked for stays unanswered.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use data_encoding::BASE32_NOPAD;
use hickory_resolver::proto::op::Query;
use lru::LruCache;

use super::{exchange, forward::size, heard::to_hickory, upstream::Upstream};
use crate::model::{name::Name, record::RecordType};

/// The most names that may be on their way through a loop.
const CANARIES: usize = 1_024;
/// Random bytes of a name.
const RANDOM: usize = 15;

/// Finds loops.
pub(super) struct Loops {
    canaries: Mutex<LruCache<Name, Arc<Upstream>>>,
    found: AtomicU64,
}

/// A question that was sent, watched in case it comes back.
pub(super) struct Watched {
    pub(super) loops: Arc<Loops>,
    pub(super) name: Name,
    /// Whether somebody asked the same while it was out.
    pub(super) returned: Arc<AtomicBool>,
}

impl Watched {
    /// A server is late with the question.
    pub(super) fn late(&self, server: &Arc<Upstream>) {
        if self.returned.load(Ordering::Relaxed) && server.may_look_for_loop() {
            self.loops.look(server, &self.name);
        }
    }
}

impl Loops {
    pub(super) fn new() -> Self {
        Self { canaries: Mutex::new(LruCache::new(size(CANARIES))), found: AtomicU64::new(0) }
    }

    /// How many were found since the start.
    pub(super) fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Sends a name on its way.
    fn look(&self, server: &Arc<Upstream>, below: &Name) {
        let mut random = [0; RANDOM];
        if getrandom::fill(&mut random).is_err() {
            return;
        }
        let label = BASE32_NOPAD.encode(&random).to_ascii_lowercase();
        // The name itself may be the longest there is.
        let Ok(name) = Name::parse(&format!("{label}.{below}")) else { return };
        let Some(hickory) = to_hickory(&name) else { return };
        self.lock().put(name, Arc::clone(server));
        let (server, query) = (Arc::clone(server), Query::query(hickory, RecordType::A.0.into()));
        tokio::spawn(async move { exchange::probe(&server, &query).await });
    }

    /// Whether an incoming question is one that this server sent to look for a loop. If so, its server is not asked for
    /// a while.
    pub(super) fn came_round(&self, name: &Name) -> bool {
        let Some(server) = self.lock().pop(name) else { return false };
        // Counted first: whoever waits for the server is told next.
        self.found.fetch_add(1, Ordering::Relaxed);
        let pause: Duration = server.loops();
        tracing::warn!(
            server = %server.address,
            seconds = pause.as_secs(),
            "forwarding loop: this upstream server sends our queries back to us. vpcdns does not ask it for a while; \
             set another --upstream",
        );
        true
    }

    /// If a thread panicked while it held the lock, the entries are still complete.
    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<Name, Arc<Upstream>>> {
        self.canaries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

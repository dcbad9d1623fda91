//! Forwarding: asking other servers in bounded work, and keeping what they said.
//!
//! Knows flights, limits and what is kept. Which questions go out, and to whom, `resolve` decides; how one goes over the
//! wire is in `exchange.rs`, what is made of the answer in `forwarded.rs`.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lru::LruCache;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, timeout, timeout_at},
};

use super::{exchange::Exchanges, heard::Heard};
use crate::model::{name::Name, record::RecordType};

/// Questions that may be out at once; one more is answered SERVFAIL at once.
const LOOKUPS: usize = 256;
/// Clients that may wait for them, whether or not they ask the same; one more is answered SERVFAIL at once.
pub(super) const WAITING: usize = 4096;
/// Answers kept, to be given until their time is up, and again when nobody answers (R26).
const KEPT: usize = 4096;
/// The largest answer that is kept, in bytes of its names and data: what all of them together take is bounded by that.
const LARGEST_KEPT: usize = 16 << 10;
/// How long a client waits at most, for all that one question leads to.
pub(super) const PATIENCE: Duration = Duration::from_millis(4_800);

/// What was asked of whom.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub(super) servers: Vec<SocketAddr>,
    pub(super) name: Name,
    pub(super) rtype: RecordType,
}

/// Why nothing was heard. The client gets SERVFAIL either way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unheard {
    /// Too many questions are out.
    Busy,
    /// Nobody answered in time, or with a failure.
    Failed,
}

type Outcome = Result<Arc<Heard>, Unheard>;
type Flight = watch::Receiver<Option<Outcome>>;

/// What was said, and when.
struct Kept {
    heard: Arc<Heard>,
    since: Instant,
}

/// Asks other servers.
pub(super) struct Forwarder {
    exchanges: Exchanges,
    flights: Mutex<HashMap<Key, Flight>>,
    kept: Mutex<LruCache<Key, Kept>>,
    lookups: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl std::fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forwarder")
            .field("lookups_free", &self.lookups.available_permits())
            .finish_non_exhaustive()
    }
}

/// Takes a flight off the list when it ends, by a panic too.
struct Landing {
    forwarder: Arc<Forwarder>,
    key: Key,
}

impl Drop for Landing {
    fn drop(&mut self) {
        lock(&self.forwarder.flights).remove(&self.key);
    }
}

impl Forwarder {
    pub(super) fn new() -> Self {
        Self {
            exchanges: Exchanges::new(),
            flights: Mutex::default(),
            kept: Mutex::new(LruCache::new(size(KEPT))),
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// A place for a client that waits; none if too many do.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.waiting).try_acquire_owned().ok()
    }

    /// Gives what is kept, or asks, or waits with others who asked the same, until then; an old answer takes the place
    /// of none.
    pub(super) async fn ask(self: &Arc<Self>, key: &Key, until: Instant) -> Outcome {
        if let Some(heard) = self.fresh(key) {
            return Ok(heard);
        }
        self.fly(key, until).await.or_else(|unheard| {
            let old = lock(&self.kept).get(key).map(|kept| Arc::clone(&kept.heard));
            old.map(|old| Arc::new(old.stale())).ok_or(unheard)
        })
    }

    /// What is kept and still holds.
    fn fresh(&self, key: &Key) -> Option<Arc<Heard>> {
        let (heard, age) = {
            let mut all = lock(&self.kept);
            let kept = all.get(key)?;
            (Arc::clone(&kept.heard), kept.since.elapsed())
        };
        (age < heard.lifetime()).then(|| Arc::new(heard.aged(age)))
    }

    fn keep(&self, key: &Key, heard: &Arc<Heard>) {
        if heard.size() > LARGEST_KEPT {
            return;
        }
        let kept = Kept { heard: Arc::clone(heard), since: Instant::now() };
        lock(&self.kept).put(key.clone(), kept);
    }

    async fn fly(self: &Arc<Self>, key: &Key, until: Instant) -> Outcome {
        let mut flight = {
            let mut flights = lock(&self.flights);
            match flights.get(key) {
                Some(flight) => flight.clone(),
                None => {
                    let permit =
                        Arc::clone(&self.lookups).try_acquire_owned().map_err(|_| Unheard::Busy)?;
                    let (sender, flight) = watch::channel(None);
                    flights.insert(key.clone(), flight.clone());
                    let landing = Landing { forwarder: Arc::clone(self), key: key.clone() };
                    tokio::spawn(async move {
                        let Landing { forwarder, key } = &landing;
                        let heard = forwarder.look_up(key).await;
                        if let Ok(heard) = &heard {
                            forwarder.keep(key, heard);
                        }
                        drop(landing);
                        // Nobody may be waiting any more.
                        let _ = sender.send(Some(heard));
                        drop(permit);
                    });
                    flight
                }
            }
        };
        let landed = timeout_at(until, flight.wait_for(Option::is_some)).await;
        match landed {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(Unheard::Failed)),
            _ => Err(Unheard::Failed),
        }
    }

    async fn look_up(&self, key: &Key) -> Outcome {
        let asked = self.exchanges.ask(&key.servers, &key.name, key.rtype);
        match timeout(PATIENCE, asked).await {
            Ok(Some(heard)) => Ok(Arc::new(heard)),
            _ => Err(Unheard::Failed),
        }
    }
}

fn size(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN)
}

/// A panic while the lock was held left a map of whole entries behind.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The servers the system itself asks.
///
/// # Errors
///
/// If its configuration cannot be read, or names none.
pub(super) fn system_servers() -> Result<Vec<SocketAddr>, String> {
    let (config, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| format!("the system's resolver configuration cannot be read: {error}"))?;
    let mut servers: Vec<SocketAddr> = Vec::new();
    for server in config.name_servers() {
        for connection in &server.connections {
            let address = SocketAddr::new(server.ip, connection.port);
            if !servers.contains(&address) {
                servers.push(address);
            }
        }
    }
    if servers.is_empty() {
        return Err("the system's resolver configuration names no server".to_owned());
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dns::heard::HeardRecord, model::record::Rdata};

    #[test]
    fn what_is_kept_is_bounded() {
        let forwarder = Forwarder::new();
        let key = |number: usize| Key {
            servers: Vec::new(),
            name: Name::parse(&format!("n{number}.example")).unwrap(),
            rtype: RecordType::TXT,
        };
        let heard = |bytes: usize| {
            let data = Rdata::from_wire(&vec![0; bytes]);
            let owner = Name::parse("a.example").unwrap();
            let record = HeardRecord { owner, ttl: 60, rtype: RecordType::TXT, data };
            Arc::new(Heard { code: 0, records: vec![record], soa: None })
        };
        forwarder.keep(&key(0), &heard(LARGEST_KEPT));
        assert_eq!(forwarder.fresh(&key(0)), None);
        for number in 0..=KEPT {
            forwarder.keep(&key(number), &heard(10));
        }
        assert_eq!(lock(&forwarder.kept).len(), KEPT);
        assert!(forwarder.fresh(&key(KEPT)).is_some());
        assert_eq!(forwarder.fresh(&key(0)), None);
    }
}

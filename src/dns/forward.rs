//! Forwarding: asking other servers in bounded work, and keeping what they said.
//!
//! Knows flights, limits and what is kept: answers for their time, old answers for when nobody answers (RFC 8767), and
//! failures (RFC 9520). Which questions go out, and to whom, `resolve` decides; what a server is like is in `upstream.rs`,
//! how a question goes over the wire in `exchange.rs`, what is made of the answer in `forwarded.rs`.
//!
//! hickory-resolver's own pool is not used: it has no bound on what waits, no queue for each server, and it keeps answers
//! without the caps of a VPC's resolver and without old ones.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use hickory_resolver::proto::op::Query;
use lru::LruCache;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, timeout_at},
};

use super::{
    exchange,
    heard::{Caps, Heard, to_hickory},
    loops::{Loops, Watched},
    upstream::{Closed, LEAST_BACKOFF, MOST_BACKOFF, Servers, Upstream},
};
use crate::{
    model::{name::Name, record::RecordType},
    seen::{CODES, CacheCounts, KeptAnswer, ServerCounts},
};

/// The most clients that may wait, for all servers together. One more gets SERVFAIL at once.
const WAITING: usize = 8_192;
/// The most cached answers. They are given until their TTL ends, and after it if no server answers (R26).
const KEPT: usize = 4096;
/// The most cached failures: questions that no server answered.
const FAILED: usize = 4096;
/// The largest cached answer, in bytes of its names and data. This limits the memory of the whole cache.
const LARGEST_KEPT: usize = 16 << 10;
/// The longest wait of a client for one question, with all its CNAME targets.
pub(super) const PATIENCE: Duration = Duration::from_millis(4_800);
/// How long a client waits before it gets an old answer (RFC 8767 section 5, the client response timer).
const PATIENCE_WITH_OLD: Duration = Duration::from_millis(1_800);
/// How long an answer is given after its TTL: a day (RFC 8767 section 5, the maximum stale timer).
const OLDEST: Duration = Duration::from_secs(86_400);

/// What was asked of whom.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub(super) servers: Vec<SocketAddr>,
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    /// Clients with different TTL caps have separate cache entries, because an answer is capped before it is cached.
    pub(super) caps: Caps,
}

impl Key {
    fn lies_below(&self, name: Option<&Name>) -> bool {
        name.is_none_or(|name| self.name.as_ref().is_within(name.as_ref()))
    }
}

/// Why there is no answer. The client always gets SERVFAIL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unheard {
    /// Too many questions are out.
    Busy,
    /// No server answered in time, or all failed.
    Failed,
    /// The same, a short time ago, so that nobody was asked.
    FailedBefore,
    /// The servers forward the question back to this one.
    Loop,
}

type Hearing = Result<Arc<Heard>, Unheard>;

/// A question that was sent and not answered yet. All clients that asked it share it.
#[derive(Clone)]
struct Flight {
    outcome: watch::Receiver<Option<Hearing>>,
    /// Whether a client asked it again while it was not answered yet.
    returned: Arc<AtomicBool>,
}

/// What was said, and when.
struct Kept {
    heard: Arc<Heard>,
    since: Instant,
}

/// When a question failed, and for how long the failure is cached.
struct NoAnswer {
    since: Instant,
    pause: Duration,
}

/// A slot among the waiting clients, both of all servers and of one.
pub(super) struct Slot {
    _all: OwnedSemaphorePermit,
    _server: Option<OwnedSemaphorePermit>,
}

/// Asks other servers.
pub(super) struct Forwarder {
    servers: Servers,
    loops: Arc<Loops>,
    flights: Mutex<HashMap<Key, Flight>>,
    kept: Mutex<LruCache<Key, Kept>>,
    failed: Mutex<LruCache<Key, NoAnswer>>,
    waiting: Arc<Semaphore>,
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    failed_again: AtomicU64,
}

impl std::fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forwarder")
            .field("places_free", &self.waiting.available_permits())
            .finish_non_exhaustive()
    }
}

/// Removes a flight from the list when it ends, also by a panic.
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
    /// Begins with an empty cache. `own` are the addresses this process listens on: it never asks itself.
    pub(super) fn new(own: Vec<SocketAddr>) -> Self {
        Self {
            servers: Servers::new(own),
            loops: Arc::new(Loops::new()),
            flights: Mutex::default(),
            kept: Mutex::new(LruCache::new(size(KEPT))),
            failed: Mutex::new(LruCache::new(size(FAILED))),
            waiting: Arc::new(Semaphore::new(WAITING)),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            stale: AtomicU64::new(0),
            failed_again: AtomicU64::new(0),
        }
    }

    /// A slot for a client that waits; `None` if too many wait, in all or for the first of these servers.
    pub(super) fn slot(&self, key: &Key) -> Option<Slot> {
        let first = key.servers.first().map(|server| self.servers.get(*server));
        let _server = match &first {
            Some(first) => Some(first.slot()?),
            None => None,
        };
        let Ok(_all) = Arc::clone(&self.waiting).try_acquire_owned() else {
            first.iter().for_each(|first| first.counters.reject());
            return None;
        };
        Some(Slot { _all, _server })
    }

    /// Whether a question that came in was sent by this server itself to look for a loop.
    pub(super) fn came_round(&self, name: &Name) -> bool {
        self.loops.came_round(name)
    }

    /// How many loops were found since the start.
    pub(super) fn loops(&self) -> u64 {
        self.loops.found()
    }

    /// The servers that were asked, with their counts.
    pub(super) fn servers(&self) -> Vec<ServerCounts> {
        self.servers.counts()
    }

    /// What is kept, and how often it was of use.
    pub(super) fn cache_counts(&self) -> CacheCounts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (mut negative, mut bytes) = (0, 0);
        let kept = lock(&self.kept);
        for (_, kept) in kept.iter() {
            negative += usize::from(kept.heard.is_negative());
            bytes += kept.heard.size();
        }
        let positive = kept.len() - negative;
        drop(kept);
        CacheCounts {
            positive,
            negative,
            failures: lock(&self.failed).len(),
            bytes,
            hits: count(&self.hits),
            misses: count(&self.misses),
            stale: count(&self.stale),
            failed: count(&self.failed_again),
        }
    }

    /// What is kept of a name and all names below it, in the order of names: at most so many.
    pub(super) fn kept(&self, below: Option<&Name>, most: usize) -> Vec<KeptAnswer> {
        let told = |key: &Key, code, (seconds, is_stale), data| KeptAnswer {
            name: key.name.clone(),
            rtype: key.rtype,
            servers: key.servers.clone(),
            code,
            seconds,
            is_stale,
            data,
        };
        let mut all: Vec<KeptAnswer> = Vec::new();
        for (key, kept) in lock(&self.kept).iter().filter(|(key, _)| key.lies_below(below)) {
            let left = kept.heard.lifetime().checked_sub(kept.since.elapsed());
            let code = CODES.get(usize::from(kept.heard.code)).copied();
            let left = (left.unwrap_or_default().as_secs(), left.is_none());
            all.push(told(key, code, left, kept.heard.texts()));
        }
        for (key, failed) in lock(&self.failed).iter().filter(|(key, _)| key.lies_below(below)) {
            if let Some(left) = failed.pause.checked_sub(failed.since.elapsed()) {
                all.push(told(key, None, (left.as_secs(), false), Vec::new()));
            }
        }
        all.sort_by_cached_key(|it| (it.name.to_string(), it.rtype.0));
        all.truncate(most);
        all
    }

    /// Forgets what is kept of a name and all names below it. How much it was.
    pub(super) fn forget(&self, below: Option<&Name>) -> usize {
        fn of<V>(cache: &Mutex<LruCache<Key, V>>, below: Option<&Name>) -> usize {
            let mut cache = lock(cache);
            let keys: Vec<Key> = cache
                .iter()
                .map(|(key, _)| key)
                .filter(|it| it.lies_below(below))
                .cloned()
                .collect();
            keys.iter().filter(|key| cache.pop(key).is_some()).count()
        }
        of(&self.kept, below) + of(&self.failed, below)
    }

    /// Gives the cached answer, or asks the servers, or joins a question that is already out, until the given time. If
    /// there is no answer, or it is late, a stale one is given; the servers are still asked.
    pub(super) async fn ask(self: &Arc<Self>, key: &Key, until: Instant) -> Hearing {
        if let Some(heard) = self.fresh(key) {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(heard);
        }
        let old = self.old(key);
        let outcome = match self.failure(key) {
            Some(unheard) => {
                self.failed_again.fetch_add(1, Ordering::Relaxed);
                Err(unheard)
            }
            None => {
                self.misses.fetch_add(1, Ordering::Relaxed);
                let soon = Instant::now() + PATIENCE_WITH_OLD;
                self.fly(key, if old.is_some() { until.min(soon) } else { until }).await
            }
        };
        outcome.or_else(|unheard| {
            let old = old.ok_or(unheard)?;
            self.stale.fetch_add(1, Ordering::Relaxed);
            Ok(Arc::new(old.stale()))
        })
    }

    /// What is kept and still holds.
    fn fresh(&self, key: &Key) -> Option<Arc<Heard>> {
        let (heard, age) = {
            let mut all = lock(&self.kept);
            let kept = all.get(key)?;
            (Arc::clone(&kept.heard), kept.since.elapsed())
        };
        (age < heard.lifetime()).then(|| Arc::new(heard.aged(key.caps.shown_age(age))))
    }

    /// The stale answer that may be given if no server answers.
    fn old(&self, key: &Key) -> Option<Arc<Heard>> {
        let mut all = lock(&self.kept);
        let kept = all.get(key)?;
        if kept.since.elapsed() < kept.heard.lifetime() + OLDEST {
            return Some(Arc::clone(&kept.heard));
        }
        all.pop(key);
        None
    }

    /// Caches an answer. An answer that must not be cached still removes the old one.
    fn keep(&self, key: &Key, heard: &Arc<Heard>) {
        lock(&self.failed).pop(key);
        if heard.size() > LARGEST_KEPT || heard.lifetime().is_zero() {
            lock(&self.kept).pop(key);
            return;
        }
        let kept = Kept { heard: Arc::clone(heard), since: Instant::now() };
        lock(&self.kept).put(key.clone(), kept);
    }

    /// Whether the question failed a short time ago, and no server has come up again since (RFC 9520).
    fn failure(&self, key: &Key) -> Option<Unheard> {
        let since = {
            let mut all = lock(&self.failed);
            let failure = all.get(key)?;
            let age = failure.since.elapsed();
            if age < LEAST_BACKOFF {
                return Some(Unheard::FailedBefore);
            }
            if age >= failure.pause {
                return None;
            }
            failure.since
        };
        let is_back = |server: &Upstream| server.recovered().is_some_and(|at| at > since);
        let back = key.servers.iter().any(|server| is_back(&self.servers.get(*server)));
        (!back).then_some(Unheard::FailedBefore)
    }

    /// Caches the failure, twice as long each time.
    fn fail(&self, key: &Key) {
        let mut all = lock(&self.failed);
        let before = all.get(key).filter(|it| it.since.elapsed() < it.pause * 2 + PATIENCE);
        let pause = before.map_or(LEAST_BACKOFF, |it| (it.pause * 2).min(MOST_BACKOFF));
        all.put(key.clone(), NoAnswer { since: Instant::now(), pause });
    }

    async fn fly(self: &Arc<Self>, key: &Key, until: Instant) -> Hearing {
        let mut flight = match self.flight(key) {
            (flight, None) => flight,
            (flight, Some(sender)) => {
                // Nothing is locked here: a runtime that ends drops at once what is spawned, and `Landing` locks.
                let landing = Landing { forwarder: Arc::clone(self), key: key.clone() };
                let returned = Arc::clone(&flight.returned);
                tokio::spawn(async move {
                    let Landing { forwarder, key } = &landing;
                    let heard = forwarder.look_up(key, returned).await;
                    match &heard {
                        Ok(heard) => forwarder.keep(key, heard),
                        Err(Unheard::Failed) => forwarder.fail(key),
                        Err(Unheard::Busy | Unheard::FailedBefore | Unheard::Loop) => {}
                    }
                    drop(landing);
                    // Nobody may be waiting any more.
                    let _ = sender.send(Some(heard));
                });
                flight
            }
        };
        let landed = timeout_at(until, flight.outcome.wait_for(Option::is_some)).await;
        match landed {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(Unheard::Failed)),
            _ => Err(Unheard::Failed),
        }
    }

    /// The flight for a question. If it is new, also the sender of its outcome: the caller must then ask the servers.
    fn flight(&self, key: &Key) -> (Flight, Option<watch::Sender<Option<Hearing>>>) {
        let mut flights = lock(&self.flights);
        if let Some(flight) = flights.get(key) {
            flight.returned.store(true, Ordering::Relaxed);
            return (flight.clone(), None);
        }
        let (sender, outcome) = watch::channel(None);
        let flight = Flight { outcome, returned: Arc::default() };
        flights.insert(key.clone(), flight.clone());
        (flight, Some(sender))
    }

    async fn look_up(&self, key: &Key, returned: Arc<AtomicBool>) -> Hearing {
        let until = Instant::now() + PATIENCE;
        let servers: Vec<_> = key.servers.iter().map(|it| self.servers.get(*it)).collect();
        if servers.iter().any(|server| server.own) {
            tracing::debug!(name = %key.name, "an upstream server is this server itself");
        }
        if servers.iter().all(|server| server.closed() == Some(Closed::Loop)) {
            return Err(Unheard::Loop);
        }
        let name = to_hickory(&key.name).ok_or(Unheard::Failed)?;
        let query = Query::query(name, key.rtype.0.into());
        let loops = Arc::clone(&self.loops);
        let watched = Watched { loops, name: key.name.clone(), returned };
        let reply = exchange::look_up(&servers, &query, until, &watched).await?;
        Ok(Arc::new(Heard::read(&reply, key.rtype, key.caps)))
    }
}

pub(super) fn size(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN)
}

/// If a thread panicked while it held the lock, the map still has only complete entries.
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
    use std::sync::LazyLock;

    use super::*;
    use crate::{
        dns::{fixture::snapshot, heard::HeardRecord},
        model::record::Rdata,
        resolve::question::Asker,
    };

    fn key(number: usize) -> Key {
        // A snapshot is compiled once for all keys: a test makes thousands of them.
        static CAPS: LazyLock<Caps> = LazyLock::new(|| Caps::of(&snapshot(), Asker::Internet));
        Key {
            servers: Vec::new(),
            name: Name::parse(&format!("n{number}.example")).unwrap(),
            rtype: RecordType::TXT,
            caps: *CAPS,
        }
    }

    fn heard(bytes: usize, ttl: u32) -> Arc<Heard> {
        let data = Rdata::from_wire(&vec![0; bytes]);
        let owner = Name::parse("a.example").unwrap();
        let record = HeardRecord { owner, ttl, rtype: RecordType::TXT, data };
        Arc::new(Heard { code: 0, records: vec![record], soa: None, is_stale: false })
    }

    fn long_ago(forwarder: &Forwarder, key: &Key, age: Duration) {
        let since = Instant::now().checked_sub(age).unwrap();
        lock(&forwarder.kept).get_mut(key).unwrap().since = since;
    }

    /// A runtime that ends drops its tasks at once, also those that would end a flight.
    #[test]
    fn a_flight_on_a_runtime_that_ends_fails_at_once() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let handle = runtime.handle().clone();
        runtime.shutdown_background();
        let (sender, outcome) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let _entered = handle.enter();
            let forwarder = Arc::new(Forwarder::new(Vec::new()));
            let key = key(0);
            let flight = forwarder.fly(&key, Instant::now() + PATIENCE);
            let mut flight = std::pin::pin!(flight);
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            sender.send(flight.as_mut().poll(&mut context)).unwrap();
        });
        let outcome = outcome.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(outcome, std::task::Poll::Ready(Err(Unheard::Failed)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let forwarder = Forwarder::new(Vec::new());
        forwarder.keep(&key(0), &heard(LARGEST_KEPT, 60));
        assert_eq!(forwarder.fresh(&key(0)), None);
        for number in 0..=KEPT {
            forwarder.keep(&key(number), &heard(10, 60));
            forwarder.fail(&key(number));
        }
        assert_eq!(lock(&forwarder.kept).len(), KEPT);
        assert_eq!(lock(&forwarder.failed).len(), FAILED);
        assert!(forwarder.fresh(&key(KEPT)).is_some());
        assert_eq!(forwarder.fresh(&key(0)), None);
    }

    #[test]
    fn an_answer_that_holds_for_nobody_else_leaves_nothing_behind() {
        let forwarder = Forwarder::new(Vec::new());
        let unproved = Heard { code: 3, ..Heard::clone(&heard(10, 60)) };
        for nothing in [Arc::new(unproved), heard(10, 0), heard(LARGEST_KEPT, 60)] {
            forwarder.keep(&key(1), &heard(10, 60));
            assert!(forwarder.old(&key(1)).is_some());
            forwarder.keep(&key(1), &nothing);
            assert_eq!(forwarder.old(&key(1)), None);
        }
    }

    #[test]
    fn an_old_answer_has_a_short_ttl_and_a_last_day() {
        let forwarder = Arc::new(Forwarder::new(Vec::new()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let ask = || {
            let until = Instant::now() + PATIENCE;
            runtime.block_on(async { forwarder.ask(&key(1), until).await })
        };
        forwarder.keep(&key(1), &heard(10, 300));
        assert_eq!(ask().unwrap().records[0].ttl, 300);
        for (age, ttl) in [(301, Some(30)), (86_000, Some(30)), (86_701, None)] {
            long_ago(&forwarder, &key(1), Duration::from_secs(age));
            // There is no server to ask, so it fails at once.
            assert_eq!(ask().ok().map(|heard| heard.records[0].ttl), ttl, "after {age} s");
        }
        assert!(lock(&forwarder.kept).is_empty());
    }

    #[test]
    fn a_failure_is_kept_longer_each_time_and_five_minutes_at_most() {
        let forwarder = Forwarder::new(Vec::new());
        let mut pauses = Vec::new();
        for _ in 0..10 {
            forwarder.fail(&key(1));
            assert_eq!(forwarder.failure(&key(1)), Some(Unheard::FailedBefore));
            let mut failed = lock(&forwarder.failed);
            let failure = failed.get_mut(&key(1)).unwrap();
            pauses.push(failure.pause.as_secs());
            failure.since = Instant::now().checked_sub(failure.pause).unwrap();
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(forwarder.failure(&key(1)), None);
        forwarder.keep(&key(1), &heard(10, 60));
        assert!(lock(&forwarder.failed).is_empty());
    }

    #[test]
    fn a_failure_holds_until_its_pause_is_over() {
        let forwarder = Forwarder::new(Vec::new());
        for _ in 0..4 {
            forwarder.fail(&key(1));
        }
        // The pause is 8 seconds.
        for (age, holds) in [(0, true), (2, true), (7, true), (8, false)] {
            let since = Instant::now().checked_sub(Duration::from_secs(age)).unwrap();
            lock(&forwarder.failed).get_mut(&key(1)).unwrap().since = since;
            let expected = holds.then_some(Unheard::FailedBefore);
            assert_eq!(forwarder.failure(&key(1)), expected, "after {age} s");
        }
    }
}

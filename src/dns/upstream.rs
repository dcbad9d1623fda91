//! One object for each server that is asked: its health, its round-trip time, and how much it may be asked at once.
//!
//! Nobody waits for a server but those who ask it. Each server has slots for so many clients, a window of questions that
//! are out, and a queue behind the window; a server that is silent uses up its own and nobody else's. What is sent, and
//! what a reply means, is in `exchange.rs`.
//!
//! A server is in one of three states. It is **up** until a question stays unanswered for a round trip while nothing else
//! is heard of it; then it is **late**, and asked after the others. It is **down** once it refuses packets, or nothing
//! was heard of it for [`DOWN_AFTER`]. A server that is down costs a question one round trip at most, and only a few
//! questions at a time; the others fail at once (RFC 9520 section 3.2). Anything that is heard makes it up again. While
//! it is not up, it is asked in the background, less and less often.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hickory_resolver::proto::op::{Query, ResponseCode};
use lru::LruCache;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::forward::size;
use crate::seen::{Health, ServerCounts};

/// The most questions to one server that are sent and not yet late. Further questions wait in its queue. A burst of
/// this size fits into the usual receive buffer of a server (208 KiB on Linux).
const IN_FLIGHT: usize = 256;
/// The most clients that may wait for one server. One more gets SERVFAIL at once.
pub(super) const SLOTS: usize = 3_072;
/// The most unanswered questions to a server that is down.
const TRIALS: usize = 16;
/// TCP connections to one server, after truncation.
const STREAMS: usize = 64;
/// Servers that are remembered.
const SERVERS: usize = 1_024;

/// The timeout for a server that has not replied yet.
const UNKNOWN: Duration = Duration::from_millis(400);
/// The shortest and the longest wait before a question is sent again, or to the next server.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);
/// How long a server must be silent before it counts as down.
const DOWN_AFTER: Duration = Duration::from_millis(1_200);
/// How many timeouts must have passed by then.
const DOWN_LATES: u32 = 3;
/// The shortest and the longest time for which a failure is remembered (RFC 9520 section 3.2).
pub(super) const LEAST_BACKOFF: Duration = Duration::from_secs(1);
pub(super) const MOST_BACKOFF: Duration = Duration::from_secs(300);
/// How long a server that knows no EDNS is asked without.
const PLAIN: Duration = Duration::from_secs(900);

/// A server.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    /// Whether it is a listener of this very process.
    pub(super) own: bool,
    window: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    trials: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// Notified when the server is found to forward to this one.
    pub(super) looped: Notify,
    /// What was counted of it.
    pub(super) counters: Counters,
    state: Mutex<State>,
}

/// Counts since the server was first asked.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) sent: AtomicU64,
    replies: [AtomicU64; 16],
    pub(super) timeouts: AtomicU64,
    pub(super) failures: AtomicU64,
    rejected: AtomicU64,
    pub(super) over_tcp: AtomicU64,
}

impl Counters {
    /// Counts a client that was turned away.
    pub(super) fn reject(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a reply with this response code.
    pub(super) fn replied(&self, code: ResponseCode) {
        if let Some(count) = self.replies.get(usize::from(code.low())) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Default)]
struct State {
    round_trip: Option<RoundTrip>,
    heard: Option<Instant>,
    trouble: Option<Trouble>,
    recovered: Option<Instant>,
    plain_until: Option<Instant>,
    /// Until when it counts as part of a loop, and for how long it did.
    looping: Option<(Instant, Duration)>,
    /// When a loop was last looked for.
    canary: Option<Instant>,
    probing: bool,
}

/// Times in seconds (RFC 6298 section 2).
#[derive(Clone, Copy)]
struct RoundTrip {
    smoothed: f64,
    variation: f64,
}

/// What is wrong with a server, since when.
struct Trouble {
    /// When the first of the questions was sent that nothing was heard after.
    since: Instant,
    lates: u32,
    down: bool,
    /// The last question that a client asked: the background probe repeats it.
    wanted: Query,
}

/// Why a question cannot be sent to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Closed {
    /// It is down, and others try it already.
    Down,
    /// It forwards to this server, or is this server.
    Loop,
}

/// Leave to ask a server.
pub(super) struct Leave {
    _permit: OwnedSemaphorePermit,
    /// Whether the server is down, so that it gets one packet and one wait.
    pub(super) trial: bool,
}

impl Upstream {
    fn new(address: SocketAddr, own: bool) -> Self {
        let semaphore = |slots| Arc::new(Semaphore::new(slots));
        Self {
            address,
            own,
            window: semaphore(IN_FLIGHT),
            slots: semaphore(SLOTS),
            trials: semaphore(TRIALS),
            streams: semaphore(STREAMS),
            looped: Notify::new(),
            counters: Counters::default(),
            state: Mutex::default(),
        }
    }

    /// A slot for a client that waits for it; none if too many do.
    pub(super) fn slot(&self) -> Option<OwnedSemaphorePermit> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().ok();
        if slot.is_none() {
            self.counters.reject();
        }
        slot
    }

    /// What is counted of it.
    pub(super) fn counts(&self) -> ServerCounts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        let health = match self.closed() {
            Some(_) => Health::Loop,
            None => self.health(),
        };
        ServerCounts {
            address: self.address,
            health,
            round_trip: self.lock().round_trip.map(|it| it.smoothed),
            in_flight: IN_FLIGHT.saturating_sub(self.window.available_permits()),
            waiting: SLOTS.saturating_sub(self.slots.available_permits()),
            sent: count(&counters.sent),
            replies: counters.replies.each_ref().map(count),
            timeouts: count(&counters.timeouts),
            failures: count(&counters.failures),
            rejected: count(&counters.rejected),
            over_tcp: count(&counters.over_tcp),
        }
    }

    /// Waits in the queue until a question may be sent.
    pub(super) async fn admit(&self) -> Result<Leave, Closed> {
        if let Some(closed) = self.closed() {
            return Err(closed);
        }
        if self.health() == Health::Down {
            return self.trial();
        }
        // The queue: those who wait have slots, so it is as long as there are slots at most.
        let permit = Arc::clone(&self.window).acquire_owned().await;
        // It may have gone down meanwhile. The semaphore is never closed.
        match (self.closed(), self.health(), permit) {
            (Some(closed), ..) => Err(closed),
            (None, Health::Up | Health::Late, Ok(_permit)) => Ok(Leave { _permit, trial: false }),
            _ => self.trial(),
        }
    }

    fn trial(&self) -> Result<Leave, Closed> {
        match Arc::clone(&self.trials).try_acquire_owned() {
            Ok(_permit) => Ok(Leave { _permit, trial: true }),
            Err(_) => Err(Closed::Down),
        }
    }

    /// Waits until a TCP connection to it may be opened.
    pub(super) async fn stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).acquire_owned().await.ok()
    }

    /// Whether it is part of a loop.
    pub(super) fn closed(&self) -> Option<Closed> {
        let looping = self.lock().looping.is_some_and(|(until, _)| Instant::now() < until);
        (self.own || looping).then_some(Closed::Loop)
    }

    pub(super) fn health(&self) -> Health {
        match &self.lock().trouble {
            None => Health::Up,
            Some(trouble) if trouble.down => Health::Down,
            Some(_) => Health::Late,
        }
    }

    /// When it was last found to be up after it was down.
    pub(super) fn recovered(&self) -> Option<Instant> {
        self.lock().recovered
    }

    /// How long a reply is waited for: the smoothed round trip and four times its variation (RFC 6298 section 2.3).
    pub(super) fn wait(&self) -> Duration {
        self.lock().round_trip.map_or(UNKNOWN, RoundTrip::wait)
    }

    /// A packet came from it, for a question that was first sent so long ago.
    pub(super) fn heard(&self, after: Option<Duration>) {
        let mut state = self.lock();
        let now = Instant::now();
        state.heard = Some(now);
        if let Some(after) = after {
            state.round_trip = Some(RoundTrip::after(state.round_trip, after));
        }
        if let Some(trouble) = state.trouble.take()
            && trouble.down
        {
            state.recovered = Some(now);
            tracing::info!(server = %self.address, "an upstream server answers again");
        }
    }

    /// Notes a timeout of a question that was sent at this time.
    pub(super) fn late(self: &Arc<Self>, sent: Instant, query: &Query) {
        let mut state = self.lock();
        // It answers others: this question is slow, or one that it does not answer.
        if state.heard.is_some_and(|heard| heard >= sent) {
            return;
        }
        let trouble = state.trouble(sent, query);
        trouble.lates = trouble.lates.saturating_add(1);
        let down = trouble.lates >= DOWN_LATES && trouble.since.elapsed() >= DOWN_AFTER;
        if down && !trouble.down {
            trouble.down = true;
            tracing::info!(server = %self.address, "an upstream server is silent");
        }
        self.probe(state);
    }

    /// It refused a packet, or cannot be reached.
    pub(super) fn refused(self: &Arc<Self>, query: &Query) {
        let mut state = self.lock();
        let trouble = state.trouble(Instant::now(), query);
        if !trouble.down {
            trouble.down = true;
            tracing::info!(server = %self.address, "an upstream server refuses packets");
        }
        self.probe(state);
    }

    /// Notes a question for the background probe, if the server is not up.
    pub(super) fn wanted(&self, query: &Query) {
        if let Some(trouble) = &mut self.lock().trouble
            && trouble.wanted != *query
        {
            trouble.wanted = query.clone();
        }
    }

    /// Asks it in the background until it answers.
    fn probe(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if !std::mem::replace(&mut state.probing, true) {
            let server = Arc::downgrade(self);
            tokio::spawn(async move {
                let mut backoff = LEAST_BACKOFF;
                loop {
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(MOST_BACKOFF);
                    let Some(server) = server.upgrade() else { return };
                    let Some(query) = server.wanted_in_trouble() else { return };
                    super::exchange::probe(&server, &query).await;
                }
            });
        }
    }

    /// The next question of the background probe; `None` ends it.
    fn wanted_in_trouble(&self) -> Option<Query> {
        let mut state = self.lock();
        let wanted = state.trouble.as_ref().map(|trouble| trouble.wanted.clone());
        state.probing = wanted.is_some();
        wanted
    }

    /// Whether it is asked with EDNS.
    pub(super) fn knows_edns(&self) -> bool {
        self.lock().plain_until.is_none_or(|until| until < Instant::now())
    }

    /// Notes that the server does not know EDNS (RFC 6891 section 7).
    pub(super) fn knows_no_edns(&self) {
        self.lock().plain_until = Some(Instant::now() + PLAIN);
    }

    /// Whether a loop may be looked for now: once in a second.
    pub(super) fn may_look_for_loop(&self) -> bool {
        let mut state = self.lock();
        let now = Instant::now();
        let may = state.canary.is_none_or(|last| now - last >= LEAST_BACKOFF);
        if may {
            state.canary = Some(now);
        }
        may
    }

    /// Notes that the server forwards to this one. It is then not asked for a while, longer each time; gives how long.
    pub(super) fn loops(&self) -> Duration {
        let mut state = self.lock();
        let before = state.looping.map_or(Duration::ZERO, |(_, pause)| pause);
        let pause = (before * 2).clamp(LEAST_BACKOFF, MOST_BACKOFF);
        state.looping = Some((Instant::now() + pause, pause));
        drop(state);
        self.looped.notify_waiters();
        pause
    }

    /// If a thread panicked while it held the lock, the fields are still complete.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn trouble(&mut self, since: Instant, query: &Query) -> &mut Trouble {
        self.trouble.get_or_insert_with(|| Trouble {
            since,
            lates: 0,
            down: false,
            wanted: query.clone(),
        })
    }
}

impl RoundTrip {
    fn after(before: Option<Self>, measured: Duration) -> Self {
        let measured = measured.as_secs_f64();
        match before {
            None => Self { smoothed: measured, variation: measured / 2.0 },
            Some(Self { smoothed, variation }) => Self {
                variation: 0.75 * variation + 0.25 * (smoothed - measured).abs(),
                smoothed: 0.875 * smoothed + 0.125 * measured,
            },
        }
    }

    fn wait(self) -> Duration {
        let wait = Duration::try_from_secs_f64(self.smoothed + 4.0 * self.variation);
        wait.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST)
    }
}

/// The next wait after one that ended.
pub(super) fn longer(wait: Duration) -> Duration {
    (wait * 2).min(LONGEST)
}

/// Every server that was asked of late.
pub(super) struct Servers {
    known: Mutex<LruCache<SocketAddr, Arc<Upstream>>>,
    /// This process's own listeners.
    own: Vec<SocketAddr>,
}

impl Servers {
    /// No server yet. `own` are the addresses this process listens on.
    pub(super) fn new(own: Vec<SocketAddr>) -> Self {
        Self { known: Mutex::new(LruCache::new(size(SERVERS))), own }
    }

    /// Each server with its counts, by address.
    pub(super) fn counts(&self) -> Vec<ServerCounts> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let servers: Vec<_> = known.iter().map(|(_, server)| Arc::clone(server)).collect();
        drop(known);
        let mut counts: Vec<_> = servers.iter().map(|server| server.counts()).collect();
        counts.sort_by_key(|server| server.address);
        counts
    }

    /// The object of a server.
    pub(super) fn get(&self, address: SocketAddr) -> Arc<Upstream> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.get_or_insert(address, || {
            Arc::new(Upstream::new(address, is_served_by(address, &self.own)))
        }))
    }
}

/// Whether packets to an address reach one of these listeners: it is one of them, or a listener of every address has its
/// port and the address is one of this host's.
pub(super) fn is_served_by(address: SocketAddr, listeners: &[SocketAddr]) -> bool {
    let ip = address.ip().to_canonical();
    listeners.iter().any(|listener| {
        let own = listener.ip().to_canonical();
        listener.port() == address.port()
            && (own == ip
                || (own.is_unspecified()
                    && own.is_ipv4() == ip.is_ipv4()
                    && (ip.is_loopback() || ip.is_unspecified() || is_of_this_host(address))))
    })
}

/// Whether the host has an address: only then can it be bound.
fn is_of_this_host(address: SocketAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(address.ip().to_canonical(), 0)).is_ok()
}

#[cfg(test)]
mod tests;

//! The limits of TCP connections, for each client and for all together, and the choice of the connection that is
//! closed at a limit.
//!
//! The connection that idled longest is closed: one of the same client, else one of anybody. So a newcomer waits
//! only while every connection is busy. `stream.rs` reads and writes the messages.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use crate::seen::ConnectionCounts;

/// The most connections at once, over all listeners.
pub(super) const CONNECTIONS: usize = 1_024;
/// The most connections of one client's address.
pub(super) const OF_CLIENT: usize = 256;
/// How often a new connection checks whether a busy one has become idle.
const LOOK: Duration = Duration::from_millis(20);
/// Marks a busy connection.
const BUSY: u64 = u64::MAX;

/// The connections there are.
#[derive(Debug)]
pub(super) struct Connections {
    held: Mutex<Held>,
    freed: Notify,
    since: Instant,
    most: usize,
    of_client: usize,
}

#[derive(Debug, Default)]
struct Held {
    /// The number of the next one: as many were accepted.
    next: u64,
    refused: u64,
    displaced: u64,
    all: HashMap<u64, Arc<Entry>>,
    clients: HashMap<IpAddr, usize>,
}

/// One connection.
#[derive(Debug)]
struct Entry {
    client: IpAddr,
    /// Milliseconds from the start until it became idle, or [`BUSY`].
    idle: AtomicU64,
    close: Notify,
}

/// A slot among the connections. It ends with the value.
#[derive(Debug)]
pub(super) struct Slot {
    number: u64,
    entry: Arc<Entry>,
    connections: Arc<Connections>,
}

/// What happened to a new connection.
enum Admission {
    Taken(Slot),
    /// Its client has too many, and all are busy.
    Refused,
    /// Everybody is busy.
    Full,
}

impl Connections {
    pub(super) fn new(most: usize, of_client: usize) -> Self {
        Self {
            held: Mutex::default(),
            freed: Notify::new(),
            since: Instant::now(),
            most,
            of_client,
        }
    }

    /// Takes a slot for a client's connection. If no slot is free, closes an idle connection, or waits while all are
    /// busy. `None` if the client has too many that are all busy.
    pub(super) async fn admit(self: &Arc<Self>, client: IpAddr) -> Option<Slot> {
        let client = client.to_canonical();
        loop {
            match self.try_admit(client) {
                Admission::Taken(slot) => return Some(slot),
                Admission::Refused => return None,
                Admission::Full => {
                    // It looks again in any case.
                    let _ = timeout(LOOK, self.freed.notified()).await;
                }
            }
        }
    }

    fn try_admit(self: &Arc<Self>, client: IpAddr) -> Admission {
        let mut held = self.lock();
        if held.of(client) >= self.of_client && !held.close_idle(Some(client)) {
            held.refused += 1;
            return Admission::Refused;
        }
        if held.all.len() >= self.most && !held.close_idle(Some(client)) && !held.close_idle(None) {
            return Admission::Full;
        }
        let number = held.next;
        held.next += 1;
        let idle = AtomicU64::new(self.now());
        let entry = Arc::new(Entry { client, idle, close: Notify::new() });
        held.all.insert(number, Arc::clone(&entry));
        *held.clients.entry(client).or_default() += 1;
        Admission::Taken(Slot { number, entry, connections: Arc::clone(self) })
    }

    /// What is counted of them.
    pub(super) fn counts(&self) -> ConnectionCounts {
        let held = self.lock();
        ConnectionCounts {
            open: held.all.len(),
            accepted: held.next,
            refused: held.refused,
            displaced: held.displaced,
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    /// If a thread panicked while it held the lock, the entries are still complete.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn of(&self, client: IpAddr) -> usize {
        self.clients.get(&client).copied().unwrap_or_default()
    }

    /// Closes the connection that has been idle longest, of one client or of all. False if none is idle.
    fn close_idle(&mut self, client: Option<IpAddr>) -> bool {
        let longest = self
            .all
            .iter()
            .filter(|(_, entry)| client.is_none_or(|client| entry.client == client))
            .map(|(number, entry)| (entry.idle.load(Ordering::Relaxed), *number))
            .filter(|(idle, _)| *idle != BUSY)
            .min();
        let Some((_, number)) = longest else { return false };
        if let Some(entry) = self.remove(number) {
            self.displaced += 1;
            entry.close.notify_one();
        }
        true
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Entry>> {
        let entry = self.all.remove(&number)?;
        if let Some(count) = self.clients.get_mut(&entry.client) {
            *count -= 1;
            if *count == 0 {
                self.clients.remove(&entry.client);
            }
        }
        Some(entry)
    }
}

impl Slot {
    /// Notes whether a question of the connection waits for its answer.
    pub(super) fn is_busy(&self, busy: bool) {
        let idle = if busy { BUSY } else { self.connections.now() };
        self.entry.idle.store(idle, Ordering::Relaxed);
    }

    /// Waits until the connection has to make room.
    pub(super) async fn closed(&self) {
        self.entry.close.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.lock().remove(self.number);
        self.connections.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const TWO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn connections(most: usize, of_client: usize) -> Arc<Connections> {
        Arc::new(Connections::new(most, of_client))
    }

    fn taken(connections: &Arc<Connections>, client: IpAddr, idle: u64) -> Slot {
        let Admission::Taken(slot) = connections.try_admit(client) else { panic!("no slot") };
        slot.entry.idle.store(idle, Ordering::Relaxed);
        slot
    }

    fn is_closed(slot: &Slot) -> bool {
        let closed = std::pin::pin!(slot.closed());
        closed.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn a_client_at_its_bound_loses_the_connection_that_idled_longest() {
        let connections = connections(10, 3);
        let slots = [30, 10, 20].map(|idle| taken(&connections, ONE, idle));
        let other = taken(&connections, TWO, 0);
        let _newcomer = taken(&connections, ONE, 40);
        assert_eq!(slots.each_ref().map(is_closed), [false, true, false]);
        assert!(!is_closed(&other));
        assert_eq!(connections.lock().of(ONE), 3);
    }

    #[test]
    fn a_client_whose_connections_are_all_busy_gets_no_more() {
        let connections = connections(10, 2);
        let slots = [BUSY, BUSY].map(|idle| taken(&connections, ONE, idle));
        assert!(matches!(connections.try_admit(ONE), Admission::Refused));
        let _other = taken(&connections, TWO, 0);
        assert!(!slots.iter().any(is_closed));
    }

    #[test]
    fn at_the_bound_of_all_an_own_idle_connection_goes_first_then_anybodys() {
        let connections = connections(3, 3);
        let first = taken(&connections, TWO, 1);
        let busy = taken(&connections, ONE, BUSY);
        let own = taken(&connections, ONE, 9);
        let second = taken(&connections, ONE, BUSY);
        assert!(is_closed(&own) && !is_closed(&first));
        let _third = taken(&connections, ONE, BUSY);
        assert!(is_closed(&first));
        assert!(matches!(connections.try_admit(TWO), Admission::Full));
        drop(second);
        assert!(matches!(connections.try_admit(TWO), Admission::Taken(_)));
        assert!(!is_closed(&busy));
    }

    #[test]
    fn a_connection_whose_question_was_answered_idles_again() {
        let connections = connections(10, 1);
        let slot = taken(&connections, ONE, 0);
        slot.is_busy(true);
        assert!(matches!(connections.try_admit(ONE), Admission::Refused));
        slot.is_busy(false);
        assert!(matches!(connections.try_admit(ONE), Admission::Taken(_)));
        assert!(is_closed(&slot));
    }

    #[test]
    fn a_client_is_forgotten_with_its_last_connection() {
        let connections = connections(10, 3);
        let slots = [0, 0].map(|idle| taken(&connections, ONE, idle));
        let other = taken(&connections, TWO, 0);
        drop(slots);
        assert_eq!(connections.lock().clients.keys().collect::<Vec<_>>(), [&TWO]);
        drop(other);
        assert!(connections.lock().clients.is_empty());
    }
}

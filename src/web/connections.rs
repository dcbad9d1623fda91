//! Limits the connections of HTTP, and chooses which one is closed for a new one.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::activity::{Activity, Times};

/// The limits on connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most connections at once, `--http-connections`.
    pub all: usize,
    /// The most connections from one source at once, `--http-connections-per-source`. An IPv6 source is a /64.
    pub of_a_source: usize,
    /// The limits on time.
    pub times: Times,
}

/// 2,048 in all, also from one source: a class may sit behind one address.
impl Default for Limits {
    fn default() -> Self {
        Self { all: 2_048, of_a_source: 2_048, times: Times::default() }
    }
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    source: IpAddr,
    activity: Arc<Activity>,
}

/// The place of a connection among the open ones. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Slot {
    connections: Arc<Connections>,
    number: u64,
    pub(super) activity: Arc<Activity>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.open().all.remove(&self.number);
    }
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default() })
    }

    pub(super) fn times(&self) -> Times {
        self.limits.times
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new connection. `None` only if the server owes an answer to every connection that it could close.
    pub(super) fn admit(self: &Arc<Self>, source: IpAddr) -> Option<Slot> {
        let source = network(source);
        let mut open = self.open();
        let own = open.all.values().filter(|it| it.source == source).count();
        if own >= self.limits.of_a_source && !open.make_room(source, true) {
            return None;
        }
        if open.all.len() >= self.limits.all && !open.make_room(source, false) {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let activity = Activity::begin();
        open.all.insert(number, Connection { source, activity: Arc::clone(&activity) });
        drop(open);
        Some(Slot { connections: Arc::clone(self), number, activity })
    }

    /// Closes a connection because the system has no more files.
    pub(super) fn shed(&self) {
        // No source's connections are to be preferred.
        self.open().make_room(IpAddr::V6(Ipv6Addr::UNSPECIFIED), false);
    }
}

impl Open {
    /// Closes the connection that is idle for the longest time. Connections of `source` come first; with `only`, no
    /// others are closed. Streams come after idle connections, slow ones last.
    fn make_room(&mut self, source: IpAddr, only: bool) -> bool {
        let candidates = self.all.iter().filter(|(_, it)| !only || it.source == source);
        let ranked = candidates.filter_map(|(number, it)| {
            let (rank, since) = it.activity.rank()?;
            Some((rank, it.source != source, since, *number))
        });
        let Some((.., number)) = ranked.min() else { return false };
        if let Some(connection) = self.all.remove(&number) {
            connection.activity.close();
        }
        true
    }
}

/// The source of a connection: an IPv4 address, or the /64 from which a host can choose its IPv6 addresses.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(bits))
        }
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(all: usize, of_a_source: usize) -> Arc<Connections> {
        Connections::new(Limits { all, of_a_source, times: Times::default() })
    }

    fn numbers(connections: &Connections) -> Vec<u64> {
        let mut numbers: Vec<_> = connections.open().all.keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn the_longest_idle_of_the_source_makes_room_else_of_any() {
        let (one, other): (IpAddr, IpAddr) =
            ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let connections = connections(3, 2);
        let first = connections.admit(other).unwrap();
        let _second = connections.admit(one).unwrap();
        let _third = connections.admit(one).unwrap();
        assert_eq!(numbers(&connections), [0, 1, 2]);
        // Both limits are reached. One of its own connections is closed, although another source's is idle for longer.
        let _fourth = connections.admit(one).unwrap();
        assert_eq!(numbers(&connections), [0, 2, 3]);
        // A source without connections: the one that is idle for the longest time is closed.
        let third: IpAddr = "192.0.2.3".parse().unwrap();
        let _fifth = connections.admit(third).unwrap();
        assert_eq!(numbers(&connections), [2, 3, 4]);
        drop(first);
        assert_eq!(numbers(&connections), [2, 3, 4], "a slot is not given back twice");
    }

    #[test]
    fn streams_go_after_idle_ones_and_what_is_owed_an_answer_stays() {
        let source: IpAddr = "192.0.2.1".parse().unwrap();
        let connections = connections(9, 3);
        let [stream, busy, idle] = [0; 3].map(|_| connections.admit(source).unwrap());
        stream.activity.stream();
        busy.activity.work();
        let last = connections.admit(source).unwrap();
        assert_eq!(numbers(&connections), [0, 1, 3], "the idle one");
        last.activity.work();
        let newest = connections.admit(source).unwrap();
        assert_eq!(numbers(&connections), [1, 3, 4], "the stream");
        newest.activity.work();
        assert!(connections.admit(source).is_none());
        assert!(connections.admit("192.0.2.2".parse().unwrap()).is_some());
        drop((stream, busy, idle, last, newest));
        assert!(connections.admit(source).is_some());
    }

    #[test]
    fn an_ipv6_source_is_its_64() {
        let connections = connections(9, 1);
        let sources = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1"];
        let _slots = sources.map(|source| connections.admit(source.parse().unwrap()).unwrap());
        assert_eq!(numbers(&connections), [1, 2, 3]);
    }
}

//! What is counted of queries, of servers that questions are forwarded to, and of what they said.

use std::{net::SocketAddr, time::Duration};

use crate::{ask::Protocol, model::id::VpcId};

/// What becomes of a query: the response codes by their number, then those without a reply, and BADVERS, whose number
/// needs an OPT record.
pub const CODES: [&str; 18] = [
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSET",
    "NOTAUTH",
    "NOTZONE",
    "DSOTYPENI",
    "RESERVED12",
    "RESERVED13",
    "RESERVED14",
    "RESERVED15",
    "SILENCE",
    "BADVERS",
];

/// The place of silence in [`CODES`].
pub const SILENCE: usize = 16;

/// The upper bounds of how long queries took, in seconds.
pub const TIMES: [f64; 18] = [
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// The upper bounds of the sizes of messages, in bytes.
pub const SIZES: [f64; 10] =
    [100.0, 200.0, 300.0, 400.0, 511.0, 1_023.0, 2_047.0, 4_095.0, 16_383.0, 65_535.0];

/// Where queries are asked from, as far as counts tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Viewed {
    /// From a VPC.
    Vpc(VpcId),
    /// From outside every VPC.
    Internet,
    /// They were refused before that counted, or are of another class.
    Nowhere,
    /// From one of so many VPCs that they are counted together.
    Others,
}

/// Queries that are counted together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Group {
    /// Where they are asked from.
    pub view: Viewed,
    /// How they come.
    pub protocol: Protocol,
    /// Whether they come over IPv6.
    pub v6: bool,
    /// The type's name, if it is asked often; `none` for what cannot be read.
    pub rtype: &'static str,
}

/// How many values lay under each bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread<const N: usize> {
    /// Under the bound of each place, and over the bound before; then those over the last.
    under: [u64; N],
    over: u64,
    /// All values together.
    pub sum: f64,
}

impl<const N: usize> Default for Spread<N> {
    fn default() -> Self {
        Self { under: [0; N], over: 0, sum: 0.0 }
    }
}

impl<const N: usize> Spread<N> {
    /// Adds a value.
    pub fn add(&mut self, bounds: &[f64; N], value: f64) {
        self.sum += value;
        let place = bounds.iter().position(|bound| value <= *bound);
        match place.and_then(|place| self.under.get_mut(place)) {
            Some(count) => *count += 1,
            None => self.over += 1,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.under.iter_mut().zip(other.under).for_each(|(own, other)| *own += other);
        self.over += other.over;
        self.sum += other.sum;
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.under.iter().sum::<u64>() + self.over
    }

    /// Each bound with how many values lay between it and the one before; the last bound is infinite.
    pub fn buckets(&self, bounds: &[f64; N]) -> Vec<(f64, u64)> {
        let under = bounds.iter().copied().zip(self.under);
        under.chain([(f64::INFINITY, self.over)]).collect()
    }
}

/// What became of the queries of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// How many there were of each of [`CODES`].
    pub codes: [u64; CODES.len()],
    /// How long they took, in seconds.
    pub took: Spread<{ TIMES.len() }>,
    /// The sizes of the queries.
    pub request: Spread<{ SIZES.len() }>,
    /// The sizes of the replies.
    pub response: Spread<{ SIZES.len() }>,
}

impl Counted {
    /// Adds a query and what became of it.
    pub fn add(&mut self, code: usize, took: Duration, request: usize, response: usize) {
        if let Some(count) = self.codes.get_mut(code) {
            *count += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "a message is short")]
        let size = |bytes: usize| bytes as f64;
        self.request.add(&SIZES, size(request));
        if code != SILENCE {
            self.took.add(&TIMES, took.as_secs_f64());
            self.response.add(&SIZES, size(response));
        }
    }

    /// Adds the counts of another thread.
    pub fn merge(&mut self, other: &Self) {
        self.codes.iter_mut().zip(other.codes).for_each(|(own, other)| *own += other);
        self.took.merge(&other.took);
        self.request.merge(&other.request);
        self.response.merge(&other.response);
    }

    /// How many queries there were.
    pub fn all(&self) -> u64 {
        self.codes.iter().sum()
    }
}

/// How a server that questions are forwarded to is asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Health {
    /// It answers.
    Up,
    /// It left a question unanswered for longer than usual.
    Late,
    /// It was silent for long, or refuses packets.
    Down,
    /// It sends our questions back to us.
    Loop,
}

impl Health {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Up, Self::Late, Self::Down, Self::Loop];

    /// Its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Late => "late",
            Self::Down => "down",
            Self::Loop => "loop",
        }
    }
}

/// A server that questions were forwarded to.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerCounts {
    /// Its address.
    pub address: SocketAddr,
    /// How it is asked.
    pub health: Health,
    /// The smoothed round trip, in seconds.
    pub round_trip: Option<f64>,
    /// Questions that are out and not late yet.
    pub in_flight: usize,
    /// Clients that wait for it.
    pub waiting: usize,
    /// Questions that were sent, each once.
    pub sent: u64,
    /// Replies by the first sixteen of [`CODES`].
    pub replies: [u64; 16],
    /// Waits that ended without a reply.
    pub timeouts: u64,
    /// Questions that it could not be sent, or that it refused to take.
    pub failures: u64,
    /// Clients that were turned away, because too many waited for it.
    pub rejected: u64,
    /// Questions over TCP, after a truncated reply.
    pub over_tcp: u64,
}

/// What is kept of the answers of other servers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheCounts {
    /// Answers with records.
    pub positive: usize,
    /// Answers that there is nothing.
    pub negative: usize,
    /// Questions that nobody answered.
    pub failures: usize,
    /// The bytes of their names and data.
    pub bytes: usize,
    /// Questions that were answered from what is kept.
    pub hits: u64,
    /// Questions for which nothing was kept.
    pub misses: u64,
    /// Old answers that were given because no server answered.
    pub stale: u64,
    /// Questions that failed, because they had failed a short time before.
    pub failed: u64,
}

/// The TCP connections of DNS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// How many there are.
    pub open: usize,
    /// How many were accepted since the start.
    pub accepted: u64,
    /// How many were refused, because their client had too many.
    pub refused: u64,
    /// How many idle ones were closed to make room.
    pub displaced: u64,
}

/// The query log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryLogCounts {
    /// Lines that were written.
    pub written: u64,
    /// Queries that were not logged, because the log is written too slowly.
    pub dropped: u64,
    /// Lines that could not be written.
    pub failed: u64,
}

/// The process. What the system does not tell is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProcessCounts {
    /// When it began, in seconds since the epoch.
    pub started: f64,
    /// Its user and system time, in seconds.
    pub cpu_seconds: Option<f64>,
    /// Its memory, in bytes.
    pub resident_bytes: Option<f64>,
    /// Its open files.
    pub open_files: Option<f64>,
    /// The most files that it may open.
    pub most_files: Option<f64>,
}

/// All counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Queries by group.
    pub queries: Vec<(Group, Counted)>,
    /// Queries that made the server panic.
    pub panics: u64,
    /// Packets beyond `--pps-limit`.
    pub over_allowance: u64,
    /// Delayed replies for which there was no place.
    pub delays_dropped: u64,
    /// Forwarding loops that were found.
    pub loops: u64,
    /// Servers that questions were forwarded to.
    pub servers: Vec<ServerCounts>,
    /// What they said and is kept.
    pub cache: CacheCounts,
    /// TCP connections.
    pub connections: ConnectionCounts,
    /// The query log, if there is one.
    pub query_log: Option<QueryLogCounts>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_under_the_first_bound_that_holds_it() {
        let mut spread = Spread::default();
        let bounds = [1.0, 10.0];
        for value in [0.5, 1.0, 1.1, 10.0, 11.0] {
            spread.add(&bounds, value);
        }
        assert_eq!(spread.buckets(&bounds), [(1.0, 2), (10.0, 2), (f64::INFINITY, 1)]);
        assert_eq!((spread.count(), spread.sum), (5, 23.6));
    }

    #[test]
    fn silence_takes_no_time_and_has_no_size() {
        let mut counted = Counted::default();
        counted.add(SILENCE, Duration::from_secs(1), 40, 0);
        counted.add(0, Duration::from_secs(1), 40, 90);
        assert_eq!(
            (
                counted.all(),
                counted.took.count(),
                counted.response.count(),
                counted.request.count()
            ),
            (2, 1, 1, 2)
        );
    }
}

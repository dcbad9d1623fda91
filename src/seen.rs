//! What is told of queries that were answered: the words between `dns`, which sees them, and `web`, which shows them.
//!
//! Knows neither. How queries are seen is in `dns/tap.rs`, how they are counted in `dns/tally.rs`.

mod counts;
mod log_level;

use std::{
    fmt::Debug,
    net::{IpAddr, SocketAddr},
};

pub use self::counts::{
    CODES, CacheCounts, ConnectionCounts, Counted, Counts, Group, Health, ProcessCounts,
    QueryLogCounts, SILENCE, SIZES, ServerCounts, Spread, TIMES, Viewed,
};

pub use self::log_level::LogLevel;
use crate::{
    model::{name::Name, record::RecordType},
    resolve::question::Asker,
};

/// Watches queries as they are answered.
pub trait Watch: Debug + Send + Sync {
    /// Begins to keep replies, until what is returned is dropped.
    fn listen(&self) -> Box<dyn Send>;

    /// Takes what was kept, and makes room for more. Meant for one caller that calls it a few times a second.
    fn drain(&self) -> Batch;

    /// What was counted since the start.
    fn counts(&self) -> Counts;

    /// The answers of other servers that are kept, of a name and all names below it, in the order of names: at most so
    /// many.
    fn kept(&self, below: Option<&Name>, most: usize) -> Vec<KeptAnswer>;

    /// Forgets them. How many there were.
    fn forget(&self, below: Option<&Name>) -> usize;

    /// Begins to count names and sources, until what is returned is dropped. `None` if too many count already.
    fn count_tops(&self) -> Option<Box<dyn CountTops>>;
}

/// Counts names and sources while it is there.
pub trait CountTops: Send {
    /// Those that asked most so far: so many of each.
    fn tops(&self, most: usize) -> Tops;
}

/// The names and the sources that ask most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tops {
    /// How many queries there were.
    pub seen: u64,
    /// The names, with the type.
    pub names: Vec<Ranked<(Name, RecordType)>>,
    /// Where they came from: Client Subnet's address where it counts.
    pub sources: Vec<Ranked<IpAddr>>,
}

/// One of many, and how often it was there at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<T> {
    /// What it is.
    pub what: T,
    /// How often.
    pub count: u64,
}

/// An answer of other servers that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// The servers that are asked for it.
    pub servers: Vec<SocketAddr>,
    /// The response code; `None` for a question that nobody answered.
    pub code: Option<&'static str>,
    /// How many seconds it is given yet; of a failure, how long it holds.
    pub seconds: u64,
    /// Whether its time is over, so that it is given only if nobody answers.
    pub is_stale: bool,
    /// The data of its records.
    pub data: Vec<String>,
}

/// One query and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Milliseconds since the epoch.
    pub at: u64,
    /// Where the packet came from.
    pub source: IpAddr,
    /// Where it was asked from; none for a query that was refused or of another class.
    pub asker: Option<Asker>,
    /// Whether it came over TCP.
    pub tcp: bool,
    /// The name, lower-case.
    pub name: Name,
    /// The class, 1 for the internet.
    pub class: u16,
    /// The type.
    pub rtype: RecordType,
    /// The response code, or `SILENCE`.
    pub status: &'static str,
    /// The data of the answer's records.
    pub data: Vec<String>,
    /// The addresses among them.
    pub addresses: Vec<IpAddr>,
}

/// What was seen since the last drain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many queries there were.
    pub seen: u64,
    /// The first of them.
    pub samples: Vec<Sample>,
}

//! What is told of queries that were answered: the words between `dns`, which sees them, and `web`, which shows them.
//!
//! Knows neither. How queries are seen is in `dns/tap.rs`, how they are counted in `dns/tally.rs`.

mod counts;

use std::{fmt::Debug, net::IpAddr};

pub use self::counts::{
    CODES, CacheCounts, ConnectionCounts, Counted, Counts, Group, Health, ProcessCounts, SILENCE,
    SIZES, ServerCounts, Spread, TIMES, Viewed,
};

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

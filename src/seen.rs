//! What is told of queries that were answered: the words between `dns`, which sees them, and `web`, which shows them.
//!
//! Knows neither. How queries are seen is in `dns/tap.rs`.

use std::{fmt::Debug, net::IpAddr};

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

    /// How many replies there were since the start.
    fn counts(&self) -> Vec<Count>;

    /// How often a server that questions are forwarded to was found to ask this one in turn.
    fn loops(&self) -> u64;
}

/// How many replies had a response code; `SILENCE` and `FORWARDED` stand for queries without a reply of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The code's name.
    pub status: &'static str,
    /// How many since the start.
    pub count: u64,
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
    /// The response code, `SILENCE` or `FORWARDED`.
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

//! An answer before it is written as bytes.
//!
//! It borrows from the World and the View. Header bits, sizes and compression belong to `dns`.

use std::{
    borrow::Cow,
    net::{Ipv4Addr, Ipv6Addr},
};

use smallvec::SmallVec;

use super::question::{Asker, Chain};
use crate::model::{
    id::ResolverRuleId,
    name::Name,
    record::{RecordType, dotted, rdata_text},
};

/// A response code (RFC 1035 section 4.1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rcode {
    /// No error: an answer, or NODATA.
    NoError,
    /// The server could not find out.
    ServFail,
    /// The name does not exist.
    NxDomain,
    /// The server refuses to answer.
    Refused,
}

impl Rcode {
    /// Its number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::NoError => 0,
            Self::ServFail => 2,
            Self::NxDomain => 3,
            Self::Refused => 5,
        }
    }

    /// Its name as dig prints it.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoError => "NOERROR",
            Self::ServFail => "SERVFAIL",
            Self::NxDomain => "NXDOMAIN",
            Self::Refused => "REFUSED",
        }
    }
}

/// Records of the answer section. Eight fit without an allocation.
pub type Records<'v> = SmallVec<[Record<'v>; 8]>;

/// An answer: a code, records, and for a negative answer the zone's SOA in the authority section.
#[derive(Clone, Debug)]
pub struct Answer<'v> {
    /// The response code.
    pub rcode: Rcode,
    /// The answer section, in the order to send.
    pub records: Records<'v>,
    /// The authority section: one SOA of a negative answer, or nothing.
    pub soa: Option<Record<'v>>,
}

/// One record.
#[derive(Clone, Debug)]
pub struct Record<'v> {
    /// Its owner name.
    pub owner: Owner<'v>,
    /// Seconds it may be cached.
    pub ttl: u32,
    /// Its data.
    pub data: Data<'v>,
}

/// The owner of a record.
#[derive(Clone, Debug)]
pub enum Owner<'v> {
    /// The name in the question, in the client's case.
    Question,
    /// The end of the name in the question, from this byte of its wire form on: the zone of a negative answer.
    QuestionSuffix(usize),
    /// Another name.
    Name(Cow<'v, Name>),
}

/// The data of a record.
#[derive(Clone, Debug)]
pub enum Data<'v> {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// A type whose data is one name: CNAME or PTR.
    Name(RecordType, Cow<'v, Name>),
    /// Uncompressed wire bytes of any other type, SOA included.
    Wire(RecordType, &'v [u8]),
}

impl Data<'_> {
    /// The record type.
    pub fn rtype(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::AAAA,
            Self::Name(rtype, _) | Self::Wire(rtype, _) => *rtype,
        }
    }

    /// Presentation text, as `dig +short` prints it.
    pub fn text(&self) -> String {
        match self {
            Self::A(address) => address.to_string(),
            Self::Aaaa(address) => address.to_string(),
            Self::Name(_, name) => dotted(name.as_ref().as_ref()),
            Self::Wire(rtype, wire) => rdata_text(*rtype, wire),
        }
    }
}

/// What `resolve` decides.
#[derive(Clone, Debug)]
pub enum Outcome<'v> {
    /// Send this answer.
    Answer(Answer<'v>),
    /// Ask another server, and send its answer after the records known so far.
    Forward {
        /// Whom to ask.
        target: Target,
        /// The name to ask for: the question's, or the last CNAME's target.
        name: Cow<'v, Name>,
        /// CNAMEs already followed.
        known: Records<'v>,
        /// The links that led to the question. The firewall needs them for CNAME targets (R65).
        chain: Chain,
        /// The VPC whose View resolves CNAME targets: the client's, or that of the inbound endpoint to which a rule
        /// handed the question.
        asker: Asker,
        /// The alias record that led to the question, if any. Only the final records of the reply are shown, under the
        /// alias's name (R57).
        alias: Option<Alias<'v>>,
    },
    /// DNS Firewall answers in place of everything else.
    Blocked(Answer<'v>),
    /// Send no reply: DNS support is off (V10).
    Silence,
}

/// An alias record whose target another server answers.
#[derive(Clone, Debug)]
pub struct Alias<'v> {
    /// The owner name of the alias.
    pub owner: Owner<'v>,
    /// The code and the SOA to send if the target has no record of the type.
    pub rcode: Rcode,
    /// The SOA of the alias's zone.
    pub soa: Option<Record<'v>>,
}

/// Whom a question is forwarded to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The resolver given by `--upstream`.
    Upstream,
    /// The targets of a Resolver rule.
    Rule(ResolverRuleId),
}

impl<'v> Answer<'v> {
    /// An answer of records.
    pub fn found(records: Records<'v>) -> Self {
        Self { rcode: Rcode::NoError, records, soa: None }
    }

    /// An error without records.
    pub fn code(rcode: Rcode) -> Self {
        Self { rcode, records: Records::new(), soa: None }
    }
}

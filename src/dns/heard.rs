//! What another server said: read from its message, and given again with less of its time left.
//!
//! Knows TTLs (RFC 1035, RFC 2308), not who asked nor how much of it a client gets.

use std::time::Duration;

use hickory_resolver::proto::{
    op::Message,
    rr::{Name as HickoryName, RData, Record},
};

use crate::model::{
    name::Name,
    record::{Rdata, RecordType},
};

/// NXDOMAIN (RFC 1035 section 4.1.1).
const NO_SUCH_NAME: u16 = 3;
/// The longest time an answer is kept, in seconds: a day.
const LONGEST: u32 = 86_400;
/// The TTL of an answer past its own (RFC 8767 section 4).
const STALE_TTL: u32 = 30;

/// What a server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Heard {
    /// The response code's number.
    pub(super) code: u16,
    /// The answer section.
    pub(super) records: Vec<HeardRecord>,
    /// The SOA of a negative answer, its TTL that of the answer.
    pub(super) soa: Option<HeardRecord>,
}

/// A record as it was heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct HeardRecord {
    pub(super) owner: Name,
    pub(super) ttl: u32,
    pub(super) rtype: RecordType,
    pub(super) data: Rdata,
}

impl Heard {
    /// Reads a reply to a question of a type.
    pub(super) fn read(message: &Message, rtype: RecordType) -> Self {
        let records: Vec<_> = message.answers.iter().filter_map(HeardRecord::read).collect();
        let found = records.iter().any(|record| rtype == RecordType::ANY || record.rtype == rtype);
        let soa = message.authorities.iter().find_map(soa).filter(|_| !found);
        Self { code: message.metadata.response_code.into(), records, soa }
    }

    /// How long it holds; a negative answer without an SOA holds for nobody else (RFC 2308 section 5).
    pub(super) fn lifetime(&self) -> Duration {
        let unproved = self.code == NO_SUCH_NAME || self.records.is_empty();
        if unproved && self.soa.is_none() {
            return Duration::ZERO;
        }
        let ttls = self.records.iter().chain(&self.soa).map(|record| record.ttl);
        Duration::from_secs(ttls.min().unwrap_or_default().min(LONGEST).into())
    }

    /// How many bytes its names and data take.
    pub(super) fn size(&self) -> usize {
        let records = self.records.iter().chain(&self.soa);
        records.map(|it| it.owner.wire().len() + it.data.wire().len()).sum()
    }

    /// The same after a while.
    pub(super) fn aged(&self, age: Duration) -> Self {
        let age = u32::try_from(age.as_secs()).unwrap_or(u32::MAX);
        self.with_ttls(|ttl| ttl.saturating_sub(age))
    }

    /// The same past its time.
    pub(super) fn stale(&self) -> Self {
        self.with_ttls(|ttl| ttl.min(STALE_TTL))
    }

    fn with_ttls(&self, change: impl Fn(u32) -> u32) -> Self {
        let mut heard = self.clone();
        for record in heard.records.iter_mut().chain(&mut heard.soa) {
            record.ttl = change(record.ttl);
        }
        heard
    }

    /// Where a CNAME of this name leads.
    pub(super) fn cname(&self, owner: &Name) -> Option<Name> {
        self.records
            .iter()
            .find(|record| record.rtype == RecordType::CNAME && record.owner == *owner)
            .and_then(|cname| Name::from_wire(cname.data.wire()))
    }

    /// Whether anything is said of this name, which the question's CNAMEs lead to.
    pub(super) fn knows(&self, last: &Name) -> bool {
        self.code == NO_SUCH_NAME
            || self.soa.is_some()
            || self.records.iter().any(|record| record.owner == *last)
    }
}

impl HeardRecord {
    fn read(record: &Record) -> Option<Self> {
        Some(Self {
            owner: from_hickory(&record.name)?,
            ttl: record.ttl,
            rtype: RecordType(u16::from(record.record_type())),
            data: Rdata::from_hickory(&record.data).ok()?,
        })
    }
}

fn soa(record: &Record) -> Option<HeardRecord> {
    let RData::SOA(soa) = &record.data else { return None };
    let ttl = record.ttl.min(soa.minimum);
    Some(HeardRecord { ttl, ..HeardRecord::read(record)? })
}

pub(super) fn to_hickory(name: &Name) -> Option<HickoryName> {
    let mut hickory = HickoryName::from_labels(name.as_ref().labels()).ok()?;
    hickory.set_fqdn(true);
    Some(hickory)
}

fn from_hickory(name: &HickoryName) -> Option<Name> {
    let mut wire = Vec::new();
    for label in name.iter() {
        wire.push(u8::try_from(label.len()).ok()?);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    Name::from_wire(&wire)
}

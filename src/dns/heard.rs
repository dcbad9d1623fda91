//! Answers of other servers: parsed, kept, and served again with their remaining TTLs.
//!
//! Knows TTLs (RFC 1035, RFC 2181, RFC 2308), not who asked. TTLs are capped once, when an answer is parsed: if
//! they were capped when it is served, it would never expire.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use hickory_resolver::proto::{
    op::Message,
    rr::{Name as HickoryName, RData, Record},
};

use crate::{
    model::{
        name::Name,
        record::{Rdata, RecordType, rdata_text},
    },
    resolve::{question::Asker, snapshot::Snapshot},
};

/// NXDOMAIN (RFC 1035 section 4.1.1).
const NO_SUCH_NAME: u16 = 3;
/// The longest time an answer is kept, in seconds: a day.
const LONGEST: u32 = 86_400;
/// The TTL of an answer past its own (RFC 8767 section 4).
const STALE_TTL: u32 = 30;

/// How a client sees TTLs: their caps in seconds, and whether they count down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Caps {
    /// Of records.
    positive: u32,
    /// Of the SOA of a negative answer.
    negative: u32,
    /// Whether a kept TTL is shown in full for as long as the answer is kept.
    whole: bool,
}

impl Caps {
    /// The caps of the VPC's resolver; the internet has none but [`LONGEST`].
    pub(super) fn of(snapshot: &Snapshot, asker: Asker) -> Self {
        let (switches, whole) = (&snapshot.world.switches, snapshot.whole_ttls());
        match asker.vpc() {
            Some(_) => Self {
                positive: switches.public_ttl_cap.min(LONGEST),
                negative: switches.negative_ttl_cap.min(LONGEST),
                whole,
            },
            None => Self { positive: LONGEST, negative: LONGEST, whole },
        }
    }

    /// How much of an answer's age is taken off the TTLs shown.
    pub(super) fn shown_age(self, age: Duration) -> Duration {
        if self.whole { Duration::ZERO } else { age }
    }
}

/// What a server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Heard {
    /// The response code's number.
    pub(super) code: u16,
    /// The answer section.
    pub(super) records: Vec<HeardRecord>,
    /// The SOA of a negative answer, its TTL that of the answer.
    pub(super) soa: Option<HeardRecord>,
    /// Whether its time is over.
    pub(super) is_stale: bool,
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
    /// Reads a reply to a question of a type. TTLs are capped, those of an RRset are equal, and duplicates leave
    /// (RFC 2181 sections 5 and 5.2).
    pub(super) fn read(message: &Message, rtype: RecordType, caps: Caps) -> Self {
        let mut records: Vec<HeardRecord> = Vec::with_capacity(message.answers.len());
        // The least TTL of each RRset. Reading them takes one pass, however many records a reply has.
        let mut least: HashMap<(Name, RecordType), u32> = HashMap::new();
        let mut seen = HashSet::new();
        for record in message.answers.iter().filter_map(HeardRecord::read) {
            let ttl = record.ttl.min(caps.positive);
            let set = least.entry((record.owner.clone(), record.rtype)).or_insert(ttl);
            *set = ttl.min(*set);
            if seen.insert((record.owner.clone(), record.rtype, record.data.wire().to_vec())) {
                records.push(record);
            }
        }
        for record in &mut records {
            let set = least.get(&(record.owner.clone(), record.rtype));
            record.ttl = set.copied().unwrap_or_default();
        }
        let found = records.iter().any(|record| rtype == RecordType::ANY || record.rtype == rtype);
        let soa = message.authorities.iter().find_map(soa).filter(|_| !found);
        let soa = soa.map(|soa| HeardRecord { ttl: soa.ttl.min(caps.negative), ..soa });
        Self { code: message.metadata.response_code.into(), records, soa, is_stale: false }
    }

    /// How long the answer is cached. A negative answer without an SOA is not cached (RFC 2308 section 5).
    pub(super) fn lifetime(&self) -> Duration {
        let unproved = self.code == NO_SUCH_NAME || self.records.is_empty();
        if unproved && self.soa.is_none() {
            return Duration::ZERO;
        }
        let ttls = self.records.iter().chain(&self.soa).map(|record| record.ttl);
        Duration::from_secs(ttls.min().unwrap_or_default().into())
    }

    /// Whether it says that there is nothing.
    pub(super) fn is_negative(&self) -> bool {
        self.code == NO_SUCH_NAME || self.soa.is_some()
    }

    /// The data of its records, as text.
    pub(super) fn texts(&self) -> Vec<String> {
        self.records.iter().map(|record| rdata_text(record.rtype, record.data.wire())).collect()
    }

    /// How many bytes its names and data take.
    pub(super) fn size(&self) -> usize {
        let records = self.records.iter().chain(&self.soa);
        records.map(|it| it.owner.wire().len() + it.data.wire().len()).sum()
    }

    /// The answer with the TTLs to show now. This is the only place where a cached TTL becomes the TTL shown.
    pub(super) fn aged(&self, age: Duration) -> Self {
        let age = u32::try_from(age.as_secs()).unwrap_or(u32::MAX);
        self.with_ttls(|ttl| ttl.saturating_sub(age))
    }

    /// The same past its time.
    pub(super) fn stale(&self) -> Self {
        Self { is_stale: true, ..self.with_ttls(|ttl| ttl.min(STALE_TTL)) }
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

    /// Whether the answer says anything about this name, a CNAME target of the question.
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
            ttl: ttl(record.ttl),
            rtype: RecordType(u16::from(record.record_type())),
            data: Rdata::from_hickory(&record.data).ok()?,
        })
    }
}

/// The SOA of a negative answer, its TTL that of the answer (RFC 2308 section 5).
fn soa(record: &Record) -> Option<HeardRecord> {
    let RData::SOA(soa) = &record.data else { return None };
    let ttl = ttl(record.ttl).min(ttl(soa.minimum));
    Some(HeardRecord { ttl, ..HeardRecord::read(record)? })
}

/// A TTL with the top bit set is 0 (RFC 2181 section 8).
fn ttl(ttl: u32) -> u32 {
    if ttl > i32::MAX as u32 { 0 } else { ttl }
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

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::op::ResponseCode;

    use super::*;

    const CAPS: Caps = Caps { positive: 300, negative: 60, whole: false };

    /// A reply of these records, each `owner TTL A address` or `owner TTL SOA minimum`.
    fn reply(answers: &[(&str, u32, [u8; 4])], soa: Option<(u32, u32)>) -> Message {
        let mut message = Message::query();
        for (owner, ttl, address) in answers {
            let owner = HickoryName::from_ascii(owner).unwrap();
            message.answers.push(Record::from_rdata(
                owner,
                *ttl,
                RData::A(std::net::Ipv4Addr::from(*address).into()),
            ));
        }
        if let Some((ttl, minimum)) = soa {
            let name = HickoryName::from_ascii("example.").unwrap();
            let data = hickory_resolver::proto::rr::rdata::SOA::new(
                name.clone(),
                name.clone(),
                1,
                2,
                3,
                4,
                minimum,
            );
            message.authorities.push(Record::from_rdata(name, ttl, RData::SOA(data)));
        }
        message
    }

    fn ttls(answers: &[(&str, u32, [u8; 4])]) -> Vec<u32> {
        let heard = Heard::read(&reply(answers, None), RecordType::A, CAPS);
        heard.records.iter().map(|record| record.ttl).collect()
    }

    #[test]
    fn an_rrset_has_one_ttl_no_duplicates_and_its_cap() {
        assert_eq!(ttls(&[("a.", 200, [1; 4]), ("a.", 5, [2; 4]), ("b.", 50, [1; 4])]), [5, 5, 50]);
        assert_eq!(ttls(&[("a.", 60, [1; 4]), ("A.", 60, [1; 4]), ("a.", 60, [2; 4])]), [60, 60]);
        // The duplicate's TTL counts.
        assert_eq!(ttls(&[("a.", 60, [1; 4]), ("a.", 9, [1; 4])]), [9]);
        assert_eq!(ttls(&[("a.", 86_400, [1; 4])]), [300]);
        assert_eq!(ttls(&[("a.", i32::MAX as u32, [1; 4])]), [300]);
        assert_eq!(ttls(&[("a.", 0x8000_0001, [1; 4])]), [0]);
    }

    #[test]
    fn a_negative_answer_lives_for_the_least_of_ttl_minimum_and_cap() {
        for (ttl, minimum, expected) in
            [(50, 7, 7), (7, 50, 7), (900, 900, 60), (0x8000_0000, 50, 0), (50, 0x8000_0000, 0)]
        {
            let heard = Heard::read(&reply(&[], Some((ttl, minimum))), RecordType::A, CAPS);
            assert_eq!(heard.soa.as_ref().unwrap().ttl, expected, "{ttl} {minimum}");
            assert_eq!(heard.lifetime(), Duration::from_secs(expected.into()));
        }
    }

    #[test]
    fn a_negative_answer_without_an_soa_has_no_lifetime() {
        let mut message = reply(&[], None);
        assert_eq!(Heard::read(&message, RecordType::A, CAPS).lifetime(), Duration::ZERO);
        // Nor has one whose CNAME leads nowhere.
        message = reply(&[("a.", 60, [1; 4])], None);
        message.metadata.response_code = ResponseCode::NXDomain;
        assert_eq!(Heard::read(&message, RecordType::A, CAPS).lifetime(), Duration::ZERO);
    }

    #[test]
    fn a_kept_answer_counts_down_and_an_old_one_has_a_short_ttl() {
        let heard = Heard::read(&reply(&[("a.", 200, [1; 4])], None), RecordType::A, CAPS);
        assert_eq!(heard.aged(Duration::from_secs(150)).records[0].ttl, 50);
        assert_eq!(heard.stale().records[0].ttl, 30);
        let short = Heard::read(&reply(&[("a.", 20, [1; 4])], None), RecordType::A, CAPS);
        assert_eq!(short.stale().records[0].ttl, 20);
    }
}

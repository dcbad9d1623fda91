//! DNS64: in a subnet that has it on, a name without AAAA gets one made from its A (R32, R33; RFC 6147).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{
    answer::{Answer, Data, Outcome, Rcode},
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::record::RecordType;

/// `64:ff9b::/96`, the well-known prefix (RFC 6052).
const PREFIX: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// The longest TTL in seconds if the negative AAAA answer has no SOA (RFC 6147 section 5.1.7).
const WITHOUT_SOA: u32 = 600;

/// Adds synthesised AAAA records to an AAAA answer that has none, if the asker's subnet has DNS64 on. Their
/// TTL is no more than that of the SOA that says that there are none (RFC 6147 section 5.1.7).
pub fn synthesise<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    outcome: Outcome<'s>,
    trace: &mut T,
) -> Outcome<'s> {
    if question.rtype != RecordType::AAAA || question.chain.followed > 0 {
        return outcome;
    }
    let on = is_on(snapshot, question.asker);
    let lacks = match &outcome {
        Outcome::Answer(answer) => {
            answer.rcode == Rcode::NoError
                && !answer.records.iter().any(|record| {
                    matches!(record.data, Data::Aaaa(_) | Data::Wire(RecordType::AAAA, _))
                })
        }
        _ => false,
    };
    if !on || !lacks {
        return outcome;
    }
    // What says that there is no AAAA also limits how long another may be believed.
    let longest = match &outcome {
        Outcome::Answer(answer) => answer.soa.as_ref().map_or(WITHOUT_SOA, |soa| soa.ttl),
        _ => WITHOUT_SOA,
    };
    let Outcome::Answer(mut answer) =
        super::resolve(snapshot, &Question { rtype: RecordType::A, ..*question }, &mut ())
    else {
        return outcome;
    };
    let mut made = false;
    for record in &mut answer.records {
        if let Data::A(address) = record.data {
            record.data = Data::Aaaa(made_of(address));
            record.ttl = record.ttl.min(longest);
            made = true;
        }
    }
    if !made {
        return outcome;
    }
    trace.step(Step::Dns64);
    Outcome::Answer(Answer { soa: None, ..answer })
}

/// Whether a client's subnet has DNS64 on.
pub fn is_on(snapshot: &Snapshot, asker: Asker) -> bool {
    asker
        .subnet()
        .and_then(|subnet| snapshot.world.subnets.get(&subnet))
        .is_some_and(|subnet| subnet.dns64)
}

/// The IPv6 address for an IPv4 address (RFC 6052).
pub fn made_of(address: Ipv4Addr) -> Ipv6Addr {
    let [a, b, c, d] = address.octets();
    let [p0, p1, p2, p3, p4, p5] = PREFIX;
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    Ipv6Addr::new(p0, p1, p2, p3, p4, p5, high, low)
}

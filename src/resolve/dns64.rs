//! DNS64: in a subnet that has it on, a name without AAAA gets one made from its A (R32, R33; RFC 6147).

use std::net::Ipv6Addr;

use super::{
    answer::{Answer, Data, Outcome, Rcode},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::record::RecordType;

/// `64:ff9b::/96`, the well-known prefix (RFC 6052).
const PREFIX: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// Adds synthesised AAAA records to an AAAA answer that has none, if the asker's subnet has DNS64 on.
pub fn synthesise<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    outcome: Outcome<'s>,
    trace: &mut T,
) -> Outcome<'s> {
    if question.rtype != RecordType::AAAA || question.chain.followed > 0 {
        return outcome;
    }
    let on = question
        .asker
        .subnet()
        .and_then(|subnet| snapshot.world.subnets.get(&subnet))
        .is_some_and(|subnet| subnet.dns64);
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
    let Outcome::Answer(mut answer) =
        super::resolve(snapshot, &Question { rtype: RecordType::A, ..*question }, &mut ())
    else {
        return outcome;
    };
    let mut made = false;
    for record in &mut answer.records {
        if let Data::A(address) = record.data {
            let [a, b, c, d] = address.octets();
            let [p0, p1, p2, p3, p4, p5] = PREFIX;
            record.data = Data::Aaaa(Ipv6Addr::new(
                p0,
                p1,
                p2,
                p3,
                p4,
                p5,
                u16::from_be_bytes([a, b]),
                u16::from_be_bytes([c, d]),
            ));
            made = true;
        }
    }
    if !made {
        return outcome;
    }
    trace.step(Step::Dns64);
    Outcome::Answer(Answer { soa: None, ..answer })
}

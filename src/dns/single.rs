//! Answers of one record: to ANY, and in class CHAOS.

use crate::{
    model::record::RecordType,
    resolve::answer::{Answer, Data, Owner, Record, Records},
};

/// The data of the HINFO record that stands for ANY (RFC 8482 section 4.2): CPU "RFC8482", OS "".
const ANY_HINFO: &[u8] = b"\x07RFC8482\x00";
/// Its TTL in seconds. RFC 8482 asks for a long one.
const ANY_TTL: u32 = 3600;

/// What is said of ANY in place of all there is (RFC 8482).
pub(super) fn minimal_any<'s>() -> Answer<'s> {
    one_record(ANY_TTL, Data::Wire(RecordType::HINFO, ANY_HINFO))
}

/// One record, of the name that was asked.
pub(super) fn one_record(ttl: u32, data: Data<'_>) -> Answer<'_> {
    let mut records = Records::new();
    records.push(Record { owner: Owner::Question, ttl, data });
    Answer::found(records)
}

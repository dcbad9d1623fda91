//! Messages that are not of the common shape, brought into it where they have one question.
//!
//! hickory-proto decodes them: other record counts, other additional records such as TSIG, a compressed question,
//! bytes after the end. What is unsigned here stays so: a TSIG is neither checked nor answered.

use hickory_proto::{
    op::Message,
    rr::Record,
    serialize::binary::{BinEncodable, BinEncoder, NameEncoding},
};

use super::reader::HEADER;

/// What a message turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unusual {
    /// A query with one question, written anew in the common shape.
    Query(Vec<u8>),
    /// A message with no question or with several.
    NotOneQuestion {
        /// Whether it has an OPT record.
        edns: bool,
    },
    /// Not a message.
    Malformed,
}

/// Decodes a packet that has a header.
pub(super) fn normalise(packet: &[u8]) -> Unusual {
    if !counts_can_be_true(packet) {
        return Unusual::Malformed;
    }
    let Ok(message) = Message::from_vec(packet) else { return Unusual::Malformed };
    let [query] = message.queries.as_slice() else {
        return Unusual::NotOneQuestion { edns: message.edns.is_some() };
    };
    let mut plain = Vec::with_capacity(512);
    plain.extend(packet.iter().take(4));
    plain.extend_from_slice(&[0, 1, 0, 0, 0, 0, 0, u8::from(message.edns.is_some())]);
    let mut encoder = BinEncoder::with_offset(&mut plain, 12);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    let written = query.emit(&mut encoder).and_then(|()| {
        message.edns.as_ref().map_or(Ok(()), |edns| Record::from(edns).emit(&mut encoder))
    });
    if written.is_ok() { Unusual::Query(plain) } else { Unusual::Malformed }
}

/// Whether the packet is long enough for the records its header counts: at least 5 bytes a question and 11 a record.
///
/// hickory makes room for what the header counts before it reads on, so that a short packet could cost megabytes.
fn counts_can_be_true(packet: &[u8]) -> bool {
    let count = |at: usize| match packet.get(at..at + 2) {
        Some([high, low]) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    packet.len() >= HEADER + 5 * count(4) + 11 * (count(6) + count(8) + count(10))
}

//! Messages of unusual shape, brought into the usual one if they hold one question.
//!
//! hickory-proto decodes them: other record counts, other additional records such as TSIG, a compressed question,
//! bytes after the end. No key is known here, so every TSIG has an unknown key.

use hickory_proto::{
    op::Message,
    rr::{
        RData, Record,
        rdata::tsig::{TSIG, TsigError, make_tsig_record},
    },
    serialize::binary::{BinEncodable, BinEncoder, NameEncoding},
};

use super::reader::{HEADER, Query, Unread};

/// A TSIG (RFC 8945).
pub(super) type TsigRecord = Record<TSIG>;

/// What a message turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unusual {
    /// A query with one question, written anew in the common shape.
    Query(Vec<u8>),
    /// The same with a TSIG.
    Signed {
        /// The query, written anew in the common shape.
        query: Vec<u8>,
        /// The TSIG that the client sent.
        tsig: Box<TsigRecord>,
    },
    /// A message with no question or with several.
    NotOneQuestion {
        /// Whether it has an OPT record.
        edns: bool,
    },
    /// Not a message.
    Malformed,
}

/// Reads a query of any shape, without a TSIG. One that is written anew for it lies in `plain`.
pub(super) fn read<'p>(packet: &'p [u8], plain: &'p mut Vec<u8>) -> Option<Query<'p>> {
    match Query::read(packet) {
        Ok(query) => Some(query),
        Err(Unread::Unusual(_)) => {
            let Unusual::Query(bytes) = normalise(packet) else { return None };
            *plain = bytes;
            Query::read(plain).ok()
        }
        Err(Unread::NotAQuery | Unread::Malformed(_)) => None,
    }
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
    if written.is_err() {
        return Unusual::Malformed;
    }
    match tsig_of(&message, packet) {
        Ok(None) => Unusual::Query(plain),
        Ok(Some(tsig)) => Unusual::Signed { query: plain, tsig: Box::new(tsig) },
        Err(Misplaced) => Unusual::Malformed,
    }
}

/// A TSIG that is not the last record (RFC 8945 section 5.1).
struct Misplaced;

/// The TSIG of a message.
fn tsig_of(message: &Message, packet: &[u8]) -> Result<Option<TsigRecord>, Misplaced> {
    let is_tsig = |record: &Record| matches!(record.data, RData::TSIG(_));
    let Some((last, others)) = message.additionals.split_last() else { return Ok(None) };
    if others.iter().any(is_tsig) {
        return Err(Misplaced);
    }
    let RData::TSIG(data) = &last.data else { return Ok(None) };
    // An OPT record is not in the list, so that it does not show whether it stands behind.
    let mut written = Vec::new();
    let emitted = data.emit(&mut BinEncoder::new(&mut written));
    if message.edns.is_some() && (emitted.is_err() || !packet.ends_with(&written)) {
        return Err(Misplaced);
    }
    Ok(Some(make_tsig_record(last.name.clone(), data.clone())))
}

/// Puts the TSIG that says that the key is not known behind a reply, if the reply stays within the limit (RFC 8945
/// sections 5.2.1 and 5.3.2): the client's key name and algorithm, no signature, error BADKEY. `now` is in seconds
/// since the epoch.
pub(super) fn add_bad_key(tsig: &TsigRecord, now: u64, limit: usize, reply: &mut Vec<u8>) {
    let TSIG { algorithm, fudge, oid, .. } = tsig.data.clone();
    let error = Some(TsigError::BadKey);
    let data = TSIG::new(algorithm, now, fudge, Vec::new(), oid, error, Vec::new());
    let mut written = Vec::with_capacity(64);
    let mut encoder = BinEncoder::new(&mut written);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    let record = make_tsig_record(tsig.name.clone(), data);
    if record.emit(&mut encoder).is_err() || reply.len() + written.len() > limit {
        return;
    }
    if let Some(count) = reply.get_mut(11) {
        *count += 1;
        reply.extend_from_slice(&written);
    }
}

/// Whether the packet is long enough for the records its header counts: at least 5 bytes a question and 11 a record.
///
/// hickory allocates for the counts in the header before it reads on. Without this check a short packet could cost
/// megabytes.
fn counts_can_be_true(packet: &[u8]) -> bool {
    let count = |at: usize| match packet.get(at..at + 2) {
        Some([high, low]) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    packet.len() >= HEADER + 5 * count(4) + 11 * (count(6) + count(8) + count(10))
}

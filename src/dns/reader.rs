//! The reader of queries of the common shape: one question, at most one OPT, nothing else.
//!
//! It borrows the packet, allocates nothing and copies only the lower-cased name. Any other shape is handed to
//! `unusual`. It judges form alone: opcodes, classes and types pass through.

use super::edns::{self, Edns};
use crate::model::{
    name::{MAX_LABEL, MAX_NAME, NameRef},
    record::RecordType,
    suffix_lengths::{Starts, SuffixLengths},
};

/// The length of a message's header.
pub(super) const HEADER: usize = 12;

/// What of a query's header a reply repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head {
    /// The message id.
    pub(super) id: u16,
    /// The operation; 0 is QUERY.
    pub(super) opcode: u8,
    /// Whether recursion is desired.
    pub(super) recursion_desired: bool,
    /// Whether checking is disabled.
    pub(super) checking_disabled: bool,
}

/// A query of the common shape.
#[derive(Clone, Debug)]
pub(super) struct Query<'p> {
    /// Its header.
    pub(super) head: Head,
    /// Name, type and class as the client sent them; the name is not compressed.
    pub(super) question: &'p [u8],
    lower: [u8; MAX_NAME],
    name_length: usize,
    /// The lengths of the name's suffixes.
    pub(super) suffixes: SuffixLengths,
    /// The type asked for.
    pub(super) rtype: RecordType,
    /// The class.
    pub(super) class: u16,
    /// Its OPT record.
    pub(super) edns: Option<Edns>,
}

/// Why there is no [`Query`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unread {
    /// Too short for a header, or itself a reply: never answered.
    NotAQuery,
    /// Not of the common shape, which may or may not be an error.
    Unusual(Head),
    /// Of the common shape, but an EDNS option is broken.
    Malformed(Head),
}

impl Head {
    /// Reads a header; `None` if there is none, or if it is a reply's.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let [id_high, id_low, flags, more, ..] = packet.first_chunk::<HEADER>()?;
        let is_reply = flags & 0x80 != 0;
        (!is_reply).then(|| Self {
            id: u16::from_be_bytes([*id_high, *id_low]),
            opcode: flags >> 3 & 0x0f,
            recursion_desired: flags & 0x01 != 0,
            checking_disabled: more & 0x10 != 0,
        })
    }
}

impl<'p> Query<'p> {
    /// Reads a packet.
    ///
    /// # Errors
    ///
    /// What [`Unread`] says.
    pub(super) fn read(packet: &'p [u8]) -> Result<Self, Unread> {
        let head = Head::read(packet).ok_or(Unread::NotAQuery)?;
        let unusual = Unread::Unusual(head);
        let additional = match packet.get(4..HEADER) {
            Some([0, 1, 0, 0, 0, 0, 0, additional @ (0 | 1)]) => *additional,
            _ => return Err(unusual),
        };
        let body = packet.get(HEADER..).unwrap_or_default();
        let mut lower = [0; MAX_NAME];
        let (name_length, suffixes) = copy_lower(body, &mut lower).ok_or(unusual)?;
        let (question, rest) = body.split_at_checked(name_length + 4).ok_or(unusual)?;
        let Some([.., type_high, type_low, class_high, class_low]) = question.get(name_length..)
        else {
            return Err(unusual);
        };
        let edns = match (additional, rest) {
            (0, []) => None,
            // An OPT record: the root, the type, then class, TTL, length and data (RFC 6891 section 6.1.2).
            (
                1,
                [
                    0,
                    0,
                    41,
                    payload_high,
                    payload_low,
                    a,
                    b,
                    c,
                    d,
                    length_high,
                    length_low,
                    data @ ..,
                ],
            ) if data.len() == usize::from(u16::from_be_bytes([*length_high, *length_low])) => {
                let payload = u16::from_be_bytes([*payload_high, *payload_low]);
                let ttl = u32::from_be_bytes([*a, *b, *c, *d]);
                Some(
                    Edns::read(payload, ttl, data)
                        .map_err(|edns::Malformed| Unread::Malformed(head))?,
                )
            }
            _ => return Err(unusual),
        };
        Ok(Self {
            head,
            question,
            lower,
            name_length,
            suffixes,
            rtype: RecordType(u16::from_be_bytes([*type_high, *type_low])),
            class: u16::from_be_bytes([*class_high, *class_low]),
            edns,
        })
    }

    /// The name in the question, lower-case.
    pub(super) fn name(&self) -> NameRef<'_> {
        let wire = self.lower.get(..self.name_length).unwrap_or(&[0]);
        NameRef::from_lower_wire(wire).knowing(&self.suffixes)
    }
}

/// The question of a message that has exactly one, as the client sent it; nothing if it cannot be read or is compressed.
pub(super) fn question(packet: &[u8]) -> &[u8] {
    let one = packet.get(4..6) == Some(&[0, 1]);
    let body = packet.get(HEADER..).unwrap_or_default();
    let end = copy_lower(body, &mut [0; MAX_NAME]).map(|(length, _)| length + 4);
    end.filter(|_| one).and_then(|end| body.get(..end)).unwrap_or_default()
}

/// Copies the uncompressed name at the front of `body` in lower case and returns its length in wire form and those of
/// its suffixes.
fn copy_lower(body: &[u8], lower: &mut [u8; MAX_NAME]) -> Option<(usize, SuffixLengths)> {
    let mut end = 0;
    let mut starts = Starts::default();
    loop {
        starts.note(end);
        let length = usize::from(*body.get(end)?);
        if length > MAX_LABEL {
            return None;
        }
        end += 1 + length;
        // The root label needs a byte after this one, unless this is it.
        if end > MAX_NAME || (length > 0 && end == MAX_NAME) {
            return None;
        }
        if length == 0 {
            break;
        }
    }
    // A length byte is at most 63, below the capital letters, so lower-casing leaves it alone.
    let lower = lower.get_mut(..end)?;
    lower.copy_from_slice(body.get(..end)?);
    lower.make_ascii_lowercase();
    Some((end, starts.suffixes(end)))
}

#[cfg(test)]
mod tests;

//! Writes replies with full name compression (RFC 1035 section 4.1.4).
//!
//! Writes within a limit, or reports that the reply does not fit; `respond` decides what happens then. Flags are
//! those of a resolver: QR and RA always, RD and CD as the client set them, AA and AD never.

use smallvec::SmallVec;

use super::{
    edns::Opt,
    reader::{HEADER, Head},
};
use crate::{
    model::{
        name::MAX_LABEL,
        record::{NamesIn, RecordType, names_in},
        suffix_lengths::SuffixLengths,
    },
    resolve::answer::{Data, Owner, Record},
};

/// The largest message (RFC 1035 section 4.2.2).
pub(super) const MAX_MESSAGE: usize = 65_535;

/// Response codes beside those `resolve` knows (RFC 1035 section 4.1.1, RFC 6891 section 9).
pub(super) mod code {
    /// The message cannot be understood.
    pub(in crate::dns) const FORMERR: u16 = 1;
    /// The server failed.
    pub(in crate::dns) const SERVFAIL: u16 = 2;
    /// The operation is not implemented.
    pub(in crate::dns) const NOTIMP: u16 = 4;
    /// The server will not say.
    pub(in crate::dns) const REFUSED: u16 = 5;
    /// The message is signed by a key that vpcdns does not know (RFC 8945 section 5.2.1).
    pub(in crate::dns) const NOTAUTH: u16 = 9;
    /// The EDNS version is not implemented.
    pub(in crate::dns) const BADVERS: u16 = 16;
}

/// A reply to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply<'r> {
    /// The fields copied from the query's header.
    pub(super) head: Head,
    /// The question in the client's case, or nothing.
    pub(super) question: &'r [u8],
    /// The lengths of the suffixes of its name, if they are known.
    pub(super) suffixes: Option<&'r SuffixLengths>,
    /// The response code, up to 12 bits if there is an OPT record.
    pub(super) code: u16,
    /// Whether it was cut.
    pub(super) truncated: bool,
    /// The answer section.
    pub(super) records: &'r [Record<'r>],
    /// The authority section.
    pub(super) authority: Option<&'r Record<'r>>,
    /// The OPT record.
    pub(super) opt: Option<Opt>,
}

/// The reply is longer than the limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooLong;

impl<'r> Reply<'r> {
    /// A reply without records.
    pub(super) fn empty(head: Head, question: &'r [u8], code: u16, opt: Option<Opt>) -> Self {
        Self {
            head,
            question,
            suffixes: None,
            code,
            truncated: false,
            records: &[],
            authority: None,
            opt,
        }
    }

    /// Writes the message into `out`, and replaces its contents.
    ///
    /// # Errors
    ///
    /// If it is longer than `limit`; `out` then holds nothing of use.
    pub(super) fn write(&self, limit: usize, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.clear();
        out.extend_from_slice(&self.header()?);
        out.extend_from_slice(self.question);
        let mut message = Message {
            out,
            question: self.question,
            walked: self.suffixes,
            suffixes: None,
            room: 0,
            candidates: SmallVec::new(),
            lengths: SuffixLengths::default(),
        };
        let class = self.question.last_chunk::<2>().copied().unwrap_or_default();
        let room = limit.checked_sub(self.opt.map_or(0, Opt::length)).ok_or(TooLong)?;
        for record in self.records.iter().chain(self.authority) {
            message.record(record, class)?;
            if message.out.len() > room {
                return Err(TooLong);
            }
        }
        if let Some(opt) = self.opt {
            opt.write(self.code, out);
        }
        if out.len() > limit { Err(TooLong) } else { Ok(()) }
    }

    fn header(&self) -> Result<[u8; HEADER], TooLong> {
        let [id_high, id_low] = self.head.id.to_be_bytes();
        let flags = 0x80
            | (self.head.opcode & 0x0f) << 3
            | u8::from(self.truncated) << 1
            | u8::from(self.head.recursion_desired);
        let [_, code] = (self.code & 0x0f).to_be_bytes();
        let more = 0x80 | u8::from(self.head.checking_disabled) << 4 | code;
        let answers = u16::try_from(self.records.len()).map_err(|_| TooLong)?;
        let [answers_high, answers_low] = answers.to_be_bytes();
        Ok([
            id_high,
            id_low,
            flags,
            more,
            0,
            u8::from(!self.question.is_empty()),
            answers_high,
            answers_low,
            0,
            u8::from(self.authority.is_some()),
            0,
            u8::from(self.opt.is_some()),
        ])
    }
}

/// How many positions in a message are remembered for later names to point to. Those in the question count, but are never
/// too many.
///
/// With the comparison of lengths below this bounds the work for each name; hickory-proto has the same bound.
const CANDIDATES: usize = 64;
/// Pointers have 14 bits.
const POINTER_END: usize = 0x4000;

/// A position where a name begins that later names may point to.
#[derive(Clone, Copy)]
struct Candidate {
    at: u16,
    /// The length of the name there, uncompressed. Names of different lengths differ.
    length: u8,
}

/// A message being written.
struct Message<'o> {
    out: &'o mut Vec<u8>,
    /// The question, whose name stands right after the header.
    question: &'o [u8],
    /// The lengths of the suffixes of its name, if they came with it.
    walked: Option<&'o SuffixLengths>,
    /// The same once a name is written: most replies have none beside the question's.
    suffixes: Option<SuffixLengths>,
    /// How many candidates there may be.
    room: usize,
    candidates: SmallVec<[Candidate; CANDIDATES]>,
    /// The lengths of the candidates.
    lengths: SuffixLengths,
}

impl Message<'_> {
    /// Where the question's name has an ending of this length.
    fn in_question(&mut self, length: usize) -> Option<usize> {
        let name = self.question.len().checked_sub(4)?;
        let suffixes = self.suffixes.get_or_insert_with(|| {
            let suffixes = self.walked.copied().unwrap_or_else(|| SuffixLengths::of(self.question));
            self.room = CANDIDATES.saturating_sub(suffixes.count() - 1);
            suffixes
        });
        if suffixes.contains(length) { Some(HEADER + name.checked_sub(length)?) } else { None }
    }

    fn note(&mut self, at: usize, length: usize) {
        if self.candidates.len() >= self.room || at >= POINTER_END {
            return;
        }
        if let (Ok(at), Ok(length)) = (u16::try_from(at), u8::try_from(length)) {
            self.candidates.push(Candidate { at, length });
            self.lengths.insert(usize::from(length));
        }
    }

    fn record(&mut self, record: &Record<'_>, class: [u8; 2]) -> Result<(), TooLong> {
        match &record.owner {
            Owner::Question => self.pointer_into_question(0),
            Owner::QuestionSuffix(start) => self.pointer_into_question(*start),
            Owner::Name(name) => self.name(name.wire()),
        }
        self.out.extend_from_slice(&record.data.rtype().0.to_be_bytes());
        self.out.extend_from_slice(&class);
        self.out.extend_from_slice(&record.ttl.to_be_bytes());
        let length_at = self.out.len();
        self.out.extend_from_slice(&[0, 0]);
        match &record.data {
            Data::A(address) => self.out.extend_from_slice(&address.octets()),
            Data::Aaaa(address) => self.out.extend_from_slice(&address.octets()),
            Data::Name(_, name) => self.name(name.wire()),
            Data::Wire(rtype, wire) => self.wire(*rtype, wire),
        }
        let length = u16::try_from(self.out.len() - length_at - 2).map_err(|_| TooLong)?;
        if let Some(bytes) = self.out.get_mut(length_at..length_at + 2) {
            bytes.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    /// Writes the question's name from byte `start` on. The root is shorter than a pointer.
    fn pointer_into_question(&mut self, start: usize) {
        match self.question.get(start) {
            Some(1..) => self.pointer(HEADER + start),
            _ => self.out.push(0),
        }
    }

    fn pointer(&mut self, at: usize) {
        let [high, low] = u16::try_from(at).unwrap_or_default().to_be_bytes();
        self.out.extend_from_slice(&[0xc0 | high, low]);
    }

    /// Writes a name; its longest known ending becomes a pointer.
    fn name(&mut self, name: &[u8]) {
        let start = self.out.len();
        let mut at = 0;
        while let Some(&label @ 1..) = name.get(at) {
            let (front, ending) = name.split_at(at);
            if let Some(target) = self.find(ending) {
                self.out.extend_from_slice(front);
                self.pointer(target);
                return;
            }
            self.note(start + at, ending.len());
            at += usize::from(label) + 1;
        }
        self.out.extend_from_slice(name);
    }

    fn find(&mut self, ending: &[u8]) -> Option<usize> {
        if let Some(at) = self.in_question(ending.len()).filter(|at| self.holds(*at, ending)) {
            return Some(at);
        }
        if !self.lengths.contains(ending.len()) {
            return None;
        }
        self.candidates
            .iter()
            .filter(|candidate| usize::from(candidate.length) == ending.len())
            .map(|candidate| usize::from(candidate.at))
            .find(|at| self.holds(*at, ending))
    }

    /// Whether the name at `at` is `name`, whatever the case.
    fn holds(&self, mut at: usize, mut name: &[u8]) -> bool {
        loop {
            match (self.out.get(at), self.out.get(at + 1), name.first()) {
                (Some(0), _, Some(0)) => return true,
                // A pointer of ours leads backwards, so this ends.
                (Some(high @ 0xc0..), Some(low), _) => {
                    at = usize::from(u16::from_be_bytes([high & 0x3f, *low]));
                }
                (Some(label @ 1..=63), _, Some(_)) => {
                    let end = usize::from(*label) + 1;
                    let (Some(ours), Some(theirs)) = (self.out.get(at..at + end), name.get(..end))
                    else {
                        return false;
                    };
                    if !ours.eq_ignore_ascii_case(theirs) {
                        return false;
                    }
                    at += end;
                    name = name.get(end..).unwrap_or_default();
                }
                _ => return false,
            }
        }
    }

    /// Writes data, compressing the names that may be (RFC 3597 section 4). Data of another layout is copied.
    fn wire(&mut self, rtype: RecordType, wire: &[u8]) {
        match names_in(rtype) {
            NamesIn::After(front) => {
                if let Some((front, name)) = wire.split_at_checked(front)
                    && name_length(name) == Some(name.len())
                {
                    self.out.extend_from_slice(front);
                    return self.name(name);
                }
            }
            NamesIn::TwoThenNumbers => {
                if let Some((first, rest)) = split_name(wire)
                    && let Some((second, numbers)) = split_name(rest)
                {
                    self.name(first);
                    self.name(second);
                    self.out.extend_from_slice(numbers);
                    return;
                }
            }
            NamesIn::Nowhere => {}
        }
        self.out.extend_from_slice(wire);
    }
}

fn split_name(wire: &[u8]) -> Option<(&[u8], &[u8])> {
    wire.split_at_checked(name_length(wire)?)
}

/// The length of the uncompressed name at the front, root label included.
fn name_length(wire: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match usize::from(*wire.get(at)?) {
            0 => return (at < crate::model::name::MAX_NAME).then_some(at + 1),
            label if label > MAX_LABEL => return None,
            label => at += label + 1,
        }
    }
}

#[cfg(test)]
mod tests;

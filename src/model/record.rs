//! Record types and record data, kept in wire form so that an answer copies bytes.
//!
//! Knows which data hold names. Presentation text is read by hickory-proto; this file keeps nothing of its types.

use std::{fmt, str::FromStr, sync::Arc};

use hickory_proto::{
    rr::{RData, RecordType as HickoryType},
    serialize::binary::{BinEncodable, BinEncoder, NameEncoding},
};

use super::name::{Name, NameError, NameRef};

/// A record type by its number (RFC 1035 section 3.2.2 and the IANA registry).
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct RecordType(pub u16);

impl RecordType {
    /// An IPv4 address.
    pub const A: Self = Self(1);
    /// A name server.
    pub const NS: Self = Self(2);
    /// Another name of the same thing.
    pub const CNAME: Self = Self(5);
    /// The start of a zone.
    pub const SOA: Self = Self(6);
    /// A pointer, used for reverse names.
    pub const PTR: Self = Self(12);
    /// Host information; the minimal answer to ANY (RFC 8482).
    pub const HINFO: Self = Self(13);
    /// A mail exchange.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// An IPv6 address.
    pub const AAAA: Self = Self(28);
    /// Rules for rewriting names into others (RFC 3403).
    pub const NAPTR: Self = Self(35);
    /// Sender Policy Framework, no longer used (RFC 7208 section 3.1).
    pub const SPF: Self = Self(99);
    /// A service location.
    pub const SRV: Self = Self(33);
    /// Service binding for HTTPS (RFC 9460).
    pub const HTTPS: Self = Self(65);
    /// EDNS, part of a message (RFC 6891).
    pub const OPT: Self = Self(41);
    /// A key exchange, part of a message (RFC 2930).
    pub const TKEY: Self = Self(249);
    /// A signature of a message (RFC 8945).
    pub const TSIG: Self = Self(250);
    /// Mailbox records, no longer used (RFC 1035 section 3.2.3).
    pub const MAILB: Self = Self(253);
    /// Mail agents, no longer used (RFC 1035 section 3.2.3).
    pub const MAILA: Self = Self(254);
    /// Incremental zone transfer.
    pub const IXFR: Self = Self(251);
    /// Zone transfer.
    pub const AXFR: Self = Self(252);
    /// Every type.
    pub const ANY: Self = Self(255);
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match HickoryType::from(self.0) {
            HickoryType::Unknown(number) => write!(f, "TYPE{number}"),
            known => write!(f, "{known}"),
        }
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `A`, `aaaa`, `TYPE65` (RFC 3597).
impl FromStr for RecordType {
    type Err = RdataError;

    fn from_str(text: &str) -> Result<Self, RdataError> {
        let upper = text.to_ascii_uppercase();
        if let Some(number) = upper.strip_prefix("TYPE").and_then(|number| number.parse().ok()) {
            return Ok(Self(number));
        }
        HickoryType::from_str(&upper)
            .map(|known| Self(known.into()))
            .map_err(|_| RdataError(format!("`{text}` is not a record type")))
    }
}

/// Why a record's data could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RdataError(pub String);

/// The data of one record: uncompressed wire bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Rdata(Box<[u8]>);

impl Rdata {
    /// Reads presentation text, relative names taken as absolute.
    ///
    /// # Errors
    ///
    /// hickory-proto's words, or that the type cannot be written as text.
    pub fn parse(rtype: RecordType, text: &str) -> Result<Self, RdataError> {
        // hickory takes a name without a final dot as relative and writes it so; ours are absolute.
        if matches!(rtype, RecordType::CNAME | RecordType::NS | RecordType::PTR) {
            let name = Name::parse(text.trim()).map_err(|error| RdataError(error.to_string()))?;
            return Ok(Self::name(&name));
        }
        let data = RData::try_from_str(HickoryType::from(rtype.0), text)
            .map_err(|error| RdataError(format!("{rtype} data `{text}`: {error}")))?;
        Self::from_hickory(&data)
    }

    /// The wire form of hickory's value.
    ///
    /// # Errors
    ///
    /// If it cannot be encoded.
    pub fn from_hickory(data: &RData) -> Result<Self, RdataError> {
        let mut bytes = Vec::new();
        let mut encoder = BinEncoder::new(&mut bytes);
        encoder.set_name_encoding(NameEncoding::Uncompressed);
        encoder.set_canonical_form(false);
        data.emit(&mut encoder).map_err(|error| RdataError(error.to_string()))?;
        Ok(Self(bytes.into()))
    }

    /// Data that is one name, as a CNAME's.
    pub fn name(name: &Name) -> Self {
        Self(name.wire().into())
    }

    /// Bytes taken as they are.
    pub fn from_wire(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }
}

/// Where names stand in the data of a type, and whether RFC 3597 section 4 lets them be compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamesIn {
    /// None, or none that may be compressed.
    Nowhere,
    /// The data is one name after this many bytes (CNAME 0, MX 2).
    After(usize),
    /// Two names, then numbers (SOA).
    TwoThenNumbers,
}

/// The layout of a type's data for compression.
pub fn names_in(rtype: RecordType) -> NamesIn {
    match rtype {
        RecordType::CNAME | RecordType::NS | RecordType::PTR => NamesIn::After(0),
        RecordType::MX => NamesIn::After(2),
        RecordType::SOA => NamesIn::TwoThenNumbers,
        _ => NamesIn::Nowhere,
    }
}

/// Presentation text of data in wire form; `\# n hex` (RFC 3597) where hickory cannot read it.
pub fn rdata_text(rtype: RecordType, wire: &[u8]) -> String {
    use hickory_proto::serialize::binary::{BinDecoder, Restrict};
    if (rtype == RecordType::CNAME || rtype == RecordType::PTR || rtype == RecordType::NS)
        && let Some(name) = Name::from_wire(wire)
    {
        return dotted(name.as_ref());
    }
    if rtype == RecordType::TXT || rtype == RecordType::HINFO {
        return strings_text(wire);
    }
    let length = u16::try_from(wire.len()).unwrap_or(u16::MAX);
    let mut decoder = BinDecoder::new(wire);
    match RData::read(&mut decoder, HickoryType::from(rtype.0), Restrict::new(length)) {
        Ok(data) => data.to_string(),
        Err(_) => {
            let hex: String = wire.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\# {} {hex}", wire.len())
        }
    }
}

/// Character strings in quotation marks, as dig prints them.
fn strings_text(wire: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = wire;
    while let Some((length, after)) = rest.split_first() {
        let (string, after) = after.split_at(after.len().min(usize::from(*length)));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push('"');
        for &byte in string {
            match byte {
                b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
                0x20..=0x7e => text.push(char::from(byte)),
                _ => text.push_str(&format!("\\{byte:03}")),
            }
        }
        text.push('"');
        rest = after;
    }
    text
}

/// A name with its final dot, as dig prints it.
pub fn dotted(name: NameRef<'_>) -> String {
    if name.is_root() { ".".to_owned() } else { format!("{name}.") }
}

/// Records of one type at one name.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct RecordSet {
    /// Their type.
    pub rtype: RecordType,
    /// Seconds they may be cached.
    pub ttl: u32,
    /// Their data, never empty.
    pub data: Vec<Rdata>,
    /// The values as they were given, if they are written in another way than [`rdata_text`] does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<Arc<str>>,
}

impl RecordSet {
    /// Records whose values are shown as [`rdata_text`] writes them.
    pub fn new(rtype: RecordType, ttl: u32, data: Vec<Rdata>) -> Self {
        Self { rtype, ttl, data, texts: Vec::new() }
    }

    /// The values as Route 53 shows them.
    pub fn shown(&self) -> Vec<String> {
        if self.texts.len() == self.data.len() {
            return self.texts.iter().map(|text| text.to_string()).collect();
        }
        self.data.iter().map(|data| rdata_text(self.rtype, data.wire())).collect()
    }
}

/// A name as Route 53 writes it: with its final dot, and every byte that is no letter, digit, hyphen or underscore as an
/// octal number.
pub fn route53_text(name: NameRef<'_>) -> String {
    let mut text = String::with_capacity(name.wire().len() + 1);
    for label in name.labels() {
        for &byte in label {
            if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("\\{byte:03o}"));
            }
        }
        text.push('.');
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

/// A name as Route 53 reads it, with octal numbers.
///
/// # Errors
///
/// If it is none.
pub fn route53_name(text: &str) -> Result<Name, NameError> {
    let octal = |digits: &str| u8::from_str_radix(digits, 8).ok();
    let mut decimal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decimal.push_str(&rest[..at]);
        match rest.get(at + 1..at + 4).and_then(octal) {
            Some(byte) => {
                decimal.push_str(&format!("\\{byte:03}"));
                rest = &rest[at + 4..];
            }
            None => {
                decimal.push('\\');
                rest = &rest[at + 1..];
            }
        }
    }
    decimal.push_str(rest);
    Name::parse(&decimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_wire_and_back() {
        assert_eq!(Rdata::parse(RecordType::A, "10.0.0.1").unwrap().wire(), &[10, 0, 0, 1]);
        let srv = Rdata::parse(RecordType::SRV, "1 1 49648 10.1.22.107.").unwrap();
        assert_eq!(srv.wire(), b"\x00\x01\x00\x01\xc1\xf0\x0210\x011\x0222\x03107\x00");
        assert_eq!(rdata_text(RecordType::SRV, srv.wire()), "1 1 49648 10.1.22.107.");
        let txt = Rdata::parse(RecordType::TXT, "\"a b\"").unwrap();
        assert_eq!(txt.wire(), b"\x03a b");
        assert_eq!(Rdata::parse(RecordType::CNAME, "A.b").unwrap().wire(), b"\x01a\x01b\x00");
        assert_eq!(
            rdata_text(RecordType::TXT, b"\x05a\"b\\c\x01\x07"),
            "\"a\\\"b\\\\c\" \"\\007\""
        );
        assert!(Rdata::parse(RecordType::A, "10.0.0").is_err());
        assert_eq!("type65".parse::<RecordType>().unwrap(), RecordType::HTTPS);
        assert!("nope".parse::<RecordType>().is_err());
    }
}

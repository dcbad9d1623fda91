//! Values of records as Route 53 reads them, with its words about those that are wrong.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{
    name::{Name, NameError},
    record::{Rdata, RecordType, route53_name},
};

/// The longest of the strings in a TXT record.
const LONGEST_STRING: usize = 255;

/// The types of records that Route 53 has.
pub const TYPES: &[(&str, RecordType)] = &[
    ("SOA", RecordType::SOA),
    ("A", RecordType::A),
    ("TXT", RecordType::TXT),
    ("NS", RecordType::NS),
    ("CNAME", RecordType::CNAME),
    ("MX", RecordType::MX),
    ("NAPTR", RecordType::NAPTR),
    ("PTR", RecordType::PTR),
    ("SRV", RecordType::SRV),
    ("SPF", RecordType::SPF),
    ("AAAA", RecordType::AAAA),
    ("CAA", RecordType(257)),
    ("DS", RecordType(43)),
    ("TLSA", RecordType(52)),
    ("SSHFP", RecordType(44)),
    ("SVCB", RecordType(64)),
    ("HTTPS", RecordType::HTTPS),
];

/// The name of a type.
pub fn type_text(rtype: RecordType) -> String {
    let known = TYPES.iter().find(|(_, known)| *known == rtype);
    known.map_or_else(|| rtype.to_string(), |(text, _)| (*text).to_owned())
}

/// Reads a value.
///
/// # Errors
///
/// Route 53's message.
pub fn read(rtype: RecordType, text: &str) -> Result<Rdata, String> {
    parse(rtype, text).map_err(|problem| {
        format!("Invalid Resource Record: 'FATAL problem: {problem} encountered with '{text}''")
    })
}

fn parse(rtype: RecordType, text: &str) -> Result<Rdata, String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    match rtype {
        RecordType::A => {
            text.parse::<Ipv4Addr>().map(|address| Rdata::from_wire(&address.octets())).map_err(
                |_| "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)".to_owned(),
            )
        }
        RecordType::AAAA => {
            text.parse::<Ipv6Addr>().map(|address| Rdata::from_wire(&address.octets())).map_err(
                |_| "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)".to_owned(),
            )
        }
        RecordType::CNAME | RecordType::NS | RecordType::PTR => {
            name(text).map(|name| Rdata::name(&name))
        }
        RecordType::TXT | RecordType::SPF => strings(text),
        RecordType::MX => match fields[..] {
            [priority, target] => {
                let mut wire = number::<u16>(priority, "MXRRDATAIllegalPriority")?.to_vec();
                wire.extend_from_slice(name(target)?.wire());
                Ok(Rdata::from_wire(&wire))
            }
            _ => Err("MXRRDATANotTwoFields (MX record doesn't have 2 fields)".to_owned()),
        },
        RecordType::SRV => match fields[..] {
            [priority, weight, port, target] => {
                let mut wire = Vec::new();
                for part in [priority, weight, port] {
                    wire.extend_from_slice(&number::<u16>(part, "SRVRRDATAIllegalNumber")?);
                }
                wire.extend_from_slice(name(target)?.wire());
                Ok(Rdata::from_wire(&wire))
            }
            _ => Err("SRVRRDATANotFourFields (SRV record doesn't have 4 fields)".to_owned()),
        },
        RecordType::SOA => match fields[..] {
            [server, mailbox, ref numbers @ ..] if numbers.len() == 5 => {
                let mut wire = name(server)?.wire().to_vec();
                wire.extend_from_slice(name(mailbox)?.wire());
                for part in numbers {
                    wire.extend_from_slice(&number::<u32>(part, "SOARRDATAIllegalNumber")?);
                }
                Ok(Rdata::from_wire(&wire))
            }
            _ => Err("SOARRDATANotSevenFields (SOA record doesn't have 7 fields)".to_owned()),
        },
        other => Rdata::parse(other, text)
            .map_err(|_| format!("{}RRDATAIllegal (Value is not valid)", type_text(other))),
    }
}

fn name(text: &str) -> Result<Name, String> {
    route53_name(text).map_err(|error| {
        match error {
            NameError::EmptyLabel => "DomainLabelEmpty (Domain label is empty)",
            NameError::LabelTooLong => "DomainLabelTooLong (Domain label is too long)",
            _ => "DomainNameIllegal (Domain name is not valid)",
        }
        .to_owned()
    })
}

/// An integer of fixed size in network order.
trait Wire: std::str::FromStr {
    type Bytes: AsRef<[u8]>;

    fn wire(self) -> Self::Bytes;
}

impl Wire for u16 {
    type Bytes = [u8; 2];

    fn wire(self) -> [u8; 2] {
        self.to_be_bytes()
    }
}

impl Wire for u32 {
    type Bytes = [u8; 4];

    fn wire(self) -> [u8; 4] {
        self.to_be_bytes()
    }
}

fn number<N: Wire>(text: &str, problem: &str) -> Result<Vec<u8>, String> {
    let number = text.parse::<N>().map_err(|_| format!("{problem} (Value is not a number)"))?;
    Ok(number.wire().as_ref().to_vec())
}

/// Strings in quotation marks. A backslash takes the next character literally; three digits behind it are octal.
fn strings(text: &str) -> Result<Rdata, String> {
    const UNQUOTED: &str = "InvalidCharacterString (Value should be enclosed in quotation marks)";
    let mut wire = Vec::new();
    let mut bytes = text.bytes().peekable();
    loop {
        while bytes.next_if(u8::is_ascii_whitespace).is_some() {}
        match bytes.next() {
            None if wire.is_empty() => return Err(UNQUOTED.to_owned()),
            None => return Ok(Rdata::from_wire(&wire)),
            Some(b'"') => {}
            Some(_) => return Err(UNQUOTED.to_owned()),
        }
        let mut string = Vec::new();
        loop {
            match bytes.next() {
                None => return Err(UNQUOTED.to_owned()),
                Some(b'"') => break,
                Some(b'\\') => string.push(escaped(&mut bytes).ok_or(UNQUOTED)?),
                Some(byte) => string.push(byte),
            }
        }
        if string.len() > LONGEST_STRING {
            return Err("CharacterStringTooLong (Value is too long)".to_owned());
        }
        wire.push(u8::try_from(string.len()).unwrap_or_default());
        wire.extend_from_slice(&string);
    }
}

fn escaped(bytes: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let first = bytes.next()?;
    if !(b'0'..=b'7').contains(&first) {
        return Some(first);
    }
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let digit = bytes.next().filter(|it| (b'0'..=b'7').contains(it))?;
        value = value * 8 + u32::from(digit - b'0');
    }
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_wire_or_are_refused_in_route_53s_words() {
        let wire = |rtype, text| read(rtype, text).unwrap().wire().to_vec();
        assert_eq!(wire(RecordType::A, "10.0.0.1"), [10, 0, 0, 1]);
        assert_eq!(wire(RecordType::TXT, r#""a\"b" "\101""#), b"\x03a\"b\x01A");
        assert_eq!(wire(RecordType::MX, "10 a.b"), b"\x00\x0a\x01a\x01b\x00");
        assert_eq!(wire(RecordType::SRV, "1 2 3 a."), b"\x00\x01\x00\x02\x00\x03\x01a\x00");
        assert_eq!(wire(RecordType::CNAME, "\\052.B."), b"\x01*\x01b\x00");
        for (rtype, text, words) in [
            (
                RecordType::A,
                "10.0.0",
                "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
            ),
            (RecordType::TXT, "a", "Value should be enclosed in quotation marks"),
            (RecordType::TXT, "\"a", "Value should be enclosed in quotation marks"),
            (RecordType::MX, "a.b", "MXRRDATANotTwoFields"),
            (RecordType::CNAME, "a..b", "DomainLabelEmpty"),
            (RecordType::SOA, "a b 1 2 3 4", "SOARRDATANotSevenFields"),
        ] {
            let said = read(rtype, text).unwrap_err();
            assert!(said.contains(words) && said.ends_with(&format!("'{text}''")), "{said}");
        }
        assert!(read(RecordType::TXT, &format!("\"{}\"", "a".repeat(256))).is_err());
    }
}

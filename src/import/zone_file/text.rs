//! Parses the character strings of TXT records (RFC 1035 section 5.1): words, quotes and escapes, into wire form.
//!
//! hickory-proto misreads the escapes. So zone files and world files both use this file.

use super::line::Entries;
use crate::model::record::{Rdata, RecordType};

/// Whether the data of a type consist of character strings only: TXT and SPF.
pub(in crate::import) fn is_text(rtype: RecordType) -> bool {
    rtype == RecordType::TXT || rtype.0 == 99
}

/// Makes strings from words, which still have their quotes and backslashes.
///
/// # Errors
///
/// Why they are none.
pub(super) fn strings<'t>(words: impl Iterator<Item = &'t str>) -> Result<Rdata, &'static str> {
    let mut wire = Vec::new();
    for word in words {
        let quoted = word.len() >= 2 && word.starts_with('"') && word.ends_with('"');
        let inner = if quoted { &word[1..word.len() - 1] } else { word };
        let text = unescape(inner)?;
        let length = u8::try_from(text.len()).map_err(|_| "a string is longer than 255 bytes")?;
        wire.push(length);
        wire.extend_from_slice(&text);
    }
    match wire.len() {
        0 => Err("there is no string"),
        1..=65_535 => Ok(Rdata::from_wire(&wire)),
        _ => Err("the strings are longer than 65535 bytes together"),
    }
}

/// Makes strings from the text of one record's data.
///
/// # Errors
///
/// Why they are none.
pub(in crate::import) fn strings_of(text: &str) -> Result<Rdata, &'static str> {
    let mut entries = Entries::new(text);
    match entries.next() {
        Some(Ok(entry)) => strings(entry.words.iter().map(|word| word.text)),
        Some(Err(broken)) => Err(broken.message),
        None => Err("there is no string"),
    }
}

fn unescape(text: &str) -> Result<Vec<u8>, &'static str> {
    const BAD: &str = "a backslash must be followed by a character or by three digits up to 255";
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let first = bytes.next().ok_or(BAD)?;
        if !first.is_ascii_digit() {
            out.push(first);
            continue;
        }
        let mut value = u32::from(first - b'0');
        for _ in 0..2 {
            let digit = bytes.next().filter(u8::is_ascii_digit).ok_or(BAD)?;
            value = value * 10 + u32::from(digit - b'0');
        }
        out.push(u8::try_from(value).map_err(|_| BAD)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(strings_of("\"a ; b\" c\\;d").unwrap().wire(), b"\x05a ; b\x03c;d");
        assert_eq!(
            strings_of("\"\\\"q\\\"\" \\233 \"\"").unwrap().wire(),
            b"\x03\"q\"\x01\xe9\x00"
        );
        assert_eq!(strings_of("\"é\"").unwrap().wire(), b"\x02\xc3\xa9");
        assert!(strings_of("\\256").is_err());
        assert!(strings_of("\"a").is_err());
        assert!(strings_of("").is_err());
        assert!(strings_of(&"x".repeat(256)).is_err());
    }
}

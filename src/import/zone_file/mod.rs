//! Reads RFC 1035 master files: a public zone in each file.
//!
//! Supports `$ORIGIN`, `$TTL`, comments, parentheses, quotes and blank owners. Refuses `$INCLUDE` and `$GENERATE`,
//! because a zone file may come from a stranger. hickory-proto parses the data of each record. The records are split
//! here, so that every error has its line.

mod line;
pub(in crate::import) mod text;

use self::line::{Entries, Entry, Word};
use super::text::{
    diagnostic::{Problem, Source},
    node::{self, MAX_BYTES, Pos},
    reader::Report,
};
use crate::model::{
    name::Name,
    record::{Rdata, RecordType},
    zone_data::ZoneData,
};

/// The largest TTL (RFC 2181 section 8).
const MAX_TTL: u64 = i32::MAX as u64;

/// The zone files that come with the program.
pub fn builtin() -> Vec<Source> {
    vec![Source {
        name: "zones/public/example.com.zone".to_owned(),
        text: include_str!("../../../zones/public/example.com.zone").to_owned(),
    }]
}

/// A record that was read.
struct Record {
    owner: Name,
    rtype: RecordType,
    ttl: u32,
    data: Rdata,
    pos: Pos,
}

struct Reader<'a, 's> {
    origin: Option<Name>,
    ttl: Option<u32>,
    owner: Option<Name>,
    records: Vec<Record>,
    report: &'a mut Report<'s>,
}

/// Reads a zone. Its name is that of its SOA, which must be `origin` if one is given.
///
/// # Errors
///
/// Every problem of the file.
pub fn parse_zone(source: &Source, origin: Option<&Name>) -> Result<ZoneData, Vec<Problem>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
        return Err(vec![Problem::whole(&source.name, message)]);
    }
    let mut report = Report::new(source);
    let mut reader = Reader {
        origin: origin.cloned(),
        ttl: None,
        owner: None,
        records: Vec::new(),
        report: &mut report,
    };
    for entry in Entries::new(&source.text) {
        match entry {
            Ok(entry) => reader.entry(&entry),
            Err(broken) => reader.report.error(broken.pos, broken.message),
        }
    }
    let records = std::mem::take(&mut reader.records);
    let zone = assemble(&records, origin, &mut report);
    report.finish()?;
    zone.ok_or_else(|| vec![Problem::whole(&source.name, "the zone cannot be read")])
}

fn assemble(
    records: &[Record],
    origin: Option<&Name>,
    report: &mut Report<'_>,
) -> Option<ZoneData> {
    let start = Pos { line: 1, column: 1, ..Pos::default() };
    let mut soas = records.iter().filter(|record| record.rtype == RecordType::SOA);
    let Some(soa) = soas.next() else {
        // A file with problems may well have an SOA that could not be read.
        if !report.failed() {
            let hint = Some("a zone begins with `@ SOA …`".to_owned());
            report.error_hint(start, "the zone has no SOA", hint);
        }
        return None;
    };
    for second in soas {
        let hint = Some(format!("the first one is on line {}", soa.pos.line));
        report.error_hint(second.pos, "the zone has more than one SOA", hint);
    }
    if let Some(origin) = origin
        && *origin != soa.owner
    {
        let message = format!("the SOA belongs to {}, not to {origin}", soa.owner);
        report.error(soa.pos, &message);
        return None;
    }
    let wire = soa.data.wire();
    let minimum = wire.last_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let mut zone = ZoneData::new(soa.owner.clone(), soa.data.clone(), soa.ttl.min(minimum));
    for record in records {
        if let Err(error) = zone.add(&record.owner, record.rtype, record.ttl, record.data.clone()) {
            report.error(record.pos, &error.to_string());
        }
    }
    Some(zone)
}

impl Reader<'_, '_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        let Some((first, rest)) = entry.words.split_first() else { return };
        if !entry.same_owner && first.text.starts_with('$') {
            self.directive(*first, rest);
            return;
        }
        let (owner, rest) = if entry.same_owner {
            if self.owner.is_none() {
                self.report.error(first.pos, "the first record has no owner to repeat");
                return;
            }
            (self.owner.clone(), entry.words.as_slice())
        } else {
            (self.name(*first), rest)
        };
        // Records below a malformed owner are still read, to report their own problems.
        self.owner = owner.clone().or_else(|| self.owner.clone());
        if let Some((rtype, ttl, data)) = self.record(*first, rest)
            && let Some(owner) = owner
        {
            self.records.push(Record { owner, rtype, ttl, data, pos: first.pos });
        }
    }

    fn directive(&mut self, word: Word<'_>, rest: &[Word<'_>]) {
        let one = match rest {
            [one] => Some(*one),
            _ => None,
        };
        match (word.text.to_ascii_uppercase().as_str(), one) {
            ("$ORIGIN", Some(name)) => {
                if let Some(name) = self.name(name) {
                    self.origin = Some(name);
                }
            }
            ("$TTL", Some(ttl)) => match seconds(ttl.text) {
                Some(ttl) => self.ttl = Some(ttl),
                None => self.report.error(ttl.pos, &expected_ttl(ttl.text)),
            },
            ("$ORIGIN" | "$TTL", None) => {
                let message = format!("expected one word after `{}`", word.text);
                self.report.error(word.pos, &message);
            }
            ("$INCLUDE" | "$GENERATE", _) => {
                let message = format!("`{}` is not supported", word.text);
                let hint = Some("put the records themselves into the file".to_owned());
                self.report.error_hint(word.pos, &message, hint);
            }
            _ => {
                let message = format!("there is no directive `{}`", node::shorten(word.text));
                let hint = Some("known are `$ORIGIN` and `$TTL`".to_owned());
                self.report.error_hint(word.pos, &message, hint);
            }
        }
    }

    /// The absolute name for a word.
    fn name(&mut self, word: Word<'_>) -> Option<Name> {
        let text = self.absolute(word)?;
        match Name::parse(&text) {
            Ok(name) => Some(name),
            Err(error) => {
                let message = format!("`{}` is not a name: {error}", node::shorten(word.text));
                self.report.error(word.pos, &message);
                None
            }
        }
    }

    /// The text of a name. The origin is added unless the name ends with a dot.
    fn absolute(&mut self, word: Word<'_>) -> Option<String> {
        // A dot after an odd number of backslashes is part of the label.
        let before = word.text.strip_suffix('.');
        let absolute = before.is_some_and(|rest| {
            let plain = rest.trim_end_matches('\\');
            (rest.len() - plain.len()).is_multiple_of(2)
        });
        if absolute {
            return Some(word.text.to_owned());
        }
        let Some(origin) = &self.origin else {
            let message = format!("`{}` does not end with a dot", node::shorten(word.text));
            let hint = Some("put `$ORIGIN name.` in front".to_owned());
            self.report.error_hint(word.pos, &message, hint);
            return None;
        };
        Some(match (word.text, origin.as_ref().is_root()) {
            ("@", true) => ".".to_owned(),
            ("@", false) => format!("{origin}."),
            (text, true) => format!("{text}."),
            (text, false) => format!("{text}.{origin}."),
        })
    }

    /// `[TTL] [class] type data`, TTL and class in either order.
    fn record(&mut self, first: Word<'_>, words: &[Word<'_>]) -> Option<(RecordType, u32, Rdata)> {
        let mut ttl = None;
        let mut class = false;
        let mut rest = words.iter();
        let rtype = loop {
            let Some(word) = rest.next() else {
                self.report.error(first.pos, "the record has no type");
                return None;
            };
            let upper = word.text.to_ascii_uppercase();
            if ttl.is_none() && word.text.starts_with(|letter: char| letter.is_ascii_digit()) {
                let Some(stated) = seconds(word.text) else {
                    self.report.error(word.pos, &expected_ttl(word.text));
                    return None;
                };
                ttl = Some(stated);
            } else if !class && upper == "IN" {
                class = true;
            } else if !class && matches!(upper.as_str(), "CH" | "HS" | "CS") {
                self.report.error(word.pos, "only the class IN is served");
                return None;
            } else {
                break *word;
            }
        };
        let words: Vec<Word<'_>> = rest.copied().collect();
        let Some(known) = rtype.text.parse::<RecordType>().ok().filter(|it| !is_meta(*it)) else {
            let message = format!("`{}` is not a record type", node::shorten(rtype.text));
            self.report.error(rtype.pos, &message);
            return None;
        };
        let data = self.data(known, rtype, &words);
        let Some(ttl) = ttl.or(self.ttl) else {
            let hint = Some("give it one, or put `$TTL 300` in front".to_owned());
            self.report.error_hint(first.pos, "the record has no TTL", hint);
            return None;
        };
        Some((known, ttl, data?))
    }

    fn data(&mut self, rtype: RecordType, word: Word<'_>, words: &[Word<'_>]) -> Option<Rdata> {
        let Some(start) = words.first() else {
            self.report.error(word.pos, "the record has no data");
            return None;
        };
        if start.text == "\\#" {
            return self.generic(rtype, *start, words);
        }
        if text::is_text(rtype) {
            let strings = text::strings(words.iter().map(|word| word.text));
            return strings.map_err(|message| self.report.error(start.pos, message)).ok();
        }
        let mut parts = Vec::with_capacity(words.len());
        for (index, word) in words.iter().enumerate() {
            parts.push(if is_name(rtype, index) {
                // Checked here, so that an error points at the name.
                self.name(*word)?;
                self.absolute(*word)?
            } else if rtype == RecordType::SOA && index > 2 {
                match seconds(word.text) {
                    Some(seconds) => seconds.to_string(),
                    None => {
                        self.report.error(word.pos, &expected_ttl(word.text));
                        return None;
                    }
                }
            } else {
                word.text.to_owned()
            });
        }
        match Rdata::parse(rtype, &parts.join(" ")) {
            Ok(data) => Some(data),
            Err(error) => {
                self.report.error(start.pos, &error.to_string());
                None
            }
        }
    }

    /// `\# length hex…` (RFC 3597 section 5), for types that have no form of their own.
    fn generic(&mut self, rtype: RecordType, start: Word<'_>, words: &[Word<'_>]) -> Option<Rdata> {
        if !rtype.to_string().starts_with("TYPE") {
            let message = format!("{rtype} records cannot be written in this form");
            self.report.error(start.pos, &message);
            return None;
        }
        let length = words.get(1).and_then(|word| word.text.parse::<usize>().ok());
        let hex: String = words.iter().skip(2).map(|word| word.text).collect();
        let bytes: Option<Vec<u8>> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        match (length, bytes) {
            (Some(length), Some(bytes))
                if bytes.len() == length && hex.len() == 2 * length && length <= 65_535 =>
            {
                Some(Rdata::from_wire(&bytes))
            }
            _ => {
                let message = "expected `\\#`, a length and so many bytes in hexadecimal";
                self.report.error(start.pos, message);
                None
            }
        }
    }
}

/// Whether a type can only stand in questions.
fn is_meta(rtype: RecordType) -> bool {
    rtype.0 == 0 || rtype.0 == 41 || (128..=255).contains(&rtype.0)
}

/// Whether a word of a type's data is a name, to which the origin is added.
fn is_name(rtype: RecordType, index: usize) -> bool {
    match rtype.0 {
        // NS, CNAME, PTR, DNAME.
        2 | 5 | 12 | 39 => index == 0,
        // SOA, RP.
        6 | 17 => index < 2,
        // MX, AFSDB, KX, SVCB, HTTPS.
        15 | 18 | 36 | 64 | 65 => index == 1,
        // SRV.
        33 => index == 3,
        // NAPTR.
        35 => index == 5,
        _ => false,
    }
}

/// Seconds as a number, or with BIND's units: `1h30m`.
fn seconds(text: &str) -> Option<u32> {
    let mut total = 0_u64;
    let mut number: Option<u64> = None;
    for letter in text.chars() {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let unit = match letter.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    match number {
        Some(rest) => total = total.checked_add(rest)?,
        None if total == 0 && text.len() < 2 => return None,
        None => {}
    }
    if total <= MAX_TTL { u32::try_from(total).ok() } else { None }
}

fn expected_ttl(text: &str) -> String {
    format!(
        "expected seconds such as 300 or 1h, at most {MAX_TTL}, found \"{}\"",
        node::shorten(text)
    )
}

#[cfg(test)]
mod tests;

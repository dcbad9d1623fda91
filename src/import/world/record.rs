//! Reads records of a private hosted zone in a world file.
//!
//! The form is `NAME: ["TTL TYPE data", …]`, or maps with `type`, `ttl` and `values`, or `alias: NAME`. A name is
//! relative to the zone unless it ends with a dot. Names in data are absolute, as in Route 53.

use super::{keys, routed};
use crate::{
    import::{
        names::Names,
        text::{
            node::{self, Key, Kind, Node, Pos},
            reader::{self, MapReader, Report},
            scalar::Scalar,
        },
        zone_file::text as zone_text,
    },
    model::{
        id::ZoneId,
        name::Name,
        record::{Rdata, RecordSet, RecordType},
        zone_data::ZoneData,
    },
};

/// The TTL of a record that gives none. Route 53's console proposes the same.
const DEFAULT_TTL: u32 = 300;
/// The largest TTL (RFC 2181 section 8).
const MAX_TTL: u32 = i32::MAX as u32;

/// Reads the records of one name into a zone.
pub(super) fn read(
    id: (ZoneId, &Names),
    zone: &mut ZoneData,
    key: &Key,
    records: &Node,
    report: &mut Report<'_>,
) {
    let Some(name) = owner(zone, key, report) else { return };
    let items = match &records.kind {
        Kind::Seq(items) => items.as_slice(),
        _ => std::slice::from_ref(records),
    };
    for item in items {
        match &item.kind {
            Kind::Scalar(text) => line(zone, &name, text, item.pos, report),
            Kind::Map(_) => map(id, zone, &name, item, report),
            Kind::Null | Kind::Seq(_) => {
                let message = format!(
                    "expected a record such as \"300 A 10.0.0.1\" or a map, found {}",
                    item.describe()
                );
                report.error(item.pos, &message);
            }
        }
    }
}

fn owner(zone: &ZoneData, key: &Key, report: &mut Report<'_>) -> Option<Name> {
    let text = key.text.as_str();
    if text == "@" {
        return Some(zone.origin.clone());
    }
    let full =
        if text.ends_with('.') { text.to_owned() } else { format!("{text}.{}", zone.origin) };
    match Name::read(&full) {
        Ok(name) => Some(name),
        Err(hint) => {
            let message = format!("expected a DNS name, found \"{}\"", node::shorten(text));
            report.error_hint(key.pos, &message, hint);
            None
        }
    }
}

/// Reads `TTL TYPE data`. The TTL is optional.
fn line(zone: &mut ZoneData, name: &Name, text: &str, pos: Pos, report: &mut Report<'_>) {
    let (first, rest) = split(text);
    let (ttl, rtype, data) = if first.starts_with(|letter: char| letter.is_ascii_digit()) {
        let Some(ttl) = first.parse().ok().filter(|ttl| *ttl <= MAX_TTL) else {
            report.error(pos, &format!("expected a TTL in seconds, found \"{first}\""));
            return;
        };
        let (rtype, data) = split(rest);
        (ttl, rtype, data)
    } else {
        (DEFAULT_TTL, first, rest)
    };
    let Ok(rtype) = rtype.parse::<RecordType>() else {
        let hint = Some("a record is written as \"300 A 10.0.0.1\"".to_owned());
        report.error_hint(pos, &format!("`{}` is not a record type", node::shorten(rtype)), hint);
        return;
    };
    add(zone, name, (rtype, ttl, data), pos, report);
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim_start())
}

fn map(
    id: (ZoneId, &Names),
    zone: &mut ZoneData,
    name: &Name,
    node: &Node,
    report: &mut Report<'_>,
) {
    let Some(fields) = MapReader::of(node, node.pos, keys::RECORD, report) else { return };
    if routed::is_routed(&fields) {
        let set = routed::read(id, &fields, report, |rtype, report| {
            let ttl = fields.read::<u32>("ttl", report).unwrap_or(DEFAULT_TTL);
            let mut set = RecordSet::new(rtype, ttl, Vec::new());
            for value in fields.list("values", report) {
                let text = reader::read::<String>(value, report)?;
                match data(rtype, &text) {
                    Ok(data) => set.data.push(data),
                    Err(message) => report.error(value.pos, &message),
                }
            }
            if set.data.is_empty() {
                report.error(node.pos, "a record needs `values` or an `alias`");
                return None;
            }
            Some(set)
        });
        if let Some(set) = set
            && let Err(error) = zone.add_routed(name, set)
        {
            report.error(node.pos, &error.to_string());
        }
        return;
    }
    if let Some(target) = fields.get("alias") {
        for key in ["ttl", "values", "type"] {
            if let Some((other, _)) = fields.entry(key) {
                report.error(
                    other.pos,
                    &format!("an alias has no `{key}`: it answers as its target does"),
                );
            }
        }
        if let Some(name_of_target) = reader::read::<Name>(target, report)
            && let Err(error) = zone.add_alias(name, name_of_target)
        {
            report.error(target.pos, &error.to_string());
        }
        return;
    }
    let rtype = fields.require::<RecordType>("type", report);
    let ttl = fields.read::<u32>("ttl", report).unwrap_or(DEFAULT_TTL);
    if ttl > MAX_TTL {
        report.error(fields.pos_of("ttl"), &format!("a TTL is at most {MAX_TTL}"));
    }
    fields.required("values", report);
    let Some(rtype) = rtype else { return };
    for value in fields.list("values", report) {
        if let Some(text) = reader::read::<String>(value, report) {
            add(zone, name, (rtype, ttl, &text), value.pos, report);
        }
    }
}

fn add(
    zone: &mut ZoneData,
    name: &Name,
    (rtype, ttl, data): (RecordType, u32, &str),
    pos: Pos,
    report: &mut Report<'_>,
) {
    if rtype == RecordType::SOA {
        report.error(pos, "the SOA of a private zone is made by Route 53");
        return;
    }
    let data = match self::data(rtype, data) {
        Ok(data) => data,
        Err(message) => {
            report.error(pos, &message);
            return;
        }
    };
    if let Err(error) = zone.add(name, rtype, ttl, data) {
        report.error(pos, &error.to_string());
    }
}

/// Parses the data of a record.
///
/// # Errors
///
/// Why the text is malformed.
pub(in crate::import) fn data(rtype: RecordType, text: &str) -> Result<Rdata, String> {
    if zone_text::is_text(rtype) {
        zone_text::strings_of(text).map_err(str::to_owned)
    } else {
        Rdata::parse(rtype, text).map_err(|error| error.to_string())
    }
}

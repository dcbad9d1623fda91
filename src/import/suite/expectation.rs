//! One expectation: who asks what, and what is to come of it.

use std::net::IpAddr;

use crate::{
    import::{
        lab::{self, Asked},
        names::Names,
        text::{
            near,
            node::{Kind, Node},
            reader::{MapReader, Report},
        },
    },
    model::{id::EndpointId, record::RecordType},
};

/// The keys of an expectation.
pub const EXPECTATION: &[&str] = &["from", "name", "type", "expect", "via", "port", "because"];

/// The words for the way of the traffic, as [`PathKind`](crate::resolve::path::PathKind) has them.
pub const WAYS: &[&str] =
    &["private", "public", "gateway", "peering", "transit", "blocked", "nowhere"];

/// The words for an answer without records.
pub const FAILURES: &[&str] = &["nxdomain", "nodata", "refused", "servfail", "silence"];

/// Who asks what, and what is to come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The question.
    pub asked: Asked,
    /// What is expected; `None` if only the endpoint is.
    pub expected: Option<Expected>,
    /// The endpoint that is to be on the way, and what the file calls it.
    pub via: Option<(EndpointId, String)>,
    /// The port that the traffic goes to; none for the usual one.
    pub port: Option<u16>,
    /// Why it is expected.
    pub because: Option<String>,
    /// Its line in the file.
    pub line: u32,
    /// Its column.
    pub column: u32,
}

/// What a question is expected to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Every way to every address is of this kind, one of [`WAYS`].
    Way(&'static str),
    /// No record, for this reason: one of [`FAILURES`].
    Failure(&'static str),
    /// Exactly these addresses, or data of the type that is asked for, in any order.
    Data(Vec<String>),
}

impl Expected {
    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Self::Way(word) | Self::Failure(word) => (*word).to_owned(),
            Self::Data(data) => data.join(" "),
        }
    }
}

pub(super) fn read(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Expectation> {
    let fields = MapReader::of(node, node.pos, EXPECTATION, report)?;
    let asked = lab::asked(&fields, names, report);
    let rtype = asked.as_ref().map_or(RecordType::A, |asked| asked.rtype);
    let expected = fields.get("expect").map(|node| expected(node, rtype, report));
    let via = fields.get("via").map(|node| {
        names
            .endpoints
            .find(node, None, report)
            .map(|id| (id, node.text().unwrap_or_default().to_owned()))
    });
    if expected.is_none() && via.is_none() {
        report.error(fields.pos, "`expect` is missing");
    }
    let port = port(&fields, report);
    let because: Option<String> = fields.read("because", report);
    Some(Expectation {
        asked: asked?,
        // A value that cannot be read must not count as none.
        expected: expected.map_or(Some(None), |it| it.map(Some))?,
        via: via.map_or(Some(None), |it| it.map(Some))?,
        port: port?,
        because: because.map(|text| text.trim_end().to_owned()),
        line: node.pos.line,
        column: node.pos.column,
    })
}

/// The outer `None` is a problem.
fn port(fields: &MapReader<'_>, report: &mut Report<'_>) -> Option<Option<u16>> {
    let Some(node) = fields.get("port") else { return Some(None) };
    let read = node.text().and_then(|text| text.parse::<u16>().ok()).filter(|port| *port > 0);
    if read.is_none() {
        let message = format!("expected a port from 1 to 65535, found {}", node.describe());
        report.error(node.pos, &message);
    }
    read.map(Some)
}

fn expected(node: &Node, rtype: RecordType, report: &mut Report<'_>) -> Option<Expected> {
    match &node.kind {
        Kind::Seq(items) if items.is_empty() => {
            let hint = format!("to expect no record, write one of {}", FAILURES.join(", "));
            report.error_hint(node.pos, "the list is empty", Some(hint));
            None
        }
        Kind::Seq(items) => {
            let data: Vec<String> =
                items.iter().filter_map(|item| datum(item, rtype, report)).collect();
            (data.len() == items.len()).then_some(Expected::Data(data))
        }
        _ => word(node, rtype, report),
    }
}

fn word(node: &Node, rtype: RecordType, report: &mut Report<'_>) -> Option<Expected> {
    let text = node.text().unwrap_or_default();
    let among = |words: &[&'static str]| words.iter().copied().find(|word| *word == text);
    if let Some(word) = among(WAYS) {
        if rtype == RecordType::A || rtype == RecordType::AAAA {
            return Some(Expected::Way(word));
        }
        let message = format!("a way is told for addresses, not for records of type {rtype}");
        report.error(node.pos, &message);
        return None;
    }
    if let Some(word) = among(FAILURES) {
        return Some(Expected::Failure(word));
    }
    if text.parse::<IpAddr>().is_ok() {
        return datum(node, rtype, report).map(|one| Expected::Data(vec![one]));
    }
    let words = [WAYS, FAILURES].concat();
    let message =
        format!("expected {}, or a list of addresses; found {}", words.join(", "), node.describe());
    report.error_hint(node.pos, &message, near::did_you_mean(text, words.into_iter()));
    None
}

/// An address in its usual form, or other data as it is written.
fn datum(node: &Node, rtype: RecordType, report: &mut Report<'_>) -> Option<String> {
    let text = node.text().unwrap_or_default();
    let address = text.parse::<IpAddr>().ok();
    let (fits, wanted) = match rtype {
        RecordType::A => (address.is_some_and(|it| it.is_ipv4()), "an IPv4 address"),
        RecordType::AAAA => (address.is_some_and(|it| it.is_ipv6()), "an IPv6 address"),
        _ => (!text.is_empty(), "the data of a record"),
    };
    if !fits {
        report.error(node.pos, &format!("expected {wanted}, found {}", node.describe()));
        return None;
    }
    Some(match (rtype, address) {
        (RecordType::A | RecordType::AAAA, Some(address)) => address.to_string(),
        _ => text.to_owned(),
    })
}

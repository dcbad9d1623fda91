//! Reads query logs line by line. A line of another form is counted and left out.

use std::net::IpAddr;

use serde_json::Value;

use crate::model::{name::Name, record::RecordType};

/// Where a question came from, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    /// The VPC's id.
    pub(super) vpc: Option<String>,
    /// The instance's id.
    pub(super) instance: Option<String>,
    /// The id of the Resolver endpoint.
    pub(super) endpoint: Option<String>,
    /// The address.
    pub(super) address: Option<IpAddr>,
}

/// A question of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    pub(super) from: Source,
    pub(super) count: u64,
    /// Whether there was an answer; true if the log does not say.
    pub(super) answered: bool,
}

/// The questions of a log.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) lines: Vec<Line>,
    /// How many lines were of no known form.
    pub(super) unread: usize,
}

/// Reads a log.
pub(super) fn read(text: &str) -> Read {
    let mut read = Read::default();
    // A whole document: what `aws logs filter-log-events` or an export prints.
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        json(&value, &mut read);
        return read;
    }
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        one(line, &mut read);
    }
    read
}

fn one(line: &str, read: &mut Read) {
    if line.starts_with('#') {
        return;
    }
    // CloudWatch's exports begin a line with the time.
    if let Some(start) = line.find('{')
        && let Ok(value) = serde_json::from_str::<Value>(&line[start..])
    {
        json(&value, read);
        return;
    }
    let found = bind(line).or_else(|| coredns(line)).or_else(|| plain(line));
    match found {
        Some(line) => read.lines.push(line),
        None => read.unread += 1,
    }
}

/// An entry of Route 53 Resolver's log, or what holds some: a list, CloudWatch's `events` and `logEvents` with `message`,
/// or `detail` of an event.
fn json(value: &Value, read: &mut Read) {
    if let Some(list) = value.as_array() {
        list.iter().for_each(|it| json(it, read));
    } else if let Some(list) = value.get("events").or_else(|| value.get("logEvents")) {
        json(list, read);
    } else if let Some(message) = value.get("message").or_else(|| value.get("@message")) {
        match message.as_str().map(serde_json::from_str::<Value>) {
            Some(Ok(inner)) => json(&inner, read),
            _ => read.unread += 1,
        }
    } else {
        match entry(value) {
            Some(line) => read.lines.push(line),
            None => read.unread += 1,
        }
    }
}

fn entry(value: &Value) -> Option<Line> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let id = |key: &str| Some(value.get("srcids")?.get(key)?.as_str()?.to_owned());
    let rcode = text("rcode").unwrap_or("NOERROR");
    Some(Line {
        name: name(text("query_name")?)?,
        rtype: rtype(text("query_type")?)?,
        from: Source {
            vpc: text("vpc_id").map(str::to_owned),
            instance: id("instance"),
            endpoint: id("resolver_endpoint"),
            address: text("srcaddr").and_then(|it| it.parse().ok()),
        },
        count: 1,
        answered: rcode == "NOERROR",
    })
}

/// `… client @0x7f 10.0.1.10#4711 (sqs.example): query: sqs.example IN A +E(0)K (10.0.0.2)`.
fn bind(line: &str) -> Option<Line> {
    let (before, query) = line.split_once(" query: ")?;
    let mut words = query.split_whitespace();
    let (asked, class, kind) = (words.next()?, words.next()?, words.next()?);
    let client = before.split_whitespace().find_map(|word| word.split_once('#'));
    (class == "IN").then_some(())?;
    line_of(asked, kind, client.and_then(|(address, _)| address.parse().ok()))
}

/// `[INFO] 10.0.1.10:4711 - 9 "A IN sqs.example. udp 45 false 512" NOERROR qr,rd,ra 106 0.0123s`.
fn coredns(line: &str) -> Option<Line> {
    let (before, rest) = line.split_once('"')?;
    let (quoted, after) = rest.split_once('"')?;
    let mut words = quoted.split_whitespace();
    let (kind, class, asked) = (words.next()?, words.next()?, words.next()?);
    (class == "IN").then_some(())?;
    let client = before.split_whitespace().find_map(|word| {
        let (address, port) = word.rsplit_once(':')?;
        port.parse::<u16>().ok()?;
        address.trim_matches(['[', ']']).parse().ok()
    });
    let mut line = line_of(asked, kind, client)?;
    line.answered = after.split_whitespace().next().is_none_or(|rcode| rcode == "NOERROR");
    Some(line)
}

/// A name, and perhaps a type and how often: `sqs.example`, `sqs.example AAAA`, `sqs.example A 120`.
fn plain(line: &str) -> Option<Line> {
    let mut words =
        line.split(|it: char| it.is_whitespace() || it == ',').filter(|it| !it.is_empty());
    let asked = words.next()?;
    let mut found = line_of(asked, "A", None)?;
    for word in words {
        if let Ok(count) = word.parse() {
            found.count = count;
        } else {
            found.rtype = rtype(word)?;
        }
    }
    asked.contains('.').then_some(found)
}

fn line_of(asked: &str, kind: &str, address: Option<IpAddr>) -> Option<Line> {
    let from = Source { address, ..Source::default() };
    Some(Line { name: name(asked)?, rtype: rtype(kind)?, from, count: 1, answered: true })
}

fn name(text: &str) -> Option<Name> {
    Name::parse(text).ok()
}

fn rtype(text: &str) -> Option<RecordType> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"us-east-1","vpc_id":"vpc-7example","query_timestamp":"2021-02-04T17:51:55Z","query_name":"SQS.us-east-1.amazonaws.com.","query_type":"AAAA","query_class":"IN","rcode":"NXDOMAIN","answers":[],"srcaddr":"10.0.1.10","srcport":"56067","transport":"UDP","srcids":{"instance":"i-0d15cd0d3example"}}"#;

    fn only(text: &str) -> Line {
        let read = read(text);
        assert_eq!((read.lines.len(), read.unread), (1, 0), "{text}");
        read.lines.into_iter().next().unwrap()
    }

    #[test]
    fn an_entry_of_the_resolver_tells_who_asked() {
        let line = only(ENTRY);
        assert_eq!(line.name, Name::parse("sqs.us-east-1.amazonaws.com").unwrap());
        assert_eq!((line.rtype, line.answered), (RecordType::AAAA, false));
        assert_eq!(line.from.vpc.as_deref(), Some("vpc-7example"));
        assert_eq!(line.from.instance.as_deref(), Some("i-0d15cd0d3example"));
        assert_eq!(line.from.address, "10.0.1.10".parse().ok());
    }

    #[test]
    fn the_forms_of_cloudwatch_and_s3_hold_the_same_entries() {
        let plain = only(ENTRY);
        let message = serde_json::to_string(ENTRY).unwrap();
        for text in [
            format!("[{ENTRY}]"),
            format!("{{\"events\": [{{\"timestamp\": 1, \"message\": {message}}}]}}"),
            format!("{{\"logEvents\": [{{\"id\": \"1\", \"message\": {message}}}]}}"),
            format!("2021-02-04T17:51:55.000Z {ENTRY}"),
        ] {
            assert_eq!(only(&text), plain, "{text}");
        }
        assert_eq!(read(&format!("{ENTRY}\n{ENTRY}\n")).lines.len(), 2);
    }

    #[test]
    fn lines_of_bind_and_coredns_are_read() {
        let bind = only(
            "04-Feb-2021 17:51:55.123 queries: info: client @0x7f1c 10.0.1.10#4711 (a.example): query: a.example IN A +E(0)K (10.0.0.2)",
        );
        assert_eq!(bind.name, Name::parse("a.example").unwrap());
        assert_eq!(bind.from.address, "10.0.1.10".parse().ok());
        let coredns = only(
            "[INFO] 10.0.1.10:4711 - 9 \"AAAA IN a.example. udp 45 false 512\" NXDOMAIN qr,rd,ra 106 0.0123s",
        );
        assert_eq!((coredns.rtype, coredns.answered), (RecordType::AAAA, false));
        assert_eq!(coredns.from.address, "10.0.1.10".parse().ok());
        let v6 = only(
            "[INFO] [2001:db8::1]:4711 - 9 \"A IN a.example. udp 45 false 512\" NOERROR qr 106 0.0123s",
        );
        assert_eq!(v6.from.address, "2001:db8::1".parse().ok());
    }

    #[test]
    fn a_list_of_names_may_tell_types_and_counts() {
        let read =
            read("# names\na.example\nb.example AAAA\nc.example A 120\n\nnot a name at all\n");
        assert_eq!((read.lines.len(), read.unread), (3, 1));
        let told: Vec<_> = read.lines.iter().map(|it| (it.rtype, it.count)).collect();
        assert_eq!(told, [(RecordType::A, 1), (RecordType::AAAA, 1), (RecordType::A, 120)]);
    }
}

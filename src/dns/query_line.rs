//! A line of the query log, in the form of Route 53 Resolver's query logs, version 1.1: a JSON object with the fields of
//! AWS's documentation, in its order.
//!
//! Written from the bytes of the query and the reply, because a line must cost little. Addresses and names are read
//! here; the data of other records is hickory's text.

use std::{io::Write as _, net::IpAddr};

use hickory_proto::op::Message;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    arrival::{About, Arrival},
    reader::{HEADER, Query},
    tally, unusual,
};
use crate::{
    ask::Protocol,
    model::{firewall::FirewallAction, record::RecordType},
    resolve::{
        question::{Asker, Question},
        snapshot::Snapshot,
        trace::{Step, Tracer},
    },
    seen::CODES,
};

/// A pointer leads backwards, so a name has no more of them than this.
const POINTERS: usize = 64;

/// Writes lines, and keeps the text of the second that was written last.
#[derive(Debug, Default)]
pub(super) struct Lines {
    second: Option<u64>,
    stamp: String,
}

impl Lines {
    /// Adds the line of a query and its reply. False if the query cannot be read.
    pub(super) fn add(
        &mut self,
        snapshot: &Snapshot,
        arrival: &Arrival,
        (packet, reply): (&[u8], &[u8]),
        out: &mut Vec<u8>,
    ) -> bool {
        let mut plain = Vec::new();
        let Some(query) = unusual::read(packet, &mut plain) else { return false };
        let About { asker, subnet, .. } = arrival.about;
        let from = subnet.unwrap_or_else(|| arrival.source.ip()).to_canonical();
        let vpc = asker.and_then(Asker::vpc);
        let owner = vpc.and_then(|vpc| snapshot.world.vpcs.get(&vpc));
        // Writing to a vector does not fail.
        let _ = write!(out, "{{\"srcaddr\":\"{from}\"");
        if let Some(vpc) = vpc {
            let _ = write!(out, ",\"vpc_id\":\"{vpc}\"");
        }
        out.extend_from_slice(b",\"answers\":[");
        answers(reply, out);
        out.extend_from_slice(b"],\"query_name\":\"");
        name(query.question, 0, out);
        let _ = write!(out, "\",\"query_class\":\"{}\"", Class(query.class));
        out.extend_from_slice(b",\"srcids\":{");
        let _ = match asker {
            Some(Asker::Instance(_, _, id)) => write!(out, "\"instance\":\"{id}\""),
            Some(Asker::Inbound(_, id)) => write!(out, "\"resolver_endpoint\":\"{id}\""),
            _ => Ok(()),
        };
        let code = CODES.get(tally::code(reply)).copied().unwrap_or("NOERROR");
        let _ = write!(
            out,
            "}},\"rcode\":\"{code}\",\"query_type\":\"{}\",\"transport\":\"{}\",\"version\":\"1.100000\"",
            query.rtype,
            transport(arrival.transport.protocol)
        );
        if let Some(owner) = owner {
            let _ = write!(out, ",\"account_id\":\"{}\"", owner.owner);
        }
        let stamp = self.stamp(arrival.at.as_secs());
        let _ = write!(
            out,
            ",\"srcport\":\"{}\",\"query_timestamp\":\"{stamp}\"",
            arrival.source.port()
        );
        if let Some(owner) = owner {
            let _ = write!(out, ",\"region\":\"{}\"", owner.region);
        }
        if let Some(asker) = asker.filter(|_| query.class == 1) {
            firewall(snapshot, asker, &query, arrival, out);
        }
        out.extend_from_slice(b"}\n");
        true
    }

    fn stamp(&mut self, second: u64) -> &str {
        if self.second != Some(second) {
            let time = i64::try_from(second).ok();
            let time = time.and_then(|it| OffsetDateTime::from_unix_timestamp(it).ok());
            self.stamp = time.and_then(|it| it.format(&Rfc3339).ok()).unwrap_or_default();
            self.second = Some(second);
        }
        &self.stamp
    }
}

/// A class, as it is written.
struct Class(u16);

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => f.write_str("IN"),
            3 => f.write_str("CH"),
            4 => f.write_str("HS"),
            other => write!(f, "CLASS{other}"),
        }
    }
}

/// AWS documents UDP and TCP; the others are named after their protocol.
fn transport(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Udp => "UDP",
        Protocol::Tcp => "TCP",
        Protocol::Tls => "DoT",
        Protocol::Https => "DoH",
        Protocol::H3 => "DoH3",
        Protocol::Quic => "DoQ",
    }
}

/// The rule of DNS Firewall that alerted or blocked (R66).
fn firewall(
    snapshot: &Snapshot,
    asker: Asker,
    query: &Query<'_>,
    arrival: &Arrival,
    out: &mut Vec<u8>,
) {
    let view = asker.vpc().and_then(|vpc| snapshot.view(vpc));
    if view.is_none_or(|view| view.firewall.is_empty()) {
        return;
    }
    let question = Question::asked(query.name(), query.rtype, asker, arrival.at.as_secs());
    let mut matched = Matched::default();
    let _ = snapshot.answer(&question, &mut matched);
    let Some((group, rule)) = matched.0 else { return };
    let world = &snapshot.world;
    let rule =
        world.firewall_rule_groups.get(&group).and_then(|it| it.rules.get(usize::from(rule)));
    let Some(rule) = rule else { return };
    let action = match rule.action {
        FirewallAction::Alert => "ALERT",
        FirewallAction::Block(_) => "BLOCK",
        FirewallAction::Allow => return,
    };
    // Writing to a vector does not fail.
    let _ = write!(
        out,
        ",\"firewall_rule_group_id\":\"{group}\",\"firewall_rule_action\":\"{action}\""
    );
    if let Some(list) = rule.list {
        let _ = write!(out, ",\"firewall_domain_list_id\":\"{list}\"");
    }
}

/// Keeps the last rule that matched.
#[derive(Default)]
struct Matched(Option<(crate::model::id::FirewallRuleGroupId, u8)>);

impl Tracer for Matched {
    fn step(&mut self, step: Step) {
        if let Step::Firewall { group, rule } = step {
            self.0 = Some((group, rule));
        }
    }
}

/// Writes the records of the answer section.
fn answers(reply: &[u8], out: &mut Vec<u8>) {
    let begun = out.len();
    if simple(reply, out).is_none() {
        out.truncate(begun);
        for record in Message::from_vec(reply).map(|it| it.answers).unwrap_or_default() {
            let data = record.data.to_string();
            let text = serde_json::to_string(&data).unwrap_or_default();
            let (rtype, class) = (RecordType(u16::from(record.record_type())), record.dns_class);
            separate(begun, out);
            let _ = write!(
                out,
                "{{\"Rdata\":{text},\"Type\":\"{rtype}\",\"Class\":\"{}\"}}",
                Class(u16::from(class))
            );
        }
    }
}

fn separate(begun: usize, out: &mut Vec<u8>) {
    if out.len() > begun {
        out.push(b',');
    }
}

/// Writes records that are addresses or single names; `None` if there are others.
fn simple(reply: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let begun = out.len();
    let [_, _, _, _, questions_high, questions_low, count_high, count_low, ..] =
        reply.first_chunk::<HEADER>()?;
    let mut at = HEADER;
    for _ in 0..u16::from_be_bytes([*questions_high, *questions_low]) {
        at = after_name(reply, at)? + 4;
    }
    for _ in 0..u16::from_be_bytes([*count_high, *count_low]) {
        at = after_name(reply, at)?;
        let head = reply.get(at..)?.first_chunk::<10>()?;
        let [rtype_high, rtype_low, class_high, class_low, _, _, _, _, length_high, length_low] =
            *head;
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        at += 10;
        let data = reply.get(at..at + length)?;
        separate(begun, out);
        out.extend_from_slice(b"{\"Rdata\":\"");
        let rtype = RecordType(u16::from_be_bytes([rtype_high, rtype_low]));
        // Writing to a vector does not fail.
        let _ = match rtype {
            RecordType::A => write!(out, "{}", IpAddr::from(<[u8; 4]>::try_from(data).ok()?)),
            RecordType::AAAA => write!(out, "{}", IpAddr::from(<[u8; 16]>::try_from(data).ok()?)),
            RecordType::CNAME | RecordType::PTR | RecordType::NS => {
                after_name(reply, at)?;
                name(reply, at, out);
                Ok(())
            }
            _ => return None,
        };
        let class = Class(u16::from_be_bytes([class_high, class_low]));
        let _ = write!(out, "\",\"Type\":\"{rtype}\",\"Class\":\"{class}\"}}");
        at += length;
    }
    Some(())
}

/// Where a name ends, without what its pointer leads to; `None` if it is cut off.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(*length),
            _ => return Some(at + 2),
        }
    }
}

/// Writes a name as text in JSON, with its dot at the end. Bytes that are no part of a host name are written `\DDD`.
fn name(message: &[u8], mut at: usize, out: &mut Vec<u8>) {
    let begun = out.len();
    let mut pointers = 0;
    while let Some(&length) = message.get(at) {
        match usize::from(length) {
            0 => break,
            length @ 1..=63 => {
                for &byte in message.get(at + 1..at + 1 + length).unwrap_or_default() {
                    match byte {
                        b'a'..=b'z'
                        | b'A'..=b'Z'
                        | b'0'..=b'9'
                        | b'-'
                        | b'_'
                        | b'*'
                        | b'/'
                        | b'@' => {
                            out.push(byte);
                        }
                        b'.' => out.extend_from_slice(b"\\\\."),
                        other => {
                            let _ = write!(out, "\\\\{other:03}");
                        }
                    }
                }
                out.push(b'.');
                at += 1 + length;
            }
            _ => {
                pointers += 1;
                let low = message.get(at + 1).copied().unwrap_or_default();
                at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                if pointers > POINTERS {
                    break;
                }
            }
        }
    }
    if out.len() == begun {
        out.push(b'.');
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{
        ask::Transport,
        dns::fixture::{self, Bench},
    };

    fn line(bench: &Bench, packet: &[u8], about: About) -> String {
        let reply = bench.ask(packet).unwrap();
        let arrival = Arrival {
            source: "127.0.0.1:56067".parse().unwrap(),
            transport: Transport::DATAGRAM,
            at: Duration::from_secs(1_612_461_115),
            about,
        };
        let mut out = Vec::new();
        assert!(Lines::default().add(&bench.snapshot, &arrival, (packet, &reply), &mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_has_the_fields_and_the_order_of_the_documentation() {
        let bench = Bench::new();
        let vpc = fixture::main_vpc();
        let owner = Arc::clone(&bench.snapshot.world.vpcs[&vpc].owner);
        let region = bench.snapshot.world.vpcs[&vpc].region;
        let about = About {
            asker: Some(Asker::Vpc(vpc)),
            subnet: Some("10.0.1.29".parse().unwrap()),
            rtype: Some(RecordType::A),
            is_outside: false,
        };
        let packet = fixture::query("Two.corp.test", RecordType::A, &[]);
        let told = line(&bench, &packet, about);
        let value: serde_json::Value = serde_json::from_str(&told).unwrap();
        let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "srcaddr",
                "vpc_id",
                "answers",
                "query_name",
                "query_class",
                "srcids",
                "rcode",
                "query_type",
                "transport",
                "version",
                "account_id",
                "srcport",
                "query_timestamp",
                "region"
            ]
        );
        assert_eq!(value["srcaddr"], "10.0.1.29");
        assert_eq!(value["srcport"], "56067");
        assert_eq!(value["version"], "1.100000");
        assert_eq!(value["query_timestamp"], "2021-02-04T17:51:55Z");
        assert_eq!(value["query_name"].as_str().unwrap().to_lowercase(), "two.corp.test.");
        assert_eq!(
            (&value["account_id"], &value["region"]),
            (&(&*owner).into(), &region.to_string().into())
        );
        let answers = value["answers"].as_array().unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!((&answers[0]["Type"], &answers[0]["Class"]), (&"A".into(), &"IN".into()));
        assert!(answers[0]["Rdata"].as_str().unwrap().parse::<std::net::Ipv4Addr>().is_ok());
    }

    #[test]
    fn any_name_and_any_record_is_json() {
        let bench = Bench::new();
        // A label of bytes that JSON and master files write with backslashes.
        let mut packet = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, b'"', b'\\', b'.', 0, 0xff];
        packet.extend_from_slice(&[4, b't', b'e', b's', b't', 0, 0, 16, 0, 1]);
        let told = line(&bench, &packet, About::default());
        let value: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(value["query_name"], r"\034\092\.\000\255.test.");
        assert_eq!(
            (&value["rcode"], &value["answers"]),
            (&"NXDOMAIN".into(), &serde_json::json!([]))
        );
        let packet = fixture::query_of_class("version.bind", RecordType::TXT, 3, &[]);
        let value: serde_json::Value =
            serde_json::from_str(&line(&bench, &packet, About::default())).unwrap();
        assert_eq!(
            (&value["query_class"], &value["answers"][0]["Class"]),
            (&"CH".into(), &"CH".into())
        );
        assert!(value["answers"][0]["Rdata"].as_str().unwrap().contains("vpcdns"), "{value}");
        assert_eq!(value.get("vpc_id"), None);
    }

    #[test]
    fn a_reply_of_any_bytes_is_written_and_ends() {
        let mut out = Vec::new();
        // A name that points at itself, and one that is cut off.
        let mut reply = vec![0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        reply.extend_from_slice(&[0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
        answers(&reply, &mut out);
        for end in 0..reply.len() {
            answers(&reply[..end], &mut out);
        }
        name(&[63, b'a'], 0, &mut out);
    }
}

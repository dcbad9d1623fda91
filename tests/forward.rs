//! Forwarding: to a real unbound, to servers that misbehave, and what must never be forwarded.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

#[path = "forward/answers.rs"]
mod answers;
mod common;
#[path = "forward/connections.rs"]
mod connections;
#[path = "forward/servers.rs"]
mod servers;

use std::{
    collections::HashSet,
    fs,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use common::{
    CaseWorld, Server,
    case_file::{self, Block},
    scratch,
    upstream::{self, Fake, Many, Unbound},
};
use hickory_proto::op::{Edns, Message};
use vpcdns::{
    dns,
    model::record::RecordType,
    resolve::{places, public::PublicNames, snapshot::Snapshot},
};

/// Longer than the server keeps a client waiting.
const WAIT: Duration = Duration::from_secs(8);
const NOERROR: u8 = 0;
const SERVFAIL: u8 = 2;
const LAB: &str = "lab09-1";
/// A private name of the lab.
const PRIVATE: &str = "cloudformation.ap-northeast-2.amazonaws.com";

fn forwarding(address: SocketAddr) -> Server {
    Server::start(&[LAB, "--upstream", &address.to_string()])
}

/// The code of the answer to an A question, and how many records it has.
fn ask(server: &Server, name: &str) -> (u8, u16) {
    ask_type(server, name, RecordType::A)
}

fn ask_type(server: &Server, name: &str, rtype: RecordType) -> (u8, u16) {
    let start = Instant::now();
    let reply = upstream::ask(server.dns[0], name, rtype, WAIT)
        .unwrap_or_else(|| panic!("no reply about {name}"));
    assert!(start.elapsed() < Duration::from_secs(7), "{name} took {:?}", start.elapsed());
    (reply.code, reply.answers)
}

/// A server of a VPC with the zone `corp.internal`, and of another that has an inbound endpoint; behind these servers.
fn beside_a_zone(folder: &str, more: &str, upstream: &[SocketAddr]) -> Server {
    let folder = scratch(folder);
    let world = folder.join("world.yaml");
    let text = format!(
        "region: us-east-1\n\
         vpcs:\n  V: {{cidr: 10.0.0.0/16, dns-hostnames: true, subnets: {{A: {{cidr: 10.0.1.0/24, zone: us-east-1a, dns64: true}}}}}}\n\
         \x20 Hub: {{cidr: 10.1.0.0/16, dns-hostnames: true, subnets: {{H: {{cidr: 10.1.1.0/24, zone: us-east-1a}}}}, \
         inbound-endpoints: {{hub-in: {{addresses: [10.1.1.53]}}}}}}\n\
         hosted-zones:\n  \
         corp.internal: {{vpcs: [V], records: {{db: [\"60 A 10.9.0.1\"], out: [\"60 CNAME away.example.\"], \
         round: [\"60 CNAME loop.example.\"], slow: [\"86400 A 10.9.0.2\"]}}}}\n{more}"
    );
    fs::write(&world, text).unwrap();
    let upstream: Vec<_> = upstream.iter().map(ToString::to_string).collect();
    let world = world.to_str().unwrap();
    let server =
        Server::start(&[world, "--upstream", &upstream.join(","), "--dns", "127.0.0.1:0=V"]);
    fs::remove_dir_all(folder).unwrap();
    server
}

/// The reply, as its code and its answer section: `owner TYPE data`.
fn read(server: &Server, name: &str, rtype: RecordType) -> (u16, Vec<String>) {
    let message = message(server, name, rtype);
    let lines = message
        .answers
        .iter()
        .map(|record| format!("{} {} {}", record.name, record.record_type(), record.data))
        .collect();
    (message.metadata.response_code.into(), lines)
}

fn message(server: &Server, name: &str, rtype: RecordType) -> Message {
    let packet = upstream::query(7, name, rtype);
    let reply = upstream::exchange(server.dns[0], &packet, WAIT)
        .unwrap_or_else(|| panic!("no reply about {name}"));
    Message::from_vec(&reply).unwrap()
}

const SOA: &str = "example 60 SOA ns.example. host.example. 1 2 3 4 60";

/// An unbound of the names these tests ask about; `None`, said aloud, if it is not there.
fn unbound(folder: &str, lame: SocketAddr) -> Option<Unbound> {
    let mut lines = "  local-zone: \"plain.example.\" static\n  \
         local-data: \"plain.example. 300 IN A 192.0.2.10\"\n  \
         local-data: \"plain.example. 300 IN SOA ns.plain.example. host.plain.example. 1 2 3 4 60\"\n  \
         local-zone: \"refused.example.\" refuse\n  \
         local-zone: \"silent.example.\" deny\n"
        .to_owned();
    for number in 0..20 {
        let text = format!("{number:02}{}", "x".repeat(200));
        lines.push_str(&format!("  local-data: 'plain.example. 300 IN TXT \"{text}\"'\n"));
    }
    lines.push_str(&format!(
        "stub-zone:\n  name: \"lame.example.\"\n  stub-addr: {}@{}\n",
        lame.ip(),
        lame.port()
    ));
    let unbound = Unbound::start(folder, &lines);
    if unbound.is_none() {
        eprintln!("SKIPPED: unbound is missing; tests/run --install fetches it");
    }
    unbound
}

#[test]
fn a_real_resolver_as_upstream() {
    let lame = Fake::start(|seen| Some(upstream::header(seen, 5, 0)));
    let Some(unbound) = unbound("unbound-upstream", lame.address) else { return };
    let server = forwarding(unbound.address);
    assert_eq!(ask(&server, "plain.example"), (NOERROR, 1));
    assert_eq!(ask(&server, "missing.plain.example").0, 3);
    assert_eq!(ask_type(&server, "plain.example", RecordType::AAAA), (NOERROR, 0));

    // 4 kB of TXT: truncated at unbound's 1,232 bytes, fetched by TCP, and truncated again for a UDP client.
    let big = upstream::tcp(server.dns[0], "plain.example", RecordType::TXT);
    assert_eq!(big.answers.len(), 20);
    assert_eq!(ask(&server, "refused.example").0, SERVFAIL);
    assert_eq!(ask(&server, "silent.example").0, SERVFAIL);
    assert_eq!(ask(&server, "www.lame.example").0, SERVFAIL);
    assert!(lame.names().contains(&"www.lame.example.".to_owned()), "{:?}", lame.names());
    assert_eq!(ask(&server, PRIVATE), (NOERROR, 2));
}

#[test]
fn a_real_resolver_as_the_target_of_a_rule() {
    let lame = Fake::start(|_| None);
    let Some(unbound) = unbound("unbound-rule", lame.address) else { return };
    let folder = scratch("rule-world");
    let world = folder.join("world.yaml");
    let text = format!(
        "region: us-east-1\n\
         vpcs:\n  V: {{cidr: 10.0.0.0/16, dns-hostnames: true}}\n  W: {{cidr: 10.1.0.0/16}}\n\
         resolver-rules:\n  \
         plain: {{domain: plain.example, targets: ['{0}'], vpcs: [V]}}\n  \
         refused: {{domain: refused.example, targets: ['{0}'], vpcs: [V]}}\n",
        unbound.address
    );
    fs::write(&world, text).unwrap();
    let world = world.to_str().unwrap();

    let closed = Server::start(&[world]);
    assert_eq!(ask(&closed, "plain.example").0, SERVFAIL);
    let open = Server::start(&[
        world,
        "--forward-rules",
        "--dns",
        "127.0.0.1:0=V",
        "--dns",
        "127.0.0.1:0=W",
    ]);
    assert_eq!(ask(&open, "plain.example"), (NOERROR, 1));
    assert_eq!(ask(&open, "missing.plain.example").0, 3);
    assert_eq!(ask(&open, "refused.example").0, SERVFAIL);
    // The rule is of V alone, and there is no upstream: W does not get its answer.
    let other = upstream::ask(open.dns[1], "plain.example", RecordType::A, WAIT).unwrap();
    assert_eq!(other.answers, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_reply_with_another_id_or_question_is_not_believed() {
    let fake = Fake::start(|seen| {
        let mut reply = upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 66));
        if seen.name.starts_with("none.") {
            // No question at all.
            reply.drain(12..upstream::header(seen, 0, 0).len());
            reply[4..6].fill(0);
        } else if seen.name.starts_with("id.") {
            reply[1] = reply[1].wrapping_add(1);
        } else if seen.name.starts_with("question.") {
            reply[13] ^= 1;
        }
        Some(reply)
    });
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, "id.example").0, SERVFAIL);
    assert_eq!(ask(&server, "question.example").0, SERVFAIL);
    // The server was heard, so nobody waits for it.
    let start = Instant::now();
    assert_eq!(ask(&server, "question.other.example").0, SERVFAIL);
    assert_eq!(ask(&server, "none.example").0, SERVFAIL);
    assert!(start.elapsed() < Duration::from_secs(3), "took {:?}", start.elapsed());
    assert_eq!(ask(&server, "honest.example"), (NOERROR, 1));
}

#[test]
fn local_answers_go_on_while_the_upstream_hangs() {
    const QUESTIONS: u16 = 2_000;
    let fake = Fake::start(|_| None);
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, PRIVATE), (NOERROR, 2));
    let before = resident(&server);
    // A receive buffer holds the replies of a few hundred questions.
    let mut clients: Vec<_> = (0..10).map(|_| Many::new(server.dns[0])).collect();
    for id in 0..QUESTIONS {
        clients[usize::from(id % 10)].send(id, &format!("n{id}.hang.example"));
        if id % 20 == 19 {
            // A burst must not be lost on its way.
            thread::sleep(Duration::from_millis(5));
            // Local answers come between them.
            assert_eq!(ask(&server, PRIVATE), (NOERROR, 2));
        }
    }
    // Once the upstream is down, what waits behind the window is answered before its time is up.
    thread::sleep(Duration::from_millis(2_500));
    let replies = |clients: &mut Vec<Many>, wait| {
        clients.iter_mut().for_each(|many| many.read(wait));
        clients.iter().map(|many| many.replies.len()).sum::<usize>()
    };
    let early = replies(&mut clients, Duration::from_millis(1));
    thread::sleep(WAIT - Duration::from_secs(3));
    replies(&mut clients, Duration::from_millis(1));
    // On a busy machine a socket's buffer overflows, and a client sends again.
    let mut again = 0;
    for id in 0..QUESTIONS {
        let many = &mut clients[usize::from(id % 10)];
        if !many.replies.contains_key(&id) {
            many.send(id, &format!("n{id}.hang.example"));
            again += 1;
        }
    }
    assert!(again <= QUESTIONS / 10, "{again} of {QUESTIONS} got no reply");
    if again > 0 {
        replies(&mut clients, WAIT);
    }
    assert_eq!(replies(&mut clients, Duration::from_millis(1)), usize::from(QUESTIONS));
    let every = clients.iter().flat_map(|many| many.replies.values());
    assert!(every.clone().all(|reply| reply.code == SERVFAIL));
    let asked: HashSet<_> = fake.names().into_iter().collect();
    assert!(asked.len() < usize::from(QUESTIONS), "nothing bounds the questions that are out");
    assert!(early > 0, "everything waited for the upstream");
    let grown = resident(&server).saturating_sub(before);
    assert!(grown < 48 << 20, "memory grew by {grown} bytes");
}

/// The resident memory of a server, in bytes.
fn resident(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

#[test]
fn one_lookup_answers_everybody_who_asked_the_same() {
    let fake = Fake::start(|seen| {
        // Shorter than the time after which a packet is sent again.
        thread::sleep(Duration::from_millis(150));
        Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 7)))
    });
    let server = forwarding(fake.address);
    let mut many = Many::new(server.dns[0]);
    for id in 0..50 {
        many.send(id, "same.example");
    }
    many.read(Duration::from_secs(2));
    assert_eq!(many.replies.len(), 50);
    assert!(many.replies.values().all(|reply| (reply.code, reply.answers) == (NOERROR, 1)));
    assert_eq!(fake.names(), ["same.example."]);
}

#[test]
fn an_old_answer_takes_the_place_of_none() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let fake = Fake::start(move |seen| {
        // One answer, then silence.
        let first = receiver.try_recv().is_ok();
        first.then(|| upstream::with_address(seen, 1, Ipv4Addr::new(192, 0, 2, 8)))
    });
    sender.send(()).unwrap();
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, "old.example"), (NOERROR, 1));
    thread::sleep(Duration::from_millis(1_500));
    let start = Instant::now();
    assert_eq!(ask(&server, "old.example"), (NOERROR, 1));
    let took = start.elapsed();
    assert!(took > Duration::from_secs(1), "nobody was asked: {took:?}");
    assert!(took < Duration::from_secs(4), "the old answer came late: {took:?}");
    assert!(fake.names().len() > 1, "the second question was not asked again");
    assert_eq!(ask(&server, "new.example").0, SERVFAIL);
}

#[test]
fn what_goes_out_tells_nothing_of_the_client_and_ttls_are_capped() {
    let fake = Fake::start(|seen| {
        Some(upstream::with_address(seen, 5_000_000, Ipv4Addr::new(192, 0, 2, 9)))
    });
    let server = forwarding(fake.address);
    // A query with a Client Subnet option for 10.0.1.0/24.
    let mut packet = upstream::query(9, "subnet.example", RecordType::A);
    packet.truncate(packet.len() - 2);
    packet.extend_from_slice(&[0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 10, 0, 1]);
    let reply = upstream::exchange(server.dns[0], &packet, WAIT).unwrap();
    let reply = Message::from_vec(&reply).unwrap();
    assert_eq!(reply.answers.len(), 1);
    assert!(reply.answers[0].ttl <= 86_400, "{}", reply.answers[0].ttl);
    let sent = fake.packets();
    assert_eq!(sent.len(), 1);
    let sent = Message::from_vec(&sent[0]).unwrap();
    let options = sent.edns.as_ref().map_or(0, |edns: &Edns| edns.options().as_ref().len());
    assert_eq!(options, 0);
    assert!(sent.metadata.recursion_desired);
}

#[test]
fn a_cname_that_leads_inside_is_answered_inside() {
    let fake = Fake::start(|seen| {
        Some(match &*seen.name {
            "www.example." => {
                upstream::with_records(seen, 0, &["www.example 60 CNAME db.corp.internal"], &[])
            }
            // What a resolver says that has looked for the target itself.
            "gone.example." => {
                upstream::with_records(seen, 3, &["gone.example 60 CNAME db.corp.internal"], &[SOA])
            }
            "wrong.example." => upstream::with_records(
                seen,
                0,
                &["db.corp.internal 60 A 192.0.2.66", "wrong.example 60 CNAME db.corp.internal"],
                &[],
            ),
            "out.example." => {
                upstream::with_records(seen, 3, &["out.example 60 CNAME out.corp.internal"], &[SOA])
            }
            "away.example." => upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 1)),
            "host.example." => upstream::with_records(
                seen,
                0,
                &["host.example 60 CNAME ip-10-0-0-5.ec2.internal"],
                &[],
            ),
            _ => upstream::header(seen, 3, 0),
        })
    });
    let server = beside_a_zone("cname-inside", "", &[fake.address]);
    for name in ["www", "gone", "wrong"] {
        let lines = vec![
            format!("{name}.example. CNAME db.corp.internal."),
            "db.corp.internal. A 10.9.0.1".to_owned(),
        ];
        let name = format!("{name}.example");
        assert_eq!(read(&server, &name, RecordType::A), (0, lines), "{name}");
    }
    // The View's own CNAME leads out again.
    let lines = [
        "out.example. CNAME out.corp.internal.",
        "out.corp.internal. CNAME away.example.",
        "away.example. A 192.0.2.1",
    ];
    let out = read(&server, "out.example", RecordType::A);
    assert_eq!(out, (0, lines.map(str::to_owned).to_vec()));
    let asked =
        ["www.example.", "gone.example.", "wrong.example.", "out.example.", "away.example."];
    assert_eq!(fake.names(), asked);
    // A name of a region, which never goes upstream.
    fake.forget();
    let host = read(&server, "host.example", RecordType::A);
    assert_eq!(host.1.last().unwrap(), "ip-10-0-0-5.ec2.internal. A 10.0.0.5");
    assert_eq!(fake.names(), ["host.example."]);
}

#[test]
fn a_chain_that_goes_in_and_out_for_ever_ends() {
    let fake = Fake::start(|seen| {
        let cname = "loop.example 60 CNAME round.corp.internal";
        Some(upstream::with_records(seen, 0, &[cname], &[]))
    });
    let server = beside_a_zone("round", "", &[fake.address]);
    assert_eq!(read(&server, "loop.example", RecordType::A), (2, vec![]));
    assert_eq!(read(&server, "round.corp.internal", RecordType::A), (2, vec![]));
}

#[test]
fn a_negative_answer_keeps_its_cnames() {
    let fake = Fake::start(|seen| {
        let cname = format!("{} 60 CNAME target.example", seen.name.trim_end_matches('.'));
        let code = if seen.name.starts_with("none.") { 3 } else { 0 };
        Some(upstream::with_records(seen, code, &[&cname], &[SOA]))
    });
    let server = forwarding(fake.address);
    for (name, code) in [("v4.example", 0), ("none.example", 3)] {
        let reply = message(&server, name, RecordType::AAAA);
        assert_eq!(u16::from(reply.metadata.response_code), code);
        assert_eq!(reply.answers.len(), 1, "{name}");
        assert_eq!(reply.authorities.len(), 1, "{name}");
    }
    assert_eq!(fake.names(), ["v4.example.", "none.example."]);
}

#[test]
fn a_cname_without_its_target_is_followed_so_far() {
    let fake = Fake::start(|seen| {
        let number = seen.name.trim_start_matches('n').split('.').next().unwrap().parse::<u8>();
        Some(match number {
            Ok(number) if number < 100 => {
                let owner = seen.name.trim_end_matches('.');
                let cname = format!("{owner} 60 CNAME n{}.example", number + 1);
                upstream::with_records(seen, 0, &[&cname], &[])
            }
            _ => upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 3)),
        })
    });
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, "n98.example"), (NOERROR, 3));
    assert_eq!(fake.names(), ["n98.example.", "n99.example.", "n100.example."]);
    fake.forget();
    assert_eq!(ask(&server, "n1.example"), (SERVFAIL, 0));
    assert!(fake.names().len() < 12, "{:?}", fake.names());
}

#[test]
fn answers_are_kept_and_their_ttls_count_down() {
    let fake = Fake::start(|seen| {
        Some(if seen.name.starts_with("no.") {
            upstream::with_records(seen, 3, &[], &[SOA])
        } else {
            upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 4))
        })
    });
    let server = forwarding(fake.address);
    let ttl = |name: &str| {
        let reply = message(&server, name, RecordType::A);
        reply.answers.iter().chain(&reply.authorities).map(|record| record.ttl).next().unwrap()
    };
    for name in ["yes.example", "no.example"] {
        assert_eq!(ttl(name), 60);
        thread::sleep(Duration::from_millis(1_100));
        assert!(ttl(name) < 60, "{name} does not count down");
    }
    assert_eq!(fake.names(), ["yes.example.", "no.example."]);
}

#[test]
fn a_server_that_is_silent_or_refuses_is_followed_by_the_next() {
    let silent = [Fake::start(|_| None), Fake::start(|_| None)];
    let refusing = Fake::start(|seen| Some(upstream::header(seen, 5, 0)));
    let failing = Fake::start(|seen| Some(upstream::header(seen, 2, 0)));
    let good =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 5))));
    let [first, second] = &silent;
    let all = [first, &refusing, second, &failing, &good].map(|fake| fake.address);
    let server = beside_a_zone("failover", "", &all);
    assert_eq!(ask(&server, "one.example"), (NOERROR, 1));
    assert!(all.len() == 5 && refusing.names() == ["one.example."]);
    // The silent ones are asked last for a while.
    let start = Instant::now();
    assert_eq!(ask(&server, "two.example"), (NOERROR, 1));
    assert!(start.elapsed() < Duration::from_secs(1), "took {:?}", start.elapsed());
    for fake in &silent {
        assert!(fake.names().iter().all(|name| name == "one.example."), "{:?}", fake.names());
        assert!(!fake.names().is_empty());
    }
    assert_eq!(refusing.names(), ["one.example.", "two.example."]);
}

#[test]
fn a_slow_server_is_asked_again() {
    let seen = std::sync::atomic::AtomicUsize::new(0);
    // Longer than a try, in which the packet is sent three times.
    let slow = Fake::start(move |asked| {
        let before = seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        (before > 3).then(|| upstream::with_address(asked, 60, Ipv4Addr::new(192, 0, 2, 7)))
    });
    let server = forwarding(slow.address);
    assert_eq!(ask(&server, "slow.example"), (NOERROR, 1));
}

#[test]
fn three_silent_servers_are_all_tried() {
    let silent = [0; 3].map(|_| Fake::start(|_| None));
    let all: Vec<_> = silent.iter().map(|fake| fake.address).collect();
    let server = beside_a_zone("all-silent", "", &all);
    assert_eq!(ask(&server, "one.example"), (SERVFAIL, 0));
    assert!(silent.iter().all(|fake| !fake.names().is_empty()));
}

const FIREWALL: &str = "firewall-rule-groups:
  group:
    vpcs: {V: 100}
    rules:
      allow: {priority: 1, domains: [trusted.example], action: allow, redirection: trust}
      block: {priority: 2, domains: [bad.example], action: block, block-response: nxdomain}
      instead: {priority: 3, domains: [worse.example], action: block, override: sink.example, override-ttl: 7}
";

#[test]
fn the_firewall_looks_at_where_a_forwarded_name_leads() {
    let fake = Fake::start(|seen| {
        let owner = seen.name.trim_end_matches('.');
        let target = if owner == "led.example" { "worse.example" } else { "bad.example" };
        let records = [format!("{owner} 60 CNAME {target}"), format!("{target} 60 A 192.0.2.6")];
        Some(upstream::with_records(seen, 0, &[&records[0], &records[1]], &[]))
    });
    let server = beside_a_zone("firewall", FIREWALL, &[fake.address]);
    let lines = ["trusted.example. CNAME bad.example.", "bad.example. A 192.0.2.6"];
    let trusted = read(&server, "trusted.example", RecordType::A);
    assert_eq!(trusted, (0, lines.map(str::to_owned).to_vec()));
    // What is blocked stands alone.
    assert_eq!(read(&server, "www.example", RecordType::A), (3, vec![]));
    let instead = read(&server, "led.example", RecordType::A);
    assert_eq!(instead, (0, vec!["led.example. CNAME sink.example.".to_owned()]));
}

#[test]
fn any_that_leads_inside_is_answered_as_any_inside() {
    let fake = Fake::start(|seen| {
        let owner = seen.name.trim_end_matches('.');
        let cname = format!("{owner} 60 CNAME db.corp.internal");
        Some(upstream::with_records(seen, 0, &[&cname], &[]))
    });
    let server = beside_a_zone("any-inside", "", &[fake.address]);
    let (code, lines) = read(&server, "www.example", RecordType::ANY);
    assert_eq!((code, lines.len()), (0, 1), "{lines:?}");
    assert!(lines[0].starts_with("www.example. HINFO"), "{lines:?}");
    assert_eq!(fake.names(), ["www.example."]);
}

#[test]
fn dns64_makes_aaaa_of_forwarded_names() {
    let fake = Fake::start(|seen| {
        let owner = seen.name.trim_end_matches('.');
        let asked_a = seen.packet[seen.packet.len() - 11 - 4..][..2] == [0, 1];
        let cname = format!("{owner} 60 CNAME v4.cdn.example");
        let soa = SOA.replace(" 60 SOA", " 20 SOA");
        Some(match (owner, asked_a) {
            ("www.example", true) => {
                let address = "v4.cdn.example 60 A 192.0.2.33";
                upstream::with_records(seen, 0, &[&cname, address], &[])
            }
            ("inside.example", _) => {
                let cname = "inside.example 60 CNAME db.corp.internal";
                upstream::with_records(seen, 0, &[cname], &[])
            }
            ("slow.example", _) => {
                let cname = "slow.example 60 CNAME slow.corp.internal";
                upstream::with_records(seen, 0, &[cname], &[])
            }
            ("six.example", false) => {
                upstream::with_records(seen, 0, &["six.example 60 AAAA 2001:db8::1"], &[])
            }
            ("none.example", _) => upstream::with_records(seen, 3, &[], &[&soa]),
            ("bare.example", false) => upstream::with_records(seen, 0, &[], &[&soa]),
            ("blocked.example", _) => {
                upstream::with_records(seen, 0, &["blocked.example 60 CNAME nodata.example"], &[])
            }
            _ => upstream::with_records(seen, 0, &[&cname], &[&soa]),
        })
    });
    let nodata =
        FIREWALL.replace("[bad.example]", "[nodata.example]").replace("nxdomain", "nodata");
    let server = beside_a_zone("dns64", &nodata, &[fake.address]);
    let ask = |name: &str, from: u8| {
        let mut packet = upstream::query(9, name, RecordType::AAAA);
        packet.truncate(packet.len() - 2);
        packet.extend_from_slice(&[0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 10, 0, from]);
        let reply = upstream::exchange(server.dns[0], &packet, WAIT).unwrap();
        let reply = Message::from_vec(&reply).unwrap();
        let lines: Vec<_> = reply
            .answers
            .iter()
            .map(|record| {
                format!("{} {} {} {}", record.name, record.ttl, record.record_type(), record.data)
            })
            .collect();
        (u16::from(reply.metadata.response_code), lines)
    };
    let made =
        ["www.example. 60 CNAME v4.cdn.example.", "v4.cdn.example. 20 AAAA 64:ff9b::c000:221"];
    assert_eq!(ask("www.example", 1), (0, made.map(str::to_owned).to_vec()));
    // From elsewhere in the VPC nothing is made.
    assert_eq!(ask("www.example", 2), (0, vec![made[0].to_owned()]));
    let (code, inside) = ask("inside.example", 1);
    assert_eq!((code, inside.len()), (0, 2), "{inside:?}");
    assert!(inside[1].ends_with(" AAAA 64:ff9b::a09:1"), "{inside:?}");
    // For no longer than the zone there says that there is no AAAA (RFC 6147 section 5.1.7).
    let (_, slow) = ask("slow.example", 1);
    assert_eq!(slow[1], "slow.corp.internal. 60 AAAA 64:ff9b::a09:2");
    assert_eq!(ask("six.example", 1), (0, vec!["six.example. 60 AAAA 2001:db8::1".to_owned()]));
    // Where A leads to no address, the answer about AAAA stays.
    assert_eq!(ask("bare.example", 1), (0, vec![]));
    fake.forget();
    assert_eq!(ask("none.example", 1), (3, vec![]));
    assert_eq!(ask("blocked.example", 1), (0, vec![]));
    assert_eq!(fake.names(), ["none.example.", "blocked.example."]);
}

#[test]
fn a_question_that_a_rule_handed_on_stays_in_that_vpc() {
    let fake = Fake::start(|seen| {
        let owner = seen.name.trim_end_matches('.');
        Some(match owner {
            "www.hub.example" => {
                let cname = format!("{owner} 60 CNAME db.hub.internal");
                upstream::with_records(seen, 0, &[&cname], &[])
            }
            _ => upstream::header(seen, 3, 0),
        })
    });
    let hub = "\x20 hub.internal: {vpcs: [Hub], records: {db: [\"60 A 10.9.1.2\"]}}\n\
         resolver-rules:\n  \
         hub: {domain: hub.example, targets: ['10.1.1.53'], vpcs: [V]}\n";
    let server = beside_a_zone("handed-on", hub, &[fake.address]);
    let lines = ["www.hub.example. CNAME db.hub.internal.", "db.hub.internal. A 10.9.1.2"];
    let read = read(&server, "www.hub.example", RecordType::A);
    assert_eq!(read, (0, lines.map(str::to_owned).to_vec()));
    assert_eq!(fake.names(), ["www.hub.example."]);
}

/// What a case says of a name: held by the View, or public, or handed to a rule's targets.
fn is_held(expected: &[String]) -> bool {
    const HELD: [&str; 11] = [
        "PRIVATE_NAME",
        "PRIVATE_WILDCARD",
        "HOSTED_ZONE",
        "REGIONAL_NAME",
        "ZONAL_NAME",
        "HOST_NAME",
        "LOCAL_NAME",
        "REVERSE_NAME",
        "AUTODEFINED",
        "BELOW_PRIVATE_NAME",
        "ENDPOINT_ZONE",
    ];
    const ELSEWHERE: [&str; 5] =
        ["NO_PRIVATE_NAME", "RESOLVER_RULE", "PUBLIC_NAME", "PUBLIC_ZONE", "PUBLIC_HOST_NAME"];
    expected
        .iter()
        .find_map(|line| line.strip_prefix("rules "))
        .and_then(|rules| {
            rules.split(' ').find_map(|rule| {
                if HELD.contains(&rule) {
                    Some(true)
                } else {
                    ELSEWHERE.contains(&rule).then_some(false)
                }
            })
        })
        .unwrap_or(false)
}

#[test]
fn no_private_name_of_any_case_goes_upstream_for_any_type() {
    const TYPES: [RecordType; 12] = [
        RecordType::A,
        RecordType::AAAA,
        RecordType::HTTPS,
        RecordType::CNAME,
        RecordType::NS,
        RecordType::SOA,
        RecordType::MX,
        RecordType::TXT,
        RecordType::SRV,
        RecordType::PTR,
        RecordType::ANY,
        RecordType(64_000),
    ];
    let fake = Fake::start(|seen| Some(upstream::header(seen, 3, 0)));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut held, mut questions, mut leaked) = (0, 0, Vec::new());
    for path in common::case_files() {
        let mut world = CaseWorld::empty();
        for block in case_file::read(&fs::read_to_string(&path).unwrap()) {
            match block {
                Block::World(lines) => world = CaseWorld::read(&lines, &path),
                Block::Public(lines) => world.add_public(&lines, &path),
                Block::Change { line, .. } => {
                    let _refused_as_written = world.change(&line);
                }
                Block::Ask { from, name, expected, .. } if is_held(&expected) => {
                    held += 1;
                    let mut public = PublicNames::clone(&world.snapshot.public);
                    public.upstream = true;
                    let snapshot =
                        Arc::new(Snapshot::new(world.snapshot.world.clone(), Arc::new(public)));
                    let mut config = common::config(places::client(&snapshot, &from).unwrap());
                    config.upstream = vec![fake.address];
                    let running = runtime.block_on(async {
                        let bound = dns::bind(config).unwrap();
                        let address = bound.addresses()[0];
                        (address, bound.serve(Arc::new(ArcSwap::new(snapshot))))
                    });
                    for rtype in TYPES {
                        questions += 1;
                        let reply = upstream::ask(running.0, &name, rtype, WAIT);
                        assert!(reply.is_some(), "{from} {name} {rtype}");
                    }
                    runtime.block_on(async move { drop(running.1) });
                    let wanted = format!("{}.", name.trim_end_matches('.').to_lowercase());
                    if fake.names().contains(&wanted) {
                        leaked.push(format!("{}: {from} {name}", path.display()));
                    }
                    fake.forget();
                }
                Block::Ask { .. }
                | Block::Fetch { .. }
                | Block::Findings { .. }
                | Block::Hints { .. }
                | Block::Way { .. }
                | Block::Text(_) => {}
            }
        }
    }
    assert!(leaked.is_empty(), "{} of {held} leaked:\n{}", leaked.len(), leaked.join("\n"));
    assert!(held > 200 && questions == held * TYPES.len(), "only {held} names are held");
    // The recorder does record: a name nobody holds reaches it.
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, "nobody.example").0, 3);
    assert_eq!(fake.names(), ["nobody.example."]);
}

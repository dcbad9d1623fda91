//! What an operator sees and does: the query log, diagnostics as JSON, extended errors, and `vpcdns ctl`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use common::{
    Server, scratch,
    upstream::{self, Fake},
    vpcdns,
};
use hickory_proto::{
    op::{Message, Query},
    rr::{Name, RecordType, rdata::opt::EdnsCode},
};
use serde_json::Value;

const WAIT: Duration = Duration::from_secs(10);

/// Waits until something is there.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const BLOCKING: &str = "
region: ap-northeast-2
vpcs:
  V: {cidr: 10.0.0.0/16, dns-hostnames: true, subnets: {A: {cidr: 10.0.1.0/24, zone: ap-northeast-2a, instances: {I: {address: 10.0.1.10}}}}}
hosted-zones:
  corp.test: {vpcs: [V], records: {www: [\"60 A 10.0.1.10\"], watched: [\"60 A 10.0.1.11\"]}}
firewall-rule-groups:
  group:
    vpcs: {V: 100}
    rules:
      bad: {domains: [bad.test], action: block, block-response: nxdomain}
      watched: {domains: [watched.corp.test], action: alert}
";

#[test]
fn each_query_is_a_line_of_route_53s_query_log() {
    let folder = scratch("query-log");
    let (log, world) = (folder.join("queries.json"), folder.join("world.yaml"));
    fs::write(&world, BLOCKING).unwrap();
    let fake =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 1))));
    let (log_path, address) = (log.to_str().unwrap(), fake.address.to_string());
    let world = world.to_str().unwrap();
    let mut server = Server::start(&[world, "--query-log", log_path, "--upstream", &address]);
    for name in ["www.corp.test", "www.example", "bad.test", "watched.corp.test", "none.corp.test"]
    {
        upstream::ask(server.dns[0], name, vpcdns::model::record::RecordType::A, WAIT).unwrap();
    }
    let told = until("five lines", || Some(lines(&log)).filter(|lines| lines.len() == 5));
    let of = |name: &str| {
        told.iter()
            .find(|line| line["query_name"] == format!("{name}."))
            .unwrap_or_else(|| panic!("{told:?}"))
    };
    let own = of("www.corp.test");
    assert_eq!(
        own["answers"],
        serde_json::json!([{"Rdata": "10.0.1.10", "Type": "A", "Class": "IN"}])
    );
    assert_eq!((own["rcode"].as_str(), own["transport"].as_str()), (Some("NOERROR"), Some("UDP")));
    assert!(own["vpc_id"].as_str().unwrap().starts_with("vpc-"));
    assert_eq!(own.get("firewall_rule_action"), None);
    assert_eq!(of("www.example")["answers"][0]["Rdata"], "192.0.2.1");
    assert_eq!(of("none.corp.test")["rcode"], "NXDOMAIN");
    let blocked = of("bad.test");
    assert_eq!(blocked["firewall_rule_action"], "BLOCK");
    assert!(blocked["firewall_rule_group_id"].as_str().unwrap().starts_with("rslvr-frg-"));
    assert_eq!(of("watched.corp.test")["firewall_rule_action"], "ALERT");
    // The last lines are written when the server ends.
    upstream::ask(server.dns[0], "last.test", vpcdns::model::record::RecordType::A, WAIT).unwrap();
    server.signal("TERM");
    assert_eq!(server.wait(WAIT), Some(0));
    assert_eq!(lines(&log).len(), 6);
}

/// A query with EDNS; the code and the extended error of the reply.
fn extended(server: &Server, name: &str, rtype: RecordType) -> (u16, Option<u16>) {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), rtype));
    message.edns = Some(hickory_proto::op::Edns::new());
    let reply = upstream::exchange(server.dns[0], &message.to_vec().unwrap(), WAIT).unwrap();
    let reply = Message::from_vec(&reply).unwrap();
    let options = reply.edns.as_ref().unwrap().options();
    let error = options.get(EdnsCode::Unknown(15)).map(|option| {
        let bytes = Vec::<u8>::try_from(option).unwrap();
        assert!(std::str::from_utf8(&bytes[2..]).unwrap().len() > 5, "no text: {bytes:?}");
        u16::from_be_bytes([bytes[0], bytes[1]])
    });
    (reply.metadata.response_code.into(), error)
}

#[test]
fn a_failure_says_why_unless_answers_are_exactly_awss() {
    let folder = scratch("extended");
    let world = folder.join("world.yaml");
    fs::write(&world, BLOCKING).unwrap();
    // It answers `short.test` once.
    let asked = AtomicBool::new(false);
    let fake = Fake::start(move |seen| {
        let first = seen.name.starts_with("short") && !asked.swap(true, Ordering::Relaxed);
        first.then(|| upstream::with_address(seen, 1, Ipv4Addr::new(192, 0, 2, 1)))
    });
    let (world, address) = (world.to_str().unwrap(), fake.address.to_string());
    let server = Server::start(&[world, "--upstream", &address]);
    assert_eq!(extended(&server, "www.corp.test.", RecordType::A), (0, None));
    assert_eq!(extended(&server, "none.corp.test.", RecordType::A), (3, None));
    assert_eq!(extended(&server, "bad.test.", RecordType::A), (3, Some(15)));
    assert_eq!(extended(&server, "www.corp.test.", RecordType::AXFR), (5, Some(21)));
    assert_eq!(extended(&server, "short.test.", RecordType::A), (0, None));
    until("an old answer", || {
        let (code, error) = extended(&server, "short.test.", RecordType::A);
        assert_eq!(code, 0);
        error.filter(|error| *error == 3)
    });
    assert_eq!(extended(&server, "silent.test.", RecordType::A), (2, Some(22)));
    assert_eq!(extended(&server, "silent.test.", RecordType::A), (2, Some(13)));
    let exact = Server::start(&[world, "--upstream", &address, "--exact"]);
    assert_eq!(extended(&exact, "bad.test.", RecordType::A), (3, None));
    assert_eq!(extended(&exact, "www.corp.test.", RecordType::AXFR), (5, None));
    assert_eq!(extended(&exact, "silent.test.", RecordType::A), (2, None));
}

/// What `vpcdns ctl` prints, and whether it ends well.
fn ctl(http: SocketAddr, arguments: &[&str]) -> (String, bool) {
    let url = format!("http://{http}");
    let told = vpcdns(&[&["ctl"], arguments, &["--server", &url]].concat());
    if told.code == 0 { (told.out, true) } else { (told.err, false) }
}

#[test]
fn an_operator_sees_and_forgets_what_is_kept() {
    let fake =
        Fake::start(|seen| Some(upstream::with_address(seen, 300, Ipv4Addr::new(192, 0, 2, 9))));
    let server = Server::start(&["lab09-1", "--upstream", &fake.address.to_string()]);
    let ask = |name: &str| {
        upstream::ask(server.dns[0], name, vpcdns::model::record::RecordType::A, WAIT).unwrap()
    };
    for name in ["a.one.example", "b.one.example", "c.two.example"] {
        ask(name);
    }
    let (all, _) = ctl(server.http, &["cache"]);
    let from = format!("192.0.2.9 from {}", fake.address);
    assert_eq!(all.lines().count(), 3, "{all}");
    assert!(all.lines().next().unwrap().starts_with("a.one.example A NOERROR "), "{all}");
    assert!(all.lines().all(|line| line.ends_with(&from)), "{all}");
    let (below, _) = ctl(server.http, &["cache", "one.example", "--json"]);
    let below: Value = serde_json::from_str(&below).unwrap();
    assert_eq!(below["answers"].as_array().unwrap().len(), 2);
    assert_eq!(ctl(server.http, &["flush", "one.example"]).0, "forgotten: 2\n");
    assert_eq!(ctl(server.http, &["cache"]).0.lines().count(), 1);
    fake.forget();
    ask("a.one.example");
    ask("c.two.example");
    assert_eq!(fake.names(), ["a.one.example."]);
    assert_eq!(ctl(server.http, &["flush"]).0, "forgotten: 2\n");
    let (status, _) = ctl(server.http, &["status"]);
    for part in [
        "queries  5: 5 NOERROR",
        "world    1 VPCs",
        &format!("{} is up: 4 questions, 4 replies", fake.address),
    ] {
        assert!(status.contains(part), "{part}\n{status}");
    }
    let (refused, well) = ctl(server.http, &["cache", "a..b"]);
    assert!(!well && refused.contains("name:"), "{refused}");
}

#[test]
fn an_operator_changes_what_is_logged() {
    let server = Server::start(&["lab09-1", "--log", "json"]);
    assert_eq!(ctl(server.http, &["log-level", "debug"]).0, "debug\n");
    assert_eq!(ctl(server.http, &["log-level"]).0, "debug\n");
    upstream::ask(server.dns[0], "logged.example", vpcdns::model::record::RecordType::A, WAIT)
        .unwrap();
    let line =
        until("a line", || server.next_line(WAIT).filter(|line| line.contains("logged.example")));
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (told["level"].as_str(), told["name"].as_str()),
        (Some("DEBUG"), Some("logged.example"))
    );
    assert!(!line.contains('\u{1b}'));
    for wrong in ["a=b=c", ""] {
        let (refused, well) = ctl(server.http, &["log-level", wrong]);
        assert!(!well && refused.contains("the level"), "{wrong}: {refused}");
    }
}

#[test]
fn an_operator_sees_who_asks_most() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    let told = std::thread::scope(|scope| {
        let told = scope.spawn(move || ctl(http, &["top", "--seconds", "2", "--json"]).0);
        // They count once the counting began, so questions go on until it is over.
        for number in 0.. {
            let name = if number % 4 == 0 { "rare.example" } else { "often.example" };
            upstream::ask(server.dns[0], name, vpcdns::model::record::RecordType::A, WAIT).unwrap();
            if told.is_finished() {
                break;
            }
        }
        told.join().unwrap()
    });
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(told["queries"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["names"][0]["name"], "often.example");
    assert_eq!(told["names"][1]["name"], "rare.example");
    assert_eq!(told["sources"][0]["source"], "127.0.0.1");
}

#[test]
fn packets_beyond_the_limit_are_counted_and_the_others_are_queries() {
    let server = Server::start(&["lab09-1", "--pps-limit", "1"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let packet = upstream::query(1, "a.example", vpcdns::model::record::RecordType::A);
    for _ in 0..20 {
        socket.send_to(&packet, server.dns[0]).unwrap();
    }
    let url = format!("http://{}/metrics", server.http);
    let counted = || {
        let text = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
        let of = |name: &str| -> u64 {
            let lines = text.lines().filter(|line| line.starts_with(name));
            lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
        };
        (of("vpcdns_dns_requests_total{"), of("vpcdns_linklocal_allowance_exceeded_total "))
    };
    let (answered, dropped) =
        until("twenty packets", || Some(counted()).filter(|(one, other)| one + other == 20));
    assert!(answered >= 1 && dropped >= 10, "{answered} {dropped}");
}

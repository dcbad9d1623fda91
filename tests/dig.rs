//! The chapter's answers, asked by the real dig of a real `vpcdns serve`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{collections::BTreeSet, time::Duration};

use common::{Dig, Server};

/// Name, where it is asked from, and what `dig +short` prints.
type Row = (&'static str, &'static str, &'static [&'static str]);

const CFN: &str = "cloudformation.ap-northeast-2.amazonaws.com";
const PUBLIC: &str = "+subnet=10.0.0.29/32";
const PRIVATE: &str = "+subnet=10.0.1.29/32";
const MY_EC2: &str = "+subnet=10.0.0.176/32";
const BOTH: &[&str] = &["10.0.0.108", "10.0.1.47"];

/// Rows 2 to 10 of the chapter: lab 1 with all its steps done.
const LAB1: [Row; 9] = [
    (CFN, PUBLIC, BOTH),
    ("vpce-093517d1686ace06d-txsku1pk.cloudforamtion.ap-northeast-2.amazonaws.com", PUBLIC, &[]),
    (
        "vpce-093517d1686ace06d-txsku1pk.cloudforamtion.ap-northeast-2.vpce.amazonaws.com",
        PUBLIC,
        &[],
    ),
    (
        "vpce-093517d1686ace06d-txsku1pk-ap-northeast-2c.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        PUBLIC,
        &["10.0.1.47"],
    ),
    (
        "vpce-093517d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        PUBLIC,
        BOTH,
    ),
    (CFN, PRIVATE, BOTH),
    (
        "vpce-09351d168ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        PRIVATE,
        &[],
    ),
    (
        "vpce-09351d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        PRIVATE,
        &[],
    ),
    (
        "vpce-093517d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        PRIVATE,
        BOTH,
    ),
];

/// Rows 11 and 12: lab 2 before the endpoint.
const LAB2_BEFORE: [Row; 2] = [
    (
        "lab9-Custo-1C1O2OWX9WGL9-1438a8e4c6ec677d.elb.ap-northeast-2.amazonaws.com",
        MY_EC2,
        &["13.124.211.247"],
    ),
    (
        "Custom-NLB-lab9-Custo-1C1O2OWX9WGL9-1438a8e4c6ec677d.elb.ap-northeast-2.amazonaws.com",
        MY_EC2,
        &[],
    ),
];

/// Row 13: after acceptance.
const LAB2_AFTER: [Row; 1] = [(
    "vpce-0b40409379c428dd5-hxrsc9c7.vpce-svc-0f0f83cb8f81a64b0.ap-northeast-2.vpce.amazonaws.com",
    MY_EC2,
    &["10.0.0.19"],
)];

fn dig() -> Option<Dig> {
    let dig = Dig::find();
    if dig.is_none() {
        eprintln!("SKIPPED: dig is missing");
    }
    dig
}

/// How many SOA records dig printed.
fn soas(printed: &str) -> usize {
    printed
        .lines()
        .filter(|line| !line.starts_with(';'))
        .flat_map(str::split_whitespace)
        .filter(|word| *word == "SOA")
        .count()
}

fn check(dig: &Dig, server: &Server, rows: &[Row]) {
    for transport in ["+notcp", "+tcp"] {
        for (name, from, prints) in rows {
            let got = dig.short(server.dns[0], &[name, "A", from, transport]);
            let got: BTreeSet<_> = got.iter().map(String::as_str).collect();
            assert_eq!(got, prints.iter().copied().collect(), "{name} {from} {transport}");
            if prints.is_empty() {
                let full = dig.ask(server.dns[0], &[name, "A", from, transport]);
                assert!(full.contains("status: NXDOMAIN"), "{full}");
                assert!(full.contains("ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1"), "{full}");
                assert_eq!(soas(&full), 1, "{full}");
            }
        }
    }
}

#[test]
fn the_chapters_thirteen_rows() {
    let Some(dig) = dig() else { return };
    let base = Server::start(&["lab09-1@base"]);
    check(&dig, &base, &[(CFN, PRIVATE, &["52.95.193.132"])]);
    check(&dig, &Server::start(&["lab09-1"]), &LAB1);
    check(&dig, &Server::start(&["lab09-2@base"]), &LAB2_BEFORE);
    check(&dig, &Server::start(&["lab09-2"]), &LAB2_AFTER);
}

#[test]
fn shapes_of_replies() {
    let Some(dig) = dig() else { return };
    let server = Server::start(&["lab09-1"]);
    let ask = |arguments: &[&str]| dig.ask(server.dns[0], arguments);

    let found = ask(&[CFN]);
    assert!(
        found.contains("flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1"),
        "{found}"
    );
    assert!(found.contains("EDNS: version: 0, flags:; udp: 4096"), "{found}");
    assert!(!found.contains("COOKIE"), "{found}");

    let no_data = ask(&[CFN, "AAAA"]);
    assert!(
        no_data.contains("status: NOERROR") && no_data.contains("ANSWER: 0, AUTHORITY: 1"),
        "{no_data}"
    );
    assert_eq!(soas(&no_data), 1, "{no_data}");

    let below = ask(&[&format!("below.{CFN}")]);
    assert!(below.contains("status: NXDOMAIN") && below.contains("AUTHORITY: 1"), "{below}");

    let cased = ask(&["CloudFormation.AP-northeast-2.amazonAWS.com"]);
    assert!(cased.contains("CloudFormation.AP-northeast-2.amazonAWS.com."), "{cased}");

    assert!(ask(&[CFN, "+noedns"]).contains("ADDITIONAL: 0"));
    assert!(ask(&[CFN, "+edns=1", "+noednsnegotiation"]).contains("status: BADVERS"));
    let any = ask(&[CFN, "ANY", "+notcp"]);
    assert!(any.contains("HINFO") && any.contains("\"RFC8482\" \"\""), "{any}");
    assert!(ask(&["-t", "AXFR", CFN]).contains("Transfer failed"));
    assert!(ask(&["-c", "HS", CFN]).contains("status: REFUSED"));
    assert!(ask(&[CFN, "+opcode=notify"]).contains("status: NOTIMP"));
    assert!(ask(&["-c", "CH", "-t", "TXT", "version.bind"]).contains("\"vpcdns "));
    let subnet = ask(&[CFN, PUBLIC]);
    assert!(subnet.contains("CLIENT-SUBNET: 10.0.0.29/32/32"), "{subnet}");
    assert!(!ask(&[CFN, "+subnet=0"]).contains("CLIENT-SUBNET: 10."));
}

#[test]
fn both_orders_show() {
    let Some(dig) = dig() else { return };
    let server = Server::start(&["lab09-1"]);
    let firsts: BTreeSet<String> = (0..20)
        .filter_map(|_| dig.ask(server.dns[0], &["+short", CFN]).lines().next().map(str::to_owned))
        .collect();
    assert_eq!(firsts.len(), 2, "{firsts:?}");
}

#[test]
fn the_address_asked_from_decides() {
    let Some(dig) = dig() else { return };
    let server = Server::start(&["lab09-1", "--view", "internet"]);
    // Unplaced: from --view. Placed by Client Subnet: from the VPC. An address of no VPC: the internet.
    assert_eq!(dig.short(server.dns[0], &[CFN]), ["52.95.193.132"]);
    assert_eq!(dig.short(server.dns[0], &[CFN, PUBLIC]), BOTH);
    assert_eq!(dig.short(server.dns[0], &[CFN, "+subnet=203.0.113.9/32"]), ["52.95.193.132"]);
    assert_eq!(
        dig.short(server.dns[0], &["s3.ap-northeast-2.amazonaws.com", PUBLIC]),
        ["52.219.146.89"]
    );
    assert_eq!(dig.short(server.dns[0], &["s3.ap-northeast-2.amazonaws.com"]), ["52.219.144.69"]);
}

#[test]
fn overlapping_vpcs_answer_each_for_itself() {
    let Some(dig) = dig() else { return };
    let folder = common::scratch("overlap");
    let world = |name: &str, digit: u8| {
        let path = folder.join(format!("{name}.yaml"));
        let text = format!(
            "vpcs:\n  {name}:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n    subnets:\n      {name}-sn:\n        \
             cidr: 10.0.0.0/24\n        zone: ap-northeast-2a\n    endpoints:\n      {name}-sqs:\n        \
             service: sqs\n        private-dns: true\n        subnets: {{{name}-sn: 10.0.0.{digit}}}\n"
        );
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (one, other) = (world("One", 11), world("Other", 22));
    let server = Server::start(&[
        &one,
        &other,
        "--dns",
        "127.0.0.1:0=One",
        "--dns",
        "127.0.0.1:0=Other",
        "--dns",
        "127.0.0.1:0=internet",
    ]);
    let name = "sqs.ap-northeast-2.amazonaws.com";
    assert_eq!(dig.short(server.dns[0], &[name]), ["10.0.0.11"]);
    assert_eq!(dig.short(server.dns[1], &[name]), ["10.0.0.22"]);
    assert!(!dig.short(server.dns[2], &[name])[0].starts_with("10."));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_ambiguous_client_subnet_is_refused_unless_a_view_was_given() {
    let Some(dig) = dig() else { return };
    let folder = common::scratch("ambiguous");
    let path = folder.join("three.yaml");
    let text = "default-client: C\nvpcs:
  A: {cidr: 10.0.0.0/16, dns-hostnames: true, subnets: {a: {cidr: 10.0.1.0/24, zone: ap-northeast-2a, instances: {i: {address: 10.0.1.10}}}}}
  B: {cidr: 10.0.0.0/16, dns-hostnames: true}
  C: {cidr: 10.3.0.0/16, dns-hostnames: true}
hosted-zones:
  - {name: who, vpcs: [A], records: {\"@\": [\"60 A 192.0.2.1\"]}}
  - {name: who, vpcs: [B], records: {\"@\": [\"60 A 192.0.2.2\"]}}
  - {name: who, vpcs: [C], records: {\"@\": [\"60 A 192.0.2.3\"]}}
";
    std::fs::write(&path, text).unwrap();
    let world = path.display().to_string();
    let plain = Server::start(&[&world]);
    let viewed = Server::start(&[&world, "--view", "B"]);
    // The instance that holds an address beats a range that has it.
    for (subnet, without, with) in [
        ("10.0.1.10/32", "192.0.2.1", "192.0.2.1"),
        ("10.0.1.11/32", "REFUSED", "192.0.2.2"),
        ("10.0.1.0/24", "REFUSED", "192.0.2.2"),
        ("10.3.0.0/16", "192.0.2.3", "192.0.2.3"),
        ("10.3.9.0/24", "192.0.2.3", "192.0.2.3"),
        ("10.0.0.0/8", "REFUSED", "192.0.2.2"),
        ("10.2.0.0/15", "REFUSED", "192.0.2.2"),
        ("11.0.0.0/8", "NXDOMAIN", "NXDOMAIN"),
    ] {
        let option = format!("+subnet={subnet}");
        for (server, expected) in [(&plain, without), (&viewed, with)] {
            let said = dig.ask(server.dns[0], &["who", "A", &option]);
            assert!(said.contains(expected), "{subnet}: {said}");
            let chosen = without != "REFUSED";
            let echo = format!("CLIENT-SUBNET: {subnet}/{}", subnet.split_once('/').unwrap().1);
            assert_eq!(said.contains(&echo), chosen, "{subnet}: {said}");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn support_off_is_silence() {
    let Some(dig) = dig() else { return };
    let folder = common::scratch("silence");
    let path = folder.join("off.yaml");
    std::fs::write(&path, "vpcs:\n  Off:\n    cidr: 10.0.0.0/16\n    dns-support: false\n")
        .unwrap();
    let server = Server::start(&[&path.display().to_string()]);
    for transport in ["+notcp", "+tcp"] {
        let printed = dig.ask(server.dns[0], &["example.com", "+time=1", "+tries=1", transport]);
        let silent =
            printed.contains("timed out") || printed.contains("no servers could be reached");
        assert!(silent, "{transport}: {printed}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn it_ends_within_two_seconds_and_survives_hangup() {
    for name in ["TERM", "INT"] {
        let mut server = Server::start(&["lab09-1"]);
        let idle = std::net::TcpStream::connect(server.dns[0]).unwrap();
        server.signal(name);
        assert_eq!(server.wait(Duration::from_secs(2)), Some(0), "SIG{name}");
        drop(idle);
    }
    let server = Server::start(&["lab09-1"]);
    server.signal("HUP");
    let said = std::iter::from_fn(|| server.next_line(Duration::from_secs(3)))
        .find(|line| line.contains("SIGHUP"));
    assert!(said.is_some());
    assert!(std::net::TcpStream::connect(server.dns[0]).is_ok());
}

#[test]
fn a_taken_port_ends_with_2() {
    let server = Server::start(&["lab09-1"]);
    let taken = server.dns[0].to_string();
    let printed = common::vpcdns(&["serve", "lab09-1", "--dns", &taken, "--http", "127.0.0.1:0"]);
    assert_eq!(printed.code, 2, "{}", printed.err);
    assert!(printed.err.contains(&taken), "{}", printed.err);
}

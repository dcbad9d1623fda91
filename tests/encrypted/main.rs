//! DNS over TLS, HTTPS, HTTP/3 and QUIC: that every reply means what it means over TCP, and what the listeners bear.
//!
//! `program` looks at the options of `vpcdns serve`, and asks with kdig and curl.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

#[path = "../common/mod.rs"]
mod common;

mod clients;
mod program;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use clients::{Client, ask, hear, request, say};
use common::{
    CaseWorld, inside,
    upstream::{self, Fake},
};
use hickory_proto::op::{Message, ResponseCode};
use hyper::Method;
use tokio::{io::AsyncReadExt, time::timeout};
use tokio_rustls::rustls::pki_types::CertificateDer;
use vpcdns::{
    dns::{self, Certificate, Config, Listener, PemFile, Running, Scheme},
    model::{name::Name, record::RecordType},
    resolve::{places, public::PublicNames, question::Asker, snapshot::Snapshot},
};

const WORLD: &str = r#"world
  region: us-east-1
  vpcs:
    V: {cidr: 10.0.0.0/16, dns-hostnames: true, subnets: {A: {cidr: 10.0.1.0/24, zone: us-east-1a}}}
    W: {cidr: 10.0.0.0/16, dns-hostnames: true}
    Off: {cidr: 10.1.0.0/16, dns-support: false}
  hosted-zones:
    corp.example:
      vpcs: [V]
      records:
        "@": ["300 A 10.9.0.1", "300 A 10.9.0.2", "300 MX 10 mail.corp.example.", "300 TXT \"v=spf1 -all\"", "300 CAA 0 issue \"ca.example\""]
        www: ["60 CNAME web.corp.example."]
        web: ["60 CNAME corp.example."]
        six: ["60 AAAA 2001:db8::1"]
        _sip._tcp: ["30 SRV 1 2 5060 sip.corp.example."]
        ptr: ["60 PTR host.corp.example."]
        svc: ["60 HTTPS 1 . alpn=h2"]
        "*.wild": ["60 TXT \"one\" \"two\""]
        many: [MANY]
        large: [LARGE]
        edge: [EDGE]
        slow: ["60 A 10.9.0.3"]
        dead: ["60 A 10.9.0.4"]
  faults:
    - {name: slow.corp.example, delay: 60000}
    - {name: dead.corp.example, answer: timeout}
"#;

/// A wait that only a server that hangs outlasts.
const LONG: Duration = Duration::from_secs(30);

const ENCRYPTED: [Scheme; 4] = Scheme::ENCRYPTED;

/// A server of every scheme, and a client that trusts it.
struct Served {
    running: Option<Running>,
    listeners: Vec<Listener>,
    certificate: Arc<Certificate>,
    live: dns::SharedSnapshot,
    client: Client,
}

fn snapshot() -> Snapshot {
    let listed = |items: Vec<String>| items.join(", ");
    let many = listed((0..40).map(|number| format!("\"60 A 10.8.0.{number}\"")).collect());
    let text = "x".repeat(200);
    let large = (0..250).map(|number| format!(r#""60 TXT \"{number} {text}\"""#)).collect();
    // 65,525 bytes in all, and a few more if names are compressed less.
    let mut edge: Vec<_> =
        (100..426).map(|number| format!(r#""60 TXT \"{number}{}\"""#, "x".repeat(184))).collect();
    edge.push(format!(r#""60 TXT \"{}\" \"{}\"""#, "y".repeat(255), "y".repeat(10)));
    let world = WORLD.replace("MANY", &many).replace("LARGE", &listed(large));
    let world = world.replace("EDGE", &listed(edge));
    let lines: Vec<String> = world.lines().map(str::to_owned).collect();
    let compiled = CaseWorld::read(&lines, Path::new("encrypted")).snapshot;
    let public = PublicNames { whole_ttls: true, ..PublicNames::default() };
    Snapshot::new(compiled.world, Arc::new(public))
}

/// A certificate for `localhost`, and its files.
fn certificate() -> (CertificateDer<'static>, [PemFile; 2]) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let pem = |name: &str, label: &str, der: &[u8]| {
        let text = data_encoding::BASE64.encode(der);
        let text = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        PemFile { name: name.to_owned(), text: text.into_bytes() }
    };
    let files = [
        pem("a.crt", "CERTIFICATE", certificate.der()),
        pem("a.key", "PRIVATE KEY", &key.serialize_der()),
    ];
    (certificate.der().clone(), files)
}

impl Served {
    /// Serves VPC `V`.
    fn start() -> Self {
        let snapshot = snapshot();
        let view = places::client(&snapshot, "V").unwrap();
        Self::with(snapshot, Config::default(), Ipv4Addr::LOCALHOST, Some(view))
    }

    fn with(snapshot: Snapshot, config: Config, address: Ipv4Addr, view: Option<Asker>) -> Self {
        let (trusted, files) = certificate();
        let certificate = Certificate::from_files(move || Ok(files.clone())).unwrap();
        let certificate = Arc::new(certificate);
        let listeners = [Scheme::Plain].into_iter().chain(ENCRYPTED);
        let listeners = listeners
            .map(|protocol| Listener { protocol, ..Listener::plain((address, 0).into(), view) })
            .collect();
        let certificate_of = Some(Arc::clone(&certificate));
        let config = Config { listeners, certificate: certificate_of, ..config };
        let bound = dns::bind(config).unwrap();
        let listeners = bound.listeners();
        let live: dns::SharedSnapshot = Arc::new(ArcSwap::from_pointee(snapshot));
        let running = Some(bound.serve(Arc::clone(&live)));
        let client = Client { from: address, ..Client::trusting(trusted) };
        Self { running, listeners, certificate, live, client }
    }

    fn at(&self, scheme: Scheme) -> SocketAddr {
        let listener = self.listeners.iter().find(|listener| listener.protocol == scheme);
        listener.unwrap().address
    }

    /// Asks on a connection of its own. `None` if none came before the connection or the stream ended.
    async fn ask(&self, scheme: Scheme, message: &[u8]) -> Option<Vec<u8>> {
        let (client, server) = (&self.client, self.at(scheme));
        let asked = async {
            match scheme {
                Scheme::Plain => client.over_tcp(server, message).await,
                Scheme::Tls => client.over_tls(server, message).await,
                Scheme::Https => client.over_https(server, message).await,
                Scheme::Quic => client.over_quic(server, message).await,
                Scheme::H3 => client.over_http3(server, message).await,
            }
        };
        timeout(LONG, asked).await.unwrap_or_else(|_| panic!("{scheme:?} hangs"))
    }
}

/// A question with these flags and this OPT, and id 0, as QUIC wants it.
fn packet(name: &str, rtype: u16, class: u16, flags: u16, opt: &[u8]) -> Vec<u8> {
    let mut packet = vec![0, 0];
    packet.extend_from_slice(&flags.to_be_bytes());
    packet.extend_from_slice(&[0, 1, 0, 0, 0, 0, 0, u8::from(!opt.is_empty())]);
    packet.extend_from_slice(Name::parse(name).unwrap().wire());
    packet.extend_from_slice(&rtype.to_be_bytes());
    packet.extend_from_slice(&class.to_be_bytes());
    packet.extend_from_slice(opt);
    packet
}

/// An OPT record with these options; `flags` are its version and flags.
fn opt(size: u16, flags: u32, options: &[u8]) -> Vec<u8> {
    let mut opt = vec![0, 0, 41];
    opt.extend_from_slice(&size.to_be_bytes());
    opt.extend_from_slice(&flags.to_be_bytes());
    opt.extend_from_slice(&u16::try_from(options.len()).unwrap().to_be_bytes());
    opt.extend_from_slice(options);
    opt
}

fn subnet(address: [u8; 4], prefix: u8) -> Vec<u8> {
    let mut option = vec![0, 8, 0, 8, 0, 1, prefix, 0];
    option.extend_from_slice(&address);
    opt(4096, 0, &option)
}

fn query(name: &str) -> Vec<u8> {
    packet(name, 1, 1, 0x0100, &opt(4096, 0, &[]))
}

/// What is asked of every transport. The second is what hickory-server answers by itself: as a header without a question.
fn questions() -> Vec<(&'static str, Vec<u8>, bool)> {
    const IN: u16 = 1;
    const RD: u16 = 0x0100;
    let edns = opt(1232, 0, &[]);
    let asks = |name: &str, rtype: RecordType| packet(name, rtype.0, IN, RD, &edns);
    let two = |mut packet: Vec<u8>| {
        packet[5] = 2;
        let question = packet[12..packet.len() - edns.len()].to_vec();
        packet.splice(12..12, question);
        packet
    };
    let mut mixed = query("corp.example");
    mixed[13..17].copy_from_slice(b"CoRp");
    let mut header = query("corp.example")[..12].to_vec();
    header[5] = 0;
    header[11] = 0;
    let mut cut = query("corp.example");
    cut.truncate(16);
    let mut behind = query("corp.example");
    behind.extend_from_slice(b"stray");
    vec![
        ("two addresses", asks("corp.example", RecordType::A), false),
        ("no EDNS", packet("corp.example", 1, IN, RD, &[]), false),
        ("no recursion desired", packet("corp.example", 1, IN, 0, &edns), false),
        (
            "checking disabled, authentic data",
            packet("corp.example", 1, IN, RD | 0x0030, &edns),
            false,
        ),
        ("DO", packet("corp.example", 1, IN, RD, &opt(512, 0x8000, &[])), false),
        ("mixed case", mixed, false),
        ("CNAMEs", asks("www.corp.example", RecordType::A), false),
        ("IPv6", asks("six.corp.example", RecordType::AAAA), false),
        ("mail", packet("corp.example", 15, IN, RD, &edns), false),
        ("service", packet("_sip._tcp.corp.example", 33, IN, RD, &edns), false),
        ("pointer", packet("ptr.corp.example", 12, IN, RD, &edns), false),
        ("binding", packet("svc.corp.example", 65, IN, RD, &edns), false),
        ("authority", packet("corp.example", 257, IN, RD, &edns), false),
        ("start", packet("corp.example", 6, IN, RD, &edns), false),
        ("wildcard", packet("a.wild.corp.example", 16, IN, RD, &edns), false),
        ("forty addresses", asks("many.corp.example", RecordType::A), false),
        ("50 KB", packet("large.corp.example", 16, IN, RD, &edns), false),
        ("no data", asks("six.corp.example", RecordType::A), false),
        ("no such name", asks("none.corp.example", RecordType::A), false),
        ("no such public name", asks("none.invalid", RecordType::A), false),
        ("public name", asks("s3.us-east-1.amazonaws.com", RecordType::A), false),
        ("reverse", packet("9.1.0.10.in-addr.arpa", 12, IN, RD, &edns), false),
        ("anything", packet("corp.example", 255, IN, RD, &edns), false),
        ("a type nobody knows", packet("corp.example", 65_280, IN, RD, &edns), false),
        ("transfer", packet("corp.example", 252, IN, RD, &edns), false),
        (
            "version 1 of EDNS",
            packet("corp.example", 1, IN, RD, &opt(1232, 0x0001_0000, &[])),
            false,
        ),
        ("Client Subnet", packet("corp.example", 1, IN, RD, &subnet([10, 0, 1, 10], 32)), false),
        (
            "Client Subnet of none",
            packet("corp.example", 1, IN, RD, &subnet([192, 0, 2, 1], 32)),
            false,
        ),
        ("explanation", packet("corp.example", 16, 3, RD, &edns), false),
        ("version of the server", packet("version.bind", 16, 3, RD, &edns), false),
        ("class Hesiod", packet("corp.example", 1, 4, RD, &edns), false),
        ("notification", packet("corp.example", 6, IN, 0x2000, &edns), false),
        ("two questions", two(asks("corp.example", RecordType::A)), false),
        ("no question", header, false),
        ("stray bytes", behind, false),
        ("cut off", cut, true),
        (
            "bad Client Subnet",
            packet("corp.example", 1, IN, RD, &opt(1232, 0, &[0, 8, 0, 1, 9])),
            true,
        ),
    ]
}

/// What a reply says: its header, question, EDNS, and its sections in order. The records of a set are sorted, because each
/// reply rotates them.
fn meaning(reply: &[u8]) -> String {
    let message = Message::from_vec(reply).unwrap();
    let mut lines = vec![format!("{:?} {:?}", &reply[2..12], message.metadata.response_code)];
    lines.extend(message.queries.iter().map(ToString::to_string));
    for section in [&message.answers, &message.authorities, &message.additionals] {
        let mut sets: Vec<(String, Vec<String>)> = Vec::new();
        for record in section {
            let key = format!("{} {}", record.name, record.record_type());
            match sets.last_mut() {
                Some((last, records)) if *last == key => records.push(record.to_string()),
                _ => sets.push((key, vec![record.to_string()])),
            }
        }
        for (_, mut records) in sets {
            records.sort();
            lines.extend(records);
        }
        lines.push("--".to_owned());
    }
    lines.push(format!("{:?}", message.edns));
    lines.join("\n")
}

/// Whether no set of a reply has several records, so that it is the same at every time.
fn has_one_order(reply: &[u8]) -> bool {
    let answers = Message::from_vec(reply).unwrap().answers;
    answers
        .windows(2)
        .all(|two| two[0].record_type() != two[1].record_type() || two[0].name != two[1].name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reply_means_what_it_means_over_tcp() {
    let snapshot = snapshot();
    let view = places::client(&snapshot, "V").unwrap();
    let config = Config { explain_txt: true, ..Config::default() };
    for view in [Some(view), None, Some(Asker::Internet)] {
        let served = Served::with(snapshot.clone(), config.clone(), Ipv4Addr::LOCALHOST, view);
        for (what, packet, is_hickorys) in questions() {
            let tcp = served.ask(Scheme::Plain, &packet).await.unwrap_or_else(|| panic!("{what}"));
            for scheme in ENCRYPTED {
                let reply = served.ask(scheme, &packet).await;
                let reply = reply.unwrap_or_else(|| panic!("{what}, {scheme:?}: no reply"));
                let by_hickory = matches!(scheme, Scheme::Quic | Scheme::H3);
                if is_hickorys && by_hickory {
                    // It answers what it cannot read itself, with a header alone.
                    assert_eq!(
                        (reply.len(), reply[3] & 15),
                        (12, tcp[3] & 15),
                        "{what}, {scheme:?}"
                    );
                    continue;
                }
                assert_eq!(meaning(&reply), meaning(&tcp), "{what}, {scheme:?}");
                if !by_hickory && has_one_order(&tcp) {
                    assert_eq!(reply, tcp, "{what}, {scheme:?}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_does_not_fit_is_a_failure() {
    let served = Served::start();
    let edge = packet("edge.corp.example", 16, 1, 0x0100, &opt(4096, 0, &[]));
    for scheme in [Scheme::Plain, Scheme::Tls, Scheme::Https] {
        assert_eq!(served.ask(scheme, &edge).await.unwrap().len(), 65_525, "{scheme:?}");
    }
    // hickory-server would cut records off.
    for scheme in [Scheme::Quic, Scheme::H3] {
        let reply = served.ask(scheme, &edge).await.unwrap();
        let message = Message::from_vec(&reply).unwrap();
        assert_eq!(message.metadata.response_code, ResponseCode::ServFail, "{scheme:?}");
        assert!(!message.metadata.truncation && message.metadata.recursion_available);
        assert_eq!((message.answers.len(), message.queries.len()), (0, 1));
        assert!(message.edns.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forwarded_reply_means_the_same_whatever_its_records_hold() {
    let name = |text: &str| Name::parse(text).unwrap().wire().to_vec();
    let rrsig =
        [&[0, 1, 8, 2, 0, 0, 0, 60, 0, 0, 0, 9, 0, 0, 0, 1, 0, 7][..], &name("example"), &[7; 8]]
            .concat();
    let svcb =
        [&[0, 1][..], &name("a.example"), &[0, 1, 0, 3, 2, b'h', b'2', 0xfd, 0xe8, 0, 2, 1, 2]]
            .concat();
    let naptr = [&[0, 1, 0, 2, 1, b'S', 7][..], b"SIP+D2U", &[0], &name("a.example")].concat();
    let records: Vec<(u16, Vec<u8>)> = vec![
        (65_280, vec![1, 2, 3]),
        (10, b"null".to_vec()),
        (13, [&[3][..], b"cpu", &[2], b"os"].concat()),
        (29, vec![0, 0x12, 0x16, 0x13, 0x80, 0, 0, 1, 0x80, 0, 0, 2, 0, 0x98, 0x96, 0x80]),
        (35, naptr),
        (39, name("b.example")),
        (43, [&[0, 7, 8, 2][..], &[3; 32]].concat()),
        (44, [&[1, 1][..], &[3; 20]].concat()),
        (46, rrsig),
        (48, [&[1, 0, 3, 8][..], &[3; 16]].concat()),
        (52, [&[3, 1, 1][..], &[3; 32]].concat()),
        (61, vec![9; 20]),
        (64, svcb),
        (99, [&[4][..], b"spf1"].concat()),
        (257, [&[0, 5][..], b"issueca.example"].concat()),
    ];
    let known = records.clone();
    let fake = Fake::start(move |seen| {
        let first = seen.name.split('.').next()?;
        let number: usize = first.strip_prefix("record")?.parse().ok()?;
        let (rtype, data) = known.get(number)?;
        let mut reply = upstream::header(seen, 0, 1);
        reply.extend_from_slice(&[0xc0, 12]);
        reply.extend_from_slice(&rtype.to_be_bytes());
        reply.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        reply.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        reply.extend_from_slice(data);
        Some(reply)
    });
    let mut snapshot = snapshot();
    let public = PublicNames { upstream: true, ..PublicNames::clone(&snapshot.public) };
    snapshot = Snapshot::new(snapshot.world, Arc::new(public));
    let view = places::client(&snapshot, "V").unwrap();
    let config = Config { upstream: vec![fake.address], ..Config::default() };
    let served = Served::with(snapshot, config, Ipv4Addr::LOCALHOST, Some(view));
    for (number, (rtype, data)) in records.iter().enumerate() {
        let asked =
            packet(&format!("record{number}.example"), *rtype, 1, 0x0100, &opt(4096, 0, &[]));
        let tcp = served.ask(Scheme::Plain, &asked).await.unwrap();
        assert_eq!(Message::from_vec(&tcp).unwrap().answers.len(), 1, "{rtype}");
        for scheme in ENCRYPTED {
            let reply = served.ask(scheme, &asked).await.unwrap();
            assert_eq!(without_ttl(&reply), without_ttl(&tcp), "{rtype} {scheme:?}");
            let is_there = reply.windows(data.len()).any(|part| part == data);
            assert!(is_there, "{rtype} {scheme:?}: {reply:02x?}");
        }
    }
}

/// What a reply says but for TTLs, which count down where it was forwarded.
fn without_ttl(reply: &[u8]) -> String {
    let mut message = Message::from_vec(reply).unwrap();
    message.answers.iter_mut().for_each(|record| record.ttl = 0);
    format!("{message:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_query_gets_no_reply() {
    let served = Served::with(snapshot(), quick(), Ipv4Addr::LOCALHOST, None);
    let mut response = query("corp.example");
    response[2] |= 0x80;
    for scheme in [Scheme::Plain].into_iter().chain(ENCRYPTED) {
        assert_eq!(served.ask(scheme, &response).await, None, "{scheme:?}");
    }
}

/// Connections are closed soon.
fn quick() -> Config {
    Config { tcp_idle: Duration::from_millis(300), ..Config::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vpc_without_dns_support_is_silent() {
    let snapshot = snapshot();
    let off = places::client(&snapshot, "Off").unwrap();
    let silent = Served::with(snapshot.clone(), quick(), Ipv4Addr::LOCALHOST, Some(off));
    for scheme in [Scheme::Plain].into_iter().chain(ENCRYPTED) {
        assert_eq!(silent.ask(scheme, &query("corp.example")).await, None, "{scheme:?}");
    }
    // A fault, too; and the connection of such a question still answers others.
    let view = places::client(&snapshot, "V").unwrap();
    let served = Served::with(snapshot, quick(), Ipv4Addr::LOCALHOST, Some(view));
    let (dead, live) = (query("dead.corp.example"), query("corp.example"));
    let quic = served.client.quic(served.at(Scheme::Quic), b"doq").await.unwrap();
    assert_eq!(quic.ask(&dead).await, None);
    assert!(quic.ask(&live).await.is_some());
    let http3 = served.client.http3(served.at(Scheme::H3)).await.unwrap();
    let (none, some) = tokio::join!(http3.post(&dead), http3.post(&live));
    assert!(none.is_none() && some.is_some());
    let http2 = served.client.http2(served.at(Scheme::Https)).await;
    let (none, some) = tokio::join!(http2.post(&dead), http2.post(&live));
    assert!(none.is_none() && some.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_waits_holds_up_no_other() {
    let served = Served::start();
    let (slow, fast) = (query("slow.corp.example"), query("corp.example"));
    let mut tls = served.client.tls(served.at(Scheme::Tls), b"dot").await;
    say(&mut tls, &slow).await;
    for _ in 0..3 {
        assert!(timeout(LONG, ask(&mut tls, &fast)).await.unwrap().is_some());
    }
    let http2 = served.client.http2(served.at(Scheme::Https)).await;
    tokio::select! {
        _ = http2.post(&slow) => panic!("it waits for a minute"),
        answered = async {
            for _ in 0..3 {
                assert_eq!(http2.post(&fast).await.unwrap().status, 200);
            }
        } => answered,
    }
    // Requests of HTTP/3 do not wait for each other. Questions of a QUIC connection do, but not those of another.
    let http3 = served.client.http3(served.at(Scheme::H3)).await.unwrap();
    let waits = served.client.http3(served.at(Scheme::H3)).await.unwrap();
    let quic = served.client.quic(served.at(Scheme::Quic), b"doq").await.unwrap();
    let other = served.client.quic(served.at(Scheme::Quic), b"doq").await.unwrap();
    tokio::select! {
        _ = waits.post(&slow) => panic!("it waits for a minute"),
        _ = quic.ask(&slow) => panic!("it waits for a minute"),
        answered = async {
            assert!(http3.post(&fast).await.is_some());
            assert!(other.ask(&fast).await.is_some());
        } => answered,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_of_quic_answers_a_hundred_questions() {
    let served = Served::start();
    let server = served.at(Scheme::Quic);
    for _ in 0..2 {
        let quic = served.client.quic(server, b"doq").await.unwrap();
        for number in 0..100 {
            assert!(quic.ask(&query("corp.example")).await.is_some(), "{number}");
        }
        // The next one needs another connection.
        timeout(LONG, quic.0.closed()).await.unwrap();
        assert!(quic.ask(&query("corp.example")).await.is_none());
    }
    // Of HTTP/3 the last reply may be lost with the connection.
    let server = served.at(Scheme::H3);
    let http3 = served.client.http3(server).await.unwrap();
    for number in 0..99 {
        assert!(http3.post(&query("corp.example")).await.is_some(), "{number}");
    }
    let _ = http3.post(&query("corp.example")).await;
    assert!(timeout(LONG, http3.post(&query("corp.example"))).await.unwrap().is_none());
    assert!(served.ask(Scheme::H3, &query("corp.example")).await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quic_question_with_an_id_gets_no_reply() {
    let served = Served::start();
    let mut with_id = query("corp.example");
    with_id[1] = 7;
    let quic = served.client.quic(served.at(Scheme::Quic), b"doq").await.unwrap();
    assert_eq!(timeout(LONG, quic.ask(&with_id)).await.unwrap(), None);
    assert!(quic.ask(&query("corp.example")).await.is_some());
    // Elsewhere the id comes back.
    for scheme in [Scheme::Tls, Scheme::Https, Scheme::H3] {
        let reply = served.ask(scheme, &with_id).await.unwrap();
        assert_eq!(reply[..2], [0, 7], "{scheme:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_have_a_limit() {
    let config = Config { tcp_connections: 3, ..Config::default() };
    let served = Served::with(snapshot(), config, Ipv4Addr::LOCALHOST, None);
    let fast = query("s3.us-east-1.amazonaws.com");
    // Over TCP the connection that is idle longest is closed for a new one, whatever is spoken over it.
    let mut first = served.client.tls(served.at(Scheme::Tls), b"dot").await;
    assert!(ask(&mut first, &fast).await.is_some());
    let mut rest = Vec::new();
    for scheme in [Scheme::Https, Scheme::Tls, Scheme::Https] {
        let name: &[u8] = if scheme == Scheme::Tls { b"dot" } else { b"h2" };
        rest.push(served.client.tls(served.at(scheme), name).await);
    }
    assert_eq!(timeout(LONG, hear(&mut first)).await.unwrap(), None);
    // Over QUIC a new one is refused.
    let [quic, http3] = [served.at(Scheme::Quic), served.at(Scheme::H3)];
    let mut open = Vec::new();
    for (server, name) in [(quic, &b"doq"[..]), (http3, b"h3"), (quic, b"doq")] {
        open.push(served.client.quic(server, name).await.unwrap());
    }
    for (server, name) in [(quic, &b"doq"[..]), (http3, b"h3")] {
        let refused = served.client.quic(server, name).await.err().unwrap_or_default();
        assert!(refused.contains("handshake failed"), "{refused}");
    }
    assert!(open[0].ask(&fast).await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_do_not_go_on_are_closed() {
    let served = Served::with(snapshot(), quick(), Ipv4Addr::LOCALHOST, None);
    let fast = query("s3.us-east-1.amazonaws.com");
    let mut bytes = Vec::new();
    for scheme in [Scheme::Tls, Scheme::Https] {
        // No handshake.
        let mut stream = served.client.tcp(served.at(scheme)).await;
        assert!(served.ask(scheme, &fast).await.is_some());
        let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.unwrap();
        // No question.
        let name: &[u8] = if scheme == Scheme::Tls { b"dot" } else { b"http/1.1" };
        let mut stream = served.client.tls(served.at(scheme), name).await;
        let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.unwrap();
    }
    // The beginning of a request.
    let mut stream = served.client.tls(served.at(Scheme::Https), b"http/1.1").await;
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"POST /dns-query HT").await.unwrap();
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.unwrap();
    for (scheme, name) in [(Scheme::Quic, &b"doq"[..]), (Scheme::H3, b"h3")] {
        let quic = served.client.quic(served.at(scheme), name).await.unwrap();
        // A message that is never whole.
        let (mut send, _receive) = quic.0.open_bi().await.unwrap();
        send.write_all(&[1]).await.unwrap();
        timeout(LONG, quic.0.closed()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_requests_are_read_a_few_at_once() {
    let config = Config { tcp_idle: Duration::from_secs(2), ..Config::default() };
    let served = Served::with(snapshot(), config, Ipv4Addr::LOCALHOST, None);
    let message = query("s3.us-east-1.amazonaws.com");
    let encoded = data_encoding::BASE64URL_NOPAD.encode(&message);
    let http2 = served.client.http2(served.at(Scheme::Https)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (http2, message) = (http2.clone(), message.clone());
        tasks.spawn(async move { http2.begin(&message).await });
    }
    for _ in 0..20 {
        let get = request(Method::GET, &format!("/dns-query?dns={encoded}"), &[], b"");
        assert_eq!(http2.send(get).await.unwrap().status, 200);
    }
    // A whole one waits behind them, until the connection is closed.
    assert!(timeout(LONG, http2.post(&message)).await.unwrap().is_none());
    while let Some(ended) = timeout(LONG, tasks.join_next()).await.unwrap() {
        assert!(ended.unwrap().is_none());
    }
    assert!(served.ask(Scheme::Https, &message).await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_no_client() {
    let mut served = Served::start();
    let (slow, fast) = (query("slow.corp.example"), query("corp.example"));
    let mut tls = served.client.tls(served.at(Scheme::Tls), b"dot").await;
    assert!(ask(&mut tls, &fast).await.is_some());
    say(&mut tls, &slow).await;
    let http2 = served.client.http2(served.at(Scheme::Https)).await;
    let http3 = served.client.http3(served.at(Scheme::H3)).await.unwrap();
    let quic = served.client.quic(served.at(Scheme::Quic), b"doq").await.unwrap();
    assert!(http2.post(&fast).await.is_some());
    assert!(http3.post(&fast).await.is_some());
    assert!(quic.ask(&fast).await.is_some());
    let running = served.running.take().unwrap();
    let stop = async {
        // The questions are on their way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        running.stop().await;
    };
    let all = async { tokio::join!(stop, http2.post(&slow), http3.post(&slow), quic.ask(&slow)) };
    let ((), http2, http3, quic) = timeout(LONG, all).await.unwrap();
    assert!(http2.is_none_or(|answer| answer.status == 503));
    assert!(http3.is_none() && quic.is_none());
    assert_eq!(hear(&mut tls).await, None);
    // No task is left that could answer.
    let gone = async {
        while Arc::strong_count(&served.live) > 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_was_read_again_is_shown_to_new_connections() {
    let (first, second) = (certificate(), certificate());
    let trusts = [Client::trusting(first.0), Client::trusting(second.0)];
    let held = Arc::new(std::sync::Mutex::new(first.1));
    let reads = Arc::clone(&held);
    let certificate = Certificate::from_files(move || Ok(reads.lock().unwrap().clone())).unwrap();
    let certificate = Arc::new(certificate);
    let listeners = ENCRYPTED
        .map(|protocol| Listener { protocol, ..Listener::plain(([127, 0, 0, 1], 0).into(), None) });
    let config = Config {
        listeners: listeners.into(),
        certificate: Some(Arc::clone(&certificate)),
        ..Config::default()
    };
    let bound = dns::bind(config).unwrap();
    let addresses = bound.addresses();
    let _running = bound.serve(Arc::new(ArcSwap::from_pointee(snapshot())));
    let fast = query("s3.us-east-1.amazonaws.com");
    let mut before = trusts[0].tls(addresses[0], b"dot").await;
    *held.lock().unwrap() = second.1;
    assert!(trusts[1].quic(addresses[3], b"doq").await.is_err());
    assert_eq!(certificate.reload(), Ok(true));
    assert!(trusts[1].over_tls(addresses[0], &fast).await.is_some());
    assert!(trusts[1].over_https(addresses[1], &fast).await.is_some());
    assert!(trusts[1].over_http3(addresses[2], &fast).await.is_some());
    assert!(trusts[1].over_quic(addresses[3], &fast).await.is_some());
    assert!(trusts[0].quic(addresses[3], b"doq").await.is_err());
    assert!(ask(&mut before, &fast).await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_takes_get_and_post_and_says_what_is_wrong_otherwise() {
    let served = Served::start();
    let http2 = served.client.http2(served.at(Scheme::Https)).await;
    let message = query("www.corp.example");
    let encoded = data_encoding::BASE64URL_NOPAD.encode(&message);
    let kind = ("content-type", "application/dns-message");
    let get = |path: &str| request(Method::GET, path, &[], b"");
    let whole = served.ask(Scheme::Plain, &message).await.unwrap();
    for asked in [
        get(&format!("/dns-query?dns={encoded}")),
        get(&format!("/dns-query?a=b&dns={encoded}%3D%3D")),
        request(Method::POST, "/dns-query", &[kind], &message),
        request(
            Method::POST,
            "/dns-query?a=b",
            &[("content-type", "Application/DNS-message; a=b")],
            &message,
        ),
    ] {
        let answer = http2.send(asked).await.unwrap();
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/dns-message"))
        );
        assert_eq!(answer.header("cache-control"), Some("private, max-age=60"));
        assert_eq!(meaning(&answer.body), meaning(&whole));
    }
    let large = vec![0; 65_536];
    for (status, asked) in [
        (404, get(&format!("/?dns={encoded}"))),
        (404, request(Method::POST, "/dns-query/", &[kind], &message)),
        (405, request(Method::PUT, "/dns-query", &[kind], &message)),
        (400, get("/dns-query")),
        (400, get("/dns-query?dns=")),
        (400, get("/dns-query?dns=+%2F!")),
        (400, request(Method::POST, "/dns-query", &[kind], b"short")),
        (415, request(Method::POST, "/dns-query", &[], &message)),
        (415, request(Method::POST, "/dns-query", &[("content-type", "application/json")], b"{}")),
        (413, request(Method::POST, "/dns-query", &[kind], &large)),
    ] {
        let what = format!("{} {}", asked.method(), asked.uri());
        let answer = http2.send(asked).await.unwrap_or_else(|| panic!("{what}"));
        assert_eq!(answer.status, status, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
    // A failure of DNS is an answer of HTTP, and is not kept.
    let refused = served.client.http2(served.at(Scheme::Https)).await;
    let answer = refused.post(&packet("corp.example", 1, 4, 0x0100, &[])).await.unwrap();
    assert_ne!(
        Message::from_vec(&answer.body).unwrap().metadata.response_code,
        ResponseCode::NoError
    );
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    // A negative one is kept no longer than its SOA says.
    let answer = http2.post(&query("none.corp.example")).await.unwrap();
    assert!(answer.header("cache-control").unwrap().starts_with("private, max-age="));
    // HTTP/1.1, two requests on one connection.
    let mut stream = served.client.tls(served.at(Scheme::Https), b"http/1.1").await;
    for _ in 0..2 {
        let head = format!("GET /dns-query?dns={encoded} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(&whole[whole.len() - 11..]) {
            assert!(stream.read_buf(&mut heard).await.unwrap() > 0);
        }
        assert!(heard.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    // hickory-server's HTTP/3 has no GET: such a request ends without a response. It looks at no path.
    let http3 = served.client.http3(served.at(Scheme::H3)).await.unwrap();
    assert_eq!(http3.send(request(Method::POST, "/", &[], &message)).await.unwrap().status, 200);
    assert!(http3.send(get(&format!("/dns-query?dns={encoded}"))).await.is_none());
}

#[test]
fn sources_outside_are_refused() {
    if !inside("sources_outside_are_refused", &["192.0.2.0/24", "10.0.1.0/24"]) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let address = Ipv4Addr::new(192, 0, 2, 1);
        let allow = vec!["192.0.2.9/32".parse().unwrap()];
        let config = Config { allow, ..Config::default() };
        let mut served = Served::with(snapshot(), config, address, None);
        let subnet = packet("corp.example", 1, 1, 0x0100, &subnet([10, 0, 1, 10], 32));
        for scheme in [Scheme::Plain].into_iter().chain(ENCRYPTED) {
            for (from, message, code) in [
                ([192, 0, 2, 7], query("s3.us-east-1.amazonaws.com"), ResponseCode::Refused),
                ([192, 0, 2, 9], query("s3.us-east-1.amazonaws.com"), ResponseCode::NoError),
                // Its Client Subnet is not trusted.
                ([192, 0, 2, 7], subnet.clone(), ResponseCode::Refused),
            ] {
                served.client.from = from.into();
                let reply = served.ask(scheme, &message).await.unwrap();
                let message = Message::from_vec(&reply).unwrap();
                assert_eq!(message.metadata.response_code, code, "{scheme:?} {from:?}");
                assert!(message.edns.is_some());
            }
        }
    });
}

#[tokio::test]
async fn an_encrypted_listener_needs_a_certificate() {
    let listener =
        Listener { protocol: Scheme::Tls, ..Listener::plain(([127, 0, 0, 1], 0).into(), None) };
    let config = Config { listeners: vec![listener], ..Config::default() };
    let error = dns::bind(config).unwrap_err().to_string();
    assert!(error.contains("(tls)") && error.contains("no certificate"), "{error}");
}

#[tokio::test]
async fn a_self_made_certificate_names_the_listeners() {
    let listener = Listener::plain(([192, 0, 2, 5], 0).into(), None);
    let any = Listener::plain(([0, 0, 0, 0], 0).into(), None);
    let names = dns::names_of(&[listener, any, listener]);
    assert_eq!(names, ["localhost", "127.0.0.1", "::1", "192.0.2.5"]);
    let served = Served::start();
    assert!(!served.certificate.is_self_made());
    assert!(Certificate::self_made(names).unwrap().is_self_made());
}

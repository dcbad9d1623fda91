//! Faults and the limit of packets, over the wire: what a client that times its questions sees.
//!
//! Which question a fault hits is in `tests/cases/fault/`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use common::{Server, upstream};
use vpcdns::model::record::RecordType;

const SERVICE: &str = "cloudformation.ap-northeast-2.amazonaws.com";
const OTHER: &str = "s3.ap-northeast-2.amazonaws.com";
const WAIT: Duration = Duration::from_secs(5);

/// Sends an HTTP request; status and body.
fn http(server: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
    (status, reply.split_once("\r\n\r\n").unwrap().1.to_owned())
}

fn put(server: &Server, faults: &str) {
    let (status, body) = http(server.http, "PUT", "/api/faults", faults);
    assert_eq!(status, 200, "{body}");
}

/// The response code and how long it took; `None` for silence.
fn timed(server: SocketAddr, name: &str, wait: Duration) -> (Option<u8>, Duration) {
    let begun = Instant::now();
    let reply = upstream::ask(server, name, RecordType::A, wait);
    (reply.map(|reply| reply.code), begun.elapsed())
}

#[test]
fn faults_come_and_go_by_http() {
    let server = Server::start(&["lab09-1"]);
    let dns = server.dns[0];
    assert_eq!(http(server.http, "GET", "/api/faults", "").1, "[]");
    put(&server, &format!("- {{name: {SERVICE}, answer: servfail, from: CloudNeta-Public-EC2}}"));
    assert_eq!(timed(dns, SERVICE, WAIT).0, Some(2));
    assert_eq!(timed(dns, OTHER, WAIT).0, Some(0));
    let listed = http(server.http, "GET", "/api/faults", "").1;
    assert_eq!(
        listed,
        format!(r#"[{{"name":"{SERVICE}","from":"i-033fa1bc9a9817db2","answer":"servfail"}}]"#)
    );
    // What it lists can be put back.
    put(&server, &listed);
    assert_eq!(timed(dns, SERVICE, WAIT).0, Some(2));
    put(&server, r#"[{"name": "*.amazonaws.com", "answer": "nxdomain"}]"#);
    assert_eq!(timed(dns, OTHER, WAIT).0, Some(3));
    put(&server, "[{answer: timeout}]");
    let (code, time) = timed(dns, OTHER, Duration::from_millis(400));
    assert!(code.is_none() && time >= Duration::from_millis(400), "{code:?} {time:?}");
    for (body, words) in [
        ("[{answer: nothing}]", "faults:1:11"),
        ("[{name: a.b}]", "needs `answer`"),
        ("[{delay: 60001}]", "60001"),
        ("[{answer: servfail, from: nobody}]", "nobody"),
        ("[{answer: servfail, size: 1}]", "unknown key `size`"),
        ("[[[", "faults:1"),
    ] {
        let (status, text) = http(server.http, "PUT", "/api/faults", body);
        assert!(status == 400 && text.contains(words), "{body}: {status} {text}");
    }
    let many = format!("[{}]", "{answer: servfail},".repeat(1_001));
    assert_eq!(http(server.http, "PUT", "/api/faults", &many).0, 400);
    // What was refused left the fault of before in place.
    assert_eq!(timed(dns, OTHER, Duration::from_millis(200)).0, None);
    assert_eq!(http(server.http, "DELETE", "/api/faults", "").0, 200);
    assert_eq!(timed(dns, OTHER, WAIT).0, Some(0));
}

#[test]
fn a_delay_holds_up_nobody_else() {
    let server = Server::start(&["lab09-1"]);
    let dns = server.dns[0];
    put(
        &server,
        &format!(
            "[{{name: {SERVICE}, delay: 700}}, {{name: {OTHER}, delay: 700, answer: servfail}}]"
        ),
    );
    let slow = UdpSocket::bind("127.0.0.1:0").unwrap();
    slow.set_read_timeout(Some(WAIT)).unwrap();
    let begun = Instant::now();
    for id in 0..200 {
        slow.send_to(&upstream::query(id, SERVICE, RecordType::A), dns).unwrap();
    }
    for _ in 0..20 {
        let (code, _) = timed(dns, "kms.ap-northeast-2.amazonaws.com", WAIT);
        assert_eq!(code, Some(0));
    }
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let mut packet = [0; 512];
        let size = slow.recv(&mut packet).unwrap();
        let reply = upstream::Reply::read(&packet[..size]);
        assert_eq!((reply.code, reply.answers), (0, 2));
        assert!(begun.elapsed() >= Duration::from_millis(690), "{:?}", begun.elapsed());
        ids.insert(reply.id);
    }
    assert_eq!(ids.len(), 200);
    let (code, time) = timed(dns, OTHER, WAIT);
    assert!(code == Some(2) && time >= Duration::from_millis(690), "{code:?} {time:?}");
    let begun = Instant::now();
    let message = upstream::tcp(dns, SERVICE, RecordType::A);
    assert_eq!(message.answers.len(), 2);
    assert!(begun.elapsed() >= Duration::from_millis(690), "{:?}", begun.elapsed());
}

/// The current second, and how far it is.
fn second() -> (u64, Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (now.as_secs(), Duration::from_nanos(u64::from(now.subsec_nanos())))
}

#[test]
fn what_a_source_sends_beyond_the_limit_is_dropped() {
    let server = Server::start(&["lab09-1", "--pps-limit", "40", "--imds", "127.0.0.1:0"]);
    let dns = server.dns[0];
    let imds = server.ready.split(" imds=").nth(1).unwrap().split(' ').next().unwrap();
    let imds: SocketAddr = imds.parse().unwrap();
    let metadata = || http(imds, "GET", "/latest/meta-data/instance-id", "").0;
    let short = Duration::from_millis(20);
    // All within one second of the clock, which a busy machine may not manage at once.
    let within_a_second = (0..20).find_map(|_| {
        let (begun, passed) = second();
        std::thread::sleep(Duration::from_secs(1).saturating_sub(passed));
        let before: Vec<u16> = (0..2).map(|_| metadata()).collect();
        let codes: Vec<_> = (0..38).map(|_| timed(dns, SERVICE, WAIT).0).collect();
        let over = (timed(dns, SERVICE, short).0, metadata(), timed(dns, SERVICE, short).0);
        let other = UdpSocket::bind("127.0.0.2:0").unwrap();
        other.set_read_timeout(Some(WAIT)).unwrap();
        other.send_to(&upstream::query(1, SERVICE, RecordType::A), dns).unwrap();
        let other = other.recv(&mut [0; 512]).is_ok();
        (second().0 == begun + 1).then_some((before, codes, over, other))
    });
    let (before, codes, over, other) = within_a_second.expect("no try ended within a second");
    assert_eq!(before, [200, 200]);
    assert_eq!(codes, [Some(0); 38]);
    assert_eq!(over, (None, 503, None), "the 41st to 43rd of the second");
    assert!(other, "another source has its own allowance");
    std::thread::sleep(Duration::from_millis(1_050));
    assert_eq!((timed(dns, SERVICE, WAIT).0, metadata()), (Some(0), 200));
    let refused = common::vpcdns(&["serve", "lab09-1", "--pps-limit", "0"]);
    assert!(refused.code != 0 && refused.err.contains("--pps-limit"), "{}", refused.err);
}

#[test]
fn without_a_limit_nothing_is_dropped() {
    let server = Server::start(&["lab09-1"]);
    let mut all = 0;
    for id in 0..3_000 {
        let packet = upstream::query(id, SERVICE, RecordType::A);
        all += usize::from(upstream::exchange(server.dns[0], &packet, WAIT).is_some());
    }
    assert_eq!(all, 3_000);
}

//! Asking without a socket: what `dns` tells those who read messages from clients in a way of their own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use common::{
    CaseWorld, config,
    upstream::{self, Fake},
};
use hickory_proto::op::{Message, ResponseCode};
use tokio::runtime::Runtime;
use vpcdns::{
    ask::{Ask, Transport},
    dns,
    model::record::RecordType,
    resolve::{places, public::PublicNames, snapshot::Snapshot},
};

const WORLD: &str = r#"world
  region: us-east-1
  vpcs:
    V: {cidr: 10.0.0.0/16, dns-hostnames: true, subnets: {A: {cidr: 10.0.1.0/24, zone: us-east-1a}}}
  hosted-zones:
    corp.internal:
      vpcs: [V]
      records:
        db: ["60 A 10.9.0.1"]
        slow: ["60 A 10.9.0.2"]
        never: ["60 A 10.9.0.3"]
        dead: ["60 A 10.9.0.4"]
        big: [BIG]
  faults:
    - {name: slow.corp.internal, delay: 300}
    - {name: never.corp.internal, delay: 60000}
    - {name: dead.corp.internal, answer: timeout}
"#;
/// How many records of `big` there are.
const MANY: usize = 40;

/// A question for A records without EDNS, so that a datagram of a reply has 512 bytes at most.
fn query(name: &str) -> Vec<u8> {
    let mut packet = upstream::query(77, name, RecordType::A);
    packet[11] = 0;
    packet.truncate(packet.len() - 11);
    packet
}

/// A server that answers as VPC `V`.
struct Asked {
    runtime: Runtime,
    running: Option<dns::Running>,
    listener: SocketAddr,
    ask: Arc<dyn Ask>,
}

impl Asked {
    fn start(servers: &[SocketAddr]) -> Self {
        let big: Vec<String> =
            (0..MANY).map(|number| format!("\"60 A 10.8.0.{number}\"")).collect();
        let world = WORLD.replace("BIG", &big.join(", "));
        let lines: Vec<String> = world.lines().map(str::to_owned).collect();
        let compiled = CaseWorld::read(&lines, Path::new("ask")).snapshot;
        let public = PublicNames { upstream: !servers.is_empty(), ..PublicNames::default() };
        let snapshot = Arc::new(Snapshot::new(compiled.world, Arc::new(public)));
        let view = places::client(&snapshot, "V").unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let entered = runtime.enter();
        let bound = dns::bind(dns::Config { upstream: servers.to_vec(), ..config(view) }).unwrap();
        let listener = bound.addresses()[0];
        let running = bound.serve(Arc::new(ArcSwap::new(snapshot)));
        let ask = running.ask(Some(view));
        drop(entered);
        Self { runtime, running: Some(running), listener, ask }
    }

    /// The reply to a question for A records, waited for outside every runtime.
    fn ask(&self, name: &str, transport: Transport) -> Option<Vec<u8>> {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 4_321));
        wait(self.ask.ask(&query(name), peer, transport))
    }

    fn message(&self, name: &str, transport: Transport) -> Message {
        Message::from_vec(&self.ask(name, transport).unwrap()).unwrap()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread, without a runtime.
fn wait<T>(mut future: impl Future<Output = T> + Unpin) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        let mut context = Context::from_waker(&waker);
        match std::pin::Pin::new(&mut future).poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn an_answer_is_the_bytes_of_the_listener() {
    let asked = Asked::start(&[]);
    for name in ["db.corp.internal", "big.corp.internal", "none.corp.internal", "a.example"] {
        let packet = query(name);
        let by_udp = upstream::exchange(asked.listener, &packet, Duration::from_secs(5)).unwrap();
        let reply = asked.ask(name, Transport::DATAGRAM).unwrap();
        assert_eq!(reply, by_udp, "{name}");
    }
}

#[test]
fn a_forwarded_question_waits_for_the_other_server() {
    let fake = Fake::start(|seen| {
        thread::sleep(Duration::from_millis(150));
        Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 9)))
    });
    let asked = Asked::start(&[fake.address]);
    let begun = Instant::now();
    let reply = asked.message("www.example", Transport::STREAM);
    assert!(begun.elapsed() >= Duration::from_millis(150));
    assert_eq!((reply.metadata.id, reply.metadata.response_code), (77, ResponseCode::NoError));
    assert_eq!(reply.answers[0].data.to_string(), "192.0.2.9");
    assert_eq!(fake.names(), ["www.example."]);
}

#[test]
fn a_delay_is_waited_for_and_holds_up_nobody_else() {
    let asked = Asked::start(&[]);
    let begun = Instant::now();
    thread::scope(|scope| {
        let slow = scope.spawn(|| asked.message("slow.corp.internal", Transport::STREAM));
        let other = asked.message("db.corp.internal", Transport::STREAM);
        assert_eq!(other.answers.len(), 1);
        assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
        assert_eq!(slow.join().unwrap().answers[0].data.to_string(), "10.9.0.2");
    });
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[test]
fn silence_is_nothing_at_once() {
    let asked = Asked::start(&[]);
    let begun = Instant::now();
    assert_eq!(asked.ask("dead.corp.internal", Transport::STREAM), None);
    assert_eq!(asked.ask("dead.corp.internal", Transport::DATAGRAM), None);
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
}

#[test]
fn a_reply_too_large_for_a_datagram_is_whole_on_a_stream() {
    let fake = Fake::start(|seen| {
        let records: Vec<String> =
            (0..MANY).map(|number| format!("big.example 60 A 192.0.2.{number}")).collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        Some(upstream::with_records(seen, 0, &records, &[]))
    });
    let asked = Asked::start(&[fake.address]);
    // From the World, and from another server.
    for name in ["big.corp.internal", "big.example"] {
        let cut = asked.message(name, Transport::DATAGRAM);
        assert!(cut.metadata.truncation && cut.answers.is_empty(), "{name}: {cut}");
        let whole = asked.message(name, Transport::STREAM);
        assert_eq!((whole.metadata.truncation, whole.answers.len()), (false, MANY), "{name}");
    }
}

#[test]
fn a_question_ends_when_nobody_waits_for_it() {
    let asked = Asked::start(&[]);
    let tasks = || asked.runtime.metrics().num_alive_tasks();
    let before = tasks();
    let packet = query("never.corp.internal");
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 4_321));
    let waiting = asked.ask.ask(&packet, peer, Transport::STREAM);
    assert_eq!(tasks(), before + 1);
    drop(waiting);
    let begun = Instant::now();
    while tasks() > before {
        assert!(begun.elapsed() < Duration::from_secs(5), "{} tasks", tasks());
        thread::sleep(Duration::from_millis(10));
    }
}

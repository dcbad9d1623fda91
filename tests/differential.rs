//! The listeners against the pure function: random questions through real sockets, and the bytes they should get.
//!
//! `cargo test --test differential` asks forty thousand. A million:
//! `VPCDNS_QUESTIONS=1000000 cargo test --test differential -- --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use common::{compile, upstream::query};
use futures_util::FutureExt;
use vpcdns::{
    ask::{Ask, Transport},
    dns::{self, Config, Io, Listener, Responder},
    import::{Defaults, open},
    model::{record::RecordType, vpc::ModifyVpcAttribute},
    resolve::{question::Asker, snapshot::Snapshot},
};

/// Questions on their way at once.
const WINDOW: usize = 48;
/// Records of a set turn; the seed that a listener used is found by trying these.
const SEEDS: u32 = 24;

/// Numbers that look random, the same ones every time (Steele and others, SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

fn snapshot() -> Arc<Snapshot> {
    let world = open::open("lab09-1", &Defaults::default()).unwrap_or_else(|_| panic!("no lab"));
    let snapshot = compile(world.world);
    let change = ModifyVpcAttribute {
        vpc: *snapshot.world.vpcs.keys().next().unwrap(),
        dns_support: None,
        dns_hostnames: Some(true),
        network_metrics: None,
    };
    Arc::new(snapshot.apply(&change.into()).unwrap())
}

/// Names that exist in the lab, and ends of names that may.
fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<String> = [
        "cloudformation.ap-northeast-2.amazonaws.com",
        "ec2.ap-northeast-2.amazonaws.com",
        "s3.ap-northeast-2.amazonaws.com",
        "ap-northeast-2.amazonaws.com",
        "ip-10-0-1-29.ap-northeast-2.compute.internal",
        "29.1.0.10.in-addr.arpa",
        "10.in-addr.arpa",
        "localhost",
        "example.com",
        "version.bind",
        ".",
    ]
    .map(str::to_owned)
    .into();
    for endpoint in snapshot.world.endpoints.values() {
        names.extend(endpoint.regional_names().iter().map(ToString::to_string));
    }
    names
}

/// A packet, mostly well made.
fn packet(random: &mut Random, names: &[String], id: u16) -> Vec<u8> {
    let mut name = random.of(names).clone();
    for _ in 0..random.below(3) {
        let label = *random.of(&["a", "www", "_tcp", "x-1", "vpce-0", "ip-10-0-0-1", "*"]);
        name = if name == "." { label.to_owned() } else { format!("{label}.{name}") };
    }
    let rtype = RecordType(*random.of(&[1, 1, 1, 28, 5, 2, 6, 12, 15, 16, 33, 65, 255, 252, 999]));
    let mut packet = query(id, &name, rtype);
    for byte in &mut packet[12..] {
        if byte.is_ascii_lowercase() && random.below(4) == 0 {
            *byte = byte.to_ascii_uppercase();
        }
    }
    match random.below(8) {
        // Without EDNS.
        0 => {
            packet[11] = 0;
            packet.truncate(packet.len() - 11);
        }
        // With Client Subnet.
        1 | 2 => {
            let length = packet.len();
            packet[length - 1] = 12;
            let last = u8::try_from(random.below(256)).unwrap();
            packet.extend_from_slice(&[0, 8, 0, 8, 0, 1, 32, 0, 10, 0, 1, last]);
        }
        // Another class, flags, payload, version.
        3 => {
            let at = *random.of(&[2, 3, packet.len() - 12, packet.len() - 8, packet.len() - 5]);
            packet[at] = u8::try_from(random.below(256)).unwrap();
        }
        // Any byte but those of the id.
        4 => {
            let at = 2 + random.below(packet.len() - 2);
            packet[at] = u8::try_from(random.below(256)).unwrap();
        }
        _ => {}
    }
    packet
}

/// What each packet gets over UDP, by id; nothing for silence.
fn over_udp(socket: &UdpSocket, packets: &[Vec<u8>], expected: usize) -> HashMap<u16, Vec<u8>> {
    for packet in packets {
        socket.send(packet).unwrap();
    }
    let mut heard = HashMap::new();
    let mut reply = vec![0; 65_535];
    while heard.len() < expected {
        let length = socket.recv(&mut reply).unwrap_or_else(|_| {
            panic!("{} of {expected} replies came", heard.len());
        });
        let id = u16::from_be_bytes([reply[0], reply[1]]);
        assert_eq!(heard.insert(id, reply[..length].to_vec()), None, "{id} was answered twice");
    }
    heard
}

/// What each packet gets in one pipeline over TCP, by id.
fn over_tcp(stream: &mut TcpStream, packets: &[Vec<u8>], expected: usize) -> HashMap<u16, Vec<u8>> {
    let mut sent = Vec::new();
    for packet in packets {
        sent.extend_from_slice(&u16::try_from(packet.len()).unwrap().to_be_bytes());
        sent.extend_from_slice(packet);
    }
    stream.write_all(&sent).unwrap();
    (0..expected)
        .map(|_| {
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut reply).unwrap();
            (u16::from_be_bytes([reply[0], reply[1]]), reply)
        })
        .collect()
}

fn compare(
    (server, ask): (SocketAddr, &dyn Ask),
    snapshot: &Arc<Snapshot>,
    view: Option<Asker>,
    (seed, questions): (u64, usize),
) {
    let mut responder = Responder::new(Arc::clone(snapshot), view);
    let mut by_tcp = Responder::new(Arc::clone(snapshot), view).over_tcp();
    let mut by_ask = Responder::new(Arc::clone(snapshot), view).over_tcp();
    let names = names(snapshot);
    let mut random = Random(seed);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.connect(server).unwrap();
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    for _ in 0..questions.div_ceil(WINDOW) {
        let packets: Vec<Vec<u8>> =
            (0..WINDOW).map(|id| packet(&mut random, &names, u16::try_from(id).unwrap())).collect();
        // What counts down by the clock is compared within a second of it.
        let now = || {
            let since = std::time::UNIX_EPOCH.elapsed().unwrap();
            since.as_secs()
        };
        let begun = now();
        let replies = packets.iter().filter(|packet| responder.reply(packet, begun, 0).is_some());
        let expected = replies.count();
        let udp = over_udp(&socket, &packets, expected);
        let tcp = over_tcp(&mut stream, &packets, expected);
        let peer = socket.local_addr().unwrap();
        let asked: Vec<_> = packets
            .iter()
            .map(|packet| ask.ask(packet, peer, Transport::STREAM).now_or_never().unwrap())
            .collect();
        let ended = now();
        for (packet, id) in packets.iter().zip(0..) {
            let asked = asked[usize::from(id)].as_ref();
            for (heard, pure, over) in [
                (udp.get(&id), &mut responder, "UDP"),
                (tcp.get(&id), &mut by_tcp, "TCP"),
                (asked, &mut by_ask, "no socket"),
            ] {
                let heard = heard.map(Vec::as_slice);
                let same = (begun..=ended)
                    .any(|now| (0..SEEDS).any(|seed| pure.reply(packet, now, seed) == heard));
                assert!(same, "over {over}, {packet:?}: {heard:?}");
            }
        }
    }
}

#[test]
fn listeners_say_what_the_pure_function_says() {
    let questions: usize =
        std::env::var("VPCDNS_QUESTIONS").map_or(40_000, |text| text.parse().unwrap());
    let snapshot = snapshot();
    let vpc = Some(Asker::Vpc(*snapshot.world.vpcs.keys().next().unwrap()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for io in [Io::Batched, Io::Portable] {
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let config = Config {
            listeners: [None, vpc].map(|view| Listener::plain(address, view)).into(),
            explain_txt: true,
            io,
            ..Config::default()
        };
        let live = Arc::new(ArcSwap::from(Arc::clone(&snapshot)));
        let running = runtime.block_on(async {
            let bound = dns::bind(config).unwrap();
            let addresses = bound.addresses();
            (bound.serve(live), addresses)
        });
        let (running, addresses) = running;
        for (server, view) in addresses.iter().zip([None, vpc]) {
            let ask = running.ask(view);
            compare((*server, &*ask), &snapshot, view, (9, questions / 4));
        }
        runtime.block_on(running.stop());
    }
    eprintln!("{questions} questions, over UDP, over TCP and without a socket each");
}

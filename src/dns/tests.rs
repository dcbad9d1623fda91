//! The front over real sockets on loopback: both transports, stopping, errors at the start.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, UdpSocket},
    time::Instant,
};

use arc_swap::ArcSwap;
use hickory_proto::op::Message;

use super::*;
use crate::{
    dns::fixture::{ecs, main_vpc, opt, query, query_of_class, silent_vpc, snapshot},
    model::record::RecordType,
    resolve::snapshot::Snapshot,
};

fn config(view: Option<Asker>) -> Config {
    let address = "127.0.0.1:0".parse().unwrap();
    Config {
        listeners: vec![
            Listener::plain(address, view),
            Listener::plain(address, Some(Asker::Vpc(silent_vpc()))),
        ],
        fallback: Some(Asker::Vpc(main_vpc())),
        udp_workers: 2,
        io: Io::default(),
        tcp_idle: Duration::from_millis(700),
        ..Config::default()
    }
}

fn live() -> SharedSnapshot {
    Arc::new(ArcSwap::from_pointee(snapshot()))
}

fn over_udp(server: SocketAddr, packet: &[u8]) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    socket.send_to(packet, server).unwrap();
    let mut reply = vec![0; 65_535];
    let (length, from) = socket.recv_from(&mut reply).ok()?;
    assert_eq!(from, server);
    reply.truncate(length);
    Some(reply)
}

fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    stream
}

/// `None` when the server closes the connection instead.
fn on(stream: &mut TcpStream, packet: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(packet.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length, packet].concat()).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).unwrap();
    Some(reply)
}

fn sorted(bytes: &[u8]) -> Message {
    let mut message = Message::from_vec(bytes).unwrap();
    message.answers.sort_by_key(ToString::to_string);
    message
}

/// Starts the front, runs blocking client code beside it, and stops it.
fn with_front(
    config: Config,
    live: &SharedSnapshot,
    client: impl FnOnce(&[SocketAddr]) + Send + 'static,
) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let bound = bind(config).unwrap();
        let addresses = bound.addresses();
        let running = bound.serve(Arc::clone(live));
        let outcome = tokio::task::spawn_blocking(move || client(&addresses)).await;
        running.stop().await;
        outcome.unwrap();
    });
}

#[test]
fn workers_end_without_a_panic() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _within = runtime.enter();
    for number in 0..100 {
        let io = if number % 10 == 0 { Io::Portable } else { Io::Batched };
        let bound = bind(Config { io, ..config(None) }).unwrap();
        let address = bound.addresses()[0];
        let mut running = bound.serve(live());
        // What a thread read before lies in the memory that it uses to end.
        for _ in 0..8 {
            over_udp(address, &query("two.corp.test", RecordType::A, &[])).unwrap();
        }
        running.wake_to_stop();
        let threads = std::mem::take(&mut running.threads);
        assert!(threads.into_iter().all(|thread| thread.join().is_ok()), "{number}");
    }
}

#[test]
fn tcp_says_what_udp_says() {
    with_front(config(None), &live(), |addresses| {
        let mut stream = connect(addresses[0]);
        let mut other_opcode = query("two.corp.test", RecordType::A, &opt(1232, &[]));
        other_opcode[2] |= 4 << 3;
        let mut newer = query("two.corp.test", RecordType::A, &opt(1232, &[]));
        let version = newer.len() - 5;
        newer[version] = 1;
        let mut two_opts =
            query("two.corp.test", RecordType::A, &[opt(1232, &[]), opt(1232, &[])].concat());
        two_opts[11] = 2;
        let mut no_question = query("two.corp.test", RecordType::A, &[]);
        no_question.truncate(12);
        no_question[5] = 0;
        let packets = [
            query("TWO.corp.test", RecordType::A, &[]),
            query("two.corp.test", RecordType::A, &opt(1232, &ecs(&[10, 0, 1, 29], 32))),
            query("www.corp.test", RecordType::A, &opt(1232, &[])),
            query("nothing.corp.test", RecordType::A, &opt(1232, &[])),
            query("two.corp.test", RecordType::AAAA, &opt(1232, &[])),
            query("two.corp.test", RecordType::ANY, &opt(1232, &[])),
            query("two.corp.test", RecordType::AXFR, &opt(1232, &[])),
            query("two.corp.test", RecordType::A, &opt(1232, &ecs(&[10, 0, 1, 29], 24))),
            query_of_class("id.server", RecordType::TXT, 3, &opt(1232, &[])),
            query_of_class("x", RecordType::TXT, 4, &opt(1232, &[])),
            other_opcode,
            newer,
            no_question,
            two_opts,
        ];
        for packet in packets {
            // The bytes are the same, but for the order of records, which turns.
            let same = (0..40).any(|_| {
                over_udp(addresses[0], &packet).unwrap() == on(&mut stream, &packet).unwrap()
            });
            assert!(same, "{packet:?}");
        }
        // What does not fit into a datagram comes whole over TCP.
        let big = query("big.corp.test", RecordType::TXT, &opt(1232, &[]));
        assert!(sorted(&over_udp(addresses[0], &big).unwrap()).metadata.truncation);
        assert_eq!(sorted(&on(&mut stream, &big).unwrap()).answers.len(), 30);
    });
}

#[test]
fn silence_ends_with_the_idle_timeout() {
    with_front(config(None), &live(), |addresses| {
        let packet = query("two.corp.test", RecordType::A, &[]);
        assert_eq!(over_udp(addresses[1], &packet), None);
        let start = Instant::now();
        assert_eq!(on(&mut connect(addresses[1]), &packet), None);
        let waited = start.elapsed();
        assert!(
            (Duration::from_millis(600)..Duration::from_secs(2)).contains(&waited),
            "{waited:?}"
        );
    });
}

#[test]
fn garbage_ends_nothing() {
    with_front(config(None), &live(), |addresses| {
        let mut seed = 1_u32;
        for length in 0..300 {
            let garbage: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    seed.to_be_bytes()[0]
                })
                .collect();
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.send_to(&garbage, addresses[0]).unwrap();
        }
        let packet = query("two.corp.test", RecordType::A, &[]);
        assert!(over_udp(addresses[0], &packet).is_some());
    });
}

#[test]
fn both_orders_show_within_twenty_queries() {
    with_front(config(None), &live(), |addresses| {
        let packet = query("two.corp.test", RecordType::A, &[]);
        let mut stream = connect(addresses[0]);
        let mut over_tcp = || on(&mut stream, &packet);
        let asks: [&mut dyn FnMut() -> Option<Vec<u8>>; 2] =
            [&mut || over_udp(addresses[0], &packet), &mut over_tcp];
        for ask in asks {
            let mut firsts: Vec<String> = (0..20)
                .map(|_| Message::from_vec(&ask().unwrap()).unwrap().answers[0].data.to_string())
                .collect();
            firsts.sort();
            firsts.dedup();
            assert_eq!(firsts, ["10.0.1.50", "10.0.1.51"]);
        }
    });
}

#[test]
fn a_new_world_is_answered_from_at_once() {
    let live = live();
    let cell = Arc::clone(&live);
    with_front(config(None), &live, move |addresses| {
        let packet = query("two.corp.test", RecordType::A, &[]);
        assert_eq!(sorted(&over_udp(addresses[0], &packet).unwrap()).answers.len(), 2);
        let empty = Snapshot::new(crate::model::world::World::default(), Arc::default());
        cell.store(Arc::new(empty));
        // The VPC that unplaced queries are asked from is gone.
        let reply = sorted(&over_udp(addresses[0], &packet).unwrap());
        assert_eq!(reply.metadata.response_code, hickory_proto::op::ResponseCode::Refused);
    });
}

#[test]
fn stopping_is_quick_and_frees_the_port() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let config = Config { tcp_idle: Duration::from_secs(60), ..config(None) };
        let bound = bind(config.clone()).unwrap();
        let address = bound.addresses()[0];
        let running = bound.serve(live());
        // Answered once, so that it is not waiting to be accepted when the listener closes.
        let mut idle = connect(address);
        assert!(on(&mut idle, &query("two.corp.test", RecordType::A, &[])).is_some());
        let again = Config { listeners: vec![Listener::plain(address, None)], ..config };
        let error = bind(again.clone()).unwrap_err();
        assert_eq!((error.address, error.transport), (address, "TCP"));
        let start = Instant::now();
        running.stop().await;
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert_eq!(idle.read(&mut [0; 1]).ok(), Some(0));
        assert_eq!(bind(again).unwrap().addresses(), [address]);
    });
}

/// Both loops that read UDP.
const EVERY_IO: [Io; 2] = [Io::Batched, Io::Portable];

#[test]
fn a_burst_of_one_client_is_answered_whole() {
    for io in EVERY_IO {
        let config = Config { io, udp_workers: 1, ..config(None) };
        with_front(config, &live(), move |addresses| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let names = ["two.corp.test", "www.corp.test", "nothing.corp.test", "big.corp.test"];
            for round in 0..40_u16 {
                let mut expected = Vec::new();
                for id in 0..60_u16 {
                    let name = names[usize::from(id * (round + 1)) % names.len()];
                    let payload = if id % 3 == 0 { 4096 } else { 1232 };
                    let mut packet = query(name, RecordType::A, &opt(payload, &[]));
                    packet[..2].copy_from_slice(&id.to_be_bytes());
                    socket.send_to(&packet, addresses[0]).unwrap();
                    expected.push((id, name.to_owned()));
                }
                let mut heard: Vec<_> = (0..expected.len())
                    .map(|_| {
                        let mut reply = [0; 4096];
                        let (length, from) = socket.recv_from(&mut reply).unwrap();
                        assert_eq!(from, addresses[0]);
                        let message = Message::from_vec(&reply[..length]).unwrap();
                        let name = message.queries[0].name().to_utf8();
                        (message.metadata.id, name.trim_end_matches('.').to_owned())
                    })
                    .collect();
                heard.sort();
                assert_eq!(heard, expected, "{io:?}, round {round}");
            }
        });
    }
}

#[test]
fn many_clients_get_their_own_answers() {
    for io in EVERY_IO {
        with_front(Config { io, ..config(None) }, &live(), move |addresses| {
            let clients: Vec<_> =
                (0..64_u16).map(|id| (id, UdpSocket::bind("127.0.0.1:0").unwrap())).collect();
            for (id, client) in &clients {
                client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let mut packet = query("two.corp.test", RecordType::A, &[]);
                packet[..2].copy_from_slice(&id.to_be_bytes());
                client.send_to(&packet, addresses[0]).unwrap();
            }
            for (id, client) in clients {
                let mut reply = [0; 512];
                client.recv_from(&mut reply).unwrap();
                assert_eq!(reply[..2], id.to_be_bytes(), "{io:?}");
            }
        });
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_reply_leaves_from_the_address_that_was_asked() {
    for (any, asked) in [("0.0.0.0:0", "127.0.0.7"), ("[::]:0", "::1")] {
        let listeners = vec![Listener::plain(any.parse().unwrap(), None)];
        with_front(Config { listeners, ..config(None) }, &live(), move |addresses| {
            let asked = SocketAddr::new(asked.parse().unwrap(), addresses[0].port());
            let socket = UdpSocket::bind(SocketAddr::new(asked.ip(), 0)).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            // A connected socket hears nobody else.
            socket.connect(asked).unwrap();
            for name in ["two.corp.test", "nothing.corp.test"] {
                socket.send(&query(name, RecordType::A, &[])).unwrap();
                assert!(socket.recv(&mut [0; 512]).is_ok(), "{asked} {name}");
            }
        });
    }
}

#[test]
fn questions_in_a_pipeline_are_all_answered() {
    with_front(config(None), &live(), |addresses| {
        let mut stream = connect(addresses[0]);
        let mut sent = Vec::new();
        for id in 0..2_000_u16 {
            let mut packet = query("big.corp.test", RecordType::TXT, &[]);
            packet[..2].copy_from_slice(&id.to_be_bytes());
            sent.extend_from_slice(&u16::try_from(packet.len()).unwrap().to_be_bytes());
            sent.extend_from_slice(&packet);
        }
        let mut writer = stream.try_clone().unwrap();
        // A byte at a time first: a message may come in any pieces.
        let (slowly, rest) = sent.split_at(100);
        for byte in slowly {
            writer.write_all(&[*byte]).unwrap();
        }
        let rest = rest.to_vec();
        let writing = std::thread::spawn(move || writer.write_all(&rest).unwrap());
        for id in 0..2_000_u16 {
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut reply).unwrap();
            assert_eq!(reply[..2], id.to_be_bytes());
            assert_eq!(Message::from_vec(&reply).unwrap().answers.len(), 30);
        }
        writing.join().unwrap();
    });
}

#[test]
fn what_asks_nothing_idles() {
    with_front(config(None), &live(), |addresses| {
        // Part of a message, and bytes that trickle, hold a connection no longer than silence does.
        let mut stream = connect(addresses[0]);
        let start = Instant::now();
        stream.write_all(&[0, 40]).unwrap();
        while start.elapsed() < Duration::from_secs(3) {
            std::thread::sleep(Duration::from_millis(100));
            if stream.write_all(&[0]).is_err() {
                break;
            }
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    });
}

#[test]
fn a_connection_waits_for_a_place() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (_silent, config) = with_silent_upstream();
        let config = Config { tcp_idle: Duration::from_secs(60), ..config };
        let bound = bind(config).unwrap();
        let address = bound.addresses()[0];
        let running = bound.serve(live_with_upstream());
        // One slot is left, and all others are busy.
        let mut taken = Vec::new();
        for number in 1..connections::CONNECTIONS {
            let client = [192, 0, 2, u8::try_from(number % 256).unwrap()].into();
            let slot = running.shared.connections.admit(client).await.unwrap();
            slot.is_busy(true);
            taken.push(slot);
        }
        let (answered, mut late) = tokio::task::spawn_blocking(move || {
            let packet = query("two.corp.test", RecordType::A, &[]);
            let mut first = connect(address);
            // It waits for the upstream.
            let asked = query("www.example", RecordType::A, &[]);
            let length = u16::try_from(asked.len()).unwrap().to_be_bytes();
            first.write_all(&[length.as_slice(), asked.as_slice()].concat()).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            let mut late = connect(address);
            late.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            late.write_all(&[&[0, 31], packet.as_slice()].concat()).unwrap();
            let answered = late.read(&mut [0; 1]).is_ok();
            // The first connection stays open meanwhile.
            drop(first);
            (answered, late)
        })
        .await
        .unwrap();
        assert!(!answered);
        drop(taken);
        let late = tokio::task::spawn_blocking(move || {
            late.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
            late.read_exact(&mut [0; 2])
        });
        assert!(late.await.unwrap().is_ok());
        running.stop().await;
    });
}

/// A World whose other names an upstream answers.
fn live_with_upstream() -> SharedSnapshot {
    let public = crate::resolve::public::PublicNames { upstream: true, ..Default::default() };
    Arc::new(ArcSwap::from_pointee(Snapshot::new(snapshot().world, Arc::new(public))))
}

/// A server that takes questions and is silent, and a front that asks it.
fn with_silent_upstream() -> (UdpSocket, Config) {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    silent.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let upstream = vec![silent.local_addr().unwrap()];
    let config = config(None);
    (silent, Config { upstream, udp_workers: 1, ..config })
}

#[test]
fn what_waits_is_bounded_though_nobody_comes_to_it() {
    let (_silent, config) = with_silent_upstream();
    // Nothing drives this runtime, so every task that is spawned stays.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let entered = runtime.enter();
    let bound = bind(config).unwrap();
    let address = bound.addresses()[0];
    let running = bound.serve(live_with_upstream());
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_nonblocking(true).unwrap();
    let (mut buffer, mut refused) = ([0; 512], 0);
    let tasks = || runtime.metrics().num_alive_tasks();
    // A datagram that finds no room is lost, so questions go on until enough are refused, which is only when the rest waits.
    let begun = Instant::now();
    for number in 0.. {
        let packet = query(&format!("n{number}.hang.example"), RecordType::A, &[]);
        // The socket may be full for a moment.
        let _ = client.send_to(&packet, address);
        if number % 50 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        while client.recv(&mut buffer).is_ok() {
            assert_eq!(buffer[3] & 0x0f, 2);
            refused += 1;
        }
        if refused >= 500 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{refused} refused, {} tasks", tasks());
    }
    let tasks = tasks();
    assert!((upstream::SLOTS..upstream::SLOTS + 100).contains(&tasks), "{tasks} tasks");
    drop(running);
    drop(entered);
}

#[test]
fn a_question_that_waits_does_not_hold_the_port() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for waits_for_the_end in [true, false] {
        let (silent, config) = with_silent_upstream();
        let address = runtime.block_on(async {
            let bound = bind(config).unwrap();
            let address = bound.addresses()[0];
            let running = bound.serve(live_with_upstream());
            let client = UdpSocket::bind("127.0.0.1:0").unwrap();
            client.send_to(&query("www.example", RecordType::A, &[]), address).unwrap();
            // It is out.
            silent.recv(&mut [0; 512]).unwrap();
            if waits_for_the_end {
                running.stop().await;
                UdpSocket::bind(address).unwrap();
            } else {
                drop(running);
            }
            address
        });
        let start = Instant::now();
        while let Err(error) = UdpSocket::bind(address) {
            assert!(start.elapsed() < Duration::from_secs(1), "{error}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn why_is_told_only_where_it_was_asked_for() {
    for explain_txt in [None, Some(false), Some(true)] {
        let config = Config {
            explain_txt: explain_txt.unwrap_or(Config::default().explain_txt),
            ..config(None)
        };
        with_front(config, &live(), move |addresses| {
            let packet = query_of_class("two.corp.test", RecordType::TXT, 3, &[]);
            let code = over_udp(addresses[0], &packet).unwrap()[3] & 0x0f;
            let expected = if explain_txt == Some(true) { 0 } else { 5 };
            assert_eq!(code, expected, "{explain_txt:?}");
        });
    }
}

#[test]
fn no_loop_is_counted_before_one_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let running = bind(config(None)).unwrap().serve(live());
    assert_eq!(running.watch().counts().loops, 0);
}

#[test]
fn a_worker_rests_after_an_error_unless_it_stops() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let running = bind(config(None)).unwrap().serve(live());
    let worker = Worker {
        socket: Arc::clone(&running.udp[0]),
        front: Arc::new(Front { shared: Arc::clone(&running.shared), view: None }),
        stop: Arc::default(),
        number: 0,
        io: Io::default(),
        turns: Turns::default(),
    };
    // The shortest of several: another program may hold this one up at any time.
    let rest = |kind: io::ErrorKind| {
        let rests = (0..10).map(|_| {
            let start = Instant::now();
            worker.rest(&kind.into());
            start.elapsed()
        });
        rests.min().unwrap()
    };
    let short = Duration::from_millis(20);
    assert!(rest(io::ErrorKind::OutOfMemory) >= short);
    assert!(rest(io::ErrorKind::WouldBlock) < short);
    worker.stop.store(true, Ordering::Relaxed);
    assert!(rest(io::ErrorKind::OutOfMemory) < short);
}

//! Watching queries as they are answered: all are counted, some are kept, and none is kept while nobody watches.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use common::{compile, config};
use vpcdns::{
    dns,
    import::{Defaults, open},
    model::{name::Name, record::RecordType},
    resolve::{places, question::Asker},
    seen::{Batch, CODES, Watch},
};

const NAME: &str = "cloudformation.ap-northeast-2.amazonaws.com";

fn query(id: u16, name: &str, class: u16, rtype: u16) -> Vec<u8> {
    let mut packet = id.to_be_bytes().to_vec();
    packet.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    packet.extend_from_slice(Name::parse(name).unwrap().wire());
    packet.extend_from_slice(&rtype.to_be_bytes());
    packet.extend_from_slice(&class.to_be_bytes());
    packet
}

fn ask(socket: &UdpSocket, server: SocketAddr, packet: &[u8]) {
    socket.send_to(packet, server).unwrap();
    let mut reply = [0; 4096];
    let length = socket.recv(&mut reply).unwrap();
    assert_eq!(reply[..2], packet[..2], "{length} bytes of another reply");
}

fn count(watch: &dyn Watch, status: &str) -> u64 {
    let code = CODES.iter().position(|code| *code == status).unwrap();
    watch.counts().queries.iter().map(|(_, counted)| counted.codes[code]).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn queries_are_counted_and_some_are_kept() {
    let world = open::open("lab09-1", &Defaults::default()).unwrap().world;
    let snapshot = Arc::new(compile(world));
    let asker = places::client(&snapshot, "CloudNeta-VPC").unwrap();
    let bound = dns::bind(config(asker)).unwrap();
    let server = bound.addresses()[0];
    let running = bound.serve(Arc::new(ArcSwap::new(snapshot)));
    let watch = running.watch();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();

    ask(&socket, server, &query(1, NAME, 1, 1));
    ask(&socket, server, &query(2, "nothing.example", 1, 1));
    assert_eq!((count(&*watch, "NOERROR"), count(&*watch, "NXDOMAIN")), (1, 1));
    assert_eq!(watch.drain(), Batch::default(), "nobody watched");

    let listening = watch.listen();
    for id in 0..500 {
        ask(&socket, server, &query(id, NAME, 1, 1));
    }
    let batch = watch.drain();
    assert_eq!(batch.seen, 500);
    assert_eq!(batch.samples.len(), 20);
    let sample = &batch.samples[0];
    assert_eq!(sample.asker, Some(asker));
    assert_eq!((sample.name.to_string().as_str(), sample.rtype), (NAME, RecordType::A));
    assert_eq!(sample.status, "NOERROR");
    let mut addresses: Vec<_> = sample.addresses.iter().map(ToString::to_string).collect();
    addresses.sort();
    assert_eq!(addresses, ["10.0.0.108", "10.0.1.47"]);

    // Room is made again; what is no question of the internet has no place.
    ask(&socket, server, &query(7, "version.bind", 3, 16));
    let batch = watch.drain();
    assert_eq!((batch.seen, batch.samples.len()), (1, 1));
    assert_eq!((batch.samples[0].class, batch.samples[0].asker), (3, None::<Asker>));

    drop(listening);
    ask(&socket, server, &query(9, NAME, 1, 1));
    assert_eq!(watch.drain(), Batch::default());
    assert_eq!(count(&*watch, "NOERROR"), 503);
    running.stop().await;
}

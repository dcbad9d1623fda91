//! TCP clients while questions wait for other servers, and clients that hold many connections.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
};

use super::*;

/// A question behind its length.
fn framed(id: u16, name: &str) -> Vec<u8> {
    let packet = upstream::query(id, name, RecordType::A);
    [&u16::try_from(packet.len()).unwrap().to_be_bytes(), packet.as_slice()].concat()
}

/// The next reply on a connection.
fn next(stream: &mut TcpStream) -> upstream::Reply {
    let mut size = [0; 2];
    stream.read_exact(&mut size).unwrap();
    let mut reply = vec![0; usize::from(u16::from_be_bytes(size))];
    stream.read_exact(&mut reply).unwrap();
    upstream::Reply::read(&reply)
}

#[test]
fn a_local_answer_overtakes_forwarded_questions_on_a_connection() {
    let silent = Fake::start(|_| None);
    let server = forwarding(silent.address);
    let mut stream = TcpStream::connect(server.dns[0]).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    let mut sent = Vec::new();
    for id in 0..100 {
        sent.extend_from_slice(&framed(id, &format!("n{id}.hang.example")));
    }
    sent.extend_from_slice(&framed(999, PRIVATE));
    stream.write_all(&sent).unwrap();
    let reply = next(&mut stream);
    assert_eq!((reply.id, reply.code, reply.answers), (999, NOERROR, 2));
    let mut rest: Vec<_> = (0..100).map(|_| next(&mut stream).id).collect();
    rest.sort_unstable();
    assert_eq!(rest, (0..100).collect::<Vec<_>>());
}

#[test]
#[cfg(target_os = "linux")]
fn idle_connections_make_room_for_a_client() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(4_096)), hard).unwrap();
    let server = Server::start(&[LAB]);
    let idle: Vec<_> = (0..1_100).map(|_| TcpStream::connect(server.dns[0]).unwrap()).collect();
    let start = Instant::now();
    let reply = upstream::tcp(server.dns[0], PRIVATE, RecordType::A);
    assert_eq!(reply.answers.len(), 2);
    assert!(start.elapsed() < Duration::from_secs(4), "took {:?}", start.elapsed());
    // The oldest made room, the newest stand.
    let is_open = |stream: &TcpStream| {
        stream.set_nonblocking(true).unwrap();
        let mut stream = stream;
        stream.read(&mut [0; 1]).is_err_and(|it| it.kind() == ErrorKind::WouldBlock)
    };
    assert!(!is_open(&idle[0]) && is_open(&idle[1_099]));
    // A busy machine closes them later than it says so.
    let open = || idle.iter().filter(|stream| is_open(stream)).count();
    while open() >= 300 && start.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(open() < 300, "{} connections of one client", open());
}

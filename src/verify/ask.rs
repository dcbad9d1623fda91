//! Asks a real resolver over UDP, and over TCP after truncation. Each question has a socket and a random id of its own,
//! and a bounded time.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query},
    rr::{Name, RecordType},
    serialize::binary::BinDecodable,
};

use super::item::{Item, Said, data_text};

/// How many questions are on their way at a time. The resolver of a VPC takes 1,024 packets a second.
const AT_ONCE: usize = 8;
/// How often a question is sent.
const TRIES: u32 = 3;
/// How long TCP may take, from the connection to the reply.
const STREAM: Duration = Duration::from_secs(5);
/// After so many questions without a single reply the rest is not asked: nobody is there, or DNS support is off.
const GIVE_UP: usize = 16;
/// The EDNS payload size we announce: what passes any network whole (DNS flag day 2020).
const PAYLOAD: u16 = 1_232;

/// Asks all questions. `wait` is how long a reply over UDP may take. The answers are in the order of the questions; `None`
/// was not asked, because no question before it was answered.
///
/// # Errors
///
/// The resolver's machine says that nobody listens there, or it cannot be reached from here.
pub fn ask(resolver: SocketAddr, items: &[Item], wait: Duration) -> io::Result<Vec<Option<Said>>> {
    let answers: Vec<Mutex<Option<Said>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let (next, silent, heard) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let failed = Mutex::new(None);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(slot)) = (items.get(index), answers.get(index)) else { return };
            let alone = !heard.load(Ordering::Relaxed);
            if lock(&failed).is_some() || (alone && silent.load(Ordering::Relaxed) >= GIVE_UP) {
                return;
            }
            match exchange(resolver, item, wait) {
                Ok(said) => {
                    match said {
                        Said::Silence => silent.fetch_add(1, Ordering::Relaxed),
                        Said::Reply { .. } => usize::from(heard.swap(true, Ordering::Relaxed)),
                    };
                    *lock(slot) = Some(said);
                }
                Err(error) => {
                    lock(&failed).get_or_insert(error);
                    return;
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(items.len()) {
            scope.spawn(work);
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(answers
            .into_iter()
            .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()),
    }
}

/// If a thread panicked while it held the lock, the value is still whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One question. Silence is an answer; an error means that the resolver cannot be asked at all.
fn exchange(resolver: SocketAddr, item: &Item, wait: Duration) -> io::Result<Said> {
    let query = query(item)?;
    let packet = packet(&query)?;
    let local: SocketAddr = match resolver {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local)?;
    socket.connect(resolver)?;
    for _ in 0..TRIES {
        socket.send(&packet)?;
        let until = Instant::now() + wait;
        if let Some(reply) = receive(&socket, &packet, &query, until)? {
            if reply.metadata.truncation {
                // Other answers may be short enough, so what TCP cannot bring is silence.
                let whole = over_tcp(resolver, &packet, &query);
                return Ok(whole.map_or(Said::Silence, |whole| told(&whole)));
            }
            return Ok(told(&reply));
        }
    }
    Ok(Said::Silence)
}

fn query(item: &Item) -> io::Result<Query> {
    let name = Name::from_bytes(item.name.wire()).map_err(io::Error::other)?;
    Ok(Query::query(name, RecordType::from(item.rtype.0)))
}

fn packet(query: &Query) -> io::Result<Vec<u8>> {
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(io::Error::other)?;
    let mut message = Message::new(u16::from_be_bytes(id), MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(query.clone());
    let mut edns = Edns::new();
    edns.set_max_payload(PAYLOAD);
    message.edns = Some(edns);
    message.to_vec().map_err(io::Error::other)
}

/// Waits for the reply to a packet. Other packets and unreadable ones are passed over.
fn receive(
    socket: &UdpSocket,
    packet: &[u8],
    query: &Query,
    until: Instant,
) -> io::Result<Option<Message>> {
    let mut buffer = [0; 4_096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv(&mut buffer) {
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                if let Some(reply) = reply_to(packet, query, bytes) {
                    return Ok(Some(reply));
                }
            }
            Err(error) if is_timeout(&error) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// A message that answers the packet; `None` if it does not.
fn reply_to(packet: &[u8], query: &Query, bytes: &[u8]) -> Option<Message> {
    if bytes.get(..2) != packet.get(..2) {
        return None;
    }
    let reply = Message::from_vec(bytes).ok()?;
    let same = reply.queries.is_empty() || reply.queries.as_slice() == [query.clone()];
    (reply.metadata.message_type == MessageType::Response && same).then_some(reply)
}

fn over_tcp(resolver: SocketAddr, packet: &[u8], query: &Query) -> io::Result<Message> {
    let mut stream = TcpStream::connect_timeout(&resolver, STREAM)?;
    stream.set_read_timeout(Some(STREAM))?;
    stream.set_write_timeout(Some(STREAM))?;
    let length = u16::try_from(packet.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), packet].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut bytes)?;
    reply_to(packet, query, &bytes)
        .ok_or_else(|| io::Error::other("the reply over TCP is to another question"))
}

fn told(reply: &Message) -> Said {
    let code = reply.metadata.response_code;
    let status = match u16::from(code) {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        other => format!("RCODE{other}"),
    };
    Said::Reply { status, records: reply.answers.iter().map(|it| data_text(&it.data)).collect() }
}

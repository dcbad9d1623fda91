//! Servers to forward to: a real unbound, and a socket that does what a test tells it; and a client for many questions.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use hickory_proto::op::Message;
use vpcdns::model::{
    name::Name,
    record::{Rdata, RecordType},
};

use super::{root, scratch};

/// A packet that asks, with EDNS.
pub fn query(id: u16, name: &str, rtype: RecordType) -> Vec<u8> {
    let name = Name::parse(name).unwrap();
    let mut packet = id.to_be_bytes().to_vec();
    packet.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    packet.extend_from_slice(name.wire());
    packet.extend_from_slice(&rtype.0.to_be_bytes());
    packet.extend_from_slice(&[0, 1, 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    packet
}

/// What a client reads of a reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The query's id.
    pub id: u16,
    /// The response code.
    pub code: u8,
    /// How many records the answer section has.
    pub answers: u16,
}

impl Reply {
    /// Reads the header.
    pub fn read(packet: &[u8]) -> Self {
        let word = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
        Self { id: word(0), code: packet[3] & 15, answers: word(6) }
    }
}

/// Asks one question over UDP and waits.
pub fn ask(server: SocketAddr, name: &str, rtype: RecordType, wait: Duration) -> Option<Reply> {
    exchange(server, &query(7, name, rtype), wait).map(|packet| Reply::read(&packet))
}

/// Sends a packet over UDP and waits for the one that comes back.
pub fn exchange(server: SocketAddr, packet: &[u8], wait: Duration) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(wait)).unwrap();
    socket.send_to(packet, server).unwrap();
    let mut buffer = vec![0; 4096];
    let size = socket.recv(&mut buffer).ok()?;
    buffer.truncate(size);
    Some(buffer)
}

/// Asks one question over TCP.
pub fn tcp(server: SocketAddr, name: &str, rtype: RecordType) -> Message {
    let packet = query(8, name, rtype);
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let size = u16::try_from(packet.len()).unwrap();
    stream.write_all(&[&size.to_be_bytes(), packet.as_slice()].concat()).unwrap();
    let mut size = [0; 2];
    stream.read_exact(&mut size).unwrap();
    let mut reply = vec![0; usize::from(u16::from_be_bytes(size))];
    stream.read_exact(&mut reply).unwrap();
    Message::from_vec(&reply).unwrap()
}

/// A question as a [`Fake`] sees it.
pub struct Seen {
    /// The whole packet.
    pub packet: Vec<u8>,
    /// The name, lower-case, with its last dot.
    pub name: String,
}

/// A UDP server that records what it is asked, and replies as told. It ends with the value.
pub struct Fake {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// Starts it; `reply` makes the packet to send back, or none.
    pub fn start(reply: impl Fn(&Seen) -> Option<Vec<u8>> + Send + 'static) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let address = socket.local_addr().unwrap();
        let (seen, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (list, end) = (Arc::clone(&seen), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !end.load(Ordering::Relaxed) {
                let Ok((size, from)) = socket.recv_from(&mut buffer) else { continue };
                let packet = buffer[..size].to_vec();
                let name = name_in(&packet);
                let one = Seen { packet, name };
                let packet = reply(&one);
                // First noted: who has the reply may look at once.
                list.lock().unwrap().push(one);
                if let Some(packet) = packet {
                    let _ = socket.send_to(&packet, from);
                }
            }
        });
        Self { address, seen, stop, thread: Some(thread) }
    }

    /// The names asked for so far.
    pub fn names(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.name.clone()).collect()
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    /// The packets so far.
    pub fn packets(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().iter().map(|seen| seen.packet.clone()).collect()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}

fn name_in(packet: &[u8]) -> String {
    let mut at = 12;
    let mut name = String::new();
    while packet[at] != 0 {
        let end = at + 1 + usize::from(packet[at]);
        name.push_str(&String::from_utf8_lossy(&packet[at + 1..end]).to_lowercase());
        name.push('.');
        at = end;
    }
    name
}

/// The question sent back with a header for these flags, and its sections empty.
pub fn header(seen: &Seen, code: u8, answers: u16) -> Vec<u8> {
    let question = 12 + seen.packet[12..].iter().position(|&byte| byte == 0).unwrap() + 5;
    let mut packet = seen.packet[..question].to_vec();
    packet[2] = 0x81;
    packet[3] = 0x80 | code;
    packet[6..8].copy_from_slice(&answers.to_be_bytes());
    packet[8..12].fill(0);
    packet
}

/// A reply of one A record.
pub fn with_address(seen: &Seen, ttl: u32, address: Ipv4Addr) -> Vec<u8> {
    let mut packet = header(seen, 0, 1);
    packet.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1]);
    packet.extend_from_slice(&ttl.to_be_bytes());
    packet.extend_from_slice(&[0, 4]);
    packet.extend_from_slice(&address.octets());
    packet
}

/// A reply of these records, each `owner TTL TYPE data`.
pub fn with_records(seen: &Seen, code: u8, answers: &[&str], authority: &[&str]) -> Vec<u8> {
    let mut packet = header(seen, code, u16::try_from(answers.len()).unwrap());
    packet[8..10].copy_from_slice(&u16::try_from(authority.len()).unwrap().to_be_bytes());
    for record in answers.iter().chain(authority) {
        let fields: Vec<_> = record.splitn(4, ' ').collect();
        let [owner, ttl, rtype, data] = fields[..] else { panic!("not a record: {record}") };
        let rtype: RecordType = rtype.parse().unwrap();
        let data = Rdata::parse(rtype, data).unwrap();
        packet.extend_from_slice(Name::parse(owner).unwrap().wire());
        packet.extend_from_slice(&rtype.0.to_be_bytes());
        packet.extend_from_slice(&[0, 1]);
        packet.extend_from_slice(&ttl.parse::<u32>().unwrap().to_be_bytes());
        packet.extend_from_slice(&u16::try_from(data.wire().len()).unwrap().to_be_bytes());
        packet.extend_from_slice(data.wire());
    }
    packet
}

/// A UDP server that answers every question with one address, so long after it came, however many there are. It ends with
/// the value.
pub struct Slow {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Slow {
    /// Starts it.
    pub fn start(delay: Duration) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let address = socket.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (mut buffer, mut waiting) = ([0; 4096], VecDeque::new());
            while !end.load(Ordering::Relaxed) {
                if let Ok((size, from)) = socket.recv_from(&mut buffer) {
                    let packet = buffer[..size].to_vec();
                    let seen = Seen { name: name_in(&packet), packet };
                    let reply = with_address(&seen, 60, Ipv4Addr::new(192, 0, 2, 50));
                    waiting.push_back((Instant::now() + delay, reply, from));
                }
                while waiting.front().is_some_and(|(due, ..)| *due <= Instant::now()) {
                    let Some((_, reply, from)) = waiting.pop_front() else { break };
                    let _ = socket.send_to(&reply, from);
                }
            }
        });
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}

/// A loopback address where nobody listens, so that packets to it are refused.
pub fn closed() -> SocketAddr {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// A running unbound, with names of its own; it ends with the value.
pub struct Unbound {
    child: Child,
    /// Where it listens, over UDP and TCP.
    pub address: SocketAddr,
    folder: PathBuf,
}

impl Unbound {
    /// Starts it with these lines of its `server:` clause; `None` if it is not installed.
    pub fn start(name: &str, lines: &str) -> Option<Self> {
        let binary = find_unbound()?;
        let folder = scratch(name);
        let address = free_address();
        let file = folder.join("unbound.conf");
        let text = format!(
            "server:\n  interface: {}\n  port: {}\n  access-control: 127.0.0.0/8 allow\n  do-daemonize: no\n  \
             username: \"\"\n  chroot: \"\"\n  directory: \"{}\"\n  pidfile: \"\"\n  use-syslog: no\n  logfile: \"\"\n  \
             do-not-query-localhost: no\n  module-config: \"iterator\"\n  num-threads: 1\n  edns-buffer-size: 1232\n  \
             max-udp-size: 1232\n  do-ip6: no\n{lines}",
            address.ip(),
            address.port(),
            folder.display()
        );
        fs::write(&file, text).unwrap();
        let log = fs::File::create(folder.join("log")).unwrap();
        let child = Command::new(binary)
            .args(["-d", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let unbound = Self { child, address, folder };
        let deadline = Instant::now() + Duration::from_secs(20);
        while ask(address, "ready.test", RecordType::A, Duration::from_millis(200)).is_none() {
            assert!(
                Instant::now() < deadline,
                "unbound did not answer:\n{}",
                fs::read_to_string(unbound.folder.join("log")).unwrap_or_default()
            );
        }
        Some(unbound)
    }
}

impl Drop for Unbound {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The system's, or the one `tests/run --install` unpacked.
fn find_unbound() -> Option<PathBuf> {
    let unpacked = root().join("target/tools/unbound/usr/sbin/unbound");
    [Path::new("unbound"), Path::new("/usr/sbin/unbound"), &unpacked]
        .into_iter()
        .find(|path| {
            Command::new(path).arg("-V").output().is_ok_and(|output| output.status.success())
        })
        .map(Path::to_owned)
}

/// A loopback address whose port was free for UDP and TCP just now.
fn free_address() -> SocketAddr {
    loop {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = socket.local_addr().unwrap();
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// Many questions from one socket; the replies by id, and in the order they came.
pub struct Many {
    socket: UdpSocket,
    /// Replies so far.
    pub replies: HashMap<u16, Reply>,
}

impl Many {
    /// A client of one server.
    pub fn new(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect(server).unwrap();
        Self { socket, replies: HashMap::new() }
    }

    /// Sends one question.
    pub fn send(&self, id: u16, name: &str) {
        self.socket.send(&query(id, name, RecordType::A)).unwrap();
    }

    /// Reads what comes within this time.
    pub fn read(&mut self, wait: Duration) {
        let deadline = Instant::now() + wait;
        let mut buffer = [0; 4096];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.socket.set_read_timeout(Some(left)).unwrap();
            let Ok(size) = self.socket.recv(&mut buffer) else { return };
            let reply = Reply::read(&buffer[..size]);
            self.replies.insert(reply.id, reply);
        }
    }
}

//! UDP on Linux: many datagrams in one system call, in both directions.
//!
//! While datagrams arrive one by one, each is read alone, which is cheaper. When they come close together, one call
//! takes all that wait. The World is loaded once for each call, after it returned. A socket that is bound to all
//! addresses replies from the address that was asked. A datagram allocates nothing.

use std::{
    io::{self, IoSlice, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    os::fd::AsRawFd,
    time::Duration,
};

use nix::{
    cmsg_space,
    libc::{in_addr, in_pktinfo, in6_addr, in6_pktinfo},
    sys::socket::{
        ControlMessage, ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvfrom,
        recvmmsg, sendmmsg, sendmsg, setsockopt, sockopt,
    },
};
use smallvec::SmallVec;

use super::{
    moment::Moment,
    seeds::Seeds,
    udp::{Client, LARGEST, Worker, report},
};

/// The most datagrams of one call.
const BATCH: usize = 64;
/// From one buffer to the next: not a multiple of a page, or all would compete for the same few cache lines.
const STRIDE: usize = LARGEST + 1 + 64;
/// The most bytes of waiting replies: less than a datagram may have, so that they can be sent as one.
const ROOM: usize = 60_000;
/// Datagrams are close together where one call returns so soon after the other.
const CLOSE: Duration = Duration::from_micros(8);
/// The longest reply that is sent together with others of equal length. It fits every link (RFC 8200 section 5).
const LONGEST_CUT: u16 = 1_232;

/// Answers until the server stops.
pub(super) fn run(worker: &Worker) {
    let mut receiver = Receiver::new(&worker.socket);
    let mut sender = Sender::new(&worker.socket);
    let mut seeds = Seeds::new(worker.number);
    let mut reply = Vec::with_capacity(4096);
    while !worker.stopping() {
        if let Err(error) = receiver.receive(&worker.socket) {
            worker.rest(&error);
            continue;
        }
        worker.turns.count();
        let moment = Moment::of(&worker.front);
        receiver.note(moment.since);
        for (packet, client) in receiver.packets() {
            if worker.answer(&moment, packet, client, seeds.next(), &mut reply) {
                sender.add(&worker.socket, &reply, client);
            }
        }
        // Whoever has a reply finds it counted.
        drop(moment);
        sender.flush(&worker.socket);
    }
}

/// Makes a socket that is bound to all addresses report the destination address of each datagram.
///
/// # Errors
///
/// The system's reason.
pub(super) fn tell_address(socket: &UdpSocket) -> io::Result<()> {
    match socket.local_addr()? {
        SocketAddr::V4(own) if own.ip().is_unspecified() => {
            setsockopt(socket, sockopt::Ipv4PacketInfo, &true)?;
        }
        SocketAddr::V6(own) if own.ip().is_unspecified() => {
            setsockopt(socket, sockopt::Ipv6RecvPacketInfo, &true)?;
        }
        _ => {}
    }
    Ok(())
}

/// Buffers for what comes in.
struct Receiver {
    buffers: Vec<u8>,
    headers: MultiHeaders<SockaddrStorage>,
    /// The length and the sender of each datagram received last; `None` for a datagram without a sender.
    received: SmallVec<[(usize, Option<Client>); BATCH]>,
    /// Whether the next call reads all waiting datagrams.
    many: bool,
    /// When the last call returned.
    last: Duration,
    /// Whether the socket tells which address was asked.
    tells: bool,
}

impl Receiver {
    fn new(socket: &UdpSocket) -> Self {
        let tells = socket.local_addr().is_ok_and(|own| own.ip().is_unspecified());
        let space = tells.then(|| cmsg_space!(in6_pktinfo));
        Self {
            buffers: vec![0; BATCH * STRIDE],
            headers: MultiHeaders::preallocate(BATCH, space),
            received: SmallVec::new(),
            many: false,
            last: Duration::ZERO,
            tells,
        }
    }

    /// Waits for a datagram, and reads it or all waiting ones.
    fn receive(&mut self, socket: &UdpSocket) -> io::Result<()> {
        self.received.clear();
        if self.many || self.tells {
            return self.receive_many(socket);
        }
        let buffer = self.buffers.get_mut(..LARGEST).unwrap_or_default();
        // There is no address if the socket was shut down to wake this thread: the standard library would panic.
        let (length, address) = recvfrom::<SockaddrStorage>(socket.as_raw_fd(), buffer)?;
        let source = address.as_ref().and_then(standard);
        self.received.push((length, source.map(|source| Client { source, asked: None })));
        Ok(())
    }

    /// Notes when the call returned. This decides whether the next call reads one datagram or all.
    fn note(&mut self, now: Duration) {
        self.many = self.received.len() > 1 || now.saturating_sub(self.last) < CLOSE;
        self.last = now;
    }

    fn receive_many(&mut self, socket: &UdpSocket) -> io::Result<()> {
        let mut chunks = self.buffers.chunks_exact_mut(STRIDE);
        let mut slices: [[IoSliceMut<'_>; 1]; BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(chunks.next().unwrap_or_default())]);
        let flags = MsgFlags::MSG_WAITFORONE;
        let messages = recvmmsg(socket.as_raw_fd(), &mut self.headers, &mut slices, flags, None)?;
        for message in messages {
            let asked = if self.tells {
                message.cmsgs().ok().and_then(|mut all| all.find_map(|it| asked(&it)))
            } else {
                None
            };
            let source = message.address.as_ref().and_then(standard);
            let client = source.map(|source| Client { source, asked });
            self.received.push((message.bytes, client));
        }
        Ok(())
    }

    fn packets(&self) -> impl Iterator<Item = (&[u8], Client)> {
        self.buffers
            .chunks_exact(STRIDE)
            .zip(&self.received)
            .filter_map(|(buffer, (length, client))| Some((buffer.get(..*length)?, (*client)?)))
    }
}

/// The address a datagram was sent to.
fn asked(message: &ControlMessageOwned) -> Option<IpAddr> {
    match message {
        ControlMessageOwned::Ipv4PacketInfo(info) => {
            Some(IpAddr::V4(Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr))))
        }
        ControlMessageOwned::Ipv6PacketInfo(info) => {
            Some(IpAddr::V6(Ipv6Addr::from(info.ipi6_addr.s6_addr)))
        }
        _ => None,
    }
}

fn standard(address: &SockaddrStorage) -> Option<SocketAddr> {
    match (address.as_sockaddr_in(), address.as_sockaddr_in6()) {
        (Some(v4), _) => Some(SocketAddr::V4((*v4).into())),
        (_, Some(v6)) => Some(SocketAddr::V6((*v6).into())),
        _ => None,
    }
}

/// Replies that wait to be sent together.
struct Sender {
    bytes: Vec<u8>,
    replies: SmallVec<[Waiting; BATCH]>,
    each: MultiHeaders<SockaddrStorage>,
    /// The buffer for replies that the kernel splits (UDP_SEGMENT); `None` once the kernel has refused it.
    cut: Option<MultiHeaders<SockaddrStorage>>,
    /// For a reply that says which address it leaves from.
    told: MultiHeaders<SockaddrStorage>,
}

/// A reply that waits.
#[derive(Clone, Copy)]
struct Waiting {
    from: usize,
    to: usize,
    client: SocketAddr,
}

impl Waiting {
    fn length(self) -> usize {
        self.to - self.from
    }

    /// Whether both replies can be sent as one buffer that the kernel splits.
    fn goes_with(self, other: Self) -> bool {
        self.length() == other.length() && self.client == other.client
    }
}

impl Sender {
    fn new(socket: &UdpSocket) -> Self {
        let v4 = socket.local_addr().is_ok_and(|own| own.is_ipv4());
        let space = if v4 { cmsg_space!(in_pktinfo) } else { cmsg_space!(in6_pktinfo) };
        Self {
            bytes: Vec::with_capacity(ROOM),
            replies: SmallVec::new(),
            each: MultiHeaders::preallocate(BATCH, None),
            cut: Some(MultiHeaders::preallocate(1, Some(cmsg_space!(u16)))),
            told: MultiHeaders::preallocate(1, Some(space)),
        }
    }

    /// Keeps a reply, after sending those kept so far if there is no room.
    fn add(&mut self, socket: &UdpSocket, reply: &[u8], client: Client) {
        if let Some(asked) = client.asked {
            let slices = [[IoSlice::new(reply)]];
            let to = [Some(client.source.into())];
            let sent = with_address(asked, |message| {
                send_many(socket, &mut self.told, slices.iter(), &to, &[message])
            });
            return report(&sent, client.source);
        }
        let full = self.bytes.len() + reply.len() > ROOM;
        if full || self.replies.len() == BATCH {
            self.flush(socket);
        }
        let from = self.bytes.len();
        self.bytes.extend_from_slice(reply);
        self.replies.push(Waiting { from, to: self.bytes.len(), client: client.source });
    }

    /// Sends all.
    fn flush(&mut self, socket: &UdpSocket) {
        match self.replies.as_slice() {
            [] => {}
            [only] => report(&socket.send_to(&self.bytes, only.client), only.client),
            _ => self.send_all(socket),
        }
        self.replies.clear();
        self.bytes.clear();
    }

    /// Replies of equal length to one client are sent as one buffer; the kernel splits it into datagrams (UDP_SEGMENT).
    fn send_all(&mut self, socket: &UdpSocket) {
        let mut rest: SmallVec<[Waiting; BATCH]> = self.replies.clone();
        let mut alone: SmallVec<[Waiting; BATCH]> = SmallVec::new();
        while let Some(&first) = rest.first() {
            let mut group: SmallVec<[Waiting; BATCH]> = SmallVec::new();
            rest.retain(|reply| {
                let joins = reply.goes_with(first);
                if joins {
                    group.push(*reply);
                }
                !joins
            });
            match self.send_cut(socket, &group) {
                Some(Ok(_)) => {}
                None => alone.extend_from_slice(&group),
                // Where each can go alone, it is cutting that an interface on the way is not able to do, nor will it be.
                Some(Err(error)) => {
                    if self.send_each(socket, &group) {
                        tracing::debug!(%error, "replies are not sent as one datagram any more");
                        self.cut = None;
                    }
                }
            }
        }
        self.send_each(socket, &alone);
    }

    /// `None` if these replies cannot be sent as one buffer.
    fn send_cut(&mut self, socket: &UdpSocket, group: &[Waiting]) -> Option<io::Result<usize>> {
        let [first, _, ..] = group else { return None };
        let headers = self.cut.as_mut()?;
        let length = u16::try_from(first.length()).ok().filter(|length| *length <= LONGEST_CUT)?;
        let slices: [IoSlice<'_>; BATCH] =
            std::array::from_fn(|at| slice(&self.bytes, group.get(at)));
        let slices = [slices.get(..group.len()).unwrap_or_default()];
        let to = [Some(first.client.into())];
        let cut = [ControlMessage::UdpGsoSegments(&length)];
        Some(send_many(socket, headers, slices.iter(), &to, &cut))
    }

    /// Whether all were sent.
    fn send_each(&mut self, socket: &UdpSocket, mut replies: &[Waiting]) -> bool {
        let mut all = true;
        while let Some(first) = replies.first() {
            let slices: [[IoSlice<'_>; 1]; BATCH] =
                std::array::from_fn(|at| [slice(&self.bytes, replies.get(at))]);
            let to: SmallVec<[Option<SockaddrStorage>; BATCH]> =
                replies.iter().map(|reply| Some(reply.client.into())).collect();
            let sent = send_many(socket, &mut self.each, slices.iter(), &to, &[]);
            let count = sent.as_ref().map_or(1, |count| *count);
            report(&sent, first.client);
            all &= sent.is_ok();
            replies = replies.get(count.max(1)..).unwrap_or_default();
        }
        all
    }
}

/// The bytes of a reply, or none.
fn slice<'b>(bytes: &'b [u8], reply: Option<&Waiting>) -> IoSlice<'b> {
    IoSlice::new(reply.and_then(|reply| bytes.get(reply.from..reply.to)).unwrap_or_default())
}

/// Sends datagrams, each made of its slices; how many were sent.
fn send_many<'s, I: AsRef<[IoSlice<'s>]> + 's>(
    socket: &UdpSocket,
    headers: &'s mut MultiHeaders<SockaddrStorage>,
    slices: impl Iterator<Item = &'s I>,
    to: &[Option<SockaddrStorage>],
    messages: &'s [ControlMessage<'s>],
) -> io::Result<usize> {
    let sent = sendmmsg(socket.as_raw_fd(), headers, slices, to, messages, MsgFlags::empty())?;
    Ok(sent.count())
}

/// Sends one reply, from the address that was asked.
///
/// # Errors
///
/// The system's reason.
pub(super) fn send_one(socket: &UdpSocket, reply: &[u8], client: Client) -> io::Result<()> {
    let Some(asked) = client.asked else {
        return socket.send_to(reply, client.source).map(|_| ());
    };
    let to = SockaddrStorage::from(client.source);
    with_address(asked, |message| {
        let slices = [IoSlice::new(reply)];
        sendmsg(socket.as_raw_fd(), &slices, &[message], MsgFlags::empty(), Some(&to))?;
        Ok(())
    })
}

/// Tells the kernel the source address of a datagram. The routes decide the interface.
fn with_address<T>(address: IpAddr, then: impl FnOnce(ControlMessage<'_>) -> T) -> T {
    match address {
        IpAddr::V4(v4) => {
            let ipi_spec_dst = in_addr { s_addr: u32::from(v4).to_be() };
            let info = in_pktinfo { ipi_ifindex: 0, ipi_spec_dst, ipi_addr: in_addr { s_addr: 0 } };
            then(ControlMessage::Ipv4PacketInfo(&info))
        }
        IpAddr::V6(v6) => {
            let ipi6_addr = in6_addr { s6_addr: v6.octets() };
            let info = in6_pktinfo { ipi6_addr, ipi6_ifindex: 0 };
            then(ControlMessage::Ipv6PacketInfo(&info))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_was_shut_down_gives_nobody_to_answer() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        // It is not connected, and its reader wakes all the same.
        let _ = socket2::SockRef::from(&socket).shutdown(std::net::Shutdown::Read);
        let mut receiver = Receiver::new(&socket);
        receiver.receive(&socket).unwrap();
        assert_eq!(receiver.packets().count(), 0);
    }

    #[test]
    fn a_client_that_cannot_be_answered_costs_the_others_nothing() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        other.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut sender = Sender::new(&socket);
        // A forged source port, then one that listens.
        let forged = Client { source: (Ipv4Addr::LOCALHOST, 0).into(), asked: None };
        let listens = Client { source: other.local_addr().unwrap(), asked: None };
        for client in [forged, forged, listens, listens] {
            sender.add(&socket, b"reply", client);
        }
        sender.flush(&socket);
        let mut buffer = [0; 16];
        for _ in 0..2 {
            assert_eq!(other.recv(&mut buffer).unwrap(), 5);
        }
        assert!(sender.cut.is_some());
    }

    #[test]
    fn replies_that_the_kernel_does_not_cut_are_sent_one_by_one() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        other.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let client = other.local_addr().unwrap();
        let mut sender = Sender::new(&socket);
        // More than a datagram holds: the kernel refuses them together.
        let (count, length) = (60, usize::from(LONGEST_CUT));
        assert!(count * length > LARGEST);
        for number in 0..count {
            let from = sender.bytes.len();
            sender.bytes.resize(from + length, u8::try_from(number).unwrap());
            sender.replies.push(Waiting { from, to: from + length, client });
        }
        sender.flush(&socket);
        let mut buffer = [0; LONGEST_CUT as usize + 1];
        for number in 0..count {
            assert_eq!(other.recv(&mut buffer).unwrap(), length);
            assert_eq!(usize::from(buffer[0]), number);
        }
        assert!(sender.cut.is_none(), "it is not tried again");
    }
}

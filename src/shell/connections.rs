//! TCP at the addresses of the World: smoltcp speaks it, and gives each connection as a stream.
//!
//! Whether an address accepts a connection is decided before its first segment comes here. Knows nothing of the World.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use smoltcp::{
    iface::{Config, Interface, SocketHandle, SocketSet},
    phy::{Checksum, ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken},
    socket::tcp,
    time::Instant,
    wire::{HardwareAddress, IpListenEndpoint},
};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use super::links::MTU;

/// The most connections at once. A further one is not answered, so its client tries again.
const CONNECTIONS: usize = 256;
/// Bytes of each connection that wait for one of its ends, in each direction.
const BUFFER: usize = 64 << 10;
/// How long the other end may stay silent in the middle of something.
const PATIENCE: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(60);

/// A connection's ends: the client's and ours.
type Ends = (SocketAddr, SocketAddr);

/// All connections.
pub(super) struct Connections {
    interface: Interface,
    sockets: SocketSet<'static>,
    packets: Packets,
    open: HashMap<Ends, Connection>,
    started: std::time::Instant,
}

struct Connection {
    socket: SocketHandle,
    /// Our side of the stream; `None` once both directions are over.
    stream: Option<DuplexStream>,
    /// Whether the server has been told that the client sends no more.
    told: bool,
}

impl Connections {
    /// None yet. The seed makes sequence numbers.
    pub(super) fn new(seed: u64) -> Self {
        let mut packets = Packets::default();
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = seed;
        let started = std::time::Instant::now();
        let mut interface = Interface::new(config, &mut packets, Instant::ZERO);
        interface.set_any_ip(true);
        Self {
            interface,
            sockets: SocketSet::new(Vec::new()),
            packets,
            open: HashMap::new(),
            started,
        }
    }

    /// Whether a segment belongs to a connection.
    pub(super) fn knows(&self, client: SocketAddr, server: SocketAddr) -> bool {
        self.open.contains_key(&(client, server))
    }

    /// Accepts a connection, whose first segment [`Self::take`] then gets. `None` if there are too many.
    pub(super) fn accept(
        &mut self,
        client: SocketAddr,
        server: SocketAddr,
    ) -> Option<DuplexStream> {
        if self.open.len() >= CONNECTIONS {
            return None;
        }
        let buffer = || tcp::SocketBuffer::new(vec![0; BUFFER]);
        let mut socket = tcp::Socket::new(buffer(), buffer());
        socket.set_timeout(Some(PATIENCE));
        socket.set_nagle_enabled(false);
        socket.set_ack_delay(None);
        let here = IpListenEndpoint { addr: Some(server.ip().into()), port: server.port() };
        socket.listen(here).ok()?;
        let (stream, other) = tokio::io::duplex(BUFFER);
        let connection =
            Connection { socket: self.sockets.add(socket), stream: Some(stream), told: false };
        self.open.insert((client, server), connection);
        Some(other)
    }

    /// Takes a packet of TCP. One that belongs to no connection is refused with a reset.
    pub(super) fn take(&mut self, packet: &[u8]) {
        self.packets.arrived.push_back(packet.to_vec());
        self.work();
    }

    /// The next packet to send.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        self.packets.leaving.pop_front()
    }

    /// When [`Self::work`] has to be called again.
    pub(super) fn delay(&mut self) -> Option<Duration> {
        let now = self.now();
        self.interface.poll_delay(now, &self.sockets).map(Duration::from)
    }

    /// Does what packets and time ask for.
    pub(super) fn work(&mut self) {
        let now = self.now();
        self.interface.poll(now, &mut self.packets, &mut self.sockets);
        let sockets = &mut self.sockets;
        self.open.retain(|_, connection| {
            let state = sockets.get::<tcp::Socket<'_>>(connection.socket).state();
            // Nobody else uses a client's port soon, so there is nothing to wait for at the end.
            // A reset before the handshake ended brings a socket back to where it listens.
            let over =
                matches!(state, tcp::State::Closed | tcp::State::Listen | tcp::State::TimeWait);
            if over {
                sockets.remove(connection.socket);
            }
            !over
        });
    }

    /// Moves bytes between connections and streams. Ready if any moved; [`Self::work`] then sends them.
    pub(super) fn poll_move(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut moved = false;
        for connection in self.open.values_mut() {
            let socket = self.sockets.get_mut::<tcp::Socket<'_>>(connection.socket);
            moved |= connection.inwards(socket, context) | connection.outwards(socket, context);
        }
        if moved { Poll::Ready(()) } else { Poll::Pending }
    }

    fn now(&self) -> Instant {
        let passed = i64::try_from(self.started.elapsed().as_micros());
        Instant::from_micros(passed.unwrap_or(i64::MAX))
    }
}

impl Connection {
    /// From the client to the server.
    fn inwards(&mut self, socket: &mut tcp::Socket<'_>, context: &mut Context<'_>) -> bool {
        let mut moved = false;
        let Some(stream) = &mut self.stream else {
            while socket.can_recv() {
                // The server is gone: what the client still sends is for nobody.
                if socket.recv(|bytes| (bytes.len(), ())).is_err() {
                    break;
                }
                moved = true;
            }
            return moved;
        };
        let mut stream = Pin::new(stream);
        while socket.can_recv() {
            let written = socket.recv(|bytes| match stream.as_mut().poll_write(context, bytes) {
                Poll::Ready(Ok(count)) => (count, Some(count > 0)),
                // The server has read enough.
                Poll::Ready(Err(_)) => (bytes.len(), Some(true)),
                Poll::Pending => (0, None),
            });
            match written {
                Ok(Some(true)) => moved = true,
                _ => return moved,
            }
        }
        let opened = !matches!(socket.state(), tcp::State::Listen | tcp::State::SynReceived);
        if opened && !socket.may_recv() && !self.told {
            self.told = true;
            // Nothing waits in this direction, so it is done at once.
            let _ = stream.as_mut().poll_shutdown(context);
        }
        moved
    }

    /// From the server to the client.
    fn outwards(&mut self, socket: &mut tcp::Socket<'_>, context: &mut Context<'_>) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        let mut stream = Pin::new(stream);
        let mut moved = false;
        while socket.can_send() {
            let read = socket.send(|space| {
                let mut buffer = ReadBuf::new(space);
                match stream.as_mut().poll_read(context, &mut buffer) {
                    Poll::Ready(Ok(())) => (buffer.filled().len(), Some(buffer.filled().len())),
                    Poll::Ready(Err(_)) => (0, Some(0)),
                    Poll::Pending => (0, None),
                }
            });
            match read {
                Ok(Some(0)) => {
                    socket.close();
                    self.stream = None;
                    return true;
                }
                Ok(Some(_)) => moved = true,
                _ => return moved,
            }
        }
        moved
    }
}

/// The packets between the router and smoltcp.
#[derive(Default)]
struct Packets {
    arrived: VecDeque<Vec<u8>>,
    leaving: VecDeque<Vec<u8>>,
}

impl Device for Packets {
    type RxToken<'a> = Arrived;
    type TxToken<'a> = Leaving<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Arrived, Leaving<'_>)> {
        let packet = self.arrived.pop_front()?;
        Some((Arrived(packet), Leaving(&mut self.leaving)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Leaving<'_>> {
        Some(Leaving(&mut self.leaving))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = MTU;
        // The kernel leaves the checksums of local packets to a network card, which there is none of.
        let mut checksum = ChecksumCapabilities::default();
        checksum.ipv4 = Checksum::Tx;
        checksum.tcp = Checksum::Tx;
        capabilities.checksum = checksum;
        capabilities
    }
}

struct Arrived(Vec<u8>);

impl RxToken for Arrived {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

struct Leaving<'a>(&'a mut VecDeque<Vec<u8>>);

impl TxToken for Leaving<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut packet = vec![0; length];
        let result = fill(&mut packet);
        self.0.push_back(packet);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment without data from 10.0.1.29:20000 to 10.0.0.29:80.
    fn segment(flags: u8, number: u32) -> Vec<u8> {
        let mut packet =
            vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 1, 29, 10, 0, 0, 29];
        packet.extend_from_slice(&20_000_u16.to_be_bytes());
        packet.extend_from_slice(&80_u16.to_be_bytes());
        packet.extend_from_slice(&number.to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0, 0, 5 << 4, flags, 4, 0, 0, 0, 0, 0]);
        packet
    }

    #[test]
    fn a_connection_that_is_reset_before_it_is_open_is_gone() {
        const SYN: u8 = 2;
        const RST: u8 = 4;
        let (client, server) =
            ("10.0.1.29:20000".parse().unwrap(), "10.0.0.29:80".parse().unwrap());
        let mut all = Connections::new(1);
        for _ in 0..2 * CONNECTIONS {
            assert!(all.accept(client, server).is_some());
            all.take(&segment(SYN, 7));
            assert!(all.knows(client, server));
            let reply = all.next().unwrap();
            assert_eq!(reply[33], 0x12, "SYN and ACK");
            all.take(&segment(RST, 8));
            assert!(!all.knows(client, server));
        }
    }
}

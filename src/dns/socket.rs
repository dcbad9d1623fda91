//! Binds one TCP socket and the workers' UDP sockets to one port.
//!
//! TCP is bound first and without SO_REUSEPORT, so that a second server on the same port fails at its start and
//! cannot share our queries.

use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// Bytes for datagrams that wait to be read.
const RECEIVE_BUFFER: usize = 4 << 20;
/// With port 0: how many ports to try if the port that TCP got is in use for UDP.
const TRIES: u32 = 16;

/// The sockets of a listener.
#[derive(Debug)]
pub(super) struct Sockets {
    /// The address, with the port that was bound.
    pub(super) address: SocketAddr,
    /// For connections; non-blocking, as tokio wants it.
    pub(super) tcp: TcpListener,
    /// For datagrams, one for each worker.
    pub(super) udp: Vec<UdpSocket>,
    /// Whether another process opened them, and goes on using them.
    pub(super) handed: bool,
}

/// Why an address cannot be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for DNS on {address} ({transport}): {source}{}", hint(.source))]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// `TCP`, `UDP`, or what is spoken over it.
    pub transport: &'static str,
    /// The system's reason.
    pub source: io::Error,
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "; another program listens there, so choose another port with --dns"
        }
        io::ErrorKind::PermissionDenied => "; ports below 1024 need root or CAP_NET_BIND_SERVICE",
        io::ErrorKind::AddrNotAvailable => "; no interface of this host has that address",
        _ => "",
    }
}

impl Sockets {
    /// Binds an address with at least one UDP socket. Port 0 takes any port that is free for both.
    ///
    /// # Errors
    ///
    /// The first socket that cannot be bound.
    pub(super) fn bind(address: SocketAddr, workers: usize) -> Result<Self, BindError> {
        let mut tries = if address.port() == 0 { TRIES } else { 1 };
        loop {
            tries -= 1;
            match Self::bind_once(address, workers.max(1)) {
                Err(error) if tries > 0 && error.source.kind() == io::ErrorKind::AddrInUse => {}
                result => return result,
            }
        }
    }

    fn bind_once(asked: SocketAddr, workers: usize) -> Result<Self, BindError> {
        let failed = |transport| move |source| BindError { address: asked, transport, source };
        let tcp = tcp(asked).map_err(failed("TCP"))?;
        let address = tcp.local_addr().map_err(failed("TCP"))?;
        let udp = (0..workers).map(|_| udp(address, workers > 1)).collect::<io::Result<_>>();
        Ok(Self { address, tcp, udp: udp.map_err(failed("UDP"))?, handed: false })
    }
}

pub(super) fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    only_its_family(&socket, address)?;
    // Connections of an earlier run that still wait for their end do not hold the port.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

pub(super) fn udp(address: SocketAddr, shared: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    only_its_family(&socket, address)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    // A burst waits there while a worker is busy. The system may allow less; that is no reason to fail.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.bind(&address.into())?;
    let socket = socket.into();
    #[cfg(target_os = "linux")]
    super::batch::tell_address(&socket)?;
    Ok(socket)
}

/// Keeps `[::]` from taking IPv4 as well, so that both can be given.
fn only_its_family(socket: &Socket, address: SocketAddr) -> io::Result<()> {
    if address.is_ipv6() { socket.set_only_v6(true) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_an_error_that_names_it() {
        let first = Sockets::bind("127.0.0.1:0".parse().unwrap(), 2).unwrap();
        assert_eq!(first.udp.len(), 2);
        assert!(first.udp.iter().all(|socket| socket.local_addr().unwrap() == first.address));
        let error = Sockets::bind(first.address, 2).unwrap_err();
        assert_eq!((error.address, error.transport), (first.address, "TCP"));
        let text = error.to_string();
        assert!(text.contains(&first.address.to_string()) && text.contains("--dns"), "{text}");
    }

    #[test]
    fn a_port_taken_for_udp_alone_is_an_error() {
        // The port is free for TCP only until another program takes it, so another one is tried then.
        let taken = (0..100).find_map(|_| {
            let other = UdpSocket::bind("127.0.0.1:0").unwrap();
            let error = Sockets::bind(other.local_addr().unwrap(), 1).unwrap_err();
            (error.transport == "UDP").then_some(error.source.kind())
        });
        assert_eq!(taken, Some(io::ErrorKind::AddrInUse));
    }

    #[test]
    fn both_families_share_a_port() {
        let Ok(six) = Sockets::bind("[::]:0".parse().unwrap(), 1) else { return };
        let four = SocketAddr::new("0.0.0.0".parse().unwrap(), six.address.port());
        assert!(Sockets::bind(four, 1).is_ok());
    }
}

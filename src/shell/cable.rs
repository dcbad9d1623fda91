//! The router's end of the cables: packets as the instance sends them, and packets to it.
//!
//! A packet socket of the kind that hides the Ethernet header. It is made in the router's network namespace, where there
//! is nothing else, and works in whichever process has it. Whom a packet is for is nothing it knows.

use std::{
    io,
    os::fd::{AsRawFd, OwnedFd},
};

use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, recvfrom, sendto, socket,
};
use tokio::{io::Interest, net::UdpSocket};

/// The largest packet. The kernel hands over several segments of TCP as one.
const LARGEST: usize = 65_536;

/// Opens the end in this thread's network namespace.
pub(super) fn open() -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    Ok(socket(AddressFamily::Packet, SockType::Datagram, flags, SockProtocol::EthAll)?)
}

/// An end of all cables.
pub(super) struct Cable {
    /// tokio's socket of datagrams, for its readiness alone: it has no form for packet sockets that is safe to make.
    socket: UdpSocket,
    buffer: Vec<u8>,
}

impl Cable {
    /// Takes an end that [`open`] gave, inside a tokio runtime.
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        let socket = UdpSocket::from_std(socket.into())?;
        Ok(Self { socket, buffer: vec![0; LARGEST] })
    }

    /// The next packet, and the interface that sent it.
    pub(super) async fn receive(&mut self) -> io::Result<(&[u8], Option<LinkAddr>)> {
        let buffer = &mut self.buffer;
        let socket = self.socket.as_raw_fd();
        let receive = || Ok(recvfrom::<LinkAddr>(socket, buffer)?);
        let (length, from) = self.socket.async_io(Interest::READABLE, receive).await?;
        Ok((self.buffer.get(..length).unwrap_or_default(), from))
    }

    /// Sends a packet to an interface. It is lost if the interface's queue is full, as on a network.
    pub(super) fn send(&self, packet: &[u8], to: &LinkAddr) {
        let sent = sendto(self.socket.as_raw_fd(), packet, to, MsgFlags::MSG_DONTWAIT);
        if let Err(error) = sent {
            tracing::debug!(%error, length = packet.len(), "a packet was lost");
        }
    }
}

//! Encrypted DNS: sockets and servers for TLS, HTTPS, HTTP/3 and QUIC.
//!
//! QUIC and HTTP/3 are served by hickory-server (`quic.rs`). DNS over TLS and over HTTPS are not, for these reasons:
//!
//! - hickory-server limits neither connections nor what waits for them. `connections.rs` does, for plain TCP together with
//!   these two.
//! - It answers the questions of a TLS connection one after the other, so one that is forwarded holds up all others.
//!   `stream.rs` does not, and it sends replies byte for byte as over TCP.
//! - Its HTTPS has no `GET`: such a request gets no reply at all (hickory-net, `h2.rs`).
//!
//! What is answered, to whom, and where a question is asked from is decided as for plain DNS.

mod certificate;
mod common;
mod gate;
mod https;
mod quic;
mod tls;

use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
    sync::Arc,
};

use tokio_rustls::{TlsAcceptor, rustls};

pub use self::certificate::{Certificate, PemFile};
pub(super) use self::{common::Common, gate::Gate};
use self::{common::config, https::Https, quic::QuicServer, tls::Tls};
use super::{
    front::Front,
    listener::{Listener, Scheme},
    socket::{self, BindError},
    tcp::TcpServer,
};

/// The socket of an encrypted listener.
#[derive(Debug)]
pub(super) struct Socket {
    /// The listener, with the port that was bound.
    pub(super) listener: Listener,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Stream(TcpListener),
    Datagrams(UdpSocket),
}

impl Socket {
    /// Binds the socket of a listener that is not plain.
    ///
    /// # Errors
    ///
    /// The address, and why it cannot be bound.
    pub(super) fn bind(listener: Listener) -> Result<Self, BindError> {
        let asked = listener.address;
        let transport = match listener.protocol {
            Scheme::Plain => "TCP",
            Scheme::Tls => "TLS",
            Scheme::Https => "HTTPS",
            Scheme::H3 => "HTTP/3",
            Scheme::Quic => "QUIC",
        };
        let open = || match listener.protocol {
            Scheme::Plain | Scheme::Tls | Scheme::Https => {
                let socket = socket::tcp(asked)?;
                Ok((socket.local_addr()?, Kind::Stream(socket)))
            }
            Scheme::H3 | Scheme::Quic => {
                let socket = socket::udp(asked, false)?;
                socket.set_nonblocking(true)?;
                Ok((socket.local_addr()?, Kind::Datagrams(socket)))
            }
        };
        let (address, kind) =
            open().map_err(|source| BindError { address: asked, transport, source })?;
        Ok(Self { listener: Listener { address, ..listener }, kind })
    }
}

/// The server of an encrypted listener.
pub(super) enum Server {
    Stream(TcpServer),
    Quic(QuicServer),
}

impl Server {
    /// Begins to answer. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// The system's reason.
    pub(super) fn start(socket: Socket, front: &Arc<Front>, common: &Common) -> io::Result<Self> {
        let protocol = socket.listener.protocol;
        match socket.kind {
            Kind::Stream(listener) => {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let front = Arc::clone(front);
                let (idle, connections) = (common.idle, Arc::clone(&common.connections));
                let acceptor = |names: &[&[u8]]| {
                    let certificate = Arc::clone(&common.certificate);
                    config(certificate, rustls::ALL_VERSIONS, names).map(TlsAcceptor::from)
                };
                Ok(Self::Stream(if protocol == Scheme::Https {
                    let https = Https::new(acceptor(&[b"h2", b"http/1.1"])?);
                    TcpServer::start(listener, idle, front, connections, https)
                } else {
                    let tls = Tls::new(acceptor(&[b"dot"])?);
                    TcpServer::start(listener, idle, front, connections, tls)
                }))
            }
            Kind::Datagrams(socket) => {
                QuicServer::start(socket, protocol, front, common).map(Self::Quic)
            }
        }
    }

    /// Begins to close the listener and every connection.
    pub(super) fn abort(&self) {
        match self {
            Self::Stream(server) => server.abort(),
            // It ends when it is dropped.
            Self::Quic(_) => {}
        }
    }

    /// Closes the listener and every connection.
    pub(super) async fn stop(self) {
        match self {
            Self::Stream(server) => server.stop().await,
            Self::Quic(server) => server.stop().await,
        }
    }
}

/// The addresses a certificate can name: those of the listeners that are one address.
pub fn names_of(listeners: &[Listener]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned()];
    let loopback = ["127.0.0.1", "::1"].map(str::to_owned);
    let addresses = listeners.iter().map(|listener| listener.address);
    let own = addresses.map(|address: SocketAddr| address.ip());
    let own = own.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string());
    for name in loopback.into_iter().chain(own) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

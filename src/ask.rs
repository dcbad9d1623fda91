//! How a DNS message is asked without a socket: the words between `dns`, which answers, and whoever reads messages from
//! clients in a way of its own, such as a stream or HTTP.
//!
//! Knows neither. Who a message is answered as is up to the value behind [`Ask`]; its answers for `dns` are in
//! `dns/asking.rs`.

use std::{fmt::Debug, future::ready, net::SocketAddr};

use futures_util::{FutureExt, future::BoxFuture};

/// Answers DNS messages as a listener does, whoever read them.
pub trait Ask: Debug + Send + Sync {
    /// Begins to answer a message that came from `peer`. A reply that is there at once is put into `reply`, in place of
    /// what it held. Waits for nothing.
    fn begin(
        &self,
        message: &[u8],
        peer: SocketAddr,
        transport: Transport,
        reply: &mut Vec<u8>,
    ) -> Asked;

    /// Answers a message that came from `peer`, and waits for another server or a delay where it has to. `None` where the
    /// server stays silent. Works on any runtime, and on none; the question ends when the future is dropped.
    fn ask(
        &self,
        message: &[u8],
        peer: SocketAddr,
        transport: Transport,
    ) -> BoxFuture<'static, Option<Vec<u8>>> {
        let mut reply = Vec::new();
        match self.begin(message, peer, transport, &mut reply) {
            Asked::Now => ready(Some(reply)).boxed(),
            Asked::Silence => ready(None).boxed(),
            Asked::Later(later) => later,
        }
    }
}

/// When a message's reply is there.
pub enum Asked {
    /// At once.
    Now,
    /// Never.
    Silence,
    /// Once another server has answered, or a delay is over; `None` if it is never sent after all. The question ends when
    /// the future is dropped.
    Later(BoxFuture<'static, Option<Vec<u8>>>),
}

/// What a client's way of asking allows of replies. It tells nothing of sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transport {
    /// How the message came.
    pub protocol: Protocol,
    /// How large a reply may be.
    pub size: Size,
    /// Whether a reply may be sent before those to earlier questions of the same client.
    pub any_order: bool,
}

/// How messages come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Protocol {
    /// Each alone in a datagram.
    Udp,
    /// Over a stream.
    Tcp,
    /// DNS over TLS (RFC 7858).
    Tls,
    /// DNS over HTTPS (RFC 8484).
    Https,
    /// DNS over HTTP/3.
    H3,
    /// DNS over QUIC (RFC 9250).
    Quic,
}

impl Protocol {
    /// Its name in metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Https => "https",
            Self::H3 => "h3",
            Self::Quic => "quic",
        }
    }
}

/// How large a reply may be, and what takes the place of one that is larger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// As large as the query's EDNS payload size allows; 512 bytes without EDNS. A larger reply is truncated, with TC set
    /// (RFC 1035 section 4.2.1, RFC 6891 section 6.2.5).
    Announced,
    /// Any size of a DNS message, 65,535 bytes. A larger reply is SERVFAIL.
    Whole,
}

impl Transport {
    /// Each message alone in a datagram, as over UDP.
    pub const DATAGRAM: Self =
        Self { size: Size::Announced, any_order: true, protocol: Protocol::Udp };
    /// Messages one after the other on a stream, as over TCP; replies in any order (RFC 7766 section 6.2.1.1).
    pub const STREAM: Self = Self { size: Size::Whole, any_order: true, protocol: Protocol::Tcp };

    /// A stream of another protocol.
    pub const fn stream(protocol: Protocol) -> Self {
        Self { protocol, ..Self::STREAM }
    }
}

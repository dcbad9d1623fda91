//! DNS over TLS: a handshake, then messages as over TCP (RFC 7858).

use std::{io, net::SocketAddr, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    ask::{Protocol, Transport},
    dns::{asking::Asking, connections::Slot, stream::Connection, tcp::Speak},
};

/// How long the message that ends a connection may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Speaks DNS over TLS.
#[derive(Clone)]
pub(super) struct Tls(TlsAcceptor);

impl Tls {
    pub(super) fn new(acceptor: TlsAcceptor) -> Self {
        Self(acceptor)
    }
}

impl Speak for Tls {
    async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        answers: Asking,
        idle: Duration,
        slot: &Slot,
    ) -> io::Result<()> {
        let mut stream = handshake(&self.0, stream, idle).await?;
        let transport = Transport::stream(Protocol::Tls);
        Connection::new(&mut stream, peer, transport, answers).serve(idle, slot).await?;
        // Without it the client cannot tell the end from an attack.
        let _ = timeout(FAREWELL, stream.shutdown()).await;
        Ok(())
    }
}

/// Makes a connection one of TLS, if the client does its part within `idle`.
pub(super) async fn handshake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    idle: Duration,
) -> io::Result<TlsStream<TcpStream>> {
    // A reply is written whole, so there is nothing to wait for.
    stream.set_nodelay(true)?;
    timeout(idle, acceptor.accept(stream))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

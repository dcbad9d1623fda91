//! A resolver that another server is: each question goes to it with the instance's address as Client Subnet.
//!
//! The server is on this machine, and trusts that option from loopback. The option never goes anywhere else, and the
//! instance never sees it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::{
    ask::{Ask, Asked, Size, Transport},
    dns::client_subnet,
};

/// How long an answer may take. Clients ask again before.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest message.
const LARGEST: usize = 65_535;

/// Where a question goes, and the address it is asked from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Door {
    /// The server's listener.
    pub(super) server: SocketAddr,
    /// The instance's address; `None` if the listener takes every question for the instance's.
    pub(super) client: Option<IpAddr>,
}

/// The resolver.
#[derive(Clone, Debug)]
pub(super) struct Relay(Arc<Mutex<Door>>);

impl Relay {
    /// A relay through a door.
    pub(super) fn new(door: Door) -> Self {
        Self(Arc::new(Mutex::new(door)))
    }

    /// From now on, questions go another way.
    pub(super) fn change(&self, door: Door) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = door;
    }
}

impl Ask for Relay {
    fn begin(&self, message: &[u8], _: SocketAddr, transport: Transport, _: &mut Vec<u8>) -> Asked {
        let door = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((query, had_opt)) = client_subnet::replaced(message, door.client) else {
            return Asked::Silence;
        };
        Asked::Later(
            async move {
                let reply = timeout(PATIENCE, exchange(door.server, &query, transport)).await;
                match reply {
                    Ok(Ok(reply)) => client_subnet::removed(&reply, had_opt),
                    // Silence is an answer too: DNS support may be off.
                    Ok(Err(error)) => {
                        tracing::debug!(%error, server = %door.server, "no answer");
                        None
                    }
                    Err(_) => None,
                }
            }
            .boxed(),
        )
    }
}

async fn exchange(
    server: SocketAddr,
    query: &[u8],
    transport: Transport,
) -> std::io::Result<Vec<u8>> {
    if transport.size == Size::Whole {
        let mut stream = TcpStream::connect(server).await?;
        let length = u16::try_from(query.len()).map_err(std::io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes()[..], query].concat()).await?;
        let mut reply = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut reply).await?;
        return Ok(reply);
    }
    // A socket for each question: a fresh port, and no other question's reply.
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    socket.send(query).await?;
    let mut reply = vec![0; LARGEST];
    let length = socket.recv(&mut reply).await?;
    reply.truncate(length);
    Ok(reply)
}

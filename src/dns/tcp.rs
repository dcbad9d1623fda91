//! TCP: an accept loop, and a task for each connection. What is spoken over it may be encrypted.
//!
//! `connections.rs` limits the connections; `stream.rs` reads and writes the messages.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{
    asking::Asking,
    connections::{Connections, Slot},
    front::Front,
    stream::Connection,
};
use crate::ask::Transport;

/// The pause after an error that may last, such as too many open files.
const REST: Duration = Duration::from_millis(20);

/// What is spoken over the connections of a listener.
pub(super) trait Speak: Clone + Send + Sync + 'static {
    /// Answers what comes over a connection until it ends.
    fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        answers: Asking,
        idle: Duration,
        slot: &Slot,
    ) -> impl Future<Output = io::Result<()>> + Send;
}

/// The TCP side of one listener.
pub(super) struct TcpServer(JoinHandle<()>);

impl TcpServer {
    /// Serves connections of a listener; must be called inside a tokio runtime. `connections` is shared by all listeners.
    pub(super) fn start(
        listener: TcpListener,
        idle: Duration,
        front: Arc<Front>,
        connections: Arc<Connections>,
        speak: impl Speak,
    ) -> Self {
        Self(tokio::spawn(accept(listener, idle, front, connections, speak)))
    }

    /// Tells whether it still runs.
    pub(super) fn handle(&self) -> tokio::task::AbortHandle {
        self.0.abort_handle()
    }

    /// Begins to close the listener and every connection.
    pub(super) fn abort(&self) {
        self.0.abort();
    }

    /// Closes the listener and every connection.
    pub(super) async fn stop(self) {
        self.abort();
        if let Err(error) = self.0.await
            && error.is_panic()
        {
            tracing::error!("a TCP listener ended by a panic");
        }
    }
}

/// Accepts connections until the task ends. The connections end with it.
async fn accept(
    listener: TcpListener,
    idle: Duration,
    front: Arc<Front>,
    connections: Arc<Connections>,
    speak: impl Speak,
) {
    let mut tasks = JoinSet::new();
    let mut number = 0;
    loop {
        while tasks.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, source)) => {
                let Some(slot) = connections.admit(source.ip()).await else {
                    tracing::debug!(%source, "a client has too many busy TCP connections");
                    continue;
                };
                number += 1;
                let answers = Asking::new(Arc::clone(&front), number);
                let speak = speak.clone();
                tasks.spawn(async move {
                    let ended = tokio::select! {
                        ended = speak.serve(stream, source, answers, idle, &slot) => ended,
                        () = slot.closed() => Ok(()),
                    };
                    if let Err(error) = ended {
                        tracing::debug!(%error, %source, "a TCP connection ended");
                    }
                });
            }
            Err(error) => {
                tracing::debug!(%error, "a TCP connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Speaks DNS over plain TCP.
#[derive(Clone)]
pub(super) struct Plain;

impl Speak for Plain {
    async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        answers: Asking,
        idle: Duration,
        slot: &Slot,
    ) -> io::Result<()> {
        // A reply is written whole, so there is nothing to wait for.
        stream.set_nodelay(true)?;
        Connection::new(stream, peer, Transport::STREAM, answers).serve(idle, slot).await
    }
}

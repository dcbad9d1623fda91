//! Limits the number of connections and closes idle ones, so that clients cannot use up memory.
//!
//! Knows nothing of HTTP.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

/// The most connections at once. Further ones wait to be accepted.
const CONNECTIONS: usize = 1_024;
/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(10);

/// A listener with limits.
#[derive(Debug)]
pub(super) struct Bounded {
    listener: TcpListener,
    slots: Arc<Semaphore>,
    idle: Duration,
}

impl Bounded {
    /// Adds the limits to a listener.
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, slots: Arc::new(Semaphore::new(CONNECTIONS)), idle: IDLE }
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // The semaphore is never closed, so this always succeeds.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        // axum's own listener retries after temporary errors.
        let (stream, source) = Listener::accept(&mut self.listener).await;
        let (idle, until) = (self.idle, Box::pin(tokio::time::sleep(self.idle)));
        (Connection { stream, idle, until, _slot: slot }, source)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The client's address, and the address it connected to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source(pub(super) SocketAddr, pub(super) Option<IpAddr>);

impl Connected<IncomingStream<'_, Bounded>> for Source {
    fn connect_info(stream: IncomingStream<'_, Bounded>) -> Self {
        let local = stream.io().stream.local_addr();
        Self(*stream.remote_addr(), local.ok().map(|it| it.ip().to_canonical()))
    }
}

/// A connection that closes when it is idle for too long.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    idle: Duration,
    until: Pin<Box<Sleep>>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// After an operation, starts the idle time again. Without one, fails when the idle time is over.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.until.as_mut().reset(Instant::now() + self.idle);
            return done;
        }
        match self.until.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(context, done)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn a_connection_that_idles_ends_and_gives_its_place_back() {
        run(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let idle = Duration::from_millis(50);
            let mut bounded = Bounded { listener, slots: Arc::new(Semaphore::new(1)), idle };
            let address = bounded.local_addr().unwrap();
            let mut client = TcpStream::connect(address).await.unwrap();
            let (mut first, _) = bounded.accept().await;
            let _second = TcpStream::connect(address).await.unwrap();
            let waited = tokio::time::timeout(idle, bounded.accept()).await;
            assert!(waited.is_err(), "there is one slot");
            client.write_all(b"x").await.unwrap();
            assert_eq!(first.read_u8().await.unwrap(), b'x');
            let begun = Instant::now();
            let error = first.read_u8().await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(begun.elapsed() >= idle);
            drop(first);
            bounded.accept().await;
        });
    }
}

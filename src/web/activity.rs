//! Tracks what each HTTP connection is doing and since when. This decides when a connection has timed out, and which
//! one is closed first.
//!
//! Three wrappers report it: around the socket, the body of a request and the body of a reply.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use hyper::body::{Body, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::Instant,
};

/// The limits on the time that a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For the line and the headers of a request. The time starts with the first byte; for the first request, with the
    /// connection.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// Between requests, and while the client takes no bytes of a reply.
    pub idle: Duration,
}

/// 10, 30 and 60 seconds.
impl Default for Times {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(60),
        }
    }
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The connection waits for the next request.
    Idle,
    /// The line and headers of a request are arriving.
    Head,
    /// The body of a request is arriving.
    Body,
    /// The server is working on the request.
    Working,
    /// The server is sending a reply.
    Replying,
    /// The server is sending a reply without an end, such as events.
    Streaming,
}

/// The order in which connections are closed for a new one; the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// No request has arrived, or only a part of one.
    Idle,
    /// The reply is a stream.
    Streaming,
    /// The client is slow to send a body or to take a reply.
    Slow,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Since when the socket takes no more bytes.
    stuck: Option<Instant>,
}

/// The activity of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    /// Wakes up when the phase changes.
    changed: Notify,
    /// Wakes up when the connection has to close for a new one.
    closed: Notify,
}

impl Activity {
    /// The activity of a new connection.
    pub(super) fn begin() -> Arc<Self> {
        let state = State { phase: Phase::Head, since: Instant::now(), stuck: None };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new(), closed: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the phase, if `from` accepts the current one.
    fn go(&self, to: Phase, from: impl Fn(Phase) -> bool) {
        let mut state = self.state();
        if from(state.phase) {
            state.phase = to;
            state.since = Instant::now();
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Stores whether the socket takes bytes.
    fn takes(&self, takes: bool) {
        let mut state = self.state();
        match (takes, state.stuck) {
            (true, Some(_)) => state.stuck = None,
            (false, None) => state.stuck = Some(Instant::now()),
            _ => return,
        }
        drop(state);
        self.changed.notify_one();
    }

    /// The connection's place in the order of closing, and since when. `None` while the server owes it an answer.
    pub(super) fn rank(&self) -> Option<(Rank, Instant)> {
        let state = self.state();
        match (state.phase, state.stuck) {
            (Phase::Working, _) => None,
            (_, Some(since)) => Some((Rank::Slow, since)),
            (Phase::Idle | Phase::Head, None) => Some((Rank::Idle, state.since)),
            (Phase::Streaming, None) => Some((Rank::Streaming, state.since)),
            (Phase::Body, None) => Some((Rank::Slow, state.since)),
            (Phase::Replying, None) => None,
        }
    }

    /// For tests: sets the phase of a request that is being worked on.
    #[cfg(test)]
    pub(super) fn work(&self) {
        self.go(Phase::Working, |_| true);
    }

    /// For tests: sets the phase of a stream.
    #[cfg(test)]
    pub(super) fn stream(&self) {
        self.go(Phase::Streaming, |_| true);
    }

    /// Tells the connection to close.
    pub(super) fn close(&self) {
        self.closed.notify_one();
    }

    /// Resolves when the connection has to close: its time is up, or a new connection needs room.
    pub(super) async fn over(&self, times: &Times) {
        loop {
            let deadline = self.deadline(times);
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return;
            }
            let passed = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = passed => {}
                () = self.changed.notified() => {}
                () = self.closed.notified() => return,
            }
        }
    }

    fn deadline(&self, times: &Times) -> Option<Instant> {
        let state = self.state();
        let stuck = state.stuck.map(|since| since + times.idle);
        let phase = match state.phase {
            Phase::Idle => Some(state.since + times.idle),
            Phase::Head => Some(state.since + times.head),
            Phase::Body => Some(state.since + times.body),
            Phase::Working | Phase::Replying | Phase::Streaming => None,
        };
        stuck.or(phase)
    }
}

/// The socket of a connection, with its activity.
pub(super) struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }

    fn wrote(&self, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.activity.takes(done.is_ready());
        done
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.go(Phase::Head, |phase| phase == Phase::Idle);
        }
        done
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The body of a request or of a reply. When it ends or is dropped, the next phase begins.
pub(super) struct Part<B> {
    body: B,
    activity: Arc<Activity>,
    reply: bool,
}

impl<B: Body> Part<B> {
    /// Wraps the body of a request, whose line and headers have arrived.
    pub(super) fn request(body: B, activity: &Arc<Activity>) -> Self {
        let phase = if body.is_end_stream() { Phase::Working } else { Phase::Body };
        activity.go(phase, |_| true);
        Self { body, activity: Arc::clone(activity), reply: false }
    }

    /// Wraps the body of a reply. A body of unknown length is a stream.
    pub(super) fn reply(body: B, activity: &Arc<Activity>) -> Self {
        let streams = body.size_hint().exact().is_none();
        activity.go(if streams { Phase::Streaming } else { Phase::Replying }, |_| true);
        Self { body, activity: Arc::clone(activity), reply: true }
    }
}

impl<B> Part<B> {
    fn end(&self) {
        if self.reply {
            let replies = |phase| matches!(phase, Phase::Replying | Phase::Streaming);
            self.activity.go(Phase::Idle, replies);
        } else {
            self.activity.go(Phase::Working, |phase| phase == Phase::Body);
        }
    }
}

impl<B: Body + Unpin> Body for Part<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.end();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Part<B> {
    fn drop(&mut self) {
        self.end();
    }
}

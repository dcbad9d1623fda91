//! The clocks of HTTP connections: what each is doing and since when, which also decides the order in which they
//! are closed.
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

/// How long a connection may take for what its client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For the line and the headers of a request, from its first byte; of the first one, from the start.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// Between requests, and without taking any byte of a reply.
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
    /// It waits for the next request.
    Idle,
    /// A request's line and headers come.
    Head,
    /// A request's body comes.
    Body,
    /// The request is worked on.
    Working,
    /// The reply is handed to the socket.
    Replying,
    /// A reply without an end, such as events.
    Streaming,
}

/// How early a connection is closed for a newcomer; the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Nothing was asked, or not all of it yet.
    Idle,
    /// It streams.
    Streaming,
    /// Its client is slow to send a body or to take a reply.
    Slow,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Since when the socket takes nothing more.
    stuck: Option<Instant>,
}

/// One connection's.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    /// The phase is another one.
    changed: Notify,
    /// It has to make room.
    closed: Notify,
}

impl Activity {
    /// Of a connection that begins.
    pub(super) fn begin() -> Arc<Self> {
        let state = State { phase: Phase::Head, since: Instant::now(), stuck: None };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new(), closed: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on to a phase, if `from` says so of the present one.
    fn go(&self, to: Phase, from: impl Fn(Phase) -> bool) {
        let mut state = self.state();
        if from(state.phase) {
            state.phase = to;
            state.since = Instant::now();
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Notes whether the socket takes bytes.
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

    /// How early it is closed for a newcomer, and since when it is so; `None` while we owe it an answer.
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

    /// As if a request were worked on.
    #[cfg(test)]
    pub(super) fn work(&self) {
        self.go(Phase::Working, |_| true);
    }

    /// As if events were sent.
    #[cfg(test)]
    pub(super) fn stream(&self) {
        self.go(Phase::Streaming, |_| true);
    }

    /// Makes the connection end.
    pub(super) fn close(&self) {
        self.closed.notify_one();
    }

    /// Resolves when the connection has to end: its time is up, or it has to make room.
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

/// The socket of a connection.
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

/// The body of a request or of a reply; the next phase begins where it ends or is dropped.
pub(super) struct Part<B> {
    body: B,
    activity: Arc<Activity>,
    reply: bool,
}

impl<B: Body> Part<B> {
    /// A request's: the request is there, its body is still to come.
    pub(super) fn request(body: B, activity: &Arc<Activity>) -> Self {
        let phase = if body.is_end_stream() { Phase::Working } else { Phase::Body };
        activity.go(phase, |_| true);
        Self { body, activity: Arc::clone(activity), reply: false }
    }

    /// A reply's; one whose length nobody knows is a stream.
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

//! DNS over HTTPS (RFC 8484): `GET` and `POST` of `/dns-query`, over HTTP/2 and HTTP/1.1.
//!
//! A question is one request; its reply's status is 200 whatever DNS says in it. A question that is met with silence leaves
//! its request open, until the connection is closed because nothing is asked on it.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use data_encoding::BASE64URL_NOPAD;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::RData;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes},
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::TcpStream,
    sync::{Notify, Semaphore},
    time::{Instant, sleep_until},
};
use tokio_rustls::TlsAcceptor;

use super::tls::handshake;
use crate::{
    ask::{Ask, Protocol, Transport},
    dns::{asking::Asking, connections::Slot, tcp::Speak},
};

/// The path of questions.
const PATH: &str = "/dns-query";
/// The type of questions and replies.
const MESSAGE: &str = "application/dns-message";
/// The longest DNS message.
const MAX_MESSAGE: usize = 65_535;
/// The shortest: a header.
const MIN_MESSAGE: usize = 12;
/// The most requests of a connection at once. RFC 9113 section 6.5.2 wants 100 at least.
const STREAMS: u32 = 128;
/// The most bodies of requests that are read at once on a connection. The rest wait.
const BODIES: usize = 8;
/// How much of all request bodies of a connection may wait to be read.
const WINDOW: u32 = 128 << 10;
/// How much of a reply may wait to be sent, for each request.
const REPLIES: usize = 64 << 10;
/// The most bytes of a request's head. A `GET` holds the question there.
const HEAD: usize = 16 << 10;
/// How long a connection that is closed may take to say so.
const FAREWELL: Duration = Duration::from_secs(1);
/// The least time between two looks whether a connection idles.
const LOOK: Duration = Duration::from_millis(20);

/// Speaks DNS over HTTPS.
#[derive(Clone)]
pub(super) struct Https {
    acceptor: TlsAcceptor,
    http: auto::Builder<TokioExecutor>,
}

impl Https {
    pub(super) fn new(acceptor: TlsAcceptor) -> Self {
        let mut http = auto::Builder::new(TokioExecutor::new());
        http.http1().timer(TokioTimer::new()).max_buf_size(HEAD);
        http.http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
            .max_send_buf_size(REPLIES);
        Self { acceptor, http }
    }
}

impl Speak for Https {
    async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        answers: Asking,
        idle: Duration,
        slot: &Slot,
    ) -> io::Result<()> {
        let stream = handshake(&self.acceptor, stream, idle).await?;
        let client = Arc::new(Client::new(peer, answers));
        let served = Arc::clone(&client);
        let service = service_fn(move |request| {
            let client = Arc::clone(&served);
            async move { Ok::<_, Infallible>(client.answer(request).await) }
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let mut until = Instant::now() + idle;
        let mut ends = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => return ended.map_err(io::Error::other),
                () = client.changed.notified() => slot.is_busy(client.waits()),
                () = sleep_until(until) => {
                    if ends {
                        return Ok(());
                    }
                    let (now, idles) = (Instant::now(), client.last() + idle);
                    if client.waits() || idles > now {
                        until = idles.max(now + LOOK);
                    } else {
                        ends = true;
                        connection.as_mut().graceful_shutdown();
                        until = now + FAREWELL;
                    }
                }
            }
        }
    }
}

/// The client of a connection.
struct Client {
    peer: SocketAddr,
    answers: Asking,
    /// How many questions wait for their replies.
    waiting: AtomicUsize,
    since: Instant,
    /// When a question or a reply was last there: milliseconds since `since`.
    last: AtomicU64,
    /// Is told when `waiting` changes.
    changed: Notify,
    bodies: Semaphore,
}

impl Client {
    fn new(peer: SocketAddr, answers: Asking) -> Self {
        Self {
            peer,
            answers,
            waiting: AtomicUsize::new(0),
            since: Instant::now(),
            last: AtomicU64::new(0),
            changed: Notify::new(),
            bodies: Semaphore::new(BODIES),
        }
    }

    fn waits(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    fn last(&self) -> Instant {
        self.since + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    fn is_active(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
        self.changed.notify_one();
    }

    async fn answer<B: Body<Error: std::error::Error + Send + Sync + 'static>>(
        &self,
        request: Request<B>,
    ) -> Response<Full<Bytes>> {
        let message = match message(request, &self.bodies).await {
            Ok(message) => message,
            Err(status) => return refused(status),
        };
        let mut stopped = self.answers.stopped();
        let waiting = Waiting::of(self);
        let asked = self.answers.ask(&message, self.peer, Transport::stream(Protocol::Https));
        let reply = tokio::select! {
            reply = asked => reply,
            _ = stopped.wait_for(|stopped| *stopped) => return refused(StatusCode::SERVICE_UNAVAILABLE),
        };
        drop(waiting);
        match reply {
            Some(reply) => answered(reply),
            None => {
                let _ = stopped.wait_for(|stopped| *stopped).await;
                refused(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }
}

/// A question that waits for its reply.
struct Waiting<'c>(&'c Client);

impl<'c> Waiting<'c> {
    fn of(client: &'c Client) -> Self {
        client.waiting.fetch_add(1, Ordering::Relaxed);
        client.is_active();
        Self(client)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.is_active();
    }
}

/// The DNS message that a request asks.
///
/// # Errors
///
/// The status for a request that asks none.
async fn message<B: Body<Error: std::error::Error + Send + Sync + 'static>>(
    request: Request<B>,
    bodies: &Semaphore,
) -> Result<Vec<u8>, StatusCode> {
    if request.uri().path() != PATH {
        return Err(StatusCode::NOT_FOUND);
    }
    let message = match *request.method() {
        Method::GET => {
            let query = request.uri().query().unwrap_or_default();
            let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "dns");
            let (_, text) = found.ok_or(StatusCode::BAD_REQUEST)?;
            // RFC 8484 section 6 wants no padding, but some clients send it.
            BASE64URL_NOPAD
                .decode(text.trim_end_matches('=').as_bytes())
                .map_err(|_| StatusCode::BAD_REQUEST)?
        }
        Method::POST => {
            let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let kind = kind.and_then(|value| value.split(';').next()).map(str::trim);
            if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(MESSAGE)) {
                return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            }
            let _turn = bodies.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
            let body = Limited::new(request.into_body(), MAX_MESSAGE).collect().await;
            let body = body.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    StatusCode::PAYLOAD_TOO_LARGE
                } else {
                    StatusCode::BAD_REQUEST
                }
            })?;
            body.to_bytes().into()
        }
        _ => return Err(StatusCode::METHOD_NOT_ALLOWED),
    };
    if message.len() < MIN_MESSAGE {
        return Err(StatusCode::BAD_REQUEST);
    }
    if message.len() > MAX_MESSAGE {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(message)
}

fn answered(reply: Vec<u8>) -> Response<Full<Bytes>> {
    let kept = match lifetime(&reply) {
        // A reply may depend on who asks.
        Some(seconds) => HeaderValue::try_from(format!("private, max-age={seconds}")),
        None => Ok(HeaderValue::from_static("no-store")),
    };
    let mut response = Response::new(Full::new(reply.into()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MESSAGE));
    if let Ok(kept) = kept {
        headers.insert(CACHE_CONTROL, kept);
    }
    response
}

/// How long a reply may be kept: no record of it longer than its TTL (RFC 8484 section 5.1). `None` if it may not.
fn lifetime(reply: &[u8]) -> Option<u32> {
    let message = Message::from_vec(reply).ok()?;
    if !matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain) {
        return None;
    }
    let negative = |record: &hickory_proto::rr::Record| match &record.data {
        RData::SOA(soa) => record.ttl.min(soa.minimum),
        _ => record.ttl,
    };
    let answers = message.answers.iter().map(|record| record.ttl);
    answers.chain(message.authorities.iter().map(negative)).min()
}

fn refused(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{status}\n"))));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}

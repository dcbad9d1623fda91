//! The instance metadata service. It identifies the instance by the source address of the request.
//!
//! `reply.rs` has the protocol and `tree.rs` finds the keys. This file has the sockets and finds the instance. The
//! service reads the World and changes nothing. Its routes are HTTP, so this folder and `web` are the only ones that
//! know axum.

mod connection;
mod credentials;
mod guard;
mod interface;
mod keys;
mod reply;
mod streams;
mod subject;
mod token;
mod tree;

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use arc_swap::ArcSwap;
use axum::{
    Router,
    extract::{ConnectInfo, Request as HttpRequest, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::{io::DuplexStream, sync::mpsc};

use self::{
    connection::{Bounded, Source},
    guard::Refused,
    streams::Streams,
    subject::Subject,
};
pub use self::{
    guard::{V4, V6},
    reply::{Now, Reply, Request, reply},
    streams::Ends,
    token::Tokens,
};
use crate::{
    allowance::Allowance,
    model::{id::InstanceId, world::World},
    resolve::{places::Located, question::Asker, snapshot::Snapshot},
};

const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The address; with port 0 any free port is taken.
    pub address: SocketAddr,
    /// The VPC that all requests come from, or the instance. `None` means that the source address decides.
    pub view: Option<Asker>,
}

/// A listener that is bound.
#[derive(Debug)]
pub struct Bound {
    listener: tokio::net::TcpListener,
    view: Option<Asker>,
}

/// What all listeners share.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// The client that a loopback request counts as, if nothing else decides; `None` uses [`Snapshot::default_asker`].
    pub fallback: Option<Asker>,
    /// The limit on requests and DNS packets a second from one source, counted together; `None` is no limit.
    pub allowance: Option<Arc<Allowance>>,
    /// Makes the tokens. A token from one listener is valid at all of them.
    pub tokens: Arc<Tokens>,
}

/// What the handlers of a listener share.
#[derive(Debug)]
struct HandlerState {
    live: Arc<ArcSwap<Snapshot>>,
    common: Common,
    view: Option<Asker>,
}

/// Binds a listener.
///
/// # Errors
///
/// The system's reason.
pub async fn bind(listener: Listener) -> std::io::Result<Bound> {
    let view = listener.view;
    let listener = tokio::net::TcpListener::bind(listener.address).await?;
    Ok(Bound { listener, view })
}

impl Bound {
    /// The address, with the port that was bound.
    ///
    /// # Errors
    ///
    /// The system's reason.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` resolves.
    ///
    /// # Errors
    ///
    /// If the listener fails.
    pub async fn serve(
        self,
        live: Arc<ArcSwap<Snapshot>>,
        common: Common,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let service =
            router(live, common, self.view).into_make_service_with_connect_info::<Source>();
        axum::serve(Bounded::new(self.listener), service).with_graceful_shutdown(stop).await
    }
}

/// Serves streams, each with its ends, until the future is dropped.
pub async fn serve_streams(
    streams: mpsc::Receiver<(DuplexStream, Ends)>,
    live: Arc<ArcSwap<Snapshot>>,
    common: Common,
    view: Option<Asker>,
) {
    let service = router(live, common, view).into_make_service_with_connect_info::<Source>();
    // The listener never fails.
    let _ = axum::serve(Streams(streams), service).await;
}

fn router(live: Arc<ArcSwap<Snapshot>>, common: Common, view: Option<Asker>) -> Router {
    Router::new().fallback(handle).with_state(Arc::new(HandlerState { live, common, view }))
}

/// The private host name of an instance, as its metadata have it; `None` if it is not in the World.
pub fn hostname(world: &World, id: InstanceId) -> Option<String> {
    Subject::of(world, id, 0).map(|subject| subject.hostname())
}

/// The time.
fn now() -> Now {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    Now { clock, running: BEGUN.elapsed().as_secs() }
}

/// The client that a request comes from; `None` if it cannot be determined. If the view is an instance, it is that
/// instance. Otherwise the source address identifies the instance, by any of its network interfaces, in the view's VPC
/// or in all VPCs. A loopback address is in no VPC, so `fallback` counts.
fn place(
    snapshot: &Snapshot,
    view: Option<Asker>,
    fallback: Option<Asker>,
    source: IpAddr,
) -> Option<Asker> {
    if let Some(instance @ Asker::Instance(..)) = view {
        return Some(instance);
    }
    let located = match view {
        None if source.is_loopback() => Located::Nowhere,
        _ => snapshot.locate(view.and_then(Asker::vpc), source),
    };
    match located {
        Located::One(asker) => Some(attached(&snapshot.world, asker, source).unwrap_or(asker)),
        Located::Nowhere | Located::Several if source.is_loopback() => {
            Some(fallback.unwrap_or_else(|| snapshot.default_asker()))
        }
        Located::Nowhere | Located::Several => None,
    }
}

/// The instance that has a further network interface with this address.
fn attached(world: &World, asker: Asker, source: IpAddr) -> Option<Asker> {
    let vpc = asker.vpc()?;
    let interface = match source {
        IpAddr::V4(address) => {
            world.network_interfaces.get(world.interface_addresses.get(&(vpc, address))?)
        }
        IpAddr::V6(address) => world
            .network_interfaces
            .values()
            .find(|interface| interface.vpc == vpc && interface.ipv6.contains(&address)),
    };
    let instance = world.instances.get(&interface?.attachment.as_ref()?.instance)?;
    Some(Asker::Instance(instance.vpc, instance.subnet, instance.id))
}

async fn handle(
    State(state): State<Arc<HandlerState>>,
    ConnectInfo(Source(source, local)): ConnectInfo<Source>,
    request: HttpRequest,
) -> Response {
    let headers = request.headers();
    match guard::check(request.version(), request.uri(), headers, local) {
        Ok(()) => {}
        Err(Refused::Malformed) => return respond(Reply::bad_request()),
        Err(Refused::Page(why)) => return respond(Reply::forbidden(&format!("Forbidden: {why}"))),
    }
    let source = source.ip().to_canonical();
    let allowance = state.common.allowance.as_ref();
    if allowance.is_some_and(|allowance| !allowance.take(source, now().clock)) {
        return respond(Reply::too_many());
    }
    let snapshot = state.live.load();
    let Some(asker) = place(&snapshot, state.view, state.common.fallback, source) else {
        return respond(Reply::forbidden(&format!("Forbidden: no instance is at {source}")));
    };
    let asked = Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        token: headers.get(TOKEN).map(HeaderValue::as_bytes),
        ttl: headers.get(TOKEN_TTL).map(HeaderValue::as_bytes),
        forwarded: headers.contains_key(FORWARDED),
    };
    let tokens = &state.common.tokens;
    let reply = reply(&snapshot.world, asker, &asked, tokens, now());
    tracing::debug!(%source, method = asked.method, path = asked.path, status = reply.status, "metadata");
    respond(reply)
}

fn respond(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(header::SERVER, HeaderValue::from_static("EC2ws"));
    if let Some(ttl) = reply.token_ttl {
        headers.insert(TOKEN_TTL, HeaderValue::from(ttl));
    }
    response
}

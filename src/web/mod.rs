//! HTTP: the page, our own JSON, health, readiness and metrics.
//!
//! Only this folder and `imds` know axum. It turns requests into questions and Changes. It contains no rule of AWS's.

mod activity;
mod aws;
mod aws_upstream;
mod changed;
mod connections;
mod courses;
mod dig_command;
mod events;
mod facts;
mod failure;
mod faults;
mod guard;
mod habits;
mod json;
mod labs;
mod language;
mod listeners;
mod metrics;
mod model_data;
mod page;
mod racks;
mod secret;
mod serve;
mod session;
mod shared;
mod stage;
mod world;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::Semaphore;

pub use self::{activity::Times, aws_upstream::AwsUpstream, connections::Limits, shared::Config};
use self::{
    courses::Courses,
    listeners::Events,
    session::Sessions,
    shared::{Shared, TURNS, degraded},
    stage::Stages,
};
use crate::{api::Api, seen::Watch, store::Live};

/// The most connections that wait to be accepted.
const BACKLOG: i32 = 1_024;

/// Binds the address of the HTTP side; [`Web::serve`] takes the listener into the runtime it is called in.
///
/// # Errors
///
/// The system's reason.
pub fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Old connections of an earlier run do not block the port.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The routes, and the switch for `/ready`.
#[derive(Clone, Debug)]
pub struct Web {
    shared: Arc<Shared>,
}

impl Web {
    /// HTTP for a live World. It is not ready until [`Self::set_ready`].
    pub fn new(live: Arc<Live>, watch: Arc<dyn Watch>, config: Config) -> Self {
        let port = config.addresses.first().map_or(0, SocketAddr::port);
        let api = Api::new(Arc::clone(&live), config.defaults.region, config.token.clone())
            .with_strict_stacks(config.strict_stacks);
        Self {
            shared: Arc::new(Shared {
                api,
                live,
                ready: AtomicBool::new(false),
                courses: Courses::with(config.labs.clone()),
                config,
                watch,
                events: Events::default(),
                sessions: Sessions::new(port),
                stages: Stages::default(),
                turns: Arc::new(Semaphore::new(TURNS)),
            }),
        }
    }

    /// Sets what `/ready` says.
    pub fn set_ready(&self, ready: bool) {
        self.shared.ready.store(ready, Ordering::Release);
    }

    /// The router.
    pub fn router(&self) -> Router {
        let guarded = Router::new()
            .route("/", any(front_or_aws))
            .merge(page::routes())
            .merge(habits::routes())
            .route("/api/world", get(json::world))
            .route("/api/survey", get(json::survey))
            .route("/api/events", get(events::events))
            .route("/metrics", get(metrics::metrics))
            .route("/api/explain", get(json::explain))
            .route("/api/table", get(json::table))
            .route("/facts/{id}", get(facts::fact))
            .route("/api/refusals/{code}", get(language::refusal))
            .route("/api/labs", get(labs::labs))
            .route("/api/labs/{lab}/steps/{step}", post(labs::lab_step))
            .route("/api/reset", post(labs::reset))
            .route("/api/faults", get(faults::list).put(faults::put).delete(faults::clear))
            .fallback(aws::elsewhere)
            .layer(middleware::from_fn_with_state(Arc::clone(&self.shared), guard::check))
            .layer(middleware::from_fn(page::secure));
        Router::new()
            .route("/health", get(|| async { "ok\n" }))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/ready", get(ready))
            .merge(guarded)
            .layer(middleware::from_fn(guard::sane))
            .with_state(Arc::clone(&self.shared))
    }

    /// Serves until `stop` resolves, in the caller's runtime. DNS, metadata and signals run elsewhere.
    ///
    /// # Errors
    ///
    /// If the listener fails.
    pub async fn serve(
        self,
        listener: std::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        serve::serve(listener, self.router(), self.shared.config.limits, stop).await;
        Ok(())
    }
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if !shared.ready.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response();
    }
    // A degraded server still answers questions, so the status is 200.
    match degraded(&shared).await {
        Some(why) => format!("degraded: {why}\n").into_response(),
        None => "ready\n".into_response(),
    }
}

/// Answers a request of `/`: AWS's API if it is signed or has an action, else the page.
async fn front_or_aws(state: State<Arc<Shared>>, request: Request) -> Response {
    if aws::is_for_aws(&request) {
        aws::answer(state, request).await
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        page::index(request.headers())
    } else {
        let allow = [(header::ALLOW, "GET,HEAD,POST")];
        (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
    }
}

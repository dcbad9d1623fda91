//! What the handlers of the HTTP side share: its configuration, the live World, and turns for long work.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use super::{
    aws_upstream::AwsUpstream, connections::Limits, listeners::Events, session::Sessions,
    stage::Stages,
};
use crate::{api::Api, import::Defaults, resolve::question::Asker, seen::Watch, store::Live};

/// What the HTTP side needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The addresses it listens on, to check `Host` against.
    pub addresses: Vec<SocketAddr>,
    /// The machine's own name, in small letters.
    pub machine: Option<String>,
    /// `--http-host`: another name it may be called by.
    pub host: Option<String>,
    /// `--token`.
    pub token: Option<String>,
    /// `--aws-upstream`.
    pub aws_upstream: Option<AwsUpstream>,
    /// How many connections it may hold, and for how long.
    pub limits: Limits,
    /// Where DNS listens, with each listener's view.
    pub dns: Vec<(SocketAddr, Option<Asker>)>,
    /// `--view`.
    pub fallback: Option<Asker>,
    /// Whether Client Subnet from loopback is believed.
    pub trusts_loopback: bool,
    /// The defaults lab files are read with.
    pub defaults: Defaults,
}

/// Shared by the handlers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) live: Arc<Live>,
    pub(crate) ready: AtomicBool,
    pub(crate) config: Config,
    pub(crate) api: Api,
    pub(crate) watch: Arc<dyn Watch>,
    pub(crate) events: Events,
    pub(crate) sessions: Sessions,
    pub(crate) stages: Stages,
    /// How much long work may go on at once.
    pub(crate) turns: Arc<Semaphore>,
}

/// The most long pieces of work at once; further ones wait.
pub(super) const TURNS: usize = 2;

/// Does what may take long away from the threads that serve, and goes on with it though the client may be gone.
pub(crate) async fn aside(
    shared: Arc<Shared>,
    work: impl FnOnce(&Shared) -> Response + Send + 'static,
) -> Response {
    let turn = Arc::clone(&shared.turns).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&shared)
    });
    done.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Why the store cannot keep Changes, or soon may not. The disk is asked away from the threads that serve.
pub(super) async fn degraded(shared: &Arc<Shared>) -> Option<String> {
    let live = Arc::clone(&shared.live);
    let found = tokio::task::spawn_blocking(move || live.degraded()).await;
    found.unwrap_or_else(|error| Some(error.to_string()))
}

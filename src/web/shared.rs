//! What the handlers of HTTP share: the configuration, the live World, and the limit on long work.

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
    aws_upstream::AwsUpstream, connections::Limits, courses::Courses, listeners::Events,
    screen::Screen, session::Sessions, stage::Stages,
};
use crate::{
    api::Api,
    import::{Defaults, course::Course},
    language::Language,
    resolve::question::Asker,
    seen::{LogLevel, ProcessCounts, Watch},
    store::Live,
};

/// The configuration of HTTP.
#[derive(Clone, Debug)]
pub struct Config {
    /// The addresses it listens on. `Host` may be one of them.
    pub addresses: Vec<SocketAddr>,
    /// The host name of this machine, in lower case.
    pub machine: Option<String>,
    /// `--http-host`: another allowed `Host`.
    pub host: Option<String>,
    /// `--token`.
    pub token: Option<String>,
    /// `--aws-upstream`.
    pub aws_upstream: Option<AwsUpstream>,
    /// `--strict-stacks`.
    pub strict_stacks: bool,
    /// The limits on connections.
    pub limits: Limits,
    /// The addresses of DNS, with each listener's view.
    pub dns: Vec<(SocketAddr, Option<Asker>)>,
    /// `--view`.
    pub fallback: Option<Asker>,
    /// Whether the server trusts Client Subnet from loopback.
    pub trusts_loopback: bool,
    /// The defaults for reading lab files.
    pub defaults: Defaults,
    /// The labs of files, which stand before the built-in ones.
    pub labs: Vec<Course>,
    /// `--language`: for requests that ask for none.
    pub language: Language,
    /// The level of diagnostics, if it can be changed.
    pub log_level: Option<LogLevel>,
    /// What the system tells of this process.
    pub process: fn() -> ProcessCounts,
    /// Whose World it is in a class. `None` without `--class`.
    pub role: Option<Role>,
}

/// Whose World it is in a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The teacher's. The most students in the class.
    Teacher(usize),
    /// A student's, by the name.
    Student(String),
}

/// The state that the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) live: Arc<Live>,
    pub(crate) ready: AtomicBool,
    pub(crate) config: Config,
    pub(crate) api: Api,
    pub(crate) watch: Arc<dyn Watch>,
    pub(crate) events: Events,
    pub(crate) sessions: Sessions,
    pub(crate) common: Common,
}

/// What all Worlds of a process share, so that it is in memory once.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) stages: Arc<Stages>,
    pub(crate) courses: Arc<Courses>,
    /// The free places for long work.
    pub(crate) turns: Arc<Semaphore>,
    /// What the teacher shows to the class.
    pub(crate) screen: Arc<Screen>,
}

impl Common {
    /// Nothing is shown yet; these labs stand before the built-in ones.
    pub(super) fn of(labs: Vec<Course>) -> Self {
        Self {
            stages: Arc::default(),
            courses: Arc::new(Courses::with(labs)),
            turns: Arc::new(Semaphore::new(TURNS)),
            screen: Arc::default(),
        }
    }
}

impl Shared {
    /// What the handlers of a World share. `mount` is the path under which its page is, without a slash at the end.
    pub(super) fn new(
        live: Arc<Live>,
        watch: Arc<dyn Watch>,
        config: Config,
        common: Common,
        mount: String,
    ) -> Arc<Self> {
        let port = config.addresses.first().map_or(0, SocketAddr::port);
        let api = Api::new(Arc::clone(&live), config.defaults.region, config.token.clone())
            .with_strict_stacks(config.strict_stacks);
        let api = match config.role {
            Some(Role::Student(_)) => api.with_objects_of(OBJECTS_OF_STUDENT),
            _ => api,
        };
        Arc::new(Self {
            api,
            live,
            ready: AtomicBool::new(false),
            config,
            watch,
            events: Events::default(),
            sessions: Sessions::new(port, mount),
            common,
        })
    }
}

/// The most bytes of S3 objects of a student: a class has many of them.
const OBJECTS_OF_STUDENT: usize = 4 << 20;

/// The most pieces of long work at once. Further ones wait.
const TURNS: usize = 2;

/// Does long work on another thread, so that the threads that serve stay free. The work goes on even if the client
/// closes the connection.
pub(crate) async fn aside(
    shared: Arc<Shared>,
    work: impl FnOnce(&Shared) -> Response + Send + 'static,
) -> Response {
    let turn = Arc::clone(&shared.common.turns).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&shared)
    });
    done.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The reason why the store cannot store Changes, or soon may not be able to. Checks the disk on another thread.
pub(super) async fn degraded(shared: &Arc<Shared>) -> Option<String> {
    let live = Arc::clone(&shared.live);
    let found = tokio::task::spawn_blocking(move || live.degraded()).await;
    found.unwrap_or_else(|error| Some(error.to_string()))
}

//! HTTP: the page, our own JSON, health, readiness and metrics.
//!
//! Only this folder and `imds` know axum. It turns requests into questions and Changes. It contains no rule of AWS's.

mod activity;
mod aws;
mod aws_upstream;
mod changed;
mod class;
mod class_door;
mod class_panel;
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
mod openapi;
mod operator;
mod page;
mod racks;
mod routes;
mod screen;
mod secret;
mod serve;
mod session;
mod shared;
mod stage;
mod standing;
mod suites;
mod world;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
};

use axum::Router;
use socket2::{Domain, Protocol, Socket, Type};

pub use self::{
    activity::Times,
    aws_upstream::AwsUpstream,
    class::{ClassConfig, Opened},
    connections::Limits,
    shared::{Config, Role},
};
use self::{
    class::Class,
    class_door::Door,
    shared::{Common, Shared},
};
use crate::{seen::Watch, store::Live};

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
    class: Option<Arc<Class>>,
}

impl Web {
    /// HTTP for a live World. It is not ready until [`Self::set_ready`].
    pub fn new(live: Arc<Live>, watch: Arc<dyn Watch>, config: Config) -> Self {
        let common = Common::of(config.labs.clone());
        let shared = Shared::new(live, watch, config, common, String::new());
        Self { shared, class: None }
    }

    /// HTTP for a class: the World is the teacher's, and each student gets another one.
    ///
    /// # Errors
    ///
    /// If the system gives no random numbers.
    pub fn for_class(
        live: Arc<Live>,
        watch: Arc<dyn Watch>,
        config: Config,
        class: ClassConfig,
    ) -> std::io::Result<Self> {
        let config = Config { role: Some(Role::Teacher(class.most)), ..config };
        let common = Common::of(config.labs.clone());
        let shared = Shared::new(live, watch, config, common, String::new());
        let class = Class::new(Arc::clone(&shared), class)?;
        Ok(Self { shared, class: Some(Arc::new(class)) })
    }

    /// The address at which students join, as a path. `None` without a class.
    pub fn join(&self) -> Option<String> {
        self.class.as_ref().map(|class| class.join_path())
    }

    /// Sets what `/ready` says.
    pub fn set_ready(&self, ready: bool) {
        self.shared.ready.store(ready, Ordering::Release);
    }

    /// The router.
    pub fn router(&self) -> Router {
        match &self.class {
            Some(class) => {
                let panel = class_panel::routes(class);
                Door::new(Arc::clone(class), routes::world(&self.shared, panel)).router()
            }
            None => routes::world(&self.shared, Router::new()),
        }
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

//! A server of the shell's own: the World in memory, its resolver without sockets, and HTTP inside the namespace.
//!
//! Wiring, as `server.rs` is for `vpcdns serve`. It listens nowhere on the machine.

use std::{net::TcpListener, sync::Arc};

use arc_swap::ArcSwap;
use futures_util::{FutureExt, future::BoxFuture};

use super::{inside, source::Source};
use crate::{
    ask::Ask,
    dns,
    import::Defaults,
    language::Language,
    resolve::{question::Asker, snapshot::Snapshot},
    seen::ProcessCounts,
    store::Live,
    web::{self, Web},
};

/// A World of this process.
pub(super) struct Local {
    live: Arc<Live>,
    running: dns::Running,
    ask: Arc<dyn Ask>,
}

impl Local {
    /// Starts the resolver for an instance. Must be called inside a tokio runtime.
    pub(super) fn start(snapshot: Snapshot, asker: Asker) -> Result<Self, dns::BindError> {
        let live = Arc::new(Live::new(snapshot));
        // As at AWS, a client cannot say by Client Subnet that it is another.
        let config = dns::Config {
            listeners: Vec::new(),
            trust_ecs: Vec::new(),
            explain_txt: true,
            ..dns::Config::default()
        };
        let running = dns::bind(config)?.serve(live.cell());
        let ask = running.ask(Some(asker));
        Ok(Self { live, running, ask })
    }

    /// Serves AWS's APIs and the page, in a task of its own.
    pub(super) fn serve_http(
        &self,
        listener: TcpListener,
        (asker, language): (Asker, Language),
        defaults: Defaults,
    ) {
        let config = web::Config {
            addresses: vec![inside::HTTP],
            machine: None,
            host: None,
            token: None,
            aws_upstream: None,
            strict_stacks: false,
            limits: web::Limits::default(),
            dns: Vec::new(),
            fallback: Some(asker),
            trusts_loopback: false,
            defaults,
            labs: Vec::new(),
            language,
            log_level: None,
            process: ProcessCounts::default,
            role: None,
        };
        let web = Web::new(Arc::clone(&self.live), self.running.watch(), config);
        web.set_ready(true);
        tokio::spawn(async move {
            if let Err(error) = web.serve(listener, std::future::pending()).await {
                tracing::error!(%error, "HTTP ended");
            }
        });
    }
}

impl Source for Local {
    fn current(&self) -> BoxFuture<'_, Arc<Snapshot>> {
        std::future::ready(self.live.snapshot()).boxed()
    }

    fn cell(&self) -> Arc<ArcSwap<Snapshot>> {
        self.live.cell()
    }

    fn ask(&self) -> Arc<dyn Ask> {
        Arc::clone(&self.ask)
    }
}

//! The wiring: binds the sockets, starts the fronts over one live World, and ends them on a signal.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    dns,
    model::world::World,
    resolve::{public::PublicNames, question::Asker, snapshot::Snapshot},
    store::Live,
    web::{self, Web},
};

/// Makes the lines that tell what to try, once the addresses are known.
pub type Hints = Box<dyn Fn(&[SocketAddr]) -> Vec<String> + Send>;

/// Everything `serve` was told, read and checked.
pub struct Config {
    /// The World to begin with.
    pub world: World,
    /// What the internet answers beside it.
    pub public: PublicNames,
    /// The DNS side; its listeners are bound in `run`.
    pub dns: dns::Config,
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// `--http-host` and `--token`.
    pub http_host: Option<String>,
    /// The token.
    pub token: Option<String>,
    /// The default region, said at start.
    pub defaults: crate::import::Defaults,
    /// Reads WORLD again, for SIGHUP.
    pub reread: Box<dyn Fn() -> Result<World, String> + Send>,
    /// Lines to print once the server is ready, about what to try.
    pub hints: Hints,
}

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A DNS address cannot be bound.
    #[error(transparent)]
    Dns(#[from] dns::BindError),
    /// The HTTP address cannot be bound.
    #[error("cannot listen for HTTP on {address}: {source}")]
    Http {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The runtime or a signal handler could not be made.
    #[error("cannot start: {0}")]
    Start(#[source] std::io::Error),
}

/// Runs until SIGTERM or SIGINT. `say` prints a line on standard error.
///
/// # Errors
///
/// If an address cannot be bound.
pub async fn run(config: Config, say: impl Fn(&str)) -> Result<(), RunError> {
    let live = Arc::new(Live::new(Snapshot::new(config.world, Arc::new(config.public))));
    let fallback = config.dns.fallback;
    let views: Vec<_> = config.dns.listeners.iter().map(|listener| listener.view).collect();
    let loopback = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let trusts_loopback = config.dns.trust_ecs.iter().any(|range| range.contains(loopback));
    let bound = dns::bind(config.dns)?;
    let http = tokio::net::TcpListener::bind(config.http)
        .await
        .map_err(|source| RunError::Http { address: config.http, source })?;
    let http_address = http.local_addr().map_err(RunError::Start)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Start)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Start)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(RunError::Start)?;
    let dns_addresses = bound.addresses();
    let running = bound.serve(live.cell());
    let web = Web::new(
        Arc::clone(&live),
        running.watch(),
        web::Config {
            addresses: vec![http_address],
            host: config.http_host,
            token: config.token,
            dns: dns_addresses.iter().copied().zip(views).collect(),
            fallback,
            trusts_loopback,
            defaults: config.defaults,
        },
    );
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    web.set_ready(true);
    let listed: Vec<String> = dns_addresses.iter().map(ToString::to_string).collect();
    say(&format!(
        "ready dns={} http={http_address} region={} views={}",
        listed.join(","),
        config.defaults.region,
        live.snapshot().world.vpcs.len()
    ));
    for line in (config.hints)(&dns_addresses) {
        say(&line);
    }
    let serving = web.serve(http, async move {
        // A dropped sender means the same as a sent one.
        let _ = stopped.await;
    });
    tokio::pin!(serving);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => reread(&live, &*config.reread, &say),
            ended = &mut serving => {
                if let Err(error) = ended {
                    say(&format!("HTTP ended: {error}"));
                }
                break;
            }
        }
    }
    web.set_ready(false);
    drop(stop);
    // Both sides end at once; an HTTP connection that idles is not waited for.
    let _ = tokio::time::timeout(Duration::from_millis(1_500), async {
        tokio::join!(running.stop(), async {
            let _ = tokio::time::timeout(Duration::from_millis(500), &mut serving).await;
        });
    })
    .await;
    Ok(())
}

fn reread(live: &Live, read: &dyn Fn() -> Result<World, String>, say: &impl Fn(&str)) {
    if live.changes() > 0 {
        say("SIGHUP: the World was changed since the start; it is kept");
        return;
    }
    match read() {
        Ok(world) => match live.reload(world) {
            Ok(true) => say("SIGHUP: the world files were read again"),
            Ok(false) => say("SIGHUP: the World was changed since the start; it is kept"),
            Err(error) => say(&format!("SIGHUP: the World is kept: {error}")),
        },
        Err(problems) => {
            say(&format!("SIGHUP: the World is kept, since the files have problems:\n{problems}"));
        }
    }
}

/// The asker a listener or `--view` names, as an error for people when it names nothing.
///
/// # Errors
///
/// The words of [`ClientError`](crate::resolve::places::ClientError).
pub fn view(snapshot: &Snapshot, text: &str) -> Result<Asker, String> {
    crate::resolve::places::client(snapshot, text).map_err(|error| error.to_string())
}

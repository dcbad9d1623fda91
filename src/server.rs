//! Connects the parts: binds the sockets, serves DNS, metadata and HTTP from one live World, and stops them on a
//! signal.

mod class;
mod encrypted;
mod files;
mod handed;
mod process;
mod reload;
mod signals;
mod systemd;
mod watch;
mod watchdog;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::runtime::Runtime;

pub(crate) use self::signals::leave_to_listener;
pub use self::{class::Class, handed::Handed, reload::Files};
use self::{
    class::Opener,
    reload::{Cause, Reload},
    watch::Changes,
};
use crate::{
    allowance::Allowance,
    dns, imds,
    import::{course::Course, open::noted::Noted},
    language::Language,
    model::world::World,
    resolve::{question::Asker, snapshot::Snapshot},
    seen::LogLevel,
    store::{Live, Store, StoreError, pace::Pace, row},
    web::{self, Web},
};

/// Makes the lines that propose commands to try, from the addresses that were bound.
pub type Hints = Box<dyn Fn(&[SocketAddr], SocketAddr) -> Vec<String> + Send>;

/// The checked options of `serve`.
pub struct Config {
    /// The World to begin with, and the public zones.
    pub snapshot: Snapshot,
    /// The World for a reset.
    pub start: Option<World>,
    /// The language for those who ask for none.
    pub language: Language,
    /// The store of the World.
    pub store: Box<dyn Store>,
    /// Whether the World came from the store and not from WORLD.
    pub stored: bool,
    /// How long endpoints stay in a temporary state.
    pub pace: Pace,
    /// The options of DNS. `run` binds its listeners.
    pub dns: dns::Config,
    /// The addresses for instance metadata. Empty serves none.
    pub imds: Vec<imds::Listener>,
    /// The address for HTTP.
    pub http: SocketAddr,
    /// The sockets that a service manager handed over.
    pub handed: Handed,
    /// `--http-host`.
    pub http_host: Option<String>,
    /// The level of diagnostics, if it can be changed.
    pub log_level: Option<LogLevel>,
    /// `--aws-upstream`.
    pub aws_upstream: Option<web::AwsUpstream>,
    /// `--strict-stacks`.
    pub strict_stacks: bool,
    /// The token that HTTP requests must carry.
    pub token: Option<String>,
    /// `--class`.
    pub class: Option<Class>,
    /// The limits on HTTP connections.
    pub http_limits: web::Limits,
    /// The default region and account, which are printed at the start.
    pub defaults: crate::import::Defaults,
    /// The labs among the files that are served.
    pub labs: Vec<Course>,
    /// Reads the files again, for SIGHUP and `--watch`.
    pub files: Files,
    /// `--watch`: the files that were read.
    pub watch: Option<&'static Noted>,
    /// Makes the lines about what to try. They are printed when the server is ready.
    pub hints: Hints,
}

/// The host name of this machine.
fn machine_name() -> Option<String> {
    let name = rustix::system::uname().nodename().to_str().ok()?.to_ascii_lowercase();
    Some(name).filter(|name| !name.is_empty())
}

/// The host and port at which others reach an address: an address of every interface has this machine's name.
fn public_name(address: SocketAddr, host: Option<String>) -> String {
    let machine = || machine_name().filter(|_| address.ip().is_unspecified());
    let name = host.or_else(machine).unwrap_or_else(|| match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    });
    format!("{name}:{}", address.port())
}

/// The reason why the server could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A DNS address cannot be bound.
    #[error(transparent)]
    Dns(#[from] dns::BindError),
    /// An address for instance metadata cannot be bound.
    #[error("cannot listen for instance metadata on {address}: {source}")]
    Imds {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The HTTP address cannot be bound.
    #[error("cannot listen for HTTP on {address}: {source}")]
    Http {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The World cannot be stored.
    #[error("--data {0}")]
    Store(#[from] StoreError),
    /// The runtime or a signal handler could not be created.
    #[error("cannot start: {0}")]
    Start(#[source] std::io::Error),
}

/// Runs until SIGTERM or SIGINT. `say` prints a line on standard error. A second signal, or 5 seconds after the first,
/// ends the process.
///
/// DNS over TCP and metadata run in the caller's runtime. HTTP has its own runtime, UDP and signals have their own
/// threads. None of them waits for another.
///
/// # Errors
///
/// If an address cannot be bound or the World cannot be stored.
pub async fn run(
    config: Config,
    say: impl Fn(&str) + Clone + Send + 'static,
) -> Result<(), RunError> {
    process::started();
    let fallback = config.dns.fallback;
    let allowance = config.dns.allowance.clone();
    let certificate = config.dns.certificate.clone();
    let loopback = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let trusts_loopback = config.dns.trust_ecs.iter().any(|range| range.contains(loopback));
    let class = config.class.map(|class| (class, Opener::new(&config.dns, class)));
    let mut handed = config.handed;
    let dns_config = dns::Config { pulse: systemd::patience().is_some(), ..config.dns };
    let bound = dns::bind_with(dns_config, &mut handed.dns)?;
    let mut metadata = Vec::new();
    for listener in config.imds {
        let failed = |source| RunError::Imds { address: listener.address, source };
        metadata.push(imds::bind(listener).await.map_err(failed)?);
    }
    let http = match handed.http.take() {
        Some(http) => http,
        None => web::bind(config.http)
            .map_err(|source| RunError::Http { address: config.http, source })?,
    };
    let http_address = http.local_addr().map_err(RunError::Start)?;
    let mut signals = signals::listen(say.clone()).map_err(RunError::Start)?;
    let control = Control::start().map_err(RunError::Start)?;
    let public = Arc::clone(&config.snapshot.public);
    let start = match &config.start {
        Some(start) if config.stored => Snapshot::new(start.clone(), public),
        _ => config.snapshot.clone(),
    };
    let live = keep(config.snapshot, config.start, config.store, config.stored, config.pace)?;
    let listeners = bound.listeners();
    let plain: Vec<_> = { listeners.iter() }
        .filter(|listener| listener.protocol == dns::Scheme::Plain)
        .map(|listener| (listener.address, listener.view))
        .collect();
    let dns_addresses: Vec<_> = plain.iter().map(|(address, _)| *address).collect();
    let running = bound.serve(live.cell());
    let (metadata_addresses, metadata) = serve_metadata(metadata, &live, (fallback, allowance))?;
    let mut limits = config.http_limits;
    if let Some(most) = files::for_http().filter(|most| *most < limits.all) {
        limits.all = most;
        say(&format!(
            "HTTP takes at most {most} connections, because the system allows this process few open files; raise the \
             limit with `ulimit -n`"
        ));
    }
    let options = web::Config {
        addresses: vec![http_address],
        machine: machine_name(),
        host: config.http_host.clone(),
        aws_upstream: config.aws_upstream,
        strict_stacks: config.strict_stacks,
        token: config.token,
        limits,
        dns: plain,
        fallback,
        trusts_loopback,
        defaults: config.defaults.clone(),
        labs: config.labs,
        language: config.language,
        process: process::counts,
        log_level: config.log_level,
        role: None,
    };
    let web = match class {
        None => Web::new(Arc::clone(&live), running.watch(), options),
        Some((Class { most, .. }, opener)) => {
            let open = Box::new(move |live: &Live| opener.open(live));
            let class = web::ClassConfig { most, start, pace: config.pace, open };
            Web::for_class(Arc::clone(&live), running.watch(), options, class)
                .map_err(RunError::Start)?
        }
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    web.set_ready(true);
    let ready = format!(
        "ready {} http={http_address}{metadata_addresses} region={} views={}",
        encrypted::ready(&listeners, certificate.as_deref()),
        config.defaults.region,
        live.snapshot().world.vpcs.len()
    );
    say(&ready);
    for line in (config.hints)(&dns_addresses, http_address) {
        say(&line);
    }
    if let Some(hint) = certificate.as_deref().and_then(encrypted::hint) {
        say(&hint);
    }
    if let Some(path) = web.join() {
        say(&format!(
            "Students join at http://{}{path}",
            public_name(http_address, config.http_host)
        ));
    }
    let mut serving = control.spawn(web.clone().serve(http, async move {
        // If the sender is dropped, that also means to stop.
        let _ = stopped.await;
    }));
    let handles = (tokio::runtime::Handle::current(), control.handle());
    let watchdog =
        watchdog::start(running.pulse(), handles, &live, say.clone()).map_err(RunError::Start)?;
    let mut reload = Reload::new(&live, config.stored, (config.files, certificate), &ready);
    if config.watch.is_some_and(|noted| noted.count() == 0) {
        say("--watch: WORLD is not a file, so there is nothing to watch");
    }
    let mut changes = Changes::of(config.watch).map_err(RunError::Start)?;
    systemd::ready(&ready);
    loop {
        tokio::select! {
            _ = signals.stop.wait_for(|stop| *stop) => break,
            Some(()) = signals.hangup.recv() => reload.begin(Cause::Signal, &say),
            () = changes.next() => reload.begin(Cause::Watch, &say),
            () = reload.end() => if let Some(cause) = reload.due() { reload.begin(cause, &say) },
            ended = &mut serving => {
                match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => say(&format!("HTTP ended: {error}")),
                    Err(error) => say(&format!("HTTP ended: {error}")),
                }
                break;
            }
        }
    }
    systemd::stopping();
    drop(watchdog);
    web.set_ready(false);
    drop(stop);
    drop(metadata);
    // Metadata and HTTP end at the same time. Idle HTTP connections are not waited for.
    let _ = tokio::time::timeout(Duration::from_millis(1_500), async {
        tokio::join!(running.stop(), async {
            let _ = tokio::time::timeout(Duration::from_millis(500), &mut serving).await;
        });
    })
    .await;
    Ok(())
}

/// The runtime of HTTP. Dropping it does not wait for its threads.
struct Control(Option<Runtime>);

impl Control {
    /// The number of threads that serve requests.
    const WORKERS: usize = 2;
    /// The most threads for work that is long or uses the disk. More work waits.
    const ASIDE: usize = 64;

    fn start() -> std::io::Result<Self> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(Self::WORKERS)
            .max_blocking_threads(Self::ASIDE)
            .thread_name("http")
            .enable_all()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }

    fn handle(&self) -> tokio::runtime::Handle {
        // Only `drop` removes the runtime.
        self.0.as_ref().map_or_else(tokio::runtime::Handle::current, |it| it.handle().clone())
    }

    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        match &self.0 {
            Some(runtime) => runtime.spawn(task),
            // Only `drop` removes the runtime.
            None => tokio::spawn(task),
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes the World live, and stores it first if it is new and the store is on disk.
fn keep(
    snapshot: Snapshot,
    start: Option<World>,
    mut store: Box<dyn Store>,
    stored: bool,
    pace: Pace,
) -> Result<Arc<Live>, StoreError> {
    if !stored && store.keeps() {
        store.replace(&row::everything(&snapshot.world))?;
    }
    let live = Arc::new(Live::with_store(snapshot, start, store));
    live.follow()?;
    // The endpoint states in a world file stay as they are. In a stored World, the lives of endpoints continue.
    if stored || pace == Pace::Real {
        live.set_pace(pace);
    }
    Ok(live)
}

/// Serves instance metadata until the tasks are dropped. Gives the addresses for the line that says the server is
/// ready.
fn serve_metadata(
    listeners: Vec<imds::Bound>,
    live: &Live,
    (fallback, allowance): (Option<Asker>, Option<Arc<Allowance>>),
) -> Result<(String, tokio::task::JoinSet<()>), RunError> {
    let common = imds::Common { fallback, allowance, ..imds::Common::default() };
    let mut addresses = Vec::new();
    let mut tasks = tokio::task::JoinSet::new();
    for bound in listeners {
        addresses.push(bound.address().map_err(RunError::Start)?.to_string());
        let serving = bound.serve(live.cell(), common.clone(), std::future::pending());
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the metadata service ended");
            }
        });
    }
    let listed =
        if addresses.is_empty() { String::new() } else { format!(" imds={}", addresses.join(",")) };
    Ok((listed, tasks))
}

/// The client that a listener or `--view` names.
///
/// # Errors
///
/// The text of [`ClientError`](crate::resolve::places::ClientError), for the user.
pub fn view(snapshot: &Snapshot, text: &str) -> Result<Asker, String> {
    crate::resolve::places::client(snapshot, text).map_err(|error| error.to_string())
}

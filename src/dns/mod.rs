//! The DNS front: sockets, messages, and where a query is asked from.
//!
//! It turns packets into questions and answers into packets; what the answer is, `resolve` decides. UDP is served by
//! threads of our own, TCP and what is encrypted by tasks of the runtime. This folder alone knows hickory's resolver and
//! its server.
//!
//! [`bind`] takes the addresses and fails early; [`Bound::serve`] starts answering; [`Running::stop`] ends it.

mod arrival;
mod asking;
#[cfg(target_os = "linux")]
mod batch;
pub mod client_subnet;
mod connections;
mod delay;
mod dns64;
mod edns;
#[cfg(feature = "encrypted")]
mod encrypted;
mod exchange;
mod explained;
mod extended;
#[cfg(test)]
mod fixture;
mod forward;
mod forwarded;
mod front;
mod handed;
mod heard;
mod identity;
mod listener;
mod loops;
mod moment;
mod pending;
mod placement;
mod pulse;
#[cfg(feature = "server")]
mod query_line;
#[cfg(feature = "server")]
mod query_log;
mod reader;
mod real;
mod reply_action;
mod respond;
mod responder;
mod seeds;
mod single;
mod socket;
mod stream;
mod tally;
mod tap;
mod tcp;
mod top;
mod udp;
mod unusual;
mod upstream;
mod watcher;
mod writer;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use ipnetwork::IpNetwork;
use tokio::sync::watch;

#[cfg(feature = "encrypted")]
pub use self::encrypted::{Certificate, PemFile, names_of};
#[cfg(feature = "server")]
pub use self::query_log::LogSink;
use self::{
    asking::Asking,
    connections::Connections,
    delay::Delays,
    forward::Forwarder,
    front::{Front, Shared},
    identity::Identity,
    placement::{Access, loopback_networks},
    pulse::Turns,
    socket::Sockets,
    tcp::TcpServer,
    udp::Worker,
};
pub use self::{
    front::SharedSnapshot,
    handed::Handed,
    listener::{Listener, Scheme},
    pulse::Pulse,
    responder::Responder,
    socket::BindError,
    udp::Io,
};
use crate::{allowance::Allowance, ask::Ask, resolve::question::Asker, seen::Watch};

/// The settings of the DNS front.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listeners: Vec<Listener>,
    /// The client that a query of a loopback or allowed source counts as, if nothing else says where it comes from;
    /// `None` takes the [default asker](crate::resolve::snapshot::Snapshot::default_asker) when it comes.
    pub fallback: Option<Asker>,
    /// Sources besides loopback that may ask although they belong to no VPC. All others are REFUSED.
    pub allow: Vec<IpNetwork>,
    /// Sources whose Client Subnet option is trusted.
    pub trust_ecs: Vec<IpNetwork>,
    /// Whether `dig TXT CH NAME` explains NAME, to loopback and to clients with a place in a VPC.
    pub explain_txt: bool,
    /// Upstream servers for names outside the World, in order of preference. Empty disables forwarding.
    pub upstream: Vec<SocketAddr>,
    /// UDP sockets, each with a thread, for each listener; 0 counts as 1.
    pub udp_workers: usize,
    /// How they read and send.
    pub io: Io,
    /// How many packets a source may send in a second. Further packets get no reply. `None` is no limit.
    pub allowance: Option<Arc<Allowance>>,
    /// Whether nothing is sent that AWS would not send: no extended errors (RFC 8914).
    pub exact: bool,
    /// Where each query and its answers are logged.
    #[cfg(feature = "server")]
    pub query_log: Option<LogSink>,
    /// The most TCP connections at once, over all listeners, with those for TLS and HTTPS. As many again may be of QUIC
    /// and HTTP/3.
    pub tcp_connections: usize,
    /// The most of one client's address.
    pub tcp_of_client: usize,
    /// How long a connection may idle before it is closed.
    pub tcp_idle: Duration,
    /// Whether idle UDP workers wake a few times a second, so that [`Running::pulse`] can tell that they are alive.
    pub pulse: bool,
    /// The certificate of the encrypted listeners.
    #[cfg(feature = "encrypted")]
    pub certificate: Option<Arc<Certificate>>,
}

/// One listener on port 1053 of loopback, whose Client Subnet is trusted. No other source may ask.
impl Default for Config {
    fn default() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            listeners: vec![Listener::plain(SocketAddr::new(loopback, 1053), None)],
            fallback: None,
            allow: Vec::new(),
            trust_ecs: loopback_networks(),
            explain_txt: false,
            upstream: Vec::new(),
            udp_workers: 1,
            io: Io::default(),
            allowance: None,
            exact: false,
            #[cfg(feature = "server")]
            query_log: None,
            tcp_connections: connections::CONNECTIONS,
            tcp_of_client: connections::OF_CLIENT,
            tcp_idle: Duration::from_secs(10),
            pulse: false,
            #[cfg(feature = "encrypted")]
            certificate: None,
        }
    }
}

/// Binds every listener, or none.
///
/// # Errors
///
/// The first address that cannot be bound.
pub fn bind(config: Config) -> Result<Bound, BindError> {
    bind_with(config, &mut Handed::default())
}

/// Like [`bind`], but takes the sockets of a listener from those that were handed over, if they are there.
///
/// # Errors
///
/// The first address that cannot be bound.
pub fn bind_with(config: Config, handed: &mut Handed) -> Result<Bound, BindError> {
    let sockets = config
        .listeners
        .iter()
        .map(|listener| Opened::bind(*listener, &config, handed))
        .collect::<Result<_, BindError>>()?;
    Ok(Bound { sockets, config })
}

/// The servers the system itself asks, for `--upstream system`. Nothing of the system is changed.
///
/// # Errors
///
/// If its configuration cannot be read, or names none.
pub fn system_servers() -> Result<Vec<SocketAddr>, String> {
    forward::system_servers()
}

/// Whether a plain query to `address` would reach one of these listeners: it is one of them, or a listener of every address has
/// its port and the address is one of this host's.
pub fn is_served_by(address: SocketAddr, listeners: &[Listener]) -> bool {
    let listeners: Vec<_> = plain(listeners.iter().copied()).collect();
    upstream::is_served_by(address, &listeners)
}

/// The addresses of the listeners that are not encrypted.
fn plain(listeners: impl Iterator<Item = Listener>) -> impl Iterator<Item = SocketAddr> {
    let plain = listeners.filter(|listener| listener.protocol == Scheme::Plain);
    plain.map(|listener| listener.address)
}

/// The sockets of a listener.
#[derive(Debug)]
enum Opened {
    Plain(Sockets, Option<Asker>),
    #[cfg(feature = "encrypted")]
    Encrypted(encrypted::Socket),
}

impl Opened {
    fn bind(listener: Listener, config: &Config, handed: &mut Handed) -> Result<Self, BindError> {
        if listener.protocol == Scheme::Plain {
            let workers = config.udp_workers.max(1);
            let sockets = match handed.take(listener.address, workers)? {
                Some(sockets) => sockets,
                None => Sockets::bind(listener.address, workers)?,
            };
            return Ok(Self::Plain(sockets, listener.view));
        }
        #[cfg(feature = "encrypted")]
        if config.certificate.is_some() {
            return encrypted::Socket::bind(listener).map(Self::Encrypted);
        }
        let (address, transport) = (listener.address, listener.protocol.name());
        let source = std::io::Error::other("there is no certificate");
        Err(BindError { address, transport, source })
    }

    fn listener(&self) -> Listener {
        match self {
            Self::Plain(sockets, view) => Listener::plain(sockets.address, *view),
            #[cfg(feature = "encrypted")]
            Self::Encrypted(socket) => socket.listener,
        }
    }
}

/// Bound listeners that do not answer yet.
#[derive(Debug)]
pub struct Bound {
    sockets: Vec<Opened>,
    config: Config,
}

impl Bound {
    /// The listeners, with the ports that were bound, in the order of [`Config::listeners`].
    pub fn listeners(&self) -> Vec<Listener> {
        self.sockets.iter().map(Opened::listener).collect()
    }

    /// The addresses, with the ports that were bound, in the order of [`Config::listeners`].
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners().into_iter().map(|listener| listener.address).collect()
    }

    /// Begins to answer from `live`. Must be called inside a tokio runtime.
    ///
    /// If the system denies a thread or a registration, that is logged, and the rest is served.
    pub fn serve(self, live: SharedSnapshot) -> Running {
        let own = plain(self.listeners().into_iter()).collect();
        let config = self.config;
        let access =
            Access { fallback: config.fallback, allow: config.allow, trust_ecs: config.trust_ecs };
        let shared = Arc::new(Shared {
            live,
            access,
            identity: Identity::of_this_host().explaining(config.explain_txt),
            tap: tap::Tap::default(),
            counting: Arc::default(),
            tally: tally::Tally::default(),
            #[cfg(feature = "server")]
            query_log: config.query_log.as_ref().map(|_| Arc::default()),
            connections: Arc::new(Connections::new(
                config.tcp_connections,
                config.tcp_of_client.min(config.tcp_connections),
            )),
            upstream: config.upstream,
            allowance: config.allowance,
            exact: config.exact,
            real: real::Real::default(),
            delays: Delays::new(),
            forwarder: Arc::new(Forwarder::new(own)),
            stopped: watch::Sender::new(false),
            runtime: tokio::runtime::Handle::current(),
        });
        let mut running = Running {
            stop: Arc::default(),
            threads: Vec::new(),
            turns: Vec::new(),
            udp: Vec::new(),
            servers: Vec::new(),
            #[cfg(feature = "encrypted")]
            encrypted: Vec::new(),
            shared,
        };
        #[cfg(feature = "server")]
        if let (Some(log), Some(sink)) = (&running.shared.query_log, config.query_log) {
            match log.start(Arc::clone(&running.shared.live), sink) {
                Ok(thread) => running.threads.push(thread),
                Err(error) => tracing::error!(%error, "no thread for the query log"),
            }
        }
        #[cfg(feature = "encrypted")]
        let common = config.certificate.map(|certificate| encrypted::Common {
            certificate,
            connections: Arc::clone(&running.shared.connections),
            gate: Arc::new(encrypted::Gate::new(config.tcp_connections, config.tcp_idle)),
            idle: config.tcp_idle,
        });
        for opened in self.sockets {
            let view = opened.listener().view;
            let front = Arc::new(Front { shared: Arc::clone(&running.shared), view });
            match opened {
                Opened::Plain(sockets, _) => {
                    running.start(sockets, &front, (config.io, config.pulse), config.tcp_idle);
                }
                #[cfg(feature = "encrypted")]
                Opened::Encrypted(socket) => {
                    // It was not bound without a certificate.
                    if let Some(common) = &common {
                        running.start_encrypted(socket, &front, common);
                    }
                }
            }
        }
        running
    }
}

/// A front that answers, until it is stopped or dropped.
pub struct Running {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    /// The turns of each thread's loop.
    turns: Vec<Turns>,
    /// The sockets whose workers must be woken to stop.
    udp: Vec<Arc<UdpSocket>>,
    servers: Vec<TcpServer>,
    #[cfg(feature = "encrypted")]
    encrypted: Vec<encrypted::Server>,
    shared: Arc<Shared>,
}

impl Running {
    fn start(
        &mut self,
        sockets: Sockets,
        front: &Arc<Front>,
        (io, pulse): (Io, bool),
        idle: Duration,
    ) {
        for socket in sockets.udp.into_iter().map(Arc::new) {
            // What was handed over is not shut down, so its workers have to look by themselves whether to stop.
            if (sockets.handed || pulse)
                && let Err(error) = socket.set_read_timeout(Some(udp::WAIT))
            {
                tracing::warn!(%error, "a UDP worker may not notice when it should stop");
            }
            let turns = Turns::default();
            let number = u32::try_from(self.threads.len()).unwrap_or(u32::MAX);
            let worker = Worker {
                socket: Arc::clone(&socket),
                front: Arc::clone(front),
                stop: Arc::clone(&self.stop),
                number,
                io,
                turns: turns.clone(),
            };
            match worker.start() {
                Ok(thread) => {
                    self.threads.push(thread);
                    self.turns.push(turns);
                    let wake = io == Io::Batched && !sockets.handed;
                    self.udp.extend(wake.then_some(socket));
                }
                Err(error) => {
                    tracing::error!(%error, address = %sockets.address, "no thread for UDP");
                }
            }
        }
        match tokio::net::TcpListener::from_std(sockets.tcp) {
            Ok(listener) => {
                let (front, connections) =
                    (Arc::clone(front), Arc::clone(&front.shared.connections));
                self.servers.push(TcpServer::start(listener, idle, front, connections, tcp::Plain));
            }
            Err(error) => tracing::error!(%error, address = %sockets.address, "no TCP"),
        }
    }

    #[cfg(feature = "encrypted")]
    fn start_encrypted(
        &mut self,
        socket: encrypted::Socket,
        front: &Arc<Front>,
        common: &encrypted::Common,
    ) {
        let Listener { address, protocol, .. } = socket.listener;
        match encrypted::Server::start(socket, front, common) {
            Ok(server) => self.encrypted.push(server),
            Err(error) => tracing::error!(%error, %address, "no {}", protocol.name()),
        }
    }

    /// What watches the queries as they are answered.
    pub fn watch(&self) -> Arc<dyn Watch> {
        Arc::new(watcher::Watcher::new(Arc::clone(&self.shared)))
    }

    /// Tells whether the workers and the TCP servers are alive. Needs [`Config::pulse`].
    pub fn pulse(&self) -> Pulse {
        Pulse::new(self.turns.clone(), self.servers.iter().map(TcpServer::handle).collect())
    }

    /// Answers messages that came without a socket of ours, as a listener with this view does.
    pub fn ask(&self, view: Option<Asker>) -> Arc<dyn Ask> {
        let front = Front { shared: Arc::clone(&self.shared), view };
        Arc::new(Asking::new(Arc::new(front), 0))
    }

    /// Ends every listener and closes every connection, idle or not, within a second.
    pub async fn stop(mut self) {
        self.wake_to_stop();
        let servers: Vec<_> =
            self.servers.drain(..).map(|server| tokio::spawn(server.stop())).collect();
        #[cfg(feature = "encrypted")]
        let servers = servers
            .into_iter()
            .chain(self.encrypted.drain(..).map(|server| tokio::spawn(server.stop())));
        for server in servers {
            // A task that panicked has closed its listener all the same.
            let _ = server.await;
        }
        let threads = std::mem::take(&mut self.threads);
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().all(|thread| thread.join().is_ok())
        });
        if !joined.await.unwrap_or(false) {
            tracing::error!("a UDP thread ended by a panic");
        }
        self.udp.clear();
        // Replies that wait have sockets too.
        self.shared.stopped.closed().await;
    }

    /// Ends the wait of each UDP worker and of each reply. On Linux the shutdown of the socket reports that it is not
    /// connected, but still wakes the worker. On other systems, and where each datagram is read by the standard library, a
    /// worker wakes by itself.
    fn wake_to_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.shared.stopped.send_replace(true);
        #[cfg(feature = "server")]
        if let Some(log) = &self.shared.query_log {
            log.stop();
        }
        for socket in &self.udp {
            let _ = socket2::SockRef::from(&**socket).shutdown(std::net::Shutdown::Read);
        }
    }
}

/// Ends the UDP threads and the TCP tasks.
impl Drop for Running {
    fn drop(&mut self) {
        self.wake_to_stop();
        for server in &self.servers {
            server.abort();
        }
        #[cfg(feature = "encrypted")]
        for server in &self.encrypted {
            server.abort();
        }
    }
}

#[cfg(test)]
mod tests;

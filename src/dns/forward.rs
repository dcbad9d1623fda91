//! Forwarding: asking other servers through hickory-resolver, in bounded work.
//!
//! Knows flights, limits and what is kept. Which questions go out, and to whom, `resolve` decides; how a reply is written
//! is in `forwarded.rs`. No Client Subnet and no cookie is ever sent.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hickory_proto::rr::{Name as HickoryName, RecordType as HickoryType};
use hickory_resolver::{
    TokioResolver,
    config::{
        ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ServerOrderingStrategy,
    },
    net::{DnsError, NetError, NoRecords, runtime::TokioRuntimeProvider},
};
use lru::LruCache;
use tokio::sync::{Semaphore, watch};

use crate::model::{
    name::Name,
    record::{Rdata, RecordType},
};

/// Questions that may be out at once; one more is answered SERVFAIL at once.
const LOOKUPS: usize = 256;
/// Clients that may wait for them, whether or not they ask the same.
const WAITING: usize = 4096;
/// Answers kept, to be given again when nobody answers (R26).
const KEPT: usize = 4096;
/// Resolvers kept, one for each set of addresses.
const RESOLVERS: usize = 256;
/// How long one try takes; there are two, and TCP after truncation.
const TRY: Duration = Duration::from_millis(1_500);
/// How long a client waits at most.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// The TTL of an answer past its own (RFC 8767 section 4).
const STALE_TTL: u32 = 30;

/// What was asked of whom.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub(super) servers: Vec<SocketAddr>,
    pub(super) name: Name,
    pub(super) rtype: RecordType,
}

/// What a server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Heard {
    /// The response code's number.
    pub(super) code: u16,
    /// The answer section.
    pub(super) records: Vec<HeardRecord>,
    /// The SOA of a negative answer.
    pub(super) soa: Option<HeardRecord>,
}

/// A record as it was heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct HeardRecord {
    pub(super) owner: Name,
    pub(super) ttl: u32,
    pub(super) rtype: RecordType,
    pub(super) data: Rdata,
}

/// Why nothing was heard. The client gets SERVFAIL either way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unheard {
    /// Too many questions are out.
    Busy,
    /// Nobody answered in time, or with a failure.
    Failed,
}

type Outcome = Result<Arc<Heard>, Unheard>;
type Flight = watch::Receiver<Option<Outcome>>;

/// Asks other servers.
pub(super) struct Forwarder {
    resolvers: Mutex<LruCache<Vec<SocketAddr>, TokioResolver>>,
    flights: Mutex<HashMap<Key, Flight>>,
    kept: Mutex<LruCache<Key, Arc<Heard>>>,
    lookups: Arc<Semaphore>,
    waiting: Semaphore,
}

impl std::fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forwarder")
            .field("lookups_free", &self.lookups.available_permits())
            .finish_non_exhaustive()
    }
}

/// Takes a flight off the list when it ends, by a panic too.
struct Landing {
    forwarder: Arc<Forwarder>,
    key: Key,
}

impl Drop for Landing {
    fn drop(&mut self) {
        lock(&self.forwarder.flights).remove(&self.key);
    }
}

impl Forwarder {
    pub(super) fn new() -> Self {
        Self {
            resolvers: Mutex::new(LruCache::new(size(RESOLVERS))),
            flights: Mutex::default(),
            kept: Mutex::new(LruCache::new(size(KEPT))),
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// Asks, or waits with others who asked the same; an old answer takes the place of none.
    pub(super) async fn ask(self: &Arc<Self>, key: Key) -> Outcome {
        let heard = match self.waiting.try_acquire() {
            Ok(_permit) => self.fly(&key).await,
            Err(_) => Err(Unheard::Busy),
        };
        heard.or_else(|unheard| lock(&self.kept).get(&key).map(stale).ok_or(unheard))
    }

    async fn fly(self: &Arc<Self>, key: &Key) -> Outcome {
        let mut flight = {
            let mut flights = lock(&self.flights);
            match flights.get(key) {
                Some(flight) => flight.clone(),
                None => {
                    let permit =
                        Arc::clone(&self.lookups).try_acquire_owned().map_err(|_| Unheard::Busy)?;
                    let (sender, flight) = watch::channel(None);
                    flights.insert(key.clone(), flight.clone());
                    let landing = Landing { forwarder: Arc::clone(self), key: key.clone() };
                    tokio::spawn(async move {
                        let Landing { forwarder, key } = &landing;
                        let heard = forwarder.look_up(key).await;
                        if let Ok(heard) = &heard {
                            lock(&forwarder.kept).put(key.clone(), Arc::clone(heard));
                        }
                        drop(landing);
                        // Nobody may be waiting any more.
                        let _ = sender.send(Some(heard));
                        drop(permit);
                    });
                    flight
                }
            }
        };
        let landed = tokio::time::timeout(PATIENCE, flight.wait_for(Option::is_some)).await;
        match landed {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(Unheard::Failed)),
            _ => Err(Unheard::Failed),
        }
    }

    async fn look_up(&self, key: &Key) -> Outcome {
        let Some(resolver) = self.resolver(&key.servers) else { return Err(Unheard::Failed) };
        let Some(name) = to_hickory(&key.name) else { return Err(Unheard::Failed) };
        let asked = resolver.lookup(name, HickoryType::from(key.rtype.0));
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(found)) => Ok(Arc::new(Heard {
                code: u16::from(found.message().metadata.response_code),
                records: found.answers().iter().filter_map(HeardRecord::read).collect(),
                soa: None,
            })),
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords {
                response_code,
                soa,
                ..
            }))))
                if matches!(u16::from(response_code), 0 | 3) =>
            {
                let soa = soa.and_then(|soa| HeardRecord::read(&soa.into_record_of_rdata()));
                Ok(Arc::new(Heard { code: u16::from(response_code), records: Vec::new(), soa }))
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, name = %key.name, "an upstream server failed");
                Err(Unheard::Failed)
            }
            Err(_) => Err(Unheard::Failed),
        }
    }

    /// The resolver for a set of servers, with its cache; the least used ones are forgotten.
    fn resolver(&self, servers: &[SocketAddr]) -> Option<TokioResolver> {
        let mut resolvers = lock(&self.resolvers);
        if let Some(resolver) = resolvers.get(servers) {
            return Some(resolver.clone());
        }
        let resolver = build(servers)
            .inspect_err(|error| tracing::warn!(%error, "no resolver could be made"))
            .ok()?;
        resolvers.put(servers.to_vec(), resolver.clone());
        Some(resolver)
    }
}

fn build(servers: &[SocketAddr]) -> Result<TokioResolver, NetError> {
    let servers = servers
        .iter()
        .map(|server| {
            let connections =
                [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = server.port();
                    connection
                });
            NameServerConfig::new(server.ip(), true, connections.to_vec())
        })
        .collect();
    let config = ResolverConfig::from_name_servers(servers);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = TRY;
    options.attempts = 1;
    options.cache_size = 1024;
    options.edns0 = true;
    options.num_concurrent_reqs = 1;
    options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
    builder.build()
}

impl HeardRecord {
    fn read(record: &hickory_proto::rr::Record) -> Option<Self> {
        Some(Self {
            owner: from_hickory(&record.name)?,
            ttl: record.ttl,
            rtype: RecordType(u16::from(record.record_type())),
            data: Rdata::from_hickory(&record.data).ok()?,
        })
    }
}

fn to_hickory(name: &Name) -> Option<HickoryName> {
    let mut hickory = HickoryName::from_labels(name.as_ref().labels()).ok()?;
    hickory.set_fqdn(true);
    Some(hickory)
}

fn from_hickory(name: &HickoryName) -> Option<Name> {
    let mut wire = Vec::new();
    for label in name.iter() {
        wire.push(u8::try_from(label.len()).ok()?);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    Name::from_wire(&wire)
}

fn stale(old: &Arc<Heard>) -> Arc<Heard> {
    let mut heard = Heard::clone(old);
    for record in heard.records.iter_mut().chain(&mut heard.soa) {
        record.ttl = record.ttl.min(STALE_TTL);
    }
    Arc::new(heard)
}

fn size(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN)
}

/// A panic while the lock was held left a map of whole entries behind.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The servers the system itself asks.
///
/// # Errors
///
/// If its configuration cannot be read, or names none.
pub(super) fn system_servers() -> Result<Vec<SocketAddr>, String> {
    let (config, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| format!("the system's resolver configuration cannot be read: {error}"))?;
    let mut servers: Vec<SocketAddr> = Vec::new();
    for server in config.name_servers() {
        for connection in &server.connections {
            let address = SocketAddr::new(server.ip, connection.port);
            if !servers.contains(&address) {
                servers.push(address);
            }
        }
    }
    if servers.is_empty() {
        return Err("the system's resolver configuration names no server".to_owned());
    }
    Ok(servers)
}

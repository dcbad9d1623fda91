//! One question to other servers over the wire: UDP, and TCP after truncation.
//!
//! A reply is taken as it stands: nothing is followed and nothing kept but who was silent. Each packet has a port and an
//! id of its own, and no Client Subnet and no cookie.

use std::{
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hickory_resolver::{
    net::{
        DnsHandle, NetError,
        runtime::TokioRuntimeProvider,
        tcp::TcpClientStream,
        udp::UdpClientStream,
        xfer::{DnsRequestSender, FirstAnswer},
    },
    proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Query},
};
use lru::LruCache;
use tokio::time::{Instant, timeout};

use super::heard::{Heard, to_hickory};
use crate::model::{name::Name, record::RecordType};

/// How long a server is waited for, with TCP after truncation; three times that is less than a client waits.
const TRY: Duration = Duration::from_millis(1_500);
/// How often each is tried, for as long as the client waits: what was slow to find is there at the next try.
const ROUNDS: usize = 3;
/// When a UDP packet is sent again.
const AGAIN: Duration = Duration::from_millis(500);

/// How long a server that was silent is asked after the others.
const REMEMBERED: Duration = Duration::from_secs(10);
/// How many of them are remembered.
const SILENT: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

/// Asks servers, and remembers for a while which were silent.
pub(super) struct Exchanges {
    silent: Mutex<LruCache<SocketAddr, Instant>>,
}

impl Exchanges {
    pub(super) fn new() -> Self {
        Self { silent: Mutex::new(LruCache::new(SILENT)) }
    }

    /// Asks one server after the other until one answers with records, or that there are none.
    pub(super) async fn ask(
        &self,
        servers: &[SocketAddr],
        name: &Name,
        rtype: RecordType,
    ) -> Option<Heard> {
        let query = Query::query(to_hickory(name)?, rtype.0.into());
        let mut order = self.in_order(servers);
        for _ in 0..ROUNDS {
            let mut silent = Vec::new();
            for server in order {
                match self.try_one(server, &query).await {
                    Some(reply) if matches!(u16::from(reply.metadata.response_code), 0 | 3) => {
                        return Some(Heard::read(&reply, rtype));
                    }
                    Some(reply) => {
                        let code = reply.metadata.response_code;
                        tracing::debug!(%server, %code, %name, "an upstream server does not answer");
                    }
                    None => silent.push(server),
                }
            }
            order = silent;
        }
        None
    }

    /// A server's reply; `None` if it has none, which is remembered.
    async fn try_one(&self, server: SocketAddr, query: &Query) -> Option<DnsResponse> {
        match timeout(TRY, ask(server, query)).await {
            Ok(Ok(reply)) => {
                self.silent().pop(&server);
                return Some(reply);
            }
            Ok(Err(error)) => tracing::debug!(%server, %error, "an upstream server failed"),
            Err(_) => tracing::debug!(%server, "an upstream server is silent"),
        }
        self.silent().put(server, Instant::now());
        None
    }

    /// The servers as they were given, those last that were silent just now.
    fn in_order(&self, servers: &[SocketAddr]) -> Vec<SocketAddr> {
        let silent = self.silent();
        let is_silent = |server: &SocketAddr| {
            silent.peek(server).is_some_and(|since| since.elapsed() < REMEMBERED)
        };
        let mut servers = servers.to_vec();
        servers.sort_by_key(is_silent);
        servers
    }

    /// A panic while the lock was held left whole entries behind.
    fn silent(&self) -> MutexGuard<'_, LruCache<SocketAddr, Instant>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn ask(server: SocketAddr, query: &Query) -> Result<DnsResponse, NetError> {
    let mut options = DnsRequestOptions::default();
    options.retry_interval = AGAIN;
    let request = || DnsRequest::from_query(query.clone(), options);
    let provider = TokioRuntimeProvider::default();
    let mut udp =
        UdpClientStream::builder(server, provider.clone()).with_timeout(Some(TRY)).build();
    let mut reply = udp.send_message(request()).first_answer().await?;
    if reply.metadata.truncation {
        let tcp = TcpClientStream::exchange(server, None, TRY, None, provider).await?;
        reply = tcp.send(request()).first_answer().await?;
    }
    if reply.queries != [query.clone()] {
        return Err("the reply is to another question".into());
    }
    Ok(reply)
}

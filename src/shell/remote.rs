//! A server that runs already, on this machine: its World, read over HTTP when it is needed, and its resolver.
//!
//! Questions go to the server itself, so a change is seen by the next one. Its World is read for the rest: what a packet
//! reaches, and the metadata.

use std::{
    net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{io::copy_bidirectional, net::TcpStream};

use super::{
    relay::{Door, Relay},
    source::Source,
};
use crate::{
    ask::Ask,
    import::{Defaults, open::Failure, text::diagnostic::Source as Text, world},
    model::id::InstanceId,
    resolve::snapshot::Snapshot,
};

/// The longest that a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How old the World may be when a packet is decided.
const FRESH: Duration = Duration::from_millis(200);
/// The most bytes of a World.
const MOST_BYTES: u64 = 1 << 30;

/// The client of a server's HTTP.
pub(super) struct Server {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
    addresses: Vec<SocketAddr>,
}

impl Server {
    /// A server by its URL.
    ///
    /// # Errors
    ///
    /// If the URL is not one of HTTP, or leads to another machine.
    pub(super) fn new(url: &str, token: Option<String>) -> Result<Self, String> {
        let wrong = |why: &str| format!("--server {url}: {why}");
        let parsed: ureq::http::Uri =
            url.parse().map_err(|error: ureq::http::uri::InvalidUri| wrong(&error.to_string()))?;
        let host = parsed.host().filter(|_| parsed.scheme_str() == Some("http"));
        let host = host.ok_or_else(|| wrong("expected a URL such as http://127.0.0.1:1080"))?;
        let port = parsed.port_u16().unwrap_or(80);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found = (host, port).to_socket_addrs().map_err(|error| wrong(&error.to_string()))?;
        let addresses: Vec<SocketAddr> = found.collect();
        if addresses.is_empty() || !addresses.iter().all(|it| it.ip().is_loopback()) {
            let why = "the server must run on this machine: only from there it is told who asks";
            return Err(wrong(why));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            // The server is on this machine, and a token is for it alone.
            .proxy(None)
            .build()
            .into();
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { agent, url, token, addresses })
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<String, String> {
        let failed = |error: ureq::Error| format!("{}: {error}", self.url);
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (key, value) in query {
            request = request.query(key, value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut reply = request.call().map_err(failed)?;
        let text = reply.body_mut().with_config().limit(MOST_BYTES).read_to_string();
        let text = text.map_err(failed)?;
        if reply.status().is_success() {
            return Ok(text);
        }
        let json = serde_json::from_str::<serde_json::Value>(&text).ok();
        let told = json.as_ref().and_then(|json| json.get("error")?.as_str()).unwrap_or(&text);
        Err(format!("{}: {} {}", self.url, reply.status().as_u16(), told.trim()))
    }

    /// The World, as a world file.
    fn world(&self) -> Result<String, String> {
        self.get("/api/world", &[("format", "yaml")])
    }

    /// How a question of an instance is asked, from the dig command that the server offers for it.
    fn door(&self, id: InstanceId) -> Result<Door, String> {
        let from = id.to_string();
        let text = self.get("/api/explain", &[("name", "amazonaws.com"), ("from", &from)])?;
        let json: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| format!("{}: the reply is not one of vpcdns: {error}", self.url))?;
        let command = json.pointer("/dig/command").and_then(serde_json::Value::as_str);
        command.and_then(door).ok_or_else(|| {
            format!(
                "{}: the server cannot tell questions of {id} from those of others; start it with `--dns ADDR=VPC` for \
                 the instance's VPC",
                self.url
            )
        })
    }
}

/// The server of a dig command, and whom it asks as: `dig @127.0.0.1 -p 1053 +subnet=10.0.1.29/32 …`.
fn door(command: &str) -> Option<Door> {
    let mut words = command.split(' ').skip_while(|word| !word.starts_with('@'));
    let server = words.next()?.strip_prefix('@')?.parse().ok()?;
    let (mut port, mut client) = (53, None);
    while let Some(word) = words.next() {
        if word == "-p" {
            port = words.next()?.parse().ok()?;
        } else if let Some(subnet) = word.strip_prefix("+subnet=") {
            client = Some(subnet.split_once('/')?.0.parse().ok()?);
        }
    }
    Some(Door { server: SocketAddr::new(server, port), client })
}

/// A server's World as it was read at the start.
pub struct Begun {
    server: Server,
    defaults: Defaults,
    text: String,
    snapshot: Snapshot,
}

impl Begun {
    /// Reads the World.
    ///
    /// # Errors
    ///
    /// If the server does not answer, or its World cannot be read.
    pub(super) fn read(server: Server, defaults: Defaults) -> Result<Self, String> {
        let text = server.world()?;
        let snapshot = parse(&text, &defaults)?;
        Ok(Self { server, defaults, text, snapshot })
    }

    /// The World.
    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Where the server answers questions of an instance, and the Client Subnet that they need.
    pub(super) fn door(&self, id: InstanceId) -> Option<(SocketAddr, Option<IpAddr>)> {
        self.server.door(id).ok().map(|door| (door.server, door.client))
    }

    /// The World and the resolver of an instance.
    ///
    /// # Errors
    ///
    /// If the server cannot tell the instance from others.
    pub(super) fn asked_as(self, id: InstanceId) -> Result<Remote, String> {
        let relay = Relay::new(self.server.door(id)?);
        Ok(Remote {
            copy: Arc::new(Copy {
                server: self.server,
                defaults: self.defaults,
                cell: Arc::new(ArcSwap::from_pointee(self.snapshot)),
                read: Mutex::new((self.text, Instant::now())),
                relay,
                id,
            }),
        })
    }
}

/// A running server as one instance uses it.
pub(super) struct Remote {
    copy: Arc<Copy>,
}

/// A copy of the World of a server, and its resolver.
struct Copy {
    server: Server,
    defaults: Defaults,
    cell: Arc<ArcSwap<Snapshot>>,
    /// The text of the World, and when it was read.
    read: Mutex<(String, Instant)>,
    relay: Relay,
    id: InstanceId,
}

impl Remote {
    /// Passes HTTP connections on to the server, in a task of its own.
    pub(super) fn serve_http(&self, listener: TcpListener) -> std::io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let addresses = self.copy.server.addresses.clone();
        tokio::spawn(async move {
            loop {
                let Ok((mut near, _)) = listener.accept().await else {
                    tokio::time::sleep(FRESH).await;
                    continue;
                };
                let addresses = addresses.clone();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(&addresses[..]).await?;
                    copy_bidirectional(&mut near, &mut far).await
                });
            }
        });
        Ok(())
    }
}

impl Copy {
    /// Brings the copy up to date. If that fails, it stays as it is.
    fn refresh(&self) -> Result<(), String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.1.elapsed() < FRESH {
            return Ok(());
        }
        // A server that does not answer is not asked again for each packet.
        let text = self.server.world().inspect_err(|_| read.1 = Instant::now())?;
        if text != read.0 {
            let snapshot = parse(&text, &self.defaults)?;
            if let Ok(door) = self.server.door(self.id) {
                self.relay.change(door);
            }
            self.cell.store(Arc::new(snapshot));
            read.0 = text;
        }
        read.1 = Instant::now();
        Ok(())
    }
}

fn parse(text: &str, defaults: &Defaults) -> Result<Snapshot, String> {
    let source = Text { name: "the server's World".to_owned(), text: text.to_owned() };
    let world = world::load(&source, defaults)
        .map_err(|problems| Failure::of(&Arc::new(source), problems).render(false))?
        .world;
    // The server answers every question, so that no public name is needed here.
    Ok(Snapshot::new(world, Arc::default()))
}

impl Source for Remote {
    fn current(&self) -> BoxFuture<'_, Arc<Snapshot>> {
        async move {
            let copy = Arc::clone(&self.copy);
            let refreshed = tokio::task::spawn_blocking(move || copy.refresh()).await;
            if let Ok(Err(error)) = refreshed {
                tracing::debug!(error, "the World could not be read again");
            }
            self.copy.cell.load_full()
        }
        .boxed()
    }

    fn cell(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.copy.cell)
    }

    fn ask(&self) -> Arc<dyn Ask> {
        Arc::new(self.copy.relay.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_ask_is_read_from_the_command() {
        for (command, server, client) in [
            (
                "dig @127.0.0.1 -p 1053 +subnet=10.0.1.29/32 a. A",
                "127.0.0.1:1053",
                Some("10.0.1.29"),
            ),
            ("dig @127.0.0.1 -p 1053 a. A", "127.0.0.1:1053", None),
            ("dig @::1 +subnet=2001:db8::1/128 a. A", "[::1]:53", Some("2001:db8::1")),
        ] {
            let expected = Door {
                server: server.parse().unwrap(),
                client: client.map(|client| client.parse().unwrap()),
            };
            assert_eq!(door(command), Some(expected), "{command}");
        }
        for command in ["dig a. A", "dig @127.0.0.1 -p x a. A", "dig @127.0.0.1 +subnet=x a. A", ""]
        {
            assert_eq!(door(command), None, "{command}");
        }
    }

    #[test]
    fn a_server_elsewhere_is_refused() {
        for url in ["https://127.0.0.1:1080", "127.0.0.1:1080", "http://", "http://192.0.2.1:1080"]
        {
            assert!(Server::new(url, None).is_err(), "{url}");
        }
        for url in ["http://127.0.0.1:1080", "http://[::1]:1080/", "http://localhost:1080"] {
            assert!(Server::new(url, None).is_ok(), "{url}");
        }
    }
}

//! The resolver inside a Rust program: a World, its addresses on loopback, Changes and explanations.
//!
//! Wiring for tests, as `server` is for the command line: free ports, no signals, an end with the value. It decides
//! nothing.
//!
//! ```
//! use vpcdns::Emulator;
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let emulator = Emulator::builder().lab("lab09-1").client("CloudNeta-Private-EC2").start().await?;
//! let service = "cloudformation.ap-northeast-2.amazonaws.com";
//! println!("dig @{} -p {} {service}", emulator.dns().ip(), emulator.dns().port());
//!
//! let before = emulator.explain(service, "A", "CloudNeta-Private-EC2")?;
//! assert_eq!(before.verdict.text(), "PRIVATE");
//!
//! emulator.change("ModifyVpcEndpoint: {VpcEndpointId: CloudFormation, PrivateDnsEnabled: false}")?;
//! let after = emulator.explain(service, "A", "CloudNeta-Private-EC2")?;
//! assert_eq!(after.verdict.text(), "PUBLIC");
//!
//! emulator.stop().await;
//! # Ok::<(), vpcdns::EmulatorError>(())
//! # }).unwrap();
//! ```

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

#[cfg(feature = "metadata")]
use tokio::task::JoinSet;

use crate::{
    dns,
    import::{
        Defaults, change,
        open::{self, Failure, Loaded},
        text::diagnostic::{Problem, Source},
        world, zone_file,
    },
    language::Language,
    model::{change::Change, name::Name, record::RecordType},
    resolve::{
        explain::{self, Explanation},
        places::{self, ClientError},
        public::PublicNames,
        question::Question,
        snapshot::Snapshot,
    },
    store::{CommitError, Live},
};
#[cfg(feature = "metadata")]
use crate::{imds, resolve::question::Asker};

/// An error of an [`Emulator`] or its [`Builder`].
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// A problem in a world, a public zone or the text of a Change.
    #[error("{0}")]
    Text(Failure),
    /// A client that does not exist.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A malformed name or an unknown type.
    #[error("`{text}`: {reason}")]
    Question {
        /// The text that was given.
        text: String,
        /// The reason.
        reason: String,
    },
    /// AWS would refuse the Change.
    #[error(transparent)]
    Refused(#[from] CommitError),
    /// No port of loopback could be bound.
    #[error(transparent)]
    Dns(#[from] dns::BindError),
    /// No port of loopback could be bound for metadata.
    #[cfg(feature = "metadata")]
    #[error("cannot listen for instance metadata: {0}")]
    Metadata(#[source] std::io::Error),
}

/// A world to load.
#[derive(Clone, Debug)]
enum Wanted {
    /// The name of a built-in world, LAB@STEP, or the path of a file.
    Named(String),
    /// The text of a world file.
    Yaml(String),
}

/// The configuration of an emulator; see [`Emulator::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    worlds: Vec<Wanted>,
    zones: Vec<String>,
    client: Option<String>,
    listeners: Vec<String>,
    defaults: Defaults,
}

impl Builder {
    /// Loads a built-in lab with all its steps done, or up to one step: `lab09-1@base`.
    pub fn lab(self, name: impl Into<String>) -> Self {
        self.world(name)
    }

    /// Loads a built-in world or a file. Several calls merge their worlds.
    pub fn world(mut self, name: impl Into<String>) -> Self {
        self.worlds.push(Wanted::Named(name.into()));
        self
    }

    /// Loads the text of a world file.
    pub fn yaml(mut self, text: impl Into<String>) -> Self {
        self.worlds.push(Wanted::Yaml(text.into()));
        self
    }

    /// Adds a zone to public DNS, from the text of a zone file (RFC 1035).
    pub fn public_zone(mut self, text: impl Into<String>) -> Self {
        self.zones.push(text.into());
        self
    }

    /// Sets the client that asks at [`Emulator::dns`]: an instance, subnet or VPC by name or id, or `internet`. The
    /// default is the world's default client.
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.client = Some(client.into());
        self
    }

    /// Adds another client. It gets its own DNS address, [`Emulator::dns_of`]. An instance also gets its metadata
    /// service, `Emulator::metadata_of` (feature `metadata`). May be called again.
    pub fn also_for(mut self, client: impl Into<String>) -> Self {
        self.listeners.push(client.into());
        self
    }

    /// Sets the region and account for files that name none.
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// Reads the worlds, binds free ports of 127.0.0.1 and starts to answer. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// If a world has problems, a client does not exist, or no port can be bound.
    pub async fn start(self) -> Result<Emulator, EmulatorError> {
        let snapshot = self.snapshot()?;
        let first = match &self.client {
            Some(client) => places::client(&snapshot, client)?,
            None => snapshot.default_asker(),
        };
        let mut clients = vec![(self.client.unwrap_or_default(), first)];
        for client in self.listeners {
            let asker = places::client(&snapshot, &client)?;
            clients.push((client, asker));
        }
        let live = Live::new(snapshot);
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listeners =
            clients.iter().map(|(_, asker)| dns::Listener::plain(any_port, Some(*asker))).collect();
        let bound =
            dns::bind(dns::Config { listeners, explain_txt: true, ..dns::Config::default() })?;
        #[cfg(feature = "metadata")]
        let metadata = Metadata::of(&live, &clients).await?;
        let doors = clients
            .into_iter()
            .zip(bound.addresses())
            .map(|((client, _), dns)| Door { client, dns })
            .collect();
        let answering = bound.serve(live.cell());
        Ok(Emulator {
            live,
            doors,
            answering,
            #[cfg(feature = "metadata")]
            metadata,
        })
    }

    fn snapshot(&self) -> Result<Snapshot, EmulatorError> {
        let mut loaded: Vec<Loaded> = Vec::new();
        for world in &self.worlds {
            loaded.push(match world {
                Wanted::Named(name) => {
                    open::open(name, &self.defaults).map_err(EmulatorError::Text)?
                }
                Wanted::Yaml(text) => {
                    let source = Source { name: "yaml".to_owned(), text: text.clone() };
                    let read = world::load(&source, &self.defaults);
                    read.map_err(|problems| text_error(source, problems))?
                }
            });
        }
        let world = open::merge(loaded).map_err(EmulatorError::Text)?.world;
        let mut public = PublicNames::default();
        let given = self
            .zones
            .iter()
            .map(|text| Source { name: "public zone".to_owned(), text: text.clone() });
        for source in zone_file::builtin().into_iter().chain(given) {
            let zone = zone_file::parse_zone(&source, None)
                .map_err(|problems| text_error(source, problems))?;
            public.zones.insert(zone.origin.clone(), zone);
        }
        Ok(Snapshot::new(world, Arc::new(public)))
    }
}

fn text_error(source: Source, problems: Vec<Problem>) -> EmulatorError {
    EmulatorError::Text(Failure::of(&Arc::new(source), problems))
}

/// The addresses of one client.
#[derive(Debug)]
struct Door {
    client: String,
    dns: SocketAddr,
}

/// The metadata services of the clients that are instances. Dropping this value stops them.
#[cfg(feature = "metadata")]
struct Metadata {
    addresses: Vec<(String, SocketAddr)>,
    _services: JoinSet<()>,
}

#[cfg(feature = "metadata")]
impl Metadata {
    async fn of(live: &Live, clients: &[(String, Asker)]) -> Result<Self, EmulatorError> {
        let mut addresses = Vec::new();
        let mut services = JoinSet::new();
        let common = imds::Common::default();
        for (client, asker) in clients {
            if !matches!(asker, Asker::Instance(..)) {
                continue;
            }
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let listener = imds::Listener { address, view: Some(*asker) };
            let bound = imds::bind(listener).await.map_err(EmulatorError::Metadata)?;
            let address = bound.address().map_err(EmulatorError::Metadata)?;
            addresses.push((client.clone(), address));
            let serving = bound.serve(live.cell(), common.clone(), std::future::pending());
            services.spawn(async move {
                if let Err(error) = serving.await {
                    tracing::error!(%error, "the metadata service ended");
                }
            });
        }
        Ok(Self { addresses, _services: services })
    }
}

/// A running resolver. It ends when it is stopped or dropped.
#[must_use = "it ends when it is dropped"]
pub struct Emulator {
    live: Live,
    doors: Vec<Door>,
    answering: dns::Running,
    #[cfg(feature = "metadata")]
    metadata: Metadata,
}

impl Emulator {
    /// Begins a configuration. Without a world, the World is empty: public names have answers, and nothing is private.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address for DNS over UDP and TCP. A question here comes from the builder's client.
    pub fn dns(&self) -> SocketAddr {
        self.doors.first().map_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), |door| door.dns)
    }

    /// The DNS address of another client, named by the same text as in [`Builder::also_for`].
    pub fn dns_of(&self, client: &str) -> Option<SocketAddr> {
        self.doors.iter().find(|door| door.client == client).map(|door| door.dns)
    }

    /// The address of an instance's metadata service, by the same text as in [`Builder::also_for`]. Feature `metadata`.
    #[cfg(feature = "metadata")]
    pub fn metadata_of(&self, client: &str) -> Option<SocketAddr> {
        let of = self.metadata.addresses.iter().find(|(name, _)| name == client);
        of.map(|(_, address)| *address)
    }

    /// The current World, compiled.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.live.snapshot()
    }

    /// Applies Changes together: a later question sees all of them.
    ///
    /// # Errors
    ///
    /// AWS's refusal of the first Change that is refused. Then no Change is applied.
    pub fn apply(&self, changes: &[Change]) -> Result<(), EmulatorError> {
        self.live.commit(changes)?;
        Ok(())
    }

    /// Applies Changes written in the form of the AWS CLI's input, as in a lab's step: `DeleteVpc: {VpcId: NAME}`.
    ///
    /// # Errors
    ///
    /// If the text has problems or AWS would refuse a Change.
    pub fn change(&self, text: &str) -> Result<(), EmulatorError> {
        let source = Source { name: "change".to_owned(), text: text.to_owned() };
        let changes = change::parse_changes(&source, &self.live.snapshot().world)
            .map_err(|problems| text_error(source, problems))?;
        self.apply(&changes)
    }

    /// Explains why a name has its answer at a client, and the way of the traffic.
    ///
    /// # Errors
    ///
    /// If the name is malformed, the type is unknown, or the client does not exist.
    pub fn explain(
        &self,
        name: &str,
        rtype: &str,
        from: &str,
    ) -> Result<Explanation, EmulatorError> {
        let wrong =
            |text: &str, reason: String| EmulatorError::Question { text: text.to_owned(), reason };
        let snapshot = self.live.snapshot();
        let asker = places::client(&snapshot, from)?;
        let parsed = Name::parse(name).map_err(|error| wrong(name, error.to_string()))?;
        let rtype: RecordType = rtype.parse().map_err(|error| wrong(rtype, format!("{error}")))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let question = Question::asked(parsed.as_ref(), rtype, asker, now);
        Ok(explain::explain(&snapshot, &question, Language::English))
    }

    /// Stops the resolver. Waits for its threads, at most a second.
    pub async fn stop(self) {
        self.answering.stop().await;
    }
}

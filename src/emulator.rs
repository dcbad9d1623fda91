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

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// A world, a public zone or the text of a Change has problems.
    #[error("{0}")]
    Text(Failure),
    /// A client's name means nothing.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A name or type that is not one.
    #[error("`{text}`: {reason}")]
    Question {
        /// What was given.
        text: String,
        /// What is wrong with it.
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

/// A world that was asked for.
#[derive(Clone, Debug)]
enum Wanted {
    /// A built-in world, LAB@STEP or a file's path.
    Named(String),
    /// The text of a world file.
    Yaml(String),
}

/// Says what to start; see [`Emulator::builder`].
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
    /// A built-in lab with all its steps done, or up to one: `lab09-1@base`.
    pub fn lab(self, name: impl Into<String>) -> Self {
        self.world(name)
    }

    /// A built-in world, or a file; with several they are merged.
    pub fn world(mut self, name: impl Into<String>) -> Self {
        self.worlds.push(Wanted::Named(name.into()));
        self
    }

    /// The text of a world file.
    pub fn yaml(mut self, text: impl Into<String>) -> Self {
        self.worlds.push(Wanted::Yaml(text.into()));
        self
    }

    /// The text of a zone file that the internet answers (RFC 1035).
    pub fn public_zone(mut self, text: impl Into<String>) -> Self {
        self.zones.push(text.into());
        self
    }

    /// Who asks at [`Emulator::dns`]: an instance, subnet or VPC by name or id, or `internet`. Without it, the world's
    /// default client.
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.client = Some(client.into());
        self
    }

    /// Another client that gets an address of its own, [`Emulator::dns_of`], and if it is an instance its metadata
    /// service, `Emulator::metadata_of` (feature `metadata`). May be repeated.
    pub fn also_for(mut self, client: impl Into<String>) -> Self {
        self.listeners.push(client.into());
        self
    }

    /// The region and account of files that name none.
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// Reads the worlds, binds free ports of 127.0.0.1 and answers. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// Problems of the worlds, a client that means nothing, or a port that cannot be bound.
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
        let listeners = clients
            .iter()
            .map(|(_, asker)| dns::Listener { address: any_port, view: Some(*asker) })
            .collect();
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

/// The metadata services of the clients that are instances; they end with it.
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

/// A running resolver; it ends when it is stopped or dropped.
#[must_use = "it ends when it is dropped"]
pub struct Emulator {
    live: Live,
    doors: Vec<Door>,
    answering: dns::Running,
    #[cfg(feature = "metadata")]
    metadata: Metadata,
}

impl Emulator {
    /// Begins to say what to start. With no world it is empty: public names answer, and nothing is private.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where DNS is asked, over UDP and TCP, as the builder's client.
    pub fn dns(&self) -> SocketAddr {
        self.doors.first().map_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), |door| door.dns)
    }

    /// Where DNS is asked as a client that was named to the builder, by the same text.
    pub fn dns_of(&self, client: &str) -> Option<SocketAddr> {
        self.doors.iter().find(|door| door.client == client).map(|door| door.dns)
    }

    /// Where an instance that was named to the builder finds its metadata service. Feature `metadata`.
    #[cfg(feature = "metadata")]
    pub fn metadata_of(&self, client: &str) -> Option<SocketAddr> {
        let of = self.metadata.addresses.iter().find(|(name, _)| name == client);
        of.map(|(_, address)| *address)
    }

    /// The World as it is now, compiled.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.live.snapshot()
    }

    /// Applies Changes as one. Every question asked afterwards sees all of them.
    ///
    /// # Errors
    ///
    /// AWS's refusal of the first that is refused; then none is applied.
    pub fn apply(&self, changes: &[Change]) -> Result<(), EmulatorError> {
        self.live.commit(changes)?;
        Ok(())
    }

    /// Applies Changes written in the form of the AWS CLI's input, as in a lab's step: `DeleteVpc: {VpcId: NAME}`.
    ///
    /// # Errors
    ///
    /// Problems of the text, or AWS's refusal.
    pub fn change(&self, text: &str) -> Result<(), EmulatorError> {
        let source = Source { name: "change".to_owned(), text: text.to_owned() };
        let changes = change::parse_changes(&source, &self.live.snapshot().world)
            .map_err(|problems| text_error(source, problems))?;
        self.apply(&changes)
    }

    /// Why a name gives its answer to a client, and which way the traffic then goes.
    ///
    /// # Errors
    ///
    /// A name, type or client that is not one.
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
        Ok(explain::explain(&snapshot, &question))
    }

    /// Ends it and waits for its threads, at most a second.
    pub async fn stop(self) {
        self.answering.stop().await;
    }
}

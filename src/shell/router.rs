//! The router: takes each packet of the instance, and answers it as the World does, or not at all.
//!
//! All packets come here, because every route of the instance leads to the cable. What answers where is decided for each
//! echo, datagram and new connection, from the World as it is then. A connection that is open stays open.

use std::{
    collections::HashMap,
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use nix::sys::socket::LinkAddr;
use tokio::{
    io::DuplexStream,
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};

use super::{
    cable::Cable,
    connections::Connections,
    greeting,
    names::Names,
    packet::{self, Content, Seen},
    source::Source,
    stream_dns,
};
use crate::{
    ask::Transport,
    imds,
    resolve::{
        question::Asker,
        reach::{Reach, reach},
        snapshot::Snapshot,
    },
};

/// The resolver's link-local addresses (R1).
const RESOLVER_V4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
const RESOLVER_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);

const DNS: u16 = 53;
const HTTP: u16 = 80;
/// The ports on which services answer.
const SERVICES: [u16; 2] = [80, 443];

/// The most DNS questions over UDP that wait for an answer.
const QUESTIONS: usize = 256;
/// The longest that a connection may last.
const LONGEST: Duration = Duration::from_secs(60);
/// How long to sleep where nothing has a time.
const LONG: Duration = Duration::from_secs(3_600);

/// A packet to send, and to whom.
type Reply = (Vec<u8>, LinkAddr);

/// The router of one instance.
pub(super) struct Router {
    cable: Cable,
    connections: Connections,
    /// The interface from which each of the instance's addresses sent.
    links: HashMap<IpAddr, LinkAddr>,
    addresses: Vec<IpAddr>,
    services: Services,
    replies: (mpsc::Sender<Reply>, mpsc::Receiver<Reply>),
    questions: Arc<Semaphore>,
}

/// What the router's answers are made of.
pub(super) struct Services {
    /// The World and its resolver.
    pub(super) source: Arc<dyn Source>,
    /// The instance.
    pub(super) asker: Asker,
    /// Where connections to the metadata service go.
    pub(super) metadata: mpsc::Sender<(DuplexStream, imds::Ends)>,
    /// What the resolver told the instance.
    pub(super) names: Arc<Names>,
}

/// What a packet's address is.
enum Place {
    Resolver,
    Metadata,
    Reached(Reach),
    Silent,
}

impl Router {
    /// A router at a cable, for an instance with these addresses.
    pub(super) fn new(cable: Cable, addresses: Vec<IpAddr>, services: Services, seed: u64) -> Self {
        Self {
            cable,
            connections: Connections::new(seed),
            links: HashMap::new(),
            addresses,
            services,
            replies: mpsc::channel(QUESTIONS),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
        }
    }

    /// Answers until the cable fails.
    pub(super) async fn run(mut self) -> io::Result<()> {
        loop {
            let delay = self.connections.delay().unwrap_or(LONG);
            tokio::select! {
                received = self.cable.receive() => {
                    let (packet, link) = received?;
                    if let Some(link) = link {
                        let packet = packet.to_vec();
                        self.take(&packet, link).await;
                    }
                }
                Some((packet, link)) = self.replies.1.recv() => self.cable.send(&packet, &link),
                () = poll_fn(|context| self.connections.poll_move(context)) => {
                    self.connections.work();
                }
                () = sleep(delay) => self.connections.work(),
            }
            while let Some(packet) = self.connections.next() {
                let link = packet::read(&packet).and_then(|seen| self.links.get(&seen.to));
                if let Some(link) = link {
                    self.cable.send(&packet, link);
                }
            }
        }
    }

    async fn take(&mut self, packet: &[u8], link: LinkAddr) {
        let Some(seen) = packet::read(packet) else { return };
        // Others cannot send from here: what has another source is not the instance's.
        if !self.addresses.contains(&seen.from) {
            return;
        }
        self.links.insert(seen.from, link);
        if let Content::Tcp { from, to, opens } = seen.content {
            let ends = (SocketAddr::new(seen.from, from), SocketAddr::new(seen.to, to));
            if self.connections.knows(ends.0, ends.1) {
                self.connections.take(packet);
                return;
            }
            if !opens {
                return;
            }
        }
        let snapshot = self.services.source.current().await;
        let place = self.services.place(&snapshot, seen.to);
        if let Place::Reached(reach) = &place
            && let Some(station) = reach.stations.get(usize::from(seen.ttl.saturating_sub(1)))
        {
            self.send(packet::time_exceeded(*station, packet), &link);
            return;
        }
        match seen.content {
            Content::Tcp { from, to, .. } => self.open(packet, &seen, (from, to), place),
            Content::Udp { from, to, data } => {
                self.datagram(packet, &seen, (from, to), data, &place, link);
            }
            Content::Echo { ident, number, data } => {
                if let (
                    Place::Reached(Reach { echoes: true, .. }),
                    IpAddr::V4(from),
                    IpAddr::V4(to),
                ) = (&place, seen.from, seen.to)
                {
                    let reply = packet::echo_reply(to, from, (ident, number), data);
                    self.send(Some(reply), &link);
                }
            }
        }
    }

    fn send(&self, packet: Option<Vec<u8>>, link: &LinkAddr) {
        if let Some(packet) = packet {
            self.cable.send(&packet, link);
        }
    }

    /// Accepts a connection and serves it, refuses it, or stays silent.
    fn open(&mut self, packet: &[u8], seen: &Seen<'_>, (from, to): (u16, u16), place: Place) {
        let client = SocketAddr::new(seen.from, from);
        let server = SocketAddr::new(seen.to, to);
        let serves = match &place {
            Place::Resolver => to == DNS,
            Place::Metadata => to == HTTP,
            Place::Reached(_) => SERVICES.contains(&to),
            Place::Silent => false,
        };
        if !serves {
            if matches!(&place, Place::Reached(reach) if reach.refuses) {
                // A segment of no connection is refused.
                self.connections.take(packet);
            }
            return;
        }
        let Some(stream) = self.connections.accept(client, server) else { return };
        self.services.serve(stream, client, server, place);
        self.connections.take(packet);
    }

    fn datagram(
        &self,
        packet: &[u8],
        seen: &Seen<'_>,
        (from, to): (u16, u16),
        data: &[u8],
        place: &Place,
        link: LinkAddr,
    ) {
        match place {
            Place::Resolver if to == DNS => {
                let Ok(slot) = Arc::clone(&self.questions).try_acquire_owned() else { return };
                let client = SocketAddr::new(seen.from, from);
                let server = seen.to;
                let answer = self.services.source.ask().ask(data, client, Transport::DATAGRAM);
                let (names, replies) = (Arc::clone(&self.services.names), self.replies.0.clone());
                tokio::spawn(async move {
                    let _slot = slot;
                    let Some(reply) = answer.await else { return };
                    names.learn(&reply);
                    let ends = ((server, DNS), (client.ip(), client.port()));
                    if let Some(packet) = packet::udp(ends.0, ends.1, &reply) {
                        // The receiver ends with the router.
                        let _ = replies.send((packet, link)).await;
                    }
                });
            }
            // The port's number stands for itself: nobody listens there (traceroute).
            Place::Reached(reach) if reach.echoes => {
                self.send(packet::port_unreachable(packet), &link);
            }
            _ => {}
        }
    }
}

impl Services {
    fn place(&self, snapshot: &Snapshot, address: IpAddr) -> Place {
        let vpc = self.asker.vpc().and_then(|vpc| snapshot.world.vpcs.get(&vpc));
        let own = vpc.and_then(|vpc| vpc.resolver());
        match address {
            IpAddr::V4(RESOLVER_V4) | IpAddr::V6(RESOLVER_V6) => Place::Resolver,
            IpAddr::V4(imds::V4) => Place::Metadata,
            IpAddr::V6(imds::V6) if self.metadata_v6(snapshot) => Place::Metadata,
            IpAddr::V4(address) if Some(address) == own => Place::Resolver,
            IpAddr::V4(address) => {
                let name = self.names.of(address);
                let found = reach(snapshot, self.asker, address, name.as_ref());
                found.map_or(Place::Silent, Place::Reached)
            }
            // Ways are known for IPv4 only.
            IpAddr::V6(_) => Place::Silent,
        }
    }

    /// Whether the instance's metadata service has its IPv6 address.
    fn metadata_v6(&self, snapshot: &Snapshot) -> bool {
        match self.asker {
            Asker::Instance(_, _, id) => snapshot.world.guest(id).options.ipv6,
            _ => false,
        }
    }

    fn serve(&self, stream: DuplexStream, client: SocketAddr, server: SocketAddr, place: Place) {
        match place {
            Place::Resolver => {
                let (ask, names) = (self.source.ask(), Arc::clone(&self.names));
                tokio::spawn(timeout(LONGEST, stream_dns::serve(stream, client, ask, names)));
            }
            Place::Metadata => {
                // Full: the stream is dropped, and so the connection closed.
                let _ = self.metadata.try_send((stream, imds::Ends { client, local: server }));
            }
            Place::Reached(reach) => {
                tokio::spawn(timeout(LONGEST, async move {
                    greeting::serve(stream, &reach.greeting).await
                }));
            }
            Place::Silent => {}
        }
    }
}

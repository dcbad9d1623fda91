//! One question to other servers over the wire: UDP, and TCP after truncation.
//!
//! Messages are hickory's, and so is TCP. The UDP side is ours: hickory's client socket is not connected, so it never hears
//! that a port is closed, and it knows nothing of a server's health, round trip or queue (`upstream.rs`).
//!
//! Each question to a server has a connected socket of its own, with a port the kernel picks and a random id (RFC 5452
//! section 9.2). The kernel drops what comes from elsewhere and reports ICMP errors at once. Sockets kept in a pool would
//! save a few microseconds and show an attacker the same ports for long. A server's window and slots bound how many
//! there are. A packet is sent again from the same socket, so that a late reply to the first one counts.
//!
//! A reply is taken as it stands: nothing is followed and nothing kept. No Client Subnet and no cookie goes out.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use hickory_resolver::{
    net::{
        DnsHandle, NetError, runtime::TokioRuntimeProvider, tcp::TcpClientStream, xfer::FirstAnswer,
    },
    proto::{
        op::{DnsRequest, DnsRequestOptions, Message, MessageType, OpCode, Query, ResponseCode},
        rr::RecordType as HickoryType,
    },
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::UdpSocket,
    time::{Instant, sleep_until, timeout},
};

use super::{
    forward::Unheard,
    loops::Watched,
    upstream::{Closed, Leave, Upstream, longer},
};
use crate::seen::Health;

/// The EDNS payload size we announce: what passes any network whole (DNS flag day 2020).
const PAYLOAD: u16 = 1_232;
/// The buffer for a reply, large enough for a server that ignores the announced size.
const ROOM: usize = 4_096;
/// How long TCP may take, from the connection to the reply.
const STREAM: Duration = Duration::from_millis(1_500);
/// The timeout of a background probe of a server.
const PROBE: Duration = Duration::from_secs(1);

/// Asks the servers one after the other until one gives a usable answer, positive or negative. If a server fails or is
/// late, the next one is asked at once. A late server may still answer.
///
/// # Errors
///
/// If nobody answers until then.
pub(super) async fn look_up(
    servers: &[Arc<Upstream>],
    query: &Query,
    until: Instant,
    watched: &Watched,
) -> Result<Message, Unheard> {
    let mut order = servers.to_vec();
    order.sort_by_key(|server| server.health() != Health::Up);
    let alone = order.len() == 1;
    let mut order = order.into_iter();
    let mut out = FuturesUnordered::new();
    let mut why = Unheard::Failed;
    let end = sleep_until(until);
    tokio::pin!(end);
    loop {
        if out.is_empty() {
            let Some(server) = order.next() else { return Err(why) };
            out.push(Exchange::new(server, query, alone).next());
        }
        let (exchange, event) = tokio::select! {
            next = out.next() => match next {
                Some(next) => next,
                None => continue,
            },
            () = &mut end => return Err(why),
        };
        let next = match event {
            Event::Reply(reply) => match problem(&reply) {
                None => {
                    order.for_each(|server| server.wanted(query));
                    return Ok(reply);
                }
                Some(problem) => {
                    let server = exchange.server.address;
                    tracing::debug!(%server, problem, %query, "an upstream server does not answer");
                    order.next()
                }
            },
            Event::Late => {
                watched.late(&exchange.server);
                out.push(exchange.next());
                order.next()
            }
            Event::Over(over) => {
                if over != Unheard::Failed {
                    why = over;
                }
                order.next()
            }
        };
        if let Some(server) = next {
            out.push(Exchange::new(server, query, alone).next());
        }
    }
}

/// Asks a server once, to hear whether it answers.
pub(super) async fn probe(server: &Arc<Upstream>, query: &Query) {
    let mut exchange = Exchange::new(Arc::clone(server), query, false);
    // Nothing is heard in time, or the server knows already.
    let _ = timeout(PROBE, async {
        if exchange.open().is_ok() && exchange.receive().await.is_ok() {
            server.heard(None);
        }
    })
    .await;
}

/// What is wrong with a reply; `None` if it answers.
fn problem(reply: &Message) -> Option<&'static str> {
    let meta = &reply.metadata;
    let empty = reply.answers.is_empty();
    let holds = |rtype| reply.authorities.iter().any(|record| record.record_type() == rtype);
    match meta.response_code {
        ResponseCode::NXDomain => None,
        ResponseCode::NoError if !empty || holds(HickoryType::SOA) => None,
        // It points at others: it does not look for answers itself (RFC 2308 section 2.2).
        ResponseCode::NoError if holds(HickoryType::NS) => Some("a referral"),
        ResponseCode::NoError if !meta.authoritative && !meta.recursion_available => {
            Some("lame: the server is neither authoritative for the name nor a resolver")
        }
        ResponseCode::NoError => None,
        ResponseCode::Refused => Some("REFUSED"),
        ResponseCode::ServFail => Some("SERVFAIL"),
        ResponseCode::FormErr => Some("FORMERR"),
        ResponseCode::NotImp => Some("NOTIMP"),
        _ => Some("another code"),
    }
}

/// The result of a question to a server.
enum Event {
    /// The server replied.
    Reply(Message),
    /// The server has not replied within its usual round trip. A later reply still counts.
    Late,
    /// Nothing more comes.
    Over(Unheard),
}

/// A question at one server.
struct Exchange {
    server: Arc<Upstream>,
    query: Query,
    /// Whether no other server can be asked.
    alone: bool,
    leave: Option<Leave>,
    trial: bool,
    edns: bool,
    open: Option<Open>,
    wait: Duration,
    lates: u32,
}

/// What was sent.
struct Open {
    socket: UdpSocket,
    packet: Vec<u8>,
    /// When it was sent first, and last.
    first: Instant,
    last: Instant,
}

impl Exchange {
    fn new(server: Arc<Upstream>, query: &Query, alone: bool) -> Self {
        server.wanted(query);
        Self {
            edns: server.knows_edns(),
            wait: server.wait(),
            query: query.clone(),
            leave: None,
            trial: false,
            open: None,
            lates: 0,
            alone,
            server,
        }
    }

    /// Waits for the next event.
    async fn next(mut self) -> (Self, Event) {
        let server = Arc::clone(&self.server);
        let looped = server.looped.notified();
        let event = tokio::select! {
            event = self.step() => event,
            () = looped => Event::Over(Unheard::Loop),
        };
        (self, event)
    }

    async fn step(&mut self) -> Event {
        if let Err(over) = self.send().await {
            return Event::Over(over);
        }
        loop {
            let reply = match timeout(self.spread_wait(), self.receive()).await {
                Ok(Ok(reply)) => reply,
                Ok(Err(error)) => return Event::Over(self.refused(&error)),
                Err(_) => return self.late(),
            };
            let first = self.open.as_ref().map(|open| open.first.elapsed());
            self.server.heard(first);
            self.leave = None;
            let code = reply.metadata.response_code;
            self.server.counters.replied(code);
            // Who does not know EDNS puts no OPT record into the reply (RFC 6891 section 7).
            if self.edns
                && matches!(code, ResponseCode::FormErr | ResponseCode::NotImp)
                && reply.edns.is_none()
            {
                self.edns = false;
                self.server.knows_no_edns();
                match self.open() {
                    Ok(()) => continue,
                    Err(error) => return Event::Over(self.refused(&error)),
                }
            }
            if reply.metadata.truncation {
                return self.over_tcp().await;
            }
            return Event::Reply(reply);
        }
    }

    /// Sends the question, for the first time or again.
    async fn send(&mut self) -> Result<(), Unheard> {
        // Another server is asked while this one is late for the first time.
        if let Some(open) = &mut self.open {
            if self.server.closed().is_some() {
                return Err(Unheard::Loop);
            }
            if self.alone || self.lates > 1 {
                open.last = Instant::now();
                let sent = open.socket.send(&open.packet).await;
                return sent.map(|_| ()).map_err(|error| self.refused(&error));
            }
            return Ok(());
        }
        let leave = self.server.admit().await.map_err(|closed| match closed {
            Closed::Loop => Unheard::Loop,
            Closed::Down => Unheard::Failed,
        })?;
        self.server.counters.sent.fetch_add(1, Ordering::Relaxed);
        self.trial = leave.trial;
        self.leave = Some(leave);
        self.wait = self.server.wait();
        self.open().map_err(|error| self.refused(&error))
    }

    /// Opens a socket and sends the question from it.
    fn open(&mut self) -> io::Result<()> {
        let mut packet = request(&self.query, self.edns).into_parts().0;
        packet.metadata.recursion_desired = true;
        let packet = packet.to_vec().map_err(io::Error::other)?;
        let socket = connect(self.server.address)?;
        socket.send(&packet)?;
        let socket = UdpSocket::from_std(socket.into())?;
        let now = Instant::now();
        self.open = Some(Open { socket, packet, first: now, last: now });
        Ok(())
    }

    /// The next packet with the question's id. Packets with other ids are ignored, because they may be forged. A packet
    /// with the id that does not answer the question is an error. It is not a forgery: an attacker who guessed port and
    /// id would have sent a matching question.
    async fn receive(&self) -> io::Result<Message> {
        let Some(open) = &self.open else { return Err(io::ErrorKind::NotConnected.into()) };
        let mut buffer = vec![0; ROOM];
        loop {
            let length = open.socket.recv(&mut buffer).await?;
            let packet = buffer.get(..length).unwrap_or_default();
            if packet.get(..2) != open.packet.get(..2) {
                continue;
            }
            // It lives, whatever it says.
            self.server.heard(None);
            let reply = Message::from_vec(packet).map_err(io::Error::other)?;
            let meta = &reply.metadata;
            // A server that could not read the question may leave it out.
            let unread = matches!(
                meta.response_code,
                ResponseCode::FormErr | ResponseCode::NotImp | ResponseCode::ServFail
            );
            let same = reply.queries == [self.query.clone()];
            if meta.message_type != MessageType::Response
                || meta.op_code != OpCode::Query
                || !(same || (unread && reply.queries.is_empty()))
            {
                return Err(io::Error::other("the reply is to another question"));
            }
            return Ok(reply);
        }
    }

    /// The wait, changed at random by up to a quarter, so that questions sent together are not all resent together. The
    /// random id decides.
    fn spread_wait(&self) -> Duration {
        let id = self.open.as_ref().and_then(|open| open.packet.first_chunk::<2>());
        let id = id.map_or(u16::MAX / 2, |id| u16::from_be_bytes(*id));
        self.wait.mul_f64(0.75 + 0.5 * f64::from(id) / f64::from(u16::MAX))
    }

    /// A wait ended.
    fn late(&mut self) -> Event {
        // The window is for others now. What is late is bounded by the server's slots.
        self.leave = None;
        self.server.counters.timeouts.fetch_add(1, Ordering::Relaxed);
        if let Some(open) = &self.open {
            self.server.late(open.last, &self.query);
        }
        if self.trial {
            return Event::Over(Unheard::Failed);
        }
        self.lates += 1;
        self.wait = longer(self.wait);
        Event::Late
    }

    /// What an error means for the server, and for the question.
    fn refused(&self, error: &io::Error) -> Unheard {
        let server = self.server.address;
        self.server.counters.failures.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(%server, %error, query = %self.query, "an upstream server failed");
        match error.kind() {
            // The server's message, or nothing, was at fault; its address is not.
            io::ErrorKind::Other | io::ErrorKind::NotConnected => Unheard::Failed,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::AddrNotAvailable => {
                self.server.refused(&self.query);
                Unheard::Failed
            }
            // Such as too many open files.
            _ => Unheard::Busy,
        }
    }

    async fn over_tcp(&mut self) -> Event {
        let server = self.server.address;
        self.server.counters.over_tcp.fetch_add(1, Ordering::Relaxed);
        let Some(_stream) = self.server.stream().await else { return Event::Over(Unheard::Busy) };
        let asked = timeout(STREAM, tcp(server, request(&self.query, self.edns))).await;
        match asked {
            Ok(Ok(reply)) if reply.queries == [self.query.clone()] => Event::Reply(reply),
            Ok(Ok(_)) => Event::Over(Unheard::Failed),
            Ok(Err(error)) => {
                tracing::debug!(%server, %error, "an upstream server failed over TCP");
                Event::Over(Unheard::Failed)
            }
            Err(_) => Event::Over(Unheard::Failed),
        }
    }
}

fn request(query: &Query, edns: bool) -> DnsRequest {
    let mut options = DnsRequestOptions::default();
    options.use_edns = edns;
    options.edns_payload_len = PAYLOAD;
    DnsRequest::from_query(query.clone(), options)
}

async fn tcp(server: SocketAddr, request: DnsRequest) -> Result<Message, NetError> {
    // The stream's task ends with the last copy of the provider.
    let provider = TokioRuntimeProvider::default();
    let stream = TcpClientStream::exchange(server, None, STREAM, None, provider.clone()).await?;
    Ok(stream.send(request).first_answer().await?.into_message())
}

/// A socket connected to this server, on a random port that the kernel picks.
fn connect(server: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.connect(&server.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests;

//! UDP: threads that read datagrams, answer them and send the replies.
//!
//! Each worker has a socket of its own; the kernel spreads clients over them. The loop here takes one datagram at a
//! time and runs on every system; on Linux `batch.rs` takes as many as wait.

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{
    front::Front,
    moment::Moment,
    pending::{Pending, When},
    pulse::Turns,
    seeds::Seeds,
};
use crate::ask::Transport;

/// How long a worker waits for a datagram before it looks whether it should stop, where nothing wakes it.
pub(super) const WAIT: Duration = Duration::from_millis(200);
/// The pause after a socket error, because such an error may last.
const REST: Duration = Duration::from_millis(20);
/// The largest datagram.
pub(super) const LARGEST: usize = 65_535;

/// How datagrams are read and sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Io {
    /// Reads all waiting datagrams in one system call where the system can; else like [`Io::Portable`].
    #[default]
    Batched,
    /// One datagram in each system call, through the standard library.
    Portable,
}

/// Who sent a datagram, and to which of this host's addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Client {
    /// Its address.
    pub(super) source: SocketAddr,
    /// The address it asked, from which the reply leaves; `None` where the socket is bound to one, or the system does
    /// not tell.
    pub(super) asked: Option<IpAddr>,
}

/// One worker of a listener.
pub(super) struct Worker {
    /// Its socket.
    pub(super) socket: Arc<UdpSocket>,
    /// What the listener knows.
    pub(super) front: Arc<Front>,
    /// Set when the server stops.
    pub(super) stop: Arc<AtomicBool>,
    /// Its number among the workers of all listeners.
    pub(super) number: u32,
    /// Which loop it runs.
    pub(super) io: Io,
    /// Counts the turns of the loop.
    pub(super) turns: Turns,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn start(self) -> io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name(format!("dns-udp-{}", self.number)).spawn(move || {
            match self.io {
                #[cfg(target_os = "linux")]
                Io::Batched => super::batch::run(&self),
                _ => self.run(),
            }
        })
    }

    fn run(&self) {
        if let Err(error) = self.socket.set_read_timeout(Some(WAIT)) {
            tracing::warn!(%error, "a UDP worker may not notice when it should stop");
        }
        let mut packet = vec![0; LARGEST];
        let mut reply = Vec::with_capacity(4096);
        let mut seeds = Seeds::new(self.number);
        while !self.stopping() {
            match self.socket.recv_from(&mut packet) {
                Ok((length, source)) => {
                    self.turns.count();
                    let packet = packet.get(..length).unwrap_or_default();
                    let client = Client { source, asked: None };
                    let moment = Moment::of(&self.front);
                    let sends = self.answer(&moment, packet, client, seeds.next(), &mut reply);
                    drop(moment);
                    if sends {
                        send(&self.socket, &reply, client);
                    }
                }
                Err(error) => self.rest(&error),
            }
        }
    }

    /// Whether the server stops.
    pub(super) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Pauses after a socket error, unless it is only the end of a wait.
    pub(super) fn rest(&self, error: &io::Error) {
        if is_wait(error) {
            self.turns.count();
        } else if !self.stopping() {
            tracing::warn!(%error, "a UDP datagram could not be received");
            std::thread::sleep(REST);
        }
    }

    /// Puts the reply into `reply`; false if there is none to send now.
    pub(super) fn answer(
        &self,
        moment: &Moment<'_>,
        packet: &[u8],
        client: Client,
        seed: u32,
        reply: &mut Vec<u8>,
    ) -> bool {
        match moment.reply(packet, client.source, Transport::DATAGRAM, seed, reply) {
            When::Now => true,
            When::Never => false,
            When::Later(pending) => {
                self.wait(pending, client);
                false
            }
        }
    }

    /// Hands a reply that needs a delay or another server to the runtime, so that the thread does not wait.
    #[cold]
    fn wait(&self, pending: Box<Pending>, client: Client) {
        let shared = &self.front.shared;
        let (front, socket) = (Arc::clone(&self.front), Arc::clone(&self.socket));
        let mut stopped = shared.stopped.subscribe();
        shared.runtime.spawn(async move {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => {}
                reply = pending.reply(&front.shared) => if let Some(reply) = reply {
                    send(&socket, &reply, client);
                }
            }
            drop(socket);
            drop(stopped);
        });
    }
}

/// Sends one reply.
pub(super) fn send(socket: &UdpSocket, reply: &[u8], client: Client) {
    #[cfg(target_os = "linux")]
    let sent = super::batch::send_one(socket, reply, client);
    #[cfg(not(target_os = "linux"))]
    let sent = socket.send_to(reply, client.source).map(|_| ());
    report(&sent, client.source);
}

/// A forged source, such as port 0, cannot be answered; that is no reason to warn.
pub(super) fn report<T>(sent: &io::Result<T>, source: SocketAddr) {
    if let Err(error) = sent {
        tracing::debug!(%error, %source, "a UDP reply could not be sent");
    }
}

fn is_wait(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

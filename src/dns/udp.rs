//! UDP: threads that read a datagram, answer it and send the reply, one at a time.
//!
//! Each worker has a socket of its own; the kernel spreads clients over them. What is said is decided in `respond`.

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{
    forwarded::Job,
    respond::{Front, Transport, Verdict},
};

/// How long a worker waits for a datagram before it looks whether it should stop.
pub(super) const WAIT: Duration = Duration::from_millis(200);
/// How long it rests after an error of the socket, which may last.
const REST: Duration = Duration::from_millis(20);
/// The largest datagram.
const LARGEST: usize = 65_535;

/// One worker of a listener.
pub(super) struct Worker {
    /// Its socket, with [`WAIT`] as its read timeout.
    pub(super) socket: Arc<UdpSocket>,
    /// What the listener knows.
    pub(super) front: Arc<Front>,
    /// Set when the server stops.
    pub(super) stop: Arc<AtomicBool>,
    /// Its number among the workers of all listeners.
    pub(super) number: u32,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn start(self) -> io::Result<JoinHandle<()>> {
        std::thread::Builder::new()
            .name(format!("dns-udp-{}", self.number))
            .spawn(move || self.run())
    }

    fn run(self) {
        let mut packet = vec![0; LARGEST];
        let mut reply = Vec::with_capacity(4096);
        let mut seeds = Seeds::new(self.number);
        while !self.stop.load(Ordering::Relaxed) {
            match self.socket.recv_from(&mut packet) {
                Ok((length, source)) => {
                    let packet = packet.get(..length).unwrap_or_default();
                    self.answer(packet, source, seeds.next(), &mut reply);
                }
                Err(error) if is_wait(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a UDP datagram could not be received");
                    std::thread::sleep(REST);
                }
            }
        }
    }

    fn answer(&self, packet: &[u8], source: SocketAddr, seed: u32, reply: &mut Vec<u8>) {
        match self.front.reply(packet, source, Transport::Udp, seed, reply) {
            Verdict::Silence => return,
            Verdict::Forward(job) => return self.forward(*job, source),
            Verdict::Later(time, verdict) => return self.later(time, *verdict, source, reply),
            Verdict::Send => {}
        }
        // A forged source, such as port 0, cannot be answered; that is no reason to warn.
        if let Err(error) = self.socket.send_to(reply, source) {
            tracing::debug!(%error, %source, "a UDP reply could not be sent");
        }
    }

    /// Replies after a while; the thread goes on meanwhile.
    fn later(&self, time: Duration, verdict: Verdict, source: SocketAddr, reply: &[u8]) {
        let (front, socket) = (Arc::clone(&self.front), Arc::clone(&self.socket));
        let mut reply = reply.to_vec();
        self.front.shared.runtime.spawn(async move {
            if !front.shared.delays.wait(time).await {
                return;
            }
            if let Verdict::Forward(job) = verdict {
                let heard = front.shared.forwarder.ask(job.key.clone()).await;
                job.finish(heard, &mut reply);
            }
            if let Err(error) = socket.send_to(&reply, source) {
                tracing::debug!(%error, %source, "a UDP reply could not be sent");
            }
        });
    }

    /// Replies once another server has; the thread goes on meanwhile.
    fn forward(&self, job: Job, source: SocketAddr) {
        let shared = &self.front.shared;
        let (forwarder, socket) = (Arc::clone(&shared.forwarder), Arc::clone(&self.socket));
        shared.runtime.spawn(async move {
            let heard = forwarder.ask(job.key.clone()).await;
            let mut reply = Vec::with_capacity(512);
            job.finish(heard, &mut reply);
            if let Err(error) = socket.send_to(&reply, source) {
                tracing::debug!(%error, %source, "a UDP reply could not be sent");
            }
        });
    }
}

fn is_wait(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

/// Rotation seeds: a counter, mixed so that every remainder of it changes irregularly.
///
/// A bare counter would show a client that always asks the same two names each in one order for ever.
pub(super) struct Seeds(u32);

impl Seeds {
    /// A sequence of its own for each number.
    pub(super) fn new(number: u32) -> Self {
        Self(mix(number))
    }

    /// The next seed.
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0)
    }
}

/// The finalizer of MurmurHash3: each bit of the input changes half the bits of the output.
fn mix(value: u32) -> u32 {
    let value = (value ^ value >> 16).wrapping_mul(0x85eb_ca6b);
    let value = (value ^ value >> 13).wrapping_mul(0xc2b2_ae35);
    value ^ value >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_seeds_turn_two_records_both_ways() {
        for number in 0..4 {
            for step in [1, 2, 3] {
                let mut seeds = Seeds::new(number);
                let every = (0..20).map(|_| (0..step).fold(0, |_, _| seeds.next()) % 2);
                let turns: Vec<u32> = every.collect();
                assert!(
                    turns.contains(&0) && turns.contains(&1),
                    "worker {number}, every {step}: {turns:?}"
                );
            }
        }
    }
}

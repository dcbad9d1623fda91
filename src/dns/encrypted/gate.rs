//! Limits the connections of QUIC and HTTP/3, which hickory-server does not.
//!
//! It does not tell when a connection ends. But a connection without a question is closed, so one that is open has begun or
//! asked not long ago; connections that have are counted here. The count is never too low, and too high for a while after
//! connections end. A handshake above the limit is refused: the client gets a TLS alert.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio_rustls::rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::certificate::Certificate;

/// Counts the connections of all listeners for QUIC and HTTP/3.
#[derive(Debug)]
pub(in crate::dns) struct Gate {
    most: usize,
    /// The longest time that an open connection neither began nor asked.
    quiet: Duration,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// When handshakes began.
    begun: VecDeque<Instant>,
    /// The last question of each connection, and how many there were.
    asked: HashMap<SocketAddr, (Instant, u32)>,
}

impl Gate {
    /// A gate for `most` connections that are closed when they idle for `idle`.
    pub(in crate::dns) fn new(most: usize, idle: Duration) -> Self {
        // The wait for a question, and then for the rest of it.
        Self { most, quiet: idle * 2, held: Mutex::default() }
    }

    /// Whether a connection may begin.
    fn admits(&self, now: Instant) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |then: Instant| now.saturating_duration_since(then) < self.quiet;
        while held.begun.front().is_some_and(|begun| !recent(*begun)) {
            held.begun.pop_front();
        }
        if held.begun.len() + held.asked.len() >= self.most {
            held.asked.retain(|_, (last, _)| recent(*last));
        }
        let admits = held.begun.len() + held.asked.len() < self.most;
        if admits {
            held.begun.push_back(now);
        }
        admits
    }

    /// Notes a question of a connection, and tells how many it has asked.
    pub(super) fn asked(&self, peer: SocketAddr, now: Instant) -> u32 {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = held.asked.entry(peer).or_insert((now, 0));
        *entry = (now, entry.1.saturating_add(1));
        entry.1
    }
}

/// Gives the certificate to a connection that may begin.
#[derive(Debug)]
pub(super) struct Gated {
    pub(super) certificate: Arc<Certificate>,
    pub(super) gate: Arc<Gate>,
}

impl ResolvesServerCert for Gated {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if self.gate.admits(Instant::now()) {
            return self.certificate.resolve(hello);
        }
        tracing::debug!("a QUIC connection is refused: there are too many");
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(10);

    fn peer(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    #[test]
    fn connections_that_may_be_open_are_counted() {
        let gate = Gate::new(3, IDLE);
        let start = Instant::now();
        assert!((0..3).all(|_| gate.admits(start)));
        assert!(!gate.admits(start + IDLE));
        // Two of them asked, and were quiet since; the third is closed by now.
        let asked = start + IDLE;
        assert_eq!([gate.asked(peer(1), asked), gate.asked(peer(2), asked)], [1, 1]);
        assert!(gate.admits(start + IDLE * 2));
        assert!(!gate.admits(start + IDLE * 2));
        // One asks once more; the other is closed by now, and so is the one that only began.
        assert_eq!(gate.asked(peer(1), asked + IDLE), 2);
        let end = start + IDLE * 4 - Duration::from_secs(1);
        assert!(gate.admits(end) && !gate.admits(end));
    }

    #[test]
    fn nothing_is_kept_of_connections_that_ended() {
        let gate = Gate::new(4, IDLE);
        let start = Instant::now();
        for round in 0..100 {
            let now = start + IDLE * 3 * round;
            for port in 0..4 {
                assert!(gate.admits(now), "{round} {port}");
            }
            gate.asked(peer(u16::try_from(round).unwrap() + 1), now + IDLE);
        }
        let held = gate.held.lock().unwrap();
        assert!(held.begun.len() <= 4 && held.asked.len() <= 4, "{held:?}");
    }
}

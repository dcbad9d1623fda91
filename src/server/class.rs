//! DNS for the students of a class: each gets ports of their own, at the addresses of `--dns`.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::runtime::Handle;

use crate::{dns, resolve::question::Asker, store::Live, web::Opened};

/// The most TCP connections to the DNS of one student: few, so that a whole class leaves open files for others.
const TCP_CONNECTIONS: usize = 32;
/// How many ports in a row may be in use.
const TRIES: usize = 256;

/// The options of `--class`.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// The most students.
    pub most: usize,
    /// The first port of students. `None` takes any.
    pub first_port: Option<u16>,
}

/// Opens DNS for one student after the other.
pub(super) struct Opener {
    /// As the teacher's, with one thread for each address.
    config: dns::Config,
    /// The next port to try. 0 takes any.
    next: AtomicU32,
    runtime: Handle,
}

impl Opener {
    /// Must be called inside the runtime that is to serve TCP.
    pub(super) fn new(config: &dns::Config, class: Class) -> Self {
        let next = class.first_port.map_or(0, u32::from);
        Self {
            config: dns::Config {
                // What is encrypted is the teacher's.
                listeners: { config.listeners.iter().copied() }
                    .filter(|listener| listener.protocol == dns::Scheme::Plain)
                    .collect(),
                udp_workers: 1,
                tcp_connections: TCP_CONNECTIONS,
                // The log is the teacher's.
                query_log: None,
                // systemd's watchdog asks for the teacher's only.
                pulse: false,
                ..config.clone()
            },
            next: AtomicU32::new(next),
            runtime: Handle::current(),
        }
    }

    /// Begins to answer from a World.
    pub(super) fn open(&self, live: &Live) -> Result<Opened, String> {
        // TCP is served by tasks of the runtime.
        let _inside = self.runtime.enter();
        let (bound, views) = self.bind()?;
        let addresses = bound.addresses().into_iter().zip(views).collect();
        let running = bound.serve(live.cell());
        Ok(Opened { addresses, watch: running.watch(), running: Box::new(running) })
    }

    fn bind(&self) -> Result<(dns::Bound, Vec<Option<Asker>>), String> {
        for _ in 0..TRIES {
            let mut config = self.config.clone();
            for listener in &mut config.listeners {
                listener.address.set_port(self.port(listener.address)?);
            }
            let views = config.listeners.iter().map(|listener| listener.view).collect();
            match dns::bind(config) {
                Ok(bound) => return Ok((bound, views)),
                Err(error) if error.source.kind() == ErrorKind::AddrInUse && self.counts() => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Err(format!("{TRIES} ports in a row are in use"))
    }

    /// Whether ports are taken one after the other.
    fn counts(&self) -> bool {
        self.next.load(Ordering::Relaxed) != 0
    }

    fn port(&self, address: SocketAddr) -> Result<u16, String> {
        if !self.counts() {
            return Ok(0);
        }
        let port = self.next.fetch_add(1, Ordering::Relaxed);
        u16::try_from(port).map_err(|_| format!("no port is left at {}", address.ip()))
    }
}

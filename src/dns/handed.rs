//! Sockets that another process opened and handed over, such as a service manager.
//!
//! They stay open there when this process ends. So they are never shut down, which would also shut them down for the next
//! process; their workers wake by themselves.

use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
};

use super::socket::{BindError, Sockets};

/// Sockets for DNS that were handed over.
#[derive(Debug, Default)]
pub struct Handed {
    /// For datagrams. Several of one address are one listener.
    pub udp: Vec<(SocketAddr, UdpSocket)>,
    /// For connections.
    pub tcp: Vec<(SocketAddr, TcpListener)>,
}

impl Handed {
    /// The addresses, each once, in the order in which they were handed over.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let mut addresses = Vec::new();
        let all = self.udp.iter().map(|it| it.0).chain(self.tcp.iter().map(|it| it.0));
        for address in all {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// The addresses that have a socket of only one of both kinds, and the kind that is missing.
    pub fn halves(&self) -> Vec<(SocketAddr, &'static str)> {
        let has_udp = |address| self.udp.iter().any(|it| it.0 == address);
        let has_tcp = |address| self.tcp.iter().any(|it| it.0 == address);
        self.addresses()
            .into_iter()
            .filter_map(|address| match (has_udp(address), has_tcp(address)) {
                (true, true) => None,
                (true, false) => Some((address, "TCP")),
                (false, _) => Some((address, "UDP")),
            })
            .collect()
    }

    /// Takes the sockets of an address. `None` if there are none, or only for one of UDP and TCP.
    ///
    /// # Errors
    ///
    /// If a socket cannot be prepared.
    pub(super) fn take(
        &mut self,
        address: SocketAddr,
        workers: usize,
    ) -> Result<Option<Sockets>, BindError> {
        let Some(index) = self.tcp.iter().position(|it| it.0 == address) else { return Ok(None) };
        let failed = |transport| move |source| BindError { address, transport, source };
        let (mut udp, others) =
            std::mem::take(&mut self.udp).into_iter().partition::<Vec<_>, _>(|it| it.0 == address);
        self.udp = others;
        if udp.is_empty() {
            return Ok(None);
        }
        let (_, tcp) = self.tcp.swap_remove(index);
        tcp.set_nonblocking(true).map_err(failed("TCP"))?;
        let mut sockets = Vec::new();
        for (_, socket) in udp.drain(..) {
            prepare(&socket).map_err(failed("UDP"))?;
            sockets.push(socket);
        }
        // Workers without a socket of their own share the first.
        let missing = workers.saturating_sub(sockets.len());
        let shared: io::Result<Vec<_>> =
            sockets.iter().cycle().take(missing).map(UdpSocket::try_clone).collect();
        sockets.extend(shared.map_err(failed("UDP"))?);
        Ok(Some(Sockets { address, tcp, udp: sockets, handed: true }))
    }
}

/// Makes a datagram socket behave as one of ours.
fn prepare(socket: &UdpSocket) -> io::Result<()> {
    socket.set_nonblocking(false)?;
    #[cfg(target_os = "linux")]
    super::batch::tell_address(socket)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_told_and_not_taken() {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        let mut handed = Handed { udp: vec![(address, udp)], tcp: Vec::new() };
        assert_eq!(handed.halves(), [(address, "TCP")]);
        assert!(handed.take(address, 2).unwrap().is_none());
        assert_eq!(handed.addresses(), [address]);
    }

    #[test]
    fn workers_share_what_there_is() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        let Ok(udp) = UdpSocket::bind(address) else { return };
        let mut handed = Handed { udp: vec![(address, udp)], tcp: vec![(address, tcp)] };
        assert_eq!(handed.halves(), []);
        let sockets = handed.take(address, 3).unwrap().unwrap();
        assert_eq!((sockets.udp.len(), sockets.handed), (3, true));
        assert!(handed.addresses().is_empty());
    }
}

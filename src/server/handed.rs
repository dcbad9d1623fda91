//! Takes the sockets that a service manager handed over (sd_listen_fds(3)). Their names say what each is for.

use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;

use crate::dns::{self, Scheme};

/// The name of sockets for DNS.
const DNS: &str = "dns";
/// The name of the socket for HTTP.
const HTTP: &str = "http";
/// The most sockets.
const MOST: usize = 256;

/// The sockets that were handed over.
#[derive(Debug, Default)]
pub struct Handed {
    /// For DNS.
    pub dns: dns::Handed,
    /// For HTTP.
    pub http: Option<TcpListener>,
}

impl Handed {
    /// Takes them. Must be called before any thread starts, because it changes the environment.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for the user.
    pub fn take() -> Result<Self, String> {
        let variable = |name| std::env::var(name).ok();
        let count = variable("LISTEN_FDS").and_then(|count| count.parse::<usize>().ok());
        if count.is_some_and(|count| count > MOST) {
            return Err(format!("LISTEN_FDS: at most {MOST} sockets can be handed over"));
        }
        let names = variable("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut fds = ListenFd::from_env();
        let mut handed = Self::default();
        for index in 0..fds.len() {
            let name = names.next().unwrap_or_default();
            handed
                .put(&mut fds, index, name)
                .map_err(|why| format!("LISTEN_FDS: socket {} (`{name}`): {why}", index + 1))?;
        }
        match handed.dns.halves().first() {
            Some((address, missing)) => Err(format!(
                "LISTEN_FDS: DNS on {address} needs UDP and TCP, and {missing} is missing; hand over both \
                 (ListenDatagram= and ListenStream=)"
            )),
            None => Ok(handed),
        }
    }

    fn put(&mut self, fds: &mut ListenFd, index: usize, name: &str) -> Result<(), String> {
        let gone = || "it is there no more".to_owned();
        match name {
            DNS => {
                // A socket that is not for datagrams stays where it is.
                if let Ok(Some(udp)) = fds.take_udp_socket(index) {
                    let address = udp.local_addr().map_err(|error| error.to_string())?;
                    self.dns.udp.push((address, udp));
                    return Ok(());
                }
                let tcp = fds.take_tcp_listener(index).map_err(|error| error.to_string())?;
                let tcp = tcp.ok_or_else(gone)?;
                let address = tcp.local_addr().map_err(|error| error.to_string())?;
                self.dns.tcp.push((address, tcp));
                Ok(())
            }
            HTTP if self.http.is_some() => Err("there is a socket for HTTP already".to_owned()),
            HTTP => {
                let tcp = fds.take_tcp_listener(index).map_err(|error| error.to_string())?;
                let tcp = tcp.ok_or_else(gone)?;
                tcp.set_nonblocking(true).map_err(|error| error.to_string())?;
                self.http = Some(tcp);
                Ok(())
            }
            _ => Err(format!(
                "a name must say what it is for: `{DNS}` or `{HTTP}` (FileDescriptorName=)"
            )),
        }
    }

    /// The address of the socket for HTTP.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http.as_ref().and_then(|http| http.local_addr().ok())
    }

    /// The listeners of DNS: those that were asked for, and those of the sockets that none of them names. `usual` is the
    /// default, which does not count beside sockets.
    pub fn listeners(
        &self,
        mut asked: Vec<dns::Listener>,
        usual: Option<SocketAddr>,
    ) -> Vec<dns::Listener> {
        let addresses = self.dns.addresses();
        if !addresses.is_empty() {
            let is_usual = |it: &dns::Listener| {
                it.protocol == Scheme::Plain && it.view.is_none() && Some(it.address) == usual
            };
            asked.retain(|it| !is_usual(it) || addresses.contains(&it.address));
        }
        for address in addresses {
            let wanted = |it: &dns::Listener| it.protocol == Scheme::Plain && it.address == address;
            if !asked.iter().any(wanted) {
                asked.push(dns::Listener::plain(address, None));
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;
    use crate::resolve::question::Asker;

    #[test]
    fn a_socket_gets_the_view_of_its_address_and_the_default_does_not_count() {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        let usual: SocketAddr = "127.0.0.1:1053".parse().unwrap();
        let listener = dns::Listener::plain;
        let asked = vec![listener(usual, None), listener(address, Some(Asker::Internet))];
        assert_eq!(Handed::default().listeners(asked.clone(), Some(usual)), asked);
        let dns = dns::Handed { udp: vec![(address, udp)], tcp: Vec::new() };
        let handed = Handed { dns, http: None };
        assert_eq!(handed.listeners(asked.clone(), Some(usual)), asked[1..]);
        assert_eq!(handed.listeners(asked[..1].to_vec(), Some(usual)), [listener(address, None)]);
        let viewed = vec![listener(usual, Some(Asker::Internet))];
        assert_eq!(handed.listeners(viewed.clone(), Some(usual))[..1], viewed);
    }
}

//! Where DNS is served: addresses, and what is spoken there.

use std::net::SocketAddr;

use crate::resolve::question::Asker;

/// An address to listen on.
///
/// A UDP reply from a socket bound to `0.0.0.0` or `[::]` leaves from the address that was asked with
/// [`Io::Batched`](super::Io::Batched) on Linux. Elsewhere the kernel picks one, so on a host with several addresses give
/// each its own listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listener {
    /// The address. With port 0 any free port is taken; for plain DNS the same for UDP and TCP.
    pub address: SocketAddr,
    /// Where every query on it is asked from: a VPC, an inbound endpoint or the internet. `None` leaves that to Client
    /// Subnet and the source address.
    pub view: Option<Asker>,
    /// What is spoken there.
    pub protocol: Scheme,
}

impl Listener {
    /// A listener for UDP and TCP.
    pub const fn plain(address: SocketAddr, view: Option<Asker>) -> Self {
        Self { address, view, protocol: Scheme::Plain }
    }
}

/// What a listener speaks. The encrypted ones need the feature `encrypted` and a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// DNS over UDP and TCP.
    Plain,
    /// DNS over TLS (RFC 7858).
    Tls,
    /// DNS over HTTPS (RFC 8484), with HTTP/2 or HTTP/1.1.
    Https,
    /// DNS over HTTPS with HTTP/3.
    H3,
    /// DNS over QUIC (RFC 9250).
    Quic,
}

impl Scheme {
    /// The encrypted ones.
    pub const ENCRYPTED: [Self; 4] = [Self::Tls, Self::Https, Self::H3, Self::Quic];

    /// Splits what stands before `://` from the rest; without it DNS is plain.
    ///
    /// # Errors
    ///
    /// The word before `://`, if it is none of ours.
    pub fn split(text: &str) -> Result<(Self, &str), &str> {
        let Some((word, rest)) = text.split_once("://") else { return Ok((Self::Plain, text)) };
        let found = Self::ENCRYPTED.into_iter().find(|scheme| scheme.name() == word);
        found.map(|scheme| (scheme, rest)).ok_or(word)
    }

    /// The word before `://`, and the key on the line about being ready. `dns` is plain.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "dns",
            Self::Tls => "tls",
            Self::Https => "https",
            Self::H3 => "h3",
            Self::Quic => "quic",
        }
    }

    /// The port that IANA assigned.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Plain => 53,
            Self::Tls | Self::Quic => 853,
            Self::Https | Self::H3 => 443,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_what_stands_before_the_address() {
        assert_eq!(Scheme::split("127.0.0.1:53=Shop"), Ok((Scheme::Plain, "127.0.0.1:53=Shop")));
        assert_eq!(Scheme::split("tls://[::1]:853"), Ok((Scheme::Tls, "[::1]:853")));
        assert_eq!(Scheme::split("quic://::1=Shop"), Ok((Scheme::Quic, "::1=Shop")));
        assert_eq!(Scheme::split("h2://127.0.0.1"), Err("h2"));
        assert_eq!(Scheme::split("dns://127.0.0.1"), Err("dns"));
    }
}

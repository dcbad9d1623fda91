//! Where a way goes: to a port of an address, and what the address was told for.

use std::net::Ipv4Addr;

use crate::catalog::Region;

/// What a packet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// The port that a way goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// The protocol.
    pub protocol: Protocol,
    /// The number.
    pub number: u16,
}

impl Port {
    /// HTTPS, which AWS's services use.
    pub const HTTPS: Self = Self { protocol: Protocol::Tcp, number: 443 };
    /// DNS.
    pub const DNS: Self = Self { protocol: Protocol::Udp, number: 53 };

    /// A port of TCP.
    pub fn tcp(number: u16) -> Self {
        Self { protocol: Protocol::Tcp, number }
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let protocol = match self.protocol {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        };
        write!(f, "{protocol} {}", self.number)
    }
}

impl Protocol {
    /// The word of a security group's rule, and its number in an ACL's entry.
    pub(super) fn known_as(self) -> (&'static str, i16) {
        match self {
            Self::Tcp => ("tcp", 6),
            Self::Udp => ("udp", 17),
        }
    }
}

/// Where a way goes.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// The address.
    pub address: Ipv4Addr,
    /// What the address was told for.
    pub stands: Option<Stands>,
    /// The port.
    pub aim: Aim,
}

/// The port that a way goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// None: security groups and network ACLs do not count.
    Anything,
    /// What usually listens there: a load balancer's listener, DNS at an inbound endpoint, else HTTPS.
    #[default]
    Usual,
    /// This one.
    To(Port),
}

/// The service and region that a name belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Stands {
    /// The service, in the catalogue's short form.
    pub service: &'static str,
    /// Its region; none for a service that has none.
    pub region: Option<&'static Region>,
}

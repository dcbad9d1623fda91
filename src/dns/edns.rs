//! EDNS as far as this server speaks it: version, payload, Client Subnet (RFC 6891, RFC 7871).
//!
//! Reads the OPT record of a query and writes the one of a reply. Which options count, and whom to believe, is decided
//! in `placement`; options it does not know are skipped and never echoed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;

use super::extended::Extended;

/// The payload size every reply offers.
pub(super) const OUR_PAYLOAD: u16 = 4096;
/// The type number of OPT.
pub(super) const OPT: u16 = 41;
/// The code of the Client Subnet option.
pub(super) const CLIENT_SUBNET: u16 = 8;

/// The OPT record of a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Edns {
    /// The largest UDP reply the client takes.
    pub(super) payload: u16,
    /// The EDNS version.
    pub(super) version: u8,
    /// The Client Subnet option; absent for an unknown version, whose options are not read.
    pub(super) subnet: Option<ClientSubnet>,
}

/// A Client Subnet option with a prefix of at least one bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ClientSubnet {
    /// The network address; bits beyond the prefix are zero.
    pub(super) address: IpAddr,
    /// SOURCE PREFIX-LENGTH.
    pub(super) prefix: u8,
}

/// The OPT record of a reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Opt {
    /// The Client Subnet option to echo.
    pub(super) subnet: Option<ClientSubnet>,
    /// Why the reply is what it is.
    pub(super) error: Option<Extended>,
}

/// An option that breaks its own format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Malformed;

impl Edns {
    /// Reads an OPT record from its class, TTL and data.
    ///
    /// The DO bit is not kept: nothing here is signed, so it changes no answer.
    pub(super) fn read(class: u16, ttl: u32, data: &[u8]) -> Result<Self, Malformed> {
        let [_, version, ..] = ttl.to_be_bytes();
        let subnet = if version == 0 { subnet_of(data)? } else { None };
        Ok(Self { payload: class, version, subnet })
    }
}

/// Walks all options, so that a broken one is found wherever it stands; the last Client Subnet counts.
fn subnet_of(mut data: &[u8]) -> Result<Option<ClientSubnet>, Malformed> {
    let mut subnet = None;
    while let [code_high, code_low, length_high, length_low, rest @ ..] = data {
        let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
        let (value, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
        if u16::from_be_bytes([*code_high, *code_low]) == CLIENT_SUBNET {
            subnet = ClientSubnet::read(value)?;
        }
        data = rest;
    }
    if data.is_empty() { Ok(subnet) } else { Err(Malformed) }
}

impl ClientSubnet {
    /// Reads the option. A prefix of 0 bits says nothing, so it is `None`.
    ///
    /// Like BIND, takes family 0 with no address, and refuses a wrong count of address octets, bits beyond the prefix,
    /// and a scope (RFC 7871 sections 6 and 7.2.1).
    fn read(value: &[u8]) -> Result<Option<Self>, Malformed> {
        let [family_high, family_low, prefix, scope, octets @ ..] = value else {
            return Err(Malformed);
        };
        let widest = match u16::from_be_bytes([*family_high, *family_low]) {
            0 => 0,
            1 => 32,
            2 => 128,
            _ => return Err(Malformed),
        };
        if *prefix > widest || *scope != 0 || octets.len() != usize::from(*prefix).div_ceil(8) {
            return Err(Malformed);
        }
        if *prefix == 0 {
            return Ok(None);
        }
        let spare = (8 - *prefix % 8) % 8;
        if octets.last().is_some_and(|last| last.trailing_zeros() < u32::from(spare)) {
            return Err(Malformed);
        }
        let address = if widest == 32 {
            IpAddr::V4(Ipv4Addr::from(padded(octets)))
        } else {
            IpAddr::V6(Ipv6Addr::from(padded(octets)))
        };
        Ok(Some(Self { address, prefix: *prefix }))
    }

    /// The network it names; an IPv4-mapped one is IPv4's.
    pub(super) fn network(self) -> Option<IpNetwork> {
        let (address, prefix) = match (self.address, self.address.to_canonical()) {
            (IpAddr::V6(_), v4 @ IpAddr::V4(_)) if self.prefix >= 96 => (v4, self.prefix - 96),
            (address, _) => (address, self.prefix),
        };
        IpNetwork::new(address, prefix).ok()
    }

    fn octet_count(self) -> u16 {
        u16::from(self.prefix).div_ceil(8)
    }

    /// Writes the option. A query has the scope 0.
    pub(super) fn write(self, scope: u8, out: &mut Vec<u8>) {
        out.extend_from_slice(&CLIENT_SUBNET.to_be_bytes());
        out.extend_from_slice(&(4 + self.octet_count()).to_be_bytes());
        let (family, octets): (u16, &[u8]) = match &self.address {
            IpAddr::V4(v4) => (1, &v4.octets()),
            IpAddr::V6(v6) => (2, &v6.octets()),
        };
        out.extend_from_slice(&family.to_be_bytes());
        out.extend_from_slice(&[self.prefix, scope]);
        out.extend(octets.iter().take(usize::from(self.octet_count())));
    }
}

fn padded<const N: usize>(octets: &[u8]) -> [u8; N] {
    let mut all = [0; N];
    for (to, from) in all.iter_mut().zip(octets) {
        *to = *from;
    }
    all
}

impl Opt {
    /// Echoes a Client Subnet option.
    pub(super) fn echo(subnet: Option<ClientSubnet>) -> Self {
        Self { subnet, error: None }
    }

    /// How many bytes `write` will add.
    pub(super) fn length(self) -> usize {
        let subnet = self.subnet.map_or(0, |subnet| 8 + usize::from(subnet.octet_count()));
        11 + subnet + self.error.map_or(0, Extended::length)
    }

    /// Writes the record: version 0, no flags, and the high bits of the response code.
    pub(super) fn write(self, code: u16, out: &mut Vec<u8>) {
        let [_, high] = (code >> 4).to_be_bytes();
        out.push(0);
        out.extend_from_slice(&OPT.to_be_bytes());
        out.extend_from_slice(&OUR_PAYLOAD.to_be_bytes());
        out.extend_from_slice(&[high, 0, 0, 0]);
        let options = u16::try_from(self.length() - 11).unwrap_or(u16::MAX);
        out.extend_from_slice(&options.to_be_bytes());
        if let Some(subnet) = self.subnet {
            // The scope equals the prefix. The network lies within what decided, so the scope is never the wider of the two.
            subnet.write(subnet.prefix, out);
        }
        if let Some(error) = self.error {
            error.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(value: &[u8]) -> Vec<u8> {
        let mut data = vec![0, 8, 0, u8::try_from(value.len()).unwrap()];
        data.extend_from_slice(value);
        data
    }

    fn read(value: &[u8]) -> Result<Option<ClientSubnet>, Malformed> {
        subnet_of(&option(value))
    }

    #[test]
    fn client_subnets_are_read() {
        let whole = ClientSubnet { address: "10.0.1.29".parse().unwrap(), prefix: 32 };
        assert_eq!(read(&[0, 1, 32, 0, 10, 0, 1, 29]), Ok(Some(whole)));
        let network = ClientSubnet { address: "10.0.0.0".parse().unwrap(), prefix: 20 };
        assert_eq!(read(&[0, 1, 20, 0, 10, 0, 0]), Ok(Some(network)));
        let v6 = ClientSubnet { address: "2001:db8::".parse().unwrap(), prefix: 33 };
        assert_eq!(read(&[0, 2, 33, 0, 0x20, 1, 0x0d, 0xb8, 0]), Ok(Some(v6)));
        for none in [[0, 0, 0, 0], [0, 1, 0, 0], [0, 2, 0, 0]] {
            assert_eq!(read(&none), Ok(None));
        }
    }

    #[test]
    fn broken_client_subnets_are_refused() {
        let broken: [&[u8]; 9] = [
            &[],
            &[0, 1, 32],
            &[0, 1, 33, 0, 10, 0, 1, 29, 0],
            &[0, 1, 32, 0, 10, 0, 1],
            &[0, 1, 24, 0, 10, 0, 1, 29],
            &[0, 1, 20, 0, 10, 0, 1],
            &[0, 1, 32, 8, 10, 0, 1, 29],
            &[0, 3, 8, 0, 10],
            &[0, 0, 8, 0, 10],
        ];
        for value in broken {
            assert_eq!(read(value), Err(Malformed), "{value:?}");
        }
        assert_eq!(subnet_of(&[0, 10, 0, 4, 1]), Err(Malformed));
        assert_eq!(subnet_of(&[0, 10, 0]), Err(Malformed));
        assert_eq!(subnet_of(&[0, 10, 0, 1, 1]), Ok(None));
    }

    #[test]
    fn an_echo_has_the_scope_of_its_prefix() {
        let subnet = ClientSubnet { address: "10.0.16.0".parse().unwrap(), prefix: 20 };
        let opt = Opt::echo(Some(subnet));
        let mut out = Vec::new();
        opt.write(16, &mut out);
        assert_eq!(out, [0, 0, 41, 16, 0, 1, 0, 0, 0, 0, 11, 0, 8, 0, 7, 0, 1, 20, 20, 10, 0, 16]);
        assert_eq!(out.len(), opt.length());
    }

    #[test]
    fn an_extended_error_has_its_code_and_its_text() {
        let opt = Opt { error: Some(Extended { code: 18, text: "no" }), ..Opt::default() };
        let mut out = Vec::new();
        opt.write(5, &mut out);
        assert_eq!(out, [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 8, 0, 15, 0, 4, 0, 18, b'n', b'o']);
        assert_eq!(out.len(), opt.length());
    }
}

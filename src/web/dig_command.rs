//! The dig command that asks a question of this server as a given client.
//!
//! Chooses a listener and, if needed, an address for Client Subnet, and checks that the server would take them for that
//! client. It runs nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::shared::Config;
use crate::{
    model::world::World,
    resolve::{
        places::Located,
        question::{Asker, Question},
        snapshot::Snapshot,
    },
};

/// An address in no VPC, for questions from the internet (RFC 5737).
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// The command; `None` if dig cannot ask as this client on any listener.
pub(super) fn command(
    config: &Config,
    snapshot: &Snapshot,
    question: &Question<'_>,
) -> Option<String> {
    let asker = question.asker;
    let (address, subnet) = config
        .dns
        .iter()
        .find_map(|(address, view)| place(config, snapshot, *address, *view, asker))?;
    let at = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let mut command = format!("dig @{at}");
    if address.port() != 53 {
        command.push_str(&format!(" -p {}", address.port()));
    }
    if let Some(subnet) = subnet {
        let length = if subnet.is_ipv4() { 32 } else { 128 };
        command.push_str(&format!(" +subnet={subnet}/{length}"));
    }
    Some(format!("{command} {} {}", argument(&question.name.to_string()), question.rtype))
}

/// Whether every listener has all addresses of the machine, so that other machines reach it by the machine's name.
pub(super) fn is_everywhere(config: &Config) -> bool {
    config.dns.iter().all(|(address, _)| address.ip().is_unspecified())
}

/// Quotes a name so that a shell passes it as one word and dig reads it as a name.
fn argument(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let begins =
        name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let quoted = if name.bytes().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    };
    if begins { quoted } else { format!("-q {quoted}") }
}

/// The listener, and the Client Subnet address if one is needed, with which a loopback query counts as the client's.
fn place(
    config: &Config,
    snapshot: &Snapshot,
    address: SocketAddr,
    view: Option<Asker>,
    asker: Asker,
) -> Option<(SocketAddr, Option<IpAddr>)> {
    let unplaced = view.or(config.fallback).unwrap_or_else(|| snapshot.default_asker());
    if unplaced == asker {
        return Some((address, None));
    }
    if !config.trusts_loopback || matches!(view, Some(Asker::Internet | Asker::Inbound(..))) {
        return None;
    }
    candidates(&snapshot.world, asker)
        .into_iter()
        .find(|candidate| match (view, snapshot.locate(view.and_then(Asker::vpc), *candidate)) {
            (_, Located::One(found)) => found == asker,
            (None, Located::Nowhere) => asker == Asker::Internet,
            _ => false,
        })
        .map(|candidate| (address, Some(candidate)))
}

/// Addresses that may count as the client's.
fn candidates(world: &World, asker: Asker) -> Vec<IpAddr> {
    match asker {
        Asker::Internet => vec![OUTSIDE.into()],
        Asker::Instance(_, _, id) => world
            .instances
            .get(&id)
            .into_iter()
            .flat_map(|it| [it.address.map(IpAddr::V4), it.ipv6.map(IpAddr::V6)])
            .flatten()
            .collect(),
        // The network's own address and the router's. No host has them.
        Asker::Subnet(_, id) => world
            .subnets
            .get(&id)
            .map(|subnet| u32::from(subnet.cidr.network()))
            .into_iter()
            .flat_map(|first| [first, first.saturating_add(1)])
            .map(|address| IpAddr::V4(Ipv4Addr::from(address)))
            .collect(),
        // The first and last addresses of its ranges, if no subnet contains them.
        Asker::Vpc(id) => world
            .vpcs
            .get(&id)
            .into_iter()
            .flat_map(|vpc| &vpc.cidrs)
            .flat_map(|cidr| [cidr.broadcast(), cidr.network()])
            .map(IpAddr::V4)
            .collect(),
        Asker::Inbound(..) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn names_are_one_word() {
        assert_eq!(argument("s3.amazonaws.com"), "s3.amazonaws.com");
        assert_eq!(argument("a$(id).example"), "'a$(id).example'");
        assert_eq!(argument("it's.example"), r"'it'\''s.example'");
        assert_eq!(argument("-x.example"), "-q -x.example");
        assert_eq!(argument("*.example"), "-q '*.example'");
    }
}

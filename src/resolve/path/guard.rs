//! What lets a packet pass: the security groups of the interfaces at both ends, and the network ACLs of the subnets that it
//! leaves and enters.
//!
//! Groups are stateful: a reply to what they let in or out passes. ACLs are not: they see the packet and its reply, which goes
//! back to a port that the asker chose. Knows nothing of routes.

use std::{borrow::Cow, net::IpAddr, ops::RangeInclusive};

use super::goal::{Port, Stands};
use crate::{
    catalog,
    model::{
        id::{NetworkAclId, PrefixListId, SecurityGroupId, SubnetId},
        network_acl::{AclEntry, NetworkAcl},
        network_acl_change::used_by,
        security_group_rule::{Peer, SecurityGroupRule},
        world::World,
    },
};

/// The ports that Linux chooses for itself.
pub(super) const HOST_PORTS: RangeInclusive<u16> = 32_768..=60_999;
/// The ports that a NAT gateway chooses.
pub(super) const NAT_PORTS: RangeInclusive<u16> = 1_024..=65_535;

/// The security groups of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Groups<'w> {
    /// Its kind has none, so nothing is blocked.
    Open,
    /// Nobody says which, so nothing is blocked.
    Unstated,
    /// These.
    Stated(Cow<'w, [SecurityGroupId]>),
}

/// Whether something lets a packet pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pass {
    /// It does not.
    No,
    /// It depends on what the World does not say.
    Unknown,
    /// It does.
    Yes,
}

/// The other end, as a security group sees it.
pub(super) struct Other<'w> {
    /// Its address, where it is known.
    pub(super) address: Option<IpAddr>,
    /// Its groups; `Open` for one that groups do not reach.
    pub(super) groups: Groups<'w>,
    /// The service that its address was told for.
    pub(super) stands: Option<Stands>,
}

/// Whether the groups of an interface let a packet out of it or into it.
pub(super) fn groups_pass(
    world: &World,
    groups: &Groups<'_>,
    egress: bool,
    other: &Other<'_>,
    port: Port,
) -> Pass {
    let ids = match groups {
        Groups::Open => return Pass::Yes,
        Groups::Unstated => return Pass::Unknown,
        Groups::Stated(ids) => ids,
    };
    let of_group = |id: &SecurityGroupId| {
        // A file may name groups that it does not describe.
        let Some(group) = world.security_groups.get(id) else { return Pass::Unknown };
        let rules = group.rules.iter().filter(|rule| rule.egress == egress && is_of(rule, port));
        rules.map(|rule| of_peer(world, &rule.peer, other)).max().unwrap_or(Pass::No)
    };
    ids.iter().map(of_group).max().unwrap_or(Pass::No)
}

/// Whether a rule is about a port.
fn is_of(rule: &SecurityGroupRule, port: Port) -> bool {
    let (word, number) = port.protocol.known_as();
    let is_protocol = *rule.protocol == *word || rule.protocol.parse() == Ok(number);
    let wanted = i32::from(port.number);
    let is_port = rule
        .ports
        .is_none_or(|(first, last)| (first, last) == (-1, -1) || (first..=last).contains(&wanted));
    *rule.protocol == *"-1" || is_protocol && is_port
}

fn of_peer(world: &World, peer: &Peer, other: &Other<'_>) -> Pass {
    match *peer {
        Peer::V4(range) => match other.address {
            Some(IpAddr::V4(address)) => yes(range.contains(address)),
            Some(IpAddr::V6(_)) => Pass::No,
            None if range.prefix() == 0 => Pass::Yes,
            None => Pass::Unknown,
        },
        Peer::V6(range) => match other.address {
            Some(IpAddr::V6(address)) => yes(range.contains(address)),
            Some(IpAddr::V4(_)) => Pass::No,
            None if range.prefix() == 0 => Pass::Yes,
            None => Pass::Unknown,
        },
        Peer::PrefixList(id) => listed(world, id, other),
        Peer::Group(id) => match &other.groups {
            Groups::Open => Pass::No,
            Groups::Unstated => Pass::Unknown,
            Groups::Stated(groups) => yes(groups.contains(&id)),
        },
    }
}

fn yes(passes: bool) -> Pass {
    if passes { Pass::Yes } else { Pass::No }
}

/// Whether a prefix list has the other end. Of AWS's lists only a part of the ranges is known.
fn listed(world: &World, id: PrefixListId, other: &Other<'_>) -> Pass {
    let Some(address) = other.address else { return Pass::Unknown };
    if let Some(list) = world.prefix_lists.get(&id) {
        return yes(list.entries().iter().any(|entry| entry.cidr.contains(address)));
    }
    let Some(stands) = other.stands else { return Pass::Unknown };
    let text = id.to_string();
    let lists = stands.region.map_or(&[][..], catalog::prefix_lists);
    match lists.iter().find(|list| list.id == text) {
        Some(list) => yes(list.service == stands.service),
        None => Pass::Unknown,
    }
}

/// An ACL that drops a packet or its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclDrop {
    /// The ACL.
    pub acl: NetworkAclId,
    /// The subnet that uses it.
    pub subnet: SubnetId,
    /// The number of the entry that denies; none for the last one, which denies everything.
    pub entry: Option<u32>,
    /// Whether it drops what leaves the subnet.
    pub egress: bool,
    /// Whether it drops the reply.
    pub reply: bool,
    /// The first of the ports it drops.
    pub port: u16,
}

/// A packet and its reply on the border of a subnet.
pub(super) struct Border {
    /// Whether the packet leaves the subnet, so that its reply enters.
    pub(super) outward: bool,
    /// Who is beyond the border; `None` for somebody unknown.
    pub(super) beyond: Option<IpAddr>,
    /// The port it goes to.
    pub(super) port: Port,
    /// The ports that the reply may go to.
    pub(super) replies: RangeInclusive<u16>,
}

/// What drops a packet or its reply on the border of a subnet; `None` if nothing does.
pub(super) fn acl_drop(world: &World, subnet: SubnetId, border: &Border) -> Option<AclDrop> {
    let id = used_by(world.subnets.get(&subnet)?);
    // A default ACL that nobody changed is not stored, and lets everything pass.
    let acl = world.network_acls.get(&id)?;
    let there = border.port.number..=border.port.number;
    let drop = |egress, ports: &RangeInclusive<u16>, reply| {
        let (entry, port) = dropped(acl, egress, border, ports)?;
        Some(AclDrop { acl: id, subnet, entry, egress, reply, port })
    };
    drop(border.outward, &there, false).or_else(|| drop(!border.outward, &border.replies, true))
}

/// The entry that drops the first port of a range that is dropped; no number for the last entry.
fn dropped(
    acl: &NetworkAcl,
    egress: bool,
    border: &Border,
    ports: &RangeInclusive<u16>,
) -> Option<(Option<u32>, u16)> {
    let mut entries: Vec<&AclEntry> = acl
        .entries
        .iter()
        .filter(|entry| entry.egress == egress && is_about(entry, border))
        .collect();
    entries.sort_by_key(|entry| entry.number);
    // What is decided changes only at the borders of the entries' ranges.
    let borders = entries.iter().filter_map(|entry| entry.ports);
    let borders = borders.flat_map(|(first, last)| [first, last.saturating_add(1)]);
    let mut tried: Vec<u16> =
        borders.filter(|port| ports.contains(port)).chain([*ports.start()]).collect();
    tried.sort_unstable();
    tried.into_iter().find_map(|port| {
        let has = |entry: &&&AclEntry| {
            entry.ports.is_none_or(|(first, last)| (first..=last).contains(&port))
        };
        match entries.iter().find(has) {
            Some(entry) if entry.allow => None,
            decides => Some((decides.map(|entry| entry.number), port)),
        }
    })
}

/// Whether an entry is about what crosses the border.
fn is_about(entry: &AclEntry, border: &Border) -> bool {
    let (_, number) = border.port.protocol.known_as();
    let is_peer = match border.beyond {
        Some(address) => entry.cidr.contains(address),
        // Somebody unknown: what is for everybody is for them; what is for a part is not known to be.
        None => entry.cidr.prefix() == 0,
    };
    (entry.protocol == -1 || entry.protocol == number) && is_peer
}

//! A packet on its way: who it seems to come from, and what security groups and network ACLs say to it.

use std::{net::Ipv4Addr, ops::RangeInclusive};

use super::{
    ends,
    goal::{Port, Stands},
    guard::{self, Border, Groups, HOST_PORTS, Pass},
    lost::{GroupDrop, Lost},
};
use crate::model::{
    id::{InstanceId, SubnetId, VpcId},
    instance::Instance,
    subnet::Subnet,
    world::World,
};

/// Who sends.
pub(super) struct Source<'w> {
    pub(super) vpc: VpcId,
    pub(super) subnet: SubnetId,
    /// `None` for a new instance.
    pub(super) instance: Option<InstanceId>,
    /// `None` where there are IPv6 addresses only.
    pub(super) address: Option<Ipv4Addr>,
    pub(super) public: bool,
    /// The public address, where it is known.
    pub(super) public_address: Option<Ipv4Addr>,
    /// Its security groups.
    pub(super) groups: Groups<'w>,
    /// The ports that it sends from.
    pub(super) replies: RangeInclusive<u16>,
}

/// Who a packet seems to come from.
struct Sender<'w> {
    /// The address, where it is known.
    address: Option<Ipv4Addr>,
    /// The groups of the sender, where rules of other groups can mean them.
    groups: Groups<'w>,
    /// The ports that replies go to.
    replies: RangeInclusive<u16>,
}

impl<'w> Source<'w> {
    pub(super) fn instance(world: &'w World, instance: &'w Instance) -> Self {
        Self {
            vpc: instance.vpc,
            subnet: instance.subnet,
            instance: Some(instance.id),
            address: instance.address,
            public: instance.public_address.is_some(),
            public_address: instance.public_address,
            groups: ends::groups_of(world, instance, instance.address),
            replies: HOST_PORTS,
        }
    }

    /// A new instance, at the first address that AWS does not keep for itself (A51).
    pub(super) fn new_instance(subnet: &Subnet) -> Self {
        let first = u32::from(subnet.cidr.network()).saturating_add(4);
        Self {
            vpc: subnet.vpc,
            subnet: subnet.id,
            instance: None,
            address: (!subnet.ipv6_native).then_some(Ipv4Addr::from(first)),
            public: subnet.map_public_ip,
            public_address: None,
            groups: Groups::Unstated,
            replies: HOST_PORTS,
        }
    }
}

/// A packet.
pub(super) struct Packet<'w> {
    world: &'w World,
    /// Where it goes.
    address: Ipv4Addr,
    stands: Option<Stands>,
    /// The port it goes to; none if nothing but routes counts.
    port: Option<Port>,
    sender: Sender<'w>,
    /// Whether it passed groups that nobody knows.
    unknown_groups: bool,
}

impl<'w> Packet<'w> {
    /// A packet to a port of an address.
    pub(super) fn new(
        world: &'w World,
        (address, stands, port): (Ipv4Addr, Option<Stands>, Option<Port>),
    ) -> Self {
        let sender = Sender { address: None, groups: Groups::Open, replies: HOST_PORTS };
        Self { world, address, stands, port, sender, unknown_groups: false }
    }

    /// Somebody sends it, or sends it on.
    pub(super) fn send(&mut self, source: &Source<'w>) {
        self.sender = Sender {
            address: source.address,
            groups: source.groups.clone(),
            replies: source.replies.clone(),
        };
    }

    /// A gateway to the internet writes another sender on it, of whom no group is known.
    pub(super) fn translate(&mut self, address: Option<Ipv4Addr>) {
        self.sender.address = address;
        self.sender.groups = Groups::Open;
    }

    /// The sender chooses among other ports.
    pub(super) fn replies_to(&mut self, ports: RangeInclusive<u16>) {
        self.sender.replies = ports;
    }

    /// Whether it passed groups that nobody knows.
    pub(super) fn rests_on_groups(&self) -> bool {
        self.unknown_groups
    }

    /// Why the sender's security groups keep the packet; `None` if they do not.
    pub(super) fn exit_drop(&mut self, source: &Source<'w>) -> Option<Lost> {
        let there = ends::end_behind(self.world, source.vpc, self.address);
        let groups = there.map_or(Groups::Open, |end| end.groups);
        let stands = self.stands;
        let other = guard::Other { address: Some(self.address.into()), groups, stands };
        self.group_drop(&source.groups, true, &other)
    }

    /// Why the security groups of an interface keep the packet out; `None` if they do not.
    pub(super) fn interface_drop(&mut self, groups: &Groups<'w>) -> Option<Lost> {
        let (address, groups_there) = (self.sender.address, self.sender.groups.clone());
        let address = address.map(Into::into);
        let other = guard::Other { address, groups: groups_there, stands: None };
        self.group_drop(groups, false, &other)
    }

    fn group_drop(
        &mut self,
        groups: &Groups<'w>,
        egress: bool,
        other: &guard::Other<'w>,
    ) -> Option<Lost> {
        let port = self.port?;
        match (guard::groups_pass(self.world, groups, egress, other, port), groups) {
            (Pass::Unknown, _) => {
                self.unknown_groups = true;
                None
            }
            (Pass::No, Groups::Stated(ids)) => {
                let groups = ids.to_vec();
                Some(Lost::Groups(GroupDrop { groups, egress, port, to: self.address }))
            }
            _ => None,
        }
    }

    /// Why the network ACL of a subnet drops the packet or its reply, on the way out of the subnet or into it.
    pub(super) fn acl_drop(&self, subnet: SubnetId, outward: bool) -> Option<Lost> {
        let port = self.port?;
        let beyond = if outward { Some(self.address) } else { self.sender.address };
        let replies = self.sender.replies.clone();
        let border = Border { outward, beyond: beyond.map(Into::into), port, replies };
        guard::acl_drop(self.world, subnet, &border).map(|drop| Lost::Acl(drop, port))
    }

    /// Why the packet does not enter an interface of a subnet; `None` if it does.
    pub(super) fn entry_drop(
        &mut self,
        from: Option<SubnetId>,
        end: (Option<SubnetId>, Groups<'w>),
    ) -> Option<Lost> {
        let (subnet, groups) = end;
        let crossed = subnet.filter(|subnet| from != Some(*subnet));
        crossed
            .and_then(|subnet| self.acl_drop(subnet, false))
            .or_else(|| self.interface_drop(&groups))
    }
}

//! What rules of security groups and network ACLs may look at in a sender: which of their ranges have its addresses.
//!
//! Senders for which that is the same, and whose groups are, pass or do not pass alike.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::{IpAddr, Ipv4Addr},
};

use ipnetwork::IpNetwork;

use crate::model::{
    id::{SubnetId, VpcId},
    instance::Instance,
    security_group_rule::Peer,
    subnet::Subnet,
    world::World,
};

/// What the rules may look at in one sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    /// The ranges in its VPC's rules that have its private address.
    private: Vec<IpNetwork>,
    /// The ranges in any rules that have its public address.
    public: Vec<IpNetwork>,
    /// Its subnet, where ACLs of the VPC decide on the borders of subnets.
    subnet: Option<SubnetId>,
}

/// The ranges in the rules of a World, without those that have every address.
#[derive(Debug, Default)]
pub(super) struct Guards {
    by_vpc: HashMap<VpcId, BTreeSet<IpNetwork>>,
    outside: BTreeSet<IpNetwork>,
    /// The VPCs whose ACLs somebody changed.
    with_acls: HashSet<VpcId>,
}

impl Guards {
    /// Those of a World.
    pub(super) fn of(world: &World) -> Self {
        let mut guards = Self::default();
        for group in world.security_groups.values() {
            for rule in group.rules.iter().filter(|rule| !rule.egress) {
                let ranges: Vec<IpNetwork> = match rule.peer {
                    Peer::V4(range) => vec![range.into()],
                    Peer::PrefixList(id) => {
                        let list = world.prefix_lists.get(&id).into_iter();
                        list.flat_map(|list| list.entries()).map(|entry| entry.cidr).collect()
                    }
                    Peer::V6(_) | Peer::Group(_) => Vec::new(),
                };
                for vpc in group.vpcs.iter().chain([&group.vpc]) {
                    guards.put(*vpc, &ranges);
                }
            }
        }
        for acl in world.network_acls.values() {
            guards.with_acls.insert(acl.vpc);
            let ranges: Vec<IpNetwork> = acl.entries.iter().map(|entry| entry.cidr).collect();
            guards.put(acl.vpc, &ranges);
        }
        guards
    }

    fn put(&mut self, vpc: VpcId, ranges: &[IpNetwork]) {
        let narrow = ranges.iter().filter(|range| range.is_ipv4() && range.prefix() > 0);
        for range in narrow {
            self.by_vpc.entry(vpc).or_default().insert(*range);
            self.outside.insert(*range);
        }
    }

    /// What they may look at in an instance, or in a new one of a subnet.
    pub(super) fn seen(&self, subnet: &Subnet, instance: Option<&Instance>) -> Seen {
        let with = |ranges: &BTreeSet<IpNetwork>, address: Option<Ipv4Addr>| {
            let Some(address) = address.map(IpAddr::V4) else { return Vec::new() };
            ranges.iter().copied().filter(|range| range.contains(address)).collect()
        };
        let nothing = BTreeSet::new();
        let ranges = self.by_vpc.get(&subnet.vpc).unwrap_or(&nothing);
        let private = match instance {
            Some(instance) => instance.address,
            // The first address that AWS does not keep for itself.
            None => Some(Ipv4Addr::from(u32::from(subnet.cidr.network()).saturating_add(4))),
        };
        Seen {
            private: with(ranges, private),
            public: with(&self.outside, instance.and_then(|it| it.public_address)),
            subnet: self.with_acls.contains(&subnet.vpc).then_some(subnet.id),
        }
    }
}

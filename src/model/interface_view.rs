//! A common view of every network interface, whatever it belongs to, and the interfaces of one instance.
//!
//! The EC2 API and the metadata service both use it, so they show the same.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    elastic_address::{Association, ElasticAddress},
    endpoint_rules,
    id::{AttachmentId, InstanceId, SecurityGroupId, seed_of},
    network_interface::Interface,
    subnet::Subnet,
    world::World,
};

/// A public address of a network interface.
#[derive(Clone, Copy, Debug)]
pub struct PublicAddress<'w> {
    /// The address.
    pub address: Ipv4Addr,
    /// The private address that it maps to.
    pub private: Ipv4Addr,
    /// Its elastic address and association; `None` for an address that AWS gave and takes back.
    pub elastic: Option<(&'w Arc<ElasticAddress>, Association)>,
}

impl<'w> Interface<'w> {
    /// Its subnet.
    pub fn subnet(&self, world: &'w World) -> Option<&'w Arc<Subnet>> {
        match self {
            Self::Primary(it) => world.subnets.get(&it.subnet),
            Self::Own(it) => world.subnets.get(&it.subnet),
            Self::Endpoint(_, it) => world.subnets.get(&it.subnet),
            Self::Balancer(it, zone) => zone.subnet_of(world, it),
            Self::Nat(it) => world.subnets.get(&it.subnet),
        }
    }

    /// Its IPv6 addresses.
    pub fn ipv6(&self) -> Vec<Ipv6Addr> {
        match self {
            Self::Primary(it) => it.ipv6.into_iter().collect(),
            Self::Own(it) => it.ipv6.clone(),
            Self::Endpoint(_, it) => it.v6.into_iter().collect(),
            Self::Balancer(_, zone) => zone.ipv6.into_iter().collect(),
            Self::Nat(_) => Vec::new(),
        }
    }

    /// The id of its attachment, if it is attached.
    pub fn attachment_id(&self) -> Option<AttachmentId> {
        match self {
            Self::Own(it) => it.attachment.as_ref().map(|attachment| attachment.id),
            _ => Some(AttachmentId::from_seed(seed_of("attachment", self.id()))),
        }
    }

    /// Its security groups.
    pub fn groups(&self, world: &World) -> Vec<SecurityGroupId> {
        match self {
            Self::Primary(it) => it.interface.groups.clone(),
            Self::Own(it) => it.groups.clone(),
            Self::Endpoint(it, _) => {
                endpoint_rules::security_groups(world, it).into_iter().map(|(id, _)| id).collect()
            }
            Self::Balancer(it, _) => it.options.groups.clone(),
            Self::Nat(_) => Vec::new(),
        }
    }

    /// Its number on the instance it is attached to; the primary one is 0.
    pub fn device(&self) -> u32 {
        match self {
            Self::Own(it) => it.attachment.as_ref().map_or(0, |it| it.device),
            _ => 0,
        }
    }

    /// Its public addresses, in the order of the private ones they map to.
    pub fn publics(&self, world: &'w World) -> Vec<PublicAddress<'w>> {
        let elastic: Vec<_> = world.elastic_of_interface(self.id()).collect();
        let public = |private: Ipv4Addr| {
            let held = elastic.iter().find(|(_, association)| association.private == private);
            let given = match self {
                Self::Primary(it) if it.address == Some(private) => it.public_address,
                Self::Balancer(_, zone) if zone.private == Some(private) => Some(zone.address),
                _ => None,
            };
            let address = held.map(|(elastic, _)| elastic.address).or(given)?;
            Some(PublicAddress { address, private, elastic: held.copied() })
        };
        self.addresses().into_iter().filter_map(public).collect()
    }
}

impl World {
    /// The network interfaces of an instance, in the order of their device numbers; none if there is no such instance.
    pub fn interfaces_of(&self, instance: InstanceId) -> Vec<Interface<'_>> {
        let Some(primary) = self.instances.get(&instance) else { return Vec::new() };
        let mut attached: Vec<_> = self
            .network_interfaces
            .values()
            .filter(|it| it.attachment.as_ref().is_some_and(|it| it.instance == instance))
            .map(Interface::Own)
            .collect();
        attached.sort_by_key(Interface::device);
        [Interface::Primary(primary)].into_iter().chain(attached).collect()
    }
}

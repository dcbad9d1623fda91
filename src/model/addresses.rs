//! The maps from addresses to their holders, which follow from the instances, network interfaces, endpoints, NAT
//! gateways and load balancers.

use std::{hash::Hash, net::Ipv4Addr};

use super::{
    endpoint::Endpoint,
    id::{NetworkInterfaceId, VpcId},
    instance::Instance,
    load_balancer::LoadBalancer,
    map::Shared,
    nat_gateway::NatGateway,
    network_interface::NetworkInterface,
    world::World,
};

/// Holds addresses in a World.
pub trait Holder {
    /// Enters the addresses.
    fn hold(&self, world: &mut World);
    /// Takes them out again, but for those that something else holds.
    fn release(&self, world: &mut World);
}

fn release<K: Hash + Eq + Clone, V: PartialEq + Clone>(
    map: &mut Shared<K, V>,
    key: &K,
    holder: &V,
) {
    if map.get(key) == Some(holder) {
        map.remove(key);
    }
}

impl Holder for Instance {
    fn hold(&self, world: &mut World) {
        for address in self.addresses() {
            world.private_addresses.insert((self.vpc, address), self.id);
        }
        if let Some(address) = self.public_address {
            world.public_addresses.insert(address, self.id);
        }
    }

    fn release(&self, world: &mut World) {
        for address in self.addresses() {
            release(&mut world.private_addresses, &(self.vpc, address), &self.id);
        }
        if let Some(address) = self.public_address {
            release(&mut world.public_addresses, &address, &self.id);
        }
    }
}

impl Holder for NetworkInterface {
    fn hold(&self, world: &mut World) {
        for address in &self.addresses {
            world.interface_addresses.insert((self.vpc, *address), self.id);
        }
    }

    fn release(&self, world: &mut World) {
        for address in &self.addresses {
            release(&mut world.interface_addresses, &(self.vpc, *address), &self.id);
        }
    }
}

impl Holder for NatGateway {
    fn hold(&self, world: &mut World) {
        for address in self.privates() {
            world.interface_addresses.insert((self.vpc, address), self.interface_id());
        }
    }

    fn release(&self, world: &mut World) {
        for address in self.privates() {
            release(&mut world.interface_addresses, &(self.vpc, address), &self.interface_id());
        }
    }
}

impl Endpoint {
    fn held(&self) -> impl Iterator<Item = ((VpcId, Ipv4Addr), NetworkInterfaceId)> {
        self.interfaces.iter().filter_map(|it| Some(((self.vpc, it.v4?), it.id)))
    }
}

impl Holder for Endpoint {
    fn hold(&self, world: &mut World) {
        for (key, interface) in self.held() {
            world.interface_addresses.insert(key, interface);
        }
    }

    fn release(&self, world: &mut World) {
        for (key, interface) in self.held() {
            release(&mut world.interface_addresses, &key, &interface);
        }
    }
}

impl Holder for LoadBalancer {
    fn hold(&self, world: &mut World) {
        for (_, address, interface) in self.private_addresses() {
            world.interface_addresses.insert((self.vpc, address), interface);
        }
    }

    fn release(&self, world: &mut World) {
        for (_, address, interface) in self.private_addresses() {
            release(&mut world.interface_addresses, &(self.vpc, address), &interface);
        }
    }
}

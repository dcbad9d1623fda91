//! Private and IPv6 addresses that an interface is given, and that are taken from it, after it was made.
//!
//! Both kinds of interfaces that users have take part: the primary one of an instance, and one made by itself.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    addresses::Holder,
    change::Touched,
    elastic_address::ElasticAddress,
    id::{NetworkInterfaceId, VpcId},
    instance::Instance,
    network_interface::{Interface, NetworkInterface, most_addresses},
    refusal::Refusal,
    world::World,
};

/// `AssignPrivateIpAddresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignPrivateIpAddresses {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// The addresses that are named.
    pub addresses: Vec<Ipv4Addr>,
    /// How many free ones are wanted beside them.
    pub more: u32,
    /// Whether a secondary address of another interface may be moved here.
    pub allow_reassignment: bool,
}

/// `UnassignPrivateIpAddresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnassignPrivateIpAddresses {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// Its secondary addresses that leave it.
    pub addresses: Vec<Ipv4Addr>,
}

/// `AssignIpv6Addresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignIpv6Addresses {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// The addresses.
    pub addresses: Vec<Ipv6Addr>,
}

/// `UnassignIpv6Addresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnassignIpv6Addresses {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// Its addresses that leave it.
    pub addresses: Vec<Ipv6Addr>,
}

/// A copy of an interface, to be changed and put back.
enum Edited {
    Primary(Instance),
    Own(NetworkInterface),
}

impl Edited {
    fn of(world: &World, id: NetworkInterfaceId) -> Result<Self, Refusal> {
        match world.interface(id)? {
            Interface::Primary(it) => Ok(Self::Primary(Instance::clone(it))),
            Interface::Own(it) => Ok(Self::Own(NetworkInterface::clone(it))),
            managed => Err(managed.not_permitted()),
        }
    }

    /// The primary address; an interface in an IPv6-only subnet has none.
    fn primary(&self) -> Option<Ipv4Addr> {
        match self {
            Self::Primary(it) => it.address,
            Self::Own(it) => it.addresses.first().copied(),
        }
    }

    fn addresses(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::Primary(it) => it.addresses().collect(),
            Self::Own(it) => it.addresses.clone(),
        }
    }

    fn ipv6(&self) -> Vec<Ipv6Addr> {
        match self {
            Self::Primary(it) => it.ipv6.into_iter().collect(),
            Self::Own(it) => it.ipv6.clone(),
        }
    }

    fn add(&mut self, address: Ipv4Addr) {
        match self {
            Self::Primary(it) => it.interface.secondary.push(address),
            Self::Own(it) => it.addresses.push(address),
        }
    }

    fn remove(&mut self, address: Ipv4Addr) {
        match self {
            Self::Primary(it) => it.interface.secondary.retain(|held| *held != address),
            Self::Own(it) => it.addresses.retain(|held| *held != address),
        }
    }

    /// Puts it in the place of what it was copied from.
    fn put(self, world: &mut World) -> Touched {
        match self {
            Self::Primary(instance) => {
                if let Some(old) = world.instances.get(&instance.id).cloned() {
                    old.release(world);
                }
                instance.hold(world);
                let vpc = instance.vpc;
                world.instances.insert(instance.id, Arc::new(instance));
                Touched::vpc(vpc)
            }
            Self::Own(interface) => {
                if let Some(old) = world.network_interfaces.get(&interface.id).cloned() {
                    old.release(world);
                }
                interface.hold(world);
                let vpc = interface.vpc;
                world.network_interfaces.insert(interface.id, Arc::new(interface));
                Touched::vpc(vpc)
            }
        }
    }
}

fn not_assigned(id: NetworkInterfaceId) -> Refusal {
    Refusal::value(
        format!("Some of the specified addresses are not assigned to interface {id}"),
        "NI1",
    )
}

impl AssignPrivateIpAddresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut edited = Edited::of(world, self.interface)?;
        let subnet = match &edited {
            Edited::Primary(it) => it.subnet,
            Edited::Own(it) => it.subnet,
        };
        let subnet = Arc::clone(world.subnet(subnet)?);
        if subnet.ipv6_native {
            return Err(Refusal::parameter(
                format!("The subnet '{}' is IPv6-only.", subnet.id),
                "NI1",
            ));
        }
        let more = usize::try_from(self.more).unwrap_or(usize::MAX);
        let wanted = self.addresses.len().saturating_add(more);
        most_addresses(edited.addresses().len().saturating_add(wanted))?;
        let mut touched = Touched::nothing();
        for address in &self.addresses {
            if edited.addresses().contains(address) {
                continue;
            }
            if self.allow_reassignment && world.address_in_use(subnet.vpc, *address) {
                touched.join(take_away(world, subnet.vpc, *address)?);
            }
            subnet.check_address(world, *address)?;
            edited.add(*address);
        }
        touched.join(edited.put(world));
        for _ in 0..more {
            let address = world.free_address(&subnet).ok_or_else(|| subnet.full())?;
            let mut edited = Edited::of(world, self.interface)?;
            edited.add(address);
            touched.join(edited.put(world));
        }
        Ok(touched)
    }
}

/// Takes a secondary address away from the interface that has it.
fn take_away(world: &mut World, vpc: VpcId, address: Ipv4Addr) -> Result<Touched, Refusal> {
    let holder = world
        .interfaces()
        .find(|it| it.vpc() == vpc && !it.is_managed() && it.addresses().contains(&address))
        .map(|it| it.id());
    match holder {
        Some(interface) => {
            UnassignPrivateIpAddresses { interface, addresses: vec![address] }.apply(world)
        }
        None => Ok(Touched::nothing()),
    }
}

impl UnassignPrivateIpAddresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut edited = Edited::of(world, self.interface)?;
        let held = edited.addresses();
        if self.addresses.iter().any(|address| !held.contains(address)) {
            return Err(not_assigned(self.interface));
        }
        if let Some(primary) = edited.primary().filter(|it| self.addresses.contains(it)) {
            return Err(Refusal::value(
                format!("The primary private IP address {primary} cannot be unassigned."),
                "NI1",
            ));
        }
        for address in &self.addresses {
            edited.remove(*address);
        }
        let touched = edited.put(world);
        let freed: Vec<ElasticAddress> = world
            .elastic_of_interface(self.interface)
            .filter(|(_, association)| self.addresses.contains(&association.private))
            .map(|(it, _)| ElasticAddress { association: None, ..ElasticAddress::clone(it) })
            .collect();
        for elastic in freed {
            world.elastic_addresses.insert(elastic.id, Arc::new(elastic));
        }
        Ok(touched)
    }
}

impl AssignIpv6Addresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut edited = Edited::of(world, self.interface)?;
        let subnet = match &edited {
            Edited::Primary(it) => it.subnet,
            Edited::Own(it) => it.subnet,
        };
        let subnet = Arc::clone(world.subnet(subnet)?);
        most_addresses(edited.ipv6().len().saturating_add(self.addresses.len()))?;
        for address in &self.addresses {
            if edited.ipv6().contains(address) {
                continue;
            }
            subnet.check_ipv6(world, *address)?;
            match &mut edited {
                Edited::Primary(it) if it.ipv6.is_some() => {
                    return Err(Refusal::value(
                        "The primary network interface of an instance takes one IPv6 address here.",
                        "NI1",
                    ));
                }
                Edited::Primary(it) => it.ipv6 = Some(*address),
                Edited::Own(it) => it.ipv6.push(*address),
            }
        }
        Ok(edited.put(world))
    }
}

impl UnassignIpv6Addresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut edited = Edited::of(world, self.interface)?;
        let held = edited.ipv6();
        if self.addresses.iter().any(|address| !held.contains(address)) {
            return Err(not_assigned(self.interface));
        }
        match &mut edited {
            Edited::Primary(it) => it.ipv6 = None,
            Edited::Own(it) => it.ipv6.retain(|held| !self.addresses.contains(held)),
        }
        Ok(edited.put(world))
    }
}

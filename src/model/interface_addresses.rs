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
    id::{NetworkInterfaceId, SubnetId, VpcId},
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
    fn of(interface: Interface<'_>) -> Result<Self, Refusal> {
        match interface {
            Interface::Primary(it) => Ok(Self::Primary(Instance::clone(it))),
            Interface::Own(it) => Ok(Self::Own(NetworkInterface::clone(it))),
            managed => Err(managed.not_permitted()),
        }
    }

    fn subnet(&self) -> SubnetId {
        match self {
            Self::Primary(it) => it.subnet,
            Self::Own(it) => it.subnet,
        }
    }

    /// Its addresses behind the primary one, which is the first of an interface made by itself.
    fn secondary(&self) -> &[Ipv4Addr] {
        match self {
            Self::Primary(it) => &it.interface.secondary,
            Self::Own(it) => it.addresses.get(1..).unwrap_or_default(),
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
        let vpc = match self {
            Self::Primary(instance) => {
                let old = world.instances.get(&instance.id).cloned();
                hold_instead(world, old.as_deref(), &instance);
                let vpc = instance.vpc;
                world.instances.insert(instance.id, Arc::new(instance));
                vpc
            }
            Self::Own(interface) => {
                let old = world.network_interfaces.get(&interface.id).cloned();
                hold_instead(world, old.as_deref(), &interface);
                let vpc = interface.vpc;
                world.network_interfaces.insert(interface.id, Arc::new(interface));
                vpc
            }
        };
        Touched::vpc(vpc)
    }
}

/// Lets go of the addresses that were held, and holds those that are.
fn hold_instead<T: Holder>(world: &mut World, old: Option<&T>, new: &T) {
    if let Some(old) = old {
        old.release(world);
    }
    new.hold(world);
}

fn not_assigned(id: NetworkInterfaceId) -> Refusal {
    Refusal::value(
        format!("Some of the specified addresses are not assigned to interface {id}"),
        "NI1",
    )
}

impl AssignPrivateIpAddresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let interface = world.interface(self.interface)?;
        let held = interface.addresses();
        let mut edited = Edited::of(interface)?;
        let subnet = Arc::clone(world.subnet(edited.subnet())?);
        if subnet.ipv6_native {
            return Err(Refusal::parameter(
                format!("The subnet '{}' is IPv6-only.", subnet.id),
                "NI1",
            ));
        }
        let more = usize::try_from(self.more).unwrap_or(usize::MAX);
        let wanted = self.addresses.len().saturating_add(more);
        most_addresses(held.len().saturating_add(wanted))?;
        let mut touched = Touched::nothing();
        for address in &self.addresses {
            if held.contains(address) || edited.secondary().contains(address) {
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
            let mut edited = Edited::of(world.interface(self.interface)?)?;
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
        let interface = world.interface(self.interface)?;
        let held = interface.addresses();
        let mut edited = Edited::of(interface)?;
        if self.addresses.iter().any(|address| !held.contains(address)) {
            return Err(not_assigned(self.interface));
        }
        let is_secondary = |address: &&Ipv4Addr| edited.secondary().contains(address);
        if let Some(primary) = self.addresses.iter().find(|address| !is_secondary(address)) {
            return Err(Refusal::value(
                format!("The primary private IP address {primary} cannot be unassigned."),
                "NI1",
            ));
        }
        for address in &self.addresses {
            edited.remove(*address);
        }
        let touched = edited.put(world);
        world.free_elastic_of(self.interface, |private| self.addresses.contains(&private));
        Ok(touched)
    }
}

impl AssignIpv6Addresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let interface = world.interface(self.interface)?;
        let mut held = interface.ipv6();
        let mut edited = Edited::of(interface)?;
        let subnet = Arc::clone(world.subnet(edited.subnet())?);
        most_addresses(held.len().saturating_add(self.addresses.len()))?;
        for address in &self.addresses {
            if held.contains(address) {
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
            held.push(*address);
        }
        Ok(edited.put(world))
    }
}

impl UnassignIpv6Addresses {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let interface = world.interface(self.interface)?;
        let held = interface.ipv6();
        let mut edited = Edited::of(interface)?;
        if self.addresses.iter().any(|address| !held.contains(address)) {
            return Err(not_assigned(self.interface));
        }
        match &mut edited {
            Edited::Primary(it) => it.ipv6 = it.ipv6.filter(|held| !self.addresses.contains(held)),
            Edited::Own(it) => it.ipv6.retain(|held| !self.addresses.contains(held)),
        }
        Ok(edited.put(world))
    }
}

//! What is at an end of a way: the subnet and the security groups of the interface that has an address, and the port that
//! usually listens there.

use std::{borrow::Cow, net::Ipv4Addr};

use super::{goal::Port, guard::Groups};
use crate::model::{
    id::{SecurityGroupId, SubnetId, VpcId},
    instance::Instance,
    load_balancer::{LoadBalancer, LoadBalancerKind},
    world::World,
};

/// The groups of the interface of an instance that has an address.
pub(super) fn groups_of<'w>(
    world: &'w World,
    instance: &'w Instance,
    address: Option<Ipv4Addr>,
) -> Groups<'w> {
    let primary = &instance.interface;
    let own = address.filter(|address| {
        instance.address != Some(*address) && !primary.secondary.contains(address)
    });
    let own = own.and_then(|address| {
        let mut all = world.network_interfaces.values();
        all.find(|it| it.vpc == instance.vpc && it.addresses.contains(&address))
    });
    match own {
        Some(interface) => Groups::Stated(Cow::Borrowed(&interface.groups)),
        None if primary.groups_stated => Groups::Stated(Cow::Borrowed(&primary.groups)),
        None => Groups::Unstated,
    }
}

/// The subnet of a VPC that has an address.
pub(super) fn subnet_at(world: &World, vpc: VpcId, address: Ipv4Addr) -> Option<SubnetId> {
    world.subnets_of(vpc).find(|subnet| subnet.cidr.contains(address)).map(|subnet| subnet.id)
}

/// The subnet and the groups of the interface that has an address of a VPC. What nobody has lets everything pass.
pub(super) fn end_at(
    world: &World,
    vpc: VpcId,
    address: Ipv4Addr,
) -> (Option<SubnetId>, Groups<'_>) {
    for endpoint in world.endpoints_of(vpc) {
        let mut interfaces = endpoint.interfaces.iter();
        if let Some(interface) = interfaces.find(|interface| interface.v4 == Some(address)) {
            return (Some(interface.subnet), stated(&endpoint.security_groups));
        }
    }
    if let Some(id) = world.private_addresses.get(&(vpc, address))
        && let Some(instance) = world.instances.get(id)
    {
        return (subnet_at(world, vpc, address), groups_of(world, instance, Some(address)));
    }
    let balancer = world.load_balancers.values().find(|balancer| {
        balancer.vpc == vpc && balancer.private_addresses().any(|(_, held, _)| held == address)
    });
    if let Some(balancer) = balancer {
        let (subnet, groups) = of_balancer(balancer, address);
        return (subnet.or_else(|| subnet_at(world, vpc, address)), groups);
    }
    let inbound = world.inbound_endpoints.values();
    let groups = inbound
        .filter(|it| it.vpc == vpc && it.addresses.contains(&address))
        .map(|it| stated(&it.details.groups))
        .next();
    (subnet_at(world, vpc, address), groups.unwrap_or(Groups::Open))
}

/// The subnet and the groups of a load balancer's interface. A Network Load Balancer may have no groups.
pub(super) fn of_balancer(
    balancer: &LoadBalancer,
    address: Ipv4Addr,
) -> (Option<SubnetId>, Groups<'_>) {
    let mut zones = balancer.zones.iter();
    let zone = zones.find(|it| it.address == address || it.private == Some(address));
    let groups = match &*balancer.options.groups {
        [] if balancer.kind == LoadBalancerKind::Network => Groups::Open,
        groups => stated(groups),
    };
    (zone.and_then(|zone| zone.subnet), groups)
}

/// The groups of the interface that has an address, as far as the groups of a VPC can mean them: in the VPC itself, and in
/// those that it is peered with.
pub(super) fn groups_behind(world: &World, vpc: VpcId, address: Ipv4Addr) -> Groups<'_> {
    let holds = |vpc: &VpcId| world.vpcs.get(vpc).is_some_and(|vpc| vpc.contains(address));
    if holds(&vpc) {
        return end_at(world, vpc, address).1;
    }
    let peerings = world.members(vpc).peerings.iter().filter_map(|id| world.peerings.get(id));
    let mut others = peerings.filter(|it| it.is_active()).map(|it| it.other(vpc));
    others.find(holds).map_or(Groups::Open, |other| end_at(world, other, address).1)
}

fn stated(groups: &[SecurityGroupId]) -> Groups<'_> {
    match groups {
        [] => Groups::Unstated,
        groups => Groups::Stated(Cow::Borrowed(groups)),
    }
}

/// The port that usually listens at an address: that of a load balancer's first listener, DNS at an inbound endpoint, else
/// HTTPS.
pub(super) fn usual_port(world: &World, address: Ipv4Addr) -> Port {
    let has = |balancer: &LoadBalancer| {
        let mut zones = balancer.zones.iter();
        zones.any(|zone| zone.address == address || zone.private == Some(address))
    };
    if let Some(balancer) = world.load_balancers.values().find(|it| has(it)) {
        let listener = balancer.listeners.first().and_then(|listener| listener.port);
        return listener.map_or(Port::HTTPS, Port::tcp);
    }
    let mut inbound = world.inbound_endpoints.values();
    match inbound.any(|it| it.addresses.contains(&address)) {
        true => Port::DNS,
        false => Port::HTTPS,
    }
}

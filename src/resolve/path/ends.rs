//! What is at an end of a way: the subnet and the security groups of the interface that has an address, and the port that
//! usually listens there.

use std::{borrow::Cow, net::Ipv4Addr, sync::Arc};

use super::{goal::Port, guard::Groups};
use crate::model::{
    endpoint::Endpoint,
    id::{InstanceId, SecurityGroupId, SubnetId, VpcId},
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

/// What has an address.
pub(super) enum Holder<'w> {
    /// An interface endpoint.
    Endpoint(&'w Endpoint),
    /// An instance.
    Instance(InstanceId),
    /// A load balancer.
    Balancer(&'w LoadBalancer),
    /// An inbound Resolver endpoint.
    Inbound,
    /// Nothing in the World.
    Nobody,
}

/// An end of a way: what has the address, and the subnet and the groups of its interface.
pub(super) struct End<'w> {
    pub(super) holder: Holder<'w>,
    pub(super) subnet: Option<SubnetId>,
    pub(super) groups: Groups<'w>,
}

/// What is at an address of a VPC. Where nothing is, everything passes.
pub(super) fn end_at(world: &World, vpc: VpcId, address: Ipv4Addr) -> End<'_> {
    for endpoint in world.endpoints_of(vpc) {
        let mut interfaces = endpoint.interfaces.iter();
        if let Some(interface) = interfaces.find(|interface| interface.v4 == Some(address)) {
            let groups = stated(&endpoint.security_groups);
            let holder = Holder::Endpoint(endpoint);
            return End { holder, subnet: Some(interface.subnet), groups };
        }
    }
    let within = subnet_at(world, vpc, address);
    if let Some(id) = world.private_addresses.get(&(vpc, address)) {
        let instance = world.instances.get(id);
        let groups = instance.map_or(Groups::Open, |it| groups_of(world, it, Some(address)));
        return End { holder: Holder::Instance(*id), subnet: within, groups };
    }
    let balancer = world.load_balancers.values().find(|balancer| {
        balancer.vpc == vpc && balancer.private_addresses().any(|(_, held, _)| held == address)
    });
    if let Some(balancer) = balancer {
        let (subnet, groups) = of_balancer(balancer, address);
        return End { holder: Holder::Balancer(balancer), subnet: subnet.or(within), groups };
    }
    let mut inbound = world.inbound_endpoints.values();
    match inbound.find(|it| it.vpc == vpc && it.addresses.contains(&address)) {
        Some(it) => {
            End { holder: Holder::Inbound, subnet: within, groups: stated(&it.details.groups) }
        }
        None => End { holder: Holder::Nobody, subnet: within, groups: Groups::Open },
    }
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

/// What is at a private address, seen from a VPC: in the VPC itself, or in one that it is peered with, whose groups rules may
/// mean too.
pub(super) fn end_behind(world: &World, vpc: VpcId, address: Ipv4Addr) -> Option<End<'_>> {
    let holds = |vpc: &VpcId| world.vpcs.get(vpc).is_some_and(|vpc| vpc.contains(address));
    let peerings = world.members(vpc).peerings.iter().filter_map(|id| world.peerings.get(id));
    let peers = peerings.filter(|it| it.is_active()).map(|it| it.other(vpc));
    std::iter::once(vpc).chain(peers).find(holds).map(|vpc| end_at(world, vpc, address))
}

fn stated(groups: &[SecurityGroupId]) -> Groups<'_> {
    match groups {
        [] => Groups::Unstated,
        groups => Groups::Stated(Cow::Borrowed(groups)),
    }
}

/// The port that usually listens at an address, seen from a VPC: that of a load balancer's first listener, DNS at an inbound
/// endpoint, else HTTPS.
pub(super) fn usual_port(world: &World, vpc: Option<VpcId>, address: Ipv4Addr) -> Port {
    let of_balancer = |balancer: &LoadBalancer| {
        let listener = balancer.listeners.first().and_then(|listener| listener.port);
        listener.map_or(Port::HTTPS, Port::tcp)
    };
    match vpc.and_then(|vpc| end_behind(world, vpc, address)).map(|end| end.holder) {
        Some(Holder::Balancer(balancer)) => of_balancer(balancer),
        Some(Holder::Inbound) => Port::DNS,
        Some(_) => Port::HTTPS,
        None => facing_at(world, address).map_or(Port::HTTPS, of_balancer),
    }
}

/// The internet-facing load balancer with a public address.
pub(super) fn facing_at(world: &World, address: Ipv4Addr) -> Option<&LoadBalancer> {
    let has = |balancer: &&Arc<LoadBalancer>| {
        balancer.internet_facing && balancer.zones.iter().any(|zone| zone.address == address)
    };
    world.load_balancers.values().find(has).map(|balancer| &**balancer)
}

//! How the zones of a load balancer get their addresses from subnets, and how a World takes them in.
//!
//! Which zones an answer has is decided in `resolve/load_balancer.rs`.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    addresses::Holder,
    elastic_address::{Association, ElasticAddress},
    id::{AllocationId, AssociationId, SubnetId, seed_of},
    load_balancer::{BalancerAddressType, LoadBalancer, LoadBalancerZone},
    refusal::Refusal,
    subnet::Subnet,
    world::World,
};

/// A subnet for a load balancer, with the addresses it takes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetMapping {
    /// The subnet.
    pub subnet: SubnetId,
    /// `PrivateIPv4Address`; none means the lowest free one.
    pub private: Option<Ipv4Addr>,
    /// `IPv6Address`; none means one made from the private address, if it needs one.
    pub ipv6: Option<Ipv6Addr>,
    /// `AllocationId`.
    pub allocation: Option<AllocationId>,
    /// The public address that it takes without an elastic one, if it is internet-facing.
    pub public: Option<Ipv4Addr>,
}

/// The refusal of a configuration.
pub(super) fn configuration(text: impl Into<String>) -> Refusal {
    Refusal::new("InvalidConfigurationRequest", text, "B10")
}

/// The refusal of a value.
pub(super) fn validation(text: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", text, "B10")
}

/// The zones for these subnets. A zone whose subnet stays keeps its addresses. The addresses are not held yet.
///
/// # Errors
///
/// AWS's refusal.
pub(super) fn zones(
    world: &World,
    balancer: &LoadBalancer,
    mappings: &[SubnetMapping],
) -> Result<Vec<LoadBalancerZone>, Refusal> {
    let mut made: Vec<LoadBalancerZone> = Vec::with_capacity(mappings.len());
    for mapping in mappings {
        let subnet = world.subnets.get(&mapping.subnet).filter(|it| it.vpc == balancer.vpc);
        let subnet = subnet.ok_or_else(|| {
            Refusal::new(
                "InvalidSubnet",
                "All subnets of a load balancer must be in the same VPC",
                "B10",
            )
        })?;
        if made.iter().any(|zone| zone.zone == subnet.zone) {
            return Err(configuration(
                "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            ));
        }
        let is_here = |it: &&LoadBalancerZone| {
            it.subnet_of(world, balancer).is_some_and(|held| held.id == subnet.id)
        };
        let old = balancer.zones.iter().find(is_here);
        made.push(zone(world, balancer, subnet, mapping, old)?);
    }
    Ok(made)
}

fn zone(
    world: &World,
    balancer: &LoadBalancer,
    subnet: &Subnet,
    mapping: &SubnetMapping,
    old: Option<&LoadBalancerZone>,
) -> Result<LoadBalancerZone, Refusal> {
    let held = |it: &LoadBalancerZone| it.private_address(balancer.internet_facing);
    let kept = old.and_then(held);
    let private = match mapping.private {
        Some(address) if Some(address) == kept => address,
        Some(address) => {
            subnet.check_address(world, address).map_err(|it| {
                let text = format!("The private IPv4 address '{address}' cannot be used: {}", it.message);
                configuration(text)
            })?;
            address
        }
        None => match kept {
            Some(address) => address,
            None => world.free_address(subnet).ok_or_else(|| {
                let text = format!("Not enough IP space available in {}. ELB requires at least 8 free IP addresses in each subnet.", subnet.id);
                Refusal::new("InvalidSubnet", text, "B10")
            })?,
        },
    };
    let is_public = balancer.internet_facing
        && balancer.options.address_type != BalancerAddressType::DualstackWithoutPublicIpv4;
    let allocation = mapping.allocation.or(old.and_then(|it| it.allocation)).filter(|_| is_public);
    let address = match allocation {
        Some(id) => elastic(world, balancer, subnet, id)?.address,
        None if is_public => {
            // A public address that was given stays.
            let is_public = |it: &&LoadBalancerZone| {
                it.allocation.is_none() && !subnet.cidr.contains(it.address)
            };
            let public = old.filter(is_public).map(|it| it.address).or(mapping.public);
            public
                .ok_or_else(|| configuration("No public address is left for the load balancer"))?
        }
        None => private,
    };
    Ok(LoadBalancerZone {
        subnet: Some(subnet.id),
        private: (address != private).then_some(private),
        ipv6: ipv6(world, balancer, subnet, mapping, (private, old))?,
        allocation,
        chosen: mapping.private.is_some()
            || mapping.ipv6.is_some()
            || old.is_some_and(|it| it.chosen),
        ..LoadBalancerZone::new(Arc::clone(&subnet.zone), address, old.is_none_or(|it| it.healthy))
    })
}

/// The elastic address of an id, if nothing else uses it.
fn elastic<'w>(
    world: &'w World,
    balancer: &LoadBalancer,
    subnet: &Subnet,
    id: AllocationId,
) -> Result<&'w Arc<ElasticAddress>, Refusal> {
    let Some(address) = world.elastic_addresses.get(&id) else {
        let text = format!("The allocation IDs '{id}' do not exist");
        return Err(Refusal::new("AllocationIdNotFound", text, "B10"));
    };
    let ours = balancer.interface(&subnet.zone);
    if address.association.is_some_and(|it| it.interface != ours) {
        let text = format!("The allocation IDs '{id}' are not available for use");
        return Err(Refusal::new("ResourceInUse", text, "B10"));
    }
    Ok(address)
}

fn ipv6(
    world: &World,
    balancer: &LoadBalancer,
    subnet: &Subnet,
    mapping: &SubnetMapping,
    (private, old): (Ipv4Addr, Option<&LoadBalancerZone>),
) -> Result<Option<Ipv6Addr>, Refusal> {
    if balancer.options.address_type == BalancerAddressType::Ipv4 {
        return match mapping.ipv6 {
            Some(_) => Err(configuration("An IPv6 address needs the IP address type dualstack")),
            None => Ok(None),
        };
    }
    let Some(range) = subnet.ipv6_cidr else {
        let text = format!("The subnet '{}' has no IPv6 CIDR block", subnet.id);
        return Err(Refusal::new("InvalidSubnet", text, "B10"));
    };
    let kept = old.and_then(|it| it.ipv6);
    match mapping.ipv6 {
        Some(address) if Some(address) != kept => {
            subnet.check_ipv6(world, address).map_err(|it| configuration(it.message))?;
            Ok(Some(address))
        }
        Some(address) => Ok(Some(address)),
        None => Ok(kept.or_else(|| {
            let host = u128::from(u32::from(private)) | 0x2000_0000_0000;
            Some(Ipv6Addr::from(u128::from(range.network()) | host))
        })),
    }
}

impl World {
    /// Replaces the load balancer with this name, and enters its addresses; those it no longer has are free.
    pub(super) fn put_balancer(&mut self, balancer: LoadBalancer) {
        if let Some(old) = self.load_balancers.get(&balancer.dns_name).cloned() {
            old.release(self);
            let lost = old.zones.iter().filter(|zone| {
                let new = balancer.zones.iter().find(|it| it.zone == zone.zone);
                zone.allocation.is_some() && new.is_none_or(|it| it.allocation != zone.allocation)
            });
            for zone in lost {
                self.free_elastic(old.interface(&zone.zone));
            }
        }
        for zone in &balancer.zones {
            self.associate_with(&balancer, zone);
        }
        balancer.hold(self);
        self.load_balancers.insert(balancer.dns_name.clone(), Arc::new(balancer));
    }

    /// Removes a load balancer, and frees its addresses.
    pub(super) fn drop_balancer(&mut self, balancer: &LoadBalancer) {
        balancer.release(self);
        for zone in balancer.zones.iter().filter(|zone| zone.allocation.is_some()) {
            self.free_elastic(balancer.interface(&zone.zone));
        }
        self.load_balancers.remove(&balancer.dns_name);
    }

    /// Associates the elastic address of a zone with its network interface.
    fn associate_with(&mut self, balancer: &LoadBalancer, zone: &LoadBalancerZone) {
        let Some(elastic) = zone.allocation.and_then(|id| self.elastic_addresses.get(&id)) else {
            return;
        };
        let interface = balancer.interface(&zone.zone);
        let Some(private) = zone.private_address(balancer.internet_facing) else { return };
        let id = AssociationId::from_seed(seed_of("balancer-association", interface));
        let association = Some(Association { id, interface, private });
        if elastic.association != association {
            let next = ElasticAddress { association, ..ElasticAddress::clone(elastic) };
            self.elastic_addresses.insert(next.id, Arc::new(next));
        }
    }
}

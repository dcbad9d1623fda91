//! Makes and deletes NAT gateways, and ends their states (NG1 to NG5).

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    addresses::Holder,
    change::{Touched, duplicate},
    elastic_address::{Association, ElasticAddress},
    id::{NatGatewayId, SubnetId, VpcId},
    id_words::IdWords,
    nat_gateway::{NatAddress, NatGateway, NatGatewayState},
    refusal::Refusal,
    route::RouteTarget,
    subnet::Subnet,
    world::World,
};

/// The most living NAT gateways in a zone (NG5).
const MAX_IN_ZONE: usize = 5;
/// The most addresses of one (NG5).
const MAX_ADDRESSES: usize = 8;

/// `CreateNatGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateNatGateway {
    /// The gateway; an address without a private one takes the lowest free one of the subnet.
    pub gateway: NatGateway,
}

/// `DeleteNatGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteNatGateway {
    /// The gateway.
    pub gateway: NatGatewayId,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// Ends the state of a NAT gateway that AWS ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleNatGateway {
    /// The gateway.
    pub gateway: NatGatewayId,
}

impl World {
    /// Replaces the gateway with this id, and enters its addresses.
    fn put_nat_gateway(&mut self, gateway: NatGateway) {
        if let Some(old) = self.nat_gateways.get(&gateway.id).cloned() {
            old.release(self);
        }
        gateway.hold(self);
        self.nat_gateways.insert(gateway.id, Arc::new(gateway));
    }

    /// Forgets NAT gateways that are described no longer, unless a route leads to one of them.
    fn forget_nat_gateways(&mut self, now: u64) {
        let over = |it: &&Arc<NatGateway>| !it.is_described(now);
        let over: Vec<NatGatewayId> =
            self.nat_gateways.values().filter(over).map(|it| it.id).collect();
        for id in over {
            let target = RouteTarget::NatGateway(id.to_string().into());
            let used = self.route_tables.values().any(|table| {
                let to_ranges = table.routes.iter().map(|route| &route.target);
                let to_lists = table.list_routes.iter().map(|route| &route.target);
                to_ranges.chain(to_lists).any(|it| *it == target)
            });
            if !used {
                self.nat_gateways.remove(&id);
            }
        }
    }

    /// Forgets the NAT gateways of a VPC that is being deleted.
    pub(super) fn drop_nat_gateways(&mut self, vpc: VpcId) {
        let own = |it: &&Arc<NatGateway>| it.vpc == vpc;
        let own: Vec<NatGatewayId> =
            self.nat_gateways.values().filter(own).map(|it| it.id).collect();
        for id in own {
            self.nat_gateways.remove(&id);
        }
    }
}

impl CreateNatGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut gateway = self.gateway.clone();
        duplicate(&world.nat_gateways, &gateway.id)?;
        world.forget_nat_gateways(gateway.created);
        let subnet = Arc::clone(world.subnet(gateway.subnet)?);
        gateway.vpc = subnet.vpc;
        gateway.state = NatGatewayState::Pending;
        check(world, &gateway, &subnet)?;
        if gateway.public {
            take_elastic(world, &mut gateway)?;
        }
        if gateway.failure.is_none() {
            choose_addresses(world, &mut gateway, &subnet)?;
        }
        if gateway.failure.is_some() {
            for address in &mut gateway.addresses {
                address.private = None;
            }
        } else {
            associate(world, &gateway);
        }
        let vpc = gateway.vpc;
        world.put_nat_gateway(gateway);
        Ok(Touched::vpc(vpc))
    }
}

/// What AWS refuses at once.
fn check(world: &World, gateway: &NatGateway, subnet: &Subnet) -> Result<(), Refusal> {
    if subnet.ipv6_native {
        let message = format!("The subnet '{}' is IPv6-only.", subnet.id);
        return Err(Refusal::parameter(message, "NG1"));
    }
    if gateway.addresses.len() > MAX_ADDRESSES {
        return Err(Refusal::new(
            "NatGatewayLimitExceeded",
            format!("A NAT gateway has at most {MAX_ADDRESSES} private addresses."),
            "NG5",
        ));
    }
    let zone = |id: SubnetId| world.subnets.get(&id).map(|subnet| &subnet.zone);
    let home = |id: VpcId| world.vpcs.get(&id).map(|vpc| (vpc.region, &vpc.owner));
    let beside = world.nat_gateways.values().filter(|it| {
        it.is_living() && zone(it.subnet) == Some(&subnet.zone) && home(it.vpc) == home(gateway.vpc)
    });
    if beside.count() >= MAX_IN_ZONE {
        return Err(Refusal::new(
            "NatGatewayLimitExceeded",
            format!(
                "The maximum number of NAT gateways in {}, {MAX_IN_ZONE}, has been reached.",
                subnet.zone
            ),
            "NG5",
        ));
    }
    for address in gateway.addresses.iter().filter_map(|it| it.private) {
        subnet.check_address(world, address)?;
    }
    Ok(())
}

/// Looks at the elastic addresses. What is wrong with them is told by the gateway's state (NG2).
fn take_elastic(world: &World, gateway: &mut NatGateway) -> Result<(), Refusal> {
    let mut failure = None;
    for address in &mut gateway.addresses {
        let Some(elastic) = &mut address.elastic else { continue };
        let held = world.elastic_address(elastic.allocation)?;
        elastic.address = Some(held.address);
        if held.association.is_some() {
            let text = format!("Elastic IP address [{}] is already associated", held.id);
            failure = failure.or(Some(("Resource.AlreadyAssociated", text)));
        }
    }
    if failure.is_none() && world.members(gateway.vpc).internet_gateway.is_none() {
        let text = format!("Network {} has no Internet gateway attached", gateway.vpc);
        failure = Some(("Gateway.NotAttached", text));
    }
    if let Some((code, text)) = failure {
        gateway.fail(code, text, gateway.created);
    }
    Ok(())
}

/// Gives each address that has none the lowest free one. If there are too few, the gateway fails (NG2).
fn choose_addresses(
    world: &mut World,
    gateway: &mut NatGateway,
    subnet: &Subnet,
) -> Result<(), Refusal> {
    let interface = gateway.interface_id();
    let stated: Vec<Ipv4Addr> = gateway.addresses.iter().filter_map(|it| it.private).collect();
    let mut held = Vec::new();
    let mut hold = |world: &mut World, address: Ipv4Addr| {
        held.push(address);
        world.interface_addresses.insert((subnet.vpc, address), interface);
    };
    for address in stated {
        subnet.check_address(world, address)?;
        hold(world, address);
    }
    for at in 0..gateway.addresses.len() {
        if gateway.addresses[at].private.is_some() {
            continue;
        }
        let Some(free) = world.free_address(subnet) else {
            for address in held {
                world.interface_addresses.remove(&(subnet.vpc, address));
            }
            let text = "Subnet has insufficient free addresses to create this NAT gateway";
            gateway.fail("InsufficientFreeAddressesInSubnet", text.to_owned(), gateway.created);
            return Ok(());
        };
        hold(world, free);
        gateway.addresses[at].private = Some(free);
    }
    Ok(())
}

/// Associates the elastic addresses with the gateway.
fn associate(world: &mut World, gateway: &NatGateway) {
    for NatAddress { private, elastic } in &gateway.addresses {
        if let (Some(private), Some(elastic)) = (private, elastic)
            && let Some(held) = world.elastic_addresses.get(&elastic.allocation)
        {
            let association = Association {
                id: elastic.association,
                interface: gateway.interface_id(),
                private: *private,
            };
            let held =
                ElasticAddress { association: Some(association), ..ElasticAddress::clone(held) };
            world.elastic_addresses.insert(held.id, Arc::new(held));
        }
    }
}

impl DeleteNatGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let found = world.nat_gateways.get(&self.gateway);
        let mut gateway = NatGateway::clone(found.ok_or_else(|| self.gateway.missing("NG3"))?);
        match gateway.state {
            NatGatewayState::Deleting | NatGatewayState::Deleted => return Ok(Touched::nothing()),
            // Nothing was made.
            NatGatewayState::Failed => gateway.state = NatGatewayState::Deleted,
            _ => gateway.state = NatGatewayState::Deleting,
        }
        gateway.deleted = self.at;
        let vpc = gateway.vpc;
        world.put_nat_gateway(gateway);
        Ok(Touched::vpc(vpc))
    }
}

impl SettleNatGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(found) = world.nat_gateways.get(&self.gateway) else {
            return Ok(Touched::nothing());
        };
        let mut gateway = NatGateway::clone(found);
        gateway.state = match gateway.state {
            NatGatewayState::Pending if gateway.failure.is_some() => NatGatewayState::Failed,
            NatGatewayState::Pending => NatGatewayState::Available,
            NatGatewayState::Deleting => {
                world.free_elastic(gateway.interface_id());
                NatGatewayState::Deleted
            }
            _ => return Ok(Touched::nothing()),
        };
        let vpc = gateway.vpc;
        world.put_nat_gateway(gateway);
        Ok(Touched::vpc(vpc))
    }
}

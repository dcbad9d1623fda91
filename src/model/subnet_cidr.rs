//! The IPv6 range of a subnet, given to it and taken from it after it was made.

use std::sync::Arc;

use ipnetwork::Ipv6Network;

use super::{
    change::Touched,
    id::SubnetId,
    refusal::Refusal,
    subnet::{Subnet, check_ipv6},
    world::World,
};

/// `AssociateSubnetCidrBlock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateSubnetCidrBlock {
    /// The subnet.
    pub subnet: SubnetId,
    /// The range.
    pub range: Ipv6Network,
}

/// `DisassociateSubnetCidrBlock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateSubnetCidrBlock {
    /// The subnet.
    pub subnet: SubnetId,
}

impl AssociateSubnetCidrBlock {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let subnet = Arc::clone(world.subnet(self.subnet)?);
        if let Some(range) = subnet.ipv6_cidr {
            return Err(Refusal::value(
                format!("The subnet '{}' has the IPv6 CIDR block '{range}' already.", subnet.id),
                "A51",
            ));
        }
        let vpc = Arc::clone(world.vpc(subnet.vpc)?);
        let range = check_ipv6(world, &subnet, &vpc, self.range)?;
        let next = Subnet { ipv6_cidr: Some(range), ..Subnet::clone(&subnet) };
        world.subnets.insert(next.id, Arc::new(next));
        Ok(Touched::vpc(subnet.vpc))
    }
}

impl DisassociateSubnetCidrBlock {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let subnet = Arc::clone(world.subnet(self.subnet)?);
        let used =
            world.instances_of(subnet.vpc).any(|it| it.subnet == subnet.id && it.ipv6.is_some())
                || world
                    .network_interfaces
                    .values()
                    .any(|it| it.subnet == subnet.id && !it.ipv6.is_empty())
                || world.endpoints_of(subnet.vpc).any(|endpoint| {
                    let interfaces = &mut endpoint.interfaces.iter();
                    interfaces.any(|it| it.subnet == subnet.id && it.v6.is_some())
                });
        if used || subnet.ipv6_native {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("The IPv6 CIDR block of the subnet '{}' is in use.", subnet.id),
                "A51",
            ));
        }
        let next = Subnet { ipv6_cidr: None, assign_ipv6: false, ..Subnet::clone(&subnet) };
        world.subnets.insert(next.id, Arc::new(next));
        Ok(Touched::vpc(subnet.vpc))
    }
}

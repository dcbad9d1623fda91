//! The IPv6 range of a subnet, associated and disassociated.

use std::sync::Arc;

use ipnetwork::Ipv6Network;

use super::{
    Operation, absent,
    subnet::{ipv6_association, ipv6_range},
};
use crate::{
    api::{context::Context, error::ApiError, parameter::Parameters, shape::Fields},
    model::{id::SubnetId, subnet::Subnet, subnet_cidr as model},
};

fn shown(subnet: &Subnet, range: Ipv6Network, state: &'static str) -> Fields {
    Fields::new().set("subnetId", subnet.id).fields(
        "ipv6CidrBlockAssociation",
        Fields::new()
            .set("associationId", ipv6_association(subnet, range))
            .set("ipv6CidrBlock", range)
            .fields("ipv6CidrBlockState", Fields::new().set("state", state)),
    )
}

/// `AssociateSubnetCidrBlock`.
pub(super) struct AssociateSubnetCidrBlock {
    subnet: SubnetId,
    range: Ipv6Network,
}

impl Operation for AssociateSubnetCidrBlock {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv6NetmaskLength"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        absent::ipam_pool(parameters, "Ipv6IpamPoolId")?;
        let subnet = parameters.required_id("SubnetId")?;
        let range = ipv6_range(parameters)?.ok_or_else(|| {
            ApiError::new(
                "MissingParameter",
                "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.",
            )
        })?;
        Ok(Self { subnet, range })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self { subnet, range } = self;
        let after = context.commit(&[model::AssociateSubnetCidrBlock { subnet, range }.into()])?;
        let subnet = after.world.subnet(subnet)?;
        Ok(shown(subnet, subnet.ipv6_cidr.unwrap_or(range), "associating"))
    }
}

/// `DisassociateSubnetCidrBlock`.
pub(super) struct DisassociateSubnetCidrBlock {
    association: String,
}

impl Operation for DisassociateSubnetCidrBlock {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { association: parameters.required("AssociationId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_it = |subnet: &&Arc<Subnet>| {
            context.owns_vpc(subnet.vpc)
                && subnet
                    .ipv6_cidr
                    .is_some_and(|range| ipv6_association(subnet, range) == self.association)
        };
        let found = context.world().subnets.values().find(is_it).cloned();
        let found = found.and_then(|subnet| Some((subnet.ipv6_cidr?, subnet)));
        let Some((range, subnet)) = found else {
            return Err(ApiError::new(
                "InvalidSubnetCidrBlockAssociationID.NotFound",
                format!(
                    "The subnet CIDR block with association ID {} does not exist",
                    self.association
                ),
            ));
        };
        let change = model::DisassociateSubnetCidrBlock { subnet: subnet.id };
        context.commit(&[change.into()])?;
        Ok(shown(&subnet, range, "disassociating"))
    }
}

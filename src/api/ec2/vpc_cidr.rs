//! The further ranges of VPCs (A54).

use ipnetwork::IpNetwork;

use super::{Operation, absent, vpc};
use crate::{
    api::{context::Context, error::ApiError, parameter::Parameters, shape::Fields},
    model::{
        id::VpcId,
        vpc::Vpc,
        vpc_cidr::{self, association},
    },
};

/// A range of a VPC as replies show it.
pub(super) fn fields(vpc: &Vpc, cidr: IpNetwork, state: &str) -> Fields {
    let state = Fields::new().set("state", state);
    let association = association(vpc.id, cidr);
    match cidr {
        IpNetwork::V4(cidr) => Fields::new()
            .set("associationId", association)
            .set("cidrBlock", cidr)
            .fields("cidrBlockState", state),
        IpNetwork::V6(cidr) => Fields::new()
            .set("associationId", association)
            .set("ipv6CidrBlock", cidr)
            .fields("ipv6CidrBlockState", state)
            .set("networkBorderGroup", vpc.region)
            .set("ipv6Pool", "Amazon")
            .set("ipv6AddressAttribute", "public")
            .set("ipSource", "amazon"),
    }
}

fn reply(vpc: &Vpc, cidr: IpNetwork, state: &str) -> Fields {
    let name = if cidr.is_ipv4() { "cidrBlockAssociation" } else { "ipv6CidrBlockAssociation" };
    Fields::new().set("vpcId", vpc.id).fields(name, fields(vpc, cidr, state))
}

/// `AssociateVpcCidrBlock`.
pub(super) struct AssociateVpcCidrBlock {
    vpc: VpcId,
    /// None: a range that AWS provides, for IPv6.
    cidr: Option<IpNetwork>,
}

impl Operation for AssociateVpcCidrBlock {
    const WITHOUT_EFFECT: &'static [&'static str] =
        &["Ipv4NetmaskLength", "Ipv6CidrBlockNetworkBorderGroup", "Ipv6NetmaskLength"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = parameters.required_id("VpcId")?;
        absent::ipam_pool(parameters, "Ipv4IpamPoolId")?;
        absent::ipam_pool(parameters, "Ipv6IpamPoolId")?;
        absent::address_pool(parameters, "Ipv6Pool")?;
        if parameters.text("Ipv6CidrBlock")?.is_some() {
            return Err(ApiError::missing("ipv6Pool"));
        }
        let v4 = vpc::cidr(parameters, "CidrBlock")?;
        let provided = parameters.boolean("AmazonProvidedIpv6CidrBlock")?.unwrap_or_default();
        match (v4, provided) {
            (Some(_), true) => Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters cidrBlock and amazonProvidedIpv6CidrBlock cannot be used together",
            )),
            (None, false) => Err(ApiError::missing("cidrBlock")),
            (v4, _) => Ok(Self { vpc, cidr: v4.map(IpNetwork::V4) }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = context.own(self.vpc)?;
        let cidr = match self.cidr {
            Some(IpNetwork::V4(cidr)) => crate::model::vpc::canonical(cidr).into(),
            Some(cidr) => cidr,
            None => vpc_cidr::provided_ipv6(own.id, &own.ipv6_cidrs).into(),
        };
        let change = vpc_cidr::AssociateVpcCidrBlock { vpc: self.vpc, cidr };
        let after = context.commit(&[change.into()])?;
        Ok(reply(after.world.vpc(self.vpc)?, cidr, "associating"))
    }
}

/// `DisassociateVpcCidrBlock`.
pub(super) struct DisassociateVpcCidrBlock {
    association: String,
}

impl Operation for DisassociateVpcCidrBlock {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { association: parameters.required("AssociationId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = vpc_cidr::find_association(context.world(), &self.association);
        let (vpc, cidr) = found
            .filter(|(vpc, _)| context.owns_vpc(*vpc))
            .ok_or_else(|| vpc_cidr::not_found(&self.association))?;
        let change = vpc_cidr::DisassociateVpcCidrBlock { vpc, cidr };
        let after = context.commit(&[change.into()])?;
        Ok(reply(after.world.vpc(vpc)?, cidr, "disassociating"))
    }
}

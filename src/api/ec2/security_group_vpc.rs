//! Associations of security groups with other VPCs (SG3). They are there at once.

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        id::{SecurityGroupId, VpcId},
        security_group::SecurityGroup,
        security_group_vpc as model,
    },
};

fn read_pair(parameters: &mut Parameters) -> Result<(SecurityGroupId, VpcId), ApiError> {
    Ok((parameters.required_id("GroupId")?, parameters.required_id("VpcId")?))
}

/// `AssociateSecurityGroupVpc`.
pub(super) struct AssociateSecurityGroupVpc {
    group: SecurityGroupId,
    vpc: VpcId,
}

impl Operation for AssociateSecurityGroupVpc {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (group, vpc) = read_pair(parameters)?;
        Ok(Self { group, vpc })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = model::AssociateSecurityGroupVpc { group: self.group, vpc: self.vpc };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("state", "associating"))
    }
}

/// `DisassociateSecurityGroupVpc`.
pub(super) struct DisassociateSecurityGroupVpc {
    group: SecurityGroupId,
    vpc: VpcId,
}

impl Operation for DisassociateSecurityGroupVpc {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (group, vpc) = read_pair(parameters)?;
        Ok(Self { group, vpc })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = model::DisassociateSecurityGroupVpc { group: self.group, vpc: self.vpc };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("state", "disassociating"))
    }
}

/// `DescribeSecurityGroupVpcAssociations`.
pub(super) type DescribeSecurityGroupVpcAssociations = Listing<Associations>;

/// Every association. Both VPCs have one owner.
pub(super) struct Associations;

/// A group, and a VPC that it is associated with.
pub(super) type Association<'c> = (&'c Arc<SecurityGroup>, VpcId);

impl Describe for Associations {
    type Item<'c> = Association<'c>;

    const LIST: &'static str = "securityGroupVpcAssociationSet";

    const FILTERS: Filters<Self> = &[
        ("group-id", |(group, _), _| texts([group.id])),
        ("group-owner-id", |_, context| texts([&context.account])),
        ("state", |_, _| texts(["associated"])),
        ("vpc-id", |(_, vpc), _| texts([vpc])),
        ("vpc-owner-id", |_, context| texts([&context.account])),
    ];

    fn read(_: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let groups = context.all_own(&[], context.world().security_groups.keys());
        Ok(groups
            .into_iter()
            .flat_map(|group| group.vpcs.iter().map(move |vpc| (group, *vpc)))
            .collect())
    }

    fn key((group, vpc): &Self::Item<'_>) -> String {
        format!("{}/{vpc}", group.id)
    }

    fn fields(context: &Context<'_>, (group, vpc): Self::Item<'_>) -> Fields {
        Fields::new()
            .set("groupId", group.id)
            .set("vpcId", vpc)
            .set("vpcOwnerId", &context.account)
            .set("state", "associated")
            .set("groupOwnerId", &context.account)
    }
}

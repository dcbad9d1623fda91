//! Associations of security groups with other VPCs of their account and region, where network interfaces may use them too
//! (SG3).

use std::sync::Arc;

use super::{
    change::Touched,
    id::{SecurityGroupId, VpcId},
    refusal::Refusal,
    security_group::{DEFAULT, SecurityGroup},
    world::World,
};

/// `AssociateSecurityGroupVpc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateSecurityGroupVpc {
    /// The group.
    pub group: SecurityGroupId,
    /// The other VPC.
    pub vpc: VpcId,
}

/// `DisassociateSecurityGroupVpc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateSecurityGroupVpc {
    /// The group.
    pub group: SecurityGroupId,
    /// The other VPC.
    pub vpc: VpcId,
}

impl World {
    /// Ends the associations with a VPC that is deleted.
    pub(super) fn forget_associated_groups(&mut self, vpc: VpcId) {
        let all = self.security_groups.values();
        let held: Vec<_> = all.filter(|it| it.vpcs.contains(&vpc)).cloned().collect();
        for group in held {
            let mut group = SecurityGroup::clone(&group);
            group.vpcs.retain(|it| *it != vpc);
            self.security_groups.insert(group.id, Arc::new(group));
        }
    }
}

impl AssociateSecurityGroupVpc {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = SecurityGroup::clone(world.security_group(self.group)?);
        let (own, other) = (world.vpc(group.vpc)?, world.vpc(self.vpc)?);
        let refused = |text: String| Err(Refusal::value(text, "SG3"));
        if *group.name == *DEFAULT {
            return refused(format!(
                "The default security group {} cannot be associated with another VPC.",
                group.id
            ));
        }
        if other.is_default {
            return refused(format!(
                "Security groups cannot be associated with the default VPC {}.",
                other.id
            ));
        }
        if own.id == other.id {
            return refused(format!(
                "The security group {} was created in the VPC {}.",
                group.id, own.id
            ));
        }
        if (own.region, &own.owner) != (other.region, &other.owner) {
            return refused(format!(
                "The security group {} and the VPC {} must be in the same Region and account.",
                group.id, other.id
            ));
        }
        if group.vpcs.contains(&self.vpc) {
            let text = format!(
                "The security group {} is already associated with the VPC {}",
                group.id, self.vpc
            );
            return Err(Refusal::new("Resource.AlreadyAssociated", text, "SG3"));
        }
        group.vpcs.push(self.vpc);
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

impl DisassociateSecurityGroupVpc {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = SecurityGroup::clone(world.security_group(self.group)?);
        if !group.vpcs.contains(&self.vpc) {
            let text = format!(
                "The security group {} is not associated with the VPC {}",
                group.id, self.vpc
            );
            return Err(Refusal::new("InvalidAssociation.NotFound", text, "SG3"));
        }
        if world.vpcs_that_use(group.id).any(|it| it == self.vpc) {
            let text = format!("resource {} has a dependent object", group.id);
            return Err(Refusal::new("DependencyViolation", text, "SG3"));
        }
        group.vpcs.retain(|it| *it != self.vpc);
        world.security_groups.insert(group.id, Arc::new(group));
        Ok(Touched::nothing())
    }
}

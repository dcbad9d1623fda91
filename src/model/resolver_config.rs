//! What is set for the Resolver of one VPC: names that it defines by itself, and whether it validates DNSSEC.
//!
//! No answer depends on DNSSEC: nothing here is signed.

use std::sync::Arc;

use super::{change::Touched, id::VpcId, refusal::Refusal, vpc::Vpc, world::World};

/// `UpdateResolverConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateResolverConfig {
    /// The VPC.
    pub vpc: VpcId,
    /// Whether reverse names of private addresses are autodefined.
    pub autodefined_reverse: bool,
}

/// `UpdateResolverDnssecConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateResolverDnssecConfig {
    /// The VPC.
    pub vpc: VpcId,
    /// Whether signatures are checked.
    pub validation: bool,
}

impl UpdateResolverConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut vpc = Vpc::clone(world.vpc(self.vpc)?);
        vpc.autodefined_reverse = self.autodefined_reverse;
        world.vpcs.insert(self.vpc, Arc::new(vpc));
        Ok(Touched::vpc(self.vpc))
    }
}

impl UpdateResolverDnssecConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        world.edit_members(self.vpc, |members| members.dnssec_validation = self.validation);
        Ok(Touched::nothing())
    }
}

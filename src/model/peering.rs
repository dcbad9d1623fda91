//! VPC peering connections and their DNS option (H40 to H44).
//!
//! The option changes what the public host names of the peer's instances answer and nothing else.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{PeeringId, VpcId},
    refusal::Refusal,
    vpc::overlap,
    world::{Tags, World},
};

/// A peering connection.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Peering {
    /// Its id.
    pub id: PeeringId,
    /// Its tags.
    pub tags: Tags,
    /// The VPC that asked for it.
    pub requester: VpcId,
    /// The VPC that accepted it.
    pub accepter: VpcId,
    /// Whether it was accepted.
    pub active: bool,
    /// `AllowDnsResolutionFromRemoteVpc` of the requester's side.
    pub requester_dns: bool,
    /// `AllowDnsResolutionFromRemoteVpc` of the accepter's side.
    pub accepter_dns: bool,
}

impl Peering {
    /// Whether instances of `owner` answer with private addresses when asked for from `asker` (H40): the side of
    /// `owner` allows resolution from the remote VPC.
    pub fn resolves(&self, asker: VpcId, owner: VpcId) -> bool {
        self.active
            && ((self.requester == owner && self.accepter == asker && self.requester_dns)
                || (self.accepter == owner && self.requester == asker && self.accepter_dns))
    }

    /// The VPC at the other end.
    pub fn other(&self, vpc: VpcId) -> VpcId {
        if self.requester == vpc { self.accepter } else { self.requester }
    }
}

/// `CreateVpcPeeringConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpcPeeringConnection {
    /// The connection; `active` and the options are taken as AWS's defaults.
    pub peering: Peering,
}

/// `AcceptVpcPeeringConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptVpcPeeringConnection {
    /// The connection.
    pub peering: PeeringId,
}

/// `ModifyVpcPeeringConnectionOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcPeeringConnectionOptions {
    /// The connection.
    pub peering: PeeringId,
    /// `RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc`.
    pub requester_dns: Option<bool>,
    /// `AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc`.
    pub accepter_dns: Option<bool>,
}

/// The connection, or AWS's refusal.
pub(super) fn find(world: &World, id: PeeringId) -> Result<&Arc<Peering>, Refusal> {
    world.peerings.get(&id).ok_or_else(|| {
        Refusal::new(
            "InvalidVpcPeeringConnectionID.NotFound",
            format!("The vpcPeeringConnection ID '{id}' does not exist"),
            "H41",
        )
    })
}

impl CreateVpcPeeringConnection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.peerings, &self.peering.id)?;
        let requester = world.vpc(self.peering.requester)?;
        let accepter = world.vpc(self.peering.accepter)?;
        let clash = requester
            .cidrs
            .iter()
            .any(|one| accepter.cidrs.iter().any(|other| overlap(*one, *other)));
        if clash || requester.id == accepter.id {
            return Err(Refusal::parameter(
                format!(
                    "The VPCs {} and {} have overlapping CIDR ranges",
                    requester.id, accepter.id
                ),
                "H41",
            ));
        }
        let peering = Peering {
            active: false,
            requester_dns: false,
            accepter_dns: false,
            ..self.peering.clone()
        };
        let id = peering.id;
        for vpc in [peering.requester, peering.accepter] {
            world.edit_members(vpc, |members| members.peerings.push(id));
        }
        world.peerings.insert(id, Arc::new(peering));
        Ok(Touched::nothing())
    }
}

impl AcceptVpcPeeringConnection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let peering = Peering { active: true, ..Peering::clone(find(world, self.peering)?) };
        world.peerings.insert(self.peering, Arc::new(peering));
        Ok(Touched::nothing())
    }
}

impl ModifyVpcPeeringConnectionOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut peering = Peering::clone(find(world, self.peering)?);
        if !peering.active {
            return Err(Refusal::new(
                "OperationNotPermitted",
                format!(
                    "Peering {} is not active. Peering options can be added only to active peerings.",
                    peering.id
                ),
                "H41",
            ));
        }
        let ready = [peering.requester, peering.accepter]
            .iter()
            .all(|vpc| world.vpcs.get(vpc).is_some_and(|vpc| vpc.both_attributes()));
        if !ready && (self.requester_dns == Some(true) || self.accepter_dns == Some(true)) {
            return Err(Refusal::new(
                "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
                "To enable DNS hostname resolution over the peering connection, both VPCs need enableDnsHostnames \
                 and enableDnsSupport",
                "H42",
            ));
        }
        peering.requester_dns = self.requester_dns.unwrap_or(peering.requester_dns);
        peering.accepter_dns = self.accepter_dns.unwrap_or(peering.accepter_dns);
        world.peerings.insert(self.peering, Arc::new(peering));
        Ok(Touched::nothing())
    }
}

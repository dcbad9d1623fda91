//! VPC peering connections and their DNS option (H40 to H44).
//!
//! The option changes what the public host names of the peer's instances answer and nothing else.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{PeeringId, VpcId},
    id_words::IdWords,
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
    /// Its state.
    pub state: PeeringState,
    /// `AllowDnsResolutionFromRemoteVpc` of the requester's side.
    pub requester_dns: bool,
    /// `AllowDnsResolutionFromRemoteVpc` of the accepter's side.
    pub accepter_dns: bool,
}

/// The state of a peering connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PeeringState {
    /// The other side has not accepted it.
    PendingAcceptance,
    /// In service.
    Active,
    /// The other side rejected it.
    Rejected,
    /// One side deleted it; AWS shows it a while longer.
    Deleted,
}

impl PeeringState {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "pending-acceptance",
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Deleted => "deleted",
        }
    }

    /// True while it is active or may become active.
    pub fn is_living(self) -> bool {
        matches!(self, Self::PendingAcceptance | Self::Active)
    }
}

/// How many ended connections are shown for each VPC.
const ENDED: usize = 20;

impl Peering {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Whether it is active.
    pub fn is_active(&self) -> bool {
        self.state == PeeringState::Active
    }

    /// Whether instances of `owner` answer with private addresses when asked for from `asker` (H40): the side of
    /// `owner` allows resolution from the remote VPC.
    pub fn resolves(&self, asker: VpcId, owner: VpcId) -> bool {
        self.is_active()
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
    /// The connection; the state and the options are taken as AWS's defaults.
    pub peering: Peering,
}

/// `AcceptVpcPeeringConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptVpcPeeringConnection {
    /// The connection.
    pub peering: PeeringId,
}

/// `RejectVpcPeeringConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectVpcPeeringConnection {
    /// The connection.
    pub peering: PeeringId,
}

/// `DeleteVpcPeeringConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpcPeeringConnection {
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
    world.peerings.get(&id).ok_or_else(|| not_found(id))
}

/// AWS's refusal of a connection that does not exist.
pub(super) fn not_found(id: PeeringId) -> Refusal {
    id.missing("H41")
}

/// Removes a connection for good.
pub(super) fn forget(world: &mut World, id: PeeringId) {
    let Some(peering) = world.peerings.remove(&id) else { return };
    for vpc in [peering.requester, peering.accepter] {
        world.edit_members(vpc, |members| members.peerings.retain(|other| *other != id));
    }
}

/// Sets the state of a connection, if it is now in one of `from`.
fn step(
    world: &mut World,
    id: PeeringId,
    from: &[PeeringState],
    to: PeeringState,
    attempt: &str,
) -> Result<(), Refusal> {
    let peering = find(world, id)?;
    if !from.contains(&peering.state) {
        return Err(Refusal::new(
            "InvalidStateTransition",
            format!(
                "Invalid state transition for {id}, attempted to transition from {} to {attempt}",
                peering.state.word()
            ),
            "H41",
        ));
    }
    let peering = Peering { state: to, ..Peering::clone(peering) };
    let vpcs = [peering.requester, peering.accepter];
    world.peerings.insert(id, Arc::new(peering));
    for vpc in vpcs {
        let ended =
            |id: &&PeeringId| world.peerings.get(*id).is_some_and(|it| !it.state.is_living());
        let ended: Vec<_> = world.members(vpc).peerings.iter().filter(ended).copied().collect();
        for old in ended.iter().take(ended.len().saturating_sub(ENDED)) {
            forget(world, *old);
        }
    }
    Ok(())
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
        let present = world.members(requester.id).peerings.iter().find(|id| {
            let other = world.peerings.get(*id).filter(|it| it.state.is_living());
            other.is_some_and(|it| it.other(requester.id) == accepter.id)
        });
        if let Some(present) = present {
            return Err(Refusal::new(
                "VpcPeeringConnectionAlreadyExists",
                format!(
                    "A VPC peering connection {present} between {} and {} already exists",
                    requester.id, accepter.id
                ),
                "H41",
            ));
        }
        let peering = Peering {
            state: PeeringState::PendingAcceptance,
            requester_dns: false,
            accepter_dns: false,
            ..self.peering.clone()
        };
        let id = peering.id;
        for vpc in [peering.requester, peering.accepter] {
            world.edit_members(vpc, |members| members.peerings.push(id));
        }
        let touched = Touched([peering.requester, peering.accepter].into_iter().collect());
        world.peerings.insert(id, Arc::new(peering));
        Ok(touched)
    }
}

impl AcceptVpcPeeringConnection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let from = [PeeringState::PendingAcceptance];
        step(world, self.peering, &from, PeeringState::Active, "provisioning")?;
        Ok(Touched::nothing())
    }
}

impl RejectVpcPeeringConnection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let from = [PeeringState::PendingAcceptance];
        step(world, self.peering, &from, PeeringState::Rejected, "rejected")?;
        Ok(Touched::nothing())
    }
}

impl DeleteVpcPeeringConnection {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let from = [PeeringState::PendingAcceptance, PeeringState::Active];
        step(world, self.peering, &from, PeeringState::Deleted, "deleting")?;
        Ok(Touched::nothing())
    }
}

impl ModifyVpcPeeringConnectionOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut peering = Peering::clone(find(world, self.peering)?);
        if !peering.is_active() {
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

//! NAT gateways: their addresses, and the states that AWS ends by itself. `nat_gateway_change.rs` makes and deletes them.
//!
//! Where traffic goes behind one is decided in `resolve/path/walk.rs`.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    id::{AllocationId, AssociationId, NatGatewayId, NetworkInterfaceId, SubnetId, VpcId, seed_of},
    world::{Tags, World},
};

/// How long one that is deleted, or was never made, is still described, in milliseconds (NG3).
pub const DESCRIBED: u64 = 3_600_000;

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NatGateway {
    /// Its id.
    pub id: NatGatewayId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Whether it has public addresses.
    pub public: bool,
    /// Its addresses, the primary one first.
    pub addresses: Vec<NatAddress>,
    /// Its state.
    pub state: NatGatewayState,
    /// Why it could not be made: AWS's code and text.
    pub failure: Option<(Arc<str>, Arc<str>)>,
    /// When it was made, in milliseconds since the epoch; 0 if unknown.
    pub created: u64,
    /// When its deletion began, or when it could not be made.
    pub deleted: u64,
}

/// An address of a NAT gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NatAddress {
    /// The private address; `None` until one is chosen.
    pub private: Option<Ipv4Addr>,
    /// The elastic address.
    pub elastic: Option<NatElastic>,
}

/// An elastic address of a NAT gateway. It is told also after the gateway was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NatElastic {
    /// Its id.
    pub allocation: AllocationId,
    /// The id of its association with the gateway.
    pub association: AssociationId,
    /// The address.
    pub address: Option<Ipv4Addr>,
}

/// The state of a NAT gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NatGatewayState {
    /// AWS is making it.
    Pending,
    /// It could not be made.
    Failed,
    /// It takes traffic.
    Available,
    /// AWS is deleting it.
    Deleting,
    /// It is gone.
    Deleted,
}

impl NatGatewayState {
    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Available => "available",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

impl NatGateway {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// The id of its network interface.
    pub fn interface_id(&self) -> NetworkInterfaceId {
        NetworkInterfaceId::from_seed(seed_of("nat-interface", self.id))
    }

    /// Whether it is there: neither gone nor failed.
    pub fn is_living(&self) -> bool {
        let ended = matches!(self.state, NatGatewayState::Failed | NatGatewayState::Deleted);
        !ended && self.failure.is_none()
    }

    /// Its private addresses while it is there.
    pub fn privates(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.addresses.iter().filter(|_| self.is_living()).filter_map(|it| it.private)
    }

    /// Its primary public address while it is there.
    pub fn public_address(&self) -> Option<Ipv4Addr> {
        self.addresses.first().filter(|_| self.is_living())?.elastic?.address
    }

    /// Whether it is described at a time, in milliseconds since the epoch.
    pub fn is_described(&self, now: u64) -> bool {
        self.is_living()
            || self.state == NatGatewayState::Pending
            || now < self.deleted.saturating_add(DESCRIBED)
    }

    /// Notes why it cannot be made.
    pub(super) fn fail(&mut self, code: &str, text: String, now: u64) {
        self.failure = Some((code.into(), text.into()));
        self.deleted = now;
    }
}

impl World {
    /// The living NAT gateways of a VPC.
    pub fn nat_gateways_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<NatGateway>> {
        self.nat_gateways.values().filter(move |it| it.vpc == vpc && it.is_living())
    }
}

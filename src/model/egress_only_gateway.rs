//! Egress-only internet gateways: IPv6 traffic leaves a VPC through them. No answer depends on one.

use std::{fmt::Display, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{EgressOnlyGatewayId, VpcId},
    id_words::IdWords,
    refusal::Refusal,
    route_table::RouteTable,
    world::{Tags, World},
};

/// An egress-only internet gateway.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EgressOnlyGateway {
    /// Its id.
    pub id: EgressOnlyGatewayId,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to.
    pub vpc: VpcId,
}

/// `CreateEgressOnlyInternetGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateEgressOnlyInternetGateway {
    /// The gateway.
    pub gateway: EgressOnlyGateway,
}

/// `DeleteEgressOnlyInternetGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteEgressOnlyInternetGateway {
    /// The gateway.
    pub gateway: EgressOnlyGatewayId,
}

impl EgressOnlyGateway {
    /// Checks a route that leads to it: in a table of its VPC, and to an IPv6 range (EG1).
    pub(super) fn check_route(
        &self,
        table: &RouteTable,
        destination: &dyn Display,
        is_ipv4: bool,
    ) -> Result<(), Refusal> {
        if self.vpc != table.vpc {
            return Err(Refusal::parameter(
                format!(
                    "route table {} and network gateway {} belong to different networks",
                    table.id, self.id
                ),
                "EG1",
            ));
        }
        if is_ipv4 {
            return Err(Refusal::value(
                format!(
                    "The destination {destination} cannot be reached through the egress-only internet gateway {}, which \
                     takes IPv6 traffic only.",
                    self.id
                ),
                "EG1",
            ));
        }
        Ok(())
    }
}

impl CreateEgressOnlyInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.gateway.vpc)?;
        duplicate(&world.egress_only_gateways, &self.gateway.id)?;
        world.egress_only_gateways.insert(self.gateway.id, Arc::new(self.gateway.clone()));
        Ok(Touched::nothing())
    }
}

impl DeleteEgressOnlyInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if world.egress_only_gateways.get(&self.gateway).is_none() {
            return Err(self.gateway.missing("EG1"));
        }
        world.egress_only_gateways.remove(&self.gateway);
        Ok(Touched::nothing())
    }
}

//! Inbound Resolver endpoints: a place on premises to ask a VPC's View from (R60, P51).

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{InboundEndpointId, VpcId},
    refusal::Refusal,
    world::{Tags, World},
};

/// An inbound Resolver endpoint.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InboundEndpoint {
    /// Its id.
    pub id: InboundEndpointId,
    /// Its tags.
    pub tags: Tags,
    /// The VPC whose answers it gives.
    pub vpc: VpcId,
    /// Its addresses.
    pub addresses: Vec<Ipv4Addr>,
}

impl InboundEndpoint {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

/// `CreateResolverEndpoint` of direction INBOUND.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateInboundEndpoint {
    /// The endpoint.
    pub endpoint: InboundEndpoint,
}

impl CreateInboundEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.inbound_endpoints, &self.endpoint.id)?;
        let vpc = world.vpc(self.endpoint.vpc)?;
        if let Some(outside) =
            self.endpoint.addresses.iter().find(|address| !vpc.contains(**address))
        {
            return Err(Refusal::new(
                "InvalidParameterException",
                format!("The address {outside} does not lie in a range of {}", vpc.id),
                "R60",
            ));
        }
        world.inbound_endpoints.insert(self.endpoint.id, Arc::new(self.endpoint.clone()));
        Ok(Touched::nothing())
    }
}

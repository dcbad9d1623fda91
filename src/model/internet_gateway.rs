//! Internet gateways and the VPC each is attached to.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{InternetGatewayId, VpcId},
    refusal::Refusal,
    world::{Tags, World},
};

/// An internet gateway.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InternetGateway {
    /// Its id.
    pub id: InternetGatewayId,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to.
    pub vpc: Option<VpcId>,
}

impl InternetGateway {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

/// `CreateInternetGateway`, attached at once if the gateway names a VPC (`AttachInternetGateway`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateInternetGateway {
    /// The gateway.
    pub gateway: InternetGateway,
}

/// `AttachInternetGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachInternetGateway {
    /// The gateway.
    pub gateway: InternetGatewayId,
    /// The VPC.
    pub vpc: VpcId,
}

impl CreateInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.internet_gateways, &self.gateway.id)?;
        let gateway = InternetGateway { vpc: None, ..self.gateway.clone() };
        world.internet_gateways.insert(gateway.id, Arc::new(gateway));
        match self.gateway.vpc {
            Some(vpc) => AttachInternetGateway { gateway: self.gateway.id, vpc }.apply(world),
            None => Ok(Touched::nothing()),
        }
    }
}

impl AttachInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        let Some(gateway) = world.internet_gateways.get(&self.gateway) else {
            return Err(Refusal::new(
                "InvalidInternetGatewayID.NotFound",
                format!("The internetGateway ID '{}' does not exist", self.gateway),
                "A21",
            ));
        };
        if gateway.vpc.is_some() || world.members(self.vpc).internet_gateway.is_some() {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!("resource {} is already attached to network {}", self.gateway, self.vpc),
                "A21",
            ));
        }
        let attached = InternetGateway { vpc: Some(self.vpc), ..InternetGateway::clone(gateway) };
        let (gateway, vpc) = (self.gateway, self.vpc);
        world.internet_gateways.insert(gateway, Arc::new(attached));
        world.edit_members(vpc, |members| members.internet_gateway = Some(gateway));
        Ok(Touched::vpc(vpc))
    }
}

//! Internet gateways and the VPC each is attached to.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{InternetGatewayId, RegionName, RouteTableId, VpcId},
    id_words::IdWords,
    load_balancer::LoadBalancer,
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
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// The VPC it is attached to.
    pub vpc: Option<VpcId>,
    /// The route table for what enters the VPC by it, if it has one (GR1).
    #[serde(default)]
    pub route_table: Option<RouteTableId>,
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

/// `DetachInternetGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachInternetGateway {
    /// The gateway.
    pub gateway: InternetGatewayId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `DeleteInternetGateway`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteInternetGateway {
    /// The gateway.
    pub gateway: InternetGatewayId,
}

/// The gateway, or AWS's refusal.
pub(super) fn find(world: &World, id: InternetGatewayId) -> Result<&Arc<InternetGateway>, Refusal> {
    world.internet_gateways.get(&id).ok_or_else(|| id.missing("A21"))
}

impl CreateInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.internet_gateways, &self.gateway.id)?;
        let gateway = InternetGateway { vpc: None, route_table: None, ..self.gateway.clone() };
        world.internet_gateways.insert(gateway.id, Arc::new(gateway));
        match self.gateway.vpc {
            Some(vpc) => AttachInternetGateway { gateway: self.gateway.id, vpc }.apply(world),
            None => Ok(Touched::nothing()),
        }
    }
}

impl AttachInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = world.vpc(self.vpc)?;
        let gateway = find(world, self.gateway)?;
        if let Some(network) = gateway.vpc {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!("resource {} is already attached to network {network}", self.gateway),
                "A21",
            ));
        }
        if world.members(self.vpc).internet_gateway.is_some() {
            return Err(Refusal::value(
                format!("Network {} already has an internet gateway attached", self.vpc),
                "A21",
            ));
        }
        // A world file may make a gateway before its VPC; it lives where the VPC does.
        let attached = InternetGateway {
            vpc: Some(self.vpc),
            region: vpc.region,
            owner: Arc::clone(&vpc.owner),
            ..InternetGateway::clone(gateway)
        };
        let (gateway, vpc) = (self.gateway, self.vpc);
        world.internet_gateways.insert(gateway, Arc::new(attached));
        world.edit_members(vpc, |members| members.internet_gateway = Some(gateway));
        Ok(Touched::vpc(vpc))
    }
}

impl DetachInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.vpc(self.vpc)?;
        let gateway = InternetGateway::clone(find(world, self.gateway)?);
        if gateway.vpc != Some(self.vpc) {
            return Err(Refusal::new(
                "Gateway.NotAttached",
                format!("resource {} is not attached to network {}", self.gateway, self.vpc),
                "A21",
            ));
        }
        let is_public = |it: &Arc<LoadBalancer>| it.vpc == self.vpc && it.internet_facing;
        if world.instances_of(self.vpc).any(|instance| instance.public_address.is_some())
            || world.nat_gateways_of(self.vpc).any(|it| it.public)
            || world.load_balancers.values().any(is_public)
        {
            return Err(Refusal::new(
                "DependencyViolation",
                format!(
                    "Network {} has some mapped public address(es). Please unmap those before detaching the gateway.",
                    self.vpc
                ),
                "A21",
            ));
        }
        // The association of its route table ends with the attachment (GR1).
        let detached = InternetGateway { vpc: None, route_table: None, ..gateway };
        world.internet_gateways.insert(self.gateway, Arc::new(detached));
        world.edit_members(self.vpc, |members| members.internet_gateway = None);
        Ok(Touched::vpc(self.vpc))
    }
}

impl DeleteInternetGateway {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if find(world, self.gateway)?.vpc.is_some() {
            return Err(Refusal::new(
                "DependencyViolation",
                format!(
                    "The internetGateway '{}' has dependencies and cannot be deleted.",
                    self.gateway
                ),
                "A21",
            ));
        }
        world.internet_gateways.remove(&self.gateway);
        Ok(Touched::nothing())
    }
}

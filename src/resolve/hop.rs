//! What a hop of a way is and where it stands: its kind, ids and VPC, for fronts that draw ways.
//!
//! Follows nothing itself; `path.rs` does. The words of a hop are there too.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::path::{Hop, Path, PathKind};
use crate::model::{id::VpcId, world::World};

/// What a hop is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HopDetails {
    /// One of a closed list: `instance`, `host`, `internet-host`, `on-premises`, `router`, `internet-gateway`,
    /// `nat-gateway`, `peering`, `onward`, `internet`, `gateway-endpoint`, `interface`, `privatelink`, `load-balancer`, `targets`,
    /// `service`, `address`, `blocked` or `nowhere`.
    pub kind: Cow<'static, str>,
    /// The ids of the hop. A host has its VPC or the subnets it may be in. A router has its route table, and a
    /// load balancer its DNS name. An interface has its endpoint and address. The end of a way has what ended it. Hosts and
    /// targets may have several: the hop is one of them.
    pub ids: Vec<String>,
    /// A router's route that decided: its destination, or `local`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// What that VPC is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_name: Option<String>,
}

impl Path {
    /// What each hop is, the asker first.
    pub fn details(&self, world: &World) -> Vec<HopDetails> {
        self.hops.iter().map(|hop| hop.details(world)).collect()
    }
}

impl Hop {
    /// What the hop is.
    pub fn details(&self, world: &World) -> HopDetails {
        let (kind, ids) = self.identity();
        let vpc = self.vpc(world);
        HopDetails {
            kind: kind.into(),
            ids,
            route: match self {
                Self::Router { route, .. } => Some(route.clone()),
                _ => None,
            },
            vpc: vpc.map(|vpc| vpc.to_string()),
            vpc_name: vpc.and_then(|vpc| world.vpcs.get(&vpc)).map(|vpc| vpc.label()),
        }
    }

    fn identity(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Instance(id) | Self::Destination(id) => ("instance", vec![id.to_string()]),
            Self::Host(vpc, subnets) if subnets.is_empty() => ("host", vec![vpc.to_string()]),
            Self::Host(_, subnets) => ("host", subnets.iter().map(ToString::to_string).collect()),
            Self::InternetHost => ("internet-host", Vec::new()),
            Self::OnPremises => ("on-premises", Vec::new()),
            Self::Router { table, .. } => ("router", vec![table.to_string()]),
            Self::InternetGateway(id) => ("internet-gateway", vec![id.to_string()]),
            Self::NatGateway(id) => ("nat-gateway", vec![id.clone()]),
            Self::Onward(id) => ("onward", vec![id.clone()]),
            Self::Peering(id) => ("peering", vec![id.to_string()]),
            Self::Internet => ("internet", Vec::new()),
            Self::GatewayEndpoint(id) => ("gateway-endpoint", vec![id.to_string()]),
            Self::EndpointInterface(id, address) => {
                ("interface", vec![id.to_string(), address.to_string()])
            }
            Self::PrivateLink => ("privatelink", Vec::new()),
            Self::LoadBalancer(name) => ("load-balancer", vec![name.to_string()]),
            Self::Targets(ids) => ("targets", ids.iter().map(ToString::to_string).collect()),
            Self::Service(short) => ("service", vec![short.clone()]),
            Self::Address(address, _) => ("address", vec![address.to_string()]),
            Self::NoRoute(why) => (PathKind::of_end(why).text(), why.ids()),
        }
    }

    /// The hop's VPC; `None` for hops between or outside VPCs.
    pub fn vpc(&self, world: &World) -> Option<VpcId> {
        match self {
            Self::Instance(id) | Self::Destination(id) => {
                world.instances.get(id).map(|instance| instance.vpc)
            }
            Self::Host(vpc, _) => Some(*vpc),
            Self::Router { table, .. } => world.route_tables.get(table).map(|table| table.vpc),
            Self::NoRoute(lost) => lost.vpc(world),
            Self::InternetGateway(id) => {
                world.internet_gateways.get(id).and_then(|gateway| gateway.vpc)
            }
            Self::GatewayEndpoint(id) | Self::EndpointInterface(id, _) => {
                world.endpoints.get(id).map(|endpoint| endpoint.vpc)
            }
            Self::LoadBalancer(name) => world.load_balancers.get(name).map(|it| it.vpc),
            Self::Targets(ids) => {
                ids.first().and_then(|id| world.instances.get(id)).map(|instance| instance.vpc)
            }
            Self::Address(_, vpc) => *vpc,
            Self::InternetHost
            | Self::OnPremises
            | Self::NatGateway(_)
            | Self::Peering(_)
            | Self::Onward(_)
            | Self::Internet
            | Self::PrivateLink
            | Self::Service(_) => None,
        }
    }
}

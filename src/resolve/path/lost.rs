//! The reasons why a way leads nowhere: a code for programs and a sentence for readers. `walk.rs` finds them.

use super::label::{peering_label, table_label, vpc_label};
use crate::model::{
    id::{InstanceId, InternetGatewayId, PeeringId, RouteTableId, VpcId},
    world::World,
};

/// Why a way leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// No route of the table matches.
    NoRoute(RouteTableId),
    /// The internet gateway needs a public address. The instance has none, or a new one in the subnet gets none.
    NoPublicAddress(Option<InstanceId>, InternetGatewayId),
    /// The instance, or a new one in the subnet, has IPv6 addresses only.
    NoIpv4Address(Option<InstanceId>),
    /// The route's internet gateway is not attached to this VPC.
    GatewayDetached(InternetGatewayId),
    /// The route's target is gone or stopped.
    Blackhole(String),
    /// The NAT gateway has no way to the internet: its subnet's table has no route to an internet gateway, or its VPC has
    /// no internet gateway.
    NatWithoutInternet(String, Option<RouteTableId>),
    /// The internet gateway drops what comes from a private NAT gateway.
    PrivateNat(String, InternetGatewayId),
    /// The peering connection is not active, and the state it is in.
    PeeringNotActive(PeeringId, &'static str),
    /// The peering connection leads to a VPC that does not have the address: peering is not transitive.
    PeeringOutOfRange(PeeringId, VpcId),
    /// The route table of the other VPC has no route back.
    NoRouteBack(RouteTableId),
    /// The other VPC has no internet gateway.
    NoGatewayThere(VpcId),
    /// Instances pass the traffic to each other.
    Loop,
    /// The internet, or a host outside the VPC, has no route to private addresses.
    PrivateAddress,
    /// The asker's VPC has no route table.
    NoTable,
    /// The asker's VPC has no subnet, so no host.
    NoSubnet(VpcId),
}

impl Lost {
    /// The reason's code; docs/json.md lists them.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRoute(_) => "no-route",
            Self::NoPublicAddress(..) => "no-public-address",
            Self::NoIpv4Address(_) => "no-ipv4-address",
            Self::GatewayDetached(_) => "gateway-detached",
            Self::Blackhole(_) => "blackhole",
            Self::NatWithoutInternet(..) => "nat-without-internet",
            Self::PrivateNat(..) => "private-nat",
            Self::PeeringNotActive(..) => "peering-not-active",
            Self::PeeringOutOfRange(..) => "peering-out-of-range",
            Self::NoRouteBack(_) => "no-route-back",
            Self::NoGatewayThere(_) => "no-gateway-there",
            Self::Loop => "loop",
            Self::PrivateAddress => "private-address",
            Self::NoTable => "no-table",
            Self::NoSubnet(_) => "no-subnet",
        }
    }

    /// The reason in words. They do not name who asked, so that equal reasons of several places read the same.
    pub fn words(&self, world: &World) -> String {
        match self {
            Self::NoRoute(table) => format!("no route in {}", table_label(world, *table)),
            Self::NoPublicAddress(holder, gateway) => {
                let gateway = world
                    .internet_gateways
                    .get(gateway)
                    .map_or_else(|| gateway.to_string(), |it| it.label());
                let who = match holder {
                    Some(_) => "the instance has no public address",
                    None => "a new instance gets no public address (MapPublicIpOnLaunch is off)",
                };
                format!("{who}, which internet gateway {gateway} needs")
            }
            Self::NoIpv4Address(Some(_)) => "the instance has no IPv4 address".to_owned(),
            Self::NoIpv4Address(None) => "the subnet has IPv6 addresses only".to_owned(),
            Self::GatewayDetached(id) => match world.internet_gateways.get(id) {
                Some(gateway) => {
                    format!("internet gateway {} is not attached to the VPC", gateway.label())
                }
                None => format!("internet gateway {id} does not exist (blackhole)"),
            },
            Self::Blackhole(target) => {
                format!("the route's target {target} is gone or stopped (blackhole)")
            }
            Self::NatWithoutInternet(id, table) => {
                let why = match table {
                    Some(table) => {
                        format!("its subnet's {} has no route", table_label(world, *table))
                    }
                    None => "its VPC has no internet gateway".to_owned(),
                };
                format!("NAT gateway {id} has no way to the internet: {why}")
            }
            Self::PrivateNat(id, gateway) => format!(
                "NAT gateway {id} is private, and internet gateway {gateway} drops what comes from it"
            ),
            Self::PeeringNotActive(id, state) => {
                format!("{} is {state}", peering_label(world, *id))
            }
            Self::PeeringOutOfRange(id, vpc) => {
                format!(
                    "{} leads only to {}, which does not have the address",
                    peering_label(world, *id),
                    vpc_label(world, *vpc)
                )
            }
            Self::NoRouteBack(table) => {
                format!("the other VPC has no route back in {}", table_label(world, *table))
            }
            Self::NoGatewayThere(vpc) => {
                format!("{} has no internet gateway", vpc_label(world, *vpc))
            }
            Self::Loop => "the routes form a loop".to_owned(),
            Self::PrivateAddress => {
                "a private address cannot be reached from outside its VPC".to_owned()
            }
            Self::NoTable => "the VPC has no route table".to_owned(),
            Self::NoSubnet(vpc) => {
                format!("{} has no subnet, so no host can ask", vpc_label(world, *vpc))
            }
        }
    }

    /// What ended the way, by id.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Self::NoRoute(table) | Self::NoRouteBack(table) => vec![table.to_string()],
            Self::NoPublicAddress(_, gateway) | Self::GatewayDetached(gateway) => {
                vec![gateway.to_string()]
            }
            Self::NoIpv4Address(id) => id.iter().map(ToString::to_string).collect(),
            Self::Blackhole(target)
            | Self::NatWithoutInternet(target, _)
            | Self::PrivateNat(target, _) => vec![target.clone()],
            Self::PeeringNotActive(id, _) | Self::PeeringOutOfRange(id, _) => vec![id.to_string()],
            Self::NoGatewayThere(vpc) | Self::NoSubnet(vpc) => vec![vpc.to_string()],
            Self::PrivateAddress | Self::NoTable | Self::Loop => Vec::new(),
        }
    }

    /// The VPC in which the way ends; `None` if it ends outside a VPC.
    pub fn vpc(&self, world: &World) -> Option<VpcId> {
        match self {
            Self::NoRoute(table) | Self::NoRouteBack(table) => {
                world.route_tables.get(table).map(|table| table.vpc)
            }
            Self::NoPublicAddress(Some(id), _) | Self::NoIpv4Address(Some(id)) => {
                world.instances.get(id).map(|instance| instance.vpc)
            }
            Self::NoPublicAddress(None, gateway) => {
                world.internet_gateways.get(gateway).and_then(|gateway| gateway.vpc)
            }
            Self::NoGatewayThere(vpc) | Self::NoSubnet(vpc) => Some(*vpc),
            _ => None,
        }
    }
}

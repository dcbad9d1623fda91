//! The reasons why a way leads nowhere: a code for programs and a sentence for readers. `walk.rs` finds them.

use std::net::Ipv4Addr;

use super::{
    goal::Port,
    guard::AclDrop,
    label::{acl_label, group_label, peering_label, subnet_label, table_label, vpc_label},
};
use crate::{
    language::Language,
    model::{
        id::{InstanceId, InternetGatewayId, PeeringId, RouteTableId, SecurityGroupId, VpcId},
        world::World,
    },
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
    /// No rule of the security groups lets the traffic pass.
    Groups(GroupDrop),
    /// A network ACL drops the traffic or its reply.
    Acl(AclDrop, Port),
}

/// Security groups that let nothing of a kind pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDrop {
    /// The groups of the interface.
    pub groups: Vec<SecurityGroupId>,
    /// Whether the traffic leaves the interface.
    pub egress: bool,
    /// The port.
    pub port: Port,
    /// Where the traffic goes.
    pub to: Ipv4Addr,
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
            Self::Groups(GroupDrop { egress: true, .. }) => "security-group-egress",
            Self::Groups(_) => "security-group-ingress",
            Self::Acl(AclDrop { reply: true, .. }, _) => "network-acl-reply",
            Self::Acl(AclDrop { egress: true, .. }, _) => "network-acl-egress",
            Self::Acl(..) => "network-acl-ingress",
        }
    }

    /// The reason in words. They do not name who asked, so that equal reasons of several places read the same.
    pub fn words(&self, world: &World, say: Language) -> String {
        match self {
            Self::NoRoute(table) => say.no_route(table_label(world, *table)),
            Self::NoPublicAddress(holder, gateway) => {
                let gateway = world
                    .internet_gateways
                    .get(gateway)
                    .map_or_else(|| gateway.to_string(), |it| it.label());
                match holder {
                    Some(_) => say.no_public_address(gateway),
                    None => say.no_public_address_new(gateway),
                }
            }
            Self::NoIpv4Address(Some(_)) => say.no_ipv4_address(),
            Self::NoIpv4Address(None) => say.ipv6_only(),
            Self::GatewayDetached(id) => match world.internet_gateways.get(id) {
                Some(gateway) => say.gateway_detached(gateway.label()),
                None => say.gateway_gone(id),
            },
            Self::Blackhole(target) => say.blackhole(target),
            Self::NatWithoutInternet(id, Some(table)) => {
                say.nat_without_route(id, table_label(world, *table))
            }
            Self::NatWithoutInternet(id, None) => say.nat_without_gateway(id),
            Self::PrivateNat(id, gateway) => say.private_nat(id, gateway),
            Self::PeeringNotActive(id, state) => {
                say.peering_not_active(peering_label(world, *id, say), state)
            }
            Self::PeeringOutOfRange(id, vpc) => {
                say.peering_out_of_range(peering_label(world, *id, say), vpc_label(world, *vpc))
            }
            Self::NoRouteBack(table) => say.no_route_back(table_label(world, *table)),
            Self::NoGatewayThere(vpc) => say.no_gateway_there(vpc_label(world, *vpc)),
            Self::Loop => say.route_loop(),
            Self::PrivateAddress => say.private_address(),
            Self::NoTable => say.no_table(),
            Self::NoSubnet(vpc) => say.no_subnet(vpc_label(world, *vpc)),
            Self::Groups(GroupDrop { groups, egress, port, to }) => {
                let labels: Vec<String> = groups.iter().map(|id| group_label(world, *id)).collect();
                match egress {
                    true => say.group_egress(labels.join(", "), port, to),
                    false => say.group_ingress(labels.join(", "), port),
                }
            }
            Self::Acl(drop, port) => {
                let entry = drop.entry.map_or_else(|| "*".to_owned(), |number| number.to_string());
                let (acl, subnet) = (acl_label(world, drop.acl), subnet_label(world, drop.subnet));
                match (drop.reply, drop.egress) {
                    (true, _) => say.acl_reply(acl, subnet, entry, drop.port),
                    (false, true) => say.acl_egress(acl, subnet, entry, port),
                    (false, false) => say.acl_ingress(acl, subnet, entry, port),
                }
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
            Self::Groups(drop) => drop.groups.iter().map(ToString::to_string).collect(),
            Self::Acl(drop, _) => vec![drop.acl.to_string()],
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
            Self::Groups(drop) => {
                let group = drop.groups.first().and_then(|id| world.security_groups.get(id));
                group.map(|group| group.vpc)
            }
            Self::Acl(drop, _) => world.subnets.get(&drop.subnet).map(|subnet| subnet.vpc),
            _ => None,
        }
    }
}

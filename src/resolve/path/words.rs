//! A way in words: each hop, the whole in one phrase, and what it assumes.
//!
//! Decides nothing. The fronts and the page print these phrases as they are, so that none contradicts another.

use super::{
    label::{instance_label, peering_label, subnet_label, table_label, vpc_label},
    lost::Lost,
    way::{Assumed, Hop, Path, PathKind},
};
use crate::{language::Language, model::world::World};

impl PathKind {
    /// One word, as the table and the JSON have it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Gateway => "gateway",
            Self::Peering => "peering",
            Self::Transit => "transit",
            Self::Blocked => "blocked",
            Self::Nowhere => "nowhere",
        }
    }
}

impl Path {
    /// The hops in words, the asker first.
    pub fn words(&self, world: &World, say: Language) -> Vec<String> {
        self.hops.iter().map(|hop| hop.words(world, say)).collect()
    }

    /// The way in one phrase.
    pub fn phrase(&self, world: &World, say: Language) -> String {
        match (self.kind, self.lost()) {
            (PathKind::Blocked, Some(lost)) => say.way_blocked_why(lost.words(world, say)),
            (PathKind::Blocked, None) => say.way_blocked(),
            (PathKind::Nowhere, Some(lost)) => say.way_nowhere_why(lost.words(world, say)),
            (PathKind::Nowhere, None) => say.way_nowhere(),
            (PathKind::Public, _) => say.way_public(),
            (PathKind::Gateway, _) => say.way_gateway(),
            (PathKind::Private | PathKind::Peering | PathKind::Transit, _) => {
                self.hops.iter().fold(say.way_private(), |way, hop| match hop {
                    Hop::Peering(_) | Hop::Onward(_) => say.way_over(way, hop.words(world, say)),
                    Hop::EndpointInterface(..) => say.way_through_endpoint(way),
                    _ => way,
                })
            }
        }
    }
}

impl Assumed {
    /// The assumption as a sentence without a full stop.
    pub fn words(&self, world: &World, say: Language) -> String {
        match self {
            Self::NewInstance(id) => {
                let label = subnet_label(world, *id);
                match world.subnets.get(id) {
                    Some(subnet) if subnet.ipv6_native => say.new_instance_ipv6(label),
                    Some(subnet) if subnet.map_public_ip => say.new_instance_public(label),
                    _ => say.new_instance_private(label),
                }
            }
            Self::NatGateway(id) => say.nat_gateway_assumed(id),
            Self::Onward(id) => say.onward_assumed(onward(id, say)),
            Self::PassesOn(id) => say.passes_on(instance_label(world, *id)),
            Self::Groups => say.groups_assumed(),
        }
    }
}

impl Hop {
    /// The hop in words.
    pub fn words(&self, world: &World, say: Language) -> String {
        match self {
            Self::Instance(id) | Self::Destination(id) => instance_label(world, *id),
            Self::Host(id, subnets) if subnets.is_empty() => say.host_in(vpc_label(world, *id)),
            Self::Host(id, subnets) => {
                let labels: Vec<_> = subnets.iter().map(|id| subnet_label(world, *id)).collect();
                say.new_instance_in(labels.join(", "), vpc_label(world, *id))
            }
            Self::InternetHost => say.internet_host(),
            Self::OnPremises => say.on_premises(),
            Self::Router { route, table } => say.router(route, table_label(world, *table)),
            Self::InternetGateway(id) => say.internet_gateway(
                world.internet_gateways.get(id).map_or_else(|| id.to_string(), |it| it.label()),
            ),
            Self::NatGateway(id) => say.nat_gateway(id),
            Self::Peering(id) => peering_label(world, *id, say),
            Self::Onward(id) => onward(id, say),
            Self::Internet => say.internet_hop(),
            Self::GatewayEndpoint(id) => say.gateway_endpoint(id),
            Self::EndpointInterface(id, address) => say.interface_endpoint(id, address),
            Self::PrivateLink => say.private_link(),
            Self::LoadBalancer(name) => {
                let label = world
                    .load_balancers
                    .get(name)
                    .map_or_else(|| name.to_string(), |it| it.label.to_string());
                let serves = world
                    .endpoint_services
                    .values()
                    .any(|service| service.load_balancers.contains(name));
                match serves {
                    true => say.load_balancer_of_service(label),
                    false => say.load_balancer(label),
                }
            }
            Self::Targets(targets) => targets
                .iter()
                .map(|id| instance_label(world, *id))
                .reduce(|one, other| say.either(one, other))
                .unwrap_or_default(),
            Self::Service(short) => say.service(short),
            Self::Address(address, _) => address.to_string(),
            Self::NoRoute(why @ Lost::NoRoute(_)) => say.router_nowhere(why.words(world, say)),
            Self::NoRoute(why @ (Lost::Groups(_) | Lost::Acl(..))) => {
                say.way_blocked_why(why.words(world, say))
            }
            Self::NoRoute(why) => say.way_nowhere_why(why.words(world, say)),
        }
    }
}

/// A route's target, with its kind as the id's prefix shows it.
fn onward(id: &str, say: Language) -> String {
    match id.split('-').next() {
        Some("tgw") => say.transit_gateway(id),
        Some("vgw") => say.virtual_private_gateway(id),
        Some("eni") => say.network_interface(id),
        Some("vpce") => say.endpoint(id),
        Some("lgw") => say.local_gateway(id),
        Some("cagw") => say.carrier_gateway(id),
        _ => id.to_owned(),
    }
}

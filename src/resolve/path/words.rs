//! A way in words: each hop, the whole in one phrase, and what it assumes.
//!
//! Decides nothing. The fronts and the page print these phrases as they are, so that none contradicts another.

use super::{
    label::{instance_label, peering_label, subnet_label, table_label, vpc_label},
    lost::Lost,
    way::{Assumed, Hop, Path, PathKind},
};
use crate::model::world::World;

impl PathKind {
    /// One word, as the table and the JSON have it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Gateway => "gateway",
            Self::Nowhere => "nowhere",
        }
    }
}

impl Path {
    /// The hops in words, the asker first.
    pub fn words(&self, world: &World) -> Vec<String> {
        self.hops.iter().map(|hop| hop.words(world)).collect()
    }

    /// The way in one phrase.
    pub fn phrase(&self, world: &World) -> String {
        match (self.kind, self.lost()) {
            (PathKind::Nowhere, Some(lost)) => format!("nowhere: {}", lost.words(world)),
            (PathKind::Nowhere, None) => "nowhere".to_owned(),
            (PathKind::Public, _) => "public path, over the internet".to_owned(),
            (PathKind::Gateway, _) => "by the gateway endpoint's route".to_owned(),
            (PathKind::Private, _) => {
                let mut text = "private path".to_owned();
                for hop in &self.hops {
                    match hop {
                        Hop::Peering(_) | Hop::Onward(_) => {
                            text.push_str(&format!(", over {}", hop.words(world)));
                        }
                        Hop::EndpointInterface(..) => {
                            text.push_str(", through the interface endpoint");
                        }
                        _ => {}
                    }
                }
                text
            }
        }
    }
}

impl Assumed {
    /// The assumption as a sentence without a full stop.
    pub fn words(&self, world: &World) -> String {
        match self {
            Self::NewInstance(id) => {
                let subnet = world.subnets.get(id);
                let addresses = match subnet {
                    Some(subnet) if subnet.ipv6_native => "with IPv6 addresses only",
                    Some(subnet) if subnet.map_public_ip => {
                        "with a public address (MapPublicIpOnLaunch is on)"
                    }
                    _ => "without a public address (MapPublicIpOnLaunch is off)",
                };
                format!(
                    "the path is that of a new instance in {}, {addresses}",
                    subnet_label(world, *id)
                )
            }
            Self::NatGateway(id) => format!(
                "NAT gateway {id} is not in the World; it is assumed to exist, in a subnet with a route to the \
                 internet gateway"
            ),
            Self::Onward(id) => format!(
                "{} is not in the World; it is assumed to exist and to lead to the address",
                onward(id)
            ),
            Self::PassesOn(id) => format!(
                "{} is assumed to forward traffic of other hosts, though its source/destination check is on",
                instance_label(world, *id)
            ),
        }
    }
}

impl Hop {
    /// The hop in words.
    pub fn words(&self, world: &World) -> String {
        match self {
            Self::Instance(id) | Self::Destination(id) => instance_label(world, *id),
            Self::Host(id, subnets) if subnets.is_empty() => {
                format!("a host in {}", vpc_label(world, *id))
            }
            Self::Host(id, subnets) => {
                let labels: Vec<_> = subnets.iter().map(|id| subnet_label(world, *id)).collect();
                format!("a new instance in {} of {}", labels.join(", "), vpc_label(world, *id))
            }
            Self::InternetHost => "a host on the internet".to_owned(),
            Self::OnPremises => "a host on premises".to_owned(),
            Self::Router { route, table } => {
                format!("router ({route} in {})", table_label(world, *table))
            }
            Self::InternetGateway(id) => format!(
                "internet gateway {}",
                world.internet_gateways.get(id).map_or_else(|| id.to_string(), |it| it.label())
            ),
            Self::NatGateway(id) => format!("NAT gateway {id}"),
            Self::Peering(id) => peering_label(world, *id),
            Self::Onward(id) => onward(id),
            Self::Internet => "internet".to_owned(),
            Self::GatewayEndpoint(id) => format!("gateway endpoint {id}"),
            Self::EndpointInterface(id, address) => format!("interface endpoint {id} ({address})"),
            Self::PrivateLink => "PrivateLink".to_owned(),
            Self::LoadBalancer(name) => {
                let label = world
                    .load_balancers
                    .get(name)
                    .map_or_else(|| name.to_string(), |it| it.label.to_string());
                let serves = world
                    .endpoint_services
                    .values()
                    .any(|service| service.load_balancers.contains(name));
                format!("load balancer {label}{}", if serves { " (endpoint service)" } else { "" })
            }
            Self::Targets(targets) => {
                let labels: Vec<_> = targets.iter().map(|id| instance_label(world, *id)).collect();
                labels.join(" or ")
            }
            Self::Service(short) => format!("service {short}"),
            Self::Address(address, _) => address.to_string(),
            Self::NoRoute(why @ Lost::NoRoute(_)) => {
                format!("router: {} (nowhere)", why.words(world))
            }
            Self::NoRoute(why) => format!("nowhere: {}", why.words(world)),
        }
    }
}

/// A route's target, with its kind as the id's prefix shows it.
fn onward(id: &str) -> String {
    let kind = match id.split('-').next() {
        Some("tgw") => "transit gateway ",
        Some("vgw") => "virtual private gateway ",
        Some("eni") => "network interface ",
        Some("vpce") => "endpoint ",
        Some("lgw") => "local gateway ",
        Some("cagw") => "carrier gateway ",
        _ => "",
    };
    format!("{kind}{id}")
}

//! Which way traffic to an answer's address goes: the local route, a prefix-list route, a gateway, a peering connection,
//! or nowhere, and then why.
//!
//! Follows the route table in force in the asker's subnet. It opens no connection and knows no security groups.

mod lost;
mod walk;
mod words;

use std::net::Ipv4Addr;

pub use lost::Lost;

use super::question::Asker;
use crate::{
    catalog::Region,
    model::{
        id::{EndpointId, InstanceId, InternetGatewayId, PeeringId, RouteTableId, SubnetId, VpcId},
        name::Name,
        world::World,
    },
};

/// The way to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// What kind of way it is.
    pub kind: PathKind,
    /// The hops, the asker first.
    pub hops: Vec<Hop>,
    /// What had to be assumed.
    pub assumed: Vec<Assumed>,
}

/// The kind of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Inside AWS's network, through an interface endpoint or between hosts of a VPC.
    Private,
    /// Over the internet.
    Public,
    /// By the route of a gateway endpoint.
    Gateway,
    /// The traffic does not arrive; the last hop says why.
    Nowhere,
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The instance that asked, or one that passes traffic on.
    Instance(InstanceId),
    /// A host of the VPC that is not known more closely: a new instance in one of these subnets, in any if there are
    /// none.
    Host(VpcId, Vec<SubnetId>),
    /// A host outside every VPC.
    InternetHost,
    /// A host on premises, over a private connection.
    OnPremises,
    /// The virtual router, with the route that decided: a destination, and its table's name.
    Router {
        /// The destination of the route.
        route: String,
        /// The route table.
        table: RouteTableId,
    },
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// A NAT gateway.
    NatGateway(String),
    /// A peering connection.
    Peering(PeeringId),
    /// A target of a route that the World does not hold, such as a transit gateway.
    Onward(String),
    /// The internet.
    Internet,
    /// A gateway endpoint.
    GatewayEndpoint(EndpointId),
    /// The network interface of an interface endpoint.
    EndpointInterface(EndpointId, Ipv4Addr),
    /// AWS PrivateLink, between an endpoint and an endpoint service.
    PrivateLink,
    /// A load balancer.
    LoadBalancer(Name),
    /// The targets of a load balancer.
    Targets(Vec<InstanceId>),
    /// An instance at the end of the way.
    Destination(InstanceId),
    /// A service of AWS's, by its short name.
    Service(String),
    /// An address nobody in the World holds, and the VPC whose range it is of.
    Address(Ipv4Addr, Option<VpcId>),
    /// The end of a way that leads nowhere, and why.
    NoRoute(Lost),
}

/// What a way rests on that the World does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// A new instance in a subnet asks; `MapPublicIpOnLaunch` decides whether it has a public address.
    NewInstance(SubnetId),
    /// A NAT gateway exists, in a subnet with a route to the internet gateway.
    NatGateway(String),
    /// What a route's target leads to is reached.
    Onward(String),
    /// An instance that a route leads to passes on traffic of others, though its source/destination check is on.
    PassesOn(InstanceId),
}

/// What an answer stands for, as its name says.
#[derive(Clone, Copy, Debug)]
pub struct Stands {
    /// The service, in the catalogue's short form.
    pub service: &'static str,
    /// Its region; none for a service that has none.
    pub region: Option<&'static Region>,
}

/// The ways from a place to an address: one, but from a VPC as a whole one for each group of subnets with equal ways.
pub fn ways(
    world: &World,
    asker: Asker,
    address: Ipv4Addr,
    stands: Option<Stands>,
) -> Vec<(Vec<SubnetId>, Path)> {
    let Asker::Vpc(vpc) = asker else {
        return vec![(Vec::new(), walk::find(world, asker, address, stands))];
    };
    let mut found: Vec<(Vec<SubnetId>, Path)> = Vec::new();
    for subnet in world.subnets_of(vpc) {
        let path = walk::find(world, Asker::Subnet(vpc, subnet.id), address, stands);
        let alike = |other: &Path| other.kind == path.kind && other.hops[1..] == path.hops[1..];
        match found.iter_mut().find(|(_, other)| alike(other)) {
            Some((subnets, other)) => {
                subnets.push(subnet.id);
                let more = path.assumed.into_iter().filter(|it| !other.assumed.contains(it));
                let more: Vec<_> = more.collect();
                other.assumed.extend(more);
            }
            None => found.push((vec![subnet.id], path)),
        }
    }
    match found.as_mut_slice() {
        [] => vec![(Vec::new(), walk::find(world, asker, address, stands))],
        [(subnets, path)] => {
            subnets.clear();
            path.hops[0] = Hop::Host(vpc, Vec::new());
            found
        }
        several => {
            for (subnets, path) in several {
                path.hops[0] = Hop::Host(vpc, subnets.clone());
            }
            found
        }
    }
}

/// Whether the place has IPv4 addresses to send from; a VPC as a whole has if one of its subnets has.
pub fn has_ipv4(world: &World, asker: Asker) -> bool {
    let of_subnet = |id| world.subnets.get(&id).is_none_or(|subnet| !subnet.ipv6_native);
    match asker {
        Asker::Instance(_, _, id) => world.instances.get(&id).is_none_or(|it| it.address.is_some()),
        Asker::Subnet(_, id) => of_subnet(id),
        Asker::Vpc(vpc) => {
            let mut subnets = world.subnets_of(vpc).peekable();
            subnets.peek().is_none() || subnets.any(|subnet| !subnet.ipv6_native)
        }
        Asker::Internet | Asker::Inbound(..) => true,
    }
}

impl Path {
    /// Why the way leads nowhere; `None` if it leads somewhere.
    pub fn lost(&self) -> Option<&Lost> {
        match self.hops.last() {
            Some(Hop::NoRoute(lost)) => Some(lost),
            _ => None,
        }
    }
}

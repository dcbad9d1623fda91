//! A way: its kind, its hops, and what it rests on.

use std::net::Ipv4Addr;

use super::lost::Lost;
use crate::{
    catalog::Region,
    model::{
        id::{EndpointId, InstanceId, InternetGatewayId, PeeringId, RouteTableId, SubnetId, VpcId},
        name::Name,
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

impl Path {
    /// Why the way leads nowhere; `None` if it leads somewhere.
    pub fn lost(&self) -> Option<&Lost> {
        match self.hops.last() {
            Some(Hop::NoRoute(lost)) => Some(lost),
            _ => None,
        }
    }
}

//! A way: its kind, its hops, and what it rests on.

use std::net::Ipv4Addr;

use super::lost::Lost;
use crate::model::{
    id::{EndpointId, InstanceId, InternetGatewayId, PeeringId, RouteTableId, SubnetId, VpcId},
    name::Name,
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
    /// Over a peering connection.
    Peering,
    /// Over a transit gateway.
    Transit,
    /// A security group or a network ACL drops the traffic or its reply; the last hop says which.
    Blocked,
    /// The traffic does not arrive; the last hop says why.
    Nowhere,
}

impl PathKind {
    /// The kinds, the worst first.
    pub const WORST_FIRST: [Self; 7] = [
        Self::Nowhere,
        Self::Blocked,
        Self::Public,
        Self::Gateway,
        Self::Transit,
        Self::Peering,
        Self::Private,
    ];

    /// The kind of a way that ends so.
    pub fn of_end(lost: &Lost) -> Self {
        match lost {
            Lost::Groups(_) | Lost::Acl(..) => Self::Blocked,
            _ => Self::Nowhere,
        }
    }

    /// Whether the traffic does not arrive.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Nowhere | Self::Blocked)
    }
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The instance that asked, or one that passes traffic on.
    Instance(InstanceId),
    /// Some host of the VPC: a new instance in one of these subnets, or in any subnet if the list is empty.
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
    /// A route's target that is not in the World, such as a transit gateway.
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
    /// An address that no resource of the World has, and the VPC whose range contains it.
    Address(Ipv4Addr, Option<VpcId>),
    /// The end of a way that leads nowhere, and why.
    NoRoute(Lost),
}

/// What a way assumes, because the World does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// A new instance in a subnet asks; `MapPublicIpOnLaunch` decides whether it has a public address.
    NewInstance(SubnetId),
    /// A NAT gateway exists, in a subnet with a route to the internet gateway.
    NatGateway(String),
    /// The route's target exists and leads to the address.
    Onward(String),
    /// An instance that is a route's target forwards traffic of other hosts, though its source/destination check is on.
    PassesOn(InstanceId),
    /// Nobody says which security groups an interface of the way has, or who is in them: they let the traffic pass.
    Groups,
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

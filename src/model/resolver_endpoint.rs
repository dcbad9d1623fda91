//! Resolver endpoints: inbound ones, a place on premises to ask a VPC's View from (R60, P51), and outbound ones, through
//! which rules forward (R61).
//!
//! Those that the API makes have network interfaces; those of a world file have addresses only.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
    sync::Arc,
};

use super::{
    change::{Touched, duplicate},
    id::{
        IdError, InboundEndpointId, NetworkInterfaceId, OutboundEndpointId, SecurityGroupId,
        SubnetId, VpcId,
    },
    network_interface::{CreateNetworkInterface, NetworkInterface},
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// The least addresses of an endpoint that the API makes.
const LEAST_ADDRESSES: usize = 2;

/// A Resolver endpoint with an id of one of both kinds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ResolverEndpoint<I> {
    /// Its id.
    pub id: I,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it lies in; an inbound one gives the answers of this VPC.
    pub vpc: VpcId,
    /// Its IPv4 addresses.
    pub addresses: Vec<Ipv4Addr>,
    /// What the API shows of it besides.
    #[serde(default)]
    pub details: EndpointDetails,
}

/// An inbound Resolver endpoint.
pub type InboundEndpoint = ResolverEndpoint<InboundEndpointId>;

/// An outbound Resolver endpoint.
pub type OutboundEndpoint = ResolverEndpoint<OutboundEndpointId>;

/// What the API shows of an endpoint besides its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct EndpointDetails {
    /// `Name`.
    pub name: Option<Arc<str>>,
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// Its security groups.
    pub groups: Vec<SecurityGroupId>,
    /// Whether an inbound endpoint takes delegated questions (`INBOUND_DELEGATION`).
    pub delegation: bool,
    /// `ResolverEndpointType`, if it is not `IPV4`.
    pub kind: Option<Arc<str>>,
    /// `Protocols`; none are Do53 alone.
    pub protocols: Vec<Arc<str>>,
    /// Its network interfaces.
    pub interfaces: Vec<EndpointAddress>,
    /// When it was made and changed, in milliseconds since the epoch.
    pub created: u64,
    /// When it was changed last.
    pub modified: u64,
}

/// The network interface of an endpoint in one subnet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EndpointAddress {
    /// `IpId`.
    pub id: Arc<str>,
    /// Its subnet.
    pub subnet: SubnetId,
    /// The network interface.
    pub interface: NetworkInterfaceId,
    /// Its IPv4 address; a request without one gets the lowest free one.
    pub v4: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub v6: Option<Ipv6Addr>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
}

/// The id of a Resolver endpoint of either kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResolverEndpointId {
    /// Of an inbound one.
    Inbound(InboundEndpointId),
    /// Of an outbound one.
    Outbound(OutboundEndpointId),
}

impl FromStr for ResolverEndpointId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let inbound = text.parse().map(Self::Inbound);
        inbound.or_else(|_| text.parse().map(Self::Outbound))
    }
}

impl fmt::Display for ResolverEndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbound(id) => id.fmt(f),
            Self::Outbound(id) => id.fmt(f),
        }
    }
}

impl<I: fmt::Display> ResolverEndpoint<I> {
    /// Its name, else the tag `Name`, else the id.
    pub fn label(&self) -> String {
        let name = self.details.name.as_deref().or_else(|| self.tags.name());
        name.map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

impl<I> ResolverEndpoint<I> {
    /// An endpoint that has addresses only, as a world file gives it.
    pub fn of_addresses(id: I, tags: Tags, vpc: VpcId, addresses: Vec<Ipv4Addr>) -> Self {
        Self { id, tags, vpc, addresses, details: EndpointDetails::default() }
    }

    fn with_id<J>(&self, id: J) -> ResolverEndpoint<J> {
        ResolverEndpoint {
            id,
            tags: self.tags.clone(),
            vpc: self.vpc,
            addresses: self.addresses.clone(),
            details: self.details.clone(),
        }
    }
}

/// The refusal of an endpoint that is not there.
pub fn no_such_endpoint(id: impl fmt::Display) -> Refusal {
    let message = format!("Resolver endpoint with ID '{id}' does not exist.");
    Refusal::new("ResourceNotFoundException", message, "R60")
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidRequestException", message, "R60")
}

impl World {
    /// A Resolver endpoint of either kind.
    pub fn resolver_endpoint(
        &self,
        id: ResolverEndpointId,
    ) -> Option<ResolverEndpoint<ResolverEndpointId>> {
        match id {
            ResolverEndpointId::Inbound(own) => {
                self.inbound_endpoints.get(&own).map(|it| it.with_id(id))
            }
            ResolverEndpointId::Outbound(own) => {
                self.outbound_endpoints.get(&own).map(|it| it.with_id(id))
            }
        }
    }

    /// The ids of all Resolver endpoints.
    pub fn resolver_endpoints(&self) -> impl Iterator<Item = ResolverEndpointId> {
        let inbound = self.inbound_endpoints.keys().copied().map(ResolverEndpointId::Inbound);
        let outbound = self.outbound_endpoints.keys().copied().map(ResolverEndpointId::Outbound);
        inbound.chain(outbound)
    }

    /// The Resolver endpoint that a network interface belongs to.
    pub fn resolver_endpoint_of(
        &self,
        interface: NetworkInterfaceId,
    ) -> Option<ResolverEndpointId> {
        let holds = |details: &EndpointDetails| {
            details.interfaces.iter().any(|it| it.interface == interface)
        };
        let inbound = self.inbound_endpoints.values().find(|it| holds(&it.details));
        let outbound = || self.outbound_endpoints.values().find(|it| holds(&it.details));
        inbound
            .map(|it| ResolverEndpointId::Inbound(it.id))
            .or_else(|| outbound().map(|it| ResolverEndpointId::Outbound(it.id)))
    }

    fn put_resolver_endpoint(&mut self, endpoint: &ResolverEndpoint<ResolverEndpointId>) {
        match endpoint.id {
            ResolverEndpointId::Inbound(id) => {
                self.inbound_endpoints.insert(id, Arc::new(endpoint.with_id(id)));
            }
            ResolverEndpointId::Outbound(id) => {
                self.outbound_endpoints.insert(id, Arc::new(endpoint.with_id(id)));
            }
        }
    }
}

/// `CreateResolverEndpoint` of direction INBOUND.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateInboundEndpoint {
    /// The endpoint.
    pub endpoint: InboundEndpoint,
}

/// `CreateResolverEndpoint` of direction OUTBOUND.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOutboundEndpoint {
    /// The endpoint.
    pub endpoint: OutboundEndpoint,
}

/// `UpdateResolverEndpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateResolverEndpoint {
    /// The endpoint.
    pub id: ResolverEndpointId,
    /// Its name from now on.
    pub name: Option<Arc<str>>,
    /// Its type of addresses from now on.
    pub kind: Option<Arc<str>>,
    /// Its protocols from now on.
    pub protocols: Option<Vec<Arc<str>>>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DeleteResolverEndpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteResolverEndpoint {
    /// The endpoint.
    pub id: ResolverEndpointId,
}

/// `AssociateResolverEndpointIpAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateResolverEndpointIpAddress {
    /// The endpoint.
    pub id: ResolverEndpointId,
    /// The new address.
    pub address: EndpointAddress,
}

/// `DisassociateResolverEndpointIpAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateResolverEndpointIpAddress {
    /// The endpoint.
    pub id: ResolverEndpointId,
    /// The `IpId` of the address.
    pub address: Arc<str>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `TagResource` and `UntagResource` of a Resolver endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagResolverEndpoint {
    /// The endpoint.
    pub id: ResolverEndpointId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// Makes the network interfaces of a new endpoint.
fn create(
    world: &mut World,
    mut endpoint: ResolverEndpoint<ResolverEndpointId>,
) -> Result<Touched, Refusal> {
    let new = std::mem::take(&mut endpoint.details.interfaces);
    if !new.is_empty() && new.len() < LEAST_ADDRESSES {
        return Err(invalid("Resolver endpoint needs to have at least 2 IP addresses"));
    }
    let mut touched = Touched::nothing();
    for address in new {
        touched.join(add(world, &mut endpoint, address)?);
    }
    world.put_resolver_endpoint(&endpoint);
    Ok(touched)
}

/// Makes a network interface of an endpoint.
fn add(
    world: &mut World,
    endpoint: &mut ResolverEndpoint<ResolverEndpointId>,
    mut address: EndpointAddress,
) -> Result<Touched, Refusal> {
    let subnet = world.subnet(address.subnet).map_err(|_| {
        let message = format!("The subnet ID '{}' does not exist", address.subnet);
        Refusal::new("InvalidParameterException", message, "R60")
    })?;
    if subnet.vpc != endpoint.vpc {
        return Err(invalid("All subnets of a Resolver endpoint must be in the same VPC."));
    }
    let taken = |it: &EndpointAddress| address.v4.is_some() && it.v4 == address.v4;
    if endpoint.details.interfaces.iter().any(taken) {
        return Err(Refusal::new(
            "ResourceExistsException",
            "The IP address is already associated with the Resolver endpoint.",
            "R60",
        ));
    }
    let interface = NetworkInterface {
        id: address.interface,
        tags: Tags::default(),
        vpc: endpoint.vpc,
        subnet: address.subnet,
        description: format!("Route 53 Resolver: {}:{}", endpoint.id, address.id).into(),
        addresses: address.v4.into_iter().collect(),
        ipv6: address.v6.into_iter().collect(),
        groups: endpoint.details.groups.clone(),
        source_dest_check: true,
        attachment: None,
    };
    let made = CreateNetworkInterface { interface, more_addresses: 0 }.apply(world);
    let touched = made.map_err(|refusal| {
        Refusal::new("InvalidParameterException", refusal.message, refusal.fact)
    })?;
    let made = world.network_interfaces.get(&address.interface);
    address.v4 = made.and_then(|it| it.addresses.first().copied());
    endpoint.addresses.extend(address.v4);
    endpoint.details.modified = address.created;
    endpoint.details.interfaces.push(address);
    Ok(touched)
}

/// Takes a network interface of an endpoint away.
fn remove(world: &mut World, address: &EndpointAddress) -> Touched {
    match world.network_interfaces.get(&address.interface).cloned() {
        Some(interface) => {
            world.remove_interface(&interface);
            Touched::vpc(interface.vpc)
        }
        None => Touched::nothing(),
    }
}

fn find(
    world: &World,
    id: ResolverEndpointId,
) -> Result<ResolverEndpoint<ResolverEndpointId>, Refusal> {
    world.resolver_endpoint(id).ok_or_else(|| no_such_endpoint(id))
}

impl CreateInboundEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.inbound_endpoints, &self.endpoint.id)?;
        let vpc = world.vpc(self.endpoint.vpc)?;
        if let Some(outside) =
            self.endpoint.addresses.iter().find(|address| !vpc.contains(**address))
        {
            return Err(Refusal::new(
                "InvalidParameterException",
                format!("The address {outside} does not lie in a range of {}", vpc.id),
                "R60",
            ));
        }
        create(world, self.endpoint.with_id(ResolverEndpointId::Inbound(self.endpoint.id)))
    }
}

impl CreateOutboundEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.outbound_endpoints, &self.endpoint.id)?;
        world.vpc(self.endpoint.vpc)?;
        create(world, self.endpoint.with_id(ResolverEndpointId::Outbound(self.endpoint.id)))
    }
}

impl UpdateResolverEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut endpoint = find(world, self.id)?;
        let details = &mut endpoint.details;
        if let Some(name) = &self.name {
            details.name = Some(Arc::clone(name));
        }
        if let Some(kind) = &self.kind {
            details.kind = Some(Arc::clone(kind));
        }
        if let Some(protocols) = &self.protocols {
            details.protocols.clone_from(protocols);
        }
        details.modified = self.at;
        world.put_resolver_endpoint(&endpoint);
        Ok(Touched::nothing())
    }
}

impl DeleteResolverEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let endpoint = find(world, self.id)?;
        if let ResolverEndpointId::Outbound(id) = self.id
            && let Some(rule) =
                world.resolver_rules.values().find(|it| it.details.endpoint == Some(id))
        {
            return Err(invalid(format!(
                "Cannot delete Resolver endpoint '{id}': the Resolver rule '{}' uses it.",
                rule.id
            )));
        }
        let mut touched = Touched::nothing();
        for address in &endpoint.details.interfaces {
            touched.join(remove(world, address));
        }
        match self.id {
            ResolverEndpointId::Inbound(id) => {
                world.inbound_endpoints.remove(&id);
            }
            ResolverEndpointId::Outbound(id) => {
                world.outbound_endpoints.remove(&id);
            }
        }
        Ok(touched)
    }
}

impl AssociateResolverEndpointIpAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut endpoint = find(world, self.id)?;
        let touched = add(world, &mut endpoint, self.address.clone())?;
        world.put_resolver_endpoint(&endpoint);
        Ok(touched)
    }
}

impl DisassociateResolverEndpointIpAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut endpoint = find(world, self.id)?;
        let interfaces = &mut endpoint.details.interfaces;
        let Some(at) = interfaces.iter().position(|it| it.id == self.address) else {
            return Err(Refusal::new(
                "ResourceNotFoundException",
                format!("IP address with ID '{}' does not exist in the endpoint.", self.address),
                "R60",
            ));
        };
        if interfaces.len() <= LEAST_ADDRESSES {
            return Err(invalid("Resolver endpoint needs to have at least 2 IP addresses"));
        }
        let address = interfaces.remove(at);
        endpoint.addresses.retain(|it| Some(*it) != address.v4);
        endpoint.details.modified = self.at;
        let touched = remove(world, &address);
        world.put_resolver_endpoint(&endpoint);
        Ok(touched)
    }
}

impl TagResolverEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut endpoint = find(world, self.id)?;
        self.edit.apply(&mut endpoint.tags)?;
        world.put_resolver_endpoint(&endpoint);
        Ok(Touched::nothing())
    }
}

//! Network interfaces that a user created, and a common view of all others.
//!
//! The primary interface of an instance is part of the instance, and that of an endpoint part of the endpoint; that
//! of a load balancer is derived from it. Only the others are stored here.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    change::{Touched, duplicate},
    endpoint::{Endpoint, EndpointInterface},
    id::{AttachmentId, InstanceId, NetworkInterfaceId, SecurityGroupId, SubnetId, VpcId, seed_of},
    id_words::IdWords,
    instance::Instance,
    load_balancer::{LoadBalancer, LoadBalancerZone},
    nat_gateway::NatGateway,
    refusal::Refusal,
    subnet::Subnet,
    world::{Tags, World},
};

/// The most private addresses of one interface; no type of instance takes more.
const MAX_ADDRESSES: usize = 50;

/// A network interface that was made by itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NetworkInterface {
    /// Its id.
    pub id: NetworkInterfaceId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Its description.
    pub description: Arc<str>,
    /// Its private addresses, the primary one first.
    pub addresses: Vec<Ipv4Addr>,
    /// Its IPv6 addresses.
    pub ipv6: Vec<Ipv6Addr>,
    /// Its security groups.
    pub groups: Vec<SecurityGroupId>,
    /// `SourceDestCheck`.
    pub source_dest_check: bool,
    /// The instance it is attached to, as a secondary interface.
    pub attachment: Option<Attachment>,
}

/// An attachment to an instance.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// The instance.
    pub instance: InstanceId,
    /// The number of the interface on the instance; the primary one is 0.
    pub device: u32,
    /// `DeleteOnTermination`.
    pub delete_on_termination: bool,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// Any network interface.
#[derive(Clone, Copy, Debug)]
pub enum Interface<'w> {
    /// The primary one of an instance.
    Primary(&'w Arc<Instance>),
    /// One made by itself.
    Own(&'w Arc<NetworkInterface>),
    /// One of an endpoint.
    Endpoint(&'w Arc<Endpoint>, &'w EndpointInterface),
    /// One of a load balancer.
    Balancer(&'w Arc<LoadBalancer>, &'w LoadBalancerZone),
    /// That of a NAT gateway.
    Nat(&'w Arc<NatGateway>),
}

impl Interface<'_> {
    /// Its id.
    pub fn id(&self) -> NetworkInterfaceId {
        match self {
            Self::Primary(it) => it.interface_id(),
            Self::Own(it) => it.id,
            Self::Endpoint(_, it) => it.id,
            Self::Balancer(it, zone) => it.interface(&zone.zone),
            Self::Nat(it) => it.interface_id(),
        }
    }

    /// Its VPC.
    pub fn vpc(&self) -> VpcId {
        match self {
            Self::Primary(it) => it.vpc,
            Self::Own(it) => it.vpc,
            Self::Endpoint(it, _) => it.vpc,
            Self::Balancer(it, _) => it.vpc,
            Self::Nat(it) => it.vpc,
        }
    }

    /// Its private addresses, the primary one first.
    pub fn addresses(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::Primary(it) => it.addresses().collect(),
            Self::Own(it) => it.addresses.clone(),
            Self::Endpoint(_, it) => it.v4.into_iter().collect(),
            Self::Balancer(it, zone) => {
                zone.private_address(it.internet_facing).into_iter().collect()
            }
            Self::Nat(it) => it.privates().collect(),
        }
    }

    /// Whether AWS manages it for its owner.
    pub fn is_managed(&self) -> bool {
        matches!(self, Self::Endpoint(..) | Self::Balancer(..) | Self::Nat(_))
    }

    /// AWS's refusal of changing one that it manages.
    pub fn not_permitted(&self) -> Refusal {
        Refusal::new(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
            "NI1",
        )
    }

    /// Its MAC address: locally administered and unicast, made from its id.
    pub fn mac(&self) -> String {
        let [.., a, b, c, d, e] = seed_of("mac", self.id()).to_be_bytes();
        format!("02:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}")
    }
}

impl NetworkInterface {
    /// The primary interface that a terminated instance leaves behind.
    pub(super) fn left_by(instance: &Instance) -> Self {
        let interface = &instance.interface;
        Self {
            id: instance.interface_id(),
            tags: interface.tags.clone(),
            vpc: instance.vpc,
            subnet: instance.subnet,
            description: Arc::clone(&interface.description),
            addresses: instance.addresses().collect(),
            ipv6: instance.ipv6.into_iter().collect(),
            groups: interface.groups.clone(),
            source_dest_check: interface.source_dest_check,
            attachment: None,
        }
    }
}

impl World {
    /// Every network interface.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface<'_>> {
        let endpoints = self.endpoints.values().flat_map(|endpoint| {
            endpoint.interfaces.iter().map(move |it| Interface::Endpoint(endpoint, it))
        });
        let balancers = self.load_balancers.values().flat_map(|balancer| {
            balancer.private_addresses().map(move |(zone, ..)| Interface::Balancer(balancer, zone))
        });
        self.instances
            .values()
            .map(Interface::Primary)
            .chain(self.network_interfaces.values().map(Interface::Own))
            .chain(endpoints)
            .chain(balancers)
            .chain(self.nat_gateways.values().filter(|it| it.is_living()).map(Interface::Nat))
    }

    /// The network interface, or AWS's refusal.
    pub fn interface(&self, id: NetworkInterfaceId) -> Result<Interface<'_>, Refusal> {
        if let Some(own) = self.network_interfaces.get(&id) {
            return Ok(Interface::Own(own));
        }
        self.interfaces().find(|it| it.id() == id).ok_or_else(|| not_found(id))
    }

    /// The network interface that was made by itself, or AWS's refusal.
    pub fn own_interface(&self, id: NetworkInterfaceId) -> Result<&Arc<NetworkInterface>, Refusal> {
        match self.interface(id)? {
            Interface::Own(own) if self.resolver_endpoint_of(id).is_none() => Ok(own),
            _ => Err(Refusal::new(
                "InvalidNetworkInterface.InUse",
                format!("Interface: [{id}] in use."),
                "NI1",
            )),
        }
    }

    /// Replaces the interface with this id. Its addresses must be the same.
    pub(super) fn put_interface(&mut self, interface: NetworkInterface) {
        for address in &interface.addresses {
            self.interface_addresses.insert((interface.vpc, *address), interface.id);
        }
        self.network_interfaces.insert(interface.id, Arc::new(interface));
    }

    /// Removes an interface with its addresses and permissions.
    pub(super) fn remove_interface(&mut self, interface: &NetworkInterface) {
        for address in &interface.addresses {
            self.interface_addresses.remove(&(interface.vpc, *address));
        }
        self.network_interfaces.remove(&interface.id);
        let permissions = self.network_interface_permissions.values();
        let of_it = permissions.filter(|it| it.interface == interface.id).map(|it| it.id);
        for permission in of_it.collect::<Vec<_>>() {
            self.network_interface_permissions.remove(&permission);
        }
    }
}

/// Refuses more addresses than an interface may have.
pub(super) fn most_addresses(count: usize) -> Result<(), Refusal> {
    if count <= MAX_ADDRESSES {
        return Ok(());
    }
    Err(Refusal::new(
        "PrivateIpAddressLimitExceeded",
        format!("Number of private addresses will exceed limit. {MAX_ADDRESSES} are allowed."),
        "NI1",
    ))
}

fn not_found(id: NetworkInterfaceId) -> Refusal {
    id.missing("NI1")
}

/// `CreateNetworkInterface`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateNetworkInterface {
    /// The interface; without addresses it takes the lowest free one of its subnet.
    pub interface: NetworkInterface,
    /// How many secondary addresses to add to those given.
    pub more_addresses: u32,
}

/// `DeleteNetworkInterface`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteNetworkInterface {
    /// The interface.
    pub interface: NetworkInterfaceId,
}

/// `ModifyNetworkInterfaceAttribute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyNetworkInterfaceAttribute {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// `Description.Value`.
    pub description: Option<Arc<str>>,
    /// `SourceDestCheck.Value`.
    pub source_dest_check: Option<bool>,
    /// `SecurityGroupId.N`.
    pub groups: Option<Vec<SecurityGroupId>>,
    /// `Attachment`: the attachment and whether the interface is deleted on termination.
    pub delete_on_termination: Option<(AttachmentId, bool)>,
}

/// `AttachNetworkInterface`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachNetworkInterface {
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// The attachment.
    pub attachment: Attachment,
}

/// `DetachNetworkInterface`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachNetworkInterface {
    /// The attachment.
    pub attachment: AttachmentId,
}

/// The id of the attachment of an instance's primary interface.
pub fn primary_attachment(instance: &Instance) -> AttachmentId {
    AttachmentId::from_seed(seed_of("attachment", instance.interface_id()))
}

impl CreateNetworkInterface {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut interface = self.interface.clone();
        duplicate(&world.network_interfaces, &interface.id)?;
        let subnet = Arc::clone(world.subnet(interface.subnet)?);
        interface.vpc = subnet.vpc;
        interface.groups = world.interface_groups(subnet.vpc, &interface.groups)?;
        let more = usize::try_from(self.more_addresses).unwrap_or(usize::MAX);
        most_addresses(interface.addresses.len().max(1).saturating_add(more))?;
        hold(world, &mut interface, &subnet, more)?;
        for (index, address) in interface.ipv6.iter().enumerate() {
            subnet.check_ipv6(world, *address)?;
            if interface.ipv6[..index].contains(address) {
                return Err(Refusal::value(format!("Address {address} is there twice."), "NI1"));
            }
        }
        let vpc = interface.vpc;
        world.put_interface(interface);
        Ok(Touched::vpc(vpc))
    }
}

/// Gives an interface its addresses: those in the request, then the lowest free ones.
fn hold(
    world: &mut World,
    interface: &mut NetworkInterface,
    subnet: &Subnet,
    more: usize,
) -> Result<(), Refusal> {
    if subnet.ipv6_native {
        return if interface.addresses.is_empty() && more == 0 {
            Ok(())
        } else {
            Err(Refusal::parameter(format!("The subnet '{}' is IPv6-only.", subnet.id), "NI1"))
        };
    }
    let named = std::mem::take(&mut interface.addresses);
    let wanted = named.len().max(1) + more;
    for address in named {
        subnet.check_address(world, address)?;
        world.interface_addresses.insert((subnet.vpc, address), interface.id);
        interface.addresses.push(address);
    }
    while interface.addresses.len() < wanted {
        let address = world.free_address(subnet).ok_or_else(|| subnet.full())?;
        world.interface_addresses.insert((subnet.vpc, address), interface.id);
        interface.addresses.push(address);
    }
    Ok(())
}

impl DeleteNetworkInterface {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let used = || {
            Refusal::parameter(
                format!("Network interface '{}' is currently in use.", self.interface),
                "NI1",
            )
        };
        let Interface::Own(interface) = world.interface(self.interface)? else {
            return Err(Refusal { code: "InvalidParameterValue", ..used() });
        };
        let interface = Arc::clone(interface);
        let of_resolver = world.resolver_endpoint_of(interface.id).is_some();
        if interface.attachment.is_some() || of_resolver {
            return Err(Refusal { code: "InvalidParameterValue", ..used() });
        }
        world.free_elastic(interface.id);
        world.remove_interface(&interface);
        Ok(Touched::vpc(interface.vpc))
    }
}

impl ModifyNetworkInterfaceAttribute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let found = world.interface(self.interface)?;
        let groups = match &self.groups {
            Some(groups) if !found.is_managed() => {
                Some(world.interface_groups(found.vpc(), groups)?)
            }
            _ => None,
        };
        let wrong_attachment = |id: AttachmentId| {
            Refusal::new(
                "InvalidAttachmentID.NotFound",
                format!("The attachment '{id}' is not that of interface {}", self.interface),
                "NI1",
            )
        };
        match found {
            Interface::Primary(instance) => {
                let mut instance = Instance::clone(instance);
                if let Some((id, delete)) = self.delete_on_termination {
                    if id != primary_attachment(&instance) {
                        return Err(wrong_attachment(id));
                    }
                    instance.interface.delete_on_termination = delete;
                }
                let held = &mut instance.interface;
                held.description =
                    self.description.clone().unwrap_or(Arc::clone(&held.description));
                held.source_dest_check = self.source_dest_check.unwrap_or(held.source_dest_check);
                held.groups_stated |= groups.is_some();
                held.groups = groups.unwrap_or_else(|| held.groups.clone());
                Ok(world.put_instance(instance))
            }
            Interface::Own(interface) => {
                let mut interface = NetworkInterface::clone(interface);
                if let Some((id, delete)) = self.delete_on_termination {
                    match &mut interface.attachment {
                        Some(attachment) if attachment.id == id => {
                            attachment.delete_on_termination = delete;
                        }
                        _ => return Err(wrong_attachment(id)),
                    }
                }
                if let Some(description) = &self.description {
                    interface.description = Arc::clone(description);
                }
                interface.source_dest_check =
                    self.source_dest_check.unwrap_or(interface.source_dest_check);
                interface.groups = groups.unwrap_or(interface.groups);
                world.put_interface(interface);
                Ok(Touched::nothing())
            }
            managed => Err(managed.not_permitted()),
        }
    }
}

impl AttachNetworkInterface {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let interface = Arc::clone(world.own_interface(self.interface)?);
        let instance = Arc::clone(world.instance(self.attachment.instance)?);
        if interface.attachment.is_some() {
            return Err(interface.in_use());
        }
        let zone = |subnet: SubnetId| world.subnets.get(&subnet).map(|subnet| &subnet.zone);
        if zone(interface.subnet) != zone(instance.subnet) {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                "You may not attach a network interface to an instance if they are not in the same availability zone",
                "NI1",
            ));
        }
        let taken = self.attachment.device == 0
            || world.network_interfaces.values().any(|it| {
                it.attachment.as_ref().is_some_and(|it| {
                    it.instance == instance.id && it.device == self.attachment.device
                })
            });
        if taken {
            return Err(Refusal::parameter(
                format!(
                    "Instance '{}' already has an interface attached at device index '{}'.",
                    instance.id, self.attachment.device
                ),
                "NI1",
            ));
        }
        let mut interface = NetworkInterface::clone(&interface);
        interface.attachment = Some(self.attachment.clone());
        world.put_interface(interface);
        Ok(Touched::nothing())
    }
}

impl DetachNetworkInterface {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let attached = |it: &&Arc<NetworkInterface>| {
            it.attachment.as_ref().is_some_and(|it| it.id == self.attachment)
        };
        let found = world.network_interfaces.values().find(attached).cloned();
        if let Some(interface) = found {
            let interface = NetworkInterface::clone(&interface);
            world.put_interface(NetworkInterface { attachment: None, ..interface });
            return Ok(Touched::nothing());
        }
        let primary = |it: &&Arc<Instance>| primary_attachment(it) == self.attachment;
        if world.instances.values().find(primary).is_some() {
            return Err(Refusal::new(
                "OperationNotPermitted",
                "The network interface at device index 0 and networkCard index 0 cannot be detached.",
                "NI1",
            ));
        }
        Err(Refusal::new(
            "InvalidAttachmentID.NotFound",
            format!("The networkInterface attachment ID '{}' does not exist", self.attachment),
            "NI1",
        ))
    }
}

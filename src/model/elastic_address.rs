//! Elastic addresses: public IPv4 addresses that an account keeps, and what they are associated with.
//!
//! Which address is given is the choice of whoever allocates; here none is given twice.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{AllocationId, AssociationId, InstanceId, NetworkInterfaceId, RegionName},
    id_words::IdWords,
    instance::{Instance, InstanceState},
    name::Name,
    network_interface::{Interface, NetworkInterface},
    refusal::Refusal,
    world::{Tags, World},
};

/// An elastic address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ElasticAddress {
    /// Its id.
    pub id: AllocationId,
    /// Its tags.
    pub tags: Tags,
    /// The address.
    pub address: Ipv4Addr,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that keeps it.
    pub owner: Arc<str>,
    /// What it is associated with.
    pub association: Option<Association>,
    /// The name that its reverse name points to, if somebody chose one (EIP2).
    #[serde(default)]
    pub reverse_name: Option<Name>,
}

/// The association of an elastic address with a private address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Association {
    /// Its id.
    pub id: AssociationId,
    /// The network interface.
    pub interface: NetworkInterfaceId,
    /// The private address of that interface.
    pub private: Ipv4Addr,
}

/// `AllocateAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocateAddress {
    /// The address.
    pub address: ElasticAddress,
}

/// `AssociateAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateAddress {
    /// The address.
    pub allocation: AllocationId,
    /// The id of the new association.
    pub association: AssociationId,
    /// The network interface.
    pub interface: NetworkInterfaceId,
    /// The private address; none means the primary one.
    pub private: Option<Ipv4Addr>,
    /// Whether it may be associated with something else now.
    pub reassociate: bool,
}

/// `DisassociateAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateAddress {
    /// The association.
    pub association: AssociationId,
    /// The public address for a running instance that gets one at each start.
    pub public_address: Option<Ipv4Addr>,
}

/// `ReleaseAddress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseAddress {
    /// The address.
    pub allocation: AllocationId,
}

/// `ModifyAddressAttribute` and `ResetAddressAttribute`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAddressName {
    /// The address.
    pub allocation: AllocationId,
    /// The name that its reverse name points to from now on.
    pub name: Option<Name>,
}

impl World {
    /// The elastic address, or AWS's refusal.
    pub fn elastic_address(&self, id: AllocationId) -> Result<&Arc<ElasticAddress>, Refusal> {
        self.elastic_addresses.get(&id).ok_or_else(|| id.missing("EIP1"))
    }

    /// The elastic address with this address.
    pub fn elastic_address_of(&self, address: Ipv4Addr) -> Option<&Arc<ElasticAddress>> {
        self.elastic_addresses.values().find(|it| it.address == address)
    }

    /// The elastic addresses associated with a network interface.
    pub fn elastic_of_interface(
        &self,
        id: NetworkInterfaceId,
    ) -> impl Iterator<Item = (&Arc<ElasticAddress>, Association)> {
        let held = move |it| Some((it, ElasticAddress::association(it)?));
        self.elastic_addresses
            .values()
            .filter_map(held)
            .filter(move |(_, association)| association.interface == id)
    }

    /// Whether an instance, a load balancer or an account has a public address.
    pub fn public_address_in_use(&self, address: Ipv4Addr) -> bool {
        self.public_addresses.contains_key(&address)
            || self.elastic_address_of(address).is_some()
            || self
                .load_balancers
                .values()
                .filter(|it| it.internet_facing)
                .any(|it| it.zones.iter().any(|zone| zone.address == address))
    }

    /// Refuses to take an elastic address from an interface that AWS manages.
    fn may_be_taken_from(&self, association: &Association) -> Result<(), Refusal> {
        match self.interface(association.interface) {
            Ok(interface) if interface.is_managed() => Err(interface.not_permitted()),
            _ => Ok(()),
        }
    }

    /// Ends the associations of a network interface that is being deleted.
    pub(super) fn free_elastic(&mut self, id: NetworkInterfaceId) {
        self.free_elastic_of(id, |_| true);
    }

    /// Ends the associations with some private addresses of a network interface.
    pub(super) fn free_elastic_of(
        &mut self,
        id: NetworkInterfaceId,
        is_freed: impl Fn(Ipv4Addr) -> bool,
    ) {
        let held = self.elastic_of_interface(id).filter(|(_, it)| is_freed(it.private));
        let held: Vec<_> = held.map(|(it, _)| Arc::clone(it)).collect();
        for address in held {
            let address = ElasticAddress { association: None, ..ElasticAddress::clone(&address) };
            self.elastic_addresses.insert(address.id, Arc::new(address));
        }
    }

    /// Gives an instance the elastic address of its primary private address, if there is one.
    pub(super) fn show_elastic(&mut self, id: InstanceId) {
        let Some(instance) = self.instances.get(&id).cloned() else { return };
        let found = self
            .elastic_of_interface(instance.interface_id())
            .find(|(_, association)| Some(association.private) == instance.address)
            .map(|(address, _)| address.address);
        if found.is_some() {
            let instance = Instance { public_address: found, ..Instance::clone(&instance) };
            self.put_instance(instance);
        }
    }
}

impl ElasticAddress {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    fn association(it: &Arc<Self>) -> Option<Association> {
        it.association
    }
}

impl AllocateAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.elastic_addresses, &self.address.id)?;
        if world.public_address_in_use(self.address.address) {
            return Err(Refusal::new(
                "InvalidAddress.InUse",
                format!("Address {} is in use.", self.address.address),
                "EIP1",
            ));
        }
        let address = ElasticAddress { association: None, ..self.address.clone() };
        world.elastic_addresses.insert(address.id, Arc::new(address));
        Ok(Touched::nothing())
    }
}

impl AssociateAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let address = Arc::clone(world.elastic_address(self.allocation)?);
        let interface = world.interface(self.interface)?;
        let vpc = interface.vpc();
        if interface.is_managed() {
            return Err(interface.not_permitted());
        }
        let addresses = interface.addresses();
        let private = match self.private {
            Some(private) if !addresses.contains(&private) => {
                return Err(Refusal::value(
                    format!(
                        "The address {private} is not assigned to interface {}.",
                        self.interface
                    ),
                    "EIP1",
                ));
            }
            Some(private) => private,
            None => *addresses.first().ok_or_else(|| {
                Refusal::parameter(
                    format!("The interface {} has no IPv4 address.", self.interface),
                    "EIP1",
                )
            })?,
        };
        if world.members(vpc).internet_gateway.is_none() {
            return Err(Refusal::new(
                "Gateway.NotAttached",
                format!("Network {vpc} is not attached to any internet gateway"),
                "EIP1",
            ));
        }
        let mut touched = Touched::vpc(vpc);
        if let Some(old) = address.association {
            if old.interface == self.interface && old.private == private {
                return Ok(Touched::nothing());
            }
            world.may_be_taken_from(&old)?;
            if !self.reassociate {
                return Err(Refusal::new(
                    "Resource.AlreadyAssociated",
                    format!(
                        "resource {} is already associated with associate-id {}",
                        address.id, old.id
                    ),
                    "EIP1",
                ));
            }
            touched.join(disassociate(world, &address, None));
        }
        let occupied = world
            .elastic_of_interface(self.interface)
            .find(|(_, association)| association.private == private)
            .map(|(other, _)| Arc::clone(other));
        if let Some(other) = occupied {
            touched.join(disassociate(world, &other, None));
        }
        let association = Association { id: self.association, interface: self.interface, private };
        let address =
            ElasticAddress { association: Some(association), ..ElasticAddress::clone(&address) };
        world.elastic_addresses.insert(address.id, Arc::new(address));
        if let Ok(Interface::Primary(instance)) = world.interface(self.interface) {
            let id = instance.id;
            world.show_elastic(id);
        }
        Ok(touched)
    }
}

/// Ends an association. A running instance that gets public addresses at its start takes `public`.
fn disassociate(
    world: &mut World,
    address: &Arc<ElasticAddress>,
    public: Option<Ipv4Addr>,
) -> Touched {
    let free = ElasticAddress { association: None, ..ElasticAddress::clone(address) };
    world.elastic_addresses.insert(free.id, Arc::new(free));
    let Some(instance) = world.public_addresses.get(&address.address) else {
        return Touched::nothing();
    };
    let Some(instance) = world.instances.get(instance).cloned() else { return Touched::nothing() };
    let again = instance.launch.auto_public && instance.state == InstanceState::Running;
    let public = public.filter(|public| again && !world.public_address_in_use(*public));
    world.put_instance(Instance { public_address: public, ..Instance::clone(&instance) })
}

impl DisassociateAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let ours = |it: &&Arc<ElasticAddress>| {
            it.association.is_some_and(|association| association.id == self.association)
        };
        let Some(address) = world.elastic_addresses.values().find(ours).cloned() else {
            return Err(Refusal::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{}' does not exist", self.association),
                "EIP1",
            ));
        };
        if let Some(association) = address.association {
            world.may_be_taken_from(&association)?;
        }
        Ok(disassociate(world, &address, self.public_address))
    }
}

impl ReleaseAddress {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let address = world.elastic_address(self.allocation)?;
        if address.association.is_some() {
            return Err(Refusal::new(
                "InvalidIPAddress.InUse",
                format!("Address {} is in use.", address.address),
                "EIP1",
            ));
        }
        if address.reverse_name.is_some() {
            return Err(Refusal::new(
                "InvalidAddress.Locked",
                format!(
                    "The address with allocation id [{}] cannot be released because it is locked to your account.",
                    self.allocation
                ),
                "EIP3",
            ));
        }
        world.elastic_addresses.remove(&self.allocation);
        Ok(Touched::nothing())
    }
}

impl SetAddressName {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let address = ElasticAddress::clone(world.elastic_address(self.allocation)?);
        let address = ElasticAddress { reverse_name: self.name.clone(), ..address };
        world.elastic_addresses.insert(self.allocation, Arc::new(address));
        Ok(Touched::nothing())
    }
}

impl NetworkInterface {
    /// AWS's refusal if the interface must not be attached to anything.
    pub(super) fn in_use(&self) -> Refusal {
        Refusal::new(
            "InvalidNetworkInterface.InUse",
            format!("Interface: [{}] in use.", self.id),
            "NI1",
        )
    }
}

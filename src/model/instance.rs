//! Instances: addresses and host names. Nothing runs.
//!
//! Knows AWS's rules for their addresses and the options of their names (H1 to H5). Which name answers what is
//! decided in `resolve/instance.rs`.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    change::{Touched, duplicate},
    id::{InstanceId, SubnetId, VpcId},
    refusal::Refusal,
    world::{Tags, World},
};

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Its private address; none in an IPv6-only subnet.
    pub address: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
    /// Its public or elastic address.
    pub public_address: Option<Ipv4Addr>,
    /// Its type, such as `t2.micro`.
    pub instance_type: Arc<str>,
    /// How its host name is made.
    pub name_options: NameOptions,
}

/// Options of an instance's private names (H2, H3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct NameOptions {
    /// Whether the guest is named after its id rather than its address.
    pub resource_name: bool,
    /// `EnableResourceNameDnsARecord`.
    pub resource_name_a: bool,
    /// `EnableResourceNameDnsAAAARecord`.
    pub resource_name_aaaa: bool,
}

impl Instance {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }
}

/// `RunInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunInstances {
    /// The instance; without an address it takes the lowest free one of its subnet.
    pub instance: Instance,
}

/// `TerminateInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminateInstances {
    /// The instance.
    pub instance: InstanceId,
}

impl RunInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut instance = self.instance.clone();
        duplicate(&world.instances, &instance.id)?;
        let subnet = Arc::clone(world.subnet(instance.subnet)?);
        instance.vpc = subnet.vpc;
        if subnet.ipv6_native {
            // Such a subnet forces resource names, with AAAA on (H2, H5).
            instance.address = None;
            instance.name_options.resource_name = true;
            instance.name_options.resource_name_aaaa = true;
        } else {
            let address = match instance.address {
                Some(address) => {
                    subnet.check_address(world, address)?;
                    address
                }
                None => world.free_address(&subnet).ok_or_else(|| {
                    Refusal::new(
                        "InsufficientFreeAddressesInSubnet",
                        format!("There are not enough free addresses in subnet '{}'", subnet.id),
                        "A51",
                    )
                })?,
            };
            instance.address = Some(address);
            world.private_addresses.insert((subnet.vpc, address), instance.id);
        }
        if let Some(public) = instance.public_address {
            if world.public_addresses.contains_key(&public) {
                return Err(Refusal::new(
                    "InvalidAddress.InUse",
                    format!("Address {public} is in use by another instance."),
                    "A51",
                ));
            }
            world.public_addresses.insert(public, instance.id);
        }
        let (id, vpc) = (instance.id, instance.vpc);
        world.instances.insert(id, Arc::new(instance));
        world.edit_members(vpc, |members| members.instances.push(id));
        Ok(Touched::vpc(vpc))
    }
}

impl TerminateInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(instance) = world.instances.remove(&self.instance) else {
            return Err(Refusal::new(
                "InvalidInstanceID.NotFound",
                format!("The instance ID '{}' does not exist", self.instance),
                "A21",
            ));
        };
        world.guests.remove(&instance.id);
        if let Some(address) = instance.address {
            world.private_addresses.remove(&(instance.vpc, address));
        }
        if let Some(public) = instance.public_address {
            world.public_addresses.remove(&public);
        }
        world.edit_members(instance.vpc, |members| {
            members.instances.retain(|id| *id != instance.id);
        });
        Ok(Touched::vpc(instance.vpc))
    }
}

//! Instances: addresses, host names and placement. Nothing runs.
//!
//! Knows AWS's rules for launching one, among them the options of its names (H1 to H5). `instance_life.rs` knows
//! what happens to it later, and `resolve/instance.rs` answers its names.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    change::{Touched, duplicate},
    id::{
        InstanceId, NetworkInterfaceId, PlacementGroupId, ReservationId, SecurityGroupId, SubnetId,
        VolumeId, VpcId, seed_of,
    },
    refusal::Refusal,
    volume::{self, ROOT_DEVICE, Volume},
    world::{Tags, World},
};
use crate::catalog;

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
    /// Whether it runs.
    #[serde(default)]
    pub state: InstanceState,
    /// The rest of its primary network interface.
    #[serde(default)]
    pub interface: PrimaryInterface,
    /// Its placement.
    #[serde(default)]
    pub placement: Placement,
    /// Data of its launch, and its attributes.
    #[serde(default)]
    pub launch: Launch,
}

/// The state of an instance. A terminated one is in `World::terminated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum InstanceState {
    /// It runs.
    #[default]
    Running,
    /// It was stopped.
    Stopped,
}

/// The primary network interface of an instance, beside the addresses.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PrimaryInterface {
    /// Its id, if it existed before the instance; else the id is made from the instance's.
    pub id: Option<NetworkInterfaceId>,
    /// Its tags.
    pub tags: Tags,
    /// Its description.
    pub description: Arc<str>,
    /// Its secondary private addresses.
    pub secondary: Vec<Ipv4Addr>,
    /// Its security groups.
    pub groups: Vec<SecurityGroupId>,
    /// Whether the groups are known to be these. A world file need not say them: then they are shown, but block nothing.
    #[serde(default)]
    pub groups_stated: bool,
    /// `SourceDestCheck`.
    pub source_dest_check: bool,
    /// `DeleteOnTermination`.
    pub delete_on_termination: bool,
}

impl Default for PrimaryInterface {
    fn default() -> Self {
        Self {
            id: None,
            tags: Tags::default(),
            description: "".into(),
            secondary: Vec::new(),
            groups: Vec::new(),
            groups_stated: false,
            source_dest_check: true,
            delete_on_termination: true,
        }
    }
}

/// The placement of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Placement {
    /// Its placement group.
    pub group: Option<PlacementGroupId>,
    /// Its partition, from 1 on, in a group that has some.
    pub partition: Option<u32>,
    /// Its tenancy.
    pub tenancy: Tenancy,
}

/// The tenancy of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Tenancy {
    /// Shared hardware.
    #[default]
    Default,
    /// A Dedicated Instance.
    Dedicated,
    /// On a Dedicated Host.
    Host,
}

impl Tenancy {
    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Dedicated => "dedicated",
            Self::Host => "host",
        }
    }
}

/// How an instance was launched, and the attributes that only a description shows.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Launch {
    /// Its reservation; `None` means one made from the instance's id.
    pub reservation: Option<ReservationId>,
    /// When it was last started, in milliseconds since the epoch; 0 if unknown.
    pub at: u64,
    /// When it was stopped or terminated, in milliseconds since the epoch; 0 if unknown, or if it runs.
    #[serde(default)]
    pub ended: u64,
    /// Its number among the instances of the reservation.
    pub index: u32,
    /// The client token of the launch.
    pub client_token: Option<Arc<str>>,
    /// Whether it gets a public address at each start.
    pub auto_public: bool,
    /// `DisableApiTermination`.
    pub termination_protection: bool,
    /// `DisableApiStop`.
    pub stop_protection: bool,
    /// `InstanceInitiatedShutdownBehavior`: whether a shutdown from within terminates it.
    pub shutdown_terminates: bool,
    /// Whether detailed monitoring is on.
    pub monitoring: bool,
    /// `EbsOptimized`.
    pub ebs_optimized: bool,
    /// `CreditSpecification.CpuCredits`.
    pub cpu_credits: Option<Arc<str>>,
    /// `BlockDeviceMapping.N`; the root volume is there also if it is not named.
    #[serde(default)]
    pub volumes: Vec<Volume>,
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
    /// An instance with an id and a subnet, and defaults for the rest.
    pub fn new(id: InstanceId, vpc: VpcId, subnet: SubnetId) -> Self {
        Self {
            id,
            tags: Tags::default(),
            vpc,
            subnet,
            address: None,
            ipv6: None,
            public_address: None,
            instance_type: "t3.micro".into(),
            name_options: NameOptions::default(),
            state: InstanceState::default(),
            interface: PrimaryInterface::default(),
            placement: Placement::default(),
            launch: Launch::default(),
        }
    }

    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// The id of its primary network interface.
    pub fn interface_id(&self) -> NetworkInterfaceId {
        self.interface.id.unwrap_or_else(|| primary_interface(self.id))
    }

    /// The id of its reservation.
    pub fn reservation(&self) -> ReservationId {
        let made = || ReservationId::from_seed(seed_of("reservation", self.id));
        self.launch.reservation.unwrap_or_else(made)
    }

    /// Its volumes with their ids, the root volume first.
    pub fn volumes(&self) -> Vec<(VolumeId, Volume)> {
        let is_root = |it: &&Volume| *it.device == *ROOT_DEVICE;
        let root = self.launch.volumes.iter().find(is_root).cloned();
        let others = self.launch.volumes.iter().filter(|it| !is_root(it)).cloned();
        let all = std::iter::once(root.unwrap_or_else(Volume::usual_root)).chain(others);
        let id = |it: &Volume| {
            VolumeId::from_seed(seed_of("volume", format_args!("{}/{}", self.id, it.device)))
        };
        all.map(|it| (id(&it), it)).collect()
    }

    /// The processors under its type.
    pub fn architecture(&self) -> &'static str {
        catalog::architecture(&self.instance_type)
    }

    /// Whether detailed monitoring is on, as a word: `enabled` or `disabled`.
    pub fn monitoring(&self) -> &'static str {
        if self.launch.monitoring { "enabled" } else { "disabled" }
    }

    /// Its private addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.address.into_iter().chain(self.interface.secondary.iter().copied())
    }
}

/// The id of the primary network interface of an instance that was launched without one.
pub fn primary_interface(instance: InstanceId) -> NetworkInterfaceId {
    NetworkInterfaceId::from_seed(seed_of("interface", instance))
}

/// `RunInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunInstances {
    /// The instance; without an address it takes the lowest free one of its subnet. One whose primary interface has an
    /// id takes that network interface and its addresses.
    pub instance: Instance,
}

/// Refuses an instance type that EC2 does not have.
pub(super) fn check_type(world: &World, instance_type: &str) -> Result<(), Refusal> {
    if world.switches.any_instance_type || catalog::is_instance_type(instance_type) {
        return Ok(());
    }
    Err(Refusal::value(format!("Invalid value '{instance_type}' for InstanceType."), "I1"))
}

impl RunInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut instance = self.instance.clone();
        duplicate(&world.instances, &instance.id)?;
        check_type(world, &instance.instance_type)?;
        volume::check(&instance.launch.volumes)?;
        if let Some(id) = instance.interface.id {
            take_interface(world, &mut instance, id)?;
        }
        let subnet = Arc::clone(world.subnet(instance.subnet)?);
        let vpc = Arc::clone(world.vpc(subnet.vpc)?);
        instance.vpc = vpc.id;
        world.check_placement(&mut instance, &vpc, &subnet)?;
        instance.interface.groups = world.interface_groups(vpc.id, &instance.interface.groups)?;
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
                None => world.free_address(&subnet).ok_or_else(|| subnet.full())?,
            };
            instance.address = Some(address);
            world.private_addresses.insert((subnet.vpc, address), instance.id);
        }
        for address in instance.interface.secondary.clone() {
            subnet.check_address(world, address)?;
            world.private_addresses.insert((subnet.vpc, address), instance.id);
        }
        if let Some(address) = instance.ipv6 {
            subnet.check_ipv6(world, address)?;
        }
        if let Some(public) = instance.public_address {
            world.hold_public(public, instance.id)?;
        }
        let (id, vpc) = (instance.id, instance.vpc);
        let taken = instance.interface.id.is_some();
        world.instances.insert(id, Arc::new(instance));
        world.edit_members(vpc, |members| members.instances.push(id));
        if taken {
            world.show_elastic(id);
        }
        Ok(Touched::vpc(vpc))
    }
}

/// Makes a network interface the primary one of an instance that is about to run.
fn take_interface(
    world: &mut World,
    instance: &mut Instance,
    id: NetworkInterfaceId,
) -> Result<(), Refusal> {
    let interface = Arc::clone(world.own_interface(id)?);
    if interface.attachment.is_some() {
        return Err(interface.in_use());
    }
    world.remove_interface(&interface);
    let mut addresses = interface.addresses.iter().copied();
    instance.subnet = interface.subnet;
    instance.address = addresses.next();
    instance.ipv6 = interface.ipv6.first().copied();
    instance.interface = PrimaryInterface {
        id: Some(id),
        tags: interface.tags.clone(),
        description: Arc::clone(&interface.description),
        secondary: addresses.collect(),
        groups: interface.groups.clone(),
        groups_stated: true,
        source_dest_check: interface.source_dest_check,
        delete_on_termination: instance.interface.delete_on_termination,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graviton_is_arm() {
        for (kind, expected) in [
            ("t2.micro", "x86_64"),
            ("g4dn.xlarge", "x86_64"),
            ("m7g.large", "arm64"),
            ("c6gn.large", "arm64"),
            ("a1.large", "arm64"),
            ("", "x86_64"),
        ] {
            let (id, vpc, subnet) =
                (InstanceId::from_seed(1), VpcId::from_seed(1), SubnetId::from_seed(1));
            let instance =
                Instance { instance_type: kind.into(), ..Instance::new(id, vpc, subnet) };
            assert_eq!(instance.architecture(), expected, "{kind}");
        }
    }
}

//! Stops, starts, modifies and terminates instances.
//!
//! States change at once; states in between, such as `stopping`, appear only in replies of the API. A terminated
//! instance keeps no address and has no names. It can be described for an hour.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    change::Touched,
    guest::Guest,
    id::{InstanceId, RegionName, SecurityGroupId},
    id_words::IdWords,
    instance::{Instance, InstanceState, NameOptions},
    network_interface::NetworkInterface,
    refusal::Refusal,
    world::World,
};

/// How long `DescribeInstances` still shows a terminated instance, in milliseconds.
pub const DESCRIBED: u64 = 60 * 60 * 1_000;
/// How many terminated instances are kept at most.
const MOST: usize = 1_000;

/// An instance that was terminated.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Terminated {
    /// The instance; it has no addresses.
    pub instance: Instance,
    /// Its metadata.
    pub guest: Guest,
    /// The region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owned it.
    pub owner: Arc<str>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `TerminateInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminateInstances {
    /// The instance.
    pub instance: InstanceId,
    /// Now, in milliseconds since the epoch.
    pub at: u64,
}

/// `StopInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopInstances {
    /// The instance.
    pub instance: InstanceId,
    /// Now, in milliseconds since the epoch.
    pub at: u64,
}

/// `StartInstances`, one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartInstances {
    /// The instance.
    pub instance: InstanceId,
    /// The public address it takes, if it gets one at each start.
    pub public_address: Option<Ipv4Addr>,
    /// Now, in milliseconds since the epoch.
    pub at: u64,
}

/// `ModifyInstanceAttribute`, and `ModifyPrivateDnsNameOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyInstanceAttribute {
    /// The instance.
    pub instance: InstanceId,
    /// The attribute.
    pub attribute: InstanceAttribute,
}

/// An attribute of an instance, with the value it shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceAttribute {
    /// `InstanceType`; the instance must be stopped.
    InstanceType(Arc<str>),
    /// `DisableApiTermination`.
    TerminationProtection(bool),
    /// `DisableApiStop`.
    StopProtection(bool),
    /// `InstanceInitiatedShutdownBehavior`: whether it terminates.
    ShutdownTerminates(bool),
    /// `SourceDestCheck`.
    SourceDestCheck(bool),
    /// `EbsOptimized`; the instance must be stopped.
    EbsOptimized(bool),
    /// `GroupId.N`.
    Groups(Vec<SecurityGroupId>),
    /// The options of its private names; the kind of name changes while it is stopped only.
    Names(NameOptions),
    /// `MonitorInstances` and `UnmonitorInstances`.
    Monitoring(bool),
    /// `ModifyInstanceCreditSpecification`.
    CpuCredits(Arc<str>),
}

impl World {
    /// The instance, or AWS's refusal.
    pub fn instance(&self, id: InstanceId) -> Result<&Arc<Instance>, Refusal> {
        self.instances.get(&id).ok_or_else(|| id.missing("A21"))
    }

    /// Gives an instance a public address.
    pub(super) fn hold_public(&mut self, public: Ipv4Addr, id: InstanceId) -> Result<(), Refusal> {
        if self.public_address_in_use(public) {
            return Err(Refusal::new(
                "InvalidAddress.InUse",
                format!("Address {public} is in use by another instance."),
                "A51",
            ));
        }
        self.public_addresses.insert(public, id);
        Ok(())
    }

    /// Replaces the instance with this id. Only its public address may differ among the addresses.
    pub(super) fn put_instance(&mut self, instance: Instance) -> Touched {
        let (id, vpc, public) = (instance.id, instance.vpc, instance.public_address);
        let instance = Arc::new(instance);
        let old = self.instances.insert(id, Arc::clone(&instance));
        if old.as_ref().is_some_and(|old| old.state != instance.state) {
            self.refresh_instance(&instance);
        }
        if let Some(old) = old.and_then(|old| old.public_address) {
            self.public_addresses.remove(&old);
        }
        if let Some(public) = public {
            self.public_addresses.insert(public, id);
        }
        Touched::vpc(vpc)
    }
}

impl TerminateInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if world.terminated.contains_key(&self.instance) {
            return Ok(Touched::nothing());
        }
        let instance = Arc::clone(world.instance(self.instance)?);
        if instance.launch.termination_protection {
            return Err(protected(&instance, "terminated", "disableApiTermination"));
        }
        let guest = world.guest(instance.id);
        let vpc = Arc::clone(world.vpc(instance.vpc)?);
        for (volume, _) in instance.volumes() {
            world.derived_tags.remove(&volume.to_string());
        }
        world.instances.remove(&instance.id);
        world.refresh_instance(&instance);
        world.guests.remove(&instance.id);
        for address in instance.addresses() {
            world.private_addresses.remove(&(instance.vpc, address));
        }
        if let Some(public) = instance.public_address {
            world.public_addresses.remove(&public);
        }
        world.edit_members(instance.vpc, |members| {
            members.instances.retain(|id| *id != instance.id);
        });
        let primary = instance.interface_id();
        if instance.interface.delete_on_termination {
            world.free_elastic(primary);
        } else {
            world.put_interface(NetworkInterface::left_by(&instance));
        }
        let attached = |it: &&Arc<NetworkInterface>| {
            it.attachment.as_ref().is_some_and(|attachment| attachment.instance == instance.id)
        };
        let attached: Vec<_> =
            world.network_interfaces.values().filter(attached).cloned().collect();
        for interface in attached {
            if interface.attachment.as_ref().is_some_and(|it| it.delete_on_termination) {
                world.free_elastic(interface.id);
                world.remove_interface(&interface);
            } else {
                let interface = NetworkInterface::clone(&interface);
                world.put_interface(NetworkInterface { attachment: None, ..interface });
            }
        }
        let mut gone = Instance::clone(&instance);
        gone.address = None;
        gone.ipv6 = None;
        gone.public_address = None;
        gone.launch.ended = self.at;
        gone.interface.secondary.clear();
        gone.interface.groups.clear();
        let id = gone.id;
        let owner = Arc::clone(&vpc.owner);
        let terminated =
            Terminated { instance: gone, guest, region: vpc.region, owner, at: self.at };
        world.terminated.insert(id, Arc::new(terminated));
        self.forget(world);
        Ok(Touched::vpc(instance.vpc))
    }

    /// Forgets terminated instances after their time, and the oldest ones if there are too many.
    fn forget(&self, world: &mut World) {
        let mut kept: Vec<_> =
            world.terminated.values().map(|it| (it.at, it.instance.id)).collect();
        kept.sort_unstable();
        let surplus = kept.len().saturating_sub(MOST);
        let over = |at: u64| at.saturating_add(DESCRIBED) < self.at;
        for (index, (at, id)) in kept.into_iter().enumerate() {
            if index < surplus || over(at) {
                world.terminated.remove(&id);
            }
        }
    }
}

impl StopInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut instance = Instance::clone(living(world, self.instance, "stopped")?);
        if instance.launch.stop_protection {
            return Err(protected(&instance, "stopped", "disableApiStop"));
        }
        if instance.state == InstanceState::Running {
            instance.launch.ended = self.at;
        }
        instance.state = InstanceState::Stopped;
        if let Some(public) = instance.public_address
            && world.elastic_address_of(public).is_none()
        {
            instance.public_address = None;
            instance.launch.auto_public = true;
        }
        Ok(world.put_instance(instance))
    }
}

impl StartInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut instance = Instance::clone(living(world, self.instance, "started")?);
        if instance.state == InstanceState::Running {
            return Ok(Touched::nothing());
        }
        let subnet = Arc::clone(world.subnet(instance.subnet)?);
        let vpc = Arc::clone(world.vpc(instance.vpc)?);
        instance.state = InstanceState::Running;
        world.check_placement(&mut instance, &vpc, &subnet)?;
        instance.launch.at = self.at;
        instance.launch.ended = 0;
        if instance.launch.auto_public
            && instance.public_address.is_none()
            && let Some(public) = self.public_address
        {
            world.hold_public(public, instance.id)?;
            instance.public_address = Some(public);
        }
        Ok(world.put_instance(instance))
    }
}

impl ModifyInstanceAttribute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut instance = Instance::clone(living(world, self.instance, "modified")?);
        let running = instance.state == InstanceState::Running;
        let must_stop = || {
            Refusal::new(
                "IncorrectInstanceState",
                format!("The instance '{}' is not in the 'stopped' state.", self.instance),
                "I1",
            )
        };
        match &self.attribute {
            InstanceAttribute::InstanceType(it) if running && instance.instance_type != *it => {
                return Err(must_stop());
            }
            InstanceAttribute::InstanceType(it) => {
                super::instance::check_type(world, it)?;
                world.check_placed_type(&instance, it)?;
                instance.instance_type = Arc::clone(it);
            }
            InstanceAttribute::TerminationProtection(it) => {
                instance.launch.termination_protection = *it;
            }
            InstanceAttribute::StopProtection(it) => instance.launch.stop_protection = *it,
            InstanceAttribute::ShutdownTerminates(it) => instance.launch.shutdown_terminates = *it,
            InstanceAttribute::SourceDestCheck(it) => instance.interface.source_dest_check = *it,
            InstanceAttribute::EbsOptimized(it)
                if running && instance.launch.ebs_optimized != *it =>
            {
                return Err(must_stop());
            }
            InstanceAttribute::EbsOptimized(it) => instance.launch.ebs_optimized = *it,
            InstanceAttribute::Groups(it) => {
                instance.interface.groups = world.interface_groups(instance.vpc, it)?;
                instance.interface.groups_stated = true;
            }
            InstanceAttribute::Names(it) => {
                let renamed = it.resource_name != instance.name_options.resource_name;
                if running && renamed {
                    return Err(must_stop());
                }
                let native =
                    world.subnets.get(&instance.subnet).is_some_and(|subnet| subnet.ipv6_native);
                if native && (!it.resource_name || it.resource_name_a) {
                    return Err(Refusal::parameter(
                        "An instance in an IPv6-only subnet has a resource name without A records.",
                        "H5",
                    ));
                }
                instance.name_options = *it;
            }
            InstanceAttribute::Monitoring(it) => instance.launch.monitoring = *it,
            InstanceAttribute::CpuCredits(it) => instance.launch.cpu_credits = Some(Arc::clone(it)),
        }
        Ok(world.put_instance(instance))
    }
}

/// The instance, unless it was terminated.
fn living<'w>(world: &'w World, id: InstanceId, done: &str) -> Result<&'w Arc<Instance>, Refusal> {
    if world.terminated.contains_key(&id) {
        return Err(Refusal::new(
            "IncorrectInstanceState",
            format!(
                "The instance '{id}' is not in a state from which it can be {done}: it is terminated."
            ),
            "I1",
        ));
    }
    world.instance(id)
}

fn protected(instance: &Instance, done: &str, attribute: &str) -> Refusal {
    Refusal::new(
        "OperationNotPermitted",
        format!(
            "The instance '{}' may not be {done}. Modify its '{attribute}' instance attribute and try again.",
            instance.id
        ),
        "I1",
    )
}

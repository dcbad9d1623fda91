//! Instances described: in their reservations, and their status.

use std::{collections::BTreeMap, sync::Arc};

use super::{Operation, interface_view::Shown, security_group};
use crate::{
    api::{
        context::{Context, timestamp},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        shape::{Fields, Time, Value},
    },
    catalog,
    model::{
        guest::{Guest, InstanceProfile, MetadataOptions},
        id::InstanceId,
        instance::{Instance, InstanceState, ROOT_DEVICE},
        vpc::Vpc,
        world::World,
    },
    resolve::instance::{ec2_name, ip_name},
};

/// A state of an instance: its code and name on the wire.
pub(super) type State = (u16, &'static str);
pub(super) const PENDING: State = (0, "pending");
pub(super) const RUNNING: State = (16, "running");
pub(super) const SHUTTING_DOWN: State = (32, "shutting-down");
pub(super) const TERMINATED: State = (48, "terminated");
pub(super) const STOPPING: State = (64, "stopping");
pub(super) const STOPPED: State = (80, "stopped");

/// The state an instance is in.
pub(super) fn state_of(instance: &Instance) -> State {
    match instance.state {
        InstanceState::Running => RUNNING,
        InstanceState::Stopped => STOPPED,
    }
}

/// A state as replies show it.
pub(super) fn state(state: State) -> Fields {
    Fields::new().set("code", state.0).set("name", state.1)
}

/// An instance to be shown.
pub(super) struct Described<'w> {
    instance: &'w Instance,
    guest: Guest,
    state: State,
    vpc: Option<&'w Arc<Vpc>>,
}

impl<'w> Described<'w> {
    pub(super) fn living(world: &'w World, instance: &'w Instance, state: State) -> Self {
        let vpc = world.vpcs.get(&instance.vpc);
        Self { instance, guest: world.guest(instance.id), state, vpc }
    }

    /// Every instance of the caller's, those that were terminated lately among them.
    fn all(context: &'w Context<'_>) -> impl Iterator<Item = Self> {
        let world = context.world();
        let living = world
            .instances
            .values()
            .map(|it| Self::living(world, it, state_of(it)))
            .filter(|it| context.owns_vpc(it.instance.vpc));
        let gone = world
            .terminated
            .values()
            .filter(|it| context.own_terminated(it.instance.id).is_some())
            .map(|it| Self {
                instance: &it.instance,
                guest: it.guest.clone(),
                state: TERMINATED,
                vpc: None,
            });
        living.chain(gone)
    }

    fn image(&self, context: &Context<'_>) -> Arc<str> {
        self.guest.image(context.region)
    }

    /// The private name, after the address or the id (H1, H2).
    fn private_name(&self, context: &Context<'_>) -> String {
        let Some(region) = catalog::region(context.region).filter(|_| self.vpc.is_some()) else {
            return String::new();
        };
        match self.instance.address.filter(|_| !self.instance.name_options.resource_name) {
            Some(address) => ip_name(address, region).map(|it| it.to_string()).unwrap_or_default(),
            None => format!("{}.{}", self.instance.id, region.internal_domain),
        }
    }

    /// The public name, which needs both attributes and a public address (V5).
    fn public_name(&self, context: &Context<'_>) -> String {
        let names = self.vpc.is_some_and(|vpc| vpc.both_attributes());
        let public = self.instance.public_address.filter(|_| names);
        let region = catalog::region(context.region);
        let name = public.zip(region).and_then(|(public, region)| ec2_name(public, region));
        name.map(|it| it.to_string()).unwrap_or_default()
    }

    fn profile(&self, context: &Context<'_>) -> Option<InstanceProfile> {
        self.guest.profile(context.region, &context.account)
    }

    fn placement(&self, world: &World) -> Fields {
        let placement = &self.instance.placement;
        let group = placement.group.and_then(|id| world.placement_groups.get(&id));
        let zone = world.subnets.get(&self.instance.subnet).map(|subnet| &subnet.zone);
        Fields::new()
            .maybe("availabilityZone", zone)
            .set("groupName", group.map_or("", |group| &group.name))
            .maybe("groupId", group.map(|group| group.id))
            .maybe("partitionNumber", placement.partition)
            .set("tenancy", placement.tenancy.text())
    }

    /// The instance as `instancesSet` shows it.
    pub(super) fn fields(&self, context: &Context<'_>, world: &World) -> Fields {
        let it = self.instance;
        let gone = self.vpc.is_none();
        let interfaces = if gone { Vec::new() } else { interfaces(world, it) };
        let shown = Fields::new()
            .set("instanceId", it.id)
            .set("imageId", self.image(context))
            .fields("instanceState", state(self.state))
            .set("privateDnsName", self.private_name(context))
            .set("dnsName", self.public_name(context))
            .set("reason", if gone { "User initiated" } else { "" })
            .maybe("keyName", self.guest.key.as_ref().map(|key| &key.name))
            .set("amiLaunchIndex", it.launch.index)
            .list("productCodes", [])
            .set("instanceType", &it.instance_type)
            .set("launchTime", Time::exact(it.launch.at))
            .fields("placement", self.placement(world))
            .fields("monitoring", Fields::new().set("state", it.monitoring()))
            .maybe("subnetId", Some(it.subnet).filter(|_| !gone))
            .maybe("vpcId", Some(it.vpc).filter(|_| !gone))
            .maybe("privateIpAddress", it.address)
            .maybe("ipAddress", it.public_address)
            .maybe("ipv6Address", it.ipv6)
            .set("sourceDestCheck", it.interface.source_dest_check)
            .list("groupSet", security_group::references(world, &it.interface.groups))
            .set("architecture", it.architecture())
            .set("rootDeviceType", "ebs")
            .set("rootDeviceName", ROOT_DEVICE)
            .list("blockDeviceMapping", [])
            .set("virtualizationType", "hvm")
            .set("clientToken", it.launch.client_token.as_deref().unwrap_or_default())
            .tags(&it.tags)
            .set("hypervisor", "xen")
            .list(
                "networkInterfaceSet",
                interfaces.iter().map(|shown| shown.within(context, world)),
            )
            .set("ebsOptimized", it.launch.ebs_optimized)
            .set("enaSupport", true)
            .fields("metadataOptions", metadata(self.guest.options))
            .fields("privateDnsNameOptions", name_options(it))
            .fields("enclaveOptions", Fields::new().set("enabled", false))
            .fields("hibernationOptions", Fields::new().set("configured", false))
            .fields(
                "capacityReservationSpecification",
                Fields::new().set("capacityReservationPreference", "open"),
            )
            .fields("maintenanceOptions", Fields::new().set("autoRecovery", "default"))
            .set("platformDetails", "Linux/UNIX")
            .set("usageOperation", "RunInstances");
        let shown = match self.profile(context) {
            Some(InstanceProfile { arn, id }) => {
                shown.fields("iamInstanceProfile", Fields::new().set("arn", arn).set("id", id))
            }
            None => shown,
        };
        let reason = match self.state {
            TERMINATED | STOPPED => Fields::new()
                .set("code", "Client.UserInitiatedShutdown")
                .set("message", "Client.UserInitiatedShutdown: User initiated shutdown"),
            _ => return shown,
        };
        shown.fields("stateReason", reason)
    }

    fn filter_values(&self, context: &Context<'_>, name: &str) -> Vec<String> {
        let it = self.instance;
        let world = context.world();
        let one = |value: Option<String>| value.into_iter().collect::<Vec<_>>();
        let gone = self.vpc.is_none();
        match name {
            "architecture" => vec![it.architecture().to_owned()],
            "availability-zone" => {
                one(world.subnets.get(&it.subnet).map(|subnet| subnet.zone.to_string()))
            }
            "client-token" => one(it.launch.client_token.as_ref().map(ToString::to_string)),
            "dns-name" => vec![self.public_name(context)],
            "group-id" | "instance.group-id" | "network-interface.group-id" => {
                it.interface.groups.iter().map(ToString::to_string).collect()
            }
            "group-name" | "instance.group-name" | "network-interface.group-name" => {
                world.group_names(&it.interface.groups)
            }
            "hypervisor" => vec!["xen".to_owned()],
            "iam-instance-profile.arn" => one(self.profile(context).map(|it| it.arn)),
            "image-id" => vec![self.image(context).to_string()],
            "instance-id" => vec![it.id.to_string()],
            "instance-state-code" => vec![self.state.0.to_string()],
            "instance-state-name" => vec![self.state.1.to_owned()],
            "instance-type" => vec![it.instance_type.to_string()],
            "ip-address" | "network-interface.association.public-ip" => {
                one(it.public_address.map(|it| it.to_string()))
            }
            "ipv6-address" | "network-interface.ipv6-addresses.ipv6-address" => {
                one(it.ipv6.map(|it| it.to_string()))
            }
            "key-name" => one(self.guest.key.as_ref().map(|key| key.name.to_string())),
            "launch-index" => vec![it.launch.index.to_string()],
            "launch-time" => vec![timestamp(it.launch.at)],
            "monitoring-state" => vec![it.monitoring().to_owned()],
            "network-interface.addresses.private-ip-address" => {
                it.addresses().map(|address| address.to_string()).collect()
            }
            "network-interface.network-interface-id" if !gone => {
                interfaces(world, it).iter().map(|shown| shown.interface.id().to_string()).collect()
            }
            "owner-id" => vec![context.account.clone()],
            "placement-group-name" => {
                let group = it.placement.group.and_then(|id| world.placement_groups.get(&id));
                one(group.map(|group| group.name.to_string()))
            }
            "placement-partition-number" => one(it.placement.partition.map(|it| it.to_string())),
            "private-dns-name" => vec![self.private_name(context)],
            "private-dns-name-options.hostname-type" => vec![hostname_type(it).to_owned()],
            "private-dns-name-options.enable-resource-name-dns-a-record" => {
                vec![it.name_options.resource_name_a.to_string()]
            }
            "private-dns-name-options.enable-resource-name-dns-aaaa-record" => {
                vec![it.name_options.resource_name_aaaa.to_string()]
            }
            "private-ip-address" => one(it.address.map(|it| it.to_string())),
            "reservation-id" => vec![it.reservation().to_string()],
            "root-device-name" => vec![ROOT_DEVICE.to_owned()],
            "root-device-type" => vec!["ebs".to_owned()],
            "source-dest-check" => vec![it.interface.source_dest_check.to_string()],
            "subnet-id" | "network-interface.subnet-id" if !gone => vec![it.subnet.to_string()],
            "tenancy" => vec![it.placement.tenancy.text().to_owned()],
            "virtualization-type" => vec!["hvm".to_owned()],
            "vpc-id" | "network-interface.vpc-id" if !gone => vec![it.vpc.to_string()],
            _ => Vec::new(),
        }
    }
}

/// The interfaces of an instance, in the order of their device numbers.
fn interfaces<'w>(world: &'w World, instance: &Instance) -> Vec<Shown<'w>> {
    world.interfaces_of(instance.id).into_iter().map(|it| Shown::of(world, it)).collect()
}

fn hostname_type(instance: &Instance) -> &'static str {
    if instance.name_options.resource_name { "resource-name" } else { "ip-name" }
}

fn name_options(instance: &Instance) -> Fields {
    let options = instance.name_options;
    Fields::new()
        .set("hostnameType", hostname_type(instance))
        .set("enableResourceNameDnsARecord", options.resource_name_a)
        .set("enableResourceNameDnsAAAARecord", options.resource_name_aaaa)
}

/// Metadata options as replies show them.
pub(super) fn metadata(options: MetadataOptions) -> Fields {
    let switch = |on| if on { "enabled" } else { "disabled" };
    Fields::new()
        .set("state", "applied")
        .set("httpTokens", if options.tokens_required { "required" } else { "optional" })
        .set("httpPutResponseHopLimit", options.hop_limit)
        .set("httpEndpoint", switch(options.enabled))
        .set("httpProtocolIpv6", switch(options.ipv6))
        .set("instanceMetadataTags", switch(options.tags))
}

/// A reservation with some of its instances.
pub(super) fn reservation(
    context: &Context<'_>,
    id: &str,
    instances: impl IntoIterator<Item = Fields>,
) -> Fields {
    Fields::new()
        .set("reservationId", id)
        .set("ownerId", &context.account)
        .list("groupSet", [])
        .list("instancesSet", instances)
}

/// `DescribeInstances`.
pub(super) struct DescribeInstances {
    ids: Vec<InstanceId>,
    page: Page,
}

impl Operation for DescribeInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("IncludeManagedResources")?;
        Ok(Self { ids: parameters.ids("InstanceId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "architecture",
            "availability-zone",
            "client-token",
            "dns-name",
            "group-id",
            "group-name",
            "hypervisor",
            "iam-instance-profile.arn",
            "image-id",
            "instance-id",
            "instance-state-code",
            "instance-state-name",
            "instance-type",
            "instance.group-id",
            "instance.group-name",
            "ip-address",
            "ipv6-address",
            "key-name",
            "launch-index",
            "launch-time",
            "monitoring-state",
            "network-interface.addresses.private-ip-address",
            "network-interface.association.public-ip",
            "network-interface.group-id",
            "network-interface.group-name",
            "network-interface.ipv6-addresses.ipv6-address",
            "network-interface.network-interface-id",
            "network-interface.subnet-id",
            "network-interface.vpc-id",
            "owner-id",
            "placement-group-name",
            "placement-partition-number",
            "private-dns-name",
            "private-dns-name-options.enable-resource-name-dns-a-record",
            "private-dns-name-options.enable-resource-name-dns-aaaa-record",
            "private-dns-name-options.hostname-type",
            "private-ip-address",
            "reservation-id",
            "root-device-name",
            "root-device-type",
            "source-dest-check",
            "subnet-id",
            "tenancy",
            "virtualization-type",
            "vpc-id",
        ])?;
        let mut reservations: BTreeMap<String, Vec<(u32, InstanceId, Fields)>> = BTreeMap::new();
        let found = Described::all(context)
            .filter(|it| self.ids.is_empty() || self.ids.contains(&it.instance.id))
            .filter(|it| {
                self.page.passes(&it.instance.tags, |name| it.filter_values(context, name))
            });
        for it in found {
            let key = it.instance.reservation().to_string();
            let shown = it.fields(context, context.world());
            let place = (it.instance.launch.index, it.instance.id, shown);
            reservations.entry(key).or_default().push(place);
        }
        let shown = reservations
            .into_iter()
            .map(|(id, mut instances)| {
                instances.sort_by_key(|(index, id, _)| (*index, *id));
                let instances = instances.into_iter().map(|(_, _, shown)| shown);
                (id.clone(), reservation(context, &id, instances))
            })
            .collect();
        Ok(self.page.reply("reservationSet", shown))
    }
}

/// `DescribeInstanceStatus`: running instances, unless all are asked for. None is ever impaired.
pub(super) struct DescribeInstanceStatus {
    ids: Vec<InstanceId>,
    all: bool,
    page: Page,
}

impl Operation for DescribeInstanceStatus {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("IncludeManagedResources")?;
        Ok(Self {
            ids: parameters.ids("InstanceId")?,
            all: parameters.boolean("IncludeAllInstances")?.unwrap_or_default(),
            page: Page::read(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "availability-zone",
            "instance-state-code",
            "instance-state-name",
            "instance-status.reachability",
            "instance-status.status",
            "system-status.reachability",
            "system-status.status",
        ])?;
        let world = context.world();
        let shown = Described::all(context)
            .filter(|it| self.ids.is_empty() || self.ids.contains(&it.instance.id))
            .filter(|it| self.all || it.state == RUNNING)
            .filter(|it| {
                let running = it.state == RUNNING;
                let words =
                    |yes: &str| vec![if running { yes } else { "not-applicable" }.to_owned()];
                self.page.passes(&it.instance.tags, |name| match name {
                    "instance-status.status" | "system-status.status" => words("ok"),
                    "instance-status.reachability" | "system-status.reachability" => {
                        words("passed")
                    }
                    other => it.filter_values(context, other),
                })
            })
            .map(|it| (it.instance.id.to_string(), status(&it, world)))
            .collect();
        Ok(self.page.reply("instanceStatusSet", shown))
    }
}

fn status(described: &Described<'_>, world: &World) -> Fields {
    let zone = world.subnets.get(&described.instance.subnet).map(|subnet| &subnet.zone);
    let check = || {
        if described.state != RUNNING {
            return Fields::new().set("status", "not-applicable");
        }
        let passed = Fields::new().set("name", "reachability").set("status", "passed");
        Fields::new().set("status", "ok").list("details", [passed])
    };
    Fields::new()
        .set("instanceId", described.instance.id)
        .maybe("availabilityZone", zone)
        .fields("instanceState", state(described.state))
        .fields("instanceStatus", check())
        .fields("systemStatus", check())
        .fields("attachedEbsStatus", check())
}

/// A list of state changes as Start-, Stop- and TerminateInstances reply.
pub(super) fn transitions(changed: impl IntoIterator<Item = (InstanceId, State, State)>) -> Fields {
    let shown = changed.into_iter().map(|(id, before, now)| {
        Value::Fields(
            Fields::new()
                .set("instanceId", id)
                .fields("currentState", state(now))
                .fields("previousState", state(before)),
        )
    });
    Fields(vec![("instancesSet", Value::List(shown.collect()))])
}

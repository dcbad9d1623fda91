//! `DescribeInstances`: instances in their reservations.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    interface_view::InterfaceView, region::zone_id, security_group, volume::block_devices,
};
use crate::{
    api::{
        context::{Context, timestamp},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    catalog,
    model::{
        guest::{Guest, InstanceProfile, MetadataOptions},
        id::InstanceId,
        instance::{Instance, InstanceState},
        volume::ROOT_DEVICE,
        vpc::Vpc,
        world::{Tags, World},
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
    pub(super) instance: &'w Instance,
    guest: Guest,
    pub(super) state: State,
    vpc: Option<&'w Arc<Vpc>>,
}

impl<'w> Described<'w> {
    pub(super) fn living(world: &'w World, instance: &'w Instance, state: State) -> Self {
        let vpc = world.vpcs.get(&instance.vpc);
        Self { instance, guest: world.guest(instance.id), state, vpc }
    }

    /// Every instance of the caller's, those that were terminated lately among them.
    pub(super) fn all(context: &'w Context<'_>) -> impl Iterator<Item = Self> {
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

    /// Why it is in its state: of one that runs, nothing is said.
    fn reason(&self) -> String {
        match (self.state, self.instance.launch.ended) {
            (TERMINATED | STOPPED, 0) => "User initiated".to_owned(),
            (TERMINATED | STOPPED, ended) => {
                // In this text alone the time has a form of its own.
                let time = timestamp(ended);
                let (day, hour) = (time.get(..10), time.get(11..19));
                let (day, hour) = (day.unwrap_or_default(), hour.unwrap_or_default());
                format!("User initiated ({day} {hour} GMT)")
            }
            _ => String::new(),
        }
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
        let group = placement.group_in(world);
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
        let interfaces = interfaces(world, it);
        let shown = Fields::new()
            .set("instanceId", it.id)
            .set("imageId", self.image(context))
            .fields("instanceState", state(self.state))
            .set("privateDnsName", self.private_name(context))
            .set("dnsName", self.public_name(context))
            .set("reason", self.reason())
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
            .list("blockDeviceMapping", if gone { Vec::new() } else { block_devices(it) })
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

    pub(super) fn zone(&self, world: &'w World) -> Option<&'w Arc<str>> {
        world.subnets.get(&self.instance.subnet).map(|subnet| &subnet.zone)
    }

    fn group_names(&self, context: &Context<'_>) -> Vec<String> {
        context.world().group_names(&self.instance.interface.groups)
    }

    /// The instance, unless it was terminated.
    fn present(&self) -> Option<&Instance> {
        self.vpc.map(|_| self.instance)
    }

    /// What each of its interfaces has; one that was terminated has none.
    fn of_interfaces(
        &self,
        context: &Context<'_>,
        values: impl Fn(&InterfaceView<'_>) -> Vec<String>,
    ) -> Vec<String> {
        let shown = self.present().map(|it| interfaces(context.world(), it));
        shown.iter().flatten().flat_map(values).collect()
    }

    /// What the reply shows at a path of each of its interfaces.
    fn texts_of_interfaces(&self, context: &Context<'_>, path: &str) -> Vec<String> {
        self.of_interfaces(context, |interface| interface.texts_at(context, path))
    }

    /// What the reply shows at a path.
    fn texts_at(&self, context: &Context<'_>, path: &str) -> Vec<String> {
        self.fields(context, context.world()).at(path)
    }

    /// What a check of its status says.
    pub(super) fn if_running(&self, word: &'static str) -> &'static str {
        if self.state == RUNNING { word } else { "not-applicable" }
    }
}

/// The interfaces of an instance, in the order of their device numbers.
fn interfaces<'w>(world: &'w World, instance: &Instance) -> Vec<InterfaceView<'w>> {
    world.interfaces_of(instance.id).into_iter().map(|it| InterfaceView::of(world, it)).collect()
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
pub(super) type DescribeInstances = Listing<Instances>;

/// The instances with these ids, in their reservations.
pub(super) struct Instances(Vec<InstanceId>);

impl Describe for Instances {
    type Item<'c> = Described<'c>;

    const LIST: &'static str = "reservationSet";

    const FILTERS: Filters<Self> = &[
        ("architecture", |it, _| texts([it.instance.architecture()])),
        ("availability-zone", |it, context| texts(it.zone(context.world()))),
        ("client-token", |it, _| texts(it.instance.launch.client_token.as_ref())),
        ("dns-name", |it, context| texts([it.public_name(context)])),
        ("group-id", |it, _| texts(&it.instance.interface.groups)),
        ("group-name", |it, context| it.group_names(context)),
        ("hypervisor", |_, _| texts(["xen"])),
        ("iam-instance-profile.arn", |it, context| texts(it.profile(context).map(|it| it.arn))),
        ("image-id", |it, context| texts([it.image(context)])),
        ("instance-id", |it, _| texts([it.instance.id])),
        ("instance-state-code", |it, _| texts([it.state.0])),
        ("instance-state-name", |it, _| texts([it.state.1])),
        ("instance-type", |it, _| texts([&it.instance.instance_type])),
        ("instance.group-id", |it, _| texts(&it.instance.interface.groups)),
        ("instance.group-name", |it, context| it.group_names(context)),
        ("ip-address", |it, _| texts(it.instance.public_address)),
        ("ipv6-address", |it, _| texts(it.instance.ipv6)),
        ("key-name", |it, _| texts(it.guest.key.as_ref().map(|key| &key.name))),
        ("launch-index", |it, _| texts([it.instance.launch.index])),
        ("launch-time", |it, _| texts([timestamp(it.instance.launch.at)])),
        ("monitoring-state", |it, _| texts([it.instance.monitoring()])),
        ("network-interface.addresses.private-ip-address", |it, _| texts(it.instance.addresses())),
        ("network-interface.association.public-ip", |it, _| texts(it.instance.public_address)),
        ("network-interface.group-id", |it, _| texts(&it.instance.interface.groups)),
        ("network-interface.group-name", |it, context| it.group_names(context)),
        ("network-interface.ipv6-addresses.ipv6-address", |it, _| texts(it.instance.ipv6)),
        ("network-interface.network-interface-id", |it, context| {
            it.of_interfaces(context, |shown| texts([shown.interface.id()]))
        }),
        ("network-interface.subnet-id", |it, _| texts(it.present().map(|it| it.subnet))),
        ("network-interface.vpc-id", |it, _| texts(it.present().map(|it| it.vpc))),
        ("owner-id", |_, context| texts([&context.account])),
        ("placement-group-name", |it, context| {
            texts(it.instance.placement.group_in(context.world()).map(|group| &group.name))
        }),
        ("placement-partition-number", |it, _| texts(it.instance.placement.partition)),
        ("private-dns-name", |it, context| texts([it.private_name(context)])),
        ("private-dns-name-options.enable-resource-name-dns-a-record", |it, _| {
            texts([it.instance.name_options.resource_name_a])
        }),
        ("private-dns-name-options.enable-resource-name-dns-aaaa-record", |it, _| {
            texts([it.instance.name_options.resource_name_aaaa])
        }),
        ("private-dns-name-options.hostname-type", |it, _| texts([hostname_type(it.instance)])),
        ("private-ip-address", |it, _| texts(it.instance.address)),
        ("reservation-id", |it, _| texts([it.instance.reservation()])),
        ("root-device-name", |_, _| texts([ROOT_DEVICE])),
        ("root-device-type", |_, _| texts(["ebs"])),
        ("source-dest-check", |it, _| texts([it.instance.interface.source_dest_check])),
        ("subnet-id", |it, _| texts(it.present().map(|it| it.subnet))),
        ("tenancy", |it, _| texts([it.instance.placement.tenancy.text()])),
        ("virtualization-type", |_, _| texts(["hvm"])),
        ("vpc-id", |it, _| texts(it.present().map(|it| it.vpc))),
        ("affinity", |_, _| Vec::new()),
        ("block-device-mapping.attach-time", |it, context| {
            it.texts_at(context, "blockDeviceMapping.ebs.attachTime")
        }),
        ("block-device-mapping.delete-on-termination", |it, context| {
            it.texts_at(context, "blockDeviceMapping.ebs.deleteOnTermination")
        }),
        ("block-device-mapping.device-name", |it, context| {
            it.texts_at(context, "blockDeviceMapping.deviceName")
        }),
        ("block-device-mapping.status", |it, context| {
            it.texts_at(context, "blockDeviceMapping.ebs.status")
        }),
        ("block-device-mapping.volume-id", |it, context| {
            it.texts_at(context, "blockDeviceMapping.ebs.volumeId")
        }),
        ("boot-mode", |_, _| Vec::new()),
        ("capacity-reservation-id", |_, _| Vec::new()),
        (
            "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id",
            |_, _| Vec::new(),
        ),
        (
            "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn",
            |_, _| Vec::new(),
        ),
        ("current-instance-boot-mode", |_, _| Vec::new()),
        ("host-id", |_, _| Vec::new()),
        ("instance-lifecycle", |_, _| Vec::new()),
        ("kernel-id", |_, _| Vec::new()),
        ("network-performance-options.bandwidth-weighting", |_, _| Vec::new()),
        ("operator.principal", |_, _| Vec::new()),
        ("outpost-arn", |_, _| Vec::new()),
        ("platform", |_, _| Vec::new()),
        ("product-code", |_, _| Vec::new()),
        ("product-code.type", |_, _| Vec::new()),
        ("ramdisk-id", |_, _| Vec::new()),
        ("requester-id", |_, _| Vec::new()),
        ("spot-instance-request-id", |_, _| Vec::new()),
        ("tpm-support", |_, _| Vec::new()),
        ("usage-operation-update-time", |_, _| Vec::new()),
        ("network-interface.operator.principal", |_, _| Vec::new()),
        ("network-interface.outpost-arn", |_, _| Vec::new()),
        ("operator.managed", |_, _| texts([false])),
        ("network-interface.operator.managed", |it, context| {
            it.of_interfaces(context, |_| texts([false]))
        }),
        ("availability-zone-id", |it, context| {
            texts(it.zone(context.world()).and_then(|zone| zone_id(context, zone)))
        }),
        ("ebs-optimized", |it, context| it.texts_at(context, "ebsOptimized")),
        ("ena-support", |it, context| it.texts_at(context, "enaSupport")),
        ("platform-details", |it, context| it.texts_at(context, "platformDetails")),
        ("reason", |it, context| it.texts_at(context, "reason")),
        ("usage-operation", |it, context| it.texts_at(context, "usageOperation")),
        ("capacity-reservation-specification.capacity-reservation-preference", |it, context| {
            it.texts_at(context, "capacityReservationSpecification.capacityReservationPreference")
        }),
        ("enclave-options.enabled", |it, context| it.texts_at(context, "enclaveOptions.enabled")),
        ("hibernation-options.configured", |it, context| {
            it.texts_at(context, "hibernationOptions.configured")
        }),
        ("iam-instance-profile.id", |it, context| it.texts_at(context, "iamInstanceProfile.id")),
        ("maintenance-options.auto-recovery", |it, context| {
            it.texts_at(context, "maintenanceOptions.autoRecovery")
        }),
        ("metadata-options.http-endpoint", |it, context| {
            it.texts_at(context, "metadataOptions.httpEndpoint")
        }),
        ("metadata-options.http-protocol-ipv6", |it, context| {
            it.texts_at(context, "metadataOptions.httpProtocolIpv6")
        }),
        ("metadata-options.http-put-response-hop-limit", |it, context| {
            it.texts_at(context, "metadataOptions.httpPutResponseHopLimit")
        }),
        ("metadata-options.http-tokens", |it, context| {
            it.texts_at(context, "metadataOptions.httpTokens")
        }),
        ("metadata-options.instance-metadata-tags", |it, context| {
            it.texts_at(context, "metadataOptions.instanceMetadataTags")
        }),
        ("metadata-options.state", |it, context| it.texts_at(context, "metadataOptions.state")),
        ("metadata-options.http-protocol-ipv4", |it, context| {
            it.texts_at(context, "metadataOptions.httpEndpoint")
        }),
        ("state-reason-code", |it, context| it.texts_at(context, "stateReason.code")),
        ("state-reason-message", |it, context| it.texts_at(context, "stateReason.message")),
        ("network-interface.ipv6-address", |it, context| {
            it.texts_of_interfaces(context, "ipv6AddressesSet.ipv6Address")
        }),
        ("network-interface.ipv6-addresses.is-primary-ipv6", |it, context| {
            it.texts_of_interfaces(context, "ipv6AddressesSet.isPrimaryIpv6")
        }),
        ("network-interface.public-dns-name", |it, context| {
            it.texts_of_interfaces(context, "association.publicDnsName")
        }),
        ("network-interface.tag-key", |it, context| it.texts_of_interfaces(context, "tagSet.key")),
        ("network-interface.tag-value", |it, context| {
            it.texts_of_interfaces(context, "tagSet.value")
        }),
        ("network-interface.ipv4-prefixes.ipv4-prefix", |it, context| {
            it.texts_of_interfaces(context, "ipv4PrefixSet.ipv4Prefix")
        }),
        ("network-interface.ipv6-prefixes.ipv6-prefix", |it, context| {
            it.texts_of_interfaces(context, "ipv6PrefixSet.ipv6Prefix")
        }),
        ("network-interface.ipv6-native", |it, context| {
            it.texts_of_interfaces(context, "ipv6Native")
        }),
        ("network-interface.addresses.association.allocation-id", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.allocationId")
        }),
        ("network-interface.addresses.association.association-id", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.associationId")
        }),
        ("network-interface.addresses.association.carrier-ip", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.carrierIp")
        }),
        ("network-interface.addresses.association.customer-owned-ip", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.customerOwnedIp")
        }),
        ("network-interface.addresses.association.ip-owner-id", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.ipOwnerId")
        }),
        ("network-interface.addresses.association.public-dns-name", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.publicDnsName")
        }),
        ("network-interface.addresses.association.public-ip", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.association.publicIp")
        }),
        ("network-interface.addresses.primary", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.primary")
        }),
        ("network-interface.addresses.private-dns-name", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddressesSet.privateDnsName")
        }),
        ("network-interface.association.allocation-id", |it, context| {
            it.texts_of_interfaces(context, "association.allocationId")
        }),
        ("network-interface.association.association-id", |it, context| {
            it.texts_of_interfaces(context, "association.associationId")
        }),
        ("network-interface.association.carrier-ip", |it, context| {
            it.texts_of_interfaces(context, "association.carrierIp")
        }),
        ("network-interface.association.customer-owned-ip", |it, context| {
            it.texts_of_interfaces(context, "association.customerOwnedIp")
        }),
        ("network-interface.association.ip-owner-id", |it, context| {
            it.texts_of_interfaces(context, "association.ipOwnerId")
        }),
        ("network-interface.association.public-dns-name", |it, context| {
            it.texts_of_interfaces(context, "association.publicDnsName")
        }),
        ("network-interface.attachment.attach-time", |it, context| {
            it.texts_of_interfaces(context, "attachment.attachTime")
        }),
        ("network-interface.attachment.attachment-id", |it, context| {
            it.texts_of_interfaces(context, "attachment.attachmentId")
        }),
        ("network-interface.attachment.delete-on-termination", |it, context| {
            it.texts_of_interfaces(context, "attachment.deleteOnTermination")
        }),
        ("network-interface.attachment.device-index", |it, context| {
            it.texts_of_interfaces(context, "attachment.deviceIndex")
        }),
        ("network-interface.attachment.instance-id", |it, context| {
            it.texts_of_interfaces(context, "attachment.instanceId")
        }),
        ("network-interface.attachment.instance-owner-id", |it, context| {
            it.texts_of_interfaces(context, "attachment.instanceOwnerId")
        }),
        ("network-interface.attachment.network-card-index", |it, context| {
            it.texts_of_interfaces(context, "attachment.networkCardIndex")
        }),
        ("network-interface.attachment.status", |it, context| {
            it.texts_of_interfaces(context, "attachment.status")
        }),
        ("network-interface.availability-zone", |it, context| {
            it.texts_of_interfaces(context, "availabilityZone")
        }),
        ("network-interface.deny-all-igw-traffic", |it, context| {
            it.texts_of_interfaces(context, "denyAllIgwTraffic")
        }),
        ("network-interface.description", |it, context| {
            it.texts_of_interfaces(context, "description")
        }),
        ("network-interface.mac-address", |it, context| {
            it.texts_of_interfaces(context, "macAddress")
        }),
        ("network-interface.owner-id", |it, context| it.texts_of_interfaces(context, "ownerId")),
        ("network-interface.private-dns-name", |it, context| {
            it.texts_of_interfaces(context, "privateDnsName")
        }),
        ("network-interface.private-ip-address", |it, context| {
            it.texts_of_interfaces(context, "privateIpAddress")
        }),
        ("network-interface.requester-id", |it, context| {
            it.texts_of_interfaces(context, "requesterId")
        }),
        ("network-interface.requester-managed", |it, context| {
            it.texts_of_interfaces(context, "requesterManaged")
        }),
        ("network-interface.status", |it, context| it.texts_of_interfaces(context, "status")),
        ("network-interface.source-dest-check", |it, context| {
            it.texts_of_interfaces(context, "sourceDestCheck")
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("IncludeManagedResources")?;
        parameters.ids("InstanceId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(Described::all(context).filter(|it| is_wanted(&self.0, &it.instance.id)).collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.instance.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.instance.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        it.fields(context, context.world())
    }

    /// A page has whole reservations.
    fn reply(context: &Context<'_>, page: &Page, found: Vec<Self::Item<'_>>) -> Fields {
        let mut reservations: BTreeMap<String, Vec<Described<'_>>> = BTreeMap::new();
        for it in found {
            reservations.entry(it.instance.reservation().to_string()).or_default().push(it);
        }
        let shown = reservations.into_iter().map(|(id, mut instances)| {
            instances.sort_by_key(|it| (it.instance.launch.index, it.instance.id));
            let instances = instances.into_iter().map(|it| Self::fields(context, it));
            (id.clone(), reservation(context, &id, instances))
        });
        page.reply(Self::LIST, shown.collect())
    }
}

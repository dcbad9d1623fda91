//! What `RunInstances` launches: the number of instances, their subnets, interfaces and tags.
//!
//! Ids of images and instance profiles are accepted without a check, since none of them is kept here.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    Operation, absent, image,
    instance::{Described, PENDING, reservation},
    instance_interface::{InterfaceGiven, read_interfaces},
    instance_option::{self, metadata_choices},
    key_pair,
    network_interface::{creation, free_ipv6},
    placement_group, security_group, volume, vpc,
};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::{Parameters, check_tags},
        public_address::Pool,
        shape::Fields,
    },
    catalog,
    model::{
        change::Change,
        guest::{Guest, LaunchKey, MetadataOptions, SetGuest},
        id::{AttachmentId, InstanceId, NetworkInterfaceId, PlacementGroupId, ReservationId},
        instance::{self as model, Instance, Placement, PrimaryInterface, Tenancy},
        network_interface::{AttachNetworkInterface, Attachment, Interface},
        subnet::Subnet,
        tag::CreateTags,
        world::Tags,
    },
};

/// The most instances of one request.
const MAX_INSTANCES: u32 = 1_000;

/// What a request launches.
pub(super) struct Launch {
    min: u32,
    max: u32,
    instance_type: Arc<str>,
    /// Zone, group and tenancy as named.
    zone: Option<String>,
    group_name: Option<String>,
    group_id: Option<PlacementGroupId>,
    placement: Placement,
    group_names: Vec<String>,
    interfaces: Vec<InterfaceGiven>,
    resource_name: Option<bool>,
    resource_name_a: Option<bool>,
    resource_name_aaaa: Option<bool>,
    tags: Tags,
    interface_tags: Tags,
    volume_tags: Tags,
    guest: Guest,
    launch: model::Launch,
}

/// `TagSpecification.N`: the tags of the instances, of their network interfaces and of their volumes. Spot requests and the like
/// are not kept, so what tags they are given is only checked.
fn read_tags(parameters: &mut Parameters) -> Result<(Tags, Tags, Tags), ApiError> {
    let (mut tags, mut of_interfaces, mut of_volumes) =
        (Tags::default(), Tags::default(), Tags::default());
    parameters.structures("TagSpecification", |specification| {
        let (kind, more) = specification.tagged(&["instance", "network-interface", "volume"])?;
        let all = match kind.as_str() {
            "instance" => &mut tags,
            "network-interface" => &mut of_interfaces,
            _ => &mut of_volumes,
        };
        all.0.extend(more.0);
        Ok(())
    })?;
    for all in [&tags, &of_interfaces, &of_volumes] {
        check_tags(all)?;
    }
    Ok((tags, of_interfaces, of_volumes))
}

fn read_guest(parameters: &mut Parameters) -> Result<Guest, ApiError> {
    let image = parameters.required("ImageId")?;
    if !image.starts_with(image::BY_PARAMETER) {
        image::check_id(&image)?;
    }
    let role = parameters.structure("IamInstanceProfile", |profile| {
        let (arn, name) = (profile.text("Arn")?, profile.text("Name")?);
        let of_arn = |arn: String| arn.rsplit_once('/').map(|(_, name)| name.to_owned());
        name.or(arn.and_then(of_arn)).filter(|name| !name.is_empty()).ok_or_else(|| {
            ApiError::value(
                "Value for parameter iamInstanceProfile is invalid. A name or an ARN is needed.",
            )
        })
    })?;
    let key = parameters.text("KeyName")?;
    Ok(Guest {
        options: metadata_choices(parameters, "MetadataOptions.")?.over(MetadataOptions::default()),
        image: Some(image.into()),
        key: key
            .filter(|name| !name.is_empty())
            .map(|name| LaunchKey { name: name.into(), openssh: "".into() }),
        role: role.map(Into::into),
        user_data: instance_option::user_data(parameters, "UserData")?,
    })
}

impl Operation for Launch {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "AdditionalInfo",
        "BlockDeviceMapping.N.Ebs.AvailabilityZone",
        "BlockDeviceMapping.N.Ebs.AvailabilityZoneId",
        "BlockDeviceMapping.N.Ebs.EbsCardIndex",
        "BlockDeviceMapping.N.Ebs.KmsKeyId",
        "BlockDeviceMapping.N.Ebs.OutpostArn",
        "BlockDeviceMapping.N.Ebs.SnapshotId",
        "BlockDeviceMapping.N.Ebs.VolumeInitializationRate",
        "CapacityReservationSpecification",
        "CpuOptions",
        "ElasticGpuSpecification",
        "ElasticInferenceAccelerator",
        "EnablePrimaryIpv6",
        "EnclaveOptions",
        "HibernationOptions",
        "InstanceMarketOptions",
        "KernelId",
        "LicenseSpecification",
        "MaintenanceOptions",
        "Monitoring.MetricCategoryId",
        "NetworkInterface.N.AssociateCarrierIpAddress",
        "NetworkInterface.N.ConnectionTrackingSpecification",
        "NetworkInterface.N.EnaQueueCount",
        "NetworkInterface.N.EnaSrdSpecification",
        "NetworkInterface.N.Ipv4Prefix",
        "NetworkInterface.N.Ipv4PrefixCount",
        "NetworkInterface.N.Ipv6Prefix",
        "NetworkInterface.N.Ipv6PrefixCount",
        "NetworkInterface.N.PrimaryIpv6",
        "NetworkPerformanceOptions",
        "Operator",
        "Placement.Affinity",
        "Placement.HostResourceGroupArn",
        "Placement.SpreadDomain",
        "RamdiskId",
        "SecondaryInterface",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        absent::capacity(parameters)?;
        let count = |value: Option<u32>, name: &str| value.ok_or_else(|| ApiError::missing(name));
        let max = count(parameters.parsed("MaxCount")?, "MaxCount")?;
        let min = count(parameters.parsed("MinCount")?, "MinCount")?;
        if min < 1 || min > max {
            return Err(ApiError::value(format!(
                "Value ({max}) for parameter maxCount is invalid. maxCount must be equal or greater than minCount, \
                 and minCount at least 1."
            )));
        }
        if min > MAX_INSTANCES {
            return Err(ApiError::new(
                "InstanceLimitExceeded",
                format!("One request launches at most {MAX_INSTANCES} instances."),
            ));
        }
        let placement = parameters.structure("Placement", |given| {
            let tenancy = given.word(
                "Tenancy",
                &[
                    ("default", Tenancy::Default),
                    ("dedicated", Tenancy::Dedicated),
                    ("host", Tenancy::Host),
                ],
            )?;
            let placement = Placement {
                group: None,
                partition: given.parsed("PartitionNumber")?,
                tenancy: tenancy.unwrap_or_default(),
            };
            let zone = given.text("AvailabilityZone")?.filter(|name| !name.is_empty());
            let by_id = given.text("AvailabilityZoneId")?.filter(|id| !id.is_empty());
            if zone.is_some() && by_id.is_some() {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "The parameters AvailabilityZone and AvailabilityZoneId cannot be used together.",
                ));
            }
            Ok((
                zone.or(by_id),
                given.text("GroupName")?.filter(|name| !name.is_empty()),
                given.id("GroupId")?,
                placement,
            ))
        })?;
        let (zone, group_name, group_id, placement) = placement.unwrap_or_default();
        let (tags, interface_tags, volume_tags) = read_tags(parameters)?;
        let interfaces = read_interfaces(parameters)?;
        Ok(Self {
            min,
            max: max.min(MAX_INSTANCES),
            instance_type: instance_option::instance_type(
                &parameters.text("InstanceType")?.unwrap_or_else(|| "m1.small".to_owned()),
            )?,
            zone,
            group_name,
            group_id,
            placement,
            group_names: parameters.list("SecurityGroup")?,
            interfaces,
            resource_name: parameters.word(
                "PrivateDnsNameOptions.HostnameType",
                &[("ip-name", false), ("resource-name", true)],
            )?,
            resource_name_a: parameters
                .boolean("PrivateDnsNameOptions.EnableResourceNameDnsARecord")?,
            resource_name_aaaa: parameters
                .boolean("PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord")?,
            tags,
            interface_tags,
            volume_tags,
            guest: read_guest(parameters)?,
            launch: read_launch(parameters)?,
        })
    }

    fn run(mut self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zones = catalog::region(context.region).map_or(&[][..], |region| &region.zones);
        let named = |given: &String| zones.iter().find(|it| it.name == given || it.id == given);
        let zone = self.zone.as_ref().map(|given| (given, named(given)));
        if let Some((zone, None)) = zone
            && !zones.is_empty()
        {
            return Err(ApiError::value(format!("Invalid availability zone: [{zone}]")));
        }
        if let Some((_, Some(zone))) = zone {
            self.zone = Some(zone.name.to_owned());
        }
        if let Some(key) = &mut self.guest.key {
            key.openssh = Arc::clone(&key_pair::named(context, &key.name)?.public_key);
        }
        if let Some(image) = &self.guest.image {
            self.guest.image = Some(image::named(context, image)?);
        }
        let primary = self.interfaces.iter().find(|it| it.device == 0);
        let primary = primary.ok_or_else(|| {
            ApiError::new(
                "InvalidParameterCombination",
                "A network interface with device index 0 must be specified.",
            )
        })?;
        let subnet = self.subnet(context, primary)?;
        let reservation_id = ReservationId::from_seed(seed());
        let mut pool = Pool::new(context);
        let launches = (0..self.max)
            .map(|index| {
                self.launch_one(context, primary, subnet, reservation_id, index, &mut pool)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let changes = as_many_as_fit(context, launches, self.min)?;
        let (id, after) = context.create("RunInstances", &reservation_id.to_string(), changes)?;
        let mut made: Vec<_> = after
            .world
            .instances
            .values()
            .filter(|it| it.launch.reservation.is_some_and(|own| own.to_string() == id))
            .collect();
        made.sort_by_key(|it| it.launch.index);
        let shown = made
            .into_iter()
            .map(|it| Described::living(&after.world, it, PENDING).fields(context, &after.world));
        Ok(Fields(reservation(context, &id, shown).0))
    }
}

fn read_launch(parameters: &mut Parameters) -> Result<model::Launch, ApiError> {
    let shutdown = parameters
        .word("InstanceInitiatedShutdownBehavior", &[("stop", false), ("terminate", true)])?;
    Ok(model::Launch {
        termination_protection: parameters.boolean("DisableApiTermination")?.unwrap_or_default(),
        stop_protection: parameters.boolean("DisableApiStop")?.unwrap_or_default(),
        shutdown_terminates: shutdown.unwrap_or_default(),
        monitoring: parameters.boolean("Monitoring.Enabled")?.unwrap_or_default(),
        ebs_optimized: parameters.boolean("EbsOptimized")?.unwrap_or_default(),
        cpu_credits: instance_option::cpu_credits(parameters, "CreditSpecification.CpuCredits")?,
        volumes: volume::read_volumes(parameters)?,
        ..model::Launch::default()
    })
}

impl Launch {
    /// Adds tags of AWS's to those of the instances.
    pub(super) fn add_tags(&mut self, tags: [(&str, String); 2]) {
        self.tags.0.extend(tags.map(|(key, value)| (key.to_owned(), value)));
    }

    /// The subnet: that of the interface, the one named, or the default one of the zone.
    fn subnet<'c>(
        &self,
        context: &'c Context<'_>,
        primary: &InterfaceGiven,
    ) -> Result<&'c Arc<Subnet>, ApiError> {
        if let Some(id) = primary.id {
            let Interface::Own(interface) = context.own(id)? else {
                return Err(ApiError::new(
                    "InvalidNetworkInterface.InUse",
                    format!("Interface: [{id}] in use."),
                ));
            };
            if self.max > 1 {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "A network interface can be given to one instance only.",
                ));
            }
            return context.own(interface.subnet);
        }
        let subnet = match primary.subnet {
            Some(id) => context.own(id)?,
            None => self.default_subnet(context)?,
        };
        if let Some(zone) = self.zone.as_deref().filter(|zone| **zone != *subnet.zone) {
            return Err(ApiError::value(format!(
                "Value ({zone}) for parameter availabilityZone is invalid. Must be the zone of the subnet, {}.",
                subnet.zone
            )));
        }
        Ok(subnet)
    }

    fn default_subnet<'c>(&self, context: &'c Context<'_>) -> Result<&'c Arc<Subnet>, ApiError> {
        let vpc = security_group::default_vpc(context)?;
        let world = context.world();
        let here = |it: &&Arc<Subnet>| self.zone.as_deref().is_none_or(|zone| *zone == *it.zone);
        let free = |it: &&Arc<Subnet>| it.ipv6_native || world.free_address(it).is_some();
        let mut subnets: Vec<_> = world.subnets_of(vpc).filter(here).filter(free).collect();
        subnets.sort_by_key(|it| (Arc::clone(&it.zone), it.id));
        subnets.first().copied().ok_or_else(|| {
            ApiError::new(
                "MissingInput",
                match &self.zone {
                    Some(zone) => format!("No default subnet for availability zone: '{zone}'."),
                    None => {
                        "No subnets found for the default VPC. Please specify a subnet.".to_owned()
                    }
                },
            )
        })
    }

    /// The Changes that launch one instance.
    fn launch_one(
        &self,
        context: &Context<'_>,
        primary: &InterfaceGiven,
        subnet: &Subnet,
        reservation: ReservationId,
        index: u32,
        pool: &mut Pool<'_, '_>,
    ) -> Result<Vec<Change>, ApiError> {
        let id = InstanceId::from_seed(seed());
        let (address, mut secondary, more) = primary.addresses.clone();
        if more > 0 {
            secondary.extend(free_secondary(context, subnet, more, index, &secondary, address)?);
        }
        let mut ipv6 = primary.ipv6.0.clone();
        let wanted = primary.ipv6.1.max(u32::from(subnet.ipv6_native && ipv6.is_empty()));
        ipv6.extend(free_ipv6(subnet, wanted)?);
        if ipv6.len() > 1 {
            return Err(ApiError::value(
                "The primary network interface of an instance takes one IPv6 address here.",
            ));
        }
        let mut groups = primary.groups.clone();
        for name in &self.group_names {
            groups.push(security_group::named(context, subnet.vpc, name)?.id);
        }
        let auto_public = primary.id.is_none()
            && !subnet.ipv6_native
            && primary.public.unwrap_or(subnet.map_public_ip);
        let mut placement = self.placement.clone();
        placement.group = match (&self.group_name, self.group_id) {
            (Some(_), Some(_)) => {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "The parameters GroupName and GroupId cannot be used together.",
                ));
            }
            (Some(name), None) => Some(placement_group::named(context, name)?.id),
            (None, Some(group)) => Some(context.own(group)?.id),
            (None, None) => None,
        };
        let inherited = subnet.name_options;
        let instance = Instance {
            tags: self.tags.clone(),
            address,
            ipv6: ipv6.first().copied(),
            public_address: if auto_public { Some(pool.next()?) } else { None },
            instance_type: Arc::clone(&self.instance_type),
            name_options: model::NameOptions {
                resource_name: self.resource_name.unwrap_or(inherited.resource_name),
                resource_name_a: self.resource_name_a.unwrap_or(inherited.resource_name_a),
                resource_name_aaaa: self.resource_name_aaaa.unwrap_or(inherited.resource_name_aaaa),
            },
            interface: PrimaryInterface {
                id: primary.id,
                tags: self.interface_tags.clone(),
                description: primary.description.as_str().into(),
                secondary,
                groups,
                groups_stated: true,
                source_dest_check: true,
                delete_on_termination: primary
                    .delete_on_termination
                    .unwrap_or(primary.id.is_none()),
            },
            placement,
            launch: model::Launch {
                reservation: Some(reservation),
                at: context.now,
                index,
                client_token: context.client_token.as_deref().map(Into::into),
                auto_public,
                ..self.launch.clone()
            },
            ..Instance::new(id, subnet.vpc, subnet.id)
        };
        let volumes = instance.volumes().iter().map(|(id, _)| id.to_string()).collect();
        let mut changes: Vec<Change> = vec![
            model::RunInstances { instance }.into(),
            SetGuest { instance: id, guest: self.guest.clone() }.into(),
        ];
        if !self.volume_tags.0.is_empty() {
            let (home, tags) = (vpc::home(context), self.volume_tags.clone());
            changes.push(CreateTags { home, resources: volumes, tags }.into());
        }
        for given in self.interfaces.iter().filter(|it| it.device != 0) {
            changes.extend(self.further(context, id, subnet, given)?);
        }
        Ok(changes)
    }

    /// The Changes that give an instance one more network interface.
    fn further(
        &self,
        context: &Context<'_>,
        instance: InstanceId,
        subnet: &Subnet,
        given: &InterfaceGiven,
    ) -> Result<Vec<Change>, ApiError> {
        let mut changes = Vec::new();
        let interface = match given.id {
            Some(id) => context.own(id)?.id(),
            None => {
                let subnet = match given.subnet {
                    Some(id) => context.own(id)?,
                    None => subnet,
                };
                let id = NetworkInterfaceId::from_seed(seed());
                let create = creation(
                    id,
                    subnet,
                    given.description.clone(),
                    given.addresses.clone(),
                    given.ipv6.clone(),
                    given.groups.clone(),
                    self.interface_tags.clone(),
                )?;
                changes.push(create.into());
                id
            }
        };
        let attachment = Attachment {
            id: AttachmentId::from_seed(seed()),
            instance,
            device: given.device,
            delete_on_termination: given.delete_on_termination.unwrap_or(given.id.is_none()),
            at: context.now,
        };
        changes.push(AttachNetworkInterface { interface, attachment }.into());
        Ok(changes)
    }
}

/// Free secondary addresses for the instance with this number in its reservation: from the end of the subnet, since
/// primary ones are taken from its beginning.
fn free_secondary(
    context: &Context<'_>,
    subnet: &Subnet,
    count: u32,
    index: u32,
    named: &[Ipv4Addr],
    primary: Option<Ipv4Addr>,
) -> Result<Vec<Ipv4Addr>, ApiError> {
    if count > 49 {
        return Err(ApiError::new(
            "PrivateIpAddressLimitExceeded",
            "Number of private addresses will exceed limit. 50 are allowed.",
        ));
    }
    let (first, last) = (u32::from(subnet.cidr.network()), u32::from(subnet.cidr.broadcast()));
    let free = (first..last).rev().map(Ipv4Addr::from).filter(|address| {
        !subnet.reserves(*address)
            && !context.world().address_in_use(subnet.vpc, *address)
            && !named.contains(address)
            && primary != Some(*address)
    });
    let skip = usize::try_from(u64::from(index) * u64::from(count)).unwrap_or(usize::MAX);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let free: Vec<_> = free.skip(skip).take(count).collect();
    if free.len() == count {
        return Ok(free);
    }
    Err(ApiError::new(
        "InsufficientFreeAddressesInSubnet",
        format!("There are not enough free addresses in subnet '{}'", subnet.id),
    ))
}

/// As many launches as there is room for; fewer than `min` are refused with what the next one lacks.
fn as_many_as_fit(
    context: &Context<'_>,
    launches: Vec<Vec<Change>>,
    min: u32,
) -> Result<Vec<Change>, ApiError> {
    let min = usize::try_from(min).unwrap_or(usize::MAX);
    let mut world = context.world().clone();
    let mut fitting = Vec::new();
    for (number, launch) in launches.into_iter().enumerate() {
        let next = launch
            .iter()
            .try_fold(world.clone(), |world, change| world.apply(change).map(|(next, _)| next));
        match next {
            Ok(next) => world = next,
            Err(refusal) => {
                let room = matches!(
                    refusal.code,
                    "InsufficientInstanceCapacity" | "InsufficientFreeAddressesInSubnet"
                );
                if room && number >= min {
                    break;
                }
                if context.client_token.is_none() {
                    return Err(refusal.into());
                }
                // A request that was made before is answered as before, though it could not be made again: the commit
                // looks at the token first.
                fitting.extend(launch);
                break;
            }
        }
        fitting.extend(launch);
    }
    Ok(fitting)
}

/// The caller's instance of a request that names exactly one.
pub(super) fn required<'c>(
    context: &'c Context<'_>,
    id: InstanceId,
) -> Result<&'c Arc<Instance>, ApiError> {
    if context.own_terminated(id).is_some() {
        return Err(ApiError::new(
            "IncorrectInstanceState",
            format!("The instance '{id}' is not in a state from which it can be modified."),
        ));
    }
    context.own(id)
}

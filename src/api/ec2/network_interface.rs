//! Network interfaces: made, attached, modified, described (NI1). How one is shown is in `interface_view.rs`.

use std::{net::Ipv4Addr, net::Ipv6Addr};

use super::{Operation, interface_view::InterfaceView, region::zone_id, security_group};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        id::{AttachmentId, InstanceId, NetworkInterfaceId, SecurityGroupId, SubnetId},
        network_interface::{self, NetworkInterface},
        subnet::Subnet,
        world::Tags,
    },
};

/// `PrivateIpAddress`, `PrivateIpAddresses.N` and `SecondaryPrivateIpAddressCount`: the addresses named, the primary
/// one first, and how many more are wanted. The first is `None` where only secondary ones are named.
pub(super) fn read_addresses(
    parameters: &mut Parameters,
) -> Result<(Option<Ipv4Addr>, Vec<Ipv4Addr>, u32), ApiError> {
    let single = parameters.parsed::<Ipv4Addr>("PrivateIpAddress")?;
    let several = parameters.structures("PrivateIpAddresses", |address| {
        let value = address.parsed::<Ipv4Addr>("PrivateIpAddress")?;
        let value = value.ok_or_else(|| ApiError::missing("PrivateIpAddress"))?;
        Ok((value, address.boolean("Primary")?.unwrap_or_default()))
    })?;
    let more = parameters.parsed("SecondaryPrivateIpAddressCount")?.unwrap_or_default();
    let mut primary = single;
    let mut others = Vec::new();
    for (address, is_primary) in several {
        if !is_primary {
            others.push(address);
        } else if primary.replace(address).is_some_and(|old| old != address) {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "Only one primary private IP address can be specified.",
            ));
        }
    }
    if more > 0 && !others.is_empty() {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "Secondary private IP addresses may be named or counted, but not both",
        ));
    }
    Ok((primary, others, more))
}

/// `Ipv6Addresses.N` and `Ipv6AddressCount`; the list is `name`.
pub(super) fn read_ipv6(
    parameters: &mut Parameters,
    name: &str,
) -> Result<(Vec<Ipv6Addr>, u32), ApiError> {
    let named = parameters.structures(name, |address| {
        address.text("IsPrimaryIpv6")?;
        let value = address.parsed::<Ipv6Addr>("Ipv6Address")?;
        value.ok_or_else(|| ApiError::missing("Ipv6Address"))
    })?;
    Ok((named, parameters.parsed("Ipv6AddressCount")?.unwrap_or_default()))
}

/// Free IPv6 addresses of a subnet, as AWS chooses them: anywhere in its range.
pub(super) fn free_ipv6(subnet: &Subnet, count: u32) -> Result<Vec<Ipv6Addr>, ApiError> {
    let Some(range) = subnet.ipv6_cidr else {
        return if count == 0 {
            Ok(Vec::new())
        } else {
            Err(ApiError::new(
                "InvalidParameterCombination",
                format!("The subnet '{}' has no IPv6 CIDR block", subnet.id),
            ))
        };
    };
    if count > 50 {
        return Err(ApiError::value("An interface takes at most 50 IPv6 addresses."));
    }
    let host = u128::MAX.checked_shr(u32::from(range.prefix())).unwrap_or_default();
    // A host part below 2^16 might be one of the addresses that AWS reserves.
    let address = |_| Ipv6Addr::from(u128::from(range.network()) | (seed() & host) | 0x1_0000);
    Ok((0..count).map(address).collect())
}

/// `CreateNetworkInterface`.
pub(super) struct CreateNetworkInterface {
    subnet: SubnetId,
    description: String,
    addresses: (Option<Ipv4Addr>, Vec<Ipv4Addr>, u32),
    ipv6: (Vec<Ipv6Addr>, u32),
    groups: Vec<SecurityGroupId>,
    tags: Tags,
}

impl Operation for CreateNetworkInterface {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "ConnectionTrackingSpecification",
        "EnablePrimaryIpv6",
        "Ipv4Prefix",
        "Ipv4PrefixCount",
        "Ipv6Prefix",
        "Ipv6PrefixCount",
        "Operator",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.word("InterfaceType", &[("interface", ())])?;
        Ok(Self {
            subnet: parameters.required_id("SubnetId")?,
            description: parameters.text("Description")?.unwrap_or_default(),
            addresses: read_addresses(parameters)?,
            ipv6: read_ipv6(parameters, "Ipv6Addresses")?,
            groups: parameters.ids("SecurityGroupId")?,
            tags: parameters.tag_specification("network-interface")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let subnet = context.own(self.subnet)?;
        let id = NetworkInterfaceId::from_seed(seed());
        let change = creation(
            id,
            subnet,
            self.description,
            self.addresses,
            self.ipv6,
            self.groups,
            self.tags,
        )?;
        let (id, after) =
            context.create("CreateNetworkInterface", &id.to_string(), vec![change.into()])?;
        let interface = after.world.interface(NetworkInterfaceId::read(&id)?)?;
        let shown = InterfaceView::of(&after.world, interface).fields(context, &after.world);
        Ok(Fields::new()
            .fields("networkInterface", pending(shown))
            .maybe("clientToken", context.client_token.as_ref()))
    }
}

fn pending(shown: Fields) -> Fields {
    let status = |(name, value)| {
        let pending = || crate::api::shape::Value::Text("pending".to_owned());
        if name == "status" { (name, pending()) } else { (name, value) }
    };
    Fields(shown.0.into_iter().map(status).collect())
}

/// The Change that makes an interface in a subnet.
pub(super) fn creation(
    id: NetworkInterfaceId,
    subnet: &Subnet,
    description: String,
    (primary, others, more): (Option<Ipv4Addr>, Vec<Ipv4Addr>, u32),
    (mut ipv6, more_ipv6): (Vec<Ipv6Addr>, u32),
    groups: Vec<SecurityGroupId>,
    tags: Tags,
) -> Result<network_interface::CreateNetworkInterface, ApiError> {
    if primary.is_none() && !others.is_empty() {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "One of the private IP addresses must be the primary one.",
        ));
    }
    ipv6.extend(free_ipv6(subnet, more_ipv6)?);
    Ok(network_interface::CreateNetworkInterface {
        interface: NetworkInterface {
            id,
            tags,
            vpc: subnet.vpc,
            subnet: subnet.id,
            description: description.into(),
            addresses: primary.into_iter().chain(others).collect(),
            ipv6,
            groups,
            source_dest_check: true,
            attachment: None,
        },
        more_addresses: more,
    })
}

/// `DeleteNetworkInterface`.
pub(super) struct DeleteNetworkInterface {
    id: NetworkInterfaceId,
}

impl Operation for DeleteNetworkInterface {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { id: parameters.required_id("NetworkInterfaceId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let interface = context.own(self.id)?.id();
        context.commit(&[network_interface::DeleteNetworkInterface { interface }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeNetworkInterfaces`.
pub(super) type DescribeNetworkInterfaces = Listing<NetworkInterfaces>;

/// The network interfaces with these ids.
pub(super) struct NetworkInterfaces(Vec<NetworkInterfaceId>);

impl Describe for NetworkInterfaces {
    type Item<'c> = InterfaceView<'c>;

    const LIST: &'static str = "networkInterfaceSet";

    const FILTERS: Filters<Self> = &[
        ("addresses.association.public-ip", |it, context| it.public_addresses(context)),
        ("addresses.primary", |it, _| texts((0..it.addresses.len()).map(|index| index == 0))),
        ("addresses.private-ip-address", |it, _| texts(&it.addresses)),
        ("association.allocation-id", |it, context| {
            texts(it.elastic(context).map(|(it, _)| it.id))
        }),
        ("association.association-id", |it, context| {
            texts(it.elastic(context).map(|(_, it)| it.id))
        }),
        ("association.public-ip", |it, context| it.public_addresses(context)),
        ("attachment.attachment-id", |it, _| texts(it.attached.as_ref().map(|it| it.id))),
        ("attachment.delete-on-termination", |it, _| {
            texts(it.attached.as_ref().map(|it| it.delete_on_termination))
        }),
        ("attachment.device-index", |it, _| texts(it.attached.as_ref().map(|it| it.device))),
        ("attachment.instance-id", |it, _| texts(it.attached.as_ref().and_then(|it| it.instance))),
        ("attachment.status", |it, _| texts(it.attached.as_ref().map(|_| "attached"))),
        ("availability-zone", |it, _| texts([&it.zone])),
        ("description", |it, _| texts([&it.description])),
        ("group-id", |it, _| texts(&it.groups)),
        ("group-name", |it, context| context.world().group_names(&it.groups)),
        ("interface-type", |it, _| texts([it.kind])),
        ("ipv6-addresses.ipv6-address", |it, _| texts(&it.ipv6)),
        ("mac-address", |it, _| texts([it.interface.mac()])),
        ("network-interface-id", |it, _| texts([it.interface.id()])),
        ("owner-id", |_, context| texts([&context.account])),
        ("private-ip-address", |it, _| texts(it.addresses.first())),
        ("private-ip-addresses.private-ip-address", |it, _| texts(&it.addresses)),
        ("requester-id", |it, _| texts(it.requester)),
        ("requester-managed", |it, _| texts([it.interface.is_managed()])),
        ("source-dest-check", |it, _| texts([it.source_dest_check])),
        ("status", |it, _| texts([it.status()])),
        ("subnet-id", |it, _| texts(it.subnet.map(|subnet| subnet.id))),
        ("vpc-id", |it, _| texts([it.interface.vpc()])),
        ("addresses.association.owner-id", |it, context| {
            it.texts_at(context, "privateIpAddressesSet.association.ipOwnerId")
        }),
        ("association.ip-owner-id", |it, context| it.texts_at(context, "association.ipOwnerId")),
        ("association.public-dns-name", |it, context| {
            it.texts_at(context, "association.publicDnsName")
        }),
        ("attachment.attach-time", |it, context| it.texts_at(context, "attachment.attachTime")),
        ("attachment.instance-owner-id", |it, context| {
            it.texts_at(context, "attachment.instanceOwnerId")
        }),
        ("availability-zone-id", |it, context| texts(zone_id(context, &it.zone))),
        ("operator.managed", |_, _| texts([false])),
        ("operator.principal", |_, _| Vec::new()),
        ("private-dns-name", |it, context| it.texts_at(context, "privateDnsName")),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("IncludeManagedResources")?;
        parameters.ids("NetworkInterfaceId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        Ok(world
            .interfaces()
            .filter(|it| is_wanted(&self.0, &it.id()) && context.owns_vpc(it.vpc()))
            .map(|it| InterfaceView::of(world, it))
            .collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.interface.id().to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(it.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        it.fields(context, context.world())
    }
}

/// `ModifyNetworkInterfaceAttribute`.
pub(super) struct ModifyNetworkInterfaceAttribute {
    change: network_interface::ModifyNetworkInterfaceAttribute,
}

impl Operation for ModifyNetworkInterfaceAttribute {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "AssociatePublicIpAddress",
        "AssociatedSubnetId",
        "ConnectionTrackingSpecification",
        "EnaSrdSpecification",
        "EnablePrimaryIpv6",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        let groups = parameters.ids("SecurityGroupId")?;
        let delete_on_termination = parameters.structure("Attachment", |attachment| {
            let delete = attachment.boolean("DeleteOnTermination")?;
            let delete = delete.ok_or_else(|| ApiError::missing("DeleteOnTermination"))?;
            Ok((attachment.required_id("AttachmentId")?, delete))
        })?;
        let change = network_interface::ModifyNetworkInterfaceAttribute {
            interface,
            description: parameters.text("Description.Value")?.map(Into::into),
            source_dest_check: parameters.boolean("SourceDestCheck.Value")?,
            groups: (!groups.is_empty()).then_some(groups),
            delete_on_termination,
        };
        let any = change.description.is_some()
            || change.source_dest_check.is_some()
            || change.groups.is_some()
            || change.delete_on_termination.is_some();
        if !any {
            return Err(ApiError::new(
                "MissingParameter",
                "The request must contain an attribute to modify",
            ));
        }
        Ok(Self { change })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[self.change.into()])?;
        Ok(Fields::done())
    }
}

/// `AttachNetworkInterface`.
pub(super) struct AttachNetworkInterface {
    interface: NetworkInterfaceId,
    instance: InstanceId,
    device: u32,
}

impl Operation for AttachNetworkInterface {
    const WITHOUT_EFFECT: &'static [&'static str] = &["EnaQueueCount", "EnaSrdSpecification"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let card = parameters.parsed::<u32>("NetworkCardIndex")?;
        if card.is_some_and(|card| card != 0) {
            return Err(ApiError::value("Only the network card with index 0 is there."));
        }
        let device = parameters.parsed("DeviceIndex")?;
        Ok(Self {
            interface: parameters.required_id("NetworkInterfaceId")?,
            instance: parameters.required_id("InstanceId")?,
            device: device.ok_or_else(|| ApiError::missing("DeviceIndex"))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = AttachmentId::from_seed(seed());
        let attachment = network_interface::Attachment {
            id,
            instance: self.instance,
            device: self.device,
            delete_on_termination: false,
            at: context.now,
        };
        let change =
            network_interface::AttachNetworkInterface { interface: self.interface, attachment };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("attachmentId", id).set("networkCardIndex", 0))
    }
}

/// `DetachNetworkInterface`.
pub(super) struct DetachNetworkInterface {
    attachment: AttachmentId,
}

impl Operation for DetachNetworkInterface {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("Force")?;
        Ok(Self { attachment: parameters.required_id("AttachmentId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let attachment = self.attachment;
        context.commit(&[network_interface::DetachNetworkInterface { attachment }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeNetworkInterfaceAttribute`: one attribute a call.
pub(super) struct DescribeNetworkInterfaceAttribute {
    id: NetworkInterfaceId,
    attribute: &'static str,
}

impl Operation for DescribeNetworkInterfaceAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let words = ["description", "groupSet", "sourceDestCheck", "attachment"];
        let attribute = parameters.word("Attribute", &words.map(|word| (word, word)))?;
        Ok(Self {
            id: parameters.required_id("NetworkInterfaceId")?,
            attribute: attribute.ok_or_else(|| ApiError::missing("Attribute"))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let shown = InterfaceView::of(world, context.own(self.id)?);
        let reply = Fields::new().set("networkInterfaceId", self.id);
        Ok(match self.attribute {
            "description" => {
                reply.fields("description", Fields::new().set("value", &shown.description))
            }
            "groupSet" => reply.list("groupSet", security_group::references(world, &shown.groups)),
            "sourceDestCheck" => {
                reply.fields("sourceDestCheck", Fields::new().set("value", shown.source_dest_check))
            }
            _ => match &shown.attached {
                Some(attached) => reply.fields(
                    "attachment",
                    shown.attachment(attached).maybe("instanceId", attached.instance),
                ),
                None => reply,
            },
        })
    }
}

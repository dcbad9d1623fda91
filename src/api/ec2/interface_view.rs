//! How network interfaces are shown: alone, and as part of an instance.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::security_group;
use crate::{
    api::{
        context::Context,
        describe::texts,
        shape::{Fields, Time},
    },
    catalog,
    model::{
        elastic_address::{Association, ElasticAddress},
        id::{AttachmentId, InstanceId, NetworkInterfaceId, SecurityGroupId, seed_of},
        load_balancer::LoadBalancerKind,
        network_interface::{Interface, primary_attachment},
        subnet::Subnet,
        world::{Tags, World},
    },
    resolve::instance::{ec2_name, ip_name},
};

/// An attachment as replies show it.
pub(super) struct Attached {
    pub(super) id: AttachmentId,
    pub(super) instance: Option<InstanceId>,
    pub(super) device: u32,
    pub(super) delete_on_termination: bool,
    pub(super) at: u64,
}

/// What an interface is, whatever it belongs to.
pub(super) struct InterfaceView<'w> {
    pub(super) interface: Interface<'w>,
    pub(super) addresses: Vec<Ipv4Addr>,
    pub(super) ipv6: Vec<Ipv6Addr>,
    pub(super) tags: &'w Tags,
    pub(super) description: String,
    pub(super) subnet: Option<&'w Arc<Subnet>>,
    pub(super) zone: String,
    pub(super) groups: Vec<SecurityGroupId>,
    pub(super) source_dest_check: bool,
    pub(super) kind: &'static str,
    pub(super) requester: Option<&'static str>,
    pub(super) attached: Option<Attached>,
}

impl<'w> InterfaceView<'w> {
    pub(super) fn of(world: &'w World, interface: Interface<'w>) -> Self {
        static NO_TAGS: Tags = Tags(Vec::new());
        let subnet = interface.subnet(world);
        let common = Self {
            interface,
            addresses: interface.addresses(),
            ipv6: interface.ipv6(),
            tags: &NO_TAGS,
            description: String::new(),
            subnet,
            zone: subnet.map_or_else(String::new, |subnet| subnet.zone.to_string()),
            groups: interface.groups(world),
            source_dest_check: true,
            kind: "interface",
            requester: None,
            attached: None,
        };
        match interface {
            Interface::Primary(it) => Self {
                tags: &it.interface.tags,
                description: it.interface.description.to_string(),
                source_dest_check: it.interface.source_dest_check,
                attached: Some(Attached {
                    id: primary_attachment(it),
                    instance: Some(it.id),
                    device: 0,
                    delete_on_termination: it.interface.delete_on_termination,
                    at: it.launch.at,
                }),
                ..common
            },
            Interface::Own(it) => Self {
                tags: &it.tags,
                description: it.description.to_string(),
                source_dest_check: it.source_dest_check,
                attached: it.attachment.as_ref().map(|attachment| Attached {
                    id: attachment.id,
                    instance: Some(attachment.instance),
                    device: attachment.device,
                    delete_on_termination: attachment.delete_on_termination,
                    at: attachment.at,
                }),
                ..common
            },
            Interface::Endpoint(endpoint, it) => Self {
                description: format!("VPC Endpoint Interface {}", endpoint.id),
                zone: it.zone.to_string(),
                kind: "vpc_endpoint",
                requester: Some("amazon-aws"),
                attached: Some(managed_attachment(interface.id())),
                ..common
            },
            Interface::Nat(gateway) => Self {
                description: format!("Interface for NAT Gateway {}", gateway.id),
                source_dest_check: false,
                kind: "nat_gateway",
                requester: Some("amazon-nat-gateway"),
                attached: Some(managed_attachment(interface.id())),
                ..common
            },
            Interface::Balancer(balancer, it) => Self {
                description: format!("ELB {}", balancer.path()),
                zone: it.zone.to_string(),
                kind: match balancer.kind {
                    LoadBalancerKind::Network => "network_load_balancer",
                    LoadBalancerKind::Gateway => "gateway_load_balancer",
                    _ => "interface",
                },
                requester: Some("amazon-elb"),
                attached: Some(managed_attachment(interface.id())),
                ..common
            },
        }
    }

    /// The interface as DescribeNetworkInterfaces shows it.
    pub(super) fn fields(&self, context: &Context<'_>, world: &World) -> Fields {
        let attachment = self.attached.as_ref().map(|it| {
            self.attachment(it)
                .maybe("instanceId", it.instance)
                .set("instanceOwnerId", self.requester.unwrap_or(&context.account))
        });
        let shown = self
            .common(context, world, true)
            .set("availabilityZone", &self.zone)
            .set("requesterManaged", self.interface.is_managed())
            .maybe("requesterId", self.requester)
            .tags(self.tags);
        match attachment {
            Some(attachment) => shown.fields("attachment", attachment),
            None => shown,
        }
    }

    /// The interface as part of an instance.
    pub(super) fn within(&self, context: &Context<'_>, world: &World) -> Fields {
        let shown = self.common(context, world, false);
        match &self.attached {
            Some(attached) => shown.fields("attachment", self.attachment(attached)),
            None => shown,
        }
    }

    pub(super) fn attachment(&self, attached: &Attached) -> Fields {
        Fields::new()
            .set("attachmentId", attached.id)
            .set("attachTime", Time::exact(attached.at))
            .set("deleteOnTermination", attached.delete_on_termination)
            .set("deviceIndex", attached.device)
            .set("networkCardIndex", 0)
            .set("status", "attached")
    }

    fn common(&self, context: &Context<'_>, world: &World, alone: bool) -> Fields {
        let region = catalog::region(context.region);
        let id = self.interface.id();
        let names = world.vpcs.get(&self.interface.vpc()).is_some_and(|it| it.both_attributes());
        let private_name = |address: Ipv4Addr| region.and_then(|region| ip_name(address, region));
        let publics = self.interface.publics(world);
        let association = |private: Ipv4Addr| {
            let public = publics.iter().find(|it| it.private == private)?;
            let (address, held) = (public.address, public.elastic);
            let name = region.filter(|_| names).and_then(|region| ec2_name(address, region));
            let owner = if held.is_some() { &context.account } else { "amazon" };
            let shown = Fields::new()
                .set("publicIp", address)
                .set("publicDnsName", name.map_or_else(String::new, |name| name.to_string()))
                .set("ipOwnerId", owner);
            Some(match held.filter(|_| alone) {
                Some((address, association)) => {
                    shown.set("allocationId", address.id).set("associationId", association.id)
                }
                None => shown,
            })
        };
        let addresses = self.addresses.iter().enumerate().map(|(index, address)| {
            let shown = Fields::new()
                .set("privateIpAddress", address)
                .maybe("privateDnsName", private_name(*address).filter(|_| names))
                .set("primary", index == 0);
            match association(*address) {
                Some(association) => shown.fields("association", association),
                None => shown,
            }
        });
        let ipv6 = self
            .ipv6
            .iter()
            .map(|address| Fields::new().set("ipv6Address", address).set("isPrimaryIpv6", false));
        let primary = self.addresses.first().copied();
        let shown = Fields::new()
            .set("networkInterfaceId", id)
            .maybe("subnetId", self.subnet.map(|subnet| subnet.id))
            .set("vpcId", self.interface.vpc())
            .set("description", &self.description)
            .set("ownerId", &context.account)
            .set("status", self.status())
            .set("interfaceType", self.kind)
            .set("macAddress", self.interface.mac())
            .maybe("privateIpAddress", primary)
            .maybe("privateDnsName", primary.filter(|_| names).and_then(private_name))
            .set("sourceDestCheck", self.source_dest_check)
            .list("groupSet", security_group::references(world, &self.groups))
            .list("privateIpAddressesSet", addresses)
            .list("ipv6AddressesSet", ipv6);
        match primary.and_then(association) {
            Some(association) => shown.fields("association", association),
            None => shown,
        }
    }

    /// The elastic addresses that are associated with it.
    pub(super) fn elastic<'c>(
        &self,
        context: &'c Context<'_>,
    ) -> impl Iterator<Item = (&'c Arc<ElasticAddress>, Association)> + use<'c> {
        context.world().elastic_of_interface(self.interface.id())
    }

    /// The public addresses that lead to it.
    pub(super) fn public_addresses(&self, context: &Context<'_>) -> Vec<String> {
        match self.interface {
            Interface::Primary(it) if it.public_address.is_some() => texts(it.public_address),
            _ => texts(self.elastic(context).map(|(address, _)| address.address)),
        }
    }

    /// What the reply shows at a path.
    pub(super) fn texts_at(&self, context: &Context<'_>, path: &str) -> Vec<String> {
        self.fields(context, context.world()).at(path)
    }

    /// `in-use` or `available`.
    pub(super) fn status(&self) -> &'static str {
        if self.attached.is_some() { "in-use" } else { "available" }
    }
}

/// The attachment of an interface to what AWS runs.
fn managed_attachment(id: NetworkInterfaceId) -> Attached {
    Attached {
        id: AttachmentId::from_seed(seed_of("attachment", id)),
        instance: None,
        device: 1,
        delete_on_termination: false,
        at: 0,
    }
}

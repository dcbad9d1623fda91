//! Subnets (spec §9.7).

use std::{net::Ipv4Addr, rc::Rc};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{Operation, absent, vpc};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog,
    model::{
        id::{SubnetId, VpcId, derived},
        instance::NameOptions,
        subnet::{self, Subnet},
        vpc::Vpc,
        world::{Tags, World},
    },
};

/// `Ipv6CidrBlock`.
pub(super) fn ipv6_range(parameters: &mut Parameters) -> Result<Option<Ipv6Network>, ApiError> {
    let text = parameters.text("Ipv6CidrBlock")?;
    let range = text.map(|text| {
        text.parse().ok().filter(|_| text.contains('/')).ok_or_else(|| {
            ApiError::value(format!(
                "Value ({text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block."
            ))
        })
    });
    range.transpose()
}

/// `CreateSubnet`.
pub(super) struct CreateSubnet {
    vpc: VpcId,
    /// None: an IPv6-only subnet.
    cidr: Option<Ipv4Network>,
    ipv6_cidr: Option<Ipv6Network>,
    ipv6_native: bool,
    zone: Option<String>,
    zone_id: Option<String>,
    tags: Tags,
}

impl Operation for CreateSubnet {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv4NetmaskLength", "Ipv6NetmaskLength"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = parameters.required_id("VpcId")?;
        absent::ipam_pool(parameters, "Ipv4IpamPoolId")?;
        absent::ipam_pool(parameters, "Ipv6IpamPoolId")?;
        parameters.never_held("OutpostArn", "InvalidParameterValue", |arn| {
            format!("The Outpost '{arn}' does not exist")
        })?;
        let cidr = vpc::cidr(parameters, "CidrBlock")?;
        let ipv6_cidr = ipv6_range(parameters)?;
        let ipv6_native = parameters.boolean("Ipv6Native")?.unwrap_or_default();
        families(cidr.is_some(), ipv6_cidr.is_some(), ipv6_native)?;
        Ok(Self {
            vpc,
            cidr,
            ipv6_cidr,
            ipv6_native,
            zone: parameters.text("AvailabilityZone")?,
            zone_id: parameters.text("AvailabilityZoneId")?,
            tags: parameters.tag_specification("subnet")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = context.own(self.vpc)?;
        if self.ipv6_cidr.is_some() && own.ipv6_cidrs.is_empty() {
            return Err(ApiError::value(format!(
                "Invalid IPv6 CIDR block. The VPC {} has no IPv6 CIDR block.",
                own.id
            )));
        }
        let subnet = Subnet {
            id: SubnetId::from_seed(seed()),
            zone: self.zone(context)?.into(),
            tags: self.tags,
            vpc: self.vpc,
            cidr: self.cidr.unwrap_or_else(subnet::no_ipv4),
            ipv6_cidr: self.ipv6_cidr,
            route_table: None,
            dns64: false,
            map_public_ip: false,
            ipv6_native: self.ipv6_native,
            // An IPv6-only subnet forces resource names (H5).
            name_options: NameOptions {
                resource_name: self.ipv6_native,
                resource_name_a: false,
                resource_name_aaaa: self.ipv6_native,
            },
            assign_ipv6: self.ipv6_native,
            network_acl: None,
            default_for_az: false,
        };
        let id = subnet.id;
        let after = context.commit(&[subnet::CreateSubnet { subnet }.into()])?;
        Ok(Fields::new().fields("subnet", shown(&after.world, id)?))
    }
}

/// The subnet as replies show it.
pub(super) fn shown(world: &World, id: SubnetId) -> Result<Fields, ApiError> {
    let subnet = world.subnet(id)?;
    Ok(fields(world.vpc(subnet.vpc)?, subnet, &Used::of(world, [subnet.vpc])))
}

impl CreateSubnet {
    /// The zone's name: as given, by its id, or the region's first.
    fn zone(&self, context: &Context<'_>) -> Result<String, ApiError> {
        let zones = catalog::region(context.region).map_or(&[][..], |region| &region.zones);
        match (&self.zone, &self.zone_id) {
            (Some(_), Some(_)) => Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters availabilityZone and availabilityZoneId cannot be used together",
            )),
            (Some(name), None) => Ok(name.clone()),
            (None, Some(id)) => zones
                .iter()
                .find(|zone| zone.id == id && !id.is_empty())
                .map(|zone| zone.name.to_owned())
                .ok_or_else(|| {
                    ApiError::value(format!(
                        "Value ({id}) for parameter availabilityZoneId is invalid."
                    ))
                }),
            (None, None) => Ok(zones
                .first()
                .map_or_else(|| format!("{}a", context.region), |zone| zone.name.to_owned())),
        }
    }
}

/// Refuses a subnet with a range of neither family, or an IPv6-only one with other ranges than one of IPv6 (H5).
fn families(v4: bool, v6: bool, ipv6_native: bool) -> Result<(), ApiError> {
    match (v4, v6, ipv6_native) {
        (true, true, true) => Err(ApiError::new(
            "InvalidParameterCombination",
            "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set ipv6Native to true.",
        )),
        (_, false, true) => Err(ApiError::new(
            "MissingParameter",
            "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.",
        )),
        (false, _, false) => Err(ApiError::new(
            "MissingParameter",
            "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
        )),
        _ => Ok(()),
    }
}

/// The addresses in use in some VPCs, sorted.
pub(super) struct Used(Vec<(VpcId, Ipv4Addr)>);

impl Used {
    fn of(world: &World, vpcs: impl IntoIterator<Item = VpcId>) -> Self {
        let vpcs: std::collections::HashSet<VpcId> = vpcs.into_iter().collect();
        let held = world.private_addresses.keys().chain(world.interface_addresses.keys());
        let mut used: Vec<_> = held.filter(|(vpc, _)| vpcs.contains(vpc)).copied().collect();
        used.sort_unstable();
        used.dedup();
        Self(used)
    }

    /// How many addresses of a subnet are free (A51).
    fn free(&self, subnet: &Subnet) -> u64 {
        if subnet.ipv6_native {
            return 0;
        }
        let before = |address: Ipv4Addr, with: bool| {
            let end = (subnet.vpc, address);
            self.0.partition_point(|start| *start < end || (with && *start == end))
        };
        let used = before(subnet.cidr.broadcast(), true) - before(subnet.cidr.network(), false);
        let all = u64::from(subnet.cidr.size());
        all.saturating_sub(5).saturating_sub(u64::try_from(used).unwrap_or(u64::MAX))
    }
}

pub(super) fn ipv6_association(subnet: &Subnet, cidr: Ipv6Network) -> String {
    derived("subnet-cidr-assoc", &format!("{}/{cidr}", subnet.id))
}

fn arn(vpc: &Vpc, subnet: SubnetId) -> String {
    let partition = catalog::partition_of(vpc.region);
    format!("arn:{partition}:ec2:{}:{}:subnet/{subnet}", vpc.region, vpc.owner)
}

fn zone_id(vpc: &Vpc, subnet: &Subnet) -> Option<&'static str> {
    let zones = &catalog::region(vpc.region)?.zones;
    zones.iter().find(|zone| zone.name == &*subnet.zone).map(|zone| zone.id)
}

/// A subnet as replies show it.
fn fields(vpc: &Vpc, subnet: &Subnet, used: &Used) -> Fields {
    let ipv6 = subnet.ipv6_cidr.map(|cidr| {
        Fields::new()
            .set("associationId", ipv6_association(subnet, cidr))
            .set("ipv6CidrBlock", cidr)
            .fields("ipv6CidrBlockState", Fields::new().set("state", "associated"))
            .set("ipv6AddressAttribute", "public")
            .set("ipSource", "amazon")
    });
    Fields::new()
        .set("subnetId", subnet.id)
        .set("subnetArn", arn(vpc, subnet.id))
        .set("state", "available")
        .set("ownerId", &vpc.owner)
        .set("vpcId", vpc.id)
        .maybe("cidrBlock", (!subnet.ipv6_native).then_some(subnet.cidr))
        .list("ipv6CidrBlockAssociationSet", ipv6)
        .set("availableIpAddressCount", used.free(subnet))
        .set("availabilityZone", &subnet.zone)
        .maybe("availabilityZoneId", zone_id(vpc, subnet))
        .set("defaultForAz", subnet.default_for_az)
        .set("mapPublicIpOnLaunch", subnet.map_public_ip)
        .set("mapCustomerOwnedIpOnLaunch", false)
        .set("assignIpv6AddressOnCreation", subnet.assign_ipv6)
        .set("enableDns64", subnet.dns64)
        .set("ipv6Native", subnet.ipv6_native)
        .fields("privateDnsNameOptionsOnLaunch", name_options(subnet.name_options))
        .tags(&subnet.tags)
}

/// The options of instance names as replies show them.
pub(super) fn name_options(options: NameOptions) -> Fields {
    Fields::new()
        .set("hostnameType", hostname_type(options))
        .set("enableResourceNameDnsARecord", options.resource_name_a)
        .set("enableResourceNameDnsAAAARecord", options.resource_name_aaaa)
}

fn hostname_type(options: NameOptions) -> &'static str {
    if options.resource_name { "resource-name" } else { "ip-name" }
}

/// `DeleteSubnet`.
pub(super) struct DeleteSubnet {
    subnet: SubnetId,
}

impl Operation for DeleteSubnet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { subnet: parameters.required_id("SubnetId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[subnet::DeleteSubnet { subnet: self.subnet }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeSubnets`.
pub(super) type DescribeSubnets = Listing<Subnets>;

/// The subnets with these ids.
pub(super) struct Subnets(Vec<SubnetId>);

impl Describe for Subnets {
    type Item<'c> = (&'c Vpc, &'c Subnet, Rc<Used>);

    const LIST: &'static str = "subnetSet";

    const FILTERS: Filters<Self> = &[
        ("availability-zone", |(_, subnet, _), _| texts([&subnet.zone])),
        ("availabilityZone", |(_, subnet, _), _| texts([&subnet.zone])),
        ("availability-zone-id", |(vpc, subnet, _), _| {
            texts([zone_id(vpc, subnet).unwrap_or_default()])
        }),
        ("availabilityZoneId", |(vpc, subnet, _), _| {
            texts([zone_id(vpc, subnet).unwrap_or_default()])
        }),
        ("available-ip-address-count", |(_, subnet, used), _| texts([used.free(subnet)])),
        ("cidr", |(_, subnet, _), _| texts([subnet.cidr.to_string()])),
        ("cidr-block", |(_, subnet, _), _| texts([subnet.cidr.to_string()])),
        ("cidrBlock", |(_, subnet, _), _| texts([subnet.cidr.to_string()])),
        ("default-for-az", |(_, subnet, _), _| texts([subnet.default_for_az])),
        ("defaultForAz", |(_, subnet, _), _| texts([subnet.default_for_az])),
        ("enable-dns64", |(_, subnet, _), _| texts([subnet.dns64])),
        ("ipv6-cidr-block-association.association-id", |(_, subnet, _), _| {
            texts(subnet.ipv6_cidr.map(|cidr| ipv6_association(subnet, cidr)))
        }),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |(_, subnet, _), _| {
            texts(subnet.ipv6_cidr)
        }),
        ("ipv6-cidr-block-association.state", |(_, subnet, _), _| {
            texts(subnet.ipv6_cidr.map(|_| "associated"))
        }),
        ("ipv6-native", |(_, subnet, _), _| texts([subnet.ipv6_native])),
        ("map-public-ip-on-launch", |(_, subnet, _), _| texts([subnet.map_public_ip])),
        ("owner-id", |(vpc, _, _), _| texts([&vpc.owner])),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
            |(_, it, _), _| texts([it.name_options.resource_name_a]),
        ),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
            |(_, it, _), _| texts([it.name_options.resource_name_aaaa]),
        ),
        ("private-dns-name-options-on-launch.hostname-type", |(_, it, _), _| {
            texts([hostname_type(it.name_options)])
        }),
        ("state", |_, _| texts(["available"])),
        ("subnet-arn", |(vpc, subnet, _), _| texts([arn(vpc, subnet.id)])),
        ("subnet-id", |(_, subnet, _), _| texts([subnet.id])),
        ("vpc-id", |(vpc, _, _), _| texts([vpc.id])),
        ("customer-owned-ipv4-pool", |_, _| Vec::new()),
        ("enable-lni-at-device-index", |_, _| Vec::new()),
        ("map-customer-owned-ip-on-launch", |_, _| texts([false])),
        ("outpost-arn", |_, _| Vec::new()),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("SubnetId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        let here = context.all_own(&[], world.vpcs.keys());
        let used = Rc::new(Used::of(world, here.iter().map(|vpc| vpc.id)));
        Ok(here
            .into_iter()
            .flat_map(|vpc| world.subnets_of(vpc.id).map(move |subnet| (vpc, subnet)))
            .filter(|(_, subnet)| is_wanted(&self.0, &subnet.id))
            .map(|(vpc, subnet)| (&**vpc, &**subnet, Rc::clone(&used)))
            .collect())
    }

    fn key((_, subnet, _): &Self::Item<'_>) -> String {
        subnet.id.to_string()
    }

    fn tags<'i>((_, subnet, _): &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&subnet.tags)
    }

    fn fields(_: &Context<'_>, (vpc, subnet, used): Self::Item<'_>) -> Fields {
        fields(vpc, subnet, &used)
    }
}

/// `ModifySubnetAttribute`: one attribute a call.
pub(super) struct ModifySubnetAttribute {
    change: subnet::ModifySubnetAttribute,
}

impl Operation for ModifySubnetAttribute {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "CustomerOwnedIpv4Pool",
        "DisableLniAtDeviceIndex",
        "EnableLniAtDeviceIndex",
        "MapCustomerOwnedIpOnLaunch",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            change: subnet::ModifySubnetAttribute {
                subnet: parameters.required_id("SubnetId")?,
                dns64: parameters.boolean("EnableDns64.Value")?,
                map_public_ip: parameters.boolean("MapPublicIpOnLaunch.Value")?,
                assign_ipv6: parameters.boolean("AssignIpv6AddressOnCreation.Value")?,
                resource_name: parameters.word(
                    "PrivateDnsHostnameTypeOnLaunch",
                    &[("ip-name", false), ("resource-name", true)],
                )?,
                resource_name_a: parameters
                    .boolean("EnableResourceNameDnsARecordOnLaunch.Value")?,
                resource_name_aaaa: parameters
                    .boolean("EnableResourceNameDnsAAAARecordOnLaunch.Value")?,
            },
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[self.change.into()])?;
        Ok(Fields::done())
    }
}

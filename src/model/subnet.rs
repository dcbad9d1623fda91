//! A subnet: a range of its VPC in one zone, with the options instances inherit.
//!
//! Knows AWS's rules for its range (spec §9.7). Routing is decided by `resolve/path.rs`.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    change::{Touched, duplicate},
    id::{NetworkAclId, RouteTableId, SubnetId, VpcId},
    instance::NameOptions,
    refusal::Refusal,
    vpc::{Vpc, canonical, one_attribute, overlap},
    world::{Tags, World},
};
use crate::catalog::{self, Region};

/// The IPv4 range of an IPv6-only subnet that was created without one: an address that nothing has.
pub fn no_ipv4() -> Ipv4Network {
    Ipv4Addr::UNSPECIFIED.into()
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its IPv4 range.
    pub cidr: Ipv4Network,
    /// Its IPv6 range.
    pub ipv6_cidr: Option<Ipv6Network>,
    /// The name of its zone, such as `ap-northeast-2a`.
    #[serde(with = "super::stored::shared")]
    pub zone: Arc<str>,
    /// The route table associated with it; none means the VPC's main one.
    pub route_table: Option<RouteTableId>,
    /// `EnableDns64` (R32).
    pub dns64: bool,
    /// `MapPublicIpOnLaunch`.
    pub map_public_ip: bool,
    /// Whether it has IPv6 only (H5).
    pub ipv6_native: bool,
    /// `PrivateDnsNameOptionsOnLaunch`.
    pub name_options: NameOptions,
    /// `AssignIpv6AddressOnCreation`.
    #[serde(default)]
    pub assign_ipv6: bool,
    /// Its network ACL; `None` means its VPC's default one.
    #[serde(default)]
    pub network_acl: Option<NetworkAclId>,
    /// Whether it is its zone's default subnet; never outside a default VPC.
    #[serde(default)]
    pub default_for_az: bool,
}

impl Subnet {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Whether AWS reserves this address: the first four and the last one (A51).
    pub fn reserves(&self, address: Ipv4Addr) -> bool {
        let offset = u32::from(address).wrapping_sub(u32::from(self.cidr.network()));
        offset < 4 || address == self.cidr.broadcast()
    }

    /// AWS's refusal if no address is free.
    pub(super) fn full(&self) -> Refusal {
        Refusal::new(
            "InsufficientFreeAddressesInSubnet",
            format!("There are not enough free addresses in subnet '{}'", self.id),
            "A51",
        )
    }

    /// Checks an IPv6 address for a network interface in this subnet.
    ///
    /// # Errors
    ///
    /// AWS's refusal: outside the range, or in use.
    pub fn check_ipv6(&self, world: &World, address: Ipv6Addr) -> Result<(), Refusal> {
        if self.ipv6_cidr.is_none_or(|range| !range.contains(address)) {
            return Err(Refusal::value(
                format!("Address {address} does not fall within the subnet's address range"),
                "A51",
            ));
        }
        let used = world.instances_of(self.vpc).any(|it| it.ipv6 == Some(address))
            || world
                .network_interfaces
                .values()
                .any(|it| it.vpc == self.vpc && it.ipv6.contains(&address))
            || world
                .endpoints_of(self.vpc)
                .any(|it| it.interfaces.iter().any(|interface| interface.v6 == Some(address)))
            || self.has_balancer_at(world, address);
        if used {
            return Err(Refusal::new(
                "InvalidIPAddress.InUse",
                format!("Address {address} is in use."),
                "A51",
            ));
        }
        Ok(())
    }

    fn has_balancer_at(&self, world: &World, address: Ipv6Addr) -> bool {
        let mut here = world.load_balancers.values().filter(|it| it.vpc == self.vpc);
        here.any(|it| it.zones.iter().any(|zone| zone.ipv6 == Some(address)))
    }

    /// Checks an address for a network interface in this subnet.
    ///
    /// # Errors
    ///
    /// AWS's refusal: outside the range, reserved, or in use.
    pub fn check_address(&self, world: &World, address: Ipv4Addr) -> Result<(), Refusal> {
        if !self.cidr.contains(address) {
            return Err(Refusal::value(
                format!("Address {address} does not fall within the subnet's address range"),
                "A51",
            ));
        }
        if self.reserves(address) {
            return Err(Refusal::value(
                format!("Address {address} is in subnet's reserved address range"),
                "A51",
            ));
        }
        if world.address_in_use(self.vpc, address) {
            return Err(Refusal::new(
                "InvalidIPAddress.InUse",
                format!("Address {address} is in use."),
                "A51",
            ));
        }
        Ok(())
    }
}

/// `CreateSubnet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSubnet {
    /// The subnet.
    pub subnet: Subnet,
}

/// `DeleteSubnet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteSubnet {
    /// The subnet.
    pub subnet: SubnetId,
}

/// `ModifySubnetAttribute`: one attribute a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifySubnetAttribute {
    /// The subnet.
    pub subnet: SubnetId,
    /// `EnableDns64.Value`.
    pub dns64: Option<bool>,
    /// `MapPublicIpOnLaunch.Value`.
    pub map_public_ip: Option<bool>,
    /// `AssignIpv6AddressOnCreation.Value`.
    pub assign_ipv6: Option<bool>,
    /// `PrivateDnsHostnameTypeOnLaunch`: whether it is `resource-name`.
    pub resource_name: Option<bool>,
    /// `EnableResourceNameDnsARecordOnLaunch.Value`.
    pub resource_name_a: Option<bool>,
    /// `EnableResourceNameDnsAAAARecordOnLaunch.Value`.
    pub resource_name_aaaa: Option<bool>,
}

impl CreateSubnet {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut subnet = self.subnet.clone();
        let vpc = world.vpc(subnet.vpc)?;
        duplicate(&world.subnets, &subnet.id)?;
        subnet.cidr = canonical(subnet.cidr);
        if subnet.cidr == no_ipv4() && subnet.ipv6_native {
            // The API names no IPv4 range for such a subnet.
            if subnet.ipv6_cidr.is_none() {
                return Err(Refusal::new(
                    "MissingParameter",
                    "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.",
                    "H5",
                ));
            }
        } else {
            check_ipv4(world, &subnet, vpc)?;
        }
        if let Some(range) = subnet.ipv6_cidr {
            subnet.ipv6_cidr = Some(check_ipv6(world, &subnet, vpc, range)?);
        }
        subnet.default_for_az &= vpc.is_default;
        let known = catalog::region(vpc.region).is_none_or(|region| {
            region.zones.is_empty() || region.zones.iter().any(|zone| zone.name == &*subnet.zone)
        });
        if !known {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter availabilityZone is invalid. Subnets can currently only be created in \
                     the following availability zones: {}.",
                    subnet.zone,
                    catalog::region(vpc.region).map(Region::zone_names).unwrap_or_default()
                ),
                "N11",
            ));
        }
        if let Some(table) = subnet.route_table {
            world.route_table(table)?;
        }
        let (id, vpc) = (subnet.id, subnet.vpc);
        world.edit_members(vpc, |members| members.subnets.push(id));
        world.subnets.insert(id, Arc::new(subnet));
        Ok(Touched::vpc(vpc))
    }
}

impl DeleteSubnet {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let subnet = Arc::clone(world.subnet(self.subnet)?);
        let used = world.instances_of(subnet.vpc).any(|instance| instance.subnet == subnet.id)
            || world.network_interfaces.values().any(|it| it.subnet == subnet.id)
            || world.nat_gateways_of(subnet.vpc).any(|it| it.subnet == subnet.id)
            || world.endpoints_of(subnet.vpc).any(|endpoint| {
                endpoint.interfaces.iter().any(|interface| interface.subnet == subnet.id)
            })
            || world.load_balancers.values().filter(|it| it.vpc == subnet.vpc).any(|balancer| {
                balancer.private_addresses().any(|(_, address, _)| subnet.cidr.contains(address))
            });
        if used {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("The subnet '{}' has dependencies and cannot be deleted.", subnet.id),
                "A51",
            ));
        }
        world.subnets.remove(&subnet.id);
        world.edit_members(subnet.vpc, |members| members.subnets.retain(|id| *id != subnet.id));
        Ok(Touched::vpc(subnet.vpc))
    }
}

impl ModifySubnetAttribute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut subnet = Subnet::clone(world.subnet(self.subnet)?);
        let attributes = [
            ("assignIpv6AddressOnCreation", self.assign_ipv6),
            ("enableDns64", self.dns64),
            ("enableResourceNameDnsAAAARecordOnLaunch", self.resource_name_aaaa),
            ("enableResourceNameDnsARecordOnLaunch", self.resource_name_a),
            ("mapPublicIpOnLaunch", self.map_public_ip),
            ("privateDnsHostnameTypeOnLaunch", self.resource_name),
        ];
        one_attribute(&attributes)?;
        if self.assign_ipv6 == Some(true) && subnet.ipv6_cidr.is_none() {
            return Err(Refusal::value(
                "Invalid value 'true' for assignIpv6AddressOnCreation. The subnet must have an IPv6 CIDR block.",
                "A51",
            ));
        }
        if self.resource_name == Some(false) && subnet.ipv6_native {
            return Err(Refusal::value(
                format!(
                    "Value (ip-name) for parameter privateDnsHostnameTypeOnLaunch is invalid. Subnet {} is IPv6 only.",
                    subnet.id
                ),
                "H5",
            ));
        }
        let names = &mut subnet.name_options;
        names.resource_name = self.resource_name.unwrap_or(names.resource_name);
        names.resource_name_a = self.resource_name_a.unwrap_or(names.resource_name_a);
        names.resource_name_aaaa = self.resource_name_aaaa.unwrap_or(names.resource_name_aaaa);
        subnet.dns64 = self.dns64.unwrap_or(subnet.dns64);
        subnet.map_public_ip = self.map_public_ip.unwrap_or(subnet.map_public_ip);
        subnet.assign_ipv6 = self.assign_ipv6.unwrap_or(subnet.assign_ipv6);
        let vpc = subnet.vpc;
        world.subnets.insert(subnet.id, Arc::new(subnet));
        Ok(Touched::vpc(vpc))
    }
}

/// Checks the IPv4 range of a subnet: a part of the VPC's that no other subnet has.
fn check_ipv4(world: &World, subnet: &Subnet, vpc: &Vpc) -> Result<(), Refusal> {
    let inside = vpc
        .cidrs
        .iter()
        .any(|cidr| cidr.contains(subnet.cidr.network()) && cidr.contains(subnet.cidr.broadcast()));
    if !inside || !(16..=28).contains(&subnet.cidr.prefix()) {
        return Err(Refusal::new(
            "InvalidSubnet.Range",
            format!("The CIDR '{}' is invalid.", subnet.cidr),
            "A51",
        ));
    }
    if world.subnets_of(subnet.vpc).any(|other| overlap(other.cidr, subnet.cidr)) {
        return Err(Refusal::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{}' conflicts with another subnet", subnet.cidr),
            "A51",
        ));
    }
    Ok(())
}

/// The IPv6 range of a subnet, its host bits cleared: a /64 of the VPC's that no other subnet has. A world file may leave
/// the VPC's own ranges out.
pub(super) fn check_ipv6(
    world: &World,
    subnet: &Subnet,
    vpc: &Vpc,
    range: Ipv6Network,
) -> Result<Ipv6Network, Refusal> {
    let range = Ipv6Network::new(range.network(), range.prefix()).unwrap_or(range);
    let inside = vpc.ipv6_cidrs.is_empty()
        || vpc
            .ipv6_cidrs
            .iter()
            .any(|whole| whole.contains(range.network()) && whole.prefix() <= range.prefix());
    if !inside || !(44..=64).contains(&range.prefix()) {
        return Err(Refusal::new(
            "InvalidSubnet.Range",
            format!("The CIDR '{range}' is invalid."),
            "A51",
        ));
    }
    let conflict = world
        .subnets_of(subnet.vpc)
        .filter_map(|other| other.ipv6_cidr)
        .any(|other| other.contains(range.network()) || range.contains(other.network()));
    if conflict {
        return Err(Refusal::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{range}' conflicts with another subnet"),
            "A51",
        ));
    }
    Ok(range)
}

//! A VPC: its address ranges and its two DNS attributes.
//!
//! Knows AWS's rules for creating and modifying one (V1 to V4, A50). What the attributes mean for answers is
//! `resolve`'s business.

use std::{net::Ipv4Addr, sync::Arc};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    change::{Touched, duplicate},
    id::{DhcpOptionsId, RegionName, RouteTableId, VpcId},
    network_acl,
    refusal::Refusal,
    route_table::RouteTable,
    security_group::{SecurityGroup, default_group},
    world::{Members, Tags, World},
};

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its tags.
    pub tags: Tags,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    #[serde(with = "super::stored::shared")]
    pub owner: Arc<str>,
    /// Its IPv4 ranges, the primary one first.
    pub cidrs: Vec<Ipv4Network>,
    /// Its IPv6 ranges.
    pub ipv6_cidrs: Vec<Ipv6Network>,
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`.
    pub dns_hostnames: bool,
    /// Whether it is its region's default VPC.
    pub is_default: bool,
    /// Its DHCP option set; none means the region's default set.
    pub dhcp_options: Option<DhcpOptionsId>,
    /// The route table of subnets that have none of their own.
    pub main_route_table: RouteTableId,
    /// Whether Resolver answers reverse names by itself (H35).
    pub autodefined_reverse: bool,
    /// `instanceTenancy`: `default` or `dedicated`.
    #[serde(with = "super::stored::shared")]
    pub tenancy: Arc<str>,
    /// `enableNetworkAddressUsageMetrics`.
    pub network_metrics: bool,
}

impl Vpc {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Whether both attributes are on, which most features need (§3.3).
    pub fn both_attributes(&self) -> bool {
        self.dns_support && self.dns_hostnames
    }

    /// The address of its resolver: its first range plus two (R2). `None` without a range.
    pub fn resolver(&self) -> Option<Ipv4Addr> {
        let first = u32::from(self.cidrs.first()?.network());
        Some(Ipv4Addr::from(first.saturating_add(2)))
    }

    /// Whether an IPv4 address lies in one of its ranges.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.cidrs.iter().any(|cidr| cidr.contains(address))
    }
}

/// `CreateVpc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpc {
    /// The VPC; its attributes are AWS's defaults unless the world file says otherwise.
    pub vpc: Vpc,
}

/// `ModifyVpcAttribute`: one attribute a call (V2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcAttribute {
    /// The VPC.
    pub vpc: VpcId,
    /// `EnableDnsSupport.Value`.
    pub dns_support: Option<bool>,
    /// `EnableDnsHostnames.Value`.
    pub dns_hostnames: Option<bool>,
    /// `EnableNetworkAddressUsageMetrics.Value`.
    pub network_metrics: Option<bool>,
}

/// `ModifyVpcTenancy`: to `default`, the only tenancy that a VPC may change to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcTenancy {
    /// The VPC.
    pub vpc: VpcId,
}

/// `DeleteVpc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpc {
    /// The VPC.
    pub vpc: VpcId,
}

impl CreateVpc {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut vpc = self.vpc.clone();
        duplicate(&world.vpcs, &vpc.id)?;
        for cidr in &mut vpc.cidrs {
            *cidr = check_range(*cidr)?;
        }
        for (index, cidr) in vpc.cidrs.iter().enumerate() {
            if vpc.cidrs[..index].iter().any(|other| overlap(*other, *cidr)) {
                return Err(Refusal::new(
                    "CidrConflict",
                    format!("The CIDR '{cidr}' conflicts with another CIDR of the VPC"),
                    "A50",
                ));
            }
        }
        if vpc.cidrs.is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter cidrBlock",
                "A50",
            ));
        }
        let id = vpc.id;
        let main = RouteTable::new(vpc.main_route_table, id);
        duplicate(&world.route_tables, &main.id)?;
        world.route_tables.insert(main.id, Arc::new(main));
        let members = Members {
            route_tables: vec![vpc.main_route_table],
            since: world.generation,
            ..Members::default()
        };
        world.members.insert(id, Arc::new(members));
        let group = SecurityGroup::default_of(&vpc);
        world.security_groups.insert(group.id, Arc::new(group));
        world.vpcs.insert(id, Arc::new(vpc));
        Ok(Touched::vpc(id))
    }
}

impl ModifyVpcAttribute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut vpc = Vpc::clone(world.vpc(self.vpc)?);
        one_attribute(&[
            ("enableDnsHostnames", self.dns_hostnames),
            ("enableDnsSupport", self.dns_support),
            ("enableNetworkAddressUsageMetrics", self.network_metrics),
        ])?;
        if self.dns_hostnames == Some(true) && !vpc.dns_support {
            return Err(Refusal::value(
                format!(
                    "enableDnsHostnames can only be set to true for {} while enableDnsSupport is true",
                    self.vpc
                ),
                "V3",
            ));
        }
        vpc.dns_support = self.dns_support.unwrap_or(vpc.dns_support);
        vpc.dns_hostnames = self.dns_hostnames.unwrap_or(vpc.dns_hostnames);
        vpc.network_metrics = self.network_metrics.unwrap_or(vpc.network_metrics);
        world.vpcs.insert(self.vpc, Arc::new(vpc));
        Ok(Touched::vpc(self.vpc))
    }
}

impl ModifyVpcTenancy {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = Vpc { tenancy: "default".into(), ..Vpc::clone(world.vpc(self.vpc)?) };
        world.vpcs.insert(self.vpc, Arc::new(vpc));
        Ok(Touched::vpc(self.vpc))
    }
}

impl DeleteVpc {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = Arc::clone(world.vpc(self.vpc)?);
        let group = default_group(self.vpc);
        let members = world.members(self.vpc).clone();
        let only_main = members.route_tables == [vpc.main_route_table];
        let living = |id| world.peerings.get(id).is_some_and(|it| it.state.is_living());
        let empty = members.subnets.is_empty()
            && members.endpoints.is_empty()
            && members.internet_gateway.is_none()
            && !members.peerings.iter().any(living)
            && only_main
            && !world.has_own_network_acls(self.vpc)
            && !world.egress_only_gateways.values().any(|it| it.vpc == self.vpc)
            && !world.load_balancers.values().any(|it| it.vpc == self.vpc)
            && !world.managed_resources.values().any(|it| it.vpc == self.vpc)
            && !world.inbound_endpoints.values().any(|it| it.vpc == self.vpc)
            && !world.outbound_endpoints.values().any(|it| it.vpc == self.vpc)
            && world.security_groups.values().all(|it| it.vpc != self.vpc || it.id == group);
        if !empty {
            return Err(Refusal::new(
                "DependencyViolation",
                format!("The vpc '{}' has dependencies and cannot be deleted.", self.vpc),
                "A21",
            ));
        }
        for zone in members.zones {
            if let Some(old) = world.hosted_zones.get(&zone) {
                let mut zone = super::hosted_zone::HostedZone::clone(old);
                // The owner stays the same when the first VPC goes.
                zone.details.owner = zone.owner(world).map(Arc::from);
                zone.vpcs.retain(|id| *id != self.vpc);
                world.hosted_zones.insert(zone.id, Arc::new(zone));
            }
        }
        world.security_groups.remove(&group);
        world.forget_associated_groups(self.vpc);
        world.drop_nat_gateways(self.vpc);
        for peering in members.peerings {
            super::peering::forget(world, peering);
        }
        for rule in members.rules {
            if let Some(old) = world.resolver_rules.get(&rule) {
                let mut rule = super::resolver_rule::ResolverRule::clone(old);
                rule.details.home = rule.kept_home(world);
                rule.vpcs.retain(|id| *id != self.vpc);
                rule.details.associations.retain(|(id, _)| *id != self.vpc);
                world.resolver_rules.insert(rule.id, Arc::new(rule));
            }
        }
        world.drop_profiles_of(self.vpc);
        world.derived_tags.remove(&network_acl::of(self.vpc).to_string());
        world.network_acls.remove(&network_acl::of(self.vpc));
        world.route_tables.remove(&vpc.main_route_table);
        world.members.remove(&self.vpc);
        world.vpcs.remove(&self.vpc);
        Ok(Touched::vpc(self.vpc))
    }
}

/// An attribute call sets one attribute (V2).
pub(super) fn one_attribute(attributes: &[(&str, Option<bool>)]) -> Result<(), Refusal> {
    let given: Vec<&str> =
        attributes.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
    match given.len() {
        0 => Err(Refusal::new(
            "MissingParameter",
            "The request must contain an attribute to modify",
            "V2",
        )),
        1 => Ok(()),
        _ => Err(Refusal::new(
            "InvalidParameterCombination",
            format!("Fields for multiple attribute types specified: {}", given.join(", ")),
            "V2",
        )),
    }
}

/// Ranges no VPC can have: "this network", loopback, link-local, multicast and reserved addresses (RFC 6890).
const UNUSABLE: [([u8; 4], u8); 5] = [
    ([0, 0, 0, 0], 8),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// A range as a VPC keeps it: from /16 to /28, of addresses a VPC can have, its host bits cleared.
///
/// # Errors
///
/// `InvalidVpc.Range` (A54).
pub(super) fn check_range(cidr: Ipv4Network) -> Result<Ipv4Network, Refusal> {
    let range = canonical(cidr);
    let unusable = UNUSABLE.iter().any(|(network, prefix)| {
        Ipv4Network::new((*network).into(), *prefix).is_ok_and(|it| overlap(it, range))
    });
    if unusable || !(16..=28).contains(&cidr.prefix()) {
        let message = format!("The CIDR '{cidr}' is invalid.");
        return Err(Refusal::new("InvalidVpc.Range", message, "A54"));
    }
    Ok(range)
}

/// The range with its host bits cleared (A50).
pub fn canonical(cidr: Ipv4Network) -> Ipv4Network {
    Ipv4Network::new(cidr.network(), cidr.prefix()).unwrap_or(cidr)
}

/// Whether two ranges share an address.
pub fn overlap(one: Ipv4Network, other: Ipv4Network) -> bool {
    one.contains(other.network()) || other.contains(one.network())
}

//! Load balancers, known by their DNS names.
//!
//! Knows the addresses of each zone and what the balancer sends traffic to. Names are looked up in
//! `resolve/load_balancer.rs`, and the Changes are in `load_balancer_change.rs`. What no answer depends on is kept in
//! [`Options`] for the API.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    document::{Attributes, Document},
    id::{
        AllocationId, InstanceId, ListenerId, NetworkInterfaceId, SecurityGroupId, SubnetId,
        TargetGroupId, VpcId, derived_seed, seed_of,
    },
    listener::Listener,
    name::Name,
    subnet::Subnet,
    world::{Tags, World},
};
use crate::catalog;

/// The attribute that lets a load balancer send traffic to targets in other zones.
pub const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
/// The attribute that protects a load balancer from deletion.
pub const DELETION_PROTECTION: &str = "deletion_protection.enabled";
/// The attribute that holds the client routing policy (B6).
pub const CLIENT_ROUTING: &str = "dns_record.client_routing_policy";

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancer {
    /// Its name.
    pub label: Arc<str>,
    /// Its tags.
    pub tags: Tags,
    /// Its DNS name, lower-case. One of a Gateway Load Balancer is a key only and never shown.
    pub dns_name: Name,
    /// Its DNS name as AWS shows it.
    pub shown_name: Arc<str>,
    /// Its VPC.
    pub vpc: VpcId,
    /// Network, application, classic or gateway.
    pub kind: LoadBalancerKind,
    /// Whether its addresses are public.
    pub internet_facing: bool,
    /// Its zones.
    pub zones: Vec<LoadBalancerZone>,
    /// The instances it sends traffic to without a listener: those of a Classic Load Balancer and those of a world file.
    pub targets: Vec<InstanceId>,
    /// The zones whose addresses a client in the region gets (B6).
    pub client_routing: ClientRouting,
    /// Its listeners, in the order of creation.
    #[serde(default)]
    pub listeners: Vec<Listener>,
    /// What no answer depends on.
    #[serde(default)]
    pub options: Options,
}

/// What the API keeps of a load balancer beside its names and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Options {
    /// When it was made, in milliseconds since the epoch; 0 if nobody knows.
    pub created: u64,
    /// Its security groups.
    pub groups: Vec<SecurityGroupId>,
    /// `IpAddressType`.
    pub address_type: BalancerAddressType,
    /// The attributes that were set.
    pub attributes: Attributes,
    /// `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`, if it was set.
    pub private_link_rules: Option<bool>,
    /// `EnablePrefixForIpv6SourceNat`.
    pub source_nat_ipv6: bool,
    /// The listeners of a Classic Load Balancer.
    pub classic_listeners: Vec<Document>,
    /// The health check of a Classic Load Balancer.
    pub classic_health_check: Option<Document>,
    /// The policies of a Classic Load Balancer.
    pub classic_policies: ClassicPolicies,
}

/// The policies of a Classic Load Balancer, and what they are enabled for. They change no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ClassicPolicies {
    /// The policies, in the order of creation.
    pub all: Vec<Document>,
    /// The names of a listener's policies, by its port.
    pub of_listeners: BTreeMap<String, Vec<String>>,
    /// The names of the policies towards the instances, by the port there.
    pub of_backends: BTreeMap<String, Vec<String>>,
}

impl ClassicPolicies {
    /// The policy of a name.
    pub fn find(&self, name: &str) -> Option<&Document> {
        self.all.iter().find(|it| it.text_of("PolicyName") == Some(name))
    }
}

/// `IpAddressType` of a load balancer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BalancerAddressType {
    /// IPv4 addresses.
    #[default]
    Ipv4,
    /// IPv4 and IPv6 addresses.
    Dualstack,
    /// Public IPv6 addresses and private IPv4 addresses.
    DualstackWithoutPublicIpv4,
}

impl BalancerAddressType {
    /// Every type, with AWS's word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("ipv4", Self::Ipv4),
        ("dualstack", Self::Dualstack),
        ("dualstack-without-public-ipv4", Self::DualstackWithoutPublicIpv4),
    ];

    /// AWS's word.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl LoadBalancer {
    /// What stands in its ARN behind `loadbalancer/`, and in those of its listeners behind `listener/`: its kind, its name
    /// and 16 digits. Those of a Network Load Balancer are in its DNS name, too. A Classic Load Balancer has its name
    /// only.
    pub fn path(&self) -> String {
        let label = self.shown_name.split('.').next().unwrap_or_default();
        let digits = match self.kind {
            LoadBalancerKind::Network => label.rsplit('-').next().unwrap_or_default().to_owned(),
            LoadBalancerKind::Classic => return self.label.to_string(),
            _ => ListenerId::from_seed(derived_seed(&format!("balancer/{}", self.dns_name)))
                .to_string(),
        };
        format!("{}/{}/{digits}", self.kind.short(), self.label)
    }

    /// Its ARN.
    pub fn arn(&self, world: &World) -> String {
        let (region, owner) = self.home(world);
        let (partition, path) = (catalog::partition_of(region), self.path());
        format!("arn:{partition}:elasticloadbalancing:{region}:{owner}:loadbalancer/{path}")
    }

    /// The region and the account of its VPC.
    pub fn home<'w>(&self, world: &'w World) -> (&'static str, &'w str) {
        world.vpcs.get(&self.vpc).map_or(("", ""), |vpc| (vpc.region, &*vpc.owner))
    }

    /// The id of its network interface in a zone.
    pub fn interface(&self, zone: &str) -> NetworkInterfaceId {
        let of = format_args!("{}/{zone}", self.dns_name);
        NetworkInterfaceId::from_seed(seed_of("balancer-interface", of))
    }

    /// The private addresses of its network interfaces. Nobody knows those of an internet-facing one of a world file.
    pub fn private_addresses(
        &self,
    ) -> impl Iterator<Item = (&LoadBalancerZone, Ipv4Addr, NetworkInterfaceId)> {
        self.zones.iter().filter_map(|zone| {
            let address = zone.private_address(self.internet_facing)?;
            Some((zone, address, self.interface(&zone.zone)))
        })
    }

    /// An attribute that was set.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.options.attributes.get(key).map(String::as_str)
    }

    /// Whether it sends traffic to targets in other zones, as far as a target group does not say otherwise (B7).
    pub fn is_cross_zone(&self) -> bool {
        match self.attribute(CROSS_ZONE) {
            Some(set) => set == "true",
            None => self.kind == LoadBalancerKind::Application,
        }
    }

    /// The listener of an id.
    pub fn listener(&self, id: ListenerId) -> Option<&Listener> {
        self.listeners.iter().find(|it| it.id == id)
    }

    /// The target groups to which its listeners and their rules forward, each once.
    pub fn forwards_to(&self) -> Vec<TargetGroupId> {
        let mut groups = Vec::new();
        for group in self.listeners.iter().flat_map(Listener::forwards_to) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }
}

/// A zone of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancerZone {
    /// The zone's name.
    pub zone: Arc<str>,
    /// The address its name answers there: public if internet-facing.
    pub address: Ipv4Addr,
    /// Whether its targets there would be healthy (B5): the switch of a world file.
    pub healthy: bool,
    /// Whether a target group of its listeners has no healthy target for this zone (B5). It follows from the groups.
    #[serde(default)]
    pub failing: bool,
    /// The subnet of its network interface, if it was made from one.
    #[serde(default)]
    pub subnet: Option<SubnetId>,
    /// The private address of its network interface, if that is known and not the address above.
    #[serde(default)]
    pub private: Option<Ipv4Addr>,
    /// The IPv6 address its name answers.
    #[serde(default)]
    pub ipv6: Option<Ipv6Addr>,
    /// The elastic address that its owner gave it.
    #[serde(default)]
    pub allocation: Option<AllocationId>,
    /// Whether its owner chose the private address or the IPv6 address.
    #[serde(default)]
    pub chosen: bool,
}

impl LoadBalancerZone {
    /// A zone with an address, of which nothing else is known.
    pub fn new(zone: Arc<str>, address: Ipv4Addr, healthy: bool) -> Self {
        let (failing, subnet, private, ipv6, allocation) = (false, None, None, None, None);
        let chosen = false;
        Self { zone, address, healthy, failing, subnet, private, ipv6, allocation, chosen }
    }

    /// Whether its address belongs in an answer (B5).
    pub fn is_usable(&self) -> bool {
        self.healthy && !self.failing
    }

    /// The private address of its network interface.
    pub fn private_address(&self, internet_facing: bool) -> Option<Ipv4Addr> {
        self.private.or(Some(self.address).filter(|_| !internet_facing))
    }

    /// The subnet of its network interface: the one it was made from, else the one with its address, else the first in
    /// its zone.
    pub fn subnet_of<'w>(
        &self,
        world: &'w World,
        balancer: &LoadBalancer,
    ) -> Option<&'w Arc<Subnet>> {
        if let Some(subnet) = self.subnet.and_then(|id| world.subnets.get(&id)) {
            return Some(subnet);
        }
        let address = self.private_address(balancer.internet_facing);
        let holds = |it: &&Arc<Subnet>| address.is_some_and(|address| it.cidr.contains(address));
        let mut here = world.subnets_of(balancer.vpc).filter(|it| it.zone == self.zone);
        world.subnets_of(balancer.vpc).find(holds).or_else(|| here.next())
    }
}

/// The kind of a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LoadBalancerKind {
    /// A Network Load Balancer.
    Network,
    /// An Application Load Balancer.
    Application,
    /// A Classic Load Balancer.
    Classic,
    /// A Gateway Load Balancer, which has no DNS name.
    Gateway,
}

impl LoadBalancerKind {
    /// Every kind, with AWS's word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("network", Self::Network),
        ("application", Self::Application),
        ("classic", Self::Classic),
        ("gateway", Self::Gateway),
    ];

    /// AWS's word.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Whether there is a DNS name.
    pub fn has_name(self) -> bool {
        self != Self::Gateway
    }

    /// AWS's word in ARNs.
    fn short(self) -> &'static str {
        match self {
            Self::Network => "net",
            Self::Application => "app",
            Self::Classic => "",
            Self::Gateway => "gwy",
        }
    }
}

/// The client routing policy of a Network Load Balancer (B6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum ClientRouting {
    /// Every zone's address.
    #[default]
    AnyAvailabilityZone,
    /// The address of the client's zone while it is healthy.
    AvailabilityZoneAffinity,
    /// The address of the client's zone for 85 of 100 clients, every address for the others.
    PartialAvailabilityZoneAffinity,
}

impl ClientRouting {
    /// Every policy, with AWS's word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("any_availability_zone", Self::AnyAvailabilityZone),
        ("availability_zone_affinity", Self::AvailabilityZoneAffinity),
        ("partial_availability_zone_affinity", Self::PartialAvailabilityZoneAffinity),
    ];

    /// AWS's word.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, policy)| *policy == self).map_or("", |(word, _)| word)
    }
}

//! Load balancers, known by their DNS names.
//!
//! Knows the addresses of each zone and what the balancer sends traffic to. Names are looked up in
//! `resolve/load_balancer.rs`.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    change::Touched,
    id::{InstanceId, VpcId},
    name::Name,
    refusal::Refusal,
    world::{Tags, World},
};

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancer {
    /// Its name.
    pub label: Arc<str>,
    /// Its tags.
    pub tags: Tags,
    /// Its DNS name, lower-case.
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
    /// The instances it sends traffic to.
    pub targets: Vec<InstanceId>,
    /// The zones whose addresses a client in the region gets (B6).
    pub client_routing: ClientRouting,
}

impl LoadBalancer {
    /// Its ARN: the name and the digits of its DNS name (`NAME-DIGITS.elb.REGION.…`).
    pub fn arn(&self, world: &World) -> String {
        let (region, owner) =
            world.vpcs.get(&self.vpc).map_or(("", ""), |vpc| (vpc.region, &*vpc.owner));
        let kind = match self.kind {
            LoadBalancerKind::Network => "net/",
            LoadBalancerKind::Application => "app/",
            LoadBalancerKind::Classic => "",
        };
        let label = self.shown_name.split('.').next().unwrap_or_default();
        let digits = label.rsplit('-').next().unwrap_or_default();
        let partition = crate::catalog::partition_of(region);
        format!(
            "arn:{partition}:elasticloadbalancing:{region}:{owner}:loadbalancer/{kind}{}/{digits}",
            self.label
        )
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
}

/// A zone of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancerZone {
    /// The zone's name.
    pub zone: Arc<str>,
    /// The address its name answers there: public if internet-facing.
    pub address: Ipv4Addr,
    /// Whether its targets there are healthy (B5).
    pub healthy: bool,
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

/// `CreateLoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateLoadBalancer {
    /// The load balancer.
    pub load_balancer: LoadBalancer,
}

impl CreateLoadBalancer {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let balancer = &self.load_balancer;
        let vpc = Arc::clone(world.vpc(balancer.vpc)?);
        if world.load_balancers.contains_key(&balancer.dns_name) {
            return Err(Refusal::new(
                "DuplicateLoadBalancerName",
                format!(
                    "A load balancer with the DNS name '{}' already exists",
                    balancer.shown_name
                ),
                "B1",
            ));
        }
        for zone in &balancer.zones {
            if !balancer.internet_facing && !vpc.contains(zone.address) {
                return Err(Refusal::value(
                    format!(
                        "Address {} does not fall within the ranges of {}",
                        zone.address, vpc.id
                    ),
                    "B4",
                ));
            }
        }
        for target in &balancer.targets {
            if !world.instances.contains_key(target) {
                return Err(Refusal::new(
                    "InvalidTarget",
                    format!(
                        "The following targets are not in a running state and cannot be registered: '{target}'"
                    ),
                    "B5",
                ));
            }
        }
        world.load_balancers.insert(balancer.dns_name.clone(), Arc::new(balancer.clone()));
        Ok(Touched::nothing())
    }
}

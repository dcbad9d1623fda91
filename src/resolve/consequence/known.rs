//! What rules look up across VPCs, made once for a World: who has an EKS cluster, an inbound endpoint, a transit gateway in
//! common, and which of AWS's names lie below a name.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv4Addr,
    rc::Rc,
    sync::Arc,
};

use super::names;
use crate::{
    catalog::{self, CatalogDate, Region},
    model::{
        endpoint::{Endpoint, ServiceRef},
        id::{EndpointServiceId, ResolverRuleId, VpcId},
        managed_resource::ManagedKind,
        name::Name,
        resolver_endpoint::InboundEndpoint,
        resolver_rule::RuleKind,
        route::RouteTarget,
        service::{AwsService, aws_service},
        world::World,
    },
};

/// The names of endpoints with private DNS that a transit gateway leads to, each with the VPC of its endpoint.
type HubNames = BTreeMap<String, (Name, VpcId)>;

/// Public names, each with its pattern.
type Hosts = Rc<[(Name, &'static str)]>;

/// The names that AWS has in one region.
#[derive(Default, Debug)]
pub(super) struct RegionNames {
    /// The services that have a private name at this name.
    pub(super) services: HashMap<Name, Vec<Arc<AwsService>>>,
    /// Private names that lie below this name.
    pub(super) below: HashMap<Name, Vec<Name>>,
}

/// What is looked up across VPCs.
#[derive(Default)]
pub(super) struct Known {
    /// The VPCs with an EKS cluster.
    pub(super) clusters: HashSet<VpcId>,
    /// The VPCs with an egress-only internet gateway.
    pub(super) egress_only: HashSet<VpcId>,
    /// The inbound Resolver endpoints of each VPC.
    pub(super) inbound: HashMap<VpcId, Vec<Arc<InboundEndpoint>>>,
    /// The FORWARD rules that ask an address.
    pub(super) forwarded_to: HashMap<Ipv4Addr, Vec<ResolverRuleId>>,
    /// The endpoints of each customer's endpoint service.
    pub(super) consumers: HashMap<EndpointServiceId, Vec<Arc<Endpoint>>>,
    /// The regions of the World.
    pub(super) regions: Vec<&'static str>,
    hubs: OnceCell<HashMap<Arc<str>, HubNames>>,
    interfaces: OnceCell<HashSet<Ipv4Addr>>,
    names: RefCell<HashMap<&'static str, Rc<RegionNames>>>,
    hosts: RefCell<HashMap<Name, Hosts>>,
}

impl Known {
    pub(super) fn of(world: &World) -> Self {
        let mut known = Self::default();
        for resource in world.managed_resources.values() {
            if resource.kind == ManagedKind::EksCluster {
                known.clusters.insert(resource.vpc);
            }
        }
        known.egress_only = world.egress_only_gateways.values().map(|it| it.vpc).collect();
        for endpoint in world.inbound_endpoints.values() {
            known.inbound.entry(endpoint.vpc).or_default().push(Arc::clone(endpoint));
        }
        for rule in world.resolver_rules.values().filter(|it| it.kind == RuleKind::Forward) {
            for target in &rule.targets {
                if let std::net::IpAddr::V4(address) = target.ip() {
                    known.forwarded_to.entry(address).or_default().push(rule.id);
                }
            }
        }
        for endpoint in world.endpoints.values() {
            if let ServiceRef::Customer { id, .. } = endpoint.service {
                known.consumers.entry(id).or_default().push(Arc::clone(endpoint));
            }
        }
        known.regions = world.vpcs.values().map(|vpc| vpc.region).collect();
        known.regions.sort_unstable();
        known.regions.dedup();
        known
    }

    /// Whether an endpoint of the World has this address.
    pub(super) fn is_interface(&self, world: &World, address: Ipv4Addr) -> bool {
        let all = self.interfaces.get_or_init(|| {
            let endpoints = world.endpoints.values();
            endpoints.flat_map(|it| it.interfaces.iter().filter_map(|it| it.v4)).collect()
        });
        all.contains(&address)
    }

    /// The names of endpoints in VPCs with a route to this transit gateway.
    pub(super) fn behind(&self, world: &World, gateway: &str) -> Option<&HubNames> {
        let hubs = self.hubs.get_or_init(|| {
            let mut hubs: HashMap<Arc<str>, HubNames> = HashMap::new();
            for vpc in world.vpcs.values().filter(|vpc| vpc.both_attributes()) {
                let names: Vec<(String, Name)> = regional_names(world, vpc.id).collect();
                for gateway in transit_gateways(world, vpc.id).filter(|_| !names.is_empty()) {
                    let hub = hubs.entry(gateway).or_default();
                    for (text, name) in &names {
                        hub.entry(text.clone()).or_insert_with(|| (name.clone(), vpc.id));
                    }
                }
            }
            hubs
        });
        hubs.get(gateway)
    }

    /// The private names of a region's services.
    pub(super) fn names(&self, region: &'static Region) -> Rc<RegionNames> {
        let mut names = self.names.borrow_mut();
        Rc::clone(names.entry(region.name).or_insert_with(|| Rc::new(names_of(region))))
    }

    /// The public names that AWS is known to have below a name, with their patterns.
    pub(super) fn hosts_below(&self, region: &'static Region, zone: &Name) -> Hosts {
        let mut hosts = self.hosts.borrow_mut();
        let below = || {
            let known = catalog::public_hosts(region, CatalogDate::Newest).iter();
            known
                .filter(|host| host.known)
                .filter_map(|host| {
                    let (text, wildcard) = match host.host.strip_prefix("*.") {
                        Some(rest) => (rest, true),
                        None => (host.host.as_str(), false),
                    };
                    let name = Name::parse(text).ok()?;
                    let within = name.as_ref().is_within(zone.as_ref()) && name != *zone;
                    let asked = if wildcard { name.prepend(names::ANY_LABEL)? } else { name };
                    within.then_some((asked, host.host.as_str()))
                })
                .collect()
        };
        Rc::clone(hosts.entry(zone.clone()).or_insert_with(below))
    }
}

/// The first private name of each endpoint of a VPC that captures one.
pub(super) fn regional_names(
    world: &World,
    vpc: VpcId,
) -> impl Iterator<Item = (String, Name)> + use<'_> {
    let capturing = world.endpoints_of(vpc).filter(|it| names::captures(it) && !it.inbound_only);
    capturing.filter_map(|endpoint| {
        let name = endpoint.private_names.first()?;
        Some((name.text.to_string(), names::covered(name)?))
    })
}

/// The transit gateways that a VPC's tables lead to.
pub(super) fn transit_gateways(
    world: &World,
    vpc: VpcId,
) -> impl Iterator<Item = Arc<str>> + use<'_> {
    let tables = world.members(vpc).route_tables.iter();
    let mut seen: Vec<Arc<str>> = Vec::new();
    tables.filter_map(|id| world.route_tables.get(id)).flat_map(|table| &table.routes).filter_map(
        move |route| match &route.target {
            RouteTarget::Other(id) if id.starts_with("tgw-") && !seen.contains(id) => {
                seen.push(Arc::clone(id));
                Some(Arc::clone(id))
            }
            _ => None,
        },
    )
}

/// Services whose names make good examples.
const WELL_KNOWN: [&str; 6] = ["sts", "ec2", "s3", "sqs", "kms", "logs"];

fn names_of(region: &'static Region) -> RegionNames {
    let mut names = RegionNames::default();
    let mut services: Vec<_> = catalog::services(region, CatalogDate::Newest).iter().collect();
    services.sort_by_key(|service| {
        WELL_KNOWN.iter().position(|it| *it == service.suffix).unwrap_or(WELL_KNOWN.len())
    });
    let found = services
        .into_iter()
        .filter_map(|service| aws_service(region.name, CatalogDate::Newest, &service.name));
    for service in found {
        for private in &service.private_names {
            names.services.entry(private.zone.clone()).or_default().push(Arc::clone(&service));
            let Some(asked) = names::covered(private) else { continue };
            for above in private.zone.as_ref().suffixes().skip(1) {
                names.below.entry(above.to_name()).or_default().push(asked.clone());
            }
        }
    }
    names
}

//! Which way traffic to an answer's address goes: the local route, a prefix-list route, the internet gateway, or
//! nowhere.
//!
//! Follows route tables as the chapter draws them. It opens no connection and knows no security groups.

use std::net::Ipv4Addr;

use ipnetwork::IpNetwork;

use super::question::Asker;
use crate::{
    catalog,
    model::{
        endpoint::{Endpoint, EndpointKind, ServiceRef},
        endpoint_rules::prefix_list_id,
        id::{EndpointId, InstanceId, InternetGatewayId, PeeringId, RouteTableId, VpcId},
        load_balancer::LoadBalancer,
        name::Name,
        route::RouteTarget,
        route_table::RouteTable,
        world::World,
    },
};

/// The way to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// What kind of way it is.
    pub kind: PathKind,
    /// The hops, the asker first.
    pub hops: Vec<Hop>,
}

/// The kind of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Inside AWS's network, through an interface endpoint or between hosts of a VPC.
    Private,
    /// Over the internet.
    Public,
    /// By the route of a gateway endpoint.
    Gateway,
    /// No route leads there.
    Nowhere,
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The instance that asked.
    Instance(InstanceId),
    /// A host of the VPC that is not known more closely.
    Host(VpcId),
    /// A host outside every VPC.
    InternetHost,
    /// A host on premises, over a private connection.
    OnPremises,
    /// The virtual router, with the route that decided: a destination, and its table's name.
    Router {
        /// The destination of the route.
        route: String,
        /// The route table.
        table: RouteTableId,
    },
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// A NAT gateway.
    NatGateway(String),
    /// A peering connection.
    Peering(PeeringId),
    /// The internet.
    Internet,
    /// A gateway endpoint.
    GatewayEndpoint(EndpointId),
    /// The network interface of an interface endpoint.
    EndpointInterface(EndpointId, Ipv4Addr),
    /// AWS PrivateLink, between an endpoint and an endpoint service.
    PrivateLink,
    /// A load balancer.
    LoadBalancer(Name),
    /// The targets of a load balancer.
    Targets(Vec<InstanceId>),
    /// An instance at the end of the way.
    Destination(InstanceId),
    /// A service of AWS's, by its short name.
    Service(String),
    /// An address nobody in the World holds, and the VPC whose range it is of.
    Address(Ipv4Addr, Option<VpcId>),
    /// The end of a way that leads nowhere, and why.
    NoRoute(Lost),
}

/// Why a way leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// No route of the table matches.
    NoRoute(RouteTableId),
    /// The internet gateway needs a public address, which the instance has not.
    NoPublicAddress(InstanceId),
    /// The route's target exists no more, or is of a kind that is not followed.
    Target(String),
    /// A private address asked from outside.
    PrivateAddress,
    /// The asker's subnet is not known and its VPC has no route table.
    NoTable,
}

/// The way from a place to an address that stands for `service`, if it is known what it stands for.
pub fn find(world: &World, asker: Asker, address: Ipv4Addr, service: Option<&str>) -> Path {
    let mut walk = Walk { world, address, service, hops: Vec::new() };
    let kind = match asker {
        Asker::Internet => {
            walk.hops.push(Hop::InternetHost);
            walk.inbound()
        }
        Asker::Inbound(vpc, _) => {
            walk.hops.push(Hop::OnPremises);
            if world.vpcs.get(&vpc).is_some_and(|vpc| vpc.contains(address)) {
                walk.local(vpc)
            } else if address.is_private() {
                walk.lost(Lost::PrivateAddress)
            } else {
                walk.over_internet()
            }
        }
        Asker::Instance(vpc, _, id) => {
            walk.hops.push(Hop::Instance(id));
            walk.route(vpc, asker)
        }
        Asker::Vpc(vpc) | Asker::Subnet(vpc, _) => {
            walk.hops.push(Hop::Host(vpc));
            walk.route(vpc, asker)
        }
    };
    Path { kind, hops: walk.hops }
}

struct Walk<'w> {
    world: &'w World,
    address: Ipv4Addr,
    service: Option<&'w str>,
    hops: Vec<Hop>,
}

enum Decision<'w> {
    Local,
    Gateway(&'w Endpoint, String),
    Target(RouteTarget, IpNetwork),
}

impl<'w> Walk<'w> {
    fn lost(&mut self, why: Lost) -> PathKind {
        self.hops.push(Hop::NoRoute(why));
        PathKind::Nowhere
    }

    fn route(&mut self, vpc: VpcId, asker: Asker) -> PathKind {
        let subnet = asker.subnet().and_then(|subnet| self.world.subnets.get(&subnet));
        let table = match subnet {
            Some(subnet) => self.world.route_table_of(subnet),
            None => self
                .world
                .vpcs
                .get(&vpc)
                .and_then(|vpc| self.world.route_tables.get(&vpc.main_route_table)),
        };
        let Some(table) = table else { return self.lost(Lost::NoTable) };
        match self.decide(vpc, table) {
            None => self.lost(Lost::NoRoute(table.id)),
            Some(Decision::Local) => {
                self.hops.push(Hop::Router { route: "local".to_owned(), table: table.id });
                self.local(vpc)
            }
            Some(Decision::Gateway(endpoint, prefix_list)) => {
                self.hops.push(Hop::Router { route: prefix_list, table: table.id });
                self.hops.push(Hop::GatewayEndpoint(endpoint.id));
                let short = endpoint
                    .service
                    .aws()
                    .map_or_else(|| endpoint.service.name(), |aws| aws.short());
                self.hops.push(Hop::Service(short.to_owned()));
                PathKind::Gateway
            }
            Some(Decision::Target(target, destination)) => {
                self.hops.push(Hop::Router { route: destination.to_string(), table: table.id });
                self.target(vpc, asker, target)
            }
        }
    }

    /// The most specific route; a prefix list counts with the entry that matches (spec §7).
    fn decide(&self, vpc: VpcId, table: &RouteTable) -> Option<Decision<'w>> {
        let world: &'w World = self.world;
        let found = world.vpcs.get(&vpc)?;
        if found.contains(self.address) {
            return Some(Decision::Local);
        }
        let gateway = world.endpoints_of(vpc).find_map(|endpoint| {
            let associated =
                endpoint.kind == EndpointKind::Gateway && endpoint.route_tables.contains(&table.id);
            let length = self.prefix_list_match(endpoint).filter(|_| associated)?;
            Some((length, endpoint, prefix_list_id(world, endpoint)?))
        });
        let route = table
            .routes
            .iter()
            .filter(|route| route.destination.contains(self.address.into()))
            .max_by_key(|route| route.destination.prefix());
        match (gateway, route) {
            (Some((length, ..)), Some(route)) if route.destination.prefix() > length => {
                Some(Decision::Target(route.target.clone(), route.destination))
            }
            (Some((_, endpoint, id)), _) => Some(Decision::Gateway(endpoint, id)),
            (None, Some(route)) => Some(Decision::Target(route.target.clone(), route.destination)),
            (None, None) => None,
        }
    }

    /// Whether a gateway endpoint's prefix list holds the address: by its published ranges, or because the answer
    /// stands for its service (a synthetic address).
    fn prefix_list_match(&self, endpoint: &Endpoint) -> Option<u8> {
        let aws = endpoint.service.aws()?;
        let list = catalog::prefix_list(aws.region, aws.short());
        let published =
            list.into_iter().flat_map(|list| &list.cidrs).filter_map(|range| match range {
                IpNetwork::V4(range) if range.contains(self.address) => Some(range.prefix()),
                _ => None,
            });
        let by_service = (self.service == Some(aws.short())).then_some(32);
        published.chain(by_service).max()
    }

    fn target(&mut self, vpc: VpcId, asker: Asker, target: RouteTarget) -> PathKind {
        match target {
            RouteTarget::InternetGateway(gateway) => {
                if self.world.members(vpc).internet_gateway != Some(gateway) {
                    return self.lost(Lost::Target(gateway.to_string()));
                }
                if let Asker::Instance(_, _, id) = asker {
                    let public =
                        self.world.instances.get(&id).and_then(|instance| instance.public_address);
                    if public.is_none() {
                        return self.lost(Lost::NoPublicAddress(id));
                    }
                }
                self.hops.push(Hop::InternetGateway(gateway));
                self.over_internet()
            }
            RouteTarget::NatGateway(id) => {
                self.hops.push(Hop::NatGateway(id.to_string()));
                self.over_internet()
            }
            RouteTarget::Peering(id) => match self.world.peerings.get(&id) {
                Some(peering) if peering.is_active() => {
                    let other = peering.other(vpc);
                    self.hops.push(Hop::Peering(id));
                    if self.world.vpcs.get(&other).is_some_and(|vpc| vpc.contains(self.address)) {
                        self.local(other)
                    } else {
                        self.lost(Lost::Target(id.to_string()))
                    }
                }
                _ => self.lost(Lost::Target(id.to_string())),
            },
            RouteTarget::Other(id) => self.lost(Lost::Target(id.to_string())),
        }
    }

    fn inbound(&mut self) -> PathKind {
        if self.address.is_private() {
            self.lost(Lost::PrivateAddress)
        } else {
            self.over_internet()
        }
    }

    fn over_internet(&mut self) -> PathKind {
        self.hops.push(Hop::Internet);
        let facing = self.world.load_balancers.values().find(|balancer| {
            balancer.internet_facing
                && balancer.zones.iter().any(|zone| zone.address == self.address)
        });
        if let Some(balancer) = facing {
            self.hops.extend(
                self.world.members(balancer.vpc).internet_gateway.map(Hop::InternetGateway),
            );
            self.balancer(balancer);
        } else if let Some(id) = self.world.public_addresses.get(&self.address) {
            let vpc = self.world.instances.get(id).map(|instance| instance.vpc);
            self.hops.extend(
                vpc.and_then(|vpc| self.world.members(vpc).internet_gateway)
                    .map(Hop::InternetGateway),
            );
            self.hops.push(Hop::Destination(*id));
        } else {
            self.hops.push(match self.service {
                Some(service) => Hop::Service(service.to_owned()),
                None => Hop::Address(self.address, None),
            });
        }
        PathKind::Public
    }

    fn balancer(&mut self, balancer: &LoadBalancer) {
        self.hops.push(Hop::LoadBalancer(balancer.dns_name.clone()));
        if !balancer.targets.is_empty() {
            self.hops.push(Hop::Targets(balancer.targets.clone()));
        }
    }

    /// What stands at an address of a VPC.
    fn local(&mut self, vpc: VpcId) -> PathKind {
        let world = self.world;
        let endpoint = world.endpoints_of(vpc).find(|endpoint| {
            endpoint.interfaces.iter().any(|interface| interface.v4 == Some(self.address))
        });
        if let Some(endpoint) = endpoint {
            self.hops.push(Hop::EndpointInterface(endpoint.id, self.address));
            match &endpoint.service {
                ServiceRef::Aws(aws) => self.hops.push(Hop::Service(aws.short().to_owned())),
                ServiceRef::Customer { id, .. } => {
                    self.hops.push(Hop::PrivateLink);
                    let balancer = world
                        .endpoint_services
                        .get(id)
                        .and_then(|service| service.load_balancers.first())
                        .and_then(|name| world.load_balancers.get(name));
                    if let Some(balancer) = balancer {
                        self.balancer(balancer);
                    }
                }
            }
        } else if let Some(instance) = world.private_addresses.get(&(vpc, self.address)) {
            self.hops.push(Hop::Destination(*instance));
        } else {
            let internal = world.load_balancers.values().find(|balancer| {
                balancer.vpc == vpc
                    && balancer.zones.iter().any(|zone| zone.address == self.address)
            });
            match internal {
                Some(balancer) => self.balancer(balancer),
                None => self.hops.push(Hop::Address(self.address, Some(vpc))),
            }
        }
        PathKind::Private
    }
}

impl PathKind {
    /// One word, as the table and the JSON have it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Gateway => "gateway",
            Self::Nowhere => "nowhere",
        }
    }
}

impl Path {
    /// The hops in words, the asker first.
    pub fn words(&self, world: &World) -> Vec<String> {
        self.hops.iter().map(|hop| hop.words(world)).collect()
    }
}

impl Hop {
    /// The hop in words.
    pub fn words(&self, world: &World) -> String {
        let instance = |id: &InstanceId| {
            world.instances.get(id).map_or_else(|| id.to_string(), |it| it.label())
        };
        match self {
            Self::Instance(id) | Self::Destination(id) => instance(id),
            Self::Host(id) => {
                format!(
                    "a host in {}",
                    world.vpcs.get(id).map_or_else(|| id.to_string(), |it| it.label())
                )
            }
            Self::InternetHost => "a host on the internet".to_owned(),
            Self::OnPremises => "a host on premises".to_owned(),
            Self::Router { route, table } => {
                format!("router ({route} in {})", table_label(world, *table))
            }
            Self::InternetGateway(id) => format!(
                "internet gateway {}",
                world.internet_gateways.get(id).map_or_else(|| id.to_string(), |it| it.label())
            ),
            Self::NatGateway(id) => format!("NAT gateway {id}"),
            Self::Peering(id) => format!("peering connection {id}"),
            Self::Internet => "internet".to_owned(),
            Self::GatewayEndpoint(id) => format!("gateway endpoint {id}"),
            Self::EndpointInterface(id, address) => format!("interface endpoint {id} ({address})"),
            Self::PrivateLink => "PrivateLink".to_owned(),
            Self::LoadBalancer(name) => {
                let label = world
                    .load_balancers
                    .get(name)
                    .map_or_else(|| name.to_string(), |it| it.label.to_string());
                let serves = world
                    .endpoint_services
                    .values()
                    .any(|service| service.load_balancers.contains(name));
                format!("load balancer {label}{}", if serves { " (endpoint service)" } else { "" })
            }
            Self::Targets(targets) => targets.iter().map(instance).collect::<Vec<_>>().join(" or "),
            Self::Service(short) => format!("service {short}"),
            Self::Address(address, _) => address.to_string(),
            Self::NoRoute(Lost::NoRoute(table)) => {
                format!("router: no route in {} (nowhere)", table_label(world, *table))
            }
            Self::NoRoute(why) => format!("nowhere: {}", why.words(world)),
        }
    }
}

fn table_label(world: &World, id: RouteTableId) -> String {
    world.route_tables.get(&id).map_or_else(|| id.to_string(), |table| table.label())
}

impl Lost {
    fn words(&self, world: &World) -> String {
        match self {
            Self::NoRoute(table) => format!("no route in {}", table_label(world, *table)),
            Self::NoPublicAddress(id) => format!(
                "{} has no public address",
                world.instances.get(id).map_or_else(|| id.to_string(), |it| it.label())
            ),
            Self::Target(target) => format!("the route's target {target} leads no further"),
            Self::PrivateAddress => "a private address cannot be reached from there".to_owned(),
            Self::NoTable => "the VPC has no route table".to_owned(),
        }
    }
}

//! `GET /api/world`: the World as JSON, as a whole or limited.
//!
//! Shows the resources and their connections. `explain` shows answers and the way of the traffic.

use std::{collections::HashMap, sync::Arc};

use serde::Serialize;

use crate::{
    model::{
        endpoint::{Endpoint, EndpointKind, EndpointState, ServiceRef},
        endpoint_rules::prefix_list_id,
        id::EndpointServiceId,
        instance::Instance,
        peering::Peering,
        route_table::RouteTable,
        subnet::Subnet,
        vpc::Vpc,
        world::World,
    },
    resolve::question::Asker,
};

/// The most resources if the request gives no limit.
pub(super) const DEFAULT_LIMIT: usize = 10_000;

#[derive(Debug, Serialize, PartialEq)]
pub(super) struct WorldJson {
    /// VPCs.
    pub(super) vpcs: Vec<VpcJson>,
    services: Vec<ServiceJson>,
    load_balancers: Vec<BalancerJson>,
    peerings: Vec<PeeringJson>,
    /// The number of all resources, and of those in this reply.
    pub(super) total: usize,
    pub(super) shown: usize,
}

#[derive(Debug, Serialize, PartialEq)]
pub(super) struct VpcJson {
    pub(super) id: String,
    name: String,
    region: &'static str,
    owner: String,
    cidrs: Vec<String>,
    ipv6_cidrs: Vec<String>,
    dns_support: bool,
    dns_hostnames: bool,
    internet_gateway: Option<Named>,
    route_tables: Vec<TableJson>,
    subnets: Vec<SubnetJson>,
    endpoints: Vec<EndpointJson>,
    zones: Vec<Named>,
    /// The number of the VPC's resources that are left out.
    omitted: usize,
}

#[derive(Debug, Serialize, PartialEq)]
struct Named {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, PartialEq)]
struct TableJson {
    id: String,
    name: String,
    main: bool,
    routes: Vec<RouteJson>,
}

#[derive(Debug, Serialize, PartialEq)]
struct RouteJson {
    destination: String,
    target: String,
}

#[derive(Debug, Serialize, PartialEq)]
struct SubnetJson {
    id: String,
    name: String,
    cidr: String,
    zone: String,
    route_table: Option<String>,
    instances: Vec<InstanceJson>,
    omitted: usize,
}

#[derive(Debug, Serialize, PartialEq)]
struct InstanceJson {
    id: String,
    name: String,
    address: Option<String>,
    ipv6: Option<String>,
    public_address: Option<String>,
}

#[derive(Debug, Serialize, PartialEq)]
struct EndpointJson {
    id: String,
    name: String,
    kind: &'static str,
    service: String,
    /// The service's short name, as in the last hop of a way; or the endpoint service's id.
    short: String,
    state: &'static str,
    private_dns: bool,
    /// The names that private DNS answers while it is on.
    private_names: Vec<String>,
    /// The endpoint's own names, the regional ones first.
    names: Vec<String>,
    interfaces: Vec<InterfaceJson>,
    route_tables: Vec<String>,
    prefix_list: Option<String>,
}

#[derive(Debug, Serialize, PartialEq)]
struct InterfaceJson {
    subnet: String,
    zone: String,
    v4: Option<String>,
    v6: Option<String>,
}

#[derive(Debug, Serialize, PartialEq)]
struct ServiceJson {
    id: String,
    label: String,
    name: String,
    region: &'static str,
    owner: String,
    acceptance_required: bool,
    private_name: Option<String>,
    load_balancers: Vec<String>,
    connections: Vec<ConnectionJson>,
}

#[derive(Debug, Serialize, PartialEq)]
struct ConnectionJson {
    endpoint: String,
    vpc: String,
    state: &'static str,
}

#[derive(Debug, Serialize, PartialEq)]
struct BalancerJson {
    dns_name: String,
    shown_name: String,
    label: String,
    vpc: String,
    internet_facing: bool,
    addresses: Vec<String>,
    /// The subnet or else the zone of each address.
    subnets: Vec<String>,
    targets: Vec<String>,
}

#[derive(Debug, Serialize, PartialEq)]
struct PeeringJson {
    id: String,
    vpcs: [String; 2],
    active: bool,
}

/// How many more resources may be shown.
struct Budget(usize);

impl Budget {
    fn take(&mut self) -> bool {
        let some = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        some
    }
}

/// At most `limit` resources of the World, in the order of creation. If that is not all, the resources of `focus` come
/// first.
pub(super) fn world(world: &World, focus: Asker, limit: usize) -> WorldJson {
    let total = count(world);
    let focus = if total <= limit { Asker::Internet } else { focus };
    let mut budget = Budget(limit);
    let mut ordered = world.vpcs_in_order();
    // The sort is stable: the focus comes first, the others keep their order.
    ordered.sort_by_key(|vpc| Some(vpc.id) != focus.vpc());
    let vpcs: Vec<VpcJson> =
        ordered.into_iter().map_while(|vpc| vpc_json(world, vpc, focus, &mut budget)).collect();
    let mut connections = connections(world);
    let mut services: Vec<_> = world.endpoint_services.values().collect();
    services.sort_by_key(|service| service.id);
    let services = services
        .into_iter()
        .take_while(|_| budget.take())
        .map(|service| ServiceJson {
            id: service.id.to_string(),
            label: service.tags.name().unwrap_or_default().to_owned(),
            name: service.name.to_string(),
            region: service.region,
            owner: service.owner.to_string(),
            acceptance_required: service.acceptance_required,
            private_name: service.private_name.as_ref().map(|it| it.name.zone.to_string()),
            load_balancers: service.load_balancers.iter().map(ToString::to_string).collect(),
            connections: connections.remove(&service.id).unwrap_or_default(),
        })
        .collect();
    let mut balancers: Vec<_> = world.load_balancers.values().collect();
    balancers.sort_by(|one, other| one.dns_name.cmp(&other.dns_name));
    let load_balancers = balancers
        .into_iter()
        .take_while(|_| budget.take())
        .map(|balancer| BalancerJson {
            dns_name: balancer.dns_name.to_string(),
            shown_name: balancer.shown_name.to_string(),
            label: balancer.label.to_string(),
            vpc: balancer.vpc.to_string(),
            internet_facing: balancer.internet_facing,
            addresses: balancer.zones.iter().map(|zone| zone.address.to_string()).collect(),
            subnets: balancer
                .zones
                .iter()
                .map(|zone| zone.subnet.map_or_else(|| zone.zone.to_string(), |id| id.to_string()))
                .collect(),
            targets: world.instances_behind(balancer).iter().map(ToString::to_string).collect(),
        })
        .collect();
    let mut peerings: Vec<_> = peerings_of(world).collect();
    peerings.sort_by_key(|peering| peering.id);
    let peerings = peerings
        .into_iter()
        .take_while(|_| budget.take())
        .map(|peering| PeeringJson {
            id: peering.id.to_string(),
            vpcs: [peering.requester.to_string(), peering.accepter.to_string()],
            active: peering.is_active(),
        })
        .collect();
    WorldJson { vpcs, services, load_balancers, peerings, total, shown: limit - budget.0 }
}

/// The peering connections that have not ended.
fn peerings_of(world: &World) -> impl Iterator<Item = &Arc<Peering>> {
    world.peerings.values().filter(|peering| peering.state.is_living())
}

fn count(world: &World) -> usize {
    world.vpcs.len()
        + world.subnets.len()
        + world.instances.len()
        + world.endpoints.len()
        + world.endpoint_services.len()
        + world.load_balancers.len()
        + peerings_of(world).count()
}

/// A VPC with its endpoints and its subnets. The focus's subnet and instance come first. `None` if the limit is
/// reached.
fn vpc_json(world: &World, vpc: &Vpc, focus: Asker, budget: &mut Budget) -> Option<VpcJson> {
    if !budget.take() {
        return None;
    }
    let before = budget.0;
    let members = world.members(vpc.id);
    let mut subnets: Vec<_> = world.subnets_of(vpc.id).collect();
    subnets.sort_by_key(|subnet| Some(subnet.id) != focus.subnet());
    // Two places are kept free for the focus's own subnet and instance.
    let endpoints: Vec<EndpointJson> = world
        .endpoints_of(vpc.id)
        .take_while(|_| budget.0 > 2 && budget.take())
        .map(|endpoint| endpoint_json(world, endpoint))
        .collect();
    let mut instances: HashMap<_, Vec<&Arc<Instance>>> = HashMap::new();
    for instance in world.instances_of(vpc.id) {
        instances.entry(instance.subnet).or_default().push(instance);
    }
    let subnets: Vec<SubnetJson> = subnets
        .into_iter()
        .map_while(|subnet| {
            let instances = instances.remove(&subnet.id).unwrap_or_default();
            subnet_json(world, subnet, instances, focus, budget)
        })
        .collect();
    let told = before - budget.0;
    let all = members.subnets.len() + members.instances.len() + members.endpoints.len();
    Some(VpcJson {
        id: vpc.id.to_string(),
        name: vpc.label(),
        region: vpc.region,
        owner: vpc.owner.to_string(),
        cidrs: vpc.cidrs.iter().map(ToString::to_string).collect(),
        ipv6_cidrs: vpc.ipv6_cidrs.iter().map(ToString::to_string).collect(),
        dns_support: vpc.dns_support,
        dns_hostnames: vpc.dns_hostnames,
        internet_gateway: members
            .internet_gateway
            .and_then(|id| world.internet_gateways.get(&id))
            .map(|gateway| Named { id: gateway.id.to_string(), name: gateway.label() }),
        route_tables: tables(world, vpc),
        subnets,
        endpoints,
        zones: world
            .zones_of(vpc.id)
            .map(|zone| Named { id: zone.id.to_string(), name: zone.name.to_string() })
            .collect(),
        omitted: all.saturating_sub(told),
    })
}

fn tables(world: &World, vpc: &Vpc) -> Vec<TableJson> {
    let used: Vec<_> = world.subnets_of(vpc.id).filter_map(|it| it.route_table).collect();
    let implicit = world.subnets_of(vpc.id).any(|subnet| subnet.route_table.is_none());
    world
        .members(vpc.id)
        .route_tables
        .iter()
        .filter_map(|id| world.route_tables.get(id))
        // A main table that has no name, no routes and no subnets would only fill the picture.
        .filter(|table| {
            table.id != vpc.main_route_table
                || implicit
                || used.contains(&table.id)
                || table.tags.name().is_some()
                || !table.routes.is_empty()
                || !table.list_routes.is_empty()
        })
        .map(|table| TableJson {
            id: table.id.to_string(),
            name: table.label(),
            main: table.id == vpc.main_route_table,
            routes: routes(world, vpc, table),
        })
        .collect()
}

/// The routes as the console lists them: local routes, routes that were created, and routes of gateway endpoints.
fn routes(world: &World, vpc: &Vpc, table: &RouteTable) -> Vec<RouteJson> {
    let local = vpc
        .cidrs
        .iter()
        .map(|cidr| RouteJson { destination: cidr.to_string(), target: "local".to_owned() });
    let made = table.routes.iter().map(|route| RouteJson {
        destination: route.destination.to_string(),
        target: route.target.to_string(),
    });
    let to_lists = table.list_routes.iter().map(|route| RouteJson {
        destination: route.list.to_string(),
        target: route.target.to_string(),
    });
    let gateways = world
        .endpoints_of(vpc.id)
        .filter(|endpoint| {
            endpoint.kind == EndpointKind::Gateway && endpoint.route_tables.contains(&table.id)
        })
        .filter_map(|endpoint| {
            Some(RouteJson {
                destination: prefix_list_id(world, endpoint)?,
                target: endpoint.id.to_string(),
            })
        });
    local.chain(made).chain(to_lists).chain(gateways).collect()
}

fn subnet_json(
    world: &World,
    subnet: &Subnet,
    mut all: Vec<&Arc<Instance>>,
    focus: Asker,
    budget: &mut Budget,
) -> Option<SubnetJson> {
    if !budget.take() {
        return None;
    }
    all.sort_by_key(|it| !matches!(focus, Asker::Instance(_, _, id) if id == it.id));
    let count = all.len();
    let instances: Vec<_> = all
        .into_iter()
        .take_while(|_| budget.take())
        .map(|instance| InstanceJson {
            id: instance.id.to_string(),
            name: instance.label(),
            address: instance.address.map(|address| address.to_string()),
            ipv6: instance.ipv6.map(|address| address.to_string()),
            public_address: instance.public_address.map(|address| address.to_string()),
        })
        .collect();
    Some(SubnetJson {
        id: subnet.id.to_string(),
        name: subnet.label(),
        cidr: subnet.cidr.to_string(),
        zone: subnet.zone.to_string(),
        route_table: world.route_table_of(subnet).map(|table| table.id.to_string()),
        omitted: count - instances.len(),
        instances,
    })
}

fn endpoint_json(world: &World, endpoint: &Endpoint) -> EndpointJson {
    let (kind, prefix_list) = match endpoint.kind {
        EndpointKind::Interface => ("interface", None),
        EndpointKind::Gateway => ("gateway", prefix_list_id(world, endpoint)),
    };
    let zones = endpoint.interfaces.iter().flat_map(|it| endpoint.zonal_names(&it.zone));
    let names = match endpoint.kind {
        EndpointKind::Interface => endpoint
            .regional_names()
            .into_iter()
            .chain(zones)
            .map(|name| name.to_string())
            .collect(),
        EndpointKind::Gateway => Vec::new(),
    };
    EndpointJson {
        id: endpoint.id.to_string(),
        name: endpoint.label(),
        kind,
        service: endpoint.service.name().to_owned(),
        short: match &endpoint.service {
            ServiceRef::Aws(aws) => aws.short().to_owned(),
            ServiceRef::Customer { id, .. } => id.to_string(),
        },
        state: match endpoint.state {
            EndpointState::Modifying => "modifying",
            state => state.text(),
        },
        private_dns: endpoint.private_dns,
        private_names: endpoint.private_names.iter().map(|name| name.zone.to_string()).collect(),
        names,
        interfaces: endpoint
            .interfaces
            .iter()
            .map(|interface| InterfaceJson {
                subnet: interface.subnet.to_string(),
                zone: interface.zone.to_string(),
                v4: interface.v4.map(|address| address.to_string()),
                v6: interface.v6.map(|address| address.to_string()),
            })
            .collect(),
        route_tables: endpoint.route_tables.iter().map(ToString::to_string).collect(),
        prefix_list,
    }
}

/// The endpoints of each endpoint service.
fn connections(world: &World) -> HashMap<EndpointServiceId, Vec<ConnectionJson>> {
    let mut found: HashMap<_, Vec<ConnectionJson>> = HashMap::new();
    for endpoint in world.endpoints.values() {
        if let ServiceRef::Customer { id, .. } = &endpoint.service {
            found.entry(*id).or_default().push(ConnectionJson {
                endpoint: endpoint.id.to_string(),
                vpc: endpoint.vpc.to_string(),
                state: endpoint.state.text(),
            });
        }
    }
    for list in found.values_mut() {
        list.sort_by(|one, other| one.endpoint.cmp(&other.endpoint));
    }
    found
}

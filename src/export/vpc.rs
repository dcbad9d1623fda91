//! A VPC with its gateways, route tables, subnets, instances and inbound endpoints.

use serde_json::{Map, Value};

use super::{
    endpoint,
    entry::{Part, put, put_flag, put_list, put_map, put_text},
    guest,
    names::Names,
    nat_gateway, security,
};
use crate::model::{
    id::PlacementGroupId,
    instance::{Instance, InstanceState, NameOptions, Tenancy},
    placement_group::{PlacementGroup, Strategy},
    route::RouteTarget,
    route_table::RouteTable,
    subnet::Subnet,
    vpc::Vpc,
    world::World,
};

/// A VPC.
pub(super) fn tree(world: &World, names: &Names, vpc: &Vpc) -> Value {
    let members = world.members(vpc.id);
    let mut map = Map::new();
    put(&mut map, "id", vpc.id.to_string());
    put(&mut map, "region", vpc.region);
    put(&mut map, "owner", &*vpc.owner);
    put_list(&mut map, "cidr", &vpc.cidrs);
    put_list(&mut map, "ipv6-cidr", &vpc.ipv6_cidrs);
    put(&mut map, "dns-support", vpc.dns_support);
    put(&mut map, "dns-hostnames", vpc.dns_hostnames);
    put_flag(&mut map, "default", vpc.is_default, false);
    put_flag(&mut map, "autodefined-reverse", vpc.autodefined_reverse, true);
    if let Some(options) = vpc.dhcp_options.and_then(|id| world.dhcp_options.get(&id)) {
        let mut set = Map::new();
        put(&mut set, "id", options.id.to_string());
        put_text(&mut set, "name", options.tags.name());
        put_text(&mut set, "domain-name", options.domain_name.as_ref());
        put_list(&mut set, "servers", &options.domain_name_servers);
        put_map(&mut map, "dhcp-options", set);
    }
    if let Some(gateway) = members.internet_gateway {
        let mut set = Map::new();
        put(&mut set, "id", gateway.to_string());
        put(&mut set, "name", names.of(&gateway));
        let table = world.internet_gateways.get(&gateway).and_then(|it| it.route_table);
        put_text(&mut set, "route-table", table.map(|id| names.of(&id)));
        put_map(&mut map, "internet-gateway", set);
    }
    let tables = members.route_tables.iter().filter_map(|id| world.route_tables.get(id));
    let tables = tables.map(|table| (names.of(&table.id), route_table(world, vpc, table)));
    put_map(&mut map, "route-tables", tables.collect());
    put_map(&mut map, "security-groups", security::groups(world, names, vpc));
    put_map(&mut map, "network-acls", security::acls(world, names, vpc));
    let subnets = world.subnets_of(vpc.id);
    let subnets = subnets.map(|it| (names.of(&it.id), subnet(world, names, it)));
    put_map(&mut map, "subnets", subnets.collect());
    let endpoints = world.endpoints_of(vpc.id);
    let endpoints =
        endpoints.filter_map(|it| Some((names.of(&it.id), endpoint::tree(world, vpc, names, it)?)));
    put_map(&mut map, "endpoints", endpoints.collect());
    let mut inbound: Vec<_> =
        world.inbound_endpoints.values().filter(|it| it.vpc == vpc.id).collect();
    inbound.sort_by_key(|it| it.id);
    let inbound = inbound.into_iter().map(|it| {
        let mut set = Map::new();
        put(&mut set, "id", it.id.to_string());
        put_list(&mut set, "addresses", &it.addresses);
        (names.of(&it.id), Value::Object(set))
    });
    put_map(&mut map, "inbound-endpoints", inbound.collect());
    let mut firewall = Map::new();
    put_flag(&mut firewall, "fail-open", members.firewall_fail_open, false);
    put_flag(&mut firewall, "failing", members.firewall_failing, false);
    put_map(&mut map, "firewall", firewall);
    Value::Object(map)
}

fn route_table(world: &World, vpc: &Vpc, table: &RouteTable) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", table.id.to_string());
    put_flag(&mut map, "main", table.id == vpc.main_route_table, false);
    // A route to a prefix list is written as routes to the entries of the list that no other route is to.
    let of_lists = table.list_routes.iter().flat_map(|route| {
        let ranges = route.ranges(world).map(|destination| (destination, &route.target));
        ranges.filter(|(range, _)| table.routes.iter().all(|other| other.destination != *range))
    });
    let routes =
        table.routes.iter().map(|route| (route.destination, &route.target)).chain(of_lists);
    // A file cannot contain routes to IPv6 ranges, or routes to a gateway, an endpoint or a peering connection that no
    // longer exists. It can contain routes to an instance or an interface that no longer exists: those drop packets.
    let routes = routes.filter(|(destination, target)| {
        let is_written = target.may_serve(world, vpc.id) || matches!(target, RouteTarget::Other(_));
        destination.is_ipv4() && is_written
    });
    let routes = routes
        .map(|(destination, target)| (destination.to_string(), Value::String(target.to_string())));
    put_map(&mut map, "routes", routes.collect());
    Value::Object(map)
}

fn subnet(world: &World, names: &Names, subnet: &Subnet) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", subnet.id.to_string());
    put(&mut map, "cidr", subnet.cidr.to_string());
    put(&mut map, "zone", &*subnet.zone);
    put_text(&mut map, "route-table", subnet.route_table.map(|id| names.of(&id)));
    put_text(&mut map, "network-acl", subnet.network_acl);
    put_text(&mut map, "ipv6-cidr", subnet.ipv6_cidr);
    put_flag(&mut map, "dns64", subnet.dns64, false);
    put_flag(&mut map, "ipv6-native", subnet.ipv6_native, false);
    put_flag(&mut map, "map-public-ip", subnet.map_public_ip, false);
    // The default for instances in an IPv6-only subnet (H5).
    let usual = NameOptions {
        resource_name: subnet.ipv6_native,
        resource_name_a: false,
        resource_name_aaaa: subnet.ipv6_native,
    };
    put_map(&mut map, "resource-names", resource_names(subnet.name_options, usual));
    let instances = world.instances_of(subnet.vpc).filter(|it| it.subnet == subnet.id);
    let instances =
        instances.map(|it| (names.of(&it.id), instance(world, it, subnet.name_options)));
    put_map(&mut map, "instances", instances.collect());
    put_map(&mut map, "nat-gateways", nat_gateway::of_subnet(world, names, subnet));
    Value::Object(map)
}

/// The settings for instance names that differ from `usual`.
fn resource_names(options: NameOptions, usual: NameOptions) -> Map<String, Value> {
    let mut map = Map::new();
    if options == usual {
        return map;
    }
    put(&mut map, "hostname", if options.resource_name { "resource" } else { "ip" });
    put(&mut map, "a", options.resource_name_a);
    put(&mut map, "aaaa", options.resource_name_aaaa);
    map
}

fn instance(world: &World, instance: &Instance, inherited: NameOptions) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", instance.id.to_string());
    put_text(&mut map, "address", instance.address);
    put_text(&mut map, "ipv6", instance.ipv6);
    // An elastic address names its instance.
    let is_elastic = |address| {
        let mut elastic = world.elastic_of_interface(instance.interface_id());
        elastic.any(|(it, _)| it.address == address)
    };
    let public = instance.public_address.filter(|it| !is_elastic(*it));
    put_text(&mut map, "public-address", public);
    put(&mut map, "type", &*instance.instance_type);
    put_map(&mut map, "resource-names", resource_names(instance.name_options, inherited));
    put_map(&mut map, "metadata", guest::metadata(world, instance.id));
    if instance.state == InstanceState::Stopped {
        put(&mut map, "state", "stopped");
    }
    put_map(&mut map, "placement", placement(instance));
    put_list(&mut map, "secondary-addresses", &instance.interface.secondary);
    if instance.interface.groups_stated {
        put_list(&mut map, "security-groups", &instance.interface.groups);
    }
    Value::Object(map)
}

/// The placement of an instance.
fn placement(instance: &Instance) -> Map<String, Value> {
    let mut map = Map::new();
    let placement = &instance.placement;
    put_text(&mut map, "group", placement.group);
    if let Some(partition) = placement.partition {
        put(&mut map, "partition", partition);
    }
    if placement.tenancy != Tenancy::Default {
        put(&mut map, "tenancy", placement.tenancy.text());
    }
    map
}

/// The placement groups, by id, because groups in two regions may have the same name.
impl Part for PlacementGroupId {
    fn things(world: &World, _: &Names) -> Map<String, Value> {
        let group = |it: &PlacementGroup| {
            let mut map = Map::new();
            put(&mut map, "id", it.id.to_string());
            put(&mut map, "name", &*it.name);
            put(&mut map, "region", it.region);
            put(&mut map, "owner", &*it.owner);
            put(&mut map, "strategy", it.strategy.text());
            match it.strategy {
                Strategy::Partition(count) => put(&mut map, "partitions", count),
                Strategy::SpreadHost => put(&mut map, "spread-level", "host"),
                Strategy::Cluster | Strategy::SpreadRack => {}
            }
            Value::Object(map)
        };
        let mut groups: Vec<_> = world.placement_groups.values().collect();
        groups.sort_by_key(|it| it.id);
        groups.into_iter().map(|it| (it.id.to_string(), group(it))).collect()
    }
}

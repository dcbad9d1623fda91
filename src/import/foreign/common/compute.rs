//! Instances with their addresses, and load balancers.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{
    Remark, Resource,
    found::{Entries, Found, stand_in},
    layout::Layout,
    network, value,
};
use crate::import::text::node::Node;

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::Instance",
    "AWS::EC2::EIP",
    "AWS::EC2::EIPAssociation",
    "AWS::EC2::NetworkInterface",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
];

/// The addresses of network interfaces. A description says what the interface was made for.
#[derive(Default)]
pub(super) struct Interfaces<'r> {
    by_description: HashMap<&'r str, Vec<Interface<'r>>>,
    by_id: HashMap<&'r str, Interface<'r>>,
    of_resolvers: HashMap<&'r str, Vec<Interface<'r>>>,
}

/// A network interface whose subnet is given.
#[derive(Clone, Copy)]
pub(super) struct Interface<'r> {
    /// The value that names its subnet.
    pub(super) subnet: &'r Node,
    pub(super) address: Option<Ipv4Addr>,
    pub(super) ipv6: Option<&'r str>,
    pub(super) public: Option<Ipv4Addr>,
}

impl<'r> Interfaces<'r> {
    /// Collects the network interfaces of the files.
    pub(super) fn of(found: &mut Found<'r>) -> Self {
        let mut interfaces = Self::default();
        for resource in found.of("AWS::EC2::NetworkInterface") {
            let Some(subnet) = resource.properties.get("SubnetId") else { continue };
            let address = address(found, resource, "PrivateIpAddress");
            let ipv6 = found.list(resource, "Ipv6Addresses").first().and_then(|first| {
                first.text().or_else(|| first.get("Ipv6Address").and_then(Node::text))
            });
            let public = address_of(resource.properties.get("PublicIp"));
            let interface = Interface { subnet, address, ipv6, public };
            if let Some(description) = found.text(resource, "Description") {
                if let Some(rest) = description.strip_prefix("Route 53 Resolver: ") {
                    let endpoint = rest.split(':').next().unwrap_or(rest);
                    interfaces.of_resolvers.entry(endpoint).or_default().push(interface);
                }
                interfaces.by_description.entry(description).or_default().push(interface);
            }
            interfaces.by_id.insert(&resource.id, interface);
        }
        interfaces
    }

    /// The interfaces of an inbound Resolver endpoint. Their descriptions begin with its id.
    pub(super) fn of_resolver(&self, endpoint: &str) -> &[Interface<'r>] {
        self.of_resolvers.get(endpoint).map_or(&[], Vec::as_slice)
    }

    /// The interfaces with a description.
    pub(super) fn described(&self, description: &str) -> &[Interface<'r>] {
        self.by_description.get(description).map_or(&[], Vec::as_slice)
    }

    /// The interface with an id.
    pub(super) fn by_id(&self, id: &str) -> Option<Interface<'r>> {
        self.by_id.get(id).copied()
    }
}

fn address_of(node: Option<&Node>) -> Option<Ipv4Addr> {
    node.filter(|node| value::is_unknown(node).is_none())?.text()?.parse().ok()
}

fn address<'r>(found: &mut Found<'r>, resource: &'r Resource, key: &str) -> Option<Ipv4Addr> {
    found.read(resource, key)
}

/// Reads the elastic addresses, by the id of the instance or network interface that has them.
fn elastic(found: &mut Found<'_>, layout: &mut Layout) -> HashMap<String, Ipv4Addr> {
    let mut addresses = HashMap::new();
    let mut by_allocation = HashMap::new();
    for eip in found.of("AWS::EC2::EIP") {
        let Some(public) = address(found, eip, "PublicIp") else { continue };
        layout.take_public(public);
        by_allocation.insert(eip.id.as_str(), public);
        if let Some(allocation) = found.text(eip, "AllocationId") {
            by_allocation.insert(allocation, public);
        }
        for holder in ["InstanceId", "NetworkInterfaceId"] {
            if let Some(id) = found.text(eip, holder).filter(|id| !id.is_empty()) {
                addresses.insert(id.to_owned(), public);
            }
        }
    }
    for association in found.of("AWS::EC2::EIPAssociation") {
        let public = found
            .text(association, "AllocationId")
            .and_then(|id| by_allocation.get(id).copied())
            .or_else(|| address(found, association, "EIP"))
            .or_else(|| address(found, association, "PublicIp"));
        for holder in ["InstanceId", "NetworkInterfaceId"] {
            if let (Some(id), Some(public)) = (found.text(association, holder), public) {
                addresses.insert(id.to_owned(), public);
            }
        }
    }
    addresses
}

/// Adds the instances to the layout.
pub(super) fn instances<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
) {
    let elastic = elastic(found, layout);
    let mut rest = Vec::new();
    for resource in found.of("AWS::EC2::Instance") {
        let state = found.text(resource, "State").unwrap_or("running");
        if !matches!(state, "running" | "pending" | "stopped" | "stopping") {
            found.leave(resource, &format!("its state is {state}"));
            continue;
        }
        let Some(mut location) = Location::of(found, layout, interfaces, resource) else {
            found.skip(resource, "no subnet was found for it");
            continue;
        };
        if let Some(address) = location.address {
            location.address = layout.claim(found, location.subnet, address, resource);
        }
        if let Some(public) = location.public {
            layout.take_public(public);
        }
        rest.push((resource, location));
    }
    for (resource, location) in rest {
        instance(found, layout, &elastic, resource, &location);
    }
}

/// The subnet of an instance, and what its file gives of its addresses.
struct Location<'r> {
    subnet: usize,
    address: Option<Ipv4Addr>,
    public: Option<Ipv4Addr>,
    /// `AssociatePublicIpAddress`.
    wants_public: Option<bool>,
    interface: Option<&'r str>,
    ipv6: Option<&'r Node>,
}

impl<'r> Location<'r> {
    fn of(
        found: &mut Found<'r>,
        layout: &mut Layout,
        interfaces: &Interfaces<'r>,
        resource: &'r Resource,
    ) -> Option<Self> {
        let listed = resource.properties.get("NetworkInterfaces").map_or(&[][..], Node::items);
        let is_first = |node: &&Node| {
            node.get("DeviceIndex").and_then(Node::text).is_none_or(|index| index == "0")
        };
        let first = listed.iter().find(is_first);
        let within = |key: &str| first.and_then(|first| first.get(key));
        let interface = within("NetworkInterfaceId").and_then(Node::text);
        let held = interface.and_then(|id| interfaces.by_id(id));
        let node = resource.properties.get("SubnetId").or_else(|| within("SubnetId"));
        let subnet = match node.or(held.map(|held| held.subnet)) {
            Some(node) => {
                let vpc = match resource.properties.get("VpcId") {
                    Some(vpc) => layout.vpc(found, vpc),
                    None => None,
                };
                subnet_of(found, layout, node, vpc)?
            }
            None => {
                let vpc = layout.default_vpc(found, resource.pos)?;
                let node = value::unknown(resource.pos, "the default subnet");
                layout.subnet(found, &node, vpc)?
            }
        };
        let stated = found
            .get(resource, "PrivateIpAddress")
            .or_else(|| within("PrivateIpAddress"))
            .and_then(|node| address_of(Some(node)));
        let wants = found
            .text(resource, "AssociatePublicIpAddress")
            .or_else(|| within("AssociatePublicIpAddress").and_then(Node::text));
        let ipv6 = resource.properties.get("Ipv6Addresses").or_else(|| within("Ipv6Addresses"));
        let ipv6 = ipv6.and_then(|list| list.items().first());
        Some(Self {
            subnet,
            address: stated.or(held.and_then(|held| held.address)),
            public: address_of(resource.properties.get("PublicIp"))
                .or(held.and_then(|held| held.public)),
            wants_public: wants.and_then(super::found::flag),
            interface,
            ipv6: ipv6.map(|first| first.get("Ipv6Address").unwrap_or(first)),
        })
    }
}

/// Finds the subnet that a value names. If the file does not define it, makes a placeholder in the given VPC, else in
/// the only VPC, else in a placeholder VPC.
pub(super) fn subnet_of(
    found: &mut Found<'_>,
    layout: &mut Layout,
    node: &Node,
    vpc: Option<usize>,
) -> Option<usize> {
    if let Some(known) = node.text().and_then(|id| layout.known_subnet(id)) {
        return Some(known);
    }
    let vpc = match vpc {
        Some(vpc) => vpc,
        None => only_vpc(found, layout, node)?,
    };
    layout.subnet(found, node, vpc)
}

/// The VPC for a subnet that is not in the file: the only VPC, else a placeholder.
fn only_vpc(found: &mut Found<'_>, layout: &mut Layout, subnet: &Node) -> Option<usize> {
    if layout.vpcs.len() == 1 {
        return Some(0);
    }
    let named =
        value::unknown(subnet.pos, format!("the VPC of {}", subnet.text().unwrap_or_default()));
    layout.vpc(found, &named)
}

fn instance<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    elastic: &HashMap<String, Ipv4Addr>,
    resource: &'r Resource,
    location: &Location<'r>,
) -> Option<()> {
    let pos = resource.pos;
    let mut fields = Entries::default();
    fields.text("id", pos, resource.id.clone());
    if matches!(found.text(resource, "State"), Some("stopped" | "stopping")) {
        fields.text("state", pos, "stopped");
    }
    let address = match location.address {
        Some(address) => address,
        None => {
            let Some(address) = layout.free(location.subnet) else {
                found.skip(resource, "its subnet has no free address");
                return None;
            };
            let message = stand_in(&[address.to_string()], "private address", resource);
            found.note(pos, Remark::Assumed, message);
            address
        }
    };
    fields.text("address", pos, address.to_string());
    layout.tell(resource, "PrivateIp", address);
    let held = elastic
        .get(&resource.id)
        .or_else(|| location.interface.and_then(|interface| elastic.get(interface)));
    let subnet_gives = layout.subnets.get(location.subnet).is_some_and(|subnet| subnet.public);
    let public = match location.public.or(held.copied()) {
        None if location.wants_public.unwrap_or(subnet_gives) => {
            let public = layout.free_public();
            match public {
                Some(public) => {
                    let message = stand_in(&[public.to_string()], "public address", resource);
                    found.note(pos, Remark::Assumed, message);
                }
                None => found.skip(resource, "no placeholder is left for its public address"),
            }
            public
        }
        known => known,
    };
    if let Some(public) = public {
        fields.text("public-address", pos, public.to_string());
        layout.tell(resource, "PublicIp", public);
    }
    fields.copy("ipv6", location.ipv6);
    fields.copy("type", found.get(resource, "InstanceType"));
    let options = resource.properties.get("PrivateDnsNameOptions");
    fields.map("resource-names", pos, network::name_options(options));
    let plan = layout.subnets.get_mut(location.subnet)?;
    plan.instances.put_at(found.called(resource), pos, fields.into_node(pos));
    Some(())
}

/// Reads the load balancers. If the file does not give their addresses, free ones are used as placeholders.
pub(super) fn load_balancers<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
) -> Entries {
    let targets = targets(found, layout);
    let mut entries = Entries::default();
    for kind in
        ["AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"]
    {
        for resource in found.of(kind) {
            let targets = targets.get(resource.id.as_str()).cloned().unwrap_or_default();
            if let Some(fields) = balancer(found, layout, interfaces, resource, targets) {
                entries.put_at(balancer_name(found, resource), resource.pos, fields);
            }
        }
    }
    entries
}

fn balancer_name<'r>(found: &mut Found<'r>, resource: &'r Resource) -> &'r str {
    let named = found.text(resource, "Name").or_else(|| found.text(resource, "LoadBalancerName"));
    named.unwrap_or(&resource.name)
}

fn balancer<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    resource: &'r Resource,
    targets: Vec<Node>,
) -> Option<Node> {
    let pos = resource.pos;
    let classic = resource.kind == "AWS::ElasticLoadBalancing::LoadBalancer";
    let kind =
        if classic { "classic" } else { found.text(resource, "Type").unwrap_or("application") };
    if !matches!(kind, "classic" | "application" | "network") {
        found.skip(resource, &format!("load balancers of type {kind} have no DNS name"));
        return None;
    }
    let internal = found.text(resource, "Scheme") == Some("internal");
    let mut listed: Vec<(Node, Option<Ipv4Addr>)> = Vec::new();
    for mapping in found.list(resource, "SubnetMappings") {
        if let Some(subnet) = mapping.get("SubnetId") {
            listed.push((subnet.clone(), address_of(mapping.get("PrivateIPv4Address"))));
        }
    }
    let vpc = match resource.properties.get("VpcId") {
        Some(node) => Some(layout.vpc(found, node)?),
        None => None,
    };
    if let Some(node) = resource.properties.get("Subnets") {
        let known = super::found::items(node).iter().filter_map(Node::text);
        let known = known.filter_map(|id| layout.known_subnet(id)).next();
        let within = known.and_then(|index| layout.subnets.get(index)).map(|plan| plan.vpc);
        let vpc = match vpc.or(within) {
            Some(vpc) => vpc,
            None => only_vpc(found, layout, node)?,
        };
        for index in layout.subnets(found, node, vpc) {
            let id = layout.subnets.get(index)?.id.clone();
            listed.push((value::text(node.pos, id), None));
        }
    }
    let label = balancer_name(found, resource);
    let held: Vec<Interface<'_>> = described(interfaces, &resource.id, kind, label);
    let mut zones = Entries::default();
    let mut vpc = vpc;
    let mut supposed = Vec::new();
    for (subnet, stated) in listed {
        let Some(index) = subnet_of(found, layout, &subnet, vpc) else { continue };
        let (id, zone) = {
            let plan = layout.subnets.get(index)?;
            vpc.get_or_insert(plan.vpc);
            (plan.id.clone(), plan.zone.clone())
        };
        let told = held.iter().find(|interface| interface.subnet.text() == Some(id.as_str()));
        let told = told.and_then(|it| if internal { it.address } else { it.public });
        let address = match told.or(stated.filter(|_| internal)) {
            Some(address) => address,
            None => {
                let made = if internal { layout.free(index) } else { layout.free_public() };
                let Some(made) = made else {
                    found.skip(resource, &format!("no address is left for it in {zone}"));
                    continue;
                };
                supposed.push(made.to_string());
                made
            }
        };
        zones.text(&zone, subnet.pos, address.to_string());
    }
    let Some(vpc) = vpc else {
        found.skip(resource, "it names no subnet");
        return None;
    };
    if !supposed.is_empty() {
        let message = stand_in(&supposed, "addresses", resource);
        found.note(pos, Remark::Assumed, message);
    }
    let mut fields = Entries::default();
    fields.copy("dns-name", found.get(resource, "DNSName"));
    fields.text("type", pos, kind);
    fields.text("scheme", pos, if internal { "internal" } else { "internet-facing" });
    fields.text("vpc", pos, layout.vpcs.get(vpc)?.id.clone());
    fields.map("zones", pos, zones);
    fields.list("targets", pos, targets);
    Some(fields.into_node(pos))
}

/// The network interfaces of a load balancer, found by its ARN or its name.
fn described<'r>(
    interfaces: &Interfaces<'r>,
    id: &str,
    kind: &str,
    label: &str,
) -> Vec<Interface<'r>> {
    let description = match id.split_once(":loadbalancer/") {
        Some((_, path)) if kind != "classic" => format!("ELB {path}"),
        _ => format!("ELB {label}"),
    };
    interfaces.described(&description).to_vec()
}

/// The instances behind each load balancer, by the load balancer's id.
fn targets(found: &mut Found<'_>, layout: &Layout) -> HashMap<String, Vec<Node>> {
    let mut of_group = HashMap::<&str, Vec<Node>>::new();
    let is_instance = |id: &str| layout.holds_instance(id);
    for group in found.of("AWS::ElasticLoadBalancingV2::TargetGroup") {
        for target in found.list(group, "Targets") {
            let Some(id) = target.get("Id") else { continue };
            if id.text().is_some_and(is_instance) {
                of_group.entry(&group.id).or_default().push(id.clone());
            } else {
                let message = format!(
                    "the target {} of {}: no instance of the file",
                    id.describe(),
                    group.label()
                );
                found.note(id.pos, Remark::Skipped, message);
            }
        }
    }
    let mut of_balancer = HashMap::<String, Vec<Node>>::new();
    for listener in found.of("AWS::ElasticLoadBalancingV2::Listener") {
        let Some(balancer) = found.text(listener, "LoadBalancerArn") else { continue };
        for action in found.list(listener, "DefaultActions") {
            let forward = action.get("ForwardConfig").and_then(|it| it.get("TargetGroups"));
            let forward = forward.map_or(&[][..], Node::items);
            let groups = forward.iter().filter_map(|group| group.get("TargetGroupArn"));
            for group in groups.chain(action.get("TargetGroupArn")) {
                let instances = group.text().and_then(|id| of_group.get(id));
                let list = of_balancer.entry(balancer.to_owned()).or_default();
                for instance in instances.into_iter().flatten() {
                    if !list.iter().any(|known| known.text() == instance.text()) {
                        list.push(instance.clone());
                    }
                }
            }
        }
    }
    for balancer in found.of("AWS::ElasticLoadBalancing::LoadBalancer") {
        for instance in found.list(balancer, "Instances") {
            if instance.text().is_some_and(is_instance) {
                of_balancer.entry(balancer.id.clone()).or_default().push(instance.clone());
            }
        }
    }
    of_balancer
}

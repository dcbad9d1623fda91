//! VPCs, subnets, gateways and DHCP options.

use std::collections::{HashMap, HashSet};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    Remark, Resource,
    found::{Entries, Found, flag, items},
    layout::{Layout, SubnetPlan, VpcPlan, region_of_service, region_of_zone},
    value,
};
use crate::{
    catalog::{self, Region},
    import::text::{
        node::{Node, Pos},
        scalar::Scalar,
    },
};

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::VPC",
    "AWS::EC2::VPCCidrBlock",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetCidrBlock",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::DHCPOptions",
    "AWS::EC2::VPCDHCPOptionsAssociation",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::Route53Resolver::ResolverConfig",
];

/// Adds the VPCs and their subnets.
pub(super) fn lay_out(found: &mut Found<'_>, layout: &mut Layout) {
    let mut more = HashMap::<&str, Vec<&Node>>::new();
    let mut ipv6 = HashMap::<&str, &Resource>::new();
    for block in found.of("AWS::EC2::VPCCidrBlock") {
        // Ranges of VPCs that are not in the file are added later.
        let Some(vpc) = block.properties.get("VpcId").and_then(Node::text) else { continue };
        match found.get(block, "CidrBlock") {
            Some(cidr) => more.entry(vpc).or_default().push(cidr),
            None => {
                ipv6.insert(vpc, block);
            }
        }
    }
    let regions = regions(found);
    for resource in found.of("AWS::EC2::VPC") {
        let mut cidrs: Vec<&Node> = match resource.properties.get("CidrBlocks") {
            Some(_) => found.list(resource, "CidrBlocks"),
            None => found.get(resource, "CidrBlock").into_iter().collect(),
        };
        cidrs.extend(more.get(resource.id.as_str()).into_iter().flatten());
        let region = regions.get(resource.id.as_str()).copied();
        let ipv6 =
            ipv6_of_vpc(found, layout, [Some(resource), ipv6.get(resource.id.as_str()).copied()]);
        vpc(found, layout, resource, &cidrs, (region, ipv6));
    }
    // A resource that names no VPC goes into the only one. So all VPCs must be known first, also those that the file
    // only names.
    for (kind, key) in [
        ("AWS::EC2::Subnet", "VpcId"),
        ("AWS::EC2::VPCEndpoint", "VpcId"),
        ("AWS::EC2::RouteTable", "VpcId"),
        ("AWS::EC2::VPCGatewayAttachment", "VpcId"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "VpcId"),
    ] {
        for resource in found.of(kind) {
            if let Some(node) = resource.properties.get(key) {
                layout.vpc(found, node);
            }
        }
    }
    more_ranges(found, layout);
    // Subnets with a given range come before those whose range has to be chosen.
    let (stated, others): (Vec<_>, Vec<_>) =
        found.of("AWS::EC2::Subnet").into_iter().partition(|it| stated_range(it).is_some());
    let mut beside = HashMap::new();
    for block in found.of("AWS::EC2::SubnetCidrBlock") {
        let Some(subnet) = found.text(block, "SubnetId") else { continue };
        if found.by_id(subnet).is_none_or(|it| it.kind != "AWS::EC2::Subnet") {
            found.skip(block, "its subnet is not in the file");
        }
        beside.insert(subnet, block);
    }
    for resource in stated.into_iter().chain(others) {
        subnet(found, layout, resource, beside.get(resource.id.as_str()).copied());
    }
}

/// Adds the ranges of VPCs that the file only names.
fn more_ranges(found: &mut Found<'_>, layout: &mut Layout) {
    for block in found.of("AWS::EC2::VPCCidrBlock") {
        let Some(node) = block.properties.get("VpcId") else {
            found.skip(block, "it names no VPC");
            continue;
        };
        let is_here = |id: &str| found.by_id(id).is_some_and(|it| it.kind == "AWS::EC2::VPC");
        if value::is_unknown(node).is_none() && node.text().is_some_and(is_here) {
            continue;
        }
        let Some(vpc) = layout.vpc(found, node) else { continue };
        match block.properties.get("CidrBlock").and_then(Node::text).map(Ipv4Network::read) {
            Some(Ok(range)) if layout.add_range(vpc, range) => {}
            _ => found.skip(block, "its VPC is not in the file"),
        }
    }
}

/// The IPv6 range that a VPC, or a resource that adds one to it, gives. A placeholder if Amazon is to choose it.
fn ipv6_of_vpc<'r>(
    found: &mut Found<'r>,
    layout: &Layout,
    tellers: [Option<&'r Resource>; 2],
) -> Option<Ipv6Network> {
    for resource in tellers.into_iter().flatten() {
        for key in ["Ipv6CidrBlocks", "Ipv6CidrBlock"] {
            let listed = resource.properties.get(key).map_or(&[][..], items).iter();
            let mut known = listed.filter(|it| value::is_unknown(it).is_none());
            let range = known.find_map(|it| Ipv6Network::read(it.text()?).ok());
            if range.is_some() {
                return range;
            }
        }
        if found.flag(resource, "AmazonProvidedIpv6CidrBlock") == Some(true) {
            let range = layout.free_ipv6_of_vpc()?;
            let message = format!(
                "{range} is used as a placeholder for the IPv6 range of {}",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
            return Some(range);
        }
    }
    None
}

/// The IPv6 range of a subnet. A placeholder if the file does not give it.
fn ipv6_of_subnet<'r>(
    found: &mut Found<'r>,
    layout: &Layout,
    (resource, beside): (&'r Resource, Option<&'r Resource>),
    vpc: usize,
) -> Option<Ipv6Network> {
    let own = resource.properties.get("Ipv6CidrBlock");
    let node = own.or_else(|| beside?.properties.get("Ipv6CidrBlock"));
    if let Some(node) = node.filter(|node| value::is_unknown(node).is_none())
        && let Some(range) = node.text().and_then(|text| Ipv6Network::read(text).ok())
    {
        return Some(range);
    }
    let wants = node.is_some()
        || found.flag(resource, "AssignIpv6AddressOnCreation") == Some(true)
        || found.flag(resource, "Ipv6Native") == Some(true);
    let range = layout.free_ipv6(vpc).filter(|_| wants)?;
    let message =
        format!("{range} is used as a placeholder for the IPv6 range of {}", resource.label());
    found.note(resource.pos, Remark::Assumed, message);
    Some(range)
}

fn stated_range(subnet: &Resource) -> Option<Ipv4Network> {
    Ipv4Network::read(subnet.properties.get("CidrBlock")?.text()?).ok()
}

/// The region of each VPC, where the zones of its subnets or the services of its endpoints show it.
fn regions<'r>(found: &Found<'r>) -> HashMap<&'r str, &'static Region> {
    let mut regions = HashMap::new();
    let text = |resource: &'r Resource, key: &str| {
        let node = resource.properties.get(key).filter(|node| value::is_unknown(node).is_none());
        node.and_then(Node::text)
    };
    for subnet in found.of("AWS::EC2::Subnet") {
        let region = text(subnet, "AvailabilityZone").and_then(region_of_zone);
        if let (Some(vpc), Some(region)) = (text(subnet, "VpcId"), region) {
            regions.entry(vpc).or_insert(region);
        }
    }
    for endpoint in found.of("AWS::EC2::VPCEndpoint") {
        let region = text(endpoint, "ServiceName").and_then(region_of_service);
        let own = text(endpoint, "ServiceRegion").is_none();
        if let (Some(vpc), Some(region), true) = (text(endpoint, "VpcId"), region, own) {
            regions.entry(vpc).or_insert(region);
        }
    }
    regions
}

fn vpc<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    resource: &'r Resource,
    stated: &[&Node],
    (shown_region, ipv6): (Option<&'static Region>, Option<Ipv6Network>),
) -> Option<()> {
    let pos = resource.pos;
    let named = found.text(resource, "Region").and_then(catalog::region);
    let region = named.or(shown_region).unwrap_or(found.region_at(pos));
    let mut fields = Entries::default();
    let read = |node: &&Node| node.text().and_then(|text| Ipv4Network::read(text).ok());
    let mut cidrs: Vec<Ipv4Network> = stated.iter().filter_map(read).collect();
    let shown: Vec<Node> = stated.iter().copied().cloned().collect();
    let supposed = cidrs.is_empty();
    if supposed {
        let range = match layout.stated_range(&resource.id) {
            Some(range) => range,
            None => layout.unused_vpc_range()?,
        };
        let message =
            format!("{} gives no range; {range} is used as a placeholder", resource.label());
        found.note(pos, Remark::Assumed, message);
        cidrs.push(range);
    } else {
        fields.list("cidr", pos, shown);
    }
    if let Some(range) = ipv6 {
        fields.text("ipv6-cidr", pos, range.to_string());
    }
    fields.copy("owner", found.get(resource, "OwnerId"));
    for (property, key) in [
        ("IsDefault", "default"),
        ("EnableDnsSupport", "dns-support"),
        ("EnableDnsHostnames", "dns-hostnames"),
    ] {
        if let Some(node) = found.get(resource, property)
            && let Some(on) = node.text().and_then(flag)
        {
            fields.text(key, node.pos, on.to_string());
        }
    }
    layout.add_vpc(VpcPlan {
        id: resource.id.clone(),
        name: found.called(resource).to_owned(),
        pos,
        region,
        cidrs,
        subnets: Vec::new(),
        ipv6,
        supposed,
        gateway: None,
        fields,
        tables: Entries::default(),
        security_groups: Entries::default(),
        network_acls: Entries::default(),
        endpoints: Entries::default(),
        inbound: Entries::default(),
    });
    Some(())
}

fn subnet<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    resource: &'r Resource,
    beside: Option<&'r Resource>,
) -> Option<()> {
    let pos = resource.pos;
    let Some(vpc_node) = resource.properties.get("VpcId") else {
        found.skip(resource, "it names no VPC");
        return None;
    };
    let vpc = layout.vpc(found, vpc_node)?;
    let mut fields = Entries::default();
    let cidr_node = found.get(resource, "CidrBlock");
    let stated = cidr_node.and_then(Node::text).and_then(|text| Ipv4Network::read(text).ok());
    let cidr = match (cidr_node, stated) {
        (Some(node), Some(cidr)) => {
            layout.make_room(vpc, cidr);
            fields.put("cidr", node.clone());
            cidr
        }
        (Some(node), None) => {
            let message =
                format!("{}: expected an IPv4 range, found {}", resource.label(), node.describe());
            found.note(node.pos, Remark::Skipped, message);
            return None;
        }
        (None, _) => {
            let Some(cidr) = layout.free_range(vpc) else {
                found.skip(resource, "it gives no IPv4 range, and its VPC has no free one");
                return None;
            };
            let message = format!(
                "{} gives no IPv4 range; {cidr} is used as a placeholder",
                resource.label()
            );
            found.note(pos, Remark::Assumed, message);
            fields.text("cidr", pos, cidr.to_string());
            cidr
        }
    };
    let region = layout.vpcs.get(vpc)?.region;
    let by_id = found.text(resource, "AvailabilityZoneId").and_then(|id| {
        region.zones.iter().find(|zone| zone.id == id).map(|zone| zone.name.to_owned())
    });
    let written = resource.properties.get("AvailabilityZone");
    let untold = written.and_then(value::is_unknown);
    let named = written
        .filter(|_| untold.is_none())
        .filter(|node| node.text().is_some_and(|zone| !zone.is_empty()));
    let stated = named.and_then(Node::text).or(by_id.as_deref());
    let zone = match stated.filter(|zone| region.has_zone(zone)) {
        Some(zone) => zone.to_owned(),
        None => {
            let told = layout.stated_zone(&resource.id).filter(|zone| region.has_zone(zone));
            let zone = match (told, untold) {
                (Some(told), _) => told.to_owned(),
                (None, Some(expression)) => layout.zone_of_expression(vpc, expression)?,
                (None, None) => layout.next_zone(vpc, &[])?,
            };
            let message = match stated {
                _ if untold.is_some() => format!(
                    "{}: the file does not give its zone, {}; {zone} is used as a placeholder",
                    resource.label(),
                    untold.unwrap_or_default()
                ),
                Some(stated) => format!(
                    "{}: vpcdns does not know the zone {stated}; {zone} is used as a placeholder",
                    resource.label()
                ),
                None => {
                    format!("{} names no zone; {zone} is used as a placeholder", resource.label())
                }
            };
            found.note(pos, Remark::Assumed, message);
            zone
        }
    };
    fields.text("zone", named.map_or(pos, |node| node.pos), zone.clone());
    let ipv6 = ipv6_of_subnet(found, layout, (resource, beside), vpc);
    if let Some(range) = ipv6 {
        fields.text("ipv6-cidr", pos, range.to_string());
    }
    let mut public = false;
    for (property, key) in [
        ("MapPublicIpOnLaunch", "map-public-ip"),
        ("EnableDns64", "dns64"),
        ("Ipv6Native", "ipv6-native"),
    ] {
        if let Some(node) = found.get(resource, property)
            && let Some(on) = node.text().and_then(flag)
        {
            public |= on && key == "map-public-ip";
            fields.text(key, node.pos, on.to_string());
        }
    }
    let options = resource.properties.get("PrivateDnsNameOptionsOnLaunch");
    fields.map("resource-names", pos, name_options(options));
    layout.add_subnet(SubnetPlan {
        id: resource.id.clone(),
        name: found.called(resource).to_owned(),
        pos,
        vpc,
        cidr,
        ipv6,
        zone,
        public,
        fields,
        instances: Entries::default(),
        nat_gateways: Entries::default(),
    });
    Some(())
}

/// `PrivateDnsNameOptions` in the form of a world file.
pub(super) fn name_options(options: Option<&Node>) -> Entries {
    let mut names = Entries::default();
    let Some(options) = options else { return names };
    if let Some(node) = options.get("HostnameType") {
        match node.text() {
            Some("ip-name") => names.text("hostname", node.pos, "ip"),
            Some("resource-name") => names.text("hostname", node.pos, "resource"),
            _ => {}
        }
    }
    for (property, key) in
        [("EnableResourceNameDnsARecord", "a"), ("EnableResourceNameDnsAAAARecord", "aaaa")]
    {
        if let Some(node) = options.get(property)
            && let Some(on) = node.text().and_then(flag)
        {
            names.text(key, node.pos, on.to_string());
        }
    }
    names
}

/// Adds gateways, DHCP options and the Resolver settings of each VPC.
pub(super) fn fill(found: &mut Found<'_>, layout: &mut Layout) {
    gateways(found, layout);
    dhcp_options(found, layout);
    for config in found.of("AWS::Route53Resolver::ResolverConfig") {
        let off = found
            .text(config, "AutodefinedReverseFlag")
            .or_else(|| found.text(config, "AutodefinedReverse"))
            .is_some_and(|text| text.starts_with("DISABL"));
        let vpc = config.properties.get("ResourceId").and_then(|node| layout.named_vpc(node));
        match vpc.and_then(|vpc| layout.vpcs.get_mut(vpc)) {
            Some(plan) if off => plan.fields.text("autodefined-reverse", config.pos, "false"),
            None if off => found.skip(config, "its VPC is not in the file"),
            _ => {}
        }
    }
}

fn gateways(found: &mut Found<'_>, layout: &mut Layout) {
    for attachment in found.of("AWS::EC2::VPCGatewayAttachment") {
        let Some(id) = found.text(attachment, "InternetGatewayId") else { continue };
        let Some(vpc_node) = attachment.properties.get("VpcId") else { continue };
        let Some(vpc) = layout.vpc(found, vpc_node) else { continue };
        let Some(plan) = layout.vpcs.get_mut(vpc) else { continue };
        if plan.gateway.is_some() {
            found.skip(attachment, "its VPC has an internet gateway already");
            continue;
        }
        attach(found, plan, id, attachment.pos);
    }
}

/// Attaches an internet gateway to a VPC.
pub(super) fn attach(found: &Found<'_>, plan: &mut VpcPlan, id: &str, otherwise: Pos) {
    let gateway = found.by_id(id);
    let pos = gateway.map_or(otherwise, |gateway| gateway.pos);
    let mut fields = Entries::default();
    fields.text("id", pos, id);
    fields.text("name", pos, gateway.map_or(id, |it| found.called(it)));
    plan.fields.put("internet-gateway", fields.into_node(pos));
    plan.gateway = Some(id.to_owned());
}

fn dhcp_options(found: &mut Found<'_>, layout: &mut Layout) {
    let mut used = HashSet::new();
    for association in found.of("AWS::EC2::VPCDHCPOptionsAssociation") {
        let Some(id) = found.text(association, "DhcpOptionsId") else {
            found.skip(association, "the file does not give its DHCP options");
            continue;
        };
        let vpc = association.properties.get("VpcId").and_then(|node| layout.named_vpc(node));
        let Some(options) = found.by_id(id).filter(|it| it.kind == "AWS::EC2::DHCPOptions") else {
            if id != "default" {
                let message = format!(
                    "{}: {id} is not in the file; its VPC gets the default DHCP options, with AmazonProvidedDNS",
                    association.label()
                );
                found.note(association.pos, Remark::Assumed, message);
            }
            continue;
        };
        let Some(plan) = vpc.and_then(|vpc| layout.vpcs.get_mut(vpc)) else {
            found.skip(association, "its VPC is not in the file");
            continue;
        };
        let mut fields = Entries::default();
        // If several VPCs share a set, each of them repeats it, but only the first one gives its id.
        if used.insert(id) {
            fields.text("id", options.pos, id);
        }
        fields.text("name", options.pos, found.called(options));
        fields.copy("domain-name", found.get(options, "DomainName"));
        let servers = found.list(options, "DomainNameServers");
        fields.list("servers", options.pos, servers.into_iter().cloned().collect());
        plan.fields.put("dhcp-options", fields.into_node(options.pos));
    }
}

/// The region of the zones in the files, if they name any.
pub(super) fn region_of(resources: &[Resource]) -> Option<&'static Region> {
    let subnets = resources.iter().filter(|resource| resource.kind == "AWS::EC2::Subnet");
    subnets
        .filter_map(|subnet| subnet.properties.get("AvailabilityZone"))
        .filter(|zone| value::is_unknown(zone).is_none())
        .find_map(|zone| region_of_zone(zone.text()?))
}

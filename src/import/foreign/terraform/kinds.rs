//! Converts Terraform's resources to CloudFormation's types: by the tables where they suffice, by code where they
//! do not.

use super::{
    Raw,
    tables::{GROUP_RULE, ROUTE, TABLES, kind_of, usual},
};
use crate::{
    catalog,
    import::{
        foreign::common::{Entries, Resource, balancer_dns_name, made_id, value},
        text::node::Node,
    },
};

/// The use of a route table by a gateway. Terraform has one type for that and for the use by a subnet.
const GATEWAY_TABLE: &str = "AWS::EC2::GatewayRouteTableAssociation";

/// The id by which other resources refer to a resource.
pub(super) fn id_of(raw: &Raw<'_>) -> String {
    let key = match usual(raw.kind) {
        "aws_lb" | "aws_lb_target_group" => "arn",
        "aws_elb" => "name",
        "aws_route53_zone" => "zone_id",
        _ => "id",
    };
    let stated = raw.values.get(key).or_else(|| raw.values.get("id")).and_then(Node::text);
    let stated = stated.filter(|id| !id.is_empty());
    stated.map_or_else(
        || made_id(kind_of(raw.kind), &format!("terraform/{}", raw.address)),
        str::to_owned,
    )
}

/// The value of an attribute, if it is set. Terraform writes an empty text for an attribute that is not set.
fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.get(key).filter(|value| value.text() != Some(""))
}

/// The first block with a name.
fn block<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.get(key).map(|block| block.items().first().unwrap_or(block))
}

/// Copies attributes under other names.
fn copy(fields: &mut Entries, node: &Node, keys: &[(&str, &str)]) {
    for (theirs, ours) in keys {
        fields.copy(ours, get(node, theirs));
    }
}

/// A list of blocks with its attributes renamed.
fn blocks(node: &Node, key: &str, keys: &[(&str, &str)]) -> Vec<Node> {
    let items = node.get(key).map_or(&[][..], Node::items).iter();
    items
        .map(|item| {
            let mut fields = Entries::default();
            copy(&mut fields, item, keys);
            fields.into_node(item.pos)
        })
        .collect()
}

/// Adds a resource in the form that `common` reads.
pub(super) fn take(raw: &Raw<'_>, region: &str, resources: &mut Vec<Resource>) {
    let kind = usual(raw.kind);
    let values = &raw.values;
    let table = TABLES.iter().find(|(theirs, ..)| *theirs == kind);
    let mut fields = Entries::default();
    copy(&mut fields, values, table.map_or(&[], |(_, _, keys)| keys));
    more(kind, raw, region, &mut fields);
    let tags = values.get("tags").or_else(|| values.get("tags_all")).map_or(&[][..], Node::entries);
    let tags = tags.iter().map(|(key, value)| {
        let pair = [("Key", value::text(key.pos, key.text.clone())), ("Value", value.clone())];
        value::map(key.pos, pair)
    });
    fields.list("Tags", raw.pos, tags.collect());
    // Other data sources only helped to find values that the file contains anyway.
    if raw.data && table.is_none() {
        return;
    }
    let id = id_of(raw);
    let made = |kind: &str, fields: Entries| Resource {
        kind: kind.to_owned(),
        id: id.clone(),
        name: raw.address.clone(),
        pos: raw.pos,
        data: raw.data,
        properties: fields.into_node(raw.pos),
    };
    let mut beside = Vec::new();
    let mut refer = |kind: &str, ours: &str, of: &str, other: Option<&Node>| {
        if let Some(other) = other {
            let mut fields = Entries::default();
            fields.text(ours, raw.pos, id.clone());
            fields.put(of, other.clone());
            beside.push(made(kind, fields));
        }
    };
    match kind {
        "aws_internet_gateway" => {
            let attachment = "AWS::EC2::VPCGatewayAttachment";
            refer(attachment, "InternetGatewayId", "VpcId", get(values, "vpc_id"));
        }
        "aws_vpc" => {
            let association = "AWS::EC2::VPCDHCPOptionsAssociation";
            refer(association, "VpcId", "DhcpOptionsId", get(values, "dhcp_options_id"));
            let table = get(values, "main_route_table_id");
            refer("main route table", "VpcId", "RouteTableId", table);
        }
        "aws_route_table" => {
            for association in values.get("associations").map_or(&[][..], Node::items) {
                let subnet = get(association, "subnet_id");
                let kind = "AWS::EC2::SubnetRouteTableAssociation";
                refer(kind, "RouteTableId", "SubnetId", subnet);
                let gateway = get(association, "gateway_id");
                refer(GATEWAY_TABLE, "RouteTableId", "GatewayId", gateway);
                if subnet.is_none() && get(association, "main").and_then(Node::text) == Some("true")
                {
                    fields.text_if_absent("Main", raw.pos, "true");
                }
            }
        }
        _ => {}
    }
    let own = match kind {
        "aws_security_group_rule" if get(values, "type").and_then(Node::text) == Some("egress") => {
            "AWS::EC2::SecurityGroupEgress"
        }
        "aws_route_table_association" if fields.has("GatewayId") => GATEWAY_TABLE,
        _ => kind_of(raw.kind),
    };
    // The resources in `beside` have the same id. References by that id must find this one, so it comes first.
    resources.push(made(own, fields));
    resources.append(&mut beside);
}

/// A placeholder for the DNS name that AWS will give a load balancer; `None` if it has one, or if it is not a load
/// balancer.
pub(super) fn dns_name(raw: &Raw<'_>, region: &str) -> Option<String> {
    let kind = usual(raw.kind);
    let text = |key: &str| get(&raw.values, key).and_then(Node::text);
    if !matches!(kind, "aws_lb" | "aws_elb") || text("dns_name").is_some() {
        return None;
    }
    let last = raw.address.rsplit('.').next().unwrap_or_default();
    let name = text("name").unwrap_or_else(|| last.split('[').next().unwrap_or_default());
    let balancer = match kind {
        "aws_elb" => "classic",
        _ => text("load_balancer_type").unwrap_or("application"),
    };
    let scheme = if text("internal") == Some("true") { "internal" } else { "internet-facing" };
    Some(balancer_dns_name((name, balancer, scheme), region, &raw.address))
}

/// The region that a resource names.
pub(super) fn region_of(raw: &Raw<'_>) -> Option<&'static str> {
    let text = |key: &str| get(&raw.values, key).and_then(Node::text);
    let named = match usual(raw.kind) {
        "aws_region" => text("region").or_else(|| text("name")),
        "aws_vpc_endpoint" => text("service_name")
            .and_then(|it| it.split('.').find(|label| catalog::region(label).is_some())),
        _ => text("availability_zone").map(|zone| zone.trim_end_matches(char::is_alphabetic)),
    };
    let of_arn = || text("arn").and_then(|arn| arn.split(':').nth(3));
    named.or_else(of_arn).and_then(catalog::region).map(|region| region.name)
}

/// Adds the properties that the tables cannot express.
fn more(kind: &str, raw: &Raw<'_>, region: &str, fields: &mut Entries) {
    let (values, pos) = (&raw.values, raw.pos);
    let text = |key: &str| get(values, key).and_then(Node::text);
    match kind {
        "aws_vpc" => {
            let region = text("region").or_else(|| text("arn")?.split(':').nth(3));
            if let Some(region) = region.filter(|name| catalog::region(name).is_some()) {
                fields.text("Region", pos, region);
            }
            let associated =
                blocks(values, "cidr_block_associations", &[("cidr_block", "CidrBlock")]);
            let associated = associated.iter().filter_map(|it| it.get("CidrBlock")).cloned();
            fields.list("CidrBlocks", pos, associated.collect());
            if raw.kind == "aws_default_vpc" {
                fields.text_if_absent("IsDefault", pos, "true");
            }
        }
        "aws_security_group" => {
            for (theirs, ours) in
                [("ingress", "SecurityGroupIngress"), ("egress", "SecurityGroupEgress")]
            {
                // Without blocks a group of Terraform has no rules of its own, not even the one that AWS gives.
                fields.put(ours, value::list(pos, blocks(values, theirs, GROUP_RULE)));
            }
            if raw.kind == "aws_default_security_group" {
                fields.replace("GroupName", value::text(pos, "default"));
            }
        }
        "aws_network_acl" => {
            let of = |key: &str, egress: &str| {
                let blocks = values.get(key).map_or(&[][..], Node::items).iter();
                blocks.map(|block| acl_entry(block, Some(egress))).collect::<Vec<_>>()
            };
            let mut entries = of("ingress", "false");
            entries.extend(of("egress", "true"));
            fields.list("Entries", pos, entries);
            if raw.kind == "aws_default_network_acl" {
                fields.text("IsDefault", pos, "true");
            }
        }
        "aws_network_acl_rule" => {
            let more = acl_entry(values, None);
            for key in ["PortRange", "IcmpTypeCode"] {
                fields.copy(key, more.get(key));
            }
        }
        "aws_subnet" => {
            let mut options = Entries::default();
            let keys = &[
                ("private_dns_hostname_type_on_launch", "HostnameType"),
                ("enable_resource_name_dns_a_record_on_launch", "EnableResourceNameDnsARecord"),
                (
                    "enable_resource_name_dns_aaaa_record_on_launch",
                    "EnableResourceNameDnsAAAARecord",
                ),
            ];
            copy(&mut options, values, keys);
            fields.map("PrivateDnsNameOptionsOnLaunch", pos, options);
        }
        "aws_route_table" => {
            let mut routes = blocks(values, "route", ROUTE);
            routes.extend(blocks(values, "routes", ROUTE));
            fields.list("Routes", pos, routes);
            if raw.kind == "aws_default_route_table" {
                fields.text("Main", pos, "true");
            }
        }
        "aws_instance" => {
            if let Some(options) = block(values, "private_dns_name_options") {
                let mut named = Entries::default();
                let keys = &[
                    ("hostname_type", "HostnameType"),
                    ("enable_resource_name_dns_a_record", "EnableResourceNameDnsARecord"),
                    ("enable_resource_name_dns_aaaa_record", "EnableResourceNameDnsAAAARecord"),
                ];
                copy(&mut named, options, keys);
                fields.map("PrivateDnsNameOptions", pos, named);
            }
            // An existing instance without a public address really has none. A planned instance may get one.
            if text("private_ip").is_some() {
                fields.text_if_absent("AssociatePublicIpAddress", pos, "false");
            }
        }
        "aws_vpc_endpoint" => {
            let names = blocks(values, "dns_entry", &[("dns_name", "DnsName")]);
            fields.list("DnsEntries", pos, names);
            if let Some(options) = block(values, "dns_options") {
                let mut named = Entries::default();
                let inbound = "private_dns_only_for_inbound_resolver_endpoint";
                let keys = &[
                    ("dns_record_ip_type", "DnsRecordIpType"),
                    (inbound, "PrivateDnsOnlyForInboundResolverEndpoint"),
                ];
                copy(&mut named, options, keys);
                fields.map("DnsOptions", pos, named);
            }
            let keys = &[("subnet_id", "SubnetId"), ("ipv4", "Ipv4"), ("ipv6", "Ipv6")];
            let configurations = blocks(values, "subnet_configuration", keys);
            fields.list("SubnetConfigurations", pos, configurations);
        }
        "aws_vpc_endpoint_service" => {
            if let Some(settings) = block(values, "private_dns_name_configuration") {
                let mut named = Entries::default();
                let keys = &[("name", "Name"), ("value", "Value"), ("state", "State")];
                copy(&mut named, settings, keys);
                fields.map("PrivateDnsNameConfiguration", pos, named);
            }
        }
        "aws_lb" | "aws_elb" => {
            let internal = text("internal") == Some("true");
            let scheme = if internal { "internal" } else { "internet-facing" };
            fields.text("Scheme", pos, scheme);
            let keys = &[("subnet_id", "SubnetId"), ("private_ipv4_address", "PrivateIPv4Address")];
            if text("subnets").is_none() && get(values, "subnets").is_none() {
                let mappings = blocks(values, "subnet_mapping", keys);
                fields.list("SubnetMappings", pos, mappings);
            }
            if let Some(made) = dns_name(raw, region) {
                fields.text("DNSName", pos, made);
            }
        }
        "aws_lb_listener" => {
            let actions = values.get("default_action").map_or(&[][..], Node::items).iter();
            let actions = actions.map(|action| {
                let mut fields = Entries::default();
                fields.copy("TargetGroupArn", get(action, "target_group_arn"));
                let forward = block(action, "forward");
                let groups = forward
                    .map(|it| blocks(it, "target_group", &[("arn", "TargetGroupArn")]))
                    .unwrap_or_default();
                let mut config = Entries::default();
                config.list("TargetGroups", action.pos, groups);
                fields.map("ForwardConfig", action.pos, config);
                fields.into_node(action.pos)
            });
            fields.list("DefaultActions", pos, actions.collect());
        }
        "aws_route53_zone" => {
            fields.list("VPCs", pos, blocks(values, "vpc", &[("vpc_id", "VPCId")]));
        }
        "aws_route53_record" => record(raw, fields),
        "aws_vpc_peering_connection"
        | "aws_vpc_peering_connection_accepter"
        | "aws_vpc_peering_connection_options" => {
            for (side, ours) in [("requester", "RequesterDns"), ("accepter", "AccepterDns")] {
                let allowed = block(values, side);
                fields.copy(ours, allowed.and_then(|it| it.get("allow_remote_vpc_dns_resolution")));
            }
        }
        "aws_route53_resolver_endpoint" => {
            let keys = &[("subnet_id", "SubnetId"), ("ip", "Ip")];
            fields.list("IpAddresses", pos, blocks(values, "ip_address", keys));
        }
        "aws_route53_resolver_rule" => {
            let keys = &[("ip", "Ip"), ("ipv6", "Ipv6"), ("port", "Port")];
            fields.list("TargetIps", pos, blocks(values, "target_ip", keys));
        }
        _ => {}
    }
}

/// Adds a record's name and values. The provider writes texts without their quotes.
/// An entry of an ACL in CloudFormation's form.
fn acl_entry(block: &Node, egress: Option<&str>) -> Node {
    let mut entry = Entries::default();
    copy(
        &mut entry,
        block,
        &[
            ("rule_no", "RuleNumber"),
            ("action", "RuleAction"),
            ("protocol", "Protocol"),
            ("cidr_block", "CidrBlock"),
            ("ipv6_cidr_block", "Ipv6CidrBlock"),
        ],
    );
    if let Some(egress) = egress {
        entry.text("Egress", block.pos, egress);
    }
    let protocol = get(block, "protocol").and_then(Node::text).unwrap_or("-1");
    let (key, keys) = match protocol {
        "tcp" | "6" | "udp" | "17" => ("PortRange", [("from_port", "From"), ("to_port", "To")]),
        "icmp" | "1" | "icmpv6" | "58" => {
            ("IcmpTypeCode", [("icmp_type", "Type"), ("icmp_code", "Code")])
        }
        _ => return entry.into_node(block.pos),
    };
    let mut range = Entries::default();
    copy(&mut range, block, &keys);
    entry.map(key, block.pos, range);
    entry.into_node(block.pos)
}

fn record(raw: &Raw<'_>, fields: &mut Entries) {
    let (values, pos) = (&raw.values, raw.pos);
    let name = get(values, "fqdn").or_else(|| get(values, "name"));
    fields.copy("Name", name);
    if get(values, "fqdn").is_none() {
        fields.text("RelativeName", pos, "true");
    }
    if let Some(alias) = block(values, "alias") {
        let mut target = Entries::default();
        target.copy("DNSName", get(alias, "name"));
        fields.map("AliasTarget", pos, target);
    }
    if matches!(get(values, "type").and_then(Node::text), Some("TXT" | "SPF")) {
        let texts = values.get("records").map_or(&[][..], Node::items).iter();
        let texts = texts.map(|item| match item.text() {
            Some(text) if value::is_unknown(item).is_none() && !text.starts_with('"') => {
                value::text(item.pos, format!("\"{text}\""))
            }
            _ => item.clone(),
        });
        fields.replace("ResourceRecords", value::list(pos, texts.collect()));
    }
}

//! Security groups and network ACLs, and which subnets and interfaces have them.
//!
//! A group or an ACL that the files give only in part is left out: what has it blocks nothing. So nothing is blocked by a
//! rule that is missing.

use std::collections::{HashMap, HashSet};

use super::{
    Remark, Resource,
    compute::subnet_of,
    found::{Entries, Found, items},
    layout::Layout,
    value,
};
use crate::import::text::node::Node;

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::SubnetNetworkAclAssociation",
];

/// The groups that the files give whole: how the world file calls each, by its id.
#[derive(Default)]
pub(super) struct Groups(HashMap<String, String>);

impl Groups {
    /// How the world file calls a group; the id for one that it does not have.
    fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

/// A direction: the property of a group, the type of a rule apart, the word before the other end, and the properties for it.
struct Direction {
    list: &'static str,
    apart: &'static str,
    key: &'static str,
    word: &'static str,
    groups: [&'static str; 2],
    lists: [&'static str; 2],
}

const INBOUND: Direction = Direction {
    list: "SecurityGroupIngress",
    apart: "AWS::EC2::SecurityGroupIngress",
    key: "inbound",
    word: "from",
    groups: ["SourceSecurityGroupId", "GroupIds"],
    lists: ["SourcePrefixListId", "PrefixListIds"],
};
const OUTBOUND: Direction = Direction {
    list: "SecurityGroupEgress",
    apart: "AWS::EC2::SecurityGroupEgress",
    key: "outbound",
    word: "to",
    groups: ["DestinationSecurityGroupId", "GroupIds"],
    lists: ["DestinationPrefixListId", "PrefixListIds"],
};

/// What AWS lets out of a new group.
const EVERYTHING: &str = "all to 0.0.0.0/0";

/// Adds the groups to their VPCs.
pub(super) fn groups(found: &mut Found<'_>, layout: &mut Layout) -> Groups {
    let all = found.of("AWS::EC2::SecurityGroup");
    let mut groups = Groups::default();
    let mut broken: HashSet<&str> = HashSet::new();
    for resource in &all {
        if resource.properties.get("VpcId").is_none() {
            broken.insert(&resource.id);
            found.leave(resource, "the file does not give its VPC; it blocks nothing");
        } else if !is_whole(found, resource) {
            broken.insert(&resource.id);
            let message = format!(
                "{}: the file does not give all of its rules; it blocks nothing",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
        }
    }
    for resource in &all {
        if !broken.contains(resource.id.as_str()) {
            let name = if is_default(found, resource) { "default" } else { &resource.id };
            groups.0.insert(resource.id.clone(), name.to_owned());
        }
    }
    for resource in all {
        if !groups.0.contains_key(&resource.id) {
            continue;
        }
        let vpc = match found.get(resource, "VpcId") {
            Some(node) => layout.vpc(found, node),
            None => None,
        };
        let Some(vpc) = vpc else {
            groups.0.remove(&resource.id);
            continue;
        };
        let (name, fields) = group(found, &groups, resource);
        if let Some(plan) = layout.vpcs.get_mut(vpc) {
            plan.security_groups.put_at(name, resource.pos, fields.into_node(resource.pos));
        }
    }
    groups
}

fn is_default<'r>(found: &mut Found<'r>, resource: &'r Resource) -> bool {
    found.text(resource, "GroupName") == Some("default")
}

/// The rules of a group in a direction: its own, and those apart. `None` for its own if the file does not say any.
fn rules<'r>(
    found: &Found<'r>,
    resource: &'r Resource,
    direction: &Direction,
) -> (Option<&'r [Node]>, Vec<&'r Resource>) {
    let own = resource.properties.get(direction.list);
    let own = own.filter(|node| value::is_unknown(node).is_none()).map(items);
    let apart = found.of(direction.apart).into_iter().filter(|rule| {
        rule.properties.get("GroupId").and_then(Node::text) == Some(resource.id.as_str())
    });
    (own, apart.collect())
}

/// Whether the files give all that the rules of a group say.
fn is_whole<'r>(found: &Found<'r>, resource: &'r Resource) -> bool {
    [INBOUND, OUTBOUND].iter().all(|direction| {
        let (own, apart) = rules(found, resource, direction);
        let own = own.unwrap_or_default().iter();
        own.chain(apart.iter().map(|it| &it.properties)).all(is_known)
    })
}

/// Whether a rule says everything but its description.
fn is_known(rule: &Node) -> bool {
    value::is_unknown(rule).is_none()
        && rule.entries().iter().all(|(key, node)| key.text == "Description" || is_known(node))
        && rule.items().iter().all(is_known)
}

fn group<'r>(found: &mut Found<'r>, groups: &Groups, resource: &'r Resource) -> (String, Entries) {
    let pos = resource.pos;
    let mut fields = Entries::default();
    let is_default = is_default(found, resource);
    if !is_default {
        fields.text("id", pos, resource.id.clone());
        for (theirs, ours) in [("GroupName", "group-name"), ("GroupDescription", "description")] {
            if let Some(text) = found.text(resource, theirs) {
                fields.text(ours, pos, text);
            }
        }
    }
    for direction in [INBOUND, OUTBOUND] {
        let (own, apart) = rules(found, resource, &direction);
        let mut lines = Vec::new();
        if own.is_none() && direction.key == "outbound" {
            lines.push(EVERYTHING.to_owned());
        }
        for rule in own.unwrap_or_default() {
            lines.extend(of_rule(found, groups, (resource, rule), &direction));
        }
        for rule in apart {
            lines.extend(of_rule(found, groups, (resource, &rule.properties), &direction));
        }
        let mut told = HashSet::new();
        lines.retain(|line| told.insert(line.clone()));
        let lines = lines.into_iter().map(|line| value::text(pos, line)).collect();
        fields.put(direction.key, value::list(pos, lines));
    }
    let name = if is_default { "default".to_owned() } else { found.called(resource).to_owned() };
    (name, fields)
}

/// The lines of one rule: one for each other end.
fn of_rule(
    found: &mut Found<'_>,
    groups: &Groups,
    (resource, rule): (&Resource, &Node),
    direction: &Direction,
) -> Vec<String> {
    let text = |key: &str| rule.get(key).and_then(Node::text);
    let protocol = text("IpProtocol").unwrap_or("-1");
    let traffic = traffic(protocol, text("FromPort"), text("ToPort"));
    let ends = |key: &str| rule.get(key).map_or(&[][..], items).iter().filter_map(Node::text);
    let mut others: Vec<String> = Vec::new();
    for key in ["CidrIp", "CidrIpv6"].iter().chain(&direction.lists) {
        others.extend(ends(key).filter(|it| !it.is_empty()).map(str::to_owned));
    }
    for id in direction.groups.iter().flat_map(|key| ends(key)).filter(|it| !it.is_empty()) {
        // Terraform writes a group of another account behind it.
        let id = id.rsplit('/').next().unwrap_or(id);
        if groups.0.contains_key(id) {
            others.push(id.to_owned());
        } else {
            let message = format!(
                "{}: a rule is for {id}, which the files do not give; the rule is left out",
                resource.label()
            );
            found.note(resource.pos, Remark::Skipped, message);
        }
    }
    if text("Self").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        others.push(resource.id.clone());
    }
    let word = direction.word;
    let named = others.iter().map(|other| groups.name(other));
    named.map(|other| format!("{traffic} {word} {other}")).collect()
}

/// The protocol and the ports, as a world file writes them.
fn traffic(protocol: &str, from: Option<&str>, to: Option<&str>) -> String {
    let name = match protocol.to_ascii_lowercase().as_str() {
        "-1" | "all" => return "all".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        "58" => "icmpv6".to_owned(),
        other => other.to_owned(),
    };
    match (name.as_str(), from, to) {
        ("icmp" | "icmpv6", Some(kind), code) if kind != "-1" => {
            format!("{name} {kind}/{}", code.unwrap_or("-1"))
        }
        ("tcp" | "udp", Some(from), Some(to)) if from != "-1" => format!("{name} {from}-{to}"),
        _ => name,
    }
}

/// Says which groups instances and endpoints have.
pub(super) fn memberships(found: &mut Found<'_>, layout: &mut Layout, groups: &Groups) {
    for resource in found.of("AWS::EC2::Instance") {
        let listed = resource.properties.get("NetworkInterfaces").map_or(&[][..], items);
        let own = resource.properties.get("SecurityGroupIds");
        let told = own.or_else(|| listed.iter().find_map(|it| it.get("GroupSet")));
        let Some(list) = known_groups(groups, told) else { continue };
        let name = found.called(resource);
        let list = of_names(resource, &list);
        for plan in &mut layout.subnets {
            plan.instances.put_within(name, "security-groups", &list);
        }
    }
    for resource in found.of("AWS::EC2::VPCEndpoint") {
        if found.text(resource, "VpcEndpointType").is_none_or(|kind| kind == "Gateway") {
            continue;
        }
        let told = resource.properties.get("SecurityGroupIds");
        let list = known_groups(groups, told).unwrap_or_else(|| {
            // The file gives their ids only.
            let ids = told.map_or(&[][..], items).iter().filter_map(Node::text);
            ids.filter(|id| id.starts_with("sg-")).map(|id| groups.name(id).to_owned()).collect()
        });
        if list.is_empty() {
            continue;
        }
        let name = found.called(resource);
        let list = of_names(resource, &list);
        for plan in &mut layout.vpcs {
            plan.endpoints.put_within(name, "security-groups", &list);
        }
    }
}

fn of_names(resource: &Resource, names: &[String]) -> Node {
    let names = names.iter().map(|name| value::text(resource.pos, name.clone()));
    value::list(resource.pos, names.collect())
}

/// The names of the groups in a list; `None` if the files do not give them all.
fn known_groups(groups: &Groups, listed: Option<&Node>) -> Option<Vec<String>> {
    let listed = items(listed?);
    let names: Option<Vec<String>> =
        listed.iter().map(|it| groups.0.get(it.text()?).cloned()).collect();
    names.filter(|names| !names.is_empty())
}

/// Adds the network ACLs to their VPCs, and to the subnets that use them.
pub(super) fn acls(found: &mut Found<'_>, layout: &mut Layout) {
    let mut held: HashMap<&str, String> = HashMap::new();
    for resource in found.of("AWS::EC2::NetworkAcl") {
        let Some(vpc) = found.get(resource, "VpcId") else { continue };
        let Some(vpc) = layout.vpc(found, vpc) else { continue };
        let apart = found.of("AWS::EC2::NetworkAclEntry").into_iter().filter(|entry| {
            entry.properties.get("NetworkAclId").and_then(Node::text) == Some(resource.id.as_str())
        });
        let apart: Vec<&Node> = apart.map(|it| &it.properties).collect();
        let own = resource.properties.get("Entries").map_or(&[][..], items);
        let lines: Option<Vec<(bool, String, String)>> =
            own.iter().chain(apart).filter(|it| !is_last(it)).map(entry).collect();
        let Some(lines) = lines else {
            let message = format!(
                "{}: the file does not give all of its entries; it blocks nothing",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
            continue;
        };
        let is_default = found.flag(resource, "IsDefault").unwrap_or(false);
        let mut fields = Entries::default();
        if !is_default {
            fields.text("id", resource.pos, resource.id.clone());
        }
        for (key, egress) in [("inbound", false), ("outbound", true)] {
            let mut entries = Entries::default();
            for (_, number, line) in lines.iter().filter(|(of, ..)| *of == egress) {
                entries.text(number, resource.pos, line.clone());
            }
            fields.put(key, entries.into_node(resource.pos));
        }
        let name =
            if is_default { "default".to_owned() } else { found.called(resource).to_owned() };
        held.insert(&resource.id, if is_default { name.clone() } else { resource.id.clone() });
        if let Some(plan) = layout.vpcs.get_mut(vpc) {
            plan.network_acls.put_at(name, resource.pos, fields.into_node(resource.pos));
        }
        for node in found.list(resource, "SubnetIds") {
            associate(found, layout, (node, Some(vpc)), held.get(resource.id.as_str()));
        }
    }
    for resource in found.of("AWS::EC2::SubnetNetworkAclAssociation") {
        let acl = found.text(resource, "NetworkAclId").and_then(|id| held.get(id));
        if let Some(node) = found.get(resource, "SubnetId") {
            associate(found, layout, (node, None), acl);
        }
    }
}

fn associate(
    found: &mut Found<'_>,
    layout: &mut Layout,
    (subnet, vpc): (&Node, Option<usize>),
    acl: Option<&String>,
) {
    let Some(acl) = acl.filter(|acl| *acl != "default") else { return };
    let Some(index) = subnet_of(found, layout, subnet, vpc) else { return };
    if let Some(plan) = layout.subnets.get_mut(index) {
        plan.fields.replace("network-acl", value::text(subnet.pos, acl.clone()));
    }
}

/// Whether an entry is the last one, which denies everything.
fn is_last(entry: &Node) -> bool {
    let number = entry.get("RuleNumber").and_then(Node::text);
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > 32_766)
}

/// Whether an entry is an outbound one, its number, and its line; `None` if the file does not give it whole.
fn entry(entry: &Node) -> Option<(bool, String, String)> {
    if !is_known(entry) {
        return None;
    }
    let text = |key: &str| entry.get(key).and_then(Node::text).filter(|it| !it.is_empty());
    let egress = text("Egress").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let range = entry.get("PortRange");
    let icmp = entry.get("IcmpTypeCode").or_else(|| entry.get("Icmp"));
    let of = |node: Option<&Node>, key: &str| {
        node.and_then(|node| node.get(key)).and_then(Node::text).map(str::to_owned)
    };
    let from = of(range, "From").or_else(|| of(icmp, "Type"));
    let to = of(range, "To").or_else(|| of(icmp, "Code"));
    let traffic = traffic(text("Protocol").unwrap_or("-1"), from.as_deref(), to.as_deref());
    let cidr = text("CidrBlock").or_else(|| text("Ipv6CidrBlock"))?;
    let verb = text("RuleAction")?;
    let word = if egress { "to" } else { "from" };
    Some((egress, text("RuleNumber")?.to_owned(), format!("{verb} {traffic} {word} {cidr}")))
}

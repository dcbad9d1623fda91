//! Changes of security groups and network ACLs, read from the CLI's form.

use std::sync::Arc;

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::{Actions, Entry};
use crate::{
    hash::stable_hash,
    import::text::{
        reader::{self, MapReader},
        scalar::Scalar,
    },
    model::{
        change::Change,
        id::{PrefixListId, SecurityGroupId, SecurityGroupRuleId, SubnetId},
        instance_life::{InstanceAttribute, ModifyInstanceAttribute},
        network_acl::{AclEntry, protocol_number},
        network_acl_change::{
            DeleteNetworkAclEntry, PutNetworkAclEntry, ReplaceNetworkAclAssociation,
        },
        security_group_rule::{
            AuthorizeSecurityGroup, Peer, Ports, RevokeSecurityGroup, SecurityGroupRule, ports,
            protocol,
        },
        world::Tags,
    },
};

type Changes = Option<Vec<Change>>;

/// The actions that this file reads.
pub(super) const ACTIONS: Actions = &[
    ("AuthorizeSecurityGroupIngress", |entry| authorize(entry, false)),
    ("AuthorizeSecurityGroupEgress", |entry| authorize(entry, true)),
    ("RevokeSecurityGroupIngress", |entry| revoke(entry, false)),
    ("RevokeSecurityGroupEgress", |entry| revoke(entry, true)),
    ("ModifyInstanceAttribute", modify_instance_attribute),
    ("CreateNetworkAclEntry", |entry| put_acl_entry(entry, false)),
    ("ReplaceNetworkAclEntry", |entry| put_acl_entry(entry, true)),
    ("DeleteNetworkAclEntry", delete_acl_entry),
    ("ReplaceNetworkAclAssociation", replace_acl_association),
];

fn authorize(entry: &mut Entry<'_, '_, '_>, egress: bool) -> Changes {
    let (group, rules) = rules(entry, egress)?;
    Some(vec![AuthorizeSecurityGroup { group, rules }.into()])
}

/// The rules that are alike go.
fn revoke(entry: &mut Entry<'_, '_, '_>, egress: bool) -> Changes {
    let (group, wanted) = rules(entry, egress)?;
    let held = entry.world.security_groups.get(&group)?;
    let mut rules = Vec::new();
    for rule in &wanted {
        match held.rules.iter().find(|it| it.same(rule)) {
            Some(found) => rules.push(found.id),
            None => {
                let message = format!("{group} has no rule for {} that is alike", rule.peer);
                entry.report.error(entry.pos, &message);
                return None;
            }
        }
    }
    Some(vec![RevokeSecurityGroup { group, egress, rules }.into()])
}

/// A group and the rules of `IpPermissions`, or of the short form.
fn rules(
    entry: &mut Entry<'_, '_, '_>,
    egress: bool,
) -> Option<(SecurityGroupId, Vec<SecurityGroupRule>)> {
    let fields = entry.fields(&[
        "GroupId",
        "IpPermissions",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "CidrIp",
        "SourceSecurityGroupId",
    ])?;
    let group = entry.one(&fields, "GroupId", &entry.names.security_groups)?;
    let mut found = Vec::new();
    if fields.get("IpProtocol").is_some() {
        let (protocol, ports) = traffic(entry, &fields)?;
        let peers = match fields.get("SourceSecurityGroupId") {
            Some(node) => {
                vec![Peer::Group(entry.names.security_groups.find(node, None, entry.report)?)]
            }
            None => vec![Peer::V4(entry.require::<Ipv4Network>(&fields, "CidrIp")?)],
        };
        found.extend(peers.into_iter().map(|peer| (Arc::clone(&protocol), ports, peer, None)));
    } else {
        fields.required("IpPermissions", entry.report)?;
    }
    for node in fields.list("IpPermissions", entry.report) {
        let permission = MapReader::of(
            node,
            node.pos,
            &[
                "IpProtocol",
                "FromPort",
                "ToPort",
                "IpRanges",
                "Ipv6Ranges",
                "PrefixListIds",
                "UserIdGroupPairs",
            ],
            entry.report,
        )?;
        let (protocol, ports) = traffic(entry, &permission)?;
        for (peer, description) in peers(entry, &permission)? {
            found.push((Arc::clone(&protocol), ports, peer, description));
        }
    }
    let generation = entry.world.generation;
    let rules = found.into_iter().enumerate().map(|(at, (protocol, ports, peer, description))| {
        let seed = format!("change/{generation}/{group}/{egress}/{at}");
        SecurityGroupRule {
            id: SecurityGroupRuleId::from_seed(stable_hash(&seed)),
            egress,
            protocol,
            ports,
            peer: peer.canonical(),
            description,
            tags: Tags::default(),
        }
    });
    Some((group, rules.collect()))
}

fn traffic(entry: &mut Entry<'_, '_, '_>, fields: &MapReader<'_>) -> Option<(Arc<str>, Ports)> {
    let text: String = fields.require("IpProtocol", entry.report)?;
    let (from, to) = (fields.read("FromPort", entry.report), fields.read("ToPort", entry.report));
    let known = protocol(&text).and_then(|it| Ok((Arc::clone(&it), ports(&it, from, to)?)));
    match known {
        Ok(known) => Some(known),
        Err(refusal) => {
            entry.report.error(fields.pos_of("IpProtocol"), &refusal.message);
            None
        }
    }
}

type Described = (Peer, Option<Arc<str>>);

/// The other ends of one permission, each with its description.
fn peers(entry: &mut Entry<'_, '_, '_>, fields: &MapReader<'_>) -> Option<Vec<Described>> {
    let mut found = Vec::new();
    for (list, key) in [
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("PrefixListIds", "PrefixListId"),
        ("UserIdGroupPairs", "GroupId"),
    ] {
        for node in fields.list(list, entry.report) {
            let known = [key, "Description", "UserId", "VpcId"];
            let one = MapReader::of(node, node.pos, &known, entry.report)?;
            let text = one.required(key, entry.report)?;
            let peer = match list {
                "IpRanges" => Peer::V4(reader::read::<Ipv4Network>(text, entry.report)?),
                "Ipv6Ranges" => Peer::V6(reader::read::<Ipv6Network>(text, entry.report)?),
                "PrefixListIds" => {
                    Peer::PrefixList(reader::read::<PrefixListId>(text, entry.report)?)
                }
                _ => Peer::Group(entry.names.security_groups.find(text, None, entry.report)?),
            };
            found.push((peer, one.read("Description", entry.report)));
        }
    }
    Some(found)
}

fn modify_instance_attribute(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InstanceId", "Groups"])?;
    let instance = entry.one(&fields, "InstanceId", &entry.names.instances)?;
    let groups = entry.some(&fields, "Groups", &entry.names.security_groups)?;
    let attribute = InstanceAttribute::Groups(groups);
    Some(vec![ModifyInstanceAttribute { instance, attribute }.into()])
}

fn put_acl_entry(entry: &mut Entry<'_, '_, '_>, replace: bool) -> Changes {
    let fields = entry.fields(&[
        "NetworkAclId",
        "RuleNumber",
        "Egress",
        "RuleAction",
        "Protocol",
        "CidrBlock",
        "Ipv6CidrBlock",
        "PortRange",
        "IcmpTypeCode",
    ])?;
    let acl = entry.one(&fields, "NetworkAclId", &entry.names.network_acls)?;
    let number = entry.require(&fields, "RuleNumber")?;
    let egress = entry.flag(&fields, "Egress").unwrap_or(false);
    fields.required("RuleAction", entry.report)?;
    let allow = fields.choice("RuleAction", &[("allow", true), ("deny", false)], entry.report)?;
    let protocol = acl_protocol(entry, &fields)?;
    let key = if fields.get("Ipv6CidrBlock").is_some() { "Ipv6CidrBlock" } else { "CidrBlock" };
    let cidr: IpNetwork = match key {
        "Ipv6CidrBlock" => entry.require::<Ipv6Network>(&fields, key)?.into(),
        _ => entry.require::<Ipv4Network>(&fields, key)?.into(),
    };
    let ports: Option<(u16, u16)> = pair(entry, &fields, "PortRange", ["From", "To"])?;
    if let Some((from, to)) = ports.filter(|(from, to)| from > to) {
        let message = format!("Invalid TCP/UDP port range ({from}:{to})");
        entry.report.error(fields.pos_of("PortRange"), &message);
        return None;
    }
    let icmp = pair(entry, &fields, "IcmpTypeCode", ["Type", "Code"])?;
    let made = AclEntry { number, egress, allow, protocol, cidr, icmp, ports };
    Some(vec![PutNetworkAclEntry { acl, entry: made, replace }.into()])
}

/// The number of an entry's protocol; that of all without one.
fn acl_protocol(entry: &mut Entry<'_, '_, '_>, fields: &MapReader<'_>) -> Option<i16> {
    let Some(text) = fields.read::<String>("Protocol", entry.report) else { return Some(-1) };
    let number = protocol_number(&text);
    if number.is_none() {
        let message = format!("`{text}` is no protocol");
        entry.report.error(fields.pos_of("Protocol"), &message);
    }
    number
}

/// The two numbers of a map; the outer `None` is a problem.
fn pair<T: Scalar>(
    entry: &mut Entry<'_, '_, '_>,
    fields: &MapReader<'_>,
    key: &str,
    parts: [&'static str; 2],
) -> Option<Option<(T, T)>> {
    let Some(node) = fields.get(key) else { return Some(None) };
    let map = MapReader::of(node, node.pos, &parts, entry.report)?;
    let [first, second] = parts;
    let first = map.require(first, entry.report)?;
    Some(Some((first, map.require(second, entry.report)?)))
}

fn delete_acl_entry(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["NetworkAclId", "RuleNumber", "Egress"])?;
    let acl = entry.one(&fields, "NetworkAclId", &entry.names.network_acls)?;
    let number = entry.require(&fields, "RuleNumber")?;
    let egress = entry.flag(&fields, "Egress").unwrap_or(false);
    Some(vec![DeleteNetworkAclEntry { acl, number, egress }.into()])
}

/// `ReplaceNetworkAclAssociation`. An association is named by its subnet.
fn replace_acl_association(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["SubnetId", "NetworkAclId"])?;
    let subnet: SubnetId = entry.one(&fields, "SubnetId", &entry.names.subnets)?;
    let acl = entry.one(&fields, "NetworkAclId", &entry.names.network_acls)?;
    Some(vec![ReplaceNetworkAclAssociation { subnet, acl }.into()])
}

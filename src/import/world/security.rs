//! The security groups and network ACLs of a world file.
//!
//! A rule is one line, such as `tcp 443 from 10.0.0.0/16` or `all to web`; an ACL's entry has `allow` or `deny` before it.
//! Groups are made first, and get their rules when everything that a rule may name is there.

use std::{fmt::Display, sync::Arc};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::{
    Reading, keys,
    outline::{Item, Outline, VpcOutline},
};
use crate::{
    hash::stable_hash,
    import::{
        names::Names,
        text::{
            node::{Key, Node},
            reader::{self, MapReader, Report},
            scalar::Scalar,
        },
    },
    model::{
        id::{NetworkAclId, SecurityGroupId, SecurityGroupRuleId, VpcId},
        network_acl::{self, AclEntry, NetworkAcl},
        network_acl_change::{CreateNetworkAcl, DeleteNetworkAclEntry, PutNetworkAclEntry},
        security_group::{self, CreateSecurityGroup, SecurityGroup},
        security_group_rule::{
            AuthorizeSecurityGroup, Peer, Ports, RevokeSecurityGroup, SecurityGroupRule, ports,
            protocol,
        },
        world::Tags,
    },
};

/// The keys of the two directions, and whether it is the outbound one.
const DIRECTIONS: [(&str, bool); 2] = [("inbound", false), ("outbound", true)];

/// Plans the groups without their rules, and the ACLs.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        for item in &vpc.security_groups {
            if group(reading, vpc, item).is_none() {
                reading.give_up(&item.id);
            }
        }
        for item in &vpc.network_acls {
            if acl(reading, vpc, item).is_none() {
                reading.give_up(&item.id);
            }
        }
    }
}

fn group<'n>(
    reading: &mut Reading<'_, 'n>,
    vpc: &VpcOutline<'n>,
    item: &Item<'n, SecurityGroupId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::SECURITY_GROUP, report)?;
    let description: Option<Arc<str>> = fields.read("description", report);
    let name: Option<Arc<str>> = fields.read("group-name", report);
    for (key, _) in DIRECTIONS {
        fields.list(key, report);
    }
    if item.id == security_group::default_group(vpc.item.id) {
        return Some(());
    }
    let group = SecurityGroup {
        id: item.id,
        tags: tags(item),
        name: name.unwrap_or_else(|| item.name.into()),
        description: description.unwrap_or_else(|| item.name.into()),
        vpc: vpc.item.id,
        rules: Vec::new(),
        vpcs: Vec::new(),
    };
    reading.plan(CreateSecurityGroup { group }, item.pos, item.node);
    Some(())
}

/// The tag `Name`; none for what is called by its id.
fn tags<I: Display>(item: &Item<'_, I>) -> Tags {
    if item.name == item.id.to_string() { Tags::default() } else { Tags::named(item.name) }
}

/// Plans the rules of the groups. The ones that AWS gives a new group yield to the ones in the file.
pub(super) fn rules<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        let ipv6 = vpc.item.node.get("ipv6-cidr").is_some();
        for item in &vpc.security_groups {
            for (key, egress) in DIRECTIONS {
                let Some(list) = item.node.get(key) else { continue };
                let usual = security_group::usual_rules(vpc.item.id, item.id, egress, ipv6);
                if !usual.is_empty() {
                    let change = RevokeSecurityGroup { group: item.id, egress, rules: usual };
                    reading.plan(change, list.pos, list);
                }
                for (at, node) in list.items().iter().enumerate() {
                    let seed = format!("security-group-rule/{}/{key}/{at}", item.id);
                    let id = SecurityGroupRuleId::from_seed(stable_hash(&seed));
                    let names = &outline.names;
                    let at = (vpc.item.id, id, egress);
                    let Some(rule) = rule(names, node, at, &mut reading.report) else {
                        continue;
                    };
                    let change = AuthorizeSecurityGroup { group: item.id, rules: vec![rule] };
                    reading.plan(change, node.pos, node);
                }
            }
        }
    }
}

fn rule(
    names: &Names,
    node: &Node,
    (vpc, made, egress): (VpcId, SecurityGroupRuleId, bool),
    report: &mut Report<'_>,
) -> Option<SecurityGroupRule> {
    let mut rule = SecurityGroupRule {
        id: made,
        egress,
        protocol: "-1".into(),
        ports: None,
        peer: Peer::any_v4(),
        description: None,
        tags: Tags::default(),
    };
    let line = if node.text().is_some() {
        node
    } else {
        let fields = MapReader::of(node, node.pos, keys::SECURITY_GROUP_RULE, report)?;
        rule.id = fields.read("id", report).unwrap_or(made);
        rule.description = fields.read("description", report);
        fields.required("rule", report)?
    };
    let Line(line) = reader::read(line, report)?;
    let told = Told::of(&line, egress).and_then(|told| {
        let peer = told.peer(names, vpc).ok_or_else(|| {
            format!("`{}` is no range, prefix list or security group of this file", told.peer)
        })?;
        Ok((told, peer))
    });
    let (told, peer) = match told {
        Ok(told) => told,
        Err(problem) => {
            report.error_hint(node.pos, &problem, Some(example(egress, false)));
            return None;
        }
    };
    Some(SecurityGroupRule { protocol: told.protocol, ports: told.ports, peer, ..rule })
}

fn example(egress: bool, of_acl: bool) -> String {
    let verb = if of_acl { "allow " } else { "" };
    let word = word(egress);
    format!("write it as `{verb}tcp 443 {word} 10.0.0.0/16`")
}

fn word(egress: bool) -> &'static str {
    if egress { "to" } else { "from" }
}

/// One line of a rule.
struct Line(String);

impl Scalar for Line {
    const EXPECTED: &'static str = "a rule such as `tcp 443 from 10.0.0.0/16`";

    fn read(text: &str) -> Result<Self, Option<String>> {
        Ok(Self(text.to_owned()))
    }
}

/// What a line says: a protocol, its ports, and the other end.
struct Told {
    protocol: Arc<str>,
    ports: Ports,
    peer: String,
}

impl Told {
    fn of(line: &str, egress: bool) -> Result<Self, String> {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let preposition = word(egress);
        let (Some(peer), Some(before)) = (words.pop(), words.pop()) else {
            return Err(format!("`{line}` is not a rule"));
        };
        if before != preposition {
            return Err(format!("`{line}` does not say `{preposition}` before its other end"));
        }
        let (name, range) = match words.as_slice() {
            [name] => (*name, None),
            [name, range] => (*name, Some(*range)),
            _ => return Err(format!("`{line}` is not a rule")),
        };
        let protocol = protocol(name).map_err(|refusal| refusal.message)?;
        let (from, to) = match range {
            None => (-1, -1),
            Some(range) => numbers(range).ok_or_else(|| format!("`{range}` are no ports"))?,
        };
        if range.is_some() && !matches!(&*protocol, "tcp" | "udp" | "icmp" | "icmpv6") {
            return Err(format!("`{name}` has no ports"));
        }
        let ports = ports(&protocol, Some(from), Some(to)).map_err(|refusal| refusal.message)?;
        Ok(Self { protocol, ports, peer: peer.to_owned() })
    }

    fn peer(&self, names: &Names, vpc: VpcId) -> Option<Peer> {
        let text = &self.peer;
        let range = text.parse::<Ipv4Network>().map(Peer::V4);
        let range = range.or_else(|_| text.parse::<Ipv6Network>().map(Peer::V6));
        if text.contains('/')
            && let Ok(range) = range
        {
            return Some(range);
        }
        let list = || text.parse().ok().map(Peer::PrefixList);
        names.security_groups.lookup_in(text, vpc).map(Peer::Group).or_else(list)
    }
}

/// `443`, `1024-65535`, or the type and code of ICMP as `8/0`.
fn numbers(text: &str) -> Option<(i32, i32)> {
    if let Some((kind, code)) = text.split_once('/') {
        return Some((kind.parse().ok()?, code.parse().ok()?));
    }
    match text.split_once('-') {
        Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
        None => text.parse().ok().map(|port| (port, port)),
    }
}

fn acl<'n>(
    reading: &mut Reading<'_, 'n>,
    vpc: &VpcOutline<'n>,
    item: &Item<'n, NetworkAclId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::NETWORK_ACL, report)?;
    let is_default = item.id == network_acl::of(vpc.item.id);
    let mut told = Vec::new();
    for (key, egress) in DIRECTIONS {
        for (number, node) in fields.map(key, report) {
            told.extend(entry(number, node, egress, report).map(|entry| (entry, node)));
        }
    }
    if is_default {
        clear_default(reading, vpc, item);
    } else {
        let acl =
            NetworkAcl { id: item.id, tags: tags(item), vpc: vpc.item.id, entries: Vec::new() };
        reading.plan(CreateNetworkAcl { acl }, item.pos, item.node);
    }
    for (entry, node) in told {
        let change = PutNetworkAclEntry { acl: item.id, entry, replace: false };
        reading.plan(change, node.pos, node);
    }
    Some(())
}

/// Takes away what the default ACL has by itself, in the directions that the file says.
fn clear_default<'n>(
    reading: &mut Reading<'_, 'n>,
    vpc: &VpcOutline<'n>,
    item: &Item<'n, NetworkAclId>,
) {
    let usual: &[u32] = if vpc.item.node.get("ipv6-cidr").is_some() { &[100, 101] } else { &[100] };
    for (key, egress) in DIRECTIONS {
        if item.node.get(key).is_some() {
            for number in usual {
                let change = DeleteNetworkAclEntry { acl: item.id, number: *number, egress };
                reading.plan(change, item.pos, item.node);
            }
        }
    }
}

fn entry(key: &Key, node: &Node, egress: bool, report: &mut Report<'_>) -> Option<AclEntry> {
    let Line(line) = reader::read(node, report)?;
    let told = key.text.parse().map_err(|_| format!("`{}` is no number of a rule", key.text));
    match told.and_then(|number| acl_entry(number, &line, egress)) {
        Ok(entry) => Some(entry),
        Err(problem) => {
            report.error_hint(node.pos, &problem, Some(example(egress, true)));
            None
        }
    }
}

fn acl_entry(number: u32, line: &str, egress: bool) -> Result<AclEntry, String> {
    let (verb, rest) = line.trim().split_once(' ').unwrap_or((line, ""));
    let allow = match verb {
        "allow" => true,
        "deny" => false,
        _ => return Err(format!("`{line}` says neither `allow` nor `deny`")),
    };
    let told = Told::of(rest, egress)?;
    let cidr: IpNetwork =
        told.peer.parse().map_err(|_| format!("`{}` is no range of addresses", told.peer))?;
    let protocol = network_acl::protocol_number(&told.protocol)
        .ok_or_else(|| format!("`{}` is no protocol", told.protocol))?;
    let is_icmp = matches!(protocol, 1 | 58);
    let port = |port: i32| u16::try_from(port).unwrap_or_default();
    Ok(AclEntry {
        number,
        egress,
        allow,
        protocol,
        cidr,
        icmp: told.ports.filter(|_| is_icmp),
        ports: told.ports.filter(|_| !is_icmp).map(|(from, to)| (port(from), port(to))),
    })
}

/// The groups that an interface has in the file; `None` if it says none, or one that is not known.
pub(super) fn of_interface(
    fields: &MapReader<'_>,
    names: &Names,
    vpc: VpcId,
    report: &mut Report<'_>,
) -> Option<Vec<SecurityGroupId>> {
    fields.get("security-groups")?;
    let listed = fields.list("security-groups", report).iter();
    listed.map(|node| names.security_groups.find(node, Some(vpc), report)).collect()
}

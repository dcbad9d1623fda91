//! Security groups and network ACLs, their rules in the words of a world file.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::{
    entry::{put, put_map, put_text},
    names::Names,
};
use crate::model::{
    network_acl::{AclEntry, NetworkAcl, protocol_name},
    security_group::{DEFAULT, SecurityGroup, default_group},
    security_group_rule::{Peer, SecurityGroupRule},
    vpc::Vpc,
    world::World,
};

/// The groups of a VPC; its default one only if somebody changed it.
pub(super) fn groups(world: &World, names: &Names, vpc: &Vpc) -> Map<String, Value> {
    let mut groups: Vec<&SecurityGroup> =
        world.security_groups.values().filter(|it| it.vpc == vpc.id).map(|it| &**it).collect();
    groups.sort_by_key(|it| it.id);
    let usual = SecurityGroup::default_of(vpc).rules;
    groups
        .into_iter()
        .filter(|it| it.id != default_group(vpc.id) || it.rules != usual)
        .map(|it| (key(names, &it.id, it.id == default_group(vpc.id)), group(it)))
        .collect()
}

/// The key of a group or an ACL. `default` means the default one.
fn key(names: &Names, id: &impl Display, is_default: bool) -> String {
    if is_default {
        return DEFAULT.to_owned();
    }
    let name = names.of(id);
    if name == DEFAULT { id.to_string() } else { name }
}

fn group(group: &SecurityGroup) -> Value {
    let mut map = Map::new();
    if group.id != default_group(group.vpc) {
        put(&mut map, "id", group.id.to_string());
        put(&mut map, "group-name", &*group.name);
        put(&mut map, "description", &*group.description);
    }
    for (key, egress) in [("inbound", false), ("outbound", true)] {
        let rules = group.rules.iter().filter(|rule| rule.egress == egress).map(rule);
        // A list that is left out means the usual rules.
        map.insert(key.to_owned(), Value::Array(rules.collect()));
    }
    Value::Object(map)
}

fn rule(rule: &SecurityGroupRule) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", rule.id.to_string());
    let ports = match (&*rule.protocol, rule.ports) {
        ("tcp" | "udp", Some((0, 65_535))) | (_, None | Some((-1, -1))) => String::new(),
        ("icmp" | "icmpv6", Some((kind, code))) => format!(" {kind}/{code}"),
        (_, Some((from, to))) => ports(from, to),
    };
    let word = if rule.egress { "to" } else { "from" };
    let protocol = if *rule.protocol == *"-1" { "all" } else { &*rule.protocol };
    put(&mut map, "rule", format!("{protocol}{ports} {word} {}", peer(rule.peer)));
    put_text(&mut map, "description", rule.description.as_ref());
    Value::Object(map)
}

fn peer(peer: Peer) -> String {
    match peer {
        Peer::V4(range) => range.to_string(),
        Peer::V6(range) => range.to_string(),
        Peer::PrefixList(id) => id.to_string(),
        Peer::Group(id) => id.to_string(),
    }
}

fn ports<N: Copy + Display + PartialEq>(from: N, to: N) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    if from == to { format!(" {from}") } else { format!(" {from}-{to}") }
}

/// The ACLs of a VPC; its default one only if somebody changed it.
pub(super) fn acls(world: &World, names: &Names, vpc: &Vpc) -> Map<String, Value> {
    let mut acls: Vec<&NetworkAcl> =
        world.network_acls.values().filter(|it| it.vpc == vpc.id).map(|it| &**it).collect();
    acls.sort_by_key(|it| it.id);
    acls.into_iter().map(|it| (key(names, &it.id, it.is_default()), acl(it))).collect()
}

fn acl(acl: &NetworkAcl) -> Value {
    let mut map = Map::new();
    if !acl.is_default() {
        put(&mut map, "id", acl.id.to_string());
    }
    for (key, egress) in [("inbound", false), ("outbound", true)] {
        let mut entries: Vec<&AclEntry> =
            acl.entries.iter().filter(|it| it.egress == egress).collect();
        entries.sort_by_key(|it| it.number);
        let entries =
            entries.into_iter().map(|it| (it.number.to_string(), Value::String(entry(it))));
        let entries: Map<String, Value> = entries.collect();
        if acl.is_default() {
            // What is left out means the usual entries.
            map.insert(key.to_owned(), Value::Object(entries));
        } else {
            put_map(&mut map, key, entries);
        }
    }
    Value::Object(map)
}

fn entry(entry: &AclEntry) -> String {
    let verb = if entry.allow { "allow" } else { "deny" };
    let word = if entry.egress { "to" } else { "from" };
    let protocol = protocol_name(entry.protocol);
    let range = match (entry.icmp, entry.ports) {
        (Some((-1, -1)) | None, None) | (_, Some((0, 65_535))) => String::new(),
        (Some((kind, code)), None) => format!(" {kind}/{code}"),
        (_, Some((from, to))) => ports(from, to),
    };
    format!("{verb} {protocol}{range} {word} {}", entry.cidr)
}

//! Private hosted zones and their records.

use std::collections::HashMap;

use super::{
    Remark, Resource,
    found::{Entries, Found, flag, items},
    layout::Layout,
    value,
};
use crate::import::text::node::{Node, Pos};

/// The types that this file imports.
pub(super) const KINDS: &[&str] =
    &["AWS::Route53::HostedZone", "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"];

/// A record set, and the resource that contains it.
#[derive(Clone, Copy)]
struct RecordSet<'r> {
    resource: &'r Resource,
    node: &'r Node,
    /// Whether its zone is private, if the file says so.
    of_private: Option<bool>,
}

impl<'r> RecordSet<'r> {
    fn new(resource: &'r Resource, node: &'r Node) -> Self {
        let of_private = resource.properties.get("PrivateZone").and_then(Node::text).and_then(flag);
        Self { resource, node, of_private }
    }

    /// Whether it answers only while another record set fails.
    fn is_secondary(&self) -> bool {
        self.node.get("Failover").and_then(Node::text) == Some("SECONDARY")
    }
}

/// The private hosted zones of the file, as a list.
pub(super) fn zones(found: &mut Found<'_>, layout: &mut Layout) -> Vec<Node> {
    let mut sets = record_sets(found);
    let all = found.of("AWS::Route53::HostedZone");
    let mut private = HashMap::<String, usize>::new();
    for resource in &all {
        if let Some(name) = found.text(resource, "Name")
            && is_private(resource)
        {
            *private.entry(dotted(name)).or_default() += 1;
        }
    }
    let mut zones = Vec::new();
    for resource in all {
        let mut records = sets.remove(resource.id.as_str()).unwrap_or_default();
        let Some(name) = found.text(resource, "Name") else {
            found.skip(resource, "the file does not give its name");
            continue;
        };
        let name = dotted(name);
        if !is_private(resource) {
            // Record sets that give only the zone's name may belong to a private zone of the same name.
            if !private.contains_key(&name) {
                sets.remove(&name);
            }
            let why = "it is public: give its records as a zone file to --public-zone";
            found.skip(resource, why);
            continue;
        }
        let mut named = sets.remove(&name).unwrap_or_default();
        named.retain(|set| set.of_private != Some(false));
        if private.get(&name).is_some_and(|count| *count > 1) && !named.is_empty() {
            let why = "several private zones have the name of its zone, and the file does not say which one it is in";
            named.iter().for_each(|set| found.skip(set.resource, why));
            named.clear();
        }
        records.append(&mut named);
        if resource.data {
            let message = format!(
                "{}: the file only looks it up; records from other files are missing, and their names get NXDOMAIN",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
        }
        let vpcs = vpcs(found, layout, resource);
        if vpcs.is_empty() {
            found
                .skip(resource, "no VPC of the file is associated with it, so nobody can query it");
        }
        let mut fields = Entries::default();
        fields.text("name", resource.pos, name.trim_end_matches('.'));
        fields.text("id", resource.pos, resource.id.clone());
        fields.list("vpcs", resource.pos, vpcs);
        fields.map("records", resource.pos, entries(found, layout, &name, records));
        zones.push(fields.into_node(resource.pos));
    }
    let mut lost: Vec<RecordSet<'_>> = sets.into_values().flatten().collect();
    lost.retain(|set| set.of_private != Some(false));
    for set in lost {
        found.skip(set.resource, "its hosted zone is not in the file");
    }
    zones
}

/// A name in lower case, with a dot at its end.
fn dotted(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether a zone is private: it says so, or it names VPCs.
fn is_private(zone: &Resource) -> bool {
    let stated = zone.properties.get("PrivateZone").and_then(Node::text).and_then(flag);
    stated.unwrap_or_else(|| zone.properties.get("VPCs").is_some_and(|it| !items(it).is_empty()))
}

/// The VPCs of the file that a zone is associated with.
fn vpcs<'r>(found: &mut Found<'r>, layout: &mut Layout, resource: &'r Resource) -> Vec<Node> {
    let listed = found.list(resource, "VPCs");
    let mut vpcs = Vec::new();
    for item in listed {
        let Some(node) = item.get("VPCId") else { continue };
        let known = node.text().is_some_and(|id| layout.known_vpc(id).is_some());
        if !known && value::is_unknown(node).is_none() {
            let message = format!(
                "{} is associated with {}, which is not in the file",
                resource.label(),
                node.describe()
            );
            found.note(node.pos, Remark::Skipped, message);
            continue;
        }
        if let Some(vpc) = layout.vpc(found, node)
            && let Some(plan) = layout.vpcs.get(vpc)
        {
            vpcs.push(value::text(node.pos, plan.id.clone()));
        }
    }
    vpcs
}

/// The record sets, by the id of their zone or by its name with a dot at the end.
fn record_sets<'r>(found: &mut Found<'r>) -> HashMap<String, Vec<RecordSet<'r>>> {
    let mut sets = HashMap::<String, Vec<RecordSet<'_>>>::new();
    let zone_of = |found: &mut Found<'r>, resource: &'r Resource, node: &'r Node| {
        let zone = node.get("HostedZoneId").or_else(|| resource.properties.get("HostedZoneId"));
        if let Some(zone) = zone {
            if let Some(reason) = value::is_unknown(zone) {
                found.skip(resource, &format!("the file does not give its hosted zone ({reason})"));
                return None;
            }
            let id = zone.text()?;
            return Some(id.rsplit('/').next().unwrap_or(id).to_owned());
        }
        let name = node.get("HostedZoneName").or_else(|| resource.properties.get("HostedZoneName"));
        let Some(name) = name.and_then(Node::text) else {
            found.skip(resource, "the file does not give its hosted zone");
            return None;
        };
        Some(dotted(name))
    };
    for resource in found.of("AWS::Route53::RecordSet") {
        let node = &resource.properties;
        if let Some(zone) = zone_of(found, resource, node) {
            sets.entry(zone).or_default().push(RecordSet::new(resource, node));
        }
    }
    for resource in found.of("AWS::Route53::RecordSetGroup") {
        for node in found.list(resource, "RecordSets") {
            if let Some(zone) = zone_of(found, resource, node) {
                sets.entry(zone).or_default().push(RecordSet::new(resource, node));
            }
        }
    }
    sets
}

/// The records of a zone, one entry for each name. Leaves out the records that Route 53 makes itself.
fn entries(
    found: &mut Found<'_>,
    layout: &Layout,
    zone: &str,
    sets: Vec<RecordSet<'_>>,
) -> Entries {
    let mut names: Vec<(String, Pos, Vec<Node>)> = Vec::new();
    let mut index = HashMap::<String, usize>::new();
    let mut routed = HashMap::<(String, String), Pos>::new();
    // Primary records come first: of a failover pair, the primary answers while nothing fails.
    let (secondary, primary): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(RecordSet::is_secondary);
    for set in primary.into_iter().chain(secondary) {
        let Some((name, kind)) = named(found, set) else { continue };
        if kind == "SOA" || (kind == "NS" && name.eq_ignore_ascii_case(zone)) {
            continue;
        }
        let policy = set.node.get("SetIdentifier");
        let key = (name.clone(), kind.clone());
        if policy.is_some() && routed.insert(key, set.node.pos).is_some() {
            let why = format!(
                "routing policies are not emulated: only the first record of {name} {kind} answers"
            );
            found.skip(set.resource, &why);
            continue;
        }
        let Some(record) = record(found, layout, set, &kind) else { continue };
        let number = *index.entry(name.clone()).or_insert_with(|| {
            names.push((name.clone(), set.node.pos, Vec::new()));
            names.len() - 1
        });
        if let Some((_, _, records)) = names.get_mut(number) {
            let alias = |node: &Node| node.get("alias").and_then(Node::text).map(str::to_owned);
            // An alias for A and one for AAAA are the same: an alias answers every type like its target.
            let again = alias(&record).is_some()
                && records.iter().any(|known| alias(known) == alias(&record));
            if !again {
                records.push(record);
            }
        }
    }
    let mut entries = Entries::default();
    for (name, pos, records) in names {
        entries.put_at(name, pos, value::list(pos, records));
    }
    entries
}

/// The absolute name of a record set and its type.
fn named(found: &mut Found<'_>, set: RecordSet<'_>) -> Option<(String, String)> {
    let label = set.resource.label();
    let told = |found: &mut Found<'_>, key: &str| {
        let Some(node) = set.node.get(key) else {
            found.skip(set.resource, &format!("{key} of a record set is missing"));
            return None;
        };
        found.known(node, &format!("{key} of {label}"))?.text().map(str::to_owned)
    };
    let name = told(found, "Name")?;
    let kind = told(found, "Type")?;
    Some((format!("{}.", unescaped(name.trim_end_matches('.'))), kind))
}

fn record(found: &mut Found<'_>, layout: &Layout, set: RecordSet<'_>, kind: &str) -> Option<Node> {
    let pos = set.node.pos;
    let label = set.resource.label();
    let mut fields = Entries::default();
    if let Some(alias) = set.node.get("AliasTarget") {
        let target = found.known(alias.get("DNSName")?, &format!("the target of {label}"))?;
        fields.text("alias", target.pos, without_dualstack(found, target.text()?));
        return Some(fields.into_node(pos));
    }
    fields.text("type", pos, kind);
    fields.copy("ttl", set.node.get("TTL").filter(|ttl| value::is_unknown(ttl).is_none()));
    let mut values = Vec::new();
    let listed = set.node.get("ResourceRecords");
    for item in listed.map_or(&[][..], items) {
        let item = item.get("Value").unwrap_or(item);
        let told = value::is_unknown(item).and_then(|what| layout.address_of(what));
        match told {
            Some(address) => values.push(value::text(item.pos, address.to_string())),
            None => {
                values.extend(found.known(item, &format!("a record of {label}")).cloned());
            }
        }
    }
    if values.is_empty() {
        found.skip(set.resource, "the file gives none of its values");
        return None;
    }
    fields.list("values", pos, values);
    Some(fields.into_node(pos))
}

/// The DNS name of a load balancer in the file, without the label `dualstack.` that Route 53's console adds.
fn without_dualstack<'n>(found: &Found<'_>, name: &'n str) -> &'n str {
    let rest = name.strip_prefix("dualstack.");
    rest.filter(|rest| found.is_balancer(rest.trim_end_matches('.'))).unwrap_or(name)
}

/// Decodes a name as Route 53 lists it: `\052` is an asterisk, three octal digits for one octet.
fn unescaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let octet = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octet.filter(|octet| octet.is_ascii_graphic() && *octet != b'.' && *octet != b'\\') {
            Some(octet) => {
                text.push(octet.into());
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

//! Merges Terraform resources that are only a part of another resource into that resource.

use std::collections::HashMap;

use crate::import::{
    foreign::common::{Notes, Remark, Resource, items, value},
    text::node::{Key, Kind, Node},
};

/// Types that are only a part of another resource. `tables.rs` gives them these names.
const APART: &[&str] = &[
    "main route table",
    "endpoint's subnet",
    "endpoint's route table",
    "endpoint's security group",
    "endpoint's policy",
    "endpoint's private DNS",
    "zone's VPC",
    "target",
    "firewall rule",
    "peering's options",
    "peering's accepter",
];

/// Properties that are lists: a part is added to them. Any other property is replaced.
const LISTS: &[&str] =
    &["SubnetIds", "RouteTableIds", "SecurityGroupIds", "VPCs", "Targets", "FirewallRules"];

/// Adds Terraform's partial resources to the resources they belong to.
pub(in super::super) fn join(resources: &mut Vec<Resource>, notes: &mut Notes) {
    let mut indexes = HashMap::new();
    // Some parts have the same id as the resource they belong to.
    let whole = |it: &Resource| !APART.contains(&it.kind.as_str());
    for (index, resource) in resources.iter().enumerate().filter(|(_, it)| whole(it)) {
        indexes.entry(resource.id.clone()).or_insert(index);
    }
    let zones: HashMap<String, String> = resources
        .iter()
        .filter(|it| it.kind == "AWS::Route53::HostedZone")
        .filter_map(|it| Some((it.id.clone(), it.properties.get("Name")?.text()?.to_owned())))
        .collect();
    let mut joined = Vec::new();
    for resource in resources.iter_mut() {
        let text = |key: &str| resource.properties.get(key).and_then(Node::text).map(str::to_owned);
        let (owner_key, list, keys): (&str, _, &[&str]) = match resource.kind.as_str() {
            "main route table" => ("RouteTableId", None, &["Main"]),
            "endpoint's subnet" => ("VpcEndpointId", Some("SubnetIds"), &[]),
            "endpoint's route table" => ("VpcEndpointId", Some("RouteTableIds"), &[]),
            "endpoint's security group" => ("VpcEndpointId", Some("SecurityGroupIds"), &[]),
            "endpoint's policy" => ("VpcEndpointId", None, &["PolicyDocument"]),
            "endpoint's private DNS" => ("VpcEndpointId", None, &["PrivateDnsEnabled"]),
            "zone's VPC" => ("HostedZoneId", Some("VPCs"), &[]),
            "target" => ("TargetGroupArn", Some("Targets"), &[]),
            "firewall rule" => ("FirewallRuleGroupId", Some("FirewallRules"), &[]),
            "peering's options" => {
                ("VpcPeeringConnectionId", None, &["RequesterDns", "AccepterDns"])
            }
            "peering's accepter" => {
                ("VpcPeeringConnectionId", None, &["State", "RequesterDns", "AccepterDns"])
            }
            "AWS::Route53::RecordSet" => {
                let relative = text("RelativeName").is_some();
                let zone = text("HostedZoneId").and_then(|id| zones.get(&id));
                if let (true, Some(zone), Some(name)) = (relative, zone, text("Name")) {
                    absolute(resource, &name, zone);
                }
                continue;
            }
            _ => continue,
        };
        if resource.kind == "peering's accepter"
            && text(owner_key).is_none_or(|id| !indexes.contains_key(&id))
        {
            // The requester's side is in another state file. The accepter has all the properties.
            let owner = text(owner_key);
            resource.kind = "AWS::EC2::VPCPeeringConnection".to_owned();
            resource.id = owner.unwrap_or_else(|| resource.id.clone());
            continue;
        }
        let told = resource.properties.get(owner_key).filter(|it| value::is_unknown(it).is_none());
        let owner = told.and_then(Node::text).map(str::to_owned);
        let Some(owner) = owner.filter(|id| indexes.contains_key(id)) else {
            // A VPC's main route table appears with the VPC itself.
            if !matches!(resource.kind.as_str(), "main route table") {
                let what = match told.and_then(Node::text) {
                    Some(id) => format!("{id} is not in the files"),
                    None => format!("the file does not give its {owner_key}"),
                };
                let so = consequence(&resource.kind);
                notes.add(resource.pos, Remark::Skipped, format!("{}: {what}{so}", resource.name));
            }
            continue;
        };
        let properties = &resource.properties;
        match list {
            Some(list) => {
                let items = match properties.get(list) {
                    Some(known) => items(known).to_vec(),
                    None => vec![properties.clone()],
                };
                joined.push((owner, list, items));
            }
            None => {
                for key in keys {
                    let told = properties.get(key).cloned();
                    let main = (*key == "Main").then(|| value::text(resource.pos, "true"));
                    if let Some(node) = told.or(main) {
                        joined.push((owner.clone(), *key, vec![node]));
                    }
                }
            }
        }
    }
    for (owner, key, items) in joined {
        let Some(resource) = indexes.get(&owner).and_then(|index| resources.get_mut(*index)) else {
            continue;
        };
        let Kind::Map(entries) = &mut resource.properties.kind else { continue };
        let pos = resource.pos;
        let is_list = LISTS.contains(&key);
        let known = entries.iter().position(|(known, _)| known.text == key);
        match known.and_then(|known| entries.get_mut(known)) {
            Some((_, Node { kind: Kind::Seq(list), .. })) if is_list => {
                for item in items {
                    let again = item
                        .text()
                        .is_some_and(|text| list.iter().any(|it| it.text() == Some(text)));
                    if !again {
                        list.push(item);
                    }
                }
            }
            Some((_, node)) => {
                if let Some(first) = items.into_iter().next().filter(|_| !is_list) {
                    *node = first;
                }
            }
            None => {
                let node =
                    if is_list { Some(value::list(pos, items)) } else { items.into_iter().next() };
                entries.extend(node.map(|node| (Key { text: key.to_owned(), pos }, node)));
            }
        }
    }
    resources.retain(|it| !APART.contains(&it.kind.as_str()));
}

/// What changes in the answers if the resource that a part belongs to is not in the files.
fn consequence(kind: &str) -> &'static str {
    match kind {
        "zone's VPC" => {
            ", so names of that zone are answered as if its VPC were not associated with it; add the file that describes it"
        }
        "endpoint's subnet" | "endpoint's route table" | "endpoint's private DNS" => {
            ", so nothing here leads to that endpoint; add the file that describes it"
        }
        _ => "",
    }
}

/// Makes the name of a record absolute, as Terraform does.
fn absolute(resource: &mut Resource, name: &str, zone: &str) {
    let zone = zone.trim_end_matches('.');
    let name = name.trim_end_matches('.');
    let lower = name.to_ascii_lowercase();
    let inside = lower == zone.to_ascii_lowercase()
        || lower.ends_with(&format!(".{}", zone.to_ascii_lowercase()));
    let full = if inside {
        name.to_owned()
    } else if name.is_empty() {
        zone.to_owned()
    } else {
        format!("{name}.{zone}")
    };
    if let Kind::Map(entries) = &mut resource.properties.kind
        && let Some((_, node)) = entries.iter_mut().find(|(key, _)| key.text == "Name")
    {
        node.kind = Kind::Scalar(full);
    }
}

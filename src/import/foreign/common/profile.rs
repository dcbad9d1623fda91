//! Route 53 Profiles, what is in them, and the VPCs they are associated with.

use super::{
    Remark, Resource,
    found::{Entries, Found},
    layout::Layout,
    value,
};
use crate::import::text::node::Node;

const PROFILE: &str = "AWS::Route53Profiles::Profile";
const ASSOCIATION: &str = "AWS::Route53Profiles::ProfileAssociation";
const RESOURCE: &str = "AWS::Route53Profiles::ProfileResourceAssociation";

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[PROFILE, ASSOCIATION, RESOURCE];

/// The key of a world file for each type of resources that a Profile can have.
const KEYS: &[(&str, &str)] = &[
    ("AWS::Route53::HostedZone", "zone"),
    ("AWS::Route53Resolver::ResolverRule", "rule"),
    ("AWS::Route53Resolver::FirewallRuleGroup", "firewall-rule-group"),
    ("AWS::EC2::VPCEndpoint", "endpoint"),
];

/// An entry of a Profile: the Profile's id, the name of the association, and what a world file says of it.
struct Part<'r> {
    of: &'r Resource,
    profile: String,
    key: String,
    node: Node,
}

/// Reads the Profiles.
pub(super) fn profiles(found: &mut Found<'_>, layout: &mut Layout) -> Entries {
    let mut vpcs = Vec::new();
    for association in found.of(ASSOCIATION) {
        vpcs.extend(vpc(found, layout, association));
    }
    let mut resources = Vec::new();
    for association in found.of(RESOURCE) {
        resources.extend(resource(found, association));
    }
    let mut entries = Entries::default();
    for profile in found.of(PROFILE) {
        let pos = profile.pos;
        let mut fields = Entries::default();
        fields.text("id", pos, profile.id.clone());
        for (key, parts) in [("vpcs", &mut vpcs), ("resources", &mut resources)] {
            let mut own = Entries::default();
            for part in parts.extract_if(.., |it: &mut Part<'_>| it.profile == profile.id) {
                if key == "vpcs" && own.has(&part.key) {
                    found.skip(part.of, "the Profile is associated with its VPC already");
                    continue;
                }
                own.put_at(free(&own, &part.key), part.of.pos, part.node);
            }
            fields.map(key, pos, own);
        }
        let name = found.text(profile, "Name").unwrap_or(found.called(profile)).to_owned();
        entries.put_at(free(&entries, &name), pos, fields.into_node(pos));
    }
    for part in vpcs.iter().chain(&resources) {
        found.skip(part.of, "its Profile is not in the file, so what it gives VPCs is not known");
    }
    entries
}

/// A key, with a number behind it if it is taken.
fn free(entries: &Entries, key: &str) -> String {
    let mut free = key.to_owned();
    for number in 2_u32.. {
        if !entries.has(&free) {
            break;
        }
        free = format!("{key}-{number}");
    }
    free
}

/// The id of the Profile that an association names.
fn profile_of<'r>(found: &mut Found<'r>, association: &'r Resource) -> Option<String> {
    let id = found.text(association, "ProfileId").map(str::to_owned);
    if id.is_none() {
        found.skip(association, "the file does not give its Profile");
    }
    id
}

fn vpc<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    association: &'r Resource,
) -> Option<Part<'r>> {
    let pos = association.pos;
    let profile = profile_of(found, association)?;
    let of_vpc = association.properties.get("ResourceId").and_then(|node| {
        let unknown = value::is_unknown(node).is_some();
        let named = layout.named_vpc(node);
        named.or_else(|| if unknown { layout.vpc(found, node) } else { None })
    });
    let Some(plan) = of_vpc.and_then(|it| layout.vpcs.get(it)) else {
        found.skip(association, "its VPC is not in the file");
        return None;
    };
    let key = plan.id.clone();
    let mut fields = Entries::default();
    fields.copy("name", found.get(association, "Name"));
    fields.copy("priority", found.get(association, "Priority"));
    Some(Part { of: association, profile, key, node: fields.into_node(pos) })
}

fn resource<'r>(found: &mut Found<'r>, association: &'r Resource) -> Option<Part<'r>> {
    let pos = association.pos;
    let profile = profile_of(found, association)?;
    let name = found.text(association, "Name").unwrap_or(&association.name).to_owned();
    let properties = found.get(association, "ResourceProperties").cloned();
    let Some(arn) = found.text(association, "ResourceArn") else {
        found.skip(association, "the file does not give what it names");
        return None;
    };
    // A reference that is followed gives the id alone.
    let id = arn.rsplit('/').next().unwrap_or(arn);
    let Some(target) = found.by_id(id) else {
        found.skip(association, &format!("it names {id}, which is not in the file"));
        return None;
    };
    let Some((_, key)) = KEYS.iter().find(|(kind, _)| *kind == target.kind) else {
        found.leave(association, "no answer depends on what it names");
        return None;
    };
    let mut fields = Entries::default();
    fields.text(key, pos, target.id.clone());
    if *key == "firewall-rule-group" {
        match properties.as_ref().and_then(priority) {
            Some(priority) => fields.text("priority", pos, priority),
            None => {
                let message = format!(
                    "{}: the file does not give its priority; 100 is used",
                    association.label()
                );
                found.note(pos, Remark::Assumed, message);
                fields.text("priority", pos, "100");
            }
        }
    }
    Some(Part { of: association, profile, key: name, node: fields.into_node(pos) })
}

/// The priority in the properties of a rule group: a text with JSON, or a map.
fn priority(properties: &Node) -> Option<String> {
    if let Some(node) = properties.get("priority") {
        return node.text().map(str::to_owned);
    }
    let json: serde_json::Value = serde_json::from_str(properties.text()?).ok()?;
    match json.get("priority")? {
        serde_json::Value::String(text) => Some(text.clone()),
        other => other.as_u64().map(|it| it.to_string()),
    }
}

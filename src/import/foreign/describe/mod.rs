//! Reads the output of `aws … describe-*`, `aws route53 list-*` and `aws route53resolver list-*` as resources.
//!
//! Recognises a text by its top-level keys. Knows the shape of AWS's replies. `common` knows what the resources mean
//! for a World.

mod attributes;
mod keys;
mod reply;

pub(super) use attributes::add as add_attributes;
pub(in crate::import) use keys::reads;

use std::collections::BTreeSet;

use super::{
    cloudformation::Exports,
    common::{Notes, REPLIES, Remark, Resource, untaken},
    forms::PAGES,
};
use crate::import::text::node::Node;

/// The key under which the reader stores the names of the keys it left out.
pub(in crate::import) const UNREAD: &str = "keys of replies that vpcdns does not read";

/// Adds the resources of one reply.
type Take = fn(&Node, &mut Vec<Resource>);

/// The keys of replies whose items become resources, one by one.
const LISTS: &[(&str, Take)] = &[
    ("Vpcs", reply::vpc),
    ("Subnets", reply::subnet),
    ("RouteTables", reply::route_table),
    ("InternetGateways", reply::internet_gateway),
    ("DhcpOptions", reply::dhcp_options),
    ("Reservations", reply::reservation),
    ("NetworkInterfaces", reply::network_interface),
    ("Addresses", reply::address),
    ("NatGateways", reply::nat_gateway),
    ("SecurityGroups", reply::security_group),
    ("NetworkAcls", reply::network_acl),
    ("VpcEndpoints", reply::endpoint),
    ("ServiceConfigurations", reply::service),
    ("AllowedPrincipals", reply::principal),
    ("ServiceDetails", reply::service_details),
    ("VpcPeeringConnections", reply::peering),
    ("LoadBalancers", reply::load_balancer),
    ("LoadBalancerDescriptions", reply::classic_balancer),
    ("HostedZones", reply::hosted_zone),
    ("HostedZoneSummaries", reply::zone_summary),
    ("ResolverEndpoints", reply::resolver_endpoint),
    ("ResolverRules", reply::resolver_rule),
    ("ResolverRuleAssociations", reply::resolver_rule_association),
    ("ResolverConfigs", reply::resolver_config),
];

/// Keys that accompany others, and replies that no answer depends on. They get no note.
const QUIET: &[&str] = &[
    "ServiceNames",
    "VpcId",
    "VPCs",
    "DelegationSet",
    "NextToken",
    "NextMarker",
    "NextRecordName",
    "NextRecordType",
    "NextRecordIdentifier",
    PAGES,
    UNREAD,
    "Marker",
    "MaxItems",
    "MaxResults",
    "IsTruncated",
    "ResponseMetadata",
    "AvailabilityZones",
    "EnableNetworkAddressUsageMetrics",
];

/// Replies that vpcdns recognises but does not read. The table of resources lists further ones.
const IDLE: &[&str] = &[
    "SecurityGroupRules",
    "PrefixLists",
    "FlowLogs",
    "TransitGateways",
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "VpnGateways",
    "VpnConnections",
    "CustomerGateways",
    "VpcEndpointConnections",
    "ConnectionNotificationSet",
    "TargetGroups",
    "TargetHealthDescriptions",
    "Listeners",
    "IpAddresses",
    "FirewallRuleGroupAssociations",
    "FirewallDomainLists",
    "FirewallRules",
    "Tags",
    "Volumes",
    "Images",
    "Regions",
];

/// The function that reads the items under a key.
fn taken(key: &str) -> Option<Take> {
    LISTS.iter().find(|(known, _)| *known == key).map(|(_, take)| *take)
}

/// Whether vpcdns recognises a reply but does not read it.
fn is_idle(key: &str) -> bool {
    IDLE.contains(&key) || REPLIES.contains(&key) && taken(key).is_none()
}

/// Whether unread keys can be dropped from the items under a key.
pub(in crate::import) fn is_narrow(key: &str) -> bool {
    taken(key).is_some() || is_idle(key)
}

/// The keys by which a reply is recognised.
pub(in crate::import) fn is_reply(key: &str) -> bool {
    is_narrow(key)
        || matches!(
            key,
            "EnableDnsSupport"
                | "EnableDnsHostnames"
                | "HostedZone"
                | "ResourceRecordSets"
                | "AvailabilityZones"
                | "Exports"
                | "Stacks"
        )
}

/// A reply, and the other replies of the same text that could not be merged into it.
fn pages(reply: &Node) -> impl Iterator<Item = &Node> {
    std::iter::once(reply).chain(reply.get(PAGES).map_or(&[][..], Node::items))
}

/// Adds the exports that CloudFormation's replies list.
pub(super) fn exports(reply: &Node, exports: &mut Exports) {
    pages(reply).for_each(|page| exports_of(page, exports));
}

fn exports_of(reply: &Node, exports: &mut Exports) {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let listed = reply.get("Exports").map_or(&[][..], Node::items).iter();
    exports.extend(listed.filter_map(|it| Some((text(it, "Name")?, text(it, "Value")?))));
    let stacks = reply.get("Stacks").map_or(&[][..], Node::items).iter();
    let outputs = stacks.flat_map(|it| it.get("Outputs").map_or(&[][..], Node::items));
    exports
        .extend(outputs.filter_map(|it| Some((text(it, "ExportName")?, text(it, "OutputValue")?))));
}

/// The resources in replies. Each Node is the content of one text.
pub(super) fn resources(replies: &[&Node], notes: &mut Notes) -> Vec<Resource> {
    let mut resources = Vec::new();
    for root in replies.iter().copied().flat_map(pages) {
        for (key, value) in root.entries() {
            let key = key.text.as_str();
            if let Some(take) = taken(key) {
                for item in value.items() {
                    take(item, &mut resources);
                }
            }
        }
        if let Some(zone) = root.get("HostedZone") {
            reply::one_zone(zone, root.get("VPCs"), &mut resources);
        }
        if let Some(sets) = root.get("ResourceRecordSets") {
            reply::record_sets(sets, &mut resources, notes);
        }
        if let Some(message) = unread(root) {
            notes.add(root.pos, Remark::Idle, message);
        }
        for (key, value) in root.entries() {
            let name = key.text.as_str();
            if is_idle(name) || !is_reply(name) && !QUIET.contains(&name) {
                let count = value.items().len();
                let (remark, why) = match untaken::matter(name) {
                    Some(what) => {
                        (Remark::Skipped, format!("vpcdns does not read them, though {what}"))
                    }
                    None => (Remark::Idle, "vpcdns does not read them".to_owned()),
                };
                notes.add(key.pos, remark, format!("{name} ({count}): {why}"));
            }
        }
    }
    merge_zones(&mut resources);
    resources
}

/// The keys in the reply's items that nothing reads, in one sentence.
fn unread(root: &Node) -> Option<String> {
    let left_out = root.get(UNREAD).map_or(&[][..], Node::items).iter();
    let mut keys: BTreeSet<&str> = left_out.filter_map(Node::text).collect();
    let lists = root.entries().iter().filter(|(key, _)| is_narrow(&key.text));
    let mut rest: Vec<&Node> = lists.flat_map(|(_, list)| list.items()).collect();
    while let Some(node) = rest.pop() {
        rest.extend(node.items());
        for (key, value) in node.entries() {
            if reads(&key.text) {
                rest.push(value);
            } else {
                keys.insert(&key.text);
            }
        }
    }
    let keys: Vec<&str> = keys.into_iter().collect();
    (!keys.is_empty()).then(|| format!("{UNREAD}: {}", keys.join(", ")))
}

/// Removes a zone from a list if a description of it exists, because only the description has its VPCs.
fn merge_zones(resources: &mut Vec<Resource>) {
    let is_zone = |it: &Resource| it.kind == "AWS::Route53::HostedZone";
    let described: std::collections::HashSet<String> = resources
        .iter()
        .filter(|it| is_zone(it) && it.properties.get("VPCs").is_some())
        .map(|it| it.id.clone())
        .collect();
    resources.retain(|it| {
        !is_zone(it) || it.properties.get("VPCs").is_some() || !described.contains(&it.id)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::foreign::common;

    #[test]
    fn every_reply_is_in_a_fixture() {
        let fixtures = common::fixtures("describe");
        for (key, _) in LISTS {
            assert!(fixtures.contains(&format!("\"{key}\": [")), "{key}");
        }
    }
}

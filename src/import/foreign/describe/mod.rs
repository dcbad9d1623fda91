//! What `aws … describe-*`, `aws route53 list-*` and `aws route53resolver list-*` print, as resources.
//!
//! A text is recognised by the keys at its top. Knows the shape of AWS's replies; what the resources mean for a World is
//! `foreign`'s business.

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

/// The key of a reply that lists the keys that were left out while it was read.
pub(in crate::import) const UNREAD: &str = "keys of replies that vpcdns does not read";

/// Takes the resources of one reply.
type Take = fn(&Node, &mut Vec<Resource>);

/// The keys of replies whose items are taken, one by one.
const LISTS: &[(&str, Take)] = &[
    ("Vpcs", reply::vpc),
    ("Subnets", reply::subnet),
    ("RouteTables", reply::route_table),
    ("InternetGateways", reply::internet_gateway),
    ("DhcpOptions", reply::dhcp_options),
    ("Reservations", reply::reservation),
    ("NetworkInterfaces", reply::network_interface),
    ("Addresses", reply::address),
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

/// Keys that go with others, and replies that no answer depends on.
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

/// Replies that are known for what they are, but not read, beside those that list resources of the World.
const IDLE: &[&str] = &[
    "SecurityGroupRules",
    "NetworkAcls",
    "NatGateways",
    "PrefixLists",
    "ManagedPrefixLists",
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
    "KeyPairs",
    "Regions",
];

/// How the items of a key are taken.
fn taken(key: &str) -> Option<Take> {
    LISTS.iter().find(|(known, _)| *known == key).map(|(_, take)| *take)
}

/// Whether a reply is known for what it is, but not read.
fn is_idle(key: &str) -> bool {
    IDLE.contains(&key) || REPLIES.contains(&key) && taken(key).is_none()
}

/// Whether a key's list can do without what nothing reads of its items.
pub(in crate::import) fn is_narrow(key: &str) -> bool {
    taken(key).is_some() || is_idle(key)
}

/// The keys that tell a reply apart from other files.
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

/// A reply, and those of the same text that could not be one with it.
fn pages(reply: &Node) -> impl Iterator<Item = &Node> {
    std::iter::once(reply).chain(reply.get(PAGES).map_or(&[][..], Node::items))
}

/// Adds what replies of CloudFormation tell of exports.
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

/// The resources of replies, each text's as one Node.
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

/// Names the keys of a reply's items that nothing reads.
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

/// Of a zone that was listed and described, keeps the description, which tells its VPCs.
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

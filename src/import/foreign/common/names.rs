//! The names of resources: the tag `Name`, and the name in the file.

use std::collections::HashMap;

use super::{Resource, value};
use crate::import::text::node::Node;

/// The types whose resources can be named in a Change or as a client.
pub(super) const NAMED: &[&str] = &[
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::RouteTable",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::DHCPOptions",
    "AWS::EC2::Instance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::Route53::HostedZone",
    "AWS::Route53Resolver::ResolverEndpoint",
];

/// The tag that CloudFormation puts on the resources it makes.
const LOGICAL_ID: &str = "aws:cloudformation:logical-id";

/// Chooses a name for each resource of one type: its tag `Name`, or its name in the file if several have the same tag.
/// The CDK, for example, gives all endpoints of a VPC the same tag.
pub(super) fn choose<'r>(resources: &[&'r Resource]) -> Vec<&'r str> {
    let mut names: Vec<&str> =
        resources.iter().map(|it| tag(it, "Name").unwrap_or(own(it))).collect();
    // The name in the file may equal another resource's tag. That resource then uses its name in the file too. Longer
    // chains do not occur in real files.
    for _ in 0..4 {
        let mut counts = HashMap::<&str, usize>::new();
        for name in &names {
            *counts.entry(name).or_default() += 1;
        }
        let mut changed = false;
        for (name, resource) in names.iter_mut().zip(resources) {
            if counts.get(name).is_some_and(|count| *count > 1) && *name != own(resource) {
                *name = own(resource);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    names
}

/// All names of a resource: its tag, and its name in the file.
pub(super) fn of(resource: &Resource) -> [Option<&str>; 2] {
    let (tag, own) = (tag(resource, "Name"), own(resource));
    [tag.filter(|it| *it != own), Some(own)]
}

/// The text by which a world file refers to a resource: its id, or a load balancer's DNS name.
pub(super) fn id_of(resource: &Resource) -> &str {
    let name = resource.properties.get("DNSName").filter(|it| value::is_unknown(it).is_none());
    match name.and_then(Node::text) {
        Some(name) if resource.kind.starts_with("AWS::ElasticLoadBalancing") => name,
        _ => &resource.id,
    }
}

/// The name in the file. For a resource from `describe-*`, the logical id in the template that made it.
fn own(resource: &Resource) -> &str {
    let described = resource.name == resource.id;
    let logical = tag(resource, LOGICAL_ID).filter(|_| described);
    logical.unwrap_or(&resource.name)
}

/// The value of a tag, if it can be used as a name.
fn tag<'r>(resource: &'r Resource, key: &str) -> Option<&'r str> {
    let tags = resource.properties.get("Tags").map_or(&[][..], Node::items);
    let tag = tags.iter().find(|tag| tag.get("Key").and_then(Node::text) == Some(key));
    let value = tag?.get("Value").filter(|value| value::is_unknown(value).is_none());
    value
        .and_then(Node::text)
        .filter(|name| !name.trim().is_empty() && !name.contains(char::is_control))
}

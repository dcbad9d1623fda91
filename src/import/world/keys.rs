//! The keys of a world file, map by map. docs/world.schema.json describes each of them.
//!
//! Some parts of the file come from the table of resources. Their keys are beside their readers (`Part`).

use crate::model::resources::FILE_KEYS;

/// A part of a world file that comes from the table of resources.
pub(super) trait Part {
    /// The keys of each of its items.
    const KEYS: &'static [&'static str];
}

/// The top level of the file.
pub const WORLD: &[&str] = FILE_KEYS;
/// A fault.
pub const FAULT: &[&str] = &["name", "from", "answer", "delay"];
/// `switches`.
pub const SWITCHES: &[&str] = &[
    "wildcard",
    "pending",
    "missing-type",
    "quirks",
    "public-ttl-cap",
    "negative-ttl-cap",
    "ttl",
    "ip-names",
    "catalog-date",
    "instance-types",
    "services",
];
/// A VPC.
pub const VPC: &[&str] = &[
    "id",
    "region",
    "owner",
    "cidr",
    "ipv6-cidr",
    "dns-support",
    "dns-hostnames",
    "default",
    "autodefined-reverse",
    "dhcp-options",
    "internet-gateway",
    "route-tables",
    "security-groups",
    "network-acls",
    "subnets",
    "endpoints",
    "inbound-endpoints",
    "firewall",
];
/// `dhcp-options`.
pub const DHCP_OPTIONS: &[&str] = &["id", "name", "domain-name", "servers"];
/// `internet-gateway` as a map.
pub const INTERNET_GATEWAY: &[&str] = &["id", "name", "route-table"];
/// A route table.
pub const ROUTE_TABLE: &[&str] = &["id", "main", "routes"];
/// A subnet.
pub const SUBNET: &[&str] = &[
    "id",
    "cidr",
    "zone",
    "route-table",
    "ipv6-cidr",
    "dns64",
    "ipv6-native",
    "map-public-ip",
    "resource-names",
    "network-acl",
    "instances",
    "nat-gateways",
];
/// `resource-names`.
pub const RESOURCE_NAMES: &[&str] = &["hostname", "a", "aaaa"];
/// An instance.
pub const INSTANCE: &[&str] = &[
    "id",
    "address",
    "public-address",
    "ipv6",
    "type",
    "hostname",
    "resource-names",
    "metadata",
    "placement",
    "secondary-addresses",
    "security-groups",
    "state",
];
/// `placement` of an instance.
pub const PLACEMENT: &[&str] = &["group", "partition", "tenancy"];
/// A NAT gateway.
pub const NAT_GATEWAY: &[&str] =
    &["id", "connectivity", "address", "public-address", "allocation", "secondary-addresses"];
/// A secondary address of a NAT gateway.
pub const NAT_ADDRESS: &[&str] = &["address", "public-address", "allocation"];
/// A security group.
pub const SECURITY_GROUP: &[&str] = &["id", "group-name", "description", "inbound", "outbound"];
/// A rule of a security group as a map.
pub const SECURITY_GROUP_RULE: &[&str] = &["id", "rule", "description"];
/// A network ACL.
pub const NETWORK_ACL: &[&str] = &["id", "inbound", "outbound"];
/// `metadata` of an instance.
pub const METADATA: &[&str] =
    &["endpoint", "tokens", "tags", "image", "key-name", "public-key", "role", "user-data"];
/// An endpoint.
pub const ENDPOINT: &[&str] = &[
    "id",
    "suffix",
    "service",
    "service-region",
    "type",
    "private-dns",
    "private-dns-only-for-inbound-resolver-endpoint",
    "ip-address-type",
    "dns-record-ip-type",
    "subnets",
    "route-tables",
    "state",
    "unhealthy-zones",
    "policy",
    "security-groups",
];
/// The addresses of an endpoint in one subnet.
pub const ENDPOINT_SUBNET: &[&str] = &["ipv4", "ipv6"];
/// An inbound endpoint.
pub const INBOUND_ENDPOINT: &[&str] = &["id", "addresses"];
/// A load balancer.
pub const LOAD_BALANCER: &[&str] = &[
    "dns-name",
    "type",
    "vpc",
    "scheme",
    "zones",
    "unhealthy-zones",
    "targets",
    "client-routing",
    "ip-address-type",
    "source-nat-ipv6",
    "attributes",
    "listeners",
    "health-check",
];
/// The addresses of a load balancer in one zone.
pub const LOAD_BALANCER_ZONE: &[&str] = &["address", "private-address", "ipv6", "subnet", "chosen"];
/// A listener of a load balancer.
pub const LISTENER: &[&str] = &[
    "id",
    "protocol",
    "port",
    "actions",
    "certificates",
    "ssl-policy",
    "alpn",
    "mutual-authentication",
    "attributes",
    "rules",
];
/// A rule of a listener.
pub const LISTENER_RULE: &[&str] = &["id", "priority", "conditions", "actions", "transforms"];
/// `health-check` of a target group.
pub const TARGET_HEALTH_CHECK: &[&str] = &[
    "enabled",
    "protocol",
    "port",
    "path",
    "interval",
    "timeout",
    "healthy-after",
    "unhealthy-after",
    "matcher",
];
/// A target of a target group.
pub const TARGET: &[&str] = &["id", "port", "zone", "quic-server-id"];
/// A managed resource.
pub const MANAGED_RESOURCE: &[&str] =
    &["dns-name", "type", "vpc", "endpoint-access", "addresses", "public-addresses"];
/// `private-dns-name` of an endpoint service.
pub const PRIVATE_DNS_NAME: &[&str] = &["name", "state", "txt-name", "txt-value"];
/// A hosted zone; `name` only in a list of them.
pub const HOSTED_ZONE: &[&str] = &[
    "name",
    "id",
    "vpcs",
    "records",
    "public",
    "owner",
    "comment",
    "caller-reference",
    "delegation-set",
];
/// Records as a map.
pub const RECORD: &[&str] = &[
    "type",
    "ttl",
    "values",
    "alias",
    "alias-zone",
    "evaluate-health",
    "set",
    "weight",
    "latency",
    "failover",
    "continent",
    "country",
    "subdivision",
    "multivalue",
    "near",
    "bias",
    "cidr-collection",
    "cidr-location",
    "health-check",
];
/// The keys of a record that is chosen by a routing policy, or that depends on a health check.
pub const ROUTED: &[&str] = &[
    "set",
    "weight",
    "latency",
    "failover",
    "continent",
    "country",
    "multivalue",
    "near",
    "cidr-collection",
    "health-check",
];
/// A health check.
pub const HEALTH_CHECK: &[&str] = &["owner", "caller-reference", "settings", "regions", "children"];
/// A Resolver rule.
pub const RESOLVER_RULE: &[&str] = &["id", "domain", "type", "targets", "targets-told", "vpcs"];
/// A DNS Firewall rule group.
pub const FIREWALL_RULE_GROUP: &[&str] = &["id", "vpcs", "rules"];
/// A rule of a DNS Firewall rule group.
pub const FIREWALL_RULE: &[&str] = &[
    "priority",
    "domains",
    "type",
    "action",
    "block-response",
    "override",
    "override-ttl",
    "redirection",
];
/// A VPC of a Profile, in a map.
pub const PROFILE_VPC: &[&str] = &["name", "priority"];
/// What a Profile can have, each under its key.
pub const SHAREABLE: &[&str] = &["zone", "rule", "firewall-rule-group", "endpoint"];
/// A resource of a Profile.
pub const PROFILE_RESOURCE: &[&str] =
    &["zone", "rule", "firewall-rule-group", "endpoint", "name", "priority"];
/// The firewall of a VPC.
pub const FIREWALL: &[&str] = &["fail-open", "failing"];

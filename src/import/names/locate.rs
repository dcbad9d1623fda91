//! Finds the position in a file that caused a refusal of AWS's.
//!
//! Runs only after a refusal, so a good file costs nothing. Looks first at the key that the rule is about, then at the
//! values that the refusal's message mentions.

use std::collections::HashSet;

use super::Names;
use crate::{
    catalog,
    import::text::{
        near,
        node::{Key, Kind, Node, Pos},
    },
    model::{change::Change, refusal::Refusal, vpc::canonical, world::World},
};

/// The most exact position for a refusal inside the resource's text.
pub(in crate::import) fn position(refusal: &Refusal, node: &Node, names: &Names) -> Option<Pos> {
    let keyed = keys(refusal).iter().find_map(|key| get(node, key));
    if let Some(value) = keyed {
        // In a list, the item that the message mentions.
        return Some(mentioned(&refusal.message, value, names).unwrap_or(value.pos));
    }
    mentioned(&refusal.message, node, names)
}

/// The value at a path of keys, such as `DnsOptions.DnsRecordIpType`.
fn get<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(node, |node, key| node.get(key))
}

/// The keys that a rule is about, in world files and in Changes. The first one that exists counts.
fn keys(refusal: &Refusal) -> &'static [&'static str] {
    match (refusal.code, refusal.fact) {
        (
            "CidrConflict" | "InvalidVpc.Range" | "InvalidSubnet.Range" | "InvalidSubnet.Conflict",
            _,
        ) => &["cidr", "CidrBlock"],
        (_, "N3") => &["id", "dns-name"],
        (_, "M8") => &["metadata.user-data"],
        (_, "N11") => &["zone", "AvailabilityZone"],
        (_, "L24") => &["service", "ServiceName"],
        (_, "P100") => &["service-region", "ServiceRegion"],
        (_, "A13") => &["type", "service", "VpcEndpointType", "ServiceName"],
        (_, "A12") => &[
            "route-tables",
            "subnets",
            "security-groups",
            "private-dns",
            "RouteTableIds",
            "AddRouteTableIds",
            "SubnetIds",
            "SubnetConfigurations",
        ],
        (_, "P43" | "P45" | "P46") => &[
            "dns-record-ip-type",
            "ip-address-type",
            "DnsOptions.DnsRecordIpType",
            "IpAddressType",
        ],
        (_, "P80" | "P81" | "P82") => &["private-dns", "PrivateDnsEnabled"],
        (_, "P50" | "P51" | "P53" | "P54" | "P55") => &[
            "private-dns-only-for-inbound-resolver-endpoint",
            "private-dns",
            "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint",
            "PrivateDnsEnabled",
        ],
        (_, "P83") => &["vpcs"],
        ("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled" | "OperationNotPermitted", _) => {
            &["requester-dns", "accepter-dns"]
        }
        ("InvalidParameter", "H41") => &["accepter"],
        (_, "H52") => &["servers"],
        (_, "A60" | "A61") => &["state", "VpcEndpointIds"],
        (_, "L22") => &["load-balancers", "NetworkLoadBalancers"],
        (_, "B1" | "MR5") => &["dns-name"],
        (_, "MR6") => &["addresses"],
        (_, "MR7") => &["endpoint-access", "EndpointAccess"],
        (_, "PG2" | "PG4" | "PG5" | "PG8" | "PG9") => &["placement.group", "Placement"],
        (_, "PG3") => &["placement.partition", "Placement.PartitionNumber", "placement"],
        (_, "PG11") => &["partitions", "PartitionCount"],
        (_, "V2") => &[],
        (_, "V3") => &["dns-hostnames", "EnableDnsHostnames"],
        _ => &[],
    }
}

/// The first scalar or key that the message mentions.
fn mentioned(text: &str, node: &Node, names: &Names) -> Option<Pos> {
    let words: Vec<&str> = words(text).collect();
    let named: Vec<&str> = words.iter().filter_map(|word| names.name_of(word)).collect();
    find(node, &|scalar: &str| {
        words.contains(&scalar)
            || named.contains(&scalar)
            || scalar
                .parse::<ipnetwork::Ipv4Network>()
                .is_ok_and(|range| words.contains(&canonical(range).to_string().as_str()))
    })
}

fn find(node: &Node, wanted: &dyn Fn(&str) -> bool) -> Option<Pos> {
    match &node.kind {
        Kind::Null => None,
        Kind::Scalar(text) => wanted(text).then_some(node.pos),
        Kind::Seq(items) => items.iter().find_map(|item| find(item, wanted)),
        Kind::Map(entries) => entries.iter().find_map(|(key, value): &(Key, Node)| {
            // If a key is mentioned, its value comes first: in a map from subnets to addresses, the address is the
            // wrong part.
            find(value, wanted).or_else(|| wanted(&key.text).then_some(key.pos))
        }),
    }
}

/// The words of a message, without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, '\'' | '"' | '(' | ')' | ',' | '`')
    })
    .map(|word| word.trim_end_matches(['.', ':']))
    .filter(|word| !word.is_empty())
}

/// Whether a message mentions one of the ids, alone or at the end of a service name.
pub(in crate::import) fn mentions(text: &str, ids: &HashSet<String>) -> bool {
    !ids.is_empty()
        && words(text).any(|word| {
            ids.contains(word) || word.rsplit_once('.').is_some_and(|(_, last)| ids.contains(last))
        })
}

/// A hint for a refusal that a misspelt name may have caused.
pub(in crate::import) fn hint(
    refusal: &Refusal,
    world: &World,
    change: &Change,
    names: &Names,
) -> Option<String> {
    let Change::CreateVpcEndpoint(create) = change else { return None };
    if refusal.code != "InvalidServiceName" {
        return None;
    }
    let own = world.vpcs.get(&create.vpc).map(|vpc| vpc.region);
    let region = catalog::region(create.service_region.as_deref().or(own)?)?;
    let services = catalog::services(region, world.switches.catalog_date);
    let known =
        services.iter().flat_map(|service| [service.suffix.as_str(), service.name.as_str()]);
    near::did_you_mean(&create.service, known.chain(names.endpoint_services.names()))
}

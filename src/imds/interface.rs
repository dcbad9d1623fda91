//! `network/interfaces/macs/`: the primary network interface of an instance, the only one it has here (M22).
//!
//! Its MAC address and id are made from the instance's id, so they are the same on every machine.

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::tree::{Subject, Tree};
use crate::model::id::{NetworkInterfaceId, SecurityGroupId};

/// The name of the group an instance is in when nothing is said: its VPC's default group.
pub(super) const GROUP_NAME: &str = "default";

/// The MAC address: locally administered and unicast, as EC2's are.
pub(super) fn mac(subject: &Subject<'_>) -> String {
    let [a, b, c, d, e, ..] = subject.seed("mac", &subject.instance.id.to_string()).to_be_bytes();
    format!("02:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}")
}

/// Adds the interface.
pub(super) fn put(subject: &Subject<'_>, tree: &mut Tree) {
    let Subject { instance, subnet, vpc, .. } = subject;
    let mac = mac(subject);
    let base = format!("meta-data/network/interfaces/macs/{mac}");
    let mut put = |key: &str, value: String| tree.put(format!("{base}/{key}"), value);
    let id = instance.id.to_string();
    put("device-number", "0".to_owned());
    put("interface-id", NetworkInterfaceId::from_seed(subject.seed("interface", &id)).to_string());
    put("local-hostname", subject.hostname());
    put("mac", mac);
    put("network-card", "0".to_owned());
    put("owner-id", vpc.owner.to_string());
    let group = SecurityGroupId::from_seed(subject.seed("default-group", &vpc.id.to_string()));
    put("security-group-ids", group.to_string());
    put("security-groups", GROUP_NAME.to_owned());
    put("subnet-id", subnet.id.to_string());
    put("vpc-id", vpc.id.to_string());
    if !subnet.ipv6_native {
        put("subnet-ipv4-cidr-block", subnet.cidr.to_string());
    }
    if let Some(range) = subnet.ipv6_cidr {
        put("subnet-ipv6-cidr-blocks", range.to_string());
    }
    if let Some(primary) = vpc.cidrs.first() {
        put("vpc-ipv4-cidr-block", primary.to_string());
        put("vpc-ipv4-cidr-blocks", lines(vpc.cidrs.iter().map(Ipv4Network::to_string)));
    }
    if !vpc.ipv6_cidrs.is_empty() {
        put("vpc-ipv6-cidr-blocks", lines(vpc.ipv6_cidrs.iter().map(Ipv6Network::to_string)));
    }
    if let Some(address) = instance.address {
        put("local-ipv4s", address.to_string());
    }
    if let Some(address) = instance.ipv6 {
        put("ipv6s", address.to_string());
    }
    if let Some(public) = instance.public_address {
        put("public-ipv4s", public.to_string());
        if let Some(address) = instance.address {
            put(&format!("ipv4-associations/{public}"), address.to_string());
        }
    }
    if let Some(name) = subject.public_hostname() {
        put("public-hostname", name);
    }
}

fn lines(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("\n")
}

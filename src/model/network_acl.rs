//! Network ACLs and their entries. Nothing is filtered by them.
//!
//! The default ACL of a VPC follows from the VPC until somebody changes it: only then it is stored. The last entry of each
//! list, which denies everything, is in none of the lists kept here. `network_acl_change.rs` makes and changes them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;

use super::{
    id::{NetworkAclId, SubnetId, VpcId, derived, derived_seed},
    world::Tags,
};

/// The highest number of an entry (NA2).
pub const MAX_NUMBER: u32 = 32_766;

/// The protocols that have names, with their numbers (NA2).
const PROTOCOLS: [(&str, i16); 6] =
    [("all", -1), ("-1", -1), ("icmp", 1), ("tcp", 6), ("udp", 17), ("icmpv6", 58)];

/// The number of a protocol, by its name or its number.
pub fn protocol_number(text: &str) -> Option<i16> {
    let named = PROTOCOLS.iter().find(|(name, _)| *name == text).map(|(_, number)| *number);
    named.or_else(|| text.parse::<u8>().ok().map(i16::from))
}

/// The name of a protocol; its number, if it has none.
pub fn protocol_name(number: i16) -> String {
    let named = PROTOCOLS.iter().find(|(_, known)| *known == number);
    named.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NetworkAcl {
    /// Its id.
    pub id: NetworkAclId,
    /// Its tags.
    pub tags: Tags,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its entries.
    pub entries: Vec<AclEntry>,
}

/// An entry of an ACL.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AclEntry {
    /// Its number: entries are looked at in this order.
    pub number: u32,
    /// Whether it is for traffic that leaves the subnet.
    pub egress: bool,
    /// Whether it lets the traffic pass.
    pub allow: bool,
    /// The number of the protocol; -1 means all.
    pub protocol: i16,
    /// The range at the other end.
    pub cidr: IpNetwork,
    /// The type and code of ICMP; -1 means all.
    pub icmp: Option<(i32, i32)>,
    /// The ports.
    pub ports: Option<(u16, u16)>,
}

/// The id of a VPC's default ACL.
pub fn of(vpc: VpcId) -> NetworkAclId {
    NetworkAclId::from_seed(derived_seed(&format!("{vpc}/network-acl")))
}

/// The id of a subnet's association with its ACL.
pub fn association(acl: NetworkAclId, subnet: SubnetId) -> String {
    derived("aclassoc", &format!("{acl}/{subnet}"))
}

/// An entry of all traffic.
fn of_everything(number: u32, egress: bool, allow: bool, v6: bool) -> AclEntry {
    let none: IpAddr = if v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let cidr = IpNetwork::new(none, 0).unwrap_or_else(|_| none.into());
    AclEntry { number, egress, allow, protocol: -1, cidr, icmp: None, ports: None }
}

impl NetworkAcl {
    /// The default ACL of a VPC that nobody changed; with entries of IPv6 if the VPC has such a range.
    pub(super) fn usual(vpc: VpcId, with_ipv6: bool, tags: Tags) -> Self {
        let mut entries = Vec::new();
        for egress in [true, false] {
            entries.push(of_everything(100, egress, true, false));
            if with_ipv6 {
                entries.push(of_everything(101, egress, true, true));
            }
        }
        Self { id: of(vpc), tags, vpc, entries }
    }

    /// What people call it: its Name tag, else its id; the default one of its VPC is `default`.
    pub fn label(&self) -> String {
        match self.tags.name() {
            Some(name) => name.to_owned(),
            None if self.is_default() => "default".to_owned(),
            None => self.id.to_string(),
        }
    }

    /// Whether it is its VPC's default ACL.
    pub fn is_default(&self) -> bool {
        self.id == of(self.vpc)
    }

    /// Its entries as AWS shows them: what leaves first, those of IPv4 first, each list with the entry that denies
    /// everything at its end; that of IPv6 only if the VPC has such a range.
    pub fn shown_entries(&self, with_ipv6: bool) -> Vec<AclEntry> {
        let mut shown = Vec::new();
        for egress in [true, false] {
            for v6 in [false, true] {
                let of_list = |it: &&AclEntry| it.egress == egress && it.cidr.is_ipv6() == v6;
                let mut list: Vec<AclEntry> =
                    self.entries.iter().filter(of_list).cloned().collect();
                list.sort_by_key(|it| it.number);
                shown.append(&mut list);
                if !v6 {
                    shown.push(of_everything(MAX_NUMBER + 1, egress, false, false));
                } else if with_ipv6 {
                    shown.push(of_everything(MAX_NUMBER + 2, egress, false, true));
                }
            }
        }
        shown
    }
}

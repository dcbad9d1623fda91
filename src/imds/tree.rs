//! What the metadata service tells one instance: every path with its value, made from the World.
//!
//! Knows which keys exist for whom (spec chapter 10). Knows no requests, tokens or status codes. A key that does not
//! apply is left out, so that asking for it is "not found".

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{credentials, interface};
use crate::{
    catalog::{self, Region},
    model::{
        guest::{Guest, KeyPair},
        id::InstanceId,
        instance::{Instance, ROOT_DEVICE},
        network_interface::Interface,
        subnet::Subnet,
        vpc::Vpc,
        world::World,
    },
    resolve::instance::ec2_name,
};

/// Everything the values of one instance are made from.
pub(super) struct Subject<'w> {
    pub(super) world: &'w World,
    pub(super) instance: &'w Arc<Instance>,
    pub(super) subnet: &'w Subnet,
    pub(super) vpc: &'w Vpc,
    pub(super) region: &'static Region,
    pub(super) guest: Guest,
    /// Seconds since the epoch.
    pub(super) now: u64,
}

/// What a path holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A value.
    Value(Vec<u8>),
    /// The names below it, those with names below them ending in `/`.
    Folder(String),
}

/// Paths below a version, such as `meta-data/ami-id`, with their values.
#[derive(Debug, Default)]
pub(super) struct Tree {
    values: BTreeMap<String, Vec<u8>>,
    /// The name of the key pair: the folder `0` of [`KEYS`] is listed as `0=NAME`.
    key: Option<Arc<str>>,
}

impl Tree {
    /// Adds a value.
    pub(super) fn put(&mut self, path: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.values.insert(path.into(), value.into());
    }

    /// Finds a path. A slash at its end makes no difference: botocore asks for the zone with one.
    pub(super) fn find(&self, path: &str) -> Option<Item> {
        let path = path.trim_end_matches('/');
        if let Some(value) = self.values.get(path) {
            return Some(Item::Value(value.clone()));
        }
        if let Some(key) = self.key.as_ref().filter(|_| path == KEYS) {
            return Some(Item::Folder(format!("0={key}")));
        }
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut names: Vec<String> = Vec::new();
        for full in self.values.range(prefix.clone()..).map(|(full, _)| full) {
            let Some(rest) = full.strip_prefix(&prefix) else { break };
            let name = match rest.split_once('/') {
                Some((folder, _)) => format!("{folder}/"),
                None => rest.to_owned(),
            };
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        (!names.is_empty()).then(|| Item::Folder(names.join("\n")))
    }
}

/// Where the public keys are listed: there is one at most.
const KEYS: &str = "meta-data/public-keys";

impl<'w> Subject<'w> {
    /// The instance with that id; `None` if it is not of this World.
    pub(super) fn of(world: &'w World, id: InstanceId, now: u64) -> Option<Self> {
        let instance = world.instances.get(&id)?;
        let vpc = world.vpcs.get(&instance.vpc)?;
        Some(Self {
            world,
            instance,
            subnet: world.subnets.get(&instance.subnet)?,
            vpc,
            region: catalog::region(vpc.region)?,
            guest: world.guest(id),
            now,
        })
    }

    /// The name the guest goes by: after its address or its id (H2).
    pub(super) fn hostname(&self) -> String {
        let address = self.instance.address.filter(|_| !self.instance.name_options.resource_name);
        self.name_in(self.vpc, address)
    }

    /// A name of the guest in a VPC, after an address or its id: under the region's domain, or under that of the VPC's
    /// DHCP options if a DNS attribute is off (M31).
    pub(super) fn name_in(&self, vpc: &Vpc, address: Option<Ipv4Addr>) -> String {
        let label = match address {
            Some(address) => format!("ip-{}", address.to_string().replace('.', "-")),
            None => self.instance.id.to_string(),
        };
        let options = vpc.dhcp_options.and_then(|id| self.world.dhcp_options.get(&id));
        match options {
            Some(options) if !vpc.both_attributes() => match &options.domain_name {
                Some(domain) => format!("{label}.{domain}"),
                None => label,
            },
            _ => format!("{label}.{}", self.region.internal_domain),
        }
    }

    /// The public host name of an address in a VPC, which needs DNS hostnames (M30).
    pub(super) fn public_name_in(&self, vpc: &Vpc, address: Ipv4Addr) -> Option<String> {
        ec2_name(address, self.region).filter(|_| vpc.dns_hostnames).map(|name| name.to_string())
    }

    /// Everything it is told.
    pub(super) fn tree(&self) -> Tree {
        let key = self.guest.key.as_ref().map(|key| Arc::clone(&key.name));
        let mut tree = Tree { key, ..Tree::default() };
        self.plain(&mut tree);
        self.placement(&mut tree);
        interface::put(self, &mut tree);
        credentials::put(self, &mut tree);
        if let Some(data) = &self.guest.user_data {
            tree.put("user-data", &**data);
        }
        tree
    }

    /// The keys that stand by themselves, and small folders.
    fn plain(&self, tree: &mut Tree) {
        let mut put = |key: &str, value: String| tree.put(format!("meta-data/{key}"), value);
        put("ami-id", self.guest.image(self.region.name).to_string());
        put("ami-launch-index", self.instance.launch.index.to_string());
        put("ami-manifest-path", "(unknown)".to_owned());
        put("block-device-mapping/ami", ROOT_DEVICE.to_owned());
        put("block-device-mapping/root", ROOT_DEVICE.to_owned());
        put("events/maintenance/history", "[]".to_owned());
        put("events/maintenance/scheduled", "[]".to_owned());
        put("hostname", self.hostname());
        put("instance-action", "none".to_owned());
        put("instance-id", self.instance.id.to_string());
        // Nothing else can be launched.
        put("instance-life-cycle", "on-demand".to_owned());
        put("instance-type", self.instance.instance_type.to_string());
        put("local-hostname", self.hostname());
        put("mac", Interface::Primary(self.instance).mac());
        // EC2 Instance Connect's certificate, of which there is none.
        put("managed-ssh-keys/signer-cert", String::new());
        put("metrics/vhostmd", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned());
        put("profile", "default-hvm".to_owned());
        put("reservation-id", self.instance.reservation().to_string());
        put("security-groups", self.world.group_names(&self.instance.interface.groups).join("\n"));
        put("services/domain", self.region.dns_suffix.to_owned());
        put("services/partition", self.region.partition.to_owned());
        put("system", system(&self.instance.instance_type).to_owned());
        if let Some(address) = self.instance.address {
            put("local-ipv4", address.to_string());
        }
        if let Some(address) = self.instance.ipv6 {
            put("ipv6", address.to_string());
        }
        if let Some(address) = self.instance.public_address {
            put("public-ipv4", address.to_string());
        }
        let public_name = |address| self.public_name_in(self.vpc, address);
        if let Some(name) = self.instance.public_address.and_then(public_name) {
            put("public-hostname", name);
        }
        if let Some(key) = &self.guest.key {
            put("public-keys/0/openssh-key", openssh(key));
        }
        if self.guest.options.tags {
            for (name, value) in &self.instance.tags.0 {
                // AWS allows no other letters in the keys it tells; they would be further folders.
                if !name.is_empty() && !name.contains(['/', ' ']) && name != "." && name != ".." {
                    put(&format!("tags/instance/{name}"), value.clone());
                }
            }
        }
        tree.put("dynamic/fws/instance-monitoring", self.instance.monitoring());
    }

    fn placement(&self, tree: &mut Tree) {
        let zone = self.region.zones.iter().find(|zone| *zone.name == *self.subnet.zone);
        tree.put("meta-data/placement/availability-zone", self.subnet.zone.as_bytes());
        if let Some(zone) = zone.filter(|zone| !zone.id.is_empty()) {
            tree.put("meta-data/placement/availability-zone-id", zone.id);
        }
        tree.put("meta-data/placement/region", self.region.name);
        // Without a group neither key is there (M25).
        let placement = &self.instance.placement;
        let group = placement.group.and_then(|id| self.world.placement_groups.get(&id));
        if let Some(group) = group {
            tree.put("meta-data/placement/group-name", group.name.as_bytes());
            if let Some(partition) = placement.partition {
                tree.put("meta-data/placement/partition-number", partition.to_string());
            }
        }
    }
}

/// The public key with the pair's name as its comment, as AWS writes it; nothing if only the name is known.
fn openssh(key: &KeyPair) -> String {
    let words: Vec<&str> = key.openssh.split_whitespace().take(2).collect();
    if words.is_empty() { String::new() } else { format!("{} {}", words.join(" "), key.name) }
}

/// The hypervisor under a type: families from before Nitro run on Xen.
fn system(instance_type: &str) -> &'static str {
    const XEN: &[&str] = &[
        "c1", "c3", "c4", "cc2", "cg1", "cr1", "d2", "f1", "g2", "g3", "g3s", "h1", "hi1", "hs1",
        "i2", "i3", "m1", "m2", "m3", "m4", "p2", "p3", "r3", "r4", "t1", "t2", "x1", "x1e",
    ];
    let family = instance_type.split('.').next().unwrap_or_default();
    let metal = instance_type.ends_with(".metal");
    if XEN.contains(&family) && !metal { "xen" } else { "nitro" }
}

/// A second as AWS writes it: `2023-11-14T22:13:20Z`.
pub(super) fn timestamp(second: u64) -> String {
    i64::try_from(second)
        .ok()
        .and_then(|second| OffsetDateTime::from_unix_timestamp(second).ok())
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_list_what_is_below_them() {
        let mut tree = Tree::default();
        for path in ["meta-data/a-b", "meta-data/a/x", "meta-data/a/y", "meta-data/a0", "user-data"]
        {
            tree.put(path, path);
        }
        let folder = |text: &str| Some(Item::Folder(text.to_owned()));
        assert_eq!(tree.find("meta-data"), folder("a-b\na/\na0"));
        assert_eq!(tree.find("meta-data/a/"), folder("x\ny"));
        assert_eq!(tree.find(""), folder("meta-data/\nuser-data"));
        assert_eq!(tree.find("meta-data/a/x/"), Some(Item::Value(b"meta-data/a/x".to_vec())));
        assert_eq!(tree.find("meta-data/a/x/y"), None);
        assert_eq!(tree.find("meta"), None);
    }

    #[test]
    fn a_key_pair_is_listed_by_its_name() {
        let mut tree = Tree { key: Some("my key".into()), ..Tree::default() };
        tree.put("meta-data/public-keys/0/openssh-key", "");
        let folder = |text: &str| Some(Item::Folder(text.to_owned()));
        assert_eq!(tree.find("meta-data/public-keys/"), folder("0=my key"));
        assert_eq!(tree.find("meta-data/public-keys/0/"), folder("openssh-key"));
        let key = |text: &str| openssh(&KeyPair { name: "my key".into(), openssh: text.into() });
        assert_eq!(key(""), "");
        assert_eq!(key("ssh-ed25519 AAAA someone@somewhere\n"), "ssh-ed25519 AAAA my key");
    }

    #[test]
    fn seconds_read_as_aws_writes_them() {
        assert_eq!(timestamp(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(timestamp(u64::MAX), "");
    }
}

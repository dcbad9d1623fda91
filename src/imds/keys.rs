//! The paths and values of one instance's metadata, made from the World.
//!
//! Knows which keys exist for which instance (spec chapter 10). Does not know requests, tokens or status codes. A key
//! that does not apply is left out, so a request for it gets "not found".

use std::sync::Arc;

use super::{credentials, interface, subject::Subject, tree::Tree};
use crate::{
    catalog,
    model::{guest::LaunchKey, network_interface::Interface, volume::ROOT_DEVICE},
};

/// All paths and values for an instance.
pub(super) fn all(subject: &Subject<'_>) -> Tree {
    let key = subject.guest.key.as_ref().map(|key| Arc::clone(&key.name));
    let mut tree = Tree::new(key);
    plain(subject, &mut tree);
    placement(subject, &mut tree);
    interface::put(subject, &mut tree);
    credentials::put(subject, &mut tree);
    if let Some(data) = &subject.guest.user_data {
        tree.put("user-data", &**data);
    }
    tree
}

/// Keys at the top level, and small folders.
fn plain(subject: &Subject<'_>, tree: &mut Tree) {
    let mut put = |key: &str, value: String| tree.put(format!("meta-data/{key}"), value);
    put("ami-id", subject.guest.image(subject.region.name).to_string());
    put("ami-launch-index", subject.instance.launch.index.to_string());
    put("ami-manifest-path", "(unknown)".to_owned());
    put("block-device-mapping/ami", ROOT_DEVICE.to_owned());
    put("block-device-mapping/root", ROOT_DEVICE.to_owned());
    put("events/maintenance/history", "[]".to_owned());
    put("events/maintenance/scheduled", "[]".to_owned());
    put("hostname", subject.hostname());
    put("instance-action", "none".to_owned());
    put("instance-id", subject.instance.id.to_string());
    // The World has only on-demand instances.
    put("instance-life-cycle", "on-demand".to_owned());
    put("instance-type", subject.instance.instance_type.to_string());
    put("local-hostname", subject.hostname());
    put("mac", Interface::Primary(subject.instance).mac());
    // The certificate of EC2 Instance Connect does not exist here.
    put("managed-ssh-keys/signer-cert", String::new());
    put("metrics/vhostmd", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned());
    put("profile", "default-hvm".to_owned());
    put("reservation-id", subject.instance.reservation().to_string());
    put(
        "security-groups",
        subject.world.group_names(&subject.instance.interface.groups).join("\n"),
    );
    put("services/domain", subject.region.dns_suffix.to_owned());
    put("services/partition", subject.region.partition.to_owned());
    // An instance on Xen has no such key: the chapter's list, of a t2.micro, is without it.
    let hypervisor = catalog::hypervisor(&subject.instance.instance_type);
    if hypervisor == "nitro" {
        put("system", hypervisor.to_owned());
    }
    if let Some(address) = subject.instance.address {
        put("local-ipv4", address.to_string());
    }
    if let Some(address) = subject.instance.ipv6 {
        put("ipv6", address.to_string());
    }
    if let Some(address) = subject.instance.public_address {
        put("public-ipv4", address.to_string());
    }
    let public_name = |address| subject.public_name_in(subject.vpc, address);
    if let Some(name) = subject.instance.public_address.and_then(public_name) {
        put("public-hostname", name);
    }
    if let Some(key) = &subject.guest.key {
        put("public-keys/0/openssh-key", openssh(key));
    }
    if subject.guest.options.tags {
        for (name, value) in &subject.instance.tags.0 {
            // AWS shows only tags whose keys have no such characters. A slash would make a further folder.
            if !name.is_empty() && !name.contains(['/', ' ']) && name != "." && name != ".." {
                put(&format!("tags/instance/{name}"), value.clone());
            }
        }
    }
    tree.put("dynamic/fws/instance-monitoring", subject.instance.monitoring());
}

fn placement(subject: &Subject<'_>, tree: &mut Tree) {
    let mut put = |key: &str, value: &str| tree.put(format!("meta-data/placement/{key}"), value);
    let zone = subject.region.zones.iter().find(|zone| *zone.name == *subject.subnet.zone);
    put("availability-zone", &subject.subnet.zone);
    if let Some(zone) = zone.filter(|zone| !zone.id.is_empty()) {
        put("availability-zone-id", zone.id);
    }
    put("region", subject.region.name);
    // Without a group, neither key exists (M25).
    let placement = &subject.instance.placement;
    if let Some(group) = placement.group_in(subject.world) {
        put("group-name", &group.name);
        if let Some(partition) = placement.partition {
            put("partition-number", &partition.to_string());
        }
    }
}

/// The public key with the pair's name as its comment, as AWS writes it; empty if only the name is known.
fn openssh(key: &LaunchKey) -> String {
    let words: Vec<&str> = key.openssh.split_whitespace().take(2).collect();
    if words.is_empty() { String::new() } else { format!("{} {}", words.join(" "), key.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_ends_with_the_name_of_its_pair() {
        let key = |text: &str| openssh(&LaunchKey { name: "my key".into(), openssh: text.into() });
        assert_eq!(key(""), "");
        assert_eq!(key("ssh-ed25519 AAAA someone@somewhere\n"), "ssh-ed25519 AAAA my key");
    }
}

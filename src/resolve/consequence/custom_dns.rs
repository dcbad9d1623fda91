//! H55: instances are told of other DNS servers than the VPC's resolver, and private names exist in that only.

use super::{
    finding::{Finding, Item, Severity},
    scene::Scene,
};
use crate::model::dhcp_options::{AMAZON_PROVIDED, set_of};

/// The resolver of every VPC, by its link-local address (R2).
const LINK_LOCAL: &str = "169.254.169.253";

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.vpc.dhcp_options.is_none() {
        return;
    }
    let set = set_of(scene.world, scene.vpc);
    let resolver = scene.vpc.resolver().map(|address| address.to_string());
    let of_vpc = |server: &str| {
        server == AMAZON_PROVIDED || server == LINK_LOCAL || Some(server) == resolver.as_deref()
    };
    let servers = &set.domain_name_servers;
    if servers.is_empty() || servers.iter().any(|server| of_vpc(server)) {
        return;
    }
    let both = scene.vpc.both_attributes();
    let zones = scene.zones().filter(|_| both).map(|zone| Scene::zone(zone).label);
    let hidden = scene.capturing().flat_map(|it| it.private_names.first());
    let names: Vec<String> = zones.chain(hidden.map(|name| name.text.to_string())).collect();
    if names.is_empty() {
        return;
    }
    let by = Item { id: set.id.to_string(), label: set.label() };
    let what = scene.say.custom_dns(&by.label, servers.join(" "), &scene.here().label);
    let cure = scene.say.custom_dns_cure(resolver.unwrap_or_default());
    found.push(
        Finding::new("H55", Severity::Note, what, cure)
            .by([by, scene.here()])
            .at([scene.here()])
            .of(names)
            .with_facts(&["T4"]),
    );
}

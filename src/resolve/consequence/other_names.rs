//! T16: endpoints answer for the plain names of their own region. Other regions and FIPS names stay public, and here are
//! subnets without a way to them.

use super::{
    finding::{Finding, Severity},
    scene::{Scene, text},
};
use crate::{
    catalog::{self, Region},
    model::{endpoint::Endpoint, id::SubnetId, name::Name},
};

/// How many endpoints give examples.
const EXAMPLES: usize = 3;

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.cut_off().is_empty() {
        return;
    }
    let region = scene.view.region;
    let Some(other) = other_region(scene) else { return };
    let mut names = Vec::new();
    let mut lost: Vec<SubnetId> = Vec::new();
    let aws = scene.capturing().filter(|endpoint| endpoint.service.aws().is_some());
    for name in aws.take(EXAMPLES).flat_map(|endpoint| examples(endpoint, region, other)) {
        let Some(here) = scene.stays_public(&name).filter(|here| !here.is_empty()) else {
            continue;
        };
        names.push(text(&name));
        lost.extend(here.into_iter().filter(|id| !lost.contains(id)).collect::<Vec<_>>());
    }
    if names.is_empty() {
        return;
    }
    let what = scene.say.other_names(&scene.here().label, region.name);
    let cure = scene.say.other_names_cure(region.name);
    found.push(
        Finding::new("T16", Severity::Note, what, cure)
            .by([scene.here()])
            .at(scene.places(&lost))
            .of(names)
            .with_facts(&["P22", "N24"]),
    );
}

/// The name of the service in another region, and its FIPS names here.
fn examples(endpoint: &Endpoint, region: &Region, other: &Region) -> Vec<Name> {
    let plain = endpoint.private_names.iter().find(|name| !name.wildcard);
    let there = plain
        .filter(|name| name.text.contains(region.name))
        .and_then(|name| Name::parse(&name.text.replace(region.name, other.name)).ok());
    let hosts = endpoint.service.aws().map_or(&[][..], |aws| &aws.service.public_hosts);
    let fips = hosts
        .iter()
        .filter(|host| host.contains("fips") && host.ends_with(region.dns_suffix))
        .filter(|host| !host.contains("dualstack"))
        .filter_map(|host| Name::parse(host).ok());
    there.into_iter().chain(fips.take(1)).collect()
}

/// Another region: one that the World has, else one that many accounts use, else any.
fn other_region(scene: &Scene<'_>) -> Option<&'static Region> {
    let here = scene.view.region;
    let there = |region: &&Region| region.partition == here.partition && region.name != here.name;
    let known = scene.known.regions.iter().filter_map(|name| catalog::region(name));
    let usual = ["us-east-1", "us-west-2"].into_iter().filter_map(catalog::region);
    known.chain(usual).chain(catalog::regions()).find(there)
}

//! Asks from every client location, and groups the locations with equal results.

use super::{
    sides::Sides,
    sites::{Key, Site, Sites},
};
use crate::{
    language::Language,
    resolve::{question::Asker, survey::Progress},
};

/// Client locations with equal results.
pub(super) struct Place<T> {
    /// The locations, as one phrase.
    pub(super) from: String,
    /// The locations, one by one.
    pub(super) places: Vec<String>,
    /// Whether a subnet is among them, which stands for a new instance in it.
    pub(super) new_instances: bool,
    /// What was found there.
    pub(super) groups: Vec<T>,
}

/// Runs `find` for every client location. Groups locations with equal results and leaves out empty ones.
pub(super) fn each_place<T: Clone + PartialEq>(
    sides: Sides<'_>,
    sites: &Sites,
    progress: Progress<'_>,
    at: impl Fn(&Site) -> Vec<T>,
) -> Vec<Place<T>> {
    let mut asked: Vec<(Key, Vec<T>)> = Vec::new();
    let mut found: Vec<(Vec<&Site>, Vec<T>)> = Vec::new();
    for (done, site) in sites.both.iter().enumerate() {
        progress(done, sites.both.len());
        let key = site.key([&sides.before.world, &sides.after.world]);
        let groups = match asked.iter().find(|(other, _)| *other == key) {
            Some((_, groups)) => groups.clone(),
            None => {
                let groups = at(site);
                asked.push((key, groups.clone()));
                groups
            }
        };
        if groups.is_empty() {
            continue;
        }
        match found.iter_mut().find(|(_, other)| *other == groups) {
            Some((places, _)) => places.push(site),
            None => found.push((vec![site], groups)),
        }
    }
    found
        .into_iter()
        .map(|(places, groups)| {
            let subnet = |site: &&Site| matches!(site.after, Asker::Subnet(..));
            Place {
                from: phrase(&places, &sites.both, sides.language),
                places: places.iter().map(|site| site.label.clone()).collect(),
                new_instances: places.iter().any(subnet),
                groups,
            }
        })
        .collect()
}

/// Client locations as a phrase. If all locations of a VPC are among them, the phrase names the VPC instead.
fn phrase(places: &[&Site], all: &[Site], say: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut vpcs: Vec<Option<&str>> = Vec::new();
    for site in places {
        let vpc = site.vpc.as_deref();
        if vpcs.contains(&vpc) {
            continue;
        }
        vpcs.push(vpc);
        let here: Vec<&str> = places
            .iter()
            .filter(|other| other.vpc.as_deref() == vpc)
            .map(|other| other.label.as_str())
            .collect();
        let whole = all.iter().filter(|other| other.vpc.as_deref() == vpc).count() == here.len();
        parts.push(match vpc {
            None => site.label.clone(),
            Some(vpc) if whole => say.anywhere_in(vpc),
            Some(vpc) => say.places_in(here.join(", "), vpc),
        });
    }
    parts.join("; ")
}

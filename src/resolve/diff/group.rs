//! Asks from every client location, and groups the locations with equal results.

use super::sites::{Key, Site, Sites};
use crate::resolve::{snapshot::Snapshot, survey::Progress};

/// Runs `find` for every client location. Groups locations with equal results and leaves out empty ones.
pub(super) fn each_place<T: Clone + PartialEq>(
    sides: [&Snapshot; 2],
    sites: &Sites,
    progress: Progress<'_>,
    at: impl Fn(&Site) -> Vec<T>,
) -> Vec<(String, Vec<String>, Vec<T>)> {
    let mut asked: Vec<(Key, Vec<T>)> = Vec::new();
    let mut found: Vec<(Vec<&Site>, Vec<T>)> = Vec::new();
    for (done, site) in sites.both.iter().enumerate() {
        progress(done, sites.both.len());
        let key = site.key([&sides[0].world, &sides[1].world]);
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
            let labels = places.iter().map(|site| site.label.clone()).collect();
            (phrase(&places, &sites.both), labels, groups)
        })
        .collect()
}

/// Client locations as a phrase. If all locations of a VPC are among them, the phrase names the VPC instead.
fn phrase(places: &[&Site], all: &[Site]) -> String {
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
            Some(vpc) if whole => format!("anywhere in {vpc}"),
            Some(vpc) => format!("{} in {vpc}", here.join(", ")),
        });
    }
    parts.join("; ")
}

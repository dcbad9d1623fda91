//! Availability Zones of subnets that no file describes, inferred from the DNS names of the endpoints in them.
//!
//! An interface endpoint has at most one subnet in a zone, and one DNS name for each of its zones.

use std::collections::HashMap;

use super::{
    Resource,
    layout::{Outside, region_of_zone},
    value,
};
use crate::import::text::node::{Node, Pos};

/// An endpoint with more subnets than this is ignored; no region has so many zones.
const SUBNETS: usize = 8;

/// The most endpoints of one subnet that are used.
const ENDPOINTS: usize = 16;

/// Subnets whose zones follow only from the order of an endpoint's names: the first subnet got the first zone, and so
/// on.
pub(super) struct Paired {
    /// The position of the endpoint.
    pub(super) pos: Pos,
    /// The endpoint's name in the file.
    pub(super) endpoint: String,
    /// Each subnet and its zone.
    pub(super) zones: Vec<(String, String)>,
}

/// An endpoint, its subnets, and the zones in its names.
struct Named {
    pos: Pos,
    label: String,
    subnets: Vec<String>,
    zones: Vec<String>,
}

/// Finds the zones of subnets from the names of their endpoints, and adds them to `known`. If the names do not show
/// which subnet is in which zone, the order of both lists decides, and the result lists those subnets.
pub(super) fn of_names<'r>(
    endpoints: impl Iterator<Item = &'r Resource>,
    known: &mut HashMap<String, String>,
) -> Vec<Paired> {
    let endpoints: Vec<Named> = endpoints.filter_map(Named::of).collect();
    let mut of_subnet = HashMap::<&str, Vec<&Named>>::new();
    for endpoint in &endpoints {
        for subnet in &endpoint.subnets {
            let all = of_subnet.entry(subnet).or_default();
            if all.len() < ENDPOINTS {
                all.push(endpoint);
            }
        }
    }
    follow(endpoints.iter().flat_map(|it| &it.subnets).collect(), &of_subnet, known);
    let mut paired = Vec::new();
    for endpoint in &endpoints {
        let free: Vec<String> = endpoint.free(known).map(str::to_owned).collect();
        let untold = endpoint.subnets.iter().filter(|it| !known.contains_key(*it)).cloned();
        let zones: Vec<(String, String)> = untold.zip(free).collect();
        if !zones.is_empty() {
            known.extend(zones.iter().cloned());
            let told: Vec<&Named> = zones
                .iter()
                .flat_map(|(it, _)| of_subnet.get(it.as_str()))
                .flatten()
                .copied()
                .collect();
            follow(told.iter().flat_map(|it| &it.subnets).collect(), &of_subnet, known);
            paired.push(Paired { pos: endpoint.pos, endpoint: endpoint.label.clone(), zones });
        }
    }
    paired
}

/// Adds the zone of each subnet that has only one possible zone. That may leave only one for other subnets, which are
/// looked at again.
fn follow<'n>(
    mut left: Vec<&'n String>,
    of_subnet: &HashMap<&str, Vec<&'n Named>>,
    known: &mut HashMap<String, String>,
) {
    while let Some(subnet) = left.pop() {
        if known.contains_key(subnet) {
            continue;
        }
        let endpoints = of_subnet.get(subnet.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(zone) = only_zone(endpoints, known) {
            known.insert(subnet.clone(), zone);
            left.extend(endpoints.iter().flat_map(|it| &it.subnets));
        }
    }
}

/// The zone of a subnet, if exactly one zone is free in all of its endpoints.
fn only_zone(endpoints: &[&Named], known: &HashMap<String, String>) -> Option<String> {
    let (first, others) = endpoints.split_first()?;
    if endpoints.iter().any(|it| it.zones.len() != it.subnets.len()) {
        return None;
    }
    let mut common = first
        .free(known)
        .filter(|zone| others.iter().all(|it| it.free(known).any(|it| it == *zone)));
    let zone = common.next()?;
    common.next().is_none().then(|| zone.to_owned())
}

impl Named {
    /// Reads an endpoint; `None` if its subnets or its zones are not known.
    fn of(endpoint: &Resource) -> Option<Self> {
        let items = |key: &str| endpoint.properties.get(key).map_or(&[][..], Node::items).iter();
        let mut zones = Vec::<String>::new();
        for entry in items("DnsEntries") {
            let name = entry.get("DnsName").filter(|it| value::is_unknown(it).is_none());
            let Some(name) = name.and_then(Node::text) else { continue };
            // The names look like `vpce-0123-abcd-us-east-1a.sqs…`, for S3 with `*.` in front.
            let label = name.split('.').find_map(|label| label.strip_prefix("vpce-"));
            let zone = label.and_then(|label| label.splitn(3, '-').nth(2));
            let zone = zone.filter(|zone| region_of_zone(zone).is_some());
            if let Some(zone) = zone.filter(|zone| !zones.iter().any(|it| it == zone)) {
                zones.push(zone.to_owned());
            }
        }
        let mut subnets = Vec::<String>::new();
        for item in items("SubnetIds").chain(items("SubnetConfigurations")) {
            let item = item.get("SubnetId").unwrap_or(item);
            let id = Outside::of("AWS::EC2::Subnet", "subnet-", item).map(|it| it.id);
            subnets.extend(id.filter(|id| !subnets.contains(id)));
        }
        let told = !zones.is_empty() && !subnets.is_empty() && subnets.len() <= SUBNETS;
        let (pos, label) = (endpoint.pos, endpoint.name.clone());
        told.then_some(Self { pos, label, subnets, zones })
    }

    /// The zones that are not taken by a subnet with a known zone.
    fn free<'n>(&'n self, known: &'n HashMap<String, String>) -> impl Iterator<Item = &'n str> {
        let taken = |zone: &&String| self.subnets.iter().any(|it| known.get(it) == Some(*zone));
        self.zones.iter().filter(move |zone| !taken(zone)).map(String::as_str)
    }
}

impl Paired {
    /// The note about these subnets.
    pub(super) fn message(&self) -> String {
        let pairs: Vec<String> =
            self.zones.iter().map(|(subnet, zone)| format!("{subnet} in {zone}")).collect();
        format!(
            "the names of {} give the zones of its subnets, but not which subnet is in which zone; the order of both \
             lists is used: {}",
            self.endpoint,
            pairs.join(", ")
        )
    }
}

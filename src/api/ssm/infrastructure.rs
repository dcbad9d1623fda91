//! Knows: the public parameters below `/aws/service/global-infrastructure`: the regions, their zones, and the services
//! that the catalogue has a public endpoint of.
//!
//! Deliberately does not: show what the catalogue does not hold (long names, countries, local zones, protocols). A service
//! is named after its endpoint; AWS has another name for some of them (`accessanalyzer` for `access-analyzer`).
//!
//! Nothing is listed before it is asked for: a path is looked up name by name, and the names below a path are made from
//! the catalogue.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::catalog::{self, CatalogDate, PublicHost, Region, Variant, public_hosts};

/// The regions in which AWS answers these parameters, as the Systems Manager User Guide lists them.
const ANSWERED_IN: &[&str] = &[
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
/// The partitions whose regions are listed.
const LISTED: &[&str] = &["aws", "aws-cn", "aws-us-gov"];

/// Whether a region answers these parameters.
pub(super) fn is_answered_in(region: &str) -> bool {
    ANSWERED_IN.contains(&region)
}

/// The value at a path, whose names stand behind `global-infrastructure`; `here` is the region that is asked.
pub(super) fn value(here: &'static str, path: &[&str]) -> Option<String> {
    match path {
        ["current-region"] => Some(here.to_owned()),
        ["current-region", "partition"] => Some(region(here)?.partition.to_owned()),
        ["regions", name] => Some(region(name)?.name.to_owned()),
        ["regions", name, "partition"] => Some(region(name)?.partition.to_owned()),
        ["regions", name, "domain"] => Some(region(name)?.dns_suffix.to_owned()),
        ["regions", name, "availability-zones", id] => {
            zones(region(name)?).find(|zone| zone == id).map(str::to_owned)
        }
        ["regions", name, "services", service] | ["services", service, "regions", name] => {
            endpoint(region(name)?, service)?;
            Some(if path[0] == "regions" { *service } else { *name }.to_owned())
        }
        ["regions", name, "services", service, "endpoint"] => {
            Some(endpoint(region(name)?, service)?.to_owned())
        }
        ["availability-zones", id] => {
            listed().flat_map(zones).find(|zone| zone == id).map(str::to_owned)
        }
        ["services", name] => is_offered(name).then(|| (*name).to_owned()),
        _ => None,
    }
}

/// The names directly below a path, whether or not they have a value, in order.
pub(super) fn below(path: &[&str]) -> BTreeSet<String> {
    let these = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match path {
        [] => these(&["availability-zones", "current-region", "regions", "services"]),
        ["current-region"] => these(&["partition"]),
        ["availability-zones"] => listed().flat_map(zones).map(str::to_owned).collect(),
        ["regions"] => listed().map(|region| region.name.to_owned()).collect(),
        ["regions", name] if region(name).is_some() => {
            these(&["availability-zones", "domain", "partition", "services"])
        }
        ["regions", name, "availability-zones"] => {
            region(name).into_iter().flat_map(zones).map(str::to_owned).collect()
        }
        ["regions", name, "services"] => region(name).into_iter().flat_map(services).collect(),
        ["regions", name, "services", service] => {
            let found = region(name).and_then(|region| endpoint(region, service));
            found.map(|_| "endpoint".to_owned()).into_iter().collect()
        }
        ["services"] => listed().flat_map(services).collect(),
        ["services", name] if is_offered(name) => these(&["regions"]),
        ["services", name, "regions"] => {
            let offering = listed().filter(|region| endpoint(region, name).is_some());
            offering.map(|region| region.name.to_owned()).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn listed() -> impl Iterator<Item = &'static Region> {
    catalog::regions().iter().filter(|region| LISTED.contains(&region.partition))
}

fn region(name: &str) -> Option<&'static Region> {
    catalog::region(name).filter(|region| LISTED.contains(&region.partition))
}

/// The ids of a region's zones, as far as they are known.
fn zones(region: &'static Region) -> impl Iterator<Item = &'static str> {
    region.zones.iter().map(|zone| zone.id).filter(|id| !id.is_empty())
}

/// The services that have an endpoint in a region.
fn services(region: &'static Region) -> impl Iterator<Item = String> {
    endpoints(region).keys().map(|service| (*service).to_owned())
}

/// Whether a service has an endpoint in any region.
fn is_offered(service: &str) -> bool {
    listed().any(|region| endpoint(region, service).is_some())
}

/// The endpoint of a service in a region.
fn endpoint(region: &'static Region, service: &str) -> Option<&'static str> {
    endpoints(region).get(service).copied()
}

/// The endpoints of a region, by service; made when they are first asked for.
fn endpoints(region: &'static Region) -> &'static BTreeMap<&'static str, &'static str> {
    type Endpoints = BTreeMap<&'static str, &'static str>;
    static ALL: OnceLock<BTreeMap<&'static str, OnceLock<Endpoints>>> = OnceLock::new();
    static NONE: Endpoints = BTreeMap::new();
    let all = ALL.get_or_init(|| listed().map(|it| (it.name, OnceLock::new())).collect());
    let Some(slot) = all.get(region.name) else { return &NONE };
    slot.get_or_init(|| {
        let hosts = public_hosts(region, CatalogDate::Newest).iter();
        hosts.filter_map(|host| Some((service_of(host, region)?, host.host.as_str()))).collect()
    })
}

/// The service whose endpoint a public name is: the one that the name begins with. `api` in front of it is no part of it.
fn service_of(host: &PublicHost, region: &Region) -> Option<&'static str> {
    let is_endpoint = host.offered && matches!(host.variant, Variant::Plain);
    let rest = host.host.strip_prefix(host.service).filter(|_| is_endpoint)?;
    let rest = rest.strip_prefix('.')?.strip_prefix(region.name)?.strip_prefix('.')?;
    let service = host.service.strip_prefix("api.").unwrap_or(host.service);
    (rest == region.dns_suffix && !service.contains(['.', '*'])).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Option<String> {
        value("ap-northeast-2", &path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn regions_zones_and_services_are_those_of_the_catalogue() {
        for (path, expected) in [
            ("current-region", Some("ap-northeast-2")),
            ("current-region/partition", Some("aws")),
            ("regions/cn-north-1", Some("cn-north-1")),
            ("regions/cn-north-1/partition", Some("aws-cn")),
            ("regions/cn-north-1/domain", Some("amazonaws.com.cn")),
            ("regions/us-iso-east-1", None),
            ("regions/nowhere", None),
            ("regions/ap-northeast-2/availability-zones/apne2-az3", Some("apne2-az3")),
            ("regions/ap-northeast-2/availability-zones/apne1-az1", None),
            ("availability-zones/apne1-az1", Some("apne1-az1")),
            ("regions/us-east-2/services/ssm", Some("ssm")),
            ("regions/us-east-2/services/ssm/endpoint", Some("ssm.us-east-2.amazonaws.com")),
            ("regions/us-east-2/services/ecr/endpoint", Some("api.ecr.us-east-2.amazonaws.com")),
            ("regions/us-east-2/services/nothing", None),
            ("services/athena/regions/us-west-2", Some("us-west-2")),
            ("services/athena", Some("athena")),
            ("services/nothing", None),
            ("regions", None),
            ("", None),
        ] {
            assert_eq!(at(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn every_name_below_a_path_leads_to_a_value() {
        fn walk(path: &[&str], values: &mut usize) {
            let below = below(path);
            let found = value("ap-northeast-2", path);
            assert!(found.is_some() || !below.is_empty(), "{path:?}");
            *values += usize::from(found.is_some());
            for name in &below {
                walk(&[path, &[name.as_str()]].concat(), values);
            }
        }
        for path in [
            &["regions", "ap-northeast-2"][..],
            &["availability-zones"],
            &["services", "athena"],
            &["current-region"],
        ] {
            let mut values = 0;
            walk(path, &mut values);
            assert!(values > 1, "{path:?}");
        }
        assert_eq!(below(&["regions"]).len(), listed().count());
        assert!(below(&["services", "nothing"]).is_empty());
        assert!(below(&["regions", "nowhere"]).is_empty());
    }
}

//! Knows: the PrivateLink services of a region at a date: their private names, base names,
//! public names, and how surely.
//!
//! Deliberately does not: know customers' endpoint services. Families with a name per customer
//! resource (`dsql-fnh4`) are not listed.

use std::sync::OnceLock;

use super::date::CatalogDate;
use super::region::{Region, regions};
use super::service_row::all;
use super::{Evidence, ServiceZones, Variant};

/// A service of AWS that a VPC endpoint can be made for, in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `com.amazonaws.ap-northeast-2.ecr.dkr`.
    pub name: String,
    /// What follows the region (`ecr.dkr`), or the whole name if it holds no region.
    pub suffix: String,
    /// `vpce-svc-` and 17 digits: AWS's where known, else made up from the name.
    pub id: String,
    /// Whether the id is made up.
    pub id_assumed: bool,
    /// Whether an interface endpoint can be made for it.
    pub interface: bool,
    /// Whether a gateway endpoint can be made for it. AWS calls the base name of the gateway
    /// service `<suffix>.<region>.<dns suffix>`.
    pub gateway: bool,
    /// What private DNS overrides, in the API's order; a wildcard is `*.s3.<region>.…`. Empty if
    /// private DNS cannot be switched on.
    pub private_names: Vec<String>,
    /// Names that AWS's list shows for the service although they cannot be switched on
    /// (S3 on Outposts).
    pub listed_names: Vec<String>,
    /// What follows `vpce-<id>-<random>.` in the endpoint's own names; empty for a service that
    /// is only a gateway.
    pub base_names: Vec<String>,
    /// Public names of the same API beside the private names.
    pub public_hosts: Vec<String>,
    /// Where the private names come from.
    pub evidence: Evidence,
    /// Whether the service was never seen in a list of this region's services, so that offering
    /// it here is an assumption.
    pub region_assumed: bool,
    /// Whether an endpoint policy can be given.
    pub policy_supported: bool,
    /// `ipv4`, `ipv6`; `ipv4` alone where it is not known.
    pub ip_address_types: Vec<&'static str>,
    /// The zones of the region it is in (A43).
    pub zones: ServiceZones,
    /// Whether AWS's table of services that work with PrivateLink names it (2026-08).
    pub in_docs: bool,
    /// Whether the region is listed for the service's endpoint.
    pub(super) region_listed: bool,
}

/// The services of one region at one date, and the way to find one.
struct Listing {
    services: Vec<Service>,
    /// Places in `services`, sorted by suffix; where two share one, the better comes first.
    by_suffix: Vec<usize>,
}

fn listing(region: &Region, date: CatalogDate) -> &'static Listing {
    static LISTINGS: OnceLock<Vec<[OnceLock<Listing>; 2]>> = OnceLock::new();
    let listings = LISTINGS
        .get_or_init(|| regions().iter().map(|_| [OnceLock::new(), OnceLock::new()]).collect());
    let slot = usize::from(date == CatalogDate::Sept2023);
    listings[region.index][slot].get_or_init(|| {
        let mut services: Vec<Service> = all().flat_map(|row| row.build(region, date)).collect();
        services.sort_by(|a, b| a.name.cmp(&b.name));
        let mut by_suffix: Vec<usize> = (0..services.len()).collect();
        by_suffix.sort_by_key(|&place| {
            let service = &services[place];
            let usual = service.name.starts_with("com.amazonaws.");
            (service.suffix.as_str(), !service.interface, !usual)
        });
        Listing { services, by_suffix }
    })
}

/// The services a region offers, sorted by name.
#[must_use]
pub fn services(region: &Region, date: CatalogDate) -> &'static [Service] {
    &listing(region, date).services
}

/// The service of that name, or of that suffix (`s3`, `ecr.api`, `s3-global.accesspoint`).
/// Where two services share a suffix, the interface service and `com.amazonaws` go first.
#[must_use]
pub fn service(region: &Region, date: CatalogDate, name: &str) -> Option<&'static Service> {
    let Listing { services, by_suffix } = listing(region, date);
    let named =
        |name: &str| services.binary_search_by(|service| service.name.as_str().cmp(name)).ok();
    let suffixed = || {
        let first = by_suffix.partition_point(|&place| services[place].suffix.as_str() < name);
        by_suffix.get(first).copied().filter(|&place| services[place].suffix == name)
    };
    let place =
        named(name).or_else(suffixed).or_else(|| named(&format!("com.amazonaws.{name}")))?;
    services.get(place)
}

impl Service {
    /// Whether the public name is sure to exist in this region: it was seen for the service, and
    /// the region was seen or is listed to offer it.
    pub(super) fn hosts_known(&self) -> bool {
        !self.evidence.is_assumed() && (!self.region_assumed || self.region_listed)
    }

    /// The variant of one of its hosts.
    pub(super) fn variant(host: &str, region: &Region) -> Variant {
        let dual = host.ends_with(region.dual_stack_dns_suffix);
        Variant::of(host.contains("fips"), dual)
    }
}

#[cfg(test)]
mod tests;

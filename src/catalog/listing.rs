//! Knows: the PrivateLink services of a region at a date, and how to find one by its name.
//!
//! Deliberately does not: know customers' endpoint services. Families with a name per customer
//! resource (`dsql-fnh4`) are not listed.

use std::sync::OnceLock;

use super::date::CatalogDate;
use super::region::{Region, regions};
use super::service::Service;
use super::service_row::all;

/// The services of one region at one date, and the way to find one.
struct RegionServices {
    services: Vec<Service>,
    /// Indexes in `services`, sorted by suffix; where two share one, the better comes first.
    by_suffix: Vec<usize>,
}

fn listing(region: &Region, date: CatalogDate) -> &'static RegionServices {
    static LISTINGS: OnceLock<Vec<[OnceLock<RegionServices>; 2]>> = OnceLock::new();
    let listings = LISTINGS
        .get_or_init(|| regions().iter().map(|_| [OnceLock::new(), OnceLock::new()]).collect());
    let slot = usize::from(date == CatalogDate::Sept2023);
    listings[region.index][slot].get_or_init(|| {
        let mut services: Vec<Service> = all().flat_map(|row| row.build(region, date)).collect();
        services.sort_by(|a, b| a.name.cmp(&b.name));
        let mut by_suffix: Vec<usize> = (0..services.len()).collect();
        by_suffix.sort_by_key(|&index| {
            let service = &services[index];
            let usual = service.name.starts_with("com.amazonaws.");
            (service.suffix.as_str(), !service.interface, !usual)
        });
        RegionServices { services, by_suffix }
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
    let RegionServices { services, by_suffix } = listing(region, date);
    let named =
        |name: &str| services.binary_search_by(|service| service.name.as_str().cmp(name)).ok();
    let suffixed = || {
        let first = by_suffix.partition_point(|&index| services[index].suffix.as_str() < name);
        by_suffix.get(first).copied().filter(|&index| services[index].suffix == name)
    };
    let index =
        named(name).or_else(suffixed).or_else(|| named(&format!("com.amazonaws.{name}")))?;
    services.get(index)
}

#[cfg(test)]
mod tests;

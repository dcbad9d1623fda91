//! Knows: the rows of `services.csv`, which regions a row is offered in, how it differs there,
//! and how it becomes a [`Service`] of one region.
//!
//! Deliberately does not: keep or look up services, or know the state of any account.

use std::sync::OnceLock;

use crate::hash::stable_hash_64;

use super::csv_file::{csv_text, rows};
use super::date::CatalogDate;
use super::expression::{fill, fill_all, holds, holds_at};
use super::region::Region;
use super::{Evidence, Service, ServiceZones};

pub(super) const SERVICES: &str = csv_text!("services.csv");
pub(super) const DIFFERENCES: &str = csv_text!("service-differences.csv");
pub(super) const NAME_PREFIXES: &str = csv_text!("service-name-prefixes.csv");

/// A line of `services.csv`: the columns in their order, but for those of `service_rules.rs`.
#[derive(Clone, Copy)]
pub(super) struct ServiceRow {
    pub(super) service: &'static str,
    pub(super) types: &'static str,
    pub(super) types_2023: &'static str,
    pub(super) names: &'static str,
    pub(super) names_2023: &'static str,
    pub(super) listed: &'static str,
    pub(super) base: &'static str,
    pub(super) public_hosts: &'static str,
    pub(super) policy: &'static str,
    pub(super) ip_types: &'static str,
    pub(super) evidence: &'static str,
    pub(super) since: &'static str,
    pub(super) regions: &'static str,
    pub(super) regions_2023: &'static str,
    pub(super) in_docs: &'static str,
    pub(super) dual_stack_names: &'static str,
}

/// Every row, sorted by service.
pub(super) fn all() -> impl Iterator<Item = ServiceRow> {
    rows(SERVICES).map(|row: [&'static str; 21]| ServiceRow {
        service: row[0],
        types: row[1],
        types_2023: row[2],
        names: row[3],
        names_2023: row[4],
        listed: row[5],
        base: row[6],
        public_hosts: row[7],
        policy: row[8],
        ip_types: row[9],
        evidence: row[10],
        since: row[11],
        regions: row[13],
        regions_2023: row[14],
        in_docs: row[15],
        dual_stack_names: row[20],
    })
}

/// Whether a region offers a service, and how surely.
pub(super) struct Offer {
    /// No list of that region's services was seen with this one in it.
    assumed: bool,
    /// The region is listed for the service's endpoint.
    listed: bool,
}

impl ServiceRow {
    /// `None` if the region does not offer the service at that date. A row with `{group}` stands
    /// for a family of services that cannot be listed, and is never offered.
    pub(super) fn offer(&self, region: &Region, date: CatalogDate) -> Option<Offer> {
        let sept2023 = date == CatalogDate::Sept2023;
        if self.service.contains("{group}")
            || (sept2023 && (self.since != "2023-09" || !region.open_2023))
        {
            return None;
        }
        let listed = self.regions.starts_with('@') && holds(self.regions, region);
        let (guess, seen_in) = match self.regions_2023.strip_prefix('?') {
            Some(guess) => (true, guess),
            None => (false, self.regions_2023),
        };
        if region.measured && self.since == "2023-09" && holds(seen_in, region) {
            // The list of us-east-1 is known whole.
            return Some(Offer { assumed: guess && region.name != "us-east-1", listed });
        }
        let offered = !(sept2023 && region.measured) && holds_at(self.regions, region, date);
        offered.then_some(Offer { assumed: true, listed })
    }

    /// The services the row means in the region: one, or two where the gateway service goes by
    /// another name than the interface service (China).
    pub(super) fn build(&self, region: &Region, date: CatalogDate) -> Vec<Service> {
        let Some(offer) = self.offer(region, date) else { return Vec::new() };
        let sept2023 = date == CatalogDate::Sept2023;
        let types =
            if sept2023 && !self.types_2023.is_empty() { self.types_2023 } else { self.types };
        let (interface, gateway) = (types.contains("interface"), types.contains("gateway"));
        let plain = fill(self.service, region);
        let name = prefixed_name(&plain, region);
        if interface && gateway && name != plain {
            return vec![
                self.service(region, date, name, (true, false), &offer),
                self.service(region, date, plain, (false, true), &offer),
            ];
        }
        vec![self.service(region, date, name, (interface, gateway), &offer)]
    }

    fn service(
        &self,
        region: &Region,
        date: CatalogDate,
        name: String,
        (interface, gateway): (bool, bool),
        offer: &Offer,
    ) -> Service {
        let marker = format!(".{}.", region.name);
        let suffix = match name.split_once(&marker) {
            Some((_, suffix)) if self.service.contains("{r}") => suffix.to_owned(),
            _ => name.clone(),
        };
        let known_id = self.difference(region, "id");
        let id = known_id.map_or_else(|| made_up_id(&name), str::to_owned);
        let sept2023 = date == CatalogDate::Sept2023 && !self.names_2023.is_empty();
        let names = if sept2023 { self.names_2023 } else { self.names };
        let base = match self.difference(region, "base") {
            Some(base) => base.to_owned(),
            None if self.base.is_empty() => rule_base(self.service),
            None => self.base.to_owned(),
        };
        Service {
            suffix,
            interface,
            gateway,
            private_names: if interface {
                fill_all(self.difference(region, "names").unwrap_or(names), region)
            } else {
                Vec::new()
            },
            listed_names: fill_all(self.listed, region),
            dual_stack_names: fill_all(self.dual_stack_names, region),
            base_names: if interface {
                fill_all(&base.replace("{id}", &id), region)
            } else {
                Vec::new()
            },
            public_hosts: fill_all(self.public_hosts, region),
            evidence: Evidence::parse(self.evidence).unwrap_or(Evidence::Unknown),
            region_assumed: offer.assumed,
            policy_supported: self.policy != "no",
            ip_address_types: match self.ip_types {
                "" => vec!["ipv4"],
                types => types.split(' ').collect(),
            },
            zones: self.zones(region, date),
            in_docs: self.in_docs == "yes",
            region_listed: offer.listed,
            id_assumed: known_id.is_none(),
            id,
            name,
        }
    }

    /// The zones that have it, as they were listed last.
    fn zones(&self, region: &Region, date: CatalogDate) -> ServiceZones {
        let Some([.., value, evidence]) = self.difference_row(region, "zones") else {
            return ServiceZones::All;
        };
        let of_2023 = evidence == "outputs-2023-09";
        ServiceZones::parse(value, date == CatalogDate::Sept2023 || !of_2023)
    }

    /// What `service-differences.csv` says of the column for this service in this region.
    fn difference(&self, region: &Region, column: &str) -> Option<&'static str> {
        self.difference_row(region, column).map(|row| row[3])
    }

    fn difference_row(&self, region: &Region, column: &str) -> Option<[&'static str; 5]> {
        static ROWS: OnceLock<Vec<[&str; 5]>> = OnceLock::new();
        let rows = ROWS.get_or_init(|| rows(DIFFERENCES).collect());
        let first = rows.partition_point(|row| row[0] < self.service);
        let own = rows[first..].iter().take_while(|row| row[0] == self.service);
        own.filter(|row| row[2] == column).find(|row| holds(row[1], region)).copied()
    }
}

/// The base name the rule gives: what follows the region, its labels reversed.
fn rule_base(service: &str) -> String {
    let tail = match service.split_once("{r}.") {
        Some((_, tail)) => tail,
        None => service.strip_prefix("com.amazonaws.").unwrap_or(service),
    };
    let labels: Vec<&str> = tail.rsplit('.').collect();
    format!("{}.{{r}}.vpce.{{s}}", labels.join("."))
}

/// The name with the prefix that some regions put in place of `com.amazonaws`, for the services
/// they do so for (`transcribe=transcribe.cn`: under another suffix).
fn prefixed_name(plain: &str, region: &Region) -> String {
    let own = rows::<3>(NAME_PREFIXES).find(|row| row[0] == region.name);
    let tail = plain.strip_prefix("com.amazonaws.").and_then(|tail| tail.split_once('.'));
    if let (Some([_, prefix, suffixes]), Some((_, suffix))) = (own, tail) {
        for entry in suffixes.split(' ') {
            let (from, to) = entry.split_once('=').unwrap_or((entry, entry));
            if from == suffix {
                return format!("{prefix}.{}.{to}", region.name);
            }
        }
    }
    plain.to_owned()
}

/// An id of AWS's shape, always the same for a service name.
fn made_up_id(name: &str) -> String {
    format!("vpce-svc-0{:016x}", stable_hash_64(&[name, "service id"]))
}

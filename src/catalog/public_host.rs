//! Knows: the public names of AWS's APIs, region by region and those without a region, with the
//! wildcards that public DNS answers (`*.s3.<region>.…`).
//!
//! Deliberately does not: know addresses, names of single resources (instances, load balancers,
//! databases), or CNAMEs. FIPS and dual-stack names follow a rule of the SDKs that gives more
//! names than exist: those have `known` false unless seen.

use std::slice;
use std::sync::OnceLock;

use super::csv_file::{csv_text, rows};
use super::date::CatalogDate;
use super::expression::{available, fill, holds, holds_at};
use super::region::{Region, region, regions};
use super::service_row;
use super::{Variant, services};

pub(super) const HOSTS: &str = csv_text!("public-hosts.csv");
pub(super) const MORE_HOSTS: &str = csv_text!("more-hosts.csv");
/// How many addresses a name answers with, where more than one were recorded.
const COUNTS: &str = csv_text!("address-counts.csv");

/// A public name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHost {
    /// `cloudformation.ap-northeast-2.amazonaws.com`, or `*.s3.ap-northeast-2.amazonaws.com`.
    pub host: String,
    /// The endpoint prefix (`api.ecr`) or, where there is none, the service's suffix (`ecr.dkr`).
    pub service: &'static str,
    /// Which kind of endpoint.
    pub variant: Variant,
    /// False if only a rule says that the region has it.
    pub known: bool,
    /// Whether anything says that the service is offered in the region: a list of endpoints, or AWS's own list.
    pub offered: bool,
    /// How many IPv4 addresses its answer holds: 1 where no other number was recorded.
    pub v4: u8,
    /// How many IPv6 addresses: 0 for a name that is not dual-stack.
    pub v6: u8,
}

impl PublicHost {
    /// A host of the region. A name in the dual-stack domain answers both families, whatever its row says.
    fn new(
        host: String,
        service: &'static str,
        variant: Variant,
        (known, offered): (bool, bool),
        region: &Region,
    ) -> Self {
        let dual = variant.is_dual_stack()
            || host
                .strip_suffix(region.dual_stack_dns_suffix)
                .is_some_and(|rest| rest.ends_with('.'));
        let variant = match variant {
            Variant::Plain | Variant::Global if dual => Variant::DualStack,
            Variant::Fips if dual => Variant::DualStackFips,
            other => other,
        };
        Self { host, service, variant, known, offered, v4: 1, v6: u8::from(dual) }
    }
}

/// The public names that held the region's name at the date, sorted by name. A name is here only if its
/// endpoint is listed for the region, where such a list exists.
#[must_use]
pub fn public_hosts(region: &Region, date: CatalogDate) -> &'static [PublicHost] {
    static ALL: OnceLock<Vec<[OnceLock<Vec<PublicHost>>; 2]>> = OnceLock::new();
    let all =
        ALL.get_or_init(|| regions().iter().map(|_| [OnceLock::new(), OnceLock::new()]).collect());
    all[region.index][slot(date)].get_or_init(|| {
        let regional = |pattern: &str| pattern.contains("{r}");
        let mut hosts = table_hosts(slice::from_ref(region), date, regional);
        for service in services(region, date) {
            let known = service.hosts_known();
            let private = service.private_names.iter().chain(&service.listed_names);
            let private = private.map(|host| (host, known));
            // The other names of 2023 are in the tables, with what is known of that time.
            let others = service.public_hosts.iter().map(|host| (host, false));
            let others = others.filter(|_| date == CatalogDate::Newest);
            for (host, known) in private.chain(others) {
                if host.contains(region.name) && !host.starts_with("s3-control") {
                    let variant = Variant::of_host(host, region);
                    let (host, suffix) = (host.clone(), service.suffix.as_str());
                    let sure = (known, service.hosts_known());
                    hosts.push(PublicHost::new(host, suffix, variant, sure, region));
                }
            }
        }
        let mut hosts = distinct(hosts);
        count_addresses(&mut hosts, slice::from_ref(region));
        hosts
    })
}

/// The public names without a region, of every partition, sorted by name: `iam.amazonaws.com`,
/// `*.s3.amazonaws.com`.
#[must_use]
pub fn global_hosts(date: CatalogDate) -> &'static [PublicHost] {
    static ALL: [OnceLock<Vec<PublicHost>>; 2] = [const { OnceLock::new() }; 2];
    ALL[slot(date)].get_or_init(|| {
        let virginia = regions().iter().filter(|region| region.name == "us-east-1");
        let of_services = virginia.flat_map(|region| {
            services(region, date).iter().flat_map(move |service| {
                let names = service.private_names.iter().filter(|n| !n.contains(region.name));
                names.map(move |name| {
                    let sure = (service.hosts_known(), true);
                    let suffix = service.suffix.as_str();
                    PublicHost::new(name.clone(), suffix, Variant::Global, sure, region)
                })
            })
        });
        let of_tables = table_hosts(regions(), date, |pattern| !pattern.contains("{r}"));
        let mut hosts = distinct(of_tables.into_iter().chain(of_services).collect());
        count_addresses(&mut hosts, regions());
        hosts
    })
}

/// What follows the region in public names, of every partition: `amazonaws.com`, `on.aws`.
pub fn host_domains() -> impl Iterator<Item = String> {
    let hosts = rows(HOSTS).map(|row: [&str; 5]| row[2]);
    let more = rows(MORE_HOSTS).map(|row: [&str; 7]| row[2]);
    let mut ends: Vec<_> = hosts
        .chain(more)
        .chain(service_row::all().flat_map(|row| {
            [row.names, row.listed, row.public_hosts].into_iter().flat_map(|it| it.split(' '))
        }))
        .filter_map(|pattern| pattern.rsplit_once("{r}."))
        .map(|(_, end)| end)
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let mut suffixes: Vec<_> =
        regions().iter().map(|it| (it.dns_suffix, it.dual_stack_dns_suffix, it.name)).collect();
    suffixes.sort_unstable();
    suffixes.dedup_by_key(|(suffix, dual_stack, _)| (*suffix, *dual_stack));
    ends.into_iter().flat_map(move |end| {
        let filled = suffixes.iter().filter_map(|(_, _, name)| Some(fill(end, region(name)?)));
        filled.collect::<Vec<_>>()
    })
}

fn slot(date: CatalogDate) -> usize {
    usize::from(date == CatalogDate::Sept2023)
}

/// Puts in how many addresses were recorded for a name.
fn count_addresses(hosts: &mut [PublicHost], regions: &[Region]) {
    for [pattern, expression, v4, v6, _source] in rows(COUNTS) {
        for region in regions.iter().filter(|region| holds(expression, region)) {
            let name = fill(pattern, region);
            let Ok(at) = hosts.binary_search_by(|host| host.host.as_str().cmp(&name)) else {
                continue;
            };
            hosts[at].v4 = v4.parse().unwrap_or(1);
            if hosts[at].v6 > 0 {
                hosts[at].v6 = v6.parse().unwrap_or(1).max(1);
            }
        }
    }
}

/// The public name that the name is, or the wildcard that covers it, with its region. Looks only
/// into the regions that the name itself tells of.
#[must_use]
pub fn find_public_host(name: &str) -> Option<(Option<&'static Region>, &'static PublicHost)> {
    let regional = name.split('.').filter_map(region_of_label).find_map(|region| {
        find(public_hosts(region, CatalogDate::Newest), name).map(|host| (Some(region), host))
    });
    regional.or_else(|| find(global_hosts(CatalogDate::Newest), name).map(|host| (None, host)))
}

/// A region stands alone in a label, or behind the prefixes of S3's older names.
fn region_of_label(label: &str) -> Option<&'static Region> {
    let behind = |prefix| label.strip_prefix(prefix).and_then(region);
    region(label).or_else(|| behind("s3-website-")).or_else(|| behind("s3-"))
}

/// The name itself; else the wildcard at the closest name above it, as wildcards work in DNS.
fn find(hosts: &'static [PublicHost], name: &str) -> Option<&'static PublicHost> {
    let exact = |name: &str| {
        hosts.binary_search_by(|host| host.host.as_str().cmp(name)).ok().map(|at| &hosts[at])
    };
    let wildcards = &hosts[..hosts.partition_point(|host| host.host.starts_with("*."))];
    let wildcard = |parent: &str| {
        wildcards.binary_search_by(|host| host.host[2..].cmp(parent)).ok().map(|at| &wildcards[at])
    };
    if let Some(host) = exact(name) {
        return Some(host);
    }
    let mut rest = name;
    while let Some((_, parent)) = rest.split_once('.') {
        if let Some(host) = wildcard(parent) {
            return Some(host);
        }
        if exact(parent).is_some() {
            return None;
        }
        rest = parent;
    }
    None
}

/// Names that AWS lists among its endpoints and that answer nothing of themselves: recorded for S3 Control, whose
/// requests go to a name below that begins with an account.
fn only_below(endpoint: &str) -> bool {
    endpoint == "s3-control"
}

/// The names of the two tables for the regions, of the patterns wanted.
fn table_hosts(regions: &[Region], date: CatalogDate, wanted: fn(&str) -> bool) -> Vec<PublicHost> {
    let mut hosts = Vec::new();
    let sept2023 = date == CatalogDate::Sept2023;
    let of_wanted = rows(HOSTS).filter(|row: &[&str; 5]| wanted(row[2]));
    for [service, variant, pattern, expression, prefixes] in of_wanted {
        let regional = pattern.contains("{r}");
        let variant = Variant::parse(variant).unwrap_or(Variant::Plain);
        let dual_stack_then = format!("dualstack:{service}");
        for region in regions.iter().filter(|region| holds_at(expression, region, date)) {
            let listed = available(service, region, date);
            if listed == Some(false) && (regional || sept2023) {
                continue;
            }
            if sept2023
                && variant.is_dual_stack()
                && available(&dual_stack_then, region, date) != Some(true)
            {
                continue;
            }
            let known = match variant {
                Variant::Plain => listed == Some(true),
                Variant::Global => matches!(region.partition, "aws" | "aws-cn" | "aws-us-gov"),
                Variant::DualStack => !regional && region.partition == "aws",
                Variant::Fips | Variant::DualStackFips => false,
            };
            let offered = listed == Some(true) || !regional;
            let mut push = |host| {
                hosts.push(PublicHost::new(host, service, variant, (known, offered), region));
            };
            let host = fill(pattern, region);
            for prefix in prefixes.split(' ').filter(|prefix| !prefix.is_empty()) {
                push(format!("{prefix}{host}"));
            }
            if !only_below(service) {
                push(host);
            }
        }
    }
    let of_wanted = rows(MORE_HOSTS)
        .filter(|row: &[&str; 7]| wanted(row[2]) && (!sept2023 || row[5] == "2023-09"));
    for [service, variant, pattern, expression, known, _since, _source] in of_wanted {
        let variant = Variant::parse(variant).unwrap_or(Variant::Plain);
        let open = |region: &&Region| {
            holds_at(expression, region, date) && (!sept2023 || region.open_2023)
        };
        for region in regions.iter().filter(open) {
            let offered = known == "yes" || available(service, region, date) == Some(true);
            let mut push = |pattern: &str| {
                let host = fill(pattern, region);
                let sure = (known == "yes", offered);
                hosts.push(PublicHost::new(host, service, variant, sure, region));
            };
            if pattern.contains("{zone_id}") {
                let ids = region.zones.iter().map(|zone| zone.id).filter(|id| !id.is_empty());
                ids.for_each(|id| push(&pattern.replace("{zone_id}", id)));
            } else {
                push(pattern);
            }
        }
    }
    hosts
}

/// Sorted by name, each name once: the first of the same name stays, and is known if any was.
fn distinct(mut hosts: Vec<PublicHost>) -> Vec<PublicHost> {
    hosts.sort_by(|a, b| a.host.cmp(&b.host));
    hosts.dedup_by(|later, first| {
        let same = later.host == first.host;
        first.known |= same && later.known;
        first.offered |= same && later.offered;
        same
    });
    hosts.shrink_to_fit();
    hosts
}

#[cfg(test)]
mod tests;

//! Knows: the rows of `managed-prefix-lists.csv`: which prefix lists AWS manages, whose published ranges are in each,
//! and which public names answer from it.
//!
//! Deliberately does not: know the lists' ids, or read the ranges.

use super::csv_file::{csv_text, rows};

const MANAGED: &str = csv_text!("managed-prefix-lists.csv");

/// A prefix list that every region has.
pub(super) struct PrefixListRow {
    /// The short name, such as `s3`.
    pub(super) service: &'static str,
    /// A pattern for the list's name.
    pub(super) name: &'static str,
    /// Whether the region's own ranges are in it; else those of `GLOBAL`.
    pub(super) regional: bool,
    /// The service of `ranges.csv` whose prefixes are in it; empty where none are published.
    pub(super) ranges: &'static str,
    /// The endpoints of `public-hosts.csv` whose names answer addresses of it, separated by spaces.
    public_hosts: &'static str,
}

impl PrefixListRow {
    /// Whether the public names of an endpoint such as `s3-control` answer addresses of it.
    pub(super) fn serves(&self, endpoint: &str) -> bool {
        self.public_hosts.split(' ').any(|it| it == endpoint)
    }
}

/// Every row, in the order in which AWS's API lists them.
pub(super) fn all() -> impl Iterator<Item = PrefixListRow> {
    rows(MANAGED).map(|[service, name, region, ranges, public_hosts]| PrefixListRow {
        service,
        name,
        regional: region == "{r}",
        ranges,
        public_hosts,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{public_host, range};
    use super::*;

    #[test]
    fn every_row_names_what_the_other_files_have() {
        for [service, name, region, ranges, public_hosts] in rows(MANAGED) {
            assert!(name.ends_with(service), "{name}");
            assert!(matches!(region, "{r}" | "GLOBAL"), "{name}");
            let published = rows::<2>(range::RANGES).any(|[_, of]| of == ranges);
            assert!(published || ranges.is_empty(), "{name}: {ranges}");
            for endpoint in public_hosts.split(' ').filter(|it| !it.is_empty()) {
                assert!(rows::<1>(public_host::HOSTS).any(|[it]| it == endpoint), "{endpoint}");
                assert!(!ranges.is_empty(), "{endpoint} has no ranges to answer from");
            }
        }
    }
}

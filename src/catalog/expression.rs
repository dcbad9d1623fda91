//! Knows: how a pattern of the catalogue is filled in for a region, which regions an expression
//! such as `aws !me-west-1` means, and where an endpoint is available.
//!
//! Deliberately does not: cut files into rows (`csv_file` does).

use std::sync::OnceLock;

use super::{
    csv_file::{csv_text, rows},
    date::CatalogDate,
    region::Region,
};

/// Endpoint prefix → the regions that offer it, sorted by endpoint prefix.
pub(super) const AVAILABILITY: &str = csv_text!("availability.csv");

/// What differed in September 2023: endpoint prefix → the regions that offered it, none for an endpoint
/// that did not exist. `dualstack:PREFIX` tells which regions had its dual-stack name.
pub(super) const AVAILABILITY_2023: &str = csv_text!("availability-2023-09.csv");

/// The pattern with `{r}`, `{s}` and `{d}` replaced by the region and its two suffixes.
pub(super) fn fill(pattern: &str, region: &Region) -> String {
    pattern
        .replace("{r}", region.name)
        .replace("{s}", region.dns_suffix)
        .replace("{d}", region.dual_stack_dns_suffix)
}

/// The space-separated patterns, filled in.
pub(super) fn fill_all(patterns: &str, region: &Region) -> Vec<String> {
    patterns.split(' ').filter(|pattern| !pattern.is_empty()).map(|p| fill(p, region)).collect()
}

/// Whether the expression holds for the region. Its terms are read from left to right: a term
/// adds regions, `!term` takes them away, `&term` keeps no others. A term is `*`, a partition, a
/// region, `@endpoint` (where `availability.csv` lists that endpoint), `measured` (the regions
/// whose service list of September 2023 is known) or `fips` (those of the United States and
/// Canada, where FIPS endpoints are).
pub(super) fn holds(expression: &str, region: &Region) -> bool {
    holds_at(expression, region, CatalogDate::Newest)
}

/// The same, with `@endpoint` as it was listed at the date.
pub(super) fn holds_at(expression: &str, region: &Region, date: CatalogDate) -> bool {
    let mut holds = false;
    for term in expression.split(' ') {
        match (term.strip_prefix('!'), term.strip_prefix('&')) {
            (Some(term), _) => holds &= !term_holds(term, region, date),
            (_, Some(term)) => holds &= term_holds(term, region, date),
            _ => holds |= term_holds(term, region, date),
        }
    }
    holds
}

fn term_holds(term: &str, region: &Region, date: CatalogDate) -> bool {
    match term {
        "*" => true,
        "measured" => region.measured,
        "fips" => {
            matches!(region.partition, "aws" | "aws-us-gov")
                && (region.name.starts_with("us-") || region.name.starts_with("ca-"))
        }
        _ => match term.strip_prefix('@') {
            Some(endpoint) => available(endpoint, region, date) == Some(true),
            None => term == region.name || term == region.partition,
        },
    }
}

/// Whether the region offered the endpoint at the date; `None` if that is not listed for the endpoint.
pub(super) fn available(endpoint: &str, region: &Region, date: CatalogDate) -> Option<bool> {
    static NOW: OnceLock<Vec<[&str; 2]>> = OnceLock::new();
    static THEN: OnceLock<Vec<[&str; 2]>> = OnceLock::new();
    let listed = |rows: &'static [[&'static str; 2]]| {
        let index = rows.binary_search_by_key(&endpoint, |row| row[0]).ok()?;
        Some(holds(rows[index][1], region))
    };
    if date == CatalogDate::Sept2023 {
        if !region.open_2023 {
            return Some(false);
        }
        let then = listed(THEN.get_or_init(|| rows(AVAILABILITY_2023).collect()));
        if then.is_some() || endpoint.starts_with("dualstack:") {
            return then;
        }
    }
    listed(NOW.get_or_init(|| rows(AVAILABILITY).collect()))
}

#[cfg(test)]
pub(super) use tests::assert_terms_exist;

#[cfg(test)]
mod tests {
    use super::super::region::{region, regions};
    use super::*;

    #[test]
    fn availability_is_sorted_and_names_only_what_exists() {
        let endpoints: Vec<&str> = rows::<2>(AVAILABILITY).map(|row| row[0]).collect();
        assert!(endpoints.is_sorted());
        assert!(rows::<2>(AVAILABILITY_2023).map(|row| row[0]).is_sorted());
        for [_, expression] in rows::<2>(AVAILABILITY_2023).filter(|row| !row[1].is_empty()) {
            assert_terms_exist(expression);
        }
        for [endpoint, expression] in rows(AVAILABILITY) {
            assert!(regions().iter().any(|region| holds(expression, region)), "{endpoint}");
            assert_terms_exist(expression);
        }
    }

    /// Fails if a term of the expression names no region, partition or endpoint.
    pub(in super::super) fn assert_terms_exist(expression: &str) {
        for term in expression.trim_start_matches('?').split(' ') {
            let name = term.trim_start_matches(['!', '&']);
            let exists = matches!(name, "*" | "measured" | "fips")
                || name
                    .strip_prefix('@')
                    .is_some_and(|endpoint| rows::<2>(AVAILABILITY).any(|row| row[0] == endpoint))
                || regions().iter().any(|region| region.name == name || region.partition == name);
            assert!(exists, "`{term}` in `{expression}`");
        }
    }

    #[test]
    fn expressions() {
        let seoul = region("ap-northeast-2").unwrap();
        let virginia = region("us-east-1").unwrap();
        for (expression, in_seoul, in_virginia) in [
            ("*", true, true),
            ("* !aws", false, false),
            ("aws !ap-northeast-2", false, true),
            ("us-east-1 us-east-2", false, true),
            ("aws &fips", false, true),
            ("@codecommit", true, true),
            ("@devicefarm", false, false),
            ("measured", true, true),
            ("", false, false),
        ] {
            assert_eq!(holds(expression, seoul), in_seoul, "{expression}");
            assert_eq!(holds(expression, virginia), in_virginia, "{expression}");
        }
        let (now, then) = (CatalogDate::Newest, CatalogDate::Sept2023);
        assert_eq!(available("no-such-endpoint", seoul, now), None);
        assert_eq!(available("aoss", seoul, now), Some(true));
        assert_eq!(available("aoss", seoul, then), Some(false));
        assert_eq!(available("datazone", virginia, then), Some(false));
        assert_eq!(available("sts", region("mx-central-1").unwrap(), then), Some(false));
        assert_eq!(available("dualstack:ssm", virginia, then), None);
        assert_eq!(available("dualstack:athena", virginia, then), Some(true));
    }
}

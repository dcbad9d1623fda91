//! Knows: what AWS allows for single services and not for others, from the last columns of
//! `services.csv`.
//!
//! Deliberately does not: apply it; the model and `resolve` do.

use std::sync::OnceLock;

use super::csv_file::rows;
use super::service_row::SERVICES;

/// What AWS allows for a service and not for others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceRules {
    /// Whether an endpoint of another region reaches it (P100).
    pub remote: bool,
    /// Whether its private wildcard name answers a CNAME, and not addresses.
    pub cname_wildcard: bool,
    /// Whether its gateway endpoint takes no `DnsRecordIpType` but `service-defined` (P45).
    pub record_ip_service_defined: bool,
    /// Whether the `DnsRecordIpType` of its gateway endpoint decides which families the VPC gets for the service's
    /// public names (P45, P46).
    pub record_ip_public_families: bool,
    /// Whether the names below the names of an endpoint to it answer too (N20, N22).
    pub labels_in_front: bool,
}

/// The rules of a service by its suffix, such as `ecr.dkr`; by its name if that has no region. Most services have none.
#[must_use]
pub fn service_rules(suffix: &str) -> ServiceRules {
    static RULES: OnceLock<Vec<(&str, ServiceRules)>> = OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let mut rules: Vec<_> = rows(SERVICES).filter_map(parse).collect();
        rules.sort_unstable_by_key(|(suffix, _)| *suffix);
        rules
    });
    let found = rules.binary_search_by_key(&suffix, |(suffix, _)| *suffix);
    found.map(|index| rules[index].1).unwrap_or_default()
}

fn parse(row: [&'static str; 20]) -> Option<(&'static str, ServiceRules)> {
    let rules = ServiceRules {
        remote: row[16] == "yes",
        cname_wildcard: row[17] == "cname",
        record_ip_service_defined: row[18] == "service-defined",
        record_ip_public_families: row[18] == "public-families",
        labels_in_front: row[19] == "yes",
    };
    let suffix = row[0].strip_prefix("com.amazonaws.{r}.").unwrap_or(row[0]);
    (rules != ServiceRules::default()).then_some((suffix, rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_of_the_services_that_aws_documents() {
        let with = |is: fn(&ServiceRules) -> bool| -> Vec<_> {
            let suffixes = rows::<1>(SERVICES)
                .map(|[name]| name.rsplit_once("{r}.").map_or(name, |(_, suffix)| suffix));
            let mut found: Vec<_> = suffixes.filter(|it| is(&service_rules(it))).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let remote = [
            "ecr.api",
            "ecr.dkr",
            "ecs",
            "ecs-agent",
            "kinesis-firehose",
            "kinesisanalytics",
            "kms",
            "kms-fips",
            "lambda",
            "s3",
        ];
        assert_eq!(with(|it| it.remote), remote);
        assert_eq!(with(|it| it.cname_wildcard), ["execute-api"]);
        assert_eq!(with(|it| it.record_ip_service_defined), ["dynamodb"]);
        assert_eq!(with(|it| it.record_ip_public_families), ["s3"]);
        assert_eq!(with(|it| it.labels_in_front), ["com.amazonaws.s3-global.accesspoint", "s3"]);
    }

    #[test]
    fn every_cell_is_a_known_word() {
        for row in rows::<20>(SERVICES) {
            assert!(["", "yes"].contains(&row[16]), "{row:?}");
            assert!(["", "cname"].contains(&row[17]), "{row:?}");
            assert!(["", "service-defined", "public-families"].contains(&row[18]), "{row:?}");
            assert!(["", "yes"].contains(&row[19]), "{row:?}");
            assert_eq!(parse(row).is_some(), row[16..20] != ["", "", "", ""], "{row:?}");
        }
    }
}

//! Knows: AWS's managed prefix lists: what a gateway endpoint's route points at.
//!
//! Deliberately does not: know every prefix in them (the published ranges kept are a part), or
//! the customers' own lists. Where AWS's id is not recorded, a made-up one stands in.

use std::sync::OnceLock;

use ipnetwork::IpNetwork;

use crate::hash::stable_hash_64;

use super::csv_file::{csv_text, rows};
use super::expression::fill;
use super::prefix_list_row;
use super::range::{ranges, v4_only};
use super::region::{Region, regions};

const LISTS: &str = csv_text!("prefix-lists.csv");

/// A managed prefix list of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixList {
    /// `pl-78a54011`.
    pub id: String,
    /// `com.amazonaws.ap-northeast-2.s3`.
    pub name: String,
    /// The service of `managed-prefix-lists.csv`, such as `s3`.
    pub service: &'static str,
    /// Whether the id is made up.
    pub assumed: bool,
    /// How sure a recorded id is: `high`, `medium` or `low`; empty if made up.
    pub confidence: &'static str,
    /// Some of its IPv4 prefixes; empty where none are published.
    pub cidrs: Vec<IpNetwork>,
}

/// The prefix list of a service in a region.
#[must_use]
pub fn prefix_list(region: &Region, service: &str) -> Option<&'static PrefixList> {
    prefix_lists(region).iter().find(|list| list.service == service)
}

/// Every managed prefix list of a region.
#[must_use]
pub fn prefix_lists(region: &Region) -> &'static [PrefixList] {
    static ALL: OnceLock<Vec<OnceLock<Vec<PrefixList>>>> = OnceLock::new();
    let all = ALL.get_or_init(|| regions().iter().map(|_| OnceLock::new()).collect());
    all[region.index].get_or_init(|| {
        let lists = prefix_list_row::all().map(|row| {
            let ranges = ranges(row.regional.then_some(region), row.ranges);
            list(region, row.service, fill(row.name, region), &ranges)
        });
        lists.collect()
    })
}

fn list(region: &Region, service: &'static str, name: String, all: &[IpNetwork]) -> PrefixList {
    let recorded =
        rows(LISTS).find(|[at, of, ..]: &[&str; 4]| *at == region.name && *of == service);
    let (id, confidence) = match recorded {
        Some([_, _, id, confidence]) => (id.to_owned(), confidence),
        None => {
            let digits = stable_hash_64(&[region.name, service, "prefix list id"]) & 0xffff_ffff;
            (format!("pl-{digits:08x}"), "")
        }
    };
    PrefixList {
        id,
        name,
        service,
        assumed: confidence.is_empty(),
        confidence,
        cidrs: v4_only(all).into_iter().map(IpNetwork::V4).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::region::region;
    use super::*;

    #[test]
    fn lists_of_seoul() {
        let seoul = region("ap-northeast-2").unwrap();
        let s3 = prefix_list(seoul, "s3").unwrap();
        assert_eq!((s3.id.as_str(), s3.assumed), ("pl-78a54011", false));
        assert_eq!(s3.name, "com.amazonaws.ap-northeast-2.s3");
        assert!(s3.cidrs.iter().any(|cidr| cidr.contains([52, 219, 146, 89].into())));
        assert!(s3.cidrs.iter().any(|cidr| cidr.contains([52, 219, 144, 69].into())));
        assert_eq!(prefix_list(seoul, "dynamodb").unwrap().id, "pl-48a54021");
        let front = prefix_list(seoul, "cloudfront.origin-facing").unwrap();
        assert_eq!((front.id.as_str(), front.cidrs.is_empty()), ("pl-22a6434b", false));
        assert_eq!(prefix_list(seoul, "sqs"), None);
    }

    #[test]
    fn made_up_ids_never_change_and_say_so() {
        let express = prefix_list(region("us-east-1").unwrap(), "s3express").unwrap();
        assert_eq!((express.id.as_str(), express.assumed), ("pl-d069d97a", true));
    }

    #[test]
    fn every_row_is_used_and_every_region_has_its_lists() {
        for [name, service, id, confidence] in rows(LISTS) {
            let list = prefix_list(region(name).unwrap(), service).unwrap();
            assert_eq!((list.id.as_str(), list.confidence), (id, confidence));
            assert!(matches!(confidence, "high" | "medium" | "low"));
        }
        for region in regions() {
            for list in prefix_lists(region) {
                let digits = list.id.strip_prefix("pl-").unwrap();
                assert!(matches!(digits.len(), 8 | 17), "{}", list.id);
                assert!(digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            }
        }
    }
}

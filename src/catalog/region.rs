//! Knows: the regions, their partition and DNS suffixes, their zones, the domains of instance
//! names, and the hosted-zone ids that stand for them in alias targets and API replies.
//!
//! Deliberately does not: know which zones an account sees (the letter of a zone stands for
//! another zone id in another account; these are the usual ones), or which regions an account
//! has opted into.

use std::sync::OnceLock;

use super::csv_file::{csv_text, rows};

const REGIONS: &str = csv_text!("regions.csv");
const ZONE_IDS: &str = csv_text!("zone-ids.csv");

/// A region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// `ap-northeast-2`.
    pub name: &'static str,
    /// `aws`, `aws-cn`, `aws-us-gov`, ….
    pub partition: &'static str,
    /// The suffix of the names that answer IPv4: `amazonaws.com`.
    pub dns_suffix: &'static str,
    /// The suffix of the names that answer both: `api.aws`.
    pub dual_stack_dns_suffix: &'static str,
    /// The zones, by name. Empty for a region whose zones are not known yet.
    pub zones: Vec<AvailabilityZone>,
    /// AvailabilityZone names that only older accounts have.
    pub other_zones: Vec<&'static str>,
    /// Where the private names of instances are: `ap-northeast-2.compute.internal`.
    pub internal_domain: &'static str,
    /// Where the public names of instances are: `ap-northeast-2.compute.amazonaws.com`.
    pub public_domain: &'static str,
    /// The hosted zone of interface endpoint names, where known.
    pub vpce_hosted_zone: Option<&'static str>,
    /// The hosted zone of Network Load Balancer names, where known.
    pub nlb_hosted_zone: Option<&'static str>,
    /// The hosted zone of Application and Classic Load Balancer names, where known.
    pub alb_hosted_zone: Option<&'static str>,
    /// Whether AWS's service list of September 2023 is known for this region.
    pub(super) measured: bool,
    /// Whether the region was open in September 2023.
    pub(super) open_2023: bool,
    /// The index in [`regions`].
    pub(super) index: usize,
}

/// The regions of the partition `aws` that every account has: those from before 20 March 2019.
const ALWAYS_OPEN: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
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

/// The partition of the region of a name; `aws` for one that is not known.
#[must_use]
pub fn partition_of(name: &str) -> &'static str {
    region(name).map_or("aws", |region| region.partition)
}

impl Region {
    /// Whether an account must opt into the region before it may use it.
    #[must_use]
    pub fn opt_in(&self) -> bool {
        self.partition == "aws" && !ALWAYS_OPEN.contains(&self.name)
    }

    /// Whether it has a zone of this name, as far as its zones are known.
    #[must_use]
    pub fn has_zone(&self, name: &str) -> bool {
        self.zones.is_empty()
            || self.zones.iter().any(|zone| zone.name == name)
            || self.other_zones.contains(&name)
    }

    /// The names of its zones, with commas.
    #[must_use]
    pub fn zone_names(&self) -> String {
        self.zones.iter().map(|zone| zone.name).collect::<Vec<_>>().join(", ")
    }
}

/// An availability zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvailabilityZone {
    /// `ap-northeast-2a`.
    pub name: &'static str,
    /// `apne2-az1`; empty where it is not known (the isolated and the sovereign partitions).
    pub id: &'static str,
    /// Whether it can host endpoints to another region's service (P102).
    pub remote: bool,
}

/// The region of that name.
#[must_use]
pub fn region(name: &str) -> Option<&'static Region> {
    let regions = regions();
    let index = regions.binary_search_by_key(&name, |region| region.name).ok()?;
    regions.get(index)
}

/// Every region of every partition, sorted by name.
#[must_use]
pub fn regions() -> &'static [Region] {
    static ALL: OnceLock<Vec<Region>> = OnceLock::new();
    ALL.get_or_init(|| {
        let zone_ids: Vec<[&str; 4]> = rows(ZONE_IDS).collect();
        rows(REGIONS).enumerate().map(|(index, row)| parse(index, row, &zone_ids)).collect()
    })
}

fn parse(index: usize, row: [&'static str; 11], zone_ids: &[[&'static str; 4]]) -> Region {
    let [
        name,
        partition,
        suffix,
        dual,
        internal,
        public,
        zones,
        others,
        measured,
        open_2023,
        no_remote,
    ] = row;
    let ids = zone_ids.iter().find(|ids| ids[0] == name);
    let id = |column: usize| ids.map(|ids| ids[column]).filter(|id| !id.is_empty());
    Region {
        name,
        partition,
        dns_suffix: suffix,
        dual_stack_dns_suffix: dual,
        zones: words(zones)
            .map(|zone| {
                let (name, id) = zone.split_once('=').unwrap_or((zone, ""));
                AvailabilityZone { name, id, remote: !words(no_remote).any(|other| other == id) }
            })
            .collect(),
        other_zones: words(others).collect(),
        internal_domain: internal,
        public_domain: public,
        vpce_hosted_zone: id(1),
        nlb_hosted_zone: id(2),
        alb_hosted_zone: id(3),
        measured: measured == "yes",
        open_2023: open_2023 == "yes",
        index,
    }
}

fn words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seoul_and_virginia() {
        let seoul = region("ap-northeast-2").unwrap();
        assert_eq!((seoul.partition, seoul.dns_suffix), ("aws", "amazonaws.com"));
        assert_eq!(
            seoul.zones[2],
            AvailabilityZone { name: "ap-northeast-2c", id: "apne2-az3", remote: true }
        );
        assert_eq!(seoul.internal_domain, "ap-northeast-2.compute.internal");
        assert_eq!(seoul.vpce_hosted_zone, Some("Z27UANNT0PRK1T"));
        assert_eq!(seoul.nlb_hosted_zone, Some("ZIBE1TIR4HY56"));
        assert_eq!(seoul.alb_hosted_zone, Some("ZWKZPGTI48KDX"));
        let virginia = region("us-east-1").unwrap();
        assert_eq!(virginia.internal_domain, "ec2.internal");
        assert_eq!(virginia.public_domain, "compute-1.amazonaws.com");
        assert_eq!(virginia.zones.len(), 6);
        let beijing = region("cn-north-1").unwrap();
        assert_eq!(beijing.dns_suffix, "amazonaws.com.cn");
        assert_eq!(beijing.dual_stack_dns_suffix, "api.amazonwebservices.com.cn");
        assert_eq!(region("AP-NORTHEAST-2"), None);
        let opt_in = |name| region(name).unwrap().opt_in();
        assert_eq!(
            [opt_in("us-east-1"), opt_in("ap-east-1"), opt_in("cn-north-1")],
            [false, true, false]
        );
        assert!(ALWAYS_OPEN.iter().all(|name| region(name).is_some()));
    }

    #[test]
    fn every_row_is_whole() {
        assert!(regions().is_sorted_by_key(|region| region.name));
        for (index, region) in regions().iter().enumerate() {
            assert_eq!(region.index, index);
            assert!(region.zones.iter().all(|zone| zone.name.starts_with(region.name)));
            assert!(region.public_domain.ends_with(region.dns_suffix), "{}", region.name);
            assert!(region.internal_domain.ends_with("internal"), "{}", region.name);
        }
        for [name, ..] in rows::<4>(ZONE_IDS) {
            assert!(region(name).is_some(), "{name}");
        }
        let ids = regions().iter().filter(|region| region.vpce_hosted_zone.is_some());
        assert_eq!(ids.count(), 30);
        assert_eq!(regions().iter().filter(|region| region.measured).count(), 17);
        let zones = regions().iter().flat_map(|region| &region.zones);
        // Two more, `apne1-az3` and `usw1-az2`, are zones that only older accounts see.
        let without: Vec<_> = zones.filter(|zone| !zone.remote).map(|zone| zone.id).collect();
        assert_eq!(without, ["apne2-az2", "apne2-az4", "use1-az3"]);
    }
}

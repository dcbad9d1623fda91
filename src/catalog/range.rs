//! Knows: some of AWS's published address ranges, the few addresses really seen, and how to make
//! up an address for a name: always the same one, inside the ranges of its region.
//!
//! Deliberately does not: know which address AWS gives for a name. All but [`observed_address`]
//! is synthetic, and whoever shows it must say so.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use crate::hash::stable_hash_64;

use super::csv_file::{csv_text, rows};
use super::prefix_list_row;
use super::region::{Region, regions};

pub(super) const RANGES: &str = csv_text!("ranges.csv");
pub(super) const OBSERVED: &str = csv_text!("observed-addresses.csv");

/// The address really seen for the name, asked from inside a VPC or from the internet.
#[must_use]
pub fn observed_address(name: &str, inside_vpc: bool) -> Option<Ipv4Addr> {
    let here = if inside_vpc { "vpc" } else { "internet" };
    rows(OBSERVED)
        .find(|[seen, from, ..]: &[&str; 4]| *seen == name && (*from == here || *from == "any"))
        .and_then(|[_, _, address, _]| address.parse().ok())
}

/// The kept prefixes of a service (`AMAZON`, `S3`, `DYNAMODB`, `EC2`,
/// `CLOUDFRONT_ORIGIN_FACING`) in a region, or of `GLOBAL`. The list is not complete. Reads the
/// whole table: not for every query.
#[must_use]
pub fn ranges(region: Option<&Region>, service: &str) -> Vec<IpNetwork> {
    prefixes(region, service, &["yes", "no"])
}

fn prefixes(region: Option<&Region>, service: &str, exclusive: &[&str]) -> Vec<IpNetwork> {
    let region = region.map_or("GLOBAL", |region| region.name);
    rows(RANGES)
        .filter(|[at, of, alone, _]: &[&str; 4]| {
            *at == region && *of == service && exclusive.contains(alone)
        })
        .flat_map(|[.., prefixes]| prefixes.split(' '))
        .filter_map(|prefix| prefix.parse().ok())
        .collect()
}

/// A made-up address for the name: in the region's ranges that AWS publishes for `AMAZON` and
/// for no narrower service, or in the `GLOBAL` ones without a region or where the region has
/// none (the isolated partitions). The last byte is never 0 or 255.
#[must_use]
pub fn synthetic_v4(region: Option<&Region>, name: &str) -> Ipv4Addr {
    pick_v4(&pool(region, |pool| !pool.v4.is_empty()).v4, stable_hash_64(&[name]))
        .unwrap_or(Ipv4Addr::UNSPECIFIED)
}

/// A made-up IPv6 address for the name, in the same ranges.
#[must_use]
pub fn synthetic_v6(region: Option<&Region>, name: &str) -> Ipv6Addr {
    let networks = &pool(region, |pool| !pool.v6.is_empty()).v6;
    let (subnet, host) = (stable_hash_64(&[name, "subnet"]), stable_hash_64(&[name, "host"]));
    let Some(network) = pick(networks, stable_hash_64(&[name])) else {
        return Ipv6Addr::UNSPECIFIED;
    };
    let bits = (u128::from(subnet & 0xffff) << 64) | u128::from(host.max(1));
    let free = u128::MAX.checked_shr(u32::from(network.prefix())).unwrap_or(0);
    Ipv6Addr::from(u128::from(network.network()) | (bits & free))
}

/// A made-up address for a name of a service with a prefix list of the region (`s3`, `dynamodb`): inside
/// the service's own ranges, so that the prefix list's route takes it. `None` without ranges.
#[must_use]
pub fn gateway_v4(region: &Region, service: &str, name: &str) -> Option<Ipv4Addr> {
    let pool = pool(Some(region), |_| true);
    let (_, networks) = pool.lists.iter().find(|(of, _)| *of == service)?;
    pick_v4(networks, stable_hash_64(&[name]))
}

/// The made-up IPv4 addresses of a public name of an endpoint (`service`), all different: inside the prefix list that
/// names the endpoint, else as [`synthetic_v4`]. The first never depends on the count.
#[must_use]
pub fn addresses_v4(
    region: Option<&Region>,
    service: &str,
    name: &str,
    count: u8,
) -> Vec<Ipv4Addr> {
    let list = prefix_list_row::all().find(|row| row.serves(service));
    // S3's names without a region are served from us-east-1.
    let home = region.or_else(|| super::region("us-east-1"));
    several(count, name, |name| {
        list.as_ref()
            .zip(home)
            .and_then(|(list, home)| gateway_v4(home, list.service, name))
            .unwrap_or_else(|| synthetic_v4(region, name))
    })
}

/// The made-up IPv6 addresses of a public name, all different.
#[must_use]
pub fn addresses_v6(region: Option<&Region>, name: &str, count: u8) -> Vec<Ipv6Addr> {
    several(count, name, |name| synthetic_v6(region, name))
}

/// `count` different values: that of the name, then those of the name with a number. A range too small for them
/// gives fewer.
fn several<T: PartialEq>(count: u8, name: &str, make: impl Fn(&str) -> T) -> Vec<T> {
    let mut values = Vec::with_capacity(usize::from(count));
    if count > 0 {
        values.push(make(name));
    }
    for number in 1..=u16::from(count) * 8 {
        if values.len() >= usize::from(count) {
            break;
        }
        let value = make(&format!("{name} {number}"));
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The ranges made-up addresses of one region come from.
struct Pool {
    v4: Vec<Ipv4Network>,
    v6: Vec<Ipv6Network>,
    /// Of each prefix list of the region, by service.
    lists: Vec<(&'static str, Vec<Ipv4Network>)>,
}

impl Pool {
    fn new(region: Option<&Region>) -> Self {
        let mut pool = Self {
            v4: Vec::new(),
            v6: Vec::new(),
            lists: prefix_list_row::all()
                .filter(|row| row.regional)
                .map(|row| (row.service, v4_only(&ranges(region, row.ranges))))
                .collect(),
        };
        for network in prefixes(region, "AMAZON", &["yes"]) {
            match network {
                // The published list goes down to single addresses: those serve one purpose.
                IpNetwork::V4(network) if network.prefix() > 28 => {}
                IpNetwork::V4(network) => pool.v4.push(network),
                IpNetwork::V6(network) => pool.v6.push(network),
            }
        }
        pool
    }
}

/// The IPv4 networks among them.
pub(super) fn v4_only(networks: &[IpNetwork]) -> Vec<Ipv4Network> {
    let v4 = networks.iter().filter_map(|network| match network {
        IpNetwork::V4(network) => Some(*network),
        IpNetwork::V6(_) => None,
    });
    v4.collect()
}

/// The region's pool if it will do, else the one without a region.
fn pool(region: Option<&Region>, will_do: fn(&Pool) -> bool) -> &'static Pool {
    static POOLS: OnceLock<(Vec<OnceLock<Pool>>, OnceLock<Pool>)> = OnceLock::new();
    let (regional, global) = POOLS
        .get_or_init(|| (regions().iter().map(|_| OnceLock::new()).collect(), OnceLock::new()));
    if let Some(region) = region {
        let pool = regional[region.index].get_or_init(|| Pool::new(Some(region)));
        if will_do(pool) {
            return pool;
        }
    }
    global.get_or_init(|| Pool::new(None))
}

/// Each address of all the networks is as likely as any other.
fn pick_v4(networks: &[Ipv4Network], hash: u64) -> Option<Ipv4Addr> {
    let size = |network: &Ipv4Network| 1_u64 << (32 - network.prefix());
    let total: u64 = networks.iter().map(size).sum();
    let mut offset = hash.checked_rem(total)?;
    for network in networks {
        if offset < size(network) {
            let first = u32::from(network.network());
            let address = first + u32::try_from(offset).unwrap_or_default();
            return Some(Ipv4Addr::from(match address & 0xff {
                0 => address + 1,
                255 => address - 1,
                _ => address,
            }));
        }
        offset -= size(network);
    }
    None
}

fn pick<T>(items: &[T], hash: u64) -> Option<&T> {
    let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
    items.get(usize::try_from(hash.checked_rem(count)?).ok()?)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::super::region::region;
    use super::*;

    #[test]
    fn addresses_seen() {
        let cloudformation = "cloudformation.ap-northeast-2.amazonaws.com";
        let s3 = "s3.ap-northeast-2.amazonaws.com";
        for (name, inside, address) in [
            (cloudformation, true, [52, 95, 193, 132]),
            (cloudformation, false, [52, 95, 193, 132]),
            (s3, false, [52, 219, 144, 69]),
            (s3, true, [52, 219, 146, 89]),
        ] {
            assert_eq!(observed_address(name, inside), Some(Ipv4Addr::from(address)), "{name}");
        }
        assert_eq!(observed_address("kms.ap-northeast-2.amazonaws.com", true), None);
        for [name, asked_from, address, note] in rows(OBSERVED) {
            assert!(matches!(asked_from, "internet" | "vpc" | "any") && !note.is_empty(), "{name}");
            assert!(address.parse::<Ipv4Addr>().is_ok());
        }
    }

    #[test]
    fn made_up_addresses_stay_in_their_ranges() {
        let within = |networks: &[IpNetwork], at: IpAddr| {
            networks.iter().any(|network| network.contains(at))
        };
        for region in regions().iter().map(Some).chain([None]) {
            let own = prefixes(region, "AMAZON", &["yes"]);
            let amazon = if own.is_empty() { prefixes(None, "AMAZON", &["yes"]) } else { own };
            for number in 0..400 {
                let name = format!("service{number}.example.com");
                let v4 = synthetic_v4(region, &name);
                assert!(within(&amazon, v4.into()), "{region:?} {v4}");
                assert!(!matches!(v4.octets()[3], 0 | 255), "{v4}");
                let v6 = synthetic_v6(region, &name);
                assert!(within(&amazon, v6.into()), "{region:?} {v6}");
            }
            let Some(region) = region else { continue };
            for service in ["s3", "dynamodb"] {
                let list = &super::super::prefix_list(region, service).unwrap().cidrs;
                for number in 0..400 {
                    let address = gateway_v4(region, service, &number.to_string());
                    assert_eq!(address.is_none(), list.is_empty(), "{}", region.name);
                    assert!(address.is_none_or(|address| within(list, address.into())));
                }
            }
        }
    }

    #[test]
    fn made_up_addresses_never_change() {
        let seoul = region("ap-northeast-2");
        for (region, name, v4, v6) in [
            (
                seoul,
                "kms.ap-northeast-2.amazonaws.com",
                "54.239.121.13",
                "2406:dafc:2000:4e9:2ef3:590a:97b8:808e",
            ),
            (
                seoul,
                "sts.ap-northeast-2.amazonaws.com",
                "52.95.192.228",
                "2400:6500:0:7413:fc45:4d47:552c:567b",
            ),
            (None, "iam.amazonaws.com", "99.82.179.181", "2606:7b40:1b10:27e1:1a2e:6882:d257:2e2"),
        ] {
            assert_eq!(synthetic_v4(region, name).to_string(), v4, "{name}");
            assert_eq!(synthetic_v6(region, name).to_string(), v6, "{name}");
        }
        let bucket = gateway_v4(seoul.unwrap(), "s3", "bucket.s3.ap-northeast-2.amazonaws.com");
        assert_eq!(bucket.map(|address| address.to_string()).as_deref(), Some("52.219.61.231"));
    }

    #[test]
    fn every_row_is_whole() {
        for [name, _, exclusive, prefixes] in rows(RANGES) {
            assert!(matches!(exclusive, "yes" | "no"), "{name}");
            // us-south-1 has ranges but is no region yet.
            assert!(matches!(name, "GLOBAL" | "us-south-1") || region(name).is_some(), "{name}");
            for prefix in prefixes.split(' ') {
                let network: IpNetwork = prefix.parse().unwrap();
                assert_eq!(network.to_string(), prefix);
            }
        }
    }
}

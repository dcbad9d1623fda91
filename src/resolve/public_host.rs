//! The catalogue's public host names: which exist, their addresses and address families.
//!
//! Deliberately does not: decide when the catalogue is asked (`public.rs` does), or know names of the World's resources.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    net::{Ipv4Addr, Ipv6Addr},
    sync::OnceLock,
};

use super::{
    answer::{Answer, Data, Owner, Record, Records},
    negative,
    public::{region_label, zone_of},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    view::View,
    zone,
};
use crate::{
    catalog::{self, PublicHost, Region, Variant},
    model::{
        endpoint::RecordIpType,
        id::EndpointId,
        name::{Name, NameRef},
        record::RecordType,
        suffix_map::SuffixMap,
    },
};

const TTL: u32 = 60;

/// A host of the catalogue with its addresses.
pub(super) struct Host {
    host: &'static PublicHost,
    region: Option<&'static Region>,
    v4: Ipv4Addr,
    v6: Ipv6Addr,
    seen_inside: Option<Ipv4Addr>,
    seen_outside: Option<Ipv4Addr>,
    /// Where every bucket's name points (R27).
    bucket_target: Option<Name>,
}

/// Hosts by name; a wildcard stands under the name without its asterisk.
#[derive(Default)]
pub(super) struct Hosts {
    exact: SuffixMap<Host>,
    wildcard: SuffixMap<Host>,
    /// Names that only have hosts below them.
    pub(super) between: HashSet<Name, foldhash::fast::FixedState>,
}

/// The hosts of a region, read from the catalogue on first use.
pub(super) fn hosts(region: Option<&'static Region>) -> &'static Hosts {
    static TABLES: OnceLock<HashMap<&'static str, OnceLock<Hosts>>> = OnceLock::new();
    static GLOBAL: OnceLock<Hosts> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        catalog::regions().iter().map(|region| (region.name, OnceLock::new())).collect()
    });
    let Some(region) = region else {
        return GLOBAL.get_or_init(|| read_hosts(catalog::global_hosts(), None));
    };
    match tables.get(region.name) {
        Some(table) => {
            table.get_or_init(|| read_hosts(catalog::public_hosts(region), Some(region)))
        }
        None => GLOBAL.get_or_init(|| read_hosts(catalog::global_hosts(), None)),
    }
}

fn read_hosts(list: &'static [PublicHost], region: Option<&'static Region>) -> Hosts {
    let mut hosts = Hosts::default();
    for host in list {
        let text = host.host.as_str();
        let apex = text.strip_prefix("*.").unwrap_or(text);
        let Ok(name) = Name::parse(apex) else { continue };
        let bucket_target = region
            .filter(|region| text == format!("*.s3.{}.{}", region.name, region.dns_suffix))
            .and_then(|region| {
                Name::parse(&format!("s3-r-w.{}.{}", region.name, region.dns_suffix)).ok()
            });
        let host = Host {
            host,
            region,
            v4: catalog::synthetic_v4(region, text),
            v6: catalog::synthetic_v6(region, text),
            seen_inside: catalog::observed_address(text, true),
            seen_outside: catalog::observed_address(text, false),
            bucket_target,
        };
        for above in name.as_ref().suffixes().take_while(|above| above.label_count() > 2) {
            hosts.between.insert(above.to_name());
        }
        let table = if apex.len() < text.len() { &mut hosts.wildcard } else { &mut hosts.exact };
        table.insert(name, host);
    }
    hosts
}

/// The catalogue's host for a name, and whether the name lies below a wildcard.
pub(super) fn host_of(
    name: NameRef<'_>,
    region: Option<&'static Region>,
) -> Option<(&'static Host, bool)> {
    let hosts = hosts(region);
    if let Some(host) = hosts.exact.get(name) {
        return Some((host, false));
    }
    let (_, host) = hosts.wildcard.holders(name.parent()?).next()?;
    Some((host, true))
}

/// The service a public name stands for, in the catalogue's short form.
pub fn service_of(name: NameRef<'_>) -> Option<(&'static str, Option<&'static Region>)> {
    host_of(name, region_label(name.tail())).map(|(host, _)| (host.host.service, host.region))
}

pub(super) fn host_answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    host: &'static Host,
    below: bool,
    view: Option<&View>,
    trace: &mut T,
) -> Answer<'s> {
    let switches = &snapshot.world.switches;
    let seen = if view.is_some() { host.seen_inside } else { host.seen_outside };
    trace.step(match seen {
        Some(_) => Step::ObservedAddress,
        None => Step::SyntheticAddress { known: host.host.known },
    });
    let v4 = match seen {
        Some(address) => address,
        None if snapshot.public.documentation_addresses => documentation_v4(host.v4),
        None => host.v4,
    };
    let v6 =
        if snapshot.public.documentation_addresses { documentation_v6(host.v6) } else { host.v6 };
    let (has_a, has_aaaa) = families(host, view, trace);
    let data = match question.rtype {
        RecordType::A if has_a => Some(Data::A(v4)),
        RecordType::AAAA if has_aaaa => Some(Data::Aaaa(v6)),
        _ => None,
    };
    let ttl = zone::count_down(TTL, question);
    let mut records = Records::new();
    let mut owner = Owner::Question;
    let mut address_ttl = ttl;
    if let Some(target) = host.bucket_target.as_ref().filter(|_| below) {
        trace.step(Step::BucketName);
        let data = Data::Name(RecordType::CNAME, Cow::Borrowed(target));
        records.push(Record { owner: Owner::Question, ttl, data });
        owner = Owner::Name(Cow::Borrowed(target));
        address_ttl = 1;
        if question.rtype == RecordType::CNAME {
            return Answer::found(records);
        }
    }
    match data {
        Some(data) => {
            records.push(Record { owner, ttl: address_ttl, data });
            Answer::found(records)
        }
        None => {
            trace.step(Step::NoData);
            let (of, start) = zone_of(question.name, question.name.tail());
            Answer { records, ..negative::no_data(of, start, switches) }
        }
    }
}

/// Which families a public name has: by its variant, or by the record type of a gateway endpoint (P45, P46).
fn families<T: Tracer>(host: &Host, view: Option<&View>, trace: &mut T) -> (bool, bool) {
    let own = match host.host.variant {
        Variant::DualStack | Variant::DualStackFips => (true, true),
        Variant::Plain | Variant::Fips | Variant::Global => (true, false),
    };
    let Some((id, record_type)) = view.and_then(|view| gateway_record_type(host, view)) else {
        return own;
    };
    match record_type {
        RecordIpType::ServiceDefined => own,
        other => {
            trace.step(Step::GatewayRecordType(id));
            (other.has_a(), other.has_aaaa())
        }
    }
}

fn gateway_record_type(host: &Host, view: &View) -> Option<(EndpointId, RecordIpType)> {
    if !view.dns_hostnames || host.host.service != "s3" || host.region?.name != view.region.name {
        return None;
    }
    view.s3_gateway
}

/// 198.51.100.0/24 (RFC 5737), chosen by the AWS-range address so that it is as stable.
pub fn documentation_v4(address: Ipv4Addr) -> Ipv4Addr {
    let spread = u32::from(address).wrapping_mul(0x9e37_79b1) >> 16;
    Ipv4Addr::new(198, 51, 100, u8::try_from(spread % 254 + 1).unwrap_or(1))
}

/// 2001:db8::/32 (RFC 3849).
fn documentation_v6(address: Ipv6Addr) -> Ipv6Addr {
    let low = u128::from(address) & ((1 << 96) - 1);
    Ipv6Addr::from((0x2001_0db8_u128 << 96) | low)
}

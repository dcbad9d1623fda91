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
    endpoint::rotate,
    negative,
    public_zone::{region_label, zone_of},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    ttl,
    view::View,
};
use crate::{
    catalog::{self, CatalogDate, PublicHost, Region},
    model::{
        endpoint::RecordIpType,
        id::EndpointId,
        name::{Name, NameRef},
        record::RecordType,
        suffix_map::SuffixMap,
        switches::{OfferedServices, Switches},
    },
};

const TTL: u32 = 60;

/// A host of the catalogue with its addresses.
pub(super) struct Host {
    host: &'static PublicHost,
    region: Option<&'static Region>,
    v4: Vec<Ipv4Addr>,
    v6: Vec<Ipv6Addr>,
    seen_inside: Option<Ipv4Addr>,
    seen_outside: Option<Ipv4Addr>,
    /// The CNAME target of every bucket's name (R27).
    bucket_target: Option<Name>,
}

/// Hosts by name; a wildcard stands under the name without its asterisk.
#[derive(Default)]
pub(super) struct Hosts {
    exact: SuffixMap<Host>,
    wildcard: SuffixMap<Host>,
    /// Names above a host, and the names of wildcards without their asterisk.
    between: HashSet<Name, foldhash::fast::FixedState>,
}

/// Which names of the catalogue exist: those of its date, with the unsure ones or without.
type Choice = (CatalogDate, OfferedServices);

fn slot((date, services): Choice) -> usize {
    usize::from(date == CatalogDate::Sept2023)
        + 2 * usize::from(services == OfferedServices::KnownOnly)
}

/// The hosts of a region under the World's switches, read from the catalogue on first use.
fn hosts(region: Option<&'static Region>, switches: &Switches) -> &'static Hosts {
    type Slots = [OnceLock<Hosts>; 4];
    static TABLES: OnceLock<HashMap<&'static str, Slots>> = OnceLock::new();
    static GLOBAL: Slots = [const { OnceLock::new() }; 4];
    let tables = TABLES.get_or_init(|| {
        let slots = || [const { OnceLock::new() }; 4];
        catalog::regions().iter().map(|region| (region.name, slots())).collect()
    });
    let choice = (switches.catalog_date, switches.services);
    match region.and_then(|region| Some((region, tables.get(region.name)?))) {
        Some((region, slots)) => slots[slot(choice)].get_or_init(|| {
            read_hosts(catalog::public_hosts(region, choice.0), Some(region), choice.1)
        }),
        None => GLOBAL[slot(choice)]
            .get_or_init(|| read_hosts(catalog::global_hosts(choice.0), None, choice.1)),
    }
}

fn read_hosts(
    list: &'static [PublicHost],
    region: Option<&'static Region>,
    services: OfferedServices,
) -> Hosts {
    let mut hosts = Hosts::default();
    let exists = |host: &&PublicHost| host.offered || services == OfferedServices::All;
    for host in list.iter().filter(exists) {
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
            v4: catalog::addresses_v4(region, host.service, text, host.v4),
            // A gateway endpoint's record type may ask a name for a family it has not by itself (P46).
            v6: catalog::addresses_v6(region, text, host.v6.max(1)),
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

/// Whether the catalogue has names below this one, so that it exists without records (RFC 8020). Knows the names of a
/// region only if the name itself tells of the region.
pub fn lies_above(name: NameRef<'_>, switches: &Switches) -> bool {
    hosts(region_label(name.tail()), switches).between.contains(name.wire())
}

/// The catalogue's host for a name, and whether the name lies below a wildcard.
pub(super) fn host_of(
    name: NameRef<'_>,
    region: Option<&'static Region>,
    switches: &Switches,
) -> Option<(&'static Host, bool)> {
    let hosts = hosts(region, switches);
    if let Some(host) = hosts.exact.get(name) {
        return Some((host, false));
    }
    let (_, host) = hosts.wildcard.holders(name.parent()?).next()?;
    Some((host, true))
}

/// The service a public name stands for, in the catalogue's short form.
pub fn service_of(name: NameRef<'_>) -> Option<(&'static str, Option<&'static Region>)> {
    host_of(name, region_label(name.tail()), &Switches::default())
        .map(|(host, _)| (host.host.service, host.region))
}

/// Answers with a host's addresses, or with the CNAME of a bucket and then the addresses.
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
        None => Step::SyntheticAddress { known: host.host.known, offered: host.host.offered },
    });
    let (has_a, has_aaaa) = families(host, view, trace);
    let ttl = ttl::count_down(TTL, question, snapshot);
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
    let first = records.len();
    let record = |data| Record { owner: owner.clone(), ttl: address_ttl, data };
    let documentation = snapshot.public.documentation_addresses;
    match question.rtype {
        RecordType::A if has_a => match seen {
            Some(address) => records.push(record(Data::A(address))),
            None if documentation => {
                let shown = host.v4.first().map_or(Ipv4Addr::LOCALHOST, |it| documentation_v4(*it));
                records
                    .extend((0..host.v4.len()).map(|index| record(Data::A(beside(shown, index)))));
            }
            None => records.extend(host.v4.iter().map(|address| record(Data::A(*address)))),
        },
        RecordType::AAAA if has_aaaa => records.extend(host.v6.iter().map(|&address| {
            record(Data::Aaaa(if documentation { documentation_v6(address) } else { address }))
        })),
        _ => {}
    }
    if records.len() > first {
        rotate(&mut records[first..], question.seed);
        return Answer::found(records);
    }
    trace.step(Step::NoData);
    let (of, start) = zone_of(question.name, question.name.tail());
    Answer { records, ..negative::no_data(of, start, switches) }
}

/// The address of 198.51.100.0/24 this many places further; never its first or last.
fn beside(address: Ipv4Addr, steps: usize) -> Ipv4Addr {
    let last = usize::from(address.octets()[3]).saturating_sub(1) + steps;
    Ipv4Addr::new(198, 51, 100, u8::try_from(last % 254 + 1).unwrap_or(1))
}

/// Which families a public name has: by its variant, or by the record type of a gateway endpoint (P45, P46).
fn families<T: Tracer>(host: &Host, view: Option<&View>, trace: &mut T) -> (bool, bool) {
    let own = (true, host.host.variant.is_dual_stack());
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
    let (service, id, record_type) = view.deciding_gateway?;
    let decides = view.dns_hostnames
        && host.host.service == service
        && host.region.is_some_and(|region| region.name == view.region.name);
    decides.then_some((id, record_type))
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

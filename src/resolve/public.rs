//! What the public DNS answers: endpoint names, load balancers, zone files, the catalogue, or nothing.
//!
//! Asked last inside a VPC and first outside. Knows which names may never be asked upstream.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    net::{Ipv4Addr, Ipv6Addr},
    sync::OnceLock,
};

use super::{
    answer::{Answer, Data, Outcome, Owner, Record, Records, Target},
    autodefined::{ends_with_text, is_private_reverse},
    endpoint, instance, load_balancer,
    negative::{self, SoaOf},
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
        endpoint_service::ServicePrivateName,
        id::EndpointId,
        name::{Name, NameRef},
        record::{RecordSet, RecordType},
        suffix_map::SuffixMap,
        zone_data::ZoneData,
    },
};

const TTL: u32 = 60;

/// What the internet answers beside the World.
#[derive(Clone, Debug, Default)]
pub struct PublicNames {
    /// Zones of public zone files, by name.
    pub zones: SuffixMap<ZoneData>,
    /// Whether an upstream resolver is asked for what they do not hold.
    pub upstream: bool,
    /// Whether Resolver rules may contact addresses outside the World.
    pub forward_rules: bool,
    /// Whether synthetic addresses come from the documentation ranges instead of AWS's.
    pub documentation_addresses: bool,
}

/// Answers a name that no View of the asker's captures.
///
/// In this order: names of endpoints and load balancers, public host names, names that can only be private, zone files,
/// the upstream resolver, the catalogue.
pub fn answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    view: Option<&View>,
    trace: &mut T,
) -> Outcome<'s> {
    let world = &snapshot.world;
    let name = question.name;
    if let Some(start) = endpoint::vpce_space(name) {
        return Outcome::Answer(endpoint::public_name(world, question, start, trace));
    }
    let end = name.tail();
    if let Some(region) = ec2_region(name, end) {
        return Outcome::Answer(instance::public_name(
            snapshot,
            view,
            question,
            region.name,
            trace,
        ));
    }
    if let Some(start) = load_balancer::space(name, end) {
        return Outcome::Answer(load_balancer::answer(world, question, start, trace));
    }
    if only_private(name) {
        trace.step(Step::NeverUpstream);
        return Outcome::Answer(negative::no_name(
            SoaOf::Root,
            name.wire().len() - 1,
            &world.switches,
        ));
    }
    if name.wire().ends_with(b"\x02ip\x03aws\x00")
        && let Some(start) = ip_aws_space(name)
    {
        return Outcome::Answer(instance::ip_aws_name(snapshot, question, start, trace));
    }
    if name.wire().ends_with(b"\x07in-addr\x04arpa\x00")
        && let Some(answer) = instance::public_reverse(snapshot, question, trace)
    {
        return Outcome::Answer(answer);
    }
    if let Some(answer) = verification(snapshot, question, trace) {
        return Outcome::Answer(answer);
    }
    if let Some((length, zone)) = snapshot.public.zones.holders(name).next() {
        let start = name.wire().len() - length;
        return zone::public(snapshot, question, zone, start, view, trace);
    }
    if snapshot.public.upstream {
        trace.step(Step::Upstream);
        return Outcome::Forward {
            target: Target::Upstream,
            name: Cow::Owned(name.to_name()),
            known: Records::new(),
            chain: question.chain,
            asker: question.asker,
        };
    }
    let region = region_label(end);
    Outcome::Answer(match host_of(name, region) {
        Some((host, below)) => host_answer(snapshot, question, host, below, view, trace),
        None => {
            let (of, start) = zone_of(name, end);
            // A zone's own name, and a name between it and the hosts below, exists without records.
            if (start == 0 && of == SoaOf::Amazon) || hosts(region).between.contains(name.wire()) {
                trace.step(Step::NoData);
                negative::no_data(of, start, &world.switches)
            } else {
                trace.step(Step::NoSuchPublicName);
                negative::no_name(of, start, &world.switches)
            }
        }
    })
}

/// Whether the record that proves a private name is found from the internet (L32, L37): where a public zone has TXT
/// records at its place they count, else the World publishes the record itself.
pub fn proves(snapshot: &Snapshot, private: &ServicePrivateName) -> bool {
    zone_text(snapshot, private).is_none_or(|set| set.data.contains(&private.txt_data))
}

/// The TXT records that a public zone has at the place of a proof.
fn zone_text<'s>(snapshot: &'s Snapshot, private: &ServicePrivateName) -> Option<&'s RecordSet> {
    let owner = private.txt_owner.as_ref();
    let (_, zone) = snapshot.public.zones.holders(owner).next()?;
    zone.node(owner)?.set(RecordType::TXT)
}

/// The TXT record with which a provider proves that a private name is its own (L31, L32).
fn verification<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Option<Answer<'s>> {
    if question.rtype != RecordType::TXT {
        return None;
    }
    let world = &snapshot.world;
    let records: Records<'s> = snapshot
        .index
        .proofs(world, question.name)
        .iter()
        .filter_map(|service| world.endpoint_services.get(service)?.private_name.as_ref())
        .filter(|private| zone_text(snapshot, private).is_none())
        .map(|private| {
            let data = Data::Wire(RecordType::TXT, private.txt_data.wire());
            Record { owner: Owner::Question, ttl: zone::count_down(1800, question), data }
        })
        .collect();
    if records.is_empty() {
        return None;
    }
    trace.step(Step::VerificationRecord);
    Some(Answer::found(records))
}

/// The region whose public host names a name belongs to.
fn ec2_region(name: NameRef<'_>, end: NameRef<'_>) -> Option<&'static Region> {
    let region = match end.labels().find(|label| label.starts_with(b"compute")) {
        Some(b"compute-1") => catalog::region("us-east-1"),
        Some(b"compute") => region_label(end),
        _ => None,
    }?;
    ends_with_text(name, region.public_domain).map(|_| region)
}

/// The byte at which `<region>.ip.aws` begins in a name below it.
fn ip_aws_space(name: NameRef<'_>) -> Option<usize> {
    let zone = name.suffixes().find(|suffix| {
        suffix.parent().is_some_and(|parent| parent.wire() == b"\x02ip\x03aws\x00")
    })?;
    as_region(zone.first_label()?)?;
    let start = name.wire().len() - zone.wire().len();
    (start > 0).then_some(start)
}

/// Names that no public zone holds: internal host names, private reverse names, `localhost`.
fn only_private(name: NameRef<'_>) -> bool {
    let wire = name.wire();
    wire.ends_with(b"\x07compute\x08internal\x00")
        || wire.ends_with(b"\x03ec2\x08internal\x00")
        || wire.ends_with(b"\x09compute-1\x08internal\x00")
        || wire.ends_with(b"\x09localhost\x00")
        || wire.ends_with(b"\x0blocaldomain\x00")
        || is_private_reverse(name)
}

/// The public zone that a negative answer names.
fn zone_of(name: NameRef<'_>, end: NameRef<'_>) -> (SoaOf, usize) {
    let whole = name.wire().len();
    let amazon = [
        b"\x09amazonaws\x03com\x00".as_slice(),
        b"\x09amazonaws\x03com\x02cn\x00",
        b"\x03api\x03aws\x00",
    ]
    .into_iter()
    .find(|zone| end.is_within(NameRef::from_lower_wire(zone)));
    let Some(amazon) = amazon else { return (SoaOf::Root, whole - 1) };
    // The region's zone where the label in front is a region, else the domain itself.
    let region = end.suffixes().find(|suffix| {
        suffix
            .first_label()
            .is_some_and(|label| suffix.wire().len() == amazon.len() + 1 + label.len())
            && suffix.first_label().and_then(as_region).is_some()
    });
    (SoaOf::Amazon, whole - region.map_or(amazon.len(), |suffix| suffix.wire().len()))
}

fn as_region(label: &[u8]) -> Option<&'static Region> {
    if !label.last().is_some_and(u8::is_ascii_digit) || !label.contains(&b'-') {
        return None;
    }
    catalog::region(std::str::from_utf8(label).ok()?)
}

/// The region that one of a name's last labels names.
fn region_label(end: NameRef<'_>) -> Option<&'static Region> {
    end.labels().find_map(as_region)
}

/// A host of the catalogue with its addresses.
struct Host {
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
struct Hosts {
    exact: SuffixMap<Host>,
    wildcard: SuffixMap<Host>,
    /// Names that only have hosts below them.
    between: HashSet<Name, foldhash::fast::FixedState>,
}

/// The hosts of a region, read from the catalogue on first use.
fn hosts(region: Option<&'static Region>) -> &'static Hosts {
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
fn host_of(name: NameRef<'_>, region: Option<&'static Region>) -> Option<(&'static Host, bool)> {
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

fn host_answer<'s, T: Tracer>(
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

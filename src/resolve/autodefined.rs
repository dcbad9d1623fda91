//! Names a region defines by itself: host names, reverse names, `localhost` (R42).
//!
//! They exist only while both VPC attributes are on (V12, V18, V19). Names are read, never stored.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{
    above,
    answer::{Answer, Data, Outcome, Owner, Record},
    autodefined_kind::Autodefined,
    instance,
    negative::{self, SoaOf},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    view::View,
};
use crate::{
    catalog::{self, Region},
    model::{
        name::{Name, NameRef},
        record::RecordType,
        vpc::Vpc,
    },
};

/// Seconds these answers may be cached (H22, H30).
pub const TTL: u32 = 60;

/// The autodefined zone that holds a name, with the length of its name in wire form.
pub fn longest(
    snapshot: &Snapshot,
    view: &View,
    name: NameRef<'_>,
) -> Option<(usize, Autodefined)> {
    if !view.dns_hostnames {
        return None;
    }
    let wire = name.wire();
    if wire.ends_with(b"\x04arpa\x00") {
        return reverse_zone(snapshot, view, name);
    }
    if wire.ends_with(b"\x08internal\x00")
        || wire.ends_with(b"\x09amazonaws\x03com\x00")
        || wire.ends_with(b"\x02cn\x00")
    {
        let own = region_zone(view.region, name);
        if own.is_some() || !view.peered || !may_be_a_host(name) {
            return own;
        }
        return peers(snapshot, view)
            .find_map(|vpc| region_zone(catalog::region(vpc.region)?, name));
    }
    for local in [b"\x09localhost\x00".as_slice(), b"\x0blocaldomain\x00"] {
        if name.is_within(NameRef::from_lower_wire(local)) {
            return Some((local.len(), Autodefined::Local));
        }
    }
    None
}

/// Whether a name may lie in some region's domain of host names, so that the regions of peers are worth a look (R42).
fn may_be_a_host(name: NameRef<'_>) -> bool {
    name.wire().ends_with(b"\x08internal\x00")
        || name.tail().labels().any(|label| label.starts_with(b"compute"))
}

/// The VPCs that let this one resolve their names (H40, H41).
fn peers<'s>(snapshot: &'s Snapshot, view: &View) -> impl Iterator<Item = &'s Vpc> {
    let (world, vpc) = (&snapshot.world, view.vpc);
    let peerings = view.peered.then(|| &world.members(vpc).peerings);
    peerings.into_iter().flatten().filter_map(move |id| {
        let peering = world.peerings.get(id)?;
        let other = peering.other(vpc);
        let other_vpc = world.vpcs.get(&other)?;
        (peering.resolves(vpc, other) && other_vpc.both_attributes()).then_some(&**other_vpc)
    })
}

/// Whether a name lies above one of these zones: of the VPC's region, of its peers' regions, or of reverse names.
pub fn lies_above(snapshot: &Snapshot, view: &View, name: NameRef<'_>) -> bool {
    if !view.dns_hostnames {
        return false;
    }
    let domain = |region: &Region| above::text_lies_below(region.internal_domain, name);
    let mut of_peers = peers(snapshot, view).filter_map(|vpc| catalog::region(vpc.region));
    domain(view.region) || reverse_lies_above(snapshot, view, name) || of_peers.any(domain)
}

fn reverse_lies_above(snapshot: &Snapshot, view: &View, name: NameRef<'_>) -> bool {
    let below = |zone: &&[u8]| {
        zone.len() > name.wire().len() && NameRef::from_lower_wire(zone).is_within(name)
    };
    if LOOPBACK_V6.iter().chain([&LOOPBACK_V4]).any(below) {
        return true;
    }
    let Some(read) = read_reverse(name).filter(|read| !read.extra) else { return false };
    let octets = read.octets.get(..read.count).unwrap_or_default();
    if octets.is_empty() {
        return true;
    }
    let Some(vpc) = snapshot.world.vpcs.get(&view.vpc).filter(|vpc| vpc.autodefined_reverse) else {
        return false;
    };
    let in_ranges = |vpc: &Vpc| {
        octets.len() < 3
            && vpc.cidrs.iter().any(|it| above::overlaps(octets, it.network(), it.prefix()))
    };
    PRIVATE_SPACE.iter().any(|(network, prefix, zone)| {
        octets.len() < *zone && above::overlaps(octets, *network, *prefix)
    }) || in_ranges(vpc)
        || peers(snapshot, view).any(in_ranges)
}

fn region_zone(region: &'static Region, name: NameRef<'_>) -> Option<(usize, Autodefined)> {
    let internal = ends_with_text(name, region.internal_domain)
        .map(|length| (length, Autodefined::Internal(region.name)));
    internal.or_else(|| {
        ends_with_text(name, region.public_domain)
            .map(|length| (length, Autodefined::PublicNames(region.name)))
    })
}

/// Whether a name lies within a domain given as text; the domain's length in wire form.
pub(super) fn ends_with_text(name: NameRef<'_>, domain: &str) -> Option<usize> {
    let length = domain.len() + 2;
    let start = name.wire().len().checked_sub(length)?;
    let end = name.wire().get(start..)?;
    let (mut label, mut letters) = (0, 0);
    for byte in domain.bytes() {
        if byte == b'.' {
            if end.get(label) != Some(&letters) {
                return None;
            }
            label += usize::from(letters) + 1;
            letters = 0;
        } else {
            letters += 1;
            if end.get(label + usize::from(letters)) != Some(&byte) {
                return None;
            }
        }
    }
    if end.get(label) != Some(&letters) {
        return None;
    }
    // The bytes are the domain's; they must begin where a label does.
    name.has_suffix_of(length).then_some(length)
}

/// Answers a name in an autodefined zone.
pub fn answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: &View,
    question: &Question<'_>,
    kind: Autodefined,
    trace: &mut T,
) -> Outcome<'s> {
    Outcome::Answer(match kind {
        Autodefined::Internal(region) => {
            instance::internal_name(snapshot, view, question, region, trace)
        }
        Autodefined::PublicNames(region) => {
            instance::public_name(snapshot, Some(view), question, region, trace)
        }
        Autodefined::Reverse => reverse(snapshot, view, question, trace),
        Autodefined::Local => local(snapshot, question, trace),
    })
}

/// The labels of a reverse name in front of `in-addr.arpa`, read from the right.
pub(super) struct ReverseName {
    pub(super) octets: [u8; 4],
    pub(super) count: usize,
    pub(super) extra: bool,
}

pub(super) fn read_reverse(name: NameRef<'_>) -> Option<ReverseName> {
    const ARPA: &[u8] = b"\x07in-addr\x04arpa\x00";
    let mut read = ReverseName { octets: [0; 4], count: 0, extra: false };
    if !name.is_within(NameRef::from_lower_wire(ARPA)) {
        return None;
    }
    let end = name.last_labels(6);
    read.extra = end != name;
    read.count = end.label_count() - 2;
    for (index, label) in end.labels().take(read.count).enumerate() {
        let octet = std::str::from_utf8(label)
            .ok()
            .filter(|text| !(text.len() > 1 && text.starts_with('0')));
        match octet.and_then(|text| text.parse().ok()) {
            Some(octet) => read.octets[read.count - 1 - index] = octet,
            None => read.extra = true,
        }
    }
    Some(read)
}

/// The reverse name of an address (RFC 1035 section 3.5, RFC 3596 section 2.5).
pub(super) fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let mut name = String::with_capacity(72);
            for byte in address.octets().iter().rev() {
                name.push_str(&format!("{:x}.{:x}.", byte & 15, byte >> 4));
            }
            name + "ip6.arpa"
        }
    }
}

/// The address in a complete reverse name.
pub(super) fn reverse_address(name: NameRef<'_>) -> Option<Ipv4Addr> {
    let read = read_reverse(name).filter(|read| read.count == 4 && !read.extra)?;
    Some(Ipv4Addr::from(read.octets))
}

/// The private reverse space that has names above its zones: a range, and how many octets its zones' names spell (R42).
const PRIVATE_SPACE: [(Ipv4Addr, u8, usize); 3] = [
    (Ipv4Addr::new(172, 16, 0, 0), 12, 2),
    (Ipv4Addr::new(192, 168, 0, 0), 16, 2),
    (Ipv4Addr::new(169, 254, 169, 254), 32, 4),
];

/// How many octets of an address belong to the private reverse space, if it lies there at all.
fn private_octets(octets: [u8; 4], count: usize) -> Option<usize> {
    match octets {
        [10, ..] if count >= 1 => Some(1),
        [172, second, ..] if count >= 2 && (16..=31).contains(&second) => Some(2),
        [192, 168, ..] if count >= 2 => Some(2),
        [169, 254, 169, 254] if count >= 4 => Some(4),
        _ => None,
    }
}

/// Whether a name is a reverse name of private space or of loopback, which no upstream may see.
pub(super) fn is_private_reverse(name: NameRef<'_>) -> bool {
    read_reverse(name).is_some_and(|read| {
        private_octets(read.octets, read.count).is_some()
            || (read.count >= 1 && read.octets[0] == 127)
    }) || LOOPBACK_V6.iter().any(|zone| name.is_within(NameRef::from_lower_wire(zone)))
}

const LOOPBACK_V4: &[u8] = b"\x011\x010\x010\x03127\x07in-addr\x04arpa\x00";
const LOOPBACK_V6: [&[u8]; 2] = [
    b"\x011\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\
\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x03ip6\x04arpa\x00",
    b"\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\
\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x010\x03ip6\x04arpa\x00",
];

fn reverse_zone(
    snapshot: &Snapshot,
    view: &View,
    name: NameRef<'_>,
) -> Option<(usize, Autodefined)> {
    for zone in LOOPBACK_V6 {
        if name.is_within(NameRef::from_lower_wire(zone)) {
            return Some((zone.len(), Autodefined::Local));
        }
    }
    let read = read_reverse(name)?;
    if read.count >= 1 && read.octets[0] == 127 {
        return Some((suffix_length(name, 3), Autodefined::Local));
    }
    let vpc = snapshot.world.vpcs.get(&view.vpc)?;
    if !vpc.autodefined_reverse {
        return None;
    }
    let block = Ipv4Addr::new(read.octets[0], read.octets[1], read.octets[2], 0);
    let in_block = |vpc: &Vpc| {
        vpc.cidrs.iter().any(|cidr| {
            cidr.contains(block)
                || (cidr.prefix() > 24 && cidr.network().octets()[..3] == block.octets()[..3])
        })
    };
    let octets = if read.count >= 3 && (in_block(vpc) || peers(snapshot, view).any(in_block)) {
        3
    } else {
        private_octets(read.octets, read.count)?
    };
    Some((suffix_length(name, octets + 2), Autodefined::Reverse))
}

/// The length in wire form of the last `labels` labels of a name.
fn suffix_length(name: NameRef<'_>, labels: usize) -> usize {
    name.last_labels(labels).wire().len()
}

fn reverse<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: &View,
    question: &Question<'_>,
    trace: &mut T,
) -> Answer<'s> {
    let switches = &snapshot.world.switches;
    let zone_start = reverse_zone(snapshot, view, question.name)
        .map_or(0, |(length, _)| question.name.wire().len() - length);
    let Some(read) = read_reverse(question.name).filter(|read| !read.extra) else {
        trace.step(Step::NoReverse);
        return negative::no_name(SoaOf::Region, zone_start, switches);
    };
    if read.count < 4 {
        trace.step(Step::NoData);
        return negative::no_data(SoaOf::Region, zone_start, switches);
    }
    let address = Ipv4Addr::from(read.octets);
    let target = reverse_target(snapshot, view, address);
    let Some(target) = target else {
        trace.step(Step::NoReverse);
        return negative::no_name(SoaOf::Region, zone_start, switches);
    };
    trace.step(Step::Reverse(IpAddr::V4(address)));
    if question.rtype != RecordType::PTR {
        trace.step(Step::NoData);
        return negative::no_data(SoaOf::Region, zone_start, switches);
    }
    Answer::found([pointer(target)].into_iter().collect())
}

fn pointer<'s>(target: Name) -> Record<'s> {
    Record {
        owner: Owner::Question,
        ttl: TTL,
        data: Data::Name(RecordType::PTR, Cow::Owned(target)),
    }
}

/// The name of a private address: computed from itself inside the VPC's ranges and its peers' (H30 to H32).
fn reverse_target(snapshot: &Snapshot, view: &View, address: Ipv4Addr) -> Option<Name> {
    if address == Ipv4Addr::new(169, 254, 169, 254) {
        return Name::parse(&format!("instance-data.{}", view.region.internal_domain)).ok();
    }
    let world = &snapshot.world;
    let own = world.vpcs.get(&view.vpc).filter(|vpc| vpc.contains(address)).map(|vpc| &**vpc);
    let owner = own.or_else(|| peers(snapshot, view).find(|vpc| vpc.contains(address)))?;
    if !world.switches.ip_names_by_form
        && !world.private_addresses.contains_key(&(owner.id, address))
    {
        return None;
    }
    instance::ip_name(address, catalog::region(owner.region)?)
}

fn local<'s, T: Tracer>(snapshot: &Snapshot, question: &Question<'_>, trace: &mut T) -> Answer<'s> {
    let switches = &snapshot.world.switches;
    let name = question.name;
    let localhost = name.wire() == b"\x09localhost\x00";
    let reverse = name.wire() == LOOPBACK_V4 || name.wire() == LOOPBACK_V6[0];
    let zone_start = match reverse_start(name) {
        Some(start) => start,
        None => name.wire().len() - suffix_length(name, 1),
    };
    let data = match question.rtype {
        RecordType::A if localhost => Some(Data::A(Ipv4Addr::LOCALHOST)),
        RecordType::AAAA if localhost => Some(Data::Aaaa(Ipv6Addr::LOCALHOST)),
        RecordType::PTR if reverse => {
            Name::parse("localhost").ok().map(|name| Data::Name(RecordType::PTR, Cow::Owned(name)))
        }
        _ => None,
    };
    trace.step(Step::Localhost);
    match data {
        Some(data) => {
            Answer::found([Record { owner: Owner::Question, ttl: TTL, data }].into_iter().collect())
        }
        None if zone_start == 0 || reverse => {
            negative::no_data(SoaOf::Region, zone_start, switches)
        }
        None => {
            trace.step(Step::NoAutodefinedName);
            negative::no_name(SoaOf::Region, zone_start, switches)
        }
    }
}

fn reverse_start(name: NameRef<'_>) -> Option<usize> {
    let whole = name.wire().len();
    if let Some(zone) =
        LOOPBACK_V6.iter().find(|zone| name.suffixes().any(|suffix| suffix.wire() == **zone))
    {
        return Some(whole - zone.len());
    }
    read_reverse(name).map(|_| whole - suffix_length(name, 3))
}

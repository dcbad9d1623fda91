//! Host names of instances: `ip-…`, `i-…` and the public `ec2-…`.
//!
//! A name is parsed and its address or id is looked up; names are not stored. The answer for a public name depends
//! on the asker's own VPC, or on a peering connection that allows it.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{
    answer::{Answer, Data, Owner, Record},
    autodefined::{TTL, ends_with_text, reverse_address},
    negative::{self, SoaOf},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    view::View,
};
use crate::{
    catalog::{self, Region},
    model::{
        id::InstanceId,
        instance::Instance,
        name::{Name, NameRef},
        record::RecordType,
    },
};

/// `ip-10-0-0-4.<internal domain>`.
pub fn ip_name(address: Ipv4Addr, region: &Region) -> Option<Name> {
    let [a, b, c, d] = address.octets();
    Name::parse(&format!("ip-{a}-{b}-{c}-{d}.{}", region.internal_domain)).ok()
}

/// `ec2-203-0-113-5.<public domain>`.
pub fn ec2_name(address: Ipv4Addr, region: &Region) -> Option<Name> {
    let [a, b, c, d] = address.octets();
    Name::parse(&format!("ec2-{a}-{b}-{c}-{d}.{}", region.public_domain)).ok()
}

/// Reads `a-b-c-d` after a prefix, without leading zeros.
fn dashed_address(label: &[u8], prefix: &[u8]) -> Option<Ipv4Addr> {
    let text = std::str::from_utf8(label.strip_prefix(prefix)?).ok()?;
    let mut octets = [0_u8; 4];
    let mut parts = text.split('-');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty()
            || (part.len() > 1 && part.starts_with('0'))
            || !part.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// Reads the 25 base-36 digits of an `ip.aws` name, in groups of five (H9).
fn base36_address(label: &[u8]) -> Option<Ipv6Addr> {
    if label.len() != 29 {
        return None;
    }
    let mut value: u128 = 0;
    for (index, &byte) in label.iter().enumerate() {
        if index % 6 == 5 {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let digit = char::from(byte).to_digit(36)?;
        value = value.checked_mul(36)?.checked_add(u128::from(digit))?;
    }
    Some(Ipv6Addr::from(value))
}

/// Answers a public IPv6 host name, `<base 36>.<region>.ip.aws` (H8, H9): the address it spells, everywhere.
pub fn ip_aws_name<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    zone_start: usize,
    trace: &mut T,
) -> Answer<'s> {
    let length = question.name.wire().len() - zone_start;
    let address = only_label(question.name, length).and_then(base36_address);
    match address {
        Some(address) => {
            trace.step(Step::PublicNameByForm);
            let v6 = Some(IpAddr::V6(address));
            addresses(question, None, v6, (SoaOf::Amazon, zone_start), snapshot, trace)
        }
        None => {
            trace.step(Step::NoAutodefinedName);
            negative::no_name(SoaOf::Amazon, zone_start, &snapshot.world.switches)
        }
    }
}

/// Answers the reverse name of a public address that an instance holds (H33).
pub fn public_reverse<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Option<Answer<'s>> {
    let world = &snapshot.world;
    let address = reverse_address(question.name)?;
    let instance = world.instances.get(world.public_addresses.get(&address)?)?;
    let region = catalog::region(world.vpcs.get(&instance.vpc)?.region)?;
    trace.step(Step::Reverse(IpAddr::V4(address)));
    if question.rtype != RecordType::PTR {
        trace.step(Step::NoData);
        let zone_start = question.name.wire().len() - 1;
        return Some(negative::no_data(SoaOf::Root, zone_start, &world.switches));
    }
    let target = Cow::Owned(ec2_name(address, region)?);
    let data = Data::Name(RecordType::PTR, target);
    Some(Answer::found([Record { owner: Owner::Question, ttl: TTL, data }].into_iter().collect()))
}

/// The single label in front of a domain; `None` for the domain itself or more labels.
fn only_label(name: NameRef<'_>, domain_length: usize) -> Option<&[u8]> {
    let label = name.first_label()?;
    (name.wire().len() == domain_length + label.len() + 1).then_some(label)
}

/// Answers a name under the internal domain of a region (H1 to H5, H20 to H23).
pub fn internal_name<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: &View,
    question: &Question<'_>,
    region: &'static str,
    trace: &mut T,
) -> Answer<'s> {
    let switches = &snapshot.world.switches;
    let domain = catalog::region(region)
        .and_then(|region| ends_with_text(question.name, region.internal_domain));
    let length = domain.unwrap_or(1);
    let zone_start = question.name.wire().len() - length;
    if zone_start == 0 {
        trace.step(Step::AutodefinedApex);
        return negative::no_data(SoaOf::Region, 0, switches);
    }
    let label = only_label(question.name, length).unwrap_or_default();
    if let Some(address) = dashed_address(label, b"ip-")
        .filter(|address| has_ip_name(snapshot, view, region, *address))
    {
        trace.step(Step::IpName(IpAddr::V4(address)));
        return addresses(
            question,
            Some(address),
            None,
            (SoaOf::Region, zone_start),
            snapshot,
            trace,
        );
    }
    let resource = label
        .strip_prefix(b"i-")
        .and_then(InstanceId::from_digits)
        .and_then(|id| snapshot.world.instances.get(&id))
        .filter(|instance| instance.vpc == view.vpc && view.region.name == region);
    if let Some(instance) = resource {
        let options = instance.name_options;
        if options.resource_name_a || options.resource_name_aaaa {
            trace.step(Step::ResourceName(instance.id));
            let v4 = instance.address.filter(|_| options.resource_name_a);
            let v6 = instance.ipv6.filter(|_| options.resource_name_aaaa);
            return addresses(
                question,
                v4,
                v6.map(IpAddr::V6),
                (SoaOf::Region, zone_start),
                snapshot,
                trace,
            );
        }
        trace.step(Step::ResourceNameOff(instance.id));
    } else {
        trace.step(Step::NoAutodefinedName);
    }
    negative::no_name(SoaOf::Region, zone_start, switches)
}

/// Whether `ip-` names answer for an address: in private space or in the VPC's ranges (H20).
fn has_ip_name(snapshot: &Snapshot, view: &View, region: &str, address: Ipv4Addr) -> bool {
    let world = &snapshot.world;
    if world.switches.ip_names_by_form {
        return address.is_private()
            || world.vpcs.get(&view.vpc).is_some_and(|vpc| vpc.contains(address));
    }
    snapshot.holders(address.into()).any(|vpc| {
        (address.is_private() || vpc == view.vpc)
            && world.vpcs.get(&vpc).is_some_and(|vpc| vpc.region == region)
    })
}

fn addresses<'s, T: Tracer>(
    question: &Question<'_>,
    v4: Option<Ipv4Addr>,
    v6: Option<IpAddr>,
    (of, zone_start): (SoaOf, usize),
    snapshot: &Snapshot,
    trace: &mut T,
) -> Answer<'s> {
    let data = match (question.rtype, v4, v6) {
        (RecordType::A, Some(address), _) => Some(Data::A(address)),
        (RecordType::AAAA, _, Some(IpAddr::V6(address))) => Some(Data::Aaaa(address)),
        _ => None,
    };
    match data {
        Some(data) => {
            Answer::found([Record { owner: Owner::Question, ttl: TTL, data }].into_iter().collect())
        }
        None => {
            trace.step(Step::NoData);
            negative::no_data(of, zone_start, &snapshot.world.switches)
        }
    }
}

/// Answers a public host name (H6, H7, H40, V17): the private address of an instance of the asker's VPC or of a peer
/// that allows it, otherwise the address the name spells.
pub fn public_name<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    view: Option<&View>,
    question: &Question<'_>,
    region: &'static str,
    trace: &mut T,
) -> Answer<'s> {
    let switches = &snapshot.world.switches;
    let domain = catalog::region(region)
        .and_then(|region| ends_with_text(question.name, region.public_domain));
    let length = domain.unwrap_or(1);
    let zone_start = question.name.wire().len() - length;
    if zone_start == 0 {
        trace.step(Step::AutodefinedApex);
        return negative::no_data(SoaOf::Amazon, 0, switches);
    }
    let label = only_label(question.name, length).unwrap_or_default();
    let Some(public) = dashed_address(label, b"ec2-") else {
        trace.step(Step::NoAutodefinedName);
        return negative::no_name(SoaOf::Amazon, zone_start, switches);
    };
    let address = match view.and_then(|view| own_or_peer(snapshot, view, public, region)) {
        Some((private, step)) => {
            trace.step(step);
            private
        }
        None => {
            trace.step(Step::PublicNameByForm);
            public
        }
    };
    addresses(question, Some(address), None, (SoaOf::Amazon, zone_start), snapshot, trace)
}

fn own_or_peer(
    snapshot: &Snapshot,
    view: &View,
    public: Ipv4Addr,
    region: &str,
) -> Option<(Ipv4Addr, Step)> {
    if !view.dns_hostnames {
        return None;
    }
    let world = &snapshot.world;
    let instance: &Instance = world.instances.get(world.public_addresses.get(&public)?)?;
    let private = instance.address?;
    let owner = world.vpcs.get(&instance.vpc)?;
    if owner.region != region {
        return None;
    }
    if instance.vpc == view.vpc {
        return Some((private, Step::OwnPublicName(instance.id)));
    }
    let peering = world.members(view.vpc).peerings.iter().find(|id| {
        world.peerings.get(*id).is_some_and(|peering| peering.resolves(view.vpc, instance.vpc))
    })?;
    owner.both_attributes().then_some((private, Step::PeerPublicName(instance.id, *peering)))
}

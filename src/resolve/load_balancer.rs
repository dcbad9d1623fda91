//! Load balancers' names, regional and zonal (B1 to B8).

use super::{
    answer::{Answer, Data, Owner, Record, Records},
    endpoint::rotate,
    negative::{self, SoaOf},
    question::Question,
    trace::{Step, Tracer},
};
use crate::model::{
    load_balancer::{ClientRouting, LoadBalancer, LoadBalancerKind, LoadBalancerZone},
    name::NameRef,
    record::RecordType,
    world::World,
};

const TTL: u32 = 60;

/// The byte at which the zone of a load-balancer name begins: `elb.<region>.amazonaws.com` or
/// `<region>.elb.amazonaws.com`. `None` for other names.
pub fn space(name: NameRef<'_>, end: NameRef<'_>) -> Option<usize> {
    const SUFFIXES: [&[u8]; 2] = [b"\x09amazonaws\x03com\x00", b"\x09amazonaws\x03com\x02cn\x00"];
    if !SUFFIXES.iter().any(|suffix| name.wire().ends_with(suffix)) {
        return None;
    }
    let mut at = name.wire().len() - end.wire().len();
    let mut before = None;
    for suffix in end.suffixes() {
        if suffix.first_label() == Some(b"elb") {
            let parent = suffix.parent()?;
            // `elb.<region>.amazonaws.com`, or `<region>.elb.amazonaws.com`, whose zone starts a label earlier.
            return if SUFFIXES.contains(&parent.wire()) { before } else { Some(at) };
        }
        before = Some(at);
        at += usize::from(*suffix.wire().first()?) + 1;
    }
    None
}

/// Answers a name in the space of load balancers.
pub fn answer<'s, T: Tracer>(
    world: &'s World,
    question: &Question<'_>,
    space_start: usize,
    trace: &mut T,
) -> Answer<'s> {
    let switches = &world.switches;
    let exact = world.load_balancers.get(question.name.wire());
    let records: Option<Records<'s>> = match exact {
        Some(balancer) => {
            trace.step(Step::LoadBalancer);
            Some(regional(world, balancer, question, trace))
        }
        None => question.name.parent().and_then(|parent| {
            let balancer = world.load_balancers.get(parent.wire())?;
            zonal(balancer, question).inspect(|_| trace.step(Step::LoadBalancerZone))
        }),
    };
    match records {
        Some(records) if !records.is_empty() => Answer::found(records),
        Some(_) => {
            trace.step(Step::NoData);
            negative::no_data(SoaOf::Amazon, space_start, switches)
        }
        None if space_start == 0 => {
            trace.step(Step::NoData);
            negative::no_data(SoaOf::Amazon, 0, switches)
        }
        None => {
            trace.step(Step::NoSuchLoadBalancer);
            negative::no_name(SoaOf::Amazon, space_start, switches)
        }
    }
}

fn regional<'s, T: Tracer>(
    world: &World,
    balancer: &LoadBalancer,
    question: &Question<'_>,
    trace: &mut T,
) -> Records<'s> {
    // A zone without healthy targets is left out; if every zone is, all are answered (B5).
    let any_usable = balancer.zones.iter().any(LoadBalancerZone::is_usable);
    let usable = || balancer.zones.iter().filter(move |zone| zone.is_usable() || !any_usable);
    let own_zone = client_zone(world, question)
        .filter(|_| has_affinity(balancer, question.seed))
        .and_then(|own| usable().find(|zone| *zone.zone == own));
    let mut records: Records<'s> = match own_zone {
        Some(zone) => {
            let records: Records<'s> = record(zone, question.rtype).into_iter().collect();
            if !records.is_empty() {
                trace.step(Step::ClientRouting);
            }
            records
        }
        None => usable().filter_map(|zone| record(zone, question.rtype)).collect(),
    };
    rotate(&mut records, question.seed);
    records
}

fn zonal<'s>(balancer: &LoadBalancer, question: &Question<'_>) -> Option<Records<'s>> {
    let label = question.name.first_label()?;
    let record = |zone| record(zone, question.rtype);
    if label == b"all" && balancer.kind == LoadBalancerKind::Classic {
        return Some(balancer.zones.iter().filter_map(record).collect());
    }
    let zone = balancer.zones.iter().find(|zone| zone.zone.as_bytes() == label)?;
    Some(record(zone).into_iter().collect())
}

/// The address of a zone, if it has one of this type.
fn record<'s>(zone: &LoadBalancerZone, rtype: RecordType) -> Option<Record<'s>> {
    let data = match rtype {
        RecordType::A => Data::A(zone.address),
        RecordType::AAAA => Data::Aaaa(zone.ipv6?),
        _ => return None,
    };
    Some(Record { owner: Owner::Question, ttl: TTL, data })
}

/// The zone of the asker, if known. The policy applies only to clients of the VPC resolver.
fn client_zone(world: &World, question: &Question<'_>) -> Option<String> {
    let subnet = world.subnets.get(&question.asker.subnet()?)?;
    Some(subnet.zone.to_string())
}

fn has_affinity(balancer: &LoadBalancer, seed: u32) -> bool {
    match balancer.client_routing {
        ClientRouting::AnyAvailabilityZone => false,
        ClientRouting::AvailabilityZoneAffinity => true,
        ClientRouting::PartialAvailabilityZoneAffinity => seed % 100 < 85,
    }
}

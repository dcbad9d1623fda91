//! Names of VPC endpoints: the private names they capture, and their own `vpce` names.
//!
//! Private names are answered only in the View that captures them. `vpce` names are public and answered everywhere
//! (N40).

use std::borrow::Cow;

use super::{
    answer::{Answer, Data, Outcome, Owner, Record, Records},
    chase,
    negative::{self, SoaOf},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::{
    catalog,
    model::{
        endpoint::{Endpoint, EndpointInterface, EndpointKind, EndpointState, ServiceRef},
        id::{EndpointId, EndpointServiceId},
        name::NameRef,
        record::RecordType,
        switches::WildcardForm,
        world::World,
        zone_data::PRIVATE_SOA,
    },
};

/// Seconds an endpoint's records may be cached (N42, N43).
pub const TTL: u32 = 60;

/// Answers from the zone that private DNS made for `endpoint`'s private name `index`.
pub fn private_name<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    id: EndpointId,
    index: u8,
    zone_start: usize,
    trace: &mut T,
) -> Outcome<'s> {
    let world = &snapshot.world;
    let switches = &world.switches;
    let nothing = || Outcome::Answer(negative::no_name(SoaOf::Private, zone_start, switches));
    let Some(endpoint) = world.endpoints.get(&id) else { return nothing() };
    let Some(name) = endpoint.private_names.get(usize::from(index)) else { return nothing() };
    if endpoint.state == EndpointState::Pending {
        trace.step(Step::PendingZone(id));
        return nothing();
    }
    if zone_start > 0 {
        if !name.wildcard {
            trace.step(Step::BelowPrivateName(id));
            return nothing();
        }
        let cname = match switches.wildcard {
            WildcardForm::Cname => true,
            WildcardForm::Plain => false,
            WildcardForm::AsRecorded => {
                let aws = endpoint.service.aws();
                aws.is_some_and(|aws| catalog::service_rules(aws.short()).cname_wildcard)
            }
        };
        trace.step(Step::PrivateWildcard { endpoint: id, cname });
        if cname {
            return Outcome::Answer(wildcard_cname(
                question, endpoint, name, zone_start, snapshot, trace,
            ));
        }
    }
    if matches!(endpoint.service, ServiceRef::Customer { .. }) {
        return customer_private_name(snapshot, question, endpoint, zone_start, trace);
    }
    if zone_start == 0 {
        if let Some(answer) = apex(question) {
            return Outcome::Answer(answer);
        }
        trace.step(Step::PrivateNameAddresses(id));
    }
    let records = private_addresses(endpoint, question, &Owner::Question, trace);
    if records.is_empty() {
        trace.step(Step::NoData);
        return Outcome::Answer(negative::no_data(SoaOf::Private, zone_start, switches));
    }
    Outcome::Answer(Answer::found(records))
}

/// SOA and NS at the apex of a private zone (P31, P33).
pub(super) fn apex<'s>(question: &Question<'_>) -> Option<Answer<'s>> {
    const SERVERS: [&[u8]; 4] = [
        b"\x04ns-0\x09awsdns-00\x03com\x00",
        b"\x06ns-512\x09awsdns-00\x03net\x00",
        b"\x07ns-1024\x09awsdns-00\x03org\x00",
        b"\x07ns-1536\x09awsdns-00\x02co\x02uk\x00",
    ];
    let record = |ttl, data| Record { owner: Owner::Question, ttl, data };
    let records = match question.rtype {
        RecordType::SOA => {
            [record(900, Data::Wire(RecordType::SOA, PRIVATE_SOA))].into_iter().collect()
        }
        RecordType::NS => SERVERS
            .iter()
            .map(|server| record(172_800, Data::Wire(RecordType::NS, server)))
            .collect(),
        _ => return None,
    };
    Some(Answer::found(records))
}

/// A label below execute-api and the like: a CNAME to the name without the asterisk, then its addresses.
fn wildcard_cname<'s, T: Tracer>(
    question: &Question<'_>,
    endpoint: &'s Endpoint,
    name: &'s crate::model::service::PrivateName,
    zone_start: usize,
    snapshot: &Snapshot,
    trace: &mut T,
) -> Answer<'s> {
    let cname = Record {
        owner: Owner::Question,
        ttl: TTL,
        data: Data::Name(RecordType::CNAME, Cow::Borrowed(&name.zone)),
    };
    let mut records: Records<'s> = Records::new();
    records.push(cname);
    if question.rtype == RecordType::CNAME {
        return Answer::found(records);
    }
    let owner = Owner::Name(Cow::Borrowed(&name.zone));
    let addresses = private_addresses(endpoint, question, &owner, trace);
    if addresses.is_empty() {
        trace.step(Step::NoData);
        let soa = negative::soa(SoaOf::Private, zone_start, &snapshot.world.switches);
        return Answer { soa: Some(soa), ..Answer::found(records) };
    }
    records.extend(addresses);
    Answer::found(records)
}

/// A customer service's private name: a CNAME to the regional name (P4, P5).
fn customer_private_name<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    endpoint: &'s Endpoint,
    zone_start: usize,
    trace: &mut T,
) -> Outcome<'s> {
    if zone_start == 0
        && question.rtype == RecordType::SOA
        && let Some(answer) = apex(question)
    {
        return Outcome::Answer(answer);
    }
    trace.step(Step::PrivateNameCname(endpoint.id));
    match endpoint.regional_name() {
        Some(target) => chase::cname(snapshot, question, TTL, Cow::Owned(target), trace),
        None => {
            Outcome::Answer(negative::no_data(SoaOf::Private, zone_start, &snapshot.world.switches))
        }
    }
}

fn private_addresses<'s, T: Tracer>(
    endpoint: &Endpoint,
    question: &Question<'_>,
    owner: &Owner<'s>,
    trace: &mut T,
) -> Records<'s> {
    let wanted = match question.rtype {
        RecordType::A => endpoint.record_type.has_a(),
        RecordType::AAAA => endpoint.record_type.private_has_aaaa(),
        _ => false,
    };
    if wanted { healthy_addresses(endpoint, question, owner, trace) } else { Records::new() }
}

/// The addresses of the healthy interfaces, rotated; all of them if none is healthy (N44, N47, N48).
fn healthy_addresses<'s, T: Tracer>(
    endpoint: &Endpoint,
    question: &Question<'_>,
    owner: &Owner<'s>,
    trace: &mut T,
) -> Records<'s> {
    let any_healthy = endpoint.interfaces.iter().any(|interface| interface.healthy);
    let all_healthy = endpoint.interfaces.iter().all(|interface| interface.healthy);
    if !all_healthy {
        trace.step(if any_healthy {
            Step::UnhealthyLeftOut(endpoint.id)
        } else {
            Step::FailOpen(endpoint.id)
        });
    }
    let mut records: Records<'s> = endpoint
        .interfaces
        .iter()
        .filter(|interface| interface.healthy || !any_healthy)
        .filter_map(|interface| address(interface, question.rtype))
        .map(|data| Record { owner: owner.clone(), ttl: TTL, data })
        .collect();
    rotate(&mut records, question.seed);
    records
}

fn address<'s>(interface: &EndpointInterface, rtype: RecordType) -> Option<Data<'s>> {
    match rtype {
        RecordType::A => interface.v4.map(Data::A),
        RecordType::AAAA => interface.v6.map(Data::Aaaa),
        _ => None,
    }
}

/// Turns the order of records by the seed (R28).
pub(super) fn rotate(records: &mut [Record<'_>], seed: u32) {
    if records.len() > 1 {
        let by = seed as usize % records.len();
        records.rotate_left(by);
    }
}

/// The parts of a label `vpce-<id>-<suffix>[-<zone>]`.
struct EndpointLabel<'q> {
    id: EndpointId,
    suffix: &'q [u8],
    zone: Option<&'q [u8]>,
}

fn parse_label(label: &[u8]) -> Option<EndpointLabel<'_>> {
    let rest = label.strip_prefix(b"vpce-")?;
    let dash = rest.iter().position(|byte| *byte == b'-')?;
    let id = EndpointId::from_digits(&rest[..dash])?;
    let rest = &rest[dash + 1..];
    let (suffix, zone) = match rest.iter().position(|byte| *byte == b'-') {
        Some(dash) => (&rest[..dash], Some(&rest[dash + 1..])),
        None => (rest, None),
    };
    Some(EndpointLabel { id, suffix, zone })
}

/// The domains under which endpoint names lie, a region's label in front.
pub(super) const SPACES: [&[u8]; 4] = [
    b"\x04vpce\x09amazonaws\x03com\x00",
    b"\x04vpce\x09amazonaws\x03com\x02cn\x00",
    b"\x04vpce\x09sagemaker\x03aws\x00",
    b"\x04vpce\x09amazonaws\x02eu\x00",
];

/// The byte at which the zone of a name in the space of endpoint names begins: `<region>.vpce.<suffix>`. `None` for a
/// name outside that space.
pub fn vpce_space(name: NameRef<'_>) -> Option<usize> {
    let wire = name.wire();
    if !SPACES.iter().any(|space| wire.ends_with(space)) {
        return None;
    }
    let mut before = None;
    let mut at = 0;
    for suffix in name.suffixes() {
        if SPACES.contains(&suffix.wire()) {
            return Some(before.unwrap_or(at));
        }
        before = Some(at);
        at += usize::from(suffix.wire()[0]) + 1;
    }
    None
}

/// Answers a name in the space of endpoint names (N40 to N55).
pub fn public_name<'s, T: Tracer>(
    world: &'s World,
    question: &Question<'_>,
    space_start: usize,
    trace: &mut T,
) -> Answer<'s> {
    let found = question.name.suffixes().find_map(|suffix| {
        let label = parse_label(suffix.first_label()?)?;
        let front = question.name.wire().len() - suffix.wire().len();
        Some((label, suffix.parent()?, front))
    });
    if let Some((label, base, front)) = found
        && let Some(endpoint) = world.endpoints.get(&label.id)
        && matches(endpoint, &label, base, front)
    {
        return own_name(world, endpoint, &label, question, trace);
    }
    if let Some(answer) = space_node(world, question, space_start, trace) {
        return answer;
    }
    trace.step(Step::NoSuchEndpointName);
    negative::no_name(SoaOf::Region, space_start, &world.switches)
}

fn matches(
    endpoint: &Endpoint,
    label: &EndpointLabel<'_>,
    base: NameRef<'_>,
    front: usize,
) -> bool {
    let front_allowed = front == 0
        || endpoint
            .service
            .aws()
            .is_some_and(super::super::model::service::AwsService::any_label_in_front);
    // A gateway endpoint has no names (N37).
    front_allowed
        && endpoint.kind == EndpointKind::Interface
        && label.suffix == endpoint.suffix.as_bytes()
        && endpoint.service.bases().iter().any(|known| known.as_ref() == base)
}

fn own_name<'s, T: Tracer>(
    world: &'s World,
    endpoint: &'s Endpoint,
    label: &EndpointLabel<'_>,
    question: &Question<'_>,
    trace: &mut T,
) -> Answer<'s> {
    let base_start = question.name.wire().len()
        - endpoint
            .service
            .bases()
            .iter()
            .find(|base| question.name.is_within(base.as_ref()))
            .map_or(question.name.wire().len(), |base| base.wire().len());
    let switches = &world.switches;
    if !endpoint.state.answers() {
        trace.step(Step::EndpointNotAnswering(endpoint.id));
        return negative::no_name(SoaOf::Region, base_start, switches);
    }
    let wanted = match question.rtype {
        RecordType::A => endpoint.record_type.has_a(),
        RecordType::AAAA => endpoint.record_type.has_aaaa(),
        _ => false,
    };
    let records: Records<'s> = match label.zone {
        None => {
            trace.step(Step::RegionalName(endpoint.id));
            if wanted {
                healthy_addresses(endpoint, question, &Owner::Question, trace)
            } else {
                Records::new()
            }
        }
        Some(zone) => {
            let cross_region = world
                .vpcs
                .get(&endpoint.vpc)
                .is_some_and(|vpc| endpoint.is_cross_region(vpc.region));
            let interface =
                endpoint.interfaces.iter().find(|interface| interface.zone.as_bytes() == zone);
            let Some(interface) = interface.filter(|_| !cross_region) else {
                trace.step(Step::NoSuchEndpointName);
                return negative::no_name(SoaOf::Region, base_start, switches);
            };
            trace.step(Step::ZonalName(endpoint.id));
            let data = if wanted { address(interface, question.rtype) } else { None };
            data.map(|data| Record { owner: Owner::Question, ttl: TTL, data }).into_iter().collect()
        }
    };
    if records.is_empty() {
        trace.step(Step::NoData);
        return negative::no_data(SoaOf::Region, base_start, switches);
    }
    Answer::found(records)
}

/// Names that have names below them and nothing else: the region's apex and the base names of services (L23).
fn space_node<'s, T: Tracer>(
    world: &World,
    question: &Question<'_>,
    space_start: usize,
    trace: &mut T,
) -> Option<Answer<'s>> {
    let node = if space_start == 0 {
        Some(Step::EndpointSpaceNode)
    } else {
        question
            .name
            .first_label()
            .and_then(|label| label.strip_prefix(b"vpce-svc-"))
            .and_then(EndpointServiceId::from_digits)
            .and_then(|id| world.endpoint_services.get(&id))
            .filter(|service| service.base.as_ref() == question.name)
            .map(|service| Step::ServiceBaseName(service.id))
    };
    node.map(|step| {
        trace.step(step);
        trace.step(Step::NoData);
        negative::no_data(SoaOf::Region, space_start, &world.switches)
    })
}

//! Inside one zone of records: the name, a CNAME, a wildcard, a name in between, or nothing (RFC 1034 section 4.3.2,
//! RFC 4592).
//!
//! Used for private hosted zones and for the public zone files. There is no fall-through: what the zone lacks does not
//! exist (R51).

use std::borrow::Cow;

use super::{
    answer::{Answer, Data, Outcome, Owner, Rcode, Record, Records},
    chase, endpoint,
    negative::{self, SoaOf},
    question::Question,
    routing,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    ttl::count_down,
    view::View,
};
use crate::model::{
    id::ZoneId,
    name::Name,
    record::{Rdata, RecordSet, RecordType},
    routing::Answers,
    zone_data::{ZoneData, ZoneNode},
};

/// Answers from a private hosted zone whose name begins at byte `zone_start` of the question's.
pub fn hosted<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    id: ZoneId,
    zone_start: usize,
    trace: &mut T,
) -> Outcome<'s> {
    let switches = &snapshot.world.switches;
    let Some(zone) = snapshot.world.hosted_zones.get(&id) else {
        return Outcome::Answer(negative::no_name(SoaOf::Private, zone_start, switches));
    };
    match find(&zone.data, question) {
        Found::Nothing => {
            trace.step(Step::ZoneNoName(id));
            Outcome::Answer(negative::no_name(SoaOf::Private, zone_start, switches))
        }
        Found::Node { node, wildcard } => {
            if zone_start == 0
                && node.set(question.rtype).is_none()
                && !has_routed(node, question.rtype)
                && let Some(answer) = endpoint::apex(question)
            {
                return Outcome::Answer(answer);
            }
            trace.step(if wildcard { Step::ZoneWildcard(id) } else { Step::ZoneRecord(id) });
            let ttl = |set: &RecordSet| count_down(set.ttl, question, snapshot);
            let nothing = || negative::no_data(SoaOf::Private, zone_start, switches);
            node_answer(snapshot, question, node, ttl, nothing, trace).unwrap_or_else(|| {
                trace.step(Step::ZoneNoData(id));
                Outcome::Answer(nothing())
            })
        }
    }
}

/// Answers from a public zone, hosted or of a file; TTLs are capped as the resolver caps them (spec/wire.md).
pub fn public<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    zone: &'s ZoneData,
    zone_start: usize,
    view: Option<&View>,
    trace: &mut T,
) -> Outcome<'s> {
    let switches = &snapshot.world.switches;
    let soa = Record {
        owner: Owner::QuestionSuffix(zone_start),
        ttl: if view.is_some() {
            zone.soa_ttl.min(switches.negative_ttl_cap)
        } else {
            zone.soa_ttl
        },
        data: Data::Wire(RecordType::SOA, zone.soa.wire()),
    };
    let negative = |rcode| Answer { soa: Some(soa.clone()), ..Answer::code(rcode) };
    let cap = if view.is_some() { switches.public_ttl_cap } else { u32::MAX };
    match find(zone, question) {
        Found::Nothing => {
            trace.step(Step::NoSuchPublicName);
            Outcome::Answer(negative(Rcode::NxDomain))
        }
        Found::Node { node, .. } => {
            let ttl = |set: &RecordSet| count_down(set.ttl.min(cap), question, snapshot);
            let nothing = || negative(Rcode::NoError);
            node_answer(snapshot, question, node, ttl, nothing, trace).unwrap_or_else(|| {
                trace.step(Step::NoData);
                Outcome::Answer(nothing())
            })
        }
    }
}

enum Found<'s> {
    Nothing,
    Node { node: &'s ZoneNode, wildcard: bool },
}

fn find<'s>(zone: &'s ZoneData, question: &Question<'_>) -> Found<'s> {
    if let Some(node) = zone.node(question.name) {
        return Found::Node { node, wildcard: false };
    }
    match zone.wildcard_for(question.name) {
        Some(node) => Found::Node { node, wildcard: true },
        None => Found::Nothing,
    }
}

fn node_answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    node: &'s ZoneNode,
    ttl: impl Fn(&RecordSet) -> u32,
    nothing: impl FnOnce() -> Answer<'s>,
    trace: &mut T,
) -> Option<Outcome<'s>> {
    if let Some(set) = node.set(question.rtype) {
        return Some(Outcome::Answer(Answer::found(records(set, ttl(set), question.seed))));
    }
    if !node.routed.is_empty() {
        for rtype in [question.rtype, RecordType::CNAME] {
            if has_routed(node, rtype) {
                return routed(snapshot, question, node, rtype, &ttl, nothing, trace);
            }
        }
    }
    if let Some(set) = node.set(RecordType::CNAME) {
        let target = Name::from_wire(set.data.first()?.wire())?;
        return Some(chase::cname(snapshot, question, ttl(set), Cow::Owned(target), trace));
    }
    let address = question.rtype == RecordType::A || question.rtype == RecordType::AAAA;
    match &node.alias {
        Some(target) if address => chase::alias(snapshot, question, target, nothing, trace),
        _ => None,
    }
}

fn has_routed(node: &ZoneNode, rtype: RecordType) -> bool {
    node.routed.iter().any(|set| set.rtype == rtype)
}

/// Answers from record sets with a routing policy, and from aliases of one type. `None` if none of them is for the client.
fn routed<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    node: &'s ZoneNode,
    rtype: RecordType,
    ttl: impl Fn(&RecordSet) -> u32,
    nothing: impl FnOnce() -> Answer<'s>,
    trace: &mut T,
) -> Option<Outcome<'s>> {
    let chosen = routing::choose(snapshot, question, node, rtype);
    if node.routed.iter().filter(|set| set.rtype == rtype).count() > 1 {
        trace.step(Step::RoutingPolicy);
    }
    if let [set] = chosen[..]
        && let Answers::Alias(target) = &set.answers
    {
        return chase::alias(snapshot, question, &target.name, nothing, trace);
    }
    let mut found: Records<'s> = Records::new();
    for set in chosen {
        let Answers::Records(set) = &set.answers else { continue };
        if rtype != question.rtype {
            let target = Name::from_wire(set.data.first()?.wire())?;
            return Some(chase::cname(snapshot, question, ttl(set), Cow::Owned(target), trace));
        }
        found.extend(records(set, ttl(set), question.seed));
    }
    (!found.is_empty()).then(|| Outcome::Answer(Answer::found(found)))
}

fn records(set: &RecordSet, ttl: u32, seed: u32) -> Records<'_> {
    let mut records: Records<'_> = set
        .data
        .iter()
        .map(|data| Record { owner: Owner::Question, ttl, data: wire(set.rtype, data) })
        .collect();
    endpoint::rotate(&mut records, seed);
    records
}

fn wire(rtype: RecordType, data: &Rdata) -> Data<'_> {
    match (rtype, data.wire()) {
        (RecordType::A, &[a, b, c, d]) => Data::A([a, b, c, d].into()),
        (rtype, wire) => Data::Wire(rtype, wire),
    }
}

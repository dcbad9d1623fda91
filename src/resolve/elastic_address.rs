//! The reverse names of elastic addresses that somebody chose.

use std::borrow::Cow;

use super::{
    answer::{Answer, Data, Owner, Record},
    autodefined::{TTL, reverse_address},
    negative::{self, SoaOf},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::record::RecordType;

/// Answers the reverse name of an elastic address that has one of its own (EIP2).
pub fn reverse<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Option<Answer<'s>> {
    let world = &snapshot.world;
    let address = reverse_address(question.name)?;
    let allocation = snapshot.index.reverse_named(world, address)?;
    let target = world.elastic_addresses.get(&allocation)?.reverse_name.as_ref()?;
    trace.step(Step::ElasticReverse(allocation));
    if question.rtype != RecordType::PTR {
        trace.step(Step::NoData);
        let zone_start = question.name.wire().len() - 1;
        return Some(negative::no_data(SoaOf::Root, zone_start, &world.switches));
    }
    let data = Data::Name(RecordType::PTR, Cow::Borrowed(target));
    Some(Answer::found([Record { owner: Owner::Question, ttl: TTL, data }].into_iter().collect()))
}

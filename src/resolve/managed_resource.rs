//! Names of EKS cluster endpoints, EFS mount targets, RDS instances and ElastiCache clusters (MR1 to MR5).

use std::net::Ipv4Addr;

use super::{
    answer::{Answer, Data, Owner, Record, Records},
    endpoint::rotate,
    negative::{self, SoaOf},
    public_zone::zone_of,
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    ttl,
    view::View,
};
use crate::model::{
    managed_resource::{EndpointAccess, ManagedKind, ManagedResource},
    name::NameRef,
    record::RecordType,
    world::World,
};

/// Answers a name of a managed resource; `None` if no resource has the name, or the asker cannot resolve it.
pub(super) fn answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    view: Option<&View>,
    trace: &mut T,
) -> Option<Answer<'s>> {
    let world = &snapshot.world;
    if world.managed_resources.is_empty() {
        return None;
    }
    let (resource, zone) = find(world, question.name)?;
    // AWS makes a hidden private zone for the name in the resource's own VPC.
    let inside = view.is_some_and(|view| view.vpc == resource.vpc && view.dns_hostnames);
    let private = match (resource.kind, resource.access) {
        (ManagedKind::EfsFileSystem, _) if !inside => return None,
        (_, EndpointAccess::Public) => false,
        (_, EndpointAccess::Private) => true,
        (_, EndpointAccess::PublicAndPrivate) => inside,
    };
    trace.step(Step::ManagedResource { kind: resource.kind, private });
    let mut records = Records::new();
    if question.rtype == RecordType::A {
        let ttl = ttl::count_down(ttl(resource.kind), question, snapshot);
        let record = |address| Record { owner: Owner::Question, ttl, data: Data::A(address) };
        if private {
            let own = zone.map(str::to_owned).or_else(|| client_zone(world, resource, question));
            let wanted =
                |it: &Ipv4Addr, at: &str| own.as_ref().is_none_or(|own| own == at).then_some(*it);
            records.extend(
                resource.addresses.iter().filter_map(|(at, it)| wanted(it, at)).map(record),
            );
        } else {
            records.extend(resource.public_addresses.iter().copied().map(record));
        }
    }
    if records.is_empty() {
        trace.step(Step::NoData);
        // The hidden zone is named as the resource (P31); the other names are in AWS's public zones.
        let hidden = inside && resource.access != EndpointAccess::Public && has_zone(resource.kind);
        let (of, start) = if hidden {
            (SoaOf::Private, question.name.wire().len() - resource.dns_name.wire().len())
        } else {
            zone_of(question.name, question.name.tail())
        };
        return Some(negative::no_data(of, start, &world.switches));
    }
    rotate(&mut records, question.seed);
    Some(Answer::found(records))
}

/// Whether a name lies above a file system's of the asker's VPC. Looks only where the name has the right label.
pub(super) fn above_file_systems(world: &World, view: &View, name: NameRef<'_>) -> bool {
    view.dns_hostnames
        && name.first_label() == Some(b"efs")
        && world.managed_resources.values().any(|it| {
            !it.kind.is_public_name() && it.vpc == view.vpc && it.dns_name.as_ref().is_within(name)
        })
}

/// Whether AWS makes a private zone of the resource's name in its VPC.
fn has_zone(kind: ManagedKind) -> bool {
    matches!(kind, ManagedKind::EfsFileSystem | ManagedKind::EksCluster)
}

/// The resource a name belongs to, and the zone that the name asks for (EFS: `<zone>.fs-….efs.…`).
fn find<'w, 'q>(
    world: &'w World,
    name: NameRef<'q>,
) -> Option<(&'w ManagedResource, Option<&'q str>)> {
    if let Some(resource) = world.managed_resources.get(name.wire()) {
        return Some((resource, None));
    }
    let resource = world.managed_resources.get(name.parent()?.wire())?;
    let zone = std::str::from_utf8(name.first_label()?).ok()?;
    let mut zones = resource.addresses.iter().map(|(zone, _)| zone);
    let has = resource.kind == ManagedKind::EfsFileSystem && zones.any(|it| **it == *zone);
    has.then_some((resource, Some(zone)))
}

/// The zone of whoever asks, where the resource answers by zone: a file system's name leads to the mount target of the
/// client's zone only. From a place without a zone every mount target is answered.
fn client_zone(
    world: &World,
    resource: &ManagedResource,
    question: &Question<'_>,
) -> Option<String> {
    if resource.kind != ManagedKind::EfsFileSystem {
        return None;
    }
    let subnet = world.subnets.get(&question.asker.subnet()?)?;
    Some(subnet.zone.to_string())
}

/// Seconds: 60 was recorded for EFS; the others are what AWS's names were seen with.
fn ttl(kind: ManagedKind) -> u32 {
    match kind {
        ManagedKind::EfsFileSystem | ManagedKind::EksCluster => 60,
        ManagedKind::RdsInstance => 5,
        ManagedKind::ElastiCacheCluster => 15,
    }
}

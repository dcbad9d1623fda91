//! The table of places: listener's view, Client Subnet, source, and what each comes to.

use std::sync::Arc;

use super::*;
use crate::{dns::fixture, model::vpc::Vpc};

/// A place, and whether Client Subnet chose it.
type Place = Option<(Asker, bool)>;

const NONE: Place = None;

fn at(asker: Asker) -> Place {
    Some((asker, false))
}

fn by_subnet(asker: Asker) -> Place {
    Some((asker, true))
}

fn subnet(text: &str) -> Option<ClientSubnet> {
    let (address, prefix) = text.split_once('/')?;
    Some(ClientSubnet { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() })
}

fn place(
    access: &Access,
    snapshot: &Snapshot,
    view: Option<Asker>,
    source: &str,
    subnet: Option<ClientSubnet>,
) -> Place {
    let placed = access.place(snapshot, view, source.parse().unwrap(), subnet);
    placed.map(|placed| (placed.asker, placed.by_subnet))
}

#[test]
fn only_placed_and_allowed_clients_have_others_asked() {
    let snapshot = fixture::snapshot();
    let access = Access {
        allow: vec!["192.0.2.0/24".parse().unwrap()],
        trust_ecs: vec!["127.0.0.0/8".parse().unwrap()],
        ..Access::default()
    };
    let main = Some(Asker::Vpc(fixture::main_vpc()));
    let may = |view, source: &str| {
        access
            .place(&snapshot, view, source.parse().unwrap(), None)
            .map(|placed| placed.may_forward)
    };
    assert_eq!(may(main, "127.0.0.1"), Some(true));
    assert_eq!(may(main, "192.0.2.9"), Some(true));
    assert_eq!(may(main, "10.0.1.29"), Some(true));
    assert_eq!(may(main, "203.0.113.9"), Some(false));
    assert_eq!(may(Some(Asker::Internet), "203.0.113.9"), Some(false));
    assert_eq!(may(None, "203.0.113.9"), None);
    let may_know = |view, source: &str| {
        access
            .place(&snapshot, view, source.parse().unwrap(), None)
            .map(|placed| placed.may_know_why)
    };
    assert_eq!(may_know(main, "127.0.0.1"), Some(true));
    assert_eq!(may_know(main, "10.0.1.29"), Some(true));
    assert_eq!(may_know(main, "192.0.2.9"), Some(false));
    assert_eq!(may_know(main, "203.0.113.9"), Some(false));
    assert_eq!(may_know(Some(Asker::Internet), "10.0.1.29"), Some(false));
}

/// A World as an older version kept it, with a VPC of the range 127.5.0.0/16.
#[test]
fn loopback_lies_in_a_vpc_only_where_a_view_says_so() {
    let mut world = fixture::snapshot().world.clone();
    let id = fixture::other_vpc();
    let mut vpc = Vpc::clone(world.vpc(id).unwrap());
    vpc.cidrs = vec!["127.5.0.0/16".parse().unwrap()];
    world.vpcs.insert(id, Arc::new(vpc));
    let snapshot = Snapshot::new(world, Arc::default());
    let other = Asker::Vpc(id);
    let access = Access {
        fallback: Some(Asker::Internet),
        trust_ecs: vec!["127.0.0.0/8".parse().unwrap()],
        ..Access::default()
    };
    for (view, source, ecs, expected) in [
        (None, "127.5.0.9", "", at(Asker::Internet)),
        (None, "::ffff:127.5.0.9", "", at(Asker::Internet)),
        (None, "127.0.0.1", "10.0.1.29/32", by_subnet(fixture::from_instance())),
        (Some(other), "127.5.0.9", "", at(other)),
        (Some(other), "127.0.0.1", "", at(other)),
    ] {
        let placed = place(&access, &snapshot, view, source, subnet(ecs));
        assert_eq!(placed, expected, "view {view:?}, source {source}, subnet `{ecs}`");
    }
}

#[test]
fn every_place() {
    let snapshot = fixture::snapshot();
    let main = Asker::Vpc(fixture::main_vpc());
    let in_subnet = Asker::Subnet(fixture::main_vpc(), fixture::subnet());
    let instance = fixture::from_instance();
    let other = Asker::Vpc(fixture::other_vpc());
    let inbound = Asker::Inbound(fixture::main_vpc(), fixture::inbound());
    let gone = Asker::Vpc("vpc-ffffffff".parse().unwrap());
    let internet = Asker::Internet;
    let access = Access {
        fallback: Some(other),
        allow: vec!["192.0.2.0/24".parse().unwrap()],
        trust_ecs: vec!["127.0.0.0/8".parse().unwrap(), "198.51.100.1/32".parse().unwrap()],
    };
    let table = [
        // By the source address.
        (None, "10.0.1.29", "", at(instance)),
        (None, "::ffff:10.0.1.29", "", at(instance)),
        (None, "10.0.1.30", "", at(in_subnet)),
        (None, "10.0.2.1", "", at(main)),
        (None, "10.1.0.1", "", at(other)),
        // Loopback and allowed sources fall back, the rest are refused.
        (None, "127.0.0.1", "", at(other)),
        (None, "::1", "", at(other)),
        (None, "::ffff:127.0.0.1", "", at(other)),
        (None, "192.0.2.7", "", at(other)),
        (None, "203.0.113.1", "", NONE),
        (None, "10.9.0.1", "", NONE),
        // By Client Subnet of a trusted source.
        (None, "127.0.0.1", "10.0.1.29/32", by_subnet(instance)),
        (None, "127.0.0.1", "10.0.1.0/24", by_subnet(in_subnet)),
        (None, "127.0.0.1", "10.0.0.0/16", by_subnet(main)),
        (None, "127.0.0.1", "::ffff:10.0.1.29/128", by_subnet(instance)),
        (None, "198.51.100.1", "10.0.1.29/32", by_subnet(instance)),
        (None, "127.0.0.1", "203.0.113.1/32", by_subnet(internet)),
        (None, "198.51.100.1", "203.0.113.1/32", by_subnet(internet)),
        (None, "127.0.0.1", "10.9.0.1/32", at(other)),
        // A network lies within one subnet or one VPC, or within none, or it is ambiguous.
        (None, "127.0.0.1", "10.0.1.0/25", by_subnet(in_subnet)),
        (None, "127.0.0.1", "10.0.1.28/31", by_subnet(in_subnet)),
        (None, "127.0.0.1", "10.0.0.0/23", by_subnet(main)),
        (None, "127.0.0.1", "10.0.0.0/15", at(other)),
        (None, "127.0.0.1", "10.0.0.0/8", at(other)),
        (None, "127.0.0.1", "8.0.0.0/6", at(other)),
        (None, "127.0.0.1", "128.0.0.0/1", by_subnet(internet)),
        (None, "127.0.0.1", "10.9.0.0/24", at(other)),
        (None, "127.0.0.1", "10.9.0.0/16", at(other)),
        (None, "127.0.0.1", "10.8.0.0/16", by_subnet(internet)),
        (None, "127.0.0.1", "11.0.0.0/8", by_subnet(internet)),
        (None, "127.0.0.1", "::ffff:10.0.1.0/120", by_subnet(in_subnet)),
        (None, "127.0.0.1", "2001:db8::/32", by_subnet(internet)),
        (None, "198.51.100.1", "10.0.0.0/8", NONE),
        (None, "198.51.100.1", "128.0.0.0/1", by_subnet(internet)),
        (None, "198.51.100.1", "10.9.0.1/32", NONE),
        // From others the option is ignored.
        (None, "10.1.0.1", "10.0.1.29/32", at(other)),
        (None, "203.0.113.1", "10.0.1.29/32", NONE),
        (None, "192.0.2.7", "10.0.1.29/32", at(other)),
        // A listener's view fixes the VPC; the address only says where in it.
        (Some(main), "127.0.0.1", "", at(main)),
        (Some(main), "203.0.113.1", "", at(main)),
        (Some(main), "10.0.1.29", "", at(instance)),
        (Some(main), "10.1.0.1", "", at(main)),
        (Some(main), "127.0.0.1", "10.0.1.29/32", by_subnet(instance)),
        (Some(main), "127.0.0.1", "10.1.0.1/32", at(main)),
        (Some(main), "127.0.0.1", "10.0.1.0/24", by_subnet(in_subnet)),
        (Some(main), "127.0.0.1", "10.0.0.0/16", by_subnet(main)),
        (Some(main), "127.0.0.1", "10.0.0.0/15", at(main)),
        (Some(main), "127.0.0.1", "203.0.113.1/32", at(main)),
        (Some(other), "127.0.0.1", "10.0.1.29/32", at(other)),
        // The internet and inbound endpoints stay themselves.
        (Some(internet), "10.0.1.29", "", at(internet)),
        (Some(internet), "127.0.0.1", "10.0.1.29/32", at(internet)),
        (Some(inbound), "10.0.1.29", "", at(inbound)),
        (Some(inbound), "127.0.0.1", "10.0.1.29/32", at(inbound)),
        // A VPC that is gone.
        (Some(gone), "127.0.0.1", "", NONE),
        (Some(gone), "10.0.1.29", "10.0.1.29/32", NONE),
    ];
    for (view, source, ecs, expected) in table {
        let placed = place(&access, &snapshot, view, source, subnet(ecs));
        assert_eq!(placed, expected, "view {view:?}, source {source}, subnet `{ecs}`");
    }
    let gone = Access { fallback: Some(gone), ..access };
    assert_eq!(place(&gone, &snapshot, None, "127.0.0.1", None), NONE);
    let default = Access { fallback: None, ..gone };
    assert_eq!(place(&default, &snapshot, None, "127.0.0.1", None), at(snapshot.default_asker()));
    for ambiguous in ["10.9.0.1/32", "10.9.0.0/24", "10.0.0.0/15", "10.0.0.0/8", "0.0.0.0/1"] {
        let placed = place(&default, &snapshot, None, "127.0.0.1", subnet(ambiguous));
        assert_eq!(placed, NONE, "{ambiguous}");
    }
}

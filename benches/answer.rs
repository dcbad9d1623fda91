//! The time from the bytes of a query to the bytes of its reply, without any socket.
//!
//! `cargo bench --bench answer`. The Worlds are the chapter's lab and one of 10,000 VPCs with 20 endpoints each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench panics when it fails")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{cell::Cell, fmt::Write as _, sync::Arc};

use common::{compile, large, upstream::query};
use divan::Bencher;
use vpcdns::{
    dns::Responder,
    import::{Defaults, open, text::diagnostic::Source, zone_file::parse_zone},
    model::{
        hosted_zone::{CreateHostedZone, HostedZone},
        id::{VpcId, ZoneId},
        record::RecordType,
    },
    resolve::{places, question::Asker, snapshot::Snapshot},
};

fn main() {
    divan::main();
}

const SERVICE: &str = "cloudformation.ap-northeast-2.amazonaws.com";

/// Common questions in the lab, and the worst that can be made.
const QUESTIONS: [(&str, &str); 11] = [
    ("private name", SERVICE),
    (
        "endpoint's name",
        "vpce-093517d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
    ),
    ("public name", "ec2.ap-northeast-2.amazonaws.com"),
    ("no such public name", "nosuch.ap-northeast-2.amazonaws.com"),
    ("host name", "ip-10-0-1-29.ap-northeast-2.compute.internal"),
    ("reverse name", "29.1.0.10.in-addr.arpa"),
    ("no such name", "no.such.name.example"),
    ("zone's name", "www.corp.example"),
    ("deepest wildcard", "DEEP"),
    ("longest name", "LONG"),
    ("0x20", "CloUDfORmATIon.aP-nOrtHeaSt-2.AmAZonAWs.cOm"),
];

/// As many labels as a name can have below `end`.
fn deepest(end: &str) -> String {
    let labels = (253 - end.len()) / 2;
    format!("{}{end}", "a.".repeat(labels))
}

fn lab() -> (Arc<Snapshot>, Asker) {
    let world = open::open("lab09-1", &Defaults::default()).unwrap_or_else(|_| panic!("no lab"));
    let mut snapshot = compile(world.world);
    let asker = places::client(&snapshot, "CloudNeta-Private-EC2").unwrap();
    let change = vpcdns::model::vpc::ModifyVpcAttribute {
        vpc: asker.vpc().unwrap(),
        dns_support: None,
        dns_hostnames: Some(true),
        network_metrics: None,
    };
    snapshot = snapshot.apply(&change.into()).unwrap();
    let mut text = "$ORIGIN corp.example.\n$TTL 60\n@ SOA ns hostmaster 1 7200 900 1209600 86400\n\
                    @ NS ns\nwww A 10.9.0.1\n*.wild A 10.9.0.2\n"
        .to_owned();
    for name in 0..100 {
        writeln!(text, "name{name} A 10.9.1.{name}").unwrap();
    }
    let data = parse_zone(&Source { name: "zone".to_owned(), text }, None).unwrap();
    let (origin, vpcs) = (data.origin.clone(), vec![asker.vpc().unwrap()]);
    let zone = HostedZone::private(ZoneId::from_seed(1), origin, vpcs, Arc::new(data));
    snapshot = snapshot.apply(&CreateHostedZone { zone }.into()).unwrap();
    (Arc::new(snapshot), asker)
}

/// One question of the lab again and again.
#[divan::bench(args = QUESTIONS.map(|(kind, _)| kind))]
fn in_the_lab(bencher: Bencher<'_, '_>, kind: &str) {
    let (_, name) = QUESTIONS.iter().find(|(it, _)| *it == kind).unwrap();
    let packet = match *name {
        "DEEP" => query(1, &deepest("wild.corp.example"), RecordType::A),
        "LONG" => query(1, &deepest("ap-northeast-2.amazonaws.com"), RecordType::A),
        name => {
            let mut packet = query(1, name, RecordType::A);
            // The query in the client's case.
            for (at, byte) in packet.iter_mut().skip(13).zip(name.bytes()) {
                if at.eq_ignore_ascii_case(&byte) {
                    *at = byte;
                }
            }
            packet
        }
    };
    let (snapshot, asker) = lab();
    let mut responder = Responder::new(snapshot, Some(asker));
    let seed = Cell::new(0_u32);
    bencher.counter(1_u32).bench_local(|| {
        seed.set(seed.get().wrapping_add(1));
        responder.reply(&packet, 1_700_000_000, seed.get()).unwrap().len()
    });
}

/// Endpoints' names and the private name of a large World, asked from its VPCs in turn.
#[divan::bench(args = ["private name", "endpoint's name"])]
fn in_a_large_world(bencher: Bencher<'_, '_>, kind: &str) {
    let snapshot = Arc::new(compile(large::world(10_000, 20)));
    let packets: Vec<Vec<u8>> = match kind {
        "private name" => vec![query(1, SERVICE, RecordType::A)],
        _ => snapshot
            .world
            .endpoints
            .values()
            .step_by(7)
            .map(|it| query(1, &it.regional_name().unwrap().to_string(), RecordType::A))
            .collect(),
    };
    let vpcs: Vec<VpcId> = snapshot.world.vpcs.keys().copied().collect();
    let mut responders: Vec<_> = vpcs
        .iter()
        .step_by(10)
        .map(|vpc| Responder::new(Arc::clone(&snapshot), Some(Asker::Vpc(*vpc))))
        .collect();
    let turn = Cell::new(0_usize);
    bencher.counter(1_u32).bench_local(|| {
        turn.set(turn.get().wrapping_add(1));
        let count = responders.len();
        let responder = &mut responders[turn.get() * 7 % count];
        let packet = &packets[turn.get() % packets.len()];
        responder.reply(packet, 1_700_000_000, 0).unwrap().len()
    });
}

//! An ordinary question allocates nothing: counted by dhat, which takes the place of the allocator here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{net::IpAddr, sync::Arc};

use common::{compile, large, upstream::query};
use vpcdns::{
    dns::Responder,
    import::{Defaults, open},
    model::record::RecordType,
    resolve::{places, question::Asker, snapshot::Snapshot},
};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// What a machine in the chapter's VPC asks, and the response code of each.
const QUESTIONS: [(&str, RecordType, u8); 12] = [
    ("cloudformation.ap-northeast-2.amazonaws.com", RecordType::A, 0),
    ("cloudformation.ap-northeast-2.amazonaws.com", RecordType::AAAA, 0),
    ("x.cloudformation.ap-northeast-2.amazonaws.com", RecordType::A, 3),
    (
        "vpce-093517d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com",
        RecordType::A,
        0,
    ),
    ("vpce-0123.cloudformation.ap-northeast-2.vpce.amazonaws.com", RecordType::A, 3),
    ("ec2.ap-northeast-2.amazonaws.com", RecordType::A, 0),
    ("ec2.ap-northeast-2.amazonaws.com", RecordType::TXT, 0),
    ("nosuch.ap-northeast-2.amazonaws.com", RecordType::A, 3),
    ("bucket.s3.ap-northeast-2.amazonaws.com", RecordType::A, 0),
    ("ip-10-0-1-29.ap-northeast-2.compute.internal", RecordType::A, 0),
    ("nosuch.ap-northeast-2.compute.internal", RecordType::A, 3),
    ("no.such.name.example", RecordType::A, 3),
];

/// A name, a packet that asks for it, and the response code.
type Packet = (&'static str, Vec<u8>, u8);

/// What was allocated for, and how often, in a second round of questions; the first reads the catalogue.
fn allocations(responder: &mut Responder, packets: &[Packet]) -> Vec<(&'static str, u64)> {
    let mut made = Vec::with_capacity(packets.len());
    for _ in 0..2 {
        made.clear();
        for ((name, packet, code), seed) in packets.iter().zip(0..) {
            let before = dhat::HeapStats::get().total_blocks;
            let reply = responder.reply(packet, 1_700_000_000, seed).unwrap();
            assert_eq!(reply[3] & 15, *code, "{name}");
            let allocated = dhat::HeapStats::get().total_blocks - before;
            if allocated > 0 {
                made.push((*name, allocated));
            }
        }
    }
    made
}

fn packets(subnet: Option<[u8; 4]>) -> Vec<Packet> {
    QUESTIONS
        .iter()
        .map(|(name, rtype, code)| {
            let mut packet = query(1, name, *rtype);
            if let Some(octets) = subnet {
                let length = packet.len();
                packet[length - 1] = 12;
                packet.extend_from_slice(&[0, 8, 0, 8, 0, 1, 32, 0]);
                packet.extend_from_slice(&octets);
            }
            (*name, packet, *code)
        })
        .collect()
}

fn lab() -> Arc<Snapshot> {
    let world = open::open("lab09-1", &Defaults::default()).unwrap_or_else(|_| panic!("no lab"));
    let mut world = world.world;
    let id = *world.vpcs.keys().next().unwrap();
    // The names of the VPC are there only with both attributes on.
    let change = vpcdns::model::vpc::ModifyVpcAttribute {
        vpc: id,
        dns_support: None,
        dns_hostnames: Some(true),
        network_metrics: None,
    };
    world = world.apply(&change.into()).unwrap().0;
    Arc::new(compile(world))
}

/// One test, since the allocator counts for all threads.
#[test]
fn an_ordinary_question_allocates_nothing() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let snapshot = lab();
    let asker = places::client(&snapshot, "CloudNeta-Private-EC2").unwrap();
    let mut by_view = Responder::new(Arc::clone(&snapshot), Some(asker));
    assert_eq!(allocations(&mut by_view, &packets(None)), [], "by the listener's view");
    let mut unplaced = Responder::new(Arc::clone(&snapshot), None);
    assert_eq!(allocations(&mut unplaced, &packets(None)), [], "by the default client");
    assert_eq!(allocations(&mut unplaced, &packets(Some([10, 0, 1, 29]))), [], "by Client Subnet");
    let source: IpAddr = "10.0.1.29".parse().unwrap();
    let mut by_source = Responder::new(Arc::clone(&snapshot), None).from_source(source);
    assert_eq!(allocations(&mut by_source, &packets(None)), [], "by the source");
    // A name that nobody allocates for, in a large World.
    let snapshot = Arc::new(compile(large::world(300, 20)));
    let vpc = *snapshot.world.vpcs.keys().next().unwrap();
    let mut large = Responder::new(snapshot, Some(Asker::Vpc(vpc)));
    let name = "cloudformation.ap-northeast-2.amazonaws.com";
    assert_eq!(allocations(&mut large, &[(name, query(1, name, RecordType::A), 0)]), []);
    // The check can fail: an explanation allocates.
    let mut text = query(1, name, RecordType::TXT);
    let class = text.len() - 12;
    text[class] = 3;
    assert!(!allocations(&mut by_view, &[("an explanation", text, 0)]).is_empty());
}

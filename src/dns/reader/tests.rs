//! Which packets are of the common shape, and what is read from them.

use super::*;
use crate::dns::fixture::{cased, ecs, opt, query};

fn with_name(wire: &[u8]) -> Vec<u8> {
    let mut packet = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    packet.extend_from_slice(wire);
    packet.extend_from_slice(&[0, 1, 0, 1]);
    packet
}

fn labels(lengths: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for length in lengths {
        wire.push(*length);
        wire.resize(wire.len() + usize::from(*length), b'A');
    }
    wire.push(0);
    wire
}

fn is_unusual(packet: &[u8]) -> bool {
    matches!(Query::read(packet), Err(Unread::Unusual(_)))
}

#[test]
fn a_query_is_read() {
    let packet = query("WwW.Example.COM", RecordType::AAAA, &opt(1232, &ecs(&[10, 0, 1], 24)));
    let query = Query::read(&packet).unwrap();
    let head = Head { id: 0x1234, opcode: 0, recursion_desired: true, checking_disabled: false };
    assert_eq!(query.head, head);
    assert_eq!(query.name().to_string(), "www.example.com");
    assert_eq!(&query.question[..17], cased("WwW.Example.COM"));
    assert_eq!((query.question.len(), query.rtype, query.class), (21, RecordType::AAAA, 1));
    let edns = query.edns.unwrap();
    assert_eq!((edns.payload, edns.version), (1232, 0));
    assert_eq!(edns.subnet.unwrap().prefix, 24);
}

#[test]
fn the_root_and_every_byte_may_be_asked() {
    assert!(Query::read(&with_name(&[0])).unwrap().name().is_root());
    let odd = with_name(b"\x04\x00.\xffZ\x00");
    assert_eq!(Query::read(&odd).unwrap().name().wire(), b"\x04\x00.\xffz\x00");
}

#[test]
fn names_end_at_255_bytes() {
    let longest = labels(&[63, 63, 63, 61]);
    assert_eq!(longest.len(), 255);
    assert_eq!(Query::read(&with_name(&longest)).unwrap().name().wire().len(), 255);
    assert!(is_unusual(&with_name(&labels(&[63, 63, 63, 62]))));
    assert!(Query::read(&with_name(&labels(&[1; 127]))).is_ok());
    assert!(is_unusual(&with_name(&labels(&[1; 128]))));
    assert!(is_unusual(&with_name(&[64; 66])));
}

#[test]
fn labels_end_at_63_bytes() {
    assert!(Query::read(&with_name(&labels(&[63]))).is_ok());
    for length in 64..=250 {
        assert!(is_unusual(&with_name(&labels(&[length]))), "{length}");
    }
}

#[test]
fn replies_and_scraps_are_not_queries() {
    let packet = query("a.test", RecordType::A, &[]);
    for length in 0..HEADER {
        assert_eq!(Query::read(&packet[..length]).unwrap_err(), Unread::NotAQuery);
    }
    let mut reply = packet;
    reply[2] |= 0x80;
    assert_eq!(Query::read(&reply).unwrap_err(), Unread::NotAQuery);
}

#[test]
fn other_shapes_are_unusual() {
    let plain = query("a.test", RecordType::A, &opt(1232, &[]));
    for length in HEADER..plain.len() {
        assert!(is_unusual(&plain[..length]), "{length}");
    }
    // More after the end, and each count changed.
    assert!(is_unusual(&[plain.as_slice(), &[0]].concat()));
    for at in 4..HEADER {
        let mut packet = plain.clone();
        packet[at] += 2;
        assert!(is_unusual(&packet), "{at}");
    }
    // A pointer in the question, also to itself.
    assert!(is_unusual(&with_name(&[0xc0, 12])));
    assert!(is_unusual(&with_name(&[1, b'a', 0xc0, 12])));
    // An additional record that is no OPT, and an OPT whose owner is not the root.
    let mut other = plain.clone();
    other[HEADER + 8 + 4 + 2] = 1;
    assert!(is_unusual(&other));
}

#[test]
fn broken_options_are_told_apart() {
    let packet = query("a.test", RecordType::A, &opt(1232, &ecs(&[10, 0, 1, 29], 24)));
    assert!(matches!(Query::read(&packet), Err(Unread::Malformed(_))));
    let mut newer = packet;
    let version = HEADER + 8 + 4 + 6;
    newer[version] = 1;
    assert_eq!(Query::read(&newer).unwrap().edns.unwrap().version, 1);
}

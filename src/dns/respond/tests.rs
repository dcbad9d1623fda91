//! What each query gets, from bytes to bytes.

use hickory_proto::op::{Message, OpCode, ResponseCode};
use hickory_proto::rr::RData;
use proptest::prelude::*;

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    dns::fixture::{self, Bench, ecs, opt, query, query_of_class},
    model::{
        fault::{Fault, FaultAnswer, SetFaults},
        firewall::DomainPattern,
    },
};

const EDNS: u16 = 1232;

fn decode(bytes: &[u8]) -> Message {
    Message::from_vec(bytes).unwrap()
}

fn ask(bench: &Bench, packet: &[u8]) -> Message {
    decode(&bench.ask(packet).expect("a reply"))
}

fn data(message: &Message) -> Vec<String> {
    message.answers.iter().map(|record| record.data.to_string()).collect()
}

fn code_of(bench: &Bench, packet: &[u8]) -> ResponseCode {
    ask(bench, packet).metadata.response_code
}

#[test]
fn an_answer_has_a_resolvers_flags_and_the_clients_case() {
    let bench = Bench::new();
    let packet = query("TWO.corp.Test", RecordType::A, &opt(EDNS, &[]));
    let bytes = bench.ask(&packet).unwrap();
    assert_eq!(bytes[..12], [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 1]);
    assert_eq!(bytes[12..31], packet[12..31]);
    assert_eq!(bytes[bytes.len() - 11..], [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
    let message = decode(&bytes);
    assert_eq!(message.answers[0].name.to_ascii(), "TWO.corp.Test.");
    let without = bench.ask(&query("TWO.corp.Test", RecordType::A, &[])).unwrap();
    assert_eq!(without[..12], [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]);
    assert_eq!(without.len() + 11, bytes.len());
}

#[test]
fn flags_of_the_client_are_copied_or_dropped() {
    let bench = Bench::new();
    let mut packet = query("two.corp.test", RecordType::A, &opt(EDNS, &[]));
    packet[2] = 0;
    // AD and CD.
    packet[3] = 0x30;
    // DO.
    let do_bit = packet.len() - 4;
    packet[do_bit] = 0x80;
    let bytes = bench.ask(&packet).unwrap();
    assert_eq!(bytes[2..4], [0x80, 0x90]);
    assert_eq!(bytes[bytes.len() - 6..], [0, 0, 0, 0, 0, 0]);
    assert_eq!(decode(&bytes).answers.len(), 2);
}

#[test]
fn both_orders_show() {
    let mut bench = Bench::new();
    let mut firsts = Vec::new();
    for seed in 0..2 {
        bench.seed = seed;
        firsts.push(data(&ask(&bench, &query("two.corp.test", RecordType::A, &[])))[0].clone());
    }
    firsts.sort();
    assert_eq!(firsts, ["10.0.1.50", "10.0.1.51"]);
}

#[test]
fn the_place_decides_the_answer() {
    let mut bench = Bench::new();
    let packet = query("two.corp.test", RecordType::A, &[]);
    assert_eq!(code_of(&bench, &packet), ResponseCode::NoError);
    bench.view = Some(Asker::Vpc(fixture::other_vpc()));
    assert_eq!(code_of(&bench, &packet), ResponseCode::NXDomain);
    bench.view = Some(Asker::Vpc(fixture::silent_vpc()));
    assert_eq!(bench.ask(&packet), None);
    bench.view = None;
    bench.source = "203.0.113.1".parse().unwrap();
    let refused = ask(&bench, &query("two.corp.test", RecordType::A, &opt(EDNS, &[])));
    assert_eq!(refused.metadata.response_code, ResponseCode::Refused);
    assert!(refused.edns.is_some() && refused.queries.len() == 1);
}

#[test]
fn client_subnet_is_echoed_when_it_chose() {
    let bench = Bench::new();
    let echoed = |options: &[u8]| {
        let bytes = bench.ask(&query("two.corp.test", RecordType::A, &opt(EDNS, options))).unwrap();
        let message = decode(&bytes);
        (
            message.answers.len(),
            bytes.len()
                - bench.ask(&query("two.corp.test", RecordType::A, &opt(EDNS, &[]))).unwrap().len(),
        )
    };
    assert_eq!(echoed(&ecs(&[10, 0, 1, 29], 32)), (2, 12));
    assert_eq!(echoed(&ecs(&[10, 0, 1], 24)), (2, 11));
    // No prefix, an ambiguous address, and an option that is not known.
    assert_eq!(echoed(&ecs(&[], 0)), (2, 0));
    assert_eq!(echoed(&[0, 8, 0, 4, 0, 0, 0, 0]), (2, 0));
    assert_eq!(echoed(&ecs(&[10, 9, 0, 1], 32)), (2, 0));
    assert_eq!(echoed(&[0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]), (2, 0));
    let bytes = bench
        .ask(&query("two.corp.test", RecordType::A, &opt(EDNS, &ecs(&[10, 0, 1], 24))))
        .unwrap();
    assert_eq!(bytes[bytes.len() - 11..], [0, 8, 0, 7, 0, 1, 24, 24, 10, 0, 1]);
}

#[test]
fn errors_of_form() {
    let bench = Bench::new();
    let bare = [0x12, 0x34, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
    let plain = query("two.corp.test", RecordType::A, &[]);
    assert_eq!(bench.ask(&plain[..20]).unwrap(), bare);
    // What comes with an OPT record is answered with one (RFC 6891 section 6.1.1).
    let question = &plain[12..];
    let formerr = [0x12, 0x34, 0x81, 0x81, 0, 1, 0, 0, 0, 0, 0];
    let with_opt = [&formerr[..], &[1], question, &[0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]].concat();
    // A question that can be read is repeated.
    let repeated = [&formerr[..], &[0], question].concat();
    for broken in [ecs(&[10, 0, 1, 29], 24), vec![0, 3, 0]] {
        let packet = query("two.corp.test", RecordType::A, &opt(EDNS, &broken));
        assert_eq!(bench.ask(&packet).unwrap(), with_opt, "{broken:?}");
    }
    let mut two_opts =
        query("two.corp.test", RecordType::A, &[opt(EDNS, &[]), opt(EDNS, &[])].concat());
    two_opts[11] = 2;
    assert_eq!(bench.ask(&two_opts).unwrap(), repeated);
    // An answer is said to come and does not; then the question points to itself.
    let mut claimed = plain.clone();
    claimed[7] = 1;
    assert_eq!(bench.ask(&claimed).unwrap(), repeated);
    let itself = [&plain[..12], &[0xc0, 12, 0, 1, 0, 1]].concat();
    assert_eq!(bench.ask(&itself).unwrap(), bare);
    // No question, then two.
    assert_eq!(bench.ask(&[0x12, 0x34, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap(), bare);
    let mut two = [plain.as_slice(), &plain[12..]].concat();
    two[5] = 2;
    assert_eq!(bench.ask(&two).unwrap(), bare);
    two.extend_from_slice(&opt(EDNS, &[]));
    two[11] = 1;
    assert_eq!(ask(&bench, &two).edns.unwrap().max_payload(), 4096);
}

#[test]
fn a_question_may_come_in_an_unusual_message() {
    let bench = Bench::new();
    // An additional A record before the OPT.
    let record = b"\x01x\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01";
    let mut packet = query(
        "two.CORP.test",
        RecordType::A,
        &[record.as_slice(), &opt(EDNS, &ecs(&[10, 0, 1, 29], 32))].concat(),
    );
    packet[11] = 2;
    let message = ask(&bench, &packet);
    assert_eq!((message.answers.len(), message.edns.is_some()), (2, true));
    assert_eq!(message.queries[0].name().to_ascii(), "two.CORP.test.");
    // Bytes after the end.
    let trailing = [query("two.corp.test", RecordType::A, &[]).as_slice(), &[1, 2, 3]].concat();
    assert_eq!(ask(&bench, &trailing).answers.len(), 2);
    // A compressed question: the id spells the label `a`, and the pointer leads to it.
    let mut compressed = vec![1, b'a', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 1, 0, 1];
    compressed[2] = 0;
    let message = ask(&bench, &compressed);
    assert_eq!(message.queries[0].name().to_ascii(), "a.");
}

#[test]
fn a_tsig_is_of_an_unknown_key() {
    let bench = Bench::new();
    let tsig = b"\x01k\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x3d\x0bhmac-sha256\x00\
                 \x00\x00\x00\x00\x00\x01\x01\x2c\x00\x20MACMACMACMACMACMACMACMACMACMACMA\x12\x34\x00\x00\x00\x00";
    let said = b"\x01k\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x1d\x0bhmac-sha256\x00\
                 \x00\x00\x65\x53\xf1\x00\x01\x2c\x00\x00\x12\x34\x00\x11\x00\x00";
    let plain = query("two.corp.test", RecordType::A, tsig);
    let reply = bench.ask(&plain).unwrap();
    let question = query("two.corp.test", RecordType::A, &[])[12..].to_vec();
    let head = [0x12, 0x34, 0x81, 0x89, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(reply, [&head[..], &[1], &question, said].concat());
    // Behind an OPT record.
    let opt_record = opt(EDNS, &[]);
    let mut both = query("two.corp.test", RecordType::A, &[&opt_record[..], tsig].concat());
    both[11] = 2;
    let ours = [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(bench.ask(&both).unwrap(), [&head[..], &[2], &question, &ours, said].concat());
    // It must be the last record (RFC 8945 section 5.1).
    let mut before = query("two.corp.test", RecordType::A, &[tsig, &opt_record[..]].concat());
    before[11] = 2;
    assert_eq!(code_of(&bench, &before), ResponseCode::FormErr);
    let mut twice = query("two.corp.test", RecordType::A, &[&tsig[..], tsig].concat());
    twice[11] = 2;
    assert_eq!(code_of(&bench, &twice), ResponseCode::FormErr);
    // A reply that would be too long for UDP comes without.
    let name = format!("{0}.{0}.{0}.{1}", "x".repeat(63), "y".repeat(60));
    let key = query(&name, RecordType::A, &[]);
    let long = [&key[12..key.len() - 4], &tsig[3..]].concat();
    let long = query(&name, RecordType::A, &long);
    let reply = bench.ask(&long).unwrap();
    assert_eq!((reply.len(), reply[3] & 15, reply[11]), (key.len(), 9, 0));
}

#[test]
fn types_that_are_no_data_cannot_be_asked_for() {
    let bench = Bench::new();
    for (number, expected) in [
        (41, ResponseCode::FormErr),
        (249, ResponseCode::FormErr),
        (250, ResponseCode::FormErr),
        (253, ResponseCode::NotImp),
        (254, ResponseCode::NotImp),
        (248, ResponseCode::NoError),
        (40, ResponseCode::NoError),
    ] {
        let message = ask(&bench, &query("two.corp.test", RecordType(number), &opt(EDNS, &[])));
        assert_eq!(message.metadata.response_code, expected, "{number}");
        assert!(message.edns.is_some() && message.queries.len() == 1, "{number}");
    }
}

#[test]
fn what_is_not_implemented() {
    let bench = Bench::new();
    let mut notify = query("two.corp.test", RecordType::A, &[]);
    notify[2] = 4 << 3;
    let message = ask(&bench, &notify);
    assert_eq!(
        (message.metadata.op_code, message.metadata.response_code),
        (OpCode::Notify, ResponseCode::NotImp)
    );
    assert_eq!(message.queries.len(), 1);
    let status = [0, 1, 2 << 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(bench.ask(&status).unwrap()[..4], [0, 1, 0x90, 0x84]);

    let mut newer = query("two.corp.test", RecordType::A, &opt(EDNS, &[]));
    let version = newer.len() - 5;
    newer[version] = 1;
    let bytes = bench.ask(&newer).unwrap();
    // The number is BADVERS's; hickory reads it as BADSIG, which shares it.
    assert_eq!(u16::from(decode(&bytes).metadata.response_code), 16);
    assert_eq!(bytes[bytes.len() - 11..], [0, 0, 41, 16, 0, 1, 0, 0, 0, 0, 0]);

    for rtype in [RecordType::AXFR, RecordType::IXFR] {
        assert_eq!(code_of(&bench, &query("corp.test", rtype, &[])), ResponseCode::Refused);
    }
    for class in [2, 4, 254, 255] {
        let packet = query_of_class("two.corp.test", RecordType::A, class, &[]);
        assert_eq!(code_of(&bench, &packet), ResponseCode::Refused);
    }
}

#[test]
fn class_chaos_tells_the_version_and_the_host() {
    let bench = Bench::new();
    let chaos = |name: &str, rtype| ask(&bench, &query_of_class(name, rtype, 3, &opt(EDNS, &[])));
    for name in ["version.bind", "Version.Server"] {
        let message = chaos(name, RecordType::TXT);
        assert_eq!(data(&message), [concat!("vpcdns ", env!("CARGO_PKG_VERSION"))]);
        let record = &message.answers[0];
        assert_eq!((u16::from(record.dns_class), record.ttl), (3, 0));
    }
    for name in ["hostname.bind", "id.server"] {
        assert_eq!(data(&chaos(name, RecordType::TXT)), ["host"]);
    }
    assert_eq!(chaos("version.bind", RecordType::A).metadata.response_code, ResponseCode::Refused);
    assert_eq!(
        chaos("authors.bind", RecordType::TXT).metadata.response_code,
        ResponseCode::Refused
    );
}

#[test]
fn any_gets_a_minimal_answer() {
    let mut bench = Bench::new();
    // Lost has a CNAME to a name that does not exist, so it exists itself; big has no A record.
    for name in ["two.corp.test", "big.corp.test", "www.corp.test", "lost.corp.test", "corp.test"] {
        let message = ask(&bench, &query(name, RecordType::ANY, &[]));
        let RData::HINFO(info) = &message.answers[0].data else { panic!("{name}: {message}") };
        assert_eq!((&*info.cpu, &*info.os), (b"RFC8482".as_slice(), b"".as_slice()));
        assert_eq!((message.answers.len(), message.answers[0].ttl), (1, 3600));
    }
    let message = ask(&bench, &query("nothing.corp.test", RecordType::ANY, &[]));
    assert_eq!(message.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!((message.answers.len(), message.authorities.len()), (0, 1));
    bench.view = Some(Asker::Vpc(fixture::silent_vpc()));
    assert_eq!(bench.ask(&query("two.corp.test", RecordType::ANY, &[])), None);
}

#[test]
fn a_cname_is_followed_in_one_reply() {
    let bench = Bench::new();
    let message = ask(&bench, &query("www.corp.test", RecordType::A, &[]));
    assert_eq!(message.answers.len(), 3);
    let public = ask(&bench, &query("www.example.com", RecordType::A, &[]));
    assert_eq!(data(&public), ["192.0.2.80"]);
}

#[test]
fn a_delay_holds_back_a_reply_and_not_its_absence() {
    let mut bench = Bench::new();
    let fault = |name, answer| Fault {
        names: DomainPattern::parse(name).unwrap(),
        from: None,
        answer,
        delay: 50,
    };
    let faults = vec![
        fault("two.corp.test", None),
        fault("www.corp.test", Some(FaultAnswer::ServFail)),
        fault("some.corp.test", Some(FaultAnswer::Timeout)),
    ];
    let world = bench.snapshot.world.apply(&SetFaults { faults }.into()).unwrap().0;
    bench.snapshot = Arc::new(Snapshot::new(world, Arc::default()));
    let action = |name| bench.action(&query(name, RecordType::A, &[]));
    for late in ["two.corp.test", "www.corp.test"] {
        let ReplyAction::Later(time, then) = action(late) else { panic!("{late} is not late") };
        assert_eq!(time, Duration::from_millis(50));
        assert!(matches!(*then, ReplyAction::Send), "{late}");
    }
    assert!(matches!(action("some.corp.test"), ReplyAction::Silence));
    assert!(matches!(action("lost.corp.test"), ReplyAction::Send));
}

#[test]
fn what_is_too_long_for_udp_is_cut_to_nothing() {
    let mut bench = Bench::new();
    let big = |payload| query("big.corp.test", RecordType::TXT, &opt(payload, &[]));
    let none = query("big.corp.test", RecordType::TXT, &[]);
    for packet in [&big(0), &big(100), &big(512), &big(4096), &big(65_535), &none] {
        let bytes = bench.ask(packet).unwrap();
        let message = decode(&bytes);
        assert!(message.metadata.truncation && message.answers.is_empty());
        assert_eq!(message.edns.is_some(), packet.len() > none.len());
        assert_eq!(bytes.len(), packet.len(), "header, question and OPT");
    }
    bench.transport = Transport::STREAM;
    let whole = ask(&bench, &none);
    assert_eq!((whole.metadata.truncation, whole.answers.len()), (false, 30));
    // 400 strings of 201 bytes do not fit into any message.
    let huge = ask(&bench, &query("huge.corp.test", RecordType::TXT, &opt(512, &[])));
    assert_eq!(huge.metadata.response_code, ResponseCode::ServFail);
    assert_eq!(
        (huge.metadata.truncation, huge.answers.len(), huge.edns.is_some()),
        (false, 0, true)
    );
}

#[test]
fn the_limit_is_exact() {
    let mut bench = Bench::new();
    let offering = |payload| query("some.corp.test", RecordType::TXT, &opt(payload, &[]));
    bench.transport = Transport::STREAM;
    let size = u16::try_from(bench.ask(&offering(512)).unwrap().len()).unwrap();
    assert!((513..4096).contains(&size));
    bench.transport = Transport::DATAGRAM;
    assert_eq!(ask(&bench, &offering(size)).answers.len(), 5);
    assert!(ask(&bench, &offering(size - 1)).metadata.truncation);
    // Less than 512 counts as 512 (RFC 6891 section 6.2.5): the reply fits though less was offered.
    for payload in [0, 40, 511, 512] {
        let packet = query("two.corp.test", RecordType::A, &opt(payload, &[]));
        let reply = bench.ask(&packet).unwrap();
        assert!(reply.len() > 41 && !decode(&reply).metadata.truncation, "{payload}");
        assert_eq!(decode(&reply).answers.len(), 2, "{payload}");
    }
}

#[test]
fn the_largest_tcp_messages_do_no_harm() {
    let mut bench = Bench::new();
    bench.transport = Transport::STREAM;
    let mut options = Vec::new();
    while options.len() < 65_000 {
        options.extend_from_slice(&[0xfd, 0xe9, 0, 100]);
        options.resize(options.len() + 100, 0);
    }
    let packet = query("two.corp.test", RecordType::A, &opt(EDNS, &options));
    assert_eq!(ask(&bench, &packet).answers.len(), 2);
    for filler in [0_u8, 1, 0x3f, 0xc0, 0xff] {
        let mut packet = query("two.corp.test", RecordType::A, &[]);
        packet.resize(65_535, filler);
        assert!(bench.ask(&packet).is_some());
        packet[4..12].fill(0xff);
        assert!(bench.ask(&packet).is_some());
        // A chain of pointers, each to the one before, and a question that is one label loop.
        for (at, pair) in packet.chunks_mut(2).enumerate().skip(6) {
            let target = u16::try_from((at * 2).saturating_sub(2).min(0x3fff)).unwrap() | 0xc000;
            pair.copy_from_slice(&target.to_be_bytes()[..pair.len()]);
        }
        packet[4..12].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
        assert!(bench.ask(&packet).is_some());
    }
}

/// A valid query with a few bytes changed, cut or added.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let base = prop_oneof![
        Just(query("two.corp.test", RecordType::A, &[])),
        Just(query("www.corp.test", RecordType::ANY, &opt(EDNS, &ecs(&[10, 0, 1, 29], 32)))),
        Just(query("big.corp.test", RecordType::TXT, &opt(512, &[]))),
        Just(query("29.1.0.10.in-addr.arpa", RecordType::PTR, &opt(EDNS, &[]))),
        Just(query("kms.us-east-1.amazonaws.com", RecordType::AAAA, &[])),
        Just(query_of_class("version.bind", RecordType::TXT, 3, &[])),
        Just(query(
            "vpce-0b1ea22b5753b7a86-7yq7jgyr.kms.us-east-1.vpce.amazonaws.com",
            RecordType::A,
            &[]
        )),
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (
        base,
        changes,
        any::<prop::sample::Index>(),
        proptest::collection::vec(any::<u8>(), 0..20),
        0..4,
    )
        .prop_map(|(mut packet, changes, cut, more, how)| {
            for (at, value) in changes {
                let at = at.index(packet.len());
                packet[at] = value;
            }
            match how {
                0 => packet.truncate(cut.index(packet.len())),
                1 => packet.extend(more),
                _ => {}
            }
            packet
        })
}

fn replies_are_well_formed(bench: &mut Bench, packet: &[u8]) -> Result<(), TestCaseError> {
    for transport in [Transport::DATAGRAM, Transport::STREAM] {
        bench.transport = transport;
        let Some(reply) = bench.ask(packet) else { continue };
        let limit = if transport == Transport::DATAGRAM { 4096 } else { MAX_MESSAGE };
        prop_assert!(reply.len() <= limit);
        prop_assert_eq!(&reply[..2], &packet[..2]);
        prop_assert_eq!(reply[2] & 0x84, 0x80, "a reply, not authoritative");
        prop_assert_eq!(reply[2] & 0x79, packet[2] & 0x79);
        prop_assert_eq!(reply[3] & 0xf0, 0x80 | packet[3] & 0x10);
        let message = Message::from_vec(&reply);
        prop_assert!(message.is_ok(), "{:?}", message);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_do_harm(
        garbage in proptest::collection::vec(any::<u8>(), 0..200),
        mutated in mutated(),
    ) {
        thread_local!(static BENCH: std::cell::RefCell<Bench> = std::cell::RefCell::new(Bench::new()));
        BENCH.with_borrow_mut(|bench| {
            replies_are_well_formed(bench, &garbage)?;
            replies_are_well_formed(bench, &mutated)
        })?;
    }
}

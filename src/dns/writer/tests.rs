//! Sizes of recorded replies, compression, and agreement with hickory-proto.

use std::{
    borrow::Cow,
    net::{Ipv4Addr, Ipv6Addr},
};

use hickory_proto::op::Message as Decoded;
use proptest::prelude::*;

use super::*;
use crate::{
    dns::{
        edns::ClientSubnet,
        fixture::{cased, name},
    },
    model::{name::Name, record::Rdata, zone_data::PRIVATE_SOA},
};

const HEAD: Head = Head { id: 7, opcode: 0, recursion_desired: true, checking_disabled: false };

fn question(text: &str, rtype: RecordType) -> Vec<u8> {
    let mut question = cased(text);
    question.extend_from_slice(&rtype.0.to_be_bytes());
    question.extend_from_slice(&[0, 1]);
    question
}

fn written(
    question: &[u8],
    records: &[Record<'_>],
    authority: Option<&Record<'_>>,
    opt: Option<Opt>,
) -> Vec<u8> {
    let mut out = vec![0xff; 3];
    let reply = Reply { records, authority, ..Reply::empty(HEAD, question, 0, opt) };
    reply.write(MAX_MESSAGE, &mut out).unwrap();
    out
}

fn owned<'r>(owner: Option<&str>, data: Data<'r>) -> Record<'r> {
    let owner = owner.map_or(Owner::Question, |text| Owner::Name(Cow::Owned(name(text))));
    Record { owner, ttl: 60, data }
}

fn address(owner: Option<&str>) -> Record<'static> {
    owned(owner, Data::A(Ipv4Addr::new(10, 0, 1, 2)))
}

fn points_to(rtype: RecordType, target: &str) -> Record<'static> {
    owned(None, Data::Name(rtype, Cow::Owned(name(target))))
}

/// The sizes that `dig` showed for answers of the real resolver, told in wire.md by their case ids.
#[test]
fn replies_are_as_long_as_recorded() {
    let opt = Some(Opt::default());
    let asked = |text: &str| question(text, RecordType::A);
    let kms = asked("kms.us-east-1.amazonaws.com");
    assert_eq!(written(&kms, &[address(None)], None, opt).len(), 72, "kms-1");
    assert_eq!(written(&kms, &[address(None), address(None)], None, opt).len(), 88, "kms-2");

    let service = asked(
        "vpce-0e44d14a27a369e43-rf450lif.vpce-svc-04ee54fb2f549cf66.ap-northeast-1.vpce.amazonaws.com",
    );
    assert_eq!(written(&service, &[address(None), address(None)], None, opt).len(), 153, "svc-1");

    let target = "vpce-0b1ea22b5753b7a86-7yq7jgyr.data.iot.us-east-1.vpce.amazonaws.com";
    let iot = asked("axhgvssc6t2vf-ats.iot.us-east-1.amazonaws.com");
    let records = [points_to(RecordType::CNAME, target), address(Some(target))];
    assert_eq!(written(&iot, &records, None, opt).len(), 160, "iot-1");

    let ptr = question("175.9.31.172.in-addr.arpa", RecordType::PTR);
    let records = [points_to(RecordType::PTR, "ip-172-31-9-175.ap-southeast-2.compute.internal")];
    assert_eq!(written(&ptr, &records, None, opt).len(), 115, "ptr-full");

    let target = "s3-r-w.ap-southeast-2.amazonaws.com";
    let bucket = asked("sfdsdfsdf.s3.ap-southeast-2.amazonaws.com");
    let records = [points_to(RecordType::CNAME, target), address(Some(target))];
    assert_eq!(written(&bucket, &records, None, opt).len(), 107, "s3-cname-60");
    assert_eq!(written(&bucket, &records, None, None).len(), 96, "s3-cname-300");

    // The recorded file system's id is blotted out; its size says that it had 8 digits.
    let efs = asked("fs-12345678.efs.us-west-2.amazonaws.com");
    assert_eq!(written(&efs, &[address(None)], None, None).len(), 73, "efs-1");
    let soa = Data::Wire(RecordType::SOA, PRIVATE_SOA);
    let zone = Record { owner: Owner::QuestionSuffix(12), ttl: 60, data: soa.clone() };
    assert_eq!(written(&efs, &[], Some(&zone), None).len(), 141, "efs-2");
    let by_name = owned(Some("efs.us-west-2.amazonaws.com"), soa.clone());
    assert_eq!(written(&efs, &[], Some(&by_name), None), written(&efs, &[], Some(&zone), None));

    let apex = asked("juniqe-production");
    assert_eq!(written(&apex, &[], Some(&owned(None, soa)), opt).len(), 133, "phz-nodata");

    let root_soa = Rdata::parse(
        RecordType::SOA,
        "a.root-servers.net. nstld.verisign-grs.com. 2017050100 1800 900 604800 86400",
    )
    .unwrap();
    let root = owned(Some("."), Data::Wire(RecordType::SOA, root_soa.wire()));
    assert_eq!(
        written(&asked("nosuch.name.x"), &[], Some(&root), opt).len(),
        102 + 15,
        "as root-nx, one byte more"
    );
}

#[test]
fn owners_in_the_question_repeat_its_case() {
    let asked = question("WWW.Example.COM", RecordType::A);
    let all = [
        address(None),
        address(Some("www.example.com")),
        address(Some("example.com")),
        address(Some("a.example.com")),
        Record { owner: Owner::QuestionSuffix(4), ..address(None) },
    ];
    let bytes = written(&asked, &all, None, None);
    let message = Decoded::from_vec(&bytes).unwrap();
    let owners: Vec<_> = message.answers.iter().map(|record| record.name.to_ascii()).collect();
    assert_eq!(
        owners,
        ["WWW.Example.COM.", "WWW.Example.COM.", "Example.COM.", "a.Example.COM.", "Example.COM."]
    );
    assert_eq!(bytes.len(), HEADER + asked.len() + 4 * 16 + 18);
}

#[test]
fn names_point_to_the_end_of_a_question_of_many_labels() {
    let asked = question(&format!("{}example.com", "a.".repeat(110)), RecordType::A);
    let bytes = written(&asked, &[points_to(RecordType::CNAME, "b.Example.com")], None, None);
    assert_eq!(bytes.len(), HEADER + asked.len() + 12 + 4);
    let message = Decoded::from_vec(&bytes).unwrap();
    assert_eq!(message.answers[0].data.to_string(), "b.example.com.");
}

#[test]
fn the_root_is_a_byte() {
    let asked = question(".", RecordType::NS);
    let records = [
        points_to(RecordType::NS, "a.root-servers.net"),
        Record { owner: Owner::QuestionSuffix(0), ..points_to(RecordType::NS, ".") },
    ];
    let bytes = written(&asked, &records, None, None);
    assert_eq!(bytes.len(), HEADER + 5 + (11 + 20) + (11 + 1));
    assert_eq!(Decoded::from_vec(&bytes).unwrap().to_vec().unwrap(), bytes);
}

#[test]
fn pointers_stay_within_their_14_bits() {
    let asked = question("x.test", RecordType::ANY);
    let filler = vec![b'a'; 256];
    let filler = [&[255], &filler[..255]].concat();
    let mut records = vec![owned(None, Data::Wire(RecordType::TXT, &filler)); 62];
    for number in 0..200 {
        records.push(address(Some(&format!("n{number}.far.away"))));
    }
    let bytes = written(&asked, &records, None, None);
    let message = Decoded::from_vec(&bytes).unwrap();
    assert_eq!(message.answers.len(), 262);
    for (number, record) in message.answers[62..].iter().enumerate() {
        assert_eq!(record.name.to_ascii(), format!("n{number}.far.away."));
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let asked = question("x.test", RecordType::A);
    let records = [address(None), address(None)];
    let reply = Reply { records: &records, ..Reply::empty(HEAD, &asked, 0, Some(Opt::default())) };
    let exact = HEADER + asked.len() + 32 + 11;
    let mut out = Vec::new();
    assert_eq!(reply.write(exact, &mut out), Ok(()));
    assert_eq!(out.len(), exact);
    assert_eq!(reply.write(exact - 1, &mut out), Err(TooLong));
    assert_eq!(reply.write(5, &mut out), Err(TooLong));
    let long = vec![0; 65_536];
    let records = [owned(None, Data::Wire(RecordType(65_280), &long))];
    let reply = Reply { records: &records, ..reply };
    assert_eq!(reply.write(usize::MAX, &mut out), Err(TooLong));
}

#[test]
fn flags_are_those_of_a_resolver() {
    let asked = question("x.test", RecordType::A);
    let head = Head { id: 0xabcd, opcode: 4, recursion_desired: false, checking_disabled: true };
    let mut out = Vec::new();
    Reply { truncated: true, ..Reply::empty(head, &asked, code::BADVERS, Some(Opt::default())) }
        .write(512, &mut out)
        .unwrap();
    assert_eq!(out[..12], [0xab, 0xcd, 0xa2, 0x90, 0, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(out[out.len() - 11..], [0, 0, 41, 16, 0, 1, 0, 0, 0, 0, 0]);
}

fn any_name() -> impl Strategy<Value = Name> {
    let label = prop_oneof![
        Just("a"),
        Just("b"),
        Just("corp"),
        Just("amazonaws"),
        Just("com"),
        Just("x-1")
    ];
    proptest::collection::vec(label, 0..6)
        .prop_map(|labels| name(&format!("{}.", labels.join("."))))
}

/// Owned data of a record, since records borrow.
#[derive(Clone, Debug)]
enum Made {
    A([u8; 4]),
    Aaaa([u8; 16]),
    Name(RecordType, Name),
    Wire(RecordType, Vec<u8>),
}

impl Made {
    fn data(&self) -> Data<'_> {
        match self {
            Self::A(octets) => Data::A(Ipv4Addr::from(*octets)),
            Self::Aaaa(octets) => Data::Aaaa(Ipv6Addr::from(*octets)),
            Self::Name(rtype, name) => Data::Name(*rtype, Cow::Borrowed(name)),
            Self::Wire(rtype, wire) => Data::Wire(*rtype, wire),
        }
    }
}

/// Data whose names hickory compresses as we do.
fn compressed_data() -> impl Strategy<Value = Made> {
    let pointing = prop_oneof![Just(RecordType::CNAME), Just(RecordType::PTR)];
    prop_oneof![
        any::<[u8; 4]>().prop_map(Made::A),
        any::<[u8; 16]>().prop_map(Made::Aaaa),
        (pointing, any_name()).prop_map(|(rtype, name)| Made::Name(rtype, name)),
        any_name().prop_map(|name| Made::Wire(RecordType::NS, name.wire().to_vec())),
        any_name().prop_map(|name| Made::Wire(RecordType::MX, [&[0, 10], name.wire()].concat())),
        soa_data(),
    ]
}

fn soa_data() -> impl Strategy<Value = Made> {
    (any_name(), any_name(), any::<[u8; 20]>()).prop_map(|(first, second, mut numbers)| {
        // hickory reads the times of an SOA as signed.
        numbers.iter_mut().step_by(4).for_each(|byte| *byte &= 0x7f);
        Made::Wire(RecordType::SOA, [first.wire(), second.wire(), &numbers].concat())
    })
}

/// Data that holds no names, or names that stay as they are. hickory lets later names point into an SRV's target, so
/// these only stand last.
fn plain_data() -> impl Strategy<Value = Made> {
    prop_oneof![
        any_name().prop_map(|name| Made::Wire(
            RecordType::SRV,
            [&[0, 1, 0, 2, 0, 80], name.wire()].concat()
        )),
        "[a-z ]{0,40}".prop_map(|text| {
            let length = u8::try_from(text.len()).unwrap();
            Made::Wire(RecordType::TXT, [&[length], text.as_bytes()].concat())
        }),
        Just(Made::Wire(RecordType::HINFO, b"\x07RFC8482\x00".to_vec())),
        Just(Made::Wire(RecordType(65_280), vec![1, 2, 3])),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Whose {
    Question,
    Suffix(prop::sample::Index),
    Another,
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![
        Just(Whose::Question),
        any::<prop::sample::Index>().prop_map(Whose::Suffix),
        Just(Whose::Another)
    ]
}

type MadeRecord = (Whose, Name, u32, Made);

fn record_of<'m>((whose, other, ttl, made): &'m MadeRecord, asked: &Name) -> Record<'m> {
    let owner = match whose {
        Whose::Question => Owner::Question,
        Whose::Suffix(index) => {
            let lengths: Vec<_> =
                asked.as_ref().suffixes().map(|suffix| suffix.wire().len()).collect();
            Owner::QuestionSuffix(asked.wire().len() - index.get(&lengths))
        }
        Whose::Another => Owner::Name(Cow::Borrowed(other)),
    };
    Record { owner, ttl: ttl & 0x7fff_ffff, data: made.data() }
}

fn subnet() -> impl Strategy<Value = Option<ClientSubnet>> {
    proptest::option::of((1_u8..=32).prop_map(|prefix| ClientSubnet {
        address: Ipv4Addr::from(u32::MAX << (32 - prefix)).into(),
        prefix,
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// hickory reads what we write and writes the same bytes.
    #[test]
    fn hickory_agrees_to_the_byte(
        asked in any_name(),
        records in proptest::collection::vec((whose(), any_name(), any::<u32>(), compressed_data()), 0..40),
        last in proptest::option::of((whose(), any_name(), any::<u32>(), plain_data())),
        soa in proptest::option::of((whose(), any_name(), any::<u32>(), soa_data())),
        edns in proptest::option::of(subnet()),
        number in 0_u16..10,
    ) {
        let made: Vec<_> = records.iter().chain(last.as_ref()).map(|made| record_of(made, &asked)).collect();
        let soa = soa.as_ref().filter(|_| last.is_none()).map(|made| record_of(made, &asked));
        let mut question = asked.wire().to_vec();
        question.extend_from_slice(&[0, 1, 0, 1]);
        let mut out = Vec::new();
        let reply = Reply {
            records: &made,
            authority: soa.as_ref(),
            ..Reply::empty(HEAD, &question, number, edns.map(Opt::echo))
        };
        reply.write(MAX_MESSAGE, &mut out).unwrap();
        let decoded = Decoded::from_vec(&out).unwrap();
        prop_assert_eq!(decoded.answers.len(), made.len());
        for (theirs, ours) in decoded.answers.iter().zip(&made) {
            if let Owner::Name(name) = &ours.owner {
                prop_assert_eq!(theirs.name.to_ascii(), format!("{name}.").replace("..", "."));
            }
        }
        prop_assert_eq!(decoded.to_vec().unwrap(), out);
    }

    /// Data of any bytes under any type is written whole or refused, never a panic.
    #[test]
    fn broken_data_is_copied(rtype in 0_u16..70, wire in proptest::collection::vec(any::<u8>(), 0..80)) {
        let asked = question("a.corp.com", RecordType::A);
        let record = owned(None, Data::Wire(RecordType(rtype), &wire));
        let bytes = written(&asked, &[record], None, None);
        prop_assert!(bytes.len() <= HEADER + asked.len() + 12 + wire.len());
    }
}

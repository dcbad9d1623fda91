//! Laws of the resolver, on random Worlds: what must hold whatever the World.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

#[path = "laws/compared.rs"]
mod compared;

use std::{collections::BTreeSet, net::Ipv4Addr, sync::Arc};

use proptest::prelude::*;
use vpcdns::{
    catalog,
    hash::stable_hash,
    language::Language,
    model::{
        change::Change,
        endpoint::EndpointKind,
        endpoint_change::{CreateVpcEndpoint, Settle, SubnetConfiguration},
        fault::{Fault, FaultAnswer, SetFaults},
        firewall::DomainPattern,
        hosted_zone::{CreateHostedZone, HostedZone},
        id::{EndpointId, InstanceId, NetworkInterfaceId, RouteTableId, SubnetId, VpcId, ZoneId},
        instance::{Instance, NameOptions, RunInstances},
        instance_life::TerminateInstances,
        name::Name,
        record::{Rdata, RecordType},
        subnet::{CreateSubnet, Subnet},
        vpc::{CreateVpc, DeleteVpc, Vpc},
        world::{Tags, World},
        zone_data::ZoneData,
    },
    resolve::{
        answer::{Answer, Data, Outcome, Owner, Rcode},
        dig,
        explain::{self, Verdict},
        places::{self, ClientError, Located},
        public::{self, PublicNames},
        question::{Asker, Chain, Question},
        snapshot::Snapshot,
    },
};

/// Labels few enough that random names meet random zones.
const LABELS: [&str; 4] = ["a", "b", "c", "corp"];

fn vpc_id(index: usize) -> VpcId {
    VpcId::from_seed(index as u128 + 1)
}

/// A VPC 10.0.0.0/16, as every other one here, with one subnet and one instance.
fn vpc(index: usize) -> Vec<Change> {
    let id = vpc_id(index);
    let subnet = SubnetId::from_seed(index as u128 + 1);
    vec![
        CreateVpc {
            vpc: Vpc {
                id,
                tags: Tags::default(),
                region: "ap-northeast-2",
                owner: "123456789012".into(),
                cidrs: vec!["10.0.0.0/16".parse().unwrap()],
                ipv6_cidrs: Vec::new(),
                dns_support: true,
                dns_hostnames: true,
                is_default: false,
                dhcp_options: None,
                main_route_table: RouteTableId::from_seed(index as u128 + 1),
                autodefined_reverse: true,
                tenancy: "default".into(),
                network_metrics: false,
            },
        }
        .into(),
        CreateSubnet {
            subnet: Subnet {
                id: subnet,
                tags: Tags::default(),
                vpc: id,
                cidr: "10.0.0.0/24".parse().unwrap(),
                ipv6_cidr: None,
                zone: "ap-northeast-2a".into(),
                route_table: None,
                dns64: false,
                map_public_ip: false,
                ipv6_native: false,
                name_options: NameOptions::default(),
                assign_ipv6: false,
                network_acl: None,
                default_for_az: false,
            },
        }
        .into(),
        RunInstances {
            instance: Instance {
                address: Some(Ipv4Addr::new(10, 0, 0, 10 + u8::try_from(index).unwrap())),
                public_address: Some(Ipv4Addr::new(3, 34, 0, 10 + u8::try_from(index).unwrap())),
                ..Instance::new(InstanceId::from_seed(index as u128 + 1), id, subnet)
            },
        }
        .into(),
    ]
}

/// An interface endpoint whose interface is 10.0.0.(100 + index), so that its answers tell whose they are.
fn endpoint(index: usize, service: &str) -> Vec<Change> {
    let id = EndpointId::from_seed(stable_hash(&format!("{index}{service}")));
    vec![
        CreateVpcEndpoint {
            id,
            suffix: "abcdefgh".into(),
            vpc: vpc_id(index),
            kind: EndpointKind::Interface,
            service: service.into(),
            service_region: None,
            subnets: vec![SubnetConfiguration {
                subnet: SubnetId::from_seed(index as u128 + 1),
                interface: NetworkInterfaceId::from_seed(stable_hash(&format!(
                    "eni{index}{service}"
                ))),
                v4: None,
                v6: None,
            }],
            route_tables: Vec::new(),
            security_groups: Vec::new(),
            private_dns: Some(true),
            inbound_only: None,
            address_type: None,
            record_type: None,
            policy: None,
            tags: Tags::default(),
            at: None,
        }
        .into(),
        Settle { id }.into(),
    ]
}

fn zone(number: usize, name: &str, records: &[String], vpcs: &[usize]) -> Change {
    let origin = Name::parse(name).unwrap();
    let mut data = ZoneData::private(origin.clone());
    for record in records {
        let owner = Name::parse(&format!("{record}.{name}")).unwrap();
        let address = Rdata::from_wire(&[10, 9, u8::try_from(number).unwrap(), 1]);
        data.add(&owner, RecordType::A, 60, address).unwrap();
    }
    CreateHostedZone {
        zone: HostedZone::private(
            ZoneId::from_seed(number as u64),
            origin,
            vpcs.iter().map(|index| vpc_id(*index)).collect(),
            Arc::new(data),
        ),
    }
    .into()
}

fn snapshot(changes: impl IntoIterator<Item = Change>) -> Snapshot {
    let mut snapshot = Snapshot::new(World::default(), Arc::new(PublicNames::default()));
    for change in changes {
        // A random zone may be refused (the same name twice); the laws hold for what was made.
        if let Ok(next) = snapshot.apply(&change) {
            snapshot = next;
        }
    }
    snapshot
}

fn ask<'s>(snapshot: &'s Snapshot, name: &Name, rtype: RecordType, asker: Asker) -> Answer<'s> {
    let question = Question {
        name: name.as_ref(),
        rtype,
        asker,
        address: None,
        now: 7,
        seed: 1,
        chain: Chain::default(),
    };
    match snapshot.answer(&question, &mut ()) {
        Outcome::Answer(answer) => answer,
        other => panic!("{name}: {other:?}"),
    }
}

fn addresses(answer: &Answer<'_>) -> Vec<Ipv4Addr> {
    answer
        .records
        .iter()
        .filter_map(|record| match record.data {
            Data::A(address) => Some(address),
            _ => None,
        })
        .collect()
}

fn some_name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(LABELS.to_vec()), 1..5)
        .prop_map(|labels| labels.join("."))
}

fn some_zones() -> impl Strategy<Value = Vec<(String, Vec<String>)>> {
    prop::collection::vec((some_name(), prop::collection::vec(some_name(), 0..4)), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// The longest zone that holds the name answers, and no other (R50).
    #[test]
    fn the_longest_matching_zone_wins(zones in some_zones(), asked in some_name()) {
        let changes = vpc(0).into_iter().chain(
            zones.iter().enumerate().map(|(number, (name, records))| zone(number, name, records, &[0])),
        );
        let snapshot = snapshot(changes);
        let name = Name::parse(&asked).unwrap();
        let answer = ask(&snapshot, &name, RecordType::A, Asker::Vpc(vpc_id(0)));
        let longest = snapshot
            .world
            .hosted_zones
            .values()
            .filter(|zone| name.as_ref().is_within(zone.name.as_ref()))
            .max_by_key(|zone| zone.name.wire().len());
        // A name above another zone exists without records (RFC 8020).
        let is_above = snapshot
            .world
            .hosted_zones
            .values()
            .any(|zone| zone.name != name && zone.name.as_ref().is_within(name.as_ref()));
        let nothing = if is_above { Rcode::NoError } else { Rcode::NxDomain };
        match longest {
            None => prop_assert_eq!(answer.rcode, nothing),
            Some(zone) => match zone.data.node(name.as_ref()) {
                None => prop_assert_eq!(answer.rcode, nothing),
                Some(node) => {
                    prop_assert_eq!(answer.rcode, Rcode::NoError);
                    let expected = node.set(RecordType::A).map_or(0, |set| set.data.len());
                    prop_assert_eq!(answer.records.len(), expected);
                    for address in addresses(&answer) {
                        prop_assert_eq!(Some(zone.id), snapshot.world.hosted_zones.values()
                            .find(|other| other.data.node(name.as_ref()).and_then(|node| node.set(RecordType::A))
                                .is_some_and(|set| set.data.iter().any(|data| *data.wire() == address.octets())))
                            .map(|other| other.id));
                    }
                }
            },
        }
    }

    /// Inside one zone, NXDOMAIN means that nothing lies below (RFC 8020), and every negative answer carries one SOA.
    #[test]
    fn nothing_lies_below_nxdomain(records in prop::collection::vec(some_name(), 0..6), asked in some_name(), below in some_name()) {
        let snapshot = snapshot(vpc(0).into_iter().chain([zone(0, "corp", &records, &[0])]));
        let upper = Name::parse(&format!("{asked}.corp")).unwrap();
        let lower = Name::parse(&format!("{below}.{asked}.corp")).unwrap();
        let asker = Asker::Vpc(vpc_id(0));
        let answer = ask(&snapshot, &upper, RecordType::A, asker);
        prop_assert_eq!(answer.records.is_empty(), answer.soa.is_some());
        if answer.rcode == Rcode::NxDomain {
            prop_assert_eq!(ask(&snapshot, &lower, RecordType::A, asker).rcode, Rcode::NxDomain);
        }
    }

    /// The same Snapshot and Question give the same answer, and only the order of records depends on the seed.
    #[test]
    fn the_same_question_gets_the_same_answer(zones in some_zones(), asked in some_name(), seed in any::<u32>()) {
        let changes = vpc(0).into_iter().chain(endpoint(0, "sqs")).chain(
            zones.iter().enumerate().map(|(number, (name, records))| zone(number, name, records, &[0])),
        );
        let snapshot = snapshot(changes);
        for text in [asked.as_str(), "sqs.ap-northeast-2.amazonaws.com", "ip-10-0-0-9.ap-northeast-2.compute.internal"] {
            let name = Name::parse(text).unwrap();
            let asker = Asker::Vpc(vpc_id(0));
            let question = Question { name: name.as_ref(), rtype: RecordType::A, asker, address: None, now: 99, seed, chain: Chain::default() };
            let (one, other) = (snapshot.answer(&question, &mut ()), snapshot.answer(&question, &mut ()));
            prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
            let unrotated = snapshot.answer(&Question { seed: 0, ..question }, &mut ());
            prop_assert_eq!(sorted(&one), sorted(&unrotated));
        }
    }

    /// Nothing private crosses: hidden zones, private zones and `ec2-` mappings of one VPC never answer in another.
    #[test]
    fn nothing_private_leaks(
        services in prop::collection::vec(prop::sample::select(vec!["sqs", "sns", "ecr.dkr", "execute-api", "kinesis-streams"]), 1..4),
        front in some_name(),
        zones in some_zones(),
        asked in some_name(),
    ) {
        let changes = vpc(0).into_iter().chain(vpc(1))
            .chain(services.iter().flat_map(|service| endpoint(0, service)))
            .chain(zones.iter().enumerate().map(|(number, (name, records))| zone(number, name, records, &[0])));
        let snapshot = snapshot(changes);
        let outsiders = [Asker::Vpc(vpc_id(1)), Asker::Internet];
        let private: Vec<Name> = snapshot
            .world
            .endpoints
            .values()
            .flat_map(|endpoint| endpoint.private_names.iter())
            .flat_map(|name| [name.zone.clone(), Name::parse(&format!("{front}.{}", name.zone)).unwrap()])
            .chain([Name::parse(&asked).unwrap()])
            .collect();
        for asker in outsiders {
            for name in &private {
                for rtype in [RecordType::A, RecordType::AAAA, RecordType::HTTPS, RecordType::TXT] {
                    for address in addresses(&ask(&snapshot, name, rtype, asker)) {
                        prop_assert!(!address.is_private(), "{name} gave {address} to {asker:?}");
                    }
                }
            }
            let own = Name::parse("ec2-3-34-0-10.ap-northeast-2.compute.amazonaws.com").unwrap();
            prop_assert_eq!(addresses(&ask(&snapshot, &own, RecordType::A, asker)), vec![Ipv4Addr::new(3, 34, 0, 10)]);
        }
        let inside = Name::parse("ec2-3-34-0-10.ap-northeast-2.compute.amazonaws.com").unwrap();
        prop_assert_eq!(
            addresses(&ask(&snapshot, &inside, RecordType::A, Asker::Vpc(vpc_id(0)))),
            vec![Ipv4Addr::new(10, 0, 0, 10)]
        );
    }
}

fn sorted(outcome: &Outcome<'_>) -> Vec<String> {
    let Outcome::Answer(answer) = outcome else { return Vec::new() };
    let mut lines: Vec<_> = answer
        .records
        .iter()
        .map(|record| {
            let owner = match &record.owner {
                Owner::Question => String::new(),
                other => format!("{other:?}"),
            };
            format!("{owner} {} {:?}", record.ttl, record.data)
        })
        .collect();
    lines.sort();
    lines
}

/// Two records come in each order as often as the other (R28).
#[test]
fn two_records_change_places_with_the_seed() {
    let origin = Name::parse("corp").unwrap();
    let mut data = ZoneData::private(origin.clone());
    let owner = Name::parse("a.corp").unwrap();
    let [first, second] = [Ipv4Addr::new(10, 9, 0, 1), Ipv4Addr::new(10, 9, 0, 2)];
    for address in [first, second] {
        data.add(&owner, RecordType::A, 60, Rdata::from_wire(&address.octets())).unwrap();
    }
    let vpcs = [vpc_id(0)].into_iter().collect();
    let zone = HostedZone::private(ZoneId::from_seed(1), origin, vpcs, Arc::new(data));
    let snapshot = snapshot(vpc(0).into_iter().chain([CreateHostedZone { zone }.into()]));
    let asker = Asker::Vpc(vpc_id(0));
    for (seed, order) in [(0, [first, second]), (1, [second, first]), (2, [first, second])] {
        let question =
            Question { seed, ..Question::asked(owner.as_ref(), RecordType::A, asker, 7) };
        let Outcome::Answer(answer) = snapshot.answer(&question, &mut ()) else {
            panic!("no answer");
        };
        assert_eq!(addresses(&answer), order, "{seed}");
    }
}

/// Where an address or a network is, after what was there is gone.
#[test]
fn places_forget_what_is_gone() {
    let address = "10.0.0.10".parse().unwrap();
    let at = |text: &str| text.parse().unwrap();
    let both = snapshot(vpc(0).into_iter().chain(vpc(1)));
    let instance = InstanceId::from_seed(1);
    let held = Asker::Instance(vpc_id(0), SubnetId::from_seed(1), instance);
    assert_eq!(both.locate(None, address), Located::One(held));
    let gone = both.apply(&TerminateInstances { instance, at: 0 }.into()).unwrap();
    assert_eq!(gone.locate(None, address), Located::Several);

    let empty = snapshot(vpc(0).into_iter().take(1));
    let whole = Located::One(Asker::Vpc(vpc_id(0)));
    assert_eq!(empty.locate_network(None, at("10.0.0.0/16")), whole);
    assert_eq!(empty.locate_network(None, at("10.0.0.0/8")), Located::Several);
    let none = empty.apply(&DeleteVpc { vpc: vpc_id(0) }.into()).unwrap();
    assert_eq!(none.locate_network(None, at("10.0.0.0/8")), Located::Nowhere);
    assert_eq!(none.locate_network(None, at("10.0.0.0/16")), Located::Nowhere);
}

/// A name that means nothing is answered with a few that mean something, however many there are.
#[test]
fn few_names_are_offered() {
    let snapshot = snapshot((0..30).flat_map(vpc));
    let Err(ClientError::Unknown { names, .. }) = places::client(&snapshot, "nobody") else {
        panic!("`nobody` means something");
    };
    assert_eq!(names.len(), 20);
}

/// Only a fault that is late says how late.
#[test]
fn a_fault_tells_its_delay() {
    let text = |delay, answer| {
        let names = DomainPattern::Every;
        let faults = vec![Fault { names, from: None, answer, delay }];
        let snapshot = snapshot(vpc(0).into_iter().chain([SetFaults { faults }.into()]));
        let name = Name::parse("a.corp").unwrap();
        let asker = Asker::Vpc(vpc_id(0));
        let question = Question::asked(name.as_ref(), RecordType::A, asker, 7);
        let explanation = explain::explain(&snapshot, &question, Language::English);
        explanation.steps.into_iter().find(|step| step.rule == "FAULT").unwrap().text
    };
    let begin = "a fault of the world applies to the query: ";
    assert_eq!(text(0, Some(FaultAnswer::ServFail)), format!("{begin}servfail"));
    assert_eq!(text(250, None), format!("{begin}the usual answer, 250 ms late"));
}

/// Addresses that stand for AWS's lie in the documentation ranges, hosts only (RFC 5737, RFC 3849).
#[test]
fn documentation_addresses_lie_in_their_ranges() {
    let last: BTreeSet<u8> = (0..u32::from(u16::MAX))
        .map(|address| public::documentation_v4(Ipv4Addr::from(address)).octets())
        .map(|[a, b, c, last]| {
            assert_eq!([a, b, c], [198, 51, 100]);
            last
        })
        .collect();
    assert_eq!(last, (1..=254).collect());
    let public = PublicNames { documentation_addresses: true, ..PublicNames::default() };
    let snapshot = Snapshot::new(World::default(), Arc::new(public));
    let mut seen = 0;
    for region in catalog::regions() {
        let name = Name::parse(&format!("ec2.{}.api.aws", region.name)).unwrap();
        for record in ask(&snapshot, &name, RecordType::AAAA, Asker::Internet).records {
            let Data::Aaaa(address) = record.data else { continue };
            assert_eq!(address.segments()[..2], [0x2001, 0xdb8], "{name} {address}");
            seen += 1;
        }
    }
    assert!(seen > 10);
}

/// An IPv6 address that DNS64 made is as public as the IPv4 address in it (R32).
#[test]
fn an_address_made_by_dns64_is_public() {
    let mut changes = vpc(0);
    for change in &mut changes {
        if let Change::CreateSubnet(create) = change {
            create.subnet.dns64 = true;
        }
    }
    let snapshot = snapshot(changes);
    let asker = Asker::Subnet(vpc_id(0), SubnetId::from_seed(1));
    let verdict = |text: &str| {
        let name = Name::parse(text).unwrap();
        let question = Question::asked(name.as_ref(), RecordType::AAAA, asker, 7);
        explain::explain(&snapshot, &question, Language::English).verdict
    };
    assert_eq!(verdict("kms.ap-northeast-2.amazonaws.com"), Verdict::Public);
    assert_eq!(verdict("ip-10-0-0-10.ap-northeast-2.compute.internal"), Verdict::Private);
}

/// The sections as dig prints them: a question, and an answer or an authority.
#[test]
fn an_explanation_is_laid_out_as_by_dig() {
    let snapshot = snapshot(vpc(0));
    let told = |text: &str| {
        let name = Name::parse(text).unwrap();
        let asker = Asker::Vpc(vpc_id(0));
        let question = Question::asked(name.as_ref(), RecordType::A, asker, 7);
        dig::text(&explain::explain(&snapshot, &question, Language::English), "10.0.0.2")
    };
    assert_eq!(
        told("localhost"),
        ";; Got answer:\n\
         ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 44337\n\
         ;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n\
         ;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 4096\n\
         ;; QUESTION SECTION:\n;localhost.\t\t\tIN\tA\n\n\
         ;; ANSWER SECTION:\nlocalhost.\t\t60\tIN\tA\t127.0.0.1\n\n\
         ;; Query time: 0 msec\n;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)\n;; MSG SIZE  rcvd: 54\n"
    );
    let nothing = told("x.localhost");
    assert!(nothing.contains(", status: NXDOMAIN, id: "), "{nothing}");
    let sections = "QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n\n\
                    ;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 4096\n\
                    ;; QUESTION SECTION:\n;x.localhost.\t\t\tIN\tA\n\n\
                    ;; AUTHORITY SECTION:\nlocalhost.\t\t60\tIN\tSOA\t";
    assert!(nothing.contains(sections), "{nothing}");
}

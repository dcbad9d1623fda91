//! No VPC is told what is another's: random worlds of 20 VPCs with overlapping ranges, and an oracle of its own.
//!
//! `cargo test --test isolation` asks 60,000 questions; `VPCDNS_ISOLATION_QUESTIONS=1000000` as many as that. A failure names
//! the seed: `VPCDNS_ISOLATION_SEED` asks it again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    net::Ipv4Addr,
    sync::Arc,
};

use common::{compile, random::Random, upstream};
use hickory_proto::{op::Message, rr::RData};
use vpcdns::{
    dns::Responder,
    import::{Defaults, text::diagnostic::Source, world},
    model::record::RecordType,
    resolve::{places, question::Asker},
};

const VPCS: usize = 20;
const ZONES: usize = 40;
const SERVICES: [&str; 6] = ["ec2", "sqs", "kms", "sts", "ssm", "logs"];
const QUESTIONS_OF_A_WORLD: usize = 5_000;

/// What the oracle knows: what each VPC has, and nothing about how a resolver works but that the longest zone decides.
#[derive(Default)]
struct Oracle {
    /// Of each VPC: its zones, each with the addresses of its names.
    zones: Vec<BTreeMap<String, BTreeMap<String, Ipv4Addr>>>,
    /// Of each VPC: the services that an endpoint answers for, with its address.
    services: Vec<BTreeMap<&'static str, Ipv4Addr>>,
    /// Every name that somebody has.
    names: Vec<String>,
}

impl Oracle {
    /// The private address of a name in a VPC. `None` if there is none: then nothing private may be answered.
    fn address(&self, vpc: usize, name: &str) -> Option<Ipv4Addr> {
        let holds = |zone: &str| name == zone || name.ends_with(&format!(".{zone}"));
        let zones = self.zones[vpc].iter().filter(|(zone, _)| holds(zone));
        if let Some((_, names)) = zones.max_by_key(|(zone, _)| zone.len()) {
            return names.get(name).copied();
        }
        let service = name.strip_suffix(".ap-northeast-2.amazonaws.com")?;
        self.services[vpc].get(service).copied()
    }
}

/// A world file, and what is in it. Every private address is in it once, so it tells whose it is.
fn world(random: &mut Random) -> (String, Oracle) {
    let mut oracle = Oracle::default();
    let mut text = "region: ap-northeast-2\nvpcs:\n".to_owned();
    let mut names = BTreeSet::new();
    for vpc in 0..VPCS {
        // Four ranges for twenty VPCs.
        let net = vpc % 4;
        writeln!(
            text,
            "  V{vpc}:\n    cidr: 10.{net}.0.0/16\n    dns-hostnames: true\n    subnets: {{A: {{cidr: 10.{net}.0.0/20, \
             zone: ap-northeast-2a}}}}"
        )
        .unwrap();
        let mut services = BTreeMap::new();
        let mut endpoints = Vec::new();
        for (index, service) in SERVICES.into_iter().enumerate() {
            if random.one_in(3) {
                let host = 10 + vpc * SERVICES.len() + index;
                let address =
                    Ipv4Addr::new(10, net.try_into().unwrap(), 1, host.try_into().unwrap());
                let private = !random.one_in(4);
                endpoints.push(format!(
                    "E{index}: {{service: {service}, private-dns: {private}, subnets: {{A: {address}}}}}"
                ));
                if private {
                    services.insert(service, address);
                }
            }
        }
        writeln!(text, "    endpoints: {{{}}}", endpoints.join(", ")).unwrap();
        oracle.services.push(services);
        oracle.zones.push(BTreeMap::new());
    }
    text.push_str("hosted-zones:\n");
    for zone in 0..ZONES {
        let domain = match random.below(3) {
            0 => format!("z{}.test", random.below(6)),
            1 => format!("deep.z{}.test", random.below(6)),
            _ => format!("own{zone}.test"),
        };
        // No VPC has two zones of one name.
        let free: Vec<usize> =
            (0..VPCS).filter(|vpc| !oracle.zones[*vpc].contains_key(&domain)).collect();
        let vpcs: Vec<usize> = free.into_iter().filter(|_| random.one_in(3)).collect();
        if vpcs.is_empty() {
            continue;
        }
        let mut records = BTreeMap::new();
        for (index, label) in ["www", "db", "deep"].into_iter().enumerate() {
            if !random.one_in(3) {
                let address =
                    Ipv4Addr::new(172, 16, zone.try_into().unwrap(), index.try_into().unwrap());
                records.insert(format!("{label}.{domain}"), address);
            }
        }
        let members: Vec<_> = vpcs.iter().map(|vpc| format!("V{vpc}")).collect();
        let told: Vec<_> = records
            .iter()
            .map(|(name, address)| {
                let label = name.split('.').next().unwrap();
                format!("{label}: [\"60 A {address}\"]")
            })
            .collect();
        writeln!(
            text,
            "  - {{name: {domain}, vpcs: [{}], records: {{{}}}}}",
            members.join(", "),
            told.join(", ")
        )
        .unwrap();
        names.extend(records.keys().cloned());
        names.insert(domain.clone());
        names.insert(format!("none.{domain}"));
        for vpc in vpcs {
            oracle.zones[vpc].insert(domain.clone(), records.clone());
        }
    }
    names.extend(SERVICES.map(|service| format!("{service}.ap-northeast-2.amazonaws.com")));
    oracle.names = names.into_iter().collect();
    (text, oracle)
}

/// The addresses of a reply that are private.
fn private(reply: &[u8]) -> Vec<Ipv4Addr> {
    let message = Message::from_vec(reply).unwrap();
    let addresses = message.answers.iter().filter_map(|record| match &record.data {
        RData::A(address) => Some(address.0),
        _ => None,
    });
    addresses.filter(Ipv4Addr::is_private).collect()
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn no_vpc_is_told_what_is_anothers() {
    let questions = number("VPCDNS_ISOLATION_QUESTIONS", 60_000);
    let first = number("VPCDNS_ISOLATION_SEED", 1);
    let worlds = questions.div_ceil(QUESTIONS_OF_A_WORLD as u64);
    let (mut told, mut refused) = (0_u64, 0_u64);
    for seed in first..first + worlds {
        let mut random = Random(seed);
        let (text, oracle) = world(&mut random);
        let source = Source { name: format!("seed {seed}"), text };
        let loaded = world::load(&source, &Defaults::default());
        let loaded = loaded.unwrap_or_else(|_| panic!("seed {seed}:\n{}", source.text));
        let snapshot = Arc::new(compile(loaded.world));
        let mut responders: Vec<Responder> = (0..VPCS)
            .map(|vpc| {
                let asker = places::client(&snapshot, &format!("V{vpc}")).unwrap();
                Responder::new(Arc::clone(&snapshot), Some(asker))
            })
            .collect();
        let mut outside = Responder::new(Arc::clone(&snapshot), Some(Asker::Internet));
        for _ in 0..QUESTIONS_OF_A_WORLD {
            let (vpc, name) = (random.below(VPCS), &oracle.names[random.below(oracle.names.len())]);
            let packet = upstream::query(7, name, RecordType::A);
            let got = private(responders[vpc].reply(&packet, 1_000_000, 0).unwrap());
            let wanted: Vec<_> = oracle.address(vpc, name).into_iter().collect();
            assert_eq!(got, wanted, "seed {seed}: V{vpc} asks {name}");
            told += got.len() as u64;
            refused += u64::from(got.is_empty());
            let got = private(outside.reply(&packet, 1_000_000, 0).unwrap());
            assert_eq!(got, Vec::<Ipv4Addr>::new(), "seed {seed}: the internet asks {name}");
        }
    }
    eprintln!("{worlds} worlds: {told} private answers, {refused} without one");
    // Both happen often.
    assert!(told > questions / 10 && refused > questions / 10, "{told} {refused}");
}

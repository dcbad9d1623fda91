//! What a question costs in a large World, counted in instructions by valgrind's callgrind: exact, whatever else runs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{env, fmt::Write as _, fs, process::Command, sync::Arc};

use common::{compile, scratch, upstream::query};
use vpcdns::{
    dns,
    import::{Defaults, open, text::diagnostic::Source, world, zone_file::parse_zone},
    model::{
        change::Change,
        hosted_zone::{CreateHostedZone, HostedZone},
        id::{ResolverRuleId, VpcId, ZoneId},
        record::RecordType,
        resolver_rule::{
            AssociateResolverRule, CreateResolverRule, ResolverRule, RuleDetails, RuleKind,
        },
        world::Tags,
    },
    resolve::{places, question::Asker, snapshot::Snapshot},
};

const ZONES: usize = 50;
const RULES: usize = 200;
/// In each zone; 5,000 in all.
const NAMES: usize = 100;
const ROUNDS: usize = 40;
/// VPCs of one range.
const CROWD: usize = 2_000;
/// Domains, inbound endpoints and endpoint services.
const MANY: usize = 1_000;

/// What the chapter asks, and what a machine asks all day.
const CHAPTER: [&str; 8] = [
    "cloudformation.ap-northeast-2.amazonaws.com",
    "vpce-0eb19518ac9d19dfa-4dadsesn.cloudformation.ap-northeast-2.vpce.amazonaws.com",
    "ec2.ap-northeast-2.amazonaws.com",
    "s3.ap-northeast-2.amazonaws.com",
    "ip-10-0-1-10.ap-northeast-2.compute.internal",
    "10.1.0.10.in-addr.arpa",
    "www.example.com",
    "db.corp.example",
];

/// Run by itself under callgrind; does nothing when it is not.
#[test]
fn child() {
    let Ok(plan) = env::var("VPCDNS_COST") else { return };
    let (world, rounds) = plan.split_once(' ').unwrap();
    let (questions, rounds) = (questions(world), rounds.parse::<usize>().unwrap());
    let mut responders = match world {
        "lab-placed" | "crowd-placed" => placed(world),
        "few-policies" => vec![guarded(2)],
        "many-policies" => vec![guarded(MANY)],
        _ => {
            let snapshot = Arc::new(snapshot(world != "lab"));
            let asker = places::client(&snapshot, "CloudNeta-Private-EC2").unwrap();
            vec![dns::Responder::new(snapshot, Some(asker))]
        }
    };
    let mut size = 0;
    for _ in 0..rounds {
        for packet in &questions {
            for responder in &mut responders {
                size += responder.reply(packet, 1_000_000, 0).map_or(0, <[u8]>::len);
            }
        }
    }
    assert!(size > 0);
}

/// An instance and a host without a name, each placed by its source: in the lab, or in a VPC of many subnets and
/// instances, with many other VPCs of the same range.
fn placed(world: &str) -> Vec<dns::Responder> {
    let text = match world {
        "lab-placed" => crowd(1, 2, 2),
        _ => crowd(CROWD, 100, 10),
    };
    let source = Source { name: "crowd".to_owned(), text };
    let loaded = world::load(&source, &Defaults::default());
    let snapshot = Arc::new(compile(loaded.unwrap_or_else(|_| panic!("no crowd")).world));
    let vpc = places::client(&snapshot, "V0").unwrap();
    let from =
        |view, address| dns::Responder::new(Arc::clone(&snapshot), view).from_source(address);
    vec![
        from(Some(vpc), [10, 0, 1, 11].into()),
        from(Some(vpc), [0x2600, 0x1f18, 0x1000, 0x4001, 0, 0, 0, 0x11].into()),
        from(None, [10, 0, 1, 200].into()),
    ]
}

/// A VPC with a firewall, a Resolver rule to an inbound endpoint, and private names of endpoint services: so many of each.
fn guarded(count: usize) -> dns::Responder {
    let source = Source { name: "policies".to_owned(), text: policies(count) };
    let loaded = world::load(&source, &Defaults::default());
    let snapshot = Arc::new(compile(loaded.unwrap_or_else(|_| panic!("no policies")).world));
    let vpc = places::client(&snapshot, "V").unwrap();
    dns::Responder::new(snapshot, Some(vpc))
}

fn policies(count: usize) -> String {
    let each = |line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let address = |number: usize| format!("10.1.{}.{}", number / 250, number % 250 + 4);
    let inbound = each(&|it| format!("      in{it}: {{addresses: [{}]}}\n", address(it)));
    let domains = each(&|it| format!("blocked{it}.example, \"*.below{it}.example\", "));
    let services = each(&|it| {
        format!(
            "  S{it}: {{load-balancers: [LB], private-dns-name: {{name: api{it}.example, state: verified, \
             txt-name: _proof{it}, txt-value: \"vpce:{it}\"}}}}\n"
        )
    });
    format!(
        "region: us-east-1
vpcs:
  V: {{cidr: 10.0.0.0/16, dns-hostnames: true}}
  W:
    cidr: 10.1.0.0/16
    dns-hostnames: true
    subnets: {{A: {{cidr: 10.1.0.0/18, zone: us-east-1a}}}}
    inbound-endpoints:
{inbound}hosted-zones:
  corp.example: {{vpcs: [W], records: {{db: [\"60 A 10.1.9.1\"]}}}}
resolver-rules:
  corp: {{domain: corp.example, type: forward, targets: [{}], vpcs: [V]}}
firewall-rule-groups:
  group:
    vpcs: {{V: 100}}
    rules:
      all: {{domains: [{domains}], action: block, block-response: nxdomain}}
load-balancers:
  LB: {{type: network, vpc: W, scheme: internal, zones: {{us-east-1a: 10.1.63.10}}}}
endpoint-services:
{services}",
        address(1)
    )
}

/// A world file: VPCs of one range, of which the first has subnets and instances.
fn crowd(vpcs: usize, subnets: usize, instances: usize) -> String {
    let mut text = "region: ap-northeast-2\nvpcs:\n".to_owned();
    for vpc in 0..vpcs {
        writeln!(text, "  V{vpc}:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true").unwrap();
        if vpc > 0 {
            continue;
        }
        writeln!(text, "    ipv6-cidr: 2600:1f18:1000:4000::/56\n    subnets:").unwrap();
        for subnet in 0..subnets {
            let v6 = format!("2600:1f18:1000:40{subnet:02x}");
            writeln!(text, "      S{subnet}:\n        cidr: 10.0.{subnet}.0/24\n        zone: ap-northeast-2a\n        ipv6-cidr: {v6}::/64\n        instances:").unwrap();
            for instance in 0..instances {
                let host = instance + 10;
                writeln!(text, "          i{subnet}-{instance}: {{address: 10.0.{subnet}.{host}, ipv6: \"{v6}::{host}\"}}").unwrap();
            }
        }
    }
    text
}

fn questions(world: &str) -> Vec<Vec<u8>> {
    let own = (0..8).map(|number| format!("name{}.zone{}.example", number * 9, number * 6));
    let names: Vec<_> = match world {
        "large-own" => own.collect(),
        "few-policies" | "many-policies" => {
            let names = ["below1.example", "blocked1.example", "api1.example", "db.corp.example"];
            let proof = query(1, "_proof1.api1.example", RecordType::TXT);
            let asked = names.map(|name| query(1, name, RecordType::A));
            return asked.into_iter().chain([proof]).collect();
        }
        _ => CHAPTER.iter().map(|&name| name.to_owned()).collect(),
    };
    names.iter().map(|name| query(1, name, RecordType::A)).collect()
}

fn snapshot(large: bool) -> Snapshot {
    let world = open::open("lab09-1", &Defaults::default()).unwrap_or_else(|_| panic!("no lab"));
    let mut snapshot = compile(world.world);
    let asker = places::client(&snapshot, "CloudNeta-Private-EC2").unwrap();
    let Asker::Instance(vpc, ..) = asker else { panic!("not an instance") };
    if large {
        for change in more(vpc) {
            snapshot = snapshot.apply(&change).unwrap();
        }
    }
    snapshot
}

/// Zones, rules and names in a VPC.
fn more(vpc: VpcId) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for zone in 0..ZONES {
        let mut text = format!(
            "$ORIGIN zone{zone}.example.\n$TTL 60\n@ SOA ns hostmaster 1 7200 900 1209600 86400\n@ NS ns\n"
        );
        for name in 0..NAMES {
            writeln!(text, "name{name} A 10.9.{zone}.{name}").unwrap();
        }
        let source = Source { name: "zone".to_owned(), text };
        let data = parse_zone(&source, None).unwrap();
        let zone = HostedZone::private(
            ZoneId::from_seed(zone as u64),
            data.origin.clone(),
            vec![vpc],
            Arc::new(data),
        );
        changes.push(CreateHostedZone { zone }.into());
    }
    for rule in 0..RULES {
        let id = ResolverRuleId::from_seed(rule as u128);
        let rule = ResolverRule {
            id,
            tags: Tags::default(),
            domain: Some(format!("rule{rule}.example").parse().unwrap()),
            kind: RuleKind::Forward,
            targets: vec!["192.0.2.53:53".parse().unwrap()],
            targets_told: true,
            vpcs: Vec::new(),
            details: RuleDetails::default(),
        };
        changes.push(CreateResolverRule { rule }.into());
        changes.push(AssociateResolverRule { rule: id, vpc }.into());
    }
    changes
}

/// The instructions of one question.
fn cost(world: &str) -> u64 {
    let folder = scratch("cost");
    let total = |rounds: usize| {
        let out = folder.join("callgrind");
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
            .arg(env::current_exe().unwrap())
            .args(["--exact", "child", "--test-threads=1"])
            .env("VPCDNS_COST", format!("{world} {rounds}"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = fs::read_to_string(&out).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    let asked = u64::try_from(ROUNDS * questions(world).len()).unwrap();
    // The first round reads the catalogue, once.
    let cost = total(1 + ROUNDS).saturating_sub(total(1)) / asked;
    fs::remove_dir_all(folder).unwrap();
    cost
}

#[test]
fn a_large_world_costs_at_most_a_fifth_more_than_the_lab() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("SKIPPED: valgrind is missing");
        return;
    }
    let pairs = [
        ("lab", &["large", "large-own"][..]),
        ("lab-placed", &["crowd-placed"]),
        ("few-policies", &["many-policies"]),
    ];
    for (lab, large) in pairs {
        let lab = cost(lab);
        assert!(lab > 100, "{lab} instructions for a question cannot be");
        for world in large {
            let large = cost(world);
            eprintln!("{world}: {large} instructions for a question; the lab: {lab}");
            assert!(large * 10 <= lab * 12, "{world}: {large}, the lab: {lab}");
        }
    }
}

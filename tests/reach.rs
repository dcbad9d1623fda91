//! A comparison asks only what the differences of two Worlds reach. It must tell the same as one that asks everything: random
//! worlds, with random things changed.
//!
//! `cargo test --test reach` compares 24 pairs; `VPCDNS_REACH_PAIRS=1000` as many as that. A failure names the seed:
//! `VPCDNS_REACH_SEED` begins with it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fmt::Write as _, sync::Arc};

use common::random::Random;
use vpcdns::{
    import::{Defaults, text::diagnostic::Source, world},
    language::Language,
    resolve::{
        diff::{Comparison, Sides},
        public::PublicNames,
        snapshot::Snapshot,
    },
};

const VPCS: usize = 4;
const REGION: &str = "mx-central-1";
const SERVICES: [&str; 4] = ["sqs", "kms", "sts", "ecr.dkr"];
/// How many choices make a world; more than are used.
const CHOICES: usize = 260;

/// The choices that make a world, one after the other.
struct Choices<'c>(std::slice::Iter<'c, u64>);

impl Choices<'_> {
    fn of(&mut self, most: u64) -> u64 {
        self.0.next().unwrap() % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.of(many) == 0
    }

    fn vpcs(&mut self) -> String {
        let list: Vec<_> =
            (0..VPCS).filter(|_| self.one_in(3)).map(|vpc| format!("V{vpc}")).collect();
        list.join(", ")
    }
}

fn vpc(number: usize, choices: &mut Choices<'_>, text: &mut String) {
    let support = if choices.one_in(20) { "false" } else { "true" };
    let hostnames = if choices.one_in(6) { "false" } else { "true" };
    writeln!(
        text,
        "  V{number}:\n    cidr: 10.{number}.0.0/16\n    dns-support: {support}\n    dns-hostnames: {hostnames}"
    )
    .unwrap();
    let igw = choices.one_in(3);
    if igw {
        writeln!(text, "    internet-gateway: {{id: igw-0000000000000000{number}}}").unwrap();
    }
    let route = match choices.of(4) {
        0 if igw => format!("0.0.0.0/0: igw-0000000000000000{number}"),
        1 => "0.0.0.0/0: nat-0123456789abcdef0".to_owned(),
        2 if number > 0 => format!("10.{}.0.0/16: P{number}", number - 1),
        _ => String::new(),
    };
    let public = match igw && choices.one_in(4) {
        true => format!(", public-address: 3.34.{number}.10"),
        false => String::new(),
    };
    let host = 10 + choices.of(2);
    let guarded = choices.one_in(2);
    if guarded {
        let one = ["", "tcp 443 from app", "tcp 443 from 10.0.0.0/9", "tcp 443 from default"];
        let one = one[usize::try_from(choices.of(4)).unwrap()];
        let more = format!("tcp 443 from 10.{number}.0.{host}/32");
        let inward = if choices.one_in(3) && !one.is_empty() {
            format!("{one}, {more}")
        } else {
            one.to_owned()
        };
        let out = if choices.one_in(4) { ", outbound: [tcp 443 to 10.0.0.0/12]" } else { "" };
        let replies = if choices.one_in(3) { "tcp 443" } else { "all" };
        writeln!(
            text,
            "    security-groups: {{app: {{inbound: []{out}}}, doors: {{inbound: [{inward}]}}}}\n    network-acls: {{strict: \
             {{inbound: {{100: allow {replies} from 0.0.0.0/0}}, outbound: {{100: allow all to 0.0.0.0/0}}}}}}"
        )
        .unwrap();
    }
    let groups = match guarded.then(|| choices.of(3)) {
        Some(0) => ", security-groups: [app]",
        Some(1) => ", security-groups: [default]",
        _ => "",
    };
    let acl = if guarded && choices.one_in(3) { ", network-acl: strict" } else { "" };
    let other_table = if choices.one_in(3) { ", route-table: isolated" } else { "" };
    writeln!(
        text,
        "    route-tables: {{main: {{main: true, routes: {{{route}}}}}, isolated: {{}}}}\n    subnets:\n      A: {{cidr: \
         10.{number}.0.0/20, zone: {REGION}a, instances: {{web{number}: {{address: 10.{number}.0.{host}{public}{groups}}}}}}}\n      \
         B: {{cidr: 10.{number}.16.0/20, zone: {REGION}b{other_table}{acl}}}"
    )
    .unwrap();
    let mut endpoints = Vec::new();
    for (index, service) in SERVICES.into_iter().enumerate() {
        let (there, private, host) = (choices.one_in(2), choices.one_in(2), choices.of(3));
        if there {
            let address = format!("10.{number}.1.{}", 10 * index as u64 + host + 50);
            let guard = if guarded && index < 2 { ", security-groups: [doors]" } else { "" };
            endpoints.push(format!(
                "E{number}{index}: {{service: {service}, private-dns: {private}, subnets: {{A: {address}}}{guard}}}"
            ));
        }
    }
    if choices.one_in(4) {
        endpoints.push(format!("G{number}: {{service: s3, type: gateway, route-tables: [main]}}"));
    }
    writeln!(text, "    endpoints: {{{}}}", endpoints.join(", ")).unwrap();
    if choices.one_in(3) {
        let address = format!("10.{number}.0.53");
        writeln!(text, "    inbound-endpoints: {{in{number}: {{addresses: [{address}]}}}}")
            .unwrap();
    }
}

/// Zones whose records have addresses, lead elsewhere, or lie on the names of services.
fn zones(choices: &mut Choices<'_>, text: &mut String) {
    text.push_str("hosted-zones:\n");
    for number in 0..5 {
        let name = match choices.of(4) {
            0 => format!("z{number}.test"),
            1 => "shared.test".to_owned(),
            2 => format!("sqs.{REGION}.amazonaws.com"),
            _ => format!("deep.z{number}.test"),
        };
        let target = match choices.of(4) {
            0 => format!("sqs.{REGION}.amazonaws.com."),
            1 => "a.shared.test.".to_owned(),
            2 => format!("kms.{REGION}.amazonaws.com."),
            _ => "a.z0.test.".to_owned(),
        };
        let label = if choices.one_in(2) { "\"*\"" } else { "c" };
        let address = format!("10.{}.1.{}", choices.of(4), 50 + choices.of(6));
        let vpcs = choices.vpcs();
        if !vpcs.is_empty() {
            writeln!(
                text,
                "  - {{name: {name}, id: Z0000000{number}, vpcs: [{vpcs}], records: {{a: [\"60 A {address}\"], {label}: \
                 [\"60 CNAME {target}\"]}}}}"
            )
            .unwrap();
        }
    }
}

fn world_text(choices: &[u64]) -> String {
    let mut choices = Choices(choices.iter());
    let mut text = format!("region: {REGION}\nvpcs:\n");
    for number in 0..VPCS {
        vpc(number, &mut choices, &mut text);
    }
    zones(&mut choices, &mut text);
    text.push_str("resolver-rules:\n");
    for number in 0..2 {
        let domain = if choices.one_in(2) { "test" } else { "amazonaws.com" };
        let (to, vpcs) = (choices.of(4), choices.vpcs());
        writeln!(
            text,
            "  r{number}: {{domain: {number}.{domain}, targets: [10.{to}.0.53], vpcs: [{vpcs}]}}"
        )
        .unwrap();
        if number == 0 && choices.one_in(2) {
            writeln!(text, "  rr: {{domain: {domain}, targets: [10.{to}.0.53], vpcs: [{vpcs}]}}")
                .unwrap();
        }
    }
    text.push_str("peerings:\n");
    for number in 1..VPCS {
        let (there, active, dns) = (choices.one_in(2), !choices.one_in(3), choices.one_in(2));
        if there || text.contains(&format!(": P{number}}}")) {
            writeln!(
                text,
                "  P{number}: {{requester: V{number}, accepter: V{}, active: {active}, requester-dns: {dns}, accepter-dns: {dns}}}",
                number - 1
            )
            .unwrap();
        }
    }
    if choices.one_in(3) {
        let vpcs = (0..VPCS).filter(|_| choices.one_in(3)).map(|vpc| format!("V{vpc}: 100"));
        let vpcs: Vec<_> = vpcs.collect();
        let domain = if choices.one_in(2) { "*.test" } else { "kms.mx-central-1.amazonaws.com" };
        writeln!(
            text,
            "firewall-rule-groups:\n  g: {{vpcs: {{{}}}, rules: {{b: {{domains: [\"{domain}\"], action: block, override: \
             sqs.{REGION}.amazonaws.com, override-ttl: 30}}}}}}",
            vpcs.join(", ")
        )
        .unwrap();
    }
    text
}

/// A world; `None` if the choices do not fit together, such as two endpoints of one private name.
fn load(text: &str) -> Option<Snapshot> {
    let source = Source { name: "random".to_owned(), text: text.to_owned() };
    let loaded = world::load(&source, &Defaults::default());
    if std::env::var_os("VPCDNS_REACH_SHOW").is_some() && loaded.is_err() {
        eprintln!("{text}");
    }
    Some(Snapshot::new(loaded.ok()?.world, Arc::new(PublicNames::default())))
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

/// What a comparison tells, as text.
fn told(comparison: &Comparison<'_>) -> (String, String) {
    let diff = serde_json::to_string_pretty(&comparison.diff(&mut |_, _| {})).unwrap();
    let breaks = serde_json::to_string_pretty(&comparison.breaks(&mut |_, _| {})).unwrap();
    (diff, breaks)
}

#[test]
fn a_comparison_that_leaves_out_what_nothing_reaches_tells_the_same() {
    let pairs = number("VPCDNS_REACH_PAIRS", 24);
    let first = number("VPCDNS_REACH_SEED", 1);
    let (mut compared, mut differed, mut narrow, mut broke) = (0, 0, 0, 0);
    let mut seed = first;
    while compared < pairs {
        let mut random = Random(seed);
        seed += 1;
        let choices: Vec<u64> = (0..CHOICES).map(|_| random.next()).collect();
        let mut changed = choices.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(130);
            changed[at] = random.next();
        }
        let texts = [world_text(&choices), world_text(&changed)];
        if texts[0] == texts[1] {
            continue;
        }
        let (Some(before), Some(after)) = (load(&texts[0]), load(&texts[1])) else { continue };
        let sides = Sides { before: &before, after: &after, now: 7, language: Language::English };
        let fast = Comparison::new(sides);
        compared += 1;
        narrow += usize::from(!fast.asks_everything());
        let (one, other) = (told(&fast), told(&Comparison::exhaustive(sides)));
        assert!(
            one == other,
            "seed {}:\n{}\n---\n{}\n---\n{one:?}\n---\n{other:?}",
            seed - 1,
            texts[0],
            texts[1]
        );
        differed += usize::from(one.0.contains("\"same\": false"));
        broke += usize::from(one.1 != "[]");
    }
    eprintln!(
        "{compared} pairs of {} seeds: {differed} differ, {broke} break, {narrow} ask less than everything",
        seed - first
    );
    assert!(differed * 3 > compared as usize, "{differed} of {compared} differ");
    assert!(narrow * 3 > compared as usize, "{narrow} of {compared} are narrow");
}

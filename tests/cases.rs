//! Runs every case file: the pure function, the wire, and a quarter of them by the real dig.
//!
//! `VPCDNS_BLESS=1` rewrites the expectations with what is answered now.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fmt::Write as _, fs, path::Path, sync::Arc};

use common::{
    CaseWorld, Dig,
    case_file::{self, Block},
};
use vpcdns::{
    catalog::CatalogDate,
    imds,
    language::Language,
    model::{
        endpoint::{Endpoint, ServiceRef},
        name::Name,
        record::RecordType,
        service::aws_service,
    },
    resolve::{
        consequence::{self, Finding, Item},
        explain::{self, Explanation, RecordWords},
        hint,
        path::Aim,
        places,
        question::{Chain, Question},
        snapshot::Snapshot,
        together,
    },
};

/// The second at which every case is asked.
const NOW: u64 = 1_000_000;

/// What the resolver says to one question, as the lines of a case file.
fn actual(snapshot: &Snapshot, from: &str, name: &str, rtype: &str) -> Vec<String> {
    let asker = places::client(snapshot, from).unwrap_or_else(|error| panic!("{error}"));
    let parsed = Name::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let rtype: RecordType = rtype.parse().unwrap_or_else(|error| panic!("{error}"));
    let question = Question {
        name: parsed.as_ref(),
        rtype,
        asker,
        address: None,
        now: NOW,
        seed: 0,
        chain: Chain::default(),
    };
    let Explanation { answer, steps, .. } =
        explain::explain(snapshot, &question, Language::English);
    let mut lines = vec![format!("reply {}", answer.status)];
    let mut records: Vec<_> =
        answer.records.iter().map(|record| format!("answer {}", shown(record))).collect();
    records.sort();
    lines.extend(records);
    lines.extend(answer.soa.as_ref().map(|soa| format!("soa {} {}", soa.name, soa.ttl)));
    let rules: Vec<_> = steps.iter().map(|step| &*step.rule).collect();
    lines.push(format!("rules {}", rules.join(" ")));
    lines.extend(
        common::reply_size(snapshot, asker, name, rtype, NOW).map(|size| format!("size {size}")),
    );
    lines
}

/// Which way the traffic to a name goes, as the lines of a case file: the kind, the reason, the phrase; the hops where
/// they are `wanted`; what of it is assumed.
fn way(snapshot: &Snapshot, from: &str, name: &str, hops: bool) -> Vec<String> {
    let asker = places::client(snapshot, from).unwrap_or_else(|error| panic!("{error}"));
    let parsed = Name::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let question = Question::asked(parsed.as_ref(), RecordType::A, asker, NOW);
    let explanation = explain::explain(snapshot, &question, Language::English);
    let mut lines: Vec<String> = Vec::new();
    for path in &explanation.paths {
        let from = path.from.as_ref().map_or_else(String::new, |from| format!("from {from}: "));
        let reason = path.reason.as_ref().map_or_else(String::new, |code| format!(" [{code}]"));
        let line = format!("goes {from}{}{reason} {}", path.kind, path.phrase);
        if !lines.contains(&line) {
            lines.push(line);
            lines.extend(path.hops.iter().filter(|_| hops).map(|hop| format!("hop {hop}")));
        }
        assert_eq!(path.reason.is_some(), together::is_lost(&path.kind), "{name} from {from}");
    }
    let of_ways = [
        "the path is that of",
        "is not in this configuration",
        "is assumed to forward",
        "security groups that",
    ];
    let assumed = explanation.assumptions.iter();
    let assumed = assumed.filter(|text| of_ways.iter().any(|part| text.contains(part)));
    lines.extend(assumed.map(|text| format!("assumed {text}")));
    lines
}

/// The hints about a name that somebody types, as the lines of a case file.
fn hints(snapshot: &Snapshot, from: &str, name: &str) -> Vec<String> {
    let asker = places::client(snapshot, from).unwrap_or_else(|error| panic!("{error}"));
    let shown = |hints: &[hint::Hint]| {
        let lines = hints.iter().zip(hint::lines(hints, Language::English));
        lines.map(|(hint, line)| format!("hint {} {line}", hint.code)).collect()
    };
    let explained = hint::explain_typed(
        snapshot,
        name,
        |name| Question::asked(name, RecordType::A, asker, NOW),
        Aim::Usual,
        Language::English,
    );
    match explained {
        Ok((_, explanation)) => shown(&explanation.hints),
        Err(error) => {
            let hint = error.hint.clone();
            shown(&[hint.unwrap_or_else(|| panic!("{name}: {error}"))])
        }
    }
}

/// What is found, as the lines of a case file: severity, rule, places and sentence; then the names, if there are any.
fn findings(found: &[Finding]) -> Vec<String> {
    let labels =
        |items: &[Item]| items.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    for it in found {
        let places = labels(&it.places);
        let what = &it.what;
        lines.push(format!("found {} {} at {places}: {what}", it.severity.text(), it.rule));
        if !it.names.is_empty() {
            lines.push(format!("names {}", it.names.join(" ")));
        }
        assert!(!it.cure.is_empty() && !it.resources.is_empty() || it.rule == "T22", "{it:?}");
        for id in &it.facts {
            assert!(vpcdns::resolve::fact::fact(id).is_some(), "{}: no fact {id}", it.rule);
        }
    }
    lines
}

/// What the metadata service says to `FROM METHOD PATH [WORD…]`, as the lines of a case file.
fn fetch(snapshot: &Snapshot, line: &str) -> Vec<String> {
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap_or_else(|| panic!("fetch FROM METHOD PATH: `{line}`"));
    let (from, method, path) = (word(), word(), word());
    let asker = places::client(snapshot, from).unwrap_or_else(|error| panic!("{error}"));
    let tokens = imds::Tokens::default();
    let ask = |asker, request: &imds::Request<'_>, now| {
        let now = imds::Now { clock: now, running: now };
        imds::reply(&snapshot.world, asker, request, &tokens, now)
    };
    let fresh = |asker, now| {
        let path = "/latest/api/token";
        let ttl = Some(&b"60"[..]);
        ask(asker, &imds::Request { method: "PUT", path, ttl, ..imds::Request::default() }, now)
            .body
    };
    let mut token = None;
    let mut request = imds::Request { method, path, ..imds::Request::default() };
    for word in words {
        match word.split_once('=') {
            Some(("ttl", ttl)) => request.ttl = Some(ttl.as_bytes()),
            Some(("token", "fresh")) => token = Some(fresh(asker, NOW)),
            Some(("token", "expired")) => token = Some(fresh(asker, NOW - 60)),
            Some(("token-of", other)) => {
                token = Some(fresh(places::client(snapshot, other).unwrap(), NOW));
            }
            Some(("token", text)) => token = Some(text.as_bytes().to_owned()),
            _ if word == "forwarded" => request.forwarded = true,
            _ => panic!("unknown word `{word}` in `{line}`"),
        }
    }
    request.token = token.as_deref();
    let reply = ask(asker, &request, NOW);
    let mut lines = vec![format!("status {}", reply.status)];
    if method == "PUT" && reply.status == 200 {
        let ttl = reply.token_ttl.unwrap();
        lines.push(format!("| a token of {} letters for {ttl} seconds", reply.body.len()));
    } else {
        let body = String::from_utf8(reply.body).unwrap();
        lines.extend(body.split('\n').map(|line| format!("| {line}").trim_end().to_owned()));
    }
    lines
}

fn shown(record: &RecordWords) -> String {
    format!("{} {} {} {}", record.name, record.ttl, record.rtype, record.data)
}

/// Runs one case file; returns the file as it should be, and what differs.
fn run(path: &Path, dig: Option<&Dig>) -> (String, Vec<String>, usize) {
    let text = fs::read_to_string(path).unwrap();
    let mut world = CaseWorld::empty();
    let mut before = world.snapshot.clone();
    let mut out = String::new();
    let mut problems = Vec::new();
    let mut asked = 0;
    for block in case_file::read(&text) {
        match block {
            Block::Text(line) => writeln!(out, "{line}").unwrap(),
            Block::World(lines) => {
                world = CaseWorld::read(&lines, path);
                before = world.snapshot.clone();
                writeln!(out, "{}", lines.join("\n")).unwrap();
            }
            Block::Public(lines) => {
                world.add_public(&lines, path);
                writeln!(out, "{}", lines.join("\n")).unwrap();
            }
            Block::Change { line, refused } => {
                let got = world.change(&line).err().map(|refusal| format!("refused {refusal}"));
                if got != refused {
                    problems.push(format!(
                        "change {line}\n  expected: {refused:?}\n  got:      {got:?}"
                    ));
                }
                writeln!(out, "change {line}").unwrap();
                if let Some(got) = got {
                    writeln!(out, "{got}").unwrap();
                }
            }
            Block::Fetch { line, expected } => {
                asked += 1;
                let got = fetch(&world.snapshot, &line);
                if expected != got {
                    problems.push(format!(
                        "fetch {line}\n  expected:\n    {}\n  got:\n    {}",
                        expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
                writeln!(out, "fetch {line}\n{}", got.join("\n")).unwrap();
            }
            Block::Way { from, name, expected } => {
                asked += 1;
                let hops = expected.iter().any(|line| line.starts_with("hop "));
                let got = way(&world.snapshot, &from, &name, hops);
                if expected != got {
                    problems.push(format!(
                        "way {from} {name}\n  expected:\n    {}\n  got:\n    {}",
                        expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
                writeln!(out, "way {from} {name}").unwrap();
                for line in got {
                    writeln!(out, "{line}").unwrap();
                }
            }
            Block::Findings { brought, expected } => {
                asked += 1;
                let english = Language::English;
                let got = findings(&if brought {
                    consequence::brought(&before, &world.snapshot, english)
                } else {
                    consequence::of_world(&world.snapshot, english, &mut |_, _| ()).findings
                });
                before = world.snapshot.clone();
                let word = if brought { "brought" } else { "findings" };
                if expected != got {
                    problems.push(format!(
                        "{word}\n  expected:\n    {}\n  got:\n    {}",
                        expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
                writeln!(out, "{word}").unwrap();
                for line in got {
                    writeln!(out, "{line}").unwrap();
                }
            }
            Block::Hints { from, name, expected } => {
                asked += 1;
                let got = hints(&world.snapshot, &from, &name);
                if expected != got {
                    problems.push(format!(
                        "hints {from} {name}\n  expected:\n    {}\n  got:\n    {}",
                        expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
                writeln!(out, "hints {from} {name}").unwrap();
                for line in got {
                    writeln!(out, "{line}").unwrap();
                }
            }
            Block::Ask { from, name, rtype, mut expected } => {
                asked += 1;
                let got = actual(&world.snapshot, &from, &name, &rtype);
                let records = |line: &String| !line.starts_with("answer ");
                let mut sorted: Vec<_> =
                    expected.iter().filter(|line| line.starts_with("answer ")).cloned().collect();
                sorted.sort();
                let rest: Vec<_> = expected.iter().filter(|line| records(line)).cloned().collect();
                expected = rest
                    .iter()
                    .take(1)
                    .cloned()
                    .chain(sorted)
                    .chain(rest.iter().skip(1).cloned())
                    .collect();
                if expected != got {
                    problems.push(format!(
                        "ask {from} {name} {rtype}\n  expected:\n    {}\n  got:\n    {}",
                        expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
                if let Some(dig) = dig {
                    let snapshot = Arc::new(world.snapshot.clone());
                    let compare = || dig.compare(&snapshot, &from, &name, &rtype, &got);
                    let mut different = compare();
                    if different.is_some() && snapshot.world.switches.quirks {
                        // In the first second of its TTL the answer is another one.
                        std::thread::sleep(std::time::Duration::from_millis(1_100));
                        different = compare();
                    }
                    problems.extend(different);
                }
                writeln!(out, "ask {from} {name} {rtype}").unwrap();
                writeln!(out, "{}", got.join("\n")).unwrap();
            }
        }
    }
    (out, problems, asked)
}

#[test]
fn every_case_answers_as_written() {
    let bless = std::env::var_os("VPCDNS_BLESS").is_some();
    let mut failures = Vec::new();
    let mut asked = 0;
    let files = common::case_files();
    assert!(!files.is_empty(), "no case files");
    for path in &files {
        let (text, problems, count) = run(path, None);
        assert!(
            count > 0 || text.contains("\nrefused "),
            "{}: the case asks nothing",
            path.display()
        );
        asked += count;
        if bless {
            fs::write(path, text).unwrap();
        } else if !problems.is_empty() {
            failures.push(format!("{}\n{}", path.display(), problems.join("\n")));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} files fail:\n{}",
        failures.len(),
        files.len(),
        failures.join("\n\n")
    );
    assert!(asked >= files.len() / 2);
}

#[test]
fn a_quarter_answers_so_by_dig() {
    let Some(dig) = Dig::find() else {
        eprintln!("SKIPPED: dig is missing");
        return;
    };
    let mut failures = Vec::new();
    let every = common::case_files();
    // All of them where another loop reads them than usual.
    let another = std::env::var_os("VPCDNS_TEST_IO").is_some();
    for path in if another { every } else { common::one_in_four(&every) } {
        let (_, problems, _) = run(&path, Some(&dig));
        if !problems.is_empty() {
            failures.push(format!("{}\n{}", path.display(), problems.join("\n")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Each rule has a case file of its name, with a World in which it speaks and one in which it is silent.
#[test]
fn every_rule_speaks_and_is_silent() {
    let folder = common::root().join("src/resolve/consequence");
    let shared = ["finding", "scene", "known", "names", "family"];
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !shared.contains(&name.as_str()))
        .collect();
    files.sort();
    let mut rules: Vec<_> = consequence::rules().collect();
    rules.sort_by_key(|(_, file)| *file);
    assert_eq!(files, rules.iter().map(|(_, file)| *file).collect::<Vec<_>>());
    let documented = fs::read_to_string(common::root().join("docs/what-breaks.md")).unwrap();
    for (id, file) in rules {
        let path = common::root().join(format!("tests/cases/consequence/{file}.case"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let told: Vec<bool> = case_file::read(&text)
            .into_iter()
            .filter_map(|block| match block {
                Block::Findings { expected, .. } => Some(expected),
                _ => None,
            })
            .map(|expected| {
                expected
                    .iter()
                    .filter(|line| line.starts_with("found "))
                    .any(|line| line.split(' ').nth(2) == Some(id))
            })
            .collect();
        assert!(told.contains(&true), "{file}: {id} never speaks");
        assert!(told.contains(&false), "{file}: {id} is never silent");
        assert!(documented.contains(&format!("\n| {id} | ")), "docs/what-breaks.md lacks {id}");
        let first = text.lines().next().unwrap_or_default();
        assert!(first.split([' ', ':']).any(|word| word == id), "{file}: {first}");
    }
}

/// So many VPCs, each with twenty endpoints of different services, all with private DNS.
fn many(vpcs: usize) -> Snapshot {
    let services = [
        "sts",
        "sqs",
        "sns",
        "kms",
        "ec2",
        "ssm",
        "logs",
        "ecr.api",
        "ecr.dkr",
        "ecs",
        "ecs-agent",
        "eks",
        "events",
        "monitoring",
        "secretsmanager",
        "kinesis-streams",
        "execute-api",
        "lambda",
        "states",
        "ssmmessages",
    ];
    let services = services
        .map(|name| aws_service("ap-northeast-2", CatalogDate::Newest, name).expect("a service"));
    let mut world = common::large::world(vpcs, services.len());
    let ids: Vec<_> = world.vpcs.keys().copied().collect();
    for vpc in ids {
        for (id, service) in world.members(vpc).endpoints.clone().into_iter().zip(&services) {
            let mut endpoint = Endpoint::clone(&world.endpoints[&id]);
            endpoint.private_names.clone_from(&service.private_names);
            endpoint.service = ServiceRef::Aws(Arc::clone(service));
            endpoint.private_dns = true;
            world.endpoints.insert(id, Arc::new(endpoint));
        }
    }
    common::compile(world)
}

/// Each rule looks within a VPC. `VPCDNS_TEST_VPCS=10000` looks at so many.
#[test]
fn the_time_of_the_rules_grows_with_the_vpcs() {
    let took = |vpcs: usize| {
        let snapshot = many(vpcs);
        let begun = std::time::Instant::now();
        let found = consequence::of_world(&snapshot, Language::English, &mut |_, _| ());
        assert!(found.findings.len() >= vpcs);
        let took = begun.elapsed();
        eprintln!("{vpcs} VPCs: {} findings in {took:?}", found.findings.len());
        took
    };
    took(10);
    let few = took(100);
    let vpcs = std::env::var("VPCDNS_TEST_VPCS").ok().and_then(|text| text.parse().ok());
    let many = took(vpcs.unwrap_or(400));
    // Sixteen times as long if each VPC looked at all of them.
    assert!(vpcs.is_some() || many < few * 10, "{few:?} for 100, {many:?} for 400");
}

#[test]
fn every_case_names_its_source() {
    for path in common::case_files() {
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let sources: Vec<_> = first
            .strip_prefix("# ")
            .and_then(|line| line.split_once(": "))
            .map(|(sources, _)| sources.split(' ').collect())
            .unwrap_or_default();
        assert!(
            !sources.is_empty(),
            "{}: the first line is not `# SOURCE …: words`",
            path.display()
        );
        for source in sources {
            let known = vpcdns::resolve::fact::fact(source).is_some()
                || common::is_recorded(source)
                || source == "RFC"
                || source == "OURS";
            assert!(known, "{}: {source} is neither a fact nor a recorded answer", path.display());
        }
    }
}

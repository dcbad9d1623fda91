//! WORLD arguments.

use std::fs;

use super::*;
use crate::language::Language;

fn failure(argument: &str) -> String {
    open(argument, &Defaults::default()).unwrap_err().to_string()
}

#[test]
fn every_built_in_world_opens() {
    for name in builtin::worlds() {
        let loaded = open(name, &Defaults::default()).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(loaded.name(), name);
        assert_eq!(loaded.changes.len(), loaded.positions.len());
        assert!(loaded.positions.iter().all(|pos| pos.line > 0));
        assert!(loaded.warnings.is_empty(), "{name}");
        // Applying the Changes makes the same World.
        let mut world = crate::model::world::World::default();
        for change in &loaded.changes {
            world = world.apply(change).unwrap().0;
        }
        assert_eq!(world.endpoints.len(), loaded.world.endpoints.len());
        assert_eq!(world.generation, loaded.world.generation);
    }
}

#[test]
fn the_labs_hold_what_the_chapter_says() {
    let steps = |name: &str| -> Vec<String> {
        builtin::lab(name).unwrap().steps.into_iter().map(|step| step.name).collect()
    };
    assert_eq!(steps("lab09-1"), ["base", "s3-gateway", "dns-hostnames", "interface-endpoint"]);
    assert_eq!(steps("lab09-2"), ["base", "endpoint-service", "endpoint", "accepted"]);
    let rows: Vec<u8> = builtin::labs()
        .into_iter()
        .flat_map(|name| builtin::lab(name).unwrap().steps)
        .flat_map(|step| step.digs)
        .filter_map(|dig| dig.row)
        .collect();
    assert_eq!(rows, (1..=13).collect::<Vec<u8>>());
    for name in builtin::labs() {
        for step in builtin::lab(name).unwrap().steps {
            assert!(!step.title.ko.is_ascii() && !step.text.ko.is_ascii(), "{name}@{}", step.name);
            assert!(!step.commands.is_empty());
        }
    }
}

#[test]
fn the_ways_of_the_labs_are_ways_traffic_takes() {
    use crate::{
        model::{name::Name, record::RecordType},
        resolve::{explain, places, public::PublicNames, question::Question, snapshot::Snapshot},
    };
    let mut seen = 0;
    for lab in builtin::labs().into_iter().filter_map(builtin::lab) {
        for step in &lab.steps {
            let argument = format!("{}@{}", lab.name, step.name);
            let world = open(&argument, &Defaults::default()).unwrap().world;
            let snapshot = Snapshot::new(world, Arc::new(PublicNames::default()));
            for way in &step.ways {
                let name = Name::parse(&way.name).unwrap();
                let question = Question {
                    name: name.as_ref(),
                    rtype: RecordType::A,
                    asker: places::client(&snapshot, &way.from).unwrap(),
                    address: None,
                    now: 0,
                    seed: 0,
                    chain: Default::default(),
                };
                let explained = explain::explain(&snapshot, &question, Language::English);
                let hops: Vec<_> = explained.paths.into_iter().map(|path| path.hops).collect();
                assert!(hops.contains(&way.hops), "{argument}: {:?} is none of {hops:?}", way.hops);
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn a_step_ends_the_world_there() {
    let at = |argument: &str| open(argument, &Defaults::default()).unwrap().world;
    assert_eq!(at("lab09-1@base").endpoints.len(), 0);
    assert_eq!(at("lab09-1@s3-gateway").endpoints.len(), 1);
    assert_eq!(at("lab09-1@interface-endpoint").endpoints.len(), 2);
    assert!(!at("lab09-1@s3-gateway").vpcs.values().next().unwrap().dns_hostnames);
    assert!(at("lab09-1").vpcs.values().next().unwrap().dns_hostnames);
    let endpoint = at("lab09-2@endpoint").endpoints.values().next().unwrap().clone();
    assert_eq!(endpoint.state.text(), "pendingAcceptance");
    let endpoint = at("lab09-2").endpoints.values().next().unwrap().clone();
    assert_eq!(endpoint.state.text(), "available");
}

#[test]
fn what_cannot_be_opened_is_said() {
    let missing = failure("lab09");
    assert!(missing.contains("there is no file or built-in world `lab09`"), "{missing}");
    assert!(missing.contains("empty, default-vpc, lab09-1, lab09-2"), "{missing}");
    assert_eq!(
        failure("lab09-1@nothing"),
        "lab09-1 has no step `nothing` (its steps are base, s3-gateway, dns-hostnames, interface-endpoint)"
    );
    assert_eq!(failure("empty@x"), "`empty` is not a lab, so it has no steps");
    assert!(failure("src").contains("the folder src has no file"));
}

fn kind(text: &str) -> Result<FileKind, Vec<Problem>> {
    let source = Source { name: "f".to_owned(), text: text.to_owned() };
    detect(&node::parse(&source).unwrap(), &source)
}

#[test]
fn kinds_are_told_apart_by_content() {
    assert_eq!(kind(""), Ok(FileKind::World));
    assert_eq!(kind("vpcs: {}"), Ok(FileKind::World));
    assert_eq!(kind("lab: x"), Ok(FileKind::Lab));
    assert_eq!(kind("Resources: {V: {Type: AWS::EC2::VPC}}"), Ok(FileKind::CloudFormation));
    assert_eq!(kind("{\"Vpcs\": []}"), Ok(FileKind::Describe));
    assert_eq!(kind("{\"version\": 4, \"terraform_version\": \"1.9\"}"), Ok(FileKind::Terraform));
    let problem = kind("a: b").unwrap_err().remove(0);
    assert_eq!((problem.line, problem.column), (1, 1));
    assert!(kind("just text").is_err());
    assert!(kind("[vpcs]").is_err());
}

#[test]
fn other_kinds_are_named() {
    let folder = std::env::temp_dir().join(format!("vpcdns-open-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("stack.json");
    for (text, kind) in [
        ("{\"AWSTemplateFormatVersion\": \"2010-09-09\"}", FileKind::CloudFormation),
        ("Resources: {}", FileKind::CloudFormation),
        ("{\"Subnets\": []}", FileKind::Describe),
        ("{\"VpcId\": \"vpc-0a\", \"EnableDnsSupport\": {\"Value\": true}}", FileKind::Describe),
        ("{\"version\": 4, \"terraform_version\": \"1.9.5\"}", FileKind::Terraform),
        ("{\"format_version\": \"1.0\"}", FileKind::Terraform),
        ("lab: mine", FileKind::Lab),
        ("region: us-east-1", FileKind::World),
    ] {
        let source = Source { name: "t".to_owned(), text: text.to_owned() };
        assert_eq!(parse(source).map(|parsed| parsed.kind).ok(), Some(kind), "{text}");
    }
    assert!(failure(&folder.display().to_string()).contains("has no file"));
    fs::write(&path, b"vpcs: \xff").unwrap();
    assert!(failure(&path.display().to_string()).contains(":1:7: the file is not UTF-8 text"));
    fs::write(&path, "vpcs: {V: {cidr: 10.0.0.0/16}}").unwrap();
    assert_eq!(
        open(&path.display().to_string(), &Defaults::default()).unwrap().world.vpcs.len(),
        1
    );
    fs::remove_dir_all(&folder).unwrap();
}

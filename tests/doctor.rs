//! `vpcdns doctor` as people and programs read it: its sum, its forms and its exit codes. What it finds is in
//! `tests/cases/consequence/`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::fs;

use common::{scratch, vpcdns};
use serde_json::Value;

/// A VPC in which ECR lacks S3, and whose rule takes the name of an endpoint.
const SHOP: &str = "\
region: us-east-1
vpcs:
  Shop:
    cidr: 10.0.0.0/16
    dns-hostnames: true
    subnets: {app: {id: subnet-0000000000000000a, cidr: 10.0.1.0/24, zone: us-east-1a}}
    endpoints:
      API: {id: vpce-0000000000000000a, service: ecr.api, private-dns: true, subnets: {app: 10.0.1.50}}
      DKR: {id: vpce-0000000000000000b, service: ecr.dkr, private-dns: true, subnets: {app: 10.0.1.51}}
      KMS: {service: kms, private-dns: true, subnets: {app: 10.0.1.52}}
resolver-rules:
  out: {domain: kms.us-east-1.amazonaws.com, targets: [10.9.0.53], vpcs: [Shop]}
";

/// So many VPCs, each of which has a zone that it ignores.
fn asleep(count: usize) -> String {
    let mut text = "region: us-east-1\nvpcs:\n".to_owned();
    for vpc in 0..count {
        text += &format!("  v{vpc}: {{cidr: 10.{vpc}.0.0/16}}\n");
    }
    text += "hosted-zones:\n";
    for vpc in 0..count {
        text += &format!("  v{vpc}.example: {{vpcs: [v{vpc}]}}\n");
    }
    text
}

fn file(name: &str, text: &str) -> String {
    let path = scratch(&format!("doctor-{name}")).join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_worst_comes_first_and_decides_the_exit_code() {
    let shop = file("shop.yaml", SHOP);
    let printed = vpcdns(&["doctor", &shop]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let mut lines = printed.out.lines();
    assert_eq!(lines.next(), Some("1 thing is broken, 1 is dangerous, 1 note"));
    let words: Vec<&str> = printed
        .out
        .lines()
        .filter_map(|line| line.split_once("  ").map(|(word, _)| word))
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(words, ["BROKEN", "DANGEROUS", "NOTE"]);
    assert!(printed.out.contains("\n  what: API, DKR, Shop\n  where: app\n"), "{}", printed.out);
    assert!(printed.out.contains("\n  facts: T19, R45\n"), "{}", printed.out);
    assert_eq!(vpcdns(&["lint", &shop]).out, printed.out);
}

#[test]
fn what_is_only_dangerous_or_a_note_exits_with_0() {
    for world in ["lab09-1", "lab09-2", "default-vpc", "empty", "s3-ways", "on-premises"] {
        let printed = vpcdns(&["doctor", world]);
        assert_eq!(printed.code, 0, "{world}: {}", printed.out);
        assert!(printed.out.starts_with("nothing is broken"), "{world}: {}", printed.out);
    }
    assert_eq!(vpcdns(&["doctor", "empty"]).out, "nothing is broken\n");
}

#[test]
fn a_world_that_cannot_be_read_exits_with_1() {
    let printed = vpcdns(&["doctor", "no-such-world"]);
    assert_eq!((printed.code, printed.out.as_str()), (1, ""));
}

#[test]
fn programs_read_json() {
    let shop = file("json.yaml", SHOP);
    let printed = vpcdns(&["doctor", &shop, "--json"]);
    assert_eq!(printed.code, 1);
    assert_eq!(vpcdns(&["doctor", &shop, "--format", "json"]).out, printed.out);
    assert_eq!(vpcdns(&["doctor", &shop, "--format", "text", "--json"]).code, 1);
    let report: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(
        (&report["broken"], &report["dangerous"], &report["notes"]),
        (&Value::from(1), &Value::from(1), &Value::from(1))
    );
    let first = &report["findings"][0];
    assert_eq!((&first["rule"], &first["severity"]), (&"T5".into(), &"broken".into()));
    assert_eq!(first["resources"][0]["id"], "vpce-0000000000000000a");
    assert_eq!(first["resources"][0]["label"], "API");
    assert_eq!(first["places"][0]["id"], "subnet-0000000000000000a");
    assert_eq!(first["names"][0], "*.s3.us-east-1.amazonaws.com");
}

#[test]
fn code_scanning_reads_sarif() {
    let shop = file("sarif file.yaml", SHOP);
    let printed = vpcdns(&["doctor", &shop, "--format", "sarif"]);
    assert_eq!(printed.code, 1);
    let log: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    let levels: Vec<&str> = results.iter().map(|it| it["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "warning", "note"]);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(uri.as_str().unwrap().ends_with("sarif%20file.yaml"), "{uri}");
    }
    for rule in rules {
        assert_ne!(rule["shortDescription"]["text"], "", "{rule}");
    }
    assert_eq!(
        results[0]["partialFingerprints"]["resources/v1"].as_str().unwrap().split(':').next(),
        Some("T5")
    );
    // A built-in world is no file.
    let printed = vpcdns(&["doctor", "s3-ways", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["locations"][0]["physicalLocation"], Value::Null);
}

#[test]
fn a_comment_gets_markdown() {
    let shop = file("markdown.yaml", SHOP);
    let printed = vpcdns(&["doctor", &shop, "--format", "markdown"]);
    assert!(
        printed.out.starts_with("**1 thing is broken, 1 is dangerous, 1 note**\n\n### BROKEN\n")
    );
    assert!(printed.out.contains("- **T5** ECR"), "{}", printed.out);
    assert!(printed.out.contains("  - where: `app`\n"), "{}", printed.out);
}

#[test]
fn long_lists_are_cut_unless_all_is_wanted() {
    let many = file("many.yaml", &asleep(13));
    let printed = vpcdns(&["doctor", &many]);
    assert_eq!(printed.out.lines().next(), Some("13 things are broken"));
    assert_eq!(printed.out.matches("BROKEN").count(), 10);
    assert!(printed.out.ends_with("\n3 more of T17; --all prints them\n"), "{}", printed.out);
    let printed = vpcdns(&["doctor", &many, "--all"]);
    assert_eq!(printed.out.matches("BROKEN").count(), 13);
}

#[test]
fn it_speaks_korean() {
    let printed = vpcdns(&["doctor", &file("korean.yaml", SHOP), "--language", "ko"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.starts_with("끊어진 것 1개, 위험한 것 1개, 참고 1개\n"), "{}", printed.out);
    assert!(
        printed.out.contains("끊어짐  ECR: 이 서브넷들에서 동작하지 않습니다."),
        "{}",
        printed.out
    );
}

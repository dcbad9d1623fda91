//! `vpcdns survey`, `vpcdns diff` and `vpcdns what-if`: their output as snapshots, and their exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::fs;

use common::{scratch, vpcdns};

const ASKER: &str = "CloudNeta-Private-EC2";

#[test]
fn a_survey_asks_every_service() {
    let printed = vpcdns(&["survey", "lab09-1", "--from", ASKER]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let kept: Vec<&str> = printed
        .out
        .lines()
        .filter(|line| {
            line.contains(" cloudformation.") || line.contains("s3") || line.contains("names: ")
        })
        .collect();
    insta::assert_snapshot!("survey_lab1", kept.join("\n"));
    let columns: Vec<usize> = printed
        .out
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.rfind("  ").unwrap())
        .collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "the columns are not aligned");
}

#[test]
fn a_survey_in_json_agrees_with_explain() {
    let read = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let printed = vpcdns(arguments);
        assert_eq!(printed.code, 0, "{}", printed.err);
        serde_json::from_str(&printed.out).unwrap()
    };
    let lines = read(&["survey", "--json", "--from", ASKER]);
    let find = |name: &str| lines.iter().find(|line| line["name"] == name).unwrap();
    let name = "cloudformation.ap-northeast-2.amazonaws.com";
    insta::assert_snapshot!("survey_json", serde_json::to_string_pretty(find(name)).unwrap());
    assert_eq!(find("*.s3.ap-northeast-2.amazonaws.com")["path"], "gateway");
    assert_eq!(find("sqs.ap-northeast-2.amazonaws.com")["path"], "nowhere");
    for (name, code) in [(name, 0), ("sqs.ap-northeast-2.amazonaws.com", 10)] {
        assert_eq!(vpcdns(&["explain", name, "--from", ASKER]).code, code);
        let verdict = if code == 0 { "PRIVATE" } else { "PUBLIC" };
        assert_eq!(find(name)["verdict"], verdict);
    }
    let old = read(&["survey", "--json", "--from", ASKER, "--catalog-date", "2023-09"]);
    assert!(old.len() < lines.len(), "{} of {}", old.len(), lines.len());
    let outside =
        read(&["survey", "empty", "--json", "--from", "internet", "--region", "us-east-1"]);
    assert!(outside.iter().any(|line| line["name"] == "sqs.us-east-1.amazonaws.com"));
    assert!(outside.iter().all(|line| line["verdict"] != "PRIVATE"));
}

#[test]
fn an_unknown_client_fails_as_in_explain() {
    let survey = vpcdns(&["survey", "lab09-1", "--from", "nobody"]);
    let explain = vpcdns(&["explain", "a.b", "lab09-1", "--from", "nobody"]);
    assert_eq!((survey.code, survey.out.as_str()), (1, ""));
    assert_eq!((survey.code, survey.err), (explain.code, explain.err));
    assert_eq!(vpcdns(&["survey", "lab09-9", "--from", "internet"]).code, 1);
}

#[test]
fn a_diff_names_causes() {
    let printed = vpcdns(&["diff", "lab09-1@dns-hostnames", "lab09-1@interface-endpoint"]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    insta::assert_snapshot!("diff_interface_endpoint", printed.out);
    let printed = vpcdns(&["diff", "lab09-1@base", "lab09-1@dns-hostnames"]);
    insta::assert_snapshot!("diff_dns_hostnames", printed.out);
    let printed = vpcdns(&["diff", "lab09-2@base", "lab09-2"]);
    insta::assert_snapshot!("diff_lab2", printed.out);
}

#[test]
fn a_world_does_not_differ_from_itself() {
    for world in ["lab09-1", "lab09-2", "default-vpc", "empty"] {
        let printed = vpcdns(&["diff", world, world]);
        assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
        assert_eq!(printed.out, format!("{world} and {world}: no answer differs\n"));
    }
    let json = vpcdns(&["diff", "lab09-1", "lab09-1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["diff"]["same"], true);
    assert_eq!(json["diff"]["places"].as_array().unwrap().len(), 0);
}

#[test]
fn a_diff_in_json_has_both_answers() {
    let printed =
        vpcdns(&["diff", "--json", "lab09-1@dns-hostnames", "lab09-1@interface-endpoint"]);
    assert_eq!(printed.code, 1);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["b"], "lab09-1@interface-endpoint");
    let heading = &json["diff"]["places"][0];
    assert_eq!(heading["from"], "anywhere in CloudNeta-VPC");
    assert_eq!(heading["places"].as_array().unwrap().len(), 3);
    insta::assert_snapshot!(
        "diff_json",
        serde_json::to_string_pretty(&heading["groups"][0]).unwrap()
    );
}

#[test]
fn zones_rules_and_places_of_one_side_are_found() {
    let folder = scratch("diff");
    let world = |name: &str, rest: &str| {
        let path = folder.join(name);
        fs::write(
            &path,
            format!("region: ap-northeast-2\nvpcs:\n  Shop:\n    cidr: 10.0.0.0/16\n{rest}"),
        )
        .unwrap();
        path.to_str().unwrap().to_owned()
    };
    let subnet = "    dns-hostnames: true\n    subnets:\n      app:\n        cidr: 10.0.1.0/24\n        zone: \
                  ap-northeast-2a\n        instances:\n          web: {address: 10.0.1.10}\n";
    let before = world("before.yaml", subnet);
    let after = world(
        "after.yaml",
        &format!(
            "{subnet}          db: {{address: 10.0.1.20}}\nhosted-zones:\n  shop.internal:\n    vpcs: [Shop]\n    records:\n      \
             db: [\"60 A 10.0.1.20\"]\n      \"*.cache\": [\"60 CNAME db.shop.internal.\"]\n      note: [\"60 TXT hello\"]\n"
        ),
    );
    let printed = vpcdns(&["diff", &before, &after]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let shown = printed.out.replace(folder.to_str().unwrap(), "DIR");
    insta::assert_snapshot!("diff_hosted_zone", shown);
    let off = world("off.yaml", &subnet.replace("hostnames", "support").replace("true", "false"));
    let printed = vpcdns(&["diff", &before, &off, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    let groups = json["diff"]["places"][0]["groups"].as_array().unwrap();
    assert!(groups.iter().all(|group| group["after"] == "DNS support off in Shop"), "{groups:?}");
    assert!(groups.iter().any(|group| group["names"].as_array().unwrap().len() > 600));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_diff_needs_two_worlds_that_can_be_read() {
    assert_eq!(vpcdns(&["diff", "lab09-1"]).code, 1);
    assert_eq!(vpcdns(&["diff", "lab09-1", "lab09-1", "lab09-1"]).code, 1);
    let printed = vpcdns(&["diff", "lab09-1", "lab09-9"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.is_empty() && !printed.err.is_empty());
}

#[test]
fn what_if_tells_what_breaks() {
    let off = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: false}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", off]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    insta::assert_snapshot!("what_if_dns_hostnames", printed.out);
    let on = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: true}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", off, "--set", on, "--json"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["diff"]["same"], true);
    assert_eq!(json["breaks"].as_array().unwrap().len(), 0);
    // A route decides ways and no answer.
    let route = "DeleteRoute: {RouteTableId: CloudNeta-Public-RT, DestinationCidrBlock: 0.0.0.0/0}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", route]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    assert!(printed.out.contains("no answer differs"), "{}", printed.out);
    assert!(printed.out.contains("no route in CloudNeta-Public-RT"), "{}", printed.out);
}

#[test]
fn what_if_takes_new_endpoints_as_available() {
    let printed = vpcdns(&[
        "what-if",
        "lab09-1",
        "--set",
        "CreateVpcEndpoint: {VpcId: CloudNeta-VPC, VpcEndpointType: Interface, ServiceName: \
         com.amazonaws.ap-northeast-2.sqs, SubnetIds: [CloudNeta-Private-SN], PrivateDnsEnabled: true}",
    ]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    let line = |name: &str| {
        printed.out.lines().any(|line| line.contains(name) && line.ends_with("→ 10.0.1.4"))
    };
    assert!(line(" sqs.ap-northeast-2.amazonaws.com "), "{}", printed.out);
    assert!(printed.out.ends_with("nothing breaks\n"), "{}", printed.out);
}

#[test]
fn what_if_shows_what_cannot_be_changed() {
    for wrong in [
        "DeleteVpcs: {}",
        "ModifyVpcAttribute: {VpcId: Nowhere}",
        "[",
        "DeleteVpc: {VpcId: CloudNeta-VPC}",
    ] {
        let printed = vpcdns(&["what-if", "lab09-1", "--set", wrong]);
        assert_eq!((printed.code, printed.out.as_str()), (1, ""), "{wrong}");
        assert!(printed.err.contains("--set"), "{}", printed.err);
    }
    assert_eq!(vpcdns(&["what-if", "lab09-1"]).code, 1);
}

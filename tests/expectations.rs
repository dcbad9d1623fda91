//! `vpcdns test`: what is met, what is not, and the reports that other programs read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::fs;

use common::{Server, client::Client, root, scratch, vpcdns};

const MET: &str = "tests/fixtures/expectations/chapter.yaml";
const UNMET: &str = "tests/fixtures/expectations/unmet.yaml";
const PLAN: &str = "tests/fixtures/expectations/plan.yaml";

fn fixture(name: &str) -> String {
    root().join(name).display().to_string()
}

#[test]
fn expectations_are_asked_after_each_step() {
    let printed = vpcdns(&["test", &fixture(MET)]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    assert!(printed.out.ends_with("12 of 12 expectations met\n"), "{}", printed.out);
    assert!(printed.out.contains("step 2: private DNS\n"), "{}", printed.out);
    assert!(printed.out.contains("step 3: ModifyVpcAttribute\n"), "{}", printed.out);
}

#[test]
fn security_groups_and_ports_count() {
    let printed = vpcdns(&["test", &fixture("tests/fixtures/expectations/ports.yaml")]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    assert!(printed.out.ends_with("6 of 6 expectations met\n"), "{}", printed.out);
}

#[test]
fn each_expectation_that_is_not_met_says_what_came_and_why() {
    let printed = vpcdns(&["test", &fixture(UNMET)]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.ends_with("2 of 8 expectations met\n"), "{}", printed.out);
    let text = printed.out.replace(root().to_str().unwrap(), "");
    insta::assert_snapshot!("test_unmet", text);
    let korean = vpcdns(&["test", &fixture(UNMET), "--language", "ko"]).out;
    assert!(korean.ends_with("기대 8개 중 2개 충족\n"), "{korean}");
}

#[test]
fn every_expectation_fails_once_its_world_is_otherwise() {
    let folder = scratch("expectations-otherwise");
    let text = fs::read_to_string(root().join(MET)).unwrap();
    let file = folder.join("test.yaml");
    for (old, new, met) in [
        // The gateway endpoint is gone, so the traffic of the private subnet leads nowhere.
        ("lab09-1@s3-gateway", "lab09-1@base", None),
        ("EnableDnsSupport: false", "EnableDnsSupport: true", Some(11)),
        ("Ipv4: 10.0.1.47", "Ipv4: 10.0.1.48", Some(11)),
        ("PrivateDnsEnabled: true", "PrivateDnsEnabled: false", Some(9)),
        ("expect: gateway", "expect: private", Some(11)),
        ("expect: nxdomain", "expect: nodata", Some(11)),
        ("expect: nodata", "expect: nxdomain", Some(11)),
        ("expect: silence", "expect: servfail", Some(11)),
        ("expect: nowhere", "expect: blocked", Some(11)),
    ] {
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text);
        fs::write(&file, changed).unwrap();
        let printed = vpcdns(&["test", file.to_str().unwrap()]);
        assert_eq!(printed.code, 1, "{old}");
        match met {
            Some(met) => {
                let sum = format!("{met} of 12 expectations met\n");
                assert!(printed.out.ends_with(&sum), "{old}: {}", printed.out);
            }
            // `via: S3` names an endpoint that does not exist there.
            None => assert!(printed.err.contains("there is no endpoint `S3`"), "{}", printed.err),
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_plan_of_terraform_beside_the_file_is_its_world() {
    let printed = vpcdns(&["test", &fixture(PLAN)]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
}

#[test]
fn reports_for_programs_count_what_the_table_counts() {
    let (met, unmet) = (fixture(MET), fixture(UNMET));
    let tap = vpcdns(&["test", &met, &unmet, "/nowhere.yaml", "--format", "tap"]);
    assert_eq!(tap.code, 1);
    assert!(tap.out.starts_with("TAP version 14\n1..21\nok 1 - "), "{}", tap.out);
    let lines = |start: &str| tap.out.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((lines("ok "), lines("not ok ")), (14, 7));
    assert!(tap.out.contains("\nnot ok 21 - /nowhere.yaml can be read\n"), "{}", tap.out);
    let junit = vpcdns(&["test", &met, &unmet, "/nowhere.yaml", "--format", "junit"]);
    assert_eq!(junit.code, 1);
    assert!(junit.out.contains("tests=\"21\" failures=\"6\" errors=\"1\""), "{}", junit.out);
    assert_eq!(junit.out.matches("<testcase ").count(), 21);
    assert_eq!(junit.out.matches("<failure ").count(), 6);
    assert_eq!(vpcdns(&["test", &met, "--format", "junit"]).code, 0);
}

#[test]
fn a_server_tests_its_own_world_and_leaves_it_as_it_is() {
    let server = Server::start(&["lab09-1@s3-gateway"]);
    let mut client = Client::new(server.http);
    let text = fs::read_to_string(root().join(MET)).unwrap();
    let steps = text.replacen("world: lab09-1@s3-gateway\n", "", 1);
    let world = |client: &mut Client| client.get("/api/world").unwrap().1;
    let before = world(&mut client);
    let (status, body) = client.post("/api/test", &steps).unwrap();
    assert_eq!(status, 200, "{body}");
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(value["met"], true, "{body}");
    assert_eq!(value["expectations"].as_array().unwrap().len(), 12);
    let (_, body) = client.post("/api/test", &steps.replacen("gateway", "private", 1)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&value["met"], &value["expectations"][0]["met"]), (&false.into(), &false.into()));
    assert!(!value["expectations"][0]["why"].as_array().unwrap().is_empty());
    assert_eq!(world(&mut client), before);
    for (body, message) in [
        (text.clone(), "leave out `world`"),
        (steps.replacen("via: S3", "via: S4", 1), "there is no endpoint `S4`"),
        ("steps: [".to_owned(), "error"),
        ("steps: []".to_owned(), "nothing is expected"),
        (format!("steps: [{}]", "{},".repeat(65)), "nothing is expected"),
        (
            format!(
                "steps: [{}{{expect: {{from: internet, name: a.b, expect: nodata}}}}]",
                "{},".repeat(64)
            ),
            "at most 64 steps",
        ),
    ] {
        let (status, reply) = client.post("/api/test", &body).unwrap();
        assert_eq!(status, 400, "{reply}");
        assert!(reply.contains(message), "{message}: {reply}");
    }
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_place() {
    let folder = scratch("expectations-mistakes");
    let text = fs::read_to_string(root().join(MET)).unwrap();
    let file = folder.join("test.yaml");
    let name = file.to_str().unwrap();
    for (old, new, message) in [
        ("expect: gateway", "expect: gatway", "did you mean `gateway`?"),
        ("via: S3", "via: S4", "there is no endpoint `S4`"),
        ("world: lab09-1@s3-gateway", "world: missing.json", "missing.json"),
        ("world: lab09-1@s3-gateway\n", "", "`world` is missing"),
        ("port: 443", "port: 0", "expected a port from 1 to 65535"),
    ] {
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text);
        fs::write(&file, changed).unwrap();
        let printed = vpcdns(&["test", name]);
        assert_eq!(printed.code, 1);
        assert!(printed.err.contains(message), "{message}: {}", printed.err);
        assert!(printed.out.contains("could not be read: 1"), "{}", printed.out);
    }
    fs::write(&file, "a: [").unwrap();
    assert_eq!(vpcdns(&["test", name]).code, 1);
    assert_eq!(vpcdns(&["test"]).code, 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_schema_of_test_files_has_the_keys_and_words_of_the_reader() {
    use vpcdns::import::suite::{EXPECTATION, FAILURES, STEP, SUITE, WAYS};
    let text = fs::read_to_string(root().join("docs/test.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (definition, keys) in [("test", SUITE), ("step", STEP), ("expectation", EXPECTATION)] {
        let properties = schema["$defs"][definition]["properties"].as_object().unwrap();
        let mut known: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut read = keys.to_vec();
        known.sort_unstable();
        read.sort_unstable();
        assert_eq!(known, read, "{definition}");
    }
    let known = schema["$defs"]["word"]["enum"].as_array().unwrap();
    let known: Vec<&str> = known.iter().filter_map(|it| it.as_str()).collect();
    assert_eq!(known, [WAYS, FAILURES].concat());
    let document = fs::read_to_string(root().join("docs/testing-a-vpc.md")).unwrap();
    for word in [SUITE, STEP, EXPECTATION, WAYS, FAILURES].concat() {
        assert!(document.contains(&format!("`{word}`")), "{word} is not in docs/testing-a-vpc.md");
    }
}

#[test]
fn the_example_of_the_document_is_met() {
    let document = fs::read_to_string(root().join("docs/testing-a-vpc.md")).unwrap();
    let folder = scratch("expectations-document");
    let file = folder.join("vpc.test.yaml");
    let example = document.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    fs::write(&file, example).unwrap();
    let printed = vpcdns(&["test", file.to_str().unwrap()]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    fs::remove_dir_all(folder).unwrap();
}

//! `tools/catalogue` rebuilds the catalogue's files: run over small excerpts, once and again, and over damaged ones.
//!
//! Deliberately does not: read what a maintainer downloads; the excerpts are written by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::{scratch, vpcdns};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures/catalogue").join(name)
}

/// A copy of the small catalogue the excerpts are compared with.
fn catalogue(name: &str) -> PathBuf {
    let folder = scratch(name).join("catalog");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(fixture("before")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    folder
}

fn rebuild(catalogue: &Path, arguments: &[&str]) -> Output {
    Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(root().join("tools/catalogue/rebuild.py"))
        .arg("--catalog")
        .arg(catalogue)
        .args(arguments)
        .output()
        .unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn every_download_is_read_and_every_change_is_printed() {
    let folder = catalogue("catalogue-all");
    let (botocore, ranges, table, services) = (
        fixture("botocore/data").display().to_string(),
        fixture("ip-ranges.json").display().to_string(),
        fixture("privatelink.md").display().to_string(),
        fixture("services.json").display().to_string(),
    );
    let arguments = [
        ["--botocore", &botocore],
        ["--ip-ranges", &ranges],
        ["--privatelink", &table],
        ["--services", &services],
        ["--date", "2026-11-28"],
    ];
    let arguments = arguments.as_flattened();
    let dry = rebuild(&folder, &[arguments, &["--dry-run"]].concat());
    assert_eq!(text(&folder.join("availability.csv")), text(&fixture("before/availability.csv")));
    let first = rebuild(&folder, arguments);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert_eq!(printed(&dry), printed(&first));
    assert_eq!(printed(&first), text(&fixture("changes.txt")));
    for (file, row) in [
        ("regions", "xx-test-1,aws,amazonaws.com,api.aws,xx-test-1.compute.internal,"),
        ("availability", "sts,aws !xx-test-1\n"),
        ("more-hosts", "dynamodb,dualstack,*.ddb.{r}.{d},aws,no,,botocore rule set\n"),
        ("ranges", "us-east-1,AMAZON,yes,203.0.113.0/26 2001:db8:1::/48\n"),
        ("ranges", "us-east-1,S3,yes,198.51.100.0/26 203.0.113.64/26\n"),
        ("service-differences", "com.amazonaws.{r}.sqs,us-east-1,zones,a b,outputs-2026-11\n"),
        ("services", "com.amazonaws.{r}.novelty,interface,,*.novelty.{r}.{s},,,,,yes,ipv4 ipv6,"),
        ("services", "com.amazonaws.{r}.sqs,interface,,sqs.{r}.{s} sqs.{r}.{d},sqs.{r}.{s},"),
        ("services", "aws.api.{r}.novel,interface,,novel.{r}.{d},"),
        ("sources", "botocore,2026-11-28,9.9.9\n"),
    ] {
        let all = text(&folder.join(format!("{file}.csv")));
        assert!(all.lines().any(|line| format!("{line}\n").starts_with(row)), "{row} in {all}");
    }
    assert!(!text(&folder.join("availability.csv")).contains("qldb"));
    let again = rebuild(&folder, arguments);
    assert_eq!(printed(&again), "0 changes, of files of 2026-11-28\n");
}

#[test]
fn a_damaged_download_changes_nothing() {
    let folder = catalogue("catalogue-damaged");
    let damaged = folder.parent().unwrap().join("ip-ranges.json");
    fs::write(&damaged, "{\"prefixes\": [{\"ip_prefix\": \"not a prefix\"").unwrap();
    let damaged = damaged.display().to_string();
    let output = rebuild(&folder, &["--ip-ranges", &damaged, "--date", "2026-11-28"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("nothing was written: "));
    assert_eq!(text(&folder.join("ranges.csv")), text(&fixture("before/ranges.csv")));
    let output = rebuild(&folder, &["--date", "yesterday"]);
    assert_eq!(output.status.code(), Some(2));
}

/// What is written by the tool can be read by the program: a rebuild from no download changes no file of the catalogue.
#[test]
fn the_catalogue_is_in_the_tools_own_form() {
    let folder = scratch("catalogue-own").join("catalog");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(root().join("zones/catalog")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let table = fixture("privatelink.md").display().to_string();
    let output = rebuild(&folder, &["--privatelink", &table, "--date", "2026-11-28"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let before = text(&root().join("zones/catalog/services.csv"));
    let after = text(&folder.join("services.csv"));
    let new: Vec<&str> =
        after.lines().filter(|line| !before.lines().any(|it| it == *line)).collect();
    assert_eq!(new.len(), 2, "{new:?}");
    assert!(new.iter().all(|line| line.contains("novel")), "{new:?}");
    assert_eq!(after.lines().count(), before.lines().count() + 2);
}

#[test]
fn an_explanation_says_where_a_service_is_not_known_to_be_offered() {
    let sentence = "does not show that this region offers it";
    for (name, said) in [
        ("health-agent.eu-west-1.api.aws", true),
        ("ssm.eu-west-1.api.aws", false),
        ("ssm.eu-west-1.amazonaws.com", false),
    ] {
        let text = vpcdns(&["explain", name, "lab09-1", "--from", "internet"]).out;
        assert_eq!(text.contains(sentence), said, "{name}: {text}");
    }
}

//! moto's own tests, those that were verified against AWS, asked of this server: the nearest to AWS that can be asked here.
//!
//! Needs `target/tools/moto`, which `tests/run --install` fetches: a Python with moto and pytest, and moto's source.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fs, process::Command};

use common::{Server, clean, root, scratch};

/// The services whose tests are asked.
const SERVICES: &[&str] = &["cloudformation", "ec2", "elbv2", "route53", "ssm"];

/// Parts of the names of tests that cannot pass, because they ask for what is not built.
const NOT_BUILT: &[&str] = &[
    // Customer and transit gateways, VPN connections, fleets.
    "customer_gateway",
    "transit_gateway",
    "vpn",
    "test_create_vpc_attachment",
    "test_default_route_table",
    "test_new_attachment",
    "fleet",
    "test_version_resolves",
    // Queues, and buckets beside those of the CDK.
    "test_base64_function",
    "test_create_stack_with_yaml_using_short_func_refs",
    "test_update_stack_with_previous_value",
    // Where it is not AWS that is asked, it asks for something else at the end.
    "test_register_targets",
];

#[test]
fn what_was_verified_against_aws_passes() {
    let tools = root().join("target/tools/moto");
    let source = tools.join("source");
    if !source.join("tests/test_ec2").is_dir() {
        eprintln!("SKIPPED: no moto in target/tools/moto; run tests/run --install");
        return;
    }
    // They expect the default VPC of another region.
    let folder = scratch("moto");
    let world = fs::read_to_string(root().join("zones/labs/default-vpc.yaml")).unwrap();
    let file = folder.join("world.yaml");
    fs::write(&file, world.replace("ap-northeast-2", "us-east-1")).unwrap();
    let server = Server::start(&[file.to_str().unwrap()]);
    let output = clean(&mut Command::new(tools.join("bin/python")))
        .args(["-m", "pytest", "-q", "-m", "aws_verified", "--tb=short", "--color=no"])
        .args(["-p", "no:cacheprovider", "-o", "addopts="])
        .args(SERVICES.iter().map(|service| format!("tests/test_{service}")))
        .args(["-k", &format!("not ({})", NOT_BUILT.join(" or "))])
        .current_dir(&source)
        .env("TEST_SERVER_MODE", "true")
        .env("TEST_SERVER_MODE_ENDPOINT", format!("http://{}", server.http))
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    // The sum: "51 passed, 1 skipped, …".
    let passed = said.lines().rev().find_map(|line| line.split_once(" passed")).unwrap().0;
    assert!(passed.trim().parse::<usize>().unwrap() >= 50, "{said}");
    fs::remove_dir_all(folder).unwrap();
}

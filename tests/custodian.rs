//! Cloud Custodian's policies about networks, as in `tests/custodian/policies.yml`: each finds what it should in a small world.
//!
//! Needs Cloud Custodian in `target/tools/custodian`, which `tests/run --install` fetches.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::process::Command;

use common::{Server, clean, root};

#[test]
fn policies_find_what_they_should() {
    let python = root().join("target/tools/custodian/bin/python");
    if !python.with_file_name("custodian").exists() {
        eprintln!("SKIPPED: no Cloud Custodian; run tests/run --install");
        return;
    }
    let server = Server::start(&["empty"]);
    let output = clean(&mut Command::new(python))
        .arg("-B")
        .arg(root().join("tests/custodian/policies.py"))
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.ends_with("policies as expected\n"), "{said}{errors}");
}

//! The EC2 API as real clients see it: each script of tests/aws drives a server of its own through boto3 or `aws`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{path::PathBuf, process::Command};

use common::{Server, clean, root};

/// A Python with boto3: the one `tests/run --install` made, else the machine's. Says so if there is none.
fn python() -> Option<PathBuf> {
    let own = root().join("target/tools/python/bin/python");
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        let import = Command::new(python).args(["-c", "import boto3"]).output();
        import.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        eprintln!("SKIPPED: no Python with boto3; run tests/run --install");
    }
    found
}

/// Runs a Python script against a server that serves `world`.
fn run(script: &str, world: &str) {
    let Some(python) = python() else { return };
    let server = Server::start(&[world]);
    let output = clean(&mut Command::new(python))
        .arg("-B")
        .arg(root().join("tests/aws").join(script))
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("VPCDNS_TEST_DNS", server.dns[0].to_string())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

macro_rules! scripts {
    ($($name:ident: $world:literal;)*) => {$(
        #[test]
        fn $name() {
            run(concat!(stringify!($name), ".py"), $world);
        }
    )*};
}

scripts! {
    vpc: "lab09-1";
    security_group: "empty";
    placement_group: "lab09-1";
    elastic_address: "lab09-1";
    network_interface: "lab09-1@interface-endpoint";
    instance: "default-vpc";
}

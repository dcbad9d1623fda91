//! The AWS SDK for JavaScript v3 as a client of the server: `tests/javascript/clients.mjs` makes, lists, waits and deletes.
//!
//! Needs `node`, and the SDK's packages in `target/tools/javascript`, which `tests/run --install` fetches.

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
fn the_sdk_for_javascript_makes_lists_waits_and_deletes() {
    let modules = root().join("target/tools/javascript");
    let has_sdk = modules.join("node_modules/@aws-sdk/client-servicediscovery").is_dir();
    if !has_sdk || Command::new("node").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no node, or no AWS SDK for JavaScript; run tests/run --install");
        return;
    }
    let server = Server::start(&["empty"]);
    let output = clean(&mut Command::new("node"))
        .arg("--no-warnings")
        .arg(root().join("tests/javascript/clients.mjs"))
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("VPCDNS_TEST_MODULES", modules)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said == "as expected\n", "{said}{errors}");
}
